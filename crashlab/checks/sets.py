"""What was promised of many numbers, against the operator's books.

| Name | Broken when |
|---|---|
| LOST | a number is done for the bot and took no effect; a confirmed list is not there; a number |
|      | of the list has no fate, or no outcome once the list has ended, or two of them |
| DOUBLE | a number of a list took effect more than once, or without being in it |
| LIE | what the final word counts is not what the operator did; not done, with an effect |
| SILENT | a list that has ended, without its final word |
| LATE | a number was sent after the rest was stopped |
| ALONE | a list with a login number took effect before a second administrator said yes |
| OWNER | a number of another company was taken in, or told otherwise than one that nobody has |
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crashlab.actors.set_users import SetUser, finals

if TYPE_CHECKING:
    from crashlab.checks.final_state import Database
    from crashlab.checks.oracle import OperatorTruth
    from crashlab.world.outside import World

_SETS = (
    "SELECT id, reference, company_id, telegram_id, kind, state, accepted_at, halted_at, listed "
    "FROM change_sets ORDER BY created_at"
)
_COLUMNS = (
    *("id", "reference", "company_id", "chat_id", "kind"),
    *("state", "accepted_at", "halted_at", "listed"),
)
_NUMBERS = (
    "SELECT n.set_id, n.msisdn, n.fate, n.outcome, n.reason_code, n.action_id, a.msisdn, a.kind, "
    "a.state, a.attempts, a.sent_at FROM change_set_numbers n "
    "LEFT JOIN actions a ON a.id = n.action_id ORDER BY n.set_id, n.place"
)
_TOLD = re.compile(r"Done (\d+) · .*? (\d+) · refused (\d+) · not sent (\d+)")
UNREADABLE = "unreadable"
MOMENT = 3_000_000
"""Microseconds: what was marked as sent when the stop was committed still leaves."""


@dataclass(frozen=True)
class KnownNumber:
    """A number of a list, with its change, as the bot remembers it."""

    set_id: str
    number: str
    fate: str | None
    ended: str | None
    reason: str | None
    change: str | None
    changes: str | None
    kind: str | None
    state: str | None
    attempts: int | None
    sent_at: Any

    @property
    def outcome(self) -> str:
        """What became of it, by its row and its change; "both" and "none" must not be."""
        if self.change is None:
            return self.ended or "none"
        if self.ended is not None:
            return "both"
        if self.state == "done":
            return "done" if self.attempts else "already"
        return "refused or not sent" if self.state == "rejected" else "open"


@dataclass(frozen=True)
class KnownSet:
    """A list as the bot remembers it."""

    id: str
    reference: str | None
    company_id: str
    chat_id: int
    kind: str
    state: str
    accepted_at: Any
    halted_at: Any
    listed: int
    numbers: tuple[KnownNumber, ...]


async def known_sets(database: Database) -> list[KnownSet]:
    """Every list there is."""
    numbers = [KnownNumber(*row) for row in await database.rows(_NUMBERS)]
    return [
        KnownSet(
            **dict(zip(_COLUMNS, row, strict=True)),
            numbers=tuple(one for one in numbers if one.set_id == row[0]),
        )
        for row in await database.rows(_SETS)
    ]


def broken_sets(
    world: World, sets: list[KnownSet], *, stepped: bool = False
) -> Iterator[tuple[str, str]]:
    """Every promise about lists that was broken, with its name; `stepped`: clocks were moved."""
    books = world.operator.books
    by_chat = {one.id: one for one in world.set_users}
    for one in sets:
        name = f"{one.reference} ({one.state}, {len(one.numbers)} numbers)"
        yield from ((kind, f"{name}: {what}") for kind, what in _of_one(books, one, stepped))
        user = by_chat.get(one.chat_id)
        if user is not None and one.state == "ended":
            yield from ((kind, f"{name}: {what}") for kind, what in _final(books, user, one))
        if user is not None and one.accepted_at is not None:
            yield from ((kind, f"{name}: {what}") for kind, what in _alone(world, user, one))
    for user in world.set_users:
        accepted = {one.reference for one in sets if one.accepted_at is not None}
        for intent in user.intents:
            if intent.heard and intent.reference not in accepted:
                yield "LOST", f"somebody was told of {intent.reference}, which was not confirmed"


def _of_one(books: OperatorTruth, one: KnownSet, stepped: bool) -> Iterator[tuple[str, str]]:
    if len(one.numbers) != one.listed or len({each.number for each in one.numbers}) != one.listed:
        yield "LOST", f"{one.listed} were listed"
    if one.accepted_at is None:
        if any(each.change or each.ended for each in one.numbers):
            yield "DOUBLE", "begun without a confirmation"
        return
    stopped = any(each.reason == "SET.STOPPED" for each in one.numbers)
    foreign = [each for each in one.numbers if books.companies.get(each.number) != one.company_id]
    # Of what the operator did not answer for in time nothing is told, whosever it is.
    answered = [each for each in foreign if each.fate != UNREADABLE]
    if len({(each.fate, each.reason) for each in answered}) > 1:
        yield "OWNER", "another company's number is told otherwise than one that nobody has"
    for each in one.numbers:
        if each.fate is None:
            yield "LOST", f"{each.number} has no fate"
        if each in foreign and (each.fate not in (None, "absent", UNREADABLE) or each.change):
            yield "OWNER", f"{each.number} is not theirs, and was told {each.fate}"
        if each.fate != "ready" and (each.change or each.ended):
            yield "DOUBLE", f"{each.number} was not in the list that was confirmed"
        if each.fate == "ready":
            yield from _number(books, one, each)
        late = stopped and each.sent_at is not None and each.attempts == 1 and not stepped
        if late and _after(each.sent_at, one.halted_at):
            yield "LATE", f"{each.number} was sent after the rest was stopped"


def _number(books: OperatorTruth, one: KnownSet, each: KnownNumber) -> Iterator[tuple[str, str]]:
    ended = each.outcome not in ("none", "open", "both")
    if one.state == "ended" and not ended:
        yield "LOST", f"{each.number} has as its outcome: {each.outcome}"
    if each.change is None:
        if each.ended == "done":
            yield "LOST", f"{each.number} is done without ever having begun"
        return
    if (each.changes, each.kind) != (each.number, one.kind):
        yield "DOUBLE", f"{each.number} was changed as {each.changes}, {each.kind}"
    effects = books.effects(each.change)
    if any(order.number != each.number for order in books.ordered(each.change)):
        yield "DOUBLE", f"{each.number}: another number was ordered"
    if effects > 1:
        yield "DOUBLE", f"{each.number} took effect {effects} times"
    if each.outcome == "done" and not effects:
        yield "LOST", f"{each.number} is done and took no effect"
    if each.outcome in ("refused or not sent", "already") and effects:
        yield "LIE", f"{each.number} took effect: {each.outcome}"


def _final(books: OperatorTruth, user: SetUser, one: KnownSet) -> Iterator[tuple[str, str]]:
    """The one last word, and what it counts."""
    words = finals(user.chat, one.reference or "?")
    if not words:
        yield "SILENT", "no final word"
    effects = sum(books.effects(each.change) for each in one.numbers if each.change)
    sums = Counter(each.outcome for each in one.numbers if each.fate == "ready")
    for word in words:
        found = _TOLD.search(word.replace("\u00a0", " "))
        told = () if found is None else tuple(map(int, found.groups()))
        if sum(told) != sums.total() or (told and told[0] != effects):
            yield "LIE", f"{word!r}, of {sums.total()} with {effects} effects"


def _alone(world: World, user: SetUser, one: KnownSet) -> Iterator[tuple[str, str]]:
    """A list with a login number needs another person's word first."""
    books = world.operator.books
    if not any(each.number in books.phones and each.fate == "ready" for each in one.numbers):
        return
    yeses = [
        word.at
        for other in world.set_users
        if other.administrator_id != user.administrator_id
        for word in other.words
        if word.approved and word.reference == one.reference
    ]
    for each in one.numbers:
        for order in books.ordered(each.change) if each.change else ():
            if order.applied and order.at < min(yeses, default=float("inf")):
                yield "ALONE", f"{each.number} took effect without a second word"


def _after(sent_at: Any, halted_at: Any) -> bool:
    """Moments are microseconds, UTC, in both databases."""
    return halted_at is not None and sent_at > halted_at + MOMENT
