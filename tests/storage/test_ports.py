"""The stores are what the core asks for; mypy is the judge."""

from __future__ import annotations

from account.access.known_accounts import AccountStore
from account.access.login import LoginStore
from account.access.secret_codes import SecretCodeStore
from account.changes.freezes import FreezeStore
from account.changes.holds import HoldStore
from account.changes.ports import ActionStore, ApprovalStore
from account.chapters.devices.registrations import OwnerTries
from account.chapters.devices.requests import DeviceRequestStore
from account.chapters.history import HistoryStore
from account.chapters.notifications import NotificationStore
from account.chapters.reminders import ReminderStore
from account.documents.document import DocumentStore
from account.effects.effect import DailyTotals, EffectStore
from account.identity.sessions import Sessions
from account.support.quarantine import QuarantineStore
from storage import Stores

Ports = tuple[
    Sessions,
    EffectStore,
    HistoryStore,
    LoginStore,
    ActionStore,
    ApprovalStore,
    DocumentStore,
    SecretCodeStore,
    AccountStore,
    FreezeStore,
    HoldStore,
    QuarantineStore,
    DailyTotals,
]


def as_ports(stores: Stores) -> Ports:
    return (
        stores.sessions,
        stores.effect_store,
        stores.history,
        stores.login,
        stores.actions,
        stores.approvals,
        stores.documents,
        stores.secret_codes,
        stores.accounts,
        stores.freezes,
        stores.holds,
        stores.quarantine,
        stores.day_totals,
    )


def of_devices(stores: Stores) -> tuple[DeviceRequestStore, OwnerTries]:
    return stores.devices, stores.devices


def of_notifications(stores: Stores) -> tuple[NotificationStore, ReminderStore]:
    return stores.notifications, stores.notifications


def test_every_port_has_its_store(stores: Stores) -> None:
    assert len({id(store) for store in as_ports(stores)}) == 13
    assert of_devices(stores)[0] is stores.devices
    assert of_notifications(stores)[0] is stores.notifications
