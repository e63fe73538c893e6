"""Kept before confirmed, taken up after a crash, and never skipped by an old offset."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiohttp import web

from bot.context.queued_update import QueuedUpdate
from bot.ops.clock import SteadyClock
from bot.ops.process_identity import an_owner, gone
from bot.updates import poller as polling
from bot.updates.chat_queue import ChatQueue
from bot.updates.intake import BATCH, MOST_WAITING, Intake, chat_of, usable
from bot.updates.poller import POLLER, Poller
from storage.encryption.secrets import Secrets
from storage.errors import StorageUnavailable
from storage.open import Stores, open_stores
from storage.queue.inbox import Inbox, InboxRow, NewUpdate
from tests.bot.chat_queues import a_chat_queue
from tests.bot.test_identity import (  # noqa: F401 - a fixture
    number_one,
    proc,
    the_name_of_a_process_that_ended,
)
from tests.schema import migrated

NOW = datetime(2022, 1, 24, 10, tzinfo=UTC)


def an_update(number: int, chat: int = 5, **more: Any) -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": chat}, "text": "hi"}, **more}


class Telegram:
    """Telegram's side of getUpdates: what is confirmed is gone."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.offsets: list[int | None] = []
        self.replies: list[web.Response] = []

    async def answer(self, request: web.Request) -> web.Response:
        offset = (await request.json()).get("offset")
        self.offsets.append(offset)
        if self.replies:
            return self.replies.pop(0)
        if offset is not None:
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
        if not self.updates:
            await asyncio.sleep(0.02)
        return web.json_response({"ok": True, "result": self.updates[:100]})


class House:
    """An intake over a real database, with a gate that notes what it is given."""

    def __init__(self, stores: Stores, url: str, session: aiohttp.ClientSession) -> None:
        self.stores = stores
        self.url = url
        self.session = session
        self.received: list[int | None] = []
        self.webhooks_dropped = 0
        self.clock = SteadyClock(NOW)
        self.owner = an_owner()
        self.chat_queue = a_chat_queue(self.receive, self.more)
        self.bot = Bot("1000001:scenario-bot-0000000000000000000000")
        self.intake = self.intake_of(self.owner)

    def intake_of(self, owner: str, chat_queue: ChatQueue | None = None) -> Intake:
        return Intake(self.stores, chat_queue or self.chat_queue, self.clock, self.bot, owner)

    async def more(self, chat_id: int, limit: int) -> list[InboxRow]:
        return await self.stores.inbox.of_chat(chat_id, self.owner, limit)

    async def receive(self, letter: QueuedUpdate) -> bool:
        assert letter.row is not None
        self.received.append(letter.row.update_id)
        await self.stores.inbox.done([letter.row.id])
        return True

    async def drop_webhook(self) -> None:
        self.webhooks_dropped += 1

    def poller(self, owner: str) -> Poller:
        return Poller(
            session=self.session,
            url=self.url,
            intake=self.intake,
            leases=self.stores.leases,
            clock=self.clock,
            owner=owner,
            first_poll=lambda: None,
            drop_webhook=self.drop_webhook,
        )

    async def until(self, true: Callable[[], bool | Awaitable[bool]]) -> None:
        for _ in range(12000):
            found = true()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.005)
        raise AssertionError("it did not come true")


async def held_up(_letter: QueuedUpdate) -> bool:
    """Never comes to an end."""
    await asyncio.Event().wait()
    return True


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
async def use_cases(tmp_path: Path, telegram: Telegram) -> AsyncIterator[House]:
    address = f"sqlite:///{tmp_path / 'bot.db'}"
    await migrated(address)
    stores = open_stores(address, Secrets.create(tmp_path / "secret.key"))
    server = web.Application()
    server.add_routes([web.post("/getUpdates", telegram.answer)])
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/getUpdates"
    async with aiohttp.ClientSession() as session:
        yield House(stores, url, session)
    await runner.cleanup()
    await stores.close()


async def stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def begin(work: Any) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(work)


async def test_an_offset_is_forgotten_once_it_is_confirmed(
    use_cases: House, telegram: Telegram
) -> None:
    telegram.updates = [an_update(900), an_update(901)]
    task = begin(use_cases.poller("me").run())
    await use_cases.until(lambda: len(telegram.offsets) > 3)
    assert telegram.offsets[:3] == [None, 902, None]
    # After a quiet week Telegram's numbers begin anew, below what was confirmed.
    telegram.updates = [an_update(17)]
    await use_cases.until(lambda: use_cases.received == [900, 901, 17])
    await stopped(task)


async def test_nothing_is_confirmed_that_was_not_kept(
    use_cases: House, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Inbox.put
    faults = 2

    async def faulty(self: Inbox, *args: Any, **more: Any) -> Any:
        nonlocal faults
        if faults:
            faults -= 1
            raise StorageUnavailable("locked")
        return await put(self, *args, **more)

    monkeypatch.setattr(Inbox, "put", faulty)
    telegram.updates = [an_update(1)]
    task = begin(use_cases.poller("me").run())
    await use_cases.until(lambda: use_cases.received == [1])
    assert telegram.offsets[:3] == [None, None, None]
    await stopped(task)


async def test_what_was_kept_while_the_poller_was_stopped_is_admitted(
    use_cases: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()
    put = Inbox.put

    async def slow(self: Inbox, *args: Any, **more: Any) -> Any:
        began.set()
        await go_on.wait()
        return await put(self, *args, **more)

    monkeypatch.setattr(Inbox, "put", slow)
    keeping = begin(use_cases.intake.keep([an_update(1)]))
    await began.wait()
    await stopped(keeping)
    go_on.set()
    await use_cases.until(lambda: use_cases.received == [1])


async def test_one_poller_at_a_time_and_no_gap_between_two(
    use_cases: House, telegram: Telegram
) -> None:
    first = begin(use_cases.poller("first").run())
    await use_cases.until(lambda: len(telegram.offsets) > 1)
    asked = len(telegram.offsets)
    second = begin(use_cases.poller("second").run())
    telegram.updates = [an_update(1)]
    await use_cases.until(lambda: use_cases.received == [1] and len(telegram.offsets) > asked + 2)
    assert await use_cases.stores.leases.holder(POLLER, use_cases.clock.now()) == "first"
    await stopped(first)
    telegram.updates = [an_update(2)]
    await use_cases.until(lambda: use_cases.received == [1, 2])
    assert await use_cases.stores.leases.holder(POLLER, use_cases.clock.now()) == "second"
    await stopped(second)
    assert await use_cases.stores.leases.holder(POLLER, use_cases.clock.now()) is None


async def test_a_lease_lost_and_won_again_skips_nothing(
    use_cases: House, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "RENEW_EVERY", 0.02)
    telegram.updates = [an_update(500)]
    task = begin(use_cases.poller("me").run())
    await use_cases.until(lambda: use_cases.received == [500])
    use_cases.clock.advance(polling.LEASE * 2)
    await use_cases.stores.leases.take(
        POLLER, "somebody else", use_cases.clock.now(), polling.LEASE
    )
    asked = len(telegram.offsets)
    await asyncio.sleep(0.1)
    telegram.updates = [an_update(3)]
    await use_cases.stores.orphans.release(["somebody else"])
    await use_cases.until(lambda: use_cases.received == [500, 3])
    assert None in telegram.offsets[asked:]
    await stopped(task)


@pytest.mark.parametrize(
    ("reply", "dropped"),
    [
        (web.json_response({"ok": False, "error_code": 429, "parameters": {"retry_after": 0}}), 0),
        (web.json_response({"ok": False, "error_code": 502, "parameters": "?"}, status=502), 0),
        (web.json_response([1, 2]), 0),
        (web.Response(text="<html>", status=502), 0),
        (web.Response(body=b"\xff\xfe"), 0),
        (web.Response(text="[" * 100_000), 0),
        (
            web.json_response(
                {
                    "ok": False,
                    "error_code": 409,
                    "description": "Conflict: can't use getUpdates method while webhook is active",
                }
            ),
            1,
        ),
    ],
    ids=["429", "502", "array", "page", "bytes", "deep", "webhook"],
)
async def test_the_poller_outlives_every_answer(
    use_cases: House, telegram: Telegram, reply: web.Response, dropped: int
) -> None:
    telegram.replies = [reply]
    telegram.updates = [an_update(1)]
    task = begin(use_cases.poller("me").run())
    await use_cases.until(lambda: use_cases.received == [1])
    assert use_cases.webhooks_dropped == dropped
    await stopped(task)


async def test_everything_left_is_taken_up_whatever_the_number(use_cases: House) -> None:
    dead = await asyncio.to_thread(the_name_of_a_process_that_ended)
    before = use_cases.intake_of(dead, a_chat_queue(held_up))
    for first in range(0, 350, 50):
        await before.keep([an_update(first + n, chat=n % 7) for n in range(50)])
    assert use_cases.received == []
    await use_cases.intake.take_up()
    await use_cases.until(lambda: len(use_cases.received) == 350)
    for chat in range(7):
        mine = [n for n in use_cases.received if n is not None and n % 50 % 7 == chat]
        assert mine == sorted(mine)


@pytest.mark.usefixtures("number_one")
async def test_number_1_of_another_container_keeps_its_rows(
    use_cases: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two replicas with one host name, each with number 1: what the first has is not gone."""
    first, second = proc(tmp_path / "a"), proc(tmp_path / "b", namespace=4026532178, start=7)
    await use_cases.intake_of(an_owner(first), a_chat_queue(held_up)).keep([an_update(1)])
    monkeypatch.setattr("bot.updates.intake.gone", partial(gone, proc=second))
    await use_cases.intake.take_up()
    await use_cases.intake.keep([an_update(2, chat=6)])
    await use_cases.until(lambda: use_cases.received == [2])


async def test_a_process_takes_over_no_more_than_it_gets_to(use_cases: House) -> None:
    """What a dead process left is shared by the living, not taken by the first of them."""
    for first in range(0, 3 * MOST_WAITING, 500):
        updates = [
            NewUpdate(1, number, number, use_cases.clock.now(), b"{}")
            for number in range(first, first + 500)
        ]
        await use_cases.stores.inbox.put(updates)
    busy = a_chat_queue(held_up)
    await use_cases.intake_of("busy", busy).take_up()
    assert MOST_WAITING <= busy.waiting <= MOST_WAITING + BATCH
    other = a_chat_queue(held_up)
    await use_cases.intake_of("other", other).take_up()
    assert other.waiting >= MOST_WAITING, "nothing is left for another process"
    await asyncio.gather(busy.drain(0), other.drain(0))


async def test_a_living_process_keeps_what_it_has(use_cases: House) -> None:
    elsewhere = use_cases.intake_of("another-machine:1:x", a_chat_queue(held_up))
    await elsewhere.keep([an_update(1)])
    await use_cases.intake.take_up()
    await use_cases.intake.keep([an_update(2), an_update(3, chat=6)])
    await use_cases.until(lambda: use_cases.received == [3])
    use_cases.clock.advance(polling.LEASE * 10)
    sweeping = begin(use_cases.intake.sweep())
    await use_cases.until(lambda: use_cases.received == [3, 1, 2])
    await stopped(sweeping)


# --- rows that are ours and stand in no line (D11c) -----------------------------------------------
#
# Nobody came to them before their lease was over, and other work renews the lease for ever.


def answer_lost(
    method: Callable[..., Awaitable[Any]],
) -> tuple[Callable[..., Awaitable[Any]], list[int]]:
    """The method does its work once and then says that the database did not answer."""
    lost: list[int] = []

    async def once(self: Inbox, *args: Any, **more: Any) -> Any:
        done = await method(self, *args, **more)
        if not lost:
            lost.append(len(done))
            raise StorageUnavailable
        return done

    return once, lost


async def test_an_update_whose_commit_was_not_heard_of_is_not_left_lying(
    use_cases: House, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, lost = answer_lost(Inbox.put)
    monkeypatch.setattr(Inbox, "put", put)
    telegram.updates = [an_update(1)]
    tasks = [begin(use_cases.poller("me").run()), begin(use_cases.intake.sweep())]
    await use_cases.until(lambda: use_cases.received == [1])
    assert lost == [1]
    telegram.updates = [an_update(2)]
    await use_cases.until(lambda: use_cases.received == [1, 2])
    for task in tasks:
        await stopped(task)


async def test_a_claim_whose_commit_was_not_heard_of_is_not_left_lying(
    use_cases: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, lost = answer_lost(Inbox.claim)
    await use_cases.stores.inbox.put([NewUpdate(1, 1, 5, use_cases.clock.now(), b"{}")])
    monkeypatch.setattr(Inbox, "claim", claim)
    sweeping = begin(use_cases.intake.sweep())
    await use_cases.until(lambda: use_cases.received == [1])
    assert lost == [1]
    await stopped(sweeping)


async def test_who_was_late_comes_back_at_once_to_what_nobody_took_over(use_cases: House) -> None:
    go_on = asyncio.Event()
    received: list[int | None] = []

    async def slow(letter: QueuedUpdate) -> bool:
        await go_on.wait()
        assert letter.row is not None
        received.append(letter.row.update_id)
        await use_cases.stores.inbox.done([letter.row.id])
        return True

    intake = use_cases.intake_of("me", a_chat_queue(slow, use_cases.more))
    await intake.keep([an_update(number) for number in range(1, 4)])
    sweeping = begin(intake.sweep())
    await asyncio.sleep(0)
    intake.late()
    await use_cases.until(lambda: intake._chat_queue.waiting == 3)
    go_on.set()
    await use_cases.until(lambda: received == [1, 2, 3])
    await stopped(sweeping)


async def test_what_is_only_just_being_kept_is_handled_once(
    use_cases: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its commit is there, its keeper has not heard so yet, and the sweep takes it for a stray."""
    put = Inbox.put
    kept, go_on = asyncio.Event(), asyncio.Event()

    async def late(self: Inbox, *args: Any, **more: Any) -> list[InboxRow]:
        rows = await put(self, *args, **more)
        kept.set()
        await go_on.wait()
        return rows

    monkeypatch.setattr(Inbox, "put", late)
    keeping = begin(use_cases.intake.keep([an_update(1)]))
    await kept.wait()
    await use_cases.intake.let_go_of_strays()
    await use_cases.intake._claim()
    await use_cases.until(lambda: use_cases.received == [1])
    go_on.set()
    await keeping
    await use_cases.until(lambda: not use_cases.chat_queue.waiting)
    await use_cases.intake.keep([an_update(2)])
    await use_cases.until(lambda: use_cases.received == [1, 2])


async def test_who_leaves_keeps_only_what_has_begun(use_cases: House) -> None:
    """Others waited for all of it until the slowest update of the leaving process was done."""
    leaving = use_cases.intake_of("me", a_chat_queue(held_up, use_cases.more))
    await leaving.keep([an_update(1), an_update(2), an_update(3, chat=6)])
    await use_cases.until(lambda: len(leaving._chat_queue._begun) == 2)
    leaving._chat_queue.close()
    await leaving.let_go_of_strays()
    assert [row_id for row_id, _chat in await use_cases.stores.inbox.owned("me")] == [1, 3]
    await leaving.keep([an_update(4, chat=7)])
    await use_cases.intake.take_up()
    await use_cases.until(lambda: use_cases.received == [4])
    assert await use_cases.stores.inbox.owned(use_cases.owner) == []
    await leaving._chat_queue.drain(0)


async def test_a_request_of_our_own_waits_in_the_inbox_of_who_serves(use_cases: House) -> None:
    worker = use_cases.intake_of("a-worker:1:x", a_chat_queue(use_cases.receive))
    worker._chat_queue.close()
    await worker.keep_own(5, "resurface", {"window": ""})
    assert await use_cases.stores.inbox.waiting() == 1
    await use_cases.intake.take_up()
    await use_cases.until(lambda: len(use_cases.received) == 1)
    await use_cases.intake.keep_own(5, "resurface", {"window": ""})
    await use_cases.until(lambda: len(use_cases.received) == 2)


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        (an_update(1), 5),
        ({"callback_query": {"from": {"id": 9}, "message": {"chat": {"id": 8}}}}, 8),
        ({"callback_query": {"from": {"id": 9}}}, 9),
        ({"callback_query": {"from": 9, "message": 8}}, 0),
        ({"my_chat_member": {"chat": {"id": 7}}}, 7),
        ({"message": {"chat": {"id": 1 << 90}}}, 0),
        ({"message": {"chat": {"id": True}}}, 0),
        ({"message": "?"}, 0),
        ({}, 0),
    ],
)
def test_the_chat_of_an_update(update: dict[str, Any], chat: int) -> None:
    assert chat_of(update) == chat


@pytest.mark.parametrize(
    ("update", "can"),
    [
        ({"update_id": 0}, True),
        ({"update_id": -1}, False),
        ({"update_id": True}, False),
        ({"update_id": 1 << 63}, False),
        ({"update_id": "1"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_what_can_be_kept(update: object, can: bool) -> None:
    assert usable(update) is can


async def test_who_goes_by_another_time_keeps_updates_for_the_others(use_cases: House) -> None:
    """A webhook brings them all the same: they are kept, not handled here, and free at once."""
    wrong = Intake(
        use_cases.stores,
        use_cases.chat_queue,
        use_cases.clock,
        use_cases.bot,
        use_cases.owner,
        fit=lambda: False,
    )
    await wrong.keep([{"update_id": 1, "message": {"chat": {"id": 5}}}])
    await wrong.keep_own(6, "redraw", {})
    for _ in range(5):
        await asyncio.sleep(0)
    assert use_cases.received == []
    free = await use_cases.stores.inbox.claim(
        "right", use_cases.clock.now(), timedelta(seconds=30), 9
    )
    assert [row.chat_id for row in free] == [5, 6]
