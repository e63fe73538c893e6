"""Detailing for the Atlas Pro package: who used how much of the common pool (S36)."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from account.chapters.atlas import Pool, PoolUsage
from account.documents.kinds import DocumentFormat, DocumentKind
from account.values.page import Page, Unreadable
from documents.context import PAGE, Report
from documents.layout.blocks import Column, Kind, Prose, Table
from documents.layout.composer import DocumentComposer
from documents.layout.header import DocumentHeader
from documents.layout.notes import LEFT_OUT, Note
from documents.render.read_ahead import begun, read_ahead
from documents.reports.labels import NumberWords
from documents.text.marker import N_
from documents.text.number_format import count, shown

if TYPE_CHECKING:
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from documents.context import RenderContext
    from documents.render.pool import RenderPool


async def atlas_file(
    renderer: RenderPool,
    header: DocumentHeader,
    pool: Pool,
    pages: AsyncIterable[Sequence[PoolUsage]],
    progress: Progress | None = None,
    unreadable: Unreadable | None = None,
    words: NumberWords | None = None,
) -> MadeFile | None:
    """What each number took of the pool in its cycle; None when none took anything. An XLSX.

    Raises `DocumentNotMade`, and what reading the pages raises.
    """
    rows = await begun(pages, unreadable)
    if rows is None:
        return None
    composer, words = DocumentComposer(renderer, header), words or NumberWords()
    table = Table(
        _columns(composer, words),
        words.looked_up(rows, lambda row: row.msisdn),
        total=composer.word(N_("Total")),
    )
    return await composer.file(
        [
            *composer.top(N_("Atlas Pro detailing"), *_pool(composer, pool), period=pool.cycle),
            table,
            Prose(words.said(composer)),
            Prose(Note(composer.word(LEFT_OUT), unreadable), strong=True),
        ],
        stem=f"atlas_pro_{header.bin}_{pool.cycle.first:%Y-%m}",
        sheet=N_("Atlas Pro detailing"),
        form=DocumentFormat.XLSX,
        progress=progress,
    )


async def atlas(context: RenderContext, document: Document, progress: Progress) -> MadeFile | None:
    """Make the report that was ordered. Raises as a `Maker`."""
    company, carrier = document.order.company_id, context.carrier
    pool = await carrier.pool(company)
    if pool is None:
        return None

    async def read(offset: int) -> Page[PoolUsage]:
        return await carrier.pool_usage(company, offset=offset, limit=PAGE)

    unreadable = Unreadable()
    async with aclosing(read_ahead(read, unreadable)) as pages:
        return await atlas_file(
            context.renderer,
            context.header(document),
            pool,
            pages,
            progress,
            unreadable,
            NumberWords(context.labels, company),
        )


def _pool(composer: DocumentComposer, pool: Pool) -> list[tuple[str, str]]:
    """What is in the pool, as facts."""
    language, unlimited = composer.header.language, composer.word(N_("Unlimited"))
    return [
        (N_("Package"), pool.name),
        (
            N_("Calls in the package"),
            unlimited if pool.seconds is None else shown("duration", pool.seconds, language),
        ),
        (
            N_("SMS in the package, pcs"),
            unlimited if pool.pieces is None else count(pool.pieces, language),
        ),
        (
            N_("Data in the package, MB"),
            unlimited if pool.bytes is None else shown("megabytes", pool.bytes, language),
        ),
    ]


def _columns(composer: DocumentComposer, words: NumberWords) -> Sequence[Column[PoolUsage]]:
    word = composer.word
    return (
        Column(word(N_("Mobile number")), Kind.PHONE, 19, lambda row: row.msisdn),
        Column(word(N_("Employee")), Kind.TEXT, 28, lambda row: row.label),
        Column(word(N_("Calls, h:mm:ss")), Kind.DURATION, 16, lambda row: row.seconds, total=True),
        Column(word(N_("SMS, pcs")), Kind.PIECES, 12, lambda row: row.pieces, total=True),
        Column(word(N_("Data, MB")), Kind.MEGABYTES, 16, lambda row: row.bytes, total=True),
        Column(
            word(N_("Charged beyond the package with VAT, ₸")),
            Kind.MONEY,
            20,
            lambda row: row.charged,
            total=True,
        ),
        *words.columns(composer, lambda row: row.msisdn),
    )


ATLAS = Report(
    DocumentKind.ATLAS, atlas, N_("Detailing for the Atlas Pro package"), N_("9 · Atlas Pro")
)
