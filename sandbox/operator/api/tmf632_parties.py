"""TMF632: who may do what for which companies, and what an administrator's address is.

Rights may change at any moment, so nothing is kept.
"""

from __future__ import annotations

import json
import re
import sqlite3

from aiohttp import web

from sandbox.operator.api.answers import (
    Json,
    TmfError,
    answer,
    body_of,
    characteristic,
    chosen,
    digest_text,
    not_found,
)
from sandbox.operator.api.idempotency import IdempotentCalls, needed_key
from sandbox.operator.api.tmf630_filters import kept, read_query
from sandbox.operator.api.tmf630_paging import as_it_is, page_of
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed.people import COMPANIES, Company

BASE = "/tmf-api/party/v4"


def _email(address: str, kind: str, *, preferred: bool) -> Json:
    return {
        "mediumType": "email",
        "preferred": preferred,
        "characteristic": {"contactType": kind, "emailAddress": address},
    }


def _media_of(company: Company | None, email: str) -> list[Json]:
    """How a company is reached; of some no address is known."""
    media = [_email(email, "accounting", preferred=True)]
    if company is None or company.address is None:
        return media
    where = company.address
    legal = {
        "contactType": "legal",
        "postCode": where.post_code,
        "country": "Казахстан",
        "city": where.city,
        "street1": where.street,
    }
    office = {"contactType": "office", "phoneNumber": where.phone}
    return [
        *media,
        {"mediumType": "postalAddress", "preferred": False, "characteristic": legal},
        {"mediumType": "telephone", "preferred": False, "characteristic": office},
    ]


class Parties:
    """`individual` and `organization`."""

    def __init__(self, database: OperatorDatabase, once: IdempotentCalls) -> None:
        self._database = database
        self._once = once

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
        return page_of(found, query, as_it_is)

    async def individual(self, request: web.Request) -> web.Response:
        """`GET /individual/{id}`."""
        wanted = request.match_info["id"]
        for item in self._individuals():
            if item["id"] == wanted:
                return answer(chosen(item, read_query(request).fields))
        raise not_found("individual", wanted)

    async def change_individual(self, request: web.Request) -> web.Response:
        """`PATCH /individual/{id}`: another e-mail address, with all media as they shall be."""
        wanted, body = request.match_info["id"], await body_of(request)
        key = needed_key(request)
        row = self._database.one("SELECT * FROM administrator WHERE id = ?", (wanted,))
        if row is None:
            raise not_found("individual", wanted)
        address = _address_in(body, row["phone"])
        with self._database.transaction():
            if self._once.earlier(key, body, self._by_key) is None:
                self._database.execute(
                    "INSERT OR IGNORE INTO party_change VALUES (?, ?)", (key, digest_text(body))
                )
                self._database.execute(
                    "UPDATE administrator SET email = ? WHERE id = ?", (address, wanted)
                )
                at, changed = self._database.now(), address != row["email"]
                self._database.had_effect(key, wanted, row["phone"], "email", at, changed=changed)
        return await self.individual(request)

    def _by_key(self, key: str) -> tuple[str, str] | None:
        row = self._database.one("SELECT digest FROM party_change WHERE key = ?", (key,))
        return None if row is None else (key, row["digest"])

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
        return page_of(found, query, as_it_is)

    async def organization(self, request: web.Request) -> web.Response:
        """`GET /organization/{id}`."""
        wanted = request.match_info["id"]
        for item in self._organizations():
            if item["id"] == wanted:
                return answer(chosen(item, read_query(request).fields))
        raise not_found("organization", wanted)

    def _rights(self) -> list[sqlite3.Row]:
        return self._database.rows(
            """SELECT a.id AS person, a.full_name, c.id AS company, c.name,
                   coalesce(l.role, 'administrator') AS role FROM rights r
               JOIN administrator a ON a.id = r.administrator JOIN company c ON c.id = r.company
               LEFT JOIN lesser_role l ON l.administrator = a.id AND l.company = c.id
               ORDER BY c.rowid, a.rowid, l.role"""
        )

    def _individuals(self) -> list[Json]:
        rights = self._rights()
        items = []
        for row in self._database.rows("SELECT * FROM administrator ORDER BY id"):
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
                        "role": right["role"],
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
                "contactMedium": _media_of(COMPANIES.get(row["id"]), row["email"]),
                "partyCharacteristic": [characteristic("emailDomains", json.loads(row["domains"]))],
                "relatedParty": [
                    {
                        "id": right["person"],
                        "name": right["full_name"],
                        "role": right["role"],
                        "@referredType": "Individual",
                    }
                    for right in rights
                    if right["company"] == row["id"]
                ],
            }
            for row in self._database.rows("SELECT * FROM company ORDER BY id")
        ]


def _address_in(body: Json, login: str) -> str:
    """The e-mail address of the media; the number to log in with must be as it is.

    Raises `TmfError`: 400 for what is no list of media with an address, 409 for another login.
    """
    media = body.get("contactMedium")
    where = [
        medium["characteristic"]
        for medium in (media if isinstance(media, list) else ())
        if isinstance(medium, dict) and isinstance(medium.get("characteristic"), dict)
    ]
    logins = [one.get("phoneNumber") for one in where if one.get("contactType") == "login"]
    if where and logins != [login]:
        raise TmfError(409, "PARTY.LOGIN", "The number to log in with is not changed here")
    addresses = [one["emailAddress"] for one in where if "emailAddress" in one]
    if len(addresses) != 1 or body.keys() != {"contactMedium"}:
        raise TmfError(400, "REQUEST.MALFORMED", "contactMedium with one emailAddress is needed")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(addresses[0])):
        raise TmfError(400, "EMAIL.INVALID", "This is no e-mail address")
    return str(addresses[0])
