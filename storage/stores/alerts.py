"""Rules of alerts, how far looks have come, and what is to be told: the port `AlertStore`.

What a page brought is written in the transaction that moves the cursor, under the claim's fence;
what is told leaves its state in the transaction that owes the message.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import update
from typing_extensions import override

from account.chapters.alerts.ports import AlertStore
from account.chapters.alerts.rule import (
    USUAL_QUIET,
    Alert,
    AlertRule,
    Look,
    Looked,
    Mark,
    QuietHours,
    look_id,
)
from account.errors import TooManyAlertRules
from account.values.identifiers import Msisdn
from account.values.periods import ALMATY
from storage.engine.pg_notify import lock_name
from storage.queue.claims import RELEASED
from storage.stores import alert_statements as statements
from storage.stores.alert_rows import alert_of, alert_values, look_of, owed, rule_of, rule_values
from storage.stores.readable import readable, readable_one
from storage.tables.alerts import (
    alert_looks,
    alert_rules,
    alerts,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import Effect
    from storage.engine.database import Database
    from storage.stores.effects import EffectWriter

AT_ONCE = 5
A_DAY = 20
"""So many alerts one by one within `SPELL`, and of a day; more become a digest."""
SPELL = timedelta(minutes=10)
SPELL_OF_MANY = timedelta(hours=1)
"""How long after a digest the next one waits; the second after a day with many alerts."""
GROUPS = 50
NOT_SOONER = timedelta(minutes=1)
"""After an end of a look, before an event may bring the next one."""


Group = tuple[str, int, str]
"""Whose alerts: the person, the chat and the company."""


class AlertRows(AlertStore):
    """Every method is one transaction and raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter) -> None:
        self._database = database
        self._effects = effects

    @override
    async def add(self, rule: AlertRule, most: int, now: datetime) -> None:
        of_id = look_id(rule.company_id, single=rule.single)
        look = {"id": of_id, "state": "open", "cursor": 0, "stale_told": False}

        def work(conn: Connection) -> None:
            whose = {"whose": rule.administrator_id}
            lock_name(conn, f"alert_rules:{rule.administrator_id}")
            if conn.execute(statements.COUNT, whose).scalar_one() >= most:
                raise TooManyAlertRules(most)
            # First of all, so that nobody forgets the company before this rule is seen.
            conn.execute(statements.LOOK_HELD.on(conn), {**look, "due": now, "fence": 0}).close()
            conn.execute(alert_rules.insert(), rule_values(rule)).close()
            conn.execute(statements.SOON, {"companies": [of_id], "now": now}).close()

        await self._database.write(work)

    @override
    async def rules(self, administrator_id: str, company_id: str) -> Sequence[AlertRule]:
        return await self._rules(statements.OWN, {"whose": administrator_id, "company": company_id})

    @override
    async def rule(self, rule_id: str) -> AlertRule | None:
        found = await self._rules(statements.RULE, {"of_rule": rule_id})
        return found[0] if found else None

    @override
    async def remove(self, rule_id: str) -> None:
        def work(conn: Connection) -> None:
            for statement in (statements.REMOVE, statements.REMOVE_MARKS, statements.REMOVE_UNTOLD):
                conn.execute(statement, {"of_rule": rule_id}).close()

        await self._database.write(work)

    @override
    async def mute(self, rule_id: str, until: datetime | None) -> None:
        values = {"of_rule": rule_id, "until": until}
        await self._database.write(lambda conn: conn.execute(statements.MUTE, values).close())

    @override
    async def mute_number(
        self, administrator_id: str, company_id: str, msisdn: Msisdn, until: datetime | None
    ) -> None:
        row = {
            "administrator_id": administrator_id,
            "company_id": company_id,
            "msisdn": msisdn.digits,
        }

        def work(conn: Connection) -> None:
            if until is None:
                whose = {"whose": administrator_id, "company": company_id, "number": msisdn.digits}
                conn.execute(statements.TELL_AGAIN, whose).close()
            else:
                conn.execute(statements.MUTE_NUMBER.on(conn), {**row, "until": until}).close()

        await self._database.write(work)

    @override
    async def number_muted_until(
        self, administrator_id: str, company_id: str, msisdn: Msisdn
    ) -> datetime | None:
        whose = {"whose": administrator_id, "company": company_id, "number": msisdn.digits}

        def work(conn: Connection) -> datetime | None:
            until: datetime | None = conn.execute(statements.MUTED_UNTIL, whose).scalar()
            return until

        return await self._database.read(work)

    @override
    async def quiet(self, administrator_id: str) -> QuietHours:
        def work(conn: Connection) -> QuietHours:
            row = conn.execute(statements.QUIET, {"whose": administrator_id}).one_or_none()
            return USUAL_QUIET if row is None else QuietHours(row.begin, row.end)

        return await self._database.read(work)

    @override
    async def set_quiet(self, administrator_id: str, quiet: QuietHours) -> None:
        row = {"administrator_id": administrator_id, "begin": quiet.begin, "end": quiet.end}
        await self._database.write(
            lambda conn: conn.execute(statements.SET_QUIET.on(conn), row).close()
        )

    @override
    async def look(self, of_id: str) -> Look | None:
        def work(conn: Connection) -> Look | None:
            row = conn.execute(statements.LOOK, {"company": of_id}).one_or_none()
            return None if row is None else look_of(row)

        return await self._database.read(work)

    @override
    async def wake(self, company_ids: Sequence[str], now: datetime) -> int:
        values = {"companies": list(company_ids), "now": now, "before": now - NOT_SOONER}
        return await self._database.write(
            lambda conn: conn.execute(statements.WAKE, values).rowcount
        )

    # --- looks ---

    @override
    async def claim(self, owner: str, now: datetime, lease: timedelta) -> Look | None:
        seen = self._database.step_seen

        def work(conn: Connection) -> Look | None:
            rows = statements.CLAIMS.claim(conn, owner, now, lease, 1, step_seen=seen)
            return look_of(rows[0]) if rows else None

        return await self._database.write(work)

    @override
    async def of_company(self, company_id: str) -> Sequence[AlertRule]:
        return await self._rules(statements.OF_COMPANY, {"company": company_id})

    @override
    async def marks(
        self, rule_ids: Sequence[str], keys: Sequence[str]
    ) -> Mapping[tuple[str, str], Mark]:
        values = {"rules": list(rule_ids), "numbers": list(keys)}
        return await self._database.read(
            lambda conn: {
                (row.rule_id, row.msisdn): Mark(row.level, row.turn, row.seen_at)
                for row in conn.execute(statements.MARKS, values)
            }
        )

    @override
    async def muted(
        self, company_id: str, msisdns: Sequence[Msisdn], now: datetime
    ) -> Collection[tuple[str, str]]:
        numbers = [one.digits for one in msisdns]
        values = {"company": company_id, "numbers": numbers, "now": now}
        return await self._database.read(
            lambda conn: {
                (row.administrator_id, row.msisdn) for row in conn.execute(statements.MUTED, values)
            }
        )

    @override
    async def changed_by(
        self, company_id: str, msisdns: Sequence[Msisdn], since: datetime
    ) -> Mapping[str, frozenset[str]]:
        numbers = [one.digits for one in msisdns]
        values = {"company": company_id, "numbers": numbers, "since": since}

        def work(conn: Connection) -> dict[str, frozenset[str]]:
            found: dict[str, frozenset[str]] = {}
            for row in conn.execute(statements.CHANGED_BY, values):
                found[row.msisdn] = found.get(row.msisdn, frozenset()) | {row.administrator_id}
            return found

        return await self._database.read(work)

    @override
    async def turned(self, look: Look, looked: Looked, cursor: int, now: datetime) -> bool:
        values = {"cursor": cursor, "began_at": look.began_at, "due": now, "failing_since": None}
        return await self._database.write(
            lambda conn: self._hold(conn, look, values) and _keep(conn, looked)
        )

    @override
    async def finished(
        self,
        look: Look,
        looked: Looked,
        now: datetime,
        due: datetime,
        effects: Sequence[Effect],
        rules: Sequence[AlertRule],
    ) -> bool:
        before = look.finished_at
        every = None if before is None else max(0, round((now - before).total_seconds()))
        values = {
            "cursor": 0,
            "began_at": look.began_at,
            "finished_at": now,
            "every": every,
            "due": due,
            "failing_since": None,
            "stale_told": False,
        }

        def work(conn: Connection) -> bool:
            if not self._hold(conn, look, values):
                return False
            _keep(conn, looked)
            self._effects.write(conn, effects)
            self._sum_up(conn, look, rules, now)
            return True

        return await self._database.write(work)

    @override
    async def failed(
        self, look: Look, now: datetime, due: datetime, effects: Sequence[Effect], *, told: bool
    ) -> bool:
        values = {
            "due": due,
            "failing_since": look.failing_since or now,
            "stale_told": told or look.stale_told,
        }

        def work(conn: Connection) -> bool:
            if not self._hold(conn, look, values):
                return False
            self._effects.write(conn, effects)
            return True

        return await self._database.write(work)

    @override
    async def forget(self, look: Look, now: datetime) -> None:
        def work(conn: Connection) -> None:
            # Two statements: PostgreSQL sees a rule that was waited for by the second one alone.
            if self._hold(conn, look, {"due": now + NOT_SOONER}):
                forget = statements.FORGET_SINGLE if look.single else statements.FORGET
                conn.execute(forget, {"company": look.id, "of_rules": look.company_id}).close()

        await self._database.write(work)

    def _hold(self, conn: Connection, look: Look, values: Mapping[str, Any]) -> bool:
        statement = update(alert_looks).where(statements.HELD).values(**values, **RELEASED)
        of = {"company": look.id, "held": look.fence}
        return conn.execute(statement, of).rowcount == 1

    def _sum_up(
        self, conn: Connection, look: Look, rules: Sequence[AlertRule], now: datetime
    ) -> None:
        """Rules that were there all the time: what was over before they were made, in one word."""
        values = {"rules": [one.id for one in rules], "began": look.began_at or now}
        for row in conn.execute(statements.LOOKED, values).all():
            batch = f"first:{row.id}"
            told = {"of_rule": row.id, "batch_to": batch, "now": now}
            if conn.execute(statements.TELL_FIRST, told).rowcount:
                self._effects.write(conn, [owed("alert.first", batch, row, now)])

    # --- telling ---

    @override
    async def tell(self, now: datetime) -> int:
        told, after = 0, ("", 0, "")
        while groups := await self._groups(after, now):
            for after in groups:
                told += await self._tell(after, now)
        return told

    async def _groups(self, after: Group, now: datetime) -> Sequence[Group]:
        """The next ones: one that waits with its digest must not stand before the others."""
        whose, chat, company = after
        behind = {"whose": whose, "chat": chat, "company": company}
        values = {**behind, "now": now, "most": GROUPS}
        return await self._database.read(
            lambda conn: [tuple(row) for row in conn.execute(statements.GROUPS, values)]
        )

    async def _tell(self, group: Group, now: datetime) -> int:
        whose = dict(zip(("whose", "chat", "company"), group, strict=True))
        midnight = now.astimezone(ALMATY).replace(hour=0, minute=0, second=0, microsecond=0)

        def work(conn: Connection) -> int:
            count = conn.execute(statements.WAITING, {**whose, "now": now}).scalar_one()
            spell = conn.execute(
                statements.TOLD_SINCE, {**whose, "since": now - SPELL}
            ).scalar_one()
            day = conn.execute(statements.TOLD_SINCE, {**whose, "since": midnight}).scalar_one()
            many = day + count > A_DAY
            if spell + count <= AT_ONCE and not many:
                rows = conn.execute(statements.TELL_EACH, {**whose, "now": now}).all()
                self._effects.write(
                    conn, [owed("alert.one", str(one.id), one, now) for one in rows]
                )
                return len(rows)
            last = conn.execute(statements.LAST_DIGEST, whose).scalar()
            pause = SPELL_OF_MANY if many and last is not None else SPELL
            if last is not None and last <= now < last + pause:
                return 0
            batch = uuid.uuid4().hex
            told = conn.execute(
                statements.TELL_ALL, {**whose, "now": now, "batch_to": batch}
            ).rowcount
            if told:
                one = conn.execute(statements.BATCH, {"name": batch, "most": 1}).one()
                self._effects.write(conn, [owed("alert.many", batch, one, now)])
            return int(told > 0)

        return await self._database.write(work)

    @override
    async def alert(self, alert_id: int) -> Alert | None:
        def work(conn: Connection) -> Alert | None:
            row = conn.execute(statements.ALERT, {"of_id": alert_id}).one_or_none()
            return readable_one(alerts, row, alert_of)

        return await self._database.read(work)

    @override
    async def batch(self, name: str, limit: int) -> tuple[Sequence[Alert], int]:
        def work(conn: Connection) -> tuple[Sequence[Alert], int]:
            rows = conn.execute(statements.BATCH, {"name": name, "most": limit})
            return readable(alerts, rows, alert_of), conn.execute(
                statements.BATCH_SIZE, {"name": name}
            ).scalar_one()

        return await self._database.read(work)

    async def _rules(self, statement: Any, values: Mapping[str, Any]) -> Sequence[AlertRule]:
        return await self._database.read(
            lambda conn: readable(alert_rules, conn.execute(statement, values), rule_of)
        )


def _keep(conn: Connection, looked: Looked) -> bool:
    """What a page brought, of rules that are still there."""
    ids = {rule_id for rule_id, _msisdn, _mark in looked.marks}
    ids |= {one.rule_id for one in looked.alerts}
    there = set(conn.execute(statements.THERE, {"rules": sorted(ids)}).scalars()) if ids else set()
    for rule_id, msisdn, mark in looked.marks:
        if rule_id in there:
            row = {
                "rule_id": rule_id,
                "msisdn": msisdn,
                "level": mark.level,
                "turn": mark.turn,
                "seen_at": mark.seen_at,
            }
            conn.execute(statements.MARK.on(conn), row).close()
    for alert in looked.alerts:
        if alert.rule_id in there:
            conn.execute(statements.RAISE.on(conn), alert_values(replace(alert, id=0))).close()
    return True
