"""The Telegram accounts in which administrators have logged in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from storage.tables import known_telegrams, people

if TYPE_CHECKING:
    from sqlalchemy import Connection


def known_accounts(
    conn: Connection, administrator_ids: Sequence[str], since: datetime
) -> dict[str, tuple[int, ...]]:
    """See `account.ports.ApprovalStore.telegrams`; an old chat does not stand in for a blocked one.

    It may be somebody else's by now.
    """
    rows: dict[str, list[Any]] = {}
    for row in conn.execute(_BOUND, {"ids": list(administrator_ids)}):
        rows.setdefault(row.administrator_id, []).append(row)
    found = {known: _reached(bound, since) for known, bound in rows.items()}
    return {known: accounts for known, accounts in found.items() if accounts}


def _reached(bound: Sequence[Any], since: datetime) -> tuple[int, ...]:
    """Accounts that can be told something, of rows with the latest login first."""
    late = [row for row in bound if row.bound_at > since] or bound[:1]
    return tuple(row.telegram_id for row in late if not row.blocked)


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
    .where(known_telegrams.c.administrator_id.in_(bindparam("ids", expanding=True)))
    .order_by(known_telegrams.c.bound_at.desc(), known_telegrams.c.telegram_id)
)
