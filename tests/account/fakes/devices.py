"""The operator's register of devices in memory, and what the ledger's rows say of devices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from account.changes.action import OPEN, Action, ActionKind, ActionState, ChangeRequest
from account.chapters.devices.registrations import (
    OWNER_MISMATCH,
    DevicesQuery,
    Registration,
    RegistrationKind,
)
from account.chapters.devices.requests import DeviceRequest, DeviceRequestsQuery, Stage
from account.values.identifiers import Bin, Imei, Msisdn
from account.values.number import Number
from account.values.page import Page

if TYPE_CHECKING:
    from tests.account.fakes.ledger import Ledger

SINCE = datetime(2021, 4, 22, 12, 49, tzinfo=UTC)
FREE, HELD = Imei("35367807651154"), Imei("86978202212128")
"""The guide's devices: nobody's of the company, and one registered with `HOLDER`."""
HOLDER = Msisdn("77012115526")
KINDS = (
    ActionKind.REGISTER_DEVICE,
    ActionKind.DEREGISTER_DEVICE,
    ActionKind.REREGISTER_DEVICE,
    ActionKind.DUPLICATE_DEVICE,
)


def as_it_is(number: Number, _action: Action[Any]) -> Number:
    """A number does not change by what is registered with it."""
    return number


class Registry:
    """Registrations, the devices last seen, and orders of others."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Registration]] = []
        self.last: dict[str, Imei] = {}
        self.orders: list[tuple[str, DeviceRequest]] = []
        """Newest first."""
        self.asked: list[tuple[int, int]] = []
        self.hold("alpha", HOLDER, HELD)

    def hold(
        self,
        company_id: str,
        msisdn: Msisdn,
        imei: Imei,
        kind: RegistrationKind = RegistrationKind.ORIGINAL,
    ) -> None:
        """Have it registered."""
        if not self.of(company_id, DevicesQuery(msisdn, imei)).rows:
            row = Registration(imei, msisdn, kind, SINCE, Bin("180140000018"), "Galaxy A50")
            self.rows.append((company_id, row))

    def of(self, company_id: str, query: DevicesQuery) -> Page[Registration]:
        """A page of the registrations asked for, `DeviceRegister.devices`."""
        rows = [
            row
            for company, row in self.rows
            if company == company_id
            and query.msisdn in (None, row.msisdn)
            and query.imei in (None, row.imei)
            and (query.removed or row.removed_at is None)
        ]
        return Page(tuple(rows[query.offset : query.offset + query.limit]), query.offset, len(rows))

    def requests(
        self, company_id: str, msisdn: Msisdn | None, offset: int, limit: int
    ) -> Page[DeviceRequest]:
        """A page of the company's requests, `DeviceRegister.device_requests`."""
        self.asked.append((offset, limit))
        rows = [
            one
            for company, one in self.orders
            if company == company_id and msisdn in (None, one.msisdn)
        ]
        return Page(tuple(rows[offset : offset + limit]), offset, len(rows))

    def carry_out(self, action: Action[Any]) -> None:
        """Do what an order asks for; of other kinds nothing."""
        if action.kind not in KINDS:
            return
        imei = action.parameters.imei
        present = self.of(action.company_id, DevicesQuery(action.msisdn, imei)).rows
        if action.kind in (ActionKind.DEREGISTER_DEVICE, ActionKind.REREGISTER_DEVICE):
            self.rows = [
                (company, replace(row, removed_at=SINCE) if row in present else row)
                for company, row in self.rows
            ]
            present = ()
        if action.kind is not ActionKind.DEREGISTER_DEVICE and not present:
            duplicate = action.kind is ActionKind.DUPLICATE_DEVICE
            kind = RegistrationKind.DUPLICATE if duplicate else RegistrationKind.ORIGINAL
            self.hold(action.company_id, action.msisdn, imei, kind)


class MemoryDevices:
    """`DeviceStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def without_order(
        self, company_id: str, query: DeviceRequestsQuery, limit: int
    ) -> Sequence[DeviceRequest]:
        rows = [
            _request(action)
            for action in self._confirmed()
            if action.company_id == company_id
            and action.order_id is None
            and query.msisdn in (None, action.msisdn)
            and query.imei in (None, action.parameters.imei)
        ]
        return sorted(rows, key=lambda row: row.at, reverse=True)[:limit]

    async def owner_tries(self, imei: Imei, since: datetime, but: ChangeRequest) -> int:
        return sum(
            action.kind is ActionKind.REREGISTER_DEVICE
            and action.parameters.imei == imei
            and action.accepted_at is not None
            and action.accepted_at >= since
            and (
                action.reason_code == OWNER_MISMATCH
                or (
                    action.state in OPEN
                    and (action.company_id, action.msisdn) != (but.company_id, but.msisdn)
                )
            )
            for action in self._confirmed()
        )

    def _confirmed(self) -> list[Action[Any]]:
        return [
            kept.action
            for kept in self._ledger.actions.values()
            if kept.action.accepted_at is not None and kept.action.kind in KINDS
        ]


def _request(action: Action[Any]) -> DeviceRequest:
    assert action.accepted_at is not None
    stages = {
        ActionState.DONE: Stage.DONE,
        ActionState.REJECTED: Stage.FAILED,
        ActionState.SENT: Stage.IN_PROGRESS,
        ActionState.UNKNOWN: Stage.IN_PROGRESS,
    }
    return DeviceRequest(
        id=action.id,
        kind=action.kind,
        msisdn=action.msisdn,
        imei=action.parameters.imei,
        stage=stages.get(action.state, Stage.ACCEPTED),
        at=action.accepted_at,
        reason_code=action.reason_code,
    )
