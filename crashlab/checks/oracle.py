"""What the lab's operator knows and was ordered to do: the truth that the bot is held to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from crashlab.world.operator_resources import OWNER, Device, SimCard

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
class OperatorTruth:
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
    forwarded: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """Rules of call forwarding by number and condition."""
    seen: dict[str, str] = field(default_factory=dict)
    """The device that was last seen with a number."""
    devices: list[Device] = field(default_factory=list)
    others: set[str] = field(default_factory=set)
    """Devices that somebody else has registered."""
    cards: dict[str, SimCard] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    """Administrators' addresses by their ids."""
    purses: dict[str, int] = field(default_factory=dict)
    """Prepaid numbers, with their tiyn."""
    orders: list[Order] = field(default_factory=list)
    sms: dict[str, list[str]] = field(default_factory=dict)
    by_key: dict[str, set[str]] = field(default_factory=dict)
    """The different texts that were sent under one key."""
    arrived: dict[str, list[float]] = field(default_factory=dict)
    """When orders came for each reference, whatever became of them, as `time.monotonic`."""

    undone: list[str] = field(default_factory=list)
    """What changes took away that they were not about."""
    hidden: dict[str, float] = field(default_factory=dict)
    """Until when orders with a reference cannot be found, as `time.monotonic`."""

    def hide(self, external_id: str, seconds: float) -> None:
        """Nobody finds the orders with that reference for so long, whatever they did."""
        self.hidden[external_id] = time.monotonic() + seconds

    def found(self, external_id: str) -> list[Order]:
        """The orders with that reference that can be found now."""
        if time.monotonic() < self.hidden.get(external_id, 0.0):
            return []
        return self.ordered(external_id)

    def came(self, external_id: str) -> None:
        """An order with that reference has come."""
        self.arrived.setdefault(external_id, []).append(time.monotonic())

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
        _EFFECTS[order.what.partition(".")[0]](self, order)

    def held(self, number: str, imei: str) -> Device | None:
        """The registration of that device with the number."""
        found = (one for one in self.devices if (one.number, one.imei) == (number, imei))
        return next(found, None)

    def card_of(self, number: str) -> SimCard:
        """The card that serves the number."""
        return next(card for card in self.cards.values() if card.number == number)

    def _refusal(self, order: Order) -> str:
        if order.what == "transfer" and self.purses[order.number] < order.item["tiyn"]:
            return "FUNDS.INSUFFICIENT: not enough money"
        asked = characteristics(order.item)
        if order.what == "device.register" and asked["IMEI"] in self.others:
            return "IMEI.OTHER_OWNER: somebody else has registered it"
        if order.what == "device.reregister":
            told = (asked["previousOwnerNumber"], asked["previousOwnerId"])
            if asked["IMEI"] not in self.others or told != OWNER:
                return "IMEI.OWNER_MISMATCH: not as told"
        if order.what in ("forwarding.set", "sim.replace") and self.blocked[order.number]:
            return NOT_NOW
        if order.what == "sim.replace":
            card = self.cards.get(order.item["product"]["realizingResource"][0]["id"])
            if card is None or card.number is not None:
                return "SIM.NOT_FREE: in use, or used before"
        return ""


# --- effects ---


def _block(books: OperatorTruth, order: Order) -> None:
    books.blocked[order.number] = order.what == "block"


def _service(books: OperatorTruth, order: Order) -> None:
    (books.served.add if order.what == "service.on" else books.served.discard)(order.number)


def _transfer(books: OperatorTruth, order: Order) -> None:
    books.purses[order.number] -= order.item["tiyn"]
    books.purses[order.item["to"]] += order.item["tiyn"]


def _ban(books: OperatorTruth, order: Order) -> None:
    bans = books.bans.setdefault(order.number, set())
    for name, on in characteristics(order.item).items():
        (bans.add if on else bans.discard)(name)


def _forwarding(books: OperatorTruth, order: Order) -> None:
    rules = books.forwarded.setdefault(order.number, {})
    asked = characteristics(order.item)["forwarding"]
    for rule in asked or [{"condition": name, "active": False} for name in rules]:
        kept = rules.get(rule["condition"], {})
        if kept or rule.get("active", True):
            rules[rule["condition"]] = {**kept, "active": True, **rule}


def _device(books: OperatorTruth, order: Order) -> None:
    imei = characteristics(order.item)["IMEI"]
    held = books.held(order.number, imei)
    if order.what == "device.deregister":
        books.devices = [one for one in books.devices if one is not held]
        return
    if order.what == "device.reregister":
        books.others.discard(imei)
    if held is None:
        kind = "duplicate" if imei in books.others else "original"
        books.devices.append(Device(imei, order.number, kind))


def _email(books: OperatorTruth, order: Order) -> None:
    books.emails[books.phones[order.number]] = order.item["email"]


def _sim(books: OperatorTruth, order: Order) -> None:
    new = books.cards[order.item["product"]["realizingResource"][0]["id"]]
    del books.cards[books.card_of(order.number).iccid]
    new.number, new.replaced_at = order.number, datetime.now(UTC).isoformat()


_EFFECTS: dict[str, Callable[[OperatorTruth, Order], None]] = {
    "block": _block,
    "unblock": _block,
    "service": _service,
    "transfer": _transfer,
    "ban": _ban,
    "forwarding": _forwarding,
    "device": _device,
    "profile": _email,
    "sim": _sim,
}


def characteristics(item: dict[str, Any]) -> dict[str, Any]:
    """The characteristics that an item asks for."""
    known = item.get("product", {}).get("productCharacteristic", ())
    return {one["name"]: one["value"] for one in known}


def what_of(item: dict[str, Any]) -> str:
    """The kind of change that an item is; its category is for people."""
    if item["action"] != "modify":
        return {"add": "service.on", "delete": "service.off"}[item["action"]]
    status = item["product"].get("status")
    if status is not None:
        return {"suspended": "block", "active": "unblock"}[status]
    if "realizingResource" in item["product"]:
        return "sim.replace"
    asked = characteristics(item)
    if "forwarding" in asked:
        sets = any(rule.get("active", True) for rule in asked["forwarding"])
        return "forwarding.set" if sets else "forwarding.off"
    if "deviceRegistration" in asked:
        return f"device.{asked['deviceRegistration']}"
    if asked.keys() <= set(BANS.values()):
        return "ban"
    raise KeyError("an order that the lab's operator does not know")
