"""The operator's accounts, invoices and the Atlas Pro package in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from account.chapters.atlas import Pool, PoolUsage
from account.chapters.billing.accounts import Account
from account.chapters.billing.bills import Bill, BillLine, BillsQuery
from account.chapters.billing.parties import Contract, Customer
from account.values.identifiers import Msisdn
from account.values.page import Page
from account.values.periods import Month


@dataclass
class Cabinet:
    """Papers by company, their lines by invoice number, with the account in front if need be."""

    accounts: dict[str, list[Account]] = field(default_factory=dict)
    bills: dict[str, list[Bill]] = field(default_factory=dict)
    lines: dict[str, list[BillLine]] = field(default_factory=dict)
    pools: dict[str, tuple[Pool, list[PoolUsage]]] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    """By account."""

    def accounts_page(
        self, company_id: str, numbers: Sequence[str] | None, offset: int, limit: int
    ) -> Page[Account]:
        found = [
            one
            for one in self.accounts.get(company_id, [])
            if numbers is None or one.number in numbers
        ]
        return Page(tuple(found[offset : offset + limit]), offset, len(found))

    def bills_page(self, query: BillsQuery, offset: int, limit: int) -> Page[Bill]:
        found = [
            bill
            for bill in self.bills.get(query.company_id, [])
            if (query.months is None or bill.month in query.months)
            and (query.year is None or query.year in {bill.issued.year, bill.turnover.year})
            and query.account in (None, bill.account)
            and (query.number is None or bill.number == query.number.digits)
            and (query.registration is None or bill.registration == query.registration.text)
        ]
        return Page(tuple(found[offset : offset + limit]), offset, len(found))

    def lines_page(self, bill: Bill, offset: int, limit: int) -> Page[BillLine]:
        of_account = f"{bill.account}/{bill.number}"
        found = self.lines.get(of_account, self.lines.get(bill.number, []))
        return Page(tuple(found[offset : offset + limit]), offset, len(found))

    def billing(self, company_id: str, msisdn: Msisdn, month: Month) -> tuple[str, ...]:
        return tuple(
            bill.account
            for bill in self.bills.get(company_id, [])
            if bill.month == month
            and any(line.msisdn == msisdn for line in self.lines.get(bill.number, []))
        )

    def pool_page(self, company_id: str, offset: int, limit: int) -> Page[PoolUsage]:
        _, rows = self.pools[company_id]
        return Page(tuple(rows[offset : offset + limit]), offset, len(rows))
