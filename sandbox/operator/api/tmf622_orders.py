"""TMF622: orders, the only way anything changes.

An order's state is a matter of the clock: `settle` carries out what has fallen due before any call
is answered, so nothing runs in the background and nothing is lost when the process is killed.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from datetime import datetime

from aiohttp import web

from sandbox.operator.api.answers import (
    Json,
    TmfError,
    answer,
    body_of,
    chosen,
    digest_text,
    moment,
    not_found,
)
from sandbox.operator.api.idempotency import HEADER, IdempotentCalls, needed_key
from sandbox.operator.api.tmf630_filters import Column, bad_value, order_by, read_query, where
from sandbox.operator.api.tmf630_paging import page_of_rows
from sandbox.operator.changes import apply, check, read_changes
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.devices import SECONDS_PROMISED
from sandbox.world import WorldClock

BASE = "/tmf-api/productOrderingManagement/v4"
_COLUMNS = {
    "id": Column("id"),
    "externalId": Column("external_id"),
    "state": Column("state"),
    "category": Column("category"),
    "relatedParty.id": Column("company"),
    "orderDate": Column("ordered_at", kind="time"),
    "productOrderItem.product.productSerialNumber": Column(
        """coalesce(json_extract(body, '$.productOrderItem[0].product.productSerialNumber'),
            json_extract(body, '$.productOrderItem[0].product.id'))"""
    ),
}
EXPIRY = "requestedCompletionDate"
NEVER = 32_503_680_000.0
"""The year 3000: when an order that is held falls due."""
_SECRET = {"previousOwnerNumber", "previousOwnerId"}
"""Of other people: never told again."""


class Orders:
    """`productOrder`."""

    def __init__(self, book: OperatorDatabase, clock: WorldClock, once: IdempotentCalls) -> None:
        self._book = book
        self._clock = clock
        self._once = once

    async def orders(self, request: web.Request) -> web.Response:
        """`GET /productOrder`."""
        query = read_query(request)
        condition, parameters = where(query, _COLUMNS)
        order = order_by(query, {"orderDate": "ordered_at"}, "serial")
        source = f"product_order WHERE {condition}"
        return page_of_rows(self._book, query, source, parameters, order, shown_order)

    async def order(self, request: web.Request) -> web.Response:
        """`GET /productOrder/{id}`."""
        row = self._row(request.match_info["id"])
        return answer(chosen(shown_order(row), read_query(request).fields))

    async def place(self, request: web.Request) -> web.Response:
        """`POST /productOrder`."""
        body = await body_of(request)
        key = needed_key(request, body.get("externalId"), f"{HEADER} or externalId")
        earlier = self._once.earlier(key, _without_expiry(body), self._by_key)
        if earlier is not None:
            return answer(shown_order(earlier))
        self._check_expiry(body)
        company = _customer(body)
        changes = read_changes(body)
        for change in changes:
            check(self._book, change, company)
        device = any(change.what.startswith("device.") for change in changes)
        order_id = self._write(body, key, company, self._seconds(device=device))
        self.settle()
        shown = shown_order(self._row(order_id))
        return answer(shown, status=201, headers={"Location": shown["href"]})

    def _check_expiry(self, body: Json) -> None:
        """What comes later than it was wanted is not taken any more. Raises `TmfError` 422."""
        expires = body.get(EXPIRY)
        if expires is None:
            return
        try:
            late = datetime.fromisoformat(str(expires)).timestamp() < self._clock.timestamp()
        except ValueError:
            raise bad_value(EXPIRY, str(expires)) from None
        if late:
            raise TmfError(422, "ORDER.EXPIRED", f"The order came after its {EXPIRY}")

    def settle(self) -> None:
        """Carry out what has fallen due, each order in a transaction of its own."""
        now = self._clock.timestamp()
        due = self._book.rows(
            "SELECT * FROM product_order WHERE due_at <= ?"
            " AND state IN ('acknowledged', 'inProgress') ORDER BY due_at, serial",
            (now,),
        )
        for row in due:
            self._carry_out(row)
        if self._book.one(
            "SELECT 1 FROM product_order WHERE state = 'acknowledged' AND begin_at <= ?", (now,)
        ):
            self._book.execute(
                "UPDATE product_order SET state = 'inProgress'"
                " WHERE state = 'acknowledged' AND begin_at <= ?",
                (now,),
            )

    def _carry_out(self, row: sqlite3.Row) -> None:
        state, note = "completed", None
        body, at = json.loads(row["body"]), row["due_at"]
        try:
            with self._book.transaction():
                for change in read_changes(body):
                    changed = apply(self._book, change, row["company"], at)
                    names = row["external_id"], row["id"], change.number, change.what
                    self._book.had_effect(*names, at, changed=changed)
                self._close_order(row["id"], state, note, at)
        except TmfError as refusal:
            state, note = "rejected", str(refusal)
            self._close_order(row["id"], state, note, at)

    def _close_order(self, order_id: str, state: str, note: str | None, at: float) -> None:
        self._book.execute(
            "UPDATE product_order SET state = ?, note = ?, done_at = ? WHERE id = ?",
            (state, note, at, order_id),
        )

    async def steer(self, request: web.Request) -> web.Response:
        """`PATCH /sandbox/operator/orders/{id}`: hold an open order, finish it, or let it fail."""
        row, now = self._row(request.match_info["id"]), self._clock.timestamp()
        wish = (await body_of(request)).get("do")
        if row["done_at"] is not None:
            raise TmfError(409, "ORDER.ENDED", "The order has ended", f"It is {row['state']}")
        if wish == "fail":
            self._close_order(row["id"], "failed", "INTERNAL: The operator's system failed", now)
        elif wish in {"hold", "finish"}:
            due = NEVER if wish == "hold" else now
            self._book.execute("UPDATE product_order SET due_at = ? WHERE id = ?", (due, row["id"]))
            self.settle()
        else:
            raise bad_value("do", str(wish))
        return answer(shown_order(self._row(row["id"])))

    def _by_key(self, key: str) -> tuple[sqlite3.Row, str] | None:
        row = self._book.one(
            "SELECT * FROM product_order WHERE key = ? ORDER BY serial LIMIT 1", (key,)
        )
        return None if row is None else (row, row["digest"])

    def _seconds(self, *, device: bool) -> float:
        """How long the order takes."""
        own = self._book.settings["device_seconds"] if device else None
        return float(self._book.settings["order_seconds"] if own is None else own)

    def _write(self, body: Json, key: str, company: str, seconds: float) -> str:
        now = self._clock.timestamp()
        order_id = f"po-{uuid.uuid4().hex}"
        self._book.execute(
            """INSERT INTO product_order (id, external_id, key, digest, category, company, body,
                   state, ordered_at, begin_at, due_at)
               VALUES (?, ?, ?, ?, ?, ?, ?, 'acknowledged', ?, ?, ?)""",
            (
                order_id,
                body.get("externalId"),
                key,
                digest_text(_without_expiry(body)),
                body.get("category"),
                company,
                json.dumps(body, ensure_ascii=False),
                now,
                now + seconds / 4,
                now + seconds,
            ),
        )
        return order_id

    def _row(self, order_id: str) -> sqlite3.Row:
        row = self._book.one("SELECT * FROM product_order WHERE id = ?", (order_id,))
        if row is None:
            raise not_found("productOrder", order_id)
        return row


def _without_expiry(body: Json) -> Json:
    """What a key stands for: the moment at the end belongs to each try."""
    return {name: value for name, value in body.items() if name != EXPIRY}


def _customer(body: Json) -> str:
    """The company that orders. Raises `TmfError` 400."""
    parties = body.get("relatedParty")
    for party in parties if isinstance(parties, list) else ():
        if isinstance(party, dict) and party.get("role") == "customer" and party.get("id"):
            return str(party["id"])
    raise TmfError(400, "REQUEST.MALFORMED", "relatedParty with the role customer is needed")


def shown_order(row: sqlite3.Row) -> Json:
    """The order as TMF622 writes it: what was sent, and what became of it."""
    body = json.loads(row["body"])
    state = row["state"]
    item: Json = {
        "id": row["id"],
        "href": f"{BASE}/productOrder/{row['id']}",
        "@type": "ProductOrder",
        **{name: body[name] for name in _KEPT if name in body},
        "state": state,
        "orderDate": moment(row["ordered_at"]),
        "expectedCompletionDate": moment(_expected_at(row, body)),
        "productOrderItem": [_shown_item(part) | {"state": state} for part in _items(body)],
    }
    if row["done_at"] is not None:
        item["completionDate"] = moment(row["done_at"])
    if row["note"] is not None:
        note = {"author": "operator", "date": moment(row["done_at"]), "text": row["note"]}
        item["note"] = [*item.get("note", ()), note]
    return item


def _items(body: Json) -> list[Json]:
    items: list[Json] = body["productOrderItem"]
    return items


def _shown_item(item: Json) -> Json:
    """The item as it was sent, but for what is told of other people."""
    asked = item["product"].get("productCharacteristic")
    if not asked:
        return item
    told = [one for one in asked if one["name"] not in _SECRET]
    return item | {"product": item["product"] | {"productCharacteristic": told}}


def _expected_at(row: sqlite3.Row, body: Json) -> float:
    """When the order is to be done: the promise for devices, else when it falls due."""
    names = {
        one["name"]
        for item in _items(body)
        for one in item["product"].get("productCharacteristic") or ()
    }
    if "deviceRegistration" in names or row["due_at"] == NEVER:
        return float(row["ordered_at"] + SECONDS_PROMISED)
    return float(row["due_at"])


_KEPT = ("externalId", "category", "description", "channel", "note", "relatedParty")
