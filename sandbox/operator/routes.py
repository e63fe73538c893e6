"""The operator's room: its database, its resources, and what address each answers at."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from sandbox.operator import esims, imei_registry, sims
from sandbox.operator.api import (
    tmf620_catalogue,
    tmf622_orders,
    tmf632_parties,
    tmf635_usage,
    tmf637_numbers,
    tmf639_resources,
    tmf651_agreements,
    tmf654_transfers,
    tmf666_accounts,
    tmf676_payments,
    tmf677_consumption,
    tmf678_bills,
    tmf681_messages,
    tmf_hub,
)
from sandbox.operator.api.fault_injection import FaultInjection
from sandbox.operator.api.idempotency import IdempotentCalls
from sandbox.operator.control import Control
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.device_control import DeviceControl
from sandbox.operator.dialects import DIALECTS
from sandbox.operator.dialects.awkward import Awkward
from sandbox.operator.dialects.dialect import Handler, Route
from sandbox.operator.esim_control import EsimControl
from sandbox.operator.seed import history, landlines, months
from sandbox.post.sms import SmsBox
from sandbox.world import World


class Operator:
    """One operator. Opened by `open_operator`; nothing runs in it unless it is called."""

    def __init__(self, world: World) -> None:
        self._database = OperatorDatabase(world)
        self._box = SmsBox(world.data)
        with self._database.transaction():
            sims.found(self._database)
            esims.found(self._database)
            imei_registry.found(self._database)
            history.found(self._database)
            landlines.found(self._database, awkward=world.awkward is not None)
        self._dialect = DIALECTS[world.dialect](self._database)
        self._acting = FaultInjection(world, self._database, self._settle, self._dialect)
        self._once = IdempotentCalls(self._database, self._acting.in_progress)
        self._orders = tmf622_orders.Orders(self._database, self._once, self._box)
        self._transfers = tmf654_transfers.Transfers(self._database, self._once)
        self._hub = tmf_hub.Hub(
            self._database,
            self._once,
            tmf622_orders.BASE,
            self._settle,
            self._orders.next_due,
            self._dialect.event,
        )
        self._orders.changed = self._hub.changed
        self._world = world

    def _settle(self) -> None:
        """Carry out what has fallen due."""
        self._orders.settle()
        self._transfers.settle()

    @property
    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Every address of the operator, and the sandbox's own under `/sandbox/operator`."""
        served = [
            web.route(method, path, self._acting.served(handler, f"{method} {path}"))
            for method, path, handler in self._spoken()
        ] + [web.route(*opened) for opened in self._dialect.open_routes()]
        control = Control(self._database, self._world.clock, self._acting.calls)
        devices, profiles = DeviceControl(self._database), EsimControl(self._database)
        own: list[tuple[str, str, Handler]] = [
            ("GET", "effects", control.effects),
            ("GET", "calls", control.calls),
            ("DELETE", "calls", control.calls),
            ("GET", "numbers/{msisdn}", control.number),
            ("PATCH", "numbers/{msisdn}", control.change_number),
            ("GET", "devices/{imei}", devices.device),
            ("PATCH", "devices/{imei}", devices.change),
            ("GET", "esims/{iccid}", profiles.esim),
            ("PATCH", "esims/{iccid}", profiles.change),
            ("PATCH", "orders/{id}", self._steer),
            ("GET", "hubs", self._hub.subscriptions),
            ("DELETE", "hubs", self._hub.subscriptions),
            ("PATCH", "administrators/{id}", control.change_administrator),
            ("GET", "profile", self._profile),
            ("GET", "settings", control.settings),
            ("PATCH", "settings", control.settings),
        ]
        return served + [
            web.route(method, f"/sandbox/operator/{path}", self._acting.plain(handler))
            for method, path, handler in own
        ]

    async def _profile(self, request: web.Request) -> web.Response:
        """`GET profile`: how My Account is told of this operator."""
        return web.Response(text=self._dialect.profile(str(request.url.origin())))

    def _spoken(self) -> list[Route]:
        spoken = self._dialect.spoken(self._resources())
        if self._world.awkward is None:
            return spoken
        return [Awkward(self._world.awkward).mixed(route) for route in spoken]

    def _resources(self) -> list[tuple[str, str, Handler]]:
        party = tmf632_parties.Parties(self._database, self._once)
        product = tmf637_numbers.Products(self._database)
        account = tmf666_accounts.Accounts(self._database, self._world.clock)
        bucket = tmf666_accounts.Buckets(self._database)
        message = tmf681_messages.Messages(self._box, self._world.clock, self._once)
        details = tmf635_usage.UsageDetails(self._database, self._world.clock)
        offer = tmf620_catalogue.Catalogue(self._world.clock)
        thing = tmf639_resources.Resources(self._database)
        agreement = tmf651_agreements.Agreements(self._database)
        month = months.Months(self._database, self._world.clock, self._world.awkward)
        bill, payment = (
            tmf678_bills.Bills(self._database, month),
            tmf676_payments.Payments(self._database, month),
        )
        allowance = tmf677_consumption.Consumption(self._database)
        order, transfer = self._orders, self._transfers
        lists: list[tuple[str, Handler, Handler]] = [
            (f"{tmf632_parties.BASE}/individual", party.individuals, party.individual),
            (f"{tmf632_parties.BASE}/organization", party.organizations, party.organization),
            (f"{tmf637_numbers.BASE}/product", product.products, product.product),
            (f"{tmf666_accounts.ACCOUNTS}/billingAccount", account.accounts, account.account),
            (f"{tmf666_accounts.BALANCES}/bucket", bucket.buckets, bucket.bucket),
            (f"{tmf622_orders.BASE}/productOrder", order.listed, order.one),
            (f"{tmf620_catalogue.BASE}/productOffering", offer.offerings, offer.offering),
            (f"{tmf639_resources.BASE}/resource", thing.resources, thing.resource),
            (f"{tmf651_agreements.BASE}/agreement", agreement.agreements, agreement.agreement),
            (f"{tmf678_bills.BILLS}/customerBill", bill.bills, bill.bill),
            (f"{tmf676_payments.BASE}/payment", payment.payments, payment.payment),
            (f"{tmf666_accounts.BALANCES}/transferBalance", transfer.listed, transfer.one),
            (f"{tmf635_usage.BASE}/usage", details.usages, details.usage),
            (f"{tmf681_messages.BASE}/communicationMessage", message.messages, message.message),
        ]
        return [
            *(("GET", path, handler) for path, handler, _ in lists),
            *(("GET", path + "/{id}", handler) for path, _, handler in lists),
            ("PATCH", f"{tmf632_parties.BASE}/individual/{{id}}", party.change_individual),
            ("POST", f"{tmf622_orders.BASE}/productOrder", self._place),
            ("GET", f"{tmf622_orders.BASE}/hub", self._hub.listed),
            ("POST", f"{tmf622_orders.BASE}/hub", self._hub.subscribe),
            ("DELETE", f"{tmf622_orders.BASE}/hub/{{id}}", self._hub.unsubscribe),
            ("GET", f"{tmf678_bills.BILLS}/appliedCustomerBillingRate", bill.rates),
            ("POST", f"{tmf677_consumption.BASE}/queryUsageConsumption", allowance.ask),
            ("POST", f"{tmf666_accounts.BALANCES}/transferBalance", transfer.place),
            ("POST", f"{tmf681_messages.BASE}/communicationMessage", message.send),
        ]

    async def _steer(self, request: web.Request) -> web.Response:
        """`PATCH orders/{id}`, of an order or of a transfer."""
        if request.match_info["id"].startswith("tr-"):
            return await self._transfers.steer(request)
        return await self._orders.steer(request)

    async def _place(self, request: web.Request) -> web.Response:
        """A new order; when it begins and ends is known then."""
        placed = await self._orders.place(request)
        self._hub.ring()
        return placed

    async def start(self) -> None:
        """Nothing runs in the background, unless somebody is to be told of events."""
        self._hub.begin()

    async def close(self) -> None:
        """Drop what hangs, and close the files."""
        await self._hub.close()
        await self._acting.close()
        self._box.close()
        self._database.close()


async def open_operator(world: World) -> Operator:
    """Open the operator of `world`, making its data at the first start."""
    return Operator(world)
