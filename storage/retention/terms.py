"""How long things are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from account.changes.sets.change_set import LIST_LIFE
from account.chapters.alerts.rule import MARKS_KEPT_FOR
from account.chapters.labels import KEPT_FOR as LABELS_KEPT_FOR
from account.documents.document import KEPT_FOR


@dataclass(frozen=True, slots=True)
class KeptFor:
    """The terms; docs/operation/retention.md has them by table."""

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
    secret_codes: timedelta = timedelta(days=30)
    """Those that have ended."""
    guests: timedelta = timedelta(days=90)
    """Chats in which nobody is or was logged in, with their windows."""
    reminders: timedelta = timedelta(days=400)
    """That a month was told of."""
    counters: timedelta = timedelta(days=60)
    """Numbers and sums of a day."""
    history: timedelta | None = None
    """The actions history and ended changes; None: for good."""
