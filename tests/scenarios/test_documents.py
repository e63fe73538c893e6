"""Documents and reports in the chat: the nine, charts, e-mail, and what was ordered (S27-S36)."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pypdf
import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.entry import enter
from tests.scenarios.phone import Message, Phone

ACCOUNT = "25060830"
OWN = "assel@demo.example"
SENDER, RECIPIENT = "77010542013", "77010542016"
OUTSIDE = "someone@elsewhere.example"


async def documents(stage: Stage) -> Phone:
    phone = await stage.administrator()
    await phone.command("/documents")
    await phone.sees("Documents & reports", "1. Search for mobile number by invoice number")
    return phone


async def opened(stage: Stage, button: str, title: str) -> Phone:
    phone = await documents(stage)
    await phone.tap(button)
    await phone.sees(f"TOO Demo › {title}")
    return phone


async def file_of(phone: Phone, *caption: str) -> tuple[Message, bytes]:
    """The file that arrives with that caption."""

    async def look() -> Message | None:
        for message in reversed(await phone.messages()):
            if "document" in message.raw and all(text in message.text for text in caption):
                return message
        return None

    message = await phone.until(look, f"a file with {caption!r}")
    return message, await phone.download(message)


def cells(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    return "\n".join(" | ".join(str(cell) for cell in row if cell is not None) for row in rows)


def pages(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


async def test_the_menu_has_the_nine_in_the_guides_order(stage: Stage) -> None:
    phone = await documents(stage)
    text = (await phone.window()).text
    titles = [line for line in text.splitlines() if line[:2].rstrip(".").isdigit()]
    assert titles == [
        "1. Search for mobile number by invoice number",
        "2. Actions history",
        "3. List of numbers report",
        "4. Service delivery certificate and invoice breakdown",
        "5. Invoice register",
        "6. Reconciliation statement",
        "7. Registered devices report",
        "8. Payments report",
        "9. Detailing for the Atlas Pro package",
    ]


async def test_the_list_of_numbers_arrives_as_a_file(stage: Stage) -> None:
    phone = await opened(stage, "3 · Numbers", "List of numbers report")
    await phone.tap("XLSX file")
    await phone.sees("⏳ The file is being prepared, request R-20220124-0001")
    message, content = await file_of(phone, "List of numbers report", "37 records")
    assert message.raw["document"]["file_name"].endswith(".xlsx")
    told = cells(content)
    assert "77010542007" in told.replace(" ", "").replace("+", "")
    assert "180140000018" in told


@pytest.mark.parametrize("form", ["XLSX", "PDF"])
async def test_a_certificate_of_an_account_and_month(stage: Stage, form: str) -> None:
    phone = await opened(stage, "4 · Certificate", "Service delivery certificate")
    window = await phone.sees("Account: ", "Month: 12.2021", f"{form} file")
    first = next(label for label in window.buttons if label.endswith(" ✓"))
    assert f"Account: {first.removesuffix(' ✓')}" in window.text
    await phone.tap("Account or phone")
    await phone.sees("You can enter a phone number instead", ACCOUNT)
    await phone.tap(ACCOUNT)
    await phone.sees(f"Account: {ACCOUNT}", "Month: 12.2021", f"{form} file")
    await phone.tap(f"{form} file")
    _message, content = await file_of(phone, "Service delivery certificate", ACCOUNT, "12.2021")
    told = cells(content) if form == "XLSX" else pages(content)
    assert ACCOUNT in told
    assert "12 %" in told.replace("\u00a0", " ")


async def test_a_certificate_begins_with_the_account_of_the_last_one(stage: Stage) -> None:
    phone = await opened(stage, "4 · Certificate", "Service delivery certificate")
    begun = await phone.sees("Account: ", "PDF file")
    near = [one.removesuffix(" ✓") for one in begun.buttons if one.removesuffix(" ✓").isdigit()]
    assert len(near) == 3
    await phone.tap(near[2])
    await phone.sees(f"Account: {near[2]}", f"{near[2]} ✓")
    await phone.tap("PDF file")
    await phone.sees("The file is being prepared")
    await phone.command("/documents")
    await phone.tap("4 · Certificate")
    window = await phone.sees(f"Account: {near[2]}", "PDF file")
    now = [one.removesuffix(" ✓") for one in window.buttons if one.removesuffix(" ✓").isdigit()]
    assert now == [near[2], near[0], near[1]]


async def test_a_certificate_in_the_languages_of_the_books(stage: Stage) -> None:
    """The chat speaks English; the paper is in what was chosen."""
    phone = await opened(stage, "4 · Certificate", "Service delivery certificate")
    await phone.sees(f"Account: {ACCOUNT}", "Month: 12.2021", "English")
    await phone.tap("Қазақша / Русский")
    await phone.sees("Қазақша / Русский ✓")
    await phone.tap("PDF file")
    _message, content = await file_of(phone, ACCOUNT, "12.2021", "Қазақша / Русский")
    told = " ".join(pages(content).split())
    assert "Тапсырыс беруші / Заказчик" in told
    assert "«Демо Оператор» АҚ / АО «Демо Оператор»" in told
    assert "A translation" not in told


async def test_the_papers_of_all_accounts_are_one_order(stage: Stage) -> None:
    phone = await opened(stage, "4 · Certificate", "Service delivery certificate")
    await phone.tap("📅 Month…")
    await phone.tap("Nov")
    await phone.tap("🗂 All accounts")
    await phone.sees(
        "Closing documents of all accounts", "Month: 11.2021", "each in a file of its own"
    )
    await phone.tap("📅 Month…")
    await phone.tap("Dec")
    await phone.sees("Closing documents of all accounts", "Month: 12.2021")
    await phone.tap("🗂 ZIP archive")
    message, content = await file_of(phone, "Closing documents of all accounts", "12.2021")
    assert message.raw["document"]["file_name"] == "closing_180140000018_2021-12.zip"
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    count = sum(name.startswith("certificate_") for name in names)
    assert count > 3
    assert f"{count} accounts · R-20220124-0001" in message.text
    assert "Missing" not in message.text
    await phone.tap("Back")
    await phone.sees("Service delivery certificate", "Month: 11.2021")
    await phone.command("/documents")
    await phone.tap("My requests")
    window = await phone.sees("R-20220124-0001")
    assert sum("Closing documents" in line for line in window.text.splitlines()) == 1


async def test_a_phone_number_finds_its_account(stage: Stage) -> None:
    phone = await opened(stage, "4 · Certificate", "Service delivery certificate")
    await phone.tap("Account or phone")
    await phone.sees("You can enter a phone number instead")
    await phone.say("+7 701 054 20 07")
    await phone.sees(f"Account: {ACCOUNT}", "Month: 12.2021")
    await phone.tap("Account or phone")
    await phone.say("77019999999")
    await phone.sees("There is no such number in this company")
    await phone.say("what is this")
    await phone.sees("An account number has 6 to 10 digits")


async def test_a_month_that_is_not_closed_cannot_be_picked(stage: Stage) -> None:
    phone = await opened(stage, "4 · Certificate", "Service delivery certificate")
    await phone.tap("Month")
    window = await phone.sees("Months from 01.2018 to 12.2021 can be chosen", "2021")
    assert not any("2022" in label for label in window.buttons)
    await phone.tap("‹ 2020")
    await phone.sees("‹ 2019")
    await phone.tap("Mar")
    await phone.sees("03.2020")


async def test_the_register_of_several_months(stage: Stage) -> None:
    phone = await opened(stage, "5 · Register", "Invoice register")
    await phone.tap("Months")
    await phone.sees("Choose the first month.")
    await phone.tap("Oct")
    await phone.sees("Choose the last month.")
    await phone.tap("Dec")
    await phone.sees("10.2021 – 12.2021")
    await phone.tap("XLSX file")
    _message, content = await file_of(phone, "Invoice register", "10.2021 – 12.2021", "records")
    assert ACCOUNT in cells(content)


async def test_a_reconciliation_closes_to_the_tiyn(stage: Stage) -> None:
    phone = await opened(stage, "6 · Reconciliation", "Reconciliation statement")
    await phone.sees("01.01.2021 – 31.12.2021", "Contract Phone")
    await phone.tap("PDF file")
    _message, content = await file_of(phone, "Reconciliation statement", "01.01.2021 – 31.12.2021")
    assert content.startswith(b"%PDF")


async def test_a_reconciliation_has_ready_periods_and_whole_months(stage: Stage) -> None:
    phone = await opened(stage, "6 · Reconciliation", "Reconciliation statement")
    window = await phone.sees("01.01.2021 – 31.12.2021", "Contract Phone")
    assert "Since 01.01.2021 ✓" in window.buttons
    await phone.tap("Quarter 3 of 2021")
    await phone.sees("01.07.2021 – 30.09.2021", "Quarter 3 of 2021 ✓")
    await phone.tap("Months")
    await phone.sees("Choose the first month.")
    await phone.tap("Nov")
    await phone.sees("Choose the last month.")
    await phone.tap("Dec")
    await phone.sees("01.11.2021 – 31.12.2021")
    await phone.tap("XLSX file")
    _message, content = await file_of(phone, "Reconciliation statement", "01.11.2021 – 31.12.2021")
    assert "Contract | №" in cells(content)


async def test_payments_on_screen_and_as_a_file(stage: Stage) -> None:
    phone = await opened(stage, "8 · Payments", "Payments report")
    await phone.tap("12 months")
    await phone.sees("24.01.2021 – 24.01.2022")
    await phone.tap("Show here")
    shown = await phone.sees("24.01.2021 – 24.01.2022", "in all")
    assert re.search(r"\naccount \d{8} .*\n|\naccount \d{8}\n", shown.text)
    await phone.tap("XLSX file")
    await file_of(phone, "Payments report", "24.01.2021 – 24.01.2022", "records")


async def test_a_transfer_between_numbers_is_no_payment_of_the_company(stage: Stage) -> None:
    for number in (SENDER, RECIPIENT):
        await stage.number_becomes(number, balance="500", individual_limit=None)
    await stage.number_becomes(SENDER, payment="250.50")
    phone = await enter(stage, "77012115526")
    await phone.command("/transfer")
    for typed, then in ((SENDER, "To which"), (RECIPIENT, "How much?"), ("100", "Valid until")):
        await phone.say(typed)
        await phone.sees(then)
    await phone.tap("💸 Transfer")
    await phone.sees("✅ Transferred")
    before = await at_company_payments(phone)
    assert "2 balance transfers between numbers are not included." in before.text
    paid = re.search(r"(\d+) payments?, in all ([\d,.]+) ₸", before.text)
    assert paid is not None
    await stage.number_becomes(SENDER, payment="1")
    await phone.tap("⌂ Menu")
    after = await at_company_payments(phone)
    again = re.search(r"(\d+) payments?, in all ([\d,.]+) ₸", after.text)
    assert again is not None
    assert int(again[1]) == int(paid[1]) + 1
    assert float(again[2].replace(",", "")) == float(paid[2].replace(",", "")) + 1
    assert "-100 ₸ · Balance transfer\naccount " in after.text
    assert " · +7 701 054 20 13\n✅ carried out" in after.text


async def at_company_payments(phone: Phone) -> Message:
    await phone.command("/documents")
    await phone.tap("8 · Payments")
    await phone.tap("Show here")
    return await phone.sees("› Payments report", "in all", "XLSX file")


async def test_the_history_and_the_devices_as_files(stage: Stage) -> None:
    phone = await opened(stage, "2 · Actions", "Actions history")
    await phone.tap("XLSX file")
    await file_of(phone, "Actions history", "24.12.2021 – 24.01.2022", "R-20220124-0001")
    await phone.command("/documents")
    await phone.tap("7 · Devices")
    await phone.tap("XLSX file")
    _message, content = await file_of(phone, "Registered devices report", "records")
    assert "35367807651154" in cells(content)


async def test_an_invoice_is_searched_on_screen_and_wrong_numbers_are_told(stage: Stage) -> None:
    phone = await opened(stage, "1 · By invoice", "Search for mobile number by invoice number")
    await phone.sees("Enter the number of the invoice.")
    await phone.tap("Number of the invoice")
    await phone.sees("ESF-180140000018-20220124-00000001")
    await phone.say("123")
    await phone.sees("This is not a registration number")
    await phone.tap("Back")
    await phone.tap("Accounting number")
    await phone.sees("Accounting number ✓")
    await phone.tap("Number of the invoice")
    await phone.say("99999999")
    await phone.sees("Accounting number: 99999999")
    await phone.tap("Show here")
    await phone.sees("No invoice was found for this number and year.", "2022")


@pytest.mark.parametrize(
    ("chosen", "typed", "read"),
    [
        ("Registration number", "2100000123", "Accounting number: 2100000123"),
        (
            "Accounting number",
            "esf-180140000018-20220124-00000001",
            "Registration number: ESF-180140000018-20220124-00000001",
        ),
    ],
)
async def test_an_invoice_s_number_says_itself_which_of_the_two_it_is(
    stage: Stage, chosen: str, typed: str, read: str
) -> None:
    phone = await opened(stage, "1 · By invoice", "Search for mobile number by invoice number")
    await phone.tap(chosen)
    await phone.sees(f"{chosen} ✓")
    await phone.say(typed)
    window = await phone.sees(read, f"{read.split(':')[0]} ✓", "Show here")
    assert ("Year: 2022" in window.text) == read.startswith("Accounting"), "the other has its date"
    assert not any("🔎" in label for label in window.buttons)


async def test_the_company_without_the_package_is_told_so(stage: Stage) -> None:
    phone = await documents(stage)
    await phone.tap("9 · Atlas Pro")
    await phone.sees("Detailing for the Atlas Pro package")


async def test_charts_arrive_as_pictures(stage: Stage) -> None:
    phone = await documents(stage)
    await phone.tap("Charts")
    await phone.tap("Spend by number")
    await phone.tap("Chart")

    async def look() -> bool:
        return any("photo" in m.raw and "12.2021" in m.text for m in await phone.messages())

    await phone.until(look, "a picture")


async def test_the_spend_by_cost_centre_is_among_the_charts(stage: Stage) -> None:
    phone = await documents(stage)
    await phone.tap("Charts")
    await phone.tap("Spend by cost centre")
    await phone.sees("Spend by cost centre", "Month: 12.2021")
    await phone.tap("XLSX file")
    file = await phone.sees("Spend by cost centre", "records · R-20220124-0001")
    assert file.raw["document"]["file_name"] == "cost_centres_180140000018_2021-12.xlsx"


async def test_a_file_goes_by_e_mail_too(stage: Stage) -> None:
    phone = await opened(stage, "3 · Numbers", "List of numbers report")
    await phone.tap("Also by e-mail")
    await phone.sees("Type the e-mail address", "demo.example")
    await phone.tap(OWN)
    await phone.sees(f"Goes to this chat and to {OWN}.")
    await phone.tap("XLSX file")
    await phone.sees("✉️ Sent to a***@d***.example")
    [letter] = await phone.mail(OWN)
    assert "List of numbers report" in letter["subject"]
    assert "TOO Demo" in letter["text"]
    assert letter["attachments"][0]["name"].endswith(".xlsx")


async def test_a_letter_that_is_refused_is_told_once_and_is_no_code(stage: Stage) -> None:
    phone = await opened(stage, "3 · Numbers", "List of numbers report")
    await phone.tap("Also by e-mail")
    await phone.tap(OWN)
    await stage.fault("mail", "reject")
    before = {message.id for message in await phone.messages()}
    await phone.tap("XLSX file")
    await phone.sees(
        "⚠️ The mail server does not accept the letter to a***@d***.example", "R-20220124-0001"
    )
    app = stage.app
    assert app is not None

    async def nothing_owed() -> bool:
        await stage.advance(seconds=1)
        return await app.stores.outbox.waiting() == 0

    await phone.until(nothing_owed, "the last message owed")
    new = [message for message in await phone.messages() if message.id not in before]
    told = [
        message.text for message in new if not message.buttons and "document" not in message.raw
    ]
    assert len(told) == 1, told
    assert await phone.mail(OWN) == []


async def test_an_address_outside_of_the_company_is_asked_about(stage: Stage) -> None:
    phone = await opened(stage, "3 · Numbers", "List of numbers report")
    await phone.tap("Also by e-mail")
    await phone.say("nonsense")
    await phone.sees("This is not an e-mail address")
    await phone.say(OUTSIDE)
    question = await phone.sees(f"{OUTSIDE} is outside of your company's domains")
    rows = question.raw["reply_markup"]["inline_keyboard"]
    assert rows[0][0]["style"] == "danger"
    await phone.tap("Cancel")
    await phone.say(OUTSIDE)
    await phone.tap(f"Send to {OUTSIDE}")
    await phone.sees(f"and to {OUTSIDE}.")
    await phone.tap("XLSX file")
    await phone.sees("✉️ Sent to s***@e***.example")
    assert len(await phone.mail(OUTSIDE)) == 1


async def test_a_ready_file_is_had_again_without_another_upload(stage: Stage) -> None:
    phone = await opened(stage, "3 · Numbers", "List of numbers report")
    await phone.tap("XLSX file")
    await file_of(phone, "List of numbers report", "37 records")
    await phone.command("/documents")
    await phone.tap("My requests")
    await phone.sees("R-20220124-0001", "List of numbers report", "✅ sent")
    await phone.tap("0001 · List of numbers")
    await phone.tap("Send the file once more")

    async def twice() -> bool:
        files = [m for m in await phone.messages() if "document" in m.raw]
        return len({m.raw["document"]["file_unique_id"] for m in files}) == 1 and len(files) == 2

    await phone.until(twice, "the same file a second time")
    await stage.advance(hours=24)


async def test_a_failed_request_says_so_and_can_be_ordered_again(stage: Stage) -> None:
    phone = await opened(stage, "5 · Register", "Invoice register")
    await stage.fault("operator", "reject", match="/customerBill", times=None)
    await phone.tap("XLSX file")
    await phone.sees("⏳ The file is being prepared, request R-20220124-0001")

    async def given_up() -> bool:
        await stage.advance(seconds=10)
        return any("could not be created" in message.text for message in await phone.messages())

    await phone.until(given_up, "the end of all tries")
    await phone.sees("⚠️ The file could not be created", "R-20220124-0001")
    await stage.http.delete("/sandbox/faults")
    await phone.command("/documents")
    await phone.tap("My requests")
    await phone.sees("⚠️ not created")
    await phone.tap("0001 · Invoice register")
    await phone.tap("Order it again")
    await phone.sees("R-20220124-0002")


async def test_what_was_said_stays_when_a_file_arrives_and_goes_with_its_own(stage: Stage) -> None:
    phone = await opened(stage, "3 · Numbers", "List of numbers report")
    await stage.fault("operator", "delay", match="/product", seconds=3, times=1)
    await phone.tap("XLSX file")
    await phone.sees("⏳ The file is being prepared, request R-20220124-0001")
    await phone.tap("Also by e-mail")
    await phone.sees("Type the e-mail address")
    await phone.say("nonsense")
    wrong = "This is not an e-mail address."
    await phone.sees(wrong)
    file, _content = await file_of(phone, "List of numbers report", "37 records")
    below = await phone.window_below(file)
    assert wrong in below.text
    await phone.tap("‹ Back")
    await phone.sees("The file will come to this chat.")
    await phone.no_longer_sees(wrong)
    await stage.advance(minutes=2)
    await phone.tap("XLSX file")
    await phone.sees("request R-20220124-0002")

    async def second() -> Message | None:
        files = [m for m in await phone.messages() if "document" in m.raw]
        return files[1] if len(files) > 1 else None

    await phone.window_below(await phone.until(second, "the second file"))
    await phone.no_longer_sees("⏳ The file is being prepared")
