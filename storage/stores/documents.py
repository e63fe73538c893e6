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

from sqlalchemy import (
    BindParameter,
    Boolean,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from typing_extensions import override

from account.documents.document import (
    EACH,
    LARGE,
    Content,
    Continuation,
    Document,
    DocumentOrder,
    DocumentState,
    DocumentStore,
)
from account.documents.kinds import SPECS, DocumentFormat, DocumentKind
from account.documents.orders import SAME_WITHIN
from account.effects.history import HistoryEntry
from account.values.identifiers import Email
from account.values.page import Page
from storage.encryption.sealer import LEFT_FOR
from storage.engine.pg_notify import WORK, tell_others
from storage.errors import SealBroken
from storage.queue.claims import RELEASED, Claims
from storage.stores.counters import hold_counter, next_reference
from storage.tables.base import in_state
from storage.tables.documents import document_chunks, documents

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import Effect
    from storage.encryption.sealer import Sealer
    from storage.engine.database import Database
    from storage.stores.effects import EffectWriter

CHUNK = 1024 * 1024
"""Bytes of a file sealed together."""
_OPEN_STATES = (DocumentState.QUEUED.value, DocumentState.MAKING.value)


class DocumentRows(DocumentStore):
    """The port `DocumentStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter, sealer: Sealer) -> None:
        self._database = database
        self._effects = effects
        self._sealer = sealer

    @override
    async def order(
        self, wish: DocumentOrder, now: datetime, effects: Sequence[Effect]
    ) -> Document:
        """Entries of the history get the document's number."""
        asked = _order_values(wish)
        same = {**{f"same_{name}": asked[name] for name in _SAME}, "since": now - SAME_WITHIN}

        def work(conn: Connection) -> Document:
            hold_counter(conn, "R", now)
            for row in conn.execute(_LIKE_IT, same):
                if self._email(row, lenient=True) == wish.email:
                    return self._document(row)
            document = self.queue_on(conn, wish, now)
            referring = [_referring(effect, document.reference) for effect in effects]
            self._effects.write(conn, referring)
            return document

        return await self._database.write(work)

    def queue_on(self, conn: Connection, wish: DocumentOrder, now: datetime) -> Document:
        """The same in a transaction that holds the counter, whatever was ordered before."""
        document_id = str(uuid.uuid4())
        values = {
            **_order_values(wish),
            "id": document_id,
            "sealed_email": self._sealed_email(wish, document_id),
            "reference": next_reference(conn, "R", now),
            "state": DocumentState.QUEUED.value,
            "ordered_at": now,
            "due": now,
        }
        conn.execute(documents.insert(), values)
        tell_others(conn, WORK)
        return self._document(conn.execute(_READ, {"of_id": document_id}).one())

    @override
    async def read(self, document_id: str) -> Document | None:

        def work(conn: Connection) -> Document | None:
            row = conn.execute(_READ, {"of_id": document_id}).one_or_none()
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
            rows = _CLAIMS.claim(
                conn, owner, now, lease, 1, step_seen=seen, with_large=large, each=EACH
            )
            return self._opened(conn, rows[0], now) if rows else None

        return await self._database.write(work)

    @override
    async def progress(self, document: Document, done: int, total: int, until: datetime) -> bool:
        values = {**_held(document), "new_done": done, "new_total": total, "until": until}
        return await self._database.write(
            lambda conn: conn.execute(_PROGRESS, values).rowcount == 1
        )

    @override
    async def retry(self, document: Document, due: datetime) -> None:
        values = {**_held(document), "at": due}
        await self._database.write(lambda conn: conn.execute(_RETRY, values).close())

    @override
    async def give_way(self, document: Document, due: datetime) -> None:
        values = {"of_id": document.id, "held": document.fence, "at": due}
        await self._database.write(lambda conn: conn.execute(_LEAVE, values).close())

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
            if conn.execute(_MADE, values).rowcount != 1:
                return False
            conn.execute(_DROP_STRAY, _held(document))
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
            if conn.execute(_SETTLE, values).rowcount == 1:
                self._effects.write(conn, effects)

        await self._database.write(work)

    def sent_on(self, conn: Connection, document: Document, file_id: str) -> None:
        """Write that it was sent, and under which name Telegram keeps it, in the transaction that
        crosses out its message: a file that is in the chat is on its way no more.
        """
        conn.execute(_SENT, {"of_id": document.id, "file": file_id})

    @override
    async def of_person(
        self, telegram_id: int, company_id: str, since: datetime, *, offset: int, limit: int
    ) -> Page[Document]:
        whose = {"person": telegram_id, "company": company_id, "since": since}

        def work(conn: Connection) -> Page[Document]:
            total = conn.execute(_COUNT, whose).scalar_one()
            rows = conn.execute(_REQUESTS, {**whose, "skip": offset, "most": limit}).all()
            return Page(tuple(self._document(row, lenient=True) for row in rows), offset, total)

        return await self._database.read(work)

    @override
    async def content(self, document_id: str) -> bytes | None:
        """Raises `SealBroken` when a piece was changed."""

        def work(conn: Connection) -> list[tuple[int, int, bytes, int]]:
            rows = conn.execute(_CHUNKS, {"of_id": document_id})
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
            if conn.execute(_STILL_HELD, _held(document)).first() is None:
                return False
            # A second try of the same claim replaces what the first one left.
            conn.execute(_DROP_CHUNK, {"of_id": document.id, "of_fence": document.fence, "of_n": n})
            conn.execute(document_chunks.insert(), row)
            return True

        return await self._database.write(work)

    def _sealed_email(self, wish: DocumentOrder, document_id: str) -> bytes | None:
        if wish.email is None:
            return None
        return self._sealer.seal(wish.email.address.encode(), _address(document_id))

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
            conn.execute(_LEAVE, {"of_id": row.id, "held": row.fence, "at": now + LEFT_FOR})
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


_SAME = (
    "telegram_id",
    "administrator_id",
    "company_id",
    "kind",
    "format",
    "language",
    "parameters",
)
_LIKE_IT = (
    select(documents)
    .where(
        *(documents.c[name] == bindparam(f"same_{name}") for name in _SAME),
        documents.c.ordered_at > bindparam("since"),
        documents.c.state != DocumentState.FAILED.value,
    )
    .order_by(documents.c.ordered_at.desc())
)
_BY_ID = documents.c.id == bindparam("of_id")
_READ = select(documents).where(_BY_ID)
_with_large: BindParameter[bool] = bindparam("with_large", type_=Boolean)
_SMALL = and_(
    documents.c.kind.not_in([kind.value for kind, spec in SPECS.items() if spec.large]),
    or_(
        *(
            and_(documents.c.format == form.value, documents.c.done < rows)
            for form, rows in LARGE.items()
        )
    ),
)
_others = documents.alias()
_BEING_MADE = (
    select(func.count())
    .select_from(_others)
    .where(
        _others.c.telegram_id == documents.c.telegram_id,
        in_state(_others, DocumentState.MAKING),
        _others.c.lease_until > bindparam("now"),
    )
    .scalar_subquery()
)
_CLAIMS = Claims(
    documents,
    _OPEN_STATES,
    ready=and_(or_(_with_large, _SMALL), bindparam("each") > _BEING_MADE),
    values={
        "state": DocumentState.MAKING.value,
        "attempts": documents.c.attempts + 1,
        "claimed_at": bindparam("claimed_now"),
    },
)
_HELD = and_(
    _BY_ID,
    documents.c.fence == bindparam("held"),
    in_state(documents, DocumentState.MAKING),
)
_STILL_HELD = select(documents.c.id).where(_HELD).with_for_update()
_PROGRESS = (
    update(documents)
    .where(_HELD)
    .values(
        done=bindparam("new_done"), total=bindparam("new_total"), lease_until=bindparam("until")
    )
)
_RETRY = (
    update(documents)
    .where(_HELD)
    .values(state=DocumentState.QUEUED.value, due=bindparam("at"), **RELEASED)
)
_LEAVE = _RETRY.values(attempts=documents.c.attempts - 1)
"""The same, and it was no try."""
_MADE = (
    update(documents)
    .where(_HELD)
    .values(
        state=DocumentState.READY.value,
        name=bindparam("file_name"),
        rows=bindparam("file_rows"),
        chunks=bindparam("file_chunks"),
        missing=bindparam("file_missing"),
        content_fence=documents.c.fence,
        **RELEASED,
    )
)
_SETTLE = (
    update(documents)
    .where(
        _BY_ID,
        documents.c.fence == bindparam("held"),
        in_state(documents, *_OPEN_STATES, DocumentState.READY),
    )
    .values(state=bindparam("to"), reason_code=bindparam("why"), **RELEASED)
)
_SENT = (
    update(documents)
    .where(_BY_ID, in_state(documents, DocumentState.READY, DocumentState.SENT))
    .values(state=DocumentState.SENT.value, file_id=bindparam("file"))
)
_OF_PERSON = and_(
    documents.c.telegram_id == bindparam("person"),
    documents.c.company_id == bindparam("company"),
    documents.c.ordered_at > bindparam("since"),
)
_COUNT = select(func.count()).select_from(documents).where(_OF_PERSON)
_REQUESTS = (
    select(documents)
    .where(_OF_PERSON)
    .order_by(documents.c.ordered_at.desc(), documents.c.reference.desc())
    .offset(bindparam("skip"))
    .limit(bindparam("most"))
)
_DROP_STRAY = delete(document_chunks).where(
    document_chunks.c.document_id == bindparam("of_id"),
    document_chunks.c.fence != bindparam("held"),
)
_DROP_CHUNK = delete(document_chunks).where(
    document_chunks.c.document_id == bindparam("of_id"),
    document_chunks.c.fence == bindparam("of_fence"),
    document_chunks.c.n == bindparam("of_n"),
)
_CHUNKS = (
    select(
        document_chunks.c.fence, document_chunks.c.n, document_chunks.c.sealed, documents.c.chunks
    )
    .join_from(
        documents,
        document_chunks,
        and_(
            document_chunks.c.document_id == documents.c.id,
            document_chunks.c.fence == documents.c.content_fence,
        ),
    )
    .where(_BY_ID)
    .order_by(document_chunks.c.n)
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


def _order_values(wish: DocumentOrder) -> dict[str, Any]:
    return {
        "kind": wish.kind.value,
        "format": wish.format.value,
        "telegram_id": wish.telegram_id,
        "administrator_id": wish.administrator_id,
        "administrator": wish.administrator,
        "company_id": wish.company_id,
        "company_name": wish.company_name,
        "company_bin": wish.company_bin,
        "language": wish.language,
        "parameters": json.dumps(dict(wish.parameters), ensure_ascii=False, sort_keys=True),
    }
