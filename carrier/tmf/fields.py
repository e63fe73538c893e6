"""Reading what the operator answered, field by field.

On the way of a tap the answer stays plain dicts: a model of it would cost more than the rest of the
reading. So each field that is needed is asked for here by its kind; whatever is not as the contract
says is `Malformed`, never a guess. Numbers are read as decimals, binary floats do not exist here.

Texts come from outside. They stay plain text, whatever they look like; only signs that no text
needs and that choke a database or turn a line around are dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NoReturn, TypeAlias

from account.errors import AmountInvalid, PeriodReversed
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.periods import Period, today
from carrier.tmf.wire.values import Malformed as Malformed
from carrier.transport import Answer

Item: TypeAlias = Mapping[str, Any]

_UNSAFE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def _no_constant(_: str) -> NoReturn:
    raise Malformed("NaN or Infinity")


def parsed(body: bytes) -> Any:
    """JSON with exact numbers. Raises `Malformed`."""
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None


def item(answer: Answer) -> Item:
    """The one resource of an answer. Raises `Malformed`."""
    body = parsed(answer.body)
    if not isinstance(body, dict):
        raise Malformed("not an object")
    return body


def items(answer: Answer) -> list[Item]:
    """The resources of a list. Raises `Malformed`."""
    body = parsed(answer.body)
    if not isinstance(body, list) or not all(isinstance(one, dict) for one in body):
        raise Malformed("not a list of objects")
    return body


def total(answer: Answer) -> int:
    """How many resources the whole list has, `X-Total-Count`. Raises `Malformed`."""
    count = answer.headers.get("X-Total-Count", "")
    if re.fullmatch(r"[0-9]{1,12}", count) is None:
        raise Malformed("X-Total-Count")
    return int(count)


def text(of: Item, field: str) -> str:
    """A text that must be there. Raises `Malformed`."""
    value = optional_text(of, field)
    if value is None:
        raise Malformed(field)
    return value


def optional_text(of: Item, field: str) -> str | None:
    """A text, None when it is missing or empty. Raises `Malformed` for anything else."""
    value = of.get(field)
    if value.__class__ is not str:
        if value is None:
            return None
        raise Malformed(field)
    if not value.isprintable():
        value = _UNSAFE.sub("", re.sub(r"[\t\r\n]+", " ", value))
    return value.strip() or None


def entry(of: Item, field: str) -> Item:
    """An object that must be there. Raises `Malformed`."""
    value = of.get(field)
    if not isinstance(value, dict):
        raise Malformed(field)
    return value


def entries(of: Item, field: str) -> list[Item]:
    """A list of objects, empty when it is missing. Raises `Malformed`."""
    value = of.get(field)
    if value.__class__ is not list:
        if value is None:
            return []
        raise Malformed(field)
    for one in value:
        if one.__class__ is not dict:
            raise Malformed(field)
    found: list[Item] = value
    return found


def characteristics(of: Item, field: str) -> dict[str, Any]:
    """Values of TMF's open-ended list by their names. Raises `Malformed`."""
    try:
        return {one["name"]: one["value"] for one in of.get(field) or ()}
    except (TypeError, KeyError, AttributeError):
        raise Malformed(field) from None


def related(of: Item, role: str) -> list[str]:
    """Ids of the parties that are `role` to a resource."""
    return [
        party["id"]
        for party in entries(of, "relatedParty")
        if party.get("role") == role and isinstance(party.get("id"), str)
    ]


def flag(of: Item, field: str) -> bool:
    """A boolean; a missing one is false. Raises `Malformed`."""
    value = of.get(field, False)
    if not isinstance(value, bool):
        raise Malformed(field)
    return value


def whole(of: Item, field: str, default: int | None = None) -> int:
    """A whole number, zero or more. Raises `Malformed`."""
    value = of.get(field, default)
    if type(value) is not int or not 0 <= value < 10**18:
        raise Malformed(field)
    return value


def money(of: Item, field: str) -> Money:
    """An amount in tenge, exact. Raises `Malformed`, also for more than two decimals."""
    value = of.get(field)
    if value.__class__ is not int and value.__class__ is not Decimal:
        raise Malformed(field)
    try:
        return _money(value)
    except AmountInvalid:
        raise Malformed(field) from None


@lru_cache(maxsize=4096)
def _money(value: int | Decimal) -> Money:
    # Prices repeat: most rows of an itemised bill cost nothing or one of a few rates.
    return Money.from_decimal(Decimal(value))


def amount(of: Item, field: str, unit: str = "unit", value: str = "value") -> Money:
    """TMF's Money (`{"unit": "KZT", "value": 1}`) or Quantity. Raises `Malformed`."""
    sum_of_money = entry(of, field)
    if sum_of_money.get(unit) != "KZT":
        raise Malformed(f"{field}.{unit}")
    return money(sum_of_money, value)


def moment(of: Item, field: str) -> datetime:
    """A moment with an offset, as aware UTC. Raises `Malformed`."""
    try:
        at = datetime.fromisoformat(of[field])
    except (KeyError, TypeError, ValueError):
        raise Malformed(field) from None
    if at.tzinfo is None:
        raise Malformed(field)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Malformed(field) from None


def day(of: Item, field: str) -> date:
    """The day of Almaty in which a moment lies. Raises `Malformed`."""
    try:
        return today(moment(of, field))
    except OverflowError:
        raise Malformed(field) from None


def period(of: Item, field: str) -> Period:
    """The days of a TimePeriod, whose end is its last second or the midnight after it.

    Raises `Malformed`.
    """
    between = entry(of, field)
    end = moment(between, "endDateTime")
    try:
        return Period(day(between, "startDateTime"), today(end - timedelta(seconds=1)))
    except (OverflowError, PeriodReversed):
        raise Malformed(field) from None


def is_number(product: Item) -> bool:
    """Whether a product is a mobile number: its id is one, while others have letters in theirs."""
    return isinstance(product.get("id"), str) and product["id"].isdecimal()


def msisdn(of: Item, field: str) -> Msisdn:
    """A number of the network, digits without a plus. Raises `Malformed`."""
    try:
        return Msisdn(of[field])
    except (KeyError, TypeError, ValueError):
        raise Malformed(field) from None
