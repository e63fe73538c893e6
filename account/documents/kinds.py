"""Every kind of document (S27 to S36): its name in the database, what it is about, its forms.

A kind is a value of `DocumentKind` and its row in `SPECS`. What it is called and how it is made
is declared by its module under `documents.reports`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from account.documents.parameters.base import MSISDN, Nothing, Parameters
from account.documents.parameters.days import (
    HistoryDays,
    HistoryOfKind,
    NumberDays,
    StatementDays,
    UsageDays,
)
from account.documents.parameters.invoice import Invoice
from account.documents.parameters.months import (
    AccountMonth,
    AllAccounts,
    LastMonths,
    Months,
    OneMonth,
)
from account.identity.permissions import RESTS_ON
from account.values.capabilities import Capability
from account.values.rights import Right


class DocumentKind(StrEnum):
    """Every document there is. Values are persisted."""

    USAGE = "usage"
    INVOICE_SEARCH = "invoice_search"
    HISTORY = "history"
    NUMBERS = "numbers"
    CERTIFICATE = "certificate"
    REGISTER = "register"
    RECONCILIATION = "reconciliation"
    DEVICES = "devices"
    PAYMENTS = "payments"
    ATLAS = "atlas"
    USAGE_CHART = "usage_chart"
    SPEND_CHART = "spend_chart"
    MONTHS_CHART = "months_chart"
    CLOSING_SET = "closing_set"
    COST_CENTRES = "cost_centres"


class DocumentFormat(StrEnum):
    """What kind of file."""

    XLSX = "xlsx"
    PDF = "pdf"
    PNG = "png"
    ZIP = "zip"


_BILLS = frozenset({Capability.BILLS})
_XLSX, _PDF, _PNG = DocumentFormat.XLSX, DocumentFormat.PDF, DocumentFormat.PNG


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """One kind of document: what it is about, its forms, and who may have it."""

    parameters: type[Parameters]
    formats: tuple[DocumentFormat, ...] = (_XLSX,)
    """The usual one first."""
    right: Right = Right.ORDER_DOCUMENTS
    of_number: Right | None = None
    """The right that it needs instead where it is about one number."""
    of_package: bool = False
    """Only for a company with the Atlas Pro package."""
    of_books: bool = False
    """It goes into the books, so the language it is written in is chosen (`paper`)."""
    large: bool = False
    """It takes long whatever is in it: it never has the places of small files."""
    slow: bool = False
    """It reads the whole company, which is said before it is ordered."""
    rests_on: frozenset[Capability] = frozenset()
    """What the operator must have, besides what the right needs."""

    def right_to(self, told: Mapping[str, str]) -> Right:
        """The right that this very order needs."""
        if self.of_number is not None and told.get(MSISDN):
            return self.of_number
        return self.right


SPECS: Mapping[DocumentKind, DocumentSpec] = {
    DocumentKind.INVOICE_SEARCH: DocumentSpec(Invoice, rests_on=_BILLS),
    DocumentKind.HISTORY: DocumentSpec(HistoryOfKind, right=Right.READ_HISTORY),
    DocumentKind.NUMBERS: DocumentSpec(Nothing, slow=True),
    DocumentKind.CERTIFICATE: DocumentSpec(
        AccountMonth,
        (_PDF, _XLSX),
        of_books=True,
        rests_on=_BILLS | {Capability.CERTIFICATE},
    ),
    DocumentKind.REGISTER: DocumentSpec(Months, (_XLSX, _PDF), of_books=True, rests_on=_BILLS),
    DocumentKind.RECONCILIATION: DocumentSpec(
        StatementDays,
        (_PDF, _XLSX),
        of_books=True,
        rests_on=_BILLS | {Capability.PAYMENTS},
    ),
    DocumentKind.DEVICES: DocumentSpec(
        Nothing, slow=True, rests_on=frozenset({Capability.DEVICE_REGISTRY})
    ),
    DocumentKind.PAYMENTS: DocumentSpec(
        HistoryDays,
        (_XLSX, _PDF),
        of_number=Right.READ_PAYMENTS,
        rests_on=frozenset({Capability.PAYMENTS}),
    ),
    DocumentKind.ATLAS: DocumentSpec(
        Nothing, of_package=True, slow=True, rests_on=frozenset({Capability.ATLAS})
    ),
    DocumentKind.USAGE: DocumentSpec(UsageDays, (_XLSX, _PDF), Right.READ_USAGE),
    DocumentKind.USAGE_CHART: DocumentSpec(NumberDays, (_PNG,), Right.READ_USAGE),
    DocumentKind.SPEND_CHART: DocumentSpec(OneMonth, (_PNG,), rests_on=_BILLS),
    DocumentKind.MONTHS_CHART: DocumentSpec(LastMonths, (_PNG,), rests_on=_BILLS),
    DocumentKind.COST_CENTRES: DocumentSpec(OneMonth, (_XLSX, _PDF), rests_on=_BILLS),
    DocumentKind.CLOSING_SET: DocumentSpec(
        AllAccounts,
        (DocumentFormat.ZIP, _PDF),
        of_books=True,
        large=True,
        slow=True,
        rests_on=_BILLS | {Capability.CERTIFICATE},
    ),
}
"""In the guide's order (S27), which is that of the menu."""


def offered(kind: DocumentKind, lacks: frozenset[Capability]) -> bool:
    """Whether an operator that lacks these has what the document is made of."""
    spec = SPECS[kind]
    return not lacks & spec.rests_on and RESTS_ON.get(spec.right) not in lacks
