"""TMF632: who administers which companies. Rights may change at any moment, so nothing is kept."""

from __future__ import annotations

import json
import sqlite3

from aiohttp import web

from sandbox.operator.answers import Json, answer, characteristic, chosen, listing, not_found
from sandbox.operator.book import Book
from sandbox.operator.queries import kept, read_query

BASE = "/tmf-api/party/v4"


def _email(address: str, kind: str, *, preferred: bool) -> Json:
    return {
        "mediumType": "email",
        "preferred": preferred,
        "characteristic": {"contactType": kind, "emailAddress": address},
    }


class Parties:
    """`individual` and `organization`."""

    def __init__(self, book: Book) -> None:
        self._book = book

    async def individuals(self, request: web.Request) -> web.Response:
        """`GET /individual`."""
        query = read_query(request)
        found = kept(
            self._individuals(),
            query,
            {
                "id": lambda item: [item["id"]],
                "contactMedium.characteristic.phoneNumber": lambda item: [
                    medium["characteristic"].get("phoneNumber") for medium in item["contactMedium"]
                ],
                "relatedParty.id": lambda item: [party["id"] for party in item["relatedParty"]],
            },
        )
        page = found[query.offset : query.offset + query.limit]
        return listing(page, len(found), query.fields)

    async def individual(self, request: web.Request) -> web.Response:
        """`GET /individual/{id}`."""
        wanted = request.match_info["id"]
        for item in self._individuals():
            if item["id"] == wanted:
                return answer(chosen(item, read_query(request).fields))
        raise not_found("individual", wanted)

    async def organizations(self, request: web.Request) -> web.Response:
        """`GET /organization`."""
        query = read_query(request)
        found = kept(
            self._organizations(),
            query,
            {
                "id": lambda item: [item["id"]],
                "relatedParty.id": lambda item: [party["id"] for party in item["relatedParty"]],
                "relatedParty.role": lambda item: [party["role"] for party in item["relatedParty"]],
            },
        )
        page = found[query.offset : query.offset + query.limit]
        return listing(page, len(found), query.fields)

    async def organization(self, request: web.Request) -> web.Response:
        """`GET /organization/{id}`."""
        wanted = request.match_info["id"]
        for item in self._organizations():
            if item["id"] == wanted:
                return answer(chosen(item, read_query(request).fields))
        raise not_found("organization", wanted)

    def _rights(self) -> list[sqlite3.Row]:
        return self._book.rows(
            """SELECT a.id AS person, a.full_name, c.id AS company, c.name FROM rights r
               JOIN administrator a ON a.id = r.administrator JOIN company c ON c.id = r.company
               ORDER BY c.rowid, a.rowid"""
        )

    def _individuals(self) -> list[Json]:
        rights = self._rights()
        items = []
        for row in self._book.rows("SELECT * FROM administrator ORDER BY id"):
            media: list[Json] = [
                {
                    "mediumType": "mobile phone",
                    "preferred": True,
                    "characteristic": {"contactType": "login", "phoneNumber": row["phone"]},
                }
            ]
            if row["email"] is not None:
                media.append(_email(row["email"], "work", preferred=False))
            item: Json = {
                "id": row["id"],
                "href": f"{BASE}/individual/{row['id']}",
                "@type": "Individual",
                "fullName": row["full_name"],
                "givenName": row["given"],
                "familyName": row["family"],
                "status": "validated",
                "contactMedium": media,
                "partyCharacteristic": [],
                "relatedParty": [
                    {
                        "id": right["company"],
                        "name": right["name"],
                        "role": "administrator",
                        "@referredType": "Organization",
                    }
                    for right in rights
                    if right["person"] == row["id"]
                ],
            }
            if row["code_channel"] is not None:
                item["partyCharacteristic"].append(
                    characteristic("codeChannel", row["code_channel"])
                )
            items.append(item)
        return items

    def _organizations(self) -> list[Json]:
        rights = self._rights()
        return [
            {
                "id": row["id"],
                "href": f"{BASE}/organization/{row['id']}",
                "@type": "Organization",
                "name": row["name"],
                "isLegalEntity": True,
                "status": "validated",
                "organizationIdentification": [
                    {"identificationType": "BIN", "identificationId": row["bin"]}
                ],
                "contactMedium": [_email(row["email"], "accounting", preferred=True)],
                "partyCharacteristic": [characteristic("emailDomains", json.loads(row["domains"]))],
                "relatedParty": [
                    {
                        "id": right["person"],
                        "name": right["full_name"],
                        "role": "administrator",
                        "@referredType": "Individual",
                    }
                    for right in rights
                    if right["company"] == row["id"]
                ],
            }
            for row in self._book.rows("SELECT * FROM company ORDER BY id")
        ]
