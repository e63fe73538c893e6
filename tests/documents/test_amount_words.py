"""Amounts in words, as certificates of the country write them."""

from __future__ import annotations

import pytest

from account.values.money import Money
from documents.text.amount_words import amount, number


@pytest.mark.parametrize(
    ("value", "kk", "ru", "en"),
    [
        (0, "нөл", "ноль", "zero"),
        (1, "бір", "один", "one"),
        (14, "он төрт", "четырнадцать", "fourteen"),
        (40, "қырық", "сорок", "forty"),
        (100, "бір жүз", "сто", "one hundred"),
        (219, "екі жүз он тоғыз", "двести девятнадцать", "two hundred nineteen"),
        (1_000, "бір мың", "одна тысяча", "one thousand"),
        (2_002, "екі мың екі", "две тысячи два", "two thousand two"),
        (11_000, "он бір мың", "одиннадцать тысяч", "eleven thousand"),
        (21_000, "жиырма бір мың", "двадцать одна тысяча", "twenty-one thousand"),
        (1_000_000, "бір миллион", "один миллион", "one million"),
        (
            3_005_000_012,
            "үш миллиард бес миллион он екі",
            "три миллиарда пять миллионов двенадцать",
            "three billion five million twelve",
        ),
        (
            999_999,
            "тоғыз жүз тоқсан тоғыз мың тоғыз жүз тоқсан тоғыз",
            "девятьсот девяносто девять тысяч девятьсот девяносто девять",
            "nine hundred ninety-nine thousand nine hundred ninety-nine",
        ),
    ],
)
def test_numbers_in_words(value: int, kk: str, ru: str, en: str) -> None:
    assert (number(value, "kk"), number(value, "ru"), number(value, "en")) == (kk, ru, en)


@pytest.mark.parametrize(
    ("tiyn", "kk", "ru", "en"),
    [
        (120_050, "Бір мың екі жүз теңге 50 тиын", "Одна тысяча двести тенге 50 тиын",
         "One thousand two hundred tenge 50 tiyn"),
        (0, "Нөл теңге 00 тиын", "Ноль тенге 00 тиын", "Zero tenge 00 tiyn"),
        (5, "Нөл теңге 05 тиын", "Ноль тенге 05 тиын", "Zero tenge 05 tiyn"),
        (-100, "Минус бір теңге 00 тиын", "Минус один тенге 00 тиын", "Minus one tenge 00 tiyn"),
    ],
)  # fmt: skip
def test_amounts_in_words(tiyn: int, kk: str, ru: str, en: str) -> None:
    said = tuple(amount(Money(tiyn), language) for language in ("kk", "ru", "en"))
    assert said == (kk, ru, en)
