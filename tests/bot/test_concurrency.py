"""Channels do not wait for each other, and a code finds room where much is on its way."""

from __future__ import annotations

import asyncio

from account.effects.effect import Channel, Priority
from account.values.durations import boottime
from bot.delivery.concurrency import AT_ONCE, BOUNDS, Bound, Concurrency
from bot.delivery.rate_limiter import BURST, PER_SECOND, RateLimiter
from carrier.limiter import SharedTurns
from storage.queue.outbox import Capacity


def test_a_channel_that_is_busy_leaves_the_others_their_room() -> None:
    bounds = {Channel.TELEGRAM: Bound(3, 1), Channel.MAIL: Bound(1, 0)}
    under_way = Concurrency(bounds)
    assert under_way.room() == {Channel.TELEGRAM: Capacity(2), Channel.MAIL: Capacity(1)}
    under_way.begin(Channel.MAIL)
    assert under_way.room() == {Channel.TELEGRAM: Capacity(2)}
    under_way.begin(Channel.TELEGRAM)
    under_way.end(Channel.MAIL)
    assert under_way.room() == {Channel.TELEGRAM: Capacity(1), Channel.MAIL: Capacity(1)}


def test_the_last_places_are_for_codes() -> None:
    under_way = Concurrency({Channel.SMS: Bound(3, 2)})
    under_way.begin(Channel.SMS)
    assert under_way.room() == {Channel.SMS: Capacity(2, down_to=Priority.CODE)}
    under_way.begin(Channel.SMS)
    under_way.begin(Channel.SMS)
    assert under_way.room() == {}


def test_every_channel_has_a_bound_and_codes_a_place_where_codes_go() -> None:
    assert set(BOUNDS) == set(Channel)
    assert sum(bound.most for bound in BOUNDS.values()) == AT_ONCE
    assert all(BOUNDS[channel].for_codes for channel in (Channel.SMS, Channel.MAIL))


async def test_at_telegrams_bound_the_more_urgent_leave_first() -> None:
    rate_limiter = RateLimiter(level=0)
    left: list[str] = []

    async def leave(name: str, chat_id: int, priority: Priority) -> None:
        await rate_limiter.wait(chat_id, priority)
        left.append(name)

    async with asyncio.TaskGroup() as group:
        for chat_id, priority in enumerate(reversed(Priority)):
            group.create_task(leave(priority.name, chat_id, priority))
    assert left == [priority.name for priority in Priority]


async def test_a_burst_leaves_at_once_and_a_place_that_is_given_up_is_free() -> None:
    rate_limiter = RateLimiter(level=0)
    given_up = asyncio.ensure_future(rate_limiter.wait(1, Priority.CODE))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    await rate_limiter.wait(2, Priority.NOTICE)
    quick = RateLimiter()
    async with asyncio.timeout(0):
        for chat_id in range(BURST):
            await quick.wait(chat_id)


class Shared:
    """What the database keeps: the moment until which turns are given out, by name."""

    def __init__(self) -> None:
        self.until = self.asked = 0.0

    async def take(self, name: str, count: int, per_second: float, within: float) -> float | None:
        self.asked += 1
        begins = max(self.until, boottime())
        if begins > boottime() + within:
            return None
        self.until = begins + count / per_second
        return begins - boottime()


async def test_who_sends_now_and_then_asks_nobody() -> None:
    shared = Shared()
    one = RateLimiter(SharedTurns(shared, boottime))
    for chat_id in range(BURST // 2):
        await one.wait(chat_id)
    assert shared.asked == 0


async def test_processes_that_send_much_take_their_turns_from_what_all_share() -> None:
    shared, began = Shared(), boottime()
    processes = [RateLimiter(SharedTurns(shared, boottime), level=0) for _ in range(2)]
    async with asyncio.TaskGroup() as group:
        for chat_id in range(20):
            group.create_task(processes[chat_id % 2].wait(chat_id))
    assert shared.until - began >= 20 / PER_SECOND


async def test_where_all_turns_are_taken_a_message_leaves_all_the_same() -> None:
    shared = Shared()
    shared.until = boottime() + 3600
    async with asyncio.timeout(10):
        await RateLimiter(SharedTurns(shared, boottime), level=1).wait(1)
    assert shared.asked == 1
