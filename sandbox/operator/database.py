"""The operator's database: one SQLite file, every change in one transaction.

It lives in the event loop's thread: each statement is short, and nothing else writes the file. WAL
with `synchronous=NORMAL` loses nothing when the process is killed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sandbox.operator.api.answers import ALMATY
from sandbox.operator.api.tmf630_filters import pattern
from sandbox.operator.schema import SCHEMA
from sandbox.operator.search_index import SearchIndex
from sandbox.operator.seed import numbers, people
from sandbox.world import World

_ONE_LINE = {ord("\n"): " "}

DEFAULT_SETTINGS: dict[str, Any] = {
    "order_seconds": 0.4,
    "device_seconds": None,
    "transfer_seconds": 0,
    "idempotent": True,
    "token": None,
    "token_seconds": 300,
    "hub": None,
    "events": "usual",
    "esim_confirmation": False,
}


class OperatorDatabase:
    """The database, its settings, and the day this world began."""

    def __init__(self, world: World) -> None:
        world.data.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(world.data / "operator.sqlite3", isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.create_function(
            "regexp", 2, lambda text, value: bool(pattern(text).search(value or ""))
        )
        self.execute("PRAGMA journal_mode=WAL")
        self.execute("PRAGMA synchronous=NORMAL")
        self.execute("PRAGMA cache_size=-65536")
        self._database.executescript(SCHEMA)
        self._clock = world.clock
        self._haystacks: dict[str, SearchIndex] = {}
        self._counts: dict[tuple[str, tuple[Any, ...]], int] = {}
        with self.transaction():
            self._found(world)
        spoken = {"idempotent": world.dialect != "plain"}
        self.settings = DEFAULT_SETTINGS | spoken | json.loads(self.fact("settings", "{}"))
        self.seed = int(self.fact("seed", str(world.seed)))
        self.anchor = date.fromisoformat(self.fact("anchor", ""))

    def _found(self, world: World) -> None:
        """Make what is not there yet: the three companies, and the large one when asked for."""
        now = int(world.clock.timestamp())
        seed = int(self.fact("seed", str(world.seed)))
        self.fact("anchor", datetime.fromtimestamp(now, ALMATY).date().isoformat())
        people.settle_companies(self._database, people.DEMO, people.KAZYNA, people.QYRAN)
        if world.awkward is not None:
            people.settle_companies(self._database, people.LOGISTICS)
        if self.one("SELECT 1 FROM number") is None:
            numbers.write_rows(self._database, numbers.demo_rows(seed, now))
        fleets = (world.numbers, world.companies)
        kept = (int(self.fact("numbers", "0")), int(self.fact("companies", "1")))
        if world.numbers and fleets != kept:
            people.settle_companies(self._database, *people.FLEETS[: world.companies])
            for table in ("number", "account", "sim", "registration"):
                self.execute_many(
                    f"DELETE FROM {table} WHERE company = ?",  # noqa: S608 - the names are ours
                    [(one.id,) for one in people.FLEETS],
                )
            for table in ("service", "forwarding"):
                self.execute(
                    f"DELETE FROM {table} WHERE number NOT IN (SELECT msisdn FROM number)"  # noqa: S608
                )
            self.execute("DELETE FROM fact WHERE name LIKE 'devices_settled%'")
            numbers.write_rows(
                self._database, numbers.fleet_rows(seed, now, world.numbers, world.companies)
            )
            for name, value in zip(("numbers", "companies"), fleets, strict=True):
                self.execute("UPDATE fact SET value = ? WHERE name = ?", (str(value), name))

    def fact(self, name: str, default: str) -> str:
        """The value kept under `name`; `default` is kept when there is none."""
        self.execute("INSERT OR IGNORE INTO fact VALUES (?, ?)", (name, default))
        return str(self.rows("SELECT value FROM fact WHERE name = ?", (name,))[0]["value"])

    def now(self) -> float:
        """The world's time in Unix seconds."""
        return self._clock.timestamp()

    def change_settings(self, settings: dict[str, Any]) -> None:
        """Keep `settings` over the present settings."""
        self.settings |= settings
        self.execute(
            "UPDATE fact SET value = ? WHERE name = 'settings'", (json.dumps(self.settings),)
        )

    def execute(self, sql: str, parameters: tuple[Any, ...] = ()) -> int:
        """Run one statement; how many rows it changed."""
        return self._database.execute(sql, parameters).rowcount

    def execute_many(self, sql: str, parameters: Iterable[tuple[Any, ...]]) -> None:
        """Run one statement for each of `parameters`."""
        self._database.executemany(sql, parameters)

    def rows(
        self, sql: str, parameters: tuple[Any, ...] | list[Any] | dict[str, Any] = ()
    ) -> list[sqlite3.Row]:
        """All rows of a SELECT."""
        return self._database.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: tuple[Any, ...] = ()) -> sqlite3.Row | None:
        """The first row of a SELECT, None when there is none."""
        row: sqlite3.Row | None = self._database.execute(sql, parameters).fetchone()
        return row

    def had_effect(
        self,
        external_id: str | None,
        order_id: str,
        number: str,
        what: str,
        at: float,
        *,
        changed: bool = True,
    ) -> None:
        """Note what was really done, for `GET /sandbox/operator/effects`."""
        self.execute(
            "INSERT INTO effect (external_id, order_id, number, what, changed, at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (external_id, order_id, number, what, changed, at),
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is run inside. It forgets the counts of number lists."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")
        self._counts.clear()

    def count_numbers(self, condition: str, parameters: Sequence[Any]) -> int:
        """How many numbers fit, remembered until something changes."""
        key = (condition, tuple(parameters))
        if key not in self._counts:
            if len(self._counts) > 1_000:
                self._counts.clear()
            sql = f"SELECT count(*) FROM number WHERE {condition}"  # noqa: S608 - made by `where`
            self._counts[key] = int(self.rows(sql, list(parameters))[0][0])
        return self._counts[key]

    def haystack(self, company: str) -> SearchIndex:
        """What can be searched of the company's numbers, made at the first search."""
        if company not in self._haystacks:
            rows = self._database.execute(
                "SELECT msisdn, account, label_folded FROM number WHERE company = ?", (company,)
            )
            self._haystacks[company] = SearchIndex(
                (msisdn, f"{msisdn}\t{account}\t{label.translate(_ONE_LINE)}")
                for msisdn, account, label in rows
            )
        return self._haystacks[company]

    def forget_haystacks(self) -> None:
        """Something that is searched has changed."""
        self._haystacks.clear()

    def close(self) -> None:
        """Close the file, folding the WAL into it."""
        self._database.close()
