"""The service delivery certificate and the breakdown of its invoice (S31).

The certificate follows the form of the country's certificate of work performed: who delivered what
to whom in which month, VAT by the day of turnover, the sum in words, places to sign. Appendix 1
tells it number by number. The paper is a copy and says so: what counts in law is signed at the
Electronic Invoicing Portal.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from account.chapters.billing.bills import BillLine, BillsQuery, Certificate, ServiceDelivered
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.parameters import AccountMonth
from account.errors import FiguresDisagree
from account.values.page import Page, Unreadable
from account.values.periods import MonthSpan, shown_day
from documents.context import PAGE, Report
from documents.layout.blocks import (
    Column,
    Facts,
    Kind,
    NextPart,
    Piece,
    Prose,
    Signatures,
    Table,
    Title,
)
from documents.layout.header import Desk, DocumentHeader
from documents.render.read_ahead import read_ahead, refuse_parts
from documents.text.amount_words import amount
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.documents.document import Document
    from account.documents.orders import MadeFile, Progress
    from documents.context import RenderContext
    from documents.render.pool import RenderPool


async def certificate_file(
    press: RenderPool,
    header: DocumentHeader,
    certificate: Certificate,
    form: DocumentFormat,
    progress: Progress | None = None,
) -> MadeFile:
    """Certificate and Appendix 1 in one file: two parts of a PDF, two sheets of an XLSX.

    Raises `DocumentNotMade`.
    """
    desk = Desk(press, header)
    bill = certificate.bill
    appendix = desk.word(N_("Appendix 1"))
    return await desk.file(
        [*_certificate(desk, certificate), NextPart(appendix), *_appendix(desk, certificate)],
        stem=f"certificate_{bill.account}_{bill.month}",
        sheet=N_("Certificate"),
        form=form,
        landscape=False,
        progress=progress,
    )


async def certificate(
    context: RenderContext, document: Document, progress: Progress
) -> MadeFile | None:
    """Make the paper that was ordered; None when the account was billed nothing in that month.

    Raises as a `Maker`, `FiguresDisagree` for figures that do not add up, and `FiguresIncomplete`
    where the invoice or one of its lines could not be read.
    """
    order, carrier = document.order, context.carrier
    asked = AccountMonth.read(order.parameters)
    month, account = asked.month, asked.account.digits
    wish = BillsQuery(order.company_id, months=MonthSpan(month, month), account=account)
    found = await carrier.bills(wish, offset=0, limit=PAGE)
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
            await progress(len(lines), bill.lines or 0)
    refuse_parts(unreadable)
    paper = Certificate(bill, lines, context.supplier)
    return await certificate_file(
        context.press, context.header(document), paper, order.format, progress
    )


def _certificate(desk: Desk, certificate: Certificate) -> Sequence[Piece[Any]]:
    word, head, bill = desk.word, desk.header, certificate.bill
    supplier = certificate.supplier
    number_and_day = word(N_("№ {number} of {day}")).format(
        number=bill.number, day=shown_day(certificate.signed_on)
    )
    contract = () if not certificate.contract else ((N_("Contract"), certificate.contract),)
    by_whom = f"{supplier.name}, {word(N_('BIN'))} {supplier.bin.digits}"
    facts = (
        (N_("Contractor"), by_whom),
        (N_("Account"), bill.account),
        *contract,
        (N_("Invoice"), bill.registration or bill.number),
    )
    title, block = desk.top(N_("Service delivery certificate"), *facts, period=bill.period)
    assert isinstance(title, Title)
    gross = bill.gross.shown(head.language)
    vat = certificate.amounts.vat.shown(head.language)
    return (
        Title(title.text, number_and_day),
        block,
        Prose([word(N_("This is an unsigned copy."))], strong=True),
        Prose(
            [
                word(
                    N_(
                        "Since 4 July 2021 certificates can be obtained and signed with the "
                        "digital signature at the Electronic Invoicing Portal."
                    )
                )
            ]
        ),
        Table(
            _service_columns(desk, bill.rate),
            certificate.services,
            total=word(N_("Total")),
            wrapped=True,
        ),
        Prose(
            [
                word(N_("Total with VAT: {gross}, of it VAT {rate} %: {vat}.")).format(
                    gross=gross, rate=bill.rate, vat=vat
                ),
                word(N_("In words: {amount}.")).format(amount=amount(bill.gross, head.language)),
            ],
            strong=True,
        ),
        Signatures(
            (
                (word(N_("Delivered by (contractor)")), supplier.name),
                (word(N_("Accepted by (customer)")), head.company),
            ),
            (word(N_("position, signature, full name")), word(N_("place of the seal"))),
        ),
    )


def _appendix(desk: Desk, certificate: Certificate) -> Sequence[Piece[Any]]:
    word, bill = desk.word, certificate.bill
    to_what = word(N_("to the service delivery certificate № {number} of {day}")).format(
        number=bill.number, day=shown_day(certificate.signed_on)
    )
    return (
        Title(word(N_("Appendix 1: invoice breakdown")), to_what),
        Facts([(word(N_("Company")), desk.header.company), (word(N_("Account")), bill.account)]),
        Table(_line_columns(desk, bill.rate), certificate.lines, total=word(N_("Total"))),
    )


def _service_columns(desk: Desk, rate: int) -> Sequence[Column[ServiceDelivered]]:
    word = desk.word
    return (
        Column(word(N_("Service")), Kind.TEXT, 36, lambda line: line.service),
        Column(word(N_("Numbers")), Kind.PIECES, 11, lambda line: line.amounts.count),
        Column(
            word(N_("Without VAT, ₸")), Kind.MONEY, 17, lambda line: line.amounts.net, total=True
        ),
        Column(_vat(desk, rate), Kind.MONEY, 16, lambda line: line.amounts.vat, total=True),
        Column(
            word(N_("With VAT, ₸")), Kind.MONEY, 17, lambda line: line.amounts.gross, total=True
        ),
    )


def _line_columns(desk: Desk, rate: int) -> Sequence[Column[BillLine]]:
    word = desk.word
    return (
        Column(
            word(N_("Mobile number")), Kind.TEXT, 19, lambda line: line.msisdn and line.msisdn.shown
        ),
        Column(word(N_("Service")), Kind.TEXT, 30, lambda line: line.service),
        Column(word(N_("Without VAT, ₸")), Kind.MONEY, 16, lambda line: line.net, total=True),
        Column(_vat(desk, rate), Kind.MONEY, 16, lambda line: line.vat, total=True),
        Column(word(N_("With VAT, ₸")), Kind.MONEY, 16, lambda line: line.gross, total=True),
    )


def _vat(desk: Desk, rate: int) -> str:
    return desk.word(N_("VAT {rate} %, ₸")).format(rate=rate)


CERTIFICATE = Report(
    DocumentKind.CERTIFICATE,
    certificate,
    N_("Service delivery certificate and invoice breakdown"),
    N_("4 · Certificate"),
)
