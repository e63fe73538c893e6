"""Who waits presses and types again: the repetitions cost next to nothing, and none is lost.

Found by the crash lab on PostgreSQL: people typed again and again, each repetition was drawn in
full, and the inbox filled faster than it emptied.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from account.values.identifiers import Msisdn
from bot.context.callback_answer import CallbackAnswer
from tests.scenarios.conftest import Stage
from tests.scenarios.entry import ask_to_block, enter
from tests.scenarios.phone import Phone
from tests.scenarios.test_taps import CONFIRM, answered, data_of

NUMBER = "77012115526"
READS = "/product"


async def in_line(stage: Stage, count: int) -> None:
    """Wait until so many updates are kept and not handled."""
    assert stage.app is not None
    for _ in range(6000):
        if await stage.app.stores.inbox.waiting() >= count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{count} updates did not come in")


async def quiet(stage: Stage) -> None:
    """Wait until everything is handled."""
    assert stage.app is not None
    for _ in range(6000):
        if not await stage.app.stores.inbox.waiting():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("updates are left")


async def stuck(stage: Stage, phone: Phone) -> None:
    """Have the chat wait for the operator."""
    await stage.fault("operator", "delay", match="GET", seconds=1.5, times=1)
    await phone.say("77010542006")
    await in_line(stage, 1)


async def test_a_number_typed_ten_times_meanwhile_is_read_once(stage: Stage) -> None:
    phone = await enter(stage)
    begun = await stage.asked(READS)
    await phone.say(NUMBER)
    await phone.sees("+7 701 211 55 26", "Usage details")
    await quiet(stage)
    before = await stage.asked(READS)
    await stuck(stage, phone)
    for _ in range(10):
        await phone.say(NUMBER)
    await in_line(stage, 11)
    await stage.advance(seconds=10)
    await quiet(stage)
    await phone.sees("+7 701 211 55 26", "Usage details")
    cost = before - begun
    assert await stage.asked(READS) - before == 2 * cost, "the other number, and this one once"


async def test_a_button_pressed_ten_times_meanwhile_is_answered_and_drawn_once(
    stage: Stage,
) -> None:
    phone = await enter(stage)
    await phone.say(NUMBER)
    card = await phone.sees("+7 701 211 55 26", "Refresh")
    drawn, answers = await stage.asked(READS), len(await phone.answers())
    await stage.fault("operator", "delay", match="GET", seconds=1.5, times=1)
    await phone.tap("Refresh", message=card, repeat=11)
    await in_line(stage, 11)
    await stage.advance(seconds=10)
    await quiet(stage)
    await answered(phone, answers + 11)
    assert await stage.asked(READS) - drawn == 2, "the first press, and the last one"


async def test_every_press_of_a_confirmation_is_judged_by_itself(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    question = await phone.window()
    before = len(await phone.answers())
    await stage.fault("telegram", "delay", match="editMessageText", seconds=1.5, times=1)
    for _ in range(4):
        await phone.tap_data(question.id, data_of(question, CONFIRM))
    await in_line(stage, 3)
    await stage.advance(seconds=10)
    await quiet(stage)
    told = (await answered(phone, before + 4))[before:]
    told += [message.text for message in await phone.messages()]
    assert len([text for text in told if "confirmed already" in text]) == 3
    await phone.sees("✅", "A-20220124-0001")
    assert len(await stage.effects(NUMBER)) == 1


async def test_what_answers_a_question_is_read_each_time(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await phone.say("/start")
    await phone.tap("English")
    await phone.tap("Forgot password?")
    await phone.sees("A code will be sent")
    await phone.say(phone.number)
    await phone.sees("Enter the 6 digits")
    wrong = "000000" if await phone.code() != "000000" else "111111"
    await stage.fault("telegram", "delay", match="deleteMessage", seconds=1.5, times=1)
    for _ in range(3):
        await phone.say(wrong)
    await in_line(stage, 3)
    await stage.advance(seconds=10)
    await quiet(stage)
    assert wrong not in [message.text for message in await phone.messages()]
    assert stage.app is not None
    since = stage.clock.now() - timedelta(hours=1)
    codes = await stage.app.stores.login.code_sends(Msisdn(phone.number), since)
    assert [code.wrong for code in codes] == [3]


async def test_a_repetition_is_answered_before_it_is_crossed_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in between, the press would never be answered (the crash lab, seed 31)."""
    phone = await enter(stage)
    await phone.say(NUMBER)
    card = await phone.sees("+7 701 211 55 26", "Refresh")
    await quiet(stage)
    assert stage.app is not None
    units = stage.app.stores.units
    events: list[str] = []
    close, send = units.close, CallbackAnswer._send

    async def closing(unit: Any, inbox_id: int | None, owner: str | None = None) -> bool:
        if inbox_id is not None:
            events.append("closed")
        return await close(unit, inbox_id, owner)

    async def sending(tap: CallbackAnswer, text: str | None, *, alert: bool) -> bool:
        outcome = await send(tap, text, alert=alert)
        events.append("answered")
        return outcome

    monkeypatch.setattr(units, "close", closing)
    monkeypatch.setattr(CallbackAnswer, "_send", sending)
    # As after a start, when nobody hurries because of what waits in the inbox.
    monkeypatch.setattr(CallbackAnswer, "hurry", lambda *_arguments, **_named: None)
    await stage.fault("operator", "delay", match="GET", seconds=1.5, times=1)
    await phone.tap("Refresh", message=card, repeat=6)
    await in_line(stage, 6)
    await stage.advance(seconds=10)
    await quiet(stage)
    assert events == ["answered", "closed"] * 6
