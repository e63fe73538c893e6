"""What is asked and said of documents and their pieces, for `storage.stores.documents`.

Whoever writes to a document that is made names the fence it holds (`_HELD`): with an old one
nothing is changed.
"""

from __future__ import annotations

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

from account.documents.document import (
    LARGE,
    DocumentState,
)
from account.documents.kinds import SPECS
from storage.queue.claims import RELEASED, Claims
from storage.tables.base import in_state
from storage.tables.documents import document_chunks, documents

_OPEN_STATES = (DocumentState.QUEUED.value, DocumentState.MAKING.value)
SAME = (
    "telegram_id",
    "administrator_id",
    "company_id",
    "kind",
    "format",
    "language",
    "parameters",
)
LIKE_IT = (
    select(documents)
    .where(
        *(documents.c[name] == bindparam(f"same_{name}") for name in SAME),
        documents.c.ordered_at > bindparam("since"),
        documents.c.state != DocumentState.FAILED.value,
    )
    .order_by(documents.c.ordered_at.desc())
)
_BY_ID = documents.c.id == bindparam("of_id")
READ = select(documents).where(_BY_ID)
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
CLAIMS = Claims(
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
STILL_HELD = select(documents.c.id).where(_HELD).with_for_update()
PROGRESS = (
    update(documents)
    .where(_HELD)
    .values(
        done=bindparam("new_done"), total=bindparam("new_total"), lease_until=bindparam("until")
    )
)
RETRY = (
    update(documents)
    .where(_HELD)
    .values(state=DocumentState.QUEUED.value, due=bindparam("at"), **RELEASED)
)
LEAVE = RETRY.values(attempts=documents.c.attempts - 1)
"""The same, and it was no try."""
MADE = (
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
SETTLE = (
    update(documents)
    .where(
        _BY_ID,
        documents.c.fence == bindparam("held"),
        in_state(documents, *_OPEN_STATES, DocumentState.READY),
    )
    .values(state=bindparam("to"), reason_code=bindparam("why"), **RELEASED)
)
SENT = (
    update(documents)
    .where(_BY_ID, in_state(documents, DocumentState.READY, DocumentState.SENT))
    .values(state=DocumentState.SENT.value, file_id=bindparam("file"))
)
_OF_PERSON = and_(
    documents.c.telegram_id == bindparam("person"),
    documents.c.company_id == bindparam("company"),
    documents.c.ordered_at > bindparam("since"),
)
COUNT = select(func.count()).select_from(documents).where(_OF_PERSON)
REQUESTS = (
    select(documents)
    .where(_OF_PERSON)
    .order_by(documents.c.ordered_at.desc(), documents.c.reference.desc())
    .offset(bindparam("skip"))
    .limit(bindparam("most"))
)
DROP_STRAY = delete(document_chunks).where(
    document_chunks.c.document_id == bindparam("of_id"),
    document_chunks.c.fence != bindparam("held"),
)
DROP_CHUNK = delete(document_chunks).where(
    document_chunks.c.document_id == bindparam("of_id"),
    document_chunks.c.fence == bindparam("of_fence"),
    document_chunks.c.n == bindparam("of_n"),
)
CHUNKS = (
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
