"""The sandbox's own calls to the eSIMs: what a test wants a profile to be."""

from __future__ import annotations

import sqlite3

from aiohttp import web

from sandbox.operator import esims
from sandbox.operator.api.answers import answer, body_of, not_found
from sandbox.operator.api.tmf630_filters import bad_value
from sandbox.operator.control import refuse_unknown
from sandbox.operator.database import OperatorDatabase


class EsimControl:
    """`/sandbox/operator/esims/{iccid}`."""

    def __init__(self, database: OperatorDatabase) -> None:
        self._database = database

    async def esim(self, request: web.Request) -> web.Response:
        """`GET`: the profile as the operator keeps it, with its code."""
        row = self._row(request)
        code = esims.activation_code(self._database, row)
        return answer(dict(row) | {"activation_code": code})

    async def change(self, request: web.Request) -> web.Response:
        """`PATCH`: another state, another end of its code."""
        wanted, body = self._row(request)["iccid"], await body_of(request)
        refuse_unknown(body, {"state", "expires_at"})
        if body.get("state", "released") not in esims.STATES:
            raise bad_value("state", str(body["state"]))
        if not isinstance(body.get("expires_at"), int | float | None):
            raise bad_value("expires_at", str(body["expires_at"]))
        for name, value in body.items():
            self._database.execute(
                f"UPDATE esim SET {name} = ? WHERE iccid = ?",  # noqa: S608 - the names are ours
                (value, wanted),
            )
        return await self.esim(request)

    def _row(self, request: web.Request) -> sqlite3.Row:
        wanted = request.match_info["iccid"]
        row = esims.of(self._database, wanted)
        if row is None:
            raise not_found("esim", wanted)
        return row
