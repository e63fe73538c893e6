"""TMF637: a company's numbers, searched, filtered and paged in SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from aiohttp import web

from sandbox.operator import forwarding
from sandbox.operator.api import tmf637_services, tmf651_agreements
from sandbox.operator.api.answers import (
    Json,
    amount,
    answer,
    characteristic,
    chosen,
    listing,
    moment,
    not_found,
)
from sandbox.operator.api.tmf630_filters import (
    Column,
    Condition,
    Query,
    literal,
    order_by,
    read_query,
    where,
)
from sandbox.operator.api.tmf630_paging import as_it_is, page_of
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed import identifiers
from sandbox.operator.seed.numbers import TARIFFS
from sandbox.operator.sims import iccid_of

BASE = "/tmf-api/productInventory/v4"
TARIFF_CODES = {name: code for code, name in TARIFFS.items()}

GUIDE_FORMS = {"77010542006": "300014697190-131"}

COLUMNS = {
    "id": Column("msisdn"),
    "productSerialNumber": Column("msisdn"),
    "relatedParty.id": Column("company"),
    "status": Column("state", names={"active": ("active",), "suspended": ("debt", "voluntary")}),
    "suspensionReason": Column("state", names={"debt": ("debt",), "voluntary": ("voluntary",)}),
    "paymentMethod": Column("payment_method"),
    "billingAccount.id": Column("account"),
    "name": Column("tariff", choices=TARIFFS.values),
    "productOffering.id": Column("tariff", names={code: (name,) for code, name in TARIFFS.items()}),
    "employeeLabel": Column("label", folded="label_folded"),
}
_SEARCHED = {"productSerialNumber", "billingAccount.id", "employeeLabel", "name"}
SORTS = {
    "id": "msisdn",
    "productSerialNumber": "msisdn",
    "billingAccount.id": "account",
    "name": "tariff",
}


def needle_of(condition: Condition) -> str | None:
    """What must stand in a number's line for `condition` to hold; None when that is not known.

    Empty for a tariff's name that no tariff has: such a condition never holds.
    """
    text = literal(condition.values[0]) if condition.operator == "regex" else None
    if text is None or condition.attribute not in _SEARCHED:
        return None
    if condition.attribute == "name":
        return None if any(text.casefold() in name.casefold() for name in TARIFFS.values()) else ""
    return text.casefold()


def state_since(row: sqlite3.Row) -> float:
    """Since when the number is in its present state."""
    if row["state"] == "debt":
        return float(row["debt_at"])
    return float(row["blocked_at"] if row["state"] == "voluntary" else row["active_at"])


class Products:
    """`product`."""

    def __init__(self, database: OperatorDatabase) -> None:
        self._database = database

    async def products(self, request: web.Request) -> web.Response:
        """`GET /product`."""
        query = read_query(request)
        if tmf637_services.asked_for(query):
            return page_of(tmf637_services.found(self._database, query), query, as_it_is)
        condition, parameters = where(query, COLUMNS)
        for found in self._candidates(query):
            condition += f" AND msisdn IN ({','.join('?' * len(found))})"
            parameters += found
        order = order_by(query, SORTS, "msisdn")
        total = self._database.count_numbers(condition, parameters)
        rows = self._database.rows(
            f"SELECT * FROM number WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608
            [*parameters, query.limit, query.offset],
        )
        shown = self._shown_all(rows, query.fields)
        return listing(shown, total, query.fields)

    async def product(self, request: web.Request) -> web.Response:
        """`GET /product/{msisdn}`."""
        wanted = request.match_info["id"]
        row = self._database.one("SELECT * FROM number WHERE msisdn = ?", (wanted,))
        fields = read_query(request).fields
        if row is not None:
            [item] = self._shown_all([row], fields)
            return answer(chosen(item, fields))
        service = tmf637_services.by_id(self._database, wanted)
        if service is None:
            raise not_found("product", wanted)
        return answer(chosen(service, fields))

    def _candidates(self, query: Query) -> Iterator[list[str]]:
        """For each search in one company: the only numbers that can fit, when they are few."""
        companies = query.values("relatedParty.id")
        if companies is None or len(companies) != 1:
            return
        for group in query.groups:
            needles = {needle_of(condition) for condition in group}
            if None in needles:
                continue
            haystack = self._database.haystack(companies[0])
            hits = [haystack.with_needle(needle) for needle in needles if needle]
            if None not in hits:
                yield sorted({number for hit in hits if hit for number in hit})

    def _shown_all(self, rows: Sequence[sqlite3.Row], fields: tuple[str, ...]) -> Iterator[Json]:
        names = self._company_names()
        rules = forwarding.of_numbers(self._database, [row["msisdn"] for row in rows])
        for row in rows:
            item = self._shown(row, names, fields)
            forwarded = characteristic("forwarding", rules[row["msisdn"]])
            item["productCharacteristic"].append(forwarded)
            yield item

    def _company_names(self) -> dict[str, str]:
        return {
            row["id"]: row["name"] for row in self._database.rows("SELECT id, name FROM company")
        }

    def _shown(self, row: sqlite3.Row, names: dict[str, str], fields: tuple[str, ...]) -> Json:
        msisdn = row["msisdn"]
        # the check digit is a third of the work on a long page
        with_sim = not fields or "realizingResource" in fields
        sim = iccid_of(row, self._database.seed) if with_sim else ""
        return {
            "id": msisdn,
            "href": f"{BASE}/product/{msisdn}",
            "@type": "Product",
            "name": row["tariff"],
            "status": "active" if row["state"] == "active" else "suspended",
            "startDate": moment(row["start_at"]),
            "isCustomerVisible": True,
            "productSerialNumber": msisdn,
            "billingAccount": {
                "id": row["account"],
                "name": row["account"],
                "@referredType": "BillingAccount",
            },
            "agreement": tmf651_agreements.reference(row["company"]),
            "productOffering": {"id": TARIFF_CODES[row["tariff"]], "name": row["tariff"]},
            "productCharacteristic": self._characteristics(row),
            "realizingResource": [{"id": sim, "@referredType": "SimCard"}],
            "relatedParty": [
                {
                    "id": row["company"],
                    "name": names[row["company"]],
                    "role": "customer",
                    "@referredType": "Organization",
                }
            ],
        }

    def _characteristics(self, row: sqlite3.Row) -> list[Json]:
        since = {
            "name": "statusSince",
            "valueType": "dateTime",
            "value": moment(state_since(row)),
        }
        found = [characteristic("paymentMethod", row["payment_method"]), since]
        if row["state"] != "active":
            found.append(characteristic("suspensionReason", row["state"]))
            found.append(characteristic("voluntaryBlock", row["blocked_at"] is not None))
        if row["debt"]:
            debt = {"name": "debtAmount", "valueType": "number", "value": amount(row["debt"])}
            found.append(debt)
        found.append(characteristic("registrationForm", _form(row["msisdn"], self._database.seed)))
        if row["label"]:
            found.append(characteristic("employeeLabel", row["label"]))
        found.append(characteristic("banSmsUssdControl", bool(row["ban_sms"])))
        found.append(characteristic("banMyKcellDetails", bool(row["ban_details"])))
        found.append(characteristic("banMyKcellAccess", bool(row["ban_access"])))
        return found


def _form(msisdn: str, seed: int) -> str:
    own = GUIDE_FORMS.get(msisdn)
    luck = identifiers.mix(seed, int(msisdn), 5)
    return own or f"3000{luck % 10**8:08d}-{luck // 10**8 % 400 + 1}"
