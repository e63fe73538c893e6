"""TMF666: what an account owes, for a number in debt whose own part the operator does not tell."""

from __future__ import annotations

from collections.abc import Iterable

from account.money import Money
from carrier.http import Api, OperatorHttp
from carrier.tmf import reading
from carrier.tmf.query import listed, query


async def debts(http: OperatorHttp, accounts: Iterable[str]) -> dict[str, Money]:
    """What each of up to 1000 accounts owes, by account number. Raises `CarrierUnavailable`.

    An account without a balance of that kind is left out.
    """
    wanted = sorted(set(accounts))
    if not wanted:
        return {}
    answer = await http.read(
        Api.ACCOUNT,
        "billingAccount",
        query(("id", listed(wanted)), ("fields", "accountBalance"), ("limit", len(wanted))),
    )
    owed = {}
    for account in reading.items(answer):
        for balance in reading.entries(account, "accountBalance"):
            if balance.get("balanceType") == "debt":
                owed[reading.text(account, "id")] = reading.amount(balance, "amount")
    return owed
