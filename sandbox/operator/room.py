"""The operator's room: its database, its resources, and what address each answers at."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from sandbox.operator import (
    accounts,
    bills,
    catalogue,
    consumption,
    messages,
    months,
    orders,
    parties,
    products,
    resources,
    usage,
)
from sandbox.operator.acting import Acting, Handler
from sandbox.operator.book import Book
from sandbox.operator.control import Control
from sandbox.post.sms import SmsBox
from sandbox.world import World


class Operator:
    """One operator. Opened by `open_operator`; nothing runs in it unless it is called."""

    def __init__(self, world: World) -> None:
        self._book = Book(world)
        self._box = SmsBox(world.data)
        self._acting = Acting(world, self._book, lambda: self._orders.settle())
        self._orders = orders.Orders(self._book, world.clock, self._acting.in_progress)
        self._world = world

    @property
    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Every address of the operator, and the sandbox's own under `/sandbox/operator`."""
        served = [
            web.route(method, path, self._acting.served(handler, f"{method} {path}"))
            for method, path, handler in self._resources()
        ]
        control = Control(self._book, self._world.clock, self._acting.calls)
        own: list[tuple[str, str, Handler]] = [
            ("GET", "effects", control.effects),
            ("GET", "calls", control.calls),
            ("DELETE", "calls", control.calls),
            ("GET", "numbers/{msisdn}", control.number),
            ("PATCH", "numbers/{msisdn}", control.change_number),
            ("PATCH", "administrators/{id}", control.change_administrator),
            ("GET", "settings", control.settings),
            ("PATCH", "settings", control.settings),
        ]
        return served + [
            web.route(method, f"/sandbox/operator/{path}", self._acting.plain(handler))
            for method, path, handler in own
        ]

    def _resources(self) -> list[tuple[str, str, Handler]]:
        party = parties.Parties(self._book)
        product = products.Products(self._book)
        account = accounts.Accounts(self._book, self._world.clock)
        bucket = accounts.Buckets(self._book)
        message = messages.Messages(
            self._book, self._box, self._world.clock, self._acting.in_progress
        )
        details = usage.UsageDetails(self._book, self._world.clock)
        offer = catalogue.Catalogue(self._world.clock)
        thing = resources.Resources(self._book)
        bill = bills.Bills(self._book, months.Months(self._book, self._world.clock))
        allowance = consumption.Consumption(self._book, self._world.clock)
        order = self._orders
        lists: list[tuple[str, Handler, Handler]] = [
            (f"{parties.BASE}/individual", party.individuals, party.individual),
            (f"{parties.BASE}/organization", party.organizations, party.organization),
            (f"{products.BASE}/product", product.products, product.product),
            (f"{accounts.ACCOUNTS}/billingAccount", account.accounts, account.account),
            (f"{accounts.BALANCES}/bucket", bucket.buckets, bucket.bucket),
            (f"{orders.BASE}/productOrder", order.orders, order.order),
            (f"{catalogue.BASE}/productOffering", offer.offerings, offer.offering),
            (f"{resources.BASE}/resource", thing.resources, thing.resource),
            (f"{bills.BILLS}/customerBill", bill.bills, bill.bill),
            (f"{bills.PAYMENTS}/payment", bill.payments, bill.payment),
            (f"{usage.BASE}/usage", details.usages, details.usage),
            (f"{messages.BASE}/communicationMessage", message.messages, message.message),
        ]
        return [
            *(("GET", path, handler) for path, handler, _ in lists),
            *(("GET", path + "/{id}", handler) for path, _, handler in lists),
            ("POST", f"{orders.BASE}/productOrder", order.place),
            ("GET", f"{bills.BILLS}/appliedCustomerBillingRate", bill.rates),
            ("POST", f"{consumption.BASE}/queryUsageConsumption", allowance.ask),
            ("POST", f"{messages.BASE}/communicationMessage", message.send),
        ]

    async def start(self) -> None:
        """Nothing runs in the background."""

    async def close(self) -> None:
        """Drop what hangs, and close the files."""
        await self._acting.close()
        self._box.close()
        self._book.close()


async def open_operator(world: World) -> Operator:
    """Open the operator of `world`, making its data at the first start."""
    return Operator(world)
