"""How a defect is planted in a copy of the program, and how the lab must catch it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crashlab.plan import Plan
from crashlab.runs.driver import Result, Run
from crashlab.runs.snapshot import copied


class DoesNotFitError(Exception):
    """The program no longer reads as the mutant expects: plant the defect anew."""


@dataclass(frozen=True)
class Patch:
    """In that file, `old` stands exactly once and becomes `new`."""

    file: str
    old: str
    new: str

    def applied(self, text: str) -> str:
        """The file with the change. Raises `DoesNotFitError`."""
        if text.count(self.old) != 1:
            raise DoesNotFitError(f"{self.file}: {self.old!r}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Mutant:
    """A defect, what it must be caught as, and where to kill so that it shows soon."""

    name: str
    caught_as: tuple[str, ...]
    patches: tuple[Patch, ...]
    points: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """What people want, where only that can show it; empty: all of it."""
    readers: int = 0
    """People who order documents, in the place of those who change something."""
    trouble: Mapping[str, Any] = field(default_factory=dict)
    """What else the plan has."""

    def changed(self, code: Path) -> dict[str, str]:
        """The files of that program that differ, with the defect. Raises `DoesNotFitError`."""
        files: dict[str, str] = {}
        for patch in self.patches:
            text = files.get(patch.file) or (code / patch.file).read_text(encoding="utf-8")
            files[patch.file] = patch.applied(text)
        return files

    def planted(self, to: Path) -> Path:
        """A copy of the program with the defect in it. Raises `DoesNotFitError`."""
        code = copied(to)
        for name, text in self.changed(code).items():
            (code / name).write_text(text, encoding="utf-8")
        return code


ROUNDS, SECONDS = 4, 8.0
"""A mutant lives through so many short runs at most; the first that breaks a promise ends it."""


async def caught(
    mutant: Mutant, seed: int, folder: Path, say: Callable[[str], None]
) -> Result | None:
    """The run that caught it, or None when none did within the bound."""
    code = mutant.planted(folder / "code")
    for n in range(ROUNDS):
        place = folder / str(n)
        place.mkdir()
        usual = Plan(
            seed + n,
            SECONDS,
            people=3 if mutant.readers else 24,
            readers=mutant.readers,
            set_companies=0,
            planners=0,
            watchers=0,
            subscribers=0,
            least_kills=4,
            least_changes=0 if mutant.readers else 20,
            least_kinds=0.0,
            longest=4,
            points=mutant.points,
            kinds=mutant.kinds,
            by_point=0.8,
            slow_orders=0.6,
            hasty=True,
        )
        plan = replace(usual, **mutant.trouble)
        result = await Run(plan, f"sqlite:///{place / 'bot.db'}", place, code).result()
        found = {breach.name for breach in result.breaches}
        if found & set(mutant.caught_as):
            say(f"  caught, seed {plan.seed}, {result.seconds:.0f} s: {result.breaches[0]}")
            return result
        say(f"  not yet, seed {plan.seed}, {result.seconds:.0f} s: {sorted(found)}")
    return None
