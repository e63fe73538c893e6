"""What the bot's database says in the end, read by plain SQL and not by the bot's own code."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Container
from contextlib import closing
from dataclasses import astuple, dataclass, replace
from typing import Any

import asyncpg

_CHANGES = (
    "SELECT id, msisdn, telegram_id, kind, state, reference, reason_code, settled_at, "
    "set_reference "
    "FROM actions "
    "WHERE state NOT IN ('offered', 'void') ORDER BY accepted_at"
)
_OPEN = (
    "SELECT (SELECT count(*) FROM actions "
    "WHERE state IN ('proposed', 'accepted', 'sent', 'unknown')), "
    "(SELECT count(*) FROM outbox WHERE state = 'owed'), "
    "(SELECT count(*) FROM inbox WHERE state = 'new'), "
    "(SELECT count(*) FROM documents WHERE state IN ('queued', 'making', 'ready')), "
    "(SELECT count(*) FROM change_sets "
    "WHERE state IN ('checking', 'running', 'stopped') "
    "OR (state IN ('scheduled', 'suspended') AND due <= {due})), "
    "(SELECT count(*) FROM schedules "
    "WHERE state IN ('scheduled', 'repeating', 'suspended') AND due <= {due}), "
    "(SELECT count(*) FROM alert_looks "
    "WHERE finished_at IS NULL AND due <= {now}) + "
    "(SELECT count(*) FROM alerts WHERE state <> 'told')"
)
_SOON = 65_000_000
"""Microseconds from which on what is to begin later is waited for: it begins within this run."""
_UNDER_WAY = "SELECT count(*) FROM actions WHERE state IN ('accepted', 'sent', 'unknown')"
_PAPERS = (
    "SELECT reference, telegram_id, company_id, kind, format, parameters, state, ordered_at, rows "
    "FROM documents ORDER BY ordered_at"
)
_ASIDE = "SELECT id, why FROM inbox WHERE state = 'quarantined' ORDER BY id"
_CODED = "SELECT DISTINCT msisdn FROM secret_codes WHERE ended_at IS NULL"
_GIVEN_UP = "SELECT kind, why FROM outbox WHERE state = 'dead' ORDER BY id"


@dataclass(frozen=True)
class Change:
    """A confirmed change as the bot remembers it."""

    id: str
    number: str
    chat_id: int
    kind: str
    state: str
    reference: str
    reason_code: str | None
    settled_at: Any = None
    """Comparable with others of the same database."""
    set_reference: str | None = None
    """The list that it was confirmed with: then that has the final word."""


@dataclass(frozen=True)
class OrderedDocument:
    """A document that was ordered, as the bot remembers it. `ordered_at`: microseconds, UTC."""

    reference: str
    chat_id: int
    company_id: str
    kind: str
    form: str
    parameters: str
    state: str
    ordered_at: int
    rows: int


@dataclass(frozen=True)
class Leftovers:
    """What is not finished: changes, messages owed, updates, documents, lists, plans for now,
    looks for alerts and what they have brought.
    """

    changes: int
    messages: int
    updates: int
    documents: int = 0
    sets: int = 0
    schedules: int = 0
    alerts: int = 0

    def __bool__(self) -> bool:
        return any(astuple(self))


class Database:
    """The bot's database, by its address. Only reads."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def changes(self) -> list[Change]:
        """Every change that was confirmed, in the order of their confirmations."""
        return [Change(*row) for row in await self.rows(_CHANGES)]

    async def papers(self) -> list[OrderedDocument]:
        """Every document that was ordered, in the order of the orders."""
        return [OrderedDocument(*row) for row in await self.rows(_PAPERS)]

    async def leftovers(self, replayed: Container[str] = ()) -> Leftovers:
        """What is not finished now.

        Who had to decide about one of `replayed` did so in the time that was lost, and is not asked
        again: it may stay proposed.
        """
        now = int(time.time() * 1e6)
        asked = _OPEN.format(now=now, due=now + _SOON)
        left = Leftovers(*(await self.rows(asked))[0])
        if not left.changes or not replayed:
            return left
        forgotten = sum(
            state == "proposed" and one in replayed for one, state in (await self.states()).items()
        )
        return replace(left, changes=left.changes - forgotten)

    async def states(self) -> dict[str, str]:
        """Every change, offers too, with its state, by its id."""
        return {row[0]: row[1] for row in await self.rows("SELECT id, state FROM actions")}

    async def under_way(self) -> int:
        """How many confirmed changes are not finished now."""
        return int((await self.rows(_UNDER_WAY))[0][0])

    async def set_aside(self) -> list[tuple[int, str]]:
        """Updates that could not be handled, and why."""
        return [(row[0], row[1]) for row in await self.rows(_ASIDE)]

    async def given_up(self) -> list[tuple[str, str]]:
        """Messages that were given up, and why."""
        return [(row[0], row[1]) for row in await self.rows(_GIVEN_UP)]

    async def coded(self) -> set[str]:
        """Numbers whose secret code has not ended."""
        return {row[0] for row in await self.rows(_CODED)}

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement finds."""
        if self._url.startswith("sqlite"):
            path = self._url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as link:
                return list(link.execute(statement))
        link = await asyncpg.connect(self._url)
        try:
            return [tuple(row) for row in await link.fetch(statement)]
        finally:
            await link.close()
