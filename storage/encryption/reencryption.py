"""Everything that is kept sealed, and how it is sealed anew with the current key, some at a time.

A row that is written meanwhile keeps what was written: it is changed only while it is as it was
read. What does not open stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, bindparam, func, literal, select, tuple_, update

from storage.errors import SealBroken
from storage.tables.actions import actions
from storage.tables.documents import document_chunks, documents
from storage.tables.inbox import inbox
from storage.tables.outbox import outbox

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection, Table

    from storage.encryption.keyring import Keyring
    from storage.encryption.sealer import Sealer

SMALL, LARGE = 200, 8
"""Rows in one transaction: of a few hundred bytes each, or of a million."""

Position = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of seals: what tells its rows apart, and what each seal is bound to."""

    table: Table
    column: Column[Any]
    keys: Sequence[Column[Any]]
    row_of: Callable[[Any], str]
    together: int = SMALL


SEALED = (
    SealedColumn(inbox, inbox.c.sealed, [inbox.c.id], lambda row: f"inbox:{row.key}"),
    SealedColumn(actions, actions.c.sealed, [actions.c.id], lambda row: f"actions:{row.id}"),
    SealedColumn(outbox, outbox.c.sealed, [outbox.c.id], lambda row: f"outbox:{row.uid}"),
    SealedColumn(
        documents,
        documents.c.sealed_email,
        [documents.c.id],
        lambda row: f"document:{row.id}:email",
    ),
    SealedColumn(
        document_chunks,
        document_chunks.c.sealed,
        list(document_chunks.primary_key),
        lambda row: f"document:{row.document_id}:{row.fence}:{row.n}",
        LARGE,
    ),
)
"""All but `secret_keys.sealed`, which goes with the key itself."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction did: up to where, None at the end; `broken` did not open."""

    upto: Position | None
    resealed: int
    broken: int


def reseal(
    conn: Connection, sealed: SealedColumn, sealer: Sealer, keys: Keyring, after: Position | None
) -> Batch:
    """Seal rows anew that are not sealed with the current key, those after a position."""
    number = bytes([keys.number])
    wanted = select(sealed.table).where(
        sealed.column.is_not(None),
        func.substr(sealed.column, 1, 1) != literal(number, LargeBinary()),
    )
    if after is not None:
        wanted = wanted.where(tuple_(*sealed.keys) > tuple_(*map(literal, after)))
    rows = conn.execute(wanted.order_by(*sealed.keys).limit(sealed.together)).all()
    resealed = broken = 0
    for row in rows:
        old, bound = getattr(row, sealed.column.name), sealed.row_of(row)
        try:
            fresh = sealer.seal(sealer.open(old, bound), bound)
        except SealBroken:
            broken += 1
            continue
        values = {f"of_{key.name}": getattr(row, key.name) for key in sealed.keys}
        resealed += conn.execute(_update(sealed), {**values, "old": old, "fresh": fresh}).rowcount
    upto = tuple(getattr(rows[-1], key.name) for key in sealed.keys) if rows else None
    return Batch(upto, resealed, broken)


def _update(sealed: SealedColumn) -> Any:
    same = [key == bindparam(f"of_{key.name}") for key in sealed.keys]
    return (
        update(sealed.table)
        .where(*same, sealed.column == bindparam("old"))
        .values({sealed.column.name: bindparam("fresh")})
    )
