"""`Carrier` in memory.

The operator does what it is told to do wrong, once, in the order of `faults`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from account.changes.action import (
    Action,
    ActionKind,
    Order,
    OrderState,
)
from account.changes.ports import DispatchGuard
from account.chapters.allowances import Allowance
from account.chapters.atlas import Pool, PoolUsage
from account.chapters.billing.accounts import Account
from account.chapters.billing.bills import Bill, BillLine, BillsQuery
from account.chapters.billing.parties import NOT_TOLD, Contract, Customer
from account.chapters.devices.registrations import DevicesQuery, Registration
from account.chapters.devices.requests import DeviceRequest
from account.chapters.esim import Activation
from account.chapters.forwarding import Rule
from account.chapters.numbers import NumberCounts, NumbersQuery
from account.chapters.payments import Payment, PaymentsQuery
from account.chapters.services.offerings import Catalogue, Offering, Service
from account.chapters.sim import CardStatus, Sim, SimCodes
from account.chapters.usage import UsageKind, UsageQuery, UsageRecord
from account.errors import (
    CarrierNotReached,
    CarrierNotTried,
    CarrierPaused,
    CarrierRefused,
    CarrierTokenRefused,
    CarrierTurnTaken,
    CarrierUnavailable,
    OutcomeUnknown,
)
from account.identity.directory import Administrator, Colleague, Company
from account.values.capabilities import Capability
from account.values.identifiers import Iccid, Imei, Msisdn
from account.values.number import COMPANY_STATES, Number, NumberState
from account.values.page import Page
from account.values.periods import Month
from tests.account.fakes import forwarding, transfers
from tests.account.fakes.bills import Cabinet
from tests.account.fakes.devices import KINDS, Registry, as_it_is
from tests.account.fakes.services import Shelf, allowances_of
from tests.account.fakes.sims import Drawer


class Fault(StrEnum):
    """What goes wrong with one order."""

    NOT_REACHED = "not reached"
    NOT_TRIED = "not tried"
    PAUSED = "paused"
    NO_TURN = "no turn"
    NOT_LET_IN = "not let in"
    """Nothing was taken, and nothing will be before somebody has acted."""
    REFUSED = "refused"
    LOST = "lost"
    """No answer, and the operator never took it."""
    ANSWER_LOST = "answer lost"
    """No answer, but the change is made and the order can be found."""
    LATE = "late"
    """No answer; the operator carries it out when `catch_up` is called."""
    UNTRACED = "untraced"
    """No answer; the change is made, but no order can be found by our reference."""
    SLOW = "slow"
    """Taken, and under way until `catch_up` is called."""
    FAILED = "failed"
    """Taken, and ended as failed."""
    UNREAD = "unread"
    """Carried out by its word, but the number stays as it was."""


PAUSE_OVER = datetime(2022, 1, 24, 22, 30, tzinfo=UTC)
_UNSENT: dict[Fault | None, Callable[[], CarrierNotReached]] = {
    Fault.NOT_REACHED: CarrierNotReached,
    Fault.NOT_TRIED: CarrierNotTried,
    Fault.PAUSED: lambda: CarrierPaused("planned", PAUSE_OVER),
    Fault.NO_TURN: CarrierTurnTaken,
    Fault.NOT_LET_IN: CarrierTokenRefused,
}


def blocked(number: Number, _action: Action) -> Number:
    return replace(number, state=NumberState.BLOCKED, blocked_by_company=True)


def unblocked(number: Number, _action: Action) -> Number:
    state = NumberState.DEBT if number.state is NumberState.DEBT else NumberState.ACTIVE
    return replace(number, state=state, blocked_by_company=False)


def banned(number: Number, action: Action[Any]) -> Number:
    ban, on = {action.parameters.ban}, action.parameters.on
    return replace(number, bans=number.bans | ban if on else number.bans - ban)


def unchanged(number: Number, _action: Action) -> Number:
    return number


CARRIED_OUT: dict[ActionKind, Callable[[Number, Action], Number]] = {
    ActionKind.BLOCK: blocked,
    ActionKind.UNBLOCK: unblocked,
    **dict.fromkeys(KINDS, as_it_is),
    ActionKind.BAN: banned,
    ActionKind.SERVICE_ON: unchanged,
    ActionKind.SERVICE_OFF: unchanged,
    ActionKind.SIM_REPLACE: unchanged,
}

"""The number after the operator made the change."""


class FakeCarrier:
    """The operator's systems in memory. `down` makes every call fail before it is heard."""

    def __init__(self) -> None:
        self.administrators: dict[str, Administrator] = {}
        self.lacking: frozenset[Capability] = frozenset()
        self.granted: dict[str, tuple[Company, ...]] = {}
        self.fleet: dict[str, Number] = {}
        self.records: list[UsageRecord] = []
        self.forwarded: forwarding.Rules = {}
        self.payments_made: list[Payment] = []
        self.shelf = Shelf()
        self.cabinet = Cabinet()
        self.drawer = Drawer()
        self.orders: dict[str, Order] = {}
        self.down = False
        self.before_dispatch: Callable[[], None] | None = None
        """What happens between having the connection and the first byte."""
        self.orders_down = False
        """Orders cannot be looked up, while everything else answers."""
        self.registry = Registry()
        self.why_failed = "SERVICE.CONFLICT"
        self.faults: deque[Fault] = deque()
        self.tries: list[str] = []
        """Ids of the actions that `place` was called for."""
        self.effects: list[str] = []
        """Ids of the actions that were really carried out, as often as they were."""
        self.usage_asked: list[tuple[int, int]] = []
        self._late: list[Action] = []

    def add(self, number: Number) -> Number:
        self.fleet[number.msisdn.digits] = number
        return number

    def catch_up(self) -> None:
        """Carry out what was taken and left lying; money that is gone by then is not moved."""
        late, self._late = self._late, []
        for action in late:
            refusal = self._refused(action)
            if refusal is not None:
                failed = Order(f"o-{action.id}", OrderState.FAILED, refusal)
                self.orders[action.id] = failed
                continue
            receipt = self._effect(action)
            done = Order(f"o-{action.id}", OrderState.COMPLETED, None, receipt)
            self.orders[action.id] = done

    async def administrator(self, phone: Msisdn) -> Administrator | None:
        self._hear()
        return self.administrators.get(phone.digits)

    @property
    def lacks(self) -> frozenset[Capability]:
        """What the operator does not have."""
        return self.lacking

    async def companies(self, administrator_id: str) -> tuple[Company, ...]:
        self._hear()
        return self.granted.get(administrator_id, ())

    async def numbers(self, company_id: str, query: NumbersQuery) -> Page[Number]:
        self._hear()
        rows = [
            number
            for _, number in sorted(self.fleet.items())
            if number.company_id == company_id
            and query.state in (None, number.state)
            and query.payment in (None, number.payment)
            and query.search.casefold()
            in " ".join(
                (number.msisdn.digits, number.account, number.tariff, number.label or "")
            ).casefold()
        ]
        shown = tuple(rows[query.offset : query.offset + query.limit])
        return Page(shown, query.offset, len(rows))

    async def tally(self, company_id: str) -> NumberCounts:
        self._hear()
        states = [n.state for n in self.fleet.values() if n.company_id == company_id]
        return NumberCounts(len(states), *(states.count(state) for state in COMPANY_STATES))

    async def number(self, company_id: str, msisdn: Msisdn) -> Number | None:
        self._hear()
        number = self.fleet.get(msisdn.digits)
        return number if number is not None and number.company_id == company_id else None

    async def standing(self, company_id: str, msisdn: Msisdn) -> Number | None:
        return await self.number(company_id, msisdn)

    async def forwarding(self, company_id: str, msisdn: Msisdn) -> tuple[Rule, ...] | None:
        if self._is_not_of(company_id, msisdn):
            return None
        return self.forwarded.get(msisdn.digits, ())

    async def payments(self, query: PaymentsQuery, *, offset: int, limit: int) -> Page[Payment]:
        self._hear()
        rows = [
            payment
            for payment in self.payments_made
            if query.number in (None, payment.number)
            and query.period.start_utc <= payment.at < query.period.end_utc
        ]
        return Page(tuple(rows[offset : offset + limit]), offset, len(rows))

    async def accounts(
        self, company_id: str, numbers: Sequence[str] | None, *, offset: int, limit: int
    ) -> Page[Account]:
        self._hear()
        return self.cabinet.accounts_page(company_id, numbers, offset, limit)

    async def bills(self, query: BillsQuery, *, offset: int, limit: int) -> Page[Bill]:
        self._hear()
        return self.cabinet.bills_page(query, offset, limit)

    async def bill_lines(self, bill: Bill, *, offset: int, limit: int) -> Page[BillLine]:
        self._hear()
        return self.cabinet.lines_page(bill, offset, limit)

    async def billed_accounts(
        self, company_id: str, msisdn: Msisdn, month: Month
    ) -> tuple[str, ...]:
        self._hear()
        return self.cabinet.billing(company_id, msisdn, month)

    async def customer(self, company_id: str) -> Customer:
        self._hear()
        return self.cabinet.customers.get(company_id, NOT_TOLD)

    async def contract(self, company_id: str, account: str) -> Contract | None:
        self._hear()
        theirs = [one.number for one in self.cabinet.accounts.get(company_id, [])]
        return self.cabinet.contracts.get(account) if account in theirs else None

    async def pool(self, company_id: str) -> Pool | None:
        self._hear()
        return self.cabinet.pools[company_id][0] if company_id in self.cabinet.pools else None

    async def pool_usage(self, company_id: str, *, offset: int, limit: int) -> Page[PoolUsage]:
        self._hear()
        return self.cabinet.pool_page(company_id, offset, limit)

    async def usage(
        self, company_id: str, query: UsageQuery, *, offset: int, limit: int
    ) -> Page[UsageRecord]:
        self._hear()
        self.usage_asked.append((offset, limit))
        rows = [
            record
            for record in self.records
            if query.kind in (UsageKind.EVERYTHING, record.kind)
            and query.period.start_utc <= record.at < query.period.end_utc
        ]
        return Page(tuple(rows[offset : offset + limit]), offset, len(rows))

    async def services(self, company_id: str, msisdn: Msisdn) -> Page[Service]:
        rows = () if self._is_not_of(company_id, msisdn) else tuple(self.shelf.of(msisdn))
        return Page(rows, 0, len(rows))

    async def colleagues(self, company_id: str) -> tuple[Colleague, ...]:
        self._hear()
        return tuple(
            Colleague(administrator, company.role)
            for administrator in self.administrators.values()
            for company in self.granted.get(administrator.id, ())
            if company.id == company_id
        )

    async def sim_replaced_at(self, msisdn: Msisdn) -> datetime | None:
        self._hear()
        return self.drawer.replaced_at.get(msisdn.digits)

    async def sim(self, company_id: str, msisdn: Msisdn) -> Sim | None:
        return None if self._is_not_of(company_id, msisdn) else self.drawer.of(msisdn)

    async def sim_codes(self, company_id: str, msisdn: Msisdn, iccid: Iccid) -> SimCodes | None:
        return None if self._is_not_of(company_id, msisdn) else self.drawer.codes(msisdn, iccid)

    async def blank_sims(self, company_id: str, *, offset: int, limit: int) -> Page[Iccid]:
        self._hear()
        return self.drawer.page(company_id, offset, limit)

    async def free_esims(self, company_id: str, *, offset: int, limit: int) -> Page[Iccid]:
        self._hear()
        return self.drawer.free_esims(company_id, offset, limit)

    async def activation(self, company_id: str, msisdn: Msisdn, iccid: Iccid) -> Activation | None:
        if self._is_not_of(company_id, msisdn):
            return None
        return self.drawer.activation(msisdn, iccid)

    async def card_standing(self, company_id: str, iccid: Iccid) -> CardStatus:
        self._hear()
        return self.drawer.standing(company_id, iccid)

    async def offerings(self) -> Catalogue:
        self._hear()
        return Catalogue(self.shelf.offerings)

    async def offering(self, offering_id: str) -> Offering | None:
        self._hear()
        return self.shelf.offerings.get(offering_id)

    async def allowances(self, company_id: str, msisdn: Msisdn) -> Page[Allowance]:
        told = () if self._is_not_of(company_id, msisdn) else allowances_of(msisdn)
        return Page(told, 0, len(told))

    async def last_imei(self, company_id: str, msisdn: Msisdn) -> Imei | None:
        number = await self.number(company_id, msisdn)
        return None if number is None else self.registry.last.get(msisdn.digits)

    async def devices(self, company_id: str, query: DevicesQuery) -> Page[Registration]:
        self._hear()
        return self.registry.of(company_id, query)

    async def device_requests(
        self, company_id: str, msisdn: Msisdn | None, *, offset: int, limit: int
    ) -> Page[DeviceRequest]:
        self._hear()
        return self.registry.requests(company_id, msisdn, offset, limit)

    async def _dispatch(self, guard: DispatchGuard | None) -> None:
        if self.before_dispatch is not None:
            self.before_dispatch()
        if guard is not None:
            await guard()

    async def place(self, action: Action, guard: DispatchGuard | None = None) -> Order:
        self.tries.append(action.id)
        await self._dispatch(guard)
        if self.down:
            raise OutcomeUnknown
        fault = self.faults.popleft() if self.faults else None
        if fault in _UNSENT:
            unsent = _UNSENT[fault]
            raise unsent()
        if fault is Fault.REFUSED:
            raise CarrierRefused("NUMBER.STATE")
        if (refusal := self._refused(action)) is not None:
            raise CarrierRefused(refusal)
        if fault in {Fault.LATE, Fault.SLOW}:
            self._late.append(action)
        if fault in {Fault.LOST, Fault.LATE}:
            raise OutcomeUnknown
        state, receipt = OrderState.COMPLETED, dict[str, str]()
        if fault is Fault.SLOW:
            state = OrderState.UNDER_WAY
        elif fault is Fault.FAILED:
            state = OrderState.FAILED
        elif fault is not Fault.UNREAD:
            receipt = self._effect(action)
        if fault is Fault.UNTRACED:
            raise OutcomeUnknown
        reason = self.why_failed if fault is Fault.FAILED else None
        order = Order(f"o-{action.id}", state, reason, receipt)
        self.orders[action.id] = order
        if fault is Fault.ANSWER_LOST:
            raise OutcomeUnknown
        return order

    async def order(self, action: Action) -> Order | None:
        self._hear()
        if self.orders_down:
            raise CarrierUnavailable
        return self.orders.get(action.id)

    def _refused(self, action: Action[Any]) -> str | None:
        if action.kind is ActionKind.TRANSFER:
            return transfers.refused(self.fleet, action)
        return self.drawer.refused(action)

    def _effect(self, action: Action[Any]) -> dict[str, str]:
        self.effects.append(action.id)
        self.registry.carry_out(action)
        if action.kind is ActionKind.TRANSFER:
            return transfers.move(self.fleet, action)
        if action.kind in forwarding.KINDS:
            forwarding.carry_out(self.forwarded, action)
            return {}
        if action.kind is ActionKind.EMAIL:
            phone = action.msisdn.digits
            email = action.parameters.email
            self.administrators[phone] = replace(self.administrators[phone], email=email)
            return {}
        number = self.fleet[action.msisdn.digits]
        self.fleet[action.msisdn.digits] = CARRIED_OUT[action.kind](number, action)
        self.shelf.carry_out(action)
        self.drawer.carry_out(action)
        return {}

    def _is_not_of(self, company_id: str, msisdn: Msisdn) -> bool:
        self._hear()
        number = self.fleet.get(msisdn.digits)
        return number is None or number.company_id != company_id

    def _hear(self) -> None:
        if self.down:
            raise CarrierUnavailable
