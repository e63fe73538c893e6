"""When a typed command is to begin, again, and to be taken back; nothing is done by reading it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from account.chapters.typed_commands import read_command
from account.chapters.typed_plans import TypedPlan, typed_plan
from account.values.repeats import WEEKDAYS, Every, Rhythm
from account.values.wall_times import WallTime

NOW = datetime(2022, 1, 24, 10, 0, tzinfo=UTC)
"""A Monday, 16:00 in Almaty."""
FRIDAYS, DAILY = Rhythm(Every.WEEK, frozenset({5})), Rhythm(Every.DAY)


def at(kept: str) -> WallTime:
    return WallTime.read(kept)


HOLIDAYS = TypedPlan(at("2022-12-20T08:00"), then=at("2023-01-08T08:00"))
NIGHTLY = TypedPlan(at("2022-01-24T22:00"), DAILY, None, at("2022-01-24T08:00"))
FRIDAY = TypedPlan(at("2022-01-28T18:00"), FRIDAYS)

PLANS = (
    ("block 7012115526 every friday 18:00", FRIDAY),
    ("every friday 18:00 block 7012115526", FRIDAY),
    ("блок 7012115526 по пятницам в 18:00", FRIDAY),
    ("заблокировать каждую пятницу 18:00 7012115526", FRIDAY),
    ("бұғаттау 7012115526 жұма сайын 18:00", FRIDAY),
    ("әр жұма 18:00 бұғаттау 7012115526", FRIDAY),
    ("block 7012115526 fridays", TypedPlan(None, FRIDAYS)),
    (
        "блок 7012115526 по пятницам 18:00 до 01.03",
        TypedPlan(at("2022-01-28T18:00"), FRIDAYS, date(2022, 3, 1)),
    ),
    (
        "block 7012115526 on weekdays from 22:00 to 08:00 until 01.03.2022",
        TypedPlan(
            at("2022-01-24T22:00"),
            Rhythm(Every.WEEK, WEEKDAYS),
            date(2022, 3, 1),
            at("2022-01-24T08:00"),
        ),
    ),
    (
        "block 7012115526 mon, wed, fri 18:00",
        TypedPlan(at("2022-01-24T18:00"), Rhythm(Every.WEEK, frozenset({1, 3, 5}))),
    ),
    ("блок 7012115526 каждый день с 22.00 до 08.00", NIGHTLY),
    ("7012115526 күн сайын 22:00-ден 08:00-ге дейін бұғаттау", NIGHTLY),
    ("заблокировать 7012115526 с 20.12 до 08.01", HOLIDAYS),
    ("заблокировать с 20.12 до 08.01 7012115526", HOLIDAYS),
    ("block 7012115526 from 20.12 till 08.01", HOLIDAYS),
    ("блок 7012115526 с 20 декабря до 8 января", HOLIDAYS),
    ("7012115526 20.12-ден 08.01-ге дейін бұғаттау", HOLIDAYS),
    ("20.12 бастап 08.01 дейін бұғаттау 7012115526", HOLIDAYS),
    ("block 7012115526 until 25.01.2022 09:00", TypedPlan(then=at("2022-01-25T09:00"))),
    ("заблокировать 7012115526 до завтра", TypedPlan(then=at("2022-01-25T08:00"))),
    (
        "блок 7012115526 в пятницу с 18:00 до 20:00",
        TypedPlan(at("2022-01-28T18:00"), then=at("2022-01-28T20:00")),
    ),
    (
        "block 7012115526 today from 22:00 to 06:00",
        TypedPlan(at("2022-01-24T22:00"), then=at("2022-01-25T06:00")),
    ),
)


def test_repeats_and_ends_are_read_in_three_languages() -> None:
    wrong = {}
    for text, plan in PLANS:
        command = read_command(text)
        told = ([one.digits for one in command.numbers], typed_plan(command.rest, NOW))
        if told != (["77012115526"], plan):
            wrong[text] = told
    assert wrong == {}


@pytest.mark.parametrize(
    "words",
    [
        "friday 18:00",
        "on friday 18:00",
        "в пятницу 18:00",
        "tomorrow 22:00",
        "until",
        "until further notice",
        "to 31.02",
        "every now and then",
        "не до завтра",
        "every friday 18:00 maybe",
        "с 20.12 до 08.01 до 09.01 до 10.01",
        "every friday 18:00 to monday 08:00",
        "",
    ],
)
def test_what_is_not_wholly_understood_is_no_plan(words: str) -> None:
    assert typed_plan(words, NOW) is None
