"""The use cases of `account`, each with what it needs: one house for all windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from account.access.companies import Companies
from account.access.employees import Employees
from account.access.known_accounts import KnownAccounts
from account.access.login import Login
from account.access.profile import Profile
from account.access.profile_email import ChangeEmail
from account.access.secret_codes import DeleteCode, SecretCodes, SecretOffice, SendCode
from account.access.step_up import StepUp
from account.changes.approvals import Approvals
from account.changes.confirmation import Actions
from account.changes.execution import Advancing
from account.changes.freezes import Freezes
from account.changes.holds import Holds
from account.changes.sensitive_numbers import Takeovers
from account.changes.spec import Practice
from account.chapters.allowances import Allowances
from account.chapters.bans import ChangeBan
from account.chapters.blocking import Block, Unblock
from account.chapters.devices.changes import (
    DeregisterDevice,
    DuplicateDevice,
    RegisterDevice,
    ReregisterDevice,
)
from account.chapters.devices.registrations import DeviceDesk
from account.chapters.devices.requests import DeviceRequests
from account.chapters.forwarding import Forwarding, SetForwarding, SwitchForwardingOff
from account.chapters.history import ActionsHistory
from account.chapters.notifications import Notifications
from account.chapters.numbers import Numbers
from account.chapters.payments import Payments
from account.chapters.reminders import Reminders
from account.chapters.services.changes import SwitchOff, SwitchOn
from account.chapters.services.offerings import Services
from account.chapters.sim import ReplaceSim, RevealCodes, SimCards
from account.chapters.transfers import Transfer, Transfers
from account.chapters.usage import Usage
from account.credentials.one_time_codes import Codes
from account.credentials.passwords import Passwords
from account.documents.catalogue import Reports
from account.documents.invoices import Invoices
from account.documents.orders import Documents
from account.effects.history import Entry
from account.support.quarantine import Quarantine
from account.support.verdicts import Verdicts
from account.values.identifiers import Msisdn
from bot.config.settings import Settings
from bot.context.use_cases import House
from bot.flows.history.texts import told
from bot.ops.metrics import Metrics
from bot.texts.facts import what_word
from bot.texts.language import Catalogues
from documents.context import Workshop
from documents.registry import makers
from documents.render.pool import Press
from documents.reports.usage import UsageWorkbook
from storage.open import Stores

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.changes.action import Action
    from account.values.clock import Clock, ElapsedTime

log = structlog.get_logger(__name__)


def changes(carrier: Carrier) -> tuple[Practice[Any], ...]:
    """Every kind of change that needs nothing but the operator."""
    return (
        Block(carrier),
        Unblock(carrier),
        ChangeBan(carrier),
        RegisterDevice(carrier),
        DeregisterDevice(carrier),
        DuplicateDevice(carrier),
        SwitchOn(carrier),
        SwitchOff(carrier),
        RevealCodes(carrier),
        ReplaceSim(carrier),
        SetForwarding(carrier),
        SwitchForwardingOff(carrier),
    )


def _undecided(action: Action) -> None:
    log.error(
        "change.unconfirmed",
        alarm="a person must settle it: myaccount action show",
        reference=action.reference,
    )


@dataclass(frozen=True, slots=True)
class Furnished:
    """The house, what takes changes to their end, by itself or by a person, and what to close."""

    house: House
    advancing: Advancing
    verdicts: Verdicts
    quarantine: Quarantine
    closers: tuple[Callable[[], object], ...]


def furnish(
    settings: Settings,
    clock: Clock,
    elapsed: ElapsedTime,
    stores: Stores,
    carrier: Carrier,
    catalogues: Catalogues,
    metrics: Metrics,
) -> Furnished:
    """Put the use cases together."""
    passwords = Passwords(
        stores.keys,
        memory_kib=settings.password_memory_kib,
        operator=[settings.supplier.name],
        bins=[settings.supplier.bin.digits],
    )
    codes = Codes(stores.login, clock, stores.keys.codes)
    usage = Usage(carrier, stores.history, clock)
    workbook = UsageWorkbook(usage, clock, catalogues.say)
    reports = Reports(carrier, clock)
    press = Press(catalogues.say, clock)

    def named(language: str, entry: Entry) -> str:
        with catalogues.speaking(language):
            return " · ".join(filter(None, [what_word(entry.what), told(entry)]))

    shop = Workshop(
        press=press,
        carrier=carrier,
        history=stores.history,
        usage=usage,
        clock=clock,
        supplier=settings.supplier,
        named=named,
    )
    made_by = makers(shop, workbook)
    documents = Documents(stores.documents, reports, made_by, clock, stores.book)
    office = SecretOffice(stores.secret_codes, clock, stores.keys.codes)
    sms = settings.code_sms_a_day
    of_codes = [
        kind(carrier, stores.secret_codes, clock, office, sms) for kind in (SendCode, DeleteCode)
    ]

    async def taken_over(msisdn: Msisdn) -> bool:
        return await takeovers.recent(msisdn)

    transfer = Transfer(carrier, settings.transfers, stores.day_totals, clock, taken_over)
    practices = {practice.kind: practice for practice in (*changes(carrier), *of_codes, transfer)}
    takeovers = Takeovers(carrier, stores.approvals, clock, practices)
    email = ChangeEmail(carrier, takeovers)
    reregister = ReregisterDevice(carrier, stores.devices, clock)
    practices |= {reregister.kind: reregister, email.kind: email}
    notifications = Notifications(
        carrier, stores.approvals, stores.notifications, practices, stores.sessions, clock
    )
    freezes = Freezes(carrier, stores.freezes, clock, practices, takeovers)
    actions = Actions(stores.actions, clock, practices, takeovers, freezes)
    advancing = Advancing(
        carrier,
        carrier,
        stores.actions,
        clock,
        elapsed,
        practices,
        settings.patience,
        stores.holds,
        freezes,
        undecided=_undecided,
    )
    profile = Profile(
        carrier,
        stores.sessions,
        stores.login,
        stores.book,
        passwords,
        clock,
        settings.session,
        takeovers,
        freezes,
    )
    known = KnownAccounts(stores.accounts, profile, takeovers, freezes, stores.book, clock)
    step_up = StepUp(carrier, actions, stores.actions, codes, clock, takeovers, profile, sms)
    house = House(
        clock=clock,
        carrier=carrier,
        login=metrics.counting_refusals(
            "login", Login(carrier, stores.login, stores.book, codes, passwords, clock, takeovers)
        ),
        companies=Companies(carrier, stores.sessions),
        profile=profile,
        notifications=notifications,
        reminders=Reminders(carrier, stores.approvals, stores.notifications, clock),
        numbers=Numbers(carrier, clock),
        allowances=Allowances(carrier, clock),
        services=Services(carrier, clock),
        usage=usage,
        documents=documents,
        reports=reports,
        invoices=Invoices(carrier, clock),
        actions=actions,
        step_up=metrics.counting_refusals("step_up", step_up),
        takeovers=takeovers,
        approvals=Approvals(
            carrier, stores.actions, stores.approvals, clock, practices, takeovers, freezes
        ),
        freezes=freezes,
        known_accounts=known,
        sims=SimCards(carrier, actions, clock),
        secret_codes=SecretCodes(carrier, stores.secret_codes, clock),
        employees=Employees(
            carrier, stores.secret_codes, stores.login, stores.book, clock, stores.keys.codes
        ),
        transfers=Transfers(carrier, transfer, settings.transfers),
        forwarding=Forwarding(carrier),
        payments=Payments(carrier, clock),
        devices=DeviceDesk(carrier, stores.devices, clock),
        device_requests=DeviceRequests(carrier, stores.devices, clock),
        history=ActionsHistory(stores.history, clock),
        holds=Holds(stores.holds, clock, practices),
        book=stores.book,
        turns=stores.turns,
        support=settings.support,
    )
    verdicts = Verdicts(carrier, stores.actions, clock, elapsed, practices)
    quarantine = Quarantine(stores.quarantine, clock)
    closers = (passwords.close, workbook.close, press.close)
    return Furnished(house, advancing, verdicts, quarantine, closers)
