"""The operator, Telegram, the post and the database fail; people read the truth all the same."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from storage.errors import StorageUnavailable
from storage.queue.outbox import BLOCKED, OWED
from storage.tables.outbox import outbox
from storage.unit_of_work import UnitsOfWork
from tests.scenarios.conftest import Stage
from tests.scenarios.entry import ask_to_block, enter
from tests.scenarios.phone import Phone
from tests.scenarios.test_taps import CONFIRM, answered

NUMBER = "77012115526"
REFERENCE = "A-20220124-0001"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)


async def finals(phone: Phone) -> list[str]:
    """The final words in the chat."""
    ends = ("✅ ", "⚠️ ")
    return [m.text for m in await phone.messages() if m.from_bot and m.text.startswith(ends)]


async def test_an_operator_that_is_down_is_said_and_the_window_stays(stage: Stage) -> None:
    phone = await enter(stage)
    await stage.fault("operator", "http_500", match="/product", times=None)
    await phone.tap("Number management")
    await phone.hears("does not answer")
    await stage.http.delete("/sandbox/faults")
    await phone.command("/menu")
    await phone.tap("Number management")
    await phone.sees("Type any part")


async def test_a_token_that_became_void_is_told_to_people_and_to_health(stage: Stage) -> None:
    phone = await enter(stage)
    assert stage.app is not None
    async with TestClient(TestServer(stage.app.observing.application())) as health:

        async def told() -> tuple[int, str]:
            answer = await health.get("/health")
            return answer.status, (await answer.json())["parts"]["operator"]

        await stage.http.patch("/sandbox/operator/settings", json={"token": "another"})
        await phone.say("/menu")
        message = await phone.sees("not available now")
        assert "minutes" not in message.text
        assert await told() == (503, "refused")
        await stage.http.patch("/sandbox/operator/settings", json={"token": None})
        await phone.command("/menu")
        await phone.sees("Number management")
        assert await told() == (200, "ok")


async def test_a_fresh_window_that_the_operator_holds_back_is_said_and_comes_later(
    stage: Stage,
) -> None:
    phone = await enter(stage)
    window = await phone.window()
    await stage.fault("operator", "http_500", match="/tmf-api", times=None)
    await stage.advance(minutes=2)
    await phone.tap_data(window.id, "zzzzzz\x1dold")
    await phone.is_told("That window is out of date")
    await phone.sees("does not answer")
    await stage.http.delete("/sandbox/faults")
    await phone.command("/menu")
    await phone.tap("Number management")
    await phone.sees("Type any part")


@pytest.mark.usefixtures("hurried")
async def test_a_slow_operator_s_tap_is_answered_before_its_window_comes(stage: Stage) -> None:
    phone = await enter(stage)
    before = len(await phone.answers())
    await stage.fault("operator", "delay", match="/product", seconds=3, times=1)
    await phone.tap("Number management")
    texts = await answered(phone, before + 1)
    assert texts[-1] == "⏳ One moment…"
    assert not any("Type any part" in m.text for m in await phone.messages())
    await phone.sees("Type any part")


@pytest.mark.usefixtures("hurried")
async def test_a_tap_in_line_behind_a_slow_one_is_answered_as_well(stage: Stage) -> None:
    phone = await enter(stage)
    before = len(await phone.answers())
    await stage.fault("operator", "delay", match="/product", seconds=4, times=1)
    await phone.tap("Number management", repeat=3)
    await answered(phone, before + 3)
    assert not any("Type any part" in m.text for m in await phone.messages())


async def test_a_hanging_operator_is_given_up_and_said(stage: Stage) -> None:
    phone = await enter(stage)
    await stage.fault("operator", "hang_before_effect", match="/product", seconds=60, times=None)
    await phone.tap("Number management")
    await phone.hears("does not answer")
    await stage.http.delete("/sandbox/faults")


@pytest.mark.parametrize("idempotent", [True, False])
@pytest.mark.parametrize(
    "kind",
    ["http_500", "hang_before_effect", "hang_after_effect", "late_effect", "reset_after_effect"],
)
async def test_a_change_whose_answer_was_lost_ends_once_and_truly(
    stage: Stage, kind: str, idempotent: bool
) -> None:
    phone = await enter(stage)
    await stage.http.patch("/sandbox/operator/settings", json={"idempotent": idempotent})
    await ask_to_block(phone)
    more: dict[str, Any] = {} if kind in {"http_500", "reset_after_effect"} else {"seconds": 2}
    await stage.fault("operator", kind, match="POST", times=1, **more)
    await phone.tap(CONFIRM)
    await phone.sees("✅ ", REFERENCE)
    assert [effect["what"] for effect in await stage.effects(NUMBER)] == ["block"]

    async def told() -> list[str]:
        return await finals(phone)

    # The window may say it a moment before the word does.
    assert len(await phone.until(told, "the final word")) == 1


async def test_a_refusal_found_at_the_operator_is_said(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    await stage.fault("operator", "reject", match="POST", times=1)
    await phone.tap(CONFIRM)
    await phone.sees("⚠️ ", REFERENCE)
    assert await stage.effects(NUMBER) == []


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("http_500", {"times": 3}),
        ("http_429", {"seconds": 1, "times": 2}),
        ("hang_before_effect", {"seconds": 1, "times": 2}),
    ],
)
async def test_a_final_word_telegram_did_not_take_comes_later_and_once(
    stage: Stage, kind: str, more: dict[str, Any]
) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    await stage.fault("telegram", kind, match="sendMessage", **more)
    await phone.tap(CONFIRM)
    await phone.sees("✅ ", REFERENCE)
    await phone.no_longer_sees("⏳ Sent")
    await phone.sees("⛔ Blocked since", "Usage details")
    assert len(await finals(phone)) == 1


async def test_somebody_who_blocked_the_bot_gets_no_word_and_harms_nobody(stage: Stage) -> None:
    phone, other = await enter(stage), await enter(stage, NUMBER)
    await ask_to_block(phone)
    await stage.fault("operator", "delay", match="POST", seconds=1, times=1)
    await phone.tap(CONFIRM)
    await phone.sees("⏳", REFERENCE)
    path = f"/sandbox/users/{phone.id}/block"
    await stage.http.post(path, json={"blocked": True})
    await other.command("/menu")
    for _ in range(3000):
        if await stage.effects(NUMBER):
            break
        await asyncio.sleep(0.02)
    await stage.http.post(path, json={"blocked": False})
    await phone.say("/menu")
    await phone.tap("Documents & reports")
    await phone.tap("2 · Actions")
    await phone.sees("✅ done", REFERENCE)


async def block_the_bot(stage: Stage, phone: Phone, *, blocked: bool) -> None:
    """The person blocks the bot, or lets it in again."""
    await stage.http.post(f"/sandbox/users/{phone.id}/block", json={"blocked": blocked})


async def held(stage: Stage, phone: Phone, kinds: set[str]) -> None:
    """Wait until messages of these kinds, and no others, are kept for who has blocked the bot."""
    assert stage.app is not None
    database = stage.app.stores.database
    wanted = select(outbox.c.kind).where(outbox.c.state == OWED, outbox.c.why == BLOCKED)

    async def look() -> bool:
        return set(await database.read(lambda conn: conn.execute(wanted).scalars().all())) == kinds

    await phone.until(look, f"{kinds} kept")


@pytest.mark.parametrize("back", ["lets it in", "writes"])
async def test_who_blocked_the_bot_hears_the_end_when_they_come_back(
    stage: Stage, back: str
) -> None:
    """D5: it was given up after one try, and nothing was ever told."""
    phone = await enter(stage)
    await ask_to_block(phone)
    await stage.fault("operator", "delay", match="POST", seconds=1, times=1)
    await phone.tap(CONFIRM)
    await phone.sees("⏳", REFERENCE)
    await block_the_bot(stage, phone, blocked=True)
    await held(stage, phone, {"action.final"})
    assert [effect["what"] for effect in await stage.effects(NUMBER)] == ["block"]
    await stage.advance(hours=3)
    assert await finals(phone) == []
    if back == "lets it in":
        await block_the_bot(stage, phone, blocked=False)
    else:
        await phone.say("/start")
    await phone.sees("✅ ", REFERENCE)
    await stage.advance(hours=3)
    await phone.command("/start")
    assert len(await finals(phone)) == 1


async def test_a_return_that_telegram_did_not_tell_is_seen_by_the_next_message(
    stage: Stage,
) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    await stage.fault("telegram", "reject", match="sendMessage", times=None)
    await phone.tap(CONFIRM)
    await held(stage, phone, {"action.final"})
    await stage.http.delete("/sandbox/faults")
    await phone.say("/menu")
    await phone.sees("✅ ", REFERENCE)
    assert len(await finals(phone)) == 1


async def test_a_return_that_nobody_heard_of_is_found_by_looking_again(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    await stage.fault("telegram", "reject", match="sendMessage", times=None)
    await phone.tap(CONFIRM)
    await held(stage, phone, {"action.final"})
    await stage.http.delete("/sandbox/faults")
    await stage.advance(hours=1)
    await phone.sees("✅ ", REFERENCE)
    assert len(await finals(phone)) == 1


async def test_a_file_is_kept_for_who_blocked_the_bot(stage: Stage) -> None:
    phone = await enter(stage)
    await phone.command("/documents")
    await phone.tap("3 · Numbers")
    await stage.fault("operator", "delay", match="/product", seconds=1, times=1)
    await phone.tap("XLSX file")
    await phone.sees("⏳ The file is being prepared", "R-20220124-0001")
    await block_the_bot(stage, phone, blocked=True)
    await held(stage, phone, {"document.ready"})
    await phone.say("/start")
    await phone.sees("37 records")
    files = [message for message in await phone.messages() if "document" in message.raw]
    assert len(files) == 1


async def test_a_refused_sms_is_not_tried_for_ever(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await stage.fault("sms", "reject", times=1)
    await phone.say("/start")
    await phone.tap("English")
    await phone.tap("Forgot password?")
    await phone.sees("A code will be sent")
    await phone.say(phone.number)
    await phone.sees("Enter the 6 digits")
    assert stage.app is not None
    for _ in range(3000):
        if not await stage.app.stores.outbox.waiting():
            break
        await asyncio.sleep(0.02)
    assert await phone.sms() == []
    await stage.advance(seconds=61)
    await phone.tap("Send")
    assert await phone.code()


async def test_a_locked_database_holds_updates_up_and_loses_none(stage: Stage) -> None:
    phone = await enter(stage)
    lock = sqlite3.connect(stage.settings.database_url.removeprefix("sqlite:///"), timeout=20)
    try:
        lock.execute("BEGIN IMMEDIATE")
        await phone.say(NUMBER)
        await asyncio.sleep(6)
        assert not any("Usage details" in b for b in (await phone.window()).buttons)
        lock.rollback()
    finally:
        lock.close()
    await phone.sees("+7 701 211 55 26", "Usage details")


async def test_an_update_the_database_never_takes_is_set_aside(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await enter(stage)
    other = await enter(stage, NUMBER)
    opened = UnitsOfWork.open

    async def poison(self: UnitsOfWork, chat_id: int, user_id: int, bot_id: int) -> Any:
        if chat_id == phone.id:
            raise StorageUnavailable("this one never")
        return await opened(self, chat_id, user_id, bot_id)

    monkeypatch.setattr("bot.updates.chat_queue.FIRST_RETRY", 0.01)
    with monkeypatch.context() as broken:
        broken.setattr(UnitsOfWork, "open", poison)
        await phone.say("77010542006")
        await other.say("77010542006")
        await other.sees("+7 701 054 20 06")
        assert stage.app is not None
        for _ in range(3000):
            if not await stage.app.stores.inbox.waiting():
                break
            await asyncio.sleep(0.02)
    await phone.say(NUMBER)
    await phone.sees("+7 701 211 55 26", "Usage details")
