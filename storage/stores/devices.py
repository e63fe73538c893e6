"""What the rows of changes say of devices: requests without an order, and wrong previous owners."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, not_, null, or_, select
from typing_extensions import override

from account.changes.action import ActionKind, ActionState
from account.chapters.devices.registrations import (
    OWNER_MISMATCH,
    DeviceParameters,
    OwnerTries,
    lock_key_of,
)
from account.chapters.devices.requests import DeviceRequest, DeviceRequestStore, Stage
from account.values.identifiers import Msisdn
from storage.tables.actions import DEVICE_KINDS, actions
from storage.tables.base import in_state, of_kind

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.changes.action import ChangeRequest
    from account.chapters.devices.requests import DeviceRequestsQuery
    from account.values.identifiers import Imei
    from storage.engine.database import Database

_STAGE = {
    ActionState.DONE: Stage.DONE,
    ActionState.REJECTED: Stage.FAILED,
    ActionState.SENT: Stage.IN_PROGRESS,
    ActionState.UNKNOWN: Stage.IN_PROGRESS,
}
"""Of every other state that has a time of acceptance it is `ACCEPTED`."""


class DeviceRows(DeviceRequestStore, OwnerTries):
    """The ports `DeviceRequestStore` and `OwnerTries`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def without_order(
        self, company_id: str, query: DeviceRequestsQuery, limit: int
    ) -> Sequence[DeviceRequest]:
        statement = _WITHOUT_ORDER
        values: dict[str, Any] = {"company": company_id, "limit": limit}
        if query.msisdn is not None:
            statement = statement.where(actions.c.msisdn == bindparam("number"))
            values["number"] = query.msisdn.digits
        if query.imei is not None:
            statement = statement.where(actions.c.lane == bindparam("lane"))
            values["lane"] = lock_key_of(query.imei)

        def work(conn: Connection) -> list[DeviceRequest]:
            return [_request(row) for row in conn.execute(statement, values)]

        return await self._database.read(work)

    @override
    async def owner_tries(
        self, imei: Imei, since: datetime, but: ChangeRequest[DeviceParameters]
    ) -> int:
        values = {
            "lane": lock_key_of(imei),
            "since": since,
            "company": but.company_id,
            "number": but.msisdn.digits,
        }
        return await self._database.read(lambda conn: conn.execute(_TRIES, values).scalar_one())


_WITHOUT_ORDER = (
    select(actions)
    .where(
        actions.c.company_id == bindparam("company"),
        of_kind(actions, *DEVICE_KINDS),
        actions.c.accepted_at != null(),
        actions.c.order_id == null(),
    )
    .order_by(actions.c.accepted_at.desc(), actions.c.id)
    .limit(bindparam("limit"))
)
_OWN = and_(actions.c.company_id == bindparam("company"), actions.c.msisdn == bindparam("number"))
_TRIES = (
    select(func.count())
    .select_from(actions)
    .where(
        of_kind(actions, *DEVICE_KINDS),
        of_kind(actions, ActionKind.REREGISTER_DEVICE.value),
        actions.c.lane == bindparam("lane"),
        actions.c.accepted_at >= bindparam("since"),
        or_(
            and_(in_state(actions, ActionState.REJECTED), actions.c.reason_code == OWNER_MISMATCH),
            and_(
                in_state(actions, ActionState.ACCEPTED, ActionState.SENT, ActionState.UNKNOWN),
                not_(_OWN),
            ),
        ),
    )
)


def _request(row: Any) -> DeviceRequest:
    return DeviceRequest(
        id=row.id,
        kind=ActionKind(row.kind),
        msisdn=Msisdn(row.msisdn),
        imei=DeviceParameters.read(json.loads(row.parameters), {}).imei,
        stage=_STAGE.get(ActionState(row.state), Stage.ACCEPTED),
        at=row.accepted_at,
        reason_code=row.reason_code,
    )
