"""What an order may do to the registration of a device (S21 to S25)."""

from __future__ import annotations

import sqlite3
from typing import Any

from sandbox.operator.api.answers import TmfError
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.imei_registry import full, list_of, present, remove, settle_number, write
from sandbox.operator.order_items import Change, unsupported

SECONDS_PROMISED = 8 * 3_600
"""The operator promises the result within eight hours."""
_ACTIONS = ("register", "deregister", "reregister", "duplicate")


def read(number: str, values: dict[str, Any]) -> Change:
    """What the characteristics ask for, which are taken out of `values`. Raises `TmfError` 400."""
    action = values.pop("deviceRegistration")
    if action not in _ACTIONS:
        raise unsupported(f"deviceRegistration cannot be {action!r}")
    digits = values.pop("IMEI")
    owner = {}
    if action == "reregister":
        owner = {
            "number": str(values.pop("previousOwnerNumber")),
            "owner": str(values.pop("previousOwnerId")),
        }
    return Change(number, f"device.{action}", {"imei": _imei(digits), **owner})


def _imei(digits: object) -> str:
    imei = full(digits)
    if imei is None:
        raise TmfError(409, "IMEI.INVALID", "Not an IMEI", f"{str(digits)[:20]} is no IMEI")
    return imei


def register(database: OperatorDatabase, row: sqlite3.Row, change: Change, at: float) -> bool:
    """Register a free IMEI as this number's. Raises `TmfError` 409."""
    imei = change.parameters["imei"]
    settle_number(database, row)
    if _own(database, row, imei) is not None:
        return False
    _need_white(database, imei)
    original = _original(database, imei)
    if original is not None:
        _need_this_operator(original)
        raise TmfError(
            409, "IMEI.OTHER_OWNER", "Registered to another", f"{imei} is another owner's"
        )
    write(database, row, imei, "original", at)
    return True


def deregister(database: OperatorDatabase, row: sqlite3.Row, change: Change, at: float) -> bool:
    """Remove this number's registration of the IMEI, if it has one."""
    settle_number(database, row)
    own = _own(database, row, change.parameters["imei"])
    if own is not None:
        remove(database, own, at)
    return own is not None


def reregister(database: OperatorDatabase, row: sqlite3.Row, change: Change, at: float) -> bool:
    """Move the original from its owner to this number. Raises `TmfError` 409."""
    imei = change.parameters["imei"]
    settle_number(database, row)
    own = _own(database, row, imei)
    if own is not None and own["kind"] == "original":
        return False
    _need_white(database, imei)
    original = _original(database, imei)
    told = (change.parameters["number"], change.parameters["owner"])
    if original is not None:
        _need_this_operator(original)
    if original is None or told != (original["number"], original["owner"]):
        raise TmfError(
            409,
            "IMEI.OWNER_MISMATCH",
            "The data of the previous owner do not match",
            f"The previous owner of {imei} is not as told",
        )
    remove(database, original, at)
    if own is not None:
        remove(database, own, at)
    write(database, row, imei, "original", at)
    return True


def duplicate(database: OperatorDatabase, row: sqlite3.Row, change: Change, at: float) -> bool:
    """Register the IMEI beside whoever holds it. Raises `TmfError` 409."""
    imei = change.parameters["imei"]
    settle_number(database, row)
    if _own(database, row, imei) is not None:
        return False
    _need_white(database, imei)
    write(database, row, imei, "original" if _original(database, imei) is None else "duplicate", at)
    return True


def _own(database: OperatorDatabase, row: sqlite3.Row, imei: str) -> sqlite3.Row | None:
    found = [one for one in present(database, imei) if one["number"] == row["msisdn"]]
    return found[0] if found else None


def _original(database: OperatorDatabase, imei: str) -> sqlite3.Row | None:
    found = [one for one in present(database, imei) if one["kind"] == "original"]
    return found[0] if found else None


def _need_white(database: OperatorDatabase, imei: str) -> None:
    name = list_of(database, imei)
    if name != "white":
        raise TmfError(
            409, "IMEI.BLACKLISTED", "The device is listed", f"{imei} is on the {name} list"
        )


def _need_this_operator(original: sqlite3.Row) -> None:
    if original["provider"] is not None:
        raise TmfError(
            409,
            "IMEI.OTHER_OPERATOR",
            "Registered with another provider's number",
            f"{original['imei']} is registered with another provider",
        )
