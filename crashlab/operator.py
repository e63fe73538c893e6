"""An operator that survives: the TM Forum calls that the bot makes, over truth in memory.

Its books say what was really done. It knows no idempotency on purpose: a second order for the same
change is carried out a second time, so a change that is sent again blindly shows.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from crashlab import answers
from crashlab.luck import drawn
from crashlab.telegram import reset

CHANGE_FAULTS = {
    "applied, then hangs": 0.08,
    "hangs": 0.05,
    "applied, then 500": 0.05,
    "500": 0.05,
    "applied, then reset": 0.04,
    "late": 0.03,
    "rejected": 0.02,
}
READ_FAULTS = {"hangs": 0.02, "500": 0.03, "applied, then reset": 0.01}
"""A tap that cannot be read for is no confirmed change, so reads fail less often than changes."""
SLOW_ORDERS, SLOW_ORDERS_THAT_FAIL = 0.25, 0.10
"""Shares: orders that are acknowledged and carried out later, and those of them that then fail."""
HANG = 20.0
LATE = (1.1, 1.8)
"""Seconds until a late order takes effect: longer than the bot waits for an answer, much shorter
than the longest processing time that it is told."""
SLOW = (0.3, 2.5)
"""Seconds until an order that can be found takes effect, or fails."""
_SWITCHED = {"add": "on", "delete": "off"}
_RELATION = "productRelationship.product.id"


@dataclass
class Order:
    """One order in the operator's books: what becomes of the number, `active` or `suspended`, or
    of its service, `on` or `off`, or of its money, `moved`. `applied` tells whether it took effect.
    """

    id: str
    external_id: str
    number: str
    status: str
    state: str = "acknowledged"
    note: str = ""
    applied: bool = False
    to: str = ""
    tiyn: int = 0


@dataclass
class Books:
    """What the operator knows: numbers with their block and service, orders, messages to phones."""

    blocked: dict[str, bool] = field(default_factory=dict)
    served: set[str] = field(default_factory=set)
    """Numbers that have the one service there is."""
    purses: dict[str, int] = field(default_factory=dict)
    """Prepaid numbers, with their tiyn."""
    orders: list[Order] = field(default_factory=list)
    sms: dict[str, list[str]] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    """Administrators' ids by the phone they log in with."""

    def effects(self, external_id: str) -> int:
        """How many orders with that reference took effect."""
        return sum(order.applied for order in self.orders if order.external_id == external_id)


class Operator:
    """Serves the books, with a fault now and then."""

    def __init__(self, luck: random.Random) -> None:
        self._luck = luck
        self.books = Books()
        self.slow_orders = SLOW_ORDERS
        self.change_faults = dict(CHANGE_FAULTS)
        self.read_faults = dict(READ_FAULTS)
        self.calls: dict[str, int] = {}
        self.faulted: dict[str, int] = {}
        self._later: set[asyncio.Task[None]] = set()

    @property
    def pending(self) -> int:
        """How many orders will still take effect or fail by themselves."""
        return len(self._later)

    def heal(self) -> None:
        """No faults from here on."""
        self.change_faults.clear()
        self.read_faults.clear()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One call of the bot."""
        resource = request.match_info["resource"]
        name = f"{request.method} {resource}"
        self.calls[name] = self.calls.get(name, 0) + 1
        question = resource == "queryUsageConsumption"
        if request.method == "POST" and not question:
            return await self._change(request, resource)
        fault = self._fault(self.read_faults)
        if fault == "hangs":
            await asyncio.sleep(HANG)
        if fault == "500":
            return answers.error(500, "INTERNAL")
        if fault is not None:
            reset(request)
        if question:
            return web.json_response({"usageConsumption": []}, status=201)
        found = self._read(resource, request)
        limit = int(request.query.get("limit", "20"))
        return web.json_response(found[:limit], headers={"X-Total-Count": str(len(found))})

    # --- changes ---

    async def _change(self, request: web.Request, resource: str) -> web.StreamResponse:
        body = json.loads(await request.read())
        fault = self._fault(self.change_faults)
        if fault == "500":
            return answers.error(500, "INTERNAL")
        if fault == "hangs":
            await asyncio.sleep(HANG)
            return answers.error(500, "INTERNAL")
        if fault == "rejected":
            return answers.error(409, "REJECTED")
        if resource == "communicationMessage":
            answer = self._message(body)
        elif resource == "transferBalance":
            answer = self._transfer(body, late=fault == "late")
        else:
            answer = self._order(body, late=fault == "late")
        if fault in ("applied, then hangs", "late"):
            await asyncio.sleep(HANG)
        if fault == "applied, then 500":
            return answers.error(500, "INTERNAL")
        if fault == "applied, then reset":
            reset(request)
        return web.json_response(answer, status=201)

    def _order(self, body: dict[str, Any], *, late: bool) -> dict[str, Any]:
        item = body["productOrderItem"][0]
        product, switched = item["product"], _SWITCHED.get(item["action"])
        order = Order(
            id=f"po-{len(self.books.orders) + 1}",
            external_id=body["externalId"],
            number=product["productSerialNumber" if switched else "id"],
            status=switched or product["status"],
        )
        self._take(order, late=late)
        return answers.order_shown(order)

    def _transfer(self, body: dict[str, Any], *, late: bool) -> dict[str, Any]:
        order = Order(
            id=f"tr-{len(self.books.orders) + 1}",
            external_id=body["description"],
            number=body["logicalResource"][0]["id"],
            status="moved",
            to=body["receiverLogicalResource"]["id"],
            tiyn=round(body["amount"]["amount"] * 100),
        )
        self._take(order, late=late)
        return answers.transfer_shown(order)

    def _take(self, order: Order, *, late: bool) -> None:
        """Carry it out, now or later; or have it fail later."""
        if late:
            # Nobody can find it before it takes effect.
            self._do_later(order, self._luck.uniform(*LATE), fails=False, hidden=True)
        elif self._luck.random() < self.slow_orders:
            fails = self._luck.random() < SLOW_ORDERS_THAT_FAIL
            self._do_later(order, self._luck.uniform(*SLOW), fails=fails, hidden=False)
        else:
            self.books.orders.append(order)
            self._apply(order)

    def _do_later(self, order: Order, seconds: float, *, fails: bool, hidden: bool) -> None:
        if not hidden:
            self.books.orders.append(order)

        async def later() -> None:
            await asyncio.sleep(seconds)
            if hidden:
                self.books.orders.append(order)
            if fails:
                order.state, order.note = "rejected", "NUMBER.STATE: not possible now"
            else:
                self._apply(order)

        task = asyncio.create_task(later())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def _apply(self, order: Order) -> None:
        if order.status == "moved" and self.books.purses[order.number] < order.tiyn:
            order.state, order.note = "rejected", "FUNDS.INSUFFICIENT: not enough money"
            return
        order.state, order.applied = "completed", True
        if order.status == "on":
            self.books.served.add(order.number)
        elif order.status == "off":
            self.books.served.discard(order.number)
        elif order.status == "moved":
            self.books.purses[order.number] -= order.tiyn
            self.books.purses[order.to] += order.tiyn
        else:
            self.books.blocked[order.number] = order.status == "suspended"

    def _message(self, body: dict[str, Any]) -> dict[str, Any]:
        for receiver in body["receiver"]:
            self.books.sms.setdefault(receiver["phoneNumber"], []).append(body["content"])
        return {"id": "m-1", "href": "/m-1", "state": "completed"}

    # --- reads ---

    def _read(self, resource: str, request: web.Request) -> list[dict[str, Any]]:
        asked = request.query
        if resource == "organization":
            return [answers.company(asked["relatedParty.id"])]
        if resource == "individual":
            login = asked.get("contactMedium.characteristic.phoneNumber")
            return [
                answers.person(known, phone)
                for phone, known in self.books.phones.items()
                if login in (None, phone)
            ]
        if resource == "product" and _RELATION in asked:
            number = asked[_RELATION]
            return [answers.service(number)] if number in self.books.served else []
        if resource == "product":
            return self._products(request)
        if resource == "productOffering":
            return [answers.OFFERING]
        if resource == "bucket":
            purses = self.books.purses
            asked_for = asked["product.id"].split(",")
            return [answers.bucket(number, purses.get(number)) for number in asked_for]
        if resource == "transferBalance":
            reference = asked["description"]
            orders = [one for one in self.books.orders if one.external_id == reference]
            return [answers.transfer_shown(one) for one in orders]
        if resource == "productOrder":
            reference = asked["externalId"]
            orders = [one for one in self.books.orders if one.external_id == reference]
            return [answers.order_shown(one) for one in orders]
        return []

    def _products(self, request: web.Request) -> list[dict[str, Any]]:
        asked = request.query
        numbers = self.books.blocked
        part = asked.get("productSerialNumber.regex")
        if "id" in asked:
            found = [number for number in asked["id"].split(",") if number in numbers]
        elif part is not None:
            pattern = part.partition(";")[0]
            # A whole number is typed always: no need to look at each of thousands.
            found = [pattern] if pattern in numbers else []
            found = found or [number for number in numbers if re.search(pattern, number)]
        else:
            found = list(numbers)
        status = asked.get("status")
        if status is not None:
            blocked = status == "suspended"
            debt = asked.get("suspensionReason") == "debt"
            found = [] if debt else [one for one in found if numbers[one] == blocked]
        purses = self.books.purses
        if "paymentMethod" in asked:
            prepaid = asked["paymentMethod"] == "Advance"
            found = [one for one in found if (one in purses) is prepaid]
        limit = int(asked.get("limit", "20"))
        shown = [
            answers.product(number, blocked=numbers[number], prepaid=number in purses)
            for number in found[:limit]
        ]
        return [*shown, *({} for _ in found[limit:])]

    def _fault(self, shares: dict[str, float]) -> str | None:
        fault = drawn(self._luck, shares)
        if fault is not None:
            self.faulted[fault] = self.faulted.get(fault, 0) + 1
        return fault
