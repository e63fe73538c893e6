"""What a number of a set costs beside a change that was confirmed by itself, in one bot.

A single one is everything from typing the number to the final word, with its windows; one of a set
is everything from the code that confirms the list to its one final word with its file, divided by
the numbers: read again, written down, ordered, looked at, told in the history.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.orders import PATIENCE, active_numbers, asked
from bench.processes import Subject, call, cpu_seconds
from bench.product import ADMINISTRATOR_S

FASTER = {"MYACCOUNT_BACKGROUND_CALLS_PER_SECOND": "1000"}
"""So that what the bot costs while it waits for its turn is not the numbers'."""


@dataclass(frozen=True)
class SetCost:
    """Milliseconds of CPU for one number, and seconds of a set."""

    single: float
    of_set: float
    seconds: float

    @property
    def ratio(self) -> float:
        """One of a set as a share of a single one."""
        return self.of_set / self.single


def set_costs(
    subject: Subject, operator: str, company: str, singles: int, many: int, rounds: int
) -> list[SetCost]:
    """Each round's, with numbers of its own. Raises `TimeoutError` where no word comes."""
    each = singles + many
    numbers = active_numbers(operator, company, each * (rounds + 1))
    found = []
    for n in range(rounds + 1):
        mine = numbers[n * each : (n + 1) * each]
        single = _singles(subject, mine[:singles]) / singles
        spent, seconds = _set(subject, operator, mine[singles:], person=singles + n)
        found.append(SetCost(single * 1000, spent / many * 1000, seconds))
    # The first of each is dearer than those after it.
    return found[1:]


def told(costs: Sequence[SetCost]) -> str:
    """As the table says it."""
    single, of_set, seconds = (
        statistics.median(values)
        for values in zip(*((one.single, one.of_set, one.seconds) for one in costs), strict=True)
    )
    return (
        f"{of_set:.1f} ms of CPU, beside {single:.1f} ms for a single one; the set {seconds:.0f} s"
    )


def _singles(subject: Subject, numbers: Sequence[str]) -> float:
    """Seconds of CPU until each person has heard of theirs."""
    people: dict[str, Any] = {"users": len(numbers), "updates": len(numbers)}
    words = _words(subject)
    begun = cpu_seconds(subject.process.pid)
    subject.run(**people, texts=numbers, tap=[])
    subject.run(**people, tap=["⛔ Block"])
    subject.run(**people, tap=["⛔ Block"])
    # A card each, and a final word.
    _until(subject, words + 2 * len(numbers))
    return cpu_seconds(subject.process.pid) - begun


def _set(
    subject: Subject, operator: str, numbers: Sequence[str], person: int
) -> tuple[float, float]:
    """Seconds of CPU from the confirmation to the final word, and seconds of the clock."""
    one: dict[str, Any] = {"users": 1, "updates": 1, "first": person}
    subject.run(**one, text="/numbers", tap=[])
    subject.run(**one, tap=["Many numbers"])
    subject.run(**one, text="\n".join(number[1:] for number in numbers), tap=[])
    for tap in ("What to do?", "Block", "Without a reason"):
        subject.run(**one, tap=[tap])
    _until_there(subject, person, "one-time code")
    known = len(_codes(operator))
    subject.run(**one, tap=["Send the one-time code"])
    began = time.perf_counter()
    while len(codes := _codes(operator)) == known:
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError(f"no code came\n{subject.process.said()}")
        time.sleep(0.05)
    files = len(call(subject.url + "/ready")["files"])
    begun, began = cpu_seconds(subject.process.pid), time.perf_counter()
    subject.run(**one, text=codes[-1], tap=[])
    while len(call(subject.url + "/ready")["files"]) == files:
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError(f"no final word came\n{subject.process.said()}")
        time.sleep(0.05)
    return cpu_seconds(subject.process.pid) - begun, time.perf_counter() - began


def _codes(operator: str) -> list[str]:
    texts = asked(f"{operator}/sandbox/sms?to={ADMINISTRATOR_S}")
    found = (re.search(r"(?<![0-9])([0-9]{6})(?![0-9])", text["text"]) for text in texts)
    return [one[1] for one in found if one]


def _words(subject: Subject) -> int:
    return int(call(subject.url + "/ready")["messages"])


def _until(subject: Subject, count: int) -> None:
    """Wait until so many messages have come."""
    began = time.perf_counter()
    while _words(subject) < count:
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError(f"{_words(subject)} of {count} words\n{subject.process.said()}")
        time.sleep(0.02)


def _until_there(subject: Subject, person: int, button: str) -> None:
    """Wait until a person's window has that button."""
    began = time.perf_counter()
    while button not in call(f"{subject.url}/keyboard?person={person}")["keyboard"]:
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError(f"no button {button}\n{subject.process.said()}")
        time.sleep(0.05)
