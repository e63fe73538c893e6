"""Mobile numbers found by an invoice's number (S28)."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence
from typing import TYPE_CHECKING

from account.bills import BilledNumber
from account.documents import DocumentFormat
from documents.masthead import Desk, Masthead
from documents.pages import begun
from documents.pieces import Column, Kind, Table
from documents.words import N_

if TYPE_CHECKING:
    from account.documents import MadeFile, Progress
    from documents.press import Press


async def invoice_numbers_file(
    press: Press,
    masthead: Masthead,
    searched: str,
    year: int,
    pages: AsyncIterable[Sequence[BilledNumber]],
    progress: Progress | None = None,
) -> MadeFile | None:
    """The numbers billed in the invoices found; `searched` is the number that was looked for,
    registration or accounting; None when no invoice was found. An XLSX.

    Raises `DocumentNotMade`, and what reading the pages raises.
    """
    rows = await begun(pages)
    if rows is None:
        return None
    desk = Desk(press, masthead)
    facts = ((N_("Invoice searched for"), searched), (N_("Invoice year"), str(year)))
    table = Table(_columns(desk), rows, total=desk.word(N_("Total")))
    return await desk.file(
        [*desk.top(N_("Numbers by invoice number"), *facts), table],
        stem=f"invoice_numbers_{masthead.bin}_{year}",
        sheet=N_("Numbers"),
        form=DocumentFormat.XLSX,
        progress=progress,
    )


def _columns(desk: Desk) -> Sequence[Column[BilledNumber]]:
    word = desk.word
    return (
        Column(word(N_("Mobile number")), Kind.TEXT, 19, lambda row: row.msisdn.shown),
        Column(word(N_("Account")), Kind.TEXT, 14, lambda row: row.bill.account),
        Column(word(N_("Accounting number")), Kind.TEXT, 22, lambda row: row.bill.number),
        Column(word(N_("Registration number")), Kind.TEXT, 38, lambda row: row.bill.registration),
        Column(word(N_("Invoice date")), Kind.DAY, 14, lambda row: row.bill.issued),
        Column(word(N_("Amount with VAT, ₸")), Kind.MONEY, 20, lambda row: row.amount, total=True),
    )
