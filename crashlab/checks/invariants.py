"""What was promised against what happened, when all is quiet.

| Name | Broken when |
|---|---|
| LOST | a press was confirmed to Telegram and nothing ever answered it; a confirmed change had |
|      | neither an effect nor an honest refusal; nothing ever came of a confirmation; a change |
|      | took something away that it was not about |
| SILENT | a settled change whose final word reached nobody |
| DOUBLE | more than one effect of one change; two changes out of one confirmation |
| LIE | told "done" without an effect, told "not done" with one, told of something else |
| OWNER | somebody was told what is not theirs |
| REFERENCE | one reference stands for two changes or documents |
| LATE | an order for a change came after its final word |
| OPEN | a change, a message or an update that is not finished |
| ASIDE | a sound update set aside, or a message to a healthy person given up |
| CHAIN | the actions history does not verify |
| FELL | a process of the bot ended by itself |
| ALONE | a login number taken over without a second administrator's word, or a takeover that |
|      | took effect before the colleagues were told |
| EARLY | a change that was confirmed for later took effect before its minute |
| MONEY | the sum of all balances is another one, or a number was overdrawn |

What is promised of documents stands in `crashlab.actors.document_users`, of lists in
`crashlab.checks.sets`, of what was confirmed for later in `crashlab.checks.schedules`, of alerts
in `crashlab.checks.alerts`, of monthly papers in `crashlab.checks.subscriptions`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from crashlab.actors.administrators import GIVEN_UP_AFTER, Intent
from crashlab.actors.approvers import approved, untold
from crashlab.actors.document_users import DocumentRecords, broken
from crashlab.checks.alerts import broken_alerts
from crashlab.checks.final_state import Change, Leftovers
from crashlab.checks.later_lists import broken_later_lists
from crashlab.checks.message_oracle import (
    DONE,
    NOT,
    NOT_DONE,
    REFERENCE,
    UNCONFIRMED,
    done_word,
    is_final,
    true_word,
)
from crashlab.checks.oracle import BANS, OperatorTruth, characteristics
from crashlab.checks.owners import given_twice, told_to_others
from crashlab.checks.schedules import KnownSchedule, broken_schedules
from crashlab.checks.sets import KnownSet, broken_sets
from crashlab.checks.subscriptions import KnownSubscription, broken_subscriptions
from crashlab.faults.backups import History, elapsed
from crashlab.world.outside import World

NOTHING: Mapping[str, float] = {}
UNDELIVERED = "SMS.UNDELIVERED"
"""Why a secret code was not sent: its SMS was refused, and with it ends every earlier code."""


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
    coded: set[str] = field(default_factory=set)
    """Numbers whose secret code is alive for the bot."""
    shelf: DocumentRecords = field(default_factory=DocumentRecords)
    past: History = field(default_factory=History)
    """Backups that were put back."""
    sets: list[KnownSet] = field(default_factory=list)
    schedules: list[KnownSchedule] = field(default_factory=list)
    subscriptions: list[KnownSubscription] = field(default_factory=list)
    looked: set[str] = field(default_factory=set)
    """Companies whose balances were looked at to the end."""
    stepped: bool = False
    """Whether clocks were moved."""

    @property
    def all_changes(self) -> list[Change]:
        """Those as well that a backup knew nothing of."""
        return [*self.changes, *self.past.lost_changes(self.changes)]


class Told:
    """What people were told of each change, by its reference.

    `since` are references of changes that the bot knows nothing of before that moment.
    """

    def __init__(self, world: World, since: Mapping[str, float] = NOTHING) -> None:
        self.done: dict[str, set[str]] = {}
        self.not_done: dict[str, set[str]] = {}
        self.final: Counter[str] = Counter()
        self.first_final: dict[str, float] = {}
        """When the final word came first, as `time.monotonic`."""
        self.references: set[str] = set()
        self.unconfirmed: set[str] = set()
        """Of what people were told that nobody can tell what became of it."""
        for chat in world.telegram.chats.values():
            for said in chat.said:
                text = said.text.replace("\u00a0", " ")
                self.references.update(REFERENCE.findall(text))
                if said.kind == "message" and text.startswith(UNCONFIRMED):
                    self.unconfirmed.update(REFERENCE.findall(text))
                found = [(self.done, DONE), (self.not_done, NOT_DONE)]
                for told, words in found:
                    for word, reference in words.findall(text):
                        if told is self.not_done and said.at < since.get(reference, 0.0):
                            continue
                        told.setdefault(reference, set()).add(word)
                        if said.kind == "message" and is_final(said.text):
                            self.final[reference] += 1
                            if said.at >= since.get(reference, 0.0):
                                self.first_final.setdefault(reference, said.at)

    @property
    def repeated(self) -> int:
        """Final words that came more than once: allowed, and counted."""
        return sum(count - 1 for count in self.final.values())


def breaches(world: World, ending: Ending) -> list[Breach]:
    """Every promise that was broken."""
    everything, past = ending.all_changes, ending.past
    replayed = past.replayed()
    since = {one.reference: replayed[one.id] for one in everything if one.id in replayed}
    told = Told(world, since)
    lost = {change.id for change in past.lost_changes(ending.changes)}
    found = [*_presses(world, past), *_changes(world, everything, told, lost, past)]
    renamed = past.renamed(ending.changes)
    found += [*_intents(world, ending), *_promises([*everything, *renamed], told)]
    found += _renamed(world, renamed, told)
    if ending.leftovers:
        found.append(Breach("OPEN", f"{ending.leftovers} after all was given time"))
    found += [
        Breach("ASIDE", f"inbox row {row} is quarantined: {why}") for row, why in ending.set_aside
    ]
    found += [
        Breach("ASIDE", f"a message {kind} was given up: {why}")
        for kind, why in ending.given_up
        if kind.startswith(("action.", "document.")) and why != "no longer true"
    ]
    if ending.chain:
        found.append(Breach("CHAIN", ending.chain))
    found += [Breach("FELL", what) for what in ending.fallen]
    found += [Breach("LOST", what) for what in world.operator.books.undone]
    found += _takeovers(world, everything)
    found += [Breach("OWNER", what) for what in told_to_others(world, everything)]
    papers = [*ending.shelf.papers, *past.lost_papers(ending.shelf.papers)]
    twice = given_twice(everything, papers)
    found += [Breach("REFERENCE", what) for what in twice]
    found += [*_codes(world.operator.books, ending), *balances(world)]
    found += [Breach(name, what) for name, what in broken(world, ending.shelf, past)]
    plans = broken_schedules(
        world,
        ending.schedules,
        everything,
        stepped=ending.stepped,
        restored=bool(past.restorations),
    )
    found += [Breach(name, what) for name, what in plans]
    bells = broken_alerts(
        world, ending.looked, ending.shelf.parcels, restored=bool(past.restorations)
    )
    found += [Breach(name, what) for name, what in bells]
    monthly = broken_subscriptions(
        world, ending.subscriptions, ending.shelf.papers, restored=bool(past.restorations)
    )
    found += [Breach(name, what) for name, what in monthly]
    if not past.restorations:
        lists = broken_sets(world, ending.sets, stepped=ending.stepped)
        found += [Breach(name, what) for name, what in lists]
        later = broken_later_lists(world, ending.sets, stepped=ending.stepped)
        found += [Breach(name, what) for name, what in later]
    return found


def balances(world: World) -> list[Breach]:
    """The sum over all balances is what it was in the beginning, and nobody has less than none."""
    purses = world.operator.books.purses
    paid = sum(purses.values())
    found = [Breach("MONEY", f"{number} has {left}") for number, left in purses.items() if left < 0]
    if paid != world.paid:
        found.append(Breach("MONEY", f"{world.paid} tiyn have become {paid}"))
    return found


def _presses(world: World, past: History) -> Iterator[Breach]:
    for query_id, press in world.telegram.presses.items():
        if press.consumed and not press.answers and not past.covers(press.consumed_at):
            yield Breach("LOST", f"press {query_id} was taken and never answered")


def _changes(
    world: World, changes: list[Change], told: Told, lost: Collection[str], past: History
) -> Iterator[Breach]:
    """`lost` are those that a backup knew nothing of: what was owed for them is lost as well.

    A secret code that was sent in the time that is lost is unknown, and another one is sent.
    """
    books = world.operator.books
    forgotten = [change for change in changes if change.id in lost]
    for change in changes:
        name = f"{change.kind} {change.number} {change.reference} ({change.id}, {change.state})"
        effects = effects_of(books, change)
        done = told.done.get(change.reference, set())
        not_done = told.not_done.get(change.reference, set())
        again = past.times_replayed(change.id) if change.kind == "secret.send" else 0
        if effects > 1 + again:
            yield Breach("DOUBLE", f"{name} took effect {effects} times")
        settled = change.state in ("done", "rejected") and change.id not in lost
        if settled and change.set_reference is None and not told.final[change.reference]:
            yield Breach("SILENT", f"{name} has no final word")
        if change.state == "unconfirmed" and change.reference not in told.unconfirmed:
            yield Breach("SILENT", f"{name} was not told to be unconfirmed")
        so = effects or _was_so(books, change, forgotten)
        if done and not so:
            yield Breach("LIE", f"{name} was told done without an effect")
        if not_done and effects:
            yield Breach("LIE", f"{name} was told not done and took effect")
        if not so and change.state == "done":
            yield Breach("LOST", f"{name} is done for the bot and took no effect")
        yield from _words(books, change, done, not_done)
        yield from _late(books, change, told)
    known = {change.id for change in changes}
    for order in books.orders:
        if order.applied and order.external_id not in known:
            yield Breach("DOUBLE", f"order {order.id} took effect for no confirmed change")


def _was_so(books: OperatorTruth, change: Change, lost: list[Change]) -> bool:
    """Whether the same person's same change of the number took effect in the time that is lost:
    confirmed once more, it is found to be so already.
    """
    same = (change.kind, change.number, change.chat_id)
    return any(
        books.effects(one.id)
        for one in lost
        if one.id != change.id and (one.kind, one.number, one.chat_id) == same
    )


def _renamed(world: World, renamed: list[Change], told: Told) -> Iterator[Breach]:
    """What was told by the reference that a change had in the time that is lost was true as well.

    "Not done" may be overtaken: it was confirmed once more.
    """
    for change in renamed:
        if told.done.get(change.reference) and not effects_of(world.operator.books, change):
            what = f"{change.kind} {change.number} {change.reference}"
            yield Breach("LIE", f"{what} was told done without an effect, and confirmed once more")


def _words(
    books: OperatorTruth, change: Change, done: set[str], not_done: set[str]
) -> Iterator[Breach]:
    """What people were told must be about this very change, with what the operator was ordered."""
    true = [true_word(one) for one in books.ordered(change.id)] or [done_word(change.kind)]
    false = [word for word in done if not any(word.startswith(one) for one in true)]
    false += [
        word
        for word in not_done
        if not word.startswith(NOT[change.kind]) or "not" not in word.lower()
    ]
    for word in false:
        yield Breach("LIE", f"{change.kind} {change.number} was told as {word!r}: {true}")


def _late(books: OperatorTruth, change: Change, told: Told) -> Iterator[Breach]:
    """Whoever told the end of a change must have known that no order can come any more."""
    word = told.first_final.get(change.reference)
    if word is None:
        return
    for at in books.arrived.get(change.id, ()):
        if at > word:
            name = f"{change.kind} {change.number} {change.reference} ({change.id})"
            yield Breach("LATE", f"{name} was ordered {at - word:.1f} s after its final word")


def effects_of(books: OperatorTruth, change: Change) -> int:
    """How often the change took effect, as far as the operator or a telephone can tell."""
    if change.kind == "secret.send":
        # One that was refused after it had come is no code: it has been ended (`_codes`).
        sent = change.reason_code != UNDELIVERED
        return len(books.by_key.get(f"{change.id}:secret", ())) if sent else 0
    if change.kind == "secret.delete":
        # Nobody outside sees it: the code that is left in the end tells (`_codes`).
        return int(change.state == "done")
    return books.effects(change.id)


def _takeovers(world: World, changes: list[Change]) -> Iterator[Breach]:
    """Who hands a number to somebody else does not do so alone."""
    books = world.operator.books
    by_chat = {one.id: one for one in world.people}
    for change in changes:
        if change.set_reference or not world.named(change).endswith("approved"):
            continue
        doer = by_chat.get(change.chat_id)
        for order in books.ordered(change.id):
            if order.applied and not approved(world.people, order, change.reference, doer):
                yield Breach("ALONE", f"{change.reference} took effect without a second word")
    did = {change.id: change.chat_id for change in changes}
    yield from (Breach("ALONE", what) for what in untold(world.people, books.orders, did))


def _codes(books: OperatorTruth, ending: Ending) -> Iterator[Breach]:
    """A number has a secret code when the last that was done about it is that one was sent."""
    coded: dict[str, bool] = {}
    done = [
        one
        for one in ending.changes
        if one.settled_at is not None and (one.state == "done" or one.reason_code == UNDELIVERED)
    ]
    for change in sorted(done, key=lambda one: one.settled_at):
        ends = change.kind in ("secret.delete", "sim.replace") or change.state != "done"
        if change.kind == "ban":
            ends = any(
                characteristics(one.item).get(BANS["access"]) for one in books.ordered(change.id)
            )
        if ends or change.kind == "secret.send":
            coded[change.number] = not ends
    unsure = {one.number for one in ending.past.lost_changes(ending.changes)}
    unsure |= {one.number for one in ending.changes if one.id in ending.past.replayed()}
    for number, alive in coded.items():
        if number in unsure:
            continue
        if alive is not (number in ending.coded):
            told = "sent" if alive else "ended"
            yield Breach("LIE", f"the secret code of {number} was {told} and is not so")


def _intents(world: World, ending: Ending) -> Iterator[Breach]:
    confirmed = Counter((change.chat_id, change.number) for change in ending.all_changes)
    for person in world.people:
        by_number: dict[str, list[Intent]] = {}
        for intent in person.intents:
            by_number.setdefault(intent.wanted.number, []).append(intent)
            heard = intent.heard or _heard_later(world, intent)
            gone = ending.past.covers(elapsed(intent.at), GIVEN_UP_AFTER)
            if not heard and not gone and not confirmed[person.id, intent.wanted.number]:
                what = (
                    f"{intent.wanted.kind} {intent.wanted.number}, pressed {intent.presses} times"
                )
                yield Breach("LOST", f"nothing ever came of {what}")
        for number, intents in by_number.items():
            if any(one[person.id, number] > len(intents) for one in _confirmed_at_once(ending)):
                yield Breach("DOUBLE", f"{number}: more changes than confirmations")


def _confirmed_at_once(ending: Ending) -> list[Counter[tuple[int, str]]]:
    """How many changes were confirmed by whom for which number, as the bot knows it now and as it
    knew it before each backup: who confirms once more what is lost wants it twice.
    """
    known = [ending.changes, *(one.changes for one in ending.past.restorations)]
    return [Counter((one.chat_id, one.number) for one in changes) for changes in known]


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
