"""What the numbers of the company cost in a month, by cost centre and by label (LB-4).

Charges of the invoices' lines, added up twice: by cost centre, with a row of the numbers that have
none, and number by number. Both make the sum of the month's invoices to the tiyn: what belongs to
no number, and what the operator does not break down, are rows of their own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from account.chapters.billing.bills import BillsQuery
from account.documents.kinds import DocumentKind
from account.documents.parameters.months import OneMonth
from account.errors import CarrierNotReached, CarrierUnavailable
from account.values.labels import NO_LABEL, NumberLabel
from account.values.money import Money
from account.values.page import Unreadable
from account.values.periods import MonthSpan
from documents.context import Report
from documents.layout.blocks import Block, Column, Kind, NextPart, Prose, Table
from documents.layout.composer import DocumentComposer
from documents.layout.header import DocumentHeader
from documents.layout.notes import LEFT_OUT, NOT_TOLD, WORD, Note, or_word
from documents.render.read_ahead import read_ahead, refuse_parts
from documents.reports.invoices import bills_at, lines_at
from documents.reports.labels import (
    AS_OF_NOW,
    CENTRE,
    NO_CENTRE,
    NO_NUMBER,
    centre_order,
    label_columns,
    label_of,
)
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.chapters.billing.bills import Bill, BillLine
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from account.values.identifiers import Msisdn
    from account.values.periods import Month
    from documents.context import RenderContext
    from documents.layout.blocks import Value

TITLE = N_("Spend by cost centre")
NOT_BROKEN_DOWN = N_("Not broken down by number")
BY_NUMBER = N_("By number")


@dataclass(slots=True)
class Charges:
    """A sum of lines in whole tiyn; net or VAT is None once a line does not tell it."""

    net: int | None = 0
    vat: int | None = 0
    gross: int = 0

    def add(self, net: Money | None, vat: Money | None, gross: Money) -> None:
        """Take one line, or one invoice."""
        self.net = None if net is None or self.net is None else self.net + net.tiyn
        self.vat = None if vat is None or self.vat is None else self.vat + vat.tiyn
        self.gross += gross.tiyn

    def merge(self, other: Charges, sign: int = 1) -> None:
        """Take a whole sum, or take it away."""
        known = self.net is not None and other.net is not None
        self.net = (self.net or 0) + sign * (other.net or 0) if known else None
        known = self.vat is not None and other.vat is not None
        self.vat = (self.vat or 0) + sign * (other.vat or 0) if known else None
        self.gross += sign * other.gross

    @property
    def missing(self) -> int:
        """How many of its figures the operator did not tell."""
        return (self.net is None) + (self.vat is None)


@dataclass(slots=True)
class MonthCharges:
    """What a month's invoices charge: each number, no number, and all invoices together."""

    billed: Charges = field(default_factory=Charges)
    alone: Charges | None = None
    """What belongs to no number."""
    numbers: dict[Msisdn, Charges] = field(default_factory=dict)
    invoices: int = 0
    unreadable: Unreadable = field(default_factory=Unreadable)

    def invoice(self, bill: Bill) -> None:
        """Take an invoice's own sums."""
        self.billed.add(bill.net, bill.vat, bill.gross)
        self.invoices += 1

    def line(self, line: BillLine) -> None:
        """Take one of its lines."""
        if line.msisdn is None:
            self.alone = self.alone or Charges()
            self.alone.add(line.net, line.vat, line.gross)
        else:
            self.numbers.setdefault(line.msisdn, Charges()).add(line.net, line.vat, line.gross)

    @property
    def rest(self) -> Charges | None:
        """What the invoices charge beyond their lines; None when that is nothing."""
        rest = Charges()
        rest.merge(self.billed)
        for part in (*self.numbers.values(), *([self.alone] if self.alone else [])):
            rest.merge(part, -1)
        return rest if rest.gross else None


@dataclass(frozen=True, slots=True)
class CentreRow:
    """One row of the sums: a name in the person's language, and how many numbers it has."""

    name: str
    charges: Charges
    numbers: int | None = None


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number with the company's words for it; `name` stands in the place of no number."""

    msisdn: Msisdn | None
    charges: Charges
    label: NumberLabel = NO_LABEL
    name: str = ""


async def cost_centres(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the report that was ordered; None where nothing was billed. Raises as a `Maker`."""
    order = document.order
    month = OneMonth.read(order.parameters).month
    charges, bills = MonthCharges(), list[Any]()
    query = BillsQuery(order.company_id, months=MonthSpan(month, month))
    read = partial(bills_at, context.carrier, query)
    async with aclosing(read_ahead(read, charges.unreadable)) as pages:
        async for page in pages:
            bills += page
            await progress(0, 0)
    await read_lines(context, bills, charges, progress)
    if not bills:
        refuse_parts(charges.unreadable)
        return None
    head = context.header(document)
    composer = DocumentComposer(context.renderer, head)
    return await composer.file(
        await cost_centre_blocks(context, composer, month, charges, order.company_id),
        stem=cost_centre_stem(head, month),
        sheet=TITLE,
        form=order.format,
        progress=progress,
    )


def cost_centre_stem(header: DocumentHeader, month: Month) -> str:
    """The name of its file."""
    return f"cost_centres_{header.bin}_{month}"


async def read_lines(
    context: RenderContext,
    bills: Sequence[Bill],
    charges: MonthCharges,
    progress: Progress,
    *,
    whole: bool = True,
) -> None:
    """Add up the invoices and their lines.

    Lines that the operator does not give now raise `CarrierUnavailable`; of a report that needs
    not be `whole` their invoice is not broken down.
    """
    done = 0
    for bill in bills:
        charges.invoice(bill)
        lines: list[BillLine] = []
        read = partial(lines_at, context.carrier, bill)
        try:
            async with aclosing(read_ahead(read, charges.unreadable)) as pages:
                async for page in pages:
                    lines += page
                    await progress(done + len(lines), 0)
        except CarrierNotReached:
            raise
        except CarrierUnavailable:
            if whole:
                raise
            continue
        for line in lines:
            charges.line(line)
        done += len(lines)


async def cost_centre_blocks(
    context: RenderContext,
    composer: DocumentComposer,
    month: Month,
    charges: MonthCharges,
    company_id: str,
) -> Sequence[Block[Any]]:
    """Head, the sums by cost centre, and a part with every number."""
    word = composer.word
    labels = await context.labels.of(company_id, list(charges.numbers))
    rows = _number_rows(composer, charges, labels)
    not_told = Note(word(NOT_TOLD))

    async def pages() -> AsyncIterator[Sequence[NumberRow]]:
        yield rows

    return [
        *composer.top(TITLE, period=month.period),
        Table(
            (
                Column(word(CENTRE), Kind.TEXT, 34, lambda row: row.name),
                Column(word(N_("Numbers")), Kind.PIECES, 14, lambda row: row.numbers, total=True),
                *_sums(composer, lambda row: row.charges),
            ),
            _centre_rows(composer, charges, labels),
            total=word(N_("Total")),
            wrapped=True,
        ),
        Prose([word(AS_OF_NOW)]),
        NextPart(composer.apart()[0].word(BY_NUMBER)),
        *composer.top(BY_NUMBER, period=month.period)[:1],
        Table(
            (
                Column(word(N_("Mobile number")), Kind.PHONE, 19, lambda row: row.msisdn),
                *label_columns(composer, lambda row: row.label),
                Column(word(N_("Note")), Kind.TEXT, 26, lambda row: row.name or None),
                *_sums(composer, lambda row: row.charges),
            ),
            not_told.counted(pages(), lambda row: row.charges.missing),
            total=word(N_("Total")),
        ),
        Prose(not_told, strong=True),
        Prose(Note(word(LEFT_OUT), charges.unreadable), strong=True),
    ]


def _sums(
    composer: DocumentComposer, charges: Callable[[Any], Charges]
) -> tuple[Column[Any], Column[Any], Column[Any]]:
    word, not_told = composer.word, composer.word(WORD)

    def amount(tiyn: int | None) -> Value:
        return or_word(None if tiyn is None else Money(tiyn), not_told)

    return (
        Column(
            word(N_("Without VAT, ₸")),
            Kind.MONEY,
            18,
            lambda row: amount(charges(row).net),
            total=True,
        ),
        Column(
            word(N_("VAT, ₸")), Kind.MONEY, 16, lambda row: amount(charges(row).vat), total=True
        ),
        Column(
            word(N_("With VAT, ₸")),
            Kind.MONEY,
            18,
            lambda row: amount(charges(row).gross),
            total=True,
        ),
    )


def _centre_rows(
    composer: DocumentComposer, charges: MonthCharges, labels: Mapping[str, NumberLabel]
) -> list[CentreRow]:
    """The cost centres by name, then the numbers without one, then what is no number's."""
    sums: dict[str | None, Charges] = {}
    numbers: dict[str | None, int] = {}
    for msisdn, own in charges.numbers.items():
        centre = label_of(labels, msisdn).centre
        sums.setdefault(centre, Charges()).merge(own)
        numbers[centre] = numbers.get(centre, 0) + 1
    named = sorted(sums, key=centre_order)
    return [
        *(
            CentreRow(one or composer.word(NO_CENTRE), sums[one], numbers=numbers[one])
            for one in named
        ),
        *(CentreRow(name, one) for name, one in _apart(composer, charges)),
    ]


def _number_rows(
    composer: DocumentComposer, charges: MonthCharges, labels: Mapping[str, NumberLabel]
) -> list[NumberRow]:
    """Number after number, cost centre by cost centre; then what is no number's."""
    rows = [
        NumberRow(msisdn, own, label_of(labels, msisdn)) for msisdn, own in charges.numbers.items()
    ]
    rows.sort(key=lambda row: (centre_order(row.label.centre), row.msisdn and row.msisdn.digits))
    return [*rows, *(NumberRow(None, one, name=name) for name, one in _apart(composer, charges))]


def _apart(composer: DocumentComposer, charges: MonthCharges) -> list[tuple[str, Charges]]:
    found = [(NO_NUMBER, charges.alone), (NOT_BROKEN_DOWN, charges.rest)]
    return [(composer.word(name), one) for name, one in found if one is not None]


COST_CENTRES = Report(DocumentKind.COST_CENTRES, cost_centres, TITLE)
