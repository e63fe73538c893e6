"""Groups of digits divided into numbers: wholly, and in one way only.

Matchers of libraries take the first digits that make a number, and go wrong where a line begins
with a counter: the first ten digits of row 77, `77 701 054 20`, are a valid number too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from account.kazakhstan import numbering
from account.lists.number_list import Unread
from account.values.identifiers import Msisdn
from account.values.identifiers.phones import is_number

_COUNTER = 5
_LONGEST = 13
"""Digits of a number with 007."""
_LONGEST_ABROAD = 17
"""The same of another country's with 00."""


@dataclass(frozen=True, slots=True)
class Group:
    """Digits without anything between, and the signs that stand before them in the run."""

    before: str
    digits: str

    @property
    def plus(self) -> bool:
        """Whether they begin an international writing."""
        return "+" in self.before


@dataclass(frozen=True, slots=True)
class Outside:
    """A whole number that is none of the country's mobile ones, and what it is instead."""

    digits: str
    reason: Unread


class Undivided(Enum):
    """Why groups are not numbers."""

    DASH = auto()
    """They would be, but for a dash between two of them."""
    NO_WAY = auto()
    """No division, or more than one."""


def divided(groups: Sequence[Group]) -> tuple[Msisdn | Outside, ...] | Undivided:
    """The numbers of a run of groups; before the first there may be a counter of 1 to 5 digits.

    City lines and numbers of other countries are looked for only where the country's mobile ones
    alone do not fill the run: `77010542017 +996 555 12 34 56`.
    """
    found = _ways(groups, over_dashes=False)
    if not found and len(_ways(groups, over_dashes=True)) == 1:
        return Undivided.DASH
    found = found or _ways(groups, over_dashes=False, outside=True)
    return found[0] if len(found) == 1 else Undivided.NO_WAY


def segments(groups: Sequence[Group]) -> list[Sequence[Group]]:
    """A run cut before each plus: what stands there begins a number, whatever stands before it."""
    starts = [0, *(at for at, group in enumerate(groups) if at and group.plus)]
    return [groups[at:end] for at, end in zip(starts, [*starts[1:], len(groups)], strict=True)]


def without_plus(groups: Sequence[Group]) -> Sequence[Group]:
    """The same, where a plus with a blank behind it joins and belongs to no number."""
    first = groups[0]
    apart = first.before.endswith("+ ")
    return [Group("", first.digits), *groups[1:]] if apart else groups


def _ways(
    groups: Sequence[Group], *, over_dashes: bool, outside: bool = False
) -> list[tuple[Msisdn | Outside, ...]]:
    """Up to two different rows of numbers that the groups make; two tell that there is no one way.

    A row is known by the row before its last number and that number: divisions that come to the
    same numbers (a 7 that counts, or that begins the number) are one.
    """
    rows: dict[tuple[int, Msisdn | Outside], int] = {}
    last: list[tuple[int, Msisdn | Outside] | None] = [None]
    reached: list[list[int]] = [[] for _ in range(len(groups) + 1)]
    reached[0].append(0)
    if len(groups) > 1 and _counts(groups[0]):
        reached[1].append(0)
    for start, group in enumerate(groups):
        for end, number in _numbers_from(groups, start, outside) if reached[start] else ():
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


def _row(
    last: Sequence[tuple[int, Msisdn | Outside] | None], row: int
) -> tuple[Msisdn | Outside, ...]:
    numbers: list[Msisdn | Outside] = []
    while (key := last[row]) is not None:
        row, number = key
        numbers.append(number)
    return tuple(reversed(numbers))


def _counts(group: Group) -> bool:
    return not group.plus and len(group.digits) <= _COUNTER


def _numbers_from(
    groups: Sequence[Group], start: int, outside: bool
) -> list[tuple[int, Msisdn | Outside]]:
    """The numbers that begin with a group, and the group after each."""
    first, digits = groups[start], ""
    found: list[tuple[int, Msisdn | Outside]] = []
    for end in range(start, len(groups)):
        group = groups[end]
        digits += group.digits
        if len(digits) > (_LONGEST_ABROAD if outside else _LONGEST):
            break
        if end > start and group.plus:
            break
        number = Msisdn.listed(digits, plus=first.plus)
        if number is not None:
            found.append((end + 1, number))
            if end == start and _is_fraction(groups, end + 1):
                found.append((end + 2, number))
        elif outside and (other := _outside(digits, plus=first.plus)) is not None:
            found.append((end + 1, other))
    return found


def _outside(digits: str, *, plus: bool) -> Outside | None:
    """A whole city line or number of another country, if the digits are surely one."""
    whole = digits if plus else numbering.international(digits)
    if numbering.is_city(whole):
        return Outside(whole, Unread.CITY)
    told = plus or digits.startswith("00") or numbering.is_neighbour(whole)
    abroad = told and not numbering.is_national(whole) and is_number(whole)
    return Outside(whole, Unread.FOREIGN) if abroad else None


def _is_fraction(groups: Sequence[Group], at: int) -> bool:
    """Whether it is the `.0` of an unbroken number that a program wrote as a decimal one."""
    return at < len(groups) and groups[at].before == "." and set(groups[at].digits) == {"0"}
