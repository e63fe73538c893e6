"""The use cases, put together once and handed to every conversation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeVar, cast, get_type_hints

from account.access.companies import Companies
from account.access.employees import Employees
from account.access.known_accounts import KnownAccounts
from account.access.login import Login
from account.access.profile import Profile
from account.access.schedule_codes import ScheduleCodes
from account.access.secret_codes import SecretCodes
from account.access.set_codes import SetCodes
from account.access.step_up import StepUp
from account.carrier import Carrier
from account.changes.approvals import Approvals
from account.changes.confirmation import ChangeConfirmation
from account.changes.due_schedules import DueSchedules
from account.changes.freezes import Freezes
from account.changes.holds import Holds
from account.changes.reconfirmation import Reconfirmation
from account.changes.schedules import ChangeSchedules
from account.changes.sensitive_numbers import SensitiveNumbers
from account.changes.sets.approvals import SetApprovals
from account.changes.sets.confirmation import ChangeSets
from account.changes.sets.confirmed_sets import ConfirmedSets
from account.changes.sets.selection import NumberSelection
from account.chapters.alerts.looks import AlertLooks
from account.chapters.alerts.rules import AlertHearers, AlertRules
from account.chapters.allowances import Allowances
from account.chapters.devices.registrations import DeviceRegistrations
from account.chapters.devices.requests import DeviceRequests
from account.chapters.esim import Esims
from account.chapters.forwarding import Forwarding
from account.chapters.history import ActionsHistory
from account.chapters.label_import import LabelImports
from account.chapters.labels import Labels
from account.chapters.notifications import Notifications
from account.chapters.numbers import Numbers
from account.chapters.payments import Payments
from account.chapters.reminders import Reminders
from account.chapters.services.offerings import Services
from account.chapters.shortlist import Shortlist
from account.chapters.sim import SimCards
from account.chapters.transfers import Transfers
from account.chapters.usage import Usage
from account.documents.catalogue import DocumentCatalogue
from account.documents.invoices import Invoices
from account.documents.orders import Documents
from account.documents.subscriptions import Subscriptions
from account.effects.effect import EffectStore
from account.values.clock import Clock
from storage.retention import KeptFor
from storage.unit_of_work import UnitsOfWork

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UseCases:
    """Everything a window may call. A window names what it needs (`UpdateContext.use`)."""

    clock: Clock
    carrier: Carrier
    login: Login
    companies: Companies
    profile: Profile
    notifications: Notifications
    reminders: Reminders
    numbers: Numbers
    labels: Labels
    label_imports: LabelImports
    shortlist: Shortlist
    schedules: ChangeSchedules
    due_schedules: DueSchedules
    reconfirmation: Reconfirmation
    schedule_codes: ScheduleCodes
    subscriptions: Subscriptions
    alert_rules: AlertRules
    alert_looks: AlertLooks
    alert_hearers: AlertHearers
    allowances: Allowances
    services: Services
    usage: Usage
    documents: Documents
    reports: DocumentCatalogue
    invoices: Invoices
    actions: ChangeConfirmation
    step_up: StepUp
    sensitive_numbers: SensitiveNumbers
    approvals: Approvals
    freezes: Freezes
    known_accounts: KnownAccounts
    sims: SimCards
    esims: Esims
    secret_codes: SecretCodes
    employees: Employees
    transfers: Transfers
    forwarding: Forwarding
    payments: Payments
    devices: DeviceRegistrations
    device_requests: DeviceRequests
    history: ActionsHistory
    holds: Holds
    selection: NumberSelection
    change_sets: ChangeSets
    confirmed_sets: ConfirmedSets
    set_approvals: SetApprovals
    set_codes: SetCodes
    effect_store: EffectStore
    units: UnitsOfWork
    support: str
    kept: KeptFor

    def of(self, kind: type[T]) -> T:
        """The one of that type."""
        return cast("T", getattr(self, _fields()[kind]))


@cache
def _fields() -> dict[type, str]:
    return {kind: name for name, kind in get_type_hints(UseCases).items()}
