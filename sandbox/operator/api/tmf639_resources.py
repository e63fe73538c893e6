"""TMF639: SIM cards, in use and blank, and the registrations of devices.

A SIM's id is its ICCID. PIN and PUK are told only of one SIM asked for by its id, never in a list.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import NamedTuple

from aiohttp import web

from sandbox.operator import esims, imei_registry, sims
from sandbox.operator.api.answers import (
    Json,
    answer,
    characteristic,
    chosen,
    listing,
    moment,
    not_found,
)
from sandbox.operator.api.tmf630_filters import Column, Query, kept, read_query, where
from sandbox.operator.api.tmf630_paging import as_it_is, counted_rows, page_of
from sandbox.operator.database import OperatorDatabase

BASE = "/tmf-api/resourceInventoryManagement/v4"
_NEVER = Column("NULL")
_IS_ESIM = "iif(iccid IN (SELECT iccid FROM esim), 'eSIM', 'SIM')"
_IN_USE = {
    "category": Column(_IS_ESIM),
    "relatedParty.id": Column("company"),
    "resourceRelationship.id": Column("msisdn"),
    "resourceStatus": Column("iif(state = 'active', 'reserved', 'suspended')"),
    "usageState": Column("'active'"),
    "IMEI": _NEVER,
    "registrationKind": _NEVER,
    "registrationStatus": _NEVER,
}
_BLANK = _IN_USE | {
    "resourceRelationship.id": _NEVER,
    "resourceStatus": Column("'available'"),
    "usageState": Column("'idle'"),
}
_DEVICES = {
    "category": Column("'Device'"),
    "relatedParty.id": Column("company"),
    "resourceRelationship.id": Column("number"),
    "resourceStatus": Column("iif(removed_at IS NULL, 'available', 'standby')"),
    "usageState": Column("iif(removed_at IS NULL, 'active', 'idle')"),
    "IMEI": Column("imei"),
    "registrationKind": Column("kind"),
    "registrationStatus": Column("iif(removed_at IS NULL, 'registered', 'removed')"),
}


class _Shelf(NamedTuple):
    """One kind of resources: where they are, in what order, and how one is written."""

    source: str
    columns: dict[str, Column]
    condition: str
    order: str
    shown: Callable[[sqlite3.Row], Json]


class Resources:
    """`resource`."""

    def __init__(self, database: OperatorDatabase) -> None:
        self._database = database
        self._shelves = (
            _Shelf("number", _IN_USE, "1", "msisdn", self._card),
            _Shelf("sim", _BLANK, "state = 'blank'", "iccid", self._blank),
            _Shelf("registration", _DEVICES, "company IS NOT NULL", "number, serial", _device),
        )

    async def resources(self, request: web.Request) -> web.Response:
        """`GET /resource`: the cards in use, the blank ones, then the registered devices."""
        query = read_query(request)
        self._settle(query)
        ids = query.values("id")
        if ids is not None:
            named = [item for wanted in ids for item in self._by_id(wanted)]
            found = kept(named, query, _GETTERS)
            return page_of(found, query, as_it_is)
        page: list[Json] = []
        total = 0
        for shelf in self._shelves:
            condition, parameters = where(query, shelf.columns)
            source = f"{shelf.source} WHERE {shelf.condition} AND {condition}"
            skipped, wanted = max(0, query.offset - total), query.limit - len(page)
            rows, count = counted_rows(
                self._database, source, parameters, shelf.order, wanted, skipped
            )
            page += map(shelf.shown, rows)
            total += count
        return listing(page, total, query.fields)

    async def resource(self, request: web.Request) -> web.Response:
        """`GET /resource/{id}`, a SIM's with its codes, an eSIM's with its activation code."""
        wanted = request.match_info["id"]
        for item in self._by_id(wanted):
            row = sims.served_by(self._database, wanted)
            if row is not None:
                item["resourceCharacteristic"] += [
                    characteristic(name, code)
                    for name, code in zip(
                        sims.CODES, sims.codes_of(self._database, row), strict=True
                    )
                ]
                esim = esims.of(self._database, wanted)
                if esim is not None:
                    code = esims.activation_code(self._database, esim)
                    item["resourceCharacteristic"].append(characteristic("activationCode", code))
            return answer(chosen(item, read_query(request).fields))
        raise not_found("resource", wanted)

    def _settle(self, query: Query) -> None:
        """Have the register hold what is asked of a large company."""
        if "Device" not in (query.values("category") or ("Device",)):
            return
        numbers = query.values("resourceRelationship.id")
        if numbers is None:
            for company in query.values("relatedParty.id") or ():
                imei_registry.settle_company(self._database, company)
            return
        for number in numbers:
            row = self._database.one("SELECT * FROM number WHERE msisdn = ?", (number,))
            if row is not None:
                imei_registry.settle_number(self._database, row)

    def _by_id(self, wanted: str) -> Iterator[Json]:
        row = sims.served_by(self._database, wanted)
        if row is not None:
            yield self._card(row)
            return
        row = self._database.one("SELECT * FROM sim WHERE iccid = ? AND state = 'blank'", (wanted,))
        if row is not None:
            yield self._blank(row)
            return
        number = self._database.one(
            "SELECT * FROM number WHERE msisdn = ?",
            (wanted.removeprefix("dev-").partition("-")[0],),
        )
        if number is not None:
            imei_registry.settle_number(self._database, number)
        row = self._database.one(
            "SELECT * FROM registration WHERE id = ? AND company IS NOT NULL", (wanted,)
        )
        if row is not None:
            yield _device(row)

    def _card(self, row: sqlite3.Row) -> Json:
        replaced = sims.replaced_at(self._database, row)
        facts = [
            characteristic("ICCID", sims.iccid_of(row, self._database.seed)),
            characteristic("IMEI", imei_registry.imei_of(row, self._database.seed)),
        ]
        if replaced is not None:
            when = {"name": "replacedAt", "valueType": "dateTime", "value": moment(replaced)}
            facts.append(when)
        iccid = sims.iccid_of(row, self._database.seed)
        item = _resource(iccid, "SIM", "SIM card", facts)
        esim = esims.of(self._database, iccid)
        if esim is not None:
            facts.append(characteristic("profileState", esim["state"]))
            if esim["expires_at"] is not None:
                until = moment(esim["expires_at"])
                facts.append(
                    {"name": "activationCodeExpires", "valueType": "dateTime", "value": until}
                )
            item |= _ESIM
        return item | {
            "resourceStatus": "reserved" if row["state"] == "active" else "suspended",
            "administrativeState": "unlocked" if row["state"] == "active" else "locked",
            "usageState": "active",
            "startOperatingDate": moment(row["start_at"] if replaced is None else replaced),
            "resourceRelationship": [_relies_on(row["msisdn"])],
            "relatedParty": [_customer(row["company"])],
        }

    def _blank(self, row: sqlite3.Row) -> Json:
        item = _resource(row["iccid"], "SIM", "SIM card", [characteristic("ICCID", row["iccid"])])
        if esims.of(self._database, row["iccid"]) is not None:
            item |= _ESIM
        return item | {
            "resourceStatus": "available",
            "administrativeState": "locked",
            "usageState": "idle",
            "relatedParty": [_customer(row["company"])],
        }


_ESIM = {"category": "eSIM", "name": "eSIM profile", "@type": "LogicalResource"}


def _device(row: sqlite3.Row) -> Json:
    tac, removed = row["imei"][:8], row["removed_at"] is not None
    model = imei_registry.MODELS.get(tac)
    facts = [characteristic("IMEI", row["imei"]), characteristic("TAC", tac)]
    if model is not None:
        facts.append(characteristic("model", model))
    facts += [
        characteristic("registrationKind", row["kind"]),
        characteristic("registrationStatus", "removed" if removed else "registered"),
        characteristic("BIN", row["owner"]),
    ]
    item = _resource(row["id"], "Device", model or "Device", facts) | {
        "resourceStatus": "standby" if removed else "available",
        "administrativeState": "locked" if removed else "unlocked",
        "usageState": "idle" if removed else "active",
        "startOperatingDate": moment(row["since"]),
        "resourceRelationship": [_relies_on(row["number"])],
        "relatedParty": [_customer(row["company"])],
    }
    if removed:
        item["endOperatingDate"] = moment(row["removed_at"])
    return item


def _resource(key: str, category: str, name: str, facts: list[Json]) -> Json:
    return {
        "id": key,
        "href": f"{BASE}/resource/{key}",
        "@type": "PhysicalResource",
        "category": category,
        "name": name,
        "operationalState": "enable",
        "resourceCharacteristic": facts,
    }


def _relies_on(number: str) -> Json:
    return {
        "id": number,
        "href": f"/tmf-api/productInventory/v4/product/{number}",
        "relationshipType": "reliesOn",
    }


def _customer(company: str) -> Json:
    return {"id": company, "role": "customer", "@referredType": "Organization"}


def _named(name: str) -> Callable[[Json], list[object]]:
    """Reads one characteristic of a resource."""

    def values(item: Json) -> list[object]:
        return [one["value"] for one in item["resourceCharacteristic"] if one["name"] == name]

    return values


_GETTERS: dict[str, Callable[[Json], list[object]]] = {
    "id": lambda item: [item["id"]],
    "category": lambda item: [item["category"]],
    "relatedParty.id": lambda item: [party["id"] for party in item["relatedParty"]],
    "resourceRelationship.id": lambda item: [
        one["id"] for one in item.get("resourceRelationship", ())
    ],
    "resourceStatus": lambda item: [item["resourceStatus"]],
    "usageState": lambda item: [item["usageState"]],
    "IMEI": _named("IMEI"),
    "registrationKind": _named("registrationKind"),
    "registrationStatus": _named("registrationStatus"),
}
