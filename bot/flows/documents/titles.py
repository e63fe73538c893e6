"""What the documents are called, in the guide's order (S27), and how their parameters read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from account.documents.document import MSISDN, DocumentFormat, DocumentKind, DocumentState
from account.documents.parameters import (
    ACCOUNT,
    ESF,
    FIRST,
    FIRST_OF_MONTHS,
    LAST,
    LAST_OF_MONTHS,
    MONTH,
    MONTHS,
    NUMBER,
    SEARCH,
    YEAR,
)
from account.values.identifiers import Msisdn
from account.values.periods import Month, shown_day
from documents.text.marker import N_


@dataclass(frozen=True, slots=True)
class Title:
    """What a document is called; all of it for gettext."""

    full: str
    short: str = ""
    """As it fits on half a row of buttons; only what is on the menu has one."""


TITLES: Mapping[DocumentKind, Title] = {
    DocumentKind.INVOICE_SEARCH: Title(
        N_("Search for mobile number by invoice number"), N_("1 · By invoice")
    ),
    DocumentKind.HISTORY: Title(N_("Actions history"), N_("2 · Actions")),
    DocumentKind.NUMBERS: Title(N_("List of numbers report"), N_("3 · Numbers")),
    DocumentKind.CERTIFICATE: Title(
        N_("Service delivery certificate and invoice breakdown"), N_("4 · Certificate")
    ),
    DocumentKind.REGISTER: Title(N_("Invoice register"), N_("5 · Register")),
    DocumentKind.RECONCILIATION: Title(N_("Reconciliation statement"), N_("6 · Reconciliation")),
    DocumentKind.DEVICES: Title(N_("Registered devices report"), N_("7 · Devices")),
    DocumentKind.PAYMENTS: Title(N_("Payments report"), N_("8 · Payments")),
    DocumentKind.ATLAS: Title(N_("Detailing for the Atlas Pro package"), N_("9 · Atlas Pro")),
    DocumentKind.USAGE: Title(N_("Usage details")),
    DocumentKind.USAGE_CHART: Title(N_("Usage chart")),
    DocumentKind.SPEND_CHART: Title(N_("Spend by number")),
    DocumentKind.MONTHS_CHART: Title(N_("Spend by month")),
}
MENU = tuple(kind for kind, named in TITLES.items() if named.short)
"""Exactly nine, in this order (S27)."""
CHARTS = (DocumentKind.SPEND_CHART, DocumentKind.MONTHS_CHART)
"""Pictures of what the company spends."""


def title(kind: DocumentKind) -> str:
    """The document's full name."""
    return _(TITLES[kind].full)


def short_title(kind: DocumentKind) -> str:
    """The name as it fits on half a row of buttons."""
    return _(TITLES[kind].short)


def format_word(form: DocumentFormat) -> str:
    """The button of a form."""
    return {
        DocumentFormat.XLSX: _("📄 XLSX file"),
        DocumentFormat.PDF: _("📄 PDF file"),
        DocumentFormat.PNG: _("📈 Picture"),
    }[form]


def state_line(state: DocumentState) -> str:
    """Where a request stands, with its sign."""
    return {
        DocumentState.QUEUED: _("⏳ queued"),
        DocumentState.MAKING: _("⏳ being made"),
        DocumentState.READY: _("✅ ready"),
        DocumentState.SENT: _("✅ sent"),
        DocumentState.EMPTY: _("✅ nothing for this period"),
        DocumentState.FAILED: _("⚠️ not made"),
    }[state]


def told(kind: DocumentKind, parameters: Mapping[str, str]) -> list[str]:
    """What a request is about, a few words each: number, account, period."""
    parts = []
    if parameters.get(MSISDN):
        parts.append(Msisdn(parameters[MSISDN]).shown)
    if parameters.get(ACCOUNT):
        parts.append(_("account {number}").format(number=parameters[ACCOUNT]))
    if parameters.get(NUMBER):
        word = (
            _("registration number {number}")
            if parameters.get(SEARCH) == ESF
            else _("accounting number {number}")
        )
        parts.append(word.format(number=parameters[NUMBER]))
    if parameters.get(YEAR):
        parts.append(parameters[YEAR])
    if parameters.get(FIRST) and parameters.get(LAST):
        first, last = (shown_day(date.fromisoformat(parameters[key])) for key in (FIRST, LAST))
        parts.append(f"{first} – {last}")
    if parameters.get(MONTH):
        parts.append(Month.parse(parameters[MONTH]).shown)
    if parameters.get(FIRST_OF_MONTHS) and parameters.get(LAST_OF_MONTHS):
        months = [Month.parse(parameters[key]) for key in (FIRST_OF_MONTHS, LAST_OF_MONTHS)]
        parts.append(" – ".join(month.shown for month in months))
    if kind is DocumentKind.MONTHS_CHART:
        count = int(parameters[MONTHS])
        parts.append(ngettext("{n} month", "{n} months", count).format(n=count))
    return parts
