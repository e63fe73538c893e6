"""What was promised against what happened, when all is quiet.

| Name | Broken when |
|---|---|
| LOST | a press was confirmed to Telegram and nothing ever answered it; a confirmed change had |
|      | neither an effect nor an honest refusal; nothing ever came of a confirmation |
| SILENT | a settled change whose final word reached nobody |
| DOUBLE | more than one effect of one change; two changes out of one confirmation |
| LIE | told "done" without an effect, told "not done" with one |
| OPEN | a change, a message or an update that is not finished |
| ASIDE | a sound update set aside, or a message to a healthy person given up |
| CHAIN | the actions history does not verify |
| FELL | a process of the bot ended by itself |
| MONEY | the sum of all balances is another one, or a number was overdrawn |
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from crashlab.books import Change, Leftovers
from crashlab.people import Intent, is_final
from crashlab.world import World

_DONE = re.compile(
    r"✅ (?:(?:Unb|B)locked|100 SMS: (?:en|dis)abled|Transferred)\b.*? · action (A-[0-9]+-[0-9]+)"
)
_REFERENCE = re.compile(r"\baction (A-[0-9]+-[0-9]+)")
_NOT_DONE = re.compile(
    r"⚠️ (?:Not (?:un)?blocked|100 SMS: not (?:en|dis)abled|Not transferred: [^·]+)"
    r" · action (A-[0-9]+-[0-9]+)"
)


@dataclass(frozen=True)
class Breach:
    """One promise that was broken."""

    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"


@dataclass(frozen=True)
class Ending:
    """How the bot's side looks when all is quiet."""

    changes: list[Change]
    leftovers: Leftovers
    set_aside: list[tuple[int, str]]
    given_up: list[tuple[str, str]]
    chain: str
    """Empty when the history verifies, else what the command said."""
    fallen: list[str]


class Told:
    """What people were told of each change, by its reference."""

    def __init__(self, world: World) -> None:
        self.done: set[str] = set()
        self.not_done: set[str] = set()
        self.final: Counter[str] = Counter()
        self.references: set[str] = set()
        for chat in world.telegram.chats.values():
            for said in chat.said:
                text = said.text.replace("\u00a0", " ")
                self.references.update(_REFERENCE.findall(text))
                self.done.update(_DONE.findall(text))
                self.not_done.update(_NOT_DONE.findall(text))
                if said.kind == "message" and is_final(said.text):
                    self.final.update(_DONE.findall(text) + _NOT_DONE.findall(text))

    @property
    def repeated(self) -> int:
        """Final words that came more than once: allowed, and counted."""
        return sum(count - 1 for count in self.final.values())


def breaches(world: World, ending: Ending) -> list[Breach]:
    """Every promise that was broken."""
    told = Told(world)
    found = [*_presses(world), *_changes(world, ending.changes, told), *_intents(world, ending)]
    found += _promises(ending.changes, told)
    if ending.leftovers:
        found.append(Breach("OPEN", f"{ending.leftovers} after all was given time"))
    found += [
        Breach("ASIDE", f"inbox row {row} is quarantined: {why}") for row, why in ending.set_aside
    ]
    found += [
        Breach("ASIDE", f"a message {kind} was given up: {why}")
        for kind, why in ending.given_up
        if kind.startswith("action.") and why != "no longer true"
    ]
    if ending.chain:
        found.append(Breach("CHAIN", ending.chain))
    found += [Breach("FELL", what) for what in ending.fallen]
    found += balances(world)
    return found


def balances(world: World) -> list[Breach]:
    """The sum over all balances is what it was in the beginning, and nobody has less than none."""
    purses = world.operator.books.purses
    paid = sum(purses.values())
    found = [Breach("MONEY", f"{number} has {left}") for number, left in purses.items() if left < 0]
    if paid != world.paid:
        found.append(Breach("MONEY", f"{world.paid} tiyn have become {paid}"))
    return found


def _presses(world: World) -> Iterator[Breach]:
    for query_id, press in world.telegram.presses.items():
        if press.consumed and not press.answers:
            yield Breach("LOST", f"press {query_id} was taken and never answered")


def _changes(world: World, changes: list[Change], told: Told) -> Iterator[Breach]:
    books = world.operator.books
    for change in changes:
        name = f"{change.kind} {change.number} {change.reference} ({change.id}, {change.state})"
        effects = books.effects(change.id)
        done, not_done = change.reference in told.done, change.reference in told.not_done
        if effects > 1:
            yield Breach("DOUBLE", f"{name} took effect {effects} times")
        if change.state in ("done", "rejected") and not told.final[change.reference]:
            yield Breach("SILENT", f"{name} has no final word")
        if done and not effects:
            yield Breach("LIE", f"{name} was told done without an effect")
        if not_done and effects:
            yield Breach("LIE", f"{name} was told not done and took effect")
        if not effects and change.state == "done":
            yield Breach("LOST", f"{name} is done for the bot and took no effect")
    known = {change.id for change in changes}
    for order in books.orders:
        if order.applied and order.external_id not in known:
            yield Breach("DOUBLE", f"order {order.id} took effect for no confirmed change")


def _intents(world: World, ending: Ending) -> Iterator[Breach]:
    confirmed = Counter((change.chat_id, change.number) for change in ending.changes)
    for person in world.people:
        by_number: dict[str, list[Intent]] = {}
        for intent in person.intents:
            by_number.setdefault(intent.number, []).append(intent)
            heard = intent.heard or _heard_later(world, intent)
            if not heard and not confirmed[person.id, intent.number]:
                what = f"{intent.kind} {intent.number}, pressed {intent.presses} times"
                yield Breach("LOST", f"nothing ever came of {what}")
        for number, intents in by_number.items():
            if confirmed[person.id, number] > len(intents):
                yield Breach("DOUBLE", f"{number}: more changes than confirmations")


def _heard_later(world: World, intent: Intent) -> bool:
    """Whether the person was told or shown anything but the question after the confirmation.

    A sentence that Telegram did not take may be missing; the menu in the place of the question says
    as much. What a window says of a change that does not exist is found by `_promises`.
    """
    said = world.telegram.chat(intent.chat_id).said[intent.said_before :]
    return any(one.text != intent.question for one in said)


def _promises(changes: list[Change], told: Told) -> Iterator[Breach]:
    known = {change.reference for change in changes}
    for reference in sorted(told.references - known):
        yield Breach("LOST", f"somebody was told of {reference}, which does not exist")
