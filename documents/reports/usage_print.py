"""Usage details of one number in print (S13): totals first, then every record.

The workbook of the same records is `documents.reports.usage`; both tell the same words and sums.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from account.chapters.usage import UsageKind, UsageRecord
from account.documents.kinds import DocumentFormat, DocumentKind
from account.values.page import Unreadable
from account.values.periods import today
from documents.context import Report
from documents.layout.blocks import Column, Kind, Prose, Table
from documents.layout.composer import DocumentComposer
from documents.layout.header import DocumentHeader
from documents.layout.notes import LEFT_OUT, NOT_RATED, Note
from documents.render.read_ahead import begun
from documents.reports.labels import AS_OF_NOW, label_of
from documents.reports.usage import UsageWorkbook
from documents.reports.usage_rows import (
    DIRECTIONS,
    KINDS,
    UNRATED,
    Sum,
    Tally,
    asked,
    own_words,
    service_word,
    stem,
    with_words,
)
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.chapters.usage import Usage, UsageRecords
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from account.values.clock import Clock
    from documents.context import RenderContext
    from documents.render.in_place import Renderer


class UsagePaper:
    """Makes the PDF of usage details; the same `Maker` as the workbook's."""

    def __init__(self, usage: Usage | UsageRecords, clock: Clock, renderer: Renderer) -> None:
        self._usage = usage
        self._clock = clock
        self._renderer = renderer

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        """The PDF, or None when the period has no records (G-16).

        Raises `CarrierUnavailable`, `DocumentNotMade`, and `ClaimLost` out of `progress`.
        """
        query, now = asked(document), self._clock.now()
        composer = DocumentComposer(self._renderer, DocumentHeader.of(document, now))
        tally, unreadable = Tally(), Unreadable()
        async with aclosing(
            self._usage.stream(document.order.company_id, query, unreadable)
        ) as pages:
            rows = await begun(pages, unreadable)
            if rows is None:
                return None
            facts = (
                (N_("Number"), query.msisdn.shown),
                *own_words(document),
                (N_("Type of data"), composer.word(KINDS[query.kind])),
            )
            unrated = Note(composer.word(NOT_RATED))
            left_out = Note(composer.word(LEFT_OUT), unreadable)
            late = N_("Today's details may be incomplete.")
            notes = (
                [Prose([composer.word(late)], strong=True)]
                if query.period.last >= today(now)
                else []
            )
            return await composer.file(
                [
                    *composer.top(USAGE.title, *facts, period=query.period),
                    *notes,
                    Table(
                        _record_columns(composer, tally),
                        unrated.counted(_counted(rows, tally), lambda row: row.cost is None),
                        total=composer.word(N_("Total")),
                    ),
                    Prose(unrated, strong=True),
                    Prose(left_out, strong=True),
                    Prose([composer.word(AS_OF_NOW)] if own_words(document) else []),
                    Table(
                        _total_columns(composer, tally),
                        _Sums(tally),
                        total=composer.word(N_("Total")),
                        caption=composer.word(N_("Totals")),
                        wrapped=True,
                    ),
                ],
                stem=stem(query),
                sheet=USAGE.title,
                form=DocumentFormat.PDF,
                progress=progress,
            )


class _Sums:
    """The totals by type, known when the records have been written."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    async def __aiter__(self) -> AsyncIterator[Sequence[tuple[UsageKind, Sum]]]:
        yield [
            (kind, self._tally.by_kind[kind]) for kind in UsageKind if kind in self._tally.by_kind
        ]


async def _counted(
    pages: AsyncIterator[Sequence[UsageRecord]], tally: Tally
) -> AsyncIterator[Sequence[UsageRecord]]:
    async for page in pages:
        tally.take(page)
        yield page


def _record_columns(composer: DocumentComposer, tally: Tally) -> Sequence[Column[UsageRecord]]:
    word = composer.word
    unrated = word(UNRATED)
    kinds = {known: word(name) for known, name in KINDS.items()}
    directions = {known: name and word(name) for known, name in DIRECTIONS.items()}
    calls, data = UsageKind.CALLS, UsageKind.DATA
    return (
        Column(word(N_("Date and time")), Kind.MOMENT, 19, lambda row: row.at),
        Column(word(N_("Type")), Kind.TEXT, 16, lambda row: kinds[row.kind]),
        Column(word(N_("Direction")), Kind.TEXT, 12, lambda row: directions[row.direction]),
        Column(word(N_("Other party")), Kind.TEXT, 18, lambda row: row.party),
        Column(
            word(N_("Duration, h:mm:ss")),
            Kind.DURATION,
            12,
            lambda row: row.amount if row.kind is calls else None,
            total=True,
        ),
        Column(
            word(N_("Volume, MB")),
            Kind.MEGABYTES,
            12,
            lambda row: row.amount if row.kind is data else None,
            total=True,
        ),
        Column(
            word(N_("Quantity, pcs")),
            Kind.PIECES,
            11,
            lambda row: None if row.kind in {calls, data} else row.amount,
            total=True,
        ),
        Column(
            word(N_("Cost with VAT, ₸")),
            Kind.MONEY,
            12,
            lambda row: unrated if row.cost is None else row.cost,
            total=lambda: tally.in_all.cost.shown,
        ),
        Column(word(N_("Roaming")), Kind.TEXT, 11, lambda row: row.roaming),
        Column(word(N_("Service")), Kind.TEXT, 22, lambda row: service_word(row, word)),
    )


def _total_columns(
    composer: DocumentComposer, tally: Tally
) -> Sequence[Column[tuple[UsageKind, Sum]]]:
    word = composer.word
    unrated = word(UNRATED)
    kinds = {known: word(name) for known, name in KINDS.items()}
    return (
        Column(word(N_("Type")), Kind.TEXT, 24, lambda row: kinds[row[0]]),
        Column(word(N_("Records")), Kind.PIECES, 12, lambda row: row[1].records, total=True),
        Column(
            word(N_("Duration, h:mm:ss")),
            Kind.DURATION,
            16,
            lambda row: row[1].seconds or None,
            total=True,
        ),
        Column(
            word(N_("Volume, MB")), Kind.MEGABYTES, 16, lambda row: row[1].bytes or None, total=True
        ),
        Column(
            word(N_("Quantity, pcs")),
            Kind.PIECES,
            16,
            lambda row: row[1].pieces or None,
            total=True,
        ),
        Column(
            word(N_("Cost with VAT, ₸")),
            Kind.MONEY,
            16,
            lambda row: unrated if row[1].priced is None else row[1].priced,
            total=lambda: tally.in_all.cost.shown,
        ),
    )


class UsageFiles:
    """Makes either form, where it is: the `usage_files` of a `RenderContext`."""

    def __init__(
        self, usage: Usage | UsageRecords, clock: Clock, renderer: Renderer, threads: int = 2
    ) -> None:
        self._workbook = UsageWorkbook(usage, clock, renderer.say, threads=threads)
        self._paper = UsagePaper(usage, clock, renderer)

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        """Raises as a `Maker`."""
        printed = document.order.format is DocumentFormat.PDF
        return await (self._paper if printed else self._workbook).make(document, progress)

    def close(self) -> None:
        """Let its threads go."""
        self._workbook.close()


async def usage(context: RenderContext, document: Document, progress: Progress) -> MadeFile | None:
    """Make the details that were ordered, in either form. Raises as a `Maker`."""
    number, company = asked(document).msisdn, document.order.company_id
    label = label_of(await context.labels.of(company, [number]), number)
    return await context.usage_files.make(with_words(document, label), progress)


USAGE = Report(DocumentKind.USAGE, usage, N_("Usage details"))
