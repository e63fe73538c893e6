"""The use cases, put together once and handed to every conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from account.actions import Actions
    from account.allowances import Allowances
    from account.approvals import Approvals
    from account.companies import Companies
    from account.device_requests import DeviceRequests
    from account.devices import DeviceDesk
    from account.documents import Documents
    from account.employees import Employees
    from account.forwarding import Forwarding
    from account.freezes import Freezes
    from account.history import ActionsHistory
    from account.holds import Holds
    from account.invoices import Invoices
    from account.known_accounts import KnownAccounts
    from account.login import Login
    from account.notifications import Notifications
    from account.numbers import Numbers
    from account.payments import Payments
    from account.ports import Book, Carrier, Clock
    from account.profile import Profile
    from account.reminders import Reminders
    from account.reports import Reports
    from account.secret_codes import SecretCodes
    from account.services import Services
    from account.sim import SimCards
    from account.step_up import StepUp
    from account.takeovers import Takeovers
    from account.transfers import Transfers
    from account.usage import Usage
    from storage.turns import TurnStore


@dataclass(frozen=True, slots=True)
class House:
    """Everything a window may call. No window reaches past it."""

    clock: Clock
    carrier: Carrier
    login: Login
    companies: Companies
    profile: Profile
    notifications: Notifications
    reminders: Reminders
    numbers: Numbers
    allowances: Allowances
    services: Services
    usage: Usage
    documents: Documents
    reports: Reports
    invoices: Invoices
    actions: Actions
    step_up: StepUp
    takeovers: Takeovers
    approvals: Approvals
    freezes: Freezes
    known_accounts: KnownAccounts
    sims: SimCards
    secret_codes: SecretCodes
    employees: Employees
    transfers: Transfers
    forwarding: Forwarding
    payments: Payments
    devices: DeviceDesk
    device_requests: DeviceRequests
    history: ActionsHistory
    holds: Holds
    book: Book
    turns: TurnStore
    support: str
