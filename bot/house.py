"""The use cases, put together once and handed to every conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from account.actions import Actions
    from account.companies import Companies
    from account.device_requests import DeviceRequests
    from account.devices import DeviceDesk
    from account.documents import Documents
    from account.history import ActionsHistory
    from account.login import Login
    from account.numbers import Numbers
    from account.ports import Book, Carrier, Clock
    from account.step_up import StepUp
    from account.usage import Usage
    from storage.turns import TurnStore


@dataclass(frozen=True, slots=True)
class House:
    """Everything a window may call. No window reaches past it."""

    clock: Clock
    carrier: Carrier
    login: Login
    companies: Companies
    numbers: Numbers
    usage: Usage
    documents: Documents
    actions: Actions
    step_up: StepUp
    devices: DeviceDesk
    device_requests: DeviceRequests
    history: ActionsHistory
    book: Book
    turns: TurnStore
    support: str
