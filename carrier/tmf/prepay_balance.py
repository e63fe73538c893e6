"""TMF654: what is left on a number, a balance or a credit limit, and of its individual limit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from account.money import Money
from account.numbers import PaymentMethod
from carrier.http import Api, OperatorHttp
from carrier.tmf import reading
from carrier.tmf.query import listed, query
from carrier.tmf.reading import Malformed

_FUNDS = {
    PaymentMethod.ADVANCE: "main balance",
    PaymentMethod.CREDIT: "remaining credit limit",
}
_INDIVIDUAL_LIMIT = "individual limit"
_BUCKETS_PER_NUMBER = 2
_LARGEST_PAGE = 1000


class Bucket(NamedTuple):
    """One bucket's place: whose it is and what the contract calls it."""

    msisdn: str
    name: str


class Balances:
    """The buckets of some numbers."""

    def __init__(self, buckets: dict[Bucket, Money]) -> None:
        self._buckets = buckets

    def funds(self, msisdn: str, payment: PaymentMethod) -> Money | None:
        """The remaining credit limit of a Credit number, the balance of an Advance one."""
        return self._buckets.get(Bucket(msisdn, _FUNDS[payment]))

    def individual_limit(self, msisdn: str) -> Money | None:
        """What is left of the individual limit; None: there is no such limit."""
        return self._buckets.get(Bucket(msisdn, _INDIVIDUAL_LIMIT))


async def buckets(http: OperatorHttp, msisdns: Iterable[str]) -> Balances:
    """The buckets of up to 500 numbers in one call. Raises `CarrierUnavailable`."""
    wanted = list(msisdns)
    if not wanted:
        return Balances({})
    if len(wanted) * _BUCKETS_PER_NUMBER > _LARGEST_PAGE:
        raise ValueError("more numbers than one answer holds")
    answer = await http.read(
        Api.PREPAY_BALANCE,
        "bucket",
        query(
            ("product.id", listed(wanted)),
            ("fields", "name,remainingValue,product"),
            ("limit", len(wanted) * _BUCKETS_PER_NUMBER),
        ),
    )
    found = {}
    for bucket in reading.items(answer):
        products = reading.entries(bucket, "product")
        if len(products) != 1:
            raise Malformed("product")
        place = Bucket(reading.text(products[0], "id"), reading.text(bucket, "name"))
        found[place] = reading.amount(bucket, "remainingValue", unit="units", value="amount")
    return Balances(found)
