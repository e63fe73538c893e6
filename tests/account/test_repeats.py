"""On which days a minute comes again, over ends of months, leap years and a change of the zone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from account.errors.input import RhythmInvalid
from account.values.repeats import Every, Repeat, Rhythm, rhythm
from account.values.wall_times import WallTime


def dates(kept: str, at: str, most: int = 5) -> list[str]:
    repeat = Repeat.read(kept)
    found: list[str] = []
    one = repeat.first(WallTime.read(at))
    while one is not None and len(found) < most:
        found.append(one.kept)
        one = repeat.after(one)
    return found


def test_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    assert dates("month 31 2022-12-31", "2022-01-31T08:00") == [
        "2022-01-31T08:00",
        "2022-02-28T08:00",
        "2022-03-31T08:00",
        "2022-04-30T08:00",
        "2022-05-31T08:00",
    ]
    assert dates("month 30 2024-03-30", "2024-01-31T08:00") == [
        "2024-02-29T08:00",
        "2024-03-30T08:00",
    ]


def test_days_of_the_week_and_every_day() -> None:
    # 24.01.2022 is a Monday.
    assert dates("week 1,2,3,4,5 2022-02-01", "2022-01-27T22:00") == [
        "2022-01-27T22:00",
        "2022-01-28T22:00",
        "2022-01-31T22:00",
        "2022-02-01T22:00",
    ]
    assert dates("week 7 2022-01-29", "2022-01-24T22:00") == []
    assert dates("day 2022-01-25", "2022-01-24T22:00") == ["2022-01-24T22:00", "2022-01-25T22:00"]


def test_each_date_is_by_the_zone_as_it_is_then() -> None:
    # Almaty's clocks went back an hour in the night to 01.03.2024.
    repeat = Repeat.read("day 2024-03-02")
    before = WallTime.read("2024-02-29T08:00")
    after = repeat.after(before)
    assert after is not None
    assert before.moment == datetime(2024, 2, 29, 2, tzinfo=UTC)
    assert after.moment == datetime(2024, 3, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize("kept", ["day 2022-02-01", "week 1,7 2022-02-01", "month 31 2022-02-01"])
def test_a_row_keeps_it(kept: str) -> None:
    assert Repeat.read(kept).kept == kept
    assert Repeat.read(kept).until == date(2022, 2, 1)


@pytest.mark.parametrize(
    "kept", ["week 2022-02-01", "week 8 2022-02-01", "month 1,2 2022-02-01", "year 2022-02-01", ""]
)
def test_what_is_none_is_not_read(kept: str) -> None:
    with pytest.raises(ValueError):
        Repeat.read(kept)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("every day", "day"),
        ("Каждый день", "day"),
        ("күн сайын", "day"),
        ("weekdays", "week 1,2,3,4,5"),
        ("по будням", "week 1,2,3,4,5"),
        ("Mon – Fri", "week 1,2,3,4,5"),
        ("пн-пт", "week 1,2,3,4,5"),
        ("Mon, Wed and Fri", "week 1,3,5"),
        ("по понедельникам", "week 1"),
        ("дүйсенбі, жұма", "week 1,5"),
        ("дс-жм", "week 1,2,3,4,5"),
        ("mon-sun", "day"),
        ("сб вс", "week 6,7"),
        ("31", "month 31"),
        ("15 числа", "month 15"),
        ("last day of each month", "month 31"),
        ("последний день месяца", "month 31"),
        ("айдың соңғы күні", "month 31"),
    ],
)
def test_days_are_read_as_people_write_them(typed: str, kept: str) -> None:
    assert rhythm(typed).kept == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "0", "32", "sometimes", "fri-mon", "Mon maybe", "22:00", "٣"),
        *("Wed, Fri-Mon", "ср, пт-пн", "пн-", "каждый 3 день", "every 3 day", "3 күн сайын"),
    ],
)
def test_what_names_no_days_is_refused(typed: str) -> None:
    with pytest.raises(RhythmInvalid):
        rhythm(typed)


def test_a_rhythm_is_of_days_that_there_are() -> None:
    with pytest.raises(ValueError, match="no such days"):
        Rhythm(Every.MONTH, frozenset({32}))
