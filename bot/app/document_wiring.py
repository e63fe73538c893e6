"""Documents: what makes the file of each kind, and whose orders they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from account.chapters.usage import Usage
from account.documents.catalogue import DocumentCatalogue
from account.documents.kinds import DocumentKind
from account.documents.orders import Documents
from account.effects.history import HistoryEntry
from bot.app.usage_process import UsageProcess
from bot.config.settings import Settings
from bot.flows.history.texts import told, what_word
from bot.texts.language import Catalogues
from carrier.http import OperatorHttp
from carrier.relay import Relay
from documents.context import RenderContext
from documents.registry import renderers
from documents.render.pool import RenderPool
from storage.open import Stores

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.values.clock import Clock


@dataclass(frozen=True, slots=True)
class WiredDocuments:
    """Orders and kinds of documents, what sets their files, and what is to be closed of it."""

    documents: Documents
    reports: DocumentCatalogue
    renderer: RenderPool
    closers: tuple[Callable[[], object], ...]


def wire_documents(
    settings: Settings,
    clock: Clock,
    stores: Stores,
    carrier: Carrier,
    operator: OperatorHttp,
    catalogues: Catalogues,
    usage: Usage,
) -> WiredDocuments:
    """Put together what makes files."""
    reports = DocumentCatalogue(carrier, clock)
    renderer = RenderPool(catalogues.say, clock)
    usage_files = UsageProcess(Relay(operator), catalogues, clock)

    def named(language: str, entry: HistoryEntry) -> str:
        with catalogues.speaking(language):
            return " · ".join(filter(None, [what_word(entry.what), told(entry)]))

    context = RenderContext(
        renderer=renderer,
        carrier=carrier,
        history=stores.history,
        usage=usage,
        clock=clock,
        supplier=settings.supplier,
        usage_files=usage_files,
        named=named,
        labels=stores.labels,
    )
    made_by = renderers(context)
    documents = Documents(
        stores.documents,
        reports,
        made_by,
        clock,
        stores.effect_store,
        {DocumentKind.USAGE: usage_files.expect},
    )
    closers = (usage_files.close, renderer.close)
    return WiredDocuments(documents, reports, renderer, closers)
