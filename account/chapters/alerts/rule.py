"""A rule of an alert, what it says of one number, and what is due to be told (AL-1, AL-6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from account.values.identifiers import Msisdn
from account.values.labels import NO_LABEL, NumberLabel, folded
from account.values.money import Money
from account.values.number import Number, NumberState
from account.values.periods import ALMATY
from account.values.rights import Right
from account.values.wall_times import WallTime

MOST_OF_PERSON = 50
SEEN_ANEW = timedelta(days=1)
MARKS_KEPT_FOR = timedelta(days=90)
"""After a number was last read: so long it may be away and is not told of again."""


class Measure(StrEnum):
    """What is looked at. Values are persisted."""

    FUNDS = "funds.below"
    """The balance, or the remaining credit limit, fell below an amount."""
    LIMIT = "limit.below"
    """What is left of the individual limit fell below an amount."""
    DEBT = "state.debt"
    """The number became Blocked / Debt."""
    STATE = "state.changed"
    """It was blocked or unblocked by somebody else, or not through this product."""
    ALLOWANCE = "allowance.used"
    """80 and 100 per cent of an allowance are used."""
    SPEND = "spend.above"
    """What was charged this month went above an amount."""
    ROAMING = "roaming.began"
    """Something happened abroad, after a day on which nothing did."""


AMOUNTS = frozenset({Measure.FUNDS, Measure.LIMIT, Measure.SPEND})
"""Those with a threshold."""
SINGLE = frozenset({Measure.ALLOWANCE, Measure.SPEND, Measure.ROAMING})
"""Those that are read number by number (`account.chapters.alerts.single`)."""
NEEDS = {
    Measure.ALLOWANCE: Right.READ_ALLOWANCES,
    Measure.SPEND: Right.READ_USAGE,
    Measure.ROAMING: Right.READ_USAGE,
}
"""The right that a measure rests on besides that to the list."""
URGENT = frozenset({Measure.DEBT, Measure.STATE})
"""Those that no quiet hour holds back (AL-7)."""


USED_UP = Money(1)
"""Below it nothing is left of an individual limit."""


class Scope(StrEnum):
    """Which numbers. Values are persisted."""

    COMPANY = "company"
    CENTRE = "centre"
    """The target is the key of a cost centre."""
    LABEL = "label"
    """The target is a label without regard to case and blanks."""
    ACCOUNT = "account"
    NUMBER = "number"
    """The target is the number's digits."""


BY_WORDS = frozenset({Scope.CENTRE, Scope.LABEL})
"""Those that rest on the company's own words for its numbers."""


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One rule of one person in one company. `threshold` is in tiyn, 0 where there is none.

    `looked` is whether a whole look has gone by since it was made: what was over already before is
    one summary. Times are aware, UTC; `muted_until` None: it is told.
    """

    id: str
    company_id: str
    administrator_id: str
    telegram_id: int
    measure: Measure
    scope: Scope
    target: str
    threshold: int
    made_at: datetime
    looked: bool = False
    muted_until: datetime | None = None

    @property
    def used_up(self) -> bool:
        """Whether it is told only when nothing is left of an individual limit."""
        return self.measure is Measure.LIMIT and self.threshold == USED_UP.tiyn

    @property
    def single(self) -> bool:
        """Whether it is read number by number."""
        return self.measure in SINGLE

    def muted(self, now: datetime) -> bool:
        """Whether nothing is told of it now."""
        return self.muted_until is not None and now < self.muted_until

    def covers(self, number: Number, own: NumberLabel = NO_LABEL) -> bool:
        """Whether the number is one of its; `own` are the company's words for it."""
        if self.scope is Scope.NUMBER:
            return self.target == number.msisdn.digits
        if self.scope is Scope.ACCOUNT:
            return self.target == number.account
        if self.scope is Scope.CENTRE:
            return own.centre is not None and folded(own.centre) == self.target
        if self.scope is Scope.LABEL:
            return own.label is not None and folded(own.label) == self.target
        return True


@dataclass(frozen=True, slots=True)
class Mark:
    """What was told last of a number by a rule: a level, and how often it was armed anew.

    `seen_at` is when the number was last read, to about a day (aware, UTC).
    """

    level: int = 0
    turn: int = 0
    seen_at: datetime | None = field(default=None, compare=False)

    def stale(self, now: datetime) -> bool:
        """Whether it is kept anew, so as not to be forgotten as that of a number that is gone."""
        return self.seen_at is None or not self.seen_at <= now < self.seen_at + SEEN_ANEW


NEVER = Mark()


def mark_key(msisdn: Msisdn, subject: str = "") -> str:
    """What a mark of a number is kept by: its digits, and behind a blank which thing of it."""
    return f"{msisdn.digits} {subject}" if subject else msisdn.digits


@dataclass(frozen=True, slots=True)
class Judged:
    """The mark that follows from a reading, whether it is news, and what was read."""

    mark: Mark
    news: bool
    value: int | None = None
    detail: str = ""
    subject: str = ""
    """Which of several things of the number; empty where there is one."""
    threshold: int | None = None
    """None: the rule's own."""


def judge(rule: AlertRule, number: Number, mark: Mark) -> Judged | None:
    """What the rule says of the number; None where what was read tells nothing (AL-5)."""
    if rule.measure is Measure.STATE:
        return _changed(rule, number, mark)
    if rule.measure is Measure.DEBT:
        debt = number.state is NumberState.DEBT
        owed = None if number.debt is None else number.debt.tiyn
        return climbed(mark, int(debt), int(debt), owed)
    value = _amount(rule.measure, number)
    if value is None:
        return None
    # Armed anew only a tenth above: a balance that goes to and fro is told once.
    held = value.tiyn * 10 < rule.threshold * 11
    return climbed(mark, int(value.tiyn < rule.threshold), int(held), value.tiyn)


def _amount(measure: Measure, number: Number) -> Money | None:
    if measure is Measure.FUNDS:
        return number.funds
    return None if number.limit_unknown else number.individual_limit


def climbed(mark: Mark, reached: int, held: int, value: int | None) -> Judged:
    """`reached` is the level of the value, `held` the highest that it has not fallen well below."""
    kept = min(mark.level, held)
    turn = mark.turn + (kept < mark.level)
    if reached > kept:
        return Judged(Mark(reached, turn), True, value)
    return Judged(Mark(kept, turn), False, value)


def _changed(rule: AlertRule, number: Number, mark: Mark) -> Judged | None:
    """Told by the moment that the operator names for the state, so that no state need be kept."""
    since = number.state_since
    if since is None:
        return None
    turn = int(since.timestamp())
    if since <= rule.made_at or turn <= mark.turn:
        return Judged(mark, False)
    return Judged(Mark(1, turn), True, None, number.state.value)


class AlertState(StrEnum):
    """Where an alert stands. Values are persisted."""

    FIRST = "first"
    """Over already when the rule was made: waits for the end of its first whole look."""
    DUE = "due"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to be told, once. `as_of` is when the operator said so (aware, UTC)."""

    rule_id: str
    company_id: str
    administrator_id: str
    telegram_id: int
    measure: Measure
    threshold: int
    msisdn: Msisdn
    mark: Mark
    value: int | None
    detail: str
    as_of: datetime
    tell_at: datetime
    state: AlertState = AlertState.DUE
    id: int = 0
    subject: str = ""

    @classmethod
    def of(
        cls, rule: AlertRule, number: Number, judged: Judged, now: datetime, quiet: QuietHours
    ) -> Alert:
        """What is to be told of this number by this rule."""
        return cls(
            rule_id=rule.id,
            company_id=rule.company_id,
            administrator_id=rule.administrator_id,
            telegram_id=rule.telegram_id,
            measure=rule.measure,
            threshold=rule.threshold if judged.threshold is None else judged.threshold,
            msisdn=number.msisdn,
            mark=judged.mark,
            value=judged.value,
            detail=judged.detail,
            as_of=now,
            tell_at=now if rule.measure in URGENT else quiet.over(now),
            state=AlertState.DUE if rule.looked else AlertState.FIRST,
            subject=judged.subject,
        )


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Minutes after midnight in Almaty, from the first up to the second; equal: there are none."""

    begin: int = 22 * 60
    end: int = 8 * 60

    @property
    def none(self) -> bool:
        """Whether everything is told at once."""
        return self.begin == self.end

    def over(self, now: datetime) -> datetime:
        """`now`, or where it is quiet then, the minute at which it no longer is (aware, UTC)."""
        wall = now.astimezone(ALMATY)
        minute = wall.hour * 60 + wall.minute
        through_midnight = self.begin > self.end
        quiet = (
            minute >= self.begin or minute < self.end
            if through_midnight
            else self.begin <= minute < self.end
        )
        if self.none or not quiet:
            return now
        day = wall.date()
        if through_midnight and minute >= self.begin:
            day += timedelta(days=1)
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall time
        return WallTime(midnight + timedelta(minutes=self.end)).moment.astimezone(UTC)


USUAL_QUIET = QuietHours()


OF_SINGLE = "single:"


def look_id(company_id: str, *, single: bool) -> str:
    """What a look at a company is kept by: of its list, or of single numbers."""
    return f"{OF_SINGLE}{company_id}" if single else company_id


@dataclass(frozen=True, slots=True)
class Look:
    """How far the look at a company has come, under a claim. `cursor` counts numbers.

    `began_at`, `finished_at` and `failing_since` are aware, UTC; `every` is how long it took from
    one end of a look to the next; `fence` is that of the claim.
    """

    company_id: str
    cursor: int
    fence: int
    began_at: datetime | None = None
    finished_at: datetime | None = None
    every: timedelta | None = None
    failing_since: datetime | None = None
    stale_told: bool = False
    single: bool = False
    """It goes through numbers one by one, for the measures that are read so."""

    @property
    def id(self) -> str:
        """What it is kept by."""
        return look_id(self.company_id, single=self.single)

    def begun(self, now: datetime) -> Look:
        """The same; at its first page it begins now."""
        return replace(self, began_at=now) if not self.cursor or self.began_at is None else self


@dataclass(frozen=True, slots=True)
class Looked:
    """What one page brought: marks to keep by rule and number, and what is to be told."""

    marks: Sequence[tuple[str, str, Mark]]
    alerts: Sequence[Alert]
