"""What is left of the tariff and of additional allowances: bars, units, dates (S09, S10)."""

from __future__ import annotations

from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Message, Phone

MARAT = "77012115526"
OF_THE_GUIDE, NUMBER = "77010542006", "77010542007"


async def opened(stage: Stage, number: str, *, language: str = "") -> tuple[Phone, Message]:
    phone = await stage.administrator(MARAT)
    if language:
        await phone.command("/language")
        await phone.tap(language)
    await phone.say(number)
    await phone.tap("📦")
    return phone, await phone.sees("➕")


async def test_what_is_left_of_the_tariff(stage: Stage) -> None:
    _phone, window = await opened(stage, OF_THE_GUIDE)
    assert "\nConnection date: 01.01.2022\nDisconnect date: 01.02.2022\n" in window.text
    assert window.text.count("01.02.2022") == 1, "what is alike is said once"
    assert "Calls within Kcell/activ network\nUnlimited\n" in window.text
    for part in ("Calls to other KZ mobiles", " of 100 min", " of 100 SMS", " of 20 GB"):
        assert part in window.text
    assert window.text.count("\nAvailable: ") == window.text.count(" · Total: ") == 3
    assert " · Total: 100 min 0 sec" in window.text
    assert "The number is ⛔ Blocked: they cannot be used now." in window.text
    bars = [line for line in window.text.splitlines() if line.startswith(("█", "░"))]
    assert len(bars) == 3
    for bar in bars:
        blocks, left, *_amounts = bar.split()
        percent = bar[bar.index("(") + 1 : bar.index(" %)")]
        assert len(blocks) == 10
        assert left == "Left"
        assert abs(blocks.count("█") * 10 - int(percent)) <= 5
    assert "12.2021" not in window.text


async def test_additional_allowances_name_their_service(stage: Stage) -> None:
    phone, _window = await opened(stage, NUMBER)
    await phone.tap("Additional allowances")
    window = await phone.sees("Additional allowances", "100 SMS", "⟳ Refresh")
    assert "SMS\n100 SMS\n" in window.text
    assert "50 minutes for calls to other KZ networks" in window.text
    assert " · Total: 50 min 0 sec" in window.text


async def test_they_are_told_in_the_language_of_the_person(stage: Stage) -> None:
    phone, window = await opened(stage, NUMBER, language="Русский")
    assert "Звонки внутри сети Kcell/activ\nБезлимитно" in window.text
    await phone.tap("➕")
    await phone.sees(
        "50 минут на звонки в другие сети РК",
        "Всего: 50 мин 0 сек",
        "Осталось",
        "Дата отключения: ",
    )


async def test_none_at_all_is_said(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, services=[])
    phone, _window = await opened(stage, NUMBER)
    await phone.tap("Additional allowances: 0")
    await phone.sees("There are no allowances at the moment.")


async def test_an_operator_that_does_not_answer_is_said(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(NUMBER)
    await phone.sees("Tariff: ")
    await stage.fault("operator", "http_500", times=None, match="/queryUsageConsumption")
    await phone.tap("📦 Allowances")
    await phone.hears("The operator's system does not answer. Nothing has changed.")
