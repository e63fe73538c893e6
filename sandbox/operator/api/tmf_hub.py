"""`/hub`: who is told when an order changes its state (TMF622), and the telling.

Subscriptions are kept; an event is not: what cannot be handed over after a few tries is lost, as at
many an operator. While nobody has subscribed nothing runs. The awkward way to tell is also lawful:
each event twice, the last one first, below `/listener/…`, with events of other people's orders.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
from aiohttp import web

from sandbox.operator.api.answers import Json, TmfError, answer, body_of, digest_text, moment
from sandbox.operator.api.answers import not_found as missing
from sandbox.operator.api.idempotency import IdempotentCalls, needed_key
from sandbox.operator.database import OperatorDatabase

STATE_CHANGE = "ProductOrderStateChangeEvent"
_LISTENER = "/listener/productOrderStateChangeEvent"
_TRIES, _PAUSE, _PATIENCE = 3, 0.5, 5.0
_LOOK_EVERY = 1.0
"""At most: the world's clock may be moved on by hand."""


class Hub:
    """`hub` of one API; `settle` carries out what has fallen due, and so makes events, which are
    `spoken` as the operator's dialect has them.
    """

    def __init__(
        self,
        database: OperatorDatabase,
        once: IdempotentCalls,
        base: str,
        settle: Callable[[], None],
        next_due: Callable[[], float | None],
        spoken: Callable[[Json], Json],
    ) -> None:
        self._database = database
        self._once = once
        self._base = base
        self._settle = settle
        self._next_due = next_due
        self._spoken = spoken
        self._events: deque[Json] = deque(maxlen=10_000)
        self._bell = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    # --- asked by clients ---

    async def subscribe(self, request: web.Request) -> web.Response:
        """`POST hub`: `callback`, and a `query` that may name types of events."""
        self._refuse_if_set()
        body = await body_of(request)
        callback, query = body.get("callback"), body.get("query") or ""
        if not isinstance(callback, str) or not isinstance(query, str):
            raise TmfError(400, "REQUEST.MALFORMED", "callback is needed, query is a text")
        if urlsplit(callback).scheme not in {"http", "https"}:
            raise TmfError(400, "REQUEST.MALFORMED", "callback is no address")
        if any(name != "eventType" for name, _ in parse_qsl(query, keep_blank_values=True)):
            raise TmfError(400, "QUERY.UNKNOWN", "Only eventType can be asked for")
        key = needed_key(request, uuid.uuid4().hex)
        earlier = self._once.earlier(key, body, self._by_key)
        if earlier is not None:
            return answer(_shown(earlier))
        row = (uuid.uuid4().hex, key, digest_text(body), callback, query)
        self._database.execute("INSERT INTO hub VALUES (?, ?, ?, ?, ?)", row)
        self.begin()
        shown = _shown(self._row(row[0]))
        location = f"{self._base}/hub/{row[0]}"
        return answer(shown, status=201, headers={"Location": location})

    async def listed(self, request: web.Request) -> web.Response:
        """`GET hub`, which the standard does not have and many a hub does."""
        self._refuse_if_set()
        return await self.subscriptions(request)

    async def unsubscribe(self, request: web.Request) -> web.Response:
        """`DELETE hub/{id}`."""
        self._refuse_if_set()
        wanted = request.match_info["id"]
        self._row(wanted)
        self._database.execute("DELETE FROM hub WHERE id = ?", (wanted,))
        return web.Response(status=204)

    def _refuse_if_set(self) -> None:
        """An operator without a hub answers so. Raises `TmfError`."""
        status = self._database.settings["hub"]
        if status is not None:
            raise TmfError(status, "NOT_FOUND", "There is no hub here")

    # --- the sandbox's own ---

    async def subscriptions(self, request: web.Request) -> web.Response:
        """`GET hubs`; `DELETE` loses them, as an operator that was put back from a backup."""
        told = [_shown(row) for row in self._database.rows("SELECT * FROM hub ORDER BY rowid")]
        if request.method == "DELETE":
            self._database.execute("DELETE FROM hub")
        return answer(told)

    # --- telling ---

    def changed(self, order: Json) -> None:
        """An order is in another state, and looks like that now."""
        if self._database.one("SELECT 1 FROM hub") is None:
            return
        self._events.append(
            {
                "eventId": str(uuid.uuid4()),
                "eventTime": moment(self._database.now()),
                "eventType": STATE_CHANGE,
                "domain": "productOrdering",
                "title": "State of a product order",
                "event": {"productOrder": order},
            }
        )
        self._bell.set()

    def begin(self) -> None:
        """Tell from now on, if anybody wants to hear."""
        wanted = self._database.one("SELECT 1 FROM hub") is not None
        if wanted and (self._running is None or self._running.done()):
            self._running = asyncio.get_running_loop().create_task(self._run(), name="hub")

    def ring(self) -> None:
        """Something may be due earlier than it was."""
        self._bell.set()

    async def close(self) -> None:
        """Tell nothing any more."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_PATIENCE)) as session:
            while (hubs := self._database.rows("SELECT * FROM hub ORDER BY rowid")) or self._events:
                self._bell.clear()
                self._settle()
                batch = list(self._events)
                self._events.clear()
                for url, event in self._deliveries(hubs, batch):
                    await _deliver(session, url, event)
                if not self._events:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._bell.wait(), self._pause())

    def _pause(self) -> float:
        due = self._next_due()
        left = _LOOK_EVERY if due is None else due - self._database.now()
        return min(max(left, 0.01), _LOOK_EVERY)

    def _deliveries(self, hubs: list[sqlite3.Row], batch: list[Json]) -> list[tuple[str, Json]]:
        awkward = self._database.settings["events"] == "awkward"
        if awkward:
            twice = [event for event in reversed(batch) for _ in range(2)]
            batch = [_foreign(event) for event in batch] + twice
        below = _LISTENER if awkward else ""
        return [
            (hub["callback"] + below, self._spoken(event))
            for event in batch
            for hub in hubs
            if _wanted(hub["query"], event)
        ]

    def _by_key(self, key: str) -> tuple[sqlite3.Row, str] | None:
        row = self._database.one("SELECT * FROM hub WHERE key = ?", (key,))
        return None if row is None else (row, row["digest"])

    def _row(self, wanted: str) -> sqlite3.Row:
        row = self._database.one("SELECT * FROM hub WHERE id = ?", (wanted,))
        if row is None:
            raise missing("hub", wanted)
        return row


def _shown(row: sqlite3.Row) -> Json:
    told = {"id": row["id"], "callback": row["callback"]}
    return told | ({"query": row["query"]} if row["query"] else {})


def _wanted(query: str, event: Json) -> bool:
    types = dict(parse_qsl(query)).get("eventType")
    return types is None or event["eventType"] in types.split(",")


def _foreign(event: Json) -> Json:
    """The same of an order that this client never made."""
    order = {"id": f"po-{uuid.uuid4().hex}", "externalId": str(uuid.uuid4()), "state": "completed"}
    return event | {"eventId": str(uuid.uuid4()), "event": {"productOrder": order}}


async def _deliver(session: aiohttp.ClientSession, url: str, event: dict[str, Any]) -> None:
    """Hand it over, or lose it after a few tries."""
    body = json.dumps(event, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    for left in reversed(range(_TRIES)):
        with suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with session.post(url, data=body, headers=headers) as told:
                if told.status < 500:
                    return
        if left:
            await asyncio.sleep(_PAUSE)
