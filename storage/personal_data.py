"""Where something of a person stands, and what of it may go.

Each table that names a person is declared here, with why it stays or that it goes; a test holds the
declaration against the schema.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, func, or_, select

from account.changes.action import FINAL
from account.changes.schedule import OPEN as OPEN_SCHEDULES
from account.changes.sets.change_set import SetState
from account.documents.document import DocumentState
from account.support.personal_data import Person
from storage.tables.access import (
    codes,
    credentials,
    freeze_links,
    freezes,
    known_telegrams,
    secret_codes,
    sessions,
)
from storage.tables.actions import actions, approvals, schedules
from storage.tables.alerts import alert_marks, alert_mutes, alert_rules, alerts
from storage.tables.change_sets import change_sets, number_lists, set_approvals
from storage.tables.documents import document_chunks, documents, subscriptions
from storage.tables.history import history
from storage.tables.inbox import inbox
from storage.tables.labels import label_imports
from storage.tables.outbox import outbox
from storage.tables.people import fsm, muted, people, quiet_hours, reminders, shortlists

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

    from account.effects.history import HistoryEntry
    from account.support.personal_data import Rows
    from account.values.identifiers import Msisdn
    from storage.audit.chain import Chain
    from storage.engine.database import Database

GOES = (
    *(sessions, credentials, freeze_links, codes, number_lists),
    *(alerts, alert_rules, alert_mutes, label_imports, subscriptions, documents),
    *(muted, reminders, quiet_hours, shortlists, fsm, people),
)
"""Deleted by an erasure."""
STAYS: Mapping[Table, str] = {
    history: "the proof of who did what",
    actions: "confirmed changes: the proof of who ordered what",
    approvals: "the second word on a confirmed change",
    change_sets: "confirmed changes of many numbers",
    set_approvals: "the second word on them",
    schedules: "confirmed changes for later",
    known_telegrams: "an account that was ever another's may not be a second administrator",
    freezes: "changes that were stopped stay stopped",
    secret_codes: "codes of a company's number; they end with it, or when another is sent",
    inbox: "forgotten after two days, a week in quarantine",
    outbox: "forgotten a week after its term",
}
"""Told of with an erasure."""
_SECRET = frozenset({"password_hash", "code_mac", "token_hash", "mac", "sealed", "sealed_email"})
_NO_DATA = frozenset({"content", "chunks", "owner", "lease_until", "fence", "attempts"})
_FINAL = [state.value for state in FINAL]
_OPEN_SETS = [
    one.value
    for one in (
        SetState.PROPOSED,
        SetState.RUNNING,
        SetState.PAUSED,
        SetState.SCHEDULED,
        SetState.STOPPED,
        SetState.SUSPENDED,
    )
]
_UNMADE = [DocumentState.QUEUED.value, DocumentState.MAKING.value]


class PersonalDataStore:
    """Every method is one transaction and raises `StorageUnavailable`."""

    def __init__(self, database: Database, chain: Chain) -> None:
        self._database = database
        self._chain = chain

    async def person(self, msisdn: Msisdn) -> Person:
        """See `account.support.personal_data`."""

        def work(conn: Connection) -> Person:
            digits = msisdn.digits
            administrators: set[str] = set()
            chats: set[int] = set()
            for table in (sessions, known_telegrams):
                ids = select(table.c.administrator_id, table.c.telegram_id)
                for who, chat_id in conn.execute(ids.where(table.c.phone == digits)):
                    administrators.add(who)
                    chats.add(chat_id)
            for table, number in ((codes, codes.c.phone), (secret_codes, secret_codes.c.msisdn)):
                chat = select(table.c.telegram_id).where(
                    number == digits, table.c.telegram_id.is_not(None)
                )
                chats.update(conn.execute(chat).scalars())
            chats -= _of_others(conn, chats, administrators)
            return Person(msisdn, frozenset(administrators), frozenset(chats))

        return await self._database.read(work)

    async def rows(self, person: Person) -> Rows:
        """See `account.support.personal_data`."""

        def work(conn: Connection) -> Rows:
            found: dict[str, Sequence[Mapping[str, object]]] = {}
            for table in (*GOES, *STAYS):
                hidden = _SECRET | _NO_DATA
                columns = [one for one in table.columns if one.name not in hidden]
                told = conn.execute(select(*columns).where(_of(table, person))).mappings()
                if rows := [{str(name): _plain(one) for name, one in row.items()} for row in told]:
                    found[table.name] = rows
            return found

        return await self._database.read(work)

    async def under_way(self, person: Person) -> int:
        """See `account.support.personal_data`."""
        return await self._database.read(lambda conn: _under_way(conn, person))

    async def erase(self, person: Person, entry: HistoryEntry) -> Mapping[str, int] | None:
        """See `account.support.personal_data`."""

        def work(conn: Connection) -> Mapping[str, int] | None:
            if _under_way(conn, person):
                return None
            rules = select(alert_rules.c.id).where(_of(alert_rules, person))
            conn.execute(delete(alert_marks).where(alert_marks.c.rule_id.in_(rules)))
            ordered = select(documents.c.id).where(_of(documents, person))
            conn.execute(delete(document_chunks).where(document_chunks.c.document_id.in_(ordered)))
            erased = {
                table.name: conn.execute(delete(table).where(_of(table, person))).rowcount
                for table in GOES
            }
            self._chain.append(conn, [entry])
            return {name: count for name, count in erased.items() if count}

        return await self._database.write(work)


def _of_others(conn: Connection, chats: Collection[int], own: Collection[str]) -> set[int]:
    """Chats in which somebody else logged in last: what stands by chat there is theirs.

    Whoever mistypes a number asks for its code, and a telephone is handed on.
    """
    last: dict[int, str] = {}
    for table, at in (
        (known_telegrams, known_telegrams.c.bound_at),
        (sessions, sessions.c.opened_at),
    ):
        whose = select(table.c.telegram_id, table.c.administrator_id)
        ordered = whose.where(table.c.telegram_id.in_(chats)).order_by(at)
        last |= {row.telegram_id: row.administrator_id for row in conn.execute(ordered)}
    return {chat for chat, who in last.items() if who not in own}


def _of(table: Table, person: Person) -> ColumnElement[bool]:
    """Rows that are about the person."""
    columns = table.columns
    if "administrator_id" in columns:
        return columns.administrator_id.in_(person.administrator_ids)
    if "to" in columns:
        return columns.to.in_([person.msisdn.digits, *map(str, person.telegram_ids)])
    ways = [
        columns[name].in_(person.telegram_ids)
        for name in ("telegram_id", "chat_id")
        if name in columns
    ]
    return or_(columns.phone == person.msisdn.digits, *ways) if "phone" in columns else or_(*ways)


def _under_way(conn: Connection, person: Person) -> int:
    counted = (
        (actions, actions.c.accepted_at.is_not(None) & actions.c.state.not_in(_FINAL)),
        (change_sets, change_sets.c.state.in_(_OPEN_SETS)),
        (schedules, schedules.c.state.in_([one.value for one in OPEN_SCHEDULES])),
        (documents, documents.c.state.in_(_UNMADE)),
    )
    return sum(
        conn.execute(
            select(func.count()).select_from(table).where(_of(table, person), open_ones)
        ).scalar_one()
        for table, open_ones in counted
    )


def _plain(value: Any) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
