"""Papers that order themselves each month: the port `SubscriptionStore`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, bindparam, func, select, update
from typing_extensions import override

from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.subscriptions import Subscription, SubscriptionState, SubscriptionStore
from account.effects.history import HistoryEntry
from account.errors import TooManySubscriptions
from account.values.periods import Month
from storage.engine.pg_notify import lock_name
from storage.engine.types import Moment
from storage.stores.counters import hold_counter
from storage.stores.readable import readable, readable_one
from storage.tables.base import in_state
from storage.tables.documents import subscriptions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.documents.document import DocumentOrder
    from account.effects.effect import Effect
    from storage.engine.database import Database
    from storage.stores.documents import DocumentRows
    from storage.stores.effects import EffectWriter


class SubscriptionRows(SubscriptionStore):
    """A row for each; orders are placed in the transaction that notes the month."""

    def __init__(self, database: Database, effects: EffectWriter, documents: DocumentRows) -> None:
        self._database = database
        self._effects = effects
        self._documents = documents

    @override
    async def add(self, subscription: Subscription, most: int) -> Subscription:
        same = {
            "whose": subscription.administrator_id,
            "company": subscription.company_id,
            "what": subscription.kind.value,
            "on": subscription.day,
        }

        def work(conn: Connection) -> Subscription:
            lock_name(conn, f"subscriptions:{subscription.administrator_id}")
            row = conn.execute(_SAME, same).first()
            before = readable_one(subscriptions, row, _subscription)
            if before is not None:
                same_one = _taken_up(before, subscription)
                conn.execute(_TAKE_UP, {**_progress(same_one), **_chat(same_one)}).close()
                return same_one
            if conn.execute(_COUNT, {"whose": same["whose"]}).scalar_one() >= most:
                raise TooManySubscriptions(most)
            conn.execute(subscriptions.insert(), _values(subscription)).close()
            return subscription

        return await self._database.write(work)

    @override
    async def of_person(self, administrator_id: str, company_id: str) -> Sequence[Subscription]:
        return await self._many(_OWN, {"whose": administrator_id, "company": company_id})

    @override
    async def read(self, subscription_id: str) -> Subscription | None:
        found = await self._many(_READ, {"of_id": subscription_id})
        return found[0] if found else None

    @override
    async def due(self, now: datetime, limit: int) -> Sequence[Subscription]:
        def work(conn: Connection) -> Sequence[Subscription]:
            most = limit
            while True:
                rows = conn.execute(_DUE, {"now": now, "most": most}).all()
                found = readable(subscriptions, rows, _subscription)
                # Those of a newer program must not stand before the others.
                if len(found) >= limit or len(rows) < most:
                    return found[:limit]
                most *= 2

        return await self._database.read(work)

    @override
    async def order(
        self,
        subscription: Subscription,
        order: DocumentOrder,
        now: datetime,
        effects: Sequence[Effect],
    ) -> bool:
        def work(conn: Connection) -> bool:
            hold_counter(conn, "R", now)
            if not _move_on(conn, subscription, subscription.month):
                return False
            document = self._documents.queue_on(conn, order, now)
            self._effects.write(
                conn,
                [
                    replace(one, reference=document.reference)
                    if isinstance(one, HistoryEntry)
                    else one
                    for one in effects
                ],
            )
            return True

        return await self._database.write(work)

    @override
    async def put_off(
        self, subscription: Subscription, month: Month, effects: Sequence[Effect]
    ) -> bool:
        def work(conn: Connection) -> bool:
            if not _move_on(conn, subscription, month):
                return False
            self._effects.write(conn, effects)
            return True

        return await self._database.write(work)

    @override
    async def later(self, subscription: Subscription, due: datetime) -> None:
        values = {"of_id": subscription.id, "was": subscription.due, "due_to": due}
        await self._database.write(lambda conn: conn.execute(_LATER, values).close())

    @override
    async def settle(
        self,
        subscription: Subscription,
        state: SubscriptionState,
        effects: Sequence[Effect],
        *,
        chat: int | None = None,
    ) -> bool:
        values = {"of_id": subscription.id, "to": state.value, "chat": chat}

        def work(conn: Connection) -> bool:
            if conn.execute(_SETTLE, values).rowcount != 1:
                return False
            self._effects.write(conn, effects)
            return True

        return await self._database.write(work)

    async def _many(self, statement: Any, values: dict[str, Any]) -> Sequence[Subscription]:
        return await self._database.read(
            lambda conn: readable(subscriptions, conn.execute(statement, values), _subscription)
        )


def _taken_up(before: Subscription, again: Subscription) -> Subscription:
    """One that is subscribed to again: in the chat where that was said, and none that waits for
    its person any more.
    """
    if before.state is SubscriptionState.SUSPENDED and again.month > before.month:
        before = replace(before, month=again.month, due=again.due, waits_since=None)
    return replace(
        before,
        telegram_id=again.telegram_id,
        language=again.language,
        state=SubscriptionState.ACTIVE,
    )


def _chat(subscription: Subscription) -> dict[str, Any]:
    return {"chat": subscription.telegram_id, "language_to": subscription.language}


def _move_on(conn: Connection, subscription: Subscription, month: Month) -> bool:
    """Unless that month was dealt with before."""
    values = {**_progress(subscription), "below": str(month)}
    return conn.execute(_MOVE_ON, values).rowcount == 1


def _progress(subscription: Subscription) -> dict[str, Any]:
    return {
        "of_id": subscription.id,
        "month_to": str(subscription.month),
        "due_to": subscription.due,
        "waits_to": subscription.waits_since,
    }


def _values(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "format": one.format.value,
        "day": one.day,
        "company_id": one.company_id,
        "telegram_id": one.telegram_id,
        "administrator_id": one.administrator_id,
        "administrator": one.administrator,
        "language": one.language,
        "made_at": one.made_at,
        "month": str(one.month),
        "due": one.due,
        "state": one.state.value,
        "waits_since": one.waits_since,
    }


def _subscription(row: Any) -> Subscription:
    return Subscription(
        id=row.id,
        kind=DocumentKind(row.kind),
        format=DocumentFormat(row.format),
        day=row.day,
        company_id=row.company_id,
        telegram_id=row.telegram_id,
        administrator_id=row.administrator_id,
        administrator=row.administrator,
        language=row.language,
        made_at=row.made_at,
        month=Month.parse(row.month),
        due=row.due,
        state=SubscriptionState(row.state),
        waits_since=row.waits_since,
    )


_ID = subscriptions.c.id == bindparam("of_id")
_ACTIVE = in_state(subscriptions, "active")
_OPEN = in_state(subscriptions, "active", "suspended")
_WHOSE = subscriptions.c.administrator_id == bindparam("whose")
_READ = select(subscriptions).where(_ID)
_OWN = (
    select(subscriptions)
    .where(_OPEN, _WHOSE, subscriptions.c.company_id == bindparam("company"))
    .order_by(subscriptions.c.made_at, subscriptions.c.id)
)
_SAME = _OWN.where(
    subscriptions.c.kind == bindparam("what"), subscriptions.c.day == bindparam("on")
)
_COUNT = select(func.count()).select_from(subscriptions).where(_OPEN, _WHOSE)
_DUE = (
    select(subscriptions)
    .where(_ACTIVE, subscriptions.c.due <= bindparam("now", type_=Moment))
    .order_by(subscriptions.c.due, subscriptions.c.id)
    .limit(bindparam("most"))
)
_MOVE = (
    update(subscriptions)
    .where(_ID, _ACTIVE)
    .values(
        month=bindparam("month_to"),
        due=bindparam("due_to", type_=Moment),
        waits_since=bindparam("waits_to", type_=Moment),
    )
)
# Months are written so that their texts are in their order.
_MOVE_ON = _MOVE.where(subscriptions.c.month < bindparam("below"))
_LATER = (
    update(subscriptions)
    .where(_ID, _ACTIVE, subscriptions.c.due == bindparam("was", type_=Moment))
    .values(due=bindparam("due_to", type_=Moment))
)
_SETTLE = (
    update(subscriptions)
    .where(_ID, _OPEN, subscriptions.c.state != bindparam("to"))
    .values(
        state=bindparam("to"),
        telegram_id=func.coalesce(bindparam("chat", type_=BigInteger), subscriptions.c.telegram_id),
    )
)
_TAKE_UP = (
    update(subscriptions)
    .where(_ID, _OPEN)
    .values(
        state="active",
        month=bindparam("month_to"),
        due=bindparam("due_to", type_=Moment),
        waits_since=bindparam("waits_to", type_=Moment),
        telegram_id=bindparam("chat", type_=BigInteger),
        language=bindparam("language_to"),
    )
)
