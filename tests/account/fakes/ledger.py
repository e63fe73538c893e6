"""The memory that the stores share, as the tables of one database are shared.

It is `EffectStore` and `History` itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from account.access.login import Lock
from account.access.secret_codes import SecretCode
from account.changes.action import (
    Action,
    ActionKind,
    ActionState,
)
from account.changes.holds import Hold
from account.chapters.history import ON_THE_WAY, HistoryQuery
from account.chapters.notifications import Topic
from account.chapters.reminders import Reminder
from account.credentials.one_time_codes import (
    CODE_TRIES,
    COUNTED_FOR,
    Code,
    CodeOutcome,
    CodeTry,
    CodeUse,
)
from account.documents.document import Document
from account.effects.effect import (
    AddToDailyTotal,
    Approval,
    BindTelegram,
    Effect,
    EndSecretCode,
    EndSession,
    EndSessionsOf,
    ForgetAccounts,
    Freeze,
    FreezeLink,
    OpenSession,
    OutboxMessage,
    RemoveAccount,
    SetPassword,
    TellAccounts,
    TellEmployee,
    Thaw,
)
from account.effects.history import HistoryEntry
from account.identity.sessions import Session
from account.values.identifiers import Msisdn
from account.values.page import Page
from account.values.periods import Month, today
from tests.account.fakes.freezes import People
from tests.account.fakes.secret_codes import about_codes


@dataclass(slots=True)
class KeptAction:
    """A row of the actions' table."""

    action: Action
    token_hash: str
    lock_key: str
    due: datetime | None = None
    lease_until: datetime | None = None


@dataclass(slots=True)
class KeptCode:
    """A row of the codes' table."""

    code: Code
    void: bool = False
    verified_at: datetime | None = None
    granted: bool = False


@dataclass(slots=True)
class KeptTries:
    """A row of the wrong tries' table."""

    wrong: int = 0
    lock: Lock | None = None


@dataclass(slots=True)
class KeptDocument:
    """A row of the documents' table."""

    document: Document
    due: datetime
    lease_until: datetime | None = None
    content: bytes | None = None


@dataclass(slots=True)
class Ledger:
    """Everything that is kept, and the port `Book` and `History` over it."""

    entries: list[HistoryEntry] = field(default_factory=list)
    owed: list[OutboxMessage] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    people: People = field(default_factory=People)
    """Telegram accounts of each administrator, and who is frozen."""
    tries: dict[str, KeptTries] = field(default_factory=dict)
    codes: list[KeptCode] = field(default_factory=list)
    actions: dict[str, KeptAction] = field(default_factory=dict)
    documents: dict[str, KeptDocument] = field(default_factory=dict)
    totals: dict[tuple[str, date], int] = field(default_factory=dict)
    secret_codes: dict[str, SecretCode] = field(default_factory=dict)
    approvals: dict[str, Approval] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    muted: dict[str, set[Topic]] = field(default_factory=dict)
    told: list[tuple[str, Reminder, Month]] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    handed_out: bool = True
    """Whether the post has delivered what was owed."""

    def held(self, kind: ActionKind, company_id: str) -> bool:
        return any(
            hold.lifted_at is None
            and hold.kind in (None, kind)
            and hold.company_id in (None, company_id)
            for hold in self.holds
        )

    def prove(self, action_id: str, now: datetime) -> None:
        """As if its code had been typed, and the change not accepted: the bot never does that."""
        kept = self.actions[action_id]
        kept.action = replace(kept.action, stepped_up_at=now)

    def every_code(self) -> list[Code]:
        return [replace(kept.code, used=kept.verified_at is not None) for kept in self.codes]

    def codes_of(self, phone: Msisdn, since: datetime) -> list[Code]:
        return [one for one in self.every_code() if one.phone == phone and one.sent_at > since]

    def codes_for(self, phone: Msisdn, telegram_id: int, purpose: str) -> list[KeptCode]:
        asked = (phone, telegram_id, purpose)
        return [
            kept
            for kept in self.codes
            if (kept.code.phone, kept.code.telegram_id, kept.code.purpose) == asked
        ]

    def use_code(self, one: CodeTry, now: datetime) -> CodeUse:
        one.judge(self.codes_of(one.phone, now - COUNTED_FOR))
        kept = next(reversed(self.codes_for(one.phone, one.telegram_id, one.purpose)), None)
        if kept is None or kept.void or kept.verified_at or now >= kept.code.expires_at:
            return CodeUse(CodeOutcome.EXPIRED)
        if kept.code.wrong >= CODE_TRIES:
            return CodeUse(CodeOutcome.EXHAUSTED)
        if kept.code.code_mac in one.macs:
            kept.verified_at = now
            return CodeUse(CodeOutcome.RIGHT)
        kept.code = replace(kept.code, wrong=kept.code.wrong + 1)
        left = CODE_TRIES - kept.code.wrong
        return CodeUse(CodeOutcome.WRONG if left else CodeOutcome.EXHAUSTED, left)

    async def write(self, effects: Sequence[Effect]) -> None:
        self.carry_out(effects)

    async def append(self, entry: HistoryEntry) -> None:
        self.entries.append(entry)

    async def page(self, company_id: str, query: HistoryQuery) -> Page[HistoryEntry]:
        rows = [
            entry
            for entry in reversed(self.entries)
            if entry.company_id == company_id
            and query.period.start_utc <= entry.at < query.period.end_utc
            and (query.number is None or query.number.digits == entry.number)
            and query.wants(entry.what)
        ]
        ended = {id(row) for place, row in enumerate(rows) if self._has_later(row, rows[:place])}
        rows = [row for row in rows if id(row) not in ended]
        shown = tuple(rows[query.offset : query.offset + query.limit])
        return Page(shown, query.offset, len(rows))

    @staticmethod
    def _has_later(row: HistoryEntry, later: Sequence[HistoryEntry]) -> bool:
        """Another entry of the same action stands in its place."""
        return row.result in ON_THE_WAY and any(
            row.reference is not None and (row.reference, row.what) == (one.reference, one.what)
            for one in later
        )

    def carry_out(self, effects: Sequence[Effect]) -> None:  # noqa: C901 - one case per effect
        for effect in effects:
            match effect:
                case HistoryEntry():
                    self.entries.append(effect)
                case OutboxMessage():
                    if effect.key is None or effect.key not in {owed.key for owed in self.owed}:
                        self.owed.append(effect)
                case OpenSession():
                    self.end_sessions(
                        effect.session.opened_at, telegram_id=effect.session.telegram_id
                    )
                    self.sessions[effect.session.id] = effect.session
                case AddToDailyTotal():
                    self._take(effect)
                case EndSession():
                    self.end_sessions(effect.at, id=effect.session_id)
                case EndSessionsOf():
                    self.end_sessions(
                        effect.at, administrator_id=effect.administrator_id, but=effect.but
                    )
                case SetPassword():
                    self.passwords[effect.administrator_id] = effect.password_hash
                    of_phone = f"phone:{effect.phone.digits}"
                    for key in [key for key in self.tries if key.startswith(of_phone)]:
                        del self.tries[key]
                case EndSecretCode() | TellEmployee():
                    about_codes(self, effect)
                case (
                    BindTelegram()
                    | ForgetAccounts()
                    | RemoveAccount()
                    | TellAccounts()
                    | FreezeLink()
                    | Freeze()
                    | Thaw()
                ):
                    self.people.carry_out(self, effect)
                case Approval():
                    self.approvals[effect.token_hash] = effect

    async def taken(self, name: str, now: datetime) -> int:
        return self.totals.get((name, today(now)), 0)

    def _take(self, take: AddToDailyTotal) -> None:
        """The first effect of a confirmation: what it refuses, nothing was written before."""
        key = (take.name, today(take.at))
        before = self.totals.get(key, 0)
        for bound in take.bounds:
            if before + take.amount > bound.most:
                raise bound.refusal(max(0, bound.most - before))
        self.totals[key] = before + take.amount

    def end_sessions(self, at: datetime, *, but: str | None = None, **of: object) -> None:
        for session in list(self.sessions.values()):
            meant = all(getattr(session, name) == value for name, value in of.items())
            if meant and session.ended_at is None and session.id != but:
                self.sessions[session.id] = replace(session, ended_at=at)
                self.void_offers(session_id=session.id)

    def void_offers(self, **of: object) -> None:
        for kept in self.actions.values():
            meant = all(getattr(kept.action, name) == value for name, value in of.items())
            if meant and kept.action.state is ActionState.OFFERED:
                kept.action = replace(kept.action, state=ActionState.VOID)
