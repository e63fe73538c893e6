"""Files that people order: the request, its number, and where it stands (3.4, G-12 to G-16).

A document is made by a worker from the operator's pages as they come, kept encrypted, delivered to
the chat as a message owed, and forgotten after a day. An empty result is a sentence, not a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from account.access.permissions import Actor, Right, require
from account.chapters.history import Entry, What
from account.effects.effect import Channel, Owed
from account.errors import (
    AccessRefused,
    CarrierUnavailable,
    ClaimLost,
    DocumentNotMade,
    EmailOutside,
    FiguresDisagree,
    OrderRefused,
    RequestNotFound,
)
from account.values.identifiers import Msisdn

if TYPE_CHECKING:
    from account.chapters.numbers import Page
    from account.documents.catalogue import Reports
    from account.ports import Book, Clock, DocumentStore
    from account.values.identifiers import Email

LEASE = timedelta(seconds=30)
KEPT_FOR = timedelta(hours=24)
SAME_WITHIN = timedelta(minutes=1)
TRIES = 5
RETRY_AFTER = timedelta(seconds=10)
LISTED_FOR = timedelta(days=7)
REQUESTS_PAGE = 8
AGAIN_EVERY = 10
"""Seconds; presses in between are one wish."""

MSISDN = "msisdn"
"""The parameter of an order that says which number it is about."""


class DocumentKind(StrEnum):
    """Every document there is. Values are persisted."""

    USAGE = "usage"
    INVOICE_SEARCH = "invoice_search"
    HISTORY = "history"
    NUMBERS = "numbers"
    CERTIFICATE = "certificate"
    REGISTER = "register"
    RECONCILIATION = "reconciliation"
    DEVICES = "devices"
    PAYMENTS = "payments"
    ATLAS = "atlas"
    USAGE_CHART = "usage_chart"
    SPEND_CHART = "spend_chart"
    MONTHS_CHART = "months_chart"


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
    """What was ordered. `parameters` are the kind's own, as plain strings
    (`account.documents.catalogue`).

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
    file_id: str | None = None
    """Telegram's name of the file, once it was sent."""

    def kept(self, now: datetime) -> bool:
        """Whether the file can be had again, or for the first time by who was away (24 h)."""
        made = self.file_id is not None or self.state is DocumentState.READY
        return made and now < self.ordered_at + KEPT_FOR


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


class Content(Protocol):
    """The bytes of a file: `bytes`, mapped memory, or what lies elsewhere."""

    def __len__(self) -> int:
        """How many."""

    def __getitem__(self, piece: slice, /) -> bytes:
        """Those from one place to another."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A finished file: its bytes, its name for the person, and how many rows of data it has.

    A large file's bytes are read piece by piece and never copied whole.
    """

    content: Content
    name: str
    rows: int


class Documents:
    """Ordering documents, and the worker's side of making them."""

    def __init__(
        self,
        store: DocumentStore,
        reports: Reports,
        makers: Mapping[DocumentKind, Maker],
        clock: Clock,
        book: Book,
    ) -> None:
        self._book = book
        self._store = store
        self._reports = reports
        self._makers = makers
        self._clock = clock

    async def order(
        self,
        actor: Actor,
        kind: DocumentKind,
        form: DocumentFormat,
        parameters: Mapping[str, str],
        language: str,
        email: Email | None = None,
        *,
        outside: bool = False,
    ) -> Document:
        """Order a file. Raises the refusals of `Reports.check`.

        The same order within a minute is the same document. An `email` outside of the company's
        domains raises `EmailOutside`, unless the person has confirmed it: `outside` (G-13).
        """
        asked = await self._reports.check(actor, kind, form, parameters)
        company = actor.company
        if email is not None and not (outside or email.domain in company.domains):
            raise EmailOutside
        now = self._clock.now()
        order = DocumentOrder(
            kind=kind,
            format=form,
            telegram_id=actor.telegram_id,
            administrator_id=actor.administrator_id,
            administrator=actor.name,
            company_id=company.id,
            company_name=company.name,
            company_bin=company.bin.digits,
            language=language,
            parameters=asked,
            email=email,
        )
        told = {"document": kind.value, "format": form.value}
        told |= {name: value for name, value in asked.items() if name != MSISDN}
        if email is not None:
            told["email"] = email.masked
        entry = Entry.by(
            actor,
            What.DOCUMENT_ORDERED,
            at=now,
            number=Msisdn(asked[MSISDN]) if MSISDN in asked else None,
            parameters=told,
        )
        return await self._store.order(order, now, [entry])

    async def requests(self, actor: Actor, offset: int = 0) -> Page[Document]:
        """A page of what the person ordered for the chosen company lately, newest first.

        Raises the refusals of `require`.
        """
        company = require(actor, Right.LIST_NUMBERS)
        since = self._clock.now() - LISTED_FOR
        return await self._store.of_person(
            actor.telegram_id, company.id, since, offset=offset, limit=REQUESTS_PAGE
        )

    async def request(self, actor: Actor, document_id: str) -> Document:
        """One of the person's own requests. Raises `RequestNotFound`."""
        company = require(actor, Right.LIST_NUMBERS)
        document = await self._store.read(document_id)
        if document is None or (document.order.telegram_id, document.order.company_id) != (
            actor.telegram_id,
            company.id,
        ):
            raise RequestNotFound
        return document

    async def send_again(self, actor: Actor, document_id: str) -> Document:
        """Owe the file to the chat once more, without another upload.

        Raises `RequestNotFound`, also when it is kept no longer, `AccessRefused` for data that may
        not be seen any more, `CarrierUnavailable`.
        """
        document = await self.request(actor, document_id)
        now = self._clock.now()
        if not document.kept(now):
            raise RequestNotFound
        await self._reports.check_again(document.order)
        again = Owed(
            channel=Channel.TELEGRAM,
            to=str(actor.telegram_id),
            kind="document.again",
            expires_at=document.ordered_at + KEPT_FOR,
            parameters={"document": document.id},
            key=f"{document.id}:again:{int(now.timestamp()) // AGAIN_EVERY}",
        )
        await self._book.write([again])
        return document

    async def make(self, document: Document) -> None:
        """Make one claimed document, and owe it to the chat; or owe the sentence why not."""
        maker = self._makers[document.order.kind]

        async def progress(done: int, total: int) -> None:
            until = self._clock.now() + LEASE
            if not await self._store.progress(document, done, total, until):
                raise ClaimLost

        try:
            await self._reports.check_again(document.order)
            made = await maker.make(document, progress)
        except ClaimLost:
            return
        except (AccessRefused, OrderRefused) as refused:
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
            words = [self._word(document, "ready"), *self._letter(document)]
            await self._store.made(document, made.content, made.name, made.rows, words)

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

    def _letter(self, document: Document) -> list[Owed]:
        """The same file by e-mail, when that was asked for."""
        order = document.order
        if order.email is None:
            return []
        return [
            Owed(
                channel=Channel.MAIL,
                to=order.email.address,
                kind="document.ready",
                expires_at=self._clock.now() + KEPT_FOR,
                parameters={"document": document.id, "chat": str(order.telegram_id)},
                language=order.language,
                key=f"{document.id}:mail",
            )
        ]
