"""What is forgotten, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, and_, bindparam, delete, func, null, or_, select, update

from account.changes.action import ActionState
from account.changes.sets.change_set import LIST_LIFE, SetState
from account.chapters.alerts.rule import MARKS_KEPT_FOR
from account.chapters.labels import KEPT_FOR as LABELS_KEPT_FOR
from account.documents.document import KEPT_FOR
from storage.engine.types import Moment
from storage.queue.inbox import DONE, QUARANTINED
from storage.queue.outbox import DEAD, DELIVERED, OWED
from storage.stores.login import FADE
from storage.tables.access import attempts, codes, freeze_links, sessions
from storage.tables.actions import actions, approvals
from storage.tables.alerts import alert_marks, alert_mutes, alerts
from storage.tables.base import in_state
from storage.tables.change_sets import change_sets, number_lists, set_approvals
from storage.tables.documents import document_chunks, documents, subscriptions
from storage.tables.inbox import inbox
from storage.tables.labels import label_imports, number_labels
from storage.tables.outbox import outbox, sms_parts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.engine.database import Database


STRETCH = 2000
"""Rows of the inbox looked at in one transaction, so that taps get in between."""


@dataclass(frozen=True, slots=True)
class KeptFor:
    """How long things are kept."""

    inbox_done: timedelta = timedelta(days=2)
    inbox_quarantined: timedelta = timedelta(days=7)
    codes: timedelta = timedelta(days=2)
    offers: timedelta = timedelta(days=2)
    approvals: timedelta = timedelta(days=7)
    lists: timedelta = LIST_LIFE
    freeze_links: timedelta = timedelta(days=7)
    outbox: timedelta = timedelta(days=7)
    documents: timedelta = timedelta(days=30)
    document_content: timedelta = KEPT_FOR
    sessions: timedelta = timedelta(days=30)
    labels_of_gone: timedelta = LABELS_KEPT_FOR
    label_imports: timedelta = timedelta(days=2)
    alerts: timedelta = timedelta(days=30)
    alert_marks: timedelta = MARKS_KEPT_FOR
    ended_subscriptions: timedelta = timedelta(days=30)
    history: timedelta | None = None
    """The actions history and ended changes; None: for good."""


class Retention:
    """Forgets. The history and confirmed changes and sets are kept."""

    def __init__(self, database: Database, kept: KeptFor | None = None) -> None:
        self._database = database
        self.kept = kept or KeptFor()

    async def purge(self, now: datetime) -> int:
        """Delete and erase what is old; how many rows it touched. Raises `StorageUnavailable`.

        Each kind is a transaction of its own, so that taps get in between.
        """
        kept = self.kept
        before = {
            _CODES: now - kept.codes,
            _OFFERS: now - kept.offers,
            _APPROVALS: now - kept.approvals,
            _SET_APPROVALS: now - kept.approvals,
            _SETS: now - kept.offers,
            _LISTS: now - kept.lists,
            _FREEZE_LINKS: now - kept.freeze_links,
            _EXPIRED_MESSAGES: now,
            _MESSAGES: now - kept.outbox,
            _SMS_PARTS: now - kept.outbox,
            _CHUNKS: now - kept.document_content,
            _DOCUMENTS: now - kept.documents,
            _SESSIONS: now - kept.sessions,
            _ATTEMPTS: now - FADE,
            _LABELS: now - kept.labels_of_gone,
            _LABEL_IMPORTS: now - kept.label_imports,
            _ALERTS: now - kept.alerts,
            _MARKS: now - kept.alert_marks,
            _MUTES: now,
            _SUBSCRIPTIONS: now - kept.ended_subscriptions,
        }
        touched = await self._purge_inbox(now)
        for statement, limit in before.items():
            touched += await self._database.write(partial(_run, statement, limit))
        return touched

    async def _purge_inbox(self, now: datetime) -> int:
        """The inbox has no index for this: its old rows are those with the smallest ids."""
        kept = self.kept
        limits = {"before": now - kept.inbox_done, "long_before": now - kept.inbox_quarantined}
        touched, after = 0, 0

        def work(conn: Connection) -> tuple[int, int | None]:
            first, last = conn.execute(_STRETCH, {"after": after, "stretch": STRETCH}).one()
            if first is None or first >= limits["before"]:
                return 0, None
            count = conn.execute(_INBOX, {**limits, "after": after, "last": last}).rowcount
            return count, last

        while True:
            count, last = await self._database.write(work)
            touched += count
            if last is None:
                return touched
            after = last


def _run(statement: Any, limit: datetime, conn: Connection) -> int:
    return conn.execute(statement, {"before": limit}).rowcount


_BEFORE: BindParameter[datetime] = bindparam("before", type_=Moment())
_PART = (
    select(inbox.c.id, inbox.c.received_at)
    .where(inbox.c.id > bindparam("after"))
    .order_by(inbox.c.id)
    .limit(bindparam("stretch"))
    .subquery()
)
_STRETCH = select(func.min(_PART.c.received_at), func.max(_PART.c.id))
_INBOX = delete(inbox).where(
    inbox.c.id > bindparam("after"),
    inbox.c.id <= bindparam("last"),
    or_(
        and_(in_state(inbox, DONE), inbox.c.received_at < _BEFORE),
        and_(
            in_state(inbox, QUARANTINED),
            inbox.c.received_at < bindparam("long_before", type_=Moment()),
        ),
    ),
)
_CODES = delete(codes).where(codes.c.sent_at < _BEFORE)
_OFFERS = delete(actions).where(
    in_state(actions, ActionState.OFFERED, ActionState.VOID), actions.c.offered_at < _BEFORE
)
_APPROVALS = delete(approvals).where(approvals.c.expires_at < _BEFORE)
_SET_APPROVALS = delete(set_approvals).where(set_approvals.c.expires_at < _BEFORE)
_SETS = delete(change_sets).where(
    in_state(change_sets, SetState.OFFERED, SetState.VOID), change_sets.c.created_at < _BEFORE
)
_LISTS = delete(number_lists).where(number_lists.c.kept_at < _BEFORE)
_ALERTS = delete(alerts).where(in_state(alerts, "told"), alerts.c.told_at < _BEFORE)
_MARKS = delete(alert_marks).where(alert_marks.c.seen_at < _BEFORE)
_MUTES = delete(alert_mutes).where(alert_mutes.c.until < _BEFORE)
_SUBSCRIPTIONS = delete(subscriptions).where(
    in_state(subscriptions, "ended"), subscriptions.c.due < _BEFORE
)
_LABELS = delete(number_labels).where(number_labels.c.gone_at < _BEFORE)
_LABEL_IMPORTS = delete(label_imports).where(label_imports.c.made_at < _BEFORE)
_FREEZE_LINKS = delete(freeze_links).where(freeze_links.c.expires_at < _BEFORE)
_EXPIRED_MESSAGES = (
    update(outbox)
    .where(
        in_state(outbox, OWED),
        outbox.c.expires_at < _BEFORE,
        or_(outbox.c.lease_until == null(), outbox.c.lease_until < _BEFORE),
    )
    .values(state=DEAD, why="expired", sealed=None, owner=None, lease_until=None)
)
_MESSAGES = delete(outbox).where(in_state(outbox, DELIVERED, DEAD), outbox.c.expires_at < _BEFORE)
_SMS_PARTS = delete(sms_parts).where(sms_parts.c.at < _BEFORE)
_CHUNKS = delete(document_chunks).where(
    document_chunks.c.document_id.in_(
        select(documents.c.id).where(documents.c.claimed_at < _BEFORE)
    )
)
_DOCUMENTS = delete(documents).where(documents.c.ordered_at < _BEFORE)
_SESSIONS = delete(sessions).where(
    or_(
        sessions.c.ended_at < _BEFORE,
        and_(sessions.c.ended_at == null(), sessions.c.seen_at < _BEFORE),
    )
)
_ATTEMPTS = delete(attempts).where(
    attempts.c.tried_at < _BEFORE,
    or_(attempts.c.locked_until == null(), attempts.c.locked_until < _BEFORE),
)
