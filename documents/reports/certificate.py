"""The service delivery certificate and the breakdown of its invoice (S31).

The certificate is form R-1 (annex 50 to order 562 of the Minister of Finance of 20.12.2012), with
VAT by the day of turnover and the sum in words besides. Appendix 1 tells it number by number. The
paper is a copy and says so: what counts in law is signed at the Electronic Invoicing Portal.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from account.chapters.billing.bills import BillLine, BillsQuery, Certificate, ServiceDelivered
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters.months import AccountMonth
from account.errors import FiguresDisagree
from account.values.labels import NumberLabel
from account.values.page import Page, Unreadable
from account.values.periods import Month, MonthSpan, shown_day
from documents.context import PAGE, Report
from documents.layout.blocks import (
    Block,
    Column,
    Enclosed,
    Facts,
    Kind,
    NextPart,
    Prose,
    Table,
    Title,
)
from documents.layout.composer import DocumentComposer
from documents.layout.header import DocumentHeader, in_latin, shown_days
from documents.layout.rates import rate_cell, total_sentence, vat_heading
from documents.render.read_ahead import read_ahead, refuse_parts
from documents.reports.contract import contract_of, is_last_try
from documents.reports.corrective_act import corrective_acts
from documents.reports.form_r1 import form_head, form_signatures
from documents.reports.labels import AS_OF_NOW, centres_table, label_columns, label_of
from documents.text.amount_words import amount
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.chapters.billing.parties import Customer
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from documents.context import RenderContext
    from documents.render.pool import RenderPool


async def certificate_file(
    renderer: RenderPool,
    header: DocumentHeader,
    certificate: Certificate,
    form: DocumentFormat,
    progress: Progress | None = None,
) -> MadeFile:
    """Certificate and Appendix 1 in one file: two parts of a PDF, two sheets of an XLSX.

    Raises `DocumentNotMade`.
    """
    composer = DocumentComposer(renderer, header)
    return await composer.file(
        certificate_blocks(composer, certificate),
        stem=certificate_stem(certificate),
        sheet=N_("Certificate"),
        form=form,
        progress=progress,
    )


def certificate_stem(certificate: Certificate) -> str:
    """The name of its file."""
    return in_latin(f"certificate_{certificate.bill.account}_{certificate.bill.month}")


def certificate_blocks(
    composer: DocumentComposer, certificate: Certificate
) -> Sequence[Block[Any]]:
    """The certificate, Appendix 1 as a part of its own, and an act for each correction."""
    appendix = NextPart(composer.apart()[0].word(N_("Appendix 1")))
    acts = corrective_acts(composer, certificate)
    return [
        *_certificate(composer, certificate),
        appendix,
        *_appendix(composer, certificate),
        *acts,
    ]


async def certificate(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the paper that was ordered; None when the account was billed nothing in that month.

    Raises as a `Maker`, `FiguresDisagree` for figures that do not add up, and `FiguresIncomplete`
    where the invoice or one of its lines could not be read.
    """
    order = document.order
    asked = AccountMonth.read(order.parameters)
    paper = await read_certificate(
        context,
        order.company_id,
        asked.account.digits,
        asked.month,
        progress,
        last_try=is_last_try(document),
    )
    if paper is None:
        return None
    return await certificate_file(
        context.renderer, context.header(document), paper, order.format, progress
    )


async def read_certificate(
    context: RenderContext,
    company_id: str,
    account: str,
    month: Month,
    progress: Progress | None = None,
    customer: Customer | None = None,
    *,
    last_try: bool = False,
) -> Certificate | None:
    """Read the paper of an account and month; None when nothing was billed in it.

    The `customer` is asked for where it is not given; for `last_try` see `contract_of`. Raises as
    `certificate`.
    """
    carrier = context.carrier
    query = BillsQuery(company_id, months=MonthSpan(month, month), account=account)
    found = await carrier.bills(query, offset=0, limit=PAGE)
    unreadable = Unreadable()
    unreadable.note(found)
    refuse_parts(unreadable)
    bills = [bill for bill in found.rows if not bill.correction]
    if not bills:
        return None
    if len(bills) > 1:
        raise FiguresDisagree("several invoices of one account and month")
    [bill] = bills

    async def read(offset: int) -> Page[BillLine]:
        return await carrier.bill_lines(bill, offset=offset, limit=PAGE)

    lines: list[BillLine] = []
    async with aclosing(read_ahead(read, unreadable)) as pages:
        async for page in pages:
            lines += page
            if progress is not None:
                await progress(len(lines), bill.lines or 0)
    refuse_parts(unreadable)
    corrections = [note for note in found.rows if bill.is_corrected_by(note)]
    return Certificate(
        bill,
        lines,
        context.supplier,
        contract=await contract_of(carrier, company_id, account, last_try=last_try),
        customer=customer or await carrier.customer(company_id),
        corrections=corrections,
        labels=await context.labels.of(
            company_id, list({line.msisdn for line in lines if line.msisdn is not None})
        ),
    )


def _certificate(composer: DocumentComposer, certificate: Certificate) -> Sequence[Block[Any]]:
    word, bill = composer.word, certificate.bill
    return (
        form_head(
            composer,
            certificate,
            bill.number,
            certificate.signed_on,
            N_("Service delivery certificate"),
        ),
        Facts(
            [
                (word(N_("Period")), shown_days(bill.period)),
                (word(N_("Account")), bill.account),
                (word(N_("Invoice")), bill.registration or bill.number),
            ],
            across=True,
        ),
        Table(
            _service_columns(composer, certificate),
            list(enumerate(certificate.services, 1)),
            total=word(N_("Total")),
            wrapped=True,
        ),
        Prose(
            [
                sentence
                for one in composer.apart()
                for sentence in (
                    total_sentence(one, bill.gross, certificate.by_rate),
                    one.word(N_("In words: {amount}.")).format(
                        amount=amount(bill.gross, one.header.language)
                    ),
                    *_corrected(one, certificate),
                )
            ],
            strong=True,
        ),
        *composer.translated(),
        Enclosed(
            word(N_("Enclosed: Appendix 1, invoice breakdown, on sheets: {sheets}")),
            word(N_("Enclosed: Appendix 1, invoice breakdown, on the next sheet")),
        ),
        Prose(
            [
                one.word(N_("This is an unsigned copy."))
                + " "
                + one.word(
                    N_(
                        "Since 4 July 2021 certificates can be obtained and signed with the "
                        "digital signature at the Electronic Invoicing Portal."
                    )
                )
                for one in composer.apart()
            ],
        ),
        form_signatures(composer, certificate),
        composer.foot(),
    )


def _appendix(composer: DocumentComposer, certificate: Certificate) -> Sequence[Block[Any]]:
    word, bill = composer.word, certificate.bill
    to_what = word(N_("to the service delivery certificate № {number} of {day}")).format(
        number=bill.number, day=shown_day(certificate.signed_on)
    )
    return (
        Title(word(N_("Appendix 1: invoice breakdown")), to_what),
        Facts(
            [
                (word(N_("Company")), composer.header.company),
                (word(N_("Account")), bill.account),
                (word(N_("Numbers")), str(certificate.numbers)),
            ]
        ),
        Table(_line_columns(composer, certificate), certificate.lines, total=word(N_("Total"))),
        *_own_words(composer, certificate),
    )


def _own_words(composer: DocumentComposer, certificate: Certificate) -> Sequence[Block[Any]]:
    """What the company adds to the breakdown, where it has words of its own for these numbers."""
    if not certificate.labels:
        return ()
    table = centres_table(composer, certificate.lines, certificate.labels)
    centres = any(one.centre for one in certificate.labels.values())
    return (*([table] if centres else []), Prose([composer.word(AS_OF_NOW)]))


def _corrected(composer: DocumentComposer, certificate: Certificate) -> Sequence[str]:
    """What changed the month since, and what it costs now."""
    word, language = composer.word, composer.header.language
    if not certificate.corrections:
        return []
    said = [
        word(N_("Corrected by № {number} of {day}: {amount}.")).format(
            number=note.registration or note.number,
            day=shown_day(note.issued),
            amount=note.gross.shown(language),
        )
        for note in certificate.corrections
    ]
    now = word(N_("With its corrections the month costs {amount} now."))
    enclosed = word(N_("Enclosed: corrective act № {number}."))
    numbers = ", ".join(note.number for note in certificate.corrections)
    return [
        *said,
        now.format(amount=certificate.corrected.shown(language)),
        enclosed.format(number=numbers),
    ]


def _service_columns(
    composer: DocumentComposer, certificate: Certificate
) -> Sequence[Column[tuple[int, ServiceDelivered]]]:
    """The columns of form R-1, and VAT. A month of a service is one unit of it."""
    word = composer.word
    days, unit = shown_days(certificate.bill.period), word(N_("service"))
    return (
        Column("№", Kind.TEXT, 7, lambda row: row[0]),
        Column(word(N_("Work performed (service delivered)")), Kind.TEXT, 27, _service),
        Column(word(N_("Date of delivery")), Kind.TEXT, 24, lambda _row: days),
        Column(word(N_("Report (date, number, pages)")), Kind.TEXT, 14, lambda _row: None),
        Column(word(N_("Unit")), Kind.TEXT, 13, lambda _row: unit),
        Column(word(N_("Quantity")), Kind.PIECES, 13, lambda _row: 1),
        Column(word(N_("Price per unit, ₸")), Kind.MONEY, 15, lambda row: row[1].amounts.net),
        Column(
            word(N_("Without VAT, ₸")), Kind.MONEY, 15, lambda row: row[1].amounts.net, total=True
        ),
        Column(
            word(N_("VAT rate, %")), Kind.PIECES, 10, lambda row: rate_cell(composer, [row[1].rate])
        ),
        Column(
            vat_heading(composer, certificate.by_rate),
            Kind.MONEY,
            14,
            lambda row: row[1].amounts.vat,
            total=True,
        ),
        Column(
            word(N_("With VAT, ₸")), Kind.MONEY, 15, lambda row: row[1].amounts.gross, total=True
        ),
    )


def _service(row: tuple[int, ServiceDelivered]) -> str:
    return row[1].service


def _line_columns(
    composer: DocumentComposer, certificate: Certificate
) -> Sequence[Column[BillLine]]:
    word, labels = composer.word, certificate.labels

    def label(line: BillLine) -> NumberLabel:
        return label_of(labels, line.msisdn)

    own = label_columns(composer, label) if labels else ()
    return (
        Column(word(N_("Mobile number")), Kind.PHONE, 19, lambda line: line.msisdn),
        *own,
        Column(word(N_("Service")), Kind.TEXT, 30, lambda line: line.service),
        Column(word(N_("Without VAT, ₸")), Kind.MONEY, 16, lambda line: line.net, total=True),
        Column(
            word(N_("VAT rate, %")),
            Kind.PIECES,
            11,
            lambda line: rate_cell(composer, [certificate.rate_of(line)]),
        ),
        Column(
            vat_heading(composer, certificate.by_rate),
            Kind.MONEY,
            16,
            lambda line: line.vat,
            total=True,
        ),
        Column(word(N_("With VAT, ₸")), Kind.MONEY, 16, lambda line: line.gross, total=True),
    )


CERTIFICATE = Report(
    DocumentKind.CERTIFICATE,
    certificate,
    N_("Service delivery certificate and invoice breakdown"),
    N_("4 · Certificate"),
)
