"""The reconciliation statement (S33): a summary by service, and every posting below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from account.chapters.billing.accounts import ServiceLine
from account.chapters.billing.bills import BillsQuery
from account.chapters.payments import PaymentsQuery
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters import StatementDays
from account.documents.reconciliation import (
    LedgerEntry,
    Posting,
    Reconciliation,
    ServiceBalance,
    balance_before,
    postings,
    reconcile,
)
from account.values.money import ZERO, Money
from account.values.page import Page, Unreadable
from account.values.periods import FIRST_MONTH, Month, MonthSpan, Period
from documents.context import PAGE, Report
from documents.layout.blocks import Column, Kind, NextPart, Prose, Signatures, Table, Title
from documents.layout.header import Desk, DocumentHeader, in_file_name, shown_with_zone
from documents.render.read_ahead import read_ahead, refuse_parts
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.chapters.billing.accounts import Account
    from account.chapters.billing.bills import Bill
    from account.chapters.billing.parties import Supplier
    from account.chapters.payments import Payment
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from documents.context import RenderContext
    from documents.render.pool import RenderPool

SERVICES: Mapping[ServiceLine, str] = {
    ServiceLine.MOBILE: N_("Mobile communications"),
    ServiceLine.FIXED_INTERNET: N_("Fixed Internet"),
    ServiceLine.AUTO_MONITORING: N_("Auto Monitoring"),
    ServiceLine.TELEMETRY: N_("Telemetry"),
    ServiceLine.CONTRACT_PHONE: N_("Contract Phone"),
    ServiceLine.OTHER: N_("Other services"),
}
POSTINGS: Mapping[Posting, str] = {
    Posting.INVOICE: N_("Invoice"),
    Posting.PAYMENT: N_("Payment"),
    Posting.CORRECTION: N_("Correction"),
}


async def reconciliation_file(
    press: RenderPool,
    header: DocumentHeader,
    statement: Reconciliation,
    supplier: Supplier,
    form: DocumentFormat,
    progress: Progress | None = None,
) -> MadeFile | None:
    """The statement; None when nothing was owed and nothing happened (G-16).

    Raises `DocumentNotMade`.
    """
    if statement.empty:
        return None
    desk = Desk(press, header)
    word = desk.word
    title = RECONCILIATION.title
    by_whom = f"{supplier.name}, {word(N_('BIN'))} {supplier.bin.digits}"
    closing = statement.total.closing
    return await desk.file(
        [
            *desk.top(title, (N_("Contractor"), by_whom), period=statement.period),
            Prose(
                [
                    word(N_("Data valid as of {moment}.")).format(
                        moment=shown_with_zone(statement.as_of)
                    )
                ],
                strong=True,
            ),
            Table(
                _summary_columns(desk), statement.balances, total=word(N_("Total")), wrapped=True
            ),
            Prose([_conclusion(desk, statement, closing)], strong=True),
            Signatures(
                (
                    (word(N_("For the contractor")), supplier.name),
                    (word(N_("For the customer")), header.company),
                ),
                (word(N_("position, signature, full name")), word(N_("place of the seal"))),
            ),
            NextPart(word(N_("Postings"))),
            Title(word(N_("Postings of the period"))),
            Table(
                _entry_columns(desk),
                statement.entries,
                total=word(N_("Total")),
            ),
        ],
        stem=f"reconciliation_{header.bin}_{in_file_name(statement.period)}",
        sheet=title,
        form=form,
        landscape=False,
        progress=progress,
    )


async def reconciliation(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the statement that was ordered. Raises as a `Maker`.

    The ledger is read from the operator's first paper on, so that the opening balance is a sum and
    no guess; only the period's entries are kept. Of a part of the ledger no statement is made.
    """
    order, carrier = document.order, context.carrier
    period, as_of = StatementDays.read(order.parameters).period, context.clock.now()
    since = Period(FIRST_MONTH.first, period.last)
    unreadable = Unreadable()
    services: dict[str, ServiceLine] = {}
    owed = dict.fromkeys(ServiceLine, ZERO)
    within: list[LedgerEntry] = []
    done = 0

    async def accounts(offset: int) -> Page[Account]:
        return await carrier.accounts(order.company_id, None, offset=offset, limit=PAGE)

    async def bills(offset: int) -> Page[Bill]:
        # By the months they bill: the last one's are written when it is over. A correction is
        # never older than what it corrects.
        wish = BillsQuery(order.company_id, months=MonthSpan(FIRST_MONTH, Month.of(period.last)))
        return await carrier.bills(wish, offset=offset, limit=PAGE)

    async def payments(offset: int) -> Page[Payment]:
        wish = PaymentsQuery(order.company_id, since)
        return await carrier.payments(wish, offset=offset, limit=PAGE)

    async def enter(entries: list[LedgerEntry], read: int) -> None:
        nonlocal done
        for service, before in balance_before(period.first, entries).items():
            owed[service] += before
        within.extend(entry for entry in entries if entry.day in period)
        done += read
        await progress(done, 0)

    async with aclosing(read_ahead(accounts, unreadable)) as found:
        async for page in found:
            services |= {one.number: one.service for one in page if one.service is not None}
    async with aclosing(read_ahead(bills, unreadable)) as billed:
        async for issued in billed:
            await enter(postings(issued, [], services), len(issued))
    async with aclosing(read_ahead(payments, unreadable)) as received:
        async for paid in received:
            await enter(postings([], paid, services), len(paid))
    refuse_parts(unreadable)
    statement = reconcile(period, as_of, owed, within)
    return await reconciliation_file(
        context.press, context.header(document), statement, context.supplier, order.format, progress
    )


def _conclusion(desk: Desk, statement: Reconciliation, closing: Money) -> str:
    """Who owes whom in the end."""
    day, language = f"{statement.period.last:%d.%m.%Y}", desk.header.language
    if not closing:
        return desk.word(N_("At the end of {day} nobody owes anything.")).format(day=day)
    said = (
        N_("At the end of {day} the customer owes {amount}.")
        if closing.tiyn > 0
        else N_("At the end of {day} the contractor owes {amount}.")
    )
    return desk.word(said).format(day=day, amount=abs(closing).shown(language))


def _summary_columns(desk: Desk) -> Sequence[Column[ServiceBalance]]:
    word = desk.word
    names = {known: word(name) for known, name in SERVICES.items()}
    return (
        Column(word(N_("Service")), Kind.TEXT, 26, lambda row: row.service and names[row.service]),
        Column(word(N_("Opening balance, ₸")), Kind.MONEY, 18, lambda row: row.opening, total=True),
        Column(word(N_("Debit, ₸")), Kind.MONEY, 16, lambda row: row.debit, total=True),
        Column(word(N_("Credit, ₸")), Kind.MONEY, 16, lambda row: row.credit, total=True),
        Column(word(N_("Closing balance, ₸")), Kind.MONEY, 18, lambda row: row.closing, total=True),
    )


def _entry_columns(desk: Desk) -> Sequence[Column[LedgerEntry]]:
    word = desk.word
    names = {known: word(name) for known, name in SERVICES.items()}
    kinds = {known: word(name) for known, name in POSTINGS.items()}
    return (
        Column(word(N_("Date")), Kind.DAY, 13, lambda row: row.day),
        Column(word(N_("Service")), Kind.TEXT, 26, lambda row: names[row.service]),
        Column(word(N_("Posting")), Kind.TEXT, 18, lambda row: kinds[row.posting]),
        Column(word(N_("Document")), Kind.TEXT, 22, lambda row: row.document),
        Column(word(N_("Document date")), Kind.DAY, 13, lambda row: row.dated),
        Column(word(N_("Debit, ₸")), Kind.MONEY, 16, lambda row: row.debit or None, total=True),
        Column(word(N_("Credit, ₸")), Kind.MONEY, 16, lambda row: row.credit or None, total=True),
    )


RECONCILIATION = Report(
    DocumentKind.RECONCILIATION,
    reconciliation,
    N_("Reconciliation statement"),
    N_("6 · Reconciliation"),
)
