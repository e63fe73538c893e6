"""Files that people order: the request, its number, and where it stands (3.4, G-12 to G-16).

A document is made by a worker from the operator's pages as they come, kept encrypted, delivered to
the chat as a message owed, and forgotten after a day. An empty result is a sentence, not a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from account.documents.catalogue import DocumentCatalogue
from account.documents.document import (
    KEPT_FOR,
    Content,
    Continuation,
    Document,
    DocumentOrder,
    DocumentState,
    DocumentStore,
    is_large,
)
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters.base import MSISDN
from account.effects.effect import Channel, EffectStore, OutboxMessage
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import (
    AccessRefused,
    CarrierUnavailable,
    ClaimLost,
    DocumentNotMade,
    EmailOutside,
    FiguresDisagree,
    FiguresIncomplete,
    OrderRefused,
    RequestNotFound,
)
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Email, Msisdn
from account.values.page import Page
from account.values.rights import Right

LEASE = timedelta(seconds=30)
SAME_WITHIN = timedelta(minutes=1)
TRIES = 5
RETRY_AFTER = timedelta(seconds=10)
LISTED_FOR = timedelta(days=7)
REQUESTS_PAGE = 8
AGAIN_EVERY = 10
"""Seconds; presses in between are one press."""
LARGE_AT_ONCE = 2
"""So many large files does one process make at once; other places are for those that are soon
done."""
GIVES_WAY_FOR = timedelta(seconds=1)


class _GivesWay(ClaimLost):
    """It turned out to be large while other large ones have the places for that."""


class Maker(Protocol):
    """Makes one kind of document: reads what it needs, writes the file, tells how far it is."""

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        """The file, or None when there is nothing for the period (G-16).

        Raises `CarrierUnavailable` and `DocumentNotMade`; then the document is tried again later,
        but for `FiguresDisagree` and `FiguresIncomplete`.
        """


class Progress(Protocol):
    """Told now and then how many rows of how many are written; total 0 while it is unknown."""

    async def __call__(self, done: int, total: int, /) -> None:
        """Take note. Raises `ClaimLost` when somebody else makes the document by now."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A finished file: its bytes, its name for the person, and how many rows of data it has.

    A large file's bytes are read piece by piece and never copied whole. Of a set of papers `rows`
    are those in it, `missing` the accounts of those that could not be made; with `rest` it goes on
    in a file of its own, whose order has these parameters besides.
    """

    content: Content
    name: str
    rows: int
    missing: tuple[str, ...] = ()
    rest: Mapping[str, str] | None = None


class Documents:
    """Ordering documents, and the worker's side of making them."""

    def __init__(
        self,
        store: DocumentStore,
        reports: DocumentCatalogue,
        makers: Mapping[DocumentKind, Maker],
        clock: Clock,
        effect_store: EffectStore,
        expecting: Mapping[DocumentKind, Callable[[], None]] | None = None,
    ) -> None:
        self._effect_store = effect_store
        self._expecting = expecting or {}
        self._store = store
        self._large: set[str] = set()
        self._reports = reports
        self._makers = makers
        self._clock = clock

    def expect(self, kind: DocumentKind) -> None:
        """Somebody may order one soon: what takes long to begin begins. Promises nothing."""
        if (begin := self._expecting.get(kind)) is not None:
            begin()

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
        """Order a file. Raises the refusals of `DocumentCatalogue.check`.

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
            company_bin=company.bin_shown,
            language=language,
            parameters=asked,
            email=email,
        )
        told = {"document": kind.value, "format": form.value}
        told |= {name: value for name, value in asked.items() if name != MSISDN}
        if email is not None:
            told["email"] = email.masked
        entry = HistoryEntry.by(
            actor,
            HistoryEvent.DOCUMENT_ORDERED,
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
        again = OutboxMessage(
            channel=Channel.TELEGRAM,
            to=str(actor.telegram_id),
            kind="document.again",
            expires_at=document.ordered_at + KEPT_FOR,
            parameters={"document": document.id},
            key=f"{document.id}:again:{int(now.timestamp()) // AGAIN_EVERY}",
        )
        await self._effect_store.write([again])
        return document

    @property
    def room_for_large(self) -> bool:
        """Whether one more large file can be made now."""
        return len(self._large) < LARGE_AT_ONCE

    async def make(self, document: Document) -> None:
        """Make one claimed document, and owe it to the chat; or owe the sentence why not.

        One that turns out to be large gives way while there is no room for another of these: small
        files never wait for long ones.
        """
        try:
            await self._make(document)
        finally:
            self._large.discard(document.id)

    async def _make(self, document: Document) -> None:
        maker = self._makers[document.order.kind]

        async def progress(done: int, total: int) -> None:
            until = self._clock.now() + LEASE
            if not await self._store.progress(document, done, total, until):
                raise ClaimLost
            self._admit(document, done)

        try:
            self._admit(document, document.done)
            await self._reports.check_again(document.order)
            made = await maker.make(document, progress)
        except _GivesWay:
            await self._store.give_way(document, self._clock.now() + GIVES_WAY_FOR)
            return
        except ClaimLost:
            return
        except (AccessRefused, OrderRefused) as refused:
            await self._end(document, DocumentState.FAILED, refused.code)
            return
        except (CarrierUnavailable, DocumentNotMade) as fault:
            # Figures that disagree or are missing now will be so in ten seconds.
            final = isinstance(fault, FiguresDisagree | FiguresIncomplete)
            if document.attempts < TRIES and not final:
                await self._store.retry(document, self._clock.now() + RETRY_AFTER)
            else:
                await self._end(document, DocumentState.FAILED, fault.code)
            return
        if made is None:
            await self._end(document, DocumentState.EMPTY, None)
        else:
            words = [self._word(document, "ready"), *self._letter(document)]
            rest = None
            if made.rest is not None:
                asked = {**document.order.parameters, **made.rest}
                rest = Continuation(replace(document.order, parameters=asked), self._clock.now())
            await self._store.made(
                document,
                made.content,
                made.name,
                made.rows,
                words,
                missing=made.missing,
                rest=rest,
            )

    def _admit(self, document: Document, done: int) -> None:
        """Raises `_GivesWay`."""
        if not is_large(document.order, done) or document.id in self._large:
            return
        if not self.room_for_large:
            raise _GivesWay
        self._large.add(document.id)

    async def _end(self, document: Document, state: DocumentState, reason: str | None) -> None:
        await self._store.settle(document, state, reason, [self._word(document, state.value)])

    def _word(self, document: Document, which: str) -> OutboxMessage:
        return OutboxMessage(
            channel=Channel.TELEGRAM,
            to=str(document.order.telegram_id),
            kind=f"document.{which}",
            expires_at=self._clock.now() + KEPT_FOR,
            parameters={"document": document.id},
            key=f"{document.id}:{which}",
        )

    def _letter(self, document: Document) -> list[OutboxMessage]:
        """The same file by e-mail, when that was asked for."""
        order = document.order
        if order.email is None:
            return []
        return [
            OutboxMessage(
                channel=Channel.MAIL,
                to=order.email.address,
                kind="document.ready",
                expires_at=self._clock.now() + KEPT_FOR,
                parameters={"document": document.id, "chat": str(order.telegram_id)},
                language=order.language,
                key=f"{document.id}:mail",
            )
        ]
