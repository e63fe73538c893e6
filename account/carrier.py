"""The operator's systems: the ports of all chapters as one, for who implements or hands them on.

Nothing in the core asks for so much; each use case takes the port of its own chapter.
"""

from __future__ import annotations

from typing import Protocol

from account.changes.ports import ChangeExecutor
from account.changes.sensitive_numbers import TakeoverSource
from account.chapters.allowances import AllowanceSource
from account.chapters.atlas import PoolSource
from account.chapters.billing.accounts import AccountSource
from account.chapters.billing.bills import BillSource
from account.chapters.billing.parties import PartySource
from account.chapters.devices.registrations import DeviceRegister
from account.chapters.devices.requests import DeviceOrders
from account.chapters.esim import EsimInventory
from account.chapters.forwarding import ForwardingRules
from account.chapters.payments import PaymentSource
from account.chapters.sim import SimInventory
from account.chapters.usage import UsageSource


class Carrier(
    ChangeExecutor,
    TakeoverSource,
    AllowanceSource,
    PoolSource,
    AccountSource,
    BillSource,
    DeviceRegister,
    DeviceOrders,
    EsimInventory,
    ForwardingRules,
    PartySource,
    PaymentSource,
    SimInventory,
    UsageSource,
    Protocol,
):
    """The operator's systems.

    Every read raises `CarrierUnavailable` when no answer could be had in time.
    """
