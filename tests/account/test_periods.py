"""Almaty's days and months: which may be asked for, and how they are typed and shown."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from account.errors import (
    DayInvalid,
    PeriodInFuture,
    PeriodNotClosed,
    PeriodRefused,
    PeriodReversed,
    PeriodTooLong,
    PeriodTooOld,
)
from account.values.day_parser import is_dated, is_no_day
from account.values.periods import (
    ALMATY,
    Month,
    MonthSpan,
    Period,
    UsagePreset,
    add_months,
    certificate_window,
    check_certificate_month,
    check_history_period,
    check_order,
    check_reconciliation_period,
    check_register_months,
    check_usage_period,
    days_of,
    default_usage_period,
    history_window,
    last_closed,
    parse_day,
    reconciliation_window,
    register_window,
    shown_day,
    shown_moment,
    shown_time,
    today,
    typed_period,
    usage_window,
)

day = date.fromisoformat
GUIDE_DAY = day("2022-01-24")
DAYS = st.dates(day("2018-01-01"), day("2040-12-31"))

SECTION_6 = [
    ("2022-01-24", "2021-10-24", "2021-12-24", "2021-12", "2021-12", "2021-01-01", "2021-12-31"),
    ("2022-01-03", "2021-10-03", "2021-12-03", "2021-11", "2021-11", "2020-12-01", "2021-11-30"),
    ("2022-01-04", "2021-10-04", "2021-12-04", "2021-11", "2021-12", "2021-01-01", "2021-12-31"),
    ("2022-01-05", "2021-10-05", "2021-12-05", "2021-11", "2021-12", "2021-01-01", "2021-12-31"),
    ("2022-01-06", "2021-10-06", "2021-12-06", "2021-12", "2021-12", "2021-01-01", "2021-12-31"),
    ("2023-01-01", "2022-10-01", "2022-12-01", "2022-11", "2022-11", "2021-12-01", "2022-11-30"),
    ("2022-03-31", "2021-12-31", "2022-02-28", "2022-02", "2022-02", "2021-03-01", "2022-02-28"),
    ("2024-02-29", "2023-11-29", "2024-01-29", "2024-01", "2024-01", "2023-02-01", "2024-01-31"),
    ("2024-05-31", "2024-02-29", "2024-04-30", "2024-04", "2024-04", "2023-05-01", "2024-04-30"),
    ("2025-03-30", "2024-12-30", "2025-02-28", "2025-02", "2025-02", "2024-03-01", "2025-02-28"),
]


_NAMES_OF_MONTHS = {
    name: number
    for names in (
        "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
        "January February March April May June July August September October November December",
    )
    for number, name in enumerate(names.split(), 1)
}


def period(first: str, last: str) -> Period:
    return Period(day(first), day(last))


def months(first: str, last: str) -> MonthSpan:
    return MonthSpan(Month.parse(first), Month.parse(last))


@pytest.mark.parametrize(
    ("now", "usage", "default", "certificate", "register", "statement_from", "statement_to"),
    SECTION_6,
)
def test_the_windows_of_ten_days(
    now: str,
    usage: str,
    default: str,
    certificate: str,
    register: str,
    statement_from: str,
    statement_to: str,
) -> None:
    assert usage_window(day(now)) == period(usage, now)
    assert default_usage_period(day(now)) == period(default, now)
    assert certificate_window(day(now)) == months("2018-01", certificate)
    assert register_window(day(now)) == months("2018-01", register)
    assert reconciliation_window(day(now)) == period(statement_from, statement_to)


def test_history_reaches_twelve_months_back() -> None:
    assert history_window(GUIDE_DAY) == period("2021-01-24", "2022-01-24")
    assert history_window(day("2024-02-29")) == period("2023-02-28", "2024-02-29")


# --- Today and moments -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now_utc", "expected", "newest_certificate"),
    [
        ("2022-01-05T17:59:59+00:00", "2022-01-05", "2021-11"),
        ("2022-01-05T18:00:00+00:00", "2022-01-06", "2021-12"),
        ("2022-01-05T19:30:00+00:00", "2022-01-06", "2021-12"),
        ("2026-01-05T18:30:00+00:00", "2026-01-05", "2025-11"),
        ("2026-01-05T18:59:59+00:00", "2026-01-05", "2025-11"),
        ("2026-01-05T19:30:00+00:00", "2026-01-06", "2025-12"),
        ("2022-01-06T01:00:00+07:00", "2022-01-06", "2021-12"),
    ],
)
def test_today_is_almatys(now_utc: str, expected: str, newest_certificate: str) -> None:
    here = today(datetime.fromisoformat(now_utc))

    assert here == day(expected)
    assert certificate_window(here).last == Month.parse(newest_certificate)


@pytest.mark.parametrize("read", [today, shown_moment, shown_time])
def test_a_moment_without_a_zone_is_refused(read: object) -> None:
    assert callable(read)
    with pytest.raises(ValueError):
        read(datetime(2022, 1, 24, 9, 46))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("first", "last", "start", "end", "days", "hours"),
    [
        ("2022-01-24", "2022-01-24", "2022-01-23T18:00", "2022-01-24T18:00", 1, 24),
        ("2021-12-24", "2022-01-24", "2021-12-23T18:00", "2022-01-24T18:00", 32, 32 * 24),
        ("2026-01-06", "2026-01-06", "2026-01-05T19:00", "2026-01-06T19:00", 1, 24),
        ("2024-02-29", "2024-02-29", "2024-02-28T18:00", "2024-02-29T19:00", 1, 25),
        ("2024-02-01", "2024-03-01", "2024-01-31T18:00", "2024-03-01T19:00", 30, 30 * 24 + 1),
    ],
)
def test_a_period_runs_from_midnight_to_midnight_in_almaty(
    first: str, last: str, start: str, end: str, days: int, hours: int
) -> None:
    asked = period(first, last)

    assert asked.start_utc == datetime.fromisoformat(start + "+00:00")
    assert asked.end_utc == datetime.fromisoformat(end + "+00:00")
    assert asked.start_utc.tzinfo is UTC
    assert asked.end_utc.tzinfo is UTC
    assert asked.days == days
    assert asked.end_utc - asked.start_utc == timedelta(hours=hours)


def test_both_ends_belong_to_a_period() -> None:
    asked = period("2021-12-24", "2022-01-24")

    assert day("2021-12-24") in asked
    assert day("2022-01-24") in asked
    assert day("2021-12-23") not in asked
    assert day("2022-01-25") not in asked


@settings(max_examples=50)
@given(DAYS)
def test_days_follow_each_other_without_a_gap(one: date) -> None:
    following = one + timedelta(days=1)

    assert Period(one, one).end_utc == Period(following, following).start_utc
    assert today(Period(one, one).start_utc) == one
    assert today(Period(one, one).end_utc - timedelta(microseconds=1)) == one


# --- Months ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2022-01-31", 1, "2022-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2022-03-31", -1, "2022-02-28"),
        ("2024-02-29", -12, "2023-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2022-01-24", -1, "2021-12-24"),
        ("2022-12-15", 1, "2023-01-15"),
        ("2022-11-30", 1, "2022-12-30"),
        ("2022-01-24", 0, "2022-01-24"),
        ("2022-01-24", -13, "2020-12-24"),
    ],
)
def test_months_are_counted_by_the_calendar(start: str, count: int, expected: str) -> None:
    assert add_months(day(start), count) == day(expected)


@pytest.mark.parametrize(
    ("now", "closes_on", "expected"),
    [
        ("2022-01-05", 5, "2021-11"),
        ("2022-01-06", 5, "2021-12"),
        ("2022-01-03", 3, "2021-11"),
        ("2022-01-04", 3, "2021-12"),
        ("2022-02-01", 3, "2021-12"),
        ("2022-03-31", 5, "2022-02"),
    ],
)
def test_a_month_closes_the_day_after(now: str, closes_on: int, expected: str) -> None:
    assert last_closed(day(now), closes_on) == Month.parse(expected)


def test_a_month_knows_its_days_and_neighbours() -> None:
    february = Month(2024, 2)

    assert Month.of(day("2024-02-29")) == february
    assert february.first == day("2024-02-01")
    assert february.last == day("2024-02-29")
    assert february.period == period("2024-02-01", "2024-02-29")
    assert february.plus(11) == Month(2025, 1)
    assert february.plus(-2) == Month(2023, 12)
    assert Month(2023, 12) < february
    assert february.shown == "02.2024"
    assert str(february) == "2024-02"


@pytest.mark.parametrize(
    "typed",
    [
        *("12.2021", "12-2021", "12/2021", "2021-12", " 2021-12\n", "2021.12", "12 2021"),
        *("12\u20112021", "12\u2009.\u20092021", "１２.２０２１", "12.2021 г.", "\u200e12.2021"),
        *("декабрь 2021", "Декабрь 2021 г.", "2021 жылғы желтоқсан"),
        *("желтоқсан 2021 ж.", "December 2021", "Dec 2021", "дек. 2021"),
    ],
)
def test_a_month_is_read(typed: str) -> None:
    assert Month.parse(typed) == Month(2021, 12)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "13.2021", "00.2021", "12.21", "1٢.2021", "24.12.2021", "2021-12-24", "2021"),
        *("декабрь", "11.2021 12.2021", "12.2021 x", "дом 2021", "12.20211"),
    ],
)
def test_what_is_no_month_is_refused(typed: str) -> None:
    with pytest.raises(DayInvalid):
        Month.parse(typed)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("09.2026", "2026-09-01", "2026-09-30"),
        ("за сентябрь", "2026-09-01", "2026-09-30"),
        ("Қыркүйек 2026", "2026-09-01", "2026-09-30"),
        ("декабрь", "2025-12-01", "2025-12-31"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("за прошлый месяц", "2026-10-01", "2026-10-31"),
        ("өткен ай", "2026-10-01", "2026-10-31"),
        ("осы айда", "2026-11-01", "2026-11-22"),
        ("november", "2026-11-01", "2026-11-22"),
        ("июль - сентябрь", "2026-07-01", "2026-09-30"),
        ("ноябрь - февраль 2026", "2025-11-01", "2026-02-28"),
        ("с декабря по прошлый месяц", "2025-12-01", "2026-10-31"),
        ("24.12.2025", "2025-12-24", "2025-12-24"),
    ],
)
def test_months_are_read_as_they_are_spoken_of(typed: str, first: str, last: str) -> None:
    assert typed_period(typed, date(2026, 11, 22)) == period(first, last)


def test_the_month_before_january_is_december() -> None:
    assert Month.parse("last month", date(2026, 1, 7)) == Month(2025, 12)
    assert Month.parse("январь", date(2026, 1, 7)) == Month(2026, 1)


@pytest.mark.parametrize("typed", ["маркетинг", "Марина", "Mayer", "декабрь 21", "last", "месяц"])
def test_words_that_begin_like_months_are_none(typed: str) -> None:
    with pytest.raises(DayInvalid):
        typed_period(typed, date(2026, 11, 22))


def test_there_is_no_thirteenth_month() -> None:
    with pytest.raises(ValueError):
        Month(2022, 13)


def test_a_span_of_months_is_walked_oldest_first() -> None:
    span = months("2021-11", "2022-01")

    assert list(span) == [Month(2021, 11), Month(2021, 12), Month(2022, 1)]
    assert len(span) == 3
    assert span.period == period("2021-11-01", "2022-01-31")
    assert Month(2022, 1) in span
    assert Month(2021, 10) not in span
    assert Month(2022, 2) not in span


# --- Refusals --------------------------------------------------------------------------------


def test_a_period_the_wrong_way_round_cannot_be_made() -> None:
    with pytest.raises(PeriodReversed):
        period("2022-01-24", "2022-01-23")
    with pytest.raises(PeriodReversed):
        months("2022-01", "2021-12")
    assert period("2022-01-24", "2022-01-24").days == 1
    assert len(months("2022-01", "2022-01")) == 1


@pytest.mark.parametrize(
    ("first", "last"),
    [("2021-10-24", "2022-01-24"), ("2022-01-24", "2022-01-24"), ("2021-10-24", "2021-10-24")],
)
def test_usage_within_three_months_is_there(first: str, last: str) -> None:
    check_usage_period(period(first, last), GUIDE_DAY)


def test_usage_outside_is_refused_with_the_earliest_day() -> None:
    with pytest.raises(PeriodTooOld) as refusal:
        check_usage_period(period("2021-10-23", "2022-01-24"), GUIDE_DAY)
    assert refusal.value.earliest == day("2021-10-24")
    with pytest.raises(PeriodInFuture):
        check_usage_period(period("2022-01-24", "2022-01-25"), GUIDE_DAY)


def test_history_outside_twelve_months_is_refused() -> None:
    check_history_period(period("2021-01-24", "2022-01-24"), GUIDE_DAY)
    with pytest.raises(PeriodTooOld) as refusal:
        check_history_period(period("2021-01-23", "2022-01-24"), GUIDE_DAY)
    assert refusal.value.earliest == day("2021-01-24")
    with pytest.raises(PeriodInFuture):
        check_history_period(period("2022-01-24", "2022-01-25"), GUIDE_DAY)


def test_no_period_reaches_past_today() -> None:
    check_order(period("2000-01-01", "2022-01-24"), GUIDE_DAY)
    with pytest.raises(PeriodInFuture):
        check_order(period("2022-01-24", "2022-01-25"), GUIDE_DAY)


@pytest.mark.parametrize(
    ("month", "now", "available_from"),
    [
        ("2021-12", "2022-01-05", "2022-01-06"),
        ("2021-12", "2022-01-01", "2022-01-06"),
        ("2022-01", "2022-01-24", "2022-02-06"),
        ("2021-12", "2021-12-31", "2022-01-06"),
    ],
)
def test_a_certificate_too_early_names_its_first_day(
    month: str, now: str, available_from: str
) -> None:
    with pytest.raises(PeriodNotClosed) as refusal:
        check_certificate_month(Month.parse(month), day(now))
    assert refusal.value.available_from == day(available_from)
    check_certificate_month(Month.parse(month), day(available_from))


def test_certificates_begin_in_2018_and_end_with_the_past() -> None:
    check_certificate_month(Month(2018, 1), GUIDE_DAY)
    with pytest.raises(PeriodTooOld) as refusal:
        check_certificate_month(Month(2017, 12), GUIDE_DAY)
    assert refusal.value.earliest == day("2018-01-01")
    with pytest.raises(PeriodInFuture):
        check_certificate_month(Month(2022, 2), GUIDE_DAY)


@pytest.mark.parametrize(
    ("first", "last", "now"),
    [
        ("2021-12", "2021-12", "2022-01-04"),
        ("2021-01", "2021-12", "2022-01-04"),
        ("2018-01", "2018-12", "2022-01-04"),
    ],
)
def test_registers_of_closed_months_are_there(first: str, last: str, now: str) -> None:
    check_register_months(months(first, last), day(now))


def test_a_register_is_refused_with_its_reason() -> None:
    with pytest.raises(PeriodNotClosed) as early:
        check_register_months(months("2021-12", "2021-12"), day("2022-01-03"))
    assert early.value.available_from == day("2022-01-04")
    with pytest.raises(PeriodTooOld) as old:
        check_register_months(months("2017-12", "2018-01"), GUIDE_DAY)
    assert old.value.earliest == day("2018-01-01")
    with pytest.raises(PeriodTooLong) as long:
        check_register_months(months("2020-12", "2021-12"), GUIDE_DAY)
    assert long.value.months == 12
    with pytest.raises(PeriodInFuture):
        check_register_months(months("2021-12", "2022-02"), GUIDE_DAY)


def test_a_reconciliation_of_closed_months_within_a_year_is_there() -> None:
    check_reconciliation_period(period("2021-01-24", "2021-12-31"), GUIDE_DAY)


@pytest.mark.parametrize(
    ("last", "now", "available_from"),
    [
        ("2021-12-01", "2022-01-03", "2022-01-04"),
        ("2021-12-31", "2022-01-03", "2022-01-04"),
        ("2022-01-01", "2022-01-24", "2022-02-04"),
        ("2022-01-24", "2022-01-24", "2022-02-04"),
    ],
)
def test_a_reconciliation_too_early_names_its_first_day(
    last: str, now: str, available_from: str
) -> None:
    with pytest.raises(PeriodNotClosed) as refusal:
        check_reconciliation_period(period("2021-06-01", last), day(now))
    assert refusal.value.available_from == day(available_from)


def test_a_reconciliation_outside_is_refused() -> None:
    with pytest.raises(PeriodTooOld) as refusal:
        check_reconciliation_period(period("2020-12-31", "2021-12-31"), GUIDE_DAY)
    assert refusal.value.earliest == day("2021-01-01")
    with pytest.raises(PeriodInFuture):
        check_reconciliation_period(period("2021-06-01", "2022-02-01"), GUIDE_DAY)


@settings(max_examples=100)
@given(DAYS)
def test_every_window_passes_its_own_check_and_a_day_more_does_not(now: date) -> None:
    one = timedelta(days=1)
    for window, check in (
        (usage_window(now), check_usage_period),
        (history_window(now), check_history_period),
        (reconciliation_window(now), check_reconciliation_period),
    ):
        check(window, now)
        for wider in (
            Period(window.first - one, window.last),
            Period(window.first, window.last + one),
        ):
            with pytest.raises(PeriodRefused):
                check(wider, now)


# --- Presets, reading, showing ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "now", "first"),
    [
        (UsagePreset.TODAY, "2022-01-24", "2022-01-24"),
        (UsagePreset.SEVEN_DAYS, "2022-01-24", "2022-01-18"),
        (UsagePreset.LAST_MONTH, "2022-01-24", "2021-12-24"),
        (UsagePreset.LAST_MONTH, "2022-03-31", "2022-02-28"),
        (UsagePreset.CURRENT_MONTH, "2022-01-24", "2022-01-01"),
        (UsagePreset.CURRENT_MONTH, "2022-02-01", "2022-02-01"),
    ],
)
def test_ready_periods_end_today_and_may_be_asked_for(
    preset: UsagePreset, now: str, first: str
) -> None:
    asked = preset.period(day(now))

    assert asked == period(first, now)
    check_usage_period(asked, day(now))


@pytest.mark.parametrize(
    "typed",
    [
        *("24.01.2022", "24-01-2022", "24/01/2022", "2022-01-24", "  24.01.2022\n"),
        *("24.1.2022", "24.01-2022", "2022.01.24", "2022/01/24", "24 01 2022", "24. 01. 2022"),
        *("24\u201101\u20112022", "24 \u2013 01 \u2013 2022", "24\u00a001\u20092022", "24.01.22"),
        *(
            "２４.０１.２０２２",
            "\u202a24.01.2022\u202c",
            "24.01.2022 г.",
            "24.01.2022г",
            "24.01.2022.",
        ),
        *("24 января 2022", "24 января 2022 года", "24 янв. 2022 г.", "24 қаңтар 2022 ж."),
        *("2022 жылғы 24 қаңтар", "2022 ж. 24 қаңтарда", "24 January 2022", "January 24, 2022"),
        *("24-қаңтар 2022", "(24.01.2022)"),
    ],
)
def test_a_day_is_read_however_it_is_written(typed: str) -> None:
    assert parse_day(typed) == GUIDE_DAY


@pytest.mark.parametrize("name", _NAMES_OF_MONTHS)
def test_a_month_is_known_by_its_name_in_three_languages(name: str) -> None:
    month = _NAMES_OF_MONTHS[name]
    assert Month.parse(f"{name} 2021") == Month(2021, month)
    assert parse_day(f"7 {name} 2021") == date(2021, month, 7)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("24.01.2022", "2022-01-24", "2022-01-24"),
        ("24.12.2021 - 24.01.2022", "2021-12-24", "2022-01-24"),
        ("24.12.2021\u201324.01.2022", "2021-12-24", "2022-01-24"),
        ("с 24.12.2021 по 24.01.2022", "2021-12-24", "2022-01-24"),
        ("24 декабря 2021 г. — 24 января 2022 г.", "2021-12-24", "2022-01-24"),
        ("from 2021-12-24 to 2022-01-24", "2021-12-24", "2022-01-24"),
        ("24.12.2021\n24.01.2022", "2021-12-24", "2022-01-24"),
    ],
)
def test_two_days_are_a_period(typed: str, first: str, last: str) -> None:
    assert days_of(typed) == period(first, last)


def test_two_days_the_wrong_way_round_and_three_are_no_period() -> None:
    with pytest.raises(PeriodReversed):
        days_of("24.01.2022 - 24.12.2021")
    with pytest.raises(DayInvalid):
        days_of("24.01.2022, 25.01.2022, 26.01.2022")


def test_two_months_are_a_span() -> None:
    assert MonthSpan.parse("11.2021 — 01.2022") == MonthSpan(Month(2021, 11), Month(2022, 1))
    assert MonthSpan.parse("қараша 2021") == MonthSpan(Month(2021, 11), Month(2021, 11))
    with pytest.raises(PeriodReversed):
        MonthSpan.parse("01.2022 - 11.2021")


def test_the_day_comes_before_the_month() -> None:
    assert parse_day("03/02/2022") == day("2022-02-03")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "24.01",
        "24-01-22",
        "24.01.22.5",
        "24012022",
        "20220124",
        "24 там",
        "24.01.20222",
        "29.02.2022",
        "31.04.2022",
        "00.01.2022",
        "01.13.2022",
        "01.01.0000",
        "24.01.2022 x",
        "24.01.\n2022",
        "٢٤.٠١.٢٠٢٢",
        "24.01.202²",
        "24.01.2022 25.01.2022",
        "2022-W04-1",
    ],
)
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(DayInvalid):
        parse_day(typed)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("31.02.2022", True),
        ("2022-13-01", True),
        ("01.01.2022 - 31.04.2022", True),
        ("24.01.2022", False),
        ("31 02 20", False),
        ("701 054 20 06", False),
        ("2.5 GB", False),
        ("", False),
    ],
)
def test_a_day_that_does_not_exist_is_told_from_what_is_no_day(typed: str, written: bool) -> None:
    assert is_no_day(typed) is written


@pytest.mark.parametrize("typed", ["13.2021", "12.2021", "31.12.2021", "31.02.2021", "2021-11"])
def test_what_is_written_as_a_date_is_one(typed: str) -> None:
    assert is_dated(typed)


@pytest.mark.parametrize("typed", ["25060830", "2506 0830", "66706.8921", "77012115526", "abc", ""])
def test_an_account_is_no_date(typed: str) -> None:
    assert not is_dated(typed)


@settings(max_examples=50)
@given(st.dates())
def test_a_shown_day_can_be_typed_back(one: date) -> None:
    assert parse_day(shown_day(one)) == one
    assert parse_day(one.isoformat()) == one


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2021-01-06T03:46:00", "06.01.2021 09:46"),
        ("2022-01-05T18:05:59", "06.01.2022 00:05"),
        ("2024-02-29T17:59:00", "29.02.2024 23:59"),
        ("2024-02-29T18:00:00", "29.02.2024 23:00"),
        ("2024-02-29T19:00:00", "01.03.2024 00:00"),
        ("2026-01-05T18:30:00", "05.01.2026 23:30"),
    ],
)
def test_a_moment_is_shown_on_almatys_clock(moment: str, shown: str) -> None:
    at = datetime.fromisoformat(moment + "+00:00")

    assert shown_moment(at) == shown
    assert shown_time(at) == shown[-5:]
    assert shown_moment(at.astimezone(ALMATY)) == shown
