"""The reconciliation statement (S33): a summary by service, and every posting below it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from account.chapters.billing.accounts import ServiceLine
from account.chapters.billing.bills import BillsQuery
from account.chapters.payments import PaymentsQuery
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters.days import StatementDays
from account.documents.reconciliation import (
    LedgerEntry,
    Reconciliation,
    balance_before,
    postings,
    reconcile,
    undecided,
)
from account.values.money import ZERO
from account.values.page import Page, Unreadable
from account.values.periods import FIRST_MONTH, Month, MonthSpan, Period
from documents.context import PAGE, Report
from documents.layout.composer import DocumentComposer
from documents.layout.header import DocumentHeader, in_file_name
from documents.render.read_ahead import read_ahead, refuse_parts
from documents.reports.contract import contract_of, is_last_try
from documents.reports.statement_form import statement_pieces
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.chapters.billing.accounts import Account
    from account.chapters.billing.bills import Bill
    from account.chapters.billing.parties import Contract, Supplier
    from account.chapters.payments import Payment
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from documents.context import RenderContext
    from documents.render.pool import RenderPool

_MOST_CONTRACTS = 20
"""Accounts whose contract is asked for; each is a question or two."""


async def reconciliation_file(
    renderer: RenderPool,
    header: DocumentHeader,
    statement: Reconciliation,
    supplier: Supplier,
    form: DocumentFormat,
    progress: Progress | None = None,
    *,
    registered: bool = True,
) -> MadeFile | None:
    """The statement; None when nothing was owed and nothing happened (G-16).

    Raises `DocumentNotMade`.
    """
    if statement.empty:
        return None
    title = N_("Reconciliation statement")
    composer = DocumentComposer(renderer, header)
    return await composer.file(
        statement_pieces(composer, title, statement, supplier, form, registered=registered),
        stem=f"reconciliation_{header.bin}_{in_file_name(statement.period)}",
        sheet=title,
        form=form,
        progress=progress,
    )


async def reconciliation(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the statement that was ordered. Raises as a `Maker`.

    The ledger is read from the operator's first paper on, so that the opening balance is a sum and
    no guess; only the period's entries are kept. What rests on a part of the ledger says so and
    cannot be signed; where nothing could be read there is no statement (`FiguresIncomplete`).
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
        query = BillsQuery(order.company_id, months=MonthSpan(FIRST_MONTH, Month.of(period.last)))
        return await carrier.bills(query, offset=offset, limit=PAGE)

    async def payments(offset: int) -> Page[Payment]:
        query = PaymentsQuery(order.company_id, since)
        return await carrier.payments(query, offset=offset, limit=PAGE)

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
            unreadable.rows += undecided(paid, services)
            await enter(postings([], paid, services), len(paid))
    statement = replace(
        reconcile(period, as_of, owed, within),
        left_out=unreadable.rows,
        contracts=await _contracts(carrier, document, sorted(services)),
    )
    if statement.empty:
        refuse_parts(unreadable)
    return await reconciliation_file(
        context.renderer,
        context.header(document),
        statement,
        context.supplier,
        order.format,
        progress,
        registered=context.registers_invoices,
    )


async def _contracts(
    carrier: Carrier, document: Document, accounts: Sequence[str]
) -> tuple[Contract, ...]:
    """The contracts of the accounts, each once; none of very many accounts."""
    if len(accounts) > _MOST_CONTRACTS:
        return ()
    company_id, last_try = document.order.company_id, is_last_try(document)
    found = [
        await contract_of(carrier, company_id, account, last_try=last_try) for account in accounts
    ]
    return tuple(dict.fromkeys(one for one in found if one is not None))


RECONCILIATION = Report(
    DocumentKind.RECONCILIATION,
    reconciliation,
    N_("Reconciliation statement"),
    N_("6 · Reconciliation"),
)
