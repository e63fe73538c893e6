"""A company's own labels and cost centres in its papers: columns, and sums by cost centre (LB-4).

They are those of the day on which the paper is made, whatever the month it tells of (LB-5). Nobody
sees them but who orders for the company: papers that employees may order have none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    """The number's words; none of what is no number."""
    return NO_LABEL if msisdn is None else labels.get(msisdn.digits, NO_LABEL)


def by_centre(
    spent: Iterable[tuple[str | None, Money]], labels: Mapping[str, NumberLabel]
) -> Mapping[str | None, Money]:
    """What numbers (digits) cost, by cost centre; None is that of the numbers without one."""
    sums: dict[str | None, Money] = {}
    for digits, money in spent:
        centre = labels.get(digits or "", NO_LABEL).centre
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
