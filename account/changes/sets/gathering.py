"""A list that is put together part by part, and what has to be chosen before a part is taken."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from account.lists.list_file import Hidden, ListFile, Sheet
from account.lists.number_list import ListedNumber, NumberList
from account.lists.tables import Column, ColumnsAsked
from account.values.identifiers import Msisdn

Question = tuple[Sheet, ...]
"""Several sheets: which of them, or all. One: which of its columns."""


@dataclass(frozen=True, slots=True)
class Gathering:
    """What was taken so far, the questions that are open, the first one first, and what is hidden.

    `hidden` counts what was left out of files for being hidden; `aside` has its numbers, as sheets,
    for whoever wants them all the same.
    """

    numbers: NumberList = field(default_factory=NumberList)
    questions: tuple[Question, ...] = ()
    hidden: Hidden = field(default_factory=Hidden)
    aside: tuple[Sheet, ...] = ()

    @property
    def sheets(self) -> Question:
        """The sheets that are asked about now; empty while none are."""
        asked = self.questions[0] if self.questions else ()
        return asked if len(asked) > 1 else ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that are asked about now; empty while none are."""
        asked = self.questions[0] if self.questions else ()
        if len(asked) == 1 and isinstance(asked[0].read, ColumnsAsked):
            return asked[0].read.columns
        return ()

    @property
    def mark(self) -> str:
        """What tells the first question from any other one: a press on an older one is no answer.

        Of letters and digits.
        """
        told = [
            (sheet.name, sorted(number.digits for number in sheet.msisdns)) for sheet in self.sheets
        ]
        told += [(column.heading or "", [column.first.digits]) for column in self.columns]
        return hashlib.sha256(repr((len(self.numbers), told)).encode()).hexdigest()[:8]

    @property
    def size(self) -> int:
        """Numbers it keeps, those that are asked about or hidden included."""
        sheets = (*self.aside, *(sheet for question in self.questions for sheet in question))
        return len(self.numbers) + sum(
            len(numbers) for sheet in sheets for numbers in _lists_of(sheet)
        )

    def with_text(self, read: NumberList | ColumnsAsked) -> Gathering:
        """And what a text was read as; where a column is to be chosen, that comes last."""
        return _asking(self, (Sheet("", read),))

    def with_ticked(self, msisdns: Iterable[Msisdn]) -> Gathering:
        """And these, which stand in no line of anybody's list; what is there already stays."""
        there = {one.msisdn for one in self.numbers.numbers}
        new = [msisdn for msisdn in msisdns if msisdn not in there]
        line = self.numbers.lines
        more = NumberList.of(
            (ListedNumber(msisdn, line + place) for place, msisdn in enumerate(new, 1)),
            lines=line + len(new),
        )
        return replace(self, numbers=self.numbers.with_more(more))

    def without(self, msisdns: Collection[Msisdn]) -> Gathering:
        """Without these."""
        left = tuple(one for one in self.numbers.numbers if one.msisdn not in msisdns)
        return replace(self, numbers=replace(self.numbers, numbers=left))

    def with_file(self, file: ListFile) -> Gathering:
        """And what a file lists; its rows have the numbers that the file gives them."""
        hidden = Hidden(
            self.hidden.rows + file.hidden.rows,
            self.hidden.columns + file.hidden.columns,
            self.hidden.sheets + file.hidden.sheets,
        )
        aside = (*self.aside, *_unseen(file))
        whole = replace(self, hidden=hidden, aside=aside)
        return _asking(whole, file.sheets) if file.sheets else whole

    def with_sheets(self, index: int | None) -> Gathering:
        """With that sheet of those asked about, or with all of them."""
        asked, *later = self.questions
        taken = asked if index is None else (asked[index],)
        return _settled(replace(self, questions=(*((sheet,) for sheet in taken), *later)))

    def with_column(self, index: int) -> Gathering:
        """With that column of those asked about."""
        (sheet,), *later = self.questions
        taken = replace(sheet, read=self.columns[index].numbers)
        return _settled(replace(self, questions=((taken,), *later)))

    def with_hidden(self) -> Gathering:
        """With what is hidden as well."""
        shown = replace(self, hidden=Hidden(), aside=())
        return _asking(shown, self.aside) if self.aside else shown


def _asking(gathered: Gathering, question: Question) -> Gathering:
    return _settled(replace(gathered, questions=(*gathered.questions, question)))


def _settled(gathered: Gathering) -> Gathering:
    """With every part in which there is nothing to choose."""
    numbers = gathered.numbers
    left: list[Question] = []
    for question in gathered.questions:
        if len(question) == 1 and isinstance(question[0].read, NumberList):
            numbers = numbers.with_more(question[0].read)
        else:
            left.append(question)
    return replace(gathered, numbers=numbers, questions=tuple(left))


def _lists_of(sheet: Sheet) -> Iterator[NumberList]:
    if isinstance(sheet.read, NumberList):
        yield sheet.read
    else:
        yield from (column.numbers for column in sheet.read.columns)


def _unseen(file: ListFile) -> Iterator[Sheet]:
    """What of the file's sheets is seen nowhere in it."""
    if not file.hidden:
        return
    seen = frozenset[Msisdn]().union(*(sheet.msisdns for sheet in file.sheets))
    for sheet in file.with_hidden:
        if isinstance(sheet.read, NumberList):
            columns: Sequence[Column] = (Column(None, sheet.read),)
        else:
            columns = sheet.read.columns
        left = [_without(column, seen) for column in columns]
        left = [column for column in left if column.numbers.numbers]
        if len(left) == 1:
            yield Sheet(sheet.name, left[0].numbers)
        elif left:
            yield Sheet(sheet.name, ColumnsAsked(tuple(left)))


def _without(column: Column, seen: frozenset[Msisdn]) -> Column:
    left = tuple(one for one in column.numbers.numbers if one.msisdn not in seen)
    return Column(column.heading, NumberList(left))
