"""The act about a correction of a month that a certificate was made of (S31).

It has the head and the signatures of form R-1, names the invoice and what corrects it, and tells
the sums before, by how much they change, and after. Several corrections follow each other, each
beginning where the former one ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from account.values.money import Money
from account.values.periods import shown_day
from documents.layout.blocks import Block, Column, Facts, Kind, NextPart, Prose, Table
from documents.layout.header import shown_days
from documents.layout.notes import WORD
from documents.reports.form_r1 import form_head, form_signatures
from documents.text.amount_words import amount
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.chapters.billing.bills import Bill, Certificate
    from documents.layout.composer import DocumentComposer


@dataclass(frozen=True, slots=True)
class _Sums:
    """What was billed; net and VAT are None where the operator does not tell them."""

    net: Money | None
    vat: Money | None
    gross: Money

    @classmethod
    def of(cls, bill: Bill) -> _Sums:
        return cls(bill.net, bill.vat, bill.gross)

    def changed_by(self, change: _Sums) -> _Sums:
        return _Sums(
            _added(self.net, change.net), _added(self.vat, change.vat), self.gross + change.gross
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """Sums, and by which document they are."""

    name: str
    document: str | None
    day: date | None
    sums: _Sums


def corrective_acts(composer: DocumentComposer, certificate: Certificate) -> Iterator[Block[Any]]:
    """An act for each correction of the month, oldest first, each a part of its own."""
    before = _Sums.of(certificate.bill)
    for note in sorted(certificate.corrections, key=lambda one: (one.issued, one.number)):
        change = _Sums.of(note)
        after = before.changed_by(change)
        yield NextPart(composer.apart()[0].word(N_("Corrective act")))
        yield from _act(composer, certificate, note, (before, change, after))
        before = after


def _act(
    composer: DocumentComposer,
    certificate: Certificate,
    note: Bill,
    sums: tuple[_Sums, _Sums, _Sums],
) -> Iterator[Block[Any]]:
    word, bill = composer.word, certificate.bill
    yield form_head(
        composer,
        certificate,
        note.number,
        note.issued,
        N_("Corrective act to the service delivery certificate"),
    )
    to_what = word(N_("№ {number} of {day}")).format(
        number=bill.number, day=shown_day(certificate.signed_on)
    )
    yield Facts(
        [
            (word(N_("Certificate")), to_what),
            (word(N_("Period")), shown_days(bill.period)),
            (word(N_("Account")), bill.account),
            (word(N_("Invoice")), bill.registration or bill.number),
            (word(N_("Correction")), note.registration or note.number),
        ]
    )
    names = N_("Before the correction"), N_("Difference"), N_("After the correction")
    by_what = (bill.number, certificate.signed_on), (note.number, note.issued), (None, None)
    yield Table(
        (
            Column(word(N_("Sums")), Kind.TEXT, 27, lambda row: row.name),
            Column(word(N_("Document")), Kind.TEXT, 24, lambda row: row.document),
            Column(word(N_("Document date")), Kind.DAY, 14, lambda row: row.day),
            _column(composer, N_("Without VAT, ₸"), lambda one: one.net),
            _column(composer, N_("VAT, ₸"), lambda one: one.vat),
            _column(composer, N_("With VAT, ₸"), lambda one: one.gross),
        ),
        [
            _Row(word(name), number, day, told)
            for name, (number, day), told in zip(names, by_what, sums, strict=True)
        ],
        wrapped=True,
    )
    yield Prose([said for one in composer.apart() for said in _changed(one, sums)], strong=True)
    yield from composer.translated()
    yield Prose([one.word(N_("This is an unsigned copy.")) for one in composer.apart()])
    yield form_signatures(composer, certificate)


def _changed(composer: DocumentComposer, sums: tuple[_Sums, _Sums, _Sums]) -> Iterator[str]:
    """By how much, in figures and in words."""
    _before, change, after = (one.gross for one in sums)
    language = composer.header.language
    less = N_("The cost of the month is less by {amount} ({words}).")
    more = N_("The cost of the month is more by {amount} ({words}).")
    said = composer.word(less if change.tiyn < 0 else more)
    by = abs(change)
    yield said.format(amount=by.shown(language), words=amount(by, language))
    now = composer.word(N_("After the correction it is {amount}."))
    yield now.format(amount=after.shown(language))


def _column(
    composer: DocumentComposer, heading: str, value: Callable[[_Sums], Money | None]
) -> Column[_Row]:
    def cell(row: _Row) -> Money | str:
        told = value(row.sums)
        return composer.word(WORD) if told is None else told

    return Column(composer.word(heading), Kind.MONEY, 20, cell)


def _added(one: Money | None, other: Money | None) -> Money | None:
    return None if one is None or other is None else one + other
