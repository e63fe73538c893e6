"""The Telegram accounts in which administrators have logged in.

No row is ever deleted: what Profile removes and a password reset forgets is only marked, for four
eyes are judged by every account that ever logged in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, or_, select, update
from typing_extensions import override

from account.access.known_accounts import AccountStore, KnownAccount
from account.identity.sessions import KNOWN_FOR
from storage.engine.upserts import insert_once
from storage.tables.access import freezes, known_telegrams
from storage.tables.people import people

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import BindTelegram, ForgetAccounts, RemoveAccount, TellAccounts
    from storage.engine.database import Database
    from storage.queue.outbox import Outbox

BACK = timedelta(hours=72)
"""How far a freeze goes back for the accounts it knows."""


class AccountRows(AccountStore):
    """The port `AccountStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def known(self, administrator_id: str) -> Sequence[KnownAccount]:
        whose = {"of_administrator": administrator_id}
        return await self._database.read(
            lambda conn: [
                KnownAccount(row.telegram_id, row.first_at, row.bound_at)
                for row in conn.execute(_KNOWN, whose)
            ]
        )


def reached(
    conn: Connection, administrator_ids: Sequence[str], since: datetime, *, blocked: bool = False
) -> dict[str, tuple[int, ...]]:
    """See `account.ports.ApprovalStore.telegrams`; an old chat does not stand in for a blocked one.

    It may be somebody else's by now.
    """
    rows: dict[str, list[Any]] = {}
    for row in conn.execute(_BOUND, {"ids": list(administrator_ids)}):
        rows.setdefault(row.administrator_id, []).append(row)
    found = {known: _reached(bound, since, blocked=blocked) for known, bound in rows.items()}
    return {known: accounts for known, accounts in found.items() if accounts}


def _reached(bound: Sequence[Any], since: datetime, *, blocked: bool) -> tuple[int, ...]:
    """Accounts that can be told something, of rows with the latest login first."""
    late = [row for row in bound if row.bound_at > since] or bound[:1]
    return tuple(row.telegram_id for row in late if blocked or not row.blocked)


def tell_on(conn: Connection, outbox: Outbox, effect: TellAccounts) -> None:
    """Owe the message to each account that can be told."""
    since = effect.at - KNOWN_FOR
    whom = reached(conn, [effect.administrator_id], since, blocked=True)
    for telegram_id in whom.get(effect.administrator_id, ()):
        if telegram_id != effect.but:
            outbox.owe_on(conn, effect.to(telegram_id))


def bind_on(conn: Connection, effect: BindTelegram) -> None:
    """Note the login; who is frozen gets no account that was not known.

    One that was unknown for three days, or removed, begins anew: it is as young as a first login.
    """
    whose = {"of_administrator": effect.administrator_id, "account": effect.telegram_id}
    frozen = conn.execute(_FROZEN, whose).first() is not None
    values = {
        "administrator_id": effect.administrator_id,
        "telegram_id": effect.telegram_id,
        "phone": effect.phone.digits,
        "first_at": effect.at,
        "bound_at": effect.at,
        "forgotten_at": effect.at if frozen else None,
        "removed_at": None,
    }
    if conn.execute(_BIND.on(conn), values).rowcount != 0:
        return
    conn.execute(_BIND_AGAIN, {**whose, "of": effect.phone.digits, "at": effect.at})
    if not frozen:
        conn.execute(_BEGIN_ANEW, {**whose, "then": effect.at - BACK})
        conn.execute(_KNOW, whose)


def forget_on(conn: Connection, effect: ForgetAccounts) -> None:
    """Mark all but one as forgotten, unless the administrator is frozen."""
    whose = {"of_administrator": effect.administrator_id, "account": effect.but, "at": effect.at}
    if conn.execute(_FROZEN, whose).first() is None:
        conn.execute(_FORGET, whose)


def remove_on(conn: Connection, effect: RemoveAccount) -> None:
    """Mark one as removed."""
    whose = {
        "of_administrator": effect.administrator_id,
        "account": effect.telegram_id,
        "at": effect.at,
    }
    conn.execute(_REMOVE, whose)


def restore_on(conn: Connection, administrator_id: str, at: datetime) -> None:
    """Know the accounts of three days before; where there were none, the first of the present."""
    then = at - BACK
    rows = [
        row
        for row in conn.execute(_ALL, {"of_administrator": administrator_id})
        if row.removed_at is None and (row.forgotten_at is None or row.forgotten_at > then)
    ]
    trusted = [row.telegram_id for row in rows if row.first_at <= then]
    trusted = trusted or [row.telegram_id for row in rows[:1]]
    whose = {"of_administrator": administrator_id, "accounts": trusted, "at": at}
    conn.execute(_FORGET_UNTRUSTED, whose)
    conn.execute(_RESTORE, whose)


_OF = known_telegrams.c.administrator_id == bindparam("of_administrator")
_THIS = and_(_OF, known_telegrams.c.telegram_id == bindparam("account"))
_OTHERS = and_(_OF, known_telegrams.c.telegram_id != bindparam("account"))
_UNMARKED = and_(known_telegrams.c.forgotten_at.is_(None), known_telegrams.c.removed_at.is_(None))
_TRUSTED = known_telegrams.c.telegram_id.in_(bindparam("accounts", expanding=True))
_FROZEN = select(freezes.c.administrator_id).where(
    freezes.c.administrator_id == bindparam("of_administrator"), freezes.c.thawed_at.is_(None)
)
_KNOWN = (
    select(known_telegrams)
    .where(_OF, _UNMARKED)
    .order_by(known_telegrams.c.bound_at.desc(), known_telegrams.c.telegram_id)
)
_ALL = (
    select(known_telegrams)
    .where(_OF)
    .order_by(
        known_telegrams.c.forgotten_at.is_not(None),
        known_telegrams.c.first_at,
        known_telegrams.c.telegram_id,
    )
)
_BOUND = (
    select(
        known_telegrams.c.administrator_id,
        known_telegrams.c.telegram_id,
        known_telegrams.c.bound_at,
        people.c.blocked,
    )
    .select_from(
        known_telegrams.outerjoin(people, people.c.telegram_id == known_telegrams.c.telegram_id)
    )
    .where(known_telegrams.c.administrator_id.in_(bindparam("ids", expanding=True)), _UNMARKED)
    .order_by(known_telegrams.c.bound_at.desc(), known_telegrams.c.telegram_id)
)
_BIND = insert_once(known_telegrams)
_BIND_AGAIN = (
    update(known_telegrams).where(_THIS).values(bound_at=bindparam("at"), phone=bindparam("of"))
)
_BEGIN_ANEW = (
    update(known_telegrams)
    .where(
        _THIS,
        or_(
            known_telegrams.c.forgotten_at <= bindparam("then"),
            known_telegrams.c.removed_at.is_not(None),
        ),
    )
    .values(first_at=known_telegrams.c.bound_at)
)
_KNOW = update(known_telegrams).where(_THIS).values(forgotten_at=None, removed_at=None)
_FORGET = (
    update(known_telegrams)
    .where(_OTHERS, known_telegrams.c.forgotten_at.is_(None))
    .values(forgotten_at=bindparam("at"))
)
_REMOVE = update(known_telegrams).where(_THIS).values(removed_at=bindparam("at"))
_FORGET_UNTRUSTED = (
    update(known_telegrams)
    .where(_OF, ~_TRUSTED, known_telegrams.c.forgotten_at.is_(None))
    .values(forgotten_at=bindparam("at"))
)
_RESTORE = update(known_telegrams).where(_OF, _TRUSTED).values(forgotten_at=None)
