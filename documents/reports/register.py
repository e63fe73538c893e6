"""The invoice register of whole months (S32)."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from account.chapters.billing.bills import Bill, BillsQuery
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters import Months
from account.values.page import Page, Unreadable
from documents.context import PAGE, Report
from documents.layout.blocks import Column, Kind, Prose, Table
from documents.layout.header import Desk, DocumentHeader
from documents.layout.notes import LEFT_OUT, NOT_TOLD, WORD, Note, or_word
from documents.render.read_ahead import begun, read_ahead
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from account.values.periods import MonthSpan
    from documents.context import RenderContext
    from documents.render.pool import RenderPool


async def register_file(
    press: RenderPool,
    header: DocumentHeader,
    months: MonthSpan,
    pages: AsyncIterable[Sequence[Bill]],
    form: DocumentFormat = DocumentFormat.XLSX,
    progress: Progress | None = None,
    unreadable: Unreadable | None = None,
) -> MadeFile | None:
    """The company's invoices of `months`, in the order they come; None when there are none.

    Raises `DocumentNotMade`, and what reading the pages raises.
    """
    rows = await begun(pages, unreadable)
    if rows is None:
        return None
    desk = Desk(press, header)
    title = REGISTER.title
    missing = Note(desk.word(NOT_TOLD))
    return await desk.file(
        [
            *desk.top(title, period=months.period),
            Table(
                _columns(desk),
                missing.counted(rows, lambda bill: bill.missing),
                total=desk.word(N_("Total")),
            ),
            Prose(missing, strong=True),
            Prose(Note(desk.word(LEFT_OUT), unreadable), strong=True),
        ],
        stem=f"register_{header.bin}_{months.first}_{months.last}",
        sheet=title,
        form=form,
        progress=progress,
    )


async def register(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the report that was ordered. Raises as a `Maker`."""
    order = document.order
    months = Months.read(order.parameters).span
    wish = BillsQuery(order.company_id, months=months)

    async def read(offset: int) -> Page[Bill]:
        return await context.carrier.bills(wish, offset=offset, limit=PAGE)

    unreadable = Unreadable()
    async with aclosing(read_ahead(read, unreadable)) as pages:
        head = context.header(document)
        return await register_file(
            context.press, head, months, pages, order.format, progress, unreadable
        )


def _columns(desk: Desk) -> Sequence[Column[Bill]]:
    word, not_told = desk.word, desk.word(WORD)
    return (
        Column(word(N_("Invoice")), Kind.TEXT, 22, lambda bill: bill.number),
        Column(word(N_("Invoice date")), Kind.DAY, 13, lambda bill: bill.issued),
        Column(word(N_("Month")), Kind.TEXT, 11, lambda bill: bill.month.shown),
        Column(word(N_("Account")), Kind.TEXT, 14, lambda bill: bill.account),
        Column(
            word(N_("Lines")),
            Kind.PIECES,
            9,
            lambda bill: or_word(bill.lines, not_told),
            total=True,
        ),
        Column(
            word(N_("Without VAT, ₸")),
            Kind.MONEY,
            17,
            lambda bill: or_word(bill.net, not_told),
            total=True,
        ),
        Column(word(N_("VAT rate, %")), Kind.PIECES, 10, lambda bill: bill.rate),
        Column(
            word(N_("VAT, ₸")), Kind.MONEY, 15, lambda bill: or_word(bill.vat, not_told), total=True
        ),
        Column(word(N_("With VAT, ₸")), Kind.MONEY, 17, lambda bill: bill.gross, total=True),
        Column(
            word(N_("Paid, ₸")),
            Kind.MONEY,
            17,
            lambda bill: or_word(bill.paid, not_told),
            total=True,
        ),
        Column(
            word(N_("Due, ₸")),
            Kind.MONEY,
            16,
            lambda bill: or_word(bill.unpaid, not_told),
            total=True,
        ),
    )


REGISTER = Report(DocumentKind.REGISTER, register, N_("Invoice register"), N_("5 · Register"))
