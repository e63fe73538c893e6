"""Stand-ins for what the core needs from outside, written by hand and held to its ports.

`Ledger` is the one memory that the stores share, as the tables of one database are shared. The
operator does what it is told to do wrong, once, in the order of `faults`.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from account.access.login import WRONG_IN_A_ROW, Credential, Lock, lock_for
from account.access.secret_codes import SecretCode
from account.changes.action import (
    OPEN,
    WORKED_ON,
    Action,
    ActionKind,
    ActionState,
    Order,
    OrderState,
)
from account.changes.holds import Hold
from account.changes.ports import DispatchGuard
from account.changes.waits import Wait
from account.chapters.allowances import Allowance
from account.chapters.atlas import Pool, PoolUsage
from account.chapters.billing.accounts import Account
from account.chapters.billing.bills import Bill, BillLine, BillsQuery
from account.chapters.billing.parties import NOT_TOLD, Contract, Customer
from account.chapters.devices.registrations import DevicesQuery, Registration
from account.chapters.devices.requests import DeviceRequest
from account.chapters.forwarding import Rule
from account.chapters.history import ON_THE_WAY, HistoryQuery
from account.chapters.notifications import Topic
from account.chapters.numbers import NumberCounts, NumbersQuery
from account.chapters.payments import Payment, PaymentsQuery
from account.chapters.reminders import Reminder
from account.chapters.services.offerings import Catalogue, Offering, Service
from account.chapters.sim import CardStatus, Sim, SimCodes
from account.chapters.usage import UsageKind, UsageQuery, UsageRecord
from account.credentials.one_time_codes import (
    CODE_TRIES,
    COUNTED_FOR,
    Code,
    CodeOutcome,
    CodeTry,
    CodeUse,
    SendLimits,
)
from account.documents.document import Content, Continuation, Document, DocumentOrder, DocumentState
from account.documents.orders import SAME_WITHIN
from account.effects.effect import (
    AddToDailyTotal,
    Approval,
    BindTelegram,
    Effect,
    EndSecretCode,
    EndSession,
    EndSessionsOf,
    ForgetAccounts,
    Freeze,
    FreezeLink,
    OpenSession,
    OutboxMessage,
    RemoveAccount,
    SetPassword,
    TellAccounts,
    TellEmployee,
    Thaw,
)
from account.effects.history import Entry
from account.errors import (
    CarrierNotReached,
    CarrierNotTried,
    CarrierPaused,
    CarrierRefused,
    CarrierTokenRefused,
    CarrierTurnTaken,
    CarrierUnavailable,
    ChangeUnderWay,
    ConfirmExpired,
    OutcomeUnknown,
)
from account.identity.directory import Administrator, Colleague, Company
from account.identity.sessions import Session
from account.values.capabilities import Capability
from account.values.clock import Clock
from account.values.identifiers import Iccid, Imei, Msisdn
from account.values.number import COMPANY_STATES, Number, NumberState
from account.values.page import Page
from account.values.periods import ALMATY, Month, today
from tests.account import fake_forwarding, fake_money
from tests.account.fake_bills import Cabinet
from tests.account.fake_codes import about_codes
from tests.account.fake_devices import KINDS, Registry, as_it_is
from tests.account.fake_freezes import People
from tests.account.fake_services import Shelf, allowances_of
from tests.account.fake_sims import Drawer, unsealed


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


class FakeElapsed:
    """Counts by the clock, and for `unsure` nobody can tell."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.unsure = False
        self.stepped_at: datetime | None = None

    async def since(self, moment: datetime) -> timedelta:
        now = self._clock.now()
        begun = max(moment, self.stepped_at or moment)
        return timedelta(0) if self.unsure else max(now - begun, timedelta(0))


# --- The operator ----------------------------------------------------------------------------


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
        self.forwarded: fake_forwarding.Rules = {}
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

    async def numbers(self, company_id: str, wish: NumbersQuery) -> Page[Number]:
        self._hear()
        rows = [
            number
            for _, number in sorted(self.fleet.items())
            if number.company_id == company_id
            and wish.state in (None, number.state)
            and wish.payment in (None, number.payment)
            and wish.search.casefold()
            in f"{number.msisdn.digits} {number.tariff} {number.label or ''}".casefold()
        ]
        shown = tuple(rows[wish.offset : wish.offset + wish.limit])
        return Page(shown, wish.offset, len(rows))

    async def tally(self, company_id: str) -> NumberCounts:
        self._hear()
        states = [n.state for n in self.fleet.values() if n.company_id == company_id]
        return NumberCounts(len(states), *(states.count(state) for state in COMPANY_STATES))

    async def number(self, company_id: str, msisdn: Msisdn) -> Number | None:
        self._hear()
        number = self.fleet.get(msisdn.digits)
        return number if number is not None and number.company_id == company_id else None

    async def forwarding(self, company_id: str, msisdn: Msisdn) -> tuple[Rule, ...] | None:
        if self._is_not_of(company_id, msisdn):
            return None
        return self.forwarded.get(msisdn.digits, ())

    async def payments(self, wish: PaymentsQuery, *, offset: int, limit: int) -> Page[Payment]:
        self._hear()
        rows = [
            payment
            for payment in self.payments_made
            if wish.number in (None, payment.number)
            and wish.period.start_utc <= payment.at < wish.period.end_utc
        ]
        return Page(tuple(rows[offset : offset + limit]), offset, len(rows))

    async def accounts(
        self, company_id: str, numbers: Sequence[str] | None, *, offset: int, limit: int
    ) -> Page[Account]:
        self._hear()
        return self.cabinet.accounts_page(company_id, numbers, offset, limit)

    async def bills(self, wish: BillsQuery, *, offset: int, limit: int) -> Page[Bill]:
        self._hear()
        return self.cabinet.bills_page(wish, offset, limit)

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
        self, company_id: str, wish: UsageQuery, *, offset: int, limit: int
    ) -> Page[UsageRecord]:
        self._hear()
        self.usage_asked.append((offset, limit))
        rows = [
            record
            for record in self.records
            if wish.kind in (UsageKind.EVERYTHING, record.kind)
            and wish.period.start_utc <= record.at < wish.period.end_utc
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

    async def devices(self, company_id: str, wish: DevicesQuery) -> Page[Registration]:
        self._hear()
        return self.registry.of(company_id, wish)

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
            return fake_money.refused(self.fleet, action)
        return self.drawer.refused(action)

    def _effect(self, action: Action[Any]) -> dict[str, str]:
        self.effects.append(action.id)
        self.registry.carry_out(action)
        if action.kind is ActionKind.TRANSFER:
            return fake_money.move(self.fleet, action)
        if action.kind in fake_forwarding.KINDS:
            fake_forwarding.carry_out(self.forwarded, action)
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


# --- The stores ------------------------------------------------------------------------------


@dataclass(slots=True)
class KeptAction:
    """A row of the actions' table."""

    action: Action
    token_hash: str
    lane: str
    due: datetime | None = None
    lease_until: datetime | None = None


@dataclass(slots=True)
class KeptCode:
    """A row of the codes' table."""

    code: Code
    void: bool = False
    verified_at: datetime | None = None
    granted: bool = False


@dataclass(slots=True)
class KeptTries:
    """A row of the wrong tries' table."""

    wrong: int = 0
    lock: Lock | None = None


@dataclass(slots=True)
class KeptDocument:
    """A row of the documents' table."""

    document: Document
    due: datetime
    lease_until: datetime | None = None
    content: bytes | None = None


@dataclass(slots=True)
class Ledger:
    """Everything that is kept, and the port `Book` and `History` over it."""

    entries: list[Entry] = field(default_factory=list)
    owed: list[OutboxMessage] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    people: People = field(default_factory=People)
    """Telegram accounts of each administrator, and who is frozen."""
    tries: dict[str, KeptTries] = field(default_factory=dict)
    codes: list[KeptCode] = field(default_factory=list)
    actions: dict[str, KeptAction] = field(default_factory=dict)
    documents: dict[str, KeptDocument] = field(default_factory=dict)
    totals: dict[tuple[str, date], int] = field(default_factory=dict)
    secret_codes: dict[str, SecretCode] = field(default_factory=dict)
    approvals: dict[str, Approval] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    muted: dict[str, set[Topic]] = field(default_factory=dict)
    told: list[tuple[str, Reminder, Month]] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    handed_out: bool = True
    """Whether the post has delivered what was owed."""

    def held(self, kind: ActionKind, company_id: str) -> bool:
        return any(
            hold.lifted_at is None
            and hold.kind in (None, kind)
            and hold.company_id in (None, company_id)
            for hold in self.holds
        )

    def prove(self, action_id: str, now: datetime) -> None:
        """As if its code had been typed, and the change not accepted: the bot never does that."""
        kept = self.actions[action_id]
        kept.action = replace(kept.action, stepped_up_at=now)

    def every_code(self) -> list[Code]:
        return [replace(kept.code, used=kept.verified_at is not None) for kept in self.codes]

    def codes_of(self, phone: Msisdn, since: datetime) -> list[Code]:
        return [one for one in self.every_code() if one.phone == phone and one.sent_at > since]

    def codes_for(self, phone: Msisdn, telegram_id: int, purpose: str) -> list[KeptCode]:
        asked = (phone, telegram_id, purpose)
        return [
            kept
            for kept in self.codes
            if (kept.code.phone, kept.code.telegram_id, kept.code.purpose) == asked
        ]

    def use_code(self, one: CodeTry, now: datetime) -> CodeUse:
        one.judge(self.codes_of(one.phone, now - COUNTED_FOR))
        kept = next(reversed(self.codes_for(one.phone, one.telegram_id, one.purpose)), None)
        if kept is None or kept.void or kept.verified_at or now >= kept.code.expires_at:
            return CodeUse(CodeOutcome.EXPIRED)
        if kept.code.wrong >= CODE_TRIES:
            return CodeUse(CodeOutcome.EXHAUSTED)
        if kept.code.code_mac in one.macs:
            kept.verified_at = now
            return CodeUse(CodeOutcome.RIGHT)
        kept.code = replace(kept.code, wrong=kept.code.wrong + 1)
        left = CODE_TRIES - kept.code.wrong
        return CodeUse(CodeOutcome.WRONG if left else CodeOutcome.EXHAUSTED, left)

    async def write(self, effects: Sequence[Effect]) -> None:
        self.carry_out(effects)

    async def append(self, entry: Entry) -> None:
        self.entries.append(entry)

    async def page(self, company_id: str, wish: HistoryQuery) -> Page[Entry]:
        rows = [
            entry
            for entry in reversed(self.entries)
            if entry.company_id == company_id
            and wish.period.start_utc <= entry.at < wish.period.end_utc
            and (wish.number is None or wish.number.digits == entry.number)
            and wish.wants(entry.what)
        ]
        ended = {id(row) for place, row in enumerate(rows) if self._has_later(row, rows[:place])}
        rows = [row for row in rows if id(row) not in ended]
        shown = tuple(rows[wish.offset : wish.offset + wish.limit])
        return Page(shown, wish.offset, len(rows))

    @staticmethod
    def _has_later(row: Entry, later: Sequence[Entry]) -> bool:
        """Another entry of the same action stands in its place."""
        return row.result in ON_THE_WAY and any(
            row.reference is not None and (row.reference, row.what) == (one.reference, one.what)
            for one in later
        )

    def carry_out(self, effects: Sequence[Effect]) -> None:  # noqa: C901 - one case per effect
        for effect in effects:
            match effect:
                case Entry():
                    self.entries.append(effect)
                case OutboxMessage():
                    if effect.key is None or effect.key not in {owed.key for owed in self.owed}:
                        self.owed.append(effect)
                case OpenSession():
                    self.end_sessions(
                        effect.session.opened_at, telegram_id=effect.session.telegram_id
                    )
                    self.sessions[effect.session.id] = effect.session
                case AddToDailyTotal():
                    self._take(effect)
                case EndSession():
                    self.end_sessions(effect.at, id=effect.session_id)
                case EndSessionsOf():
                    self.end_sessions(
                        effect.at, administrator_id=effect.administrator_id, but=effect.but
                    )
                case SetPassword():
                    self.passwords[effect.administrator_id] = effect.password_hash
                    of_phone = f"phone:{effect.phone.digits}"
                    for key in [key for key in self.tries if key.startswith(of_phone)]:
                        del self.tries[key]
                case EndSecretCode() | TellEmployee():
                    about_codes(self, effect)
                case (
                    BindTelegram()
                    | ForgetAccounts()
                    | RemoveAccount()
                    | TellAccounts()
                    | FreezeLink()
                    | Freeze()
                    | Thaw()
                ):
                    self.people.carry_out(self, effect)
                case Approval():
                    self.approvals[effect.token_hash] = effect

    async def taken(self, name: str, now: datetime) -> int:
        return self.totals.get((name, today(now)), 0)

    def _take(self, take: AddToDailyTotal) -> None:
        """The first effect of a confirmation: what it refuses, nothing was written before."""
        key = (take.name, today(take.at))
        before = self.totals.get(key, 0)
        for bound in take.bounds:
            if before + take.amount > bound.most:
                raise bound.refusal(max(0, bound.most - before))
        self.totals[key] = before + take.amount

    def end_sessions(self, at: datetime, *, but: str | None = None, **of: object) -> None:
        for session in list(self.sessions.values()):
            meant = all(getattr(session, name) == value for name, value in of.items())
            if meant and session.ended_at is None and session.id != but:
                self.sessions[session.id] = replace(session, ended_at=at)
                self.void_offers(session_id=session.id)

    def void_offers(self, **of: object) -> None:
        for kept in self.actions.values():
            meant = all(getattr(kept.action, name) == value for name, value in of.items())
            if meant and kept.action.state is ActionState.OFFERED:
                kept.action = replace(kept.action, state=ActionState.VOID)


class MemorySessions:
    """`Sessions` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def choose_company(self, session_id: str, company_id: str) -> None:
        session = self._ledger.sessions[session_id]
        self._ledger.sessions[session_id] = replace(session, company_id=company_id)
        self._ledger.void_offers(session_id=session_id)

    async def unended(self, administrator_id: str) -> tuple[Session, ...]:
        own = [
            session
            for session in self._ledger.sessions.values()
            if session.administrator_id == administrator_id and session.ended_at is None
        ]
        return tuple(sorted(own, key=lambda session: session.opened_at, reverse=True))

    async def last_in(self, telegram_id: int) -> Session | None:
        there = [one for one in self._ledger.sessions.values() if one.telegram_id == telegram_id]
        return max(there, key=lambda session: session.opened_at, default=None)

    async def login_before(self, administrator_id: str, session_id: str) -> datetime | None:
        this = self._ledger.sessions[session_id]
        before = [
            session.opened_at
            for session in self._ledger.sessions.values()
            if session.administrator_id == administrator_id
            and session.id != session_id
            and session.opened_at <= this.opened_at
        ]
        return max(before, default=None)


class MemoryNotifications:
    """`NotificationStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def muted(self, administrator_id: str) -> frozenset[Topic]:
        return frozenset(self._ledger.muted.get(administrator_id, ()))

    async def mute(self, administrator_id: str, topic: Topic, *, off: bool) -> None:
        topics = self._ledger.muted.setdefault(administrator_id, set())
        (topics.add if off else topics.discard)(topic)

    async def untold(
        self, reminder: Reminder, month: Month, after: str, limit: int
    ) -> Sequence[str]:
        told = {who for who, *what in self._ledger.told if what == [reminder, month]}
        return [who for who in sorted(self._ledger.people.accounts.keys() - told) if who > after][
            :limit
        ]

    async def told(
        self, administrator_id: str, reminder: Reminder, month: Month, effects: Sequence[Effect]
    ) -> bool:
        if (administrator_id, reminder, month) in self._ledger.told:
            return False
        self._ledger.told.append((administrator_id, reminder, month))
        self._ledger.carry_out(effects)
        return True


class MemoryLogin:
    """`LoginStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def credential(self, administrator_id: str) -> Credential | None:
        password_hash = self._ledger.passwords.get(administrator_id)
        accounts = self._ledger.people.accounts.get(administrator_id)
        if password_hash is None and accounts is None:
            return None
        accounts, freeze = accounts or {}, self._ledger.people.active(administrator_id)
        return Credential(
            administrator_id,
            password_hash,
            frozenset(one for one, kept in accounts.items() if kept.known),
            frozenset(one for one, kept in accounts.items() if kept.removed_at is not None),
            None if freeze is None else freeze.frozen_at,
        )

    async def lock(self, keys: Sequence[str], now: datetime) -> Lock | None:
        for key in keys:
            lock = self._ledger.tries.get(key, KeptTries()).lock
            if lock is not None and now < lock.until:
                return lock
        return None

    async def fail(self, key: str, now: datetime, effects: Sequence[Effect]) -> Lock | None:
        tries = self._ledger.tries.setdefault(key, KeptTries())
        if tries.lock is not None and now < tries.lock.until:
            return None
        tries.wrong += 1
        if tries.wrong < WRONG_IN_A_ROW:
            return None
        level = 1 if tries.lock is None else tries.lock.level + 1
        tries.wrong, tries.lock = 0, Lock(now + lock_for(level), level)
        self._ledger.carry_out(effects)
        return tries.lock

    async def enter(
        self,
        keys: Sequence[str],
        effects: Sequence[Effect],
        *,
        unless_locked: datetime | None = None,
    ) -> bool:
        if unless_locked is not None and await self.lock(keys, unless_locked) is not None:
            return False
        for key in keys:
            self._ledger.tries.pop(key, None)
        self._ledger.carry_out(effects)
        return True

    async def code_sends(self, phone: Msisdn, since: datetime) -> Sequence[Code]:
        return self._ledger.codes_of(phone, since)

    async def issue(self, code: Code, effects: Sequence[Effect], judge: SendLimits) -> None:
        since = code.sent_at - COUNTED_FOR
        judge(
            [
                one
                for one in self._ledger.every_code()
                if one.sent_at > since
                and (one.phone == code.phone or one.telegram_id == code.telegram_id)
            ]
        )
        self._ledger.carry_out(effects)
        for kept in self._ledger.codes_for(code.phone, code.telegram_id, code.purpose):
            kept.void = True
        self._ledger.codes.append(KeptCode(code))

    async def try_code(
        self,
        phone: Msisdn,
        telegram_id: int,
        purpose: str,
        code_mac: str,
        now: datetime,
        judge: SendLimits,
        *,
        older: Sequence[str] = (),
    ) -> CodeUse:
        one = CodeTry(phone, telegram_id, purpose, (code_mac, *older), judge)
        return self._ledger.use_code(one, now)

    async def take_grant(
        self, phone: Msisdn, telegram_id: int, purpose: str, since: datetime
    ) -> Code | None:
        for kept in self._ledger.codes_for(phone, telegram_id, purpose):
            if kept.verified_at is not None and kept.verified_at >= since and not kept.granted:
                kept.granted = True
                return kept.code
        return None

    async def granted(self, phone: Msisdn, telegram_id: int, purpose: str, since: datetime) -> bool:
        return any(
            kept.verified_at is not None and kept.verified_at >= since and not kept.granted
            for kept in self._ledger.codes_for(phone, telegram_id, purpose)
        )


class MemoryActions:
    """`ActionStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def new_id(self) -> str:
        return str(uuid.uuid4())

    async def offer(self, action: Action, token_hash: str, lane: str) -> None:
        self._ledger.void_offers(telegram_id=action.telegram_id)
        self._ledger.actions[action.id] = KeptAction(action, token_hash, lane)

    async def by_token(self, token_hash: str) -> Action | None:
        for kept in self._ledger.actions.values():
            if kept.token_hash == token_hash:
                return kept.action
        return None

    async def read(self, action_id: str) -> Action | None:
        kept = self._ledger.actions.get(action_id)
        return None if kept is None else kept.action

    async def by_reference(self, reference: str) -> Action | None:
        every = (kept.action for kept in self._ledger.actions.values())
        return next((one for one in every if one.reference == reference), None)

    async def undecided(self) -> Sequence[Action]:
        open_to = (ActionState.UNCONFIRMED, ActionState.UNKNOWN)
        return [one.action for one in self._ledger.actions.values() if one.action.state in open_to]

    async def decide(
        self,
        action: Action,
        state: ActionState,
        reason_code: str,
        now: datetime,
        effects: Sequence[Effect],
    ) -> bool:
        kept = self._ledger.actions[action.id]
        if (kept.action.state, kept.action.fence) != (action.state, action.fence):
            return False
        kept.action = replace(
            kept.action,
            state=state,
            reason_code=reason_code,
            settled_at=now,
            fence=kept.action.fence + 1,
        )
        kept.due, kept.lease_until = None, None
        self._ledger.carry_out(effects)
        return True

    async def open_on(self, company_id: str, msisdn: Msisdn, lane: str) -> Action | None:
        for kept in self._ledger.actions.values():
            place = (kept.action.company_id, kept.action.msisdn, kept.lane)
            if kept.action.state in OPEN and place == (company_id, msisdn, lane):
                return kept.action
        return None

    async def accept(
        self,
        token_hash: str,
        *,
        session_id: str,
        company_id: str,
        now: datetime,
        effects: Sequence[Effect],
        until: datetime | None = None,
        proof: CodeTry | None = None,
    ) -> tuple[Action, bool]:
        self._use(proof, now)
        try:
            return await self._accept(
                token_hash, session_id, company_id, now, effects, until, proof
            )
        except Exception:
            self._give_back(proof)
            raise

    async def _accept(
        self,
        token_hash: str,
        session_id: str,
        company_id: str,
        now: datetime,
        effects: Sequence[Effect],
        until: datetime | None,
        proof: CodeTry | None,
    ) -> tuple[Action, bool]:
        found = await self.by_token(token_hash)
        if found is None or (found.session_id, found.company_id) != (session_id, company_id):
            raise ConfirmExpired
        kept = self._ledger.actions[found.id]
        if found.state is not ActionState.OFFERED:
            return found, False
        if open_one := await self.open_on(found.company_id, found.msisdn, kept.lane):
            raise ChangeUnderWay(open_one.reference)
        number = 1 + sum(kept.action.reference is not None for kept in self._kept)
        reference = f"A-{now.astimezone(ALMATY):%Y%m%d}-{number:04}"
        self._ledger.carry_out(
            [
                replace(effect, reference=reference) if isinstance(effect, Entry) else effect
                for effect in effects
            ]
        )
        state = ActionState.ACCEPTED if until is None else ActionState.PROPOSED
        kept.action = replace(found, state=state, accepted_at=now, reference=reference)
        if proof is not None:
            kept.action = replace(kept.action, stepped_up_at=now)
        kept.due = until or now
        return kept.action, True

    def _use(self, proof: CodeTry | None, now: datetime) -> None:
        if proof is not None:
            self._ledger.use_code(proof, now).check()

    def _give_back(self, proof: CodeTry | None) -> None:
        """As a transaction that is rolled back."""
        if proof is not None:
            whose = (proof.phone, proof.telegram_id, proof.purpose)
            self._ledger.codes_for(*whose)[-1].verified_at = None

    async def use_up(
        self,
        action_id: str,
        now: datetime,
        effects: Sequence[Effect],
        proof: CodeTry | None = None,
    ) -> bool:
        self._use(proof, now)
        kept = self._ledger.actions[action_id]
        if kept.action.state is not ActionState.OFFERED:
            return False
        kept.action = replace(
            kept.action, state=ActionState.DONE, settled_at=now, parameters=unsealed(kept.action)
        )
        if proof is not None:
            kept.action = replace(kept.action, stepped_up_at=now)
        self._ledger.carry_out(effects)
        return True

    async def announcing(self, action_id: str) -> bool:
        ahead = any(owed.ahead_of == action_id for owed in self._ledger.owed)
        return ahead and not self._ledger.handed_out

    async def holds(self, action: Action) -> bool:
        return self._mine(action) is not None

    async def postpone(self, action: Action, due: datetime, effects: Sequence[Effect] = ()) -> None:
        if kept := self._mine(action):
            kept.due, kept.lease_until = due, None
            self._ledger.carry_out(effects)

    async def void(self, action_id: str) -> None:
        self._ledger.void_offers(id=action_id)

    async def identify(self, action_id: str, now: datetime) -> None:
        kept = self._ledger.actions[action_id]
        kept.action = replace(kept.action, identified_at=now)

    async def claim(self, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Action]:
        taken: list[Action] = []
        for kept in self._kept:
            free = kept.lease_until is None or kept.lease_until <= now
            due = kept.due is not None and kept.due <= now
            if kept.action.state in WORKED_ON and due and free and len(taken) < limit:
                kept.lease_until = now + lease
                kept.action = replace(kept.action, fence=kept.action.fence + 1)
                taken.append(kept.action)
        return taken

    async def mark_sent(self, action: Action, now: datetime) -> Action | None:
        kept = self._mine(action)
        if kept is None or self._ledger.held(action.kind, action.company_id):
            return None
        kept.action = replace(
            kept.action, state=ActionState.SENT, sent_at=now, attempts=kept.action.attempts + 1
        )
        return kept.action

    async def unsend(self, action: Action, due: datetime, *, counts: bool) -> None:
        if kept := self._mine(action):
            kept.action = replace(
                kept.action,
                state=ActionState.ACCEPTED,
                attempts=kept.action.attempts - (0 if counts else 1),
            )
            kept.due, kept.lease_until = due, None

    async def park(
        self,
        action: Action,
        state: ActionState,
        due: datetime,
        order_id: str | None = None,
        effects: Sequence[Effect] = (),
        *,
        wait: Wait | None = None,
    ) -> None:
        if kept := self._mine(action):
            kept.action = replace(
                kept.action,
                state=state,
                order_id=order_id or kept.action.order_id,
                checks=kept.action.checks + 1,
                wait=wait,
            )
            kept.due, kept.lease_until = due, None
            self._ledger.carry_out(effects)

    async def settle(
        self,
        action: Action,
        state: ActionState,
        reason_code: str | None,
        order_id: str | None,
        now: datetime,
        effects: Sequence[Effect],
    ) -> None:
        if kept := self._mine(action):
            kept.action = replace(
                kept.action,
                state=state,
                reason_code=reason_code,
                order_id=order_id or kept.action.order_id,
                settled_at=now,
            )
            kept.due, kept.lease_until = None, None
            self._ledger.carry_out(effects)

    @property
    def _kept(self) -> list[KeptAction]:
        return list(self._ledger.actions.values())

    def _mine(self, action: Action) -> KeptAction | None:
        kept = self._ledger.actions[action.id]
        return kept if kept.action.fence == action.fence else None


class MemoryDocuments:
    """`DocumentStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def order(
        self, wish: DocumentOrder, now: datetime, effects: Sequence[Effect]
    ) -> Document:
        for kept in self._ledger.documents.values():
            if kept.document.order == wish and now - kept.document.ordered_at < SAME_WITHIN:
                return kept.document
        document = Document(
            id=str(uuid.uuid4()),
            reference=f"R-{now.astimezone(ALMATY):%Y%m%d}-{len(self._ledger.documents) + 1:04}",
            order=wish,
            state=DocumentState.QUEUED,
            ordered_at=now,
        )
        self._ledger.documents[document.id] = KeptDocument(document, due=now)
        self._ledger.carry_out(
            [
                replace(effect, reference=document.reference)
                if isinstance(effect, Entry)
                else effect
                for effect in effects
            ]
        )
        return document

    async def read(self, document_id: str) -> Document | None:
        kept = self._ledger.documents.get(document_id)
        return None if kept is None else kept.document

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, *, large: bool = True
    ) -> Document | None:
        for kept in self._ledger.documents.values():
            free = kept.lease_until is None or kept.lease_until <= now
            open_states = {DocumentState.QUEUED, DocumentState.MAKING}
            fits = large or not kept.document.large
            if kept.document.state in open_states and kept.due <= now and free and fits:
                kept.lease_until = now + lease
                kept.document = replace(
                    kept.document,
                    state=DocumentState.MAKING,
                    attempts=kept.document.attempts + 1,
                    fence=kept.document.fence + 1,
                )
                return kept.document
        return None

    async def progress(self, document: Document, done: int, total: int, until: datetime) -> bool:
        kept = self._mine(document)
        if kept is None:
            return False
        kept.document = replace(kept.document, done=done, total=total)
        kept.lease_until = until
        return True

    async def retry(self, document: Document, due: datetime) -> None:
        if kept := self._mine(document):
            kept.document = replace(kept.document, state=DocumentState.QUEUED)
            kept.due, kept.lease_until = due, None

    async def give_way(self, document: Document, due: datetime) -> None:
        if kept := self._mine(document):
            attempts = document.attempts - 1
            kept.document = replace(kept.document, state=DocumentState.QUEUED, attempts=attempts)
            kept.due, kept.lease_until = due, None

    async def made(
        self,
        document: Document,
        content: Content,
        name: str,
        rows: int,
        effects: Sequence[Effect],
        *,
        missing: Sequence[str] = (),
        rest: Continuation | None = None,
    ) -> bool:
        kept = self._mine(document)
        if kept is None:
            return False
        made = replace(kept.document, state=DocumentState.READY, name=name, rows=rows)
        kept.document = replace(made, missing=tuple(missing))
        if rest is not None:
            await self.order(rest.order, rest.at, [])
        kept.content, kept.lease_until = content[:], None
        self._ledger.carry_out(effects)
        return True

    async def settle(
        self,
        document: Document,
        state: DocumentState,
        reason_code: str | None,
        effects: Sequence[Effect],
    ) -> None:
        if kept := self._mine(document):
            kept.document = replace(kept.document, state=state, reason_code=reason_code)
            kept.lease_until = None
            self._ledger.carry_out(effects)

    async def sent(self, document: Document, file_id: str) -> None:
        kept = self._ledger.documents[document.id]
        kept.document = replace(kept.document, state=DocumentState.SENT, file_id=file_id)

    async def of_person(
        self, telegram_id: int, company_id: str, since: datetime, *, offset: int, limit: int
    ) -> Page[Document]:
        rows = [
            kept.document
            for kept in reversed(self._ledger.documents.values())
            if kept.document.order.telegram_id == telegram_id
            and kept.document.order.company_id == company_id
            and kept.document.ordered_at > since
        ]
        return Page(tuple(rows[offset : offset + limit]), offset, len(rows))

    async def content(self, document_id: str) -> bytes | None:
        kept = self._ledger.documents.get(document_id)
        return None if kept is None else kept.content

    def _mine(self, document: Document) -> KeptDocument | None:
        kept = self._ledger.documents[document.id]
        return kept if kept.document.fence == document.fence else None
