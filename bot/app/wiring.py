"""The use cases of `account`, each with what it needs: one object for all windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from account.access.companies import Companies
from account.access.employees import Employees
from account.access.known_accounts import KnownAccounts
from account.access.login import Login
from account.access.profile import Profile
from account.access.schedule_codes import ScheduleCodes
from account.access.secret_codes import SecretCodes
from account.access.set_codes import SetCodes
from account.access.step_up import StepUp
from account.changes.approvals import Approvals
from account.changes.due_schedules import DueSchedules
from account.changes.execution import ChangeExecution
from account.changes.holds import Holds
from account.changes.reconfirmation import Reconfirmation
from account.changes.schedules import ChangeSchedules
from account.changes.sets.execution import SetExecution
from account.chapters.alerts.looks import AlertLooks
from account.chapters.alerts.rules import AlertHearers, AlertRules
from account.chapters.alerts.single import SingleReadings
from account.chapters.allowances import Allowances
from account.chapters.devices.registrations import DeviceRegistrations
from account.chapters.devices.requests import DeviceRequests
from account.chapters.esim import Esims
from account.chapters.forwarding import Forwarding
from account.chapters.history import ActionsHistory
from account.chapters.label_import import LabelImports
from account.chapters.labels import Labels
from account.chapters.notifications import Notifications
from account.chapters.numbers import NumberPages, Numbers
from account.chapters.payments import Payments
from account.chapters.reminders import Reminders
from account.chapters.services.offerings import Services
from account.chapters.shortlist import Shortlist
from account.chapters.sim import SimCards
from account.chapters.transfers import Transfers
from account.chapters.usage import Usage
from account.credentials.one_time_codes import Codes
from account.credentials.passwords import Passwords
from account.documents.invoices import Invoices
from account.documents.subscriptions import Subscriptions
from account.support.quarantine import Quarantine
from account.support.verdicts import Verdicts
from bot.app.change_wiring import wire_changes, wire_sets
from bot.app.document_wiring import wire_documents
from bot.config.settings import Settings
from bot.context.use_cases import UseCases
from bot.ops.metrics import Metrics
from bot.texts.language import Catalogues
from carrier.http import OperatorHttp
from documents.lists.reader import ListFileReader
from documents.reports.sets import SetFiles
from storage.open import Stores

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.values.clock import Clock, ElapsedTime


@dataclass(frozen=True, slots=True)
class Wired:
    """The use cases; what ends changes, by itself or by a person; and what is to be closed."""

    use_cases: UseCases
    execution: ChangeExecution
    set_execution: SetExecution
    set_files: SetFiles
    verdicts: Verdicts
    quarantine: Quarantine
    closers: tuple[Callable[[], object], ...]


def wire(
    settings: Settings,
    clock: Clock,
    elapsed: ElapsedTime,
    stores: Stores,
    carrier: Carrier,
    operator: OperatorHttp,
    catalogues: Catalogues,
    metrics: Metrics,
    owner: str = "",
) -> Wired:
    """Put the use cases together."""
    passwords = Passwords(
        stores.keys,
        memory_kib=settings.password_memory_kib,
        operator=[settings.supplier.name, *settings.profile.names.words],
        bins=[settings.supplier.bin.digits],
    )
    sms = settings.code_sms_a_day
    codes = Codes(stores.login, clock, stores.keys.codes)
    usage = Usage(carrier, stores.history, clock)
    files = wire_documents(settings, clock, stores, carrier, operator, catalogues, usage)
    made = wire_changes(settings, clock, elapsed, stores, carrier)
    specs, sensitive_numbers, freezes = made.specs, made.sensitive_numbers, made.freezes
    actions, execution = made.actions, made.execution
    notifications = Notifications(
        carrier, stores.approvals, stores.notifications, specs, stores.sessions, clock
    )
    list_files = ListFileReader()
    pages, hearers = NumberPages(carrier), AlertHearers(carrier, stores.sessions, clock)
    readings = SingleReadings(pages, stores.labels, carrier, usage)
    sets = wire_sets(settings, clock, elapsed, stores, carrier, made, pages, list_files, owner)
    profile = Profile(
        carrier,
        stores.sessions,
        stores.login,
        stores.effect_store,
        passwords,
        clock,
        settings.session,
        sensitive_numbers,
        freezes,
    )
    known = KnownAccounts(
        stores.accounts, profile, sensitive_numbers, freezes, stores.effect_store, clock
    )
    step_up = StepUp(
        carrier, actions, stores.actions, codes, clock, sensitive_numbers, profile, sms
    )
    schedules = ChangeSchedules(actions, stores.schedules, clock, specs)
    reconfirmation = Reconfirmation(actions, schedules, stores.schedules, clock, specs)
    use_cases = UseCases(
        clock=clock,
        carrier=carrier,
        login=metrics.counting_refusals(
            "login",
            Login(
                carrier,
                stores.login,
                stores.effect_store,
                codes,
                passwords,
                clock,
                sensitive_numbers,
            ),
        ),
        companies=Companies(carrier, stores.sessions),
        profile=profile,
        notifications=notifications,
        reminders=Reminders(carrier, stores.approvals, stores.notifications, clock),
        numbers=Numbers(carrier, clock, stores.labels),
        subscriptions=Subscriptions(carrier, files.reports, stores.subscriptions, clock),
        alert_rules=AlertRules(carrier, stores.labels, stores.alerts, clock, readings),
        alert_looks=AlertLooks(
            pages, stores.labels, hearers, stores.alerts, clock, owner, readings
        ),
        alert_hearers=hearers,
        schedules=schedules,
        reconfirmation=reconfirmation,
        schedule_codes=metrics.counting_refusals(
            "step_up", ScheduleCodes(step_up, reconfirmation, codes, clock, sms)
        ),
        due_schedules=DueSchedules(stores.schedules, clock, specs, carrier),
        labels=Labels(carrier, stores.labels, clock),
        label_imports=LabelImports(
            pages, stores.labels, stores.label_imports, list_files, stores.effect_store, clock
        ),
        shortlist=Shortlist(carrier, stores.shortlists, clock),
        allowances=Allowances(carrier, clock),
        services=Services(carrier, clock),
        usage=usage,
        documents=files.documents,
        reports=files.reports,
        invoices=Invoices(carrier, clock),
        actions=actions,
        step_up=metrics.counting_refusals("step_up", step_up),
        sensitive_numbers=sensitive_numbers,
        approvals=Approvals(
            carrier, stores.actions, stores.approvals, clock, specs, sensitive_numbers, freezes
        ),
        freezes=freezes,
        known_accounts=known,
        sims=SimCards(carrier, actions, clock),
        esims=Esims(carrier, actions, sensitive_numbers),
        secret_codes=SecretCodes(carrier, stores.secret_codes, clock),
        employees=Employees(
            carrier,
            stores.secret_codes,
            stores.login,
            stores.effect_store,
            clock,
            stores.keys.codes,
        ),
        transfers=Transfers(carrier, made.transfer, settings.transfers),
        forwarding=Forwarding(carrier),
        payments=Payments(carrier, clock),
        devices=DeviceRegistrations(carrier, stores.devices, clock),
        device_requests=DeviceRequests(carrier, stores.devices, clock),
        history=ActionsHistory(stores.history, clock),
        holds=Holds(stores.holds, clock, specs),
        selection=sets.selection,
        change_sets=sets.change_sets,
        confirmed_sets=sets.confirmed_sets,
        set_approvals=sets.set_approvals,
        set_codes=metrics.counting_refusals(
            "step_up", SetCodes(step_up, sets.change_sets, sets.set_approvals, codes, clock, sms)
        ),
        effect_store=stores.effect_store,
        units=stores.units,
        support=settings.support,
        kept=stores.retention.kept,
    )
    verdicts = Verdicts(carrier, stores.actions, clock, elapsed, specs)
    quarantine = Quarantine(stores.quarantine, clock)
    closers = (passwords.close, *files.closers)
    set_files = SetFiles(files.renderer, stores.change_sets, stores.labels, carrier, clock)
    return Wired(use_cases, execution, sets.execution, set_files, verdicts, quarantine, closers)
