"""A company's own labels and cost centres in its papers: columns, and sums by cost centre (LB-4).

They are those of the day on which the paper is made, whatever the month it tells of (LB-5). Nobody
sees them but who orders for the company: papers that employees may order have none.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from account.chapters.billing.bills import Amounts
from account.values.alphabet import name_order
from account.values.identifiers import Msisdn
from account.values.labels import NO_LABEL, NumberLabel
from account.values.money import Money
from documents.layout.blocks import Column, Kind, Table
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.chapters.billing.bills import BillLine
    from account.chapters.labels import LabelStore
    from documents.layout.composer import DocumentComposer

Row = TypeVar("Row")

LABEL, CENTRE = N_("Label"), N_("Cost centre")
NO_CENTRE = N_("Without cost centre")
NO_NUMBER = N_("Without a number")
AS_OF_NOW = N_("Labels and cost centres are the company's own, as of the day of this file.")


def label_columns(
    composer: DocumentComposer, label: Callable[[Row], NumberLabel]
) -> tuple[Column[Row], Column[Row]]:
    """What a row's number is called, and who pays for it."""
    return (
        Column(composer.word(LABEL), Kind.TEXT, 22, lambda row: label(row).label),
        Column(composer.word(CENTRE), Kind.TEXT, 18, lambda row: label(row).centre),
    )


def label_of(labels: Mapping[str, NumberLabel], msisdn: Msisdn | None) -> NumberLabel:
    """The number's words; none of what is no number, or has left the company (LB-7)."""
    return NO_LABEL if msisdn is None else _seen(labels, msisdn.digits)


def _seen(labels: Mapping[str, NumberLabel], digits: str | None) -> NumberLabel:
    found = labels.get(digits or "", NO_LABEL)
    return NO_LABEL if found.gone else found


class NumberWords:
    """The company's words for the numbers of a table, looked up page by page as it is written.

    Without a store nobody has any, and there are no columns of them.
    """

    def __init__(self, store: LabelStore | None = None, company_id: str = "") -> None:
        self._store = store
        self._company_id = company_id
        self._known: dict[str, NumberLabel] = {}

    async def looked_up(
        self, pages: AsyncIterable[Sequence[Row]], msisdn: Callable[[Row], Msisdn | None]
    ) -> AsyncIterator[Sequence[Row]]:
        """The same pages; the words of their numbers are known when they come."""
        async for page in pages:
            numbers = {one for row in page if (one := msisdn(row)) is not None}
            new = [one for one in numbers if one.digits not in self._known]
            if new and self._store is not None:
                found = await self._store.of(self._company_id, new)
                self._known |= {one.digits: label_of(found, one) for one in new}
            yield page

    def columns(
        self, composer: DocumentComposer, msisdn: Callable[[Row], Msisdn | None]
    ) -> Sequence[Column[Row]]:
        """What a row's number is called, and who pays for it."""
        if self._store is None:
            return ()
        return label_columns(composer, lambda row: label_of(self._known, msisdn(row)))

    def said(self, composer: DocumentComposer) -> Sequence[str]:
        """Of which day they are."""
        return () if self._store is None else (composer.word(AS_OF_NOW),)


def by_centre(
    spent: Iterable[tuple[str | None, Money]], labels: Mapping[str, NumberLabel]
) -> Mapping[str | None, Money]:
    """What numbers (digits) cost, by cost centre; None is that of the numbers without one."""
    sums: dict[str | None, Money] = {}
    for digits, money in spent:
        centre = _seen(labels, digits).centre
        sums[centre] = sums.get(centre, Money(0)) + money
    return {one: sums[one] for one in sorted(sums, key=centre_order)}


def centres_table(
    composer: DocumentComposer, lines: Sequence[BillLine], labels: Mapping[str, NumberLabel]
) -> Table[tuple[str, Amounts]]:
    """An invoice's lines added up by cost centre; charges of no number are a row of their own."""
    word = composer.word
    groups: dict[str, list[BillLine]] = {}
    alone = [line for line in lines if line.msisdn is None]
    of_numbers = [line for line in lines if line.msisdn is not None]
    of_numbers.sort(key=lambda line: centre_order(label_of(labels, line.msisdn).centre))
    for line in (*of_numbers, *alone):
        centre = label_of(labels, line.msisdn).centre or word(NO_CENTRE)
        name = word(NO_NUMBER) if line.msisdn is None else centre
        groups.setdefault(name, []).append(line)
    return Table(
        (
            Column(word(CENTRE), Kind.TEXT, 30, lambda row: row[0]),
            Column(word(N_("Without VAT, ₸")), Kind.MONEY, 16, lambda row: row[1].net, total=True),
            Column(word(N_("VAT, ₸")), Kind.MONEY, 16, lambda row: row[1].vat, total=True),
            Column(word(N_("With VAT, ₸")), Kind.MONEY, 16, lambda row: row[1].gross, total=True),
        ),
        [(name, Amounts.of(group)) for name, group in groups.items()],
        total=word(N_("Total")),
        caption=word(N_("By cost centre")),
        wrapped=True,
    )


def centre_order(centre: str | None) -> tuple[bool, tuple[list[list[tuple[int, int]]], str]]:
    """The key to sort cost centres by: names as a Kazakh list has them, what has none behind."""
    return centre is None, name_order(centre or "")
