"""TMF654: money from one prepaid number of a company to another (S37).

A transfer takes effect in one transaction, at once or as late as the setting says; like an order it
is carried out when a call comes after it has fallen due.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from decimal import Decimal, InvalidOperation

from aiohttp import web

from sandbox.operator.api.answers import (
    Json,
    TmfError,
    amount,
    answer,
    body_of,
    chosen,
    digest_text,
    moment,
    money,
    not_found,
)
from sandbox.operator.api.idempotency import HEADER, IdempotentCalls, needed_key
from sandbox.operator.api.tmf622_orders import NEVER
from sandbox.operator.api.tmf630_filters import Column, bad_value, order_by, read_query, where
from sandbox.operator.api.tmf630_paging import page_of_rows
from sandbox.operator.api.tmf666_accounts import BALANCES
from sandbox.operator.api.tmf676_payments import write_receipt
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.numbers import need_active, need_funds, own_number, set_columns

_COLUMNS = {
    "id": Column("id"),
    "description": Column("reference"),
    "status": Column("status"),
    "requestor.id": Column("company"),
    "logicalResource.id": Column("sender"),
    "receiverLogicalResource.id": Column("recipient"),
}
_KEPT = (
    "description",
    "reason",
    "channel",
    "usageType",
    "receiverBucketUsageType",
    "logicalResource",
    "receiverLogicalResource",
    "requestor",
)
_MOST_TIYN = 10**15


class Transfers:
    """`transferBalance`."""

    def __init__(self, book: OperatorDatabase, once: IdempotentCalls) -> None:
        self._book = book
        self._once = once

    async def transfers(self, request: web.Request) -> web.Response:
        """`GET /transferBalance`."""
        query = read_query(request)
        condition, parameters = where(query, _COLUMNS)
        order = order_by(query, {"requestedDate": "asked_at"}, "serial")
        source = f"transfer WHERE {condition}"
        return page_of_rows(self._book, query, source, parameters, order, _shown)

    async def transfer(self, request: web.Request) -> web.Response:
        """`GET /transferBalance/{id}`."""
        row = self._row(request.match_info["id"])
        return answer(chosen(_shown(row), read_query(request).fields))

    async def place(self, request: web.Request) -> web.Response:
        """`POST /transferBalance`."""
        body = await body_of(request)
        key = needed_key(request, body.get("description"), f"{HEADER} or description")
        earlier = self._once.earlier(key, body, self._by_key)
        if earlier is not None:
            return answer(_shown(earlier))
        company, sender, recipient, tiyn = _read(body)
        self._check(company, sender, recipient, tiyn)
        transfer_id, now = f"tr-{uuid.uuid4().hex}", self._book.now()
        self._book.execute(
            """INSERT INTO transfer (id, key, digest, reference, company, sender, recipient, tiyn,
                   body, status, asked_at, due_at)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'created', ?, ?)""",
            (
                transfer_id,
                key,
                digest_text(body),
                body.get("description"),
                company,
                sender,
                recipient,
                tiyn,
                json.dumps(body, ensure_ascii=False),
                now,
                now + float(self._book.settings["transfer_seconds"]),
            ),
        )
        self.settle()
        shown = _shown(self._row(transfer_id))
        return answer(shown, status=201, headers={"Location": shown["href"]})

    async def steer(self, request: web.Request) -> web.Response:
        """`PATCH /sandbox/operator/orders/{id}` of a transfer: hold, finish or fail it."""
        row, now = self._row(request.match_info["id"]), self._book.now()
        wish = (await body_of(request)).get("do")
        if row["status"] != "created":
            raise TmfError(409, "ORDER.ENDED", "The transfer has ended", f"It is {row['status']}")
        if wish == "fail":
            self._fail(row, "INTERNAL: The operator's system failed", now)
        elif wish in {"hold", "finish"}:
            due = NEVER if wish == "hold" else now
            self._book.execute("UPDATE transfer SET due_at = ? WHERE id = ?", (due, row["id"]))
            self.settle()
        else:
            raise bad_value("do", str(wish))
        return answer(_shown(self._row(row["id"])))

    def settle(self) -> None:
        """Carry out what has fallen due, each transfer in a transaction of its own."""
        due = self._book.rows(
            "SELECT * FROM transfer WHERE status = 'created' AND due_at <= ?"
            " ORDER BY due_at, serial",
            (self._book.now(),),
        )
        for row in due:
            try:
                with self._book.transaction():
                    self._move(row)
            except TmfError as refusal:
                self._fail(row, str(refusal), row["due_at"])

    def _move(self, row: sqlite3.Row) -> None:
        sender, recipient = self._check(
            row["company"], row["sender"], row["recipient"], row["tiyn"]
        )
        self._book.execute(
            """UPDATE transfer SET status = 'completed', done_at = ?, sender_before = ?,
               recipient_before = ? WHERE id = ?""",
            (row["due_at"], sender["balance"], recipient["balance"], row["id"]),
        )
        for side, number, tiyn in (("out", sender, -row["tiyn"]), ("in", recipient, row["tiyn"])):
            set_columns(self._book, number["msisdn"], {"balance": number["balance"] + tiyn})
            key, name = f"{row['id']}-{side}", f"balance transfer {side}"
            write_receipt(self._book, number, key, name, "balanceTransfer", row["id"], tiyn)
            names = row["reference"], row["id"], number["msisdn"], "transfer"
            self._book.had_effect(*names, row["due_at"])

    def _fail(self, row: sqlite3.Row, reason: str, at: float) -> None:
        self._book.execute(
            "UPDATE transfer SET status = 'failed', reason = ?, done_at = ? WHERE id = ?",
            (reason, at, row["id"]),
        )

    def _check(
        self, company: str, sender: str, recipient: str, tiyn: int
    ) -> tuple[sqlite3.Row, sqlite3.Row]:
        """The rows of both numbers when so much may go. Raises `TmfError` 404 or 409."""
        rows = (
            own_number(self._book, sender, company),
            own_number(self._book, recipient, company),
        )
        if sender == recipient:
            raise TmfError(
                409, "TRANSFER.SAME", "Sender and recipient are the same", f"Both are {sender}"
            )
        for row in rows:
            if row["payment_method"] != "Advance":
                raise TmfError(
                    409,
                    "TRANSFER.CREDIT",
                    "A credit limit is no money",
                    f"{row['msisdn']} is postpaid",
                )
        for row in rows:
            need_active(row)
        need_funds(rows[0], tiyn, "transfer", limited=False)
        return rows

    def _by_key(self, key: str) -> tuple[sqlite3.Row, str] | None:
        row = self._book.one("SELECT * FROM transfer WHERE key = ? ORDER BY serial LIMIT 1", (key,))
        return None if row is None else (row, row["digest"])

    def _row(self, wanted: str) -> sqlite3.Row:
        row = self._book.one("SELECT * FROM transfer WHERE id = ?", (wanted,))
        if row is None:
            raise not_found("transferBalance", wanted)
        return row


def _read(body: Json) -> tuple[str, str, str, int]:
    """Company, sender, recipient and tiyn of a request. Raises `TmfError` 400 or 409."""
    try:
        [sender] = body["logicalResource"]
        numbers = str(sender["id"]), str(body["receiverLogicalResource"]["id"])
        buckets = body["bucket"]["id"], body["receiverBucket"]["id"]
        kinds = {body["usageType"], body["receiverBucketUsageType"]}
        units, company = body["amount"]["units"], str(body["requestor"]["id"])
        value = Decimal(str(body["amount"]["amount"])) * 100
        told = body["reason"], body["channel"]["id"], body.get("description") or "-"
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as error:
        raise TmfError(
            400, "REQUEST.MALFORMED", "Numbers, buckets, amount, channel, reason are needed"
        ) from error
    if not all(isinstance(text, str) and text for text in told):
        raise TmfError(400, "REQUEST.MALFORMED", "Reason, channel and description are texts")
    if kinds != {"monetary"} or units != "KZT" or buckets != tuple(f"main-{n}" for n in numbers):
        raise TmfError(400, "ORDER.UNSUPPORTED", "Only main balances in KZT are transferred")
    if not value.is_finite() or value != int(value) or not 0 < value < _MOST_TIYN:
        raise TmfError(
            409, "TRANSFER.AMOUNT", "Not an amount", "It is above 0, with two decimals at most"
        )
    return company, *numbers, int(value)


def _shown(row: sqlite3.Row) -> Json:
    """TMF654's transfer: what was sent, and what became of it."""
    body = json.loads(row["body"])
    item: Json = {
        **{name: body[name] for name in _KEPT if name in body},
        "id": row["id"],
        "href": f"{BALANCES}/transferBalance/{row['id']}",
        "@type": "TransferBalance",
        "status": row["status"],
        "requestedDate": moment(row["asked_at"]),
        "transferCost": money(0),
        "amount": {"amount": amount(row["tiyn"]), "units": "KZT"},
        "bucket": _bucket(row["sender"], row["sender_before"], -row["tiyn"]),
        "receiverBucket": _bucket(row["recipient"], row["recipient_before"], row["tiyn"]),
    }
    if row["done_at"] is not None:
        item["confirmationDate"] = moment(row["done_at"])
    if row["reason"] is not None:
        item["reason"] = row["reason"]
    return item


def _bucket(number: str, before: int | None, change: int) -> Json:
    key = f"main-{number}"
    name = "main balance"
    if before is not None:
        name = f"{_plain(before)} -> {_plain(before + change)} KZT"
    return {"id": key, "href": f"{BALANCES}/bucket/{key}", "name": name}


def _plain(tiyn: int) -> str:
    return f"{tiyn // 100}.{tiyn % 100:02d}"
