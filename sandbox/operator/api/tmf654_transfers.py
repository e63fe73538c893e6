"""TMF654: money from one prepaid number of a company to another (S37).

A transfer takes effect at once, or as late as the setting says.
"""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.operator.api.answers import Json, TmfError, amount, moment, money
from sandbox.operator.api.change_requests import ChangeRequests, RequestTable
from sandbox.operator.api.tmf630_filters import Column
from sandbox.operator.api.tmf666_accounts import BALANCES
from sandbox.operator.api.tmf676_payments import write_receipt
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


class Transfers(ChangeRequests):
    """`transferBalance`."""

    kept = RequestTable(
        resource="transferBalance",
        noun="transfer",
        table="transfer",
        id_prefix="tr",
        reference="description",
        reference_column="reference",
        date="requestedDate",
        date_column="asked_at",
        state_column="status",
        reason_column="reason",
        begins="created",
        still_open="status = 'created'",
        refused="failed",
        filters=_COLUMNS,
    )

    def accepted(self, body: Json, now: float) -> dict[str, Any]:
        """See `ChangeRequests`: whose money, how much, and when it moves."""
        company, sender, recipient, tiyn = _read(body)
        self._check(company, sender, recipient, tiyn)
        return {
            "company": company,
            "sender": sender,
            "recipient": recipient,
            "tiyn": tiyn,
            "due_at": now + float(self._database.settings["transfer_seconds"]),
        }

    def carry_out(self, row: sqlite3.Row) -> None:
        """Move the money, with a receipt for each side."""
        sender, recipient = self._check(
            row["company"], row["sender"], row["recipient"], row["tiyn"]
        )
        self._database.execute(
            "UPDATE transfer SET sender_before = ?, recipient_before = ? WHERE id = ?",
            (sender["balance"], recipient["balance"], row["id"]),
        )
        self.end(row["id"], "completed", None, row["due_at"])
        for side, number, tiyn in (("out", sender, -row["tiyn"]), ("in", recipient, row["tiyn"])):
            set_columns(self._database, number["msisdn"], {"balance": number["balance"] + tiyn})
            key, name = f"{row['id']}-{side}", f"balance transfer {side}"
            write_receipt(self._database, number, key, name, "balanceTransfer", row["id"], tiyn)
            names = row["reference"], row["id"], number["msisdn"], "transfer"
            self._database.had_effect(*names, row["due_at"])

    def shown(self, row: sqlite3.Row) -> Json:
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

    def _check(
        self, company: str, sender: str, recipient: str, tiyn: int
    ) -> tuple[sqlite3.Row, sqlite3.Row]:
        """The rows of both numbers when so much may go. Raises `TmfError` 404 or 409."""
        rows = (
            own_number(self._database, sender, company),
            own_number(self._database, recipient, company),
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


def _bucket(number: str, before: int | None, change: int) -> Json:
    key = f"main-{number}"
    name = "main balance"
    if before is not None:
        name = f"{_plain(before)} -> {_plain(before + change)} KZT"
    return {"id": key, "href": f"{BALANCES}/bucket/{key}", "name": name}


def _plain(tiyn: int) -> str:
    return f"{tiyn // 100}.{tiyn % 100:02d}"
