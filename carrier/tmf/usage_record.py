"""TMF635: a record of usage as the core has it, out of an operator's row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from account.chapters.allowances import Measure
from account.chapters.usage import Direction, UsageKind, UsageRecord, UsageService
from account.errors import AmountInvalid
from account.values.money import EXACT
from carrier.tmf.units import Amount, MoneyUnits, added, amount, volume
from carrier.tmf.usage_versions import INCOMING_FROM, OUTGOING_TO
from carrier.tmf.wire import parts, values
from carrier.tmf.wire.parts import Characteristics
from carrier.tmf.wire.tmf635 import RatedProductUsage, Usage
from carrier.tmf.wire.values import Malformed
from carrier.tmf.words import USAGE


class RecordReader:
    """Reads the records of one list. What repeats from row to row is worked out once."""

    def __init__(
        self,
        kinds: Mapping[str, UsageKind],
        services: Mapping[str, UsageService],
        units: MoneyUnits,
    ) -> None:
        self._kinds, self._services, self._units = kinds, services, units
        self._known: dict[tuple[object, ...], _Said] = {}
        self._prices: dict[tuple[object, ...], Amount] = {}

    def record(self, found: Usage, known: Characteristics) -> UsageRecord:
        """The record. Raises `Malformed`."""
        told = known.told
        names = _names(tuple(told))
        kind, direction, roaming, service, service_kind = self._said(found, known, names)
        at = values.moment(found.usageDate, "usageDate")
        party = told.get(names.outgoing_to if direction is Direction.OUT else names.incoming_from)
        if direction is Direction.NONE:
            party = ""
        elif party.__class__ is not str or not party.isalnum():
            party = values.shown(party) or ""
        cost = self._cost(found.ratedProductUsage)
        return UsageRecord(
            at,
            kind,
            direction,
            party,
            _quantity(told.get(names.amounts[kind]), kind),
            None if cost is None else cost.shown,
            roaming,
            service,
            _NOTHING if cost is None else cost.finer,
            service_kind,
        )

    def _said(self, found: Usage, known: Characteristics, names: _Names) -> _Said:
        """What is told of it in words."""
        told, kind = known.told, found.usageType
        written = (
            found.kind if kind is None else kind,
            told.get(names.direction),
            told.get(names.roaming),
            told.get(names.service),
            found.description,
        )
        try:
            return self._known[written]
        except (KeyError, TypeError):
            pass
        service = _service(found, known, self._kinds)
        said = (
            self._kinds.get(values.word(found.kind), UsageKind.OTHER),
            direction_of(known),
            values.shown(known.get("roamingCountry")),
            service,
            self._services.get(values.word(service)),
        )
        # `1` and `true` are equal as keys, and not as words.
        if all(one is None or one.__class__ is str for one in written):
            self._known[written] = said
        return said

    def _cost(self, rated: Sequence[RatedProductUsage] | None) -> Amount | None:
        """What the record costs with taxes; None: not yet rated."""
        if rated is None or len(rated) != 1:
            return _cost(rated, self._units)
        told = rated[0].taxIncludedRatingAmount
        kind = None if told is None else told.value.__class__
        if told is None or told.unit.__class__ is not str or kind not in _NUMBERS:
            return _price(rated[0], self._units)
        written = kind, told.value, told.unit
        price = self._prices.get(written)
        if price is None:
            price = amount(told, "ratedProductUsage.taxIncludedRatingAmount", self._units)
            self._prices[written] = price
        return price


class _Names(NamedTuple):
    """Under which names a record tells what is read of it; "" for what it does not tell."""

    direction: str
    roaming: str
    service: str
    outgoing_to: str
    incoming_from: str
    amounts: Mapping[UsageKind, str]


@lru_cache(maxsize=1024)
def _names(there: tuple[str, ...]) -> _Names:
    """The same for all records that tell the same things."""
    written = Characteristics({name: name for name in there})

    def first(*names: str) -> str:
        return next((told for name in names if (told := written.get(name)) is not None), "")

    return _Names(
        first("direction"),
        first("roamingCountry"),
        first("serviceName"),
        first(OUTGOING_TO),
        first(INCOMING_FROM),
        {kind: first(*USAGE.amounts[kind]) for kind in USAGE.amounts},
    )


_Said: TypeAlias = tuple[UsageKind, Direction, str | None, str | None, UsageService | None]
"""Kind, direction, roaming, service in the operator's words, and which of those known it is."""
_NUMBERS = frozenset({int, Decimal})
_NOTHING = Decimal(0)


def direction_of(known: Characteristics) -> Direction:
    """Which way it went."""
    said = values.word(known.get("direction"))
    if said in USAGE.outgoing:
        return Direction.OUT
    return Direction.IN if said in USAGE.incoming else Direction.NONE


def _quantity(told: object, kind: UsageKind) -> int:
    """Seconds, bytes or pieces; a message or a fee that tells no count is one."""
    if told.__class__ is int and 0 <= told < values.LARGEST_WHOLE:
        return told
    name = USAGE.amounts[kind][0]
    if told.__class__ is dict:
        return _measured(told, name, kind)
    if told is not None:
        return (values.seconds if kind is UsageKind.CALLS else values.whole)(told, name)
    if kind in (UsageKind.CALLS, UsageKind.DATA):
        raise Malformed(name)
    return 1


def _measured(told: dict[str, object], name: str, kind: UsageKind) -> int:
    """What is told with its unit, as TMF's Quantity. Raises `Malformed`."""
    money = parts.Money(*map(told.get, ("unit", "value", "units", "amount")))
    measure = {UsageKind.CALLS: Measure.SECONDS, UsageKind.DATA: Measure.BYTES}.get(kind)
    return volume(money, name, measure or Measure.SMS).amount


def _service(found: Usage, known: Characteristics, kinds: Mapping[str, UsageKind]) -> str | None:
    """What it was for; of a kind that nobody knows the operator's own word for it."""
    told = values.shown(known.get("serviceName")) or values.shown(found.description)
    if told is None and values.word(found.kind) not in kinds:
        return values.shown(found.kind)
    return told


def _cost(rated: Sequence[RatedProductUsage] | None, units: MoneyUnits) -> Amount | None:
    """What the record costs with taxes; None: not yet rated."""
    if rated is None:
        return None
    if len(rated) == 1:
        return _price(rated[0], units)
    prices = [_price(one, units) for one in rated]
    told = [price for price in prices if price is not None]
    if not told or len(told) < len(prices):
        return None
    return added(told, "ratedProductUsage")


def _price(rated: RatedProductUsage, units: MoneyUnits) -> Amount | None:
    """One rating with taxes; None where it has no price, or none with taxes can be told."""
    told = rated.taxIncludedRatingAmount
    if told is not None and (told.value is not None or told.amount is not None):
        return amount(told, "ratedProductUsage.taxIncludedRatingAmount", units)
    net = rated.taxExcludedRatingAmount
    if net is None or (net.value is None and net.amount is None):
        return None
    price = amount(net, "ratedProductUsage.taxExcludedRatingAmount", units)
    if values.flag(rated.isTaxExempt, "ratedProductUsage.isTaxExempt"):
        return price
    if rated.taxRate is None:
        return None
    rate = values.rate(rated.taxRate, "ratedProductUsage.taxRate")
    try:
        return Amount.of(EXACT.multiply(price.exact, 1 + rate / 100))
    except (AmountInvalid, ArithmeticError):
        raise Malformed("ratedProductUsage.taxRate") from None
