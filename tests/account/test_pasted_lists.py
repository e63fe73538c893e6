"""Lists of numbers as people paste them: what is read, and what is told and not guessed."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from account.lists.number_list import NumberList, Unread
from account.lists.pasted_text import read_text
from account.lists.tables import ColumnsAsked
from account.values.identifiers import Msisdn

LISTS: list[tuple[str, str, list[str], list[tuple[int, Unread]]]] = [
    (
        "counters, brackets and names",
        "1. 8 701 054 20 06 Айгуль\n2) +7 (701) 211‑55‑26\n№3 7010542007 склад",
        ["77010542006", "77012115526", "77010542007"],
        [],
    ),
    (
        "spaced numbers one behind the other",
        "7 701 054 20 06 7 701 211 55 26 7 701 054 20 07",
        ["77010542006", "77012115526", "77010542007"],
        [],
    ),
    (
        "rows 77 and 78",
        "77 701 054 20 06\n78 701 211 55 26",
        ["77010542006", "77012115526"],
        [],
    ),
    (
        "what a spreadsheet makes of numbers",
        '\'+77010542006\n="77010542007"\n7.7012115526E+10\n7.7012E+10',
        ["77010542006", "77010542007", "77012115526"],
        [(4, Unread.CUT)],
    ),
    (
        "the same with a decimal comma, and one that a program wrote",
        "7,7012115526E+10\n7,7012E+10\n77010542006.0",
        ["77012115526", "77010542006"],
        [(2, Unread.CUT)],
    ),
    (
        "dates, amounts and ordinals",
        "Иванов И. 2-й отдел, 24.12.2019, 8.701.054.20.06, 8 476,90 ₸",
        ["77010542006"],
        [],
    ),
    (
        "dates and times beside a number",
        "2019-12-24T12:30:00+05:00 87010542006\n87010542007 24.12.19 09:15",
        ["77010542006", "77010542007"],
        [],
    ),
    (
        "letters and other digits",
        "+7 701 054 2O 06\n7701XXXXXX\n١٢٣٤٥٦٧٨٩٠١",
        [],
        [(1, Unread.MALFORMED), (3, Unread.MALFORMED)],
    ),
    (
        "a letter that may stand for a digit, a name with digits in it",
        "7771054200O\nKZ12ABC7010542006\nтел87010542007",
        ["77010542007"],
        [(1, Unread.MALFORMED), (2, Unread.MALFORMED)],
    ),
    (
        "no Kazakh mobile numbers",
        "770105420067\n7701054200\n77272596060\n+79161234567\n+996555123456",
        [],
        [
            (1, Unread.MALFORMED),
            (2, Unread.MALFORMED),
            (3, Unread.CITY),
            (4, Unread.FOREIGN),
            (5, Unread.FOREIGN),
        ],
    ),
    (
        "links, IIN and IMEI",
        "tel:+77010542006 wa.me/77012115526\nИИН 850115300011 IMEI 353678076511548 87010542007",
        ["77010542006", "77012115526", "77010542007"],
        [],
    ),
    ("an IIN alone", "ИИН 850115300011", [], [(1, Unread.MALFORMED)]),
    (
        "invisible signs and blanks of other widths",
        "\u202d+7 701 054-20-06\u202c\u200b\u00a0\n8(701)211\u200955\u200926.",
        ["77010542006", "77012115526"],
        [],
    ),
    (
        "a range, one number and more, two glued ones",
        """87010542006-87010542007
8 701 211 55 26 5000
8701054200687010542007
+77010542007 - склад""",
        ["77010542007"],
        [(1, Unread.RANGE), (2, Unread.MALFORMED), (3, Unread.MALFORMED)],
    ),
    ("signs that stand in no number", "8_701_054_20_06", [], [(1, Unread.MALFORMED)]),
    (
        "lines of Windows",
        "87010542006\r\n\r\nx\r\n8701054",
        ["77010542006"],
        [(4, Unread.MALFORMED)],
    ),
    ("nothing", "", [], []),
]


@pytest.mark.parametrize(
    ("text", "numbers", "told"), [row[1:] for row in LISTS], ids=[row[0] for row in LISTS]
)
def test_a_list_is_read_as_people_write_it(
    text: str, numbers: list[str], told: list[tuple[int, Unread]]
) -> None:
    found = read_text(text)

    assert isinstance(found, NumberList)
    assert [number.msisdn.digits for number in found.numbers] == numbers
    assert [(row.line, row.reason) for row in found.left_out] == told


def test_a_number_counts_once_in_its_first_place() -> None:
    found = read_text("87010542006;77010542007,7012115526\t+77010542006")

    assert isinstance(found, NumberList)
    assert [number.msisdn.last4 for number in found.numbers] == ["2006", "2007", "5526"]
    assert found.repeated == 1


def test_the_next_paste_goes_on_with_the_lines_and_adds_to_the_list() -> None:
    first = read_text("87010542006\n87010542007")
    assert isinstance(first, NumberList)
    second = read_text("87010542007\n8701211552", first.lines + 1)
    assert isinstance(second, NumberList)

    both = first.with_more(second)

    assert [(number.msisdn.last4, number.line) for number in both.numbers] == [
        ("2006", 1),
        ("2007", 2),
    ]
    assert (both.repeated, both.lines) == (1, 4)
    assert [row.line for row in both.left_out] == [4]


TABLE = "Иванов 8 701 054 20 06 8 701 054 20 99\nПетров 8 701 054 20 07 8 701 054 20 99\n"


@pytest.mark.parametrize("last", ["Сидоров 87010542011 87010542099", "x 87010542011, 87010542099"])
def test_of_a_table_without_separators_the_column_is_asked_for(last: str) -> None:
    found = read_text(TABLE + last)

    assert isinstance(found, ColumnsAsked)
    first, second = found.columns
    assert [number.msisdn.last4 for number in first.numbers.numbers] == ["2006", "2007", "2011"]
    assert second.first.last4 == "2099"
    assert second.numbers.repeated == 2


def test_a_line_without_a_number_in_that_place_is_told() -> None:
    found = read_text(TABLE + "x 87010542011 87010542099\n87010542012")

    assert isinstance(found, ColumnsAsked)
    assert [row.line for row in found.columns[0].numbers.left_out] == []
    assert [row.line for row in found.columns[1].numbers.left_out] == [4]


def test_two_lines_of_two_numbers_are_a_list() -> None:
    found = read_text(TABLE)

    assert isinstance(found, NumberList)
    assert len(found) == 3


def test_the_column_whose_heading_alone_says_number_is_taken() -> None:
    found = read_text(
        "Сотрудник;Номер;Переадресация\nИванов;87010542006;87010542099\nПетров;87010542007;\n"
        "\nСидоров;87010542011;87010542099\nещё 87010542012"
    )

    assert isinstance(found, NumberList)
    assert [(number.msisdn.last4, number.line) for number in found.numbers] == [
        ("2006", 2),
        ("2007", 3),
        ("2011", 5),
        ("2012", 6),
    ]


def test_semicolons_with_numbers_in_more_than_one_column_ask() -> None:
    found = read_text("Иванов;87010542006;\nПетров;;87010542007\nСидоров;87010542011;")

    assert isinstance(found, ColumnsAsked)
    assert [column.first.last4 for column in found.columns] == ["2006", "2007"]


NUMBERS = ["77010542006", "77012115526", "77010542007", "77771234567", "77472223344"]
WRITINGS = st.sampled_from(NUMBERS).flatmap(
    lambda digits: st.sampled_from(
        [
            digits,
            "+" + digits,
            "8" + digits[1:],
            digits[1:],
            "00" + digits,
            f"8 ({digits[1:4]}) {digits[4:7]}-{digits[7:9]}-{digits[9:]}",
            f"+7 {digits[1:4]} {digits[4:7]} {digits[7:9]} {digits[9:]}",
            f"8.{digits[1:4]}.{digits[4:7]}.{digits[7:9]}.{digits[9:]}",
        ]
    ).map(lambda writing: (digits, writing))
)


@given(
    st.lists(WRITINGS, min_size=1, max_size=8), st.sampled_from([" ", "\n", "; ", ",", "\t", "|"])
)
def test_numbers_in_any_writing_and_between_any_separators_are_read(
    written: list[tuple[str, str]], separator: str
) -> None:
    found = read_text(separator.join(writing for _, writing in written))

    assert isinstance(found, NumberList)
    assert [number.msisdn.digits for number in found.numbers] == list(
        dict.fromkeys(digits for digits, _ in written)
    )
    assert (len(found) + found.repeated, found.left_out) == (len(written), ())


@given(st.text(alphabet="0178 +-().;,\nEe₸OО٧²\u202d'=:/", max_size=60))
@example("7771054200O")
@example("8701²0542006")
def test_whatever_is_read_stands_there_unbroken(text: str) -> None:
    found = read_text(text)

    for column in found.columns if isinstance(found, ColumnsAsked) else [found]:
        read = column if isinstance(column, NumberList) else column.numbers
        for number in read.numbers:
            assert Msisdn.parse(number.msisdn.e164) == number.msisdn
            if "E" not in text.upper():
                between = r"[+()\-./ \u202d]*"
                national = between.join(number.msisdn.digits[1:])
                assert re.search(national, text) is not None, (text, number.msisdn.digits)
