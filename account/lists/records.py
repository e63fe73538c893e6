"""One record of a list, a cell or what stands between two separators, and its numbers.

What belongs to no number is cut out: dates, times, words, links, amounts. A letter amid digits
parts them, whatever it looks like: `2O` is no `20`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from account.kazakhstan import numbering
from account.lists.division import (
    Group,
    Outside,
    Undivided,
    divided,
    segments,
    without_plus,
)
from account.lists.number_list import Unread
from account.values.identifiers import Msisdn
from account.values.identifiers.plain_text import fold

_TOLD_FROM = 7
"""Digits; fewer are no number that somebody may have meant."""
_FOREIGN = range(8, 16)
"""Digits of other countries' numbers with their code."""
_OF_OTHER_THINGS = frozenset({12, 14, 15, 16, 19, 20})
"""Unbroken digits of an IIN or BIN, an IMEI, an ICCID."""
_WITH_ZEROS = range(13, 18)
_PARTED = "\0"
"""Put where something was cut out: it parts what stands before and behind it."""

_EXPONENT = re.compile(
    r"(?<![0-9A-Za-z.])(?P<whole>[0-9]+)(?:\.(?P<rest>[0-9]+)[Ee]\+?|[Ee]\+)(?P<power>[0-9]{1,2})"
    r"(?![0-9A-Za-z])"
)
_DAY, _MONTH, _YEAR = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "(?:19|20)[0-9]{2}"
_NO_MORE = r"(?![0-9]|[.\-/][0-9])"
_REFERENCE = re.compile(r"(?<![\w\-])[A-Z]-20[0-9]{6}-[0-9]{4}(?:-[0-9]{4})?(?![\w\-])")
"""Of an order or a change of ours: what people send back may be a file of ours."""
_DATE = re.compile(
    rf"(?<![0-9.\-/])(?:{_DAY}(?P<s>[./\-]){_MONTH}(?P=s){_YEAR}"
    rf"|{_YEAR}(?P<z>[./\-]){_MONTH}(?P=z){_DAY}){_NO_MORE}"
)
_SHORT_DATE = re.compile(rf"(?<![0-9.\-/]){_DAY}(?P<s>[./]){_MONTH}(?P=s)[0-9]{{2}}{_NO_MORE}")
_TIME = re.compile(
    r"(?<![0-9:])(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?"
    r"(?:[+\-][01][0-9]:[0-5][0-9])?(?![0-9:])"
)
_RUN = re.compile(r"[\d+()\-./ ]+")
_GROUP = re.compile(r"(?P<before>[+()\-./ ]*)(?P<digits>[0-9]+)")
_LETTERS_BEFORE = re.compile(r"(?:^|(?P<other>[\W_])|(?P<digit>\d))(?P<word>[^\W\d_]+)$")
_LETTERS_BEHIND = re.compile(r"(?P<word>[^\W\d_]+)(?:$|(?P<other>[\W_])|(?P<digit>\d))")
_LIKE_DIGITS = str.maketrans("OoОоЗзlIІі", "0000331111")
"""Latin and Cyrillic letters that are read as digits, but never taken for them."""
_TOKEN = re.compile(r"[^\s\0]+")


@dataclass(frozen=True, slots=True)
class Record:
    """What one record holds. `aside` is what is no phone number if one stands beside it in the same
    line, and is told if none does: an IIN, an IMEI, an ICCID.
    """

    numbers: tuple[Msisdn, ...] = ()
    told: tuple[Unread, ...] = ()
    aside: tuple[Unread, ...] = ()

    def __add__(self, other: Record) -> Record:
        """Both in one, in order."""
        return Record(
            self.numbers + other.numbers, self.told + other.told, self.aside + other.aside
        )


NOTHING = Record()
NO_RESULT = Record(told=(Unread.NO_RESULT,))
"""Of a cell that shows what its file does not hold."""
_MALFORMED = Record(told=(Unread.MALFORMED,))
_APART = re.compile(r"[\n\v\f;,\t|]")


def read_cell(text: str) -> Record:
    """The numbers of a cell of a sheet, as it came: line ends and separators part its records."""
    if sum(map(str.isdigit, text)) < _TOLD_FROM and "E+" not in text.upper():
        return NOTHING
    return sum(map(read_record, _APART.split(fold(text))), NOTHING)


def read_record(text: str) -> Record:
    """The numbers of a record of plain signs (`account.values.identifiers.plain_text.fold`)."""
    if sum(map(str.isdigit, text)) < _TOLD_FROM and "E+" not in text.upper():
        return NOTHING
    exact, found = _without_exponents(text)
    exact = _TIME.sub(_PARTED, _DATE.sub(_PARTED, _REFERENCE.sub(_PARTED, exact)))
    for run in _RUN.finditer(exact):
        part = _read_run(run[0])
        found += _MALFORMED if part.numbers and _is_glued(exact, run) else part
    return _broken(exact) if found == NOTHING else found


def _without_exponents(text: str) -> tuple[str, Record]:
    """Numbers that a spreadsheet shows as `7.7012115526E+10` written out, where all digits are
    there; and what it has cut.
    """
    told: list[Unread] = []

    def written_out(found: re.Match[str]) -> str:
        whole, rest, power = found["whole"], found["rest"] or "", int(found["power"])
        if len(whole) + power < _TOLD_FROM:
            return _PARTED
        if len(whole) == 1 and len(rest) >= power and not rest[power:].strip("0"):
            return whole + rest[:power]
        told.append(Unread.CUT)
        return _PARTED

    return _EXPONENT.sub(written_out, text), Record(told=tuple(told))


def _read_run(run: str) -> Record:
    """What digits and signs that may stand in a number come to."""
    if sum(map(str.isdecimal, run)) < _TOLD_FROM:
        return NOTHING
    if not run.isascii():
        return _MALFORMED  # the digits of another script
    found = _read_groups(run)
    if found.told and _SHORT_DATE.search(run) is not None:
        parts = map(_read_groups, _SHORT_DATE.sub(_PARTED, run).split(_PARTED))
        undated = sum(parts, NOTHING)
        return undated if undated.numbers and not undated.told else found
    return found


def _read_groups(run: str) -> Record:
    found = NOTHING
    for groups in _parted(run):
        if len(groups) == 1 and _is_of_other_things(groups[0]):
            found += Record(aside=(_why(groups),))
            continue
        found += _read_division(groups)
    return found


def _read_division(groups: Sequence[Group]) -> Record:
    division = divided(groups)
    if not isinstance(division, Undivided):
        return Record(
            numbers=tuple(one for one in division if not isinstance(one, Outside)),
            told=tuple(one.reason for one in division if isinstance(one, Outside)),
        )
    parts = segments(groups)
    if division is Undivided.NO_WAY and len(parts) > 1:
        return sum(map(_read_division, parts), NOTHING)
    if (bare := without_plus(groups)) is not groups:
        return _read_division(bare)
    if sum(len(group.digits) for group in groups) < _TOLD_FROM:
        return NOTHING
    return Record(told=(Unread.RANGE if division is Undivided.DASH else _why(groups),))


def _parted(run: str) -> Iterator[Sequence[Group]]:
    """The groups of a run; an IIN, IMEI or ICCID stands alone and parts what is around it."""
    groups: list[Group] = []
    for found in _GROUP.finditer(run):
        group = Group(found["before"], found["digits"])
        if _is_of_other_things(group):
            if groups:
                yield groups
            yield [group]
            groups = []
        else:
            groups.append(group)
    if groups:
        yield groups


def _is_of_other_things(group: Group) -> bool:
    if len(group.digits) in _WITH_ZEROS and group.digits.startswith("00"):
        return False  # 00 and another country's number
    return not group.plus and len(group.digits) in _OF_OTHER_THINGS


def _why(groups: Sequence[Group]) -> Unread:
    """Why digits are no number of ours, if they are one at all."""
    digits = "".join(group.digits for group in groups)
    plus = groups[0].plus
    whole = digits if plus else numbering.international(digits)
    if numbering.is_city(whole):
        return Unread.CITY
    if numbering.is_neighbour(whole):
        return Unread.FOREIGN
    abroad = (plus or whole != digits) and not numbering.has_code(numbering.with_code(whole))
    return Unread.FOREIGN if abroad and len(whole) in _FOREIGN else Unread.MALFORMED


def _is_glued(text: str, run: re.Match[str]) -> bool:
    """Whether letters without a blank make it doubtful: one alone may stand for a digit, and digits
    on both sides of some are one name of a thing.
    """
    before = run[0][:1].isdecimal() and _LETTERS_BEFORE.search(text, 0, run.start())
    behind = run[0][-1:].isdecimal() and _LETTERS_BEHIND.match(text, run.end())
    return any(word and (len(word["word"]) == 1 or word["digit"]) for word in (before, behind))


def _broken(text: str) -> Record:
    """Told as well: digits with signs between that stand in no number, `8_701_054_20_06`, and what
    is a number but for letters that look like digits, `8701О542006`.
    """
    for token in _TOKEN.findall(text):
        unlike = token.translate(_LIKE_DIGITS)
        if unlike != token and _RUN.fullmatch(unlike) and _read_run(unlike).numbers:
            return _MALFORMED
        if sum(map(str.isdecimal, token)) >= _TOLD_FROM and not any(map(str.isalpha, token)):
            return _MALFORMED
    return NOTHING
