"""The order of a document as it stands in its windows: kind, parameters, address.

Parameters are kept as `account.documents.parameters` reads them; what was not chosen yet has its
usual value.
"""

from __future__ import annotations

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.documents.kinds import SPECS, DocumentKind, DocumentSpec
from account.documents.paper_languages import PAPER
from account.documents.parameters.base import ACCOUNTING, ESF, SEARCH, InDays, InMonths
from account.documents.parameters.days import StatementDays
from account.values.capabilities import Capability
from account.values.identifiers import Email
from account.values.periods import Month, Period, shown_day
from bot.context.update_context import context_of
from bot.widgets.calendar import today_of


def kind_of(manager: DialogManager) -> DocumentKind:
    """What is being ordered."""
    assert isinstance(manager.start_data, dict)
    return DocumentKind(manager.start_data["kind"])


def spec_of(manager: DialogManager) -> DocumentSpec:
    """Its declaration."""
    return SPECS[kind_of(manager)]


def parameters_of(manager: DialogManager) -> dict[str, str]:
    """The parameters as they stand, the usual ones filled in."""
    chosen = manager.dialog_data.get("told") or {}
    begun = manager.start_data.get("begun") if isinstance(manager.start_data, dict) else None
    told = spec_of(manager).parameters.usual(today_of(manager)) | (begun or {})
    told |= {str(key): str(value) for key, value in chosen.items()}
    if isinstance(manager.start_data, dict):
        told |= {str(k): str(v) for k, v in (manager.start_data.get("told") or {}).items()}
    if spec_of(manager).of_books:
        told = {PAPER: context_of(manager).language} | told
    lacks = context_of(manager).lacks
    if told.get(SEARCH) == ESF and Capability.REGISTERED_INVOICES in lacks:
        told[SEARCH] = ACCOUNTING
    return told


def tell(manager: DialogManager, **told: str) -> None:
    """Choose some of the parameters."""
    manager.dialog_data["told"] = {**(manager.dialog_data.get("told") or {}), **told}


def email_of(manager: DialogManager) -> Email | None:
    """The address the file goes to besides the chat."""
    address = manager.dialog_data.get("email")
    return Email(address) if address else None


def days_window(manager: DialogManager) -> Period:
    """The days that can be asked for now."""
    return _in_days(manager).window(today_of(manager))


def check_days(manager: DialogManager, period: Period) -> None:
    """Raises `PeriodRefused` by the rule of the document (S29, S33, S35)."""
    _in_days(manager).check_period(period, today_of(manager))


def months_allowed(manager: DialogManager) -> tuple[Month, Month]:
    """The first and the last month that can be asked for now."""
    parameters = spec_of(manager).parameters
    if issubclass(parameters, StatementDays):
        days = parameters.window(today_of(manager))
        return Month.of(days.first), Month.of(days.last)
    assert issubclass(parameters, InMonths)
    window = parameters.window(today_of(manager))
    return window.first, window.last


def is_statement(manager: DialogManager) -> bool:
    """Whether it is about days of closed months, as a reconciliation statement is."""
    return spec_of(manager).parameters is StatementDays


def ready_periods(manager: DialogManager) -> list[tuple[str, str, Period]]:
    """The ready periods of a statement: label, key, days."""
    if not is_statement(manager):
        return []
    day = today_of(manager)
    since = StatementDays.since_january(day)
    quarters = [
        (
            _("Quarter {n} of {year}").format(n=(one.first.month + 2) // 3, year=one.first.year),
            one.first.isoformat(),
            one,
        )
        for one in StatementDays.quarters(day)
    ]
    return [
        (_("Since {day}").format(day=shown_day(since.first)), "since_january", since),
        *quarters,
    ]


def missing(manager: DialogManager) -> str | None:
    """The parameter that has no usual value and was not chosen yet."""
    return spec_of(manager).parameters.missing(parameters_of(manager))


def _in_days(manager: DialogManager) -> type[InDays]:
    parameters = spec_of(manager).parameters
    assert issubclass(parameters, InDays)
    return parameters
