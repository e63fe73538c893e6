"""The sandbox's own calls to its operator: what was really done, and what a test wants to be so."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any

from aiohttp import web

from sandbox.operator import forwarding, imei_registry, services, sims
from sandbox.operator.api.answers import Json, TmfError, answer, body_of, moment, not_found
from sandbox.operator.api.tmf630_filters import bad_value
from sandbox.operator.api.tmf637_numbers import state_since
from sandbox.operator.api.tmf676_payments import write_receipt
from sandbox.operator.changes import BANS
from sandbox.operator.database import DEFAULT_SETTINGS, OperatorDatabase
from sandbox.operator.imei_registry import imei_of
from sandbox.operator.numbers import set_blocked, set_columns, set_debt
from sandbox.operator.sims import iccid_of
from sandbox.world import WorldClock


class Control:
    """`/sandbox/operator/…`."""

    def __init__(self, database: OperatorDatabase, clock: WorldClock, calls: Counter[str]) -> None:
        self._database = database
        self._clock = clock
        self._calls = calls

    async def effects(self, request: web.Request) -> web.Response:
        """`GET effects`: every change really made, oldest first."""
        since = request.query.get("since", "0")
        if not re.fullmatch("[0-9]{1,15}", since):
            raise bad_value("since", since)
        rows = self._database.rows(
            """SELECT * FROM effect WHERE id > :since AND (:number = '' OR number = :number)
               AND (:external_id = '' OR external_id = :external_id) ORDER BY id""",
            {
                "since": int(since),
                "number": request.query.get("number", ""),
                "external_id": request.query.get("externalId", ""),
            },
        )
        return answer(
            [
                {
                    "id": row["id"],
                    "externalId": row["external_id"],
                    "orderId": row["order_id"],
                    "number": row["number"],
                    "what": row["what"],
                    "changed": bool(row["changed"]),
                    "at": moment(row["at"]),
                }
                for row in rows
            ]
        )

    async def calls(self, request: web.Request) -> web.Response:
        """`GET calls`: how often each was asked; `DELETE` begins anew."""
        counted = dict(sorted(self._calls.items()))
        if request.method == "DELETE":
            self._calls.clear()
        return answer(counted)

    async def number(self, request: web.Request) -> web.Response:
        """`GET numbers/{msisdn}`."""
        return answer(self._shown(self._row(request)))

    async def change_number(self, request: web.Request) -> web.Response:
        """`PATCH numbers/{msisdn}`."""
        row, body = self._row(request), await body_of(request)
        refuse_unknown(body, _NUMBER_FIELDS)
        now = self._clock.timestamp()
        with self._database.transaction():
            for name, value in body.items():
                self._change(row, name, value, now)
                row = self._row(request)
        return answer(self._shown(row))

    def _change(self, row: sqlite3.Row, name: str, value: Any, now: float) -> None:
        number = row["msisdn"]
        if name == "debt":
            set_debt(self._database, row, _tiyn(name, value), now)
        elif name == "payment":
            self._pay(row, _tiyn(name, value), now)
        elif name in {"balance", "individual_limit"}:
            tiyn = None if value is None and name != "balance" else _tiyn(name, value)
            set_columns(self._database, number, {name: tiyn})
        elif name == "label":
            label = None if value is None else str(value)
            columns = {"label": label, "label_folded": (label or "").casefold()}
            set_columns(self._database, number, columns)
        elif name == "blocked":
            blocked = now if value else None
            set_blocked(self._database, row, blocked, active_at=None if value else now)
        elif name in BANS.values():
            if not isinstance(value, bool):
                raise bad_value(name, str(value))
            set_columns(self._database, number, {name: int(value)})
        elif name in {"forwarding", "services"}:
            if not isinstance(value, list):
                raise bad_value(name, str(value))
            self._put_in_place(row, name, value, now)
        elif name in {"imei", "iccid"}:
            self._refit(row, name, value, now)
        else:
            rows = None if value is None else _whole(name, value)
            set_columns(self._database, number, {"usage_per_day": rows})

    def _pay(self, row: sqlite3.Row, paid: int, now: float) -> None:
        rest = max(0, paid - row["debt"])
        if row["debt"]:
            set_debt(self._database, row, max(0, row["debt"] - paid), now)
            self._database.execute(
                "INSERT INTO paid_debt VALUES (?, ?, ?)", (row["account"], paid - rest, now)
            )
        set_columns(self._database, row["msisdn"], {"balance": row["balance"] + rest})
        key = f"top-{uuid.uuid4().hex}"
        write_receipt(self._database, row, key, "payment", "cash", key, paid)

    def _refit(self, row: sqlite3.Row, name: str, value: object, now: float) -> None:
        if name == "imei":
            imei = None if value is None else imei_registry.full(value)
            if imei is None and value is not None:
                raise bad_value(name, str(value))
            set_columns(self._database, row["msisdn"], {"imei": imei})
        elif isinstance(value, str) and re.fullmatch("[0-9]{19,20}", value):
            sims.put_in_place(self._database, row, value, now)
        else:
            raise bad_value(name, str(value))

    def _put_in_place(self, row: sqlite3.Row, name: str, value: list[Any], now: float) -> None:
        try:
            if name == "forwarding":
                forwarding.put_in_place(self._database, row, value)
            else:
                services.put_in_place(self._database, row, map(str, value), now)
        except (KeyError, TypeError, AttributeError) as error:
            raise bad_value(name, str(value)) from error

    async def change_administrator(self, request: web.Request) -> web.Response:
        """`PATCH administrators/{id}`: grant and revoke companies, as what."""
        wanted, body = request.match_info["id"], await body_of(request)
        refuse_unknown(body, {"companies", "roles", "email", "code_channel"})
        for name in ("email", "code_channel"):
            _text_or_none(body, name)
        if self._database.one("SELECT 1 FROM administrator WHERE id = ?", (wanted,)) is None:
            raise not_found("administrator", wanted)
        with self._database.transaction():
            if "companies" in body:
                self._grant(wanted, body["companies"])
            if "roles" in body:
                self._appoint(wanted, body["roles"])
            if "email" in body:
                self._database.execute(
                    "UPDATE administrator SET email = ? WHERE id = ?", (body["email"], wanted)
                )
            if "code_channel" in body:
                self._database.execute(
                    "UPDATE administrator SET code_channel = ? WHERE id = ?",
                    (body["code_channel"], wanted),
                )
        row = self._database.rows("SELECT * FROM administrator WHERE id = ?", (wanted,))[0]
        rights = self._database.rows(
            """SELECT r.company, l.role FROM rights r LEFT JOIN lesser_role l
               ON l.administrator = r.administrator AND l.company = r.company
               WHERE r.administrator = ? ORDER BY r.company, l.role""",
            (wanted,),
        )
        roles: dict[str, list[str]] = {}
        for right in rights:
            roles.setdefault(right["company"], []).append(right["role"] or "administrator")
        return answer(dict(row) | {"companies": list(roles), "roles": roles})

    def _grant(self, administrator: str, companies: object) -> None:
        if not isinstance(companies, list):
            raise bad_value("companies", str(companies))
        for table in ("rights", "lesser_role"):
            self._database.execute(
                f"DELETE FROM {table} WHERE administrator = ?",  # noqa: S608 - the names are ours
                (administrator,),
            )
        for company in companies:
            if self._database.one("SELECT 1 FROM company WHERE id = ?", (str(company),)) is None:
                raise not_found("organization", str(company))
            self._database.execute(
                "INSERT INTO rights VALUES (?, ?)", (administrator, str(company))
            )

    def _appoint(self, administrator: str, roles: object) -> None:
        """Give roles, by company, of any name: an operator may know more than its clients."""
        if not isinstance(roles, dict):
            raise bad_value("roles", str(roles))
        for company, given in roles.items():
            named = [given] if isinstance(given, str) else given
            if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
                raise bad_value("roles", str(given))
            if self._database.one("SELECT 1 FROM company WHERE id = ?", (company,)) is None:
                raise not_found("organization", company)
            place = (administrator, company)
            self._database.execute("INSERT OR IGNORE INTO rights VALUES (?, ?)", place)
            self._database.execute(
                "DELETE FROM lesser_role WHERE administrator = ? AND company = ?", place
            )
            self._database.execute_many(
                "INSERT OR IGNORE INTO lesser_role VALUES (?, ?, ?)",
                [(*place, role) for role in named],
            )

    async def settings(self, request: web.Request) -> web.Response:
        """`GET settings`, and `PATCH` to change them."""
        if request.method == "PATCH":
            body = await body_of(request)
            refuse_unknown(body, DEFAULT_SETTINGS.keys())
            for name in ("order_seconds", "transfer_seconds", "device_seconds"):
                if name != "device_seconds" or body.get(name) is not None:
                    _seconds(name, body.get(name, 0))
            for name in ("idempotent", "esim_confirmation"):
                if not isinstance(body.get(name, True), bool):
                    raise bad_value(name, str(body[name]))
            _text_or_none(body, "token")
            if body.get("events", "usual") not in ("usual", "awkward"):
                raise bad_value("events", str(body["events"]))
            if body.get("hub") not in (None, 404, 405, 501):
                raise bad_value("hub", str(body["hub"]))
            self._database.change_settings(body)
        return answer(self._database.settings)

    def _row(self, request: web.Request) -> sqlite3.Row:
        wanted = request.match_info["msisdn"]
        row = self._database.one("SELECT * FROM number WHERE msisdn = ?", (wanted,))
        if row is None:
            raise not_found("number", wanted)
        return row

    def _shown(self, row: sqlite3.Row) -> Json:
        shown = dict(row) | {"since": moment(state_since(row))}
        shown["iccid"] = iccid_of(row, self._database.seed)
        shown["imei"] = imei_of(row, self._database.seed)
        shown["forwarding"] = forwarding.of_numbers(self._database, [row["msisdn"]])[row["msisdn"]]
        shown["services"] = [
            one["offer"]
            for one in services.of_number(self._database, row)
            if services.is_active(self._database, one)
        ]
        for name in ("debt", "credit_limit", "balance", "individual_limit"):
            if row[name] is not None:
                shown[name] = str(Decimal(row[name]) / 100)
        return shown


_MOST_TIYN = 10**15
_MOST_ROWS = 100_000
_LONGEST_ORDER = 30 * 86_400
_NUMBER_FIELDS = {
    "debt",
    "payment",
    "balance",
    "individual_limit",
    "label",
    "blocked",
    "usage_per_day",
    "forwarding",
    "services",
    "imei",
    "iccid",
    *BANS.values(),
}


def _seconds(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad_value(name, str(value))
    if not 0 <= value <= _LONGEST_ORDER:
        raise bad_value(name, str(value))


def refuse_unknown(body: Json, known: Any) -> None:
    """Raises `TmfError` 400 when `body` has a field that is not `known`."""
    strange = body.keys() - known
    if strange:
        text = ", ".join(sorted(strange))
        raise TmfError(400, "REQUEST.MALFORMED", "Unknown field", f"unknown: {text}")


def _text_or_none(body: Json, name: str) -> None:
    if not isinstance(body.get(name), str | None):
        raise bad_value(name, str(body[name]))


def _tiyn(name: str, value: object) -> int:
    """Tenge, written as text or number, in tiyn. Raises `TmfError` 400."""
    try:
        tiyn = Decimal(str(value)) * 100
        if isinstance(value, bool) or tiyn != int(tiyn) or not 0 <= tiyn < _MOST_TIYN:
            raise bad_value(name, str(value))
        return int(tiyn)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise bad_value(name, str(value)) from error


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_ROWS:
        raise bad_value(name, str(value))
    return value
