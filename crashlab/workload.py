"""What people want, and the buttons that lead there from a number's card.

What a change needs first (a blocked number for an unblock) the lab's operator has by itself: the
number became so without the bot.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crashlab.checks.oracle import BANS
from crashlab.world.operator_resources import OWNER, Device

if TYPE_CHECKING:
    from crashlab.actors.administrators import Person

CODES_EACH = 8
"""So many one-time codes a person asks for. The product allows five an hour that are not rightly
used, and some of these are lost in crashes."""
SECRET_EVERY = 65.0
"""Seconds between two secret codes of a number; the product's limit is a minute."""
ENOUGH = 1_000_00
"""Tiyn of which the smallest amount on the buttons can be sent."""
CONDITIONS = (
    "unconditional",
    "conditional_busy",
    "conditional_no_answer",
    "conditional_not_reachable",
)
ALL_RULES, LAST_SEEN, OTHERS, WRONGLY_TOLD = 0.3, 0.5, 0.3, 0.2
WRONG_OWNER = "77012115298"
TARGET = "77272580000"
TYPED = "="
"""What a step begins with that is typed and not pressed."""


@dataclass(frozen=True)
class WantedChange:
    """One change of one number. `way` are its steps from the card to the question: buttons, rows
    of lists (`button:row`), or `=text` that is typed. `confirm` is the button below the question;
    with `code` a one-time code is typed instead.
    """

    kind: str
    number: str
    way: tuple[str, ...]
    confirm: str = "confirm_kind"
    code: bool = False
    mail: str = ""
    """The address that the code goes to; empty for a text message to the person."""
    alone: bool = False
    """It is about the person and no number: the way begins at the profile."""

    @property
    def start(self) -> str:
        """What is typed to come to where the way begins."""
        return "/profile" if self.alone else self.number

    @property
    def about(self) -> str:
        """What the windows on the way name: the number, if there is one."""
        return "" if self.alone else self.number


def block(one: Person) -> WantedChange | None:
    """Block a number."""
    number = one.free()
    one.books.blocked[number] = False
    return WantedChange("block", number, ("block",), "confirm")


def unblock(one: Person) -> WantedChange | None:
    """Unblock a number."""
    number = one.free()
    one.books.blocked[number] = True
    return WantedChange("unblock", number, ("unblock",), code=True)


def service_on(one: Person) -> WantedChange | None:
    """Switch the service on."""
    number = one.active()
    one.books.served.discard(number)
    way = ("services", "group", "offer")
    return WantedChange("service.on", number, way)


def service_off(one: Person) -> WantedChange | None:
    """Switch it off."""
    number = one.active()
    one.books.served.add(number)
    return WantedChange("service.off", number, ("services", "svc", "disable"), "confirm")


def transfer(one: Person) -> WantedChange | None:
    """Send money to another number of the company."""
    full = [number for number in one.purses if one.books.purses[number] >= ENOUGH]
    if not full:
        return None
    return WantedChange("transfer", one.rng.choice(full), ("more", "transfer", "number", "amount"))


def ban(one: Person) -> WantedChange | None:
    """Turn one of the bans round; a ban on access ends the secret code."""
    number, which = one.free(), one.rng.choice(list(BANS))
    if which == "access":
        one.coded.discard(number)
    return WantedChange("ban", number, ("more", "bans", f"ban:{which}"))


def secret_send(one: Person) -> WantedChange | None:
    """Send a secret code to the number's user."""
    now = time.monotonic()
    rested = [number for number in one.numbers if now > one.sent.get(number, 0) + SECRET_EVERY]
    if not rested:
        return None
    number = one.active(rested)
    one.books.bans.get(number, set()).discard(BANS["access"])
    one.sent[number] = now
    return WantedChange("secret.send", number, ("more", "secret"), "send")


def secret_delete(one: Person) -> WantedChange | None:
    """Delete a secret code that is there."""
    coded = sorted(one.coded.intersection(one.numbers))
    if not coded:
        return None
    number = one.rng.choice(coded)
    one.coded.discard(number)
    return WantedChange("secret.delete", number, ("more", "secret", "delete"), "confirm")


def forwarding_set(one: Person) -> WantedChange | None:
    """Have a number's calls go elsewhere."""
    number, condition = one.active(), one.rng.choice(CONDITIONS)
    one.books.forwarded.pop(number, None)
    target = f"7727{one.rng.randrange(10**7):07d}"
    way = ("forwarding", f"condition:{condition}", "target", TYPED + target)
    return WantedChange("forwarding.set", number, way, code=True)


def forwarding_off(one: Person) -> WantedChange | None:
    """Have them come to the number again."""
    number, condition = one.active(), one.rng.choice(CONDITIONS)
    rule: dict[str, Any] = {"condition": condition, "target": TARGET, "active": True}
    if condition == "conditional_no_answer":
        rule["timer"] = 20
    one.books.forwarded[number] = {condition: rule}
    if one.rng.random() < ALL_RULES:
        return WantedChange("forwarding.off", number, ("forwarding", "cancel_all"), "confirm")
    way = ("forwarding", f"condition:{condition}", "off")
    return WantedChange("forwarding.off", number, way, "confirm")


def device_register(one: Person) -> WantedChange | None:
    """Register a device, seen or typed; now and then it is somebody else's."""
    number, imei = one.free(), next(one.imeis)
    one.books.devices = [held for held in one.books.devices if held.number != number]
    if one.rng.random() < OTHERS:
        one.books.others.add(imei)
    if one.rng.random() < LAST_SEEN:
        one.books.seen[number] = imei
        return WantedChange("device.register", number, ("more", "devices", "register"))
    return WantedChange(
        "device.register", number, ("more", "devices", "enter", TYPED + imei, "register")
    )


def device_duplicate(one: Person) -> WantedChange | None:
    """Register somebody else's device beside them."""
    number, imei = one.free(), next(one.imeis)
    one.books.others.add(imei)
    one.books.seen[number] = imei
    way = ("more", "devices", "duplicate", "tick", "go_on")
    return WantedChange("device.duplicate", number, way)


def device_reregister(one: Person) -> WantedChange | None:
    """Take a device over from its owner, who is told wrongly now and then."""
    number, imei = one.free(), next(one.imeis)
    one.books.others.add(imei)
    one.books.seen[number] = imei
    owner, iin = OWNER
    told = WRONG_OWNER if one.rng.random() < WRONGLY_TOLD else owner
    way = ("more", "devices", "reregister", "tick", "go_on", TYPED + told, TYPED + iin)
    return WantedChange("device.reregister", number, way, code=True)


def device_deregister(one: Person) -> WantedChange | None:
    """Take a device away from a number."""
    number, imei = one.free(), next(one.imeis)
    one.books.devices = [held for held in one.books.devices if held.number != number]
    one.books.devices.append(Device(imei, number, "original"))
    way = ("more", "devices", "held", "deregister")
    return WantedChange("device.deregister", number, way, "confirm", code=True)


def email(one: Person) -> WantedChange | None:
    """Have codes and reports go to another address, once: then it is left alone for three days."""
    wanted = any(intent.wanted.kind == "profile.email" for intent in one.intents)
    if wanted or one.phone not in one.own or one.codes > CODES_EACH - 2:
        return None
    address = f"{one.phone}.{one.codes}@lab.example"
    way = ("email", TYPED + address)
    return WantedChange("profile.email", one.phone, way, code=True, mail=address, alone=True)


def sim_replace(one: Person) -> WantedChange | None:
    """Put a blank card in the place of a number's card; its secret code ends."""
    if not one.blanks:
        return None
    number = one.active()
    one.coded.discard(number)
    way = ("sim", "replace", TYPED + one.blanks.pop())
    return WantedChange("sim.replace", number, way, "confirm", code=True)


def guarded_sim(one: Person) -> WantedChange | None:
    """The same with a number that a colleague logs in with."""
    if not (one.guarded and one.blanks):
        return None
    way = ("sim", "replace", TYPED + one.blanks.pop())
    return WantedChange("sim.replace", one.rng.choice(one.guarded), way, "confirm", code=True)


def guarded_forwarding(one: Person) -> WantedChange | None:
    """Have the calls of such a number go elsewhere."""
    if not one.guarded:
        return None
    number = one.rng.choice(one.guarded)
    one.books.forwarded.pop(number, None)
    way = ("forwarding", "condition:conditional_busy", "target", TYPED + TARGET)
    return WantedChange("forwarding.set", number, way, code=True)


WANTED_CHANGES: dict[str, tuple[int, Callable[[Person], WantedChange | None]]] = {
    "block": (2, block),
    "unblock": (1, unblock),
    "service.on": (1, service_on),
    "service.off": (1, service_off),
    "transfer": (2, transfer),
    "ban": (2, ban),
    "secret.send": (1, secret_send),
    "secret.delete": (1, secret_delete),
    "forwarding.set": (2, forwarding_set),
    "forwarding.off": (1, forwarding_off),
    "device.register": (2, device_register),
    "device.duplicate": (1, device_duplicate),
    "device.reregister": (1, device_reregister),
    "device.deregister": (1, device_deregister),
    "profile.email": (1, email),
    "sim.replace": (1, sim_replace),
    "sim.replace, approved": (2, guarded_sim),
    "forwarding.set, approved": (1, guarded_forwarding),
}
"""Every kind of change, with how often it is wanted; "approved" is what needs a second one."""
WITH_CODE = {
    "device.reregister",
    "unblock",
    "forwarding.set",
    "device.deregister",
    "profile.email",
    "sim.replace",
    "sim.replace, approved",
    "forwarding.set, approved",
}


class KindRotation:
    """Deals kinds to people: all of them, by their weight, before any comes up once more."""

    def __init__(self, rng: random.Random, kinds: tuple[str, ...] = ()) -> None:
        self._luck = rng
        self._kinds = kinds or tuple(WANTED_CHANGES)
        self._cards: list[str] = []

    def next_change(self, one: Person) -> WantedChange | None:
        """What that person wants next; None when there is nothing they can."""
        for _card in range(2 * sum(WANTED_CHANGES[kind][0] for kind in self._kinds)):
            if not self._cards:
                self._cards = [
                    kind for kind in self._kinds for _n in range(WANTED_CHANGES[kind][0])
                ]
                self._luck.shuffle(self._cards)
            kind = self._cards.pop()
            if kind in WITH_CODE and one.codes >= CODES_EACH:
                continue
            wanted = WANTED_CHANGES[kind][1](one)
            if wanted is not None:
                return wanted
        return None
