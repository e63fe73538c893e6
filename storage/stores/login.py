"""Passwords, wrong tries and one-time codes (S01, S02)."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, or_, select, update
from typing_extensions import override

from account.access.login import WRONG_IN_A_ROW, Credential, Lock, LoginStore, lock_for
from account.credentials.one_time_codes import (
    CODE_TRIES,
    COUNTED_FOR,
    Code,
    CodeOutcome,
    CodeTry,
    CodeUse,
    SendLimits,
    no_limits,
)
from account.values.identifiers import Msisdn
from storage.engine.upserts import insert_or_set
from storage.tables.access import attempts, codes, credentials, freezes, known_telegrams
from storage.tables.base import in_state

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import Effect
    from storage.engine.database import Database
    from storage.stores.effects import EffectWriter

FADE = timedelta(hours=24)
"""Wrong tries and locks count no more after so long without a try, from the lock's end on."""
LIVE, SUPERSEDED, USED, GRANTED = "live", "superseded", "used", "granted"


class LoginRows(LoginStore):
    """The port `LoginStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter) -> None:
        self._database = database
        self._effects = effects

    @override
    async def credential(self, administrator_id: str) -> Credential | None:
        """Without a password yet, its hash is None."""
        values = {"administrator_id": administrator_id}

        def work(conn: Connection) -> Credential | None:
            password_hash = conn.execute(_PASSWORD, values).scalar()
            rows = conn.execute(_ACCOUNTS, values).all()
            if password_hash is None and not rows:
                return None
            return Credential(
                administrator_id,
                password_hash,
                frozenset(
                    row.telegram_id
                    for row in rows
                    if row.forgotten_at is None and row.removed_at is None
                ),
                frozenset(row.telegram_id for row in rows if row.removed_at is not None),
                conn.execute(_FROZEN_AT, values).scalar(),
            )

        return await self._database.read(work)

    @override
    async def lock(self, keys: Sequence[str], now: datetime) -> Lock | None:
        """Of several locks the one that lasts longest."""
        values = {"keys": list(keys), "now": now}

        def work(conn: Connection) -> Lock | None:
            row = conn.execute(_LOCK, values).first()
            return None if row is None else Lock(row.locked_until, row.level)

        return await self._database.read(work)

    @override
    async def fail(self, key: str, now: datetime, effects: Sequence[Effect]) -> Lock | None:
        """Under a lock nothing is counted."""

        def work(conn: Connection) -> Lock | None:
            fresh = {"key": key, "wrong": 0, "level": 0, "locked_until": None, "tried_at": now}
            conn.execute(_BEGIN.on(conn), fresh)
            row = conn.execute(_ATTEMPTS, {"of_key": key}).one()
            if row.locked_until is not None and row.locked_until > now:
                return None
            faded = now - max(row.tried_at, row.locked_until or row.tried_at) >= FADE
            wrong, level = (1, 0) if faded else (row.wrong + 1, row.level)
            lock = None
            if wrong >= WRONG_IN_A_ROW:
                lock = Lock(now + lock_for(level + 1), level + 1)
                wrong, level = 0, lock.level
            values = {"new_wrong": wrong, "new_level": level, "now": now, "of_key": key}
            conn.execute(_COUNT, {**values, "new_until": None if lock is None else lock.until})
            if lock is not None:
                self._effects.write(conn, effects)
            return lock

        return await self._database.write(work)

    @override
    async def enter(
        self,
        keys: Sequence[str],
        effects: Sequence[Effect],
        *,
        unless_locked: datetime | None = None,
    ) -> bool:

        def work(conn: Connection) -> bool:
            locks = conn.execute(_TRIES_OF, {"keys": sorted(keys)}).all()
            if unless_locked is not None and any(
                row.locked_until is not None and row.locked_until > unless_locked for row in locks
            ):
                return False
            conn.execute(_FORGET, {"keys": list(keys)})
            self._effects.write(conn, effects)
            return True

        return await self._database.write(work)

    @override
    async def code_sends(self, phone: Msisdn, since: datetime) -> Sequence[Code]:
        """One sent exactly at `since` is not among them."""
        values = {"phone": phone.digits, "since": since}
        return await self._database.read(
            lambda conn: [_code(row) for row in conn.execute(_SENDS, values)]
        )

    @override
    async def issue(
        self, code: Code, effects: Sequence[Effect], judge: SendLimits = no_limits
    ) -> None:
        """Void codes stay, so that their wrong tries count."""
        whose = {"of_phone": code.phone.digits, "person": code.telegram_id, "use": code.purpose}
        values = {
            "id": code.id,
            "phone": code.phone.digits,
            "telegram_id": code.telegram_id,
            "purpose": code.purpose,
            "code_mac": code.code_mac,
            "sent_at": code.sent_at,
            "wrong": code.wrong,
            "state": LIVE,
        }

        def work(conn: Connection) -> None:
            judge(_codes_held(conn, code.phone, code.sent_at, code.telegram_id))
            conn.execute(_SUPERSEDE, whose)
            conn.execute(codes.insert(), values)
            self._effects.write(conn, effects)

        await self._database.write(work)

    @override
    async def try_code(
        self,
        phone: Msisdn,
        telegram_id: int,
        purpose: str,
        code_mac: str,
        now: datetime,
        judge: SendLimits = no_limits,
        *,
        older: Sequence[str] = (),
    ) -> CodeUse:
        one = CodeTry(phone, telegram_id, purpose, (code_mac, *older), judge)
        return await self._database.write(lambda conn: use_code(conn, one, now))

    @override
    async def take_grant(
        self, phone: Msisdn, telegram_id: int, purpose: str, since: datetime
    ) -> Code | None:
        whose = {"of_phone": phone.digits, "person": telegram_id, "use": purpose, "since": since}

        def work(conn: Connection) -> Code | None:
            row = conn.execute(_GRANT, whose).first()
            if row is None:
                return None
            conn.execute(_TAKE_GRANT, {"of_seq": row.seq})
            return _code(row)

        return await self._database.write(work)

    async def awaited(self, code_id: str) -> Code | None:
        """The code of that id while no other has taken its place and it was not typed right."""
        row = await self._database.read(
            lambda conn: conn.execute(_AWAITED, {"of_id": code_id}).first()
        )
        return None if row is None else _code(row)

    @override
    async def granted(self, phone: Msisdn, telegram_id: int, purpose: str, since: datetime) -> bool:
        whose = {"of_phone": phone.digits, "person": telegram_id, "use": purpose, "since": since}
        return await self._database.read(
            lambda conn: conn.execute(_GRANTED, whose).first() is not None
        )


def use_code(conn: Connection, one: CodeTry, now: datetime) -> CodeUse:
    """`LoginRows.try_code` in the transaction of `conn`, which must commit a wrong try as well."""
    one.judge(_codes_held(conn, one.phone, now))
    whose = {"of_phone": one.phone.digits, "person": one.telegram_id, "use": one.purpose}
    row = conn.execute(_LATEST, whose).first()
    if row is None or row.state != LIVE or now >= _code(row).expires_at:
        return CodeUse(CodeOutcome.EXPIRED)
    if row.wrong >= CODE_TRIES:
        return CodeUse(CodeOutcome.EXHAUSTED)
    macs = [mac.encode() for mac in one.macs]
    if any(hmac.compare_digest(row.code_mac.encode(), mac) for mac in macs):
        conn.execute(_USE, {"of_seq": row.seq, "now": now})
        return CodeUse(CodeOutcome.RIGHT)
    conn.execute(_MISS, {"of_seq": row.seq})
    left = CODE_TRIES - row.wrong - 1
    return CodeUse(CodeOutcome.WRONG if left else CodeOutcome.EXHAUSTED, left)


def _codes_held(
    conn: Connection, phone: Msisdn, now: datetime, telegram_id: int | None = None
) -> list[Code]:
    """The codes that still count, of a number and of an account where one is told.

    Nobody else sends one to either, or tries one of the number, until the transaction ends: the
    number's row is held first, so that no two wait for each other.
    """
    keys = [f"codes:{phone.digits}"]
    if telegram_id is not None:
        keys.append(f"codes:telegram:{telegram_id}")
    for key in keys:
        fresh = {"key": key, "wrong": 0, "level": 0, "locked_until": None, "tried_at": now}
        conn.execute(_BEGIN_NOW.on(conn), fresh)
    values = {"phone": phone.digits, "since": now - COUNTED_FOR}
    if telegram_id is None:
        return [_code(row) for row in conn.execute(_SENDS, values)]
    return [_code(row) for row in conn.execute(_SENDS_OF_BOTH, {**values, "person": telegram_id})]


_PASSWORD = select(credentials.c.password_hash).where(
    credentials.c.administrator_id == bindparam("administrator_id")
)
_ACCOUNTS = select(known_telegrams).where(
    known_telegrams.c.administrator_id == bindparam("administrator_id")
)
_FROZEN_AT = select(freezes.c.frozen_at).where(
    freezes.c.administrator_id == bindparam("administrator_id"), freezes.c.thawed_at.is_(None)
)
_BY_KEYS = attempts.c.key.in_(bindparam("keys", expanding=True))
_LOCK = (
    select(attempts.c.locked_until, attempts.c.level)
    .where(_BY_KEYS, attempts.c.locked_until > bindparam("now"))
    .order_by(attempts.c.locked_until.desc())
    .limit(1)
)
_BEGIN = insert_or_set(attempts, ("key",), ("key",))
"""Makes the row or holds it, so that no purge takes it away before it is read."""
_BEGIN_NOW = insert_or_set(attempts, ("key",), ("tried_at",))
"""The same of a row that only bars the way: what is used does not fade."""
_ATTEMPTS = select(attempts).where(attempts.c.key == bindparam("of_key")).with_for_update()
_COUNT = (
    update(attempts)
    .where(attempts.c.key == bindparam("of_key"))
    .values(
        wrong=bindparam("new_wrong"),
        level=bindparam("new_level"),
        locked_until=bindparam("new_until"),
        tried_at=bindparam("now"),
    )
)
_TRIES_OF = select(attempts).where(_BY_KEYS).order_by(attempts.c.key).with_for_update()
_FORGET = delete(attempts).where(_BY_KEYS)

_WHOSE = and_(
    codes.c.phone == bindparam("of_phone"),
    codes.c.telegram_id == bindparam("person"),
    codes.c.purpose == bindparam("use"),
)
_SENDS = (
    select(codes)
    .where(codes.c.phone == bindparam("phone"), codes.c.sent_at > bindparam("since"))
    .order_by(codes.c.seq)
)
_SENDS_OF_BOTH = (
    select(codes)
    .where(
        or_(codes.c.phone == bindparam("phone"), codes.c.telegram_id == bindparam("person")),
        codes.c.sent_at > bindparam("since"),
    )
    .order_by(codes.c.seq)
)
_SUPERSEDE = update(codes).where(_WHOSE, in_state(codes, LIVE)).values(state=SUPERSEDED)
_LATEST = select(codes).where(_WHOSE).order_by(codes.c.seq.desc()).limit(1).with_for_update()
_AWAITED = select(codes).where(codes.c.id == bindparam("of_id"), in_state(codes, LIVE))
_BY_SEQ = codes.c.seq == bindparam("of_seq")
_USE = update(codes).where(_BY_SEQ).values(state=USED, verified_at=bindparam("now"))
_MISS = update(codes).where(_BY_SEQ).values(wrong=codes.c.wrong + 1)
_GRANTED = (
    select(codes)
    .where(_WHOSE, in_state(codes, USED), codes.c.verified_at >= bindparam("since"))
    .order_by(codes.c.seq.desc())
    .limit(1)
)
_GRANT = _GRANTED.with_for_update()
_TAKE_GRANT = update(codes).where(_BY_SEQ).values(state=GRANTED)


def _code(row: Any) -> Code:
    return Code(
        id=row.id,
        phone=Msisdn(row.phone),
        telegram_id=row.telegram_id,
        purpose=row.purpose,
        code_mac=row.code_mac,
        sent_at=row.sent_at,
        wrong=row.wrong,
        used=row.state in (USED, GRANTED),
    )
