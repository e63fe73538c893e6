"""`DocumentStore` over a ledger."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from account.documents.document import Content, Continuation, Document, DocumentOrder, DocumentState
from account.documents.orders import SAME_WITHIN
from account.effects.effect import (
    Effect,
)
from account.effects.history import HistoryEntry
from account.values.page import Page
from account.values.periods import ALMATY
from tests.account.fakes.ledger import KeptDocument, Ledger


class MemoryDocuments:
    """`DocumentStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def order(
        self, order: DocumentOrder, now: datetime, effects: Sequence[Effect]
    ) -> Document:
        for kept in self._ledger.documents.values():
            if kept.document.order == order and now - kept.document.ordered_at < SAME_WITHIN:
                return kept.document
        document = Document(
            id=str(uuid.uuid4()),
            reference=f"R-{now.astimezone(ALMATY):%Y%m%d}-{len(self._ledger.documents) + 1:04}",
            order=order,
            state=DocumentState.QUEUED,
            ordered_at=now,
        )
        self._ledger.documents[document.id] = KeptDocument(document, due=now)
        self._ledger.carry_out(
            [
                replace(effect, reference=document.reference)
                if isinstance(effect, HistoryEntry)
                else effect
                for effect in effects
            ]
        )
        return document

    async def read(self, document_id: str) -> Document | None:
        kept = self._ledger.documents.get(document_id)
        return None if kept is None else kept.document

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, *, large: bool = True
    ) -> Document | None:
        for kept in self._ledger.documents.values():
            free = kept.lease_until is None or kept.lease_until <= now
            open_states = {DocumentState.QUEUED, DocumentState.MAKING}
            fits = large or not kept.document.large
            if kept.document.state in open_states and kept.due <= now and free and fits:
                kept.lease_until = now + lease
                kept.document = replace(
                    kept.document,
                    state=DocumentState.MAKING,
                    attempts=kept.document.attempts + 1,
                    fence=kept.document.fence + 1,
                )
                return kept.document
        return None

    async def progress(self, document: Document, done: int, total: int, until: datetime) -> bool:
        kept = self._mine(document)
        if kept is None:
            return False
        kept.document = replace(kept.document, done=done, total=total)
        kept.lease_until = until
        return True

    async def retry(self, document: Document, due: datetime) -> None:
        if kept := self._mine(document):
            kept.document = replace(kept.document, state=DocumentState.QUEUED)
            kept.due, kept.lease_until = due, None

    async def give_way(self, document: Document, due: datetime) -> None:
        if kept := self._mine(document):
            attempts = document.attempts - 1
            kept.document = replace(kept.document, state=DocumentState.QUEUED, attempts=attempts)
            kept.due, kept.lease_until = due, None

    async def made(
        self,
        document: Document,
        content: Content,
        name: str,
        rows: int,
        effects: Sequence[Effect],
        *,
        missing: Sequence[str] = (),
        rest: Continuation | None = None,
    ) -> bool:
        kept = self._mine(document)
        if kept is None:
            return False
        made = replace(kept.document, state=DocumentState.READY, name=name, rows=rows)
        kept.document = replace(made, missing=tuple(missing))
        if rest is not None:
            await self.order(rest.order, rest.at, [])
        kept.content, kept.lease_until = content[:], None
        self._ledger.carry_out(effects)
        return True

    async def settle(
        self,
        document: Document,
        state: DocumentState,
        reason_code: str | None,
        effects: Sequence[Effect],
    ) -> None:
        if kept := self._mine(document):
            kept.document = replace(kept.document, state=state, reason_code=reason_code)
            kept.lease_until = None
            self._ledger.carry_out(effects)

    async def sent(self, document: Document, file_id: str) -> None:
        kept = self._ledger.documents[document.id]
        kept.document = replace(kept.document, state=DocumentState.SENT, file_id=file_id)

    async def of_person(
        self, telegram_id: int, company_id: str, since: datetime, *, offset: int, limit: int
    ) -> Page[Document]:
        rows = [
            kept.document
            for kept in reversed(self._ledger.documents.values())
            if kept.document.order.telegram_id == telegram_id
            and kept.document.order.company_id == company_id
            and kept.document.ordered_at > since
        ]
        return Page(tuple(rows[offset : offset + limit]), offset, len(rows))

    async def content(self, document_id: str) -> bytes | None:
        kept = self._ledger.documents.get(document_id)
        return None if kept is None else kept.content

    def _mine(self, document: Document) -> KeptDocument | None:
        kept = self._ledger.documents[document.id]
        return kept if kept.document.fence == document.fence else None
