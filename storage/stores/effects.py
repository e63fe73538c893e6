"""WritesEffects, written in somebody's transaction: what belongs together becomes true together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, null, or_, select, update
from typing_extensions import override

from account.effects.effect import (
    AddToDailyTotal,
    Approval,
    BindTelegram,
    Effect,
    EffectStore,
    EndSecretCode,
    EndSession,
    EndSessionsOf,
    ForgetAccounts,
    Freeze,
    FreezeLink,
    OpenSession,
    OutboxMessage,
    RemoveAccount,
    SetApproval,
    SetPassword,
    TellAccounts,
    TellEmployee,
    Thaw,
)
from account.effects.history import HistoryEntry
from storage.engine.upserts import insert_or_set
from storage.stores.day_totals import take_on
from storage.stores.freezes import freeze_on, link_on, thaw_on
from storage.stores.known_accounts import bind_on, forget_on, remove_on
from storage.stores.known_accounts import tell_on as tell_accounts_on
from storage.stores.offers import void_offers_of_session
from storage.stores.schedule_suspension import suspend_on
from storage.stores.secret_codes import end_on, tell_on
from storage.stores.set_pauses import pause_sets_on
from storage.stores.subscription_suspension import suspend_subscriptions_on
from storage.tables.access import attempts, credentials, sessions
from storage.tables.actions import approvals
from storage.tables.change_sets import set_approvals

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from account.identity.sessions import Session
    from storage.audit.chain import Chain
    from storage.engine.database import Database
    from storage.queue.outbox import Outbox


class EffectWriter:
    """Writes effects over a connection that is in a transaction."""

    def __init__(self, outbox: Outbox, chain: Chain) -> None:
        self._outbox = outbox
        self._chain = chain
        self.written = 0
        """How many times effects were written by this process; a grown count is worth a look."""

    def write(self, conn: Connection, effects: Sequence[Effect]) -> None:
        """Write all of them; entries of the history last, for they make others of the company wait.

        Messages that follow each other are owed in one statement, and so are all entries.
        """
        self.written += 1 if effects else 0
        entries = [effect for effect in effects if isinstance(effect, HistoryEntry)]
        others = (effect for effect in effects if not isinstance(effect, HistoryEntry))
        for owed, group in groupby(others, lambda effect: isinstance(effect, OutboxMessage)):
            if owed:
                self._outbox.owe_on(
                    conn, *(effect for effect in group if isinstance(effect, OutboxMessage))
                )
            else:
                for effect in group:
                    self._write_one(conn, effect)
        if entries:
            self._chain.append(conn, entries)

    def _write_one(self, conn: Connection, effect: Effect) -> None:
        match effect:
            case AddToDailyTotal():
                take_on(conn, effect)
            case Approval():
                conn.execute(approvals.insert(), asdict(effect))
            case SetApproval():
                conn.execute(set_approvals.insert(), asdict(effect))
            case OpenSession(session):
                _open_session(conn, session)
            case EndSession(session_id, at):
                _end_sessions(conn, sessions.c.id == session_id, at)
            case EndSessionsOf(administrator_id, at, but):
                whose = sessions.c.administrator_id == administrator_id
                _end_sessions(conn, whose & (sessions.c.id != (but or "")), at)
                pause_sets_on(conn, self._outbox, administrator_id, at)
                suspend_on(conn, self._outbox, administrator_id, at)
            case SetPassword():
                _set_password(conn, effect)
                suspend_on(conn, self._outbox, effect.administrator_id, effect.at)
            case EndSecretCode(company_id, msisdn, at):
                end_on(conn, self._outbox, company_id, msisdn, at)
            case TellEmployee(company_id, msisdn, kind, at):
                tell_on(conn, self._outbox, company_id, msisdn, kind, at)
            case _:
                self._write_about_person(conn, effect)

    def _write_about_person(self, conn: Connection, effect: Effect) -> None:
        """What concerns an administrator's Telegram accounts, and their being frozen."""
        match effect:
            case BindTelegram():
                bind_on(conn, effect)
            case TellAccounts():
                tell_accounts_on(conn, self._outbox, effect)
            case ForgetAccounts():
                forget_on(conn, effect)
            case RemoveAccount():
                remove_on(conn, effect)
                _end_sessions(conn, _sessions_in(effect), effect.at)
            case FreezeLink():
                link_on(conn, effect)
            case Freeze():
                freeze_on(conn, effect)
                suspend_on(conn, self._outbox, effect.administrator_id, effect.at)
                suspend_subscriptions_on(conn, self._outbox, effect.administrator_id, effect.at)
            case Thaw():
                thaw_on(conn, effect)
            case _:
                raise TypeError(f"no such effect: {type(effect).__name__}")


class EffectRows(EffectStore):
    """The port `Book`."""

    def __init__(self, database: Database, effects: EffectWriter) -> None:
        self._database = database
        self._effects = effects

    @override
    async def write(self, effects: Sequence[Effect]) -> None:
        """Raises `StorageUnavailable`."""
        if effects:
            await self._database.write(lambda conn: self._effects.write(conn, effects))


def _open_session(conn: Connection, session: Session) -> None:
    _end_sessions(conn, sessions.c.telegram_id == session.telegram_id, session.opened_at)
    values = {
        "id": session.id,
        "telegram_id": session.telegram_id,
        "administrator_id": session.administrator_id,
        "administrator_name": session.administrator_name,
        "phone": session.phone.digits,
        "company_id": session.company_id,
        "opened_at": session.opened_at,
        "seen_at": session.seen_at,
        "ended_at": session.ended_at,
    }
    conn.execute(sessions.insert(), values)


def _end_sessions(conn: Connection, which: ColumnElement[bool], at: datetime) -> None:
    live = select(sessions.c.id).where(which, sessions.c.ended_at == null())
    for session_id in conn.execute(live.order_by(sessions.c.id).with_for_update()).scalars().all():
        conn.execute(_END, {"ending": session_id, "at": at})
        void_offers_of_session(conn, session_id)


def _sessions_in(effect: RemoveAccount) -> ColumnElement[bool]:
    return (sessions.c.administrator_id == effect.administrator_id) & (
        sessions.c.telegram_id == effect.telegram_id
    )


def _set_password(conn: Connection, effect: SetPassword) -> None:
    values = {
        "administrator_id": effect.administrator_id,
        "password_hash": effect.password_hash,
        "set_at": effect.at,
    }
    conn.execute(_KEEP_PASSWORD.on(conn), values)
    phone = f"phone:{effect.phone.digits}"
    conn.execute(_LIFT_LOCKS, {"phone": phone, "of_phone": f"{phone}:%"})


_END = update(sessions).where(sessions.c.id == bindparam("ending")).values(ended_at=bindparam("at"))
_KEEP_PASSWORD = insert_or_set(credentials, ("administrator_id",), ("password_hash", "set_at"))
_LIFT_LOCKS = delete(attempts).where(
    or_(attempts.c.key == bindparam("phone"), attempts.c.key.like(bindparam("of_phone")))
)
