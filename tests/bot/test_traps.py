"""The traps of the framework, each reproduced once and cured for good (traps 1 to 9, and 17).

Crashes and stops of the process (trap 3) are in `tests/scenarios/test_crashes.py`.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import InlineKeyboardMarkup
from aiogram_dialog.api.entities import Stack

from bot.context import states
from bot.context.queued_update import QueuedUpdate
from bot.context.stack_reader import present_window
from bot.updates.dispatcher import make_dispatcher
from bot.widgets.text import Html
from storage.unit_of_work import ConversationUnitOfWork, SlotRow
from tests.scenarios.conftest import Stage, log_in, staged
from tests.scenarios.entry import ask_to_block, enter
from tests.scenarios.phone import Message, Phone
from tests.scenarios.test_taps import CONFIRM, answered, data_of


async def turn_of(stage: Stage, phone: Phone) -> ConversationUnitOfWork:
    assert stage.app is not None
    return await stage.app.stores.units.open(phone.id, phone.id, stage.settings.bot_id)


async def quiet(stage: Stage) -> None:
    """Wait until the bot has nothing more to handle."""
    assert stage.app is not None
    for _ in range(6000):
        if not stage.app.chat_queue.waiting and not await stage.app.stores.inbox.waiting():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the bot did not come to rest")


async def feed(stage: Stage, *updates: dict[str, Any]) -> None:
    """Updates as Telegram might never send them."""
    assert stage.app is not None
    await stage.app.intake.keep(list(updates))


def a_message(phone: Phone, update_id: int, text: str, **more: Any) -> dict[str, Any]:
    user = {"id": phone.id, "is_bot": False, "first_name": "A", "language_code": "en"}
    chat = {"id": phone.id, "type": "private", "first_name": "A"}
    message = {"message_id": 900 + update_id % 90, "date": 1643018400, "from": user, "chat": chat}
    return {"update_id": update_id, "message": {**message, "text": text, **more}}


async def test_trap_1_a_double_tap_runs_its_effects_once(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    await phone.tap(CONFIRM, repeat=2)
    await phone.sees("✅", "A-20220124-0001")
    assert len(await stage.effects()) == 1


async def test_trap_2_a_redraw_waits_for_the_tap_and_keeps_its_window(stage: Stage) -> None:
    phone = await enter(stage)
    await quiet(stage)
    assert stage.app is not None
    await stage.fault("operator", "delay", match="/product", seconds=0.5, times=2)
    await phone.tap("Number management")
    stage.app.chat_queue.admit(QueuedUpdate(phone.id, request="redraw", about="Menu:main"))
    stage.app.chat_queue.admit(QueuedUpdate(phone.id, request="redraw"))
    await phone.sees("page 1", "Type any part")
    await quiet(stage)
    assert present_window(await turn_of(stage, phone)) == "Numbers:list"
    assert "Type any part" in (await phone.window()).text


async def test_trap_4_a_malformed_update_costs_itself_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with staged(tmp_path) as stage:
        phone = await enter(stage)
        await quiet(stage)
        broken = a_message(phone, 501, "canary-of-the-quarantine", date="not a date")
        no_chat = {"update_id": 502, "message": {"text": "canary-of-the-quarantine"}}
        huge = a_message(phone, 503, "canary-of-the-quarantine", message_id=1 << 80)
        unknown = {"update_id": 504, "somebody_s_new_kind": {"text": "canary-of-the-quarantine"}}
        good = a_message(phone, 505, "77012115526")
        await feed(stage, broken, no_chat, huge, unknown, good)
        await phone.sees("+7 701 211 55 26", "Usage details")
        await quiet(stage)
    told = capsys.readouterr()
    assert "update.quarantined" in told.err
    assert "canary" not in told.err + told.out


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("http_500", {}),
        ("http_429", {"seconds": 1}),
        ("hang_before_effect", {"seconds": 1}),
        ("hang_after_effect", {"seconds": 1}),
        ("reset_after_effect", {}),
    ],
)
async def test_trap_5_a_window_that_was_not_shown_comes_later_and_its_buttons_work(
    stage: Stage, kind: str, more: dict[str, Any]
) -> None:
    phone = await enter(stage)
    await quiet(stage)
    await stage.fault("telegram", kind, match="editMessageText", **more)
    await phone.tap("Number management")
    await phone.sees("Type any part")
    await phone.no_longer_sees("37 numbers: 🟢")
    await phone.tap("⌂ Menu")
    await phone.sees("Number management", "Active 34")


async def test_trap_5_the_buttons_on_the_screen_work_while_the_next_window_is_not_shown(
    stage: Stage,
) -> None:
    phone = await enter(stage)
    await quiet(stage)
    menu = await phone.window()
    await stage.fault("telegram", "http_500", match="editMessageText", times=2)
    await stage.fault("telegram", "http_500", match="sendMessage", times=1)
    before = len(await phone.answers())
    await phone.tap("Number management", message=menu)
    await answered(phone, before + 1)
    await phone.tap("Documents & reports", message=menu)
    await phone.is_told("out of date")

    async def fresh() -> Message | None:
        window = await phone.window()
        return window if window.id != menu.id else None

    await phone.tap("Number management", message=await phone.until(fresh, "a fresh window"))
    await phone.sees("Type any part")


async def test_trap_6_a_renamed_state_leads_to_a_fresh_window(stage: Stage) -> None:
    phone = await enter(stage)
    for way in ("tap", "/start", "type"):
        await quiet(stage)
        window = await phone.window()
        await rename_states(stage, phone)
        if way == "tap":
            await phone.tap("Number management", message=window)
            await phone.is_told("out of date")
        else:
            await phone.say("/start" if way == "/start" else "Almaty")
            await phone.sees("out of date")
        await quiet(stage)
        fresh = await phone.window()
        assert fresh.id != window.id
        assert "Active 34" in fresh.text
        await phone.tap("Number management", message=fresh)
        await phone.sees("Type any part")
        await phone.command("/start")


async def rename_states(stage: Stage, phone: Phone) -> None:
    """What an earlier version with other names would have left."""
    assert stage.app is not None
    unit = await turn_of(stage, phone)
    for key, row in list(unit._kept.items()):
        data = json.loads(row.data)
        if "state" in data:
            unit.put_slot(key, SlotRow(row.state, json.dumps({**data, "state": "Former:name"})))
    assert unit.new_slots
    await stage.app.stores.units.close(unit, None)


async def test_trap_7_forged_presses_do_nothing_they_may_not(stage: Stage) -> None:
    phone = await enter(stage)
    await phone.say("77010542006")
    await phone.tap("Unblock +7 701 054 20 06")
    window = await phone.sees("Unblock +7 701 054 20 06?", "Enter the 6 digits")
    intent = data_of(window, "Cancel").partition("\x1d")[0]
    for hidden in ("confirm", "confirm_kind"):
        await phone.tap_data(window.id, f"{intent}\x1d{hidden}")
    await quiet(stage)
    assert await stage.effects() == []


async def test_trap_7_a_number_of_another_company_cannot_be_picked(stage: Stage) -> None:
    phone = await enter(stage)
    await phone.tap("Number management")
    window = await phone.sees("Type any part")
    first = next(
        button["callback_data"]
        for row in window.raw["reply_markup"]["inline_keyboard"]
        for button in row
        if "701" in button["text"]
    )
    head, _colon, _number = first.rpartition(":")
    theirs = (await stage.http.get("/sandbox/operator/numbers/77010542010")).status_code
    assert theirs == 200, "the number is there, at another company"
    for forged in ("77010542010", "79999999999", "x", "' OR 1=1"):
        await phone.tap_data(window.id, f"{head}:{forged}"[:60])
        await phone.tap_data(window.id, f"go:number:{forged}")
        await phone.tap_data(window.id, f"go:ask:block:{forged}")
        await phone.tap_data(window.id, f"go:ask:{forged}")
    await quiet(stage)
    assert not any("054 20 10" in m.text for m in await phone.messages() if m.from_bot)
    assert await stage.effects() == []


async def test_trap_7_a_day_out_of_range_is_not_taken(stage: Stage) -> None:
    phone = await enter(stage)
    await phone.say("77012115526")
    await phone.tap("Usage details")
    await phone.tap("Own period")
    window = await phone.sees("first day")
    data = next(
        button["callback_data"]
        for row in window.raw["reply_markup"]["inline_keyboard"]
        for button in row
        if button["text"] == "20"
    )
    head = data.rpartition(":")[0]
    for day in ("253402214400", "0", "-1", "1e9", "x", str(1 << 70)):
        await phone.tap_data(window.id, f"{head}:{day}")
    await quiet(stage)
    assert not any("9999" in m.text or "1970" in m.text for m in await phone.messages())
    await phone.command("/menu")
    await phone.sees("Active 34")


def all_bytes_of(folder: Path, pattern: str) -> bytes:
    """Every file, the database's log of writes included, as it lies on the disk."""
    files = list(folder.glob(pattern))
    assert len(files) > 1
    return b"".join(file.read_bytes() for file in files)


async def test_trap_8_what_was_typed_as_a_secret_is_nowhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    canaries = ["velvet canary 4711 harbour", "wrong canary 4712 password"]
    async with staged(tmp_path) as stage:
        phone = await stage.phone("77010542007")
        await log_in(phone, password=canaries[0])
        await phone.sees("Choose a company")
        await phone.command("/logout")
        await phone.say(phone.number)
        await phone.no_longer_sees("Enter the Administrator")
        await phone.sees("Enter the password")
        await stage.fault("telegram", "http_500", match="deleteMessage", times=1)
        await phone.say(canaries[1])
        await phone.sees("wrong")
        await phone.say(canaries[0])
        await phone.sees("Choose a company")
        await quiet(stage)
        code = await phone.code()
        for message in await phone.messages():
            assert "canary" not in message.text
        kept = all_bytes_of(tmp_path, "bot.db*")
    told = capsys.readouterr()
    for canary in canaries:
        for shape in (canary.encode(), canary.encode("utf-16-le"), json.dumps(canary).encode()):
            assert shape not in kept
        assert canary not in told.err + told.out
    assert code not in told.err
    assert stage.settings.bot_token not in told.err + told.out


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Заблокирован"), ("kk", "ұғаттал"), ("en", "Blocked")]
)
async def test_trap_9_what_comes_by_itself_speaks_the_person_s_language(
    stage: Stage, language: str, words: str
) -> None:
    phone = await enter(stage, language=language)
    await phone.say("77012115526")
    await phone.tap("⛔")
    await phone.sees("?", "⛔")
    await phone.tap("⛔")
    final = await phone.sees("✅", "A-20220124-0001")
    assert words in final.text
    await quiet(stage)
    assert stage.app is not None
    stage.app.chat_queue.admit(QueuedUpdate(phone.id, request="resurface"))
    await quiet(stage)
    shown = await phone.window()
    assert words in shown.text


async def test_trap_5_words_telegram_cannot_parse_are_said_plainly(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unclosed(*_args: object) -> str:
        return "<b>A &lt;tariff&gt; & <i>crossed</b> tags"

    phone = await enter(stage)
    await ask_to_block(phone)
    monkeypatch.setattr("bot.widgets.page.Header._render_text", unclosed)
    word = Html("<b>Blocked at last &amp; <u>kept")
    keyboard = InlineKeyboardMarkup(inline_keyboard=[])
    monkeypatch.setattr("bot.delivery.messages.final_word", lambda *_args: (word, keyboard))
    await phone.tap(CONFIRM)
    await phone.sees("Blocked at last & kept")
    await phone.sees("A <tariff> & crossed tags", "Usage details")


def test_trap_17_windows_opened_within_a_second_have_ids_of_their_own() -> None:
    make_dispatcher(MemoryStorage())
    stack = Stack()
    for _ in range(100):
        stack.push(states.Menu.main, None)
    assert len(set(stack.intents)) == 100
    assert all(re.fullmatch(r"[0-9A-Za-z]{6}", intent) for intent in stack.intents)
