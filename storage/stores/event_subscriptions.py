"""What the operator was asked to tell us of, one subscription for each of its APIs.

A row stands before the hub is asked, with the key that the question carries: whoever dies between
question and answer asks again with the same key. Addresses are not kept, only a digest of what was
told: the callback's path is a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Text, bindparam, func, null, select, update

from account.changes.action import ActionState
from storage.engine.types import Moment
from storage.engine.upserts import insert_or_set
from storage.tables.actions import actions
from storage.tables.base import in_state
from storage.tables.processes import event_subscriptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from storage.engine.database import Database

GRACE = timedelta(seconds=15)
"""By how much later than its order an event may come, and `heard_at` be noted."""
SETTLED_STATES = (ActionState.DONE.value, ActionState.REJECTED.value)


@dataclass(frozen=True, slots=True)
class EventSubscription:
    """`told` is a digest of the address, the filter and the hub that the operator was told.

    `hub_id` is None until the hub has answered, and empty where it told none; `refused` the status
    by which it said no. Moments are aware, UTC.
    """

    api: str
    key: str
    told: str
    hub_id: str | None
    refused: int | None
    since: datetime
    heard_at: datetime | None


class EventSubscriptionRows:
    """Every method is one transaction and raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[str, EventSubscription]:
        """Every subscription, by its API's number."""

        def work(conn: Connection) -> dict[str, EventSubscription]:
            return {row.api: EventSubscription(*row) for row in conn.execute(_ALL)}

        return await self._database.read(work)

    async def begin(
        self, api: str, key: str, told: str, now: datetime, refused: int | None = None
    ) -> None:
        """The hub is about to be asked; what stood there is forgotten, but for an earlier no."""
        values = {
            "api": api,
            "key": key,
            "told": told,
            "hub_id": None,
            "refused": refused,
            "since": now,
            "heard_at": None,
        }
        await self._database.write(lambda conn: conn.execute(_BEGIN.on(conn), values).close())

    async def answered(self, key: str, hub_id: str | None, refused: int | None) -> None:
        """What the hub said to the question with that key: its id, or a status that is a no."""
        values = {"of_key": key, "hub": hub_id, "status": refused}
        await self._database.write(lambda conn: conn.execute(_ANSWERED, values).close())

    async def forget(self, key: str) -> None:
        """It has ended."""
        await self._database.write(lambda conn: conn.execute(_FORGET, {"of_key": key}).close())

    async def heard(self, api: str, now: datetime) -> None:
        """Something came by it."""
        values = {"of_api": api, "now": now}
        await self._database.write(lambda conn: conn.execute(_HEARD, values).close())

    async def ended_untold(self, api: str, kinds: Sequence[str], until: datetime, most: int) -> int:
        """How many orders of these kinds ended before `until` without any event, `most` at most.

        Those that were looked at more than once, since the subscription began and since the last
        event of any order.
        """
        values = {"of_api": api, "kinds": list(kinds), "until": until, "most": most}

        def work(conn: Connection) -> int:
            row = conn.execute(_ALL.where(event_subscriptions.c.api == api)).one_or_none()
            if row is None:
                return 0
            begun = max(row.since, row.heard_at or row.since) + GRACE
            counted: int = conn.execute(_UNTOLD, {**values, "begun": begun}).scalar_one()
            return counted

        return await self._database.read(work)


_ALL = select(event_subscriptions)
_OF_KEY = event_subscriptions.c.key == bindparam("of_key")
_BEGIN = insert_or_set(
    event_subscriptions, ("api",), ("key", "told", "hub_id", "refused", "since", "heard_at")
)
_ANSWERED = (
    update(event_subscriptions)
    .where(_OF_KEY)
    .values(hub_id=bindparam("hub"), refused=bindparam("status"))
)
_FORGET = event_subscriptions.delete().where(_OF_KEY)
_HEARD = (
    update(event_subscriptions)
    .where(event_subscriptions.c.api == bindparam("of_api"))
    .values(heard_at=bindparam("now"))
)
_SOME = (
    select(actions.c.id)
    .where(
        in_state(actions, *SETTLED_STATES),
        actions.c.settled_at > bindparam("begun", type_=Moment),
        actions.c.settled_at < bindparam("until", type_=Moment),
        actions.c.kind.in_(bindparam("kinds", expanding=True, type_=Text)),
        actions.c.order_id != null(),
        actions.c.checks > 0,
        actions.c.woken_at == null(),
    )
    .limit(bindparam("most"))
    .subquery()
)
_UNTOLD = select(func.count()).select_from(_SOME)
