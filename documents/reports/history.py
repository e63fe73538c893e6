"""Actions history as a file (S29): who did what, when, on which number, with what result."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from account.changes.holds import SUPPORT
from account.chapters.history import HistoryKind, HistoryQuery
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters.days import HistoryOfKind
from account.effects.history import HistoryEntry
from account.values.identifiers import Msisdn
from account.values.page import Page
from documents.context import PAGE, Report
from documents.layout.blocks import Column, Kind, Prose, Table
from documents.layout.composer import DocumentComposer
from documents.layout.header import DocumentHeader, in_file_name
from documents.render.read_ahead import begun, read_ahead
from documents.reports.labels import NumberWords
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from account.values.periods import Period
    from documents.context import RenderContext
    from documents.render.pool import RenderPool

KINDS: Mapping[HistoryKind, str] = {
    HistoryKind.CHANGES: N_("Changes"),
    HistoryKind.DOCUMENTS: N_("Documents"),
    HistoryKind.VIEWED: N_("Viewed"),
    HistoryKind.ACCESS: N_("Logins"),
}
RESULTS = {
    "done": N_("Done"),
    "accepted": N_("Accepted"),
    "refused": N_("Refused"),
    "unknown": N_("Outcome unknown"),
    "proposed": N_("Waits for a second administrator"),
}


async def history_file(
    renderer: RenderPool,
    header: DocumentHeader,
    period: Period,
    pages: AsyncIterable[Sequence[HistoryEntry]],
    named: Callable[[HistoryEntry], str],
    number: Msisdn | None = None,
    progress: Progress | None = None,
    kind: HistoryKind | None = None,
    words: NumberWords | None = None,
) -> MadeFile | None:
    """The entries in the order they come; `named` words an entry's action in the masthead's
    language, as the window does. None when there are none. An XLSX.

    Raises `DocumentNotMade`, and what reading the pages raises.
    """
    rows = await begun(pages)
    if rows is None:
        return None
    composer, words = DocumentComposer(renderer, header), words or NumberWords()
    facts = [] if number is None else [(N_("Number"), number.shown)]
    if kind is not None:
        facts.append((N_("Type"), composer.word(KINDS[kind])))
    title = HISTORY.title
    return await composer.file(
        [
            *composer.top(title, *facts, period=period),
            Table(_columns(composer, named, words), words.looked_up(rows, _number)),
            Prose(words.said(composer)),
        ],
        stem=f"history_{header.bin}_{in_file_name(period)}",
        sheet=title,
        form=DocumentFormat.XLSX,
        progress=progress,
    )


async def history(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the report that was ordered. Raises as a `Maker`."""
    order = document.order
    asked = HistoryOfKind.read(order.parameters)
    period, number = asked.period, asked.msisdn

    async def read(offset: int) -> Page[HistoryEntry]:
        query = HistoryQuery(period, number, offset=offset, limit=PAGE, kind=asked.kind)
        return await context.history.page(order.company_id, query)

    def named(entry: HistoryEntry) -> str:
        return context.named(order.language, entry)

    async with aclosing(read_ahead(read)) as pages:
        head = context.header(document)
        return await history_file(
            context.renderer,
            head,
            period,
            pages,
            named,
            number,
            progress,
            asked.kind,
            NumberWords(context.labels, order.company_id),
        )


def _columns(
    composer: DocumentComposer, named: Callable[[HistoryEntry], str], words: NumberWords
) -> Sequence[Column[HistoryEntry]]:
    word = composer.word
    results = {known: word(name) for known, name in RESULTS.items()}
    support = word(N_("Operator's support"))

    def by(entry: HistoryEntry) -> str:
        return support if entry.channel == SUPPORT else entry.administrator

    return (
        Column(word(N_("Date and time")), Kind.MOMENT, 21, lambda entry: entry.at),
        Column(word(N_("Administrator")), Kind.TEXT, 28, by),
        Column(word(N_("Number")), Kind.PHONE, 19, _number),
        Column(word(N_("Action")), Kind.TEXT, 40, named),
        Column(word(N_("Result")), Kind.TEXT, 18, lambda entry: results[entry.result]),
        Column(word(N_("Reference")), Kind.TEXT, 22, lambda entry: entry.reference),
        *words.columns(composer, _number),
    )


def _number(entry: HistoryEntry) -> Msisdn | None:
    return Msisdn(entry.number) if entry.number else None


HISTORY = Report(DocumentKind.HISTORY, history, N_("Actions history"), N_("2 · Actions"))
