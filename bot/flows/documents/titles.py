"""What the documents are called, in the guide's order (S27), and how their parameters read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
CHARTS = (DocumentKind.SPEND_CHART, DocumentKind.MONTHS_CHART, DocumentKind.COST_CENTRES)
"""What the company spends, as pictures and as a table."""


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
    return [fact.words for fact in facts(kind, parameters)]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that an order says: in a line of its own, and in a few words beside others."""

    line: str
    words: str


def facts(kind: DocumentKind, parameters: Mapping[str, str]) -> list[Fact]:
    """What an order says, in the order in which it is read."""
    return [
        *_of_what(parameters),
        *_of_when(parameters),
        *(
            [_fact(_("Type: {type}"), type=_(KINDS[HistoryKind(parameters[TYPE])]))]
            if kind is DocumentKind.HISTORY and parameters.get(TYPE) in set(HistoryKind)
            else []
        ),
        *(
            [_fact(_("Language: {language}"), language=shown(parameters[PAPER]))]
            if parameters.get(PAPER)
            else []
        ),
    ]


def _of_what(parameters: Mapping[str, str]) -> Iterator[Fact]:
    if parameters.get(MSISDN):
        yield _fact(_("Number: {number}"), number=Msisdn(parameters[MSISDN]).shown)
    if parameters.get(ACCOUNT):
        yield _fact(_("Account: {number}"), _("account {number}"), number=parameters[ACCOUNT])
    if parameters.get(NUMBER):
        yield (
            _fact(
                _("Registration number: {number}"),
                _("registration number {number}"),
                number=parameters[NUMBER],
            )
            if parameters.get(SEARCH) == ESF
            else _fact(
                _("Accounting number: {number}"),
                _("accounting number {number}"),
                number=parameters[NUMBER],
            )
        )


def _of_when(parameters: Mapping[str, str]) -> Iterator[Fact]:
    if parameters.get(YEAR) and parameters.get(SEARCH) != ESF:
        yield _fact(_("Year: {year}"), year=parameters[YEAR])
    if parameters.get(FIRST) and parameters.get(LAST):
        days = [shown_day(date.fromisoformat(parameters[key])) for key in (FIRST, LAST)]
        yield _fact(_("Period: {period}"), period=" – ".join(days))
    if parameters.get(MONTH):
        yield _fact(_("Month: {month}"), month=Month.parse(parameters[MONTH]).shown)
    if parameters.get(AFTER):
        after = _("accounts after {number}").format(number=parameters[AFTER])
        yield Fact(after, after)
    if parameters.get(FIRST_OF_MONTHS) and parameters.get(LAST_OF_MONTHS):
        months = [Month.parse(parameters[key]) for key in (FIRST_OF_MONTHS, LAST_OF_MONTHS)]
        yield _fact(_("Months: {months}"), months=" – ".join(month.shown for month in months))
    if parameters.get(MONTHS):
        count = int(parameters[MONTHS])
        number = ngettext("{n} month", "{n} months", count).format(n=count)
        yield _fact(_("Period: {period}"), period=number)


def _fact(line: str, words: str | None = None, **value: str) -> Fact:
    """With one value, which alone is the few words where none are named."""
    ((name, text),) = value.items()
    return Fact(line.format(**{name: text}), text if words is None else words.format(**value))
