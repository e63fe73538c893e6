"""TMF666: the accounts of a company, what they owe, and what they are for.

What an account owes is asked for by itself where a number is in debt and the operator does not tell
the number's own part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from account.chapters.billing.accounts import Account, ServiceLine
from account.values.money import ZERO, Money
from account.values.page import Page
from carrier.http import Api, OperatorHttp
from carrier.tmf import fields as reading
from carrier.tmf import paging
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.query import listed

_SERVICES = {
    "mobile": ServiceLine.MOBILE,
    "fixed-internet": ServiceLine.FIXED_INTERNET,
    "auto-monitoring": ServiceLine.AUTO_MONITORING,
    "telemetry": ServiceLine.TELEMETRY,
    "contract-phone": ServiceLine.CONTRACT_PHONE,
}
"""Ids of the financial accounts that billing accounts belong to."""


async def accounts(
    http: OperatorHttp, company_id: str, numbers: Sequence[str] | None, *, offset: int, limit: int
) -> Page[Account]:
    """The company's accounts, or those of `numbers` that are its own, by number.

    Raises `CarrierUnavailable`.
    """
    conditions: list[tuple[str, str | int]] = [("relatedParty.id", company_id)]
    if numbers is not None:
        conditions.append(("id", listed(sorted(set(numbers)))))
    fields = "accountType,accountBalance,creditLimit,financialAccount,relatedParty"
    conditions.append(("fields", fields))
    found, total = await paging.page(
        http, Api.ACCOUNT, "billingAccount", conditions, offset=offset, limit=limit
    )
    return Page(tuple(_account(one, company_id) for one in found), offset, total)


async def debts(http: OperatorHttp, accounts: Iterable[str]) -> dict[str, Money]:
    """What each of up to 1000 accounts owes, by account number. Raises `CarrierUnavailable`.

    An account without a balance of that kind is left out.
    """
    wanted = sorted(set(accounts))
    if not wanted:
        return {}
    found = await paging.whole(
        http,
        Api.ACCOUNT,
        "billingAccount",
        [("id", listed(wanted)), ("fields", "accountBalance")],
        limit=len(wanted),
    )
    owed = {}
    for account in found:
        for balance in reading.entries(account, "accountBalance"):
            if balance.get("balanceType") == "debt":
                owed[reading.text(account, "id")] = reading.amount(balance, "amount")
    return owed


def _account(found: Item, company_id: str) -> Account:
    if company_id not in reading.related(found, "owner"):
        raise Malformed("relatedParty: another company's")
    owed = ZERO
    for balance in reading.entries(found, "accountBalance"):
        if balance.get("balanceType") == "debt":
            owed += reading.amount(balance, "amount")
    limited = reading.text(found, "accountType") == "postpaid" and "creditLimit" in found
    return Account(
        number=reading.text(found, "id"),
        service=_SERVICES.get(reading.text(reading.entry(found, "financialAccount"), "id")),
        owed=owed,
        credit_limit=reading.amount(found, "creditLimit") if limited else None,
    )
