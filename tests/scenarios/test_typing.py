"""Commands from anywhere, and whatever else people type: never answered by silence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.conftest import Stage, log_in, several_companies
from tests.scenarios.phone import Phone

MARAT = "77012115526"
PLACES = {
    "/menu": "37 numbers: 🟢 Active 34",
    "/start": "37 numbers: 🟢 Active 34",
    "/start from_a_link": "37 numbers: 🟢 Active 34",
    "/numbers": "37 numbers · page 1 of 4",
    "/documents": "TOO Demo › Documents & reports",
    "/profile": "TOO Demo › Administrator profile",
    "/language": "Choose a language",
    "/help": "Corporate support",
    "/privacy": "What is stored",
}


async def test_commands_lead_there_from_anywhere(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    for opened in ("77010542008", None):
        for command, shown in PLACES.items():
            if opened:
                await phone.say(opened)
                await phone.sees("Tariff: ")
            assert shown in (await phone.command(command)).text
            assert len([m for m in await phone.messages() if m.buttons]) == 1


FULL = [
    "menu",
    "numbers",
    "documents",
    "transfer",
    "profile",
    "language",
    "help",
    "privacy",
    "logout",
]
GUEST = ["menu", "language", "help", "privacy"]


async def has_commands(phone: Phone, names: list[str], *words: str) -> None:
    """Wait until the chat offers exactly these, with these words among their descriptions."""

    async def look() -> bool:
        offered = (await phone.chat())["commands"]
        said = [one["description"] for one in offered]
        named = [one["command"].removeprefix("/") for one in offered]
        return named == names and set(words) <= set(said)

    await phone.until(look, f"the commands {names!r}")


async def test_the_commands_are_those_of_who_is_there(stage: Stage) -> None:
    phone = await stage.phone(MARAT)
    await has_commands(phone, GUEST)
    await log_in(phone)
    await phone.sees("Number management")
    await has_commands(phone, FULL, "Balance transfer")
    await phone.command("/language")
    await phone.tap("Русский")
    await has_commands(phone, FULL, "Перевод баланса")
    await stage.administrator_becomes("adm-2", roles={"org-180140000018": "operator"})
    await phone.command("/menu")
    await has_commands(phone, [name for name in FULL if name != "transfer"])
    await phone.command("/logout")
    await has_commands(phone, GUEST)


@pytest.mark.parametrize("command", ["/numbers", "/documents", "/profile", "/menu"])
async def test_without_a_login_commands_lead_to_it(stage: Stage, command: str) -> None:
    phone = await stage.phone(MARAT)
    await phone.say("/start")
    await phone.tap("English")
    await phone.sees("Enter the Administrator's phone number")
    assert "Enter the Administrator's phone number" in (await phone.command(command)).text


async def test_logging_out_by_command(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    assert "Enter the Administrator's phone number" in (await phone.command("/logout")).text


async def test_an_unknown_command_is_said(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say("/balance")
    await phone.sees("37 numbers", "There is no such command. Use the buttons below.")


@pytest.mark.parametrize(
    "sent", [{"sticker": True}, {"voice": True}, {"location": True}, {"poll": True}]
)
async def test_what_is_no_text_gets_a_sentence(stage: Stage, sent: dict[str, Any]) -> None:
    phone = await stage.administrator(MARAT)
    await phone.send(sent)
    await phone.sees(
        "37 numbers", "Only text is accepted. Enter a number or use the buttons below."
    )


@pytest.mark.parametrize("typed", ["a\u202eb", "x" * 4000, "\u200b\u200b"])
async def test_what_cannot_be_searched_for_gets_a_sentence(stage: Stage, typed: str) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(typed)
    await phone.sees("This cannot be searched for. Type a part of a number, account or tariff.")


@pytest.mark.parametrize("typed", ["{0.__class__}", "<b>&", "%s", "привет"])
async def test_any_other_words_are_searched_for(stage: Stage, typed: str) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(typed)
    await phone.sees("0 numbers", f"Search: {typed}", "Nothing found")


@pytest.mark.parametrize(
    "typed",
    [
        "+7 (701) 211\u201155\u201126",
        "8.701.211.55.26",
        "tel:+77012115526",
        "Номер: 8 701 211 55 26",
        "8 701 211 55 2",
    ],
)
async def test_a_number_opens_its_card_however_it_is_written(stage: Stage, typed: str) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(typed)
    await phone.sees("TOO Demo › +7 701 211 55 26", "Tariff: ")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("8 701 О54 20 08", "This is not a phone number."),
        ("20", "Type at least 3 digits."),
    ],
)
async def test_nothing_found_is_not_said_of_what_was_not_understood(
    stage: Stage, typed: str, sentence: str
) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(typed)
    window = await phone.sees("37 numbers", sentence)
    assert "Nothing found" not in window.text


@pytest.mark.parametrize("between", ["\n", "\t", " и "])
async def test_several_numbers_are_a_list(stage: Stage, between: str) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say(between.join(["87012115526", "87010542008"]))
    await phone.sees("› Many numbers", "2 numbers", "What to do?")


async def test_words_before_the_login_ask_for_the_number_again(stage: Stage) -> None:
    phone = await stage.phone(MARAT)
    await phone.say("good morning")
    await phone.sees("Choose a language")
    await phone.say("English")
    await phone.sees("Choose a language", "Please use the buttons below.")
    await phone.tap("English")
    await phone.sees("Enter the Administrator's phone number")
    await phone.send({"sticker": True})
    await phone.sees("Enter the Administrator's phone number", "This is not a phone number")


async def test_typing_before_a_company_is_chosen(stage: Stage) -> None:
    phone = await stage.phone("77010542007")
    await log_in(phone)
    assert await several_companies(phone)
    await phone.say("77010542008")
    await phone.sees("Choose a company", "Choose a company first.")


async def test_another_bots_command_is_none_of_ours(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.say("/numbers@other_bot")
    await phone.sees("37 numbers: 🟢", "There is no such command.")
    assert stage.app is not None
    await phone.say(f"/Numbers@{(await stage.app.bot.me()).username}")
    await phone.sees("37 numbers · page 1 of 4")


CARD = {"contact": {"phone_number": "+77010542014", "first_name": "Driver"}}


async def test_a_number_from_the_phone_book_is_as_good_as_a_typed_one(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.send(CARD)
    await phone.sees("TOO Demo › +7 701 054 20 14", "Tariff: ")
    await phone.command("77010542008")
    await phone.tap("🔀 Call forwarding")
    await phone.tap("Busy")
    await phone.tap("🔀 Choose a target")
    await phone.sees("Where to forward?")
    await phone.send({**CARD, "forward": True})
    await phone.sees("Where to forward?", "A forwarded message is not used here.")
    await phone.send(CARD)
    await phone.sees("Forward +7 701 054 20 08 to +7 701 054 20 14?")


async def test_a_foreign_command_is_no_identifier_with_a_slip(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.command("77010542008")
    await phone.tap("⋯ More")
    await phone.tap("SIM card replacement")
    await phone.sees("Now in use")
    await phone.say("/balance")
    await phone.sees("Now in use", "There is no such command.")
    await phone.send({"sticker": True})
    await phone.sees("Now in use", "Type it as a text message.")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("menu", "37 numbers: 🟢 Active 34"),
        ("Number management", "37 numbers · page 1 of 4"),
        ("documents & reports", "TOO Demo › Documents & reports"),
        ("помощь", "Corporate support"),
        ("Help!", "Corporate support"),
    ],
)
async def test_a_places_own_name_leads_there(stage: Stage, typed: str, shown: str) -> None:
    phone = await stage.administrator(MARAT)
    await phone.command("77010542008")
    assert shown in (await phone.command(typed)).text
    await phone.say("log out")
    await phone.sees("Search: log out")


async def test_the_number_of_a_line_is_as_good_as_its_button(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    for typed, shown in (("5", "Invoice register"), ("№ 6.", "Reconciliation statement")):
        await phone.command("/documents")
        await phone.say(typed)
        await phone.sees(f"TOO Demo › {shown}")
    await phone.command("/documents")
    await phone.say("10")
    await phone.sees("Documents & reports", "Type at least 3 digits.")
    await phone.say("77010542008")
    await phone.sees("TOO Demo › +7 701 054 20 08", "Tariff: ")
    await phone.command("/help")
    await phone.say("8")
    await phone.sees("Why can the SIM card not be changed?", "only for numbers in the state Active")
