"""TMF651: the contract of each company that has one."""

from __future__ import annotations

from aiohttp import web

from sandbox.operator.api.answers import Json, answer, chosen, not_found
from sandbox.operator.api.tmf630_filters import kept, read_query
from sandbox.operator.api.tmf630_paging import as_it_is, page_of
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed.people import COMPANIES, Contract

BASE = "/tmf-api/agreementManagement/v4"


def reference(company_id: str) -> list[Json]:
    """What a product of the company says of its agreement; nothing where there is none."""
    contract = contract_of(company_id)
    if contract is None:
        return []
    return [{"id": contract.id, "href": f"{BASE}/agreement/{contract.id}"}]


def contract_of(company_id: str) -> Contract | None:
    """The company's contract, if it has one."""
    company = COMPANIES.get(company_id)
    return None if company is None else company.contract


class Agreements:
    """`agreement`."""

    def __init__(self, database: OperatorDatabase) -> None:
        self._database = database

    async def agreements(self, request: web.Request) -> web.Response:
        """`GET /agreement`."""
        query = read_query(request)
        found = kept(
            self._agreements(),
            query,
            {
                "id": lambda item: [item["id"]],
                "engagedParty.id": lambda item: [party["id"] for party in item["engagedParty"]],
            },
        )
        return page_of(found, query, as_it_is)

    async def agreement(self, request: web.Request) -> web.Response:
        """`GET /agreement/{id}`."""
        wanted = request.match_info["id"]
        for item in self._agreements():
            if item["id"] == wanted:
                return answer(chosen(item, read_query(request).fields))
        raise not_found("agreement", wanted)

    def _agreements(self) -> list[Json]:
        rows = self._database.rows("SELECT id, name FROM company ORDER BY id")
        return [
            _shown(contract, row["id"], row["name"])
            for row in rows
            if (contract := contract_of(row["id"])) is not None
        ]


def _shown(contract: Contract, company_id: str, name: str) -> Json:
    return {
        "id": contract.id,
        "href": f"{BASE}/agreement/{contract.id}",
        "@type": "Agreement",
        "name": "Mobile services for companies",
        "agreementType": "commercial",
        "documentNumber": contract.number,
        "version": "1",
        "status": "approved",
        "initialDate": contract.begun,
        "agreementPeriod": {"startDateTime": contract.begun},
        "agreementAuthorization": [
            {"date": contract.begun, "state": "approved"},
            {"date": contract.signed, "state": "approved"},
        ],
        "agreementItem": [{"term": [{"name": "tariffs of the company"}]}],
        "engagedParty": [
            {
                "id": company_id,
                "name": name,
                "role": "customer",
                "@referredType": "Organization",
            }
        ],
    }
