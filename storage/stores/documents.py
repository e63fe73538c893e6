"""Orders of documents, and the files made of them, encrypted in pieces.

A file is written piece by piece, each in a transaction of its own, so that a large one does not
hold up everybody's taps; it counts only once its document is ready. Pieces carry the fence of the
claim they were made under: two makers never mix their files.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from account.documents.document import (
    EACH,
    Content,
    Continuation,
    Document,
    DocumentOrder,
    DocumentState,
    DocumentStore,
)
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.orders import SAME_WITHIN
from account.effects.history import HistoryEntry
from account.values.identifiers import Email
from account.values.page import Page
from storage.encryption.sealer import LEFT_FOR
from storage.engine.pg_notify import WORK, tell_others
from storage.errors import SealBroken
from storage.stores import document_statements as statements
from storage.stores.counters import hold_counter, next_reference
from storage.tables.documents import document_chunks, documents

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import Effect
    from storage.encryption.sealer import Sealer
    from storage.engine.database import Database
    from storage.stores.effects import EffectWriter

CHUNK = 1024 * 1024
"""Bytes of a file sealed together."""


class DocumentRows(DocumentStore):
    """The port `DocumentStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter, sealer: Sealer) -> None:
        self._database = database
        self._effects = effects
        self._sealer = sealer

    @override
    async def order(
        self, order: DocumentOrder, now: datetime, effects: Sequence[Effect]
    ) -> Document:
        """Entries of the history get the document's number."""
        asked = _order_values(order)
        same = {
            **{f"same_{name}": asked[name] for name in statements.SAME},
            "since": now - SAME_WITHIN,
        }

        def work(conn: Connection) -> Document:
            hold_counter(conn, "R", now)
            for row in conn.execute(statements.LIKE_IT, same):
                if self._email(row, lenient=True) == order.email:
                    return self._document(row)
            document = self.queue_on(conn, order, now)
            referring = [_referring(effect, document.reference) for effect in effects]
            self._effects.write(conn, referring)
            return document

        return await self._database.write(work)

    def queue_on(self, conn: Connection, order: DocumentOrder, now: datetime) -> Document:
        """The same in a transaction that holds the counter, whatever was ordered before."""
        document_id = str(uuid.uuid4())
        values = {
            **_order_values(order),
            "id": document_id,
            "sealed_email": self._sealed_email(order, document_id),
            "reference": next_reference(conn, "R", now),
            "state": DocumentState.QUEUED.value,
            "ordered_at": now,
            "due": now,
        }
        conn.execute(documents.insert(), values)
        tell_others(conn, WORK)
        return self._document(conn.execute(statements.READ, {"of_id": document_id}).one())

    @override
    async def read(self, document_id: str) -> Document | None:

        def work(conn: Connection) -> Document | None:
            row = conn.execute(statements.READ, {"of_id": document_id}).one_or_none()
            return None if row is None else self._document(row)

        return await self._database.read(work)

    @override
    async def claim(
        self, owner: str, now: datetime, lease: timedelta, *, large: bool = True
    ) -> Document | None:
        """The longest due first, one attempt more.

        One whose address does not open is let go of, for who can open it.
        """
        seen = self._database.step_seen

        def work(conn: Connection) -> Document | None:
            rows = statements.CLAIMS.claim(
                conn, owner, now, lease, 1, step_seen=seen, with_large=large, each=EACH
            )
            return self._opened(conn, rows[0], now) if rows else None

        return await self._database.write(work)

    @override
    async def progress(self, document: Document, done: int, total: int, until: datetime) -> bool:
        values = {**_held(document), "new_done": done, "new_total": total, "until": until}
        return await self._database.write(
            lambda conn: conn.execute(statements.PROGRESS, values).rowcount == 1
        )

    @override
    async def retry(self, document: Document, due: datetime) -> None:
        values = {**_held(document), "at": due}
        await self._database.write(lambda conn: conn.execute(statements.RETRY, values).close())

    @override
    async def give_way(self, document: Document, due: datetime) -> None:
        values = {"of_id": document.id, "held": document.fence, "at": due}
        await self._database.write(lambda conn: conn.execute(statements.LEAVE, values).close())

    @override
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
        """The rest is ordered in the transaction that makes the file count: once, or not at all."""
        count = max(1, -(-len(content) // CHUNK))
        for n in range(count):
            chunk = content[n * CHUNK : (n + 1) * CHUNK]
            if not await self._keep_chunk(document, n, chunk):
                return False
        values = {
            **_held(document),
            "file_name": name,
            "file_rows": rows,
            "file_chunks": count,
            "file_missing": json.dumps(list(missing)) if missing else None,
        }

        def work(conn: Connection) -> bool:
            if rest is not None:
                # The counter before the row, as everywhere.
                hold_counter(conn, "R", rest.at)
            if conn.execute(statements.MADE, values).rowcount != 1:
                return False
            conn.execute(statements.DROP_STRAY, _held(document))
            if rest is not None:
                self.queue_on(conn, rest.order, rest.at)
            self._effects.write(conn, effects)
            return True

        return await self._database.write(work)

    @override
    async def settle(
        self,
        document: Document,
        state: DocumentState,
        reason_code: str | None,
        effects: Sequence[Effect],
    ) -> None:
        """A ready document becomes sent whoever claimed it."""
        values = {**_held(document), "to": state.value, "why": reason_code}

        def work(conn: Connection) -> None:
            if conn.execute(statements.SETTLE, values).rowcount == 1:
                self._effects.write(conn, effects)

        await self._database.write(work)

    def sent_on(self, conn: Connection, document: Document, file_id: str) -> None:
        """Write that it was sent, and under which name Telegram keeps it, in the transaction that
        crosses out its message: a file that is in the chat is on its way no more.
        """
        conn.execute(statements.SENT, {"of_id": document.id, "file": file_id})

    @override
    async def of_person(
        self, telegram_id: int, company_id: str, since: datetime, *, offset: int, limit: int
    ) -> Page[Document]:
        whose = {"person": telegram_id, "company": company_id, "since": since}

        def work(conn: Connection) -> Page[Document]:
            total = conn.execute(statements.COUNT, whose).scalar_one()
            rows = conn.execute(statements.REQUESTS, {**whose, "skip": offset, "most": limit}).all()
            return Page(tuple(self._document(row, lenient=True) for row in rows), offset, total)

        return await self._database.read(work)

    @override
    async def content(self, document_id: str) -> bytes | None:
        """Raises `SealBroken` when a piece was changed."""

        def work(conn: Connection) -> list[tuple[int, int, bytes, int]]:
            rows = conn.execute(statements.CHUNKS, {"of_id": document_id})
            return [(row.fence, row.n, row.sealed, row.chunks) for row in rows]

        pieces = await self._database.read(work)
        if not pieces or len(pieces) != pieces[0][3]:
            return None
        return b"".join(
            self._sealer.open(sealed, _piece(document_id, fence, n))
            for fence, n, sealed, _ in pieces
        )

    async def _keep_chunk(self, document: Document, n: int, chunk: bytes) -> bool:
        sealed = self._sealer.seal(chunk, _piece(document.id, document.fence, n))
        row = {"document_id": document.id, "fence": document.fence, "n": n, "sealed": sealed}

        def work(conn: Connection) -> bool:
            if conn.execute(statements.STILL_HELD, _held(document)).first() is None:
                return False
            # A second try of the same claim replaces what the first one left.
            conn.execute(
                statements.DROP_CHUNK, {"of_id": document.id, "of_fence": document.fence, "of_n": n}
            )
            conn.execute(document_chunks.insert(), row)
            return True

        return await self._database.write(work)

    def _sealed_email(self, order: DocumentOrder, document_id: str) -> bytes | None:
        if order.email is None:
            return None
        return self._sealer.seal(order.email.address.encode(), _address(document_id))

    def _email(self, row: Any, *, lenient: bool) -> Email | None:
        if row.sealed_email is None:
            return None
        try:
            return Email(self._sealer.open(row.sealed_email, _address(row.id)).decode())
        except SealBroken:
            if lenient:
                return None
            raise

    def _opened(self, conn: Connection, row: Any, now: datetime) -> Document | None:
        try:
            return self._document(row)
        except SealBroken:
            conn.execute(
                statements.LEAVE, {"of_id": row.id, "held": row.fence, "at": now + LEFT_FOR}
            )
            return None

    def _document(self, row: Any, *, lenient: bool = False) -> Document:
        """The document of a row; `lenient`: without an address that does not open."""
        order = DocumentOrder(
            kind=DocumentKind(row.kind),
            format=DocumentFormat(row.format),
            telegram_id=row.telegram_id,
            administrator_id=row.administrator_id,
            administrator=row.administrator,
            company_id=row.company_id,
            company_name=row.company_name,
            company_bin=row.company_bin,
            language=row.language,
            parameters=json.loads(row.parameters),
            email=self._email(row, lenient=lenient),
        )
        return Document(
            id=row.id,
            reference=row.reference,
            order=order,
            state=DocumentState(row.state),
            ordered_at=row.ordered_at,
            name=row.name,
            rows=row.rows,
            done=row.done,
            total=row.total,
            attempts=row.attempts,
            reason_code=row.reason_code,
            fence=row.fence,
            missing=tuple(json.loads(row.missing)) if row.missing else (),
            file_id=row.file_id,
        )


def _held(document: Document) -> dict[str, Any]:
    return {"of_id": document.id, "held": document.fence}


def _address(document_id: str) -> str:
    return f"document:{document_id}:email"


def _piece(document_id: str, fence: int, n: int) -> str:
    return f"document:{document_id}:{fence}:{n}"


def _referring(effect: Effect, reference: str) -> Effect:
    if isinstance(effect, HistoryEntry) and effect.reference is None:
        return replace(effect, reference=reference)
    return effect


def _order_values(order: DocumentOrder) -> dict[str, Any]:
    return {
        "kind": order.kind.value,
        "format": order.format.value,
        "telegram_id": order.telegram_id,
        "administrator_id": order.administrator_id,
        "administrator": order.administrator,
        "company_id": order.company_id,
        "company_name": order.company_name,
        "company_bin": order.company_bin,
        "language": order.language,
        "parameters": json.dumps(dict(order.parameters), ensure_ascii=False, sort_keys=True),
    }
