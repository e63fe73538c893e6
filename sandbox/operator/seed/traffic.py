"""What a number did on a day, made up from the seed alone, so that it is the same at every asking.

How many rows a day has of each type is known without making them: a page far down a long list
costs no more than the first. All of a day is made at once, in the order of time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from sandbox.operator.api.answers import ALMATY
from sandbox.operator.seed.identifiers import mix

TYPES = ("voice", "sms", "data", "other")
_VOICE, _SMS, _DATA, _OTHER = range(4)
_COUNTRIES = ("TR", "RU", "KG", "AE", "UZ", "DE")
_OPERATORS = ("701", "702", "775", "778", "705", "777", "707", "747", "700")
_OWN_NETWORK = 4
_SHORT = ("1414", "Kaspi.kz", "eGov", "6006", "HalykBank", "Air Astana")
_FEES = (
    ("Business Class monthly fee", 299_000),
    ("Mobile office subscription", 9_000),
    ("Gudok <ring-back tone>", 5_000),
    ("SMS alerts", 2_500),
)
_SATURDAY = 5


class Seed(NamedTuple):
    """Whose day it is: the world's seed, the number, and its rows a day (None: as usual)."""

    world: int
    number: int
    per_day: int | None


class Row(NamedTuple):
    """One record. `at` is in Unix seconds, `cost` in tiyn; unused fields are empty."""

    id: str
    at: int
    type: str
    service: str
    outgoing: bool
    other_party: str
    seconds: int
    octets: int
    pieces: int
    country: str
    cost: int


@lru_cache(maxsize=4_096)
def day_start(day: date) -> int:
    """Unix seconds of the midnight in Almaty that begins `day`."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ALMATY).timestamp())


def day_of(timestamp: float) -> date:
    """The date in Almaty."""
    return datetime.fromtimestamp(timestamp, ALMATY).date()


@lru_cache(maxsize=65_536)
def counts(seed: Seed, day: date) -> tuple[int, int, int, int]:
    """How many rows of each of `TYPES` the day has."""
    luck = mix(seed.world, seed.number, day.toordinal())
    if seed.per_day is None:
        usual = 14 + mix(seed.world, seed.number) % 20
        quiet = 6 if day.weekday() >= _SATURDAY else 9
        rows = max(10, (usual + luck % 8) * quiet // 10)
    else:
        rows = seed.per_day
    voice = rows * (35 + luck // 8 % 15) // 100
    sms = rows * (10 + luck // 128 % 12) // 100
    other = min(rows - voice - sms, int(day.day == 1) + int(luck // 2_048 % 9 == 0))
    return voice, sms, rows - voice - sms - other, other


@lru_cache(maxsize=2_048)
def rows_of(seed: Seed, day: date) -> tuple[Row, ...]:
    """All rows of the day, oldest first."""
    start = day_start(day)
    country = _trip(seed, day)
    drafts = sorted(
        (start + _second(kind, luck), kind, luck)
        for kind, count in enumerate(counts(seed, day))
        for luck in (
            mix(seed.world, seed.number, day.toordinal(), kind, place) for place in range(count)
        )
    )
    name = f"u-{seed.number}-{day:%Y%m%d}-"
    makers = (_voice, _sms, _data, _other)
    return tuple(
        makers[kind](f"{name}{place}", at, luck, seed, country)
        for place, (at, kind, luck) in enumerate(drafts, 1)
    )


def _second(kind: int, luck: int) -> int:
    """When in the day: people call from seven to eleven, machines at any hour, fees at night."""
    if kind == _OTHER:
        return 60 + luck % 600
    if kind == _DATA:
        return luck % 86_400
    return 25_200 + (luck % 28_800 + luck // 28_800 % 28_800)


def _trip(seed: Seed, day: date) -> str:
    """The country the number is in, empty at home: about one week of thirty is spent abroad."""
    luck = mix(seed.world, seed.number, 77, day.toordinal() // 7)
    return _COUNTRIES[luck // 30 % len(_COUNTRIES)] if luck % 30 == 0 else ""


def _contact(seed: Seed, luck: int) -> tuple[str, int]:
    """Somebody whom this number talks to, and which operator he is with."""
    friend = mix(seed.world, seed.number, 78, luck % 40)
    operator = friend % len(_OPERATORS)
    return f"7{_OPERATORS[operator]}{2_000_000 + friend // 16 % 7_999_999:07d}", operator


def _voice(name: str, at: int, luck: int, seed: Seed, country: str) -> Row:
    other_party, operator = _contact(seed, luck // 7)
    outgoing = luck // 5 % 2 == 0
    seconds = 3 + luck // 11 % 60 if luck % 3 else 40 + luck // 11 % 900
    minutes = -(-seconds // 60)
    own = operator < _OWN_NETWORK
    service = "Calls within Kcell/activ network" if own else "Calls to other KZ mobiles"
    cost = 0
    if country:
        service, cost = "Calls in roaming", minutes * (14_900 if outgoing else 5_950)
    elif not outgoing:
        service = "Incoming calls"
    elif not own and luck // 13 % 3 == 0:
        cost = minutes * 2_040
    return Row(name, at, "voice", service, outgoing, other_party, seconds, 0, 0, country, cost)


def _sms(name: str, at: int, luck: int, seed: Seed, country: str) -> Row:
    outgoing = luck // 5 % 3 == 0
    other_party = _contact(seed, luck // 7)[0]
    if not outgoing and luck // 11 % 2:
        other_party = _SHORT[luck // 13 % len(_SHORT)]
    service = "MMS" if luck // 17 % 25 == 0 else "SMS"
    cost = 0 if not outgoing else 3_500 if country else (1_215 if luck // 19 % 4 == 0 else 0)
    return Row(name, at, "sms", service, outgoing, other_party, 0, 0, 1, country, cost)


def _data(name: str, at: int, luck: int, seed: Seed, country: str) -> Row:
    del seed
    octets = 1_024 * (1 + luck // 3 % 4_096) * (1 + luck // 4_099 % 48)
    seconds = 10 + luck // 5 % 3_600
    cost = octets // 1_048_576 * 900 if country else 0
    service = "Internet in roaming" if country else "Internet"
    return Row(name, at, "data", service, True, "", seconds, octets, 0, country, cost)


def _other(name: str, at: int, luck: int, seed: Seed, country: str) -> Row:
    del seed, country
    first_of_month = datetime.fromtimestamp(at, ALMATY).day == 1
    service, cost = _FEES[0] if first_of_month else _FEES[1 + luck // 3 % (len(_FEES) - 1)]
    return Row(name, at, "other", service, True, "", 0, 0, 1, "", cost)


def days_between(first: date, last: date) -> list[date]:
    """All days from `first` to `last`, both included."""
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]


VAT_RISES = datetime(2025, 12, 31, 19, 0, tzinfo=UTC).timestamp()
"""Midnight of 1 January 2026 in Almaty: 12 % before, 16 % after, by the date of the service."""


def vat(at: float) -> int:
    """The per cent of value added tax on a service rendered then."""
    return 16 if at >= VAT_RISES else 12
