"""One workbook of usage details, written in a thread from pages as they come (S13, G-15).

Two sheets: the records, a bare table as programs read it (`documents.render.bare_table` says how),
for people too, since two tables of half a million rows take twice the time; and whose they are,
what is to be known of them, and the totals per type, which are known only when the last record is
written. Totals are figures, not formulas: a telephone's preview and a protected window show what
is in the file and calculate nothing.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from mmap import ACCESS_READ, mmap
from typing import IO, TYPE_CHECKING, TypeAlias

from rustpy_xlsxwriter import Format, validate_sheet_name, write_worksheets

from account.chapters.usage import UsageKind, UsageQuery, UsageRecord
from account.values.periods import today
from documents.layout import cells, style
from documents.layout.composer import GOES_ON, REST
from documents.layout.header import shown_days, shown_with_zone
from documents.layout.notes import LEFT_OUT, NOT_RATED
from documents.render.bare_table import FORMATS
from documents.render.page_bridge import PageBridge
from documents.reports.labels import AS_OF_NOW
from documents.reports.usage_rows import (
    DIRECTIONS,
    KINDS,
    SERVICES,
    UNRATED,
    Sum,
    Tally,
    own_words,
    stem,
)
from documents.reports.usage_sheet import RecordSheet, RecordWords
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.documents.document import Document
    from documents.text.marker import Words

Cell: TypeAlias = str | float | datetime | None
Rows: TypeAlias = Iterator[dict[str, Cell]]

MOMENT = N_("Date and time")
TYPE = N_("Type")
DIRECTION = N_("Direction")
PARTY = N_("Other party")
DURATION = N_("Duration, h:mm:ss")
VOLUME = N_("Volume, MB")
PIECES = N_("Quantity, pcs")
COST = N_("Cost with VAT, ₸")
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
        look = _face().set_num_format(self.format)
        look.set_border_bottom("thin").set_border_bottom_color(style.LINE)
        if self.format in {cells.TEXT, FORMATS["moment"]}:
            look.set_align("left").set_indent(1)
        return look


_COST = "0.00####"
"""Rates may be finer than a tiyn: rows have the operator's decimals, so that they add up."""
RECORD_COLUMNS = (
    _Column(MOMENT, FORMATS["moment"], 21),
    _Column(TYPE, cells.TEXT, 18),
    _Column(DIRECTION, cells.TEXT, 13),
    _Column(PARTY, cells.TEXT, 24),
    _Column(DURATION, FORMATS["duration"], 19),
    _Column(VOLUME, FORMATS["megabytes"], 14),
    _Column(PIECES, FORMATS["pieces"], 16),
    _Column(COST, _COST, 14),
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


class Ends(Enum):
    """What comes after the last record of a workbook."""

    WHOLE = auto()
    """Nothing: the totals are those of the whole period."""
    GOES_ON = auto()
    """Another workbook, in the same archive."""
    CUT_SHORT = auto()
    """Records that no file has room for."""


class UsageBook:
    """One workbook being written; everything but `feed` and `ends` is the thread's.

    `ends` is set before the feed ends, and written when it has.
    """

    def __init__(
        self,
        document: Document,
        query: UsageQuery,
        words: Words,
        now: datetime,
        tally: Tally,
    ) -> None:
        self._document = document
        self._query = query
        self._words = words
        self._now = now
        self._tally = tally
        self.feed: PageBridge[UsageRecord] = PageBridge()
        self.ends = Ends.WHOLE

    def write(self) -> bytes | mmap:
        """The bytes of the file. Raises `Abandoned` when nobody waits for it any more.

        They are written to memory without a name (Linux): a buffer that grows is copied, and a file
        with a name would leave calls in clear after a crash.
        """
        records, totals = f"usage_{self._query.msisdn.digits}", self._word(N_("Totals"))
        if not validate_sheet_name(totals):
            totals = "Totals"
        if not hasattr(os, "memfd_create"):
            whole = io.BytesIO()
            self._write_to(whole, records, totals)
            return whole.getvalue()
        with os.fdopen(os.memfd_create("workbook"), "w+b") as file:
            self._write_to(file, records, totals)
            file.flush()
            return mmap(file.fileno(), 0, access=ACCESS_READ)

    def _write_to(self, target: IO[bytes], records: str, totals: str) -> None:
        words = RecordWords(
            kinds={known: self._word(name) for known, name in KINDS.items()},
            directions={known: name and self._word(name) for known, name in DIRECTIONS.items()},
            services={known: self._word(name) for known, name in SERVICES.items()},
        )
        RecordSheet(target, lambda: self._frame(records, totals), words).write(self._counted())

    def _counted(self) -> Iterator[Sequence[UsageRecord]]:
        """The pages, each added up when it is written."""
        for page in self.feed:
            yield page
            self._tally.take(page)

    def _frame(self, records: str, totals: str) -> bytes:
        """The workbook with one row in the place of the records."""
        whole = io.BytesIO()
        sheets = {records: RECORD_COLUMNS, totals: TOTAL_COLUMNS}
        block = self._block()
        heads = {records: 0, totals: len(block) + 2}
        page = self._word(N_("Page {page} of {pages}")).format(page="&P", pages="&N")
        write_worksheets(
            [(records, iter([self._sample()])), (totals, self._totals())],
            whole,
            freeze_panes={sheet: {"row": head + 1, "col": 0} for sheet, head in heads.items()},
            column_formats={
                sheet: {self._word(column.heading): column.look for column in columns}
                for sheet, columns in sheets.items()
            },
            column_widths={
                sheet: {self._word(column.heading): column.width for column in columns}
                for sheet, columns in sheets.items()
            },
            header_format=dict.fromkeys(sheets, _heading()),
            header_row=heads,
            merge_ranges={totals: list(self._merged(block, len(TOTAL_COLUMNS)))},
            row_heights={records: {0: 32}, totals: {0: 30, heads[totals]: 32}},
            # Not `selected`: the writer would leave two sheets chosen, and what is typed into one
            # would go into both.
            sheet_view={sheet: {"gridlines": False} for sheet in sheets},
            autofilter={records: True},
            conditional_formats={totals: {self._word(TYPE): self._bold_total()}},
            # A telephone number is text on purpose: no green corners.
            ignore_errors={records: [self._word(PARTY)]},
            page_setup={
                sheet: {
                    "landscape": True,
                    "paper_size": _A4,
                    "fit_to_pages": (1, 0),
                    "repeat_rows": head,
                    "footer": f"&L&8{stem(self._query)}&R&8 {page}",
                }
                for sheet, head in heads.items()
            },
        )
        return whole.getvalue()

    def _block(self) -> list[tuple[str, str]]:
        """What stands above the table: labels and values (G-15)."""
        order, period = self._document.order, self._query.period
        block = [
            (N_("Company"), order.company_name),
            (N_("BIN"), order.company_bin),
            (N_("Number"), self._query.msisdn.shown),
            *own_words(self._document),
            (N_("Period"), shown_days(period)),
            (N_("Type of data"), self._word(KINDS[self._query.kind])),
            (N_("Generated at"), shown_with_zone(self._now)),
            (N_("Requested by"), order.administrator),
            (N_("Request"), self._document.reference),
        ]
        if period.last >= today(self._now):
            note = N_("Today's details may be incomplete.")
            block.append((N_("Please note"), self._word(note)))
        return [(self._word(label), cells.text(value) or "") for label, value in block]

    def _sample(self) -> dict[str, Cell]:
        """A row that has something in every column."""
        texts = {column.heading for column in RECORD_COLUMNS if column.format == cells.TEXT}
        known: dict[str, Cell] = {one.heading: 0.0 for one in RECORD_COLUMNS}
        return self._row(RECORD_COLUMNS, known | dict.fromkeys(texts, "x"))

    def _totals(self) -> Rows:
        if self.ends is Ends.GOES_ON:
            yield self._row(TOTAL_COLUMNS, {TYPE: self._word(GOES_ON)})
            return
        for kind in UsageKind:
            if kind in self._tally.by_kind:
                sums = self._sums(KINDS[kind], self._tally.by_kind[kind])
                yield self._row(TOTAL_COLUMNS, sums)
        total = self._tally.in_all
        yield self._row(TOTAL_COLUMNS, self._sums(N_("Total"), total))
        if total.unrated:
            yield self._note(self._word(NOT_RATED).format(n=total.unrated))
        if left_out := self._tally.unreadable.rows:
            yield self._note(self._word(LEFT_OUT).format(n=left_out))
        if own_words(self._document):
            yield self._note(self._word(AS_OF_NOW))
        if self.ends is Ends.CUT_SHORT:
            yield self._note(self._word(REST))

    def _note(self, said: str) -> dict[str, Cell]:
        return self._row(TOTAL_COLUMNS, {TYPE: said})

    def _sums(self, name: str, total: Sum) -> Mapping[str, Cell]:
        return {
            TYPE: self._word(name),
            RECORDS: total.records,
            DURATION: cells.duration(total.seconds) if total.seconds else None,
            VOLUME: cells.megabytes(total.bytes) if total.bytes else None,
            PIECES: total.pieces or None,
            COST: self._word(UNRATED) if total.priced is None else cells.money(total.priced),
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

    def _merged(
        self, block: list[tuple[str, str]], columns: int
    ) -> Iterator[tuple[int, int, int, int, str, Format]]:
        """The title, then labels over two columns with their values over the rest."""
        title = _face().set_bold().set_font_size(18).set_font_color(style.ACCENT)
        yield (0, 0, 0, columns - 1, self._word(N_("Usage details")), title)
        label = _face().set_font_color(style.FAINT)
        value = _face().set_num_format(cells.TEXT)
        for row, (name, said) in enumerate(block, 1):
            yield (row, 0, row, _LABEL_COLUMNS - 1, name, label)
            yield (row, _LABEL_COLUMNS, row, columns - 1, said, value)


def _face() -> Format:
    return Format().set_font_name(style.SHEET_FACE).set_font_size(11).set_font_color(style.INK)


def _heading() -> Format:
    return (
        _face()
        .set_bold()
        .set_font_color("#FFFFFF")
        .set_background_color(style.ACCENT)
        .set_align("center")
        .set_align("vcenter")
        .set_text_wrap()
    )
