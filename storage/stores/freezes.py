"""Administrators whose changes are stopped, and the links that stop them (the `Freezes` port)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, or_, select, update
from typing_extensions import override

from account.changes.freezes import FreezeStore
from account.effects.effect import FreezeLink
from account.values.identifiers import Msisdn
from storage.engine.pg_notify import WORK, tell_others
from storage.engine.upserts import insert_once
from storage.queue.claims import RELEASED
from storage.stores.effect_port import WritesEffects
from storage.stores.known_accounts import restore_on
from storage.tables.access import freeze_links, freezes
from storage.tables.actions import actions
from storage.tables.base import in_state

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import Effect, Freeze, Thaw
    from storage.engine.database import Database

DISTRUSTED_BEFORE = timedelta(hours=72)
"""How long before a freeze a change of the e-mail is not trusted any more."""


class FreezeRows(FreezeStore):
    """The port `FreezeStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: WritesEffects) -> None:
        self._database = database
        self._effects = effects

    @override
    async def link(self, token_hash: str) -> tuple[FreezeLink, bool] | None:
        whose = {"token": token_hash}
        row = await self._database.read(lambda conn: conn.execute(_LINK, whose).one_or_none())
        if row is None:
            return None
        link = FreezeLink(
            row.token_hash,
            row.administrator_id,
            row.administrator,
            Msisdn(row.phone),
            row.expires_at,
        )
        return link, row.used_at is not None

    @override
    async def use(self, token_hash: str, now: datetime, effects: Sequence[Effect]) -> bool:
        def use_up(conn: Connection) -> bool:
            if conn.execute(_USE, {"token": token_hash, "now": now}).rowcount != 1:
                return False
            self._effects.write(conn, effects)
            return True

        return await self._database.write(use_up)

    @override
    async def frozen_at(self, administrator_id: str) -> datetime | None:
        whose = {"of_administrator": administrator_id}
        return await self._database.glance(lambda conn: conn.execute(_FROZEN_AT, whose).scalar())

    @override
    async def stops(self, administrator_id: str, msisdn: Msisdn | None, begun_at: datetime) -> bool:
        values = {
            "of_administrator": administrator_id,
            "number": "" if msisdn is None else msisdn.digits,
            "begun": begun_at,
        }
        return await self._database.glance(
            lambda conn: conn.execute(_STOPS, values).first() is not None
        )


def link_on(conn: Connection, link: FreezeLink) -> None:
    """Keep a link."""
    conn.execute(freeze_links.insert(), {**asdict(link), "phone": link.phone.digits})


def freeze_on(conn: Connection, effect: Freeze) -> None:
    """Freeze, use up every link, bring proposals to their end, and know the accounts of before."""
    whose = {
        "of_administrator": effect.administrator_id,
        "number": effect.phone.digits,
        "at": effect.at,
    }
    conn.execute(_USE_UP, whose)
    if conn.execute(_FREEZE_AGAIN, whose).rowcount == 0:
        row = {
            "administrator_id": effect.administrator_id,
            "frozen_at": effect.at,
            "phone": effect.phone.digits,
            "pressed_at": effect.at,
            "thawed_at": None,
        }
        conn.execute(_FREEZE.on(conn), row)
        restore_on(conn, effect.administrator_id, effect.at)
    conn.execute(_END_PROPOSALS, {**whose, "kinds": list(effect.takes_over)})
    tell_others(conn, WORK)


def thaw_on(conn: Connection, effect: Thaw) -> None:
    """End the freeze of that moment."""
    values = {
        "of_administrator": effect.administrator_id,
        "frozen": effect.frozen_at,
        "at": effect.at,
    }
    conn.execute(_THAW, values)


def distrusted_moments(conn: Connection, msisdn: Msisdn) -> list[tuple[datetime, datetime]]:
    """From when to when changes of the e-mail of who logs in with it are not trusted, for good."""
    moments = conn.execute(_FREEZES_OF_NUMBER, {"number": msisdn.digits}).scalars()
    return [(moment - DISTRUSTED_BEFORE, moment) for moment in moments]


_LINK = select(freeze_links).where(freeze_links.c.token_hash == bindparam("token"))
_USE = (
    update(freeze_links)
    .where(
        freeze_links.c.token_hash == bindparam("token"),
        freeze_links.c.used_at.is_(None),
        freeze_links.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
)
_USE_UP = (
    update(freeze_links)
    .where(
        freeze_links.c.administrator_id == bindparam("of_administrator"),
        freeze_links.c.used_at.is_(None),
    )
    .values(used_at=bindparam("at"))
)
_ACTIVE = freezes.c.thawed_at.is_(None)
_OF = freezes.c.administrator_id == bindparam("of_administrator")
_FROZEN_AT = select(freezes.c.frozen_at).where(_OF, _ACTIVE)
_STOPS = (
    select(freezes.c.administrator_id)
    .where(
        _ACTIVE,
        or_(
            _OF,
            and_(
                freezes.c.phone == bindparam("number"),
                freezes.c.pressed_at >= bindparam("begun"),
            ),
        ),
    )
    .limit(1)
)
_FREEZE = insert_once(freezes)
_FREEZE_AGAIN = update(freezes).where(_OF, _ACTIVE).values(pressed_at=bindparam("at"))
_END_PROPOSALS = (
    update(actions)
    .where(
        in_state(actions, "proposed"),
        or_(
            actions.c.administrator_id == bindparam("of_administrator"),
            and_(
                actions.c.msisdn == bindparam("number"),
                actions.c.kind.in_(bindparam("kinds", expanding=True)),
            ),
        ),
    )
    .values(due=bindparam("at"), **RELEASED)
)
_THAW = (
    update(freezes)
    .where(_OF, _ACTIVE, freezes.c.frozen_at == bindparam("frozen"))
    .values(thawed_at=bindparam("at"))
)
_FREEZES_OF_NUMBER = select(freezes.c.frozen_at).where(freezes.c.phone == bindparam("number"))
