"""What an order may change on a number, and when the operator refuses (S15, S17 to S19)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.operator.answers import Json, TmfError, words
from sandbox.operator.book import Book

BANS = {
    "banSmsUssdControl": "ban_sms",
    "banMyKcellDetails": "ban_details",
    "banMyKcellAccess": "ban_access",
}
_LONGEST_LABEL = 100


@dataclass(frozen=True)
class Change:
    """One thing to be done to one number; `columns` are the new values of its row."""

    number: str
    what: str
    columns: Mapping[str, Any]


def read_changes(body: Json) -> list[Change]:
    """What the items of an order ask for. Raises `TmfError` 400."""
    items = body.get("productOrderItem")
    if not isinstance(items, list) or not items:
        raise TmfError(400, "REQUEST.MALFORMED", "productOrderItem is needed")
    changes = []
    for item in items:
        try:
            number = str(item["product"]["id"])
            if not item["id"] or item["action"] != "modify":
                raise _unsupported("only items with an id and the action modify are carried out")
            changes += _changes(number, item["product"])
        except (KeyError, TypeError) as error:
            raise TmfError(
                400, "REQUEST.MALFORMED", "An item needs id, action and product.id"
            ) from error
    return changes


def _changes(number: str, product: Json) -> list[Change]:
    wished = {one["name"]: one["value"] for one in product.get("productCharacteristic") or ()}
    status = product.get("status")
    changes = []
    if status == "suspended" and wished.pop("suspensionReason", "voluntary") == "voluntary":
        changes.append(Change(number, "block", {}))
    elif status == "active":
        changes.append(Change(number, "unblock", {}))
    elif status is not None:
        raise _unsupported(f"status {status!r} cannot be ordered so")
    for name, value in wished.items():
        if name in BANS and isinstance(value, bool):
            changes.append(Change(number, "ban", {BANS[name]: int(value)}))
        elif name == "employeeLabel" and isinstance(value, str) and len(value) <= _LONGEST_LABEL:
            label = {"label": value or None, "label_folded": value.casefold()}
            changes.append(Change(number, "label", label))
        else:
            raise _unsupported(f"{name} cannot be {value!r}")
    if not changes:
        raise _unsupported("nothing is asked for")
    return changes


def _unsupported(what: str) -> TmfError:
    return TmfError(400, "ORDER.UNSUPPORTED", "Such an order is not carried out", what)


def check(book: Book, change: Change, company: str) -> sqlite3.Row:
    """The number's row when `change` may be done to it. Raises `TmfError` 404 or 409."""
    row = book.one("SELECT * FROM number WHERE msisdn = ?", (change.number,))
    if row is None or row["company"] != company:
        raise TmfError(
            404, "NUMBER.NOT_FOUND", "No such number", f"{change.number} is not this customer's"
        )
    if change.what in {"block", "unblock"} and row["debt"]:
        raise TmfError(
            409,
            "NUMBER.DEBT",
            "Number is blocked for debt",
            f"Debt of {change.number} is {words(row['debt'])}",
        )
    return row


def apply(book: Book, change: Change, company: str, at: float) -> bool:
    """Do `change` inside the caller's transaction; whether anything was different before."""
    row = check(book, change, company)
    if change.what == "block":
        return row["blocked_at"] is None and set_blocked(book, row, at)
    if change.what == "unblock":
        return row["blocked_at"] is not None and set_blocked(book, row, None, active_at=at)
    different = any(row[column] != value for column, value in change.columns.items())
    for column, value in change.columns.items():
        set_columns(book, change.number, {column: value})
    return different


def set_columns(book: Book, number: str, columns: Mapping[str, Any]) -> None:
    """Write `columns` of the number's row; the names are ours, never a caller's."""
    if "label_folded" in columns:
        book.forget_haystacks()
    assignments = ", ".join(f"{column} = ?" for column in columns)
    book.execute(
        f"UPDATE number SET {assignments} WHERE msisdn = ?",  # noqa: S608 - names are ours
        (*columns.values(), number),
    )


def set_blocked(
    book: Book, row: sqlite3.Row, blocked_at: float | None, *, active_at: float | None = None
) -> bool:
    """Block at `blocked_at`, or unblock at `active_at`; a silent number has no usage."""
    columns: dict[str, Any] = {"blocked_at": blocked_at}
    if active_at is not None:
        columns["active_at"] = active_at
    set_columns(book, row["msisdn"], columns)
    hush(book, row["msisdn"], blocked_at or active_at or 0.0)
    return True


def set_debt(book: Book, row: sqlite3.Row, debt: int, at: float) -> None:
    """Let the number owe `debt` tiyn since `at`; 0 ends the block for debt, not the other."""
    columns: dict[str, Any] = {"debt": debt, "debt_at": row["debt_at"]}
    if debt and not row["debt"]:
        columns["debt_at"] = at
    elif row["debt"] and not debt:
        columns |= {"debt_at": None, "active_at": at}
    set_columns(book, row["msisdn"], columns)
    hush(book, row["msisdn"], at)


def hush(book: Book, number: str, at: float) -> None:
    """Begin or end the time in which the number uses nothing, after what its state is now."""
    row = book.one("SELECT state FROM number WHERE msisdn = ?", (number,))
    silent = book.one("SELECT 1 FROM silence WHERE msisdn = ? AND to_at IS NULL", (number,))
    if row is None:
        return
    if row["state"] != "active" and silent is None:
        book.execute("INSERT INTO silence VALUES (?, ?, NULL)", (number, at))
    elif row["state"] == "active" and silent is not None:
        book.execute(
            "UPDATE silence SET to_at = ? WHERE msisdn = ? AND to_at IS NULL", (at, number)
        )
