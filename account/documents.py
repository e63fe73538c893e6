"""Files that people order: the request, its number, and where it stands (3.4, G-12 to G-16).

A document is made by a worker from the operator's pages as they come, kept encrypted, delivered to
the chat as a message owed, and forgotten after a day. An empty result is a sentence, not a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from mmap import mmap
from typing import TYPE_CHECKING, Protocol

from account.deeds import Channel, Owed
from account.errors import (
    AccessRefused,
    CarrierUnavailable,
    ClaimLost,
    DocumentNotMade,
    FiguresDisagree,
    RightMissing,
)
from account.history import Entry, What
from account.permissions import Right, check_granted

if TYPE_CHECKING:
    from account.permissions import Actor
    from account.ports import Carrier, Clock, DocumentStore
    from account.usage import Usage, UsageWish

LEASE = timedelta(seconds=30)
KEPT_FOR = timedelta(hours=24)
SAME_WITHIN = timedelta(minutes=1)
TRIES = 5
RETRY_AFTER = timedelta(seconds=10)


class DocumentKind(StrEnum):
    """Every document there is. Values are persisted."""

    USAGE = "usage"


_RIGHTS = {DocumentKind.USAGE: Right.READ_USAGE}
"""Where the right to a document is another one than to reports."""


class DocumentFormat(StrEnum):
    """What kind of file."""

    XLSX = "xlsx"
    PDF = "pdf"
    PNG = "png"


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
    """What was ordered. `parameters` are the kind's own, as plain strings."""

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


class Maker(Protocol):
    """Makes one kind of document: reads what it needs, writes the file, tells how far it is."""

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        """The file, or None when there is nothing for the period (G-16).

        Raises `CarrierUnavailable` and `DocumentNotMade`; then the document is tried again later,
        but for `FiguresDisagree`.
        """


class Progress(Protocol):
    """Told now and then how many rows of how many are written; total 0 while it is unknown."""

    async def __call__(self, done: int, total: int) -> None:
        """Take note. Raises `ClaimLost` when somebody else makes the document by now."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A finished file: its bytes, its name for the person, and how many rows of data it has.

    A large file's bytes are mapped memory, which is read piece by piece and never copied whole.
    """

    content: bytes | mmap
    name: str
    rows: int


class Documents:
    """Ordering documents, and the worker's side of making them."""

    def __init__(
        self,
        carrier: Carrier,
        store: DocumentStore,
        usage: Usage,
        makers: Mapping[DocumentKind, Maker],
        clock: Clock,
    ) -> None:
        self._carrier = carrier
        self._store = store
        self._usage = usage
        self._makers = makers
        self._clock = clock

    async def order_usage(self, actor: Actor, wish: UsageWish, language: str) -> Document:
        """Order usage details as a file (S13).

        Raises the refusals of `Usage.check`. The same order within a minute is the same document.
        """
        if actor.only is not None:
            raise RightMissing(Right.ORDER_DOCUMENTS)
        await self._usage.check(actor, wish)
        company = actor.company
        now = self._clock.now()
        order = DocumentOrder(
            kind=DocumentKind.USAGE,
            format=DocumentFormat.XLSX,
            telegram_id=actor.telegram_id,
            administrator_id=actor.administrator_id,
            administrator=actor.name,
            company_id=company.id,
            company_name=company.name,
            company_bin=company.bin.digits,
            language=language,
            parameters={"msisdn": wish.msisdn.digits, **wish.told()},
        )
        entry = Entry.by(
            actor,
            What.DOCUMENT_ORDERED,
            at=now,
            number=wish.msisdn,
            parameters=wish.told(),
        )
        return await self._store.order(order, now, [entry])

    async def make(self, document: Document) -> None:
        """Make one claimed document, and owe it to the chat; or owe the sentence why not."""
        maker = self._makers[document.order.kind]

        async def progress(done: int, total: int) -> None:
            until = self._clock.now() + LEASE
            if not await self._store.progress(document, done, total, until):
                raise ClaimLost

        try:
            await self._check_rights(document.order)
            made = await maker.make(document, progress)
        except ClaimLost:
            return
        except AccessRefused as refused:
            await self._end(document, DocumentState.FAILED, refused.code)
            return
        except (CarrierUnavailable, DocumentNotMade) as fault:
            # Figures that disagree now will disagree in ten seconds.
            if document.attempts < TRIES and not isinstance(fault, FiguresDisagree):
                await self._store.retry(document, self._clock.now() + RETRY_AFTER)
            else:
                await self._end(document, DocumentState.FAILED, fault.code)
            return
        if made is None:
            await self._end(document, DocumentState.EMPTY, None)
        else:
            word = self._word(document, "ready")
            await self._store.made(document, made.content, made.name, made.rows, [word])

    async def _check_rights(self, order: DocumentOrder) -> None:
        """Whoever ordered it must still be let see it when it is made (section 2)."""
        companies = await self._carrier.companies(order.administrator_id)
        right = _RIGHTS.get(order.kind, Right.ORDER_DOCUMENTS)
        check_granted(companies, right, order.company_id)

    async def _end(self, document: Document, state: DocumentState, reason: str | None) -> None:
        await self._store.settle(document, state, reason, [self._word(document, state.value)])

    def _word(self, document: Document, which: str) -> Owed:
        return Owed(
            channel=Channel.TELEGRAM,
            to=str(document.order.telegram_id),
            kind=f"document.{which}",
            expires_at=self._clock.now() + KEPT_FOR,
            parameters={"document": document.id},
            key=f"{document.id}:{which}",
        )
