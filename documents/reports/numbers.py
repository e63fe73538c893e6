"""The report on the list of numbers: the columns the guide names (S30, G 455), and ours (LB-4)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from account.chapters.numbers import NumbersQuery
from account.documents.kinds import DocumentFormat, DocumentKind
from account.values.labels import NO_LABEL, NumberLabel
from account.values.money import ZERO, Money
from account.values.number import Number, NumberState, PaymentMethod
from account.values.page import Page, Unreadable
from documents.context import PAGE, Report
from documents.layout.blocks import Column, Kind, Prose, Table
from documents.layout.composer import DocumentComposer
from documents.layout.header import DocumentHeader
from documents.layout.notes import LEFT_OUT, NOT_TOLD, WORD, Note
from documents.render.read_ahead import begun, read_ahead
from documents.reports.labels import AS_OF_NOW, label_columns
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from documents.context import RenderContext
    from documents.render.pool import RenderPool

STATES: Mapping[NumberState, str] = {
    NumberState.ACTIVE: N_("Active"),
    NumberState.BLOCKED: N_("Blocked"),
    NumberState.DEBT: N_("Blocked / Debt"),
    NumberState.BLOCKED_BY_OPERATOR: N_("Blocked by the operator"),
    NumberState.CONNECTING: N_("Being connected"),
    NumberState.CLOSING: N_("Being closed"),
}
METHODS: Mapping[PaymentMethod, str] = {
    PaymentMethod.CREDIT: N_("Credit (postpaid)"),
    PaymentMethod.ADVANCE: N_("Advance (prepaid)"),
    PaymentMethod.OTHER: WORD,
}


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number and the credit limit of its account, which an Advance number has none of."""

    number: Number
    credit_limit: Money | None = None
    above: frozenset[str] = frozenset()
    """Buckets shared with numbers of rows before this one."""
    label: NumberLabel = NO_LABEL

    @property
    def owed(self) -> Money | None:
        """What the customer owes for it; None when it is blocked for a debt that was not told."""
        if self.number.debt is None and self.number.state is NumberState.DEBT:
            return None
        return self.number.debt or ZERO

    @property
    def balance(self) -> Money | None:
        """The money on a prepaid number."""
        return self.number.funds if self.number.payment is PaymentMethod.ADVANCE else None

    @property
    def counted(self) -> Money | None:
        """What of the balance no row before has counted; None when all of it stands there."""
        if self.balance is None or not self.above:
            return self.balance
        there = sum(one.amount.tiyn for one in self.number.shared if one.bucket in self.above)
        return self.balance - Money(there) or None

    @property
    def missing(self) -> int:
        """How many amounts that are added up the operator did not tell."""
        postpaid = self.number.payment is PaymentMethod.CREDIT
        return (self.owed is None) + (not postpaid and self.balance is None)

    @property
    def remaining_limit(self) -> Money | None:
        """What is left of a postpaid number's credit limit."""
        return self.number.funds if self.number.payment is PaymentMethod.CREDIT else None


async def numbers_file(
    renderer: RenderPool,
    header: DocumentHeader,
    pages: AsyncIterable[Sequence[NumberRow]],
    progress: Progress | None = None,
    unreadable: Unreadable | None = None,
) -> MadeFile | None:
    """All numbers of the company, in the order they come; None when it has none. An XLSX.

    Limits are an account's, and several numbers may share one: only what is owed and prepaid
    balances are added up. What the operator did not tell is counted below the total. Raises
    `DocumentNotMade`, and what reading the pages raises.
    """
    rows = await begun(pages, unreadable)
    if rows is None:
        return None
    composer = DocumentComposer(renderer, header)
    missing = Note(composer.word(NOT_TOLD))
    return await composer.file(
        [
            *composer.top(N_("Report on list of numbers")),
            Table(
                _columns(composer),
                missing.counted(rows, lambda row: row.missing),
                total=composer.word(N_("Total")),
            ),
            Prose(missing, strong=True),
            Prose([composer.word(AS_OF_NOW)]),
            Prose(Note(composer.word(LEFT_OUT), unreadable), strong=True),
        ],
        stem=f"numbers_{header.bin}",
        sheet=N_("Numbers"),
        form=DocumentFormat.XLSX,
        progress=progress,
    )


async def numbers(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the report that was ordered. Raises as a `Maker`."""
    unreadable = Unreadable()
    numbers = _with_limits(context, document.order.company_id, unreadable)
    async with aclosing(numbers) as pages:
        return await numbers_file(
            context.renderer, context.header(document), pages, progress, unreadable
        )


async def _with_limits(
    context: RenderContext, company_id: str, unreadable: Unreadable
) -> AsyncGenerator[Sequence[NumberRow], None]:
    """The company's numbers, each with the credit limit of its account and the company's words."""
    carrier = context.carrier

    async def read(offset: int) -> Page[Number]:
        return await carrier.numbers(company_id, NumbersQuery(offset=offset, limit=PAGE))

    shown: set[str] = set()
    async with aclosing(read_ahead(read, unreadable)) as pages:
        async for rows in pages:
            postpaid = {one.account for one in rows if one.payment is PaymentMethod.CREDIT}
            limits: dict[str, Money | None] = {}
            if postpaid:
                found = await carrier.accounts(
                    company_id, sorted(postpaid), offset=0, limit=len(postpaid)
                )
                limits = {account.number: account.credit_limit for account in found.rows}
            labels = await context.labels.of(company_id, [one.msisdn for one in rows])
            made = []
            for one in rows:
                buckets = {part.bucket for part in one.shared}
                limit = limits.get(one.account) if one.payment is PaymentMethod.CREDIT else None
                # It is the company's: the operator says so in this very list.
                own = labels.get(one.msisdn.digits, NO_LABEL)
                made.append(NumberRow(one, limit, frozenset(buckets & shown), own))
                shown |= buckets
            yield made


def _columns(composer: DocumentComposer) -> Sequence[Column[NumberRow]]:
    word = composer.word
    states = {known: word(name) for known, name in STATES.items()}
    methods = {known: word(name) for known, name in METHODS.items()}
    above = word(N_("shared, counted above"))
    return (
        Column(word(N_("Mobile number")), Kind.PHONE, 19, lambda row: row.number.msisdn),
        Column(word(N_("Billing method")), Kind.TEXT, 20, lambda row: _method(row, methods)),
        Column(word(N_("Credit limit, ₸")), Kind.MONEY, 16, lambda row: row.credit_limit),
        Column(
            word(N_("Amount owed by customer, ₸")), Kind.MONEY, 18, lambda row: row.owed, total=True
        ),
        Column(
            word(N_("Balance, ₸")),
            Kind.MONEY,
            16,
            lambda row: row.counted if row.counted or not row.above else above,
            total=True,
        ),
        Column(
            word(N_("Remaining credit limit, ₸")), Kind.MONEY, 18, lambda row: row.remaining_limit
        ),
        Column(word(N_("Tariff")), Kind.TEXT, 28, lambda row: row.number.tariff),
        Column(
            word(N_("Current number status")), Kind.TEXT, 20, lambda row: states[row.number.state]
        ),
        *label_columns(composer, lambda row: row.label),
    )


def _method(row: NumberRow, methods: Mapping[PaymentMethod, str]) -> str:
    """The operator's own word where it is neither of the two."""
    return row.number.payment_told or methods[row.number.payment]


NUMBERS = Report(DocumentKind.NUMBERS, numbers, N_("List of numbers report"), N_("3 · Numbers"))
