"""A minute on Almaty's clock: written by people, and the moment it is (SC-2)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from account.errors import TimeInvalid
from account.values.wall_times import WallTime, wall_time

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
"""15:00 in Almaty, a Monday."""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("22:00", "2026-11-30T22:00"),
        ("08:00", "2026-12-01T08:00"),
        ("8.30", "2026-12-01T08:30"),
        ("tomorrow 22:00", "2026-12-01T22:00"),
        ("Завтра в 22:00", "2026-12-01T22:00"),
        ("ертең сағат 7:05", "2026-12-01T07:05"),
        ("22:00 сегодня", "2026-11-30T22:00"),
        ("бүгін 23:59", "2026-11-30T23:59"),
        ("01.12.2026 08:00", "2026-12-01T08:00"),
        ("08:00, 1 декабря 2026", "2026-12-01T08:00"),
        ("2026-12-24  00:00", "2026-12-24T00:00"),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, kept: str) -> None:
    assert wall_time(typed, NOW).kept == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "tomorrow", "25:00", "24:00", "8:5", "22:00 23:00", "maybe 22:00", "8", "22:00:00"),
        *("01.01.0001 00:00", "01.12.9999 08:00", "31.02.2027 08:00"),
        *("32.12.2026 08:00", "01.12 08:00 02.12.2026", "today tomorrow 08:00", "١٢:٠٠"),
    ],
)
def test_what_is_no_one_time_is_refused(typed: str) -> None:
    with pytest.raises(TimeInvalid):
        wall_time(typed, NOW)


@pytest.mark.parametrize(
    ("kept", "moment"),
    [
        # From 1 March 2024 Almaty is at +5: what was planned before is due by the new rule.
        ("2024-03-01T08:00", datetime(2024, 3, 1, 3, 0, tzinfo=UTC)),
        ("2024-02-29T08:00", datetime(2024, 2, 29, 2, 0, tzinfo=UTC)),
        # The hour that came twice, on the eve: the first of the two.
        ("2024-02-29T23:30", datetime(2024, 2, 29, 17, 30, tzinfo=UTC)),
        ("2026-11-30T22:00", datetime(2026, 11, 30, 17, 0, tzinfo=UTC)),
        # An hour that never was (summer time began): the next minute there is.
        ("2004-03-28T02:30", datetime(2004, 3, 27, 20, 0, tzinfo=UTC)),
    ],
)
def test_the_moment_is_derived_by_the_zones_rules(kept: str, moment: datetime) -> None:
    at = WallTime.read(kept)
    assert at.moment == moment
    assert at.kept == kept


def test_it_is_shown_as_days_and_times_are() -> None:
    assert WallTime.read("2026-12-01T08:05").shown == "01.12.2026 08:05"
