"""Ids made by the server: a UUID in the place of each id that says something."""

from __future__ import annotations

import uuid

from sandbox.operator.database import OperatorDatabase

_SPACE = uuid.UUID("6f1d3a52-8b0e-4c57-9a44-0d2b7f3e9c11")


class Aliases:
    """UUIDs of the operator's own ids, and the way back for those that were ever told.

    `_known` spares the database what has been written already.
    """

    def __init__(self, database: OperatorDatabase) -> None:
        self._database = database
        self._known: dict[str, str] = {}
        database.execute(
            "CREATE TABLE IF NOT EXISTS alias (told TEXT PRIMARY KEY, own TEXT NOT NULL)"
        )

    def told(self, own: str) -> str:
        """The UUID of an id. The same one for ever."""
        alias = str(uuid.uuid5(_SPACE, own))
        if alias not in self._known:
            self._known[alias] = own
            self._database.execute("INSERT OR IGNORE INTO alias VALUES (?, ?)", (alias, own))
        return alias

    def own(self, told: str) -> str:
        """The id behind a UUID; a text that is nobody's id when it was never told."""
        known = self._known.get(told)
        if known is None:
            row = self._database.one("SELECT own FROM alias WHERE told = ?", (told,))
            known = "?" if row is None else str(row["own"])
        return known
