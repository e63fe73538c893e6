"""Files that people order, and where one stands (3.4, G-12 to G-16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from account.documents.kinds import SPECS, DocumentFormat, DocumentKind
from account.effects.effect import Effect
from account.values.identifiers import Email
from account.values.page import Page

KEPT_FOR = timedelta(hours=24)


class DocumentState(StrEnum):
    """queued → making → ready → sent; or empty, or failed."""

    QUEUED = "queued"
    MAKING = "making"
    READY = "ready"
    SENT = "sent"
    EMPTY = "empty"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DocumentOrder:
    """What was ordered. `parameters` are the kind's own, as plain strings
    (`account.documents.parameters`).

    With `email` the file goes to that address as well.
    """

    kind: DocumentKind
    format: DocumentFormat
    telegram_id: int
    administrator_id: str
    administrator: str
    company_id: str
    company_name: str
    company_bin: str
    language: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    email: Email | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """An order and where it stands. `reference` is what people read (`R-20220124-0007`)."""

    id: str
    reference: str
    order: DocumentOrder
    state: DocumentState
    ordered_at: datetime
    name: str | None = None
    rows: int = 0
    done: int = 0
    total: int = 0
    attempts: int = 0
    reason_code: str | None = None
    fence: int = 0
    missing: tuple[str, ...] = ()
    """The accounts whose papers could not be made, of a set of many."""
    file_id: str | None = None
    """Telegram's name of the file, once it was sent."""

    @property
    def large(self) -> bool:
        """Whether it is known to take long, from this try or one before."""
        return is_large(self.order, self.done)

    def kept(self, now: datetime) -> bool:
        """Whether the file can be had again, or for the first time by who was away (24 h)."""
        made = self.file_id is not None or self.state is DocumentState.READY
        return made and now < self.ordered_at + KEPT_FOR


LARGE: Mapping[DocumentFormat, int] = MappingProxyType(
    {
        DocumentFormat.XLSX: 5_000,
        DocumentFormat.PDF: 500,
        DocumentFormat.PNG: 5_000,
        DocumentFormat.ZIP: 500,
    }
)
"""Rows of data from which a file is large: it takes seconds of a core, where others take one."""
EACH = 2
"""So many files of one person are made at once, however many were ordered."""


def is_large(order: DocumentOrder, done: int) -> bool:
    """Whether a file takes long, by its kind or once so many rows are in it."""
    return SPECS[order.kind].large or done >= LARGE[order.format]


@dataclass(frozen=True, slots=True)
class Continuation:
    """The order of what did not fit in a file, placed at that moment together with the file."""

    order: DocumentOrder
    at: datetime


class Content(Protocol):
    """The bytes of a file: `bytes`, mapped memory, or what lies elsewhere."""

    def __len__(self) -> int:
        """How many."""

    def __getitem__(self, piece: slice, /) -> bytes:
        """Those from one place to another."""


class DocumentStore(Protocol):
    """Orders of documents and the files made of them. A write with an old `fence` does nothing."""

    async def order(
        self, order: DocumentOrder, now: datetime, effects: Sequence[Effect]
    ) -> Document:
        """Keep an order with its human number; the same one asked within a minute is that one."""

    async def read(self, document_id: str) -> Document | None:
        """The document with that id."""

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, *, large: bool = True
    ) -> Document | None:
        """Take one queued document, or one whose maker died.

        Without `large` none that is known to be large; never one of a person of whom `EACH` are
        being made.
        """

    async def progress(self, document: Document, done: int, total: int, until: datetime) -> bool:
        """Note how far it is and keep the claim until then; False when the claim was lost."""

    async def retry(self, document: Document, due: datetime) -> None:
        """Let go of the claim; it is queued again from `due`."""

    async def give_way(self, document: Document, due: datetime) -> None:
        """The same, and it was no try; how far it came stays known."""

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
        """Keep the file, encrypted, and order the `rest` with it; False when the claim was lost."""

    async def settle(
        self,
        document: Document,
        state: DocumentState,
        reason_code: str | None,
        effects: Sequence[Effect],
    ) -> None:
        """Write that it is empty, sent or failed."""

    async def of_person(
        self, telegram_id: int, company_id: str, since: datetime, *, offset: int, limit: int
    ) -> Page[Document]:
        """What the Telegram user ordered for that company since then, newest first."""

    async def content(self, document_id: str) -> bytes | None:
        """The file, decrypted; None after it was forgotten."""
