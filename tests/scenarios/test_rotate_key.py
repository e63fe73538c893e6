"""`myaccount rotate-key` beside a running bot, and ended by SIGKILL wherever it is."""

from __future__ import annotations

import asyncio
import secrets
import signal
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.cli import rotate_key
from bot.cli.doctor import installation as own_checks
from storage.encryption.secrets import Secrets
from storage.open import Stores, open_stores
from storage.tables.access import credentials
from tests.scenarios.conftest import Stage
from tests.scenarios.entry import ask_to_block
from tests.scenarios.processes import Process
from tests.scenarios.test_audit import environment, install
from tests.scenarios.test_login import MARAT, logs_in_with_password, set_up
from tests.storage.builders import LEASE, NOW, a_message, an_update

NUMBER = "77010542007"


def a_new_key(path: Path) -> str:
    """Put one above the present one; the file as it is when the change is over."""
    fresh = secrets.token_hex(32) + "\n"
    path.chmod(0o600)
    path.write_text(fresh + path.read_text())
    return fresh


def own(stage: Stage) -> Stores:
    assert stage.app is not None
    return stage.app.stores


async def hash_of(stage: Stage) -> str:
    rows = await own(stage).database.read(
        lambda conn: list(conn.execute(select(credentials.c.password_hash)).scalars())
    )
    return str(rows[0])


async def test_a_running_bot_takes_the_new_key(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = await set_up(stage, MARAT)
    await logs_in_with_password(phone, MARAT)
    await ask_to_block(phone, NUMBER)
    fresh = a_new_key(stage.settings.secret_key_file)
    capsys.readouterr()
    rotating = asyncio.ensure_future(rotate_key.rotate_key(stage.settings, stage.clock))
    # The question was asked before, and is answered while the key is changed.
    await phone.tap("⛔ Block +7 701 054 20 07")
    await phone.sees("✅ ", "A-")
    assert await rotating == 0
    said = capsys.readouterr().out
    assert "Key 2 is the current one." in said
    assert "Done. Remove the other keys" in said
    assert own(stage).keys.number == 2
    assert (await own(stage).audit.verify(stage.clock.now(), full=True)).breach is None
    assert await rotate_key.rotate_key(stage.settings, stage.clock) == 0
    assert "Nothing to do" in capsys.readouterr().out

    stage.settings.secret_key_file.write_text(fresh)
    await stage.stop_bot()
    await stage.start_bot()
    await phone.command("/menu")
    await phone.sees("Number management")
    await phone.command("/logout")
    assert (await hash_of(stage)).startswith("$argon2id$")
    await logs_in_with_password(phone, MARAT)
    assert (await hash_of(stage)).startswith("2$argon2id$")
    await phone.command("/logout")
    await logs_in_with_password(phone, MARAT)
    assert (await own(stage).audit.verify(stage.clock.now(), full=True)).breach is None


async def test_a_process_without_the_new_key_is_named_and_waited_for(
    stage: Stage,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a second machine whose key file was forgotten."""
    monkeypatch.setattr("bot.cli.rotate_key.PATIENCE", 3.0)
    forgotten = stage.settings.secret_key_file
    elsewhere = tmp_path / "elsewhere.key"
    elsewhere.write_text(forgotten.read_text())
    a_new_key(elsewhere)
    settings = stage.settings.__class__(
        **{
            **{name: getattr(stage.settings, name) for name in stage.settings.__slots__},
            "secret_key_file": elsewhere,
        }
    )
    assert stage.app is not None
    assert await rotate_key.rotate_key(settings, stage.clock) == 1
    said = capsys.readouterr().out
    assert f"have not taken key 2: {stage.app.owner}." in said
    assert own(stage).keys.number == 1
    assert not stage.app.key_watch.well()
    assert await own_checks.database(settings) == (
        "takes writes; a change of the key is not finished: run myaccount rotate-key"
    )
    forgotten.chmod(0o600)
    forgotten.write_text(elsewhere.read_text())
    assert await rotate_key.rotate_key(settings, stage.clock) == 0
    assert own(stage).keys.number == 2
    assert stage.app.key_watch.well()


# --- ended by SIGKILL ---


def rotate(folder: Path, failpoint: str = "") -> tuple[int, str]:
    log = folder / "rotate-key.log"
    more = {"MYACCOUNT_FAILPOINT": failpoint} if failpoint else {}
    command = Process.run("bot", "rotate-key", log=log, **environment(folder), **more)
    code, said = asyncio.run(command)
    return code, said + log.read_text()


async def fill(folder: Path) -> None:
    await install(folder)
    stores = open_stores(f"sqlite:///{folder / 'bot.db'}", Secrets.from_file(folder / "secret.key"))
    await stores.secret_keys.register(NOW)
    await stores.inbox.put([an_update(1)])
    await stores.outbox.owe(a_message())
    await stores.close()


async def everything_is_there(folder: Path) -> bool:
    """Whether the change is over, too."""
    stores = open_stores(f"sqlite:///{folder / 'bot.db'}", Secrets.from_file(folder / "secret.key"))
    try:
        assert await stores.secret_keys.prove()
        [row] = await stores.inbox.undone(10)
        assert stores.inbox.payload(row) == b"hello"
        [message] = await stores.outbox.claim("w", NOW, LEASE, 10)
        assert message.parameters == {"text": "hello"}
        await stores.outbox.postpone(message, NOW)
        assert (await stores.audit.verify(NOW, full=True)).breach is None
        return stores.keys.number == 2 and not stores.secret_keys.changing
    finally:
        await stores.close()


@pytest.mark.slow
def test_killed_after_each_of_its_commits_it_goes_on(tmp_path: Path) -> None:
    asyncio.run(fill(tmp_path))
    fresh = a_new_key(tmp_path / "secret.key")
    kills = 0
    while True:
        code, said = rotate(tmp_path, f"commit:{kills + 1}")
        if code == 0:
            break
        assert code == -signal.SIGKILL, said
        kills += 1
        if asyncio.run(everything_is_there(tmp_path)):
            break
    assert kills >= 5
    assert rotate(tmp_path)[0] == 0
    (tmp_path / "secret.key").write_text(fresh)
    assert asyncio.run(everything_is_there(tmp_path))
