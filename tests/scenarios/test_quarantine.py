"""`myaccount quarantine`: what could not be read is put back when the program is mended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aiogram import Bot
from aiogram.types import Update

from bot.__main__ import parser
from bot.cli import support_desk
from bot.updates import raw_update
from tests.scenarios.entry import ask_to_block, enter
from tests.scenarios.test_faults import finals
from tests.scenarios.test_taps import CONFIRM

if TYPE_CHECKING:
    from tests.scenarios.conftest import Stage
    from tests.scenarios.phone import Phone

NUMBER = "77012115526"


async def desk(stage: Stage, *words: str) -> int:
    settings = replace(stage.settings, now=stage.clock.now())
    return await support_desk.run(settings, parser().parse_args(["quarantine", *words]))


class Defect:
    """Updates that hold a word cannot be read, until that is mended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
        self._patch = monkeypatch
        read = raw_update.read

        def failing(payload: Any, bot: Bot) -> Update:
            if word in str(payload):
                raise ValueError
            return read(payload, bot)

        monkeypatch.setattr(raw_update, "read", failing)

    def mend(self) -> None:
        self._patch.undo()


async def set_aside(stage: Stage, phone: Phone) -> str:
    """Wait until something is in quarantine; its id."""
    assert stage.app is not None
    quarantine = stage.app.stores.quarantine

    async def look() -> str | None:
        found = await quarantine.waiting(10)
        return str(found[0].id) if found else None

    return await phone.until(look, "an update in quarantine")


async def test_a_message_is_shown_masked_and_answered_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = await enter(stage)
    assert await desk(stage, "show") == 0
    assert capsys.readouterr().out.endswith("Nothing is set aside.\n")
    defect = Defect(monkeypatch, NUMBER)
    await phone.say(NUMBER)
    number = await set_aside(stage, phone)
    capsys.readouterr()
    assert await desk(stage, "show") == 0
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(f"Update {number}: ValueError, received 24.01.2022 16:0")
    assert await desk(stage, "show", number) == 0
    told = capsys.readouterr().out
    assert told.startswith(line)
    assert "message.text: 11 characters" in told
    assert f"myaccount quarantine replay {number}" in told
    assert NUMBER not in told
    assert str(phone.id) not in told
    defect.mend()
    assert await desk(stage, "replay", number) == 0
    await phone.sees("+7 701 211 55 26", "Usage details")
    capsys.readouterr()
    assert await desk(stage, "replay", number) == 1
    assert "Nothing was done: it was put back before." in capsys.readouterr().err


async def test_a_press_of_confirm_is_carried_out_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    defect = Defect(monkeypatch, "callback_query")
    await phone.tap(CONFIRM)
    number = await set_aside(stage, phone)
    defect.mend()
    assert await desk(stage, "replay", number) == 0
    await phone.sees("✅ ", "A-20220124-0001")
    assert await desk(stage, "replay", number) == 1
    assert [effect["what"] for effect in await stage.effects(NUMBER)] == ["block"]
    assert len(await finals(phone)) == 1


@pytest.mark.parametrize("minutes", [3, 60])
async def test_an_old_press_of_confirm_has_no_effect(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    defect = Defect(monkeypatch, "callback_query")
    await phone.tap(CONFIRM)
    number = await set_aside(stage, phone)
    defect.mend()
    await stage.advance(minutes=minutes)
    assert await desk(stage, "replay", number) == 0
    await phone.hears("That window is out of date")
    assert await stage.effects() == []
    assert await finals(phone) == []


async def test_a_code_that_is_old_by_now_is_refused_and_deleted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await stage.phone("77010542007")
    await phone.say("/start")
    await phone.tap("English")
    await phone.tap("Forgot password?")
    await phone.sees("A code will be sent")
    await phone.say(phone.number)
    await phone.sees("Enter the 6 digits")
    code = await phone.code()
    defect = Defect(monkeypatch, code)
    await phone.say(code)
    number = await set_aside(stage, phone)
    defect.mend()
    await stage.advance(seconds=125)
    assert await desk(stage, "replay", number) == 0
    await phone.hears("Your message came too late to be used")

    async def deleted() -> bool:
        return not any(message.text == code for message in await phone.messages())

    await phone.until(deleted, "the deletion of the code")


async def test_what_a_handler_failed_on_is_not_put_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = await enter(stage)

    async def failing(*_args: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("bot.handlers.free_text.search", failing)
        await phone.say(NUMBER)
        number = await set_aside(stage, phone)
    capsys.readouterr()
    assert await desk(stage, "replay", number) == 1
    assert "it had begun to be handled" in capsys.readouterr().err
