"""Writings from chats, mail and speech: one reader, and what is surely meant is taken."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from account.errors import (
    AmountInvalid,
    DayInvalid,
    ImeiInvalid,
    NumberFault,
    NumberInvalid,
    TimeInvalid,
)
from account.lists.number_list import NumberList, Unread
from account.lists.pasted_text import read_text
from account.values.identifiers import Iccid, Imei, Msisdn
from account.values.money import Money
from account.values.periods import Month, Period, typed_period
from account.values.wall_times import wall_time

NOW = datetime(2026, 11, 30, 14, 40, tzinfo=UTC)
"""19:40 in Almaty."""
TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    "typed",
    [
        "📱 8 701 054 20 06",
        "☎️8 701 054 20 06",
        "8 701 054 20 06 😊",
        "7 (701) 0542006 ✅",
        "8 701 054 20 06 Каспи",
        "87010542006 - Асель",
        "8 701 054 20 06 (Асель)",
        "+7 701 054 20 06 (WhatsApp)",
        "87010542006 (склад, Алматы)",
        "8 [701] 054 20 06",
        "8{701}054-20-06",
        "77010542006.0",
        "https://wa.me/77010542006?text=hi",
        "sms:+77010542006?body=x",
        "sip:+77010542006@host",
        "tel:+7-701-054-20-06;phone-context=kz",
        "87010542006 и 8 701 054 20 06",
        "87010542006/87010542006",
    ],
)
def test_a_number_is_read_as_it_comes_from_a_chat(typed: str) -> None:
    assert Msisdn.parse(typed) == Msisdn("77010542006")


@pytest.mark.parametrize(
    "typed",
    [
        "77010542017 +996555123456",
        "+77010542017+77010542016",
        "87010542017/87010542016",
        "87010542017 - 87010542016",
        "87010542017 и 87010542016",
        "87010542017 және 87010542016",
        "87010542017 & 87010542016",
        "87010542017 | 87010542016",
        "8(701)0542017 or 8(701)0542016",
    ],
)
def test_two_in_one_line_are_several_and_not_a_mistake(typed: str) -> None:
    with pytest.raises(NumberInvalid) as refused:
        Msisdn.parse(typed)
    assert refused.value.reason is NumberFault.SEVERAL


@pytest.mark.parametrize(
    "typed",
    [
        *("87010542006О", "8 701 054 20 О6", "87010542006 доб 5", "7 701 054 20 0 ОО"),
        *("+8 701 054 20 06", "8 8 701 054 20 06", "8701054200687010542007"),
    ],
)
def test_what_may_be_another_number_is_not_taken(typed: str) -> None:
    with pytest.raises(NumberInvalid) as refused:
        Msisdn.parse(typed)
    assert refused.value.reason is NumberFault.MALFORMED


@pytest.mark.parametrize(
    ("text", "read", "told"),
    [
        ("77010542017 +996555123456", ["2017"], [Unread.FOREIGN]),
        ("+996 555 12 34 56 8 701 054 20 17", ["2017"], [Unread.FOREIGN]),
        ("77010542016; 77010542017 +996555123456", ["2016", "2017"], [Unread.FOREIGN]),
        ("77010542017 00996555123456", ["2017"], [Unread.FOREIGN]),
        ("77010542017 8 916 123 45 67", ["2017"], [Unread.FOREIGN]),
        ("77010542017 8 727 259 60 60", ["2017"], [Unread.CITY]),
        ("8 727 259 60 60, 8 701 054 20 17", ["2017"], [Unread.CITY]),
        ("77010542017 +1234567", ["2017"], [Unread.MALFORMED]),
        ("8 701 054 20 17 + 8 701 054 20 16", ["2017", "2016"], []),
        ("+77010542017+77010542016", ["2017", "2016"], []),
        ("8(701)0542017(701)0542016", ["2017", "2016"], []),
        ("87010542017 & 87010542016", ["2017", "2016"], []),
        ("87010542017+87010542016", ["2017"], [Unread.MALFORMED]),
        ("+77010542017-+77010542016", [], [Unread.RANGE]),
        ("77010542017 12345", [], [Unread.MALFORMED]),
    ],
)
def test_of_several_in_a_line_each_is_read_or_told(
    text: str, read: list[str], told: list[Unread]
) -> None:
    found = read_text(text)

    assert isinstance(found, NumberList)
    assert [number.msisdn.last4 for number in found.numbers] == read
    assert [row.reason for row in found.left_out] == told


@pytest.mark.parametrize(
    "typed",
    [
        "imei 1 356938035643809",
        "IMEI #1 356938035643809",
        "1) 35 693803 564380 9 / 01",
        "*#06# 356938035643809",
        "356938035643809 Samsung",
        "356938035643809 (телефон склада)",
        "ИМЕЙ: 356938035643809 📱",
    ],
)
def test_a_count_before_an_imei_is_no_digit_of_it(typed: str) -> None:
    assert Imei.parse(typed) == Imei("35693803564380")


def test_sixteen_digits_in_groups_are_an_imei_with_its_version() -> None:
    assert Imei.parse("1569380-3564380-12") == Imei("15693803564380")
    with pytest.raises(ImeiInvalid):
        Imei.parse("1 356938035643808")


@pytest.mark.parametrize(
    "typed",
    [
        "+CCID: 89997027508016848485",
        "89997027508016848485 новая",
        "SIM 🆕 89997027508016848485".replace("🆕 ", ""),
        "89997027508016848485F ✅",
    ],
)
def test_a_sim_card_is_read_as_a_modem_or_a_colleague_tells_it(typed: str) -> None:
    assert Iccid.parse(typed) == Iccid("89997027508016848485")


@pytest.mark.parametrize(
    ("typed", "tiyn"),
    [
        ("1'000", 100_000),
        ("1’000,50", 100_050),
        ("1.000,50", 100_050),
        ("1.000.000", 100_000_000),
        ("1000.", 100_000),
        ("1 000,-".rstrip("-"), 100_000),
        ("5 тыс", 500_000),
        ("1,5 тыс. тг", 150_000),
        ("2 мың теңге", 200_000),
        ("сумма: 1000 ₸", 100_000),
        ("Сома 1000 тг.", 100_000),
    ],
)
def test_an_amount_is_read_as_people_say_it(typed: str, tiyn: int) -> None:
    assert Money.parse(typed) == Money(tiyn)


@pytest.mark.parametrize("typed", ["1000 т", "1к", "+77010542006", "1000-00", "1.500", "тыс"])
def test_an_amount_that_may_be_another_is_refused(typed: str) -> None:
    with pytest.raises(AmountInvalid):
        Money.parse(typed)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("сегодня", "2026-11-30", "2026-11-30"),
        ("вчера", "2026-11-29", "2026-11-29"),
        ("кеше", "2026-11-29", "2026-11-29"),
        ("24 января", "2026-01-24", "2026-01-24"),
        ("5 декабря", "2025-12-05", "2025-12-05"),
        ("24 қаңтар", "2026-01-24", "2026-01-24"),
        ("24th of January", "2026-01-24", "2026-01-24"),
        ("January 24th, 2026", "2026-01-24", "2026-01-24"),
        ("24-янв-2026", "2026-01-24", "2026-01-24"),
        ("24-26.01.2026", "2026-01-24", "2026-01-26"),
        ("24.01-26.01.2026", "2026-01-24", "2026-01-26"),
        ("с 24 по 26 января", "2026-01-24", "2026-01-26"),
        ("24 - 26 января 2025", "2025-01-24", "2025-01-26"),
        ("24 декабря - 5 января", "2025-12-24", "2026-01-05"),
        ("от 24.01.2026 до 26.01.2026", "2026-01-24", "2026-01-26"),
        ("24.01.2026 … 26.01.2026", "2026-01-24", "2026-01-26"),
        ("24.01.2026-ден 26.01.2026-ға дейін", "2026-01-24", "2026-01-26"),
        ("қыркүйек айы", "2026-09-01", "2026-09-30"),
        ("месяц 09.2026", "2026-09-01", "2026-09-30"),
        ("29 февраля", "2024-02-29", "2024-02-29"),
    ],
)
def test_days_are_read_as_they_are_spoken_of(typed: str, first: str, last: str) -> None:
    assert typed_period(typed, TODAY) == Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "typed", ["24", "24.01", "24 маркетинга", "31 апреля", "24-01-26", "6 дней"]
)
def test_what_may_be_another_day_is_refused(typed: str) -> None:
    with pytest.raises(DayInvalid):
        typed_period(typed, TODAY)


def test_a_month_is_no_day_of_it() -> None:
    assert Month.parse("қыркүйек айы", TODAY) == Month(2026, 9)
    with pytest.raises(DayInvalid):
        Month.parse("5 сентября", TODAY)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("22-00", "2026-11-30T22:00"),
        ("22 00", "2026-11-30T22:00"),
        ("10 pm", "2026-11-30T22:00"),
        ("10:30 вечера", "2026-11-30T22:30"),
        ("в 22", "2026-11-30T22:00"),
        ("22ч", "2026-11-30T22:00"),
        ("завтра в 8", "2026-12-01T08:00"),
        ("ертең сағат 8", "2026-12-01T08:00"),
        ("сағат 22:00-де", "2026-11-30T22:00"),
        ("послезавтра 9:00", "2026-12-02T09:00"),
        ("бүрсігүні 9:00", "2026-12-02T09:00"),
        ("1 декабря в 8:00", "2026-12-01T08:00"),
        ("29 ноября 8:00", "2027-11-29T08:00"),
        ("2026-12-01T08:00", "2026-12-01T08:00"),
        ("8:00 утра", "2026-12-01T08:00"),
        ("через 2 часа", "2026-11-30T21:41"),
        ("in 90 minutes", "2026-11-30T21:11"),
        ("2 сағаттан кейін", "2026-11-30T21:41"),
    ],
)
def test_a_time_is_read_as_it_is_spoken_of(typed: str, kept: str) -> None:
    assert wall_time(typed, NOW).kept == kept


@pytest.mark.parametrize("typed", ["22", "2200", "24:00", "13:00 pm", "2 часа", "утром", "8:00 05"])
def test_a_refused_time_is_told_one_that_can_be_taken(typed: str) -> None:
    with pytest.raises(TimeInvalid) as refused:
        wall_time(typed, NOW)
    assert refused.value.example == "01.12.2026 08:00"
    assert wall_time(refused.value.example, NOW).moment > NOW
