"""The use cases of `account`, each with what it needs: one object for all windows."""

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
from account.access.schedule_codes import ScheduleCodes
from account.access.secret_codes import DeleteCode, SecretCodeExecutor, SecretCodes, SendCode
from account.access.set_codes import SetCodes
from account.access.step_up import StepUp
from account.changes.approvals import Approvals
from account.changes.confirmation import ChangeConfirmation
from account.changes.due_schedules import DueSchedules
from account.changes.execution import ChangeExecution
from account.changes.freezes import Freezes
from account.changes.holds import Holds
from account.changes.reconfirmation import Reconfirmation
from account.changes.schedules import ChangeSchedules
from account.changes.sensitive_numbers import SensitiveNumbers
from account.changes.sets.approvals import SetApprovals
from account.changes.sets.confirmation import ChangeSets
from account.changes.sets.dry_run import DryRun
from account.changes.sets.execution import SetExecution
from account.changes.sets.scheduling import SetScheduling
from account.changes.sets.second_opinion import SecondOpinion
from account.changes.sets.selection import NumberSelection
from account.changes.spec import ChangeSpec
from account.chapters.alerts.looks import AlertLooks
from account.chapters.alerts.rules import AlertHearers, AlertRules
from account.chapters.alerts.single import SingleReadings
from account.chapters.allowances import Allowances
from account.chapters.devices.changes import ReregisterDevice
from account.chapters.devices.registrations import DeviceRegistrations
from account.chapters.devices.requests import DeviceRequests
from account.chapters.esim import Esims
from account.chapters.forwarding import Forwarding
from account.chapters.history import ActionsHistory
from account.chapters.kinds import BY_THE_OPERATOR
from account.chapters.label_import import LabelImports
from account.chapters.labels import Labels
from account.chapters.notifications import Notifications
from account.chapters.numbers import NumberPages, Numbers
from account.chapters.payments import Payments
from account.chapters.reminders import Reminders
from account.chapters.services.offerings import Services
from account.chapters.shortlist import Shortlist
from account.chapters.sim import SimCards
from account.chapters.transfers import Transfer, Transfers
from account.chapters.usage import Usage
from account.credentials.one_time_codes import Codes
from account.credentials.passwords import Passwords
from account.documents.catalogue import DocumentCatalogue
from account.documents.invoices import Invoices
from account.documents.kinds import DocumentKind
from account.documents.orders import Documents
from account.documents.subscriptions import Subscriptions
from account.effects.history import HistoryEntry
from account.support.quarantine import Quarantine
from account.support.verdicts import Verdicts
from account.values.identifiers import Msisdn
from bot.app.usage_process import UsageProcess
from bot.config.settings import Settings
from bot.context.use_cases import UseCases
from bot.flows.history.texts import told, what_word
from bot.ops.metrics import Metrics
from bot.texts.language import Catalogues
from carrier.http import OperatorHttp
from carrier.relay import Relay
from documents.context import RenderContext
from documents.lists.reader import ListFileReader
from documents.registry import renderers
from documents.render.pool import RenderPool
from documents.reports.sets import SetFiles
from storage.open import Stores

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.changes.action import Action, ActionKind
    from account.values.clock import Clock, ElapsedTime

log = structlog.get_logger(__name__)


def _undecided(action: Action) -> None:
    log.error(
        "change.unconfirmed",
        alarm="a person must settle it: myaccount action show",
        reference=action.reference,
    )


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
    codes = Codes(stores.login, clock, stores.keys.codes)
    usage = Usage(carrier, stores.history, clock)
    reports = DocumentCatalogue(carrier, clock)
    renderer = RenderPool(catalogues.say, clock)
    usage_files = UsageProcess(Relay(operator), catalogues, clock)

    def named(language: str, entry: HistoryEntry) -> str:
        with catalogues.speaking(language):
            return " · ".join(filter(None, [what_word(entry.what), told(entry)]))

    context = RenderContext(
        renderer=renderer,
        carrier=carrier,
        history=stores.history,
        usage=usage,
        clock=clock,
        supplier=settings.supplier,
        usage_files=usage_files,
        named=named,
        labels=stores.labels,
    )
    made_by = renderers(context)
    documents = Documents(
        stores.documents,
        reports,
        made_by,
        clock,
        stores.effect_store,
        {DocumentKind.USAGE: usage_files.expect},
    )
    executor = SecretCodeExecutor(stores.secret_codes, clock, stores.keys.codes)
    sms = settings.code_sms_a_day
    of_codes = [
        kind(carrier, stores.secret_codes, clock, executor, sms) for kind in (SendCode, DeleteCode)
    ]

    async def taken_over(msisdn: Msisdn) -> bool:
        return await sensitive_numbers.recent(msisdn)

    transfer = Transfer(carrier, settings.transfers, stores.day_totals, clock, taken_over)
    specs: dict[ActionKind, ChangeSpec[Any, Any]] = {
        spec.kind: spec
        for spec in (*(made(carrier) for made in BY_THE_OPERATOR), *of_codes, transfer)
    }
    for spec in specs.values():
        spec.list_replaced = settings.profile.blocking.by == "product_patch"
    sensitive_numbers = SensitiveNumbers(carrier, stores.approvals, clock, specs)
    email = ChangeEmail(carrier, sensitive_numbers)
    reregister = ReregisterDevice(carrier, stores.devices, clock)
    specs |= {reregister.kind: reregister, email.kind: email}
    notifications = Notifications(
        carrier, stores.approvals, stores.notifications, specs, stores.sessions, clock
    )
    freezes = Freezes(carrier, stores.freezes, clock, specs, sensitive_numbers)
    actions = ChangeConfirmation(stores.actions, clock, specs, sensitive_numbers, freezes)
    execution = ChangeExecution(
        carrier,
        carrier,
        stores.actions,
        clock,
        elapsed,
        specs,
        settings.polling_policy,
        stores.holds,
        freezes,
        undecided=_undecided,
        sets=stores.change_sets,
    )
    list_files = ListFileReader()
    selection = NumberSelection(stores.number_lists, clock, list_files, stores.effect_store)
    opinion = SecondOpinion(
        stores.change_sets,
        stores.set_approvals,
        sensitive_numbers,
        specs,
        clock,
        settings.set_rules,
    )
    code_from = settings.transfers.code_from
    scheduling = SetScheduling(stores.change_sets, clock, specs)
    change_sets = ChangeSets(
        stores.change_sets, selection, clock, specs, freezes, code_from, opinion, scheduling
    )
    set_approvals = SetApprovals(
        carrier,
        change_sets,
        stores.change_sets,
        stores.set_approvals,
        opinion,
        specs,
        sensitive_numbers,
        freezes,
        clock,
    )
    pages, hearers = NumberPages(carrier), AlertHearers(carrier, stores.sessions, clock)
    readings = SingleReadings(pages, stores.labels, carrier, usage)
    dry_run = DryRun(carrier, pages, stores.change_sets, specs, clock, sensitive_numbers)
    set_execution = SetExecution(
        carrier,
        stores.change_sets,
        execution,
        dry_run,
        specs,
        freezes,
        clock,
        elapsed,
        owner,
        opinion,
        scheduling,
    )
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
        subscriptions=Subscriptions(carrier, reports, stores.subscriptions, clock),
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
        documents=documents,
        reports=reports,
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
        transfers=Transfers(carrier, transfer, settings.transfers),
        forwarding=Forwarding(carrier),
        payments=Payments(carrier, clock),
        devices=DeviceRegistrations(carrier, stores.devices, clock),
        device_requests=DeviceRequests(carrier, stores.devices, clock),
        history=ActionsHistory(stores.history, clock),
        holds=Holds(stores.holds, clock, specs),
        selection=selection,
        change_sets=change_sets,
        set_approvals=set_approvals,
        set_codes=metrics.counting_refusals(
            "step_up", SetCodes(step_up, change_sets, set_approvals, codes, clock, sms)
        ),
        effect_store=stores.effect_store,
        units=stores.units,
        support=settings.support,
        kept=stores.retention.kept,
    )
    verdicts = Verdicts(carrier, stores.actions, clock, elapsed, specs)
    quarantine = Quarantine(stores.quarantine, clock)
    closers = (passwords.close, usage_files.close, renderer.close)
    set_files = SetFiles(renderer, stores.change_sets, carrier, clock)
    return Wired(use_cases, execution, set_execution, set_files, verdicts, quarantine, closers)
