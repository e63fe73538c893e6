"""What a typed text asks for; nothing is done by reading it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from account.chapters.typed_commands import (
    Verb,
    is_day,
    is_period,
    is_time,
    parted,
    read_command,
)

NOW = datetime(2022, 1, 24, 10, 0, tzinfo=UTC)
DAUREN = "77012115526"
"""However it is written."""

WITH_ONE_NUMBER = (
    ("block 701 211 55 26", Verb.BLOCK, ""),
    ("Заблокируйте номер +7 (701) 211-55-26", Verb.BLOCK, ""),
    ("блок 8 701 211‑55‑26 завтра 22:00", Verb.BLOCK, "завтра 22:00"),
    ("+7 701 211 55 26 нөмірді бұғаттаңыз", Verb.BLOCK, ""),
    ("бугаттау 7012115526", Verb.BLOCK, ""),
    ("разблокируй 7012115526", Verb.UNBLOCK, ""),
    ("7012115526 бұғаттан шығару", Verb.UNBLOCK, ""),
    ("бугаттан шыгару 7012115526", Verb.UNBLOCK, ""),
    ("Un-block the number 7012115526, please", Verb.UNBLOCK, ""),
    ("остаток 7012115526", Verb.CARD, ""),
    ("usage last month 7012115526", Verb.USAGE, "last month"),
    (
        "детализация 701 211 55 26 с 01.12.2021 по 15.12.2021",
        Verb.USAGE,
        "с 01.12.2021 по 15.12.2021",
    ),
    ("қоңыраулар 701 211 55 26 өткен ай", Verb.USAGE, "өткен ай"),
    ("услуги для 7012115526", Verb.SERVICES, ""),
    ("қайта бағыттау 7012115526", Verb.FORWARDING, ""),
    ("секретный код 7012115526", Verb.SECRET_CODE, ""),
    ("sim card 7012115526", Verb.SIM, ""),
    ("сим-карта 7012115526", Verb.SIM, ""),
    ("төлемдер 7012115526", Verb.PAYMENTS, ""),
    ("шығын орталығы 7012115526", Verb.LABEL, ""),
    ("не блокировать 7012115526", Verb.BLOCK, "не"),
    ("block 7012115526 soon", Verb.BLOCK, "soon"),
)


def test_a_verb_and_a_number_in_any_order_and_language() -> None:
    wrong = {}
    for text, verb, rest in WITH_ONE_NUMBER:
        command = read_command(text)
        told = ([*command.verbs], [one.digits for one in command.numbers], command.rest)
        if told != ([verb], [DAUREN], rest):
            wrong[text] = told
    assert wrong == {}


NO_VERB = (
    "бұғаттама 7012115526",
    "бұғаттан шығарма 7012115526",
    "бұғаттамау 7012115526",
    "заблокирован 7012115526",
    "блокнот 7012115526",
    "unblocked 7012115526",
    "ашпа 7012115526",
)


@pytest.mark.parametrize("text", NO_VERB)
def test_another_ending_may_say_the_contrary_and_asks_for_nothing(text: str) -> None:
    command = read_command(text)
    assert command.verbs == ()
    assert command.rest != ""


@pytest.mark.parametrize("text", ["не блокировать", "do not block", "блок не нужен", "ашу емес"])
def test_what_is_denied_is_never_looked_for(text: str) -> None:
    assert read_command(text).denied


def test_documents_need_no_number() -> None:
    read = {text: read_command(text) for text in ("акт октябрь 2021", "акт сверки", "register")}
    assert [[*one.verbs] for one in read.values()] == [
        [Verb.CERTIFICATE],
        [Verb.RECONCILIATION],
        [Verb.REGISTER],
    ]
    assert read["акт октябрь 2021"].rest == "октябрь 2021"


def test_two_meanings_are_both_told_in_their_order() -> None:
    assert [*read_command("balance payments 7012115526").verbs] == [Verb.CARD, Verb.PAYMENTS]
    assert [*read_command("payments, balance 7012115526").verbs] == [Verb.PAYMENTS, Verb.CARD]


def test_a_list_keeps_its_lines_and_its_rows_are_no_words_of_the_command() -> None:
    rows = [f"{n}. Worker {n} 7701054{n:04}" for n in range(2000, 2047)]
    command = read_command("\n".join(["block", *rows]))
    assert command.verbs == (Verb.BLOCK,)
    assert len(command.numbers) == 47
    assert command.rest == ""
    assert command.listed.count("\n") == 47
    assert "Worker 2000 77010542000" in command.listed
    assert read_command("\n".join(["block not these", *rows])).rest == "not these"


def test_a_number_that_stands_twice_is_one() -> None:
    assert len(read_command("block 7012115526, 8 701 211 55 26").numbers) == 1


@pytest.mark.parametrize(
    "text", ["", " ", "🙂", "7012115526", "İstanbul block", "тариф Бизнес", "1" * 4000, "\0block\0"]
)
def test_any_other_text_is_read_without_harm(text: str) -> None:
    assert [*read_command(text).verbs] in ([], [Verb.BLOCK])


def test_words_are_parted_from_the_longest_end_that_is_a_time() -> None:
    def when(words: str) -> bool:
        return is_time(words, NOW) or is_day(words, NOW)

    assert parted("склад завтра 22:00", when) == ("склад", "завтра 22:00")
    assert parted("tomorrow", when) == ("", "tomorrow")
    assert parted("everything", when) == ("everything", "")
    assert is_time("в понедельник в 8:00", NOW)
    assert not is_time("tomorrow", NOW)
    assert is_day("tomorrow", NOW)
    assert is_period("last month", NOW)
    assert is_period("с 01.12.2021 по 15.12.2021", NOW)
    assert not is_period("everything", NOW)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("заблокируй\n7012115526\nкроме 7012115527", "кроме"),
        ("block\n7012115526 Ivanov\nnot 7012115527 Petrov", "not"),
        ("бұғаттау\n7012115526\n7012115527 қоспағанда", "қоспағанда"),
        ("block\n7012115526 Ivanov\n7012115527 Petrov", ""),
    ],
)
def test_what_is_taken_out_of_a_list_is_told(text: str, rest: str) -> None:
    command = read_command(text)
    assert (len(command.numbers), command.rest) == (2, rest)
