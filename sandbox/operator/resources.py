"""TMF639: the SIM card and the telephone of each number.

A SIM's id is its ICCID, a telephone's its IMEI. PIN and PUK are told only of one SIM asked for by
its id, never in a list.
"""

from __future__ import annotations

import sqlite3

from aiohttp import web

from sandbox.operator import identifiers
from sandbox.operator.answers import (
    Json,
    answer,
    characteristic,
    chosen,
    listing,
    moment,
    not_found,
)
from sandbox.operator.book import Book
from sandbox.operator.identifiers import mix
from sandbox.operator.people import BIG_FLEET
from sandbox.operator.products import iccid_of, imei_of
from sandbox.operator.queries import read_query

BASE = "/tmf-api/resourceInventoryManagement/v4"
_SIM, _DEVICE = "SIM", "Device"
_GUIDE_CODES = {"77010542006": ("0000", "8649", "51352846", "55752910")}
_MODELS = {
    "35367807": "Samsung Galaxy A50",
    "86978202": "Xiaomi Redmi 9",
    "35299209": "Apple iPhone 11",
}


class Resources:
    """`resource`."""

    def __init__(self, book: Book) -> None:
        self._book = book

    async def resources(self, request: web.Request) -> web.Response:
        """`GET /resource`: in the order of numbers, the SIM before the telephone."""
        query = read_query(request)
        query.only("category", "id", "relatedParty.id", "resourceRelationship.id")
        kinds = [
            kind
            for kind in (_SIM, _DEVICE)
            if kind in (query.values("category") or (_SIM, _DEVICE))
        ]
        ids = query.values("id")
        if ids is not None:
            found = [
                self._shown(row, kind)
                for wanted in ids
                for row, kind in self._by_id(wanted)
                if kind in kinds
            ]
            page = found[query.offset : query.offset + query.limit]
            return listing(page, len(found), query.fields)
        condition, parameters = "1", list[str]()
        for attribute, column in (
            ("relatedParty.id", "company"),
            ("resourceRelationship.id", "msisdn"),
        ):
            values = query.values(attribute)
            if values is not None:
                condition += f" AND {column} IN ({','.join('?' * len(values))})"
                parameters += values
        if not kinds:
            return listing([], 0)
        first, skipped = divmod(query.offset, len(kinds))
        rows = self._book.rows(
            f"SELECT * FROM number WHERE {condition} ORDER BY msisdn LIMIT ? OFFSET ?",  # noqa: S608
            [*parameters, query.limit // len(kinds) + 2, first],
        )
        pairs = [(row, kind) for row in rows for kind in kinds]
        total = self._book.count_numbers(condition, parameters) * len(kinds)
        page = [self._shown(*pair) for pair in pairs[skipped : skipped + query.limit]]
        return listing(page, total, query.fields)

    async def resource(self, request: web.Request) -> web.Response:
        """`GET /resource/{id}`, a SIM's with its codes."""
        wanted = request.match_info["id"]
        for row, kind in self._by_id(wanted):
            item = self._shown(row, kind)
            if kind == _SIM:
                item["resourceCharacteristic"] += self._codes(row)
            return answer(chosen(item, read_query(request).fields))
        raise not_found("resource", wanted)

    def _by_id(self, wanted: str) -> list[tuple[sqlite3.Row, str]]:
        """The resource by ICCID or IMEI; a telephone of the large company is not found so."""
        number = identifiers.number_of_iccid(self._book.seed, wanted)
        rows = self._book.rows(
            "SELECT * FROM number WHERE msisdn = ? OR iccid = ? OR company <> ?",
            (number, wanted, BIG_FLEET.id),
        )
        seed = self._book.seed
        found = [(row, _SIM) for row in rows if iccid_of(row, seed) == wanted]
        return found or [(row, _DEVICE) for row in rows if imei_of(row, seed) == wanted]

    def _shown(self, row: sqlite3.Row, kind: str) -> Json:
        seed, number = self._book.seed, row["msisdn"]
        iccid, imei = iccid_of(row, seed), imei_of(row, seed)
        key = iccid if kind == _SIM else imei
        facts = [characteristic("ICCID", iccid)] if kind == _SIM else []
        facts.append(characteristic("IMEI", imei))
        if kind == _DEVICE:
            facts.append(characteristic("model", _MODELS.get(imei[:8], "Unknown model")))
        return {
            "id": key,
            "href": f"{BASE}/resource/{key}",
            "@type": "PhysicalResource",
            "category": kind,
            "name": "SIM card" if kind == _SIM else _MODELS.get(imei[:8], "Unknown model"),
            "resourceStatus": "available" if row["state"] == "active" else "suspended",
            "administrativeState": "unlocked" if row["state"] == "active" else "locked",
            "operationalState": "enable",
            "usageState": "active",
            "startOperatingDate": moment(row["start_at"]),
            "resourceCharacteristic": facts,
            "resourceRelationship": [
                {
                    "id": number,
                    "href": f"/tmf-api/productInventory/v4/product/{number}",
                    "relationshipType": "reliesOn",
                }
            ],
            "relatedParty": [
                {"id": row["company"], "role": "customer", "@referredType": "Organization"}
            ],
        }

    def _codes(self, row: sqlite3.Row) -> list[Json]:
        luck = mix(self._book.seed, int(row["msisdn"]), 6)
        made = (
            f"{luck % 10**4:04d}",
            f"{luck // 10**4 % 10**4:04d}",
            f"{luck // 10**8 % 10**8:08d}",
            f"{mix(luck) % 10**8:08d}",
        )
        codes = _GUIDE_CODES.get(row["msisdn"], made)
        return [
            characteristic(name, code)
            for name, code in zip(("PIN1", "PIN2", "PUK1", "PUK2"), codes, strict=True)
        ]
