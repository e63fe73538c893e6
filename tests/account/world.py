"""A small company in which the scenarios of the core play.

Айгүл administers "Alpha" and its three numbers of the guide; "Beta" is somebody else's. Everything
is wired as the product wires it, with stand-ins for what lies outside.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from account.access.companies import Companies
from account.access.employees import Employees
from account.access.known_accounts import KnownAccounts
from account.access.login import Login, LoginStore
from account.access.profile import Profile
from account.access.profile_email import ChangeEmail
from account.access.secret_codes import (
    DeleteCode,
    SecretCodeExecutor,
    SecretCodes,
    SecretCodeStore,
    SendCode,
)
from account.access.step_up import StepUp
from account.carrier import Carrier
from account.changes.action import Action, ActionKind
from account.changes.approvals import Approvals
from account.changes.confirmation import ChangeConfirmation, Offer, PollingPolicy
from account.changes.execution import ChangeExecution
from account.changes.freezes import Freezes
from account.changes.holds import Holds, HoldStore
from account.changes.ports import ActionStore, ApprovalStore
from account.changes.sensitive_numbers import SensitiveNumbers
from account.changes.spec import ChangeSpec
from account.chapters.alerts.ports import AlertStore
from account.chapters.alerts.rules import AlertRules
from account.chapters.alerts.single import SingleReadings
from account.chapters.allowances import Allowances
from account.chapters.bans import ChangeBan
from account.chapters.blocking import Block, Unblock
from account.chapters.devices.changes import (
    DeregisterDevice,
    DuplicateDevice,
    RegisterDevice,
    ReregisterDevice,
)
from account.chapters.devices.registrations import DeviceRegistrations
from account.chapters.devices.requests import DeviceRequests
from account.chapters.esim import Esims, ShowActivationCode
from account.chapters.forwarding import (
    Condition,
    Forwarding,
    Rule,
    SetForwarding,
    SwitchForwardingOff,
)
from account.chapters.history import ActionsHistory
from account.chapters.labels import Labels, LabelStore
from account.chapters.notifications import Notifications
from account.chapters.numbers import NumberPages, Numbers
from account.chapters.payments import Payments
from account.chapters.reminders import Reminders, ReminderStore
from account.chapters.services.changes import SwitchOff, SwitchOn
from account.chapters.services.offerings import Services
from account.chapters.sim import Esim, EsimState, ReplaceSim, RevealCodes, Sim, SimCards
from account.chapters.transfers import Transfer, TransferRules, Transfers
from account.chapters.usage import Usage
from account.credentials.one_time_codes import Codes
from account.credentials.passwords import Passwords
from account.documents.catalogue import DocumentCatalogue
from account.documents.invoices import Invoices
from account.documents.kinds import DocumentKind
from account.documents.orders import Documents, Maker
from account.documents.subscriptions import Subscriptions, SubscriptionStore
from account.effects.effect import OutboxMessage
from account.identity.directory import Administrator, Company
from account.identity.permissions import Actor
from account.identity.sessions import Session, SessionLimits, Sessions
from account.support.verdicts import Verdicts
from account.values.clock import Clock
from account.values.identifiers import Bin, Email, Msisdn
from account.values.money import Money
from account.values.number import Number, NumberState, PaymentMethod
from account.values.rights import Role
from tests.account.examples import PARAMETERS
from tests.account.fakes.actions import MemoryActions
from tests.account.fakes.alerts import MemoryAlerts, MemorySubscriptions
from tests.account.fakes.carrier import FakeCarrier
from tests.account.fakes.clock import FakeClock, FakeElapsed
from tests.account.fakes.devices import MemoryDevices
from tests.account.fakes.documents import MemoryDocuments
from tests.account.fakes.freezes import MemoryAccounts, MemoryFreezes
from tests.account.fakes.holds import MemoryHolds
from tests.account.fakes.labels import MemoryLabels
from tests.account.fakes.ledger import Ledger
from tests.account.fakes.login import MemoryLogin
from tests.account.fakes.notifications import MemoryNotifications
from tests.account.fakes.secret_codes import MemorySecretCodes
from tests.account.fakes.sessions import MemorySessions
from tests.account.fakes.sims import ESIM_ICCID, MemoryApprovals

NOON = datetime(2022, 1, 24, 6, 0, tzinfo=UTC)
"""Noon in Almaty on the day of the guide's example (section 6)."""
AIGUL = 7001
"""Her Telegram user."""
STRANGER = 666
ALPHA, BETA = "alpha", "beta"
HER_PHONE = Msisdn("77010542005")
NUMBER = Msisdn("77012115526")
RECIPIENT = Msisdn("77012115528")
LEASE = timedelta(seconds=30)


def practices_of(carrier: Carrier) -> dict[ActionKind, ChangeSpec[Any, Any]]:
    """The changes that need nothing but the operator."""
    return {
        ActionKind.BLOCK: Block(carrier),
        ActionKind.UNBLOCK: Unblock(carrier),
        ActionKind.REGISTER_DEVICE: RegisterDevice(carrier),
        ActionKind.DEREGISTER_DEVICE: DeregisterDevice(carrier),
        ActionKind.DUPLICATE_DEVICE: DuplicateDevice(carrier),
        ActionKind.BAN: ChangeBan(carrier),
        ActionKind.SERVICE_ON: SwitchOn(carrier),
        ActionKind.SERVICE_OFF: SwitchOff(carrier),
        ActionKind.FORWARDING_SET: SetForwarding(carrier),
        ActionKind.FORWARDING_OFF: SwitchForwardingOff(carrier),
        ActionKind.SIM_REVEAL: RevealCodes(carrier),
        ActionKind.SIM_REPLACE: ReplaceSim(carrier),
        ActionKind.ESIM_SHOW: ShowActivationCode(carrier),
    }


class CountingPasswords(Passwords):
    """Cheap ones, that count how often a hash was really compared."""

    def __init__(self) -> None:
        self.compared = 0
        super().__init__(b"pepper", time_cost=1, memory_kib=8, threads=1)

    def _verify(self, password_hash: str, password: str) -> bool:
        self.compared += 1
        return super()._verify(password_hash, password)


class World:
    """The core with everything around it in memory."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOON)
        self.carrier = FakeCarrier()
        self.ledger = Ledger()
        self.polling_policy = PollingPolicy()
        self.passwords = CountingPasswords()
        carrier: Carrier = self.carrier
        clock: Clock = self.clock
        login_store: LoginStore = MemoryLogin(self.ledger)
        sessions: Sessions = MemorySessions(self.ledger)
        self.action_store: ActionStore = MemoryActions(self.ledger)
        self.document_store = MemoryDocuments(self.ledger)
        self.makers: dict[DocumentKind, Maker] = {}
        self.device_store = MemoryDevices(self.ledger)
        self.devices = DeviceRegistrations(carrier, self.device_store, clock)
        self.device_requests = DeviceRequests(carrier, self.device_store, clock)
        self.codes = Codes(login_store, clock, b"key")
        self.companies = Companies(carrier, sessions)
        self.label_store: LabelStore = MemoryLabels(self.ledger)
        self.numbers = Numbers(carrier, clock, self.label_store)
        self.labels = Labels(carrier, self.label_store, clock)
        pages, usage = NumberPages(carrier), Usage(carrier, self.ledger, clock)
        self.alert_rules = AlertRules(
            carrier,
            self.label_store,
            cast("AlertStore", MemoryAlerts()),
            clock,
            SingleReadings(pages, self.label_store, carrier, usage),
        )
        self.code_store: SecretCodeStore = MemorySecretCodes(self.ledger)
        executor = SecretCodeExecutor(self.code_store, clock, b"key")
        self.secret_codes = SecretCodes(carrier, self.code_store, clock)
        self.employees = Employees(
            carrier, self.code_store, login_store, self.ledger, clock, b"key"
        )
        self.transfer_rules = TransferRules()
        self.transfer = Transfer(
            carrier,
            self.transfer_rules,
            self.ledger,
            clock,
            lambda msisdn: self.sensitive_numbers.recent(msisdn),
        )
        self.transfers = Transfers(carrier, self.transfer, self.transfer_rules)
        self.forwarding = Forwarding(carrier)
        self.payments = Payments(carrier, clock)
        self.specs: dict[ActionKind, ChangeSpec[Any, Any]] = {
            **practices_of(carrier),
            ActionKind.REREGISTER_DEVICE: ReregisterDevice(carrier, self.device_store, clock),
            ActionKind.TRANSFER: self.transfer,
            ActionKind.SECRET_SEND: SendCode(carrier, self.code_store, clock, executor),
            ActionKind.SECRET_DELETE: DeleteCode(carrier, self.code_store, clock, executor),
        }
        approvals: ApprovalStore = MemoryApprovals(self.ledger)
        self.sensitive_numbers = SensitiveNumbers(carrier, approvals, clock, self.specs)
        self.freezes = Freezes(
            carrier, MemoryFreezes(self.ledger), clock, self.specs, self.sensitive_numbers
        )
        self.actions = ChangeConfirmation(
            self.action_store, clock, self.specs, self.sensitive_numbers, self.freezes
        )
        self.approvals = Approvals(
            carrier,
            self.action_store,
            approvals,
            clock,
            self.specs,
            self.sensitive_numbers,
            self.freezes,
        )
        self.specs[ActionKind.EMAIL] = ChangeEmail(carrier, self.sensitive_numbers)
        notification_store: ReminderStore = MemoryNotifications(self.ledger)
        self.reminders = Reminders(carrier, approvals, notification_store, clock)
        self.notifications = Notifications(
            carrier, approvals, notification_store, self.specs, sessions, clock
        )
        self.profile = Profile(
            carrier,
            sessions,
            login_store,
            self.ledger,
            self.passwords,
            clock,
            SessionLimits(),
            self.sensitive_numbers,
            self.freezes,
        )
        self.known_accounts = KnownAccounts(
            MemoryAccounts(self.ledger),
            self.profile,
            self.sensitive_numbers,
            self.freezes,
            self.ledger,
            clock,
        )
        self.sims = SimCards(carrier, self.actions, clock)
        self.esims = Esims(carrier, self.actions, self.sensitive_numbers)
        hold_store: HoldStore = MemoryHolds(self.ledger)
        self.holds = Holds(hold_store, clock, self.specs)
        self.elapsed = FakeElapsed(clock)
        self.undecided: list[Action] = []
        self.execution = ChangeExecution(
            carrier,
            carrier,
            self.action_store,
            clock,
            self.elapsed,
            self.specs,
            self.polling_policy,
            hold_store,
            self.freezes,
            boottime=lambda: self.clock.now().timestamp(),
            undecided=self.undecided.append,
        )
        self.verdicts = Verdicts(carrier, self.action_store, clock, self.elapsed, self.specs)
        self.step_up = StepUp(
            carrier,
            self.actions,
            self.action_store,
            self.codes,
            clock,
            self.sensitive_numbers,
            self.profile,
        )
        self.login = Login(
            carrier,
            login_store,
            self.ledger,
            self.codes,
            self.passwords,
            clock,
            self.sensitive_numbers,
        )
        self.allowances = Allowances(carrier, clock)
        self.services = Services(carrier, clock)
        self.usage = Usage(carrier, self.ledger, clock)
        self.history = ActionsHistory(self.ledger, clock)
        self.reports = DocumentCatalogue(carrier, clock)
        monthly = cast("SubscriptionStore", MemorySubscriptions())
        self.subscriptions = Subscriptions(carrier, self.reports, monthly, clock)
        self.invoices = Invoices(carrier, clock)
        self.documents = Documents(
            self.document_store, self.reports, self.makers, clock, self.ledger
        )
        self._people()

    def _people(self) -> None:
        self.alpha = Company(ALPHA, "Alpha LLP", Bin("180140000018"))
        self.beta = Company(BETA, "Beta LLP", Bin("180140000901"))
        self.aigul = Administrator("adm-1", "Айгүл Серікова", HER_PHONE, Email("aigul@alpha.kz"))
        self.carrier.administrators[HER_PHONE.digits] = self.aigul
        self.carrier.granted["adm-1"] = (self.alpha,)
        self.number = self.carrier.add(a_number(NUMBER))
        self.session = Session(
            id="s-1",
            telegram_id=AIGUL,
            administrator_id="adm-1",
            administrator_name=self.aigul.name,
            phone=HER_PHONE,
            company_id=ALPHA,
            opened_at=NOON,
            seen_at=NOON,
        )
        self.ledger.sessions["s-1"] = self.session

    def actor(self, **changes: object) -> Actor:
        """Айгүл at work for Alpha, or somebody who differs from her in something."""
        actor = Actor(
            telegram_id=AIGUL,
            session_id="s-1",
            administrator_id="adm-1",
            name=self.aigul.name,
            phone=HER_PHONE,
            companies=self.carrier.granted["adm-1"],
            company_id=ALPHA,
        )
        return replace(actor, **changes)  # type: ignore[arg-type]

    def viewer(self) -> Actor:
        """Somebody who may look and touch nothing."""
        return self.actor(companies=(replace(self.alpha, role=Role.VIEWER),))

    def now_is(self, state: NumberState, *, by_company: bool | None = None) -> Number:
        """Her number changes at the operator."""
        blocked = state is NumberState.BLOCKED if by_company is None else by_company
        debt = Money(1_250_000) if state is NumberState.DEBT else None
        self.number = self.carrier.add(
            replace(self.number, state=state, blocked_by_company=blocked, debt=debt)
        )
        return self.number

    def at_operator(self) -> Number:
        """Her number as it is at the operator at last."""
        return self.carrier.fleet[NUMBER.digits]

    def wait(self, **how_long: float) -> None:
        """Time passes."""
        self.clock.advance(timedelta(**how_long))

    # --- changes ---

    async def ready(self, kind: ActionKind) -> None:
        """Make her number one on which that change is possible."""
        if kind is ActionKind.UNBLOCK:
            self.now_is(NumberState.BLOCKED)
        if kind is ActionKind.SECRET_DELETE:
            await self.with_code()
        if kind is ActionKind.TRANSFER:
            self.is_prepaid()
        if kind is ActionKind.FORWARDING_OFF:
            self.is_forwarded()
        if kind is ActionKind.ESIM_SHOW:
            self.is_on_esim()

    def is_on_esim(self, state: EsimState = EsimState.READY) -> None:
        """Her number is on an eSIM, its activation code in that state."""
        self.carrier.drawer.used[NUMBER.digits] = Sim(ESIM_ICCID, esim=Esim(state))

    def shows(self, kind: ActionKind) -> Callable[[Actor, str], Awaitable[object]] | None:
        """The press of what is done by the press itself; None of every other change."""
        if not self.specs[kind].at_once:
            return None
        return self.sims.reveal if kind is ActionKind.SIM_REVEAL else self.esims.show

    def is_forwarded(self) -> None:
        """Busy calls of her number go to RECIPIENT."""
        rule = Rule(Condition.BUSY, RECIPIENT.digits, active=True)
        self.carrier.forwarded[NUMBER.digits] = (rule,)

    def is_prepaid(self) -> None:
        """Her number and its neighbour RECIPIENT have money of their own."""
        for msisdn in (NUMBER, RECIPIENT):
            number = replace(a_number(msisdn), payment=PaymentMethod.ADVANCE)
            self.carrier.add(number)
        self.number = self.carrier.fleet[NUMBER.digits]

    async def gets_password(self, password: str) -> None:
        """She has this password."""
        self.ledger.passwords["adm-1"] = await self.passwords.hash(password)

    async def with_code(self) -> str:
        """Send her number a secret code; what the SMS says."""
        await self.accepted(ActionKind.SECRET_SEND)
        await self.work_for(seconds=2)
        return [owed for owed in self.ledger.owed if owed.kind == "secret.code"][-1].parameters[
            "code"
        ]

    async def offered(self, kind: ActionKind = ActionKind.BLOCK) -> Offer:
        """The summary of a change, proven where that is needed, that waits for Confirm."""
        parameters = PARAMETERS[kind]
        msisdn = HER_PHONE if self.specs[kind].own else NUMBER
        offer = await self.actions.offer(self.actor(), kind, msisdn, parameters)
        if self.specs[kind].identifies:
            await self.action_store.identify(offer.action.id, self.clock.now())
        if self.specs[kind].needs_code(parameters):
            self.ledger.prove(offer.action.id, self.clock.now())
        return offer

    async def accepted(self, kind: ActionKind = ActionKind.BLOCK) -> Action:
        """A change that was confirmed a moment ago."""
        offer = await self.offered(kind)
        action, _ = await self.actions.confirm(self.actor(), offer.token)
        return action

    async def claimed(self) -> list[Action]:
        """What a worker gets to do now."""
        return await self.action_store.claim("worker", self.clock.now(), LEASE, 10)

    async def work(self) -> None:
        """A worker does what is due now."""
        for action in await self.claimed():
            await self.execution.advance(action)

    async def work_for(self, *, step: float = 1.0, **how_long: float) -> None:
        """A worker at work for some time, looking every `step` seconds."""
        end = self.clock.now() + timedelta(**how_long)
        await self.work()
        while self.clock.now() < end:
            self.wait(seconds=step)
            await self.work()

    def action(self, action: Action) -> Action:
        """Where the change stands by now."""
        return self.ledger.actions[action.id].action

    def words(self, about: str = "action.") -> list[str]:
        """Kinds of the messages owed so far."""
        return [owed.kind for owed in self.ledger.owed if owed.kind.startswith(about)]

    def last_code(self) -> str:
        """The figures of the newest code that was sent to anybody."""
        return self.code_messages()[-1].parameters["code"]

    def code_messages(self) -> list[OutboxMessage]:
        """Every message with a code so far."""
        return [owed for owed in self.ledger.owed if owed.kind.startswith("code.")]


def a_number(msisdn: Msisdn, company_id: str = ALPHA) -> Number:
    """An active number of the guide's kind."""
    return Number(
        msisdn=msisdn,
        company_id=company_id,
        state=NumberState.ACTIVE,
        state_since=NOON,
        account="26025487",
        tariff="Business Class Junior",
        payment=PaymentMethod.CREDIT,
        funds=Money(375_000),
    )
