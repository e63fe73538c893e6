"""The workbook of a closing set: what each account costs, and which file it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from account.chapters.billing.bills import Bill
from account.documents.kinds import DocumentFormat
from account.values.money import Money
from account.values.page import Unreadable
from documents.layout.blocks import Column, Kind, Prose, Table
from documents.layout.notes import LEFT_OUT, NOT_REGISTERED, NOT_TOLD, WORD, Note
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.documents.orders import MadeFile
    from account.values.periods import Month
    from documents.layout.composer import DocumentComposer

_NOTHING = N_("nothing was billed")
_WITH_ACT = N_("with corrective act № {number}")


@dataclass(slots=True)
class ListedAccount:
    """An account: its invoice of the month and what corrects it; its file, or why there is none.

    `fault` is English, for gettext.
    """

    account: str
    bills: Sequence[Bill]
    file: str = ""
    fault: str = ""

    @property
    def invoices(self) -> list[Bill]:
        """Those that are no corrections; but for a fault of the operator's it is one at most."""
        return [bill for bill in self.bills if not bill.correction]

    def summed(self, figure: Callable[[Bill], Money | None]) -> Money | None:
        """A figure of the invoices; None where one does not tell it, or there is none."""
        return _sum([figure(bill) for bill in self.invoices])

    @property
    def acts(self) -> list[Bill]:
        """The corrections that have an act in its file."""
        own = self.invoices
        return [note for note in self.bills if self.file and own and own[0].is_corrected_by(note)]

    @property
    def corrections(self) -> Money | None:
        """What was corrected, VAT included."""
        return _sum([bill.gross for bill in self.bills if bill.correction])

    @property
    def in_all(self) -> Money | None:
        """What the month costs now, VAT included."""
        return _sum([bill.gross for bill in self.bills])

    @property
    def untold(self) -> int:
        """How many sums of the invoices the operator does not tell."""
        figures = (lambda bill: bill.net, lambda bill: bill.vat)
        return sum(bool(self.invoices) and self.summed(one) is None for one in figures)


async def list_file(
    composer: DocumentComposer,
    month: Month,
    accounts: Sequence[ListedAccount],
    stem: str,
    left_out: int,
    *,
    registered: bool = True,
) -> MadeFile:
    """The workbook; `left_out` rows of the operator's could not be read. Raises as a `Maker`."""
    title = N_("Accounts of the month")
    unread, untold = Unreadable(), Note(composer.word(NOT_TOLD))
    unread.rows = left_out

    async def rows() -> AsyncIterator[Sequence[ListedAccount]]:
        yield accounts

    return await composer.file(
        [
            *composer.top(title, period=month.period),
            Table(
                _columns(composer, registered=registered),
                untold.counted(rows(), lambda one: one.untold),
                total=composer.word(N_("Total")),
            ),
            Prose(untold, strong=True),
            Prose(Note(composer.word(LEFT_OUT), unread), strong=True),
        ],
        stem=stem,
        sheet=title,
        form=DocumentFormat.XLSX,
    )


def _columns(composer: DocumentComposer, *, registered: bool) -> Sequence[Column[ListedAccount]]:
    word = composer.word

    def amount(
        heading: str, value: Callable[[ListedAccount], Money | None]
    ) -> Column[ListedAccount]:
        def cell(one: ListedAccount) -> Money | str | None:
            told = value(one)
            return word(WORD) if told is None and one.invoices else told

        return Column(word(heading), Kind.MONEY, 18, cell, total=True)

    def registration(one: ListedAccount) -> str:
        return ", ".join(bill.registration or word(NOT_REGISTERED) for bill in one.invoices)

    def note(one: ListedAccount) -> str | None:
        if one.fault:
            return word(one.fault)
        if not one.invoices:
            return word(_NOTHING)
        acts = ", ".join(bill.number for bill in one.acts)
        return word(_WITH_ACT).format(number=acts) if acts else None

    number = Column(word(N_("Registration number")), Kind.TEXT, 42, registration)
    numbers = (number,) if registered else ()
    return (
        Column(word(N_("Account")), Kind.TEXT, 14, lambda one: one.account),
        Column(word(N_("Invoice")), Kind.TEXT, 20, _numbers),
        *numbers,
        amount(N_("Without VAT, ₸"), lambda one: one.summed(lambda bill: bill.net)),
        amount(N_("VAT, ₸"), lambda one: one.summed(lambda bill: bill.vat)),
        amount(N_("With VAT, ₸"), lambda one: one.summed(lambda bill: bill.gross)),
        Column(word(N_("Corrections, ₸")), Kind.MONEY, 16, lambda one: one.corrections, total=True),
        Column(word(N_("With corrections, ₸")), Kind.MONEY, 20, lambda one: one.in_all, total=True),
        Column(word(N_("File")), Kind.TEXT, 36, lambda one: one.file),
        Column(word(N_("Note")), Kind.TEXT, 44, note),
    )


def _numbers(one: ListedAccount) -> str:
    return ", ".join(bill.number for bill in one.invoices)


def _sum(figures: Sequence[Money | None]) -> Money | None:
    told = [figure.tiyn for figure in figures if figure is not None]
    return Money(sum(told)) if told and len(told) == len(figures) else None
