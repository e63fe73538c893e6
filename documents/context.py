"""What every maker of a document has at hand, and how one function becomes a `Maker`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from documents.layout.header import DocumentHeader

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.chapters.billing.bills import Supplier
    from account.chapters.history import HistoryStore
    from account.chapters.usage import Usage
    from account.documents.document import Document, DocumentFormat
    from account.documents.orders import MadeFile, Maker, Progress
    from account.effects.history import Entry
    from account.values.clock import Clock
    from documents.render.pool import RenderPool

PAGE = 500
"""Rows asked for at a time."""


@dataclass(frozen=True, slots=True)
class RenderContext:
    """The press, and where rows come from. `named` words an entry of the history: language, entry.

    `supplier` is who delivers the services, as certificates and statements name it.
    """

    press: RenderPool
    carrier: Carrier
    history: HistoryStore
    usage: Usage
    clock: Clock
    supplier: Supplier
    named: Callable[[str, Entry], str]

    def header(self, document: Document) -> DocumentHeader:
        """The head of a document that is made now."""
        return DocumentHeader.of(document, self.clock.now())


@dataclass(frozen=True, slots=True)
class InRenderPool:
    """A `Maker` of one function that reads, then draws in the pool."""

    context: RenderContext
    how: Callable[[RenderContext, Document, Progress], Awaitable[MadeFile | None]]

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        """See `Maker`."""
        return await self.how(self.context, document, progress)


@dataclass(frozen=True, slots=True)
class ByFormat:
    """A `Maker` that leaves each form to another one."""

    makers: Mapping[DocumentFormat, Maker]

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        """See `Maker`."""
        return await self.makers[document.order.format].make(document, progress)
