"""A number's row: how it is written, and what its state and its money allow."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from sandbox.operator.api.answers import TmfError, words
from sandbox.operator.database import OperatorDatabase


def own_number(database: OperatorDatabase, number: str, company: str) -> sqlite3.Row:
    """The row of a number of `company`. Raises `TmfError` 404 for any other."""
    row = database.one("SELECT * FROM number WHERE msisdn = ?", (number,))
    if row is None or row["company"] != company:
        raise TmfError(
            404, "NUMBER.NOT_FOUND", "No such number", f"{number} is not this customer's"
        )
    return row


def need_no_debt(row: sqlite3.Row) -> None:
    """Raises `TmfError` 409 when the number is blocked for debt."""
    if row["debt"]:
        raise TmfError(
            409,
            "NUMBER.DEBT",
            "Number is blocked for debt",
            f"Debt of {row['msisdn']} is {words(row['debt'])}",
        )


def need_active(row: sqlite3.Row) -> None:
    """Raises `TmfError` 409 when the number is blocked, for debt or as asked."""
    need_no_debt(row)
    if row["state"] != "active":
        raise TmfError(
            409,
            "NUMBER.STATE",
            "Number is not Active",
            f"{row['msisdn']} is Blocked, it has to be Active",
        )


def need_funds(row: sqlite3.Row, tiyn: int, purpose: str, *, limited: bool = True) -> None:
    """Raises `TmfError` 409 when the number's money is less than `tiyn`; `purpose` wants it.

    `limited`: the individual limit counts too.
    """
    own = "main balance" if row["payment_method"] == "Advance" else "remaining credit limit"
    purses = [(own, row["balance"])]
    if limited and row["individual_limit"] is not None:
        purses.append(("individual limit", row["individual_limit"]))
    for purse, left in purses:
        if left < tiyn:
            raise TmfError(
                409,
                "FUNDS.INSUFFICIENT",
                "Not enough money",
                f"Missing {words(tiyn - left)}: the {purse} of {row['msisdn']} is {words(left)},"
                f" the {purpose} is {words(tiyn)}",
            )


def charge(database: OperatorDatabase, row: sqlite3.Row, tiyn: int) -> None:
    """Take `tiyn` from the number's money and from its individual limit, where it has one."""
    columns = {"balance": row["balance"] - tiyn}
    if row["individual_limit"] is not None:
        columns["individual_limit"] = row["individual_limit"] - tiyn
    set_columns(database, row["msisdn"], columns)


def set_columns(database: OperatorDatabase, number: str, columns: Mapping[str, Any]) -> None:
    """Write `columns` of the number's row; the names are ours, never a caller's."""
    if "label_folded" in columns:
        database.forget_haystacks()
    assignments = ", ".join(f"{column} = ?" for column in columns)
    database.execute(
        f"UPDATE number SET {assignments} WHERE msisdn = ?",  # noqa: S608 - names are ours
        (*columns.values(), number),
    )


def set_blocked(
    database: OperatorDatabase,
    row: sqlite3.Row,
    blocked_at: float | None,
    *,
    active_at: float | None = None,
) -> bool:
    """Block at `blocked_at`, or unblock at `active_at`; a silent number has no usage."""
    columns: dict[str, Any] = {"blocked_at": blocked_at}
    if active_at is not None:
        columns["active_at"] = active_at
    set_columns(database, row["msisdn"], columns)
    hush(database, row["msisdn"], blocked_at or active_at or 0.0)
    return True


def set_debt(database: OperatorDatabase, row: sqlite3.Row, debt: int, at: float) -> None:
    """Let the number owe `debt` tiyn since `at`; 0 ends the block for debt, not the other."""
    columns: dict[str, Any] = {"debt": debt, "debt_at": row["debt_at"]}
    if debt and not row["debt"]:
        columns["debt_at"] = at
    elif row["debt"] and not debt:
        columns |= {"debt_at": None, "active_at": at}
    set_columns(database, row["msisdn"], columns)
    hush(database, row["msisdn"], at)


def hush(database: OperatorDatabase, number: str, at: float) -> None:
    """Begin or end the time in which the number uses nothing, after what its state is now."""
    row = database.one("SELECT state FROM number WHERE msisdn = ?", (number,))
    silent = database.one("SELECT 1 FROM silence WHERE msisdn = ? AND to_at IS NULL", (number,))
    if row is None:
        return
    if row["state"] != "active" and silent is None:
        database.execute("INSERT INTO silence VALUES (?, ?, NULL)", (number, at))
    elif row["state"] == "active" and silent is not None:
        database.execute(
            "UPDATE silence SET to_at = ? WHERE msisdn = ? AND to_at IS NULL", (at, number)
        )
