"""Rows of the operator's that could not be read: files say so, papers with weight are not made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from account.chapters.billing.accounts import Account
from account.chapters.billing.bills import Bill, BillLine, BillsQuery
from account.chapters.billing.parties import Contract, Customer
from account.chapters.payments import Payment, PaymentsQuery
from account.chapters.usage import Usage, UsageQuery
from account.documents.document import Document
from account.documents.kinds import DocumentFormat, DocumentKind
from account.errors import FiguresIncomplete
from account.values.identifiers import Msisdn
from account.values.labels import NumberLabel
from account.values.page import Page
from documents.context import RenderContext
from documents.render.pool import RenderPool
from documents.render.read_ahead import read_ahead
from documents.reports.certificate import certificate
from documents.reports.cost_centres import cost_centres
from documents.reports.payments import payments
from documents.reports.reconciliation import reconciliation
from documents.reports.register import register
from documents.reports.usage import UsageWorkbook
from tests.account.fakes.carrier import FakeCarrier
from tests.account.fakes.clock import FakeClock
from tests.account.fakes.ledger import Ledger
from tests.account.orders import ORDERED
from tests.account.world import NOON
from tests.documents import samples
from tests.documents.reading import workbook
from tests.documents.samples import CONTRACT, CUSTOMER, HEAD, OPERATOR
from tests.documents.test_details import told
from tests.documents.test_usage import DOCUMENT, RECORDS, english

SENTENCE = "Records of the operator that could not be read: 2. They are not in this file."


class Operator:
    """Answers as `samples` has it; of the lists that are `missing`, two rows cannot be read."""

    def __init__(self, *missing: str) -> None:
        self._missing = frozenset(missing)

    def page(self, name: str, rows: Sequence[Any], offset: int) -> Page[Any]:
        gone = 2 if name in self._missing and offset == 0 else 0
        here = tuple(rows[offset:])
        return Page(here, offset, len(rows) + gone, gone, len(rows) + gone)

    async def bills(self, query: BillsQuery, *, offset: int, limit: int) -> Page[Bill]:
        return self.page("bills", [samples.certificate().bill], offset)

    async def bill_lines(self, bill: Bill, *, offset: int, limit: int) -> Page[BillLine]:
        return self.page("lines", samples.certificate().lines, offset)

    async def accounts(
        self, company_id: str, numbers: object, *, offset: int, limit: int
    ) -> Page[Account]:
        return self.page("accounts", [Account("25060831")], offset)

    async def customer(self, company_id: str) -> Customer:
        return CUSTOMER

    async def contract(self, company_id: str, account: str) -> Contract | None:
        return CONTRACT

    async def payments(self, query: PaymentsQuery, *, offset: int, limit: int) -> Page[Payment]:
        return self.page("payments", samples.payments(), offset)


class NoLabels:
    """A company that has given none."""

    async def of(self, company_id: str, msisdns: Sequence[Msisdn]) -> dict[str, NumberLabel]:
        return {}


def context(renderer: RenderPool, *missing: str) -> RenderContext:
    made = SimpleNamespace(
        renderer=renderer,
        carrier=Operator(*missing),
        clock=FakeClock(NOON),
        supplier=OPERATOR,
        registers_invoices=True,
        header=lambda document: HEAD,
        labels=NoLabels(),
    )
    return cast("RenderContext", made)


def ordered(kind: DocumentKind) -> Document:
    order = replace(DOCUMENT.order, kind=kind, format=DocumentFormat.XLSX, parameters=ORDERED[kind])
    return replace(DOCUMENT, order=order)


Maker = Callable[[RenderContext, Document, Any], Any]


@pytest.mark.parametrize(
    ("make", "kind", "missing"),
    [
        (certificate, DocumentKind.CERTIFICATE, "bills"),
        (certificate, DocumentKind.CERTIFICATE, "lines"),
    ],
)
async def test_no_paper_with_weight_is_made_over_rows_that_were_left_out(
    renderer: RenderPool, make: Maker, kind: DocumentKind, missing: str
) -> None:
    with pytest.raises(FiguresIncomplete):
        await make(context(renderer, missing), ordered(kind), told)
    assert await make(context(renderer), ordered(kind), told) is not None


@pytest.mark.parametrize("missing", ["accounts", "bills", "payments"])
async def test_a_statement_over_rows_that_were_left_out_cannot_be_signed(
    renderer: RenderPool, missing: str
) -> None:
    """An unreadable row of years ago does not take the paper for ever, and nobody signs it."""
    order = ordered(DocumentKind.RECONCILIATION)
    said = cells(await reconciliation(context(renderer, missing), order, told))
    warning = (
        "Not for signing: 2 records of the operator could not be read and are not in this "
        "statement, so its balances are not final."
    )
    assert warning in said
    assert "For the contractor" not in said
    whole = cells(await reconciliation(context(renderer), order, told))
    assert warning not in whole
    assert "For the contractor" in whole


@pytest.mark.parametrize(
    ("make", "kind", "missing"),
    [
        (register, DocumentKind.REGISTER, "bills"),
        (payments, DocumentKind.PAYMENTS, "payments"),
        (cost_centres, DocumentKind.COST_CENTRES, "bills"),
        (cost_centres, DocumentKind.COST_CENTRES, "lines"),
    ],
)
async def test_a_list_says_how_many_rows_are_not_in_it(
    renderer: RenderPool, make: Maker, kind: DocumentKind, missing: str
) -> None:
    made = await make(context(renderer, missing), ordered(kind), told)
    assert SENTENCE in cells(made)
    assert SENTENCE not in cells(await make(context(renderer), ordered(kind), told))


def cells(made: Any) -> set[object]:
    return {
        cell
        for sheet in workbook(made).worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    }


class Records(FakeCarrier):
    """Usage of which two records cannot be read, the whole of it if `none` can."""

    def __init__(self, *, none: bool = False) -> None:
        super().__init__()
        self.records = [] if none else list(RECORDS)

    async def usage(
        self, company_id: str, query: UsageQuery, *, offset: int, limit: int
    ) -> Page[Any]:
        rows = tuple(self.records)
        return Page(rows, 0, len(rows) + 2, 2, len(rows) + 2)


@pytest.mark.parametrize("none", [False, True])
async def test_usage_of_which_nothing_can_be_read_is_not_called_nothing(none: bool) -> None:
    clock = FakeClock(NOON)
    maker = UsageWorkbook(Usage(Records(none=none), Ledger(), clock), clock, english, threads=1)
    try:
        if none:
            with pytest.raises(FiguresIncomplete):
                await maker.make(DOCUMENT, told)
        else:
            assert SENTENCE in cells(await maker.make(DOCUMENT, told))
    finally:
        maker.close()


async def test_pages_begin_behind_what_was_left_out() -> None:
    """Ten rows of which each page of three has one that cannot be read."""
    asked = []

    async def read(offset: int) -> Page[int]:
        asked.append(offset)
        here = range(offset, min(offset + 3, 10))
        rows = tuple(n for n in here if n % 3)
        return Page(rows, offset, 10, len(here) - len(rows), offset + len(here))

    found = [n async for page in read_ahead(read) for n in page]
    assert found == [1, 2, 4, 5, 7, 8]
    assert asked == [0, 3, 6, 9]
