"""Units of money and volumes, and how much of ours each of them is.

Words are compared without case; those of money stand in the operator's profile. An amount in a unit
that is not in the table is neither read nor sent: it might be a hundred times as much, or another
country's money.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from account.chapters.allowances import Measure
from account.errors import AmountInvalid
from account.kazakhstan import currency
from account.values import money
from carrier.tmf.wire import parts, values
from carrier.tmf.wire.values import Malformed

_KILO = 1024
"""1 MB is 1024 KB (S09)."""


def _each(words: str, scale: str | int) -> dict[str, Decimal]:
    return dict.fromkeys(words.split(), Decimal(scale))


VOLUMES: Mapping[Measure, Mapping[str, Decimal]] = {
    Measure.SECONDS: (
        _each("seconds second second(s) secs sec sec. s сек сек. с", 1)
        | _each("minutes minute minute(s) mins min min. мин мин.", 60)
        | _each("hours hour h час", 3600)
    ),
    Measure.SMS: _each("sms msg messages message pieces pcs units unit items item count шт", 1),
    Measure.MMS: _each("mms", 1),
    Measure.BYTES: (
        _each("bytes byte b octets octet байт", 1)
        | _each("kilobytes kilobyte kbytes kbyte kb kib кб", _KILO)
        | _each("megabytes megabyte mbytes mbyte mb mib мб", _KILO**2)
        | _each("gigabytes gigabyte gbytes gbyte gb gib гб", _KILO**3)
        | _each("terabytes terabyte tb tib тб", _KILO**4)
    ),
}
"""Words of units in small letters, each with how many seconds, pieces or bytes one of it is."""

MoneyUnits: TypeAlias = Mapping[str, int]
"""Words of units of money in small letters, each with how many hundredths of a tenge one of it is:
`Profile.words.money_unit`. The empty word is what an amount is in that tells no unit.
"""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money: as it is shown, in tenge to the last decimal, and what both differ by."""

    shown: money.Money
    exact: Decimal
    finer: Decimal

    @classmethod
    def of(cls, exact: Decimal) -> Amount:
        """So many tenge. Raises AmountInvalid, ArithmeticError."""
        shown = money.Money.rounded(exact)
        return cls(shown, exact, money.EXACT.subtract(exact, shown.decimal))


def amount(told: parts.Money | None, field: str, units: MoneyUnits) -> Amount:
    """TMF's Money (`{"unit": "KZT", "value": 1}`) or Quantity. Raises `Malformed`."""
    if told is None:
        raise Malformed(field)
    number = told.value if told.value is not None else told.amount
    unit = told.measured_in
    hundredths = units.get(values.word(unit))
    if hundredths is None or (unit is not None and not isinstance(unit, str)):
        raise Malformed(f"{field}.unit")
    try:
        return _amount(hundredths, number, field)
    except TypeError:
        raise Malformed(field) from None


def bare_amount(number: Any, field: str, units: MoneyUnits) -> money.Money:
    """A number beside which there is no place for a unit: tenge, unless the profile says what an
    amount without one is in. Raises `Malformed`.
    """
    try:
        return _amount(units.get("", 100), number, field).shown
    except TypeError:
        raise Malformed(field) from None


@lru_cache(maxsize=4096, typed=True)
def _amount(hundredths: int, number: Any, field: str) -> Amount:
    # Prices repeat: most rows of an itemised bill cost nothing or one of a few rates.
    try:
        exact = money.EXACT.multiply(values.decimal(number, field), Decimal(hundredths))
        return Amount.of(exact.scaleb(-currency.DECIMALS, money.EXACT))
    except (AmountInvalid, ArithmeticError):
        raise Malformed(field) from None


def added(amounts: Iterable[Amount], field: str) -> Amount:
    """Their sum, rounded once. Raises `Malformed` for more than there can be."""
    total = Decimal(0)
    try:
        for one in amounts:
            total = money.EXACT.add(total, one.exact)
        return Amount.of(total)
    except (AmountInvalid, ArithmeticError):
        raise Malformed(field) from None


def tenge(told: parts.Money | None, field: str, units: MoneyUnits) -> money.Money:
    """An amount as it is shown, half a tiyn to the even one. Raises `Malformed`."""
    return amount(told, field, units).shown


def optional_tenge(told: parts.Money | None, field: str, units: MoneyUnits) -> money.Money | None:
    """An amount, None when it is missing or says nothing. Raises `Malformed`."""
    if told is None or (told.value is None and told.amount is None):
        return None
    return amount(told, field, units).shown


def said(what: money.Money, hundredths: int) -> int | float:
    """How many units of so many hundredths of a tenge it is, as a JSON number: so few digits are
    written exactly.
    """
    return what.tiyn if hundredths == 1 else float(what.decimal)


def volume(told: parts.Money | None, field: str, measure: Measure | None = None) -> Volume:
    """How much of what; of `measure` if that is known. A part of a byte is none.

    Raises `Malformed`, also for a unit that measures something else.
    """
    if told is None:
        raise Malformed(field)
    number = told.amount if told.amount is not None else told.value
    unit = values.word(told.units if told.units is not None else told.unit)
    for measured, scales in VOLUMES.items():
        if unit in scales and (measure in (None, measured) or _pieces(measure, measured)):
            exact = money.EXACT.multiply(values.decimal(number, field), scales[unit])
            if exact < 0 or exact >= values.LARGEST_WHOLE:
                raise Malformed(field)
            return Volume(measure or measured, int(exact))
    raise Malformed(f"{field}.units")


@dataclass(frozen=True, slots=True)
class Volume:
    """So many seconds, pieces or bytes."""

    measure: Measure
    amount: int


def _pieces(wanted: Measure | None, told: Measure) -> bool:
    """Whether both are counted in pieces: an MMS in `SMS`, or either in `units`."""
    return wanted is Measure.MMS and told is Measure.SMS
