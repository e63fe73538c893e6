"""Papers that order themselves wait for their person after “It was not me”."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update

from account.effects.effect import TellAccounts
from storage.stores.known_accounts import tell_on
from storage.tables.base import in_state
from storage.tables.documents import subscriptions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.queue.outbox import Outbox

WORD_LIFE = timedelta(days=7)


def suspend_subscriptions_on(
    conn: Connection, outbox: Outbox, administrator_id: str, at: datetime
) -> None:
    """Nothing of the administrator's is ordered before they have kept it; they are told at once."""
    if conn.execute(_SUSPEND, {"whose": administrator_id}).rowcount:
        told = TellAccounts(
            administrator_id=administrator_id,
            kind="subscription.suspended",
            key=f"subscription:suspended:{administrator_id}:{at.isoformat()}",
            at=at,
            expires_at=at + WORD_LIFE,
        )
        tell_on(conn, outbox, told)


_SUSPEND = (
    update(subscriptions)
    .where(
        in_state(subscriptions, "active"),
        subscriptions.c.administrator_id == bindparam("whose"),
    )
    .values(state="suspended")
)
