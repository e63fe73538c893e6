"""A backup of the bot's database that is put back while people press, and what is lost with it.

Only for SQLite: its backup is a copy made by SQLite's own online backup, in use, as docs/deploy.md
tells administrators to make it.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crashlab.checks.final_state import Change, OrderedDocument

UNSETTLED = ("proposed", "accepted", "sent", "unknown")
REPLAYED = (*UNSETTLED, "offered")
"""In such a state a change goes on from there when its copy is put back."""


class Backup:
    """A copy of the database at that address, beside `folder`'s other things."""

    def __init__(self, url: str, folder: Path) -> None:
        self._database = Path(url.removeprefix("sqlite:///"))
        self._copy = folder / "backup.db"
        self.url = f"sqlite:///{self._copy}"

    def take(self) -> None:
        """Copy it as it is at one moment, whoever writes to it meanwhile."""
        self._copy.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(self._database, timeout=30)) as source,
            closing(sqlite3.connect(self._copy)) as target,
        ):
            source.backup(target)

    def put_back(self) -> None:
        """Have the copy in the place of the database; nobody may use it at that moment."""
        for ending in ("-wal", "-shm"):
            self._database.with_name(self._database.name + ending).unlink(missing_ok=True)
        shutil.copy(self._copy, self._database)


@dataclass(frozen=True)
class Restoration:
    """A backup that was put back: what was written between `taken` and `put_back` is gone.

    Both are `time.monotonic`. `changes` and `papers` are what the bot knew right before, `copied`
    the states of the changes in the copy.
    """

    taken: float
    put_back: float
    changes: Sequence[Change]
    papers: Sequence[OrderedDocument]
    copied: dict[str, str]

    def covers(self, at: float, before: float = 0.0) -> bool:
        """Whether that moment is in the time that is lost, or so many seconds before it."""
        return self.taken - before <= at <= self.put_back


@dataclass(frozen=True)
class History:
    """All backups that were put back in a run."""

    restorations: Sequence[Restoration] = field(default_factory=list)

    def lost_changes(self, present: Sequence[Change]) -> list[Change]:
        """Confirmed changes that the database does not know any more, as it knew them last."""
        known = {change.id for change in present}
        found = {
            one.id: one
            for restoration in self.restorations
            for one in restoration.changes
            if one.id not in known
        }
        return list(found.values())

    def renamed(self, present: Sequence[Change]) -> list[Change]:
        """Changes that a backup brought back as offers and that were confirmed once more, as they
        were before: under another reference.
        """
        known = {change.id: change.reference for change in present}
        found = {
            one.reference: one
            for restoration in self.restorations
            for one in restoration.changes
            if known.get(one.id, one.reference) != one.reference
        }
        return list(found.values())

    def times_replayed(self, change_id: str) -> int:
        """In how many copies that were put back the change was not finished."""
        states = (one.copied.get(change_id) for one in self.restorations)
        return sum(state in REPLAYED for state in states)

    def lost_papers(self, present: Sequence[OrderedDocument]) -> list[OrderedDocument]:
        """The same of documents."""
        known = {(paper.chat_id, paper.reference, paper.ordered_at) for paper in present}
        found = {
            (one.chat_id, one.reference, one.ordered_at): one
            for restoration in self.restorations
            for one in restoration.papers
        }
        return [one for key, one in found.items() if key not in known]

    def replayed(self) -> dict[str, float]:
        """Changes that were not finished in a copy that was put back, and when that was last.

        What was told of them before, the bot cannot know.
        """
        return {
            one: restoration.put_back
            for restoration in self.restorations
            for one, state in restoration.copied.items()
            if state in REPLAYED
        }

    def covers(self, at: float, before: float = 0.0) -> bool:
        """Whether what was written at that moment may be lost."""
        return any(one.covers(at, before) for one in self.restorations)


def elapsed(wall: float) -> float:
    """A moment of `time.time` in this process, as `time.monotonic`."""
    return wall - time.time() + time.monotonic()
