"""Choosing and switching the company, and losing it (S04, FAQ 1)."""

from __future__ import annotations

from tests.scenarios.conftest import Stage, log_in, several_companies

DEMO, KAZYNA = "TOO Demo", "ЖШС «Қазына Үлгі»"


async def test_a_company_is_chosen_and_switched(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await log_in(phone)
    assert await several_companies(phone)
    choice = await phone.sees("Choose a company", "BIN 180140000018", "BIN 180140000901")
    assert choice.buttons[:2] == [DEMO, KAZYNA]
    await phone.tap(KAZYNA)
    await phone.sees(f"{KAZYNA} · BIN 180140000901", "12 numbers")
    await phone.tap("Company")
    choice = await phone.sees("Choose a company", f"{KAZYNA} ✓")
    assert "‹ Back" in choice.buttons
    await phone.tap("Back")
    await phone.sees("12 numbers")


async def test_switching_leaves_everything_of_the_old_company_behind(stage: Stage) -> None:
    phone = await stage.administrator()
    await phone.tap("Number management")
    await phone.tap("Filter")
    await phone.tap("🟠 Blocked / Debt")
    await phone.sees("1 number · 🟠 Blocked / Debt")
    await phone.say("2115526")
    await phone.tap("Block +7 701 211 55 26")
    question = await phone.sees("Block +7 701 211 55 26?", "Valid until 16:05")
    await phone.command("/menu")
    await phone.tap("Company")
    await phone.tap(KAZYNA)
    await phone.sees("12 numbers")
    await phone.tap("Number management")
    await phone.sees(f"{KAZYNA} › Numbers", "12 numbers", "all states")
    await phone.say("77012115526")
    await phone.sees("Nothing found")
    assert await stage.effects() == []
    assert question.id not in {message.id for message in await phone.messages()}


async def test_a_revoked_company_is_gone_from_open_windows(stage: Stage) -> None:
    phone = await stage.administrator()
    await phone.say("77012115526")
    await phone.sees("Employee: Марат Ибраев")
    await stage.administrator_becomes("adm-1", companies=["org-180140000901"])
    await phone.tap("Refresh")
    told = await phone.is_told("You have no access to this company")
    assert "must submit an application" in told["text"]
    await phone.tap("Menu")
    menu = await phone.sees("You have no access to this company")
    assert not any("Number management" in label for label in menu.buttons)
    await phone.tap("Company")
    choice = await phone.sees("Choose a company")
    assert DEMO not in "\n".join([choice.text, *choice.buttons])
    await phone.tap(KAZYNA)
    await phone.sees("12 numbers")


async def test_a_command_after_the_company_was_revoked_leads_on(stage: Stage) -> None:
    phone = await stage.administrator()
    await phone.say("77012115526")
    await phone.sees("Employee: Марат Ибраев")
    await stage.administrator_becomes("adm-1", companies=["org-180140000901"])
    menu = await phone.command("/numbers")
    assert "You have no access to this company" in menu.text
    await phone.tap("Company", message=menu)
    await phone.tap(KAZYNA)
    await phone.sees("12 numbers")


async def test_who_lost_every_company_is_told_so(stage: Stage) -> None:
    phone = await stage.administrator("77012115526")
    await stage.administrator_becomes("adm-2", companies=[])
    await phone.tap("Number management")
    await phone.is_told("You have no access to this company")
    await phone.command("/profile")
    await phone.tap("Log out")
    await phone.sees("Enter the Administrator's phone number")


async def test_another_company_is_asked_for_by_a_request(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await log_in(phone)
    assert await several_companies(phone)
    await phone.tap("Not the company you need?")
    await phone.sees("manage multiple companies", "must submit an application to grant")
    await phone.tap("Back")
    await phone.sees("Choose a company")


async def test_a_password_typed_once_too_often_does_not_stay(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await log_in(phone)
    await phone.sees("Choose a company")
    await phone.say("correct horse battery")
    await phone.sees("Choose a company first. Your message was deleted.")
    assert not [one for one in await phone.messages() if "correct horse" in one.text]


async def test_a_forged_company_is_refused(stage: Stage) -> None:
    phone = await stage.administrator()
    await phone.tap("Company")
    window = await phone.sees("Choose a company")
    row = window.raw["reply_markup"]["inline_keyboard"][0][0]
    forged = row["callback_data"].rpartition(":")[0] + ":org-200340012342"
    await phone.tap_data(window.id, forged)
    await phone.is_told("You have no access to this company")
    await phone.sees("Choose a company", "TOO Demo ✓")


async def test_before_a_company_is_chosen_every_way_leads_to_the_choice(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await log_in(phone)
    assert await several_companies(phone)
    for command in ("/start", "/menu", "/numbers", "/documents"):
        await phone.command(command)
        choice = await phone.sees("Choose a company", "BIN 180140000018")
        assert choice.buttons[:2] == [DEMO, KAZYNA]
    await phone.tap("Not the company you need?")
    await phone.sees("must submit an application to grant")
    await phone.tap("Menu")
    choice = await phone.sees("Choose a company", "BIN 180140000018")
    assert not [message for message in await phone.messages() if "no access" in message.text]
    await phone.tap(KAZYNA)
    await phone.sees(f"{KAZYNA} · BIN 180140000901", "12 numbers")
