"""What an order may ask for and when the operator refuses, by chapters (S11 to S25)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from sandbox.operator import devices, forwarding, services, sims
from sandbox.operator.api.answers import Json, TmfError
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.numbers import need_no_debt, own_number, set_blocked, set_columns
from sandbox.operator.order_items import Change, characteristics, unsupported

BANS = {
    "banSmsUssdControl": "ban_sms",
    "banMyKcellDetails": "ban_details",
    "banMyKcellAccess": "ban_access",
}
_LONGEST_LABEL = 100


class _Check(Protocol):
    """Refuses with `TmfError` what is known not to work."""

    def __call__(self, database: OperatorDatabase, row: sqlite3.Row, change: Change) -> None: ...


class _Apply(Protocol):
    """Does it, inside the caller's transaction; whether anything was different before."""

    def __call__(
        self, database: OperatorDatabase, row: sqlite3.Row, change: Change, at: float
    ) -> bool: ...


def read_changes(body: Json) -> list[Change]:
    """What the items of an order ask for. Raises `TmfError` 400."""
    items = body.get("productOrderItem")
    if not isinstance(items, list) or not items:
        raise TmfError(400, "REQUEST.MALFORMED", "productOrderItem is needed")
    changes: list[Change] = []
    for item in items:
        try:
            changes += _asked(item)
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise TmfError(
                400, "REQUEST.MALFORMED", "An item needs id, action and product with its number"
            ) from error
    return changes


def _asked(item: Json) -> list[Change]:
    action, product = item["action"], item["product"]
    if not item["id"] or action not in {"add", "delete", "modify"}:
        raise unsupported("only items with an id are carried out: add, delete and modify")
    values = characteristics(product)
    if action != "modify":
        return [services.read(item)]
    changes = list(_modifications(str(product["id"]), product, values))
    if not changes:
        raise unsupported("nothing is asked for")
    return changes


def _modifications(number: str, product: Json, values: dict[str, Any]) -> Iterator[Change]:
    status = product.get("status")
    if status == "suspended" and values.pop("suspensionReason", "voluntary") == "voluntary":
        yield Change(number, "block")
    elif status == "active":
        yield Change(number, "unblock")
    elif status is not None:
        raise unsupported(f"status {status!r} cannot be ordered so")
    if product.get("realizingResource"):
        yield sims.read(number, product)
    if "forwarding" in values:
        yield forwarding.read(number, values.pop("forwarding"))
    if "deviceRegistration" in values:
        yield devices.read(number, values)
    for name, value in values.items():
        if name in BANS and isinstance(value, bool):
            yield Change(number, "ban", {BANS[name]: int(value)})
        elif name == "employeeLabel" and isinstance(value, str) and len(value) <= _LONGEST_LABEL:
            label = {"label": value or None, "label_folded": value.casefold()}
            yield Change(number, "label", label)
        elif name.startswith("previousOwner"):  # of other people: never said again
            raise unsupported(f"{name} is for reregister alone")
        else:
            raise unsupported(f"{name} cannot be {value!r}")


def check(database: OperatorDatabase, change: Change, company: str) -> sqlite3.Row:
    """The number's row when `change` may be done to it. Raises `TmfError` 404 or 409."""
    row = own_number(database, change.number, company)
    if change.what in _CHECKS:
        _CHECKS[change.what](database, row, change)
    return row


def apply(database: OperatorDatabase, change: Change, company: str, at: float) -> bool:
    """Do `change` inside the caller's transaction; whether anything was different before."""
    return _APPLIES[change.what](database, check(database, change, company), change, at)


def _no_debt(database: OperatorDatabase, row: sqlite3.Row, change: Change) -> None:
    del database, change
    need_no_debt(row)


def _block(database: OperatorDatabase, row: sqlite3.Row, change: Change, at: float) -> bool:
    del change
    return row["blocked_at"] is None and set_blocked(database, row, at)


def _unblock(database: OperatorDatabase, row: sqlite3.Row, change: Change, at: float) -> bool:
    del change
    return row["blocked_at"] is not None and set_blocked(database, row, None, active_at=at)


def _write(database: OperatorDatabase, row: sqlite3.Row, change: Change, at: float) -> bool:
    del at
    different = any(row[column] != value for column, value in change.parameters.items())
    set_columns(database, change.number, change.parameters)
    return different


_CHECKS: Mapping[str, _Check] = {
    "block": _no_debt,
    "unblock": _no_debt,
    "service.on": services.check_on,
    "service.off": services.check_off,
    "sim.replace": sims.check,
    "forwarding.set": forwarding.check,
}
_APPLIES: Mapping[str, _Apply] = {
    "block": _block,
    "unblock": _unblock,
    "ban": _write,
    "label": _write,
    "service.on": services.switch_on,
    "service.off": services.switch_off,
    "sim.replace": sims.replace,
    "forwarding.set": forwarding.apply,
    "forwarding.off": forwarding.apply,
    "device.register": devices.register,
    "device.deregister": devices.deregister,
    "device.reregister": devices.reregister,
    "device.duplicate": devices.duplicate,
}
