"""Amounts as typed, as sent by the operator, and as shown in three languages."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from account.errors import AmountFault, AmountInvalid
from account.values.money import ZERO, ExactSum, Money

AMOUNTS = st.one_of(
    st.integers(0, 10**14 - 1),
    st.integers(0, 10**4).map(lambda tenge: tenge * 100),
).map(Money)


@pytest.mark.parametrize(
    ("typed", "tiyn"),
    [
        ("0", 0),
        ("1", 100),
        ("446", 44_600),
        ("007", 700),
        ("1 000", 100_000),
        ("1 000,50", 100_050),
        ("1000,50", 100_050),
        ("1000.50", 100_050),
        ("1,5", 150),
        ("0,01", 1),
        ("0.1", 10),
        ("1\u00a0000,50", 100_050),
        ("1\u202f000\u202f000", 100_000_000),
        ("1\u2009000", 100_000),
        ("8 476,90 ₸", 847_690),
        ("8476.9₸", 847_690),
        ("  1000\n", 100_000),
        ("8,476.90 ₸", 847_690),
        ("1,000,000", 100_000_000),
        ("999 999 999 999,99", 99_999_999_999_999),
        ("446 KZT", 44_600),
        ("446 тенге", 44_600),
        ("446 теңге", 44_600),
        ("446тг.", 44_600),
        ("₸ 446", 44_600),
        ("1\u2007000\u00a0₸", 100_000),
        ("1\u3000000", 100_000),
        ("1  000", 100_000),
        ("１２３", 12_300),
        ("\u200e1000\u200b", 100_000),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, tiyn: int) -> None:
    assert Money.parse(typed) == Money(tiyn)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", AmountFault.MALFORMED),
        ("₸", AmountFault.MALFORMED),
        ("1e9", AmountFault.MALFORMED),
        ("1E9", AmountFault.MALFORMED),
        ("NaN", AmountFault.MALFORMED),
        ("inf", AmountFault.MALFORMED),
        ("0x10", AmountFault.MALFORMED),
        ("1_000", AmountFault.MALFORMED),
        ("+1", AmountFault.MALFORMED),
        ("1٫5", AmountFault.MALFORMED),
        ("٫", AmountFault.MALFORMED),
        ("١٢٣", AmountFault.MALFORMED),
        ("𝟏𝟐𝟑", AmountFault.MALFORMED),
        ("²³", AmountFault.MALFORMED),
        ("10 00", AmountFault.MALFORMED),
        ("1 0000", AmountFault.MALFORMED),
        ("1\n000", AmountFault.MALFORMED),
        ("1,000 000", AmountFault.MALFORMED),
        ("1.2.3", AmountFault.MALFORMED),
        ("1,2,3", AmountFault.MALFORMED),
        (".5", AmountFault.MALFORMED),
        ("446 USD", AmountFault.MALFORMED),
        ("446 ₸ 5", AmountFault.MALFORMED),
        ("тг", AmountFault.MALFORMED),
        ("\u20111", AmountFault.NEGATIVE),
        ("-1", AmountFault.NEGATIVE),
        ("\u22121", AmountFault.NEGATIVE),
        ("-0.01", AmountFault.NEGATIVE),
        ("1.001", AmountFault.TOO_PRECISE),
        ("1000,500", AmountFault.TOO_PRECISE),
        ("0,000", AmountFault.TOO_PRECISE),
        ("1,500", AmountFault.TOO_PRECISE),
        ("1.500", AmountFault.TOO_PRECISE),
        ("8,476.900", AmountFault.TOO_PRECISE),
        ("1000000000000", AmountFault.TOO_LARGE),
        ("9" * 4096, AmountFault.TOO_LARGE),
    ],
)
def test_other_texts_are_refused_with_their_reason(typed: str, reason: AmountFault) -> None:
    with pytest.raises(AmountInvalid) as refusal:
        Money.parse(typed)

    assert refusal.value.reason is reason


@pytest.mark.parametrize(
    ("tiyn", "russian", "english"),
    [
        (0, "0\u00a0₸", "0\u00a0₸"),
        (1, "0,01\u00a0₸", "0.01\u00a0₸"),
        (44_600, "446\u00a0₸", "446\u00a0₸"),
        (44_610, "446,10\u00a0₸", "446.10\u00a0₸"),
        (847_690, "8\u00a0476,90\u00a0₸", "8,476.90\u00a0₸"),
        (100_000_000, "1\u00a0000\u00a0000\u00a0₸", "1,000,000\u00a0₸"),
        (-44_600, "-446\u00a0₸", "-446\u00a0₸"),
        (-1, "-0,01\u00a0₸", "-0.01\u00a0₸"),
        (-847_690, "-8\u00a0476,90\u00a0₸", "-8,476.90\u00a0₸"),
    ],
)
def test_money_is_shown_in_the_readers_language(tiyn: int, russian: str, english: str) -> None:
    money = Money(tiyn)

    assert money.shown("ru") == russian
    assert money.shown("kk") == russian
    assert money.shown("en") == english
    assert money.shown("de") == english


@settings(max_examples=100)
@given(AMOUNTS)
def test_a_shown_amount_can_be_typed_back(money: Money) -> None:
    assert Money.parse(money.shown("ru")) == money
    assert Money.parse(money.shown("kk")) == money


@settings(max_examples=100)
@given(AMOUNTS)
def test_an_english_amount_typed_back_is_the_same_or_refused_never_another(money: Money) -> None:
    shown = money.shown("en")

    if shown.count(",") == 1 and "." not in shown:
        with pytest.raises(AmountInvalid):
            Money.parse(shown)
    else:
        assert Money.parse(shown) == money


@pytest.mark.parametrize(
    ("value", "tiyn"),
    [
        ("0", 0),
        ("-0.00", 0),
        ("0E+999999", 0),
        ("8476.9", 847_690),
        ("8476.900", 847_690),
        ("-446", -44_600),
        ("-0.01", -1),
        ("1E+3", 100_000),
        ("999999999999.99", 99_999_999_999_999),
    ],
)
def test_the_operators_decimals_are_taken_exactly(value: str, tiyn: int) -> None:
    assert Money.from_decimal(Decimal(value)) == Money(tiyn)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("NaN", AmountFault.MALFORMED),
        ("sNaN", AmountFault.MALFORMED),
        ("Infinity", AmountFault.MALFORMED),
        ("-Infinity", AmountFault.MALFORMED),
        ("0.001", AmountFault.TOO_PRECISE),
        ("-0.005", AmountFault.TOO_PRECISE),
        ("1.005", AmountFault.TOO_PRECISE),
        ("1E-999999", AmountFault.TOO_PRECISE),
        ("1000000000000", AmountFault.TOO_LARGE),
        ("-1E+999999", AmountFault.TOO_LARGE),
    ],
)
def test_decimals_that_are_no_tenge_are_refused(value: str, reason: AmountFault) -> None:
    with pytest.raises(AmountInvalid) as refusal:
        Money.from_decimal(Decimal(value))

    assert refusal.value.reason is reason


@settings(max_examples=100)
@given(st.integers(-(10**14) + 1, 10**14 - 1).map(Money))
def test_decimals_and_tiyn_are_the_same_amount(money: Money) -> None:
    assert Money.from_decimal(money.decimal) == money
    assert money.decimal.as_tuple().exponent == -2


def test_money_adds_up_and_compares() -> None:
    assert Money(150) + Money(50) == Money(200)
    assert Money(150) - Money(200) == Money(-50)
    assert -Money(150) == Money(-150)
    assert abs(Money(-150)) == Money(150)
    assert Money(150) * 3 == Money(450)
    assert sum([Money(1), Money(2)], ZERO) == Money(3)
    assert sorted([Money(100), Money(-1), ZERO]) == [Money(-1), ZERO, Money(100)]
    assert Money(99) < Money(100) <= Money(100)
    assert Money(-1)
    assert not ZERO


@pytest.mark.parametrize("tiyn", [1.0, Decimal(1), True, "1"])
def test_tiyn_are_whole_numbers_and_nothing_else(tiyn: object) -> None:
    with pytest.raises(TypeError):
        Money(tiyn)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "tiyn"),
    [
        ("8475.900000000001", 847_590),
        ("20.405", 2_040),  # half to even
        ("20.415", 2_042),
        ("-0.005", 0),
        ("-0.0151", -2),
        ("1E+3", 100_000),
        ("0.0000", 0),
    ],
)
def test_what_is_finer_than_a_tiyn_is_rounded_half_to_even(told: str, tiyn: int) -> None:
    assert Money.rounded(Decimal(told)) == Money(tiyn)


@pytest.mark.parametrize("told", ["NaN", "-Infinity", "1E+999999", "1E-999999", "1000000000000"])
def test_what_is_no_amount_of_money_is_not_rounded(told: str) -> None:
    with pytest.raises(AmountInvalid):
        Money.rounded(Decimal(told))


@given(st.lists(st.decimals(-(10**9), 10**9, places=6), max_size=50))
def test_a_sum_of_rates_is_rounded_once(rates: list[Decimal]) -> None:
    total = ExactSum()
    for rate in rates:
        shown = Money.rounded(rate)
        total.add(shown, rate - shown.decimal)
    assert total.shown == Money.rounded(sum(rates, Decimal(0)))
