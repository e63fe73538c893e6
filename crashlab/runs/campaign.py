"""A size in pieces: rounds that are done are kept in a file, and the next run goes on after them.

`release` takes hours; whoever runs it may end it at any moment and go on later, with another
version of the program as well: the commit of each round is noted.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crashlab.runs.snapshot import CODE

if TYPE_CHECKING:
    from crashlab.runs.driver import Result

FOLDER = Path("var/crashlab")


@dataclass(frozen=True)
class Round:
    """What one round came to."""

    seed: int
    day: str
    commit: str
    kills: int
    kills_that_count: int
    pauses: int
    steps: int
    cuts: int
    restores: int
    changes: int
    presses: int
    faults: int
    seconds: float
    kinds: dict[str, int]
    """How many changes of each kind were confirmed."""
    breaches: list[str]

    @classmethod
    def of(cls, result: Result) -> Round:
        """The figures of a result, of the program as it is now."""
        kinds: Counter[str] = Counter()
        for (kind, _state), count in result.kinds.items():
            kinds[kind] += count
        return cls(
            seed=result.plan.seed,
            day=datetime.now(UTC).strftime("%d.%m.%Y"),
            commit=present_commit(),
            kills=result.kills.total(),
            kills_that_count=result.kills_that_count,
            pauses=result.pauses.total(),
            steps=result.steps,
            cuts=result.cuts,
            restores=result.restores,
            changes=result.changes,
            presses=result.presses,
            faults=result.faults,
            seconds=round(result.seconds, 1),
            kinds=dict(sorted(kinds.items())),
            breaches=[str(breach) for breach in result.breaches],
        )


@dataclass
class Campaign:
    """The rounds of one size on one database, as far as they are done: the last try of each."""

    size: str
    database: str
    seed: int
    rounds: list[Round] = field(default_factory=list)
    mended: list[Round] = field(default_factory=list)
    """Earlier tries in which something broke."""

    @classmethod
    def resumed(
        cls, size: str, database: str, seed: int | None, whole: int, folder: Path = FOLDER
    ) -> Campaign | None:
        """The one that is not at its end, with that seed if one is named; None without one."""
        path = _path(folder, size, database)
        if not path.exists():
            return None
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        rounds, mended = ([Round(**one) for one in kept[name]] for name in ("rounds", "mended"))
        found = cls(size, database, kept["seed"], rounds, mended)
        return found if found.left(whole) and seed in (None, found.seed) else None

    def left(self, whole: int) -> list[int]:
        """Seeds of the rounds that are to do: not done, or something broke in them."""
        sound = {one.seed for one in self.rounds if not one.breaches}
        return [seed for seed in range(self.seed, self.seed + whole) if seed not in sound]

    def add(self, one: Round) -> None:
        """A round is done, for the first time or once more."""
        self.mended += [before for before in self.rounds if before.seed == one.seed]
        others = [before for before in self.rounds if before.seed != one.seed]
        self.rounds = sorted([*others, one], key=lambda done: done.seed)

    def keep(self, folder: Path = FOLDER) -> None:
        """Write it down, so that the next run goes on here."""
        folder.mkdir(parents=True, exist_ok=True)
        path = _path(folder, self.size, self.database)
        kept = asdict(self)
        path.with_suffix(".new").write_text(json.dumps(kept, indent=1), encoding="utf-8")
        path.with_suffix(".new").replace(path)

    def never_confirmed(self, kinds: tuple[str, ...]) -> list[str]:
        """Kinds of changes of which no round had one."""
        seen = {kind for one in self.rounds for kind, count in one.kinds.items() if count}
        return [kind for kind in kinds if kind not in seen]


def _path(folder: Path, size: str, database: str) -> Path:
    return folder / f"{size}-{database}.json"


def present_commit() -> str:
    """What is being tried; empty outside of a checkout."""
    command = ["git", "-C", str(CODE), "rev-parse", "--short", "HEAD"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return told.stdout.strip()
