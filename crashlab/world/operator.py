"""An operator that survives: the TM Forum calls that the bot makes, over truth in memory.

Its books say what was really done. It knows no idempotency on purpose: a second order for the same
change is carried out a second time, so a change that is sent again blindly shows.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from crashlab.checks.oracle import BANS, NOT_NOW, OperatorTruth, Order, characteristics, what_of
from crashlab.rng import drawn
from crashlab.world import operator_answers
from crashlab.world.dialects.dialect import Dialect, Row
from crashlab.world.operator_fixtures import DocumentFixtures
from crashlab.world.operator_reads import read
from crashlab.world.telegram import reset

CHANGE_FAULTS = {
    "applied, then hangs": 0.08,
    "hangs": 0.05,
    "applied, then 500": 0.05,
    "500": 0.05,
    "applied, then reset": 0.04,
    "late": 0.03,
    "rejected": 0.02,
}
FOUND_LATE = "applied, lost, found late"
READ_FAULTS = {"hangs": 0.02, "500": 0.03, "applied, then reset": 0.01, "twice": 0.02}
"""A tap that cannot be read for is no confirmed change, so reads fail less often than changes."""
SLOW_ORDERS, SLOW_ORDERS_THAT_FAIL = 0.25, 0.10
"""Shares: orders that are acknowledged and carried out later, and those of them that then fail."""
HANG = 20.0
LATE = (1.1, 1.8)
"""Seconds until a late order takes effect: longer than the bot waits for an answer, much shorter
than the longest processing time that it is told."""
HIDDEN = (1.0, 6.0)
"""Seconds beyond the longest processing time until an order that took effect can be found, when it
is found late."""
SLOW = (0.3, 2.5)
"""Seconds until an order that can be found takes effect, or fails."""
FOUND_BY_REFERENCE = ("productOrder", "transferBalance")
"""What is `missing` now and then, where there is that fault."""
OF_A_BLOCK = {"suspensionReason", "voluntaryBlock"}
"""Characteristics that a block sets and an unblock clears."""


class Operator:
    """Serves the books, with a fault now and then."""

    def __init__(self, rng: random.Random, dialect: type[Dialect] = Dialect) -> None:
        self._luck = rng
        self.dialect = dialect(random.Random(rng.random()))  # noqa: S311
        self.books = OperatorTruth()
        self.records = DocumentFixtures(random.Random(rng.random()), datetime.now(UTC))  # noqa: S311
        self.slow_orders = SLOW_ORDERS
        self.longest = 0.0
        """Seconds in which every order can be found, as the bot is told."""
        self.change_faults = {**CHANGE_FAULTS, **self.dialect.change_faults}
        self.read_faults = {**READ_FAULTS, **self.dialect.read_faults}
        self.calls: dict[str, int] = {}
        self.faulted: dict[str, int] = {}
        self._count = 0
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
        if not self.dialect.admits(request):
            return self.dialect.error(401, "UNAUTHENTICATED")
        name = f"{request.method} {resource}"
        self.calls[name] = self.calls.get(name, 0) + 1
        question = resource == "queryUsageConsumption"
        if request.method != "GET" and not question:
            return await self._change(request, resource)
        fault = self._fault(self.read_faults)
        if fault == "hangs":
            await asyncio.sleep(HANG)
        if fault == "500":
            return self.dialect.error(500, "INTERNAL")
        if fault == "missing" and resource in FOUND_BY_REFERENCE:
            return self.dialect.error(404, "NOT_FOUND")
        if fault == "applied, then reset":
            reset(request)
        if question:
            return web.json_response({"usageConsumption": []}, status=201)
        found = self._found(resource, request.query)
        if fault == "twice":
            found = [row for row in found for _time in range(2)]
        return self.dialect.page(resource, found, request.query, len(self.books.blocked))

    def _found(self, resource: str, query: Mapping[str, str]) -> list[Row]:
        """All that fits, before any limit."""
        asked = self.dialect.asked(resource, query)
        if asked is None:
            return []
        found = self.records.told(resource, asked)
        if found is None:
            found = read(self.books, resource, asked)
        return [self.dialect.written(resource, row) for row in found]

    # --- changes ---

    async def _change(self, request: web.Request, resource: str) -> web.StreamResponse:
        body = self.dialect.ordered(resource, json.loads(await request.read()))
        key = request.headers.get("Idempotency-Key", "")
        reference = reference_of(body, key)
        self.books.came(reference)
        fault = self._fault(self.change_faults)
        if fault == "500":
            return self.dialect.error(500, "INTERNAL")
        if fault == "hangs":
            await asyncio.sleep(HANG)
            return self.dialect.error(500, "INTERNAL")
        if fault == "rejected":
            return self.dialect.error(409, "REJECTED")
        answer = self._taken(resource, request.match_info.get("id"), body, key, fault)
        if fault in ("applied, then hangs", "late"):
            await asyncio.sleep(HANG)
        if fault == "applied, then 500":
            return self.dialect.error(500, "INTERNAL")
        if fault == "applied, then 404":
            return self.dialect.error(404, "NOT_FOUND")
        if fault == FOUND_LATE:
            self.books.hide(reference, self.longest + self._luck.uniform(*HIDDEN))
        if fault in ("applied, then reset", FOUND_LATE):
            reset(request)
        told = self.dialect.written(resource, answer)
        return web.json_response(told, status=200 if request.method == "PATCH" else 201)

    def _taken(
        self, resource: str, told_id: str | None, body: Row, key: str, fault: str | None
    ) -> Row:
        """Have it done, now or later, and answer that."""
        late = fault == "late"
        if resource == "communicationMessage":
            return self._message(body, key)
        if resource == "individual":
            return self._register(body, key, late=late)
        if resource == "transferBalance":
            return self._transfer(body, late=late)
        if told_id is None:
            return self._order(body, late=late)
        number = self.dialect.own_id(told_id)
        if fault != "overlooked":
            self._patch(number, body, key, late=late)
        return operator_answers.product(number, self.books)

    def _order(self, body: dict[str, Any], *, late: bool) -> dict[str, Any]:
        item = body["productOrderItem"][0]
        product, what = item["product"], what_of(item)
        number = product["productSerialNumber" if what.startswith("service") else "id"]
        order = self._new("po", body["externalId"], number, what, item)
        self._take(order, late=late)
        return operator_answers.order_shown(order)

    def _transfer(self, body: dict[str, Any], *, late: bool) -> dict[str, Any]:
        tiyn = round(body["amount"]["amount"] * 100)
        item = {"to": body["receiverLogicalResource"]["id"], "tiyn": tiyn}
        number = body["logicalResource"][0]["id"]
        order = self._new("tr", body["description"], number, "transfer", item)
        self._take(order, late=late)
        return operator_answers.transfer_shown(order)

    def _patch(self, number: str, body: Row, key: str, *, late: bool) -> None:
        """A number's product in another state: at once, or late, and no order of anybody's."""
        item = {"action": "modify", "product": {"id": number, **body}}
        order = self._new("pp", key, number, what_of(item), item)
        if late:
            self._do_later(order, self._luck.uniform(*LATE), fails=False, hidden=True)
        else:
            self.books.orders.append(order)
            self._carry_out(order)

    def _register(self, body: dict[str, Any], key: str, *, late: bool) -> dict[str, Any]:
        """Another e-mail address of an administrator: at once, or late, and no order of theirs."""
        known: dict[str, Any] = {}
        for medium in body["contactMedium"]:
            known |= medium["characteristic"]
        phone, address = known["phoneNumber"], known["emailAddress"]
        order = self._new("pa", key, phone, "profile.email", {"email": address})
        if late:
            self._do_later(order, self._luck.uniform(*LATE), fails=False, hidden=True)
        else:
            self.books.orders.append(order)
            self.books.carry_out(order)
        return operator_answers.person(phone, self.books)

    def _new(
        self, prefix: str, external_id: str, number: str, what: str, item: dict[str, Any]
    ) -> Order:
        self._count += 1
        return Order(f"{prefix}-{self._count}", external_id, number, what, item)

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
            self.books.carry_out(order)

    def _do_later(self, order: Order, seconds: float, *, fails: bool, hidden: bool) -> None:
        if not hidden:
            self.books.orders.append(order)

        async def later() -> None:
            await asyncio.sleep(seconds)
            if hidden:
                self.books.orders.append(order)
            if fails:
                order.state, order.note = "rejected", NOT_NOW
            else:
                self._carry_out(order)

        task = asyncio.create_task(later())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def _carry_out(self, order: Order) -> None:
        if order.id.startswith("pp"):
            self._replace(order)
        self.books.carry_out(order)

    def _replace(self, order: Order) -> None:
        """A patch replaces the whole list: what it does not name, the number has no longer."""
        number, has = order.number, characteristics(order.item)
        had = characteristics({"product": operator_answers.product(number, self.books)})
        gone = sorted(name for name in had.keys() - OF_A_BLOCK if had[name] != has.get(name))
        if gone:
            self.books.undone.append(f"{order.what} of {number} ({order.external_id}) undid {gone}")
        self.books.bans[number] = {name for name in BANS.values() if has.get(name)}
        if not has.get("forwarding"):
            self.books.forwarded.pop(number, None)

    def _message(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        self.books.by_key.setdefault(key, set()).add(body["content"])
        for receiver in body["receiver"]:
            self.books.sms.setdefault(receiver["phoneNumber"], []).append(body["content"])
        return {"id": "m-1", "href": "/m-1", "state": "completed"}

    def _fault(self, shares: dict[str, float]) -> str | None:
        fault = drawn(self._luck, shares)
        if fault is not None:
            self.faulted[fault] = self.faulted.get(fault, 0) + 1
        return fault


def reference_of(body: dict[str, Any], key: str) -> str:
    """The change that an order is for: by its own reference, or by the key of the call."""
    reference = body.get("externalId") or body.get("description") or key
    return str(reference)
