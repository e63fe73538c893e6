"""What a text typed outside of any question asks for: `block 701 211 55 26 tomorrow 22:00`.

A fixed grammar of words in three languages, read at once and without regard to their order: what to
do, with which numbers, when. Reading executes nothing: it names a window, and what is filled in
there. Words that are not known are told, never passed over; beside a change of a number they keep
it from being asked at all (`do not block …`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from account.errors import PeriodReversed
from account.errors.input import DayInvalid, TimeInvalid
from account.lists.records import read_record
from account.values.identifiers import Msisdn
from account.values.identifiers.plain_text import fold
from account.values.periods import today, typed_period
from account.values.wall_times import wall_time


class Verb(StrEnum):
    """What is asked for. Values are kept in windows."""

    BLOCK = "block"
    UNBLOCK = "unblock"
    CARD = "card"
    USAGE = "usage"
    SERVICES = "services"
    FORWARDING = "forwarding"
    SECRET_CODE = "secret_code"  # noqa: S105 - the name of a window
    SIM = "sim"
    ESIM = "esim"
    CERTIFICATE = "certificate"
    REGISTER = "register"
    RECONCILIATION = "reconciliation"
    PAYMENTS = "payments"
    LABEL = "label"


OF_COMPANY = frozenset({Verb.CERTIFICATE, Verb.REGISTER, Verb.RECONCILIATION})
"""Verbs that need no number."""

_WORDS = {
    Verb.ESIM: r"(?:replace |замен(?:а|ить) )?(?:на )?(?:e-?sim|е-?сим)",
    Verb.SIM: r"(?:replace |замен(?:а|ить) )?(?:sim|сим)(?:[ -]?(?:card|карт(?:а|у|ы|асы)))?",
    Verb.SECRET_CODE: r"secret code|секретн(?:ый|ого) кода?|купия код(?:ы)?",
    Verb.LABEL: r"label|cost cent(?:re|er)|метк[ауи]|центр затрат|белги(?:си)?|шыгын орталыгы",
    Verb.FORWARDING: r"(?:call )?forward(?:ing|s)?|переадресаци[яюи]|(?:конырауды )?кайта багыттау",
    Verb.RECONCILIATION: r"reconciliation|(?:акт )?сверк[ауи]|салыстыру(?: актиси)?",
    Verb.UNBLOCK: (
        r"un-?block(?:ing)?"
        r"|раз-?блок(?:ируй(?:те)?|ировать|ировк[ау]|нуть|ни(?:те)?|ни)?"
        r"|бугаттан шыгар(?:у|ып|ыныз|ындар)?|ашу|ашыныз"
    ),
    Verb.BLOCK: (
        r"block(?:ing)?"
        r"|(?:за)?блок(?:ируй(?:те)?|ировать|ировк[ау]|нуть|ни(?:те)?)?"
        r"|бугатта(?:у|п|ныз|ндар)?|блоктау"
    ),
    Verb.USAGE: (
        r"usage(?: details)?|details|calls|детализаци[яюи]|детализациясы|звонк(?:и|ов)"
        r"|расход(?:ы|ов)?|конырау(?:лар)?(?:ы)?|шыгын(?:дар)?(?:ы)?"
    ),
    Verb.SERVICES: r"services?|услуг[аиу]?|кызмет(?:тер)?и?",
    Verb.CERTIFICATE: r"certificate|акт(?:а|ы|иси)?",
    Verb.REGISTER: r"register|реестра?|тизилим(?:и)?",
    Verb.PAYMENTS: r"payments?|платеж(?:и|ей)|толем(?:дер)?и?",
    Verb.CARD: r"balance|card|баланс[аы]?|остат(?:ок|ки)|карточк[аиу]|карточкасы|калды(?:к|гы)",
}
"""Whole words with the endings that ask, in the order they are looked for: the longer first. Folded
as `_bare` folds. A Kazakh stem with another ending may say the contrary (`бұғаттама`).
"""
_VERB = re.compile(
    "|".join(rf"(?P<{verb}>(?<![^\W_])(?:{words})(?![^\W_]))" for verb, words in _WORDS.items())
)
_OF_TIMES = frozenset({*["at", "on", "from", "to", "в", "во", "на", "с", "со", "по", "и", "and"]})
"""Fillers that times are written with as well: they stay beside other words."""
_FILLERS = frozenset(
    re.findall(
        r"\w+",
        "the a an of for in with please number numbers show me my "
        "номер номера номеру номеров для за мне покажи покажите пожалуйста "
        "номир номири номирди номирдин номирлер мен ушин корсет корсетиниз отинемин",
    )
)
_DENIALS = frozenset(
    {
        *("no", "not", "never", "dont", "don't", "except", "but", "without"),
        *("не", "нет", "нельзя", "кроме", "но", "без", "емес", "жок", "баска", "коспаганда"),
    }
)
"""Never looked for as a label: what stands beside them is what is not wanted."""
_BARE = str.maketrans("әғқңөұүһіё", "агкноуухие")
"""For keyboards without these letters: one sign each."""
_TIMED = re.compile(
    r"(?<![0-9.])[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2})(?![0-9])"
    r"|(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])"
    r"|(?<![0-9:])[0-9]{1,2}:[0-9]{2}(?![0-9:])"
    r"|(?:(?<=\b[св] )|(?<=\b(?:до|по|to) )|(?<=\b(?:from|till) )|(?<=\buntil ))"
    r"[0-9]{1,2}\.[0-9]{1,2}(?![0-9]|[./-][0-9])"
    r"|(?<![0-9.])[0-9]{1,2}\.[0-9]{1,2}"
    r"(?=(?:-?(?:[нтд][ае]н|[гк]е|[ғқ]а)| бастап| дейін)(?!\w))",
    re.IGNORECASE,
)
_RUN = re.compile(r"\(?\+?[0-9][0-9()\-./ ]*[0-9]")
_WORD = re.compile(r"(?:[^\s,;:!?()\"]|(?<=[0-9]):(?=[0-9]))+")


@dataclass(frozen=True, slots=True)
class Command:
    """What was typed: the verbs it may mean, its distinct numbers in order, and the rest.

    `listed` is the text of the numbers where there are more than one: the reader of lists knows
    tables. `rest` are the words that are neither, as they were typed: a time, a label, or what was
    not understood.
    """

    verbs: tuple[Verb, ...]
    numbers: tuple[Msisdn, ...]
    listed: str
    rest: str

    @property
    def denied(self) -> bool:
        """Whether a word among the rest turns the verb round."""
        return not _DENIALS.isdisjoint(_bare(self.rest).split())


def read_command(typed: str) -> Command:
    """The command of a text; one without verbs and numbers is none."""
    text = fold(typed)
    bare = _bare(text)
    if len(bare) != len(text):  # a sign whose small form is longer: no word of ours has one
        return Command((), (), "", typed)
    verbs: dict[Verb, None] = {}
    lines: list[str] = []
    for line, folded in zip(text.split("\n"), bare.split("\n"), strict=True):
        kept = line
        for found in _VERB.finditer(folded):
            verbs[Verb(str(found.lastgroup))] = None
            kept = _blank(kept, found)
        lines.append(kept)
    numbers: dict[Msisdn, None] = {}
    rests = []
    for line in lines:
        of_line, rest = _numbers_of(line)
        numbers.update(dict.fromkeys(of_line))
        # Beside the numbers of a table stand names; what turns the verb round is told all the same.
        told = rest if len(lines) == 1 or not of_line else _denials_of(rest)
        rests.append(told)
    words = [word for word in _WORD.findall(" ".join(rests)) if _bare(word) not in _FILLERS]
    rest = "" if _OF_TIMES.issuperset(map(_bare, words)) else " ".join(words)
    listed = "\n".join(lines) if len(numbers) > 1 or len(lines) > 1 else ""
    return Command(tuple(verbs), tuple(numbers), listed, rest.strip(" .-"))


def _denials_of(rest: str) -> str:
    return " ".join(word for word in _WORD.findall(rest) if _bare(word) in _DENIALS)


def _numbers_of(line: str) -> tuple[tuple[Msisdn, ...], str]:
    """The numbers of a line, and what is left of it; days and times are no part of a number."""
    masked = line
    for found in _TIMED.finditer(line):
        masked = _blank(masked, found, "\0")
    numbers: list[Msisdn] = []
    for run in _RUN.finditer(masked):
        read = read_record(run[0])
        if read.numbers and not read.told:
            numbers.extend(read.numbers)
            line = _blank(line, run)
    return tuple(numbers), line


def _blank(text: str, found: re.Match[str], sign: str = " ") -> str:
    return text[: found.start()] + sign * (found.end() - found.start()) + text[found.end() :]


def _bare(text: str) -> str:
    return text.casefold().translate(_BARE)


def is_time(words: str, now: datetime) -> bool:
    """Whether the words are a time at which something can begin."""
    return _is(wall_time, words, now)


def is_day(words: str, now: datetime) -> bool:
    """Whether the words are a day to come that lacks its time."""
    return _is(wall_time, f"{words} 08:00", now)


def is_period(words: str, now: datetime) -> bool:
    """Whether the words are days or months, whether or not they can be asked for."""
    return _is(typed_period, words, today(now))


Moment = TypeVar("Moment")


def _is(read: Callable[[str, Moment], object], words: str, moment: Moment) -> bool:
    try:
        read(words, moment)
    except (DayInvalid, TimeInvalid, PeriodReversed):
        return False
    return True


def parted(rest: str, ends: Callable[[str], bool]) -> tuple[str, str]:
    """Words, and the longest end of them that is a time or the like; the end may be nothing."""
    words = rest.split()
    for at in range(len(words)):
        if ends(end := " ".join(words[at:])):
            return " ".join(words[:at]), end
    return rest, ""
