"""The invoice register of whole months (S32)."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from account.chapters.billing.bills import Bill, BillsQuery
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters.months import Months
from account.errors import CarrierUnavailable
from account.values.page import Page, Unreadable
from documents.context import PAGE, Report
from documents.layout.blocks import Block, Column, Kind, Prose, Table
from documents.layout.composer import DocumentComposer
from documents.layout.header import DocumentHeader
from documents.layout.notes import LEFT_OUT, NOT_REGISTERED, NOT_TOLD, WORD, Note, or_word
from documents.layout.rates import rate_cell
from documents.render.read_ahead import begun, read_ahead
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.chapters.billing.parties import Supplier
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from account.values.money import Money
    from account.values.periods import MonthSpan
    from documents.context import RenderContext
    from documents.render.pool import RenderPool

COUNTED = 500
"""So many invoices of one register are asked for the number of their lines: each is a question."""


async def register_file(
    renderer: RenderPool,
    header: DocumentHeader,
    months: MonthSpan,
    pages: AsyncIterable[Sequence[Bill]],
    supplier: Supplier,
    form: DocumentFormat = DocumentFormat.XLSX,
    progress: Progress | None = None,
    unreadable: Unreadable | None = None,
    *,
    registered: bool = True,
) -> MadeFile | None:
    """The company's invoices of `months`, in the order they come; None when there are none.

    Raises `DocumentNotMade`, and what reading the pages raises.
    """
    rows = await begun(pages, unreadable)
    if rows is None:
        return None
    composer = DocumentComposer(renderer, header)
    return await composer.file(
        register_pieces(composer, months, rows, supplier, form, unreadable, registered=registered),
        stem=register_stem(header, months),
        sheet=REGISTER.title,
        form=form,
        progress=progress,
    )


def register_stem(header: DocumentHeader, months: MonthSpan) -> str:
    """The name of its file."""
    return f"register_{header.bin}_{months.first}_{months.last}"


def register_pieces(
    composer: DocumentComposer,
    months: MonthSpan,
    rows: AsyncIterable[Sequence[Bill]],
    supplier: Supplier,
    form: DocumentFormat,
    unreadable: Unreadable | None = None,
    *,
    registered: bool = True,
) -> Sequence[Block[Any]]:
    """Head and table; the table takes the rows as it is written.

    Where invoices are `registered` with no portal there is no word of their numbers there.
    """
    missing = Note(composer.word(NOT_TOLD))
    by_whom = f"{supplier.name}, {composer.word(N_('BIN'))} {supplier.bin.digits}"
    return [
        *composer.top(REGISTER.title, (N_("Contractor"), by_whom), period=months.period),
        Table(
            _columns(composer, supplier, form, registered=registered),
            missing.counted(rows, lambda bill: bill.missing),
            total=composer.word(N_("Total")),
        ),
        Prose(missing, strong=True),
        Prose(Note(composer.word(LEFT_OUT), unreadable), strong=True),
    ]


async def register(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the report that was ordered. Raises as a `Maker`."""
    order = document.order
    months = Months.read(order.parameters).span
    query = BillsQuery(order.company_id, months=months)

    asked = 0

    async def counted(bill: Bill) -> Bill:
        """With the lines that the list of them has, where the bill does not say how many."""
        nonlocal asked
        if bill.lines is not None or order.format is not DocumentFormat.XLSX or asked >= COUNTED:
            return bill
        asked += 1
        with suppress(CarrierUnavailable):
            lines = await context.carrier.bill_lines(bill, offset=0, limit=1)
            return replace(bill, lines=lines.total)
        return bill

    async def read(offset: int) -> Page[Bill]:
        page = await context.carrier.bills(query, offset=offset, limit=PAGE)
        return replace(page, rows=tuple([await counted(bill) for bill in page.rows]))

    unreadable = Unreadable()
    async with aclosing(read_ahead(read, unreadable)) as pages:
        head = context.header(document)
        return await register_file(
            context.renderer,
            head,
            months,
            pages,
            context.supplier,
            order.format,
            progress,
            unreadable,
            registered=context.registers_invoices,
        )


def _columns(
    composer: DocumentComposer, supplier: Supplier, form: DocumentFormat, *, registered: bool
) -> Sequence[Column[Bill]]:
    """What other books are matched by; in print without what the head says for all rows."""
    word, not_told = composer.word, composer.word(WORD)
    unregistered = composer.word(NOT_REGISTERED)

    def amount(
        heading: str, value: Callable[[Bill], Money | None], *, width: int = 16
    ) -> Column[Bill]:
        return Column(
            word(heading),
            Kind.MONEY,
            width,
            lambda bill: or_word(value(bill), not_told),
            total=True,
        )

    def registration(bill: Bill) -> str:
        return bill.registration or unregistered

    def due(bill: Bill) -> date | str | None:
        return bill.due or (None if bill.correction else not_told)

    number = Column(word(N_("Registration number")), Kind.TEXT, 28, registration)
    numbers = (number,) if registered else ()
    of_print: tuple[Column[Bill], ...] = (
        Column(word(N_("Invoice")), Kind.TEXT, 22, lambda bill: bill.number),
        Column(word(N_("Kind")), Kind.TEXT, 24, partial(kind_of_invoice, composer)),
        *numbers,
        Column(word(N_("Invoice date")), Kind.DAY, 14, lambda bill: bill.issued),
        Column(word(N_("Turnover date")), Kind.DAY, 14, lambda bill: bill.turnover),
        Column(word(N_("Due date")), Kind.DAY, 14, due),
        Column(word(N_("Account")), Kind.TEXT, 14, lambda bill: bill.account),
        amount(N_("Without VAT, ₸"), lambda bill: bill.net),
        Column(
            word(N_("VAT rate, %")),
            Kind.PIECES,
            11,
            lambda bill: rate_cell(composer, bill.vat_rates),
        ),
        amount(N_("VAT, ₸"), lambda bill: bill.vat, width=15),
        amount(N_("With VAT, ₸"), lambda bill: bill.gross),
        amount(N_("Paid, ₸"), lambda bill: bill.paid),
        amount(N_("Due, ₸"), lambda bill: bill.unpaid, width=15),
    )
    if form is not DocumentFormat.XLSX:
        return of_print
    return (
        *of_print,
        Column(
            word(N_("Lines")),
            Kind.PIECES,
            9,
            lambda bill: or_word(bill.lines, not_told),
            total=True,
        ),
        Column(word(N_("Month")), Kind.TEXT, 11, lambda bill: bill.month.shown),
        Column(
            word(N_("Corrects invoice")),
            Kind.TEXT,
            22,
            lambda bill: bill.corrects or (not_told if bill.correction else None),
        ),
        Column(word(N_("Supplier's BIN")), Kind.TEXT, 15, lambda _: supplier.bin.digits),
        Column(word(N_("Customer's BIN")), Kind.TEXT, 15, lambda _: composer.header.bin),
    )


def kind_of_invoice(composer: DocumentComposer, bill: Bill) -> str:
    """`Invoice`, or what a correction corrects."""
    if not bill.correction:
        return composer.word(N_("Invoice"))
    if bill.corrects is None:
        return composer.word(N_("Correction"))
    return composer.word(N_("Correction of № {number}")).format(number=bill.corrects)


REGISTER = Report(DocumentKind.REGISTER, register, N_("Invoice register"), N_("5 · Register"))
