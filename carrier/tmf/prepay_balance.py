"""TMF654: the money of numbers, as it stands in their buckets (S05, S07).

A number may have several buckets of one name, which are added; what has ended is not there any
more, what is suspended is there and cannot be used. A bucket that cannot be read makes what it
belongs to unknown, never less. Transfers are in `carrier.tmf.balance_transfer`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from account.errors import AmountInvalid, CarrierRefused
from account.values.identifiers import Msisdn
from account.values.money import EXACT, Money
from account.values.number import PaymentMethod, SharedFunds
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.profile.vocabulary import Meanings
from carrier.tmf import number_product, paging
from carrier.tmf.rows import LeftOut, readable
from carrier.tmf.units import MoneyUnits, amount
from carrier.tmf.wire import values
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.parts import LogicalResource
from carrier.tmf.wire.tmf654 import Bucket, Owners
from carrier.tmf.wire.values import Malformed
from carrier.tmf.words import ALLOWANCES, BUCKETS

_FIELDS = "name,remainingValue,product,logicalResource,usageType,status,isShared,validFor"
_BUCKETS_PER_NUMBER = 4
"""Asked for at once; a number that has more is read on."""
_LARGEST_PAGE = 1000
_MOST_NUMBERS = 500

Purpose: TypeAlias = PaymentMethod | None
"""What a bucket is of: the money of a method of payment; None: the individual limit."""
_PURPOSES: dict[str, Purpose] = {
    name: method for method, names in BUCKETS.funds.items() for name in names
} | dict.fromkeys(BUCKETS.individual_limit)


class Purse:
    """The money of one number by what it is for, added up exactly."""

    __slots__ = ("_shared", "_sums", "_unknown", "_withheld")

    def __init__(self) -> None:
        self._sums: dict[Purpose, Decimal] = {}
        self._unknown: set[Purpose] = set()
        self._withheld: set[Purpose] = set()
        self._shared: dict[Purpose, list[SharedFunds]] = {}

    def funds(self, payment: PaymentMethod) -> Money | None:
        """The remaining credit limit of a Credit number, the balance of an Advance one.

        None: not told, or not so that it could be read whole.
        """
        return self._told(payment)

    def shared(self, payment: PaymentMethod) -> tuple[SharedFunds, ...]:
        """What of these funds other numbers use as well."""
        return tuple(self._shared.get(payment, ()))

    @property
    def individual_limit(self) -> Money | None:
        """What is left of the individual limit; None: none, unless `limit_unknown`."""
        return self._told(None)

    @property
    def limit_unknown(self) -> bool:
        """Whether there may be an individual limit that nobody can tell."""
        return (None not in self._sums and None in self._withheld) or None in self._unknown

    def add(self, purpose: Purpose, told: Decimal, shared_as: str | None) -> None:
        """Take one bucket, of that id where other numbers use it too."""
        before = self._sums.get(purpose)
        self._sums[purpose] = told if before is None else EXACT.add(before, told)
        if shared_as is not None:
            shared = SharedFunds(shared_as, Money.rounded(told))
            self._shared.setdefault(purpose, []).append(shared)

    def withhold(self, purpose: Purpose) -> None:
        """There is money of that kind that cannot be used now."""
        self._withheld.add(purpose)

    def lose(self, purposes: Iterable[Purpose]) -> None:
        """A bucket could not be read that is, or may be, of each of these."""
        self._unknown.update(purposes)

    def _told(self, purpose: Purpose) -> Money | None:
        told = self._sums.get(purpose)
        if told is None or purpose in self._unknown:
            return None
        try:
            return Money.rounded(told)
        except AmountInvalid:
            return None


class Balances(dict[str, Purse]):
    """Purses by number; who was told of nothing has an empty one."""

    def __missing__(self, msisdn: str) -> Purse:
        purse = self[msisdn] = Purse()
        return purse


async def buckets(http: OperatorHttp, products: Mapping[str, str], now: datetime) -> Balances:
    """The money at that moment of up to 500 numbers, each with the id of its product.

    Where lists of ids are not understood, each number is asked for alone. Raises
    `CarrierUnavailable`.
    """
    balances = Balances()
    if not products:
        return balances
    if len(products) > _MOST_NUMBERS:
        raise ValueError("more numbers than one answer holds")
    told = await _told(http, list(products.values()))
    by_id = {product_id: number for number, product_id in products.items()}
    left_out = LeftOut(http, Api.PREPAY_BALANCE)
    purposes = _purposes(http.profile)
    for row in told:
        owners = _owners(row, by_id)
        theirs = owners & products.keys()
        if theirs:
            _take(
                balances,
                row,
                sorted(theirs),
                purposes=purposes,
                units=http.profile.words.money_unit,
                others=len(owners) > 1,
                now=now,
                left_out=left_out,
            )
    return balances


async def money_bucket(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> str:
    """The id of the bucket that holds the balance of the company's number.

    Raises `CarrierUnavailable`, and `CarrierRefused` where there is no such number or bucket.
    """
    product = await number_product.id_of(http, company_id, msisdn)
    if product is None:
        raise CarrierRefused("NUMBER.NOT_FOUND")
    purposes = _purposes(http.profile)
    for row in await _told(http, [product]):
        if isinstance(row, Unread) or values.word(row.status) in BUCKETS.ended:
            continue
        of_number = msisdn.digits in _owners(row, {product: msisdn.digits})
        name = values.word(row.name)
        if of_number and name in purposes and purposes[name] is PaymentMethod.ADVANCE:
            return values.text(row.id, "id")
    raise CarrierRefused("TRANSFER.CREDIT")


async def _told(http: OperatorHttp, products: list[str]) -> list[Bucket | Unread]:
    return await paging.each_of(
        http,
        Api.PREPAY_BALANCE,
        "bucket",
        "product.id",
        products,
        [("fields", _FIELDS)],
        Bucket,
        limit=min(len(products) * _BUCKETS_PER_NUMBER, _LARGEST_PAGE),
    )


def _purposes(profile: Profile) -> Mapping[str, Purpose]:
    """What each name of a bucket means, the operator's own names among them."""
    return _meanings(tuple(profile.words.bucket.items()))


@lru_cache(maxsize=8)
def _meanings(own_words: tuple[tuple[str, str], ...]) -> Mapping[str, Purpose]:
    """The same for every question; a process has one profile."""
    meanings: dict[str, Purpose] = {
        "balance": PaymentMethod.ADVANCE,
        "credit_left": PaymentMethod.CREDIT,
        "individual_limit": None,
    }
    own = {values.word(name): meanings[told] for name, told in own_words}
    return Meanings({**_PURPOSES, **own})


def _take(
    balances: Balances,
    row: Bucket | Unread,
    theirs: list[str],
    *,
    purposes: Mapping[str, Purpose],
    units: MoneyUnits,
    others: bool,
    now: datetime,
    left_out: LeftOut,
) -> None:
    """Add one bucket to what its numbers have."""
    may_be: Iterable[Purpose] = purposes.values()
    try:
        row = readable(row)
        if not _is_money(row, units):
            return
        name = values.word(values.text(row.name, "name"))
        if name not in purposes:
            return
        purpose = purposes[name]
        may_be = (purpose,)
        status = values.word(row.status)
        if status in BUCKETS.ended or not _valid(row, now):
            return
        if status in BUCKETS.withheld:
            for number in theirs:
                balances[number].withhold(purpose)
            return
        told = amount(row.remainingValue, "remainingValue", units).exact
        shared = others or values.flag(row.isShared, "isShared")
        bucket = values.shown(row.id) or f"{name} {theirs}"
    except Malformed as fault:
        left_out.add(fault.field)
        for number in theirs:
            balances[number].lose(may_be)
        return
    for number in theirs:
        balances[number].add(purpose, told, bucket if shared else None)


def _owners(row: Bucket | Unread, by_id: Mapping[str, str]) -> set[str]:
    """The numbers that a bucket belongs to; none where that cannot be read.

    `by_id`: the numbers of the products that were asked for.
    """
    owners = row.part(Owners) if isinstance(row, Unread) else row
    found = set()
    for one in (*(owners.product or ()), *(owners.logicalResource or ())) if owners else ():
        if str(one.id) in by_id:
            found.add(by_id[str(one.id)])
            continue
        value = one.value if isinstance(one, LogicalResource) else None
        try:
            found.add(Msisdn.told(str(one.id if value is None else value)).digits)
        except ValueError:
            continue  # a service, or another thing than a number
    return found


def _valid(row: Bucket, now: datetime) -> bool:
    """Whether `validFor` has begun and not ended."""
    told = row.validFor
    if told is None:
        return True
    begin, end = told.startDateTime, told.endDateTime
    return (values.is_blank(begin) or values.moment(begin, "validFor.startDateTime") <= now) and (
        values.is_blank(end) or values.moment(end, "validFor.endDateTime") > now
    )


def _is_money(row: Bucket, units: MoneyUnits) -> bool:
    """By its `usageType`; where nobody knows that word, by its unit."""
    kind = values.word(row.usageType)
    if row.usageType is None or kind in BUCKETS.monetary:
        return True
    told = row.remainingValue
    unit = None if told is None else told.measured_in
    return kind not in ALLOWANCES.measures and unit is not None and values.word(unit) in units
