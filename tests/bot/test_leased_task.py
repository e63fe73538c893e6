"""What one process of all on a database does: a bind, a subscription."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from bot.ops.clock import SteadyClock
from bot.workers import leased_task
from bot.workers.leased_task import LeasedTask
from storage.errors import StorageUnavailable
from storage.open import Stores

FAILED: list[BaseException] = []


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leased_task, "HELD_ON_EVERY", 0.01)


def a_task(
    work: Callable[[], Awaitable[None]],
    stores: Stores,
    name: str,
    leave: Callable[[], Awaitable[None]] | None = None,
) -> LeasedTask:
    """The task of the process of that name."""
    more = {} if leave is None else {"leave": leave}
    return LeasedTask(
        "smpp",
        work,
        stores.leases,
        SteadyClock(),
        name,
        lambda: True,
        failed=FAILED.append,
        **more,
    )


class Binds:
    """Counts who is bound."""

    def __init__(self) -> None:
        self.bound: list[str] = []

    def of(self, name: str, stores: Stores) -> LeasedTask:
        """The link of the process of that name."""

        async def bind() -> None:
            self.bound.append(name)
            try:
                await asyncio.Event().wait()
            finally:
                self.bound.remove(name)

        return a_task(bind, stores, name)

    async def become(self, *names: str) -> None:
        """Wait until exactly these are bound."""
        async with asyncio.timeout(60):
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
    monkeypatch.setattr(leased_task, "LEASE", timedelta(0))
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

    link = a_task(bind, stores, "one")
    running = asyncio.create_task(link.run())
    async with asyncio.timeout(60):
        while len(calls) < 2:  # noqa: ASYNC110 - it has no bell
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_returns_is_done_and_another_process_may(stores: Stores) -> None:
    async def work() -> None:
        done.append("one")

    done: list[str] = []
    await asyncio.wait_for(a_task(work, stores, "one").run(), 60)
    assert done == ["one"]
    binds = Binds()
    second = asyncio.create_task(binds.of("two", stores).run())
    await binds.become("two")
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)


async def test_who_leaves_ends_it_before_another_may_begin(stores: Stores) -> None:
    left: list[str | None] = []

    async def leave() -> None:
        left.append(await stores.leases.holder("smpp", SteadyClock().now()))

    async def forever() -> None:
        await asyncio.Event().wait()

    first = a_task(forever, stores, "one", leave)
    second = a_task(forever, stores, "two", leave)
    runs = [asyncio.create_task(first.run())]
    async with asyncio.timeout(60):
        while not first.held:  # noqa: ASYNC110 - it has no bell
            await asyncio.sleep(0.005)
    runs.append(asyncio.create_task(second.run()))
    await asyncio.sleep(0.1)
    assert (first.held, second.held) == (True, False)
    runs[1].cancel()
    await asyncio.gather(runs[1], return_exceptions=True)
    assert left == [], "who does not have it has nothing to end"
    runs[0].cancel()
    await asyncio.gather(*runs, return_exceptions=True)
    assert left == ["one"], "the lease was still held"
    assert await stores.leases.holder("smpp", SteadyClock().now()) is None
