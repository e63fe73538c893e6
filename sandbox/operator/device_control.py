"""The sandbox's own calls to the register of devices: whose a test wants an IMEI to be."""

from __future__ import annotations

from aiohttp import web

from sandbox.operator import imei_registry
from sandbox.operator.api.answers import Json, answer, body_of, moment
from sandbox.operator.api.tmf630_filters import bad_value
from sandbox.operator.control import refuse_unknown
from sandbox.operator.database import OperatorDatabase


class DeviceControl:
    """`/sandbox/operator/devices/{imei}`."""

    def __init__(self, database: OperatorDatabase) -> None:
        self._database = database

    async def device(self, request: web.Request) -> web.Response:
        """`GET`: the list it is on, and who holds it."""
        return answer(self._shown(_imei(request)))

    async def change(self, request: web.Request) -> web.Response:
        """`PATCH`: give it an owner, or none; put it on a list."""
        imei, body = _imei(request), await body_of(request)
        refuse_unknown(body, {"owner", "list"})
        if body.get("list", "white") not in imei_registry.LISTS:
            raise bad_value("list", str(body["list"]))
        owner = body.get("owner")
        if owner is not None and not _is_owner(owner):
            raise bad_value("owner", str(owner))
        with self._database.transaction():
            if "owner" in body:
                imei_registry.give(self._database, imei, owner, self._database.now())
            if "list" in body:
                imei_registry.put_on_list(self._database, imei, body["list"])
        return answer(self._shown(imei))

    def _shown(self, imei: str) -> Json:
        held = [
            {
                "number": row["number"],
                "id": row["owner"],
                "provider": row["provider"],
                "kind": row["kind"],
                "since": moment(row["since"]),
            }
            for row in imei_registry.present(self._database, imei)
        ]
        return {
            "imei": imei,
            "list": imei_registry.list_of(self._database, imei),
            "registrations": held,
        }


def _is_owner(told: object) -> bool:
    return (
        isinstance(told, dict)
        and "number" in told
        and told.keys() <= {"number", "id", "provider"}
        and all(isinstance(value, str) for value in told.values())
    )


def _imei(request: web.Request) -> str:
    imei = imei_registry.full(request.match_info["imei"])
    if imei is None:
        raise bad_value("imei", request.match_info["imei"])
    return imei
