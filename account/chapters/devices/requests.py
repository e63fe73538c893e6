"""Requests history of devices: what was asked for, and what came of it (S25).

The operator knows every request, also those made elsewhere; of ours it does not know what was not
sent yet, or was refused before an order came of it. Both are shown as one list, newest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from account.changes.action import ActionKind
from account.chapters.devices.registrations import PROMISE
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Imei, Msisdn
from account.values.page import Page, Unreadable
from account.values.rights import Right

PAGE = 6
OWN_MOST = 200
"""So many of our requests that have no order are shown; there are few at any time."""
SEARCHED_AT_ONCE, SEARCHED_MOST = 1000, 10_000
"""The operator has no filter for an IMEI: so many of its newest orders are looked through."""


class Stage(StrEnum):
    """How far a request is."""

    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    FAILED = "failed"


class Condition(StrEnum):
    """What the column "Condition" says (S25)."""

    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    REGISTERED = "registered"
    REREGISTERED = "reregistered"
    DUPLICATED = "duplicated"
    REMOVED = "removed"
    REJECTED = "rejected"
    OVERDUE = "overdue"


_DONE = {
    ActionKind.REGISTER_DEVICE: Condition.REGISTERED,
    ActionKind.REREGISTER_DEVICE: Condition.REREGISTERED,
    ActionKind.DUPLICATE_DEVICE: Condition.DUPLICATED,
    ActionKind.DEREGISTER_DEVICE: Condition.REMOVED,
}


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """One request. `id` is that of our change, where it is one of ours; `at` is aware, UTC."""

    id: str | None
    kind: ActionKind
    msisdn: Msisdn
    imei: Imei
    stage: Stage
    at: datetime
    reason_code: str | None = None

    def condition(self, now: datetime) -> Condition:
        """What is said of it at that moment; the promise of eight hours is counted from `at`."""
        if self.stage is Stage.DONE:
            return _DONE[self.kind]
        if self.stage is Stage.FAILED:
            return Condition.REJECTED
        if now >= self.at + PROMISE:
            return Condition.OVERDUE
        return Condition.ACCEPTED if self.stage is Stage.ACCEPTED else Condition.IN_PROGRESS


@dataclass(frozen=True, slots=True)
class DeviceRequestsQuery:
    """Which requests of the company are wanted: of a number, of an IMEI, of both, or all."""

    msisdn: Msisdn | None = None
    imei: Imei | None = None
    offset: int = 0
    limit: int = PAGE


class DeviceOrders(Protocol):
    """Orders about devices, asked of the operator (TMF622).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def device_requests(
        self, company_id: str, msisdn: Msisdn | None, *, offset: int, limit: int
    ) -> Page[DeviceRequest]:
        """Orders about devices, of the company or one of its numbers, newest first (TMF622)."""


class DeviceRequestStore(Protocol):
    """What our own rows of changes say of devices."""

    async def without_order(
        self, company_id: str, query: DeviceRequestsQuery, limit: int
    ) -> Sequence[DeviceRequest]:
        """Confirmed changes of the company that no order is known of, newest first."""


class DeviceRequests:
    """The requests of the chosen company, newest first."""

    def __init__(self, carrier: DeviceOrders, store: DeviceRequestStore, clock: Clock) -> None:
        self._carrier = carrier
        self._store = store
        self._clock = clock

    def now(self) -> datetime:
        """The moment at which conditions are told."""
        return self._clock.now()

    async def page(self, actor: Actor, query: DeviceRequestsQuery) -> Page[DeviceRequest]:
        """A page of requests. Raises the refusals of `require` and `CarrierUnavailable`."""
        company = require(actor, Right.READ_DEVICES)
        own = await self._store.without_order(company.id, query, OWN_MOST)
        if query.imei is not None:
            found, left_out = await self._of_device(company.id, query)
            return replace(_merged(own, found, 0, len(found), query), left_out=left_out)
        # Of the rows before the page at most all of our own are missing at the operator.
        start = max(0, query.offset - len(own))
        limit = query.offset + query.limit - start
        orders = await self._carrier.device_requests(
            company.id, query.msisdn, offset=start, limit=limit
        )
        merged = _merged(own, orders.rows, start, orders.total, query)
        return replace(merged, left_out=orders.left_out)

    async def _of_device(
        self, company_id: str, query: DeviceRequestsQuery
    ) -> tuple[list[DeviceRequest], int]:
        """The operator's newest orders that are about the IMEI, and how many cannot be read."""
        found: list[DeviceRequest] = []
        unreadable = Unreadable()
        for offset in range(0, SEARCHED_MOST, SEARCHED_AT_ONCE):
            page = await self._carrier.device_requests(
                company_id, query.msisdn, offset=offset, limit=SEARCHED_AT_ONCE
            )
            found += (one for one in page.rows if one.imei == query.imei)
            unreadable.note(page)
            if offset + SEARCHED_AT_ONCE >= page.total:
                break
        return found, unreadable.rows


def _merged(
    own: Sequence[DeviceRequest],
    orders: Sequence[DeviceRequest],
    start: int,
    total: int,
    query: DeviceRequestsQuery,
) -> Page[DeviceRequest]:
    """The page of both lists in one; `orders` are those of the operator's list from `start` on."""
    known = {one.id for one in orders}
    ours = [one for one in own if one.id not in known]
    rows = sorted([*ours, *orders], key=lambda one: one.at, reverse=True)
    first = query.offset - start
    return Page(tuple(rows[first : first + query.limit]), query.offset, total + len(ours))
