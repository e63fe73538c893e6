"""The sheet with the records of a workbook, written as they come into the frame of another writer.

A general writer spends three quarters of its time on cells that are all alike, and holds the
interpreter up while it compresses them. Here a row is one string, and rows are compressed page by
page without holding anything up. The frame (styles, heads, widths, print set-up, every other sheet)
is a finished workbook whose first sheet has one row of records: that row tells the style of each
column, and the records take its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from typing import IO, TYPE_CHECKING, TypeAlias
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from account.chapters.usage import Direction, UsageKind, UsageRecord, UsageService
from account.values.periods import ALMATY
from documents.layout import cells

if TYPE_CHECKING:
    from account.values.money import Money

SHEET = "xl/worksheets/sheet1.xml"
_FIRST = ("[Content_Types].xml", "_rels/.rels")
"""Programs that tell a file by its beginning look for these."""
_LEVEL = 3
"""A tenth larger than at zlib's own level, for a third of the time."""
_ROW = re.compile(r'<row r="2".*?</row>', re.DOTALL)
_STYLE = re.compile(r'<c r="([A-J])2" s="([0-9]+)"')
_DIMENSION = re.compile(r"<dimension [^>]*/>")
_UNESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_EXCEL_BEGINS = datetime(1899, 12, 30, tzinfo=UTC)
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_KNOWN = 4096
"""Rows and cells that are not put together again."""
_ROW_NUMBER = "\0"
"""Stands for it until it is known; no text has this sign."""
_Told: TypeAlias = tuple[UsageKind, Direction, str | None, str | None, UsageService | None]
"""Kind, direction, roaming, service in the operator's words, and which of those known it is."""


@dataclass(frozen=True, slots=True)
class RecordWords:
    """What is written of kinds, directions and services, in the reader's language."""

    kinds: Mapping[UsageKind, str]
    directions: Mapping[Direction, str | None]
    services: Mapping[UsageService, str]


@dataclass(frozen=True, slots=True)
class Frame:
    """A finished workbook with one row of records, taken apart."""

    parts: Mapping[str, bytes]
    head: str
    styles: Mapping[str, str]
    tail: str

    @classmethod
    def of(cls, workbook: bytes) -> Frame:
        """Take it apart."""
        with ZipFile(BytesIO(workbook)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
        # How many rows there will be is not known when the head is written; it may be left out.
        sheet = _DIMENSION.sub("", parts.pop(SHEET).decode())
        row = _ROW.search(sheet)
        assert row is not None
        styles = dict(_STYLE.findall(row[0]))
        return cls(parts, sheet[: row.start()], styles, sheet[row.end() :])


class RecordSheet:
    """A workbook with so many records as are written; `frame` makes its frame, twice.

    The second time it is asked for when all rows are there, and other sheets may tell their sums.
    """

    def __init__(self, target: IO[bytes], frame: Callable[[], bytes], words: RecordWords) -> None:
        self._frame, self._words = frame, words
        self._target = target
        self._styles: Mapping[str, str] = {}
        self._hour = (_EXCEL_BEGINS, _EXCEL_BEGINS, _EXCEL_BEGINS)
        self._last = 1
        self._lines: dict[_Told, str] = {}
        self._party = lru_cache(maxsize=_KNOWN)(self._party_cell)
        self._amount = lru_cache(maxsize=_KNOWN)(self._amount_cell)
        self._price = lru_cache(maxsize=_KNOWN)(self._price_cell)

    def write(self, pages: Iterable[Sequence[UsageRecord]]) -> None:
        """The whole file. Raises what the pages raise."""
        before = Frame.of(self._frame())
        self._styles = before.styles
        with ZipFile(self._target, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as packed:
            for name in _FIRST:
                packed.writestr(_named(name), before.parts[name])
            with packed.open(_named(SHEET), "w") as sheet:
                sheet.write(before.head.encode())
                for page in pages:
                    sheet.write(self._rows(page).encode())
                after = Frame.of(self._frame())
                assert (after.head, after.styles) == (before.head, before.styles)
                sheet.write(self._reaching(after.tail).encode())
            for name, content in after.parts.items():
                if name not in _FIRST:
                    named = name == "xl/workbook.xml"
                    told = self._reaching(content.decode()).encode() if named else content
                    packed.writestr(_named(name), told)

    def _reaching(self, told: str) -> str:
        """What holds of the frame's rows, said of all of them."""
        return re.sub(
            r"((?:A1:J|D2:D|\$A\$1:\$J\$))2\b", lambda found: f"{found[1]}{self._last}", told
        )

    def _rows(self, page: Sequence[UsageRecord]) -> str:
        """One page, each row a line of XML; cells that are empty have their column's look."""
        said, n = list[str](), self._last
        lines, party, amount, price = self._lines, self._party, self._amount, self._price
        for record in page:
            n += 1
            kind, cost = record.kind, record.cost
            told = (kind, record.direction, record.roaming, record.service, record.service_kind)
            if cost is None:
                cell = ""
            else:
                cell = self._exact(cost, record) if record.finer else price(cost.tiyn)
            line = (lines.get(told) or self._line(told)) % (
                self._moment(record.at),
                party(record.party),
                amount(kind, record.amount),
                cell,
            )
            said.append(line.replace(_ROW_NUMBER, str(n)))
        self._last = n
        return "".join(said)

    def _line(self, told: _Told) -> str:
        """A row that says this, with places for its moment, party, amount and cost."""
        kind, direction, roaming, service, known = told
        direction_word = self._words.directions[direction]
        shown = service if known is None else self._words.services[known]
        kind_cell = self._text("B", self._words.kinds[kind])
        cells_before = kind_cell + self._text("C", direction_word)
        cells_behind = self._text("I", roaming) + self._text("J", shown)
        line = f'<row r="{_ROW_NUMBER}">{self._figure("A", "%s")}'
        line += f"{_as_it_is(cells_before)}%s%s%s{_as_it_is(cells_behind)}</row>"
        if len(self._lines) >= _KNOWN:
            self._lines.clear()
        self._lines[told] = line
        return line

    def _text(self, column: str, told: str | None) -> str:
        """A cell of text; "" where there is nothing to show."""
        cell = _inline(told) if told else ""
        return cell and f'<c r="{column}{_ROW_NUMBER}" s="{self._styles[column]}"{cell}'

    def _figure(self, column: str, told: object) -> str:
        look = f'r="{column}{_ROW_NUMBER}" s="{self._styles[column]}"'
        return f"<c {look}><v>{told}</v></c>"

    def _party_cell(self, party: str) -> str:
        return self._text("D", _copied(party)) if party else ""

    def _amount_cell(self, kind: UsageKind, amount: int) -> str:
        """In the column of its kind."""
        if kind is UsageKind.CALLS:
            return self._figure("E", cells.duration(amount))
        if kind is UsageKind.DATA:
            return self._figure("F", cells.megabytes(amount))
        return self._figure("G", amount)

    def _price_cell(self, tiyn: int) -> str:
        return self._figure("H", tiyn / 100)

    def _exact(self, cost: Money, record: UsageRecord) -> str:
        """Tenge, as fine as the operator rates."""
        return self._figure("H", float(cost.decimal + record.finer))

    def _moment(self, at: datetime) -> float:
        """Days since Excel's first one, by Almaty's clock, whose hour is not looked up again."""
        begin, end, first = self._hour
        if not begin <= at < end:
            begin = at.replace(minute=0, second=0, microsecond=0)
            offset = begin.astimezone(ALMATY).utcoffset() or timedelta()
            self._hour = begin, begin + _HOUR, (first := _EXCEL_BEGINS - offset)
        return (at - first) / _DAY


def _named(name: str) -> ZipInfo:
    """An entry that tells no time, as the frame's."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    entry._compresslevel = _LEVEL  # type: ignore[attr-defined]  # noqa: SLF001 - no other way in 3.11
    return entry


@lru_cache(maxsize=_KNOWN)
def _inline(told: str) -> str:
    """The rest of a cell of text after its style; "" for one that has nothing to show."""
    text = cells.text(told)
    if text is None:
        return ""
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    shown = escape(_UNESCAPED.sub("_x005F_", text))
    return f' t="inlineStr"><is><t{kept}>{shown}</t></is></c>'


def _as_it_is(told: str) -> str:
    """For a line with places that are filled later."""
    return told.replace("%", "%%")


def _copied(party: str) -> str:
    """A number of a telephone in digits alone, as it stands in the books of others."""
    return party[1:] if party[0] == "+" and party[1:].isdecimal() else party
