"""What was paid, as a file: by the company (S35) or for one number (S26)."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from account.chapters.payments import Payment, PaymentMeans, PaymentsQuery, PaymentState
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters.days import HistoryDays
from account.values.page import Page, Unreadable
from documents.context import PAGE, Report
from documents.layout.blocks import Column, Kind, Prose, Table
from documents.layout.composer import DocumentComposer
from documents.layout.header import DocumentHeader, in_file_name
from documents.layout.notes import LEFT_OUT, Note
from documents.render.read_ahead import begun, read_ahead
from documents.reports.labels import NumberWords
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from account.values.identifiers import Msisdn
    from account.values.periods import Period
    from documents.context import RenderContext
    from documents.render.pool import RenderPool

MEANS: Mapping[PaymentMeans, str] = {
    PaymentMeans.BANK_TRANSFER: N_("Bank transfer"),
    PaymentMeans.CARD: N_("Bank card"),
    PaymentMeans.WALLET: N_("Digital wallet"),
    PaymentMeans.CASH: N_("Cash"),
    PaymentMeans.BALANCE_TRANSFER: N_("Balance transfer"),
    PaymentMeans.OTHER: N_("Other"),
}
STATES: Mapping[PaymentState, str] = {
    PaymentState.DONE: N_("Received"),
    PaymentState.PENDING: N_("Pending"),
    PaymentState.CANCELLED: N_("Cancelled"),
    PaymentState.FAILED: N_("Not received"),
    PaymentState.UNKNOWN: N_("Not told"),
}


async def payments_file(
    renderer: RenderPool,
    header: DocumentHeader,
    period: Period,
    pages: AsyncIterable[Sequence[Payment]],
    number: Msisdn | None = None,
    form: DocumentFormat = DocumentFormat.XLSX,
    progress: Progress | None = None,
    unreadable: Unreadable | None = None,
    words: NumberWords | None = None,
) -> MadeFile | None:
    """The payments of a period, with `number` those of one number; None when there are none.

    Only payments that were received add to the total. Raises `DocumentNotMade`, and what reading
    the pages raises.
    """
    rows = await begun(pages, unreadable)
    if rows is None:
        return None
    composer, words = DocumentComposer(renderer, header), words or NumberWords()
    if form is not DocumentFormat.XLSX:
        # A page of print has no room for two columns more.
        words = NumberWords()
    facts = [] if number is None else [(N_("Number"), number.shown)]
    title = N_("Payments of the company") if number is None else N_("Payments of the number")
    table = Table(
        [*_columns(composer), *words.columns(composer, lambda paid: paid.number)],
        words.looked_up(rows, lambda paid: paid.number),
        total=composer.word(N_("Total received")),
    )
    note = Prose(
        [
            composer.word(N_("Only payments that were received are in the total.")),
            composer.word(N_("Balance transfers between the company's numbers are not in it.")),
            *words.said(composer),
        ]
    )
    whose = header.bin if number is None else number.digits
    left_out = Prose(Note(composer.word(LEFT_OUT), unreadable), strong=True)
    return await composer.file(
        [*composer.top(title, *facts, period=period), table, note, left_out],
        stem=f"payments_{whose}_{in_file_name(period)}",
        sheet=N_("Payments"),
        form=form,
        progress=progress,
    )


async def payments(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the report that was ordered. Raises as a `Maker`."""
    order = document.order
    asked = HistoryDays.read(order.parameters)
    period, number = asked.period, asked.msisdn
    query = PaymentsQuery(order.company_id, period, number)

    async def read(offset: int) -> Page[Payment]:
        return await context.carrier.payments(query, offset=offset, limit=PAGE)

    unreadable = Unreadable()
    async with aclosing(read_ahead(read, unreadable)) as pages:
        head = context.header(document)
        return await payments_file(
            context.renderer,
            head,
            period,
            pages,
            number,
            order.format,
            progress,
            unreadable,
            NumberWords(context.labels, order.company_id),
        )


def _columns(composer: DocumentComposer) -> Sequence[Column[Payment]]:
    means = {known: composer.word(name) for known, name in MEANS.items()}
    states = {known: composer.word(name) for known, name in STATES.items()}
    return (
        Column(composer.word(N_("Date and time")), Kind.MOMENT, 24, lambda paid: paid.at),
        Column(composer.word(N_("Account")), Kind.TEXT, 14, lambda paid: paid.account),
        Column(composer.word(N_("Number")), Kind.PHONE, 24, lambda paid: paid.number),
        Column(composer.word(N_("Method")), Kind.TEXT, 20, lambda paid: means[paid.means]),
        Column(composer.word(N_("Channel")), Kind.TEXT, 13, lambda paid: paid.channel),
        Column(composer.word(N_("Payment order")), Kind.TEXT, 16, lambda paid: paid.document),
        Column(composer.word(N_("Payment order date")), Kind.DAY, 19, lambda paid: paid.dated),
        Column(composer.word(N_("Paid for")), Kind.TEXT, 22, lambda paid: paid.purpose),
        Column(composer.word(N_("Status")), Kind.TEXT, 13, lambda paid: states[paid.state]),
        Column(composer.word(N_("Amount, ₸")), Kind.MONEY, 16, lambda paid: paid.amount),
        Column(
            composer.word(N_("Received, ₸")), Kind.MONEY, 16, lambda paid: paid.counted, total=True
        ),
    )


PAYMENTS = Report(DocumentKind.PAYMENTS, payments, N_("Payments report"), N_("8 · Payments"))
