"""Secret codes of numbers, and whom they let in (S14). The port `SecretCodeStore`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, null, or_, select, update
from typing_extensions import override

from account.access.secret_codes import FIRST_USE_WITHIN, SecretCode, SecretCodeStore
from account.effects.effect import Channel, OutboxMessage
from account.values.identifiers import Msisdn
from storage.engine.upserts import insert_once
from storage.queue.outbox import DELIVERED, OWED
from storage.stores.effect_port import WritesEffects
from storage.tables.access import secret_codes
from storage.tables.outbox import outbox as messages

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import Effect
    from storage.engine.database import Database
    from storage.queue.outbox import Outbox

WORD_LIFE = timedelta(hours=24)
ENDED = "employee.ended"


class SecretCodeRows(SecretCodeStore):
    """The port `SecretCodeStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: WritesEffects, outbox: Outbox) -> None:
        self._database = database
        self._effects = effects
        self._outbox = outbox

    @override
    async def of_number(
        self, company_id: str, msisdn: Msisdn, since: datetime
    ) -> tuple[SecretCode | None, Sequence[datetime]]:
        whose = {"company": company_id, "number": msisdn.digits}

        def work(conn: Connection) -> tuple[SecretCode | None, Sequence[datetime]]:
            row = conn.execute(_UNENDED, whose).first()
            sends = conn.execute(_SENDS, {**whose, "since": since}).scalars().all()
            return (None if row is None else _code(row)), sends

        return await self._database.read(work)

    @override
    async def live(self, msisdn: Msisdn, now: datetime) -> SecretCode | None:
        return await self._one(_LIVE, {"number": msisdn.digits, "oldest": now - FIRST_USE_WITHIN})

    @override
    async def of_person(self, telegram_id: int) -> SecretCode | None:
        """A code in use does not grow old."""
        return await self._one(_OF_PERSON, {"person": telegram_id})

    @override
    async def read(self, code_id: str) -> SecretCode | None:
        return await self._one(_BY_ID, {"of_id": code_id})

    @override
    async def send(self, code: SecretCode, effects: Sequence[Effect]) -> None:

        def work(conn: Connection) -> None:
            end_on(conn, self._outbox, code.company_id, code.msisdn, code.sent_at, but=code.id)
            if conn.execute(_INSERT.on(conn), _values(code)).first() is not None:
                self._effects.write(conn, effects)

        await self._database.write(work)

    @override
    async def handed_over(self, key: str) -> bool | None:

        def work(conn: Connection) -> bool | None:
            state = conn.execute(_MESSAGE, {"of_key": key}).scalar()
            return None if state == OWED else state == DELIVERED

        return await self._database.read(work)

    @override
    async def bind(self, code_id: str, telegram_id: int, now: datetime) -> bool:
        values = {"of_id": code_id, "person": telegram_id, "now": now}
        return await self._database.write(lambda conn: conn.execute(_BIND, values).rowcount == 1)

    @override
    async def end(self, company_id: str, msisdn: Msisdn, now: datetime) -> None:
        await self._database.write(lambda conn: end_on(conn, self._outbox, company_id, msisdn, now))

    async def _one(self, statement: Any, values: dict[str, Any]) -> SecretCode | None:
        def work(conn: Connection) -> SecretCode | None:
            row = conn.execute(statement, values).first()
            return None if row is None else _code(row)

        return await self._database.read(work)


def end_on(
    conn: Connection,
    outbox: Outbox,
    company_id: str,
    msisdn: Msisdn,
    now: datetime,
    *,
    but: str = "",
) -> None:
    """End the number's codes, but for one, over a connection that is in a transaction."""
    values = {"company": company_id, "number": msisdn.digits, "now": now, "but": but}
    for row in conn.execute(_END, values).all():
        if row.telegram_id is not None:
            _tell(conn, outbox, row, ENDED, now)


def tell_on(
    conn: Connection, outbox: Outbox, company_id: str, msisdn: Msisdn, kind: str, now: datetime
) -> None:
    """Owe a message to whoever the number's code lets in."""
    row = conn.execute(_UNENDED, {"company": company_id, "number": msisdn.digits}).first()
    if row is not None and row.telegram_id is not None:
        _tell(conn, outbox, row, kind, now)


def _tell(conn: Connection, outbox: Outbox, row: Any, kind: str, now: datetime) -> None:
    outbox.owe_on(
        conn,
        OutboxMessage(
            Channel.TELEGRAM,
            str(row.telegram_id),
            kind,
            now + WORD_LIFE,
            {"number": row.msisdn},
            key=f"{row.id}:{kind}:{now.timestamp()}",
        ),
    )


_OF_NUMBER = and_(
    secret_codes.c.company_id == bindparam("company"),
    secret_codes.c.msisdn == bindparam("number"),
)
_NOT_ENDED = secret_codes.c.ended_at == null()
_NEWEST = secret_codes.c.sent_at.desc()
_UNENDED = select(secret_codes).where(_OF_NUMBER, _NOT_ENDED).order_by(_NEWEST)
_SENDS = (
    select(secret_codes.c.sent_at)
    .where(_OF_NUMBER, secret_codes.c.sent_at > bindparam("since"))
    .order_by(secret_codes.c.sent_at)
)
_LIVE = (
    select(secret_codes)
    .where(
        secret_codes.c.msisdn == bindparam("number"),
        _NOT_ENDED,
        or_(
            secret_codes.c.telegram_id != null(),
            secret_codes.c.sent_at > bindparam("oldest"),
        ),
    )
    .order_by(_NEWEST)
)
_OF_PERSON = (
    select(secret_codes)
    .where(secret_codes.c.telegram_id == bindparam("person"), _NOT_ENDED)
    .order_by(secret_codes.c.used_at.desc())
)
_BY_ID = select(secret_codes).where(secret_codes.c.id == bindparam("of_id"))
_MESSAGE = select(messages.c.state).where(messages.c.key == bindparam("of_key"))
_INSERT = insert_once(secret_codes, "id")
_BIND = (
    update(secret_codes)
    .where(
        secret_codes.c.id == bindparam("of_id"),
        _NOT_ENDED,
        or_(
            secret_codes.c.telegram_id == null(),
            secret_codes.c.telegram_id == bindparam("person"),
        ),
    )
    .values(telegram_id=bindparam("person"), used_at=bindparam("now"))
)
_END = (
    update(secret_codes)
    .where(_OF_NUMBER, _NOT_ENDED, secret_codes.c.id != bindparam("but"))
    .values(ended_at=bindparam("now"))
    .returning(secret_codes.c.id, secret_codes.c.telegram_id, secret_codes.c.msisdn)
)


def _values(code: SecretCode) -> dict[str, Any]:
    return {
        "id": code.id,
        "company_id": code.company_id,
        "company_name": code.company_name,
        "company_bin": code.company_bin,
        "msisdn": code.msisdn.digits,
        "code_mac": code.code_mac,
        "sent_at": code.sent_at,
    }


def _code(row: Any) -> SecretCode:
    return SecretCode(
        id=row.id,
        company_id=row.company_id,
        company_name=row.company_name,
        company_bin=row.company_bin,
        msisdn=Msisdn(row.msisdn),
        code_mac=row.code_mac,
        sent_at=row.sent_at,
        telegram_id=row.telegram_id,
        used_at=row.used_at,
        ended_at=row.ended_at,
    )
