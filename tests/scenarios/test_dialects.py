"""The main journeys at every operator that the sandbox can be: the same words for people."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pytest

from account.values.capabilities import Capability
from tests.scenarios.conftest import Stage, staged
from tests.scenarios.phone import Message, Phone
from tests.scenarios.test_documents import file_of

NUMBER, SHOWN = "77012115526", "+7 701 211 55 26"
LOGIN, LOGIN_SHOWN = "77010542007", "+7 701 054 20 07"
ACCOUNT = "25060830"
ODD = 6
"""A seed by which the numbers and accounts of these journeys can all be read."""
OPERATORS = {
    "v5": ("v5", None),
    "kcell": ("kcell", None),
    "plain": ("plain", None),
    "kcell-awkward": ("kcell", ODD),
    "plain-awkward": ("plain", ODD),
    "v5-awkward": ("v5", ODD),
}


@pytest.fixture(params=list(OPERATORS.values()), ids=list(OPERATORS))
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    dialect, awkward = request.param
    async with staged(tmp_path, dialect=dialect, awkward=awkward) as ready:
        yield ready


async def at_card(stage: Stage, number: str, shown: str) -> Phone:
    phone = await stage.administrator()
    await stage.advance(seconds=61)  # since the code of the login
    await phone.say(number)
    await phone.sees(shown, "Tariff: ")
    return phone


async def card_again(phone: Phone, number: str) -> Message:
    """The card of the number in a window of its own, below all that was before."""
    before = await phone.window()
    await phone.say(number)

    async def look() -> Message | None:
        shown = await phone.window()
        return shown if shown.id > before.id and "Tariff: " in shown.text else None

    return await phone.until(look, f"the card of {number}")


async def proven(phone: Phone) -> None:
    await phone.sees("Enter the 6 digits to ")
    await phone.say(await phone.code(after=1))


async def test_log_in_list_search_card_block_and_unblock(stage: Stage) -> None:
    phone = await stage.administrator()
    menu = await phone.sees("Number management", "Active ")
    if stage.sandbox.world.awkward is None:
        assert "37 numbers" in menu.text
        assert "Active 34 · ⛔ Blocked 2 · 🟠 Blocked / Debt 1" in menu.text
    await phone.tap("Number management")
    window = await phone.sees("numbers · page 1 of 4 · all states")
    labels = [label.replace("\u00a0", " ") for label in window.buttons]
    assert any(label.startswith("⛔ 701 054 20 06 · 8,476 ₸") for label in labels)
    assert any(label.startswith("🟢 701 054 20 07 · 8,475 ₸") for label in labels)
    await phone.say("211 55 26")
    await phone.sees("Active", "Reel", f"Block {SHOWN}")
    await phone.tap(f"Block {SHOWN}")
    await phone.sees(f"Block {SHOWN}?", "calls, SMS and data stop at once")
    await phone.tap(f"⛔ Block {SHOWN}")
    await phone.sees("✅ Blocked", "A-20220124-0001")
    assert [one["number"] for one in await stage.effects()] == [NUMBER]
    await stage.advance(seconds=61)
    await phone.card_below()
    await phone.sees("⛔ Blocked since")
    await phone.tap(f"🔒 Unblock {SHOWN}")
    await proven(phone)
    await phone.sees("✅ Unblocked", "A-20220124-0002")
    assert [one["what"] for one in await stage.effects()] == ["block", "unblock"]


async def test_usage_on_screen_and_as_a_file(stage: Stage) -> None:
    phone = await at_card(stage, NUMBER, SHOWN)
    await phone.tap("Usage details")
    await phone.sees("Usage details", "Period: 24.12.2021 – 24.01.2022 (Last month)")
    await phone.tap("XLSX")
    _message, content = await file_of(phone, "Usage details", SHOWN)
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = sum(sheet.max_row for sheet in book)
    assert rows > 100
    await phone.command("/menu")
    await phone.say(NUMBER)
    await phone.tap("Usage details")
    await phone.tap("Calls")
    await phone.sees("Type: Calls", "Calls ✓")


async def test_a_certificate_by_the_phone_of_a_number(stage: Stage) -> None:
    phone = await stage.administrator()
    await phone.command("/documents")
    await phone.tap("4 · Certificate")
    await phone.sees("Account: ", "Month: 12.2021")
    await phone.tap("Account or phone")
    await phone.sees("You can enter a phone number instead")
    await phone.say(LOGIN_SHOWN)
    await phone.sees(f"Account: {ACCOUNT}", "Month: 12.2021")
    await phone.tap("XLSX file")
    _message, content = await file_of(phone, "Service delivery certificate", ACCOUNT, "12.2021")
    cells = [
        str(cell)
        for sheet in openpyxl.load_workbook(io.BytesIO(content))
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    ]
    assert any(re.sub(r"[ +\u00a0]", "", one) == LOGIN for one in cells)


async def test_services_allowances_and_payments(stage: Stage) -> None:
    await stage.number_becomes(LOGIN, services=["roaming"], individual_limit=None, payment="500")
    phone = await at_card(stage, LOGIN, LOGIN_SHOWN)
    await phone.tap("🧩 Services")
    window = await phone.sees("Activated services", "Roaming", "Choose a group.")
    await phone.tap("SMS ·")
    window = await phone.sees(
        "Tap a line number to read the terms or to enable the service.", ". 100 SMS"
    )
    row = next(line for line in window.text.splitlines() if line.endswith(". 100 SMS"))
    await phone.tap(row.partition(".")[0])
    await phone.sees(f"Enable 100 SMS for {LOGIN_SHOWN}?", "• price: 250 ₸ a month")
    await phone.tap("Enable 100 SMS")
    await phone.sees("✅ 100 SMS: enabled", "A-20220124-0001")
    assert [one["what"] for one in await stage.effects()] == ["service.on"]
    await phone.tap("📦", message=await phone.card_below())
    await phone.sees("Remaining allowances", " of 400 SMS")
    await phone.tap("Additional allowances")
    await phone.sees("Additional allowances", "100 SMS")
    await phone.tap("More", message=await card_again(phone, LOGIN))
    await phone.tap("🧾 Payments")
    await phone.sees("› Payments", "24.01.2022", "500 ₸ · ", "✅ carried out")


async def test_calls_are_forwarded(stage: Stage) -> None:
    number, shown = "77010542008", "+7 701 054 20 08"
    phone = await at_card(stage, number, shown)
    await phone.tap("🔀 Call forwarding")
    await phone.sees("Call forwarding", "All calls: ")
    await phone.tap("Busy")
    await phone.tap("🔀 Choose a target")
    await phone.sees("Where to forward?")
    await phone.say("+7 727 259 60 60")
    await phone.sees(f"Forward {shown} to +7 727 259 60 60?")
    await proven(phone)
    await phone.sees("✅ Forwarded to +7 727 259 60 60 (Busy)", "A-20220124-0001")
    await phone.tap("🔀 Call forwarding", message=await phone.card_below())
    await phone.sees("Busy: +7 727 259 60 60")


async def test_money_is_moved(stage: Stage) -> None:
    sender, recipient = "77010542013", "77010542016"
    for number, balance in ((sender, "1750"), (recipient, "20")):
        await stage.number_becomes(number, balance=balance, individual_limit=None)
    phone = await stage.administrator()
    await phone.command("/transfer")
    await phone.say(sender)
    await phone.sees("To which number?")
    await phone.say(recipient)
    await phone.sees("How much?")
    await phone.say("100.50")
    await phone.sees("from +7 701 054 20 13 to +7 701 054 20 16?", "Valid until")
    await phone.tap("💸 Transfer")
    await phone.sees("✅ Transferred: 100.50 ₸", "A-20220124-0001", "+7 701 054 20 16")
    found = (await stage.http.get(f"/sandbox/operator/numbers/{recipient}")).json()
    assert found["balance"] == "120.5"


async def iccid_of(stage: Stage, number: str) -> str:
    return str((await stage.http.get(f"/sandbox/operator/numbers/{number}")).json()["iccid"])


async def test_a_sim_card_is_replaced(stage: Stage) -> None:
    number, shown = "77010542008", "+7 701 054 20 08"
    before = await iccid_of(stage, number)
    phone = await at_card(stage, number, shown)
    await phone.tap("SIM & device")
    await phone.sees("ICCID: ")
    await phone.tap("SIM card replacement")
    window = await phone.sees("spare SIM cards of the company")
    card = next(found[0] for one in window.buttons if (found := re.search(r"[0-9]{8}", one)))
    await phone.tap(card)
    question = await phone.sees(
        f"Replace the SIM card of {shown}?", "the current card will stop working at once"
    )
    wanted = re.search(r"the new card: ([0-9]{18,20})", question.text)
    assert wanted is not None
    await proven(phone)
    await phone.sees(f"✅ SIM card replaced, now {wanted[1]}", "A-20220124-0001")
    assert [one["what"] for one in await stage.effects()] == ["sim.replace"]
    assert before != wanted[1] == await iccid_of(stage, number)
    await phone.tap("SIM & device", message=await phone.card_below())
    await phone.sees(f"ICCID: {wanted[1]}", "SIM card replaced: 24.01.2022 16:")


@pytest.mark.parametrize("dialect", ["kcell", "plain"])
async def test_an_operator_that_replaces_no_cards_is_asked_for_none(
    tmp_path: Path, dialect: str
) -> None:
    """A button of before says why; the windows of afterwards do not have it."""
    number, shown = "77010542008", "+7 701 054 20 08"
    async with staged(tmp_path, dialect=dialect) as stage:
        phone = await at_card(stage, number, shown)
        await phone.tap("SIM & device")
        window = await phone.sees("ICCID: ")
        assert stage.app is not None
        http = vars(stage.app.use_cases.carrier)["_http"]
        lacks = http.profile.lacks | {Capability.SIM_REPLACEMENT}
        http.profile = http.profile.model_copy(update={"lacks": lacks})
        await phone.tap("SIM card replacement", message=window)
        await phone.is_told("Your operator does not offer this. Nothing has changed.")
        await phone.tap("SIM & device", message=await card_again(phone, number))
        window = await phone.sees("ICCID: ")
        assert not any("replacement" in label for label in window.buttons)
        await phone.tap("More", message=await card_again(phone, number))
        window = await phone.sees(f"{shown} › More")
        assert not any("replacement" in label for label in window.buttons)
        assert await stage.effects() == []
