"""Usage details of one number as a workbook (S13, G-15).

Two sheets: the records, and the totals per type, which are known only when the last record is
written. Rows flow from the operator's pages through a thread into the file; neither the event loop
nor memory ever holds the whole report. Totals are figures, not formulas: a telephone's preview and
a protected window show what is in the file and calculate nothing.
"""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING, Self, TypeAlias

from rustpy_xlsxwriter import Format, validate_sheet_name, write_worksheets

from account.documents import MadeFile
from account.identifiers import Msisdn
from account.money import Money
from account.periods import ALMATY, Period, shown_day, shown_moment, today
from account.usage import Direction, UsageKind, UsageRecord, UsageWish
from documents import cells
from documents.feed import PageFeed
from documents.words import N_

if TYPE_CHECKING:
    from account.documents import Document, Progress
    from account.ports import Clock
    from account.usage import Usage
    from documents.words import Words

Cell: TypeAlias = str | float | datetime | None
Rows: TypeAlias = Iterator[dict[str, Cell]]

TELL_EVERY = timedelta(seconds=1)
LONGEST = 1_000_000
"""Records in one file: a sheet ends at 1,048,576 rows, a Telegram document at 50 MB."""

KINDS: Mapping[UsageKind, str] = {
    UsageKind.EVERYTHING: N_("All types"),
    UsageKind.CALLS: N_("Calls"),
    UsageKind.SMS: N_("SMS and MMS"),
    UsageKind.DATA: N_("Data"),
    UsageKind.OTHER: N_("Other charges"),
}
DIRECTIONS: Mapping[Direction, str | None] = {
    Direction.OUT: N_("Outgoing"),
    Direction.IN: N_("Incoming"),
    Direction.NONE: None,
}

MOMENT = N_("Date and time")
TYPE = N_("Type")
DIRECTION = N_("Direction")
PARTY = N_("Other party")
DURATION = N_("Duration, h:mm:ss")
VOLUME = N_("Volume, MB")
PIECES = N_("Quantity, pcs")
COST = N_("Cost, ₸")
ROAMING = N_("Roaming")
SERVICE = N_("Service")
RECORDS = N_("Records")


@dataclass(frozen=True, slots=True)
class _Column:
    """A heading (English), the number format of its cells, its width in characters."""

    heading: str
    format: str
    width: float

    @property
    def look(self) -> Format:
        """Text stands off the figures before it; moments are read from the left like text."""
        look = Format().set_num_format(self.format)
        if self.format in {cells.TEXT, cells.MOMENT}:
            look.set_align("left").set_indent(1)
        return look


RECORD_COLUMNS = (
    _Column(MOMENT, cells.MOMENT, 21),
    _Column(TYPE, cells.TEXT, 18),
    _Column(DIRECTION, cells.TEXT, 13),
    _Column(PARTY, cells.TEXT, 24),
    _Column(DURATION, cells.DURATION, 19),
    _Column(VOLUME, cells.MEGABYTES, 14),
    _Column(PIECES, cells.PIECES, 16),
    _Column(COST, cells.MONEY, 14),
    _Column(ROAMING, cells.TEXT, 16),
    _Column(SERVICE, cells.TEXT, 32),
)
TOTAL_COLUMNS = (
    _Column(TYPE, cells.TEXT, 20),
    _Column(RECORDS, cells.PIECES, 12),
    _Column(DURATION, cells.DURATION, 19),
    _Column(VOLUME, cells.MEGABYTES, 14),
    _Column(PIECES, cells.PIECES, 16),
    _Column(COST, cells.MONEY, 16),
)
_LABEL_COLUMNS = 2
"""A label of the block above the table is merged over two columns, its value over the rest."""
_A4 = 9


@dataclass(slots=True)
class Sum:
    """Running totals of a type; amounts in their own units, cost in tiyn."""

    records: int = 0
    seconds: int = 0
    bytes: int = 0
    pieces: int = 0
    tiyn: int = 0

    def add(self, record: UsageRecord) -> None:
        """Take one record."""
        self.records += 1
        self.tiyn += record.cost.tiyn
        if record.kind is UsageKind.CALLS:
            self.seconds += record.amount
        elif record.kind is UsageKind.DATA:
            self.bytes += record.amount
        else:
            self.pieces += record.amount

    def __iadd__(self, other: Sum) -> Self:
        self.records += other.records
        self.seconds += other.seconds
        self.bytes += other.bytes
        self.pieces += other.pieces
        self.tiyn += other.tiyn
        return self


@dataclass(slots=True)
class Tally:
    """Sums by type, filled by the writing thread; `records` is read by the event loop too."""

    by_kind: dict[UsageKind, Sum] = field(default_factory=dict)
    records: int = 0

    def add(self, record: UsageRecord) -> None:
        """Take one record."""
        self.by_kind.setdefault(record.kind, Sum()).add(record)
        self.records += 1

    @property
    def in_all(self) -> Sum:
        """The sum over all types."""
        total = Sum()
        for part in self.by_kind.values():
            total += part
        return total


class UsageWorkbook:
    """Makes the XLSX of usage details: `Maker` for `DocumentKind.USAGE`.

    Has threads of its own, so that documents wait for each other and never for anything else, nor
    anything else for them.
    """

    def __init__(self, usage: Usage, clock: Clock, words: Words, *, threads: int = 2) -> None:
        self._usage = usage
        self._clock = clock
        self._words = words
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="workbook")

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        """The workbook, or None when the period has no records (G-16).

        Raises `CarrierUnavailable`, and `ClaimLost` out of `progress`.
        """
        wish = asked(document)
        async with aclosing(self._usage.stream(wish)) as pages:
            page = await anext(pages, None)
            if page is None:
                return None
            feed: PageFeed[UsageRecord] = PageFeed()
            book = _Book(document, wish, self._words, self._clock.now(), feed)
            writer = asyncio.get_running_loop().run_in_executor(self._threads, book.write)
            writer.add_done_callback(lambda _: feed.wake())
            told = self._clock.now()
            handed = 0
            try:
                # A writer that has ended this early has failed; awaiting it below says how.
                while page is not None and not writer.done():
                    taken = page[: LONGEST - handed]
                    await feed.put(taken)
                    handed += len(taken)
                    now = self._clock.now()
                    if now - told >= TELL_EVERY:
                        told = now
                        await progress(book.tally.records, 0)
                    page = await anext(pages, None)
                    if handed >= LONGEST and page is not None:
                        book.cut_short = True
                        break
                feed.end()
                content = await writer
            except BaseException:
                feed.abandon()
                raise
        rows = book.tally.records
        await progress(rows, rows)
        return MadeFile(content=content, name=f"{stem(wish)}.xlsx", rows=rows)


class _Book:
    """One workbook being written; everything but `tally` and `cut_short` is the thread's."""

    def __init__(
        self,
        document: Document,
        wish: UsageWish,
        words: Words,
        now: datetime,
        feed: PageFeed[UsageRecord],
    ) -> None:
        self._document = document
        self._wish = wish
        self._words = words
        self._now = now
        self._feed = feed
        self.tally = Tally()
        self.cut_short = False

    def write(self) -> bytes | mmap:
        """The bytes of the file. Raises `Abandoned` when nobody waits for it any more.

        They are written to memory without a name (Linux): handed an object, the writer keeps three
        copies of the whole file, and a file with a name would leave calls in clear after a crash.
        """
        records, totals = f"usage_{self._wish.msisdn.digits}", self._word(N_("Totals"))
        if not validate_sheet_name(totals):
            totals = "Totals"
        if not hasattr(os, "memfd_create"):
            whole = io.BytesIO()
            self._write_to(whole, records, totals)
            return whole.getvalue()
        file = os.memfd_create("workbook")
        try:
            self._write_to(f"/proc/self/fd/{file}", records, totals)
            return mmap(file, os.fstat(file).st_size, access=ACCESS_READ)
        finally:
            os.close(file)

    def _write_to(self, target: str | io.BytesIO, records: str, totals: str) -> None:
        sheets = {records: RECORD_COLUMNS, totals: TOTAL_COLUMNS}
        block = self._block()
        head = len(block) + 1
        write_worksheets(
            [(records, self._records()), (totals, self._totals())],
            target,
            freeze_panes={sheet: {"row": head + 1, "col": 0} for sheet in sheets},
            column_formats={
                sheet: {self._word(column.heading): column.look for column in columns}
                for sheet, columns in sheets.items()
            },
            column_widths={
                sheet: {self._word(column.heading): column.width for column in columns}
                for sheet, columns in sheets.items()
            },
            header_format=dict.fromkeys(sheets, _heading()),
            header_row=dict.fromkeys(sheets, head),
            merge_ranges={
                sheet: list(_merged(block, len(columns))) for sheet, columns in sheets.items()
            },
            autofilter={records: True},
            conditional_formats={sheet: {self._word(TYPE): self._bold_total()} for sheet in sheets},
            # A telephone number is text on purpose: no green corners.
            ignore_errors={records: [self._word(PARTY)]},
            page_setup={
                sheet: {
                    "landscape": True,
                    "paper_size": _A4,
                    "fit_to_pages": (1, 0),
                    "repeat_rows": head,
                    "footer": f"&L{stem(self._wish)}&R&P / &N",
                }
                for sheet in sheets
            },
        )

    def _block(self) -> list[tuple[str, str]]:
        """What stands above the table: labels and values (G-15)."""
        order, period = self._document.order, self._wish.period
        block = [
            (N_("Report"), self._word(N_("Usage details"))),
            (N_("Company"), order.company_name),
            (N_("BIN"), order.company_bin),
            (N_("Number"), self._wish.msisdn.shown),
            (N_("Period"), f"{shown_day(period.first)} – {shown_day(period.last)}"),
            (N_("Type of data"), self._word(KINDS[self._wish.kind])),
            (N_("Generated at"), f"{shown_moment(self._now)} ({_zone(self._now)})"),
            (N_("Requested by"), order.administrator),
        ]
        if period.last >= today(self._now):
            note = N_("Today's details may be incomplete.")
            block.append((N_("Please note"), self._word(note)))
        return [(self._word(label), cells.text(value) or "") for label, value in block]

    def _records(self) -> Rows:
        word = self._word
        moment, kind, direction, party = word(MOMENT), word(TYPE), word(DIRECTION), word(PARTY)
        duration, volume, pieces = word(DURATION), word(VOLUME), word(PIECES)
        cost, roaming, service = word(COST), word(ROAMING), word(SERVICE)
        kinds = {known: word(name) for known, name in KINDS.items()}
        directions = {known: name and word(name) for known, name in DIRECTIONS.items()}
        for record in self._feed:
            call, data = record.kind is UsageKind.CALLS, record.kind is UsageKind.DATA
            yield {
                moment: cells.moment(record.at),
                kind: kinds[record.kind],
                direction: directions[record.direction],
                party: cells.text(record.party),
                duration: cells.duration(record.amount) if call else None,
                volume: cells.megabytes(record.amount) if data else None,
                pieces: None if call or data else record.amount,
                cost: cells.money(record.cost),
                roaming: cells.text(record.roaming),
                service: cells.text(record.service),
            }
            self.tally.add(record)
        yield self._row(RECORD_COLUMNS, self._sums(N_("Total"), self.tally.in_all))
        if self.cut_short:
            rest = word(N_("The rest does not fit in one file: order a shorter period."))
            yield self._row(RECORD_COLUMNS, {TYPE: rest})

    def _totals(self) -> Rows:
        for kind in UsageKind:
            if kind in self.tally.by_kind:
                sums = self._sums(KINDS[kind], self.tally.by_kind[kind])
                yield self._row(TOTAL_COLUMNS, sums)
        yield self._row(TOTAL_COLUMNS, self._sums(N_("Total"), self.tally.in_all))

    def _sums(self, name: str, total: Sum) -> Mapping[str, Cell]:
        return {
            TYPE: self._word(name),
            RECORDS: total.records,
            DURATION: cells.duration(total.seconds) if total.seconds else None,
            VOLUME: cells.megabytes(total.bytes) if total.bytes else None,
            PIECES: total.pieces or None,
            COST: cells.money(Money(total.tiyn)),
        }

    def _row(self, columns: Sequence[_Column], known: Mapping[str, Cell]) -> dict[str, Cell]:
        """A row with a cell for every column: the writer goes by position, not by heading."""
        return {self._word(column.heading): known.get(column.heading) for column in columns}

    def _bold_total(self) -> dict[str, object]:
        return {
            "type": "text",
            "criteria": "begins_with",
            "value": self._word(N_("Total")),
            "format": Format().set_bold(),
        }

    def _word(self, text: str) -> str:
        return self._words(self._document.order.language, text)


def asked(document: Document) -> UsageWish:
    """What the order asks for."""
    said = document.order.parameters
    return UsageWish(
        msisdn=Msisdn(said["msisdn"]),
        period=Period(date.fromisoformat(said["first"]), date.fromisoformat(said["last"])),
        kind=UsageKind(said["type"]),
    )


def stem(wish: UsageWish) -> str:
    """`usage_77012115526_2021-12-24_2022-01-24`."""
    period = wish.period
    return f"usage_{wish.msisdn.digits}_{period.first.isoformat()}_{period.last.isoformat()}"


def _zone(now: datetime) -> str:
    """`Asia/Almaty, UTC+06:00`."""
    offset = now.astimezone(ALMATY).strftime("%z")
    return f"{ALMATY.key}, UTC{offset[:3]}:{offset[3:]}"


def _heading() -> Format:
    return (
        Format()
        .set_bold()
        .set_background_color("#E7E6E6")
        .set_border_bottom("thin")
        .set_align("center")
        .set_text_wrap()
    )


def _merged(
    block: list[tuple[str, str]], columns: int
) -> Iterator[tuple[int, int, int, int, str, Format]]:
    label = Format().set_bold()
    value = Format().set_num_format(cells.TEXT)
    for row, (name, said) in enumerate(block):
        yield (row, 0, row, _LABEL_COLUMNS - 1, name, label)
        yield (row, _LABEL_COLUMNS, row, columns - 1, said, value)
