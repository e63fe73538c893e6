"""Presses: many at once, late ones, forged ones. One confirmation is one effect."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.context.callback_answer import HURRY_AFTER
from bot.context.queued_update import QueuedUpdate
from bot.telegram.client import Session
from bot.updates import coalescing
from tests.scenarios.conftest import Stage
from tests.scenarios.entry import QAZYNA, ask_to_block, enter, open_session
from tests.scenarios.phone import Message, Phone

CONFIRM = "⛔ Block +7 701 211 55 26"


async def answered(phone: Phone, count: int) -> list[str]:
    """Wait until so many presses are answered; their texts."""

    async def look() -> list[dict[str, Any]] | None:
        answers = await phone.answers()
        return answers if len(answers) >= count else None

    return [answer.get("text") or "" for answer in await phone.until(look, f"{count} answers")]


def data_of(message: Message, label: str) -> str:
    for row in message.raw["reply_markup"]["inline_keyboard"]:
        for button in row:
            if label in button["text"]:
                return str(button["callback_data"])
    raise AssertionError(f"no button {label!r}")


async def test_five_presses_of_confirm_at_once_are_one_effect(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    before = len(await phone.answers())
    await phone.tap(CONFIRM, repeat=5)
    texts = (await answered(phone, before + 5))[before:]
    assert len([text for text in texts if "confirmed already" in text]) == 4
    assert not any(answer["show_alert"] for answer in (await phone.answers())[before:])
    await phone.sees("✅", "A-20220124-0001")
    assert len(await stage.effects("77012115526")) == 1
    await phone.no_longer_sees("⏳ Sent")

    async def ended() -> bool:
        *_before, final, card = [m for m in await phone.messages() if m.from_bot]
        return "✅" in final.text and "⛔ Blocked since" in card.text

    await phone.until(ended, "the final word, and below it the card with its new state")


async def test_a_button_pressed_twice_opens_its_window_once(stage: Stage) -> None:
    phone = await enter(stage)
    await phone.say("77012115526")
    await phone.sees("Tariff: Reel")
    await phone.tap(CONFIRM, repeat=3)
    await phone.sees("Block +7 701 211 55 26?", "Valid until")
    before = len(await phone.answers())
    await phone.tap("Cancel")
    await answered(phone, before + 1)
    assert not any("out of date" in (a["text"] or "") for a in await phone.answers())
    await phone.sees("Tariff: Reel", CONFIRM)


async def test_a_button_that_the_window_no_longer_has_is_not_passed_over(stage: Stage) -> None:
    phone = await enter(stage)
    await phone.say("77010542006")
    await phone.tap("Unblock +7 701 054 20 06")
    window = await phone.sees("Enter the 6 digits")
    confirm = data_of(window, "Send again").replace("resend", "confirm_kind")
    await phone.tap_data(window.id, confirm)
    await phone.hears("That window is out of date. Here is a fresh one.")
    await phone.sees("Enter the 6 digits")
    assert await stage.effects("77010542006") == []


async def test_a_confirmation_pressed_again_over_a_restart_is_one_effect(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    window = await phone.window()
    data = data_of(window, CONFIRM)
    await stage.fault("operator", "delay", match="POST", seconds=2)
    await phone.tap_data(window.id, data)
    await phone.sees("⏳")
    await stage.stop_bot()
    await phone.tap_data(window.id, data)
    await stage.start_bot()
    await phone.sees("✅", "A-20220124-0001")
    assert len(await stage.effects("77012115526")) == 1


async def test_an_offer_older_than_five_minutes_is_refused(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    await stage.advance(minutes=5, seconds=1)
    await phone.tap(CONFIRM)
    await phone.sees("+7 701 211 55 26", "Usage details")
    assert await stage.effects("77012115526") == []


async def test_an_offer_of_an_ended_session_is_refused(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    await stage.advance(minutes=4)
    await enter_again(stage, phone)
    await phone.tap(CONFIRM)
    await phone.is_told("no longer valid")
    assert await stage.effects("77012115526") == []


async def enter_again(stage: Stage, phone: Phone) -> None:
    """The same person logs in once more; the conversation stays as it was."""
    assert stage.app is not None
    await open_session(stage.app.stores, phone, stage.clock.now(), stage.settings.bot_id)


async def test_an_offer_of_another_company_is_refused(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    assert stage.app is not None
    unit = await stage.app.stores.units.open(phone.id, phone.id, stage.settings.bot_id)
    assert unit.session is not None
    await stage.app.stores.sessions.choose_company(unit.session.id, QAZYNA)
    await phone.tap(CONFIRM)
    await answered(phone, 1)
    assert await stage.effects("77012115526") == []


async def test_a_button_of_another_person_s_window_does_nothing(stage: Stage) -> None:
    owner, stranger = await enter(stage), await enter(stage, "77012115526")
    await ask_to_block(owner)
    data = data_of(await owner.window(), CONFIRM)
    own = await stranger.window()
    await stranger.tap_data(own.id, data)
    await stranger.is_told("out of date")
    assert await stage.effects() == []
    await owner.tap(CONFIRM)
    await owner.sees("✅ ")
    assert len(await stage.effects()) == 1


async def test_an_idle_session_ends_though_the_person_taps_again(stage: Stage) -> None:
    phone = await enter(stage)
    await stage.advance(minutes=31)
    await phone.tap("Number management")
    await phone.sees("Enter the password")


async def test_a_session_is_not_kept_alive_by_our_own_redraws(stage: Stage) -> None:
    phone = await enter(stage)
    assert stage.app is not None
    for _ in range(4):
        await stage.advance(minutes=10)
        stage.app.chat_queue.admit(QueuedUpdate(phone.id, request="redraw"))
        for _look in range(6000):
            await asyncio.sleep(0.01)
            if not stage.app.chat_queue.waiting:
                break
    await phone.sees("Enter the password")


@pytest.mark.usefixtures("hurried")
async def test_a_thousand_presses_are_answered_and_starve_nobody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if each press were another one: equal ones are passed over.
    monkeypatch.setattr(coalescing, "STALE_AFTER", timedelta(hours=1))
    flood, other = await enter(stage), await enter(stage, "77012115526")
    window = await flood.window()
    before = len(await flood.answers())
    await flood.tap("Number management", message=window, repeat=1000)
    await other.say("77010542006")
    await other.sees("+7 701 054 20 06", "Usage details")
    assert stage.app is not None
    assert await stage.app.stores.inbox.waiting(), "the other one did not have to wait"
    for _ in range(600):
        if len(await flood.answers()) >= before + 1000:
            break
        await asyncio.sleep(0.1)
    assert len(await flood.answers()) == before + 1000


@pytest.mark.usefixtures("hurried")
async def test_presses_that_wait_at_a_stop_are_answered_by_the_next_start(stage: Stage) -> None:
    """Nor does the hurry to answer them open a connection that nobody closes."""
    phone = await enter(stage)
    window = await phone.window()
    before = len(await phone.answers())
    assert stage.app is not None
    way_out = stage.app.bot.session
    assert isinstance(way_out, Session)
    await phone.tap("FAQ", message=window, repeat=50)
    await answered(phone, before + 1)
    await stage.stop_bot()
    await asyncio.sleep(HURRY_AFTER + 0.1)
    assert way_out._wire._session is None
    await stage.start_bot()
    await answered(phone, before + 50)
