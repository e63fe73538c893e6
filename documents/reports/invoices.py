"""Mobile numbers found by an invoice's number (S28)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from account.chapters.billing.bills import Bill, BilledNumber, BillLine, BillsQuery
from account.documents.invoices import billed, bills_query
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters.invoice import Invoice
from account.values.page import Page, Unreadable
from documents.context import PAGE, Report
from documents.layout.blocks import Column, Kind, Prose, Table
from documents.layout.composer import DocumentComposer
from documents.layout.header import DocumentHeader
from documents.layout.notes import LEFT_OUT, NOT_REGISTERED, Note
from documents.render.read_ahead import begun, read_ahead
from documents.reports.labels import NumberWords
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from documents.context import RenderContext
    from documents.render.pool import RenderPool


async def invoice_numbers_file(
    renderer: RenderPool,
    header: DocumentHeader,
    searched: str,
    year: int,
    pages: AsyncIterable[Sequence[BilledNumber]],
    progress: Progress | None = None,
    unreadable: Unreadable | None = None,
    words: NumberWords | None = None,
) -> MadeFile | None:
    """The numbers billed in the invoices found; `searched` is the number that was looked for,
    registration or accounting; None when no invoice was found. An XLSX.

    Raises `DocumentNotMade`, and what reading the pages raises.
    """
    rows = await begun(pages, unreadable)
    if rows is None:
        return None
    composer, words = DocumentComposer(renderer, header), words or NumberWords()
    facts = ((N_("Invoice searched for"), searched), (N_("Invoice year"), str(year)))
    table = Table(
        _columns(composer, words),
        words.looked_up(rows, lambda row: row.msisdn),
        total=composer.word(N_("Total")),
    )
    return await composer.file(
        [
            *composer.top(N_("Numbers by invoice number"), *facts),
            table,
            Prose(words.said(composer)),
            Prose(Note(composer.word(LEFT_OUT), unreadable), strong=True),
        ],
        stem=f"invoice_numbers_{header.bin}_{year}",
        sheet=N_("Numbers"),
        form=DocumentFormat.XLSX,
        progress=progress,
    )


async def invoice_numbers(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the report that was ordered. Raises as a `Maker`."""
    asked = Invoice.read(document.order.parameters)
    query = bills_query(document.order.company_id, asked)
    unreadable = Unreadable()
    async with aclosing(_billed(context.carrier, query, unreadable)) as pages:
        head = context.header(document)
        return await invoice_numbers_file(
            context.renderer,
            head,
            asked.written,
            asked.year,
            pages,
            progress,
            unreadable,
            NumberWords(context.labels, document.order.company_id),
        )


async def _billed(
    carrier: Carrier, query: BillsQuery, unreadable: Unreadable
) -> AsyncGenerator[Sequence[BilledNumber], None]:
    """The numbers of one invoice after the other."""
    async with aclosing(read_ahead(partial(bills_at, carrier, query), unreadable)) as found:
        async for bills in found:
            for bill in bills:
                read = partial(lines_at, carrier, bill)
                async with aclosing(read_ahead(read, unreadable)) as pages:
                    async for lines in pages:
                        yield billed(bill, lines)


async def bills_at(carrier: Carrier, query: BillsQuery, offset: int) -> Page[Bill]:
    """One page of invoices, for `read_ahead`."""
    return await carrier.bills(query, offset=offset, limit=PAGE)


async def lines_at(carrier: Carrier, bill: Bill, offset: int) -> Page[BillLine]:
    """One page of an invoice's lines, for `read_ahead`."""
    return await carrier.bill_lines(bill, offset=offset, limit=PAGE)


def _columns(composer: DocumentComposer, words: NumberWords) -> Sequence[Column[BilledNumber]]:
    word, not_registered = composer.word, composer.word(NOT_REGISTERED)
    return (
        Column(word(N_("Mobile number")), Kind.PHONE, 19, lambda row: row.msisdn),
        Column(word(N_("Account")), Kind.TEXT, 14, lambda row: row.bill.account),
        Column(word(N_("Accounting number")), Kind.TEXT, 22, lambda row: row.bill.number),
        Column(
            word(N_("Registration number")),
            Kind.TEXT,
            38,
            lambda row: row.bill.registration or not_registered,
        ),
        Column(word(N_("Invoice date")), Kind.DAY, 14, lambda row: row.bill.issued),
        Column(word(N_("Amount with VAT, ₸")), Kind.MONEY, 20, lambda row: row.amount, total=True),
        *words.columns(composer, lambda row: row.msisdn),
    )


INVOICES = Report(
    DocumentKind.INVOICE_SEARCH,
    invoice_numbers,
    N_("Search for mobile number by invoice number"),
    N_("1 · By invoice"),
)
