"""Secrets of the installation, and seals bound to their rows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage import Secrets
from storage.encryption.keyring import Keyring
from storage.encryption.sealer import Sealer
from storage.encryption.secrets import open_to_others
from storage.errors import SealBroken, SecretsInvalid


def test_a_seal_opens_for_its_row_and_key_only() -> None:
    sealer = Sealer(Keyring(Secrets.from_master(b"one master secret of these tests")))
    sealed = sealer.seal("пароль".encode(), "inbox:1")
    assert sealer.open(sealed, "inbox:1") == "пароль".encode()
    assert sealer.seal(b"x", "r") != sealer.seal(b"x", "r")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for other, broken, row in (
        (sealer, sealed, "inbox:2"),
        (
            Sealer(Keyring(Secrets.from_master(b"another secret of these tests...."))),
            sealed,
            "inbox:1",
        ),
        (sealer, changed, "inbox:1"),
        (sealer, sealed[:10], "inbox:1"),
        (sealer, b"", "inbox:1"),
        (sealer, b"\x02" + sealed[1:], "inbox:1"),
    ):
        with pytest.raises(SealBroken):
            other.open(broken, row)


def test_keys_differ_and_stay(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret.key"
    made = Secrets.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret.key"]
    assert Secrets.create(path) == made == Secrets.from_file(path)
    keys = {made.sealing, made.codes, made.audit, made.pepper, made.webhook}
    assert len(keys) == 5
    assert {len(key) for key in keys} == {32}
    assert made.sealing.hex() not in repr(made)
    assert repr(made.sealing) not in repr(made)


def test_whoever_starts_at_once_makes_one_secret(tmp_path: Path) -> None:
    for n in range(20):
        path = tmp_path / str(n)
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(Secrets.create, [path] * 8))
        assert len({secrets.sealing for secrets in made}) == 1


GUESSABLE = ("00" * 32, "ab" * 40, "00112233" * 8, bytes(range(32)).hex(), bytes(range(64)).hex())


@pytest.mark.parametrize("text", GUESSABLE)
def test_a_secret_that_no_chance_made_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(text)
    with pytest.raises(SecretsInvalid, match="holds no random digits") as raised:
        Secrets.from_file(path)
    assert text not in str(raised.value)


def test_who_else_can_read_the_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    Secrets.create(path)
    for mode, told in {
        0o400: None,
        0o600: None,
        0o640: "its mode 0640 lets a group in; 0400 is enough",
        0o644: "its mode 0644 lets everybody in; 0400 is enough",
        0o666: "its mode 0666 lets everybody in; 0400 is enough",
    }.items():
        path.chmod(mode)
        assert open_to_others(path) == told
    assert open_to_others(tmp_path / "nothing.key") is None


@pytest.mark.parametrize("text", ["", "abc", "00" * 31, "zz" * 32, "ключ"])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(text)
    with pytest.raises(SecretsInvalid, match=r"secret\.key") as raised:
        Secrets.from_file(path)
    assert not text or text not in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretsInvalid, match=r"nothing\.key"):
        Secrets.from_file(tmp_path / "nothing.key")
