"""TMF676: what accounts paid for their bills, what numbers were topped up with, and transfers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aiohttp import web

from sandbox.operator.api.answers import Json, answer, chosen, moment, money, not_found
from sandbox.operator.api.tmf630_filters import Query, order_by, period, read_query
from sandbox.operator.api.tmf630_paging import page_of
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed.months import Bill, Months, shares
from sandbox.operator.seed.traffic import day_of, day_start

BASE = "/tmf-api/payment/v4"
_METHODS = ("bankAccountTransfer", "digitalWallet", "bankCard")
_CALLED = {
    "bankAccountTransfer": ("bank transfer", "bank", "Bank"),
    "digitalWallet": ("Kaspi.kz", "kaspi", "Kaspi.kz"),
    "bankCard": ("bank card", "web", "Web site"),
    "cash": ("cash", "terminal", "Payment terminal"),
    "balanceTransfer": ("balance transfer", "transfer", "Balance transfer"),
}
"""What each method is called, and the channel by which it comes: id and name."""


class Payment(NamedTuple):
    """One payment of `tiyn`: for one number, or for all of its account when `number` is empty."""

    id: str
    name: str
    document: str
    account: str
    company: str
    method: str
    at: float
    tiyn: int
    number: str
    code: int
    purpose: str = ""
    ordered: float = 0
    """The day that is written on its payment order; 0 where it has none."""


class Payments:
    """`payment`."""

    def __init__(self, database: OperatorDatabase, months: Months) -> None:
        self._database = database
        self._months = months

    async def payments(self, request: web.Request) -> web.Response:
        """`GET /payment`: by account and oldest first, or by date as `sort` says."""
        query = read_query(request)
        order_by(query, {"paymentDate": "", "id": ""}, "")
        found = self._found(query)
        if query.sort == "paymentDate":
            found.sort(key=lambda one: (one.at, one.id), reverse=query.descending)
        elif query.sort:
            found.sort(key=lambda one: one.id, reverse=query.descending)
        return page_of(found, query, self._shown)

    async def payment(self, request: web.Request) -> web.Response:
        """`GET /payment/{id}`."""
        wanted = request.match_info["id"]
        bill = self._months.by_number(wanted.removeprefix("pay-"))
        found: Payment | None = None
        if bill is not None and wanted[:4] == "pay-" and self._is_paid(bill):
            found = _of_bill(bill)
        row = self._database.one("SELECT * FROM receipt WHERE id = ?", (wanted,))
        if row is not None:
            found = _of_receipt(row)
        if found is None:
            raise not_found("payment", wanted)
        return answer(chosen(self._shown(found), read_query(request).fields))

    def _found(self, query: Query) -> list[Payment]:
        query.only(
            "account.id", "relatedParty.id", "paymentItem.item.id", "correlatorId", "paymentDate"
        )
        first, end = period(query, "paymentDate")
        documents = query.values("correlatorId")
        return [
            one
            for one in self._of_whom(query)
            if first <= one.at < end and (documents is None or one.document in documents)
        ]

    def _of_whom(self, query: Query) -> Iterator[Payment]:
        """The payments of the accounts, the company and the numbers that are asked for."""
        accounts, companies = query.values("account.id"), query.values("relatedParty.id")
        numbers = query.values("paymentItem.item.id")
        served = accounts
        if numbers is not None:
            rows = self._database.rows(
                f"SELECT account FROM number WHERE msisdn IN ({_marks(numbers)})",  # noqa: S608
                list(numbers),
            )
            served = tuple(
                {row["account"] for row in rows if accounts is None or row["account"] in accounts}
            )
        condition, parameters = "1", list[str]()
        for column, values in (("account", accounts), ("company", companies), ("number", numbers)):
            if values is not None:
                condition += f" AND {column} IN ({_marks(values)})"
                parameters += values
        receipts: dict[str, list[Payment]] = {}
        for row in self._database.rows(
            f"SELECT * FROM receipt WHERE {condition} ORDER BY account, serial",  # noqa: S608
            parameters,
        ):
            receipts.setdefault(row["account"], []).append(_of_receipt(row))
        for account in self._months.accounts(served, companies):
            for bill in self._months.bills(account):
                if self._is_paid(bill):
                    yield _of_bill(bill)
            yield from receipts.get(account["id"], ())

    def _items(self, payment: Payment) -> list[tuple[str, int]]:
        """What of it is each number's, in tiyn; it adds up to the payment."""
        if payment.number:
            return [(payment.number, payment.tiyn)]
        rows = self._database.rows(
            """SELECT msisdn AS id FROM number WHERE account = :account
               UNION ALL SELECT id FROM office_line WHERE account = :account ORDER BY id""",
            {"account": payment.account},
        )
        paid = shares(payment.tiyn, len(rows))
        return [(row["id"], tiyn) for row, tiyn in zip(rows, paid, strict=True)]

    def _is_paid(self, bill: Bill) -> bool:
        return bill.paid_at <= self._months.now() and bill.paid > 0

    def _shown(self, payment: Payment) -> Json:
        """TMF676's payment."""
        method, channel, channel_name = _CALLED[payment.method]
        total = money(payment.tiyn)
        return {
            "id": payment.id,
            "href": f"{BASE}/payment/{payment.id}",
            "@type": "Payment",
            "name": payment.name,
            "correlatorId": payment.document,
            **({"description": payment.purpose} if payment.purpose else {}),
            "authorizationCode": f"{payment.code:09d}",
            "paymentDate": moment(payment.at),
            "status": "done",
            "statusDate": moment(payment.at),
            "account": {"id": payment.account, "@referredType": "BillingAccount"},
            "payer": {"id": payment.company, "role": "customer", "@referredType": "Organization"},
            "paymentMethod": {
                "name": method,
                "@type": payment.method,
                **({"statusDate": moment(payment.ordered)} if payment.ordered else {}),
            },
            "channel": {"id": channel, "name": channel_name},
            "amount": total,
            "totalAmount": total,
            "paymentItem": [
                {
                    "id": str(place),
                    "item": {"id": number, "name": number, "@referredType": "Product"},
                    "amount": money(tiyn),
                }
                for place, (number, tiyn) in enumerate(self._items(payment), 1)
            ],
        }


def write_receipt(
    database: OperatorDatabase,
    row: sqlite3.Row,
    key: str,
    name: str,
    method: str,
    document: str,
    tiyn: int,
) -> None:
    """Write down money that came to the number `row` (or left it: negative) at this moment."""
    database.execute(
        """INSERT INTO receipt (id, number, account, company, name, method, document, tiyn, at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            key,
            row["msisdn"],
            row["account"],
            row["company"],
            name,
            method,
            document,
            tiyn,
            database.now(),
        ),
    )


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))


def _of_bill(bill: Bill) -> Payment:
    """Banks carry an order out on the day after it is written; wallets and cards have none."""
    method = _METHODS[bill.luck // 11 % len(_METHODS)]
    return Payment(
        f"pay-{bill.number}",
        "payment",
        bill.order,
        bill.account,
        bill.company,
        method,
        bill.paid_at,
        bill.paid,
        "",
        bill.luck % 10**9,
        bill.number,
        day_start(day_of(bill.paid_at - 86_400)) if method == _METHODS[0] else 0,
    )


def _of_receipt(row: sqlite3.Row) -> Payment:
    return Payment(
        row["id"],
        row["name"],
        row["document"],
        row["account"],
        row["company"],
        row["method"],
        row["at"],
        row["tiyn"],
        row["number"],
        row["serial"],
    )
