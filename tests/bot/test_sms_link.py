"""One bind for all processes on a database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.ops.clock import SteadyClock
from bot.workers import sms_link
from bot.workers.sms_link import SmsLink
from storage.encryption.secrets import Secrets
from storage.errors import StorageUnavailable
from storage.open import Stores, open_stores
from tests.schema import migrated


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_link, "HELD_ON_EVERY", 0.01)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    await migrated(url)
    opened = open_stores(url, Secrets.create(tmp_path / "key"))
    yield opened
    await opened.close()


class Binds:
    """Counts who is bound."""

    def __init__(self) -> None:
        self.bound: list[str] = []

    def of(self, name: str, stores: Stores) -> SmsLink:
        """The link of the process of that name."""

        async def bind() -> None:
            self.bound.append(name)
            try:
                await asyncio.Event().wait()
            finally:
                self.bound.remove(name)

        return SmsLink(bind, stores.leases, SteadyClock(), name, lambda: True)

    async def become(self, *names: str) -> None:
        """Wait until exactly these are bound."""
        async with asyncio.timeout(10):
            while self.bound != list(names):  # noqa: ASYNC110 - it has no bell
                await asyncio.sleep(0.005)


async def test_one_of_two_processes_binds_and_the_other_when_it_leaves(stores: Stores) -> None:
    binds = Binds()
    first = asyncio.create_task(binds.of("one", stores).run())
    await binds.become("one")
    second = asyncio.create_task(binds.of("two", stores).run())
    await asyncio.sleep(0.1)
    assert binds.bound == ["one"]
    first.cancel()
    await binds.become("two")
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert binds.bound == []


async def test_who_cannot_hold_on_to_the_lease_unbinds_before_it_is_over(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    binds = Binds()
    link = binds.of("one", stores)
    running = asyncio.create_task(link.run())
    await binds.become("one")

    async def away(*_args: object) -> int:
        raise StorageUnavailable

    monkeypatch.setattr(stores.leases, "take", away)
    await asyncio.sleep(0.05)
    assert binds.bound == ["one"], "an outage of seconds is none of the link's"
    monkeypatch.setattr(sms_link, "LEASE", timedelta(0))
    await binds.become()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_fails_is_bound_anew(stores: Stores) -> None:
    calls: list[datetime] = []

    async def bind() -> None:
        calls.append(datetime.now().astimezone())
        if len(calls) == 1:
            raise RuntimeError("broken")
        await asyncio.Event().wait()

    link = SmsLink(bind, stores.leases, SteadyClock(), "one", lambda: True)
    running = asyncio.create_task(link.run())
    async with asyncio.timeout(10):
        while len(calls) < 2:  # noqa: ASYNC110 - it has no bell
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
