"""Others while large files are made: how long a small one waits, and how late taps are answered.

Two people order the usage details of busy numbers, one as a workbook and one in print; meanwhile a
third one orders a statement, and others press buttons. Nobody orders twice: the same order within a
minute is the one that is there. The large ones have been made once before, so that the stand-in has
written its records: what that costs it is no operator's, and takes the cores from the bot.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from bench.processes import Subject, call

PATIENCE = 900.0
BEGUN = 3.0
"""Seconds after which large files are being made."""
TAPPING, TAPS, RATE = 10, 60, 20
"""People, taps of one load, taps a second."""
PEOPLE = 100
"""In the bot's database; each order is somebody else's."""
SMALL, LARGE = "Reconciliation", "Usage details"


@dataclass(frozen=True)
class Fairness:
    """Seconds of a small file, alone and behind two large ones; p99 of taps in milliseconds."""

    alone: float
    behind: float
    large: float
    idle: float
    meanwhile: float

    def told(self) -> str:
        """As the table says it."""
        return (
            f"a small file {self.alone:.1f} s alone, {self.behind:.1f} s behind two large ones "
            f"(these {self.large:.0f} s); taps' p99 {self.idle:.0f} ms idle, "
            f"{self.meanwhile:.0f} ms meanwhile"
        )


class Chat:
    """People at one bot, each known by a number; `files` are those that came to anybody."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._fresh = count(TAPPING)

    def orders(self, first: str, *taps: str) -> float:
        """Somebody who has ordered nothing yet types, then taps one button after the other.

        When the last one was pressed.
        """
        person: dict[str, Any] = {"users": 1, "updates": 1, "first": next(self._fresh)}
        for typed in ("/menu", first):
            self.subject.run(**person, text=typed, tap=[])
        for tap in taps[:-1]:
            self.subject.run(**person, tap=[tap])
        pressed = time.perf_counter()
        self.subject.run(**person, tap=[taps[-1]])
        return pressed

    def files(self, title: str) -> int:
        """How many came by now."""
        found = call(self.subject.url + "/ready")["files"]
        return sum(title in file["caption"] for file in found)

    def small(self) -> float:
        """Seconds of a small file, from the last press on."""
        known = self.files(SMALL)
        began = self.orders("/documents", "6 · Reconciliation", "XLSX")
        self.until(SMALL, known + 1)
        return time.perf_counter() - began

    def large(self, busy: Sequence[str]) -> None:
        """Two people order the two large ones."""
        self.orders(busy[0], "Usage details", "XLSX")
        self.orders(busy[1], "Usage details", "PDF")

    def until(self, title: str, count: int) -> None:
        """Wait until so many files came. Raises `TimeoutError`."""
        began = time.perf_counter()
        while self.files(title) < count:
            if time.perf_counter() - began > PATIENCE:
                raise TimeoutError(f"no file came\n{self.subject.process.said()}")
            time.sleep(0.05)

    def taps(self, number: str) -> None:
        """Have the people who tap look at a card."""
        people: dict[str, Any] = {"users": TAPPING, "updates": TAPPING, "first": 0}
        self.subject.run(**people, text=number, tap=[])

    def p99(self) -> float:
        """Of one load of taps."""
        load: dict[str, Any] = {"users": TAPPING, "updates": TAPS, "first": 0, "rate": RATE}
        return float(self.subject.run(**load, tap=["Refresh"])["p99_ms"])


def fairness(subject: Subject, card: str, busy: Sequence[str], rounds: int) -> Fairness:
    """The medians of the rounds. Raises RuntimeError where nothing was behind the large files."""
    chat = Chat(subject)
    chat.taps(card)
    chat.small()
    chat.p99()
    chat.large(busy)
    chat.until(LARGE, 2)
    alone, behind, large, idle, meanwhile = [list[float]() for _ in range(5)]
    for _round in range(rounds):
        alone.append(chat.small())
        idle += [chat.p99() for _ in range(3)]
        known = chat.files(LARGE)
        began = time.perf_counter()
        chat.large(busy)
        time.sleep(BEGUN)
        behind.append(chat.small())
        while chat.files(LARGE) < known + 2:
            meanwhile.append(chat.p99())
        chat.until(LARGE, known + 2)
        large.append(time.perf_counter() - began)
    if not meanwhile:
        raise RuntimeError("the large files were made too soon")
    return Fairness(*map(statistics.median, (alone, behind, large, idle, meanwhile)))
