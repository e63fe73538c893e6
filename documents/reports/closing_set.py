"""What is signed and booked of a month, for all accounts of the company at once (S31, S32).

The certificates with their breakdowns are those that are ordered one by one, read and set by the
same functions; the register stands before them, and behind it, for a company that has cost
centres, what these cost: in the print, and as a workbook in an archive. Bound they are one print,
in which each paper counts its own pages; apart they are files of an archive, with a workbook that
says what each account costs and which file it is. A paper that cannot be made is named with the
reason, and the others are there. What outgrows a message goes on in the next one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from account.chapters.billing.bills import Bill, BillsQuery, Certificate
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.orders import MadeFile
from account.documents.parameters.base import AFTER
from account.documents.parameters.months import AllAccounts
from account.errors import (
    CarrierNotReached,
    CarrierUnavailable,
    DocumentNotMade,
    FiguresDisagree,
    FiguresIncomplete,
    MyAccountError,
)
from account.values.page import Page, Unreadable
from account.values.periods import MonthSpan
from documents.context import PAGE, Report
from documents.layout.blocks import Block, NextPaper, Prose, Title
from documents.layout.composer import DocumentComposer
from documents.layout.header import in_latin
from documents.render.archive import Archive
from documents.render.read_ahead import read_ahead
from documents.render.workbook import HEAVIEST
from documents.reports import cost_centres
from documents.reports.certificate import (
    certificate_blocks,
    certificate_file,
    certificate_stem,
    read_certificate,
)
from documents.reports.closing_list import ListedAccount, list_file
from documents.reports.contract import is_last_try
from documents.reports.cost_centres import (
    MonthCharges,
    cost_centre_blocks,
    cost_centre_stem,
    read_lines,
)
from documents.reports.register import register_file, register_pieces, register_stem
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.chapters.billing.accounts import Account
    from account.chapters.billing.parties import Customer
    from account.documents.document import Document
    from account.documents.orders import Progress
    from documents.context import RenderContext
    from documents.render.pool import RenderPool

BOUND_PAPERS, BOUND_LINES = 100, 5_000
"""So many papers, and lines of theirs, are bound together; more go into another print."""
ROOM_FOR_LIST = 1_000_000
"""Bytes kept free for the workbook, which comes last."""
_PDF = DocumentFormat.PDF

_NOT_OF_COMPANY = N_("not made: it is no account of the company now")
_NOT_MADE: dict[type[MyAccountError], str] = {
    FiguresDisagree: N_("not made: the operator's figures do not add up"),
    FiguresIncomplete: N_("not made: some of the operator's figures are missing"),
    CarrierUnavailable: N_("not made: the operator did not answer"),
    DocumentNotMade: N_("not made because of a fault on our side"),
}


@dataclass(slots=True)
class _ClosingSet:
    """One file of the set being put together; without an archive it is one print."""

    context: RenderContext
    renderer: RenderPool
    document: Document
    tell: Progress
    asked: AllAccounts
    composer: DocumentComposer
    archive: Archive | None
    unreadable: Unreadable = field(default_factory=Unreadable)
    """Accounts that could not be read."""
    unread_bills: Unreadable = field(default_factory=Unreadable)
    bills: list[Bill] = field(default_factory=list)
    listed: list[ListedAccount] = field(default_factory=list)
    charges: MonthCharges | None = None
    """What the month's invoices charge; None where nobody has a cost centre."""
    fault: MyAccountError | None = None
    papers: list[Certificate] = field(default_factory=list)
    """Those that are not bound yet."""
    weight: int = 0
    """Their bytes apart: bound they have no more."""
    prints: int = 0
    made: int = 0
    place: int = 0
    total: int = 0

    async def file(self) -> MadeFile | None:
        """The file; None when nothing was billed to anybody."""
        own = await self._accounts()
        billed = await self._billed()
        names = sorted({*own, *billed}, key=_in_order)
        if self.asked.after is not None:
            names = [one for one in names if _in_order(one) > _in_order(self.asked.after)]
        elif self.bills and await self.context.labels.centres(self._company):
            self.charges = MonthCharges()
            self.charges.unreadable.rows = self.unread_bills.rows
            await read_lines(self.context, self.bills, self.charges, self._alive, whole=False)
        customer = await self.context.carrier.customer(self._company)
        self.total = len(names)
        for self.place, account in enumerate(names):
            await self._alive()
            one = ListedAccount(account, billed.get(account, []))
            self.listed.append(one)
            if account not in own:
                one.fault = _NOT_OF_COMPANY
            elif not await self._take(one, customer):
                self.listed.pop()
                return await self._finished({AFTER: names[self.place - 1]})
        return await self._finished(None)

    async def _accounts(self) -> set[str]:
        found: set[str] = set()

        async def read(offset: int) -> Page[Account]:
            carrier = self.context.carrier
            return await carrier.accounts(self._company, None, offset=offset, limit=PAGE)

        async with aclosing(read_ahead(read, self.unreadable)) as pages:
            async for page in pages:
                found.update(one.number for one in page)
                await self._alive()
        return found

    async def _billed(self) -> dict[str, list[Bill]]:
        found: dict[str, list[Bill]] = {}
        query = BillsQuery(self._company, months=self._months)

        async def read(offset: int) -> Page[Bill]:
            return await self.context.carrier.bills(query, offset=offset, limit=PAGE)

        async with aclosing(read_ahead(read, self.unread_bills)) as pages:
            async for page in pages:
                self.bills += page
                for bill in page:
                    found.setdefault(bill.account, []).append(bill)
                await self._alive()
        return found

    async def _take(self, one: ListedAccount, customer: Customer) -> bool:
        """Put an account's paper where it belongs, or note why not; False: it has no room."""
        try:
            paper = await self._read(one.account, customer)
            if paper is None:
                return True
            single = b""
            if self.archive is not None:
                head = self.composer.header
                made = await certificate_file(self.renderer, head, paper, _PDF, self._alive)
                single = made.content[0 : len(made.content)]
        except CarrierNotReached:
            raise
        except (CarrierUnavailable, DocumentNotMade) as fault:
            self.fault = self.fault or fault
            one.fault = next(said for kind, said in _NOT_MADE.items() if isinstance(fault, kind))
            return True
        if self.papers and self._is_bound(paper):
            if self.archive is None:
                return False
            await self._bind(self.archive)
        if self.archive is not None:
            heavy = len(self.archive) + self.weight + 2 * len(single) + ROOM_FOR_LIST
            if self.made and heavy > HEAVIEST:
                return False
            one.file = f"{certificate_stem(paper)}.pdf"
            self.archive.pack(one.file, single)
        self.papers.append(paper)
        self.weight += len(single)
        self.made += 1
        return True

    async def _read(self, account: str, customer: Customer) -> Certificate | None:
        """The paper; an operator that stumbles over one account is asked once more."""
        asked = (self.context, self._company, account, self.asked.month, self._alive, customer)
        try:
            return await read_certificate(*asked, last_try=is_last_try(self.document))
        except CarrierNotReached:
            raise
        except CarrierUnavailable:
            return await read_certificate(*asked, last_try=True)

    def _is_bound(self, paper: Certificate) -> bool:
        """Whether no more go into the present print."""
        lines = sum(len(one.lines) for one in (*self.papers, paper))
        return len(self.papers) >= BOUND_PAPERS or lines > BOUND_LINES

    async def _bind(self, archive: Archive) -> None:
        """The papers that wait as one print, into the archive."""
        number = f"_{self.prints + 1}" if self.prints else ""
        stem = in_latin(f"bound_{self._of_what}{self._since}{number}")
        archive.pack(f"{stem}.pdf", await self._print(stem))

    async def _print(self, stem: str) -> bytes:
        blocks: list[Block[Any]] = []
        if not self.prints and self.asked.after is None and self.bills:
            blocks += [
                NextPaper(register_stem(self.composer.header, self._months)),
                *self._register,
            ]
            if self.charges is not None:
                centres = cost_centre_stem(self.composer.header, self.asked.month)
                blocks += [NextPaper(centres), *await self._cost_centres(self.charges)]
        for paper in self.papers:
            blocks += [
                NextPaper(certificate_stem(paper)),
                *certificate_blocks(self.composer, paper),
            ]
        if lines := [f"{one.account}: {self.composer.word(one.fault)}" for one in self._missing]:
            said = Title(self.composer.word(N_("Accounts without a certificate")))
            blocks += [NextPaper(stem), said, Prose(lines)]
        self.prints += 1
        self.papers, self.weight = [], 0
        made = await self.composer.file(
            blocks,
            stem=stem,
            sheet=CLOSING_SET.title,
            form=_PDF,
            title=CLOSING_SET.title,
            progress=self._alive,
        )
        return made.content[0 : len(made.content)]

    async def _finished(self, rest: dict[str, str] | None) -> MadeFile | None:
        missing = tuple(one.account for one in self._missing)
        if not self.made:
            if self.fault is not None:
                raise self.fault
            if not missing:
                return None
            raise FiguresIncomplete("no paper could be made")
        left = self.total - self.place if rest is not None else 0
        stem = in_latin(f"closing_{self._of_what}{self._since}")
        content: Any
        if self.archive is None:
            content = await self._print(stem)
        else:
            await self._bind(self.archive)
            if self.asked.after is None and self.bills:
                await self._add_register(self.archive)
                if self.charges is not None:
                    await self._add_cost_centres(self.archive, self.charges)
            listed = await list_file(
                self.composer,
                self.asked.month,
                self.listed,
                in_latin(f"accounts_{self._of_what}{self._since}"),
                self.unreadable.rows + self.unread_bills.rows,
                registered=self.context.registers_invoices,
            )
            self.archive.pack(listed.name, listed.content[0 : len(listed.content)])
            content = self.archive.whole()
        await self.tell(self.made, self.made + len(missing) + left)
        name = f"{stem}.{self.document.order.format.value}"
        return MadeFile(content, name, self.made, missing, rest)

    async def _add_register(self, archive: Archive) -> None:
        made = await register_file(
            self.renderer,
            self.composer.header,
            self._months,
            self._pages(),
            self.context.supplier,
            _PDF,
            self._alive,
            self.unread_bills,
            registered=self.context.registers_invoices,
        )
        if made is not None:
            archive.pack(made.name, made.content[0 : len(made.content)])

    async def _add_cost_centres(self, archive: Archive, charges: MonthCharges) -> None:
        made = await self.composer.file(
            await self._cost_centres(charges),
            stem=cost_centre_stem(self.composer.header, self.asked.month),
            sheet=cost_centres.TITLE,
            form=DocumentFormat.XLSX,
            progress=self._alive,
        )
        archive.pack(made.name, made.content[0 : len(made.content)])

    async def _cost_centres(self, charges: MonthCharges) -> Sequence[Block[Any]]:
        return await cost_centre_blocks(
            self.context, self.composer, self.asked.month, charges, self._company
        )

    @property
    def _register(self) -> Sequence[Block[Any]]:
        return register_pieces(
            self.composer,
            self._months,
            self._pages(),
            self.context.supplier,
            _PDF,
            self.unread_bills,
            registered=self.context.registers_invoices,
        )

    async def _pages(self) -> AsyncIterator[Sequence[Bill]]:
        for begin in range(0, len(self.bills), PAGE):
            yield self.bills[begin : begin + PAGE]

    @property
    def _missing(self) -> list[ListedAccount]:
        return [one for one in self.listed if one.fault]

    @property
    def _company(self) -> str:
        return self.document.order.company_id

    @property
    def _months(self) -> MonthSpan:
        return MonthSpan(self.asked.month, self.asked.month)

    @property
    def _of_what(self) -> str:
        return f"{self.composer.header.bin}_{self.asked.month}"

    @property
    def _since(self) -> str:
        return f"_after_{self.asked.after}" if self.asked.after else ""

    async def _alive(self, _done: int = 0, _total: int = 0) -> None:
        """Keep the claim and say how far it is, in accounts."""
        await self.tell(self.place, self.total)


async def closing_set(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the set that was ordered; None when nothing was billed to any account.

    Raises as a `Maker`. An account's own fault is none of the set's, as long as one paper is made.
    """
    order = document.order
    asked = AllAccounts.read(order.parameters)
    packed = order.format is DocumentFormat.ZIP
    async with context.renderer.gentle() as renderer:
        head = context.header(document)
        return await _ClosingSet(
            context=context,
            renderer=renderer,
            document=document,
            tell=progress,
            asked=asked,
            composer=DocumentComposer(renderer, head),
            archive=Archive(head.made_at) if packed else None,
        ).file()


def _in_order(account: str) -> tuple[int, str]:
    """Numbers by their value, whatever else by its letters."""
    return len(account), account


CLOSING_SET = Report(DocumentKind.CLOSING_SET, closing_set, N_("Closing documents of all accounts"))
