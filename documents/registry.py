"""Who makes which document: the one table that the composition root takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from account.documents.document import DocumentFormat, DocumentKind
from account.documents.orders import Maker
from documents.context import ByFormat, InRenderPool, RenderContext
from documents.reports.atlas import atlas
from documents.reports.certificate import certificate
from documents.reports.charts import months_picture, spend_picture, usage_picture
from documents.reports.devices import devices
from documents.reports.history import history
from documents.reports.invoices import invoice_numbers
from documents.reports.numbers import numbers
from documents.reports.payments import payments
from documents.reports.reconciliation import reconciliation
from documents.reports.register import register
from documents.reports.usage_print import UsagePaper

if TYPE_CHECKING:
    from documents.reports.usage import UsageWorkbook


def renderers(context: RenderContext, workbook: UsageWorkbook) -> Mapping[DocumentKind, Maker]:
    """The maker of every kind; the workbook of usage has threads of its own."""
    paper = UsagePaper(context.usage, context.clock, context.press)
    in_pool = {
        DocumentKind.INVOICE_SEARCH: invoice_numbers,
        DocumentKind.HISTORY: history,
        DocumentKind.NUMBERS: numbers,
        DocumentKind.CERTIFICATE: certificate,
        DocumentKind.REGISTER: register,
        DocumentKind.RECONCILIATION: reconciliation,
        DocumentKind.DEVICES: devices,
        DocumentKind.PAYMENTS: payments,
        DocumentKind.ATLAS: atlas,
        DocumentKind.USAGE_CHART: usage_picture,
        DocumentKind.SPEND_CHART: spend_picture,
        DocumentKind.MONTHS_CHART: months_picture,
    }
    return {
        DocumentKind.USAGE: ByFormat({DocumentFormat.XLSX: workbook, DocumentFormat.PDF: paper}),
        **{kind: InRenderPool(context, how) for kind, how in in_pool.items()},
    }
