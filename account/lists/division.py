"""Groups of digits divided into numbers: wholly, and in one way only.

Matchers of libraries take the first digits that make a number, and go wrong where a line begins
with a counter: the first ten digits of row 77, `77 701 054 20`, are a valid number too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from account.values.identifiers import Msisdn

_COUNTER = 5
_LONGEST = 13
"""Digits of a number with 007."""
_WHOLE = (10, 11)


@dataclass(frozen=True, slots=True)
class Group:
    """Digits without anything between, and the signs that stand before them in the run."""

    before: str
    digits: str

    @property
    def plus(self) -> bool:
        """Whether they begin an international writing."""
        return "+" in self.before


class Undivided(Enum):
    """Why groups are not numbers."""

    DASH = auto()
    """They would be, but for a dash between two of them."""
    NO_WAY = auto()
    """No division, or more than one."""


def divided(groups: Sequence[Group]) -> tuple[Msisdn, ...] | Undivided:
    """The numbers of a run of groups; before the first there may be a counter of 1 to 5 digits."""
    found = _ways(groups, over_dashes=False)
    if len(found) == 1:
        return found[0]
    if not found and len(_ways(groups, over_dashes=True)) == 1:
        return Undivided.DASH
    return Undivided.NO_WAY


def _ways(groups: Sequence[Group], *, over_dashes: bool) -> list[tuple[Msisdn, ...]]:
    """Up to two different rows of numbers that the groups make; two tell that there is no one way.

    A row is known by the row before its last number and that number: divisions that come to the
    same numbers (a 7 that counts, or that begins the number) are one.
    """
    rows: dict[tuple[int, Msisdn], int] = {}
    last: list[tuple[int, Msisdn] | None] = [None]
    reached: list[list[int]] = [[] for _ in range(len(groups) + 1)]
    reached[0].append(0)
    if len(groups) > 1 and _counts(groups[0]):
        reached[1].append(0)
    for start, group in enumerate(groups):
        for end, number in _numbers_from(groups, start) if reached[start] else ():
            for row in reached[start]:
                if row and "-" in group.before and not over_dashes:
                    continue
                key = (row, number)
                known = rows.setdefault(key, len(last))
                if known == len(last):
                    last.append(key)
                if known not in reached[end] and len(reached[end]) < 2:
                    reached[end].append(known)
    return [_row(last, row) for row in reached[-1] if row]


def _row(last: Sequence[tuple[int, Msisdn] | None], row: int) -> tuple[Msisdn, ...]:
    numbers: list[Msisdn] = []
    while (key := last[row]) is not None:
        row, number = key
        numbers.append(number)
    return tuple(reversed(numbers))


def _counts(group: Group) -> bool:
    return not group.plus and len(group.digits) <= _COUNTER


def _numbers_from(groups: Sequence[Group], start: int) -> list[tuple[int, Msisdn]]:
    """The numbers that begin with a group, and the group after each."""
    first, digits = groups[start], ""
    found: list[tuple[int, Msisdn]] = []
    for end in range(start, len(groups)):
        group = groups[end]
        digits += group.digits
        if len(digits) > _LONGEST or (end > start and group.plus):
            break
        number = Msisdn.listed(digits, plus=first.plus)
        if number is not None:
            found.append((end + 1, number))
            if end == start and _is_fraction(groups, end + 1):
                found.append((end + 2, number))
    return found


def _is_fraction(groups: Sequence[Group], at: int) -> bool:
    """Whether it is the `.0` of an unbroken number that a program wrote as a decimal one."""
    return at < len(groups) and groups[at].before == "." and set(groups[at].digits) == {"0"}
