"""The registered devices report (S34)."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from account.chapters.devices.registrations import DevicesQuery, Registration, RegistrationKind
from account.documents.kinds import DocumentFormat, DocumentKind
from account.values.identifiers import Bin, Imei, Msisdn
from account.values.page import Page, Unreadable
from documents.context import PAGE, Report
from documents.layout.blocks import Column, Kind, Prose, Table
from documents.layout.composer import DocumentComposer
from documents.layout.header import DocumentHeader
from documents.layout.notes import LEFT_OUT, Note
from documents.render.read_ahead import begun, read_ahead
from documents.reports.labels import NumberWords
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from documents.context import RenderContext
    from documents.render.pool import RenderPool


REGISTERED = N_("Registered")


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device registered with a number. `at` is aware, UTC; `status` is worded already."""

    msisdn: Msisdn
    imei: Imei
    at: datetime
    bin: Bin
    status: str
    duplicate: bool = False
    model: str | None = None


async def devices_file(
    renderer: RenderPool,
    header: DocumentHeader,
    pages: AsyncIterable[Sequence[DeviceRow]],
    progress: Progress | None = None,
    unreadable: Unreadable | None = None,
    words: NumberWords | None = None,
) -> MadeFile | None:
    """The company's registered devices, in the order they come; None when there are none. XLSX.

    Raises `DocumentNotMade`, and what reading the pages raises.
    """
    rows = await begun(pages, unreadable)
    if rows is None:
        return None
    composer, words = DocumentComposer(renderer, header), words or NumberWords()
    return await composer.file(
        [
            *composer.top(DEVICES.title),
            Table(
                _columns(composer, words),
                words.looked_up(rows, lambda row: row.msisdn),
            ),
            Prose(words.said(composer)),
            Prose(Note(composer.word(LEFT_OUT), unreadable), strong=True),
        ],
        stem=f"devices_{header.bin}",
        sheet=N_("Devices"),
        form=DocumentFormat.XLSX,
        progress=progress,
    )


async def devices(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the report that was ordered. Raises as a `Maker`."""
    company, carrier = document.order.company_id, context.carrier
    status = context.renderer.say(document.order.language, REGISTERED)

    async def read(offset: int) -> Page[DeviceRow]:
        page = await carrier.devices(company, DevicesQuery(offset=offset, limit=PAGE))
        rows = tuple(_row(one, status) for one in page.rows)
        return Page(rows, page.offset, page.total, page.left_out, page.end)

    unreadable = Unreadable()
    async with aclosing(read_ahead(read, unreadable)) as pages:
        return await devices_file(
            context.renderer,
            context.header(document),
            pages,
            progress,
            unreadable,
            NumberWords(context.labels, company),
        )


def _row(held: Registration, status: str) -> DeviceRow:
    duplicate = held.kind is RegistrationKind.DUPLICATE
    return DeviceRow(held.msisdn, held.imei, held.since, held.bin, status, duplicate, held.model)


def _columns(composer: DocumentComposer, words: NumberWords) -> Sequence[Column[DeviceRow]]:
    word = composer.word
    original, duplicate = word(N_("Original")), word(N_("Duplicate"))
    return (
        Column(word(N_("Mobile number")), Kind.PHONE, 19, lambda row: row.msisdn),
        Column("IMEI", Kind.TEXT, 18, lambda row: row.imei.full),
        Column(word(N_("Model")), Kind.TEXT, 26, lambda row: row.model),
        Column(
            word(N_("Registration")),
            Kind.TEXT,
            16,
            lambda row: duplicate if row.duplicate else original,
        ),
        Column(word(N_("Date and time")), Kind.MOMENT, 21, lambda row: row.at),
        Column(word(N_("BIN")), Kind.TEXT, 15, lambda row: row.bin.digits),
        Column(word(N_("Status")), Kind.TEXT, 26, lambda row: row.status),
        *words.columns(composer, lambda row: row.msisdn),
    )


DEVICES = Report(DocumentKind.DEVICES, devices, N_("Registered devices report"), N_("7 · Devices"))
