"""Texts that a message centre took, part by part, and what became of them (the port `SmsReceipts`).

A receipt may be there before the answer that names its message, may reach another process than the
one that sent, and may write in decimal what the answer wrote in hexadecimal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, insert, null, select, update

from storage.tables.outbox import sms_parts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from storage.engine.database import Database

LONGEST_ID = 64


class SmsPartRows:
    """Every method is one transaction and raises `StorageUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def submitted(self, reference: str, message_ids: list[str], now: datetime) -> None:
        """The centre took the message of that reference; one id for each part, perhaps empty."""

        def work(conn: Connection) -> None:
            for message_id in message_ids:
                early = conn.execute(_EARLY, _names(message_id)).scalar()
                if early is None:
                    row = {"reference": reference, "message_id": _bare(message_id), "at": now}
                    conn.execute(_NOTE, row).close()
                else:
                    conn.execute(_ADOPT, {"row_id": early, "of": reference}).close()

        await self._database.write(work)

    async def received(self, message_id: str, state: str, now: datetime) -> str | None:
        """Keep a receipt; the reference of its message, None when that is not known yet."""

        def work(conn: Connection) -> str | None:
            row = conn.execute(_SENT, _names(message_id)).one_or_none()
            if row is None:
                early = {"message_id": _bare(message_id), "state": state, "at": now}
                conn.execute(_NOTE, {"reference": None, **early}).close()
                return None
            conn.execute(_TELL, {"row_id": row.id, "told": state}).close()
            reference: str | None = row.reference
            return reference

        return await self._database.write(work)

    async def states(self, reference: str) -> list[str | None]:
        """What is known of each part of that message, in their order; None: no receipt yet."""
        return await self._database.read(
            lambda conn: list(conn.execute(_STATES, {"of": reference}).scalars())
        )


def written(message_id: str) -> list[str]:
    """The ways in which a centre may write that name, without zeros before it."""
    message_id = _bare(message_id)
    names = {message_id, message_id.upper(), message_id.lower()}
    try:
        names.add(str(int(message_id, 16)))
        if message_id.isdecimal():
            number = int(message_id)
            names |= {str(number), f"{number:x}", f"{number:X}"}
    except ValueError:
        pass
    return sorted(name for name in names if name)


def _names(message_id: str) -> dict[str, object]:
    return {"names": written(message_id), "exact": _bare(message_id)}


def _bare(message_id: str) -> str:
    return message_id[:LONGEST_ID].lstrip("0") or message_id[:1]


_NAMED = sms_parts.c.message_id.in_(bindparam("names", expanding=True))
_LIKELIEST = (
    case((sms_parts.c.message_id == bindparam("exact"), 0), else_=1),
    sms_parts.c.id.desc(),
)
_NOTE = insert(sms_parts)
_SENT = (
    select(sms_parts.c.id, sms_parts.c.reference)
    .where(_NAMED, sms_parts.c.reference != null())
    .order_by(*_LIKELIEST)
    .limit(1)
)
_EARLY = (
    select(sms_parts.c.id)
    .where(_NAMED, sms_parts.c.reference == null())
    .order_by(*_LIKELIEST)
    .limit(1)
)
_ROW = sms_parts.c.id == bindparam("row_id")
_ADOPT = update(sms_parts).where(_ROW).values(reference=bindparam("of"))
_TELL = update(sms_parts).where(_ROW).values(state=bindparam("told"))
_STATES = (
    select(sms_parts.c.state)
    .where(sms_parts.c.reference == bindparam("of"))
    .order_by(sms_parts.c.id)
)
