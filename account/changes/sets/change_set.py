"""A set of changes and what it knows of each of its numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from account.changes.action import ActionKind, ActionState
from account.changes.parameters import ChangeParameters
from account.effects.effect import Channel, OutboxMessage
from account.lists.number_list import LeftOut
from account.values.identifiers import Msisdn
from account.values.repeats import Repeat
from account.values.rights import Role
from account.values.wall_times import WallTime

OFFER_LIFE = timedelta(minutes=30)
"""Nobody checks 800 rows in five minutes; each number is read once more before it is changed."""
LIST_LIFE = timedelta(hours=1)
PAUSE_LIFE = timedelta(hours=24)
A_DAY = timedelta(hours=24)
LOGIN_NUMBER = "SET.LOGIN_NUMBER"
"""Told of a number that will be done, and that an administrator logs in with."""
PROGRESS_EVERY = timedelta(seconds=5)
PROGRESS_FROM = 20
"""Numbers from which a set has a message of its own that tells how far it is."""
INTERIM_AFTER = timedelta(minutes=10)
NOTHING_TOLD: Mapping[str, str] = {}
CODE_FROM = 50
"""Numbers from which a set of a kind that needs no code singly needs one."""
MOST: Mapping[Role, int] = {Role.ADMINISTRATOR: 1_000, Role.OPERATOR: 100}
"""Numbers in one set, by what the person is to the company."""
RUNNING_AT_ONCE = 2
"""Sets of one company; further ones wait in order."""


class SetState(StrEnum):
    """Where a set stands. Values are persisted.

    checking → offered → running ⇄ paused → ended, or void before it was confirmed. Proposed: it was
    confirmed, and a second administrator has to approve it. Scheduled: it was confirmed and begins
    later; suspended is that, waiting for its person to keep it. Stopped: the rest is not sent, and
    what was sent comes to its end.
    """

    CHECKING = "checking"
    OFFERED = "offered"
    VOID = "void"
    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    SUSPENDED = "suspended"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    ENDED = "ended"


class Fate(StrEnum):
    """What the dry run says of a number. Values are persisted."""

    READY = "ready"
    ALREADY = "already"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    ABSENT = "absent"
    """Not in the company, or nowhere at all: nobody can tell which."""


class Outcome(StrEnum):
    """What became of a number in a confirmed set. Values are persisted."""

    WAITING = "waiting"
    OPEN = "open"
    """Begun, and not at its end."""
    DONE = "done"
    ALREADY = "already"
    REFUSED = "refused"
    NOT_SENT = "not_sent"


FOR_LATER = frozenset({SetState.SCHEDULED, SetState.SUSPENDED})
CHANGED_MEANWHILE = frozenset({"CONFIRM.STALE", "CHANGE.UNDER_WAY"})
NOT_CHANGED = "SCHEDULE.NOT_CHANGED"
"""Of a number that a set was to take back: the first one has not changed it, or others have."""
UNSENT = frozenset(
    {
        "SET.STOPPED",
        "ACCOUNT.FROZEN",
        "COMPANY.NO_ACCESS",
        "ACCESS.RIGHT_MISSING",
        "OPERATOR.NOT_OFFERED",
        "UPSTREAM.UNAVAILABLE",
        "CHANGE.HELD",
    }
)
"""Reasons for which a change ended that never left: they are none of the number."""


def paused_word(set_id: str, telegram_id: int, at: datetime) -> OutboxMessage:
    """What is owed to who confirmed a set that was paused, but not by them."""
    return OutboxMessage(
        channel=Channel.TELEGRAM,
        to=str(telegram_id),
        kind="set.paused",
        expires_at=at + PAUSE_LIFE,
        parameters={"set": set_id},
        key=f"{set_id}:paused:{at:%Y%m%dT%H%M%S}",
    )


def progress_word(
    set_id: str, telegram_id: int, at: datetime, n: int = 0, told: Mapping[str, str] = NOTHING_TOLD
) -> OutboxMessage:
    """The `n`th look at how far a set is, a while after `at`; `told` is what the last one left."""
    return OutboxMessage(
        channel=Channel.TELEGRAM,
        to=str(telegram_id),
        kind="set.progress",
        expires_at=at + PAUSE_LIFE,
        parameters={**told, "set": set_id, "n": str(n)},
        key=f"{set_id}:progress:{n}",
        not_before=at + PROGRESS_EVERY,
    )


def may_succeed_again(number: SetNumber) -> bool:
    """Whether another try makes sense: nothing of the rules stood in its way.

    It could not be read, was not sent, changed meanwhile, or failed at the operator's side.
    """
    if number.fate is Fate.UNREADABLE or number.outcome is Outcome.NOT_SENT:
        return number.reason_code != NOT_CHANGED
    if number.fate is not Fate.READY or number.outcome is not Outcome.REFUSED:
        return False
    return number.sent_at is not None or number.reason_code in CHANGED_MEANWHILE


BRAKE_IN_A_ROW = 20
BRAKE_OF_FIRST, BRAKE_FIRST = 15, 50


def brakes(change_set: ChangeSet, numbers: Sequence[SetNumber]) -> bool:
    """Whether so many were refused by the operator that it is not about single numbers (B-23).

    For reasons that the dry run did not show; what ended before the set was let go on is not
    looked at again. `numbers` are in order.
    """
    foreseen = {number.reason_code for number in numbers if number.fate is Fate.REFUSED}
    since = change_set.halted_at
    ended = [
        number.outcome is Outcome.REFUSED
        and number.sent_at is not None
        and number.reason_code not in foreseen
        for number in numbers
        if number.settled_at is not None and (since is None or number.settled_at > since)
    ]
    in_a_row = ended[-BRAKE_IN_A_ROW:]
    return (len(in_a_row) == BRAKE_IN_A_ROW and all(in_a_row)) or (
        since is None and sum(ended[:BRAKE_FIRST]) >= BRAKE_OF_FIRST
    )


def outcome_of(state: ActionState, attempts: int, reason_code: str | None) -> Outcome:
    """What a change came to, as its set tells it; `attempts` counts its sendings."""
    if state is ActionState.DONE:
        return Outcome.DONE if attempts else Outcome.ALREADY
    if state is not ActionState.REJECTED:
        return Outcome.OPEN
    return Outcome.NOT_SENT if not attempts and reason_code in UNSENT else Outcome.REFUSED


@dataclass(frozen=True, slots=True)
class SetNumber:
    """One number of a set: its `place` from 0 and the line of the list it stood in.

    `shown` is the fingerprint of what the dry run read, `reason_code` why its fate or outcome is
    what it is, `action` the reference of its change once that has begun.
    """

    place: int
    msisdn: Msisdn
    line: int
    fate: Fate | None = None
    outcome: Outcome = Outcome.WAITING
    shown: str = ""
    reason_code: str | None = None
    action: str | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A set, from its dry run on. Times are aware, UTC.

    `reference` (`S-20261129-0003`) is what people read, given when its dry run is over; `digest`
    (SHA-256) binds the confirmation to exactly this list as it was shown. `listed` is how many
    different numbers the list had. `fence` grows with every claim. `begins` is when one that was
    confirmed for later does; one that takes another back does so for the numbers of `takes_back`.
    One that repeats is a set for each date, all of one `chain`: each is written when the one before
    it begins.
    """

    id: str
    kind: ActionKind
    parameters: ChangeParameters
    company_id: str
    telegram_id: int
    session_id: str
    administrator_id: str
    administrator: str
    language: str
    listed: int
    repeated: int
    left_out: tuple[LeftOut, ...]
    created_at: datetime
    state: SetState = SetState.CHECKING
    reference: str | None = None
    digest: str = ""
    offered_at: datetime | None = None
    stepped_up_at: datetime | None = None
    accepted_at: datetime | None = None
    halted_at: datetime | None = None
    settled_at: datetime | None = None
    reason_code: str | None = None
    fence: int = 0
    begins: WallTime | None = None
    takes_back: str | None = None
    repeat: Repeat | None = None
    chain: str | None = None

    @property
    def expires_at(self) -> datetime | None:
        """When its confirmation ends."""
        return None if self.offered_at is None else self.offered_at + OFFER_LIFE

    @property
    def approvable_until(self) -> datetime | None:
        """Until when a second administrator may approve it, once it was proposed."""
        return None if self.accepted_at is None else self.accepted_at + A_DAY


@dataclass(frozen=True, slots=True)
class TakingBack:
    """The set that takes another one back, and the fingerprint that one leaves of each number."""

    change_set: ChangeSet
    shown: str


@dataclass(frozen=True, slots=True)
class SetCounts:
    """How many numbers have which fate, and of those in the set which outcome."""

    fates: Mapping[Fate, int] = field(default_factory=dict)
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    logins: int = 0
    """Of those that will be done: numbers that administrators log in with."""
    began_at: datetime | None = None
    """When its first number was begun (aware, UTC): a set may have waited until then."""
    unconfirmed: int = 0
    """Of those begun and not at their end: numbers that perhaps only a person can settle."""

    def of_fate(self, fate: Fate) -> int:
        """How many."""
        return self.fates.get(fate, 0)

    def of(self, outcome: Outcome) -> int:
        """How many of the set."""
        return self.outcomes.get(outcome, 0)

    @property
    def size(self) -> int:
        """Numbers in the set: those that will be done."""
        return self.of_fate(Fate.READY)

    @property
    def ended(self) -> int:
        """Numbers with an outcome."""
        return self.size - self.of(Outcome.WAITING) - self.of(Outcome.OPEN)


def minutes_left(change_set: ChangeSet, counts: SetCounts, now: datetime) -> int | None:
    """How long it goes on by its pace so far; None while that tells nothing, or after a pause."""
    if counts.began_at is None or change_set.halted_at is not None or not counts.ended:
        return None
    seconds = max(0.0, (now - counts.began_at).total_seconds())
    return int(seconds * (counts.size - counts.ended) / counts.ended / 60) + 1


def digest_of(
    kind: ActionKind, parameters: ChangeParameters, numbers: Iterable[tuple[Msisdn, str]]
) -> str:
    """SHA-256 of what is confirmed: kind, parameters, and the numbers in order as shown."""
    rows: Sequence[tuple[str, str]] = [(msisdn.digits, shown) for msisdn, shown in numbers]
    told = json.dumps([kind.value, sorted(parameters.told().items()), rows], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()
