"""One order of each kind of document, as it can be placed on 24 January 2022."""

from __future__ import annotations

from datetime import date

from account.chapters.atlas import Pool
from account.documents.kinds import DocumentKind
from account.values.periods import Period

ACCOUNT = "26025487"
DAYS = {"first": "2022-01-01", "last": "2022-01-24"}
_OF_A_NUMBER = {"msisdn": "77012115526", **DAYS}
ORDERED: dict[DocumentKind, dict[str, str]] = {
    DocumentKind.USAGE: {**_OF_A_NUMBER, "type": "calls"},
    DocumentKind.INVOICE_SEARCH: {"search": "accounting", "number": "0042", "year": "2022"},
    DocumentKind.HISTORY: DAYS,
    DocumentKind.NUMBERS: {},
    DocumentKind.CERTIFICATE: {"account": ACCOUNT, "month": "2021-12"},
    DocumentKind.REGISTER: {"first_month": "2021-11", "last_month": "2021-12"},
    DocumentKind.RECONCILIATION: {"first": "2021-01-24", "last": "2021-12-31"},
    DocumentKind.DEVICES: {},
    DocumentKind.PAYMENTS: DAYS,
    DocumentKind.ATLAS: {},
    DocumentKind.USAGE_CHART: _OF_A_NUMBER,
    DocumentKind.SPEND_CHART: {"month": "2021-12"},
    DocumentKind.MONTHS_CHART: {"months": "12"},
    DocumentKind.CLOSING_SET: {"month": "2021-12"},
    DocumentKind.COST_CENTRES: {"month": "2021-12"},
}
POOL = Pool("Atlas Pro", Period(date(2022, 1, 1), date(2022, 1, 31)), 60_000, 1000, None)
