"""The order of a document as it stands in its windows: kind, parameters, address.

Parameters are kept as `account.documents.catalogue` takes them; what was not chosen yet has its
usual value.
"""

from __future__ import annotations

from datetime import date

from aiogram_dialog import DialogManager

from account.documents.catalogue import (
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
from account.documents.document import DocumentKind
from account.values.identifiers import Email
from account.values.periods import (
    Month,
    Period,
    add_months,
    certificate_window,
    history_window,
    reconciliation_window,
    register_window,
)
from bot.widgets.calendar import today_of

OF_DAYS = {DocumentKind.HISTORY, DocumentKind.PAYMENTS, DocumentKind.RECONCILIATION}
OF_ONE_MONTH = {DocumentKind.CERTIFICATE, DocumentKind.SPEND_CHART}
CHART_MONTHS = 12


def kind_of(manager: DialogManager) -> DocumentKind:
    """What is being ordered."""
    assert isinstance(manager.start_data, dict)
    return DocumentKind(manager.start_data["kind"])


def usual(kind: DocumentKind, day: date) -> dict[str, str]:
    """What an order begins with, when today is `day` in Almaty."""
    match kind:
        case DocumentKind.HISTORY | DocumentKind.PAYMENTS:
            return days_told(Period(add_months(day, -1), day))
        case DocumentKind.RECONCILIATION:
            return days_told(reconciliation_window(day))
        case DocumentKind.CERTIFICATE:
            return {MONTH: str(certificate_window(day).last)}
        case DocumentKind.SPEND_CHART:
            return {MONTH: str(register_window(day).last)}
        case DocumentKind.REGISTER:
            month = str(register_window(day).last)
            return {FIRST_OF_MONTHS: month, LAST_OF_MONTHS: month}
        case DocumentKind.INVOICE_SEARCH:
            return {SEARCH: ESF, YEAR: str(day.year)}
        case DocumentKind.MONTHS_CHART:
            return {MONTHS: str(CHART_MONTHS)}
        case _:
            return {}


def days_told(period: Period) -> dict[str, str]:
    """A period as parameters."""
    return {FIRST: period.first.isoformat(), LAST: period.last.isoformat()}


def parameters_of(manager: DialogManager) -> dict[str, str]:
    """The parameters as they stand, the usual ones filled in."""
    chosen = manager.dialog_data.get("told") or {}
    told = usual(kind_of(manager), today_of(manager)) | {
        str(key): str(value) for key, value in chosen.items()
    }
    if isinstance(manager.start_data, dict):
        told |= {str(k): str(v) for k, v in (manager.start_data.get("told") or {}).items()}
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
    day = today_of(manager)
    if kind_of(manager) is DocumentKind.RECONCILIATION:
        return reconciliation_window(day)
    return history_window(day)


def months_allowed(manager: DialogManager) -> tuple[Month, Month]:
    """The first and the last month that can be asked for now."""
    day = today_of(manager)
    is_certificate = kind_of(manager) is DocumentKind.CERTIFICATE
    window = certificate_window(day) if is_certificate else register_window(day)
    return window.first, window.last


def missing(manager: DialogManager) -> str | None:
    """The parameter that has no usual value and was not chosen yet."""
    told = parameters_of(manager)
    kind = kind_of(manager)
    if kind is DocumentKind.CERTIFICATE and ACCOUNT not in told:
        return ACCOUNT
    if kind is DocumentKind.INVOICE_SEARCH and NUMBER not in told:
        return NUMBER
    return None
