"""Certificates, registers, invoices and statements, from the order to the file.

What a file must say is computed here from what the sandbox answers over HTTP, read as plain JSON
with decimals: nothing of the product stands between.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from account.documents.document import DocumentState
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.orders import RETRY_AFTER, TRIES, MadeFile
from account.values.identifiers import Msisdn
from tests.documents.reading import day_in, print_pages, rows, tenge, workbook
from tests.documents.works import (
    BILLS,
    DEMO,
    KAZYNA,
    KIND,
    LINES,
    PDF,
    XLSX,
    Works,
    almost,
    day,
    money,
    total_of,
)

# --- Certificates and registers --------------------------------------------------------------


@pytest.mark.parametrize(("month", "rate"), [("2025-12", 12), ("2026-01", 16)])
async def test_a_certificate_says_what_the_bill_says(works: Works, month: str, rate: int) -> None:
    number = f"25060850{month.replace('-', '')}"
    [bill] = await works.get(BILLS, billNo=number)
    lines = await works.get(LINES, **{"bill.id": number})

    asked = {"account": "25060850", "month": month}
    made = await works.made(KIND.CERTIFICATE, asked, XLSX)
    assert made.name == f"certificate_25060850_{month}.xlsx"
    book = workbook(made)
    first, appendix = book.worksheets
    said = [cell.value for row in first.iter_rows() for cell in row]
    assert {"Operator JSC", "980640000003", bill["billDocument"][0]["id"]} <= set(said)
    for sheet, heading in ((first, "№"), (appendix, "Mobile number")):
        total = total_of(sheet, heading)
        assert almost(total["Without VAT, ₸"]) == money(bill, "taxExcludedAmount")
        assert almost(total[f"VAT {rate} %, ₸"]) == money(bill["taxItem"][0], "taxAmount")
        assert {row["VAT rate, %"].value for row in rows(sheet, heading)[:-1]} == {rate}
        assert almost(total["With VAT, ₸"]) == money(bill, "taxIncludedAmount")
    told = {
        str(row["Mobile number"].value).replace(" ", "").lstrip("+"): tenge(row["With VAT, ₸"])
        for row in rows(appendix, "Mobile number")[:-1]
    }
    assert told == {line["product"]["id"]: money(line, "taxIncludedAmount") for line in lines}

    pages = print_pages(await works.made(KIND.CERTIFICATE, asked, PDF))
    assert f"VAT {rate}\u00a0%" in pages[0]


async def test_a_certificate_names_the_contract_and_where_the_company_is(works: Works) -> None:
    asked = {"account": "25060850", "month": "2025-12"}
    [akt, *_] = print_pages(await works.made(KIND.CERTIFICATE, asked, PDF))
    told = " ".join(akt.split())
    assert "TOO Demo 050059, Казахстан, Алматы, пр. Аль-Фараби, 77/8" in told
    assert "+7 727 300 10 20, accounting@demo.example" in told
    assert "№ 4417 of 12.03.2019" in told


@pytest.mark.parametrize("kind", [KIND.CERTIFICATE, KIND.RECONCILIATION])
async def test_a_contract_that_cannot_be_had_is_an_empty_place_in_the_end(
    works: Works, kind: DocumentKind
) -> None:
    """It is tried again first: with the contract back in between, the paper has it."""
    down = {"target": "operator", "kind": "http_500", "match": "/agreement", "times": None}
    for tries, told in ((2, True), (TRIES, False)):
        assert (await works.control.post("/sandbox/faults", json=down)).is_success
        asked = {"account": "25060850", "month": f"2026-0{tries}"}
        if kind is KIND.RECONCILIATION:
            asked = {"first": "2026-01-01", "last": f"2026-0{tries}-28"}
        document = await works.ordered(kind, asked, PDF)
        for _ in range(tries - 1):
            await works.work()
            assert (await works.read(document)).state is DocumentState.QUEUED
            works.world.clock.advance(RETRY_AFTER.total_seconds() + 31)
        if told:
            assert (await works.control.delete("/sandbox/faults")).is_success
        await works.work()
        ready = await works.read(document)
        assert ready.state is DocumentState.READY, ready.reason_code
        content = await works.stores.documents.content(document.id)
        assert content is not None
        pages = " ".join(" ".join(print_pages(MadeFile(content, "a.pdf", 0))).split())
        assert ("4417" in pages) == told
        assert (await works.control.delete("/sandbox/faults")).is_success


async def test_an_office_has_certificates_too(works: Works) -> None:
    asked = {"account": "88010001", "month": "2026-10"}
    appendix = workbook(await works.made(KIND.CERTIFICATE, asked, XLSX)).worksheets[1]
    lines = rows(appendix, "Mobile number")[:-1]
    assert [row["Mobile number"].value for row in lines] == [None, None]
    assert [row["Service"].value for row in lines] == [
        "Fixed Internet 100 Mbit/s, Алматы",
        "Fixed Internet 50 Mbit/s, Шымкент",
    ]


async def test_an_account_that_was_billed_nothing_has_no_certificate(works: Works) -> None:
    june = {"account": "31400101", "month": "2026-06"}
    assert await works.empty(KIND.CERTIFICATE, june, KAZYNA)
    made = await works.made(KIND.CERTIFICATE, june | {"month": "2026-05"}, company=KAZYNA)
    assert made.name == "certificate_31400101_2026-05.pdf"


@pytest.mark.parametrize("form", [XLSX, PDF])
async def test_the_register_has_every_invoice_of_its_months(
    works: Works, form: DocumentFormat
) -> None:
    months = {"first_month": "2026-08", "last_month": "2026-10"}
    bills = [
        bill
        for bill in await works.get(BILLS, **{"relatedParty.id": DEMO.id})
        if bill["billingPeriod"]["endDateTime"][:7] in {"2026-08", "2026-09", "2026-10"}
    ]
    assert {bill["category"] for bill in bills} == {"normal", "credit note"}
    made = await works.made(KIND.REGISTER, months, form)
    assert made.rows == len(bills)
    if form is PDF:
        assert bills[0]["billNo"] in print_pages(made)[0]
        return
    sheet = workbook(made).worksheets[0]
    told = rows(sheet, "Invoice")
    assert [row["Invoice"].value for row in told[:-1]] == [bill["billNo"] for bill in bills]
    for row, bill in zip(told, bills, strict=False):
        registered, *corrected = bill["billDocument"]
        assert row["Registration number"].value == registered["id"]
        assert row["Corrects invoice"].value == (corrected[0]["id"] if corrected else None)
        kind = f"Correction of № {corrected[0]['id']}" if corrected else "Invoice"
        assert row["Kind"].value == kind
        assert day_in(row["Invoice date"]) == day(bill, "billDate")
        assert day_in(row["Turnover date"]) == day(bill["billingPeriod"], "endDateTime")
        assert day_in(row["Due date"]) == day(bill, "paymentDueDate")
        assert row["VAT rate, %"].value == bill["taxItem"][0]["taxRate"]
        assert row["Supplier's BIN"].value == "980640000003"
        assert row["Customer's BIN"].value == DEMO.bin_shown
    total = total_of(sheet, "Invoice")
    for heading, summed in {
        "Without VAT, ₸": sum(money(bill, "taxExcludedAmount") for bill in bills),
        "VAT, ₸": sum(money(bill["taxItem"][0], "taxAmount") for bill in bills),
        "With VAT, ₸": sum(money(bill, "taxIncludedAmount") for bill in bills),
        "Due, ₸": sum(money(bill, "remainingAmount") for bill in bills),
        "Paid, ₸": sum(
            money(bill, "taxIncludedAmount") - money(bill, "remainingAmount") for bill in bills
        ),
    }.items():
        assert almost(total[heading]) == summed, heading
    assert sum(money(bill, "remainingAmount") for bill in bills) == Decimal("12500.5")
    lines = sum(bill["billDocument"][0]["size"]["amount"] for bill in bills)
    assert total["Lines"] == lines


@pytest.mark.parametrize("year", ["2025", "2026"])
async def test_december_is_found_by_its_own_year_and_by_that_of_the_invoice(
    works: Works, year: str
) -> None:
    [bill] = await works.get(BILLS, billNo="25060850202512")
    assert day(bill, "billDate").year == 2026
    asked = {"search": "accounting", "number": bill["billNo"], "year": year}
    sheet = workbook(await works.made(KIND.INVOICE_SEARCH, asked)).worksheets[0]
    total = total_of(sheet, "Mobile number")
    assert almost(total["Amount with VAT, ₸"]) == money(bill, "taxIncludedAmount")


@pytest.mark.parametrize("search", ["accounting", "esf"])
async def test_numbers_are_found_by_either_number_of_an_invoice(works: Works, search: str) -> None:
    [bill] = await works.get(BILLS, billNo="25060850202601")
    lines = await works.get(LINES, **{"bill.id": bill["id"]})
    number = {"accounting": bill["billNo"], "esf": bill["billDocument"][0]["id"]}[search]
    asked = {"search": search, "number": number, "year": "2026"}
    sheet = workbook(await works.made(KIND.INVOICE_SEARCH, asked)).worksheets[0]
    told = rows(sheet, "Mobile number")
    assert [row["Mobile number"].value for row in told[:-1]] == [
        Msisdn(line["product"]["id"]).shown for line in lines
    ]
    assert almost(total_of(sheet, "Mobile number")["Amount with VAT, ₸"]) == money(
        bill, "taxIncludedAmount"
    )
    if search == "accounting":
        assert await works.empty(KIND.INVOICE_SEARCH, asked | {"year": "2025"})
    assert await works.empty(KIND.INVOICE_SEARCH, asked, KAZYNA), "another company's invoice"


async def test_the_certificate_of_a_corrected_month_says_so(works: Works) -> None:
    bills = await works.get(BILLS, **{"billingAccount.id": "25060850"})
    [note] = [bill for bill in bills if bill["category"] == "credit note"]
    [bill] = [bill for bill in bills if bill["billNo"] == note["billDocument"][1]["id"]]
    month = bill["billingPeriod"]["endDateTime"][:7]
    made = await works.made(KIND.CERTIFICATE, {"account": "25060850", "month": month}, XLSX)
    sheet = workbook(made).worksheets[0]
    said = [str(row[0].value).replace("\xa0", " ") for row in sheet.iter_rows() if row[0].value]
    back, whole = (money(one, "taxIncludedAmount") for one in (note, bill))
    [corrected] = [line for line in said if line.startswith("Corrected by")]
    number, issued = note["billDocument"][0]["id"], day(note, "billDate")
    assert corrected == f"Corrected by № {number} of {issued:%d.%m.%Y}: -{-back:,.2f} ₸."
    assert f"With its corrections the month costs {whole + back:,.2f} ₸ now." in said
    before = {"account": "25060850", "month": "2026-07"}
    other = workbook(await works.made(KIND.CERTIFICATE, before, XLSX)).worksheets[0]
    assert not [row for row in other.iter_rows() if "Corrected" in str(row[0].value)]
