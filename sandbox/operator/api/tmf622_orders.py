"""TMF622: orders, the way nearly everything changes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.operator import esims
from sandbox.operator.api.answers import Json, TmfError, moment
from sandbox.operator.api.change_requests import NEVER, ChangeRequests, RequestTable
from sandbox.operator.api.idempotency import IdempotentCalls
from sandbox.operator.api.tmf630_filters import Column, bad_value
from sandbox.operator.changes import apply, check, read_changes
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.devices import SECONDS_PROMISED
from sandbox.operator.order_items import Change
from sandbox.post.sms import SmsBox

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
_SECRET = {"previousOwnerNumber", "previousOwnerId"}
"""Of other people: never told again."""


class Orders(ChangeRequests):
    """`productOrder`."""

    kept = RequestTable(
        resource="productOrder",
        noun="order",
        table="product_order",
        id_prefix="po",
        reference="externalId",
        reference_column="external_id",
        date="orderDate",
        date_column="ordered_at",
        state_column="state",
        reason_column="note",
        begins="acknowledged",
        still_open="state IN ('acknowledged', 'inProgress')",
        refused="rejected",
        filters=_COLUMNS,
        suspended="held",
    )

    def __init__(self, database: OperatorDatabase, once: IdempotentCalls, box: SmsBox) -> None:
        super().__init__(database, once)
        self._box = box

    changed: Callable[[Json], None] = staticmethod(lambda _order: None)
    """Told of every order that has come into another state."""

    def accepted(self, body: Json, now: float) -> dict[str, Any]:
        """See `ChangeRequests`: its company, and when it begins and ends."""
        self._check_expiry(body, now)
        company = _customer(body)
        changes = read_changes(body)
        for change in changes:
            check(self._database, change, company)
        device = any(change.what.startswith("device.") for change in changes)
        seconds = self._seconds(device=device)
        return {
            "category": body.get("category"),
            "company": company,
            "begin_at": now + seconds / 4,
            "due_at": now + seconds,
        }

    def signed(self, body: Json) -> Json:
        """All but the expiry: that moment belongs to each try."""
        return {name: value for name, value in body.items() if name != EXPIRY}

    def _check_expiry(self, body: Json, now: float) -> None:
        """What comes later than it was wanted is not taken any more. Raises `TmfError` 422."""
        expires = body.get(EXPIRY)
        if expires is None:
            return
        try:
            late = datetime.fromisoformat(str(expires)).timestamp() < now
        except ValueError:
            raise bad_value(EXPIRY, str(expires)) from None
        if late:
            raise TmfError(422, "ORDER.EXPIRED", f"The order came after its {EXPIRY}")

    def settle(self) -> None:
        """Carry out what has fallen due, and begin what is to begin."""
        now = self._database.now()
        super().settle()
        begun = self._database.rows(
            "SELECT id FROM product_order WHERE state = 'acknowledged' AND begin_at <= ?", (now,)
        )
        for row in begun:
            self._database.execute(
                "UPDATE product_order SET state = 'inProgress' WHERE id = ?", (row["id"],)
            )
            self.changed(self.shown(self._row(row["id"])))

    def next_due(self) -> float | None:
        """When the next open order begins or ends; None when there is none."""
        [row] = self._database.rows(
            "SELECT min(CASE state WHEN 'acknowledged' THEN min(begin_at, due_at) ELSE due_at END)"
            " FROM product_order WHERE state IN ('acknowledged', 'inProgress')"
        )
        return None if row[0] is None else float(row[0])

    def end(self, wanted: str, state: str, reason: str | None, at: float) -> None:
        """See `ChangeRequests`; whoever has subscribed is told."""
        super().end(wanted, state, reason, at)
        self.changed(self.shown(self._row(wanted)))

    def carry_out(self, row: sqlite3.Row) -> None:
        """Have the effect of each of its items."""
        at = row["due_at"]
        for change in read_changes(json.loads(row["body"])):
            changed = apply(self._database, change, row["company"], at)
            if change.what == "sim.replace":
                self._confirm(row, change, at)
            names = row["external_id"], row["id"], change.number, change.what
            self._database.had_effect(*names, at, changed=changed)
        self.end(row["id"], "completed", None, at)

    def _confirm(self, row: sqlite3.Row, change: Change, at: float) -> None:
        """Send who ordered an eSIM the code that a device asks for besides, where one is wanted."""
        esim = esims.of(self._database, change.parameters["iccid"])
        notes = json.loads(row["body"]).get("note") or [{}]
        who = self._database.one(
            "SELECT phone FROM administrator WHERE id = ?", (str(notes[0].get("author")),)
        )
        if esim is not None and esim["confirmation"] and who is not None:
            text = f"Kcell: the confirmation code of your eSIM is {esim['confirmation']}."
            self._box.put((who["phone"],), text, at=at, sender="Kcell")

    def shown(self, row: sqlite3.Row) -> Json:
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

    def _seconds(self, *, device: bool) -> float:
        """How long the order takes."""
        own = self._database.settings["device_seconds"] if device else None
        return float(self._database.settings["order_seconds"] if own is None else own)


def _customer(body: Json) -> str:
    """The company that orders. Raises `TmfError` 400."""
    parties = body.get("relatedParty")
    for party in parties if isinstance(parties, list) else ():
        if isinstance(party, dict) and party.get("role") == "customer" and party.get("id"):
            return str(party["id"])
    raise TmfError(400, "REQUEST.MALFORMED", "relatedParty with the role customer is needed")


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
