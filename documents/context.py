"""What every maker of a document has at hand, and how one function becomes a `Maker`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from documents.layout.header import Masthead

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.chapters.billing.bills import Supplier
    from account.chapters.history import History
    from account.chapters.usage import Usage
    from account.documents.document import Document, DocumentFormat
    from account.documents.orders import MadeFile, Maker, Progress
    from account.effects.history import Entry
    from account.values.clock import Clock
    from documents.render.pool import Press

PAGE = 500
"""Rows asked for at a time."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """The press, and where rows come from. `named` words an entry of the history: language, entry.

    `supplier` is who delivers the services, as certificates and statements name it.
    """

    press: Press
    carrier: Carrier
    history: History
    usage: Usage
    clock: Clock
    supplier: Supplier
    named: Callable[[str, Entry], str]

    def masthead(self, document: Document) -> Masthead:
        """The head of a document that is made now."""
        return Masthead.of(document, self.clock.now())


@dataclass(frozen=True, slots=True)
class AtPress:
    """A `Maker` of one function of the workshop."""

    shop: Workshop
    how: Callable[[Workshop, Document, Progress], Awaitable[MadeFile | None]]

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        """See `Maker`."""
        return await self.how(self.shop, document, progress)


@dataclass(frozen=True, slots=True)
class ByFormat:
    """A `Maker` that leaves each form to another one."""

    makers: Mapping[DocumentFormat, Maker]

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        """See `Maker`."""
        return await self.makers[document.order.format].make(document, progress)
