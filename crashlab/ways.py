"""What people want, and the buttons that lead there from a number's card.

What a change needs first (a blocked number for an unblock) the lab's operator has by itself: the
number became so without the bot.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crashlab.ledger import BANS

if TYPE_CHECKING:
    from crashlab.people import Person

CODES_EACH = 5
"""The product's own limit of one-time codes for a person: so many an hour."""
SECRET_EVERY = 65.0
"""Seconds between two secret codes of a number; the product's limit is a minute."""
ENOUGH = 1_000_00
"""Tiyn of which the smallest amount on the buttons can be sent."""
TYPED = "="
"""What a step begins with that is typed and not pressed."""


@dataclass(frozen=True)
class Wish:
    """One change of one number. `way` are its steps from the card to the question: buttons, rows
    of lists (`button:row`), or `=text` that is typed. `confirm` is the button below the question,
    `code` whether a one-time code is needed first.
    """

    kind: str
    number: str
    way: tuple[str, ...]
    confirm: str = "confirm_kind"
    code: bool = False


def block(one: Person) -> Wish | None:
    """Block a number."""
    number = one.free()
    one.books.blocked[number] = False
    return Wish("block", number, ("block",), "confirm")


def unblock(one: Person) -> Wish | None:
    """Unblock a number."""
    number = one.free()
    one.books.blocked[number] = True
    return Wish("unblock", number, ("unblock",), code=True)


def service_on(one: Person) -> Wish | None:
    """Switch the service on."""
    number = one.active()
    one.books.served.discard(number)
    way = ("services", "available", "group", "offer", "enable")
    return Wish("service.on", number, way)


def service_off(one: Person) -> Wish | None:
    """Switch it off."""
    number = one.active()
    one.books.served.add(number)
    return Wish("service.off", number, ("services", "svc", "disable"), "confirm")


def transfer(one: Person) -> Wish | None:
    """Send money to another number of the company."""
    full = [number for number in one.purses if one.books.purses[number] >= ENOUGH]
    if not full:
        return None
    return Wish("transfer", one.luck.choice(full), ("more", "transfer", "number", "amount"))


def ban(one: Person) -> Wish | None:
    """Turn one of the bans round; a ban on access ends the secret code."""
    number, which = one.free(), one.luck.choice(list(BANS))
    if which == "access":
        one.coded.discard(number)
    return Wish("ban", number, ("more", "bans", f"ban:{which}"))


def secret_send(one: Person) -> Wish | None:
    """Send a secret code to the number's user."""
    now = time.monotonic()
    rested = [number for number in one.numbers if now > one.sent.get(number, 0) + SECRET_EVERY]
    if not rested:
        return None
    number = one.active(rested)
    one.books.bans.get(number, set()).discard(BANS["access"])
    one.sent[number] = now
    return Wish("secret.send", number, ("more", "secret", "send"))


def secret_delete(one: Person) -> Wish | None:
    """Delete a secret code that is there."""
    coded = sorted(one.coded.intersection(one.numbers))
    if not coded:
        return None
    number = one.luck.choice(coded)
    one.coded.discard(number)
    return Wish("secret.delete", number, ("more", "secret", "delete"), "confirm")


WISHES: dict[str, tuple[int, Callable[[Person], Wish | None]]] = {
    "block": (2, block),
    "unblock": (1, unblock),
    "service.on": (1, service_on),
    "service.off": (1, service_off),
    "transfer": (2, transfer),
    "ban": (2, ban),
    "secret.send": (1, secret_send),
    "secret.delete": (1, secret_delete),
}
"""Every kind of change, with how often it is wanted."""
WITH_CODE = {"unblock"}


class Deck:
    """Deals kinds to people: all of them, by their weight, before any comes up once more."""

    def __init__(self, luck: random.Random) -> None:
        self._luck = luck
        self._cards: list[str] = []

    def wish(self, one: Person) -> Wish:
        """What that person wants next."""
        while True:
            if not self._cards:
                self._cards = [kind for kind, (often, _) in WISHES.items() for _n in range(often)]
                self._luck.shuffle(self._cards)
            kind = self._cards.pop()
            if kind in WITH_CODE and one.codes >= CODES_EACH:
                continue
            wish = WISHES[kind][1](one)
            if wish is not None:
                return wish
