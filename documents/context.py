"""What every maker of a document has at hand, and what a module says of the one it makes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from account.values.capabilities import Capability
from documents.layout.header import DocumentHeader

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.chapters.billing.parties import Supplier
    from account.chapters.history import HistoryStore
    from account.chapters.labels import LabelStore
    from account.chapters.usage import Usage
    from account.documents.document import Document
    from account.documents.kinds import DocumentKind
    from account.documents.orders import MadeFile, Maker, Progress
    from account.effects.history import HistoryEntry
    from account.values.clock import Clock
    from documents.render.pool import RenderPool

PAGE = 500
"""Rows asked for at a time."""


@dataclass(frozen=True, slots=True)
class RenderContext:
    """The renderer, and where rows come from. `named` words an entry of the history by language.

    `supplier` is who delivers the services, as certificates and statements name it;
    `usage_files` makes those of usage details, which may be very long, in a process of its own.
    """

    renderer: RenderPool
    carrier: Carrier
    history: HistoryStore
    usage: Usage
    clock: Clock
    supplier: Supplier
    usage_files: Maker
    named: Callable[[str, HistoryEntry], str]
    labels: LabelStore

    @property
    def registers_invoices(self) -> bool:
        """Whether the operator's invoices have numbers of the electronic invoice system."""
        return Capability.REGISTERED_INVOICES not in self.carrier.lacks

    def header(self, document: Document) -> DocumentHeader:
        """The head of a document that is made now."""
        return DocumentHeader.of(document, self.clock.now())


@dataclass(frozen=True, slots=True)
class Report:
    """What a module of `documents.reports` says of a document: its kind, maker and names.

    `how` reads, then draws in the pool; it raises as a `Maker`. Names are English, for gettext;
    the short one fits on half a row of buttons, and only what is on the menu has one (S27).
    """

    kind: DocumentKind
    how: Callable[[RenderContext, Document, Progress], Awaitable[MadeFile | None]]
    title: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class ReportMaker:
    """The `Maker` of one report."""

    context: RenderContext
    report: Report

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        """See `Maker`."""
        return await self.report.how(self.context, document, progress)
