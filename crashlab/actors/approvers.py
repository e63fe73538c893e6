"""The other administrators of a company: they are asked, they are told, and they decide.

Who replaces a SIM card or forwards calls hands the number to somebody else. The others are told
before that takes effect, and a number that an administrator logs in with needs one of their words.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crashlab.checks.oracle import Order

if TYPE_CHECKING:
    from crashlab.actors.administrators import Person
    from crashlab.world.chats import ChatMessage

APPROVE, REJECT = "ap:y:", "ap:n:"
APPROVES, THINKS_AGAIN, PRESSES_TWICE = 0.75, 0.15, 0.15
SLOWEST_ANSWER, AGAIN_AFTER, LOOKS_EVERY = 1.5, 6.0, 0.3
TAKES_OVER = ("sim.replace", "forwarding.set")
TOLD = ("has confirmed: ", "Requested by ")
TOLD_WITHIN = 110.0
"""After two minutes a change no longer waits until everybody has been told."""


@dataclass(frozen=True)
class ApprovalDecision:
    """Somebody's word on a proposal, by its reference; `at` as in `Order`."""

    reference: str
    approved: bool
    at: float


async def decide(one: Person) -> None:
    """Answer every question for approval, until its buttons are gone."""
    pressed: dict[int, float] = {}
    while True:
        for message in list(one.chat.shown.values()):
            if one.id in one.telegram.blocked:
                break
            again = time.monotonic() - pressed.get(message.id, 0) > AGAIN_AFTER
            if again and any(data.startswith(APPROVE) for _label, data in message.buttons):
                pressed[message.id] = time.monotonic()
                # Who may be the one that asks is the first to say yes: then it must not count.
                await asyncio.sleep(0 if one.was else one.rng.uniform(0, SLOWEST_ANSWER))
                _press(one, message)
        await asyncio.sleep(LOOKS_EVERY)


def _press(one: Person, message: ChatMessage) -> None:
    """One word, sometimes twice, and sometimes the other one right after it."""
    approved = one.rng.random() < APPROVES or bool(one.was)
    words = [approved, approved] if one.rng.random() < PRESSES_TWICE else [approved]
    if one.rng.random() < THINKS_AGAIN:
        words.append(not approved)
    reference = re.search(r"A-[0-9]+(?:-[0-9]+)+", message.text)
    for word in words:
        sign = APPROVE if word else REJECT
        data = next(data for _label, data in message.buttons if data.startswith(sign))
        one.words.append(
            ApprovalDecision(reference.group() if reference else "", word, time.time())
        )
        one.telegram.press(one.id, message, data)


def approved(people: list[Person], order: Order, reference: str, doer: Person | None) -> bool:
    """Whether somebody else said yes before the order took effect: another administrator, from an
    account that the one who asked was never logged in with.
    """
    return any(
        word.approved and word.reference == reference and word.at < order.at
        for one in people
        if doer is None or doer.administrator_id not in (one.administrator_id, *one.was)
        for word in one.words
    )


def untold(people: list[Person], orders: list[Order], did: dict[str, int]) -> Iterator[str]:
    """Whom of the company an effect surprised; `did` are the chats of those who did it, by order.

    The nth effect on a number by somebody else must have been announced n times by then, in every
    account of every other administrator; nobody waits for one that has blocked the bot.
    """
    by_chat = {one.id: one for one in people}
    for order in orders:
        doer = by_chat.get(did.get(order.external_id, 0))
        if doer is None or order.what not in TAKES_OVER or not order.applied:
            continue
        if doer.waited(order.number, order.at) > TOLD_WITHIN:
            continue
        before = [
            one
            for one in orders
            if one.applied
            and (one.number, did.get(one.external_id)) == (order.number, doer.id)
            and one.what in TAKES_OVER
            and one.at <= order.at
        ]
        for one in people:
            if one.company_id != doer.company_id or one.administrator_id == doer.administrator_id:
                continue
            if one.telegram.was_blocked(one.id, order.at - TOLD_WITHIN, order.at):
                continue
            if len(_tidings(one, order)) < len(before):
                yield f"{order.what} {order.number} ({order.external_id}): {one.id} was not told"


def _tidings(one: Person, order: Order) -> list[str]:
    """What that person had been told of takeovers of the number when the order took effect."""
    return [
        said.text
        for said in one.chat.said
        if said.kind == "message"
        and said.wall < order.at
        and any(words in said.text for words in TOLD)
        and order.number in re.sub("[^0-9]", "", said.text)
    ]
