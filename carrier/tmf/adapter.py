"""The operator's systems as the core wants them: the `Carrier` port over TM Forum's APIs.

What is kept here between calls is little and short: the tally of a company for seconds, the
catalogue of services, which is the same for everybody, for a minute, and where a report that
reaches into today began. Rights are never kept.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from account.changes.action import Action, ActionKind, Order, OrderState
from account.chapters.allowances import Allowance
from account.chapters.atlas import Pool, PoolUsage
from account.chapters.billing.accounts import Account
from account.chapters.billing.bills import Bill, BillLine, BillsQuery
from account.chapters.billing.parties import Contract, Customer
from account.chapters.devices.registrations import DevicesQuery, Registration
from account.chapters.devices.requests import DeviceRequest
from account.chapters.esim import Activation
from account.chapters.forwarding import Rule
from account.chapters.numbers import NumberCounts, NumbersQuery
from account.chapters.payments import Payment, PaymentsQuery
from account.chapters.services.offerings import Catalogue, Offering, Service
from account.chapters.sim import CardStatus, Sim, SimCodes
from account.chapters.usage import UsageQuery, UsageRecord
from account.identity.directory import Administrator, Colleague, Company
from account.values.capabilities import Capability
from account.values.durations import boottime
from account.values.identifiers import Iccid, Imei, Msisdn
from account.values.money import Money
from account.values.number import Number
from account.values.page import Page
from account.values.periods import Month
from carrier.http import OperatorHttp
from carrier.single_flight import SingleFlight
from carrier.tmf import account as billing
from carrier.tmf import (
    agreement,
    atlas,
    balance_transfer,
    contacts,
    customer_bill,
    forwarding,
    party,
    payment,
    prepay_balance,
    product_catalog,
    product_inventory,
    product_order,
    product_patch,
    usage_consumption,
)
from carrier.tmf import device as registry
from carrier.tmf import services as activated
from carrier.tmf import sim as sim_cards
from carrier.tmf import usage as records
from carrier.tmf.product_inventory import NumberProduct

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.changes.ports import DispatchGuard
    from account.values.clock import Clock

_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")

TALLY_SECONDS = 10.0
CATALOGUE_SECONDS = 60.0
_REMEMBERED = 1000
_LARGEST_PAGE = 500


class TmfAdapter:
    """The `Carrier` port. Every read takes at most `http.limits.total` seconds in all.

    An operator that knows of expiry refuses an order `orders_expire_after` it was sent; None asks
    for no such thing. `now` counts seconds, monotonic; `clock` is the time of day, against which a
    report is cut off.
    """

    def __init__(
        self,
        http: OperatorHttp,
        clock: Clock,
        *,
        now: Callable[[], float] = boottime,
        orders_expire_after: timedelta | None = None,
    ) -> None:
        self._http = http
        self._clock = clock
        self._now = now
        self._orders_expire_after = orders_expire_after
        self._companies: SingleFlight[tuple[Company, ...]] = SingleFlight()
        self._tallies: OrderedDict[str, tuple[float, NumberCounts]] = OrderedDict()
        self._changes = 0
        self._catalogue: tuple[float, Catalogue] | None = None
        self._catalogues: SingleFlight[Catalogue] = SingleFlight()
        self._cuts: OrderedDict[UsageQuery, datetime] = OrderedDict()

    async def administrator(self, phone: Msisdn) -> Administrator | None:
        """The administrator who logs in with this number, or None (TMF632)."""
        async with self._http.in_time():
            return await party.individual(self._http, phone, self._clock.now())

    @property
    def lacks(self) -> frozenset[Capability]:
        """What the operator does not have, by its profile."""
        return self._http.profile.lacks

    async def companies(self, administrator_id: str) -> tuple[Company, ...]:
        """The companies the administrator may act for at this moment, by name (TMF632).

        Calls of the same moment share one question; the next call asks again.
        """
        return await self._companies.share(
            administrator_id, lambda: self._ask_companies(administrator_id)
        )

    async def colleagues(self, company_id: str) -> tuple[Colleague, ...]:
        """Everybody who may act for the company at this moment (TMF632)."""
        async with self._http.in_time():
            return await party.individuals(self._http, company_id, self._clock.now())

    async def sim_replaced_at(self, msisdn: Msisdn) -> datetime | None:
        """When the number's SIM card was replaced last (TMF639), whosever the number is; None too
        where the operator has no register that tells.
        """
        if Capability.SIM_REGISTER in self.lacks:
            return None
        async with self._http.in_time():
            return await sim_cards.replaced_at(self._http, msisdn)

    async def sim(self, company_id: str, msisdn: Msisdn) -> Sim | None:
        """The card of the company's number (TMF639), None for another company's."""
        async with self._http.in_time():
            return await sim_cards.sim(self._http, company_id, msisdn, self._clock.now())

    async def sim_codes(self, company_id: str, msisdn: Msisdn, iccid: Iccid) -> SimCodes | None:
        """The first codes of that card while it is the number's (TMF639)."""
        async with self._http.in_time():
            return await sim_cards.codes(self._http, company_id, msisdn, iccid)

    async def blank_sims(self, company_id: str, *, offset: int, limit: int) -> Page[Iccid]:
        """A page of the company's blank cards, by ICCID (TMF639)."""
        async with self._http.in_time():
            return await sim_cards.blanks(self._http, company_id, offset=offset, limit=limit)

    async def free_esims(self, company_id: str, *, offset: int, limit: int) -> Page[Iccid]:
        """A page of the eSIM profiles that are kept for the company, by ICCID (TMF639)."""
        async with self._http.in_time():
            return await sim_cards.blanks(
                self._http, company_id, offset=offset, limit=limit, esims=True
            )

    async def activation(self, company_id: str, msisdn: Msisdn, iccid: Iccid) -> Activation | None:
        """The activation code of that eSIM while it is the number's (TMF639)."""
        async with self._http.in_time():
            return await sim_cards.activation(
                self._http, company_id, msisdn, iccid, self._clock.now()
            )

    async def card_standing(self, company_id: str, iccid: Iccid) -> CardStatus:
        """Whether the card can be put in use for the company (TMF639).

        One that begins otherwise than the operator's own (7.4) is foreign, whoever knows it.
        """
        own = self._http.profile.names.iccid_prefixes
        if own and not iccid.digits.startswith(own):
            return CardStatus.FOREIGN
        async with self._http.in_time():
            return await sim_cards.standing(self._http, company_id, iccid)

    async def numbers(self, company_id: str, query: NumbersQuery) -> Page[Number]:
        """A page of up to 500 numbers, in their order, with balances (TMF637, 654, 666)."""
        if query.limit > _LARGEST_PAGE:
            raise ValueError("a page has at most 500 numbers")
        async with self._http.in_time():
            found = await product_inventory.products(self._http, company_id, query)
            rows = await self._with_balances(found.rows)
        return Page(rows, found.offset, found.total, found.left_out, found.read_to)

    async def tally(self, company_id: str) -> NumberCounts:
        """How many numbers the company has in each state (TMF637), at most 10 s old.

        Fresh after every change that this process places or sees the end of.
        """
        known = self._tallies.get(company_id)
        if known is not None and self._now() - known[0] < TALLY_SECONDS:
            return known[1]
        asked_at, changes = self._now(), self._changes
        async with self._http.in_time():
            tally = await product_inventory.tally(self._http, company_id)
        if changes == self._changes:
            _remember(self._tallies, company_id, (asked_at, tally))
        return tally

    async def number(self, company_id: str, msisdn: Msisdn) -> Number | None:
        """One number of that company with balance and debt; None for another company's.

        TMF637 and TMF654 are asked side by side; what was learnt of a number that turns out to be
        another company's is thrown away.
        """
        async with self._http.in_time():
            if self._http.profile.find.number_by != "id":
                product = await product_inventory.product(self._http, company_id, msisdn)
                return None if product is None else (await self._with_balances([product]))[0]
            product, balances = await asyncio.gather(
                product_inventory.product(self._http, company_id, msisdn),
                prepay_balance.buckets(
                    self._http, {msisdn.digits: msisdn.digits}, self._clock.now()
                ),
            )
            if product is None:
                return None
            debts = await self._debts([product]) if product.lacks_debt else {}
            return product.with_balances(balances, debts)

    async def standing(self, company_id: str, msisdn: Msisdn) -> Number | None:
        """The same without balances, by TMF637 alone (and TMF666 for a debt)."""
        async with self._http.in_time():
            product = await product_inventory.product(self._http, company_id, msisdn)
            if product is None:
                return None
            return product.with_balances(prepay_balance.Balances(), await self._debts([product]))

    async def usage(
        self, company_id: str, query: UsageQuery, *, offset: int, limit: int
    ) -> Page[UsageRecord]:
        """Usage of a number of the company's in a period, newest first (TMF635).

        The pages of a period that reaches into today end where its first page ended, so that calls
        made meanwhile do not push rows from one page to the next.
        """
        async with self._http.in_time():
            until = self._cut(query, first=offset == 0)
            return await records.usage(
                self._http, company_id, query, until, offset=offset, limit=limit
            )

    async def services(self, company_id: str, msisdn: Msisdn) -> Page[Service]:
        """The number's active services, oldest first (TMF637); none of another company's."""
        async with self._http.in_time():
            return await activated.services(self._http, company_id, msisdn)

    async def offerings(self) -> Catalogue:
        """Every offering by its id (TMF620), as it was at most a minute ago."""
        if self._catalogue is None or self._now() - self._catalogue[0] >= CATALOGUE_SECONDS:
            asked_at = self._now()
            fresh = await self._catalogues.share("catalogue", self._ask_offerings)
            self._catalogue = (asked_at, fresh)
        return self._catalogue[1]

    async def offering(self, offering_id: str) -> Offering | None:
        """One offering as it is now, None when it is not there (TMF620)."""
        async with self._http.in_time():
            fresh = await product_catalog.offering(self._http, offering_id, self._clock.now())
        # What is kept must not go on telling another price than the one that is refused for it.
        if self._catalogue is not None and fresh is not None:
            self._catalogue[1][offering_id] = fresh
        elif self._catalogue is not None:
            self._catalogue[1].pop(offering_id, None)
        return fresh

    async def allowances(self, company_id: str, msisdn: Msisdn) -> Page[Allowance]:
        """All the number's allowances, expired ones too (TMF677); none of another company's."""
        async with self._http.in_time():
            return await usage_consumption.allowances(self._http, company_id, msisdn)

    async def last_imei(self, company_id: str, msisdn: Msisdn) -> Imei | None:
        """The device last seen with the company's number, if any (TMF639)."""
        async with self._http.in_time():
            return await registry.last_imei(self._http, company_id, msisdn)

    async def devices(self, company_id: str, query: DevicesQuery) -> Page[Registration]:
        """A page of the company's registered devices, by number, oldest first (TMF639)."""
        async with self._http.in_time():
            return await registry.devices(self._http, company_id, query)

    async def device_requests(
        self, company_id: str, msisdn: Msisdn | None, *, offset: int, limit: int
    ) -> Page[DeviceRequest]:
        """Orders about devices, of the company or one of its numbers, newest first (TMF622)."""
        async with self._http.in_time():
            return await registry.requests(
                self._http, company_id, msisdn, offset=offset, limit=limit
            )

    async def forwarding(self, company_id: str, msisdn: Msisdn) -> tuple[Rule, ...] | None:
        """The rules of call forwarding of a number (TMF637); None for another company's."""
        async with self._http.in_time():
            return await forwarding.rules(self._http, company_id, msisdn)

    async def payments(self, query: PaymentsQuery, *, offset: int, limit: int) -> Page[Payment]:
        """Payments of a company or of one of its numbers, newest first (TMF676)."""
        async with self._http.in_time():
            return await payment.payments(
                self._http, query, partial(self._own, query.company_id), offset=offset, limit=limit
            )

    async def accounts(
        self, company_id: str, numbers: Sequence[str] | None, *, offset: int, limit: int
    ) -> Page[Account]:
        """The company's accounts, or those of `numbers` that are its own, by number (TMF666)."""
        async with self._http.in_time():
            return await billing.accounts(
                self._http, company_id, numbers, self._clock.now(), offset=offset, limit=limit
            )

    async def bills(self, query: BillsQuery, *, offset: int, limit: int) -> Page[Bill]:
        """Invoices of a company, by account, oldest first (TMF678)."""
        async with self._http.in_time():
            return await customer_bill.bills(self._http, query, offset=offset, limit=limit)

    async def bill_lines(self, bill: Bill, *, offset: int, limit: int) -> Page[BillLine]:
        """The lines of an invoice that `bills` answered, by number (TMF678)."""
        async with self._http.in_time():
            return await customer_bill.lines(self._http, bill, offset=offset, limit=limit)

    async def billed_accounts(
        self, company_id: str, msisdn: Msisdn, month: Month
    ) -> tuple[str, ...]:
        """The company's accounts that billed the number in that month (TMF678, TMF666)."""
        async with self._http.in_time():
            billed = await customer_bill.accounts_billing(self._http, company_id, msisdn, month)
            own = await self._own(company_id, billed)
        return tuple(account for account in billed if account in own)

    async def customer(self, company_id: str) -> Customer:
        """The company's address and contacts, as far as they are told (TMF632)."""
        async with self._http.in_time():
            return await contacts.customer(self._http, company_id)

    async def contract(self, company_id: str, account: str) -> Contract | None:
        """The contract of the account's numbers, if they have one and the same (TMF637, TMF651)."""
        if Capability.CONTRACTS in self.lacks:
            return None
        async with self._http.in_time():
            return await agreement.contract(self._http, company_id, account)

    async def pool(self, company_id: str) -> Pool | None:
        """The company's Atlas Pro package in the present bill cycle (TMF677)."""
        async with self._http.in_time():
            return await atlas.pool(self._http, company_id)

    async def pool_usage(self, company_id: str, *, offset: int, limit: int) -> Page[PoolUsage]:
        """What each number of the package took of it in the cycle, by number."""
        async with self._http.in_time():
            return await atlas.taken(self._http, company_id, offset=offset, limit=limit)

    async def place(self, action: Action[Any], guard: DispatchGuard | None = None) -> Order:
        """Order the change at the operator (TMF622), `externalId` being `action.id`.

        Money is not ordered but moved (TMF654), `description` being `action.id`; an address is
        patched (TMF632) and read back. Raises
        `CarrierNotReached`, `CarrierRefused`, `OutcomeUnknown`. Never tries twice.
        """
        if action.kind is ActionKind.TRANSFER:
            return await balance_transfer.transfer(self._http, action, guard)
        if action.kind is ActionKind.EMAIL:
            return await party.change_email(self._http, action, self._clock.now(), guard)
        try:
            if self._is_patched(action):
                return await product_patch.place(self._http, action, guard)
            return await product_order.place(self._http, action, guard, self._orders_expire_after)
        finally:
            self._changed()

    async def order(self, action: Action[Any]) -> Order | None:
        """The operator's order of that change, found by `action.id`, or None."""
        if action.kind is ActionKind.TRANSFER:
            async with self._http.in_time():
                return await balance_transfer.transferred(self._http, action.id)
        if action.kind is ActionKind.EMAIL:
            async with self._http.in_time():
                return await party.email_changed(self._http, action, self._clock.now())
        async with self._http.in_time():
            if self._is_patched(action):
                order = await product_patch.done(self._http, action)
            else:
                order = await product_order.order(self._http, action.id)
        if order is not None and order.state is OrderState.COMPLETED:
            self._changed()
        return order

    def _is_patched(self, action: Action) -> bool:
        by_patch = self._http.profile.blocking.by == "product_patch"
        return by_patch and action.kind in product_patch.PATCHED

    async def _ask_companies(self, administrator_id: str) -> tuple[Company, ...]:
        async with self._http.in_time():
            return await party.organizations(self._http, administrator_id, self._clock.now())

    async def _ask_offerings(self) -> Catalogue:
        async with self._http.in_time():
            return await product_catalog.offerings(self._http, self._clock.now())

    async def _with_balances(self, found: Sequence[NumberProduct]) -> tuple[Number, ...]:
        ids = {one.msisdn.digits: one.id for one in found}
        told = prepay_balance.buckets(self._http, ids, self._clock.now())
        if any(one.lacks_debt for one in found):
            balances, debts = await asyncio.gather(told, self._debts(found))
        else:  # most of them: no task for one question
            balances, debts = await told, {}
        return tuple(one.with_balances(balances, debts) for one in found)

    async def _debts(self, found: Sequence[NumberProduct]) -> dict[str, Money]:
        owing = [one.account for one in found if one.lacks_debt]
        return await billing.debts(self._http, owing, self._clock.now())

    async def _own(self, company_id: str, accounts: Sequence[str]) -> frozenset[str]:
        """Which of these accounts are the company's (TMF666)."""
        if not accounts:
            return frozenset()
        theirs = await billing.accounts(
            self._http, company_id, accounts, self._clock.now(), offset=0, limit=len(accounts)
        )
        return frozenset(account.number for account in theirs.rows)

    def _changed(self) -> None:
        self._changes += 1
        self._tallies.clear()
        self._http.list_cache.forget()

    def _cut(self, query: UsageQuery, *, first: bool) -> datetime:
        end, now = query.period.end_utc, self._clock.now()
        if end <= now:
            return end
        if first or query not in self._cuts:
            _remember(self._cuts, query, now)
        return self._cuts[query]


def _remember(shelf: OrderedDict[_Key, _Kept], key: _Key, kept: _Kept) -> None:
    """Keep it as the newest; the oldest goes when there are too many."""
    shelf[key] = kept
    shelf.move_to_end(key)
    if len(shelf) > _REMEMBERED:
        shelf.popitem(last=False)


if TYPE_CHECKING:

    def _is_a_carrier(carrier: TmfAdapter) -> Carrier:
        return carrier
