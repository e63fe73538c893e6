"""A company's accounts and invoices on screen: which to choose, and who is in one (S28, S31)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from account.chapters.billing.accounts import Account, AccountSource
from account.chapters.billing.bills import Bill, BilledNumber, BillLine, BillSource, BillsQuery
from account.documents.parameters.base import ESF, SEARCH
from account.documents.parameters.invoice import Invoice
from account.errors import CarrierUnavailable, NumberNotFound
from account.identity.permissions import Actor, check_offered, require
from account.values.capabilities import Capability
from account.values.clock import Clock
from account.values.identifiers import AccountingNumber, EsfRegistrationNumber, Msisdn
from account.values.number import NumberReader
from account.values.page import Page, Unreadable
from account.values.periods import Month, today
from account.values.rights import Right

SCREEN_ROWS = 8
MOST_FOUND = 100
"""Invoices of one number and year that are looked at on screen; they are one or two."""


class InvoiceSource(AccountSource, BillSource, NumberReader, Protocol):
    """Accounts, invoices and numbers, asked of the operator."""


class Invoices:
    """Reads of accounts and invoices; the files of them are made by `account.documents.orders`."""

    def __init__(self, carrier: InvoiceSource, clock: Clock) -> None:
        self._carrier = carrier
        self._clock = clock

    async def accounts(self, actor: Actor, offset: int = 0) -> Page[Account]:
        """A page of the chosen company's accounts, by number.

        Raises the refusals of `require`, `CarrierUnavailable`.
        """
        company = require(actor, Right.ORDER_DOCUMENTS)
        return await self._carrier.accounts(company.id, None, offset=offset, limit=SCREEN_ROWS)

    async def accounts_from(self, actor: Actor, last: str | None) -> Page[Account]:
        """The first page of accounts, with that one first where it is the company's own.

        Raises as `accounts`.
        """
        page = await self.accounts(actor)
        if last is None:
            return page
        first = [account for account in page.rows if account.number == last]
        if not first:
            company = require(actor, Right.ORDER_DOCUMENTS)
            own = await self._carrier.accounts(company.id, [last], offset=0, limit=1)
            first = [account for account in own.rows if account.number == last]
        others = [account for account in page.rows if account.number != last]
        return replace(page, rows=(*first, *others))

    async def accounts_of(self, actor: Actor, msisdn: Msisdn, month: Month) -> tuple[str, ...]:
        """The accounts that billed the number in that month; its present one if none did (S31-5).

        Raises the refusals of `require`, `NumberNotFound`, `CarrierUnavailable`.
        """
        company = require(actor, Right.ORDER_DOCUMENTS)
        check_offered(company, Capability.BILLS)
        number = await self._carrier.number(company.id, msisdn)
        if number is None:
            raise NumberNotFound
        require(actor, Right.ORDER_DOCUMENTS, number)
        billed = await self._carrier.billed_accounts(company.id, msisdn, month)
        return billed or (number.account,)

    async def find(
        self, actor: Actor, told: Mapping[str, str], offset: int = 0
    ) -> Page[BilledNumber]:
        """A page of the numbers in the invoices found; `told` as for the file (S28).

        The total counts lines, of which an office line is none of a number and not shown.
        Raises the refusals of `require`, `InputRefused`, `CarrierUnavailable`.
        """
        company = require(actor, Right.ORDER_DOCUMENTS)
        check_offered(company, Capability.BILLS)
        if told.get(SEARCH) == ESF:
            check_offered(company, Capability.REGISTERED_INVOICES)
        asked = Invoice.read(told)
        asked.check(today(self._clock.now()))
        found = await self._carrier.bills(
            bills_query(company.id, asked), offset=0, limit=MOST_FOUND
        )
        if found.total > found.end:
            raise CarrierUnavailable("more invoices than one search can add up")
        rows: list[BilledNumber] = []
        skipped, unreadable = 0, Unreadable(found.left_out)
        for bill in found.rows:
            begin, room = max(0, offset - skipped), SCREEN_ROWS - len(rows)
            # How many there are the list says: an invoice may tell none, or others.
            lines = await self._carrier.bill_lines(bill, offset=begin, limit=max(1, room))
            skipped += lines.total
            if room:
                rows += billed(bill, lines.rows)
                unreadable.note(lines)
        return Page(tuple(rows), offset, skipped, unreadable.rows)


def bills_query(company_id: str, asked: Invoice) -> BillsQuery:
    """The invoices that a search asks for."""
    match asked.by:
        case EsfRegistrationNumber():
            return BillsQuery(company_id, registration=asked.by)
        case AccountingNumber():
            return BillsQuery(company_id, year=asked.year, number=asked.by)


def billed(bill: Bill, lines: tuple[BillLine, ...]) -> list[BilledNumber]:
    """The lines of an invoice that are a mobile number's."""
    return [
        BilledNumber(line.msisdn, bill, line.gross) for line in lines if line.msisdn is not None
    ]
