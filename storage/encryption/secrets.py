"""The secrets of the installation, from one master in a file."""

from __future__ import annotations

import os
import secrets as randomness
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import SecretsInvalid

_MASTER = 32


_DISTINCT = 12
"""Fewer different bytes are no work of chance: fewer than one key in 10^20 has them."""


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """The keys of one installation, each 32 bytes, derived by HKDF from one master secret.

    `sealing` of rows, `codes` of one-time codes, `audit` of the history's chain, `pepper` of
    passwords, `webhook` for the token Telegram sends along, `check` of the value by which a
    database knows its secret. `older` are those of the further lines of the file: while a key is
    changed, or for what a machine has not read yet.
    """

    sealing: bytes
    codes: bytes
    audit: bytes
    pepper: bytes
    webhook: bytes
    check: bytes
    older: tuple[Secrets, ...] = field(default=(), compare=False)

    def packed(self) -> bytes:
        """As they are kept in the database, sealed with a later key."""
        return b"".join(getattr(self, name) for name in _NAMES)

    @classmethod
    def unpacked(cls, packed: bytes) -> Secrets:
        """What `packed` made."""
        keys = (packed[n * _MASTER : (n + 1) * _MASTER] for n in range(len(_NAMES)))
        sealing, codes, audit, pepper, webhook, check = keys
        return cls(sealing, codes, audit, pepper, webhook, check)

    @classmethod
    def from_master(cls, master: bytes) -> Secrets:
        """Derive the keys. Raises `SecretsInvalid` for fewer than 32 bytes."""
        if len(master) < _MASTER:
            raise SecretsInvalid("the master secret is shorter than 32 bytes")

        def derived(name: str) -> bytes:
            kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"myaccount:{name}".encode())
            return kdf.derive(master)

        sealing, codes, audit, pepper, webhook, check = map(derived, _NAMES)
        return cls(sealing, codes, audit, pepper, webhook, check)

    @classmethod
    def from_file(cls, path: Path) -> Secrets:
        """Read the master secret: 64 or more hexadecimal digits; while it is changed a second one,
        and more, each in a line of its own. Raises `SecretsInvalid`.
        """
        try:
            lines = path.read_text(encoding="ascii").split("\n")
            lines = [line for line in map(str.strip, lines) if line]
            if any(len(line) < 2 * _MASTER for line in lines):
                # One that was broken into lines.
                lines = [" ".join(lines)]
            masters = [bytes.fromhex(line) for line in lines or [""]]
        except OSError as error:
            raise SecretsInvalid(f"{path} cannot be read: {error.strerror}") from None
        except ValueError:
            raise SecretsInvalid(f"{path} does not hold hexadecimal digits") from None
        if len(masters[0]) < _MASTER:
            raise SecretsInvalid(f"{path} holds fewer than 64 hexadecimal digits")
        if any(map(_guessable, masters)):
            raise SecretsInvalid(
                f"{path} holds no random digits: make it anew with `openssl rand -hex 32`"
            )
        first, *older = map(cls.from_master, masters)
        return replace(first, older=tuple(older))

    @classmethod
    def create(cls, path: Path) -> Secrets:
        """Make the file with a fresh secret, mode 0600, unless it exists; then read it.

        Two processes may start at once: the file appears whole, and only once.
        Raises `SecretsInvalid`.
        """
        if not path.exists():
            try:
                _write_once(path, randomness.token_hex(_MASTER) + "\n")
            except OSError as error:
                raise SecretsInvalid(f"{path} cannot be made: {error.strerror}") from None
        return cls.from_file(path)


_NAMES = ("sealing", "codes", "audit", "pepper", "webhook", "check")


def open_to_others(path: Path, enough: str = "0400") -> str | None:
    """Who besides the owner can get at the file, in words; None when nobody can, or it is gone."""
    try:
        mode = path.stat().st_mode & 0o777
    except OSError:
        return None
    if not mode & 0o077:
        return None
    whose = "everybody" if mode & 0o007 else "a group"
    return f"its mode {mode:04o} lets {whose} in; {enough} is enough"


def _guessable(master: bytes) -> bool:
    """A run, or a few bytes over and over; of 32 random bytes about 30 differ."""
    steps = {(after - before) % 256 for before, after in pairwise(master)}
    return len(set(master)) < _DISTINCT or len(steps) < _DISTINCT


def _write_once(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{randomness.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
