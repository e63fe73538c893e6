"""What a document is made of, before it is a workbook or a printed page.

A maker says its document once, as blocks in the order they stand; both writers read the same
blocks, so that an XLSX and a PDF never tell different things. Blocks are in the person's language
already and travel to the child process as JSON: no row of the business, no rule crosses over.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from account.values.identifiers import Msisdn
from account.values.money import Money
from documents.layout import cells

Row = TypeVar("Row")
Told: TypeAlias = str | int | None
"""A cell on its way to the child process."""


class Kind(StrEnum):
    """What the cells of a column are; each writer knows how such a cell looks."""

    TEXT = "text"
    PHONE = "phone"
    """A number of the network, as people read it; in a bare table its digits."""
    MOMENT = "moment"
    """An aware moment, shown on Almaty's clock to the second."""
    DAY = "day"
    MONEY = "money"
    PIECES = "pieces"
    MEGABYTES = "megabytes"
    """Bytes, shown as megabytes of 1024 × 1024."""
    DURATION = "duration"
    """Seconds, shown as h:mm:ss."""


Value: TypeAlias = str | int | Money | Msisdn | date | datetime | None


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A heading in the person's language, how a row's cell is got, its width in characters.

    A text in a column of figures is a word in their place (`not told`). `total` adds the column up,
    words left out; sums are of whole tiyn, bytes, seconds or pieces. What is finer than that says
    its sum itself, when all rows have gone by.
    """

    heading: str
    kind: Kind
    width: int
    value: Callable[[Row], Value]
    total: bool | Callable[[], Value] = False


def told(kind: Kind, value: Value) -> Told:
    """A value as JSON can carry it; text without what no cell can hold."""
    if value is None:
        return None
    if isinstance(value, str):
        return cells.text(value)
    if kind is Kind.MONEY:
        assert isinstance(value, Money)
        return value.tiyn
    if kind is Kind.MOMENT:
        assert isinstance(value, datetime)
        return cells.moment(value).isoformat(timespec="seconds")
    if kind is Kind.DAY:
        assert isinstance(value, date)
        return value.isoformat()
    if kind is Kind.PHONE:
        assert isinstance(value, Msisdn)
        return value.digits
    if kind is Kind.TEXT:
        return cells.text(str(value))
    assert isinstance(value, int)
    return value


@dataclass(frozen=True, slots=True)
class Title:
    """What the document is; the first block, and the first of each further part."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and values: who, what, when (G-15); `across`: beside each other in print."""

    lines: Sequence[tuple[str, str]]
    across: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a form: its role, who it is, lines about it, and its number in the box."""

    role: str
    name: str
    lines: Sequence[str]
    id: str


@dataclass(frozen=True, slots=True)
class FormHead:
    """The head of a form of the state; the first block where there is no `Title`.

    `form` names the form in the corner, `hint` says what stands on a side's line, `id_name` what is
    in its box, and `boxes` hold the paper's number and day. What is not told is "".
    """

    form: Sequence[str]
    hint: str
    id_name: str
    sides: Sequence[Side]
    contract: tuple[str, str]
    boxes: Sequence[tuple[str, str]]
    title: str


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The line that tells what is enclosed: the parts after the first one.

    In print `{sheets}` is how many pages they take; a workbook names its `sheet` instead.
    """

    printed: str
    sheet: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences, one paragraph each; `strong` for what must not be missed."""

    lines: Sequence[str]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Foot:
    """What is no part of the paper, as who asked for it: below each page, below a sheet."""

    text: str


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """A table of rows: some that are there, or pages still to come.

    `total` is the word of the last row, "" for a table without one. `wrapped`: a summary, read as
    a whole rather than filtered and sorted; its rows do not count as the document's.
    """

    columns: Sequence[Column[Row]]
    rows: Iterable[Row] | AsyncIterable[Sequence[Row]]
    total: str = ""
    caption: str = ""
    wrapped: bool = False


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign: who stands for what (`Contractor`, company), and the words around it.

    With `places` each side has a line for each of them (`position`, `signature`, `full name`), and
    `words` stand below without a line; else there is one line, and `words` say what goes on it.
    `day` asks the last side for the day of signing.
    """

    sides: Sequence[tuple[str, str]]
    words: Sequence[str] = ()
    places: Sequence[str] = ()
    day: str = ""


@dataclass(frozen=True, slots=True)
class NextPart:
    """A new page of print, a new sheet of a workbook, named."""

    name: str


@dataclass(frozen=True, slots=True)
class NextPaper:
    """The next of several papers bound in one print: its pages are counted apart, and its foot
    has its own name.
    """

    foot: str


Block: TypeAlias = (
    Title
    | FormHead
    | Facts
    | Prose
    | Table[Row]
    | Enclosed
    | Signatures
    | Foot
    | NextPart
    | NextPaper
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the whole looks: title, day (ISO), names for the sheets, foot, direction of the paper.

    `words` are those the writers themselves need, in the person's language: `page`,
    `more` (a table was cut in print), `part` (a workbook goes on in another file).
    """

    language: str
    title: str
    day: str
    sheet: str
    foot: str
    words: dict[str, str] = field(default_factory=dict)
    landscape: bool = True
    author: str = ""
