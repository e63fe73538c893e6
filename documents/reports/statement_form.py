"""The form of the reconciliation statement, as accountants of the country sign it (S33).

Balances stand as debit or credit, never with a sign; beside what the contractor's books say there
is room for the customer's. What rests on rows that could not be read is no paper to sign, and has
no place for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from account.chapters.billing.accounts import ServiceLine
from account.documents.kinds import DocumentFormat
from account.documents.reconciliation import (
    Balance,
    MonthBalance,
    PostedEntry,
    Posting,
    Reconciliation,
    ServiceBalance,
)
from account.values.money import Money
from account.values.periods import shown_day
from documents.layout.blocks import Column, Kind, NextPart, Prose, Signatures, Table, Title
from documents.layout.header import shown_days, shown_with_zone
from documents.layout.notes import NOT_REGISTERED, WORD
from documents.text.amount_words import amount
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.chapters.billing.parties import Contract, Supplier
    from documents.layout.blocks import Block
    from documents.layout.composer import DocumentComposer

SERVICES: Mapping[ServiceLine, str] = {
    ServiceLine.MOBILE: N_("Mobile communications"),
    ServiceLine.FIXED_INTERNET: N_("Fixed Internet"),
    ServiceLine.AUTO_MONITORING: N_("Auto Monitoring"),
    ServiceLine.TELEMETRY: N_("Telemetry"),
    ServiceLine.CONTRACT_PHONE: N_("Contract Phone"),
    ServiceLine.OTHER: N_("Other services"),
}
POSTINGS: Mapping[Posting, str] = {
    Posting.INVOICE: N_("Invoice"),
    Posting.PAYMENT: N_("Payment"),
    Posting.CORRECTION: N_("Correction"),
}
_PLACE, _DAY = N_("Place of signing"), N_("Date of signing")
_DEBIT, _CREDIT = N_("Debit, ₸"), N_("Credit, ₸")


def statement_pieces(
    composer: DocumentComposer,
    title: str,
    statement: Reconciliation,
    supplier: Supplier,
    form: DocumentFormat,
    *,
    registered: bool = True,
) -> Sequence[Block[Any]]:
    """The statement and, as a part of its own, its postings.

    Where invoices are `registered` with no portal there is no word of their numbers there.

    A workbook has each balance as one figure too, below zero where it is a credit: to count with.
    """
    signed = form is DocumentFormat.XLSX
    word, header = composer.word, composer.header
    contractor = supplier.named(header.language)
    contracts = "; ".join(_contract(composer, one) for one in statement.contracts) or word(WORD)
    facts = (
        (N_("Contractor"), f"{contractor}, {word(N_('BIN'))} {supplier.bin.digits}"),
        (N_("Contract"), contracts),
        (N_("Basis"), word(N_("the contract, and the invoices and payments among the postings"))),
    )
    compared = word(
        N_(
            "{contractor} and {customer} have drawn up this statement of their mutual settlements "
            "of {period}."
        )
    ).format(contractor=contractor, customer=header.company, period=shown_days(statement.period))
    valid = word(N_("Data valid as of {moment}.")).format(moment=shown_with_zone(statement.as_of))
    return (
        *composer.top(title, *facts, period=statement.period),
        Prose([compared, valid]),
        Prose(_incomplete(composer, statement), strong=True),
        Table(
            _balances(
                composer,
                _first(composer, N_("Service"), _service(composer)),
                every_sum=True,
                signed=signed,
            ),
            statement.balances,
            total=word(N_("Total")),
            wrapped=True,
        ),
        Table(
            _balances(
                composer, _first(composer, N_("Month"), _month), every_sum=False, signed=signed
            ),
            statement.months,
            total=word(N_("Total")),
            caption=word(N_("By month")),
            wrapped=True,
        ),
        _two_books(composer, statement),
        Prose([_conclusion(composer, statement)], strong=True),
        *_signed(composer, statement, contractor),
        composer.foot(),
        NextPart(word(N_("Postings"))),
        Title(word(N_("Postings of the period"))),
        Table(
            _entry_columns(composer, registered=registered),
            statement.posted,
            total=word(N_("Total")),
        ),
    )


def _contract(composer: DocumentComposer, contract: Contract) -> str:
    if contract.signed is None:
        return f"№ {contract.number}"
    return composer.word(N_("№ {number} of {day}")).format(
        number=contract.number, day=shown_day(contract.signed)
    )


def _incomplete(composer: DocumentComposer, statement: Reconciliation) -> list[str]:
    if not statement.left_out:
        return []
    said = N_(
        "Not for signing: {n} records of the operator could not be read and are not in this "
        "statement, so its balances are not final."
    )
    return [composer.word(said).format(n=statement.left_out)]


def _signed(
    composer: DocumentComposer, statement: Reconciliation, contractor: str
) -> Sequence[Prose | Signatures]:
    if statement.left_out:
        return ()
    word = composer.word
    return (
        Prose([f"{word(label)}: {'_' * 30}" for label in (_PLACE, _DAY)]),
        Signatures(
            (
                (word(N_("For the contractor")), contractor),
                (word(N_("For the customer")), composer.header.company),
            ),
            (word(N_("position, signature, full name")), word(N_("place of the seal"))),
        ),
    )


def _conclusion(composer: DocumentComposer, statement: Reconciliation) -> str:
    """Who owes whom in the end, in figures and in words."""
    closing = statement.total.closing
    day, language = shown_day(statement.period.last), composer.header.language
    if not closing:
        return composer.word(N_("At the end of {day} nobody owes anything.")).format(day=day)
    said = (
        N_("At the end of {day} the customer owes {amount}.")
        if closing.tiyn > 0
        else N_("At the end of {day} the contractor owes {amount}.")
    )
    owed = abs(closing)
    in_words = f"{owed.shown(language)} ({amount(owed, language)})"
    return composer.word(said).format(day=day, amount=in_words)


# --- Balances as debit or credit ---


def as_debit(balance: Money) -> Money | None:
    """A balance that the company owes, or nothing."""
    return balance if balance.tiyn >= 0 else None


def as_credit(balance: Money) -> Money | None:
    """A balance that is owed to the company."""
    return -balance if balance.tiyn < 0 else None


def _first(
    composer: DocumentComposer, heading: str, value: Callable[[Any], str]
) -> Column[Balance]:
    return Column(composer.word(heading), Kind.TEXT, 26, value)


def _service(composer: DocumentComposer) -> Callable[[ServiceBalance], str]:
    names = {known: composer.word(name) for known, name in SERVICES.items()}
    return lambda row: names[row.service] if row.service is not None else ""


def _month(row: MonthBalance) -> str:
    return row.month.shown


def _balances(
    composer: DocumentComposer, first: Column[Balance], *, every_sum: bool, signed: bool
) -> Sequence[Column[Balance]]:
    """Opening, turnover and closing; balances of months do not add up, those of services do."""

    def column(
        heading: str, value: Callable[[Balance], Money | None], *, total: bool = True
    ) -> Column[Balance]:
        return Column(composer.word(heading), Kind.MONEY, 17, value, total=total)

    signs = (
        column(N_("Opening balance, ₸"), lambda row: row.opening, total=every_sum),
        column(N_("Closing balance, ₸"), lambda row: row.closing, total=every_sum),
    )
    return (
        first,
        column(N_("Opening debit, ₸"), lambda row: as_debit(row.opening), total=every_sum),
        column(N_("Opening credit, ₸"), lambda row: as_credit(row.opening), total=every_sum),
        column(_DEBIT, lambda row: row.debit),
        column(_CREDIT, lambda row: row.credit),
        column(N_("Closing debit, ₸"), lambda row: as_debit(row.closing), total=every_sum),
        column(N_("Closing credit, ₸"), lambda row: as_credit(row.closing), total=every_sum),
        *(signs if signed else ()),
    )


def _two_books(
    composer: DocumentComposer, statement: Reconciliation
) -> Table[tuple[str, Money | None]]:
    """The closing balance by the contractor's books, with room for the customer's."""
    word = composer.word
    caption = word(N_("Closing balance at the end of {day}"))
    return Table(
        (
            Column(word(N_("By whose books")), Kind.TEXT, 26, lambda row: row[0]),
            Column(word(_DEBIT), Kind.MONEY, 17, lambda row: row[1] and as_debit(row[1])),
            Column(word(_CREDIT), Kind.MONEY, 17, lambda row: row[1] and as_credit(row[1])),
        ),
        [
            (word(N_("Contractor")), statement.total.closing),
            (word(N_("Customer")), None),
            (word(N_("Difference")), None),
        ],
        caption=caption.format(day=shown_day(statement.period.last)),
        wrapped=True,
    )


def _entry_columns(
    composer: DocumentComposer, *, registered: bool
) -> Sequence[Column[PostedEntry]]:
    word, unregistered = composer.word, composer.word(NOT_REGISTERED)
    names = {known: word(name) for known, name in SERVICES.items()}
    kinds = {known: word(name) for known, name in POSTINGS.items()}

    def posting(row: PostedEntry) -> str:
        bill = row.entry.bill
        if bill is None or bill.corrects is None:
            return kinds[row.entry.posting]
        return word(N_("Correction of № {number}")).format(number=bill.corrects)

    def registration(row: PostedEntry) -> str | None:
        bill = row.entry.bill
        return None if bill is None else bill.registration or unregistered

    def money(
        heading: str, value: Callable[[PostedEntry], Money | None], *, total: bool = False
    ) -> Column[PostedEntry]:
        return Column(word(heading), Kind.MONEY, 15, value, total=total)

    number = Column(word(N_("Registration number")), Kind.TEXT, 24, registration)
    numbers = (number,) if registered else ()
    return (
        Column(word(N_("Date")), Kind.DAY, 13, lambda row: row.entry.day),
        Column(word(N_("Service")), Kind.TEXT, 20, lambda row: names[row.entry.service]),
        Column(word(N_("Posting")), Kind.TEXT, 16, posting),
        Column(word(N_("Document")), Kind.TEXT, 22, lambda row: row.entry.document),
        Column(word(N_("Document date")), Kind.DAY, 13, lambda row: row.entry.dated),
        *numbers,
        money(_DEBIT, lambda row: row.entry.debit or None, total=True),
        money(_CREDIT, lambda row: row.entry.credit or None, total=True),
        money(N_("Balance, debit, ₸"), lambda row: as_debit(row.balance)),
        money(N_("Balance, credit, ₸"), lambda row: as_credit(row.balance)),
        money(N_("By the customer, debit, ₸"), lambda _: None),
        money(N_("By the customer, credit, ₸"), lambda _: None),
    )
