"""A running process takes the database's new key from its file, or says that it is not there."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.workers.key_watch import KeyWatch
from storage.encryption.rotation import Rotation
from storage.encryption.secrets import Secrets
from storage.errors import SecretMismatch
from storage.open import Stores, open_stores
from tests.schema import migrated
from tests.storage.builders import NOW


@dataclass
class Two:
    """A process, and the one that changes the key, each with a key file of its own."""

    running: Stores
    watch: KeyWatch
    file: Path
    rotating: Stores
    rotation: Rotation
    rotating_file: Path


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    url, file, other = f"sqlite:///{tmp_path / 'bot.db'}", tmp_path / "a.key", tmp_path / "b.key"
    await migrated(url)
    running = open_stores(url, Secrets.create(file))
    await running.secret_keys.prove()
    await running.secret_keys.register(NOW)
    other.write_text(f"{secrets.token_hex(32)}\n{file.read_text()}")
    rotating = open_stores(url, Secrets.from_file(other))
    await rotating.secret_keys.prove()
    yield Two(running, KeyWatch(running, file), file, rotating, Rotation(rotating), other)
    await running.close()
    await rotating.close()


async def test_it_takes_what_is_in_its_file(two: Two) -> None:
    await two.watch.look()
    two.file.write_text(two.rotating_file.read_text())
    await two.watch.look()
    assert two.running.keys.greatest == 1
    await two.rotation.announce(NOW)
    await two.watch.look()
    assert (two.running.keys.greatest, two.running.keys.number) == (2, 1)
    await two.rotation.switch(2, NOW)
    await two.watch.look()
    assert two.running.keys.number == 2
    assert two.watch.well()


async def test_what_is_missing_is_an_alarm_until_it_is_there(two: Two) -> None:
    await two.rotation.announce(NOW)
    with structlog.testing.capture_logs() as logged:
        for _ in range(3):
            await two.watch.look()
    assert [entry["event"] for entry in logged] == ["key.missing"]
    assert not two.watch.well()
    two.file.write_text("not a key")
    await two.watch.look()
    assert not two.watch.well()
    two.file.write_text(two.rotating_file.read_text())
    await two.watch.look()
    assert two.watch.well()
    assert two.running.keys.greatest == 2


async def test_without_the_current_key_it_ends(two: Two) -> None:
    await two.rotation.announce(NOW)
    await two.rotation.switch(2, NOW)
    with pytest.raises(SecretMismatch, match="no longer the one"):
        await two.watch.look()
