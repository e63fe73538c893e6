"""What was read of a list: its numbers in order, and what of it was left out and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from account.values.identifiers import Msisdn


class Unread(StrEnum):
    """Why something with the digits of a number was not read. Values are persisted."""

    MALFORMED = "malformed"
    """No number, too many digits or too few, or more than one way to read them."""
    FOREIGN = "foreign"
    """A number of another country."""
    CITY = "city"
    """A city line of the country."""
    CUT = "cut"
    """A spreadsheet has rounded it: `7.7012E+10` has lost its digits."""
    RANGE = "range"
    """Two numbers joined by a dash: what lies between them is not read."""
    NO_RESULT = "no_result"
    """A cell with a formula whose result is not in the file, or is an error."""
    MISSING = "missing"
    """A row of a table with nothing that could be a number where the others have theirs."""


@dataclass(frozen=True, slots=True)
class ListedNumber:
    """A number and the line (from 1) it stands in first."""

    msisdn: Msisdn
    line: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line (from 1) that holds something which was not read. Its text is not kept."""

    line: int
    reason: Unread


@dataclass(frozen=True, slots=True)
class NumberList:
    """Numbers in the order they were read, each once; `repeated` counts further places of them.

    `lines` is how many lines were read: what is pasted next goes on from there.
    """

    numbers: tuple[ListedNumber, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    repeated: int = 0
    lines: int = 0

    @classmethod
    def of(
        cls, numbers: Iterable[ListedNumber], left_out: Iterable[LeftOut] = (), lines: int = 0
    ) -> NumberList:
        """The list of what was read, in order; repeated ones are counted."""
        first: dict[Msisdn, ListedNumber] = {}
        read = 0
        for read, number in enumerate(numbers, 1):  # noqa: B007 - how many there were
            first.setdefault(number.msisdn, number)
        unread = tuple(dict.fromkeys(left_out))
        return cls(tuple(first.values()), unread, read - len(first), lines)

    def __len__(self) -> int:
        """How many numbers it has."""
        return len(self.numbers)

    def with_more(self, more: NumberList) -> NumberList:
        """Both in one: what is there keeps its place."""
        both = NumberList.of((*self.numbers, *more.numbers), (*self.left_out, *more.left_out))
        repeated = self.repeated + more.repeated + both.repeated
        lines = max(self.lines, more.lines)
        return NumberList(both.numbers, both.left_out, repeated, lines)
