"""What the lab's operator knows and was ordered to do: the truth that the bot is held to."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

BANS = {
    "access": "banMyKcellAccess",
    "details": "banMyKcellDetails",
    "sms_ussd": "banSmsUssdControl",
}
"""The operator's names of the bans, by the values of the bot's buttons."""
NOT_NOW = "NUMBER.STATE: not possible now"


@dataclass
class Order:
    """One order in the operator's books, with its item as TMF622 writes it (of a transfer and an
    e-mail address what stands for it). `applied` tells whether it took effect, `at` when (as
    `time.time`).
    """

    id: str
    external_id: str
    number: str
    what: str
    item: dict[str, Any]
    state: str = "acknowledged"
    note: str = ""
    applied: bool = False
    at: float = 0.0


@dataclass
class Books:
    """What the operator knows: numbers with all that belongs to them, orders, messages."""

    companies: dict[str, str] = field(default_factory=dict)
    """Whose each number is: the company's id, also of administrators by their ids."""
    phones: dict[str, str] = field(default_factory=dict)
    """Administrators' ids by the phone they log in with."""
    blocked: dict[str, bool] = field(default_factory=dict)
    served: set[str] = field(default_factory=set)
    """Numbers that have the one service there is."""
    bans: dict[str, set[str]] = field(default_factory=dict)
    """The bans that are on, by the operator's names."""
    purses: dict[str, int] = field(default_factory=dict)
    """Prepaid numbers, with their tiyn."""
    orders: list[Order] = field(default_factory=list)
    sms: dict[str, list[str]] = field(default_factory=dict)
    by_key: dict[str, set[str]] = field(default_factory=dict)
    """The different texts that were sent under one key."""

    def of(self, company: str) -> list[str]:
        """The company's numbers."""
        return [number for number in self.blocked if self.companies[number] == company]

    def ordered(self, external_id: str) -> list[Order]:
        """The orders with that reference."""
        return [one for one in self.orders if one.external_id == external_id]

    def effects(self, external_id: str) -> int:
        """How many orders with that reference took effect."""
        return sum(order.applied for order in self.ordered(external_id))

    def carry_out(self, order: Order) -> None:
        """Let it take effect, or refuse it with a note."""
        order.note = self._refusal(order)
        if order.note:
            order.state = "rejected"
            return
        order.state, order.applied, order.at = "completed", True, time.time()
        number, item = order.number, order.item
        if order.what == "service.on":
            self.served.add(number)
        elif order.what == "service.off":
            self.served.discard(number)
        elif order.what == "transfer":
            self.purses[number] -= item["tiyn"]
            self.purses[item["to"]] += item["tiyn"]
        elif order.what == "ban":
            for name, on in wishes(item).items():
                bans = self.bans.setdefault(number, set())
                (bans.add if on else bans.discard)(name)
        else:
            self.blocked[number] = order.what == "block"

    def _refusal(self, order: Order) -> str:
        if order.what == "transfer" and self.purses[order.number] < order.item["tiyn"]:
            return "FUNDS.INSUFFICIENT: not enough money"
        return ""


def wishes(item: dict[str, Any]) -> dict[str, Any]:
    """The characteristics that an item asks for."""
    return {one["name"]: one["value"] for one in item["product"].get("productCharacteristic", ())}


def what_of(item: dict[str, Any]) -> str:
    """The kind of change that an item is; its category is for people."""
    if item["action"] != "modify":
        return {"add": "service.on", "delete": "service.off"}[item["action"]]
    status = item["product"].get("status")
    if status is not None:
        return {"suspended": "block", "active": "unblock"}[status]
    if wishes(item).keys() <= set(BANS.values()):
        return "ban"
    raise KeyError("an order that the lab's operator does not know")
