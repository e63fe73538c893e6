"""What the workbook and the print of usage details share: the order read, the words, the sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from account.chapters.usage import (
    Direction,
    UsageKind,
    UsageQuery,
    UsageRecord,
    UsageService,
)
from account.documents.parameters.days import UsageDays
from account.values.money import ExactSum, Money
from account.values.page import Unreadable
from documents.reports.labels import CENTRE, LABEL
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.documents.document import Document
    from account.values.labels import NumberLabel

KINDS: Mapping[UsageKind, str] = {
    UsageKind.EVERYTHING: N_("All types"),
    UsageKind.CALLS: N_("Calls"),
    UsageKind.SMS: N_("SMS and MMS"),
    UsageKind.DATA: N_("Data (internet)"),
    UsageKind.OTHER: N_("Other charges"),
}
DIRECTIONS: Mapping[Direction, str | None] = {
    Direction.OUT: N_("Outgoing"),
    Direction.IN: N_("Incoming"),
    Direction.NONE: None,
}
SERVICES: Mapping[UsageService, str] = {
    UsageService.ONNET: N_("Calls within Kcell/activ network"),
    UsageService.OFFNET: N_("Calls to other KZ mobiles"),
    UsageService.LANDLINE: N_("Calls to KZ landline numbers"),
    UsageService.INTERNATIONAL: N_("International calls"),
    UsageService.ROAMING: N_("Calls in roaming"),
    UsageService.INCOMING: N_("Incoming calls"),
    UsageService.INTERNET: N_("Internet"),
    UsageService.DATA_ROAMING: N_("Internet in roaming"),
    UsageService.SMS: N_("SMS"),
    UsageService.MMS: N_("MMS"),
}


def service_word(record: UsageRecord, word: Callable[[str], str]) -> str | None:
    """What it was for, in the reader's language; what has no words there, as the operator says."""
    return record.service if record.service_kind is None else word(SERVICES[record.service_kind])


_OWN_LABEL, _OWN_CENTRE = "own_label", "own_centre"
"""Beside the parameters of an order while its file is made, and nowhere kept."""

UNRATED = N_("not yet rated")
"""In the place of a cost: a record without a price is not free of charge."""


@dataclass(slots=True)
class Sum:
    """Running totals of a type; amounts in their own units. What is `unrated` is not in `cost`."""

    records: int = 0
    seconds: int = 0
    bytes: int = 0
    pieces: int = 0
    unrated: int = 0
    cost: ExactSum = field(default_factory=ExactSum)

    def add(self, record: UsageRecord) -> None:
        """Take one record."""
        self.records += 1
        if record.cost is None:
            self.unrated += 1
        else:
            self.cost.add(record.cost, record.finer)
        if record.kind is UsageKind.CALLS:
            self.seconds += record.amount
        elif record.kind is UsageKind.DATA:
            self.bytes += record.amount
        else:
            self.pieces += record.amount

    @property
    def priced(self) -> Money | None:
        """What the rated ones cost; None when none of them is rated."""
        return None if 0 < self.unrated == self.records else self.cost.shown

    def __iadd__(self, other: Sum) -> Self:
        self.records += other.records
        self.seconds += other.seconds
        self.bytes += other.bytes
        self.pieces += other.pieces
        self.unrated += other.unrated
        self.cost.merge(other.cost)
        return self


@dataclass(slots=True)
class Tally:
    """Sums by type, filled by the writing thread; `records` is read by the event loop too."""

    by_kind: dict[UsageKind, Sum] = field(default_factory=dict)
    records: int = 0
    unreadable: Unreadable = field(default_factory=Unreadable)

    def take(self, page: Sequence[UsageRecord]) -> None:
        """Take a page of records."""
        sums = self.by_kind
        for record in page:
            of_kind = sums.get(record.kind)
            if of_kind is None:
                of_kind = sums[record.kind] = Sum()
            of_kind.add(record)
        self.records += len(page)

    @property
    def in_all(self) -> Sum:
        """The sum over all types."""
        total = Sum()
        for part in self.by_kind.values():
            total += part
        return total


def asked(document: Document) -> UsageQuery:
    """What the order asks for."""
    asked = UsageDays.read(document.order.parameters)
    return UsageQuery(asked.days.msisdn, asked.days.period, asked.kind)


def with_words(document: Document, label: NumberLabel) -> Document:
    """The document to be made, with the company's own words for its number beside the order's."""
    own = {_OWN_LABEL: label.label, _OWN_CENTRE: label.centre}
    told = {name: said for name, said in own.items() if said is not None}
    order = document.order
    return replace(document, order=replace(order, parameters={**order.parameters, **told}))


def own_words(document: Document) -> list[tuple[str, str]]:
    """What the company calls the number, and who pays for it: labels (English) and values."""
    told = document.order.parameters
    named = ((LABEL, _OWN_LABEL), (CENTRE, _OWN_CENTRE))
    return [(label, told[name]) for label, name in named if name in told]


def stem(query: UsageQuery) -> str:
    """`usage_77012115526_2021-12-24_2022-01-24`."""
    period = query.period
    return f"usage_{query.msisdn.digits}_{period.first.isoformat()}_{period.last.isoformat()}"
