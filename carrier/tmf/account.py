"""TMF666: the accounts of a company, what they owe, and what they are for.

What an account owes is asked for by itself where a number is in debt and the operator does not tell
the number's own part. What is told in words that nobody knows is not told: it is never nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from account.chapters.billing.accounts import Account, ServiceLine
from account.values.money import Money
from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.vocabulary import Words
from carrier.tmf import full_scan, paging
from carrier.tmf.query import listed
from carrier.tmf.rows import LeftOut, Part, owned, readable
from carrier.tmf.units import MoneyUnits, added, amount, optional_tenge
from carrier.tmf.wire import values
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.tmf666 import AccountBalance, BillingAccount
from carrier.tmf.wire.values import Malformed
from carrier.tmf.words import ACCOUNTS

_SHOWN = ("fields", "accountType,accountBalance,creditLimit,financialAccount,relatedParty")


async def accounts(
    http: OperatorHttp,
    company_id: str,
    numbers: Sequence[str] | None,
    now: datetime,
    *,
    offset: int,
    limit: int,
) -> Page[Account]:
    """The company's accounts, or those of `numbers` that are its own, by number.

    Raises `CarrierUnavailable`.
    """
    conditions: list[tuple[str, str | int]] = [("relatedParty.id", company_id)]
    if numbers is not None and not http.profile.find.lists:
        told = await _one_by_one(http, conditions, sorted(set(numbers)), offset, limit)
    else:
        if numbers is not None:
            conditions.append(("id", listed(sorted(set(numbers)))))
        told = await paging.part(
            http,
            Api.ACCOUNT,
            "billingAccount",
            [*conditions, _SHOWN],
            BillingAccount,
            offset=offset,
            limit=limit,
        )
    debt, owners = _debt_words(http), {*ACCOUNTS.owners, *http.profile.words.customer_role}
    units = http.profile.words.money_unit
    return told.read(
        lambda found: _account(found, now, debt, units),
        lambda found: owned(found, company_id, owners),
    )


async def _one_by_one(
    http: OperatorHttp,
    conditions: Sequence[tuple[str, str | int]],
    numbers: Sequence[str],
    offset: int,
    limit: int,
) -> Part[BillingAccount]:
    """A part of the accounts of these numbers, where lists of them are not understood."""
    some = numbers[offset : offset + limit]
    found = await paging.each_of(
        http,
        Api.ACCOUNT,
        "billingAccount",
        "id",
        some,
        [*conditions, _SHOWN],
        BillingAccount,
        limit=len(some) + 1,
    )
    return Part(http, Api.ACCOUNT, found, offset, offset + len(found))


async def every(http: OperatorHttp, company_id: str) -> list[str]:
    """The numbers of all the company's accounts, as they were some seconds ago at most.

    Raises `CarrierUnavailable`, also when one of them cannot be read.
    """
    conditions = [("relatedParty.id", company_id), _SHOWN]
    owners = {*ACCOUNTS.owners, *http.profile.words.customer_role}
    rows = await full_scan.cached(http, Api.ACCOUNT, "billingAccount", conditions, BillingAccount)
    mine = [readable(row) for row in rows if owned(row, company_id, owners)]
    return [values.text(one.id, "id") for one in mine]


async def debts(http: OperatorHttp, accounts: Iterable[str], now: datetime) -> dict[str, Money]:
    """What each of up to 1000 accounts owes, by account number. Raises `CarrierUnavailable`.

    An account that does not tell, or not so that it can be read, is left out.
    """
    wanted = sorted(set(accounts))
    if not wanted:
        return {}
    told = await paging.each_of(
        http,
        Api.ACCOUNT,
        "billingAccount",
        "id",
        wanted,
        [("fields", "accountBalance")],
        BillingAccount,
        limit=len(wanted) + 1,
    )
    left_out, words = LeftOut(http, Api.ACCOUNT), _debt_words(http)
    units = http.profile.words.money_unit
    owed = {}
    for account in told:
        try:
            number, owes = _debt(account, now, words, units)
        except Malformed as fault:
            left_out.add(fault.field)
            continue
        if number in wanted and owes is not None:
            owed[number] = owes
    return owed


def _debt(
    account: BillingAccount | Unread, now: datetime, debt: Sequence[str], units: MoneyUnits
) -> tuple[str, Money | None]:
    found = readable(account)
    return values.text(found.id, "id"), _owed(found.accountBalance, now, debt, units)


def _debt_words(http: OperatorHttp) -> tuple[str, ...]:
    """The words for what is owed: the profile's before those that operators use as well."""
    told = http.profile.words.balance_type
    known = tuple(word for word, meaning in told.items() if meaning == "debt")
    return known + tuple(word for word in ACCOUNTS.owed if word not in told)


def _account(
    found: BillingAccount, now: datetime, debt: Sequence[str], units: MoneyUnits
) -> Account:
    prepaid = values.word(found.accountType) in ACCOUNTS.prepaid
    return Account(
        number=values.text(found.id, "id"),
        service=_service(found),
        owed=_shown(found, now, debt, units),
        credit_limit=None if prepaid else optional_tenge(found.creditLimit, "creditLimit", units),
    )


def _service(found: BillingAccount) -> ServiceLine | None:
    """What the account is for: other services where that is not told at all (S33-2)."""
    told = found.financialAccount
    if told is None or values.shown(told.id) is None:
        return ServiceLine.OTHER
    known = ACCOUNTS.services.get(values.word(values.text(told.id, "financialAccount.id")))
    return known or ACCOUNTS.services.get(values.word(told.name))


def _owed(
    balances: Sequence[AccountBalance] | None,
    now: datetime,
    debt: Sequence[str],
    units: MoneyUnits,
) -> Money | None:
    """What is owed by the first of the words for it that the account uses; None: not told."""
    for said in debt:
        of_kind = [one for one in balances or () if said in Words([values.word(one.balanceType)])]
        found = [one for one in of_kind if _in_force(one, now)]
        if found:
            field = "accountBalance.amount"
            return added((amount(one.amount, field, units) for one in found), field).shown
    return None


def _in_force(balance: AccountBalance, now: datetime) -> bool:
    """Whether the balance is of this moment: its `validFor` has begun and not ended."""
    told = balance.validFor
    if told is None:
        return True
    begin, end, field = told.startDateTime, told.endDateTime, "accountBalance.validFor"
    return (values.is_blank(begin) or values.moment(begin, field) <= now) and (
        values.is_blank(end) or values.moment(end, field) > now
    )


def _shown(
    found: BillingAccount, now: datetime, debt: Sequence[str], units: MoneyUnits
) -> Money | None:
    try:
        return _owed(found.accountBalance, now, debt, units)
    except Malformed:
        return None
