"""A chat's letters in order, a flood that costs little memory, and a stop that loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from bot.context.callback_answer import CallbackAnswer
from bot.context.queued_update import QueuedUpdate
from bot.updates.chat_queue import MOST_HELD, ChatQueue
from storage.queue.inbox import InboxRow
from tests.bot.chat_queues import a_chat_queue

if TYPE_CHECKING:
    from aiogram import Bot

CHAT, OTHER = 5, 6


def row(number: int, chat_id: int = CHAT) -> InboxRow:
    return InboxRow(
        id=number,
        key=f"t:1:{number}",
        bot_id=1,
        update_id=number,
        chat_id=chat_id,
        kind="telegram",
        received_at=datetime(2022, 1, 24, tzinfo=UTC),
        attempts=0,
        sealed=b"",
    )


def letter(number: int, chat_id: int = CHAT) -> QueuedUpdate:
    return QueuedUpdate(chat_id, row=row(number, chat_id))


class Desk:
    """Receives letters, remembers them, and may be held up."""

    def __init__(self) -> None:
        self.received: list[QueuedUpdate] = []
        self.open = asyncio.Event()
        self.open.set()
        self.refusals = 0

    async def receive(self, letter: QueuedUpdate) -> bool:
        await asyncio.sleep(0)
        await self.open.wait()
        if self.refusals:
            self.refusals -= 1
            return False
        self.received.append(letter)
        return True

    @property
    def numbers(self) -> list[int]:
        return [letter.row.id for letter in self.received if letter.row is not None]


async def until(true: Callable[[], bool]) -> None:
    for _ in range(10_000):
        if true():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it did not come true")


async def quiet(chat_queue: ChatQueue) -> None:
    await until(lambda: chat_queue.waiting == 0)


def inbox_of(rows: list[InboxRow], desk: Desk) -> Callable[[int, int], Awaitable[list[InboxRow]]]:
    """What the inbox would answer: the oldest rows that are not done."""

    async def more(chat_id: int, limit: int) -> list[InboxRow]:
        await asyncio.sleep(0)
        done = set(desk.numbers)
        return [row for row in rows if row.chat_id == chat_id and row.id not in done][:limit]

    return more


async def test_a_chat_is_served_in_order_and_one_at_a_time() -> None:
    running, most = 0, 0
    order: list[int] = []

    async def receive(letter: QueuedUpdate) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        assert letter.row is not None
        order.append(letter.row.id)
        running -= 1
        return True

    chat_queue = a_chat_queue(receive)
    for number in range(20):
        chat_queue.admit(letter(number))
    await quiet(chat_queue)
    assert order == list(range(20))
    assert most == 1


class Press(CallbackAnswer):
    """A press that came a moment ago."""

    def __init__(self) -> None:
        super().__init__(cast("Bot", None), "1")
        self.hurried = 0

    def hurry(self, text: str | None = None, after: float = 0.0) -> None:
        del text, after
        self.hurried += 1


@pytest.mark.parametrize("came_now", [True, False])
async def test_of_a_flood_only_what_was_answered_at_once_needs_no_answer(came_now: bool) -> None:
    """What a dead process has left comes without a tap: nobody has answered it yet."""
    desk = Desk()
    rows = [row(number) for number in range(MOST_HELD + 3)]
    chat_queue = a_chat_queue(desk.receive, inbox_of(rows, desk))
    desk.open.clear()
    presses = [Press() if came_now else None for _ in rows]
    for one, press in zip(rows, presses, strict=True):
        chat_queue.admit(QueuedUpdate(CHAT, row=one, tap=press))
    desk.open.set()
    await quiet(chat_queue)
    assert desk.numbers == [one.id for one in rows]
    late = [letter.late for letter in desk.received]
    assert late == [False] * MOST_HELD + [came_now] * 3
    assert [press.hurried for press in presses if press] == [1] * (len(rows) * came_now)


async def test_a_chat_that_waits_holds_no_other_up() -> None:
    desk = Desk()
    held = asyncio.Event()

    async def receive(letter: QueuedUpdate) -> bool:
        if letter.chat_id == CHAT:
            await held.wait()
        return await desk.receive(letter)

    chat_queue = a_chat_queue(receive)
    chat_queue.admit(letter(1))
    chat_queue.admit(letter(2, OTHER))
    await until(lambda: desk.numbers == [2])
    held.set()
    await quiet(chat_queue)
    assert desk.numbers == [2, 1]


async def test_a_flood_is_held_in_the_inbox_and_not_in_memory() -> None:
    desk = Desk()
    desk.open.clear()
    rows = [row(number) for number in range(1000)]
    chat_queue = a_chat_queue(desk.receive, inbox_of(rows, desk))
    for one in rows:
        chat_queue.admit(QueuedUpdate(CHAT, row=one))
    await asyncio.sleep(0)
    assert chat_queue.waiting <= MOST_HELD + 1
    chat_queue.admit(letter(5000, OTHER))
    desk.open.set()
    await until(lambda: len(desk.received) == 1001)
    mine = [number for number in desk.numbers if number < 5000]
    assert mine == list(range(1000)), "a letter of the flood was lost, doubled or moved"
    assert desk.numbers.index(5000) < 10, "the flood held another chat up"
    await quiet(chat_queue)


async def test_letters_that_come_while_the_flood_is_read_again_are_not_lost() -> None:
    desk = Desk()
    rows = [row(number) for number in range(3 * MOST_HELD)]
    chat_queue = a_chat_queue(desk.receive, inbox_of(rows, desk))
    for one in list(rows):
        chat_queue.admit(QueuedUpdate(CHAT, row=one))
    for number in range(3 * MOST_HELD, 5 * MOST_HELD):
        await asyncio.sleep(0)
        rows.append(row(number))
        chat_queue.admit(QueuedUpdate(CHAT, row=rows[-1]))
    await until(lambda: len(desk.received) == len(rows))
    assert desk.numbers == list(range(5 * MOST_HELD))
    await quiet(chat_queue)


async def test_the_same_row_is_received_once() -> None:
    desk = Desk()
    desk.open.clear()
    chat_queue = a_chat_queue(desk.receive)
    chat_queue.admit(letter(1))
    await asyncio.sleep(0)
    chat_queue.admit(letter(1))
    chat_queue.admit(letter(2))
    chat_queue.admit(letter(2))
    desk.open.set()
    await quiet(chat_queue)
    assert desk.numbers == [1, 2]


async def test_a_letter_the_database_refused_is_tried_again_before_the_next() -> None:
    desk = Desk()
    desk.refusals = 1
    chat_queue = a_chat_queue(desk.receive)
    chat_queue.admit(letter(1))
    chat_queue.admit(letter(2))
    await quiet(chat_queue)
    assert desk.numbers == [1, 2]


async def test_a_request_is_planned_once_and_comes_at_the_sooner_time() -> None:
    desk = Desk()
    chat_queue = a_chat_queue(desk.receive)
    for _ in range(500):
        chat_queue.admit_later(60, QueuedUpdate(CHAT, request="redraw", about="Menu:main"))
    chat_queue.admit_later(0.01, QueuedUpdate(CHAT, request="redraw", about="Menu:main", tries=3))
    chat_queue.admit_later(60, QueuedUpdate(CHAT, request="redraw", about="Menu:main"))
    await until(lambda: len(desk.received) == 1)
    assert desk.received[0].tries == 3
    await asyncio.sleep(0.02)
    assert len(desk.received) == 1
    assert await chat_queue.drain(1)


async def test_equal_requests_in_line_are_one() -> None:
    desk = Desk()
    desk.open.clear()
    chat_queue = a_chat_queue(desk.receive)
    chat_queue.admit(letter(1))
    for _ in range(100):
        chat_queue.admit(QueuedUpdate(CHAT, request="resurface"))
    desk.open.set()
    await quiet(chat_queue)
    assert len(desk.received) == 2


async def test_a_stop_lets_what_runs_finish_and_begins_nothing() -> None:
    desk = Desk()
    desk.open.clear()
    chat_queue = a_chat_queue(desk.receive)
    chat_queue.admit(letter(1))
    chat_queue.admit(letter(2))
    chat_queue.admit_later(0.01, QueuedUpdate(OTHER, request="redraw"))
    await asyncio.sleep(0)
    draining = asyncio.ensure_future(chat_queue.drain(10))
    await asyncio.sleep(0.02)
    chat_queue.admit(letter(3))
    desk.open.set()
    assert await draining
    assert desk.numbers == [1]
    assert chat_queue.closed


async def test_what_hangs_is_ended_after_the_time_of_the_stop() -> None:
    desk = Desk()
    desk.open.clear()
    chat_queue = a_chat_queue(desk.receive)
    chat_queue.admit(letter(1))
    await asyncio.sleep(0)
    assert not await chat_queue.drain(0.01)
    assert desk.numbers == []


async def test_rows_that_are_no_longer_ours_are_let_go_of() -> None:
    desk = Desk()
    desk.open.clear()
    chat_queue = a_chat_queue(desk.receive)
    for number in (1, 2, 3):
        chat_queue.admit(letter(number))
    await asyncio.sleep(0)
    chat_queue.forget()
    desk.open.set()
    await quiet(chat_queue)
    assert desk.numbers == [1]
    chat_queue.admit(letter(2))
    await quiet(chat_queue)
    assert desk.numbers == [1, 2]
