"""The administrator's own page: who they are, their sessions, and their password (S03).

None of it depends on a company: who has lost every company can still see and end their sessions.
The number to log in with is changed by the company's request alone (FAQ 1).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from account.access.login import LoginStore, lock_keys
from account.changes.colleague_notices import to_colleagues
from account.changes.freezes import Freezes
from account.changes.sensitive_numbers import SensitiveNumbers
from account.credentials.passwords import Passwords
from account.effects.effect import Effect, EffectStore, EndSession, EndSessionsOf, SetPassword
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import (
    CompanyNotAccessible,
    PasswordFault,
    PasswordMismatch,
    PasswordWeak,
    PasswordWrong,
    ProofExpired,
    SessionExpired,
)
from account.identity.directory import Administrator, Directory
from account.identity.permissions import Actor
from account.identity.sessions import Session, SessionLimits, Sessions
from account.values.clock import Clock
from account.values.identifiers import Email

PROOF_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ProfileSummary:
    """What the page shows besides the actor. Times are aware, UTC.

    `last_login` is the one before this session's, None for the first; `sessions` are alive, the
    latest first.
    """

    email: Email | None
    last_login: datetime | None
    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """The present password was typed right: in which session, when, and which password it was.

    `of` is a digest of the password's hash, so that a password set meanwhile voids it.
    """

    session_id: str
    of: str
    at: datetime


class Profile:
    """What an administrator sees and does about themselves."""

    def __init__(
        self,
        carrier: Directory,
        sessions: Sessions,
        store: LoginStore,
        effect_store: EffectStore,
        passwords: Passwords,
        clock: Clock,
        limits: SessionLimits,
        sensitive_numbers: SensitiveNumbers,
        freezes: Freezes,
    ) -> None:
        self._carrier = carrier
        self._sessions = sessions
        self._store = store
        self._effect_store = effect_store
        self._passwords = passwords
        self._clock = clock
        self._limits = limits
        self._notices = sensitive_numbers.notices
        self._freezes = freezes

    async def standing(self, actor: Actor) -> ProfileSummary:
        """The registered address, the last login and the sessions.

        Raises `SessionExpired` for an employee, `CarrierUnavailable`.
        """
        sessions = await self.sessions(actor)
        return ProfileSummary(
            email=await self.email(actor),
            last_login=await self._sessions.login_before(actor.administrator_id, actor.session_id),
            sessions=sessions,
        )

    async def email(self, actor: Actor) -> Email | None:
        """The actor's own registered address, if there is one.

        Raises `SessionExpired` for an employee, `CarrierUnavailable`.
        """
        if not actor.session_id:
            raise SessionExpired
        administrator = await self._carrier.administrator(actor.phone)
        return None if administrator is None else administrator.email

    async def sessions(self, actor: Actor) -> tuple[Session, ...]:
        """The actor's own sessions that are alive, the latest first. Raises `SessionExpired`."""
        if not actor.session_id:
            raise SessionExpired
        now = self._clock.now()
        unended = await self._sessions.unended(actor.administrator_id)
        return tuple(session for session in unended if session.alive(now, self._limits))

    # --- leaving ---

    async def end_session(self, actor: Actor, session_id: str) -> bool:
        """End one of the actor's own sessions; False when it is none of theirs, or over.

        Raises `SessionExpired`.
        """
        if session_id not in {session.id for session in await self.sessions(actor)}:
            return False
        now = self._clock.now()
        ended = HistoryEntry.by(actor, HistoryEvent.LOGOUT, at=now)
        await self._effect_store.write([EndSession(session_id, now), ended])
        return True

    async def log_out_everywhere(self, session: Session) -> None:
        """End every session of that session's administrator, this one too (G-17).

        The operator is not asked: who wants to leave can leave.
        """
        now = self._clock.now()
        left = HistoryEntry.of_session(session, HistoryEvent.LOGOUT, at=now)
        await self._effect_store.write([EndSessionsOf(session.administrator_id, now), left])

    # --- the password ---

    async def prove(
        self,
        actor: Actor,
        password: str,
        language: str,
        *,
        what: str = HistoryEvent.PASSWORD_CHANGED,
    ) -> Proof:
        """Check the present password, with the locks of the login (S01-2).

        A wrong one and a lock have one answer; `what` is what the history keeps as refused.
        Raises `PasswordWrong`, `SessionExpired`, `CompanyNotAccessible`, `CarrierUnavailable`.
        """
        administrator = await self.register(actor)
        keys = lock_keys(actor.phone, actor.telegram_id, known=True)
        credential = await self._store.credential(actor.administrator_id)
        lock = await self._store.lock(keys, self._clock.now())
        held = None if credential is None or lock else credential.password_hash
        right = await self._passwords.verify(held, password)
        now = self._clock.now()
        # Many guesses at once: a lock may have come while this one was being compared.
        if not right or held is None or not await self._store.enter(keys, [], unless_locked=now):
            warning = await self._notices.to_owner(administrator, "login.locked", now, language)
            for key in () if lock else keys:
                await self._store.fail(key, now, warning)
            refused = HistoryEntry.by(actor, what, at=now, result="refused")
            await self._effect_store.write([refused])
            raise PasswordWrong
        return Proof(actor.session_id, _digest(held), now)

    async def draft_password(self, actor: Actor, proof: Proof, password: str) -> str:
        """The hash of a new password that may be taken, to be confirmed by typing it again (S02-6).

        Not while the administrator is frozen. Raises `AccountFrozen`, `ProofExpired`,
        `PasswordWeak` and as `prove`.
        """
        await self.register(actor)
        await self._freezes.check(actor)
        held = await self._held(actor, proof)
        taken = await self._passwords.taken(password, actor.phone, actor.name, actor.companies)
        if await self._passwords.verify(held, taken):
            raise PasswordWeak(PasswordFault.SAME)
        return await self._passwords.hash(taken)

    async def set_password(
        self, actor: Actor, proof: Proof, draft: str, again: str, language: str
    ) -> None:
        """Take the password of `draft_password` and end every other session (S02-7).

        Raises `AccountFrozen`, `PasswordMismatch`, `ProofExpired` and as `prove`.
        """
        if not await self._passwords.verify(draft, again):
            raise PasswordMismatch
        administrator = await self.register(actor)
        await self._freezes.check(actor)
        await self._held(actor, proof)
        now = self._clock.now()
        effects: list[Effect] = [
            SetPassword(actor.administrator_id, actor.phone, draft, now),
            EndSessionsOf(actor.administrator_id, now, but=actor.session_id),
            HistoryEntry.by(actor, HistoryEvent.PASSWORD_CHANGED, at=now),
            *await self._notices.to_owner(
                administrator, "password.changed", now, language, but=actor.telegram_id, not_me=True
            ),
            to_colleagues(administrator, actor.telegram_id, "password", now),
        ]
        await self._effect_store.write(effects)

    async def register(self, actor: Actor) -> Administrator:
        """The actor as the register has them.

        Raises `SessionExpired`, `CompanyNotAccessible`, `CarrierUnavailable`.
        """
        if not actor.session_id:
            raise SessionExpired
        administrator = await self._carrier.administrator(actor.phone)
        if administrator is None:
            raise CompanyNotAccessible
        return administrator

    async def _held(self, actor: Actor, proof: Proof) -> str:
        """The hash of the password that was proven. Raises `ProofExpired`."""
        credential = await self._store.credential(actor.administrator_id)
        held = None if credential is None else credential.password_hash
        if (
            held is None
            or proof.session_id != actor.session_id
            or self._clock.now() >= proof.at + PROOF_LIFE
            or not hmac.compare_digest(proof.of, _digest(held))
        ):
            raise ProofExpired
        return held


def _digest(password_hash: str) -> str:
    return hashlib.sha256(password_hash.encode()).hexdigest()
