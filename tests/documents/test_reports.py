"""Each document as its reader opens it, its figures beside those counted apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from openpyxl.cell import Cell

from account.chapters.billing.accounts import ServiceLine
from account.chapters.payments import PaymentState
from account.documents.kinds import DocumentFormat
from account.documents.reconciliation import postings, reconcile
from account.effects.history import HistoryEntry
from account.values.money import Money
from account.values.periods import Month, MonthSpan
from documents.render.pool import RenderPool
from documents.reports.atlas import atlas_file
from documents.reports.devices import devices_file
from documents.reports.history import history_file
from documents.reports.invoices import invoice_numbers_file
from documents.reports.numbers import NumberRow, numbers_file
from documents.reports.payments import payments_file
from documents.reports.reconciliation import reconciliation_file
from documents.reports.register import register_file
from tests.account.world import NOON
from tests.documents import samples
from tests.documents.reading import bare, block, column, print_pages, rows, tenge, workbook
from tests.documents.samples import DECEMBER, HEAD, OPERATOR, pages

PDF, XLSX = DocumentFormat.PDF, DocumentFormat.XLSX
YEAR = MonthSpan(Month(2021, 1), Month(2021, 12))


def sum_of(amounts: Sequence[Money | None]) -> Decimal:
    return Decimal(sum(amount.tiyn for amount in amounts if amount)) / 100


# --- The house style -------------------------------------------------------------------------


async def test_the_top_says_whose_it_is_and_when_and_the_foot_by_whom(renderer: RenderPool) -> None:
    made = await payments_file(renderer, HEAD, DECEMBER, pages(samples.payments()))

    [sheet] = workbook(made).worksheets
    assert made is not None
    assert made.name == "payments_180140000018_2021-12-01_2021-12-31.xlsx"
    assert sheet["A1"].value == "Payments of the company"
    assert block(sheet) == {
        "Company": "ЖШС «Қазына Үлгі»",
        "BIN": "180140000018",
        "Period": "01.12.2021 – 31.12.2021",
        "Generated at": "24.01.2022 12:00 (Asia/Almaty, UTC+06:00)",
    }
    said = [str(row[0].value) for row in sheet.iter_rows() if row[0].value]
    assert said[-1] == (
        "Request: R-20220124-0007 · Requested by: Әсел Садыкова · "
        "Generated at: 24.01.2022 12:00 (Asia/Almaty, UTC+06:00)"
    )


async def test_the_sheet_can_be_scrolled_filtered_and_printed(renderer: RenderPool) -> None:
    made = await payments_file(renderer, HEAD, DECEMBER, pages(samples.payments()))

    [sheet] = workbook(made).worksheets
    assert sheet.freeze_panes == "A8"
    assert sheet.auto_filter.ref == "A7:K47"
    assert sheet.print_title_rows == "$7:$7"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    foot = sheet.oddFooter
    assert foot is not None
    assert str(foot.right.text).strip() == "Page &P of &N"
    assert all(sheet.column_dimensions[letter].width >= 10 for letter in "ABCDEFGHIJ")


async def test_words_are_the_persons_and_names_stay() -> None:
    from tests.account.fakes.clock import FakeClock

    kazakh = RenderPool(lambda language, text: f"{language}·{text}", FakeClock(NOON), children=1)
    head = replace(HEAD, language="kk")
    try:
        made = await numbers_file(kazakh, head, pages(samples.numbers()))
    finally:
        await kazakh.close()

    names = {"ЖШС «Қазына Үлгі»", "180140000018"}
    names |= {"24.01.2022 12:00 (Asia/Almaty, UTC+06:00)", "Business Class Junior", "Reel"}
    names |= {row.number.msisdn.shown for row in samples.numbers()}
    [sheet] = workbook(made).worksheets
    said = {cell.value for row in sheet for cell in row if isinstance(cell.value, str)}
    assert {text for text in said if not text.startswith("kk·")} == names


def closed(text: str) -> str:
    """Without the spaces and line ends that setting a page adds."""
    return "".join(text.split())


NASTY = [
    ('=HYPERLINK("http://evil.example";"bill")', '=HYPERLINK("http://evil.example";"bill")'),
    ("+cmd|' /C calc'!A0", "+cmd|' /C calc'!A0"),
    ("-1", "-1"),
    ("@SUM(A1:A9)", "@SUM(A1:A9)"),
    ("\t=1+1", " =1+1"),
    ("{=1+1}", "{=1+1}"),
    ("http://evil.example", "http://evil.example"),
    ("0077", "0077"),
    ("half\ud83d", "half"),
    ("a\x00b\x1bc", "abc"),
    ("\u202e6002\u202c", "6002"),
    ("#strong[x] $y$ *z* <a> @ref \\", "#strong[x] $y$ *z* <a> @ref \\"),
    ("Ұлы Дала & <b>", "Ұлы Дала & <b>"),
]


@pytest.mark.parametrize(("sent", "shown"), NASTY)
async def test_what_others_send_stays_text_on_a_sheet(
    renderer: RenderPool, sent: str, shown: str
) -> None:
    paid = [replace(samples.payments()[0], channel=sent, document=sent)]
    head = replace(HEAD, company=sent, requested_by=sent)

    [sheet] = workbook(await payments_file(renderer, head, DECEMBER, pages(paid))).worksheets

    row = rows(sheet, "Date and time")[0]
    for name in ("Channel", "Payment order"):
        assert (row[name].value, row[name].data_type) == (shown, "s")
        assert row[name].number_format == "@"
        assert row[name].hyperlink is None
    assert block(sheet)["Company"] == shown
    assert [cell for line in sheet for cell in line if cell.data_type == "f"] == []


async def test_what_others_send_stays_text_in_print(renderer: RenderPool) -> None:
    for sent, shown in NASTY:
        paid = [replace(samples.payments()[0], document=sent)]
        made = await payments_file(
            renderer, replace(HEAD, company=sent), DECEMBER, pages(paid), form=PDF
        )
        text = closed("".join(print_pages(made)))
        assert text.count(closed(shown)) >= 2, sent


async def test_nothing_for_the_period_makes_no_file(renderer: RenderPool) -> None:
    empty: list[object] = []
    nothing = [
        payments_file(renderer, HEAD, DECEMBER, pages(empty)),  # type: ignore[arg-type]
        register_file(renderer, HEAD, YEAR, pages(empty), OPERATOR),  # type: ignore[arg-type]
        invoice_numbers_file(renderer, HEAD, "1", 2021, pages(empty)),  # type: ignore[arg-type]
        numbers_file(renderer, HEAD, pages(empty)),  # type: ignore[arg-type]
        devices_file(renderer, HEAD, pages(empty)),  # type: ignore[arg-type]
        atlas_file(renderer, HEAD, samples.POOL, pages(empty)),  # type: ignore[arg-type]
        reconciliation_file(renderer, HEAD, reconcile(DECEMBER, NOON, {}, []), OPERATOR, XLSX),
    ]
    assert [await one for one in nothing] == [None] * len(nothing)


# --- The documents ---------------------------------------------------------------------------


async def test_payments_count_when_they_were_received(renderer: RenderPool) -> None:
    made = await payments_file(renderer, HEAD, DECEMBER, pages(samples.payments()))

    *listed, total = rows(workbook(made).worksheets[0], "Date and time")
    received = [paid.amount for paid in samples.payments() if paid.state is PaymentState.DONE]
    assert len(listed) == 40
    assert total["Date and time"].value == "Total received"
    assert tenge(total["Received, ₸"]) == sum_of(received)
    assert total["Amount, ₸"].value is None
    assert listed[5]["Status"].value == "Pending"
    assert str(listed[0]["Date and time"].value) == "2021-12-01 10:00:00"
    assert listed[0]["Date and time"].number_format == r"dd\.mm\.yyyy hh:mm:ss"
    assert listed[0]["Amount, ₸"].number_format == "#,##0.00"
    assert made is not None
    assert made.rows == 40


async def test_payments_of_one_number_name_it(renderer: RenderPool) -> None:
    made = await payments_file(
        renderer, HEAD, DECEMBER, pages(samples.payments()[:1]), number=samples.ACTIVE
    )

    [sheet] = workbook(made).worksheets
    assert made is not None
    assert made.name == "payments_77010542007_2021-12-01_2021-12-31.xlsx"
    assert sheet["A1"].value == "Payments of the number"
    assert block(sheet)["Number"] == "+7 701 054 20 07"


async def test_the_register_adds_every_column_of_money(renderer: RenderPool) -> None:
    made = await register_file(renderer, HEAD, YEAR, pages(samples.bills()), OPERATOR)

    *listed, total = rows(workbook(made).worksheets[0], "Invoice")
    assert len(listed) == 12
    bills = samples.bills()
    assert tenge(total["Without VAT, ₸"]) == sum_of([bill.net for bill in bills])
    assert tenge(total["VAT, ₸"]) == sum_of([bill.vat for bill in bills])
    assert tenge(total["With VAT, ₸"]) == sum_of([bill.gross for bill in bills])
    assert tenge(total["Paid, ₸"]) + tenge(total["Due, ₸"]) == tenge(total["With VAT, ₸"])
    assert listed[-1]["Due, ₸"].value == 12500.5
    assert str(listed[-1]["Invoice date"].value) == "2022-01-01 00:00:00"
    assert listed[-1]["Month"].value == "12.2021"


async def test_a_register_says_what_is_not_told_and_nothing_of_a_portal_that_is_not(
    renderer: RenderPool,
) -> None:
    first, second = samples.bills()[:2]
    bills = [replace(first, due=None), replace(second, due=None, correction=True)]
    told, correction, _total = rows(
        workbook(await register_file(renderer, HEAD, YEAR, pages(bills), OPERATOR)).worksheets[0],
        "Invoice",
    )
    assert (told["Due date"].value, correction["Due date"].value) == ("not told", None)
    assert "Registration number" in told
    for form in (XLSX, PDF):
        paper = await register_file(
            renderer, HEAD, YEAR, pages(bills), OPERATOR, form, registered=False
        )
        if form is PDF:
            assert "Registration" not in " ".join(print_pages(paper))
        else:
            assert "Registration number" not in rows(workbook(paper).worksheets[0], "Invoice")[0]
            assert bare(paper)[0]["Due date"].value is None


async def test_a_registration_number_takes_two_lines_at_most(renderer: RenderPool) -> None:
    """Of the register and of the statement's postings, in print: broken behind a hyphen."""
    bill = replace(samples.bills()[-1], registration="ESF-180140000018-20220105-00001234")
    statement = reconcile(DECEMBER, NOON, {}, postings([bill], []))
    for made in (
        await register_file(renderer, HEAD, YEAR, pages([bill]), OPERATOR, PDF),
        await reconciliation_file(renderer, HEAD, statement, OPERATOR, PDF),
    ):
        lines = "\n".join(print_pages(made)).split("\n")
        pieces = [line for line in lines if "ESF-" in line or "20220105" in line]
        assert any("ESF-180140000018-" in line for line in pieces), pieces
        assert any("20220105-00001234" in line for line in pieces), pieces


async def test_the_register_in_print_is_the_same(renderer: RenderPool) -> None:
    made = await register_file(renderer, HEAD, YEAR, pages(samples.bills()), OPERATOR, PDF)

    [text] = print_pages(made)
    gross = sum_of([bill.gross for bill in samples.bills()])
    assert f"{gross:,.2f}" in text
    assert "25060831202112" in text
    assert "Page 1 of 1" in text


async def test_numbers_of_an_invoice(renderer: RenderPool) -> None:
    made = await invoice_numbers_file(
        renderer, HEAD, "25060831202112", 2021, pages(samples.billed())
    )

    [sheet] = workbook(made).worksheets
    *listed, total = rows(sheet, "Mobile number")
    assert block(sheet)["Invoice searched for"] == "25060831202112"
    assert column(listed, "Mobile number")[0] == "+7 701 054 20 00"
    assert set(column(listed, "Registration number")) == {"ESF-180140000018-20220105-00001234"}
    assert tenge(total["Amount with VAT, ₸"]) == sum_of([one.amount for one in samples.billed()])


async def test_the_list_of_numbers_has_the_columns_of_the_guide(renderer: RenderPool) -> None:
    made = await numbers_file(renderer, HEAD, pages(samples.numbers()))

    *listed, total = rows(workbook(made).worksheets[0], "Mobile number")
    assert list(listed[0]) == [
        "Mobile number",
        "Billing method",
        "Credit limit, ₸",
        "Amount owed by customer, ₸",
        "Balance, ₸",
        "Remaining credit limit, ₸",
        "Tariff",
        "Current number status",
        "Label",
        "Cost centre",
    ]
    junior, credit = "Business Class Junior", "Credit (postpaid)"
    assert [[cell.value for cell in row.values()][:8] for row in listed] == [
        ["+7 701 054 20 06", credit, 10000, 0, None, 8476.9, junior, "Blocked"],
        ["+7 701 054 20 09", credit, 10000, 12500.5, None, 0, junior, "Blocked / Debt"],
        ["+7 701 211 55 26", "Advance (prepaid)", None, 0, 3750, None, "Reel", "Active"],
    ]
    assert total["Amount owed by customer, ₸"].value == 12500.5
    assert total["Credit limit, ₸"].value is None


async def test_amounts_that_the_operator_did_not_tell_are_counted_below_the_total(
    renderer: RenderPool,
) -> None:
    blocked, owing, prepaid = samples.numbers()
    untold = [
        NumberRow(replace(owing.number, debt=None), owing.credit_limit),
        NumberRow(replace(prepaid.number, funds=None)),
        NumberRow(replace(blocked.number, funds=None)),
    ]
    sentence = "Amounts the operator did not provide: 2. They are not included in the total."

    made = await numbers_file(renderer, HEAD, pages([*samples.numbers(), *untold]))
    sheet = workbook(made).worksheets[0]
    assert sentence in [row[0].value for row in sheet.iter_rows()]
    *listed, total = rows(sheet, "Mobile number")
    assert [row["Amount owed by customer, ₸"].value for row in listed[3:]] == [None, 0, 0]
    assert total["Balance, ₸"].value == 3750

    made = await numbers_file(renderer, HEAD, pages(samples.numbers()))
    sheet = workbook(made).worksheets[0]
    assert not any("did not provide" in str(row[0].value) for row in sheet.iter_rows())


async def test_the_history_names_actions_as_the_window_does(renderer: RenderPool) -> None:
    def named(entry: HistoryEntry) -> str:
        return f"«{entry.what}»"

    made = await history_file(renderer, HEAD, DECEMBER, pages(samples.entries()), named)

    listed = rows(workbook(made).worksheets[0], "Date and time")
    assert len(listed) == 20
    assert [cell.value for cell in listed[0].values()][1:] == [
        "Әсел Садыкова",
        None,
        "«number.unblock»",
        "Refused",
        "A-20220124-0000",
    ]
    assert listed[1]["Number"].value == "+7 701 054 20 06"


async def test_devices_show_the_whole_imei(renderer: RenderPool) -> None:
    listed = rows(
        workbook(await devices_file(renderer, HEAD, pages(samples.devices()))).worksheets[0],
        "Mobile number",
    )
    assert column(listed, "IMEI") == ["353678076511548", "869782022121282"]
    assert column(listed, "Registration") == ["Original", "Duplicate"]
    assert column(listed, "Model") == ["Galaxy A52", None]


async def test_atlas_pro_adds_up_what_the_numbers_took(renderer: RenderPool) -> None:
    made = await atlas_file(renderer, HEAD, samples.POOL, pages(samples.pool_usage()))

    [sheet] = workbook(made).worksheets
    *listed, total = rows(sheet, "Mobile number")
    assert block(sheet)["Calls in the package"] == "500:00:00"
    assert block(sheet)["Data in the package, MB"] == "Unlimited"
    used = samples.pool_usage()
    assert total["Calls, h:mm:ss"].value == timedelta(seconds=sum(one.seconds for one in used))
    assert total["SMS, pcs"].value == sum(one.pieces for one in used)
    assert total["Charged beyond the package with VAT, ₸"].value == 999.5
    assert total["Data, MB"].value == pytest.approx(sum(one.bytes for one in used) / 1024**2)
    assert len(listed) == 15


def sum_or_none(cell: Cell) -> Decimal:
    return tenge(cell) if cell.value is not None else Decimal(0)


# --- The statement -------------------------------------------------------


async def test_the_statement_closes_to_the_tiyn(renderer: RenderPool) -> None:
    statement = samples.statement()

    made = await reconciliation_file(renderer, HEAD, statement, OPERATOR, XLSX)

    summary, entries = workbook(made).worksheets
    *services, total = rows(summary, "Service")
    assert column(services, "Service") == [
        "Mobile communications",
        "Fixed Internet",
        "Auto Monitoring",
        "Telemetry",
        "Contract Phone",
    ]
    for row in (*services, total):
        opening, closing = (
            sum_or_none(row[f"{name} debit, ₸"]) - sum_or_none(row[f"{name} credit, ₸"])
            for name in ("Opening", "Closing")
        )
        assert closing == opening + tenge(row["Debit, ₸"]) - tenge(row["Credit, ₸"])
    telemetry = services[3]
    assert telemetry["Opening debit, ₸"].value is None
    assert telemetry["Opening credit, ₸"].value == 5
    *listed, in_all = rows(entries, "Date")
    assert tenge(in_all["Debit, ₸"]) == tenge(total["Debit, ₸"])
    assert tenge(in_all["Credit, ₸"]) == tenge(total["Credit, ₸"])
    assert len(listed) == len(statement.entries)
    said = {cell.value for row in summary for cell in row}
    assert "Data valid as of 24.01.2022 12:00 (Asia/Almaty, UTC+06:00)." in said
    assert statement.balances[3].service is ServiceLine.TELEMETRY


@pytest.mark.parametrize(
    ("owed", "said"),
    [
        (1_050, "At the end of 31.12.2021 the customer owes 10.50 ₸ (Ten tenge 50 tiyn)."),
        (-1_050, "At the end of 31.12.2021 the contractor owes 10.50 ₸ (Ten tenge 50 tiyn)."),
    ],
)
async def test_the_statement_says_who_owes_whom(renderer: RenderPool, owed: int, said: str) -> None:
    statement = reconcile(DECEMBER, NOON, {ServiceLine.MOBILE: Money(owed)}, [])

    text = print_pages(await reconciliation_file(renderer, HEAD, statement, OPERATOR, PDF))[0]

    assert said in " ".join(text.split())
