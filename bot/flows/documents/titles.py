"""What the documents are called, in the guide's order (S27), and how their parameters read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from account.chapters.history import HistoryKind
from account.documents.document import DocumentState
from account.documents.kinds import SPECS, DocumentFormat, DocumentKind
from account.documents.paper_languages import PAPER, shown
from account.documents.parameters.base import (
    ACCOUNT,
    AFTER,
    ESF,
    FIRST,
    FIRST_OF_MONTHS,
    LAST,
    LAST_OF_MONTHS,
    MONTH,
    MONTHS,
    MSISDN,
    NUMBER,
    SEARCH,
    TYPE,
    YEAR,
)
from account.values.identifiers import Msisdn
from account.values.periods import Month, shown_day
from documents.registry import REPORTS
from documents.reports.history import KINDS

MENU = tuple(kind for kind in SPECS if REPORTS[kind].short)
"""Exactly nine, in this order (S27)."""
CHARTS = (DocumentKind.SPEND_CHART, DocumentKind.MONTHS_CHART)
"""Pictures of what the company spends."""


def title(kind: DocumentKind) -> str:
    """The document's full name."""
    return _(REPORTS[kind].title)


def short_title(kind: DocumentKind) -> str:
    """The name as it fits on half a row of buttons."""
    return _(REPORTS[kind].short)


def format_word(form: DocumentFormat) -> str:
    """The button of a form."""
    return {
        DocumentFormat.XLSX: _("📄 XLSX file"),
        DocumentFormat.PDF: _("📄 PDF file"),
        DocumentFormat.PNG: _("📈 Picture"),
        DocumentFormat.ZIP: _("🗂 ZIP archive"),
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
    if parameters.get(YEAR) and parameters.get(SEARCH) != ESF:
        parts.append(parameters[YEAR])
    if parameters.get(FIRST) and parameters.get(LAST):
        first, last = (shown_day(date.fromisoformat(parameters[key])) for key in (FIRST, LAST))
        parts.append(f"{first} – {last}")
    if kind is DocumentKind.HISTORY and parameters.get(TYPE) in set(HistoryKind):
        parts.append(_(KINDS[HistoryKind(parameters[TYPE])]))
    if parameters.get(MONTH):
        parts.append(Month.parse(parameters[MONTH]).shown)
    if parameters.get(AFTER):
        parts.append(_("accounts after {number}").format(number=parameters[AFTER]))
    if parameters.get(FIRST_OF_MONTHS) and parameters.get(LAST_OF_MONTHS):
        months = [Month.parse(parameters[key]) for key in (FIRST_OF_MONTHS, LAST_OF_MONTHS)]
        parts.append(" – ".join(month.shown for month in months))
    if kind is DocumentKind.MONTHS_CHART:
        count = int(parameters[MONTHS])
        parts.append(ngettext("{n} month", "{n} months", count).format(n=count))
    if parameters.get(PAPER):
        parts.append(shown(parameters[PAPER]))
    return parts
