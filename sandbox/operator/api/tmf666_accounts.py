"""TMF666: billing accounts, and TMF654: what is left of money and limits."""

from __future__ import annotations

import sqlite3

from aiohttp import web

from sandbox.operator.api.answers import (
    Json,
    amount,
    answer,
    chosen,
    listing,
    moment,
    money,
    not_found,
    words,
)
from sandbox.operator.api.tmf630_filters import (
    LARGEST_LIMIT,
    Column,
    bad_value,
    order_by,
    read_query,
    where,
)
from sandbox.operator.api.tmf630_paging import page_of_rows
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed.landlines import SERVICES
from sandbox.world import WorldClock

ACCOUNTS = "/tmf-api/accountManagement/v4"
BALANCES = "/tmf-api/prepayBalanceManagement/v4"

_ACCOUNTS = """(SELECT a.*, c.name AS company_name,
    coalesce((SELECT service FROM other_service o WHERE o.account = a.id), 'mobile') AS service,
    coalesce((SELECT sum(debt) FROM number n WHERE n.account = a.id), 0) AS debt,
    (SELECT min(debt_at) FROM number n WHERE n.account = a.id AND debt > 0) AS debt_at
    FROM account a JOIN company c ON c.id = a.company)"""
_ACCOUNT_COLUMNS = {
    "id": Column("id"),
    "relatedParty.id": Column("company"),
    "paymentStatus": Column("iif(debt > 0, 'in arrears', 'paid')"),
}
_KINDS = {
    "main": "main balance",
    "credit": "remaining credit limit",
    "limit": "individual limit",
}


class Accounts:
    """`billingAccount`."""

    def __init__(self, database: OperatorDatabase, clock: WorldClock) -> None:
        self._database = database
        self._clock = clock

    async def accounts(self, request: web.Request) -> web.Response:
        """`GET /billingAccount`."""
        query = read_query(request)
        condition, parameters = where(query, _ACCOUNT_COLUMNS)
        order = order_by(query, {"id": "id"}, "id")
        source = f"{_ACCOUNTS} WHERE {condition}"
        return page_of_rows(self._database, query, source, parameters, order, self._shown)

    async def account(self, request: web.Request) -> web.Response:
        """`GET /billingAccount/{id}`."""
        wanted = request.match_info["id"]
        row = self._database.one(f"SELECT * FROM {_ACCOUNTS} WHERE id = ?", (wanted,))  # noqa: S608
        if row is None:
            raise not_found("billingAccount", wanted)
        return answer(chosen(self._shown(row), read_query(request).fields))

    def _shown(self, row: sqlite3.Row) -> Json:
        since = row["debt_at"] if row["debt"] else self._clock.timestamp()
        item: Json = {
            "id": row["id"],
            "href": f"{ACCOUNTS}/billingAccount/{row['id']}",
            "@type": "BillingAccount",
            "name": row["id"],
            "accountType": row["kind"],
            "state": "active",
            "paymentStatus": "in arrears" if row["debt"] else "paid",
            "accountBalance": [
                {
                    "balanceType": "debt",
                    "amount": money(row["debt"]),
                    "validFor": {"startDateTime": moment(since)},
                }
            ],
            "financialAccount": {"id": row["service"], "name": SERVICES[row["service"]]},
            "lastModified": moment(self._clock.timestamp()),
            "relatedParty": [
                {
                    "id": row["company"],
                    "name": row["company_name"],
                    "role": "owner",
                    "@referredType": "Organization",
                }
            ],
        }
        if row["kind"] == "postpaid" and row["service"] == "mobile":
            item["creditLimit"] = money(row["credit_limit"])
        return item


class Buckets:
    """`bucket`: the balance or the remaining credit limit of a number, and its individual limit."""

    def __init__(self, database: OperatorDatabase) -> None:
        self._database = database

    async def buckets(self, request: web.Request) -> web.Response:
        """`GET /bucket`; without ids of products or buckets, those of the first numbers."""
        query = read_query(request)
        query.only("product.id", "id", "usageType")
        products, wanted = query.values("product.id"), query.values("id")
        if products is None and wanted is not None:
            products = tuple({bucket.partition("-")[2] for bucket in wanted})
        if products is not None and len(products) > LARGEST_LIMIT:
            raise bad_value("product.id", f"more than {LARGEST_LIMIT} values")
        found = [
            bucket
            for row in self._numbers(products)
            for bucket in shown_buckets(row)
            if wanted is None or bucket["id"] in wanted
        ]
        if "monetary" not in (query.values("usageType") or ("monetary",)):
            found = []
        # several buckets may belong to one number, so a page of numbers must never be cut by the
        # default limit: `limit` holds only when it is asked for
        limit = query.limit if "limit" in request.query else len(found)
        return listing(found[query.offset : query.offset + limit], len(found), query.fields)

    async def bucket(self, request: web.Request) -> web.Response:
        """`GET /bucket/{id}`."""
        wanted = request.match_info["id"]
        for row in self._numbers((wanted.partition("-")[2],)):
            for found in shown_buckets(row):
                if found["id"] == wanted:
                    return answer(chosen(found, read_query(request).fields))
        raise not_found("bucket", wanted)

    def _numbers(self, products: tuple[str, ...] | None) -> list[sqlite3.Row]:
        if products is None:
            return self._database.rows("SELECT * FROM number ORDER BY msisdn LIMIT 100")
        return self._database.rows(
            f"SELECT * FROM number WHERE msisdn IN ({','.join('?' * len(products))})"  # noqa: S608
            " ORDER BY msisdn",
            list(products),
        )


def shown_buckets(row: sqlite3.Row) -> list[Json]:
    """The buckets of one number."""
    kinds = {"main" if row["payment_method"] == "Advance" else "credit": row["balance"]}
    if row["individual_limit"] is not None:
        kinds["limit"] = row["individual_limit"]
    msisdn = row["msisdn"]
    return [
        {
            "id": f"{kind}-{msisdn}",
            "href": f"{BALANCES}/bucket/{kind}-{msisdn}",
            "@type": "Bucket",
            "name": _KINDS[kind],
            "usageType": "monetary",
            "isShared": False,
            "status": "active",
            "remainingValue": {"amount": amount(tiyn), "units": "KZT"},
            "remainingValueName": words(tiyn),
            "product": [{"id": msisdn, "name": msisdn}],
            "logicalResource": [{"id": msisdn, "name": msisdn, "@referredType": "MSISDN"}],
            "partyAccount": {"id": row["account"], "name": row["account"]},
        }
        for kind, tiyn in kinds.items()
    ]
