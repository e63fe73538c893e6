"""What the operator did not tell is never 0, free or none: in files, and in the sums below them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from account.chapters.billing.bills import Certificate
from account.chapters.usage import Usage, UsageRecord
from account.documents.kinds import DocumentFormat
from account.errors import FiguresDisagree, FiguresIncomplete
from account.values.money import Money
from account.values.number import PaymentMethod, SharedFunds
from account.values.periods import Month, MonthSpan
from documents.render.pool import RenderPool
from documents.reports.numbers import NumberRow, numbers_file
from documents.reports.register import register_file
from documents.reports.usage import UsageWorkbook
from documents.reports.usage_print import UsagePaper
from tests.account.fakes.carrier import FakeCarrier
from tests.account.fakes.clock import FakeClock
from tests.account.fakes.ledger import Ledger
from tests.account.world import NOON
from tests.documents import samples
from tests.documents.reading import print_pages, rows, workbook
from tests.documents.samples import HEAD, OPERATOR, pages
from tests.documents.test_details import ORDER as PRINTED
from tests.documents.test_details import told
from tests.documents.test_usage import CALL, DOCUMENT, english

UNRATED = "not yet rated"
MISSING = "Records not yet rated by the operator: 1. Their cost is not in the total."
RATE = Decimal("0.005")
FINE = replace(CALL, cost=Money(0), finer=RATE)
"""Half a tiyn: shown as 0.00, half to even; three of them are 0.015, shown as 0.02."""


@pytest.fixture
async def book() -> AsyncIterator[UsageWorkbook]:
    carrier, clock = FakeCarrier(), FakeClock(NOON)
    made = UsageWorkbook(Usage(carrier, Ledger(), clock), clock, english, threads=1)
    carrier.records = [CALL, replace(CALL, cost=None)]
    yield made
    made.close()


def usage_of(records: list[UsageRecord]) -> Usage:
    carrier = FakeCarrier()
    carrier.records = records
    return Usage(carrier, Ledger(), FakeClock(NOON))


async def test_a_call_that_is_not_yet_rated_is_not_free_in_the_workbook(
    book: UsageWorkbook,
) -> None:
    details, totals = workbook(await book.make(DOCUMENT, told)).worksheets
    rated, unrated = rows(details, "Date and time")
    assert (rated["Cost with VAT, ₸"].value, unrated["Cost with VAT, ₸"].value) == (12.5, None)
    calls, total, said = rows(totals, "Type")
    assert (calls["Cost with VAT, ₸"].value, total["Cost with VAT, ₸"].value) == (12.5, 12.5)
    assert said["Type"].value == MISSING


async def test_where_nothing_is_rated_the_total_is_no_zero(renderer: RenderPool) -> None:
    clock = FakeClock(NOON)
    maker = UsageWorkbook(usage_of([replace(CALL, cost=None)]), clock, english, threads=1)
    details, totals = workbook(await maker.make(DOCUMENT, told)).worksheets
    maker.close()
    assert rows(details, "Date and time")[0]["Cost with VAT, ₸"].value is None
    calls, total, said = rows(totals, "Type")
    assert {row["Cost with VAT, ₸"].value for row in (calls, total)} == {UNRATED}
    assert "not yet rated" in str(said["Type"].value)


async def test_the_print_says_so_too(renderer: RenderPool) -> None:
    usage = usage_of([CALL, replace(CALL, cost=None)])
    made = await UsagePaper(usage, FakeClock(NOON), renderer).make(PRINTED, told)
    text = " ".join(" ".join(print_pages(made)).split())
    assert UNRATED in text
    assert MISSING in text
    assert text.count("12.50") == 4  # the call, the total, and the same in the summary


async def test_rates_finer_than_a_tiyn_are_added_before_they_are_rounded(
    renderer: RenderPool,
) -> None:
    records = [FINE] * 3
    maker = UsageWorkbook(usage_of(records), FakeClock(NOON), english, threads=1)
    details, totals = workbook(await maker.make(DOCUMENT, told)).worksheets
    maker.close()
    each = [row["Cost with VAT, ₸"].value for row in rows(details, "Date and time")]
    assert each == [0.005] * 3
    assert rows(totals, "Type")[0]["Cost with VAT, ₸"].value == 0.02
    made = await UsagePaper(usage_of(records), FakeClock(NOON), renderer).make(PRINTED, told)
    assert "".join(print_pages(made)).count("0.02") == 3


async def test_the_register_adds_up_what_was_told_and_says_how_much_was_not(
    renderer: RenderPool,
) -> None:
    one, other = samples.bills()[:2]
    assert one.vat is not None
    listed = [one, replace(other, net=None, vat=None, unpaid=None, lines=None)]
    months = MonthSpan(Month(2021, 1), Month(2021, 12))
    made = await register_file(renderer, HEAD, months, pages(listed), OPERATOR)
    [sheet] = workbook(made).worksheets
    _, untold, total = rows(sheet, "Invoice")
    names = ("Lines", "Without VAT, ₸", "VAT, ₸", "Paid, ₸", "Due, ₸")
    assert {untold[name].value for name in names} == {"not told"}
    assert total["VAT, ₸"].value == float(one.vat.decimal)
    said = [str(row[0].value) for row in sheet.iter_rows() if row[0].value]
    assert said[-2].startswith("Amounts the operator did not provide: 4.")
    paper = await register_file(renderer, HEAD, months, pages(listed), OPERATOR, DocumentFormat.PDF)
    assert "not told" in " ".join(print_pages(paper))


async def test_money_that_numbers_share_is_in_the_total_once(renderer: RenderPool) -> None:
    first, second, own = (
        NumberRow(
            replace(samples.numbers()[0].number, payment=PaymentMethod.ADVANCE, funds=Money(amount))
        )
        for amount in (50_000, 50_000, 60_000)
    )
    pool = (SharedFunds("b-1", Money(50_000)),)
    listed = [
        replace(row, number=replace(row.number, shared=pool), above=frozenset(above))
        for row, above in ((first, ()), (second, ("b-1",)), (own, ("b-1",)))
    ]
    [sheet] = workbook(await numbers_file(renderer, HEAD, pages(listed))).worksheets
    *each, total = rows(sheet, "Mobile number")
    assert [row["Balance, ₸"].value for row in each] == [500, "shared, counted above", 100]
    assert total["Balance, ₸"].value == 600


async def test_a_number_of_an_unknown_billing_method_has_no_amount_and_is_counted(
    renderer: RenderPool,
) -> None:
    known = samples.numbers()[0]
    number = replace(known.number, payment=PaymentMethod.OTHER, funds=None)
    others = [NumberRow(replace(number, payment_told=told)) for told in ("Barter", None)]
    made = await numbers_file(renderer, HEAD, pages([known, *others]))
    [sheet] = workbook(made).worksheets
    _, barter, untold, *_ = rows(sheet, "Mobile number")
    assert [one["Billing method"].value for one in (barter, untold)] == ["Barter", "not told"]
    assert {one["Balance, ₸"].value for one in (barter, untold)} == {None}
    said = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert "Amounts the operator did not provide: 2. They are not included in the total." in said


# --- papers with weight in law ---


def test_no_certificate_without_the_vat() -> None:
    made = samples.certificate()
    with pytest.raises(FiguresIncomplete):
        Certificate(replace(made.bill, vat=None), made.lines, made.supplier)
    first, *rest = made.lines
    with pytest.raises(FiguresIncomplete):
        Certificate(made.bill, [replace(first, vat=None), *rest], made.supplier)


def test_no_certificate_over_fewer_lines_than_the_invoice_has() -> None:
    made = samples.certificate()
    free = replace(made.lines[0], net=Money(0), vat=Money(0), gross=Money(0))
    lines = [free, *made.lines]
    assert made.bill.lines is not None
    with pytest.raises(FiguresIncomplete):
        Certificate(made.bill, lines, made.supplier)
    Certificate(replace(made.bill, lines=made.bill.lines + 1), lines, made.supplier)
    Certificate(replace(made.bill, lines=None), lines, made.supplier)


def test_figures_that_disagree_are_another_matter() -> None:
    made = samples.certificate()
    with pytest.raises(FiguresDisagree):
        Certificate(replace(made.bill, gross=made.bill.gross + Money(1)), made.lines, made.supplier)
