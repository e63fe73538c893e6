"""What products and offerings cost with taxes (TMF620, TMF637), and whether by the month."""

from __future__ import annotations

from decimal import Decimal

from account.errors import AmountInvalid
from account.values.money import EXACT, Money
from carrier.profile.model import Profile
from carrier.tmf.units import Amount, amount, optional_tenge
from carrier.tmf.wire import parts, values
from carrier.tmf.wire.tmf620 import OfferingPrice
from carrier.tmf.wire.tmf637 import Price, ProductPrice
from carrier.tmf.wire.values import Malformed
from carrier.tmf.words import OFFERINGS

_FIELD = "price"


def with_tax(told: ProductPrice, profile: Profile) -> Money:
    """The price that is charged. Raises `Malformed` for one that would have to be guessed."""
    price = told.price
    if price is None:
        raise Malformed(_FIELD)
    known = optional_tenge(price.taxIncludedAmount, _FIELD, profile.words.money_unit)
    if known is not None:
        return known
    if _is_told(price.dutyFreeAmount):
        return _taxed(price.dutyFreeAmount, [price.taxRate], profile)
    of_offering = told.tax if isinstance(told, OfferingPrice) else None
    if profile.services.price == "without_tax" and of_offering:
        return _taxed(price, [one.taxRate for one in of_offering], profile)
    if profile.services.price == "with_tax":
        return amount(price, _FIELD, profile.words.money_unit).shown
    raise Malformed(_FIELD)


def is_monthly(told: ProductPrice) -> bool:
    """Whether a price is a month's, not one that is paid once. Raises `Malformed`."""
    kind, period = values.word(told.priceType), values.word(told.recurringChargePeriod)
    if isinstance(told, OfferingPrice) and not period:
        period = values.word(told.recurringChargePeriodType)
        length = told.recurringChargePeriodLength
        if length is not None and values.whole(length, "recurringChargePeriodLength") != 1:
            raise Malformed("recurringChargePeriodLength")
    if kind in OFFERINGS.once or not (kind or period):
        return False
    kind = kind or next(iter(OFFERINGS.recurring))
    if kind in OFFERINGS.recurring and period in OFFERINGS.month:
        return True
    raise Malformed("priceType")


def is_by_use(told: ProductPrice) -> bool:
    """Whether it is paid for each use, and not for having what it is a price of."""
    return values.word(told.priceType) in OFFERINGS.by_use


def _is_told(money: parts.Money | None) -> bool:
    return money is not None and (money.value is not None or money.amount is not None)


def _taxed(net: Price | parts.Money | None, rates: list[object], profile: Profile) -> Money:
    told = [values.rate(rate, "taxRate") for rate in rates]
    exact = amount(net, _FIELD, profile.words.money_unit).exact
    try:
        return Amount.of(EXACT.multiply(exact, 1 + sum(told, Decimal(0)) / 100)).shown
    except (AmountInvalid, ArithmeticError):
        raise Malformed(_FIELD) from None
