"""What changes something at the operator, orders (TMF622) and transfers (TMF654) alike.

It is taken once by its key, carried out when it falls due, each in a transaction of its own, and
ends as done or refused. Its state is a matter of the clock: `settle` carries out what has fallen
due before any call is answered, so nothing runs in the background and nothing is lost when the
process is killed. The sandbox's own call can hold one, finish it, or let it fail.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.operator.api.answers import (
    Json,
    TmfError,
    answer,
    body_of,
    chosen,
    digest_text,
    not_found,
)
from sandbox.operator.api.idempotency import HEADER, IdempotentCalls, needed_key
from sandbox.operator.api.tmf630_filters import Column, bad_value, order_by, read_query, where
from sandbox.operator.api.tmf630_paging import page_of_rows
from sandbox.operator.database import OperatorDatabase

NEVER = 32_503_680_000.0
"""The year 3000: when what is held falls due."""


@dataclass(frozen=True, slots=True)
class RequestTable:
    """How one resource is called and kept.

    `reference` and `date` are fields of TM Forum's that stand in the columns `reference_column`
    and `date_column`; `still_open` is the condition of those that have not ended, as the table's
    index has it; `refused` is the state of one that could not be carried out, `suspended` of one
    that somebody has to let on.
    """

    resource: str
    noun: str
    table: str
    id_prefix: str
    reference: str
    reference_column: str
    date: str
    date_column: str
    state_column: str
    reason_column: str
    begins: str
    still_open: str
    refused: str
    filters: Mapping[str, Column]
    suspended: str | None = None


class ChangeRequests(ABC):
    """All requests of one resource; what they are and do is a subclass's."""

    kept: RequestTable

    def __init__(self, database: OperatorDatabase, once: IdempotentCalls) -> None:
        self._database = database
        self._once = once

    @abstractmethod
    def shown(self, row: sqlite3.Row) -> Json:
        """The resource as TM Forum writes it: what was sent, and what became of it."""

    @abstractmethod
    def accepted(self, body: Json, now: float) -> dict[str, Any]:
        """Columns of its own and `due_at`. Raises `TmfError` for what is refused at once."""

    @abstractmethod
    def carry_out(self, row: sqlite3.Row) -> None:
        """Have its effects and end it, inside a transaction. Raises `TmfError`."""

    def signed(self, body: Json) -> Json:
        """What a key stands for: the part of the body that is the same in every try."""
        return body

    async def listed(self, request: web.Request) -> web.Response:
        """`GET` of the list."""
        kept, query = self.kept, read_query(request)
        condition, parameters = where(query, kept.filters)
        order = order_by(query, {kept.date: kept.date_column}, "serial")
        source = f"{kept.table} WHERE {condition}"
        return page_of_rows(self._database, query, source, parameters, order, self.shown)

    async def one(self, request: web.Request) -> web.Response:
        """`GET` of one."""
        row = self._row(request.match_info["id"])
        return answer(chosen(self.shown(row), read_query(request).fields))

    async def place(self, request: web.Request) -> web.Response:
        """`POST`: what the key did before, or a new one."""
        body, reference = await body_of(request), self.kept.reference
        key = needed_key(request, body.get(reference), f"{HEADER} or {reference}")
        earlier = self._once.earlier(key, self.signed(body), self._by_key)
        if earlier is not None:
            return answer(self.shown(earlier))
        new_id = self._write(body, key)
        self.settle()
        shown = self.shown(self._row(new_id))
        return answer(shown, status=201, headers={"Location": shown["href"]})

    async def steer(self, request: web.Request) -> web.Response:
        """`PATCH /sandbox/operator/orders/{id}`: hold, suspend, finish an open one, or fail it."""
        kept, now = self.kept, self._database.now()
        row = self._row(request.match_info["id"])
        command = (await body_of(request)).get("do")
        if row["done_at"] is not None:
            state = row[kept.state_column]
            raise TmfError(409, "ORDER.ENDED", f"The {kept.noun} has ended", f"It is {state}")
        if command == "fail":
            self.end(row["id"], "failed", "INTERNAL: The operator's system failed", now)
        elif command in {"hold", "finish"} or (command == "suspend" and kept.suspended):
            due = now if command == "finish" else NEVER
            state = row[kept.state_column]
            if command == "suspend":
                state = kept.suspended
            elif state == kept.suspended:
                state = kept.begins
            self._database.execute(
                f"UPDATE {kept.table} SET due_at = ?, {kept.state_column} = ?"  # noqa: S608
                " WHERE id = ?",
                (due, state, row["id"]),
            )
            self.settle()
        else:
            raise bad_value("do", str(command))
        return answer(self.shown(self._row(row["id"])))

    def settle(self) -> None:
        """Carry out what has fallen due, each in a transaction of its own."""
        due = self._database.rows(
            f"SELECT * FROM {self.kept.table} WHERE due_at <= ?"  # noqa: S608
            f" AND {self.kept.still_open} ORDER BY due_at, serial",
            (self._database.now(),),
        )
        for row in due:
            try:
                with self._database.transaction():
                    self.carry_out(row)
            except TmfError as refusal:
                self.end(row["id"], self.kept.refused, str(refusal), row["due_at"])

    def end(self, wanted: str, state: str, reason: str | None, at: float) -> None:
        """Write how it ended."""
        kept = self.kept
        self._database.execute(
            f"UPDATE {kept.table} SET {kept.state_column} = ?,"  # noqa: S608
            f" {kept.reason_column} = ?, done_at = ? WHERE id = ?",
            (state, reason, at, wanted),
        )

    def _write(self, body: Json, key: str) -> str:
        kept, now = self.kept, self._database.now()
        new_id = f"{kept.id_prefix}-{uuid.uuid4().hex}"
        columns = {
            "id": new_id,
            kept.reference_column: body.get(kept.reference),
            "key": key,
            "digest": digest_text(self.signed(body)),
            "body": json.dumps(body, ensure_ascii=False),
            kept.state_column: kept.begins,
            kept.date_column: now,
            **self.accepted(body, now),
        }
        self._database.execute(
            f"INSERT INTO {kept.table} ({', '.join(columns)})"  # noqa: S608
            f" VALUES ({', '.join('?' * len(columns))})",
            tuple(columns.values()),
        )
        return new_id

    def _by_key(self, key: str) -> tuple[sqlite3.Row, str] | None:
        row = self._database.one(
            f"SELECT * FROM {self.kept.table} WHERE key = ? ORDER BY serial LIMIT 1",  # noqa: S608
            (key,),
        )
        return None if row is None else (row, row["digest"])

    def _row(self, wanted: str) -> sqlite3.Row:
        row = self._database.one(
            f"SELECT * FROM {self.kept.table} WHERE id = ?",  # noqa: S608
            (wanted,),
        )
        if row is None:
            raise not_found(self.kept.resource, wanted)
        return row
