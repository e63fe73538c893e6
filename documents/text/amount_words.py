"""Amounts in words, as certificates write them: `Бір мың екі жүз теңге 50 тиын`.

Numerals are grammar, not texts to translate: each language counts in its own way, so they stand
here and not in the catalogues. Tiyn stay figures, as the accounts of the country write them.
"""

from __future__ import annotations

from account.kazakhstan import currency
from account.values.money import Money


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_RU_UNITS = _words(
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать "
    "тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
)
_RU_TENS = _words("двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто")
_RU_HUNDREDS = _words("сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот")
_KK_UNITS = _words("нөл бір екі үш төрт бес алты жеті сегіз тоғыз")
_KK_TENS = _words("он жиырма отыз қырық елу алпыс жетпіс сексен тоқсан")
_EN_UNITS = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen "
    "fourteen fifteen sixteen seventeen eighteen nineteen"
)
_EN_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
_RU_GROUPS = (
    ("", "", ""),
    ("тысяча", "тысячи", "тысяч"),
    ("миллион", "миллиона", "миллионов"),
    ("миллиард", "миллиарда", "миллиардов"),
    ("триллион", "триллиона", "триллионов"),
)
_KK_GROUPS = ("", "мың", "миллион", "миллиард", "триллион")
_EN_GROUPS = ("", "thousand", "million", "billion", "trillion")

_MINUS = {"kk": "минус", "ru": "минус"}


def amount(money: Money, language: str) -> str:
    """The amount in words, the first letter a capital: `Одна тысяча тенге 00 тиын`.

    A language that is not kk or ru is English. Below 10¹⁵ tenge.
    """
    whole, tiyn = divmod(abs(money.tiyn), 100)
    tenge, coins = currency.SPELLED.get(language, currency.SPELLED["en"])
    said = f"{number(whole, language)} {tenge} {tiyn:02} {coins}"
    if money.tiyn < 0:
        said = f"{_MINUS.get(language, 'minus')} {said}"
    return said[0].upper() + said[1:]


def number(value: int, language: str) -> str:
    """A whole number, zero or more, below 10¹⁵, in words."""
    group, units = {"kk": (_kk_group, _KK_UNITS), "ru": (_ru_group, _RU_UNITS)}.get(
        language, (_en_group, _EN_UNITS)
    )
    if not value:
        return units[0]
    said = []
    for place in range(4, -1, -1):
        three = value // 1000**place % 1000
        if three:
            said += group(three, place)
    return " ".join(said)


def _ru_group(three: int, place: int) -> list[str]:
    """Thousands are feminine; the group's word goes by the last digits."""
    hundreds, rest = divmod(three, 100)
    said = [_RU_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest >= 20:
        said.append(_RU_TENS[rest // 10 - 2])
        rest %= 10
    if rest:
        feminine = {1: "одна", 2: "две"} if place == 1 else {}
        said.append(feminine.get(rest, _RU_UNITS[rest]))
    one, few, many = _RU_GROUPS[place]
    if place:
        said.append(one if rest == 1 else few if rest in {2, 3, 4} else many)
    return said


def _kk_group(three: int, place: int) -> list[str]:
    hundreds, rest = divmod(three, 100)
    said = []
    if hundreds:
        said += [_KK_UNITS[hundreds], "жүз"]
    if rest >= 10:
        said.append(_KK_TENS[rest // 10 - 1])
    if rest % 10:
        said.append(_KK_UNITS[rest % 10])
    return [*said, _KK_GROUPS[place]] if place else said


def _en_group(three: int, place: int) -> list[str]:
    hundreds, rest = divmod(three, 100)
    said = [_EN_UNITS[hundreds], "hundred"] if hundreds else []
    if rest >= 20:
        tens = _EN_TENS[rest // 10 - 2]
        said.append(f"{tens}-{_EN_UNITS[rest % 10]}" if rest % 10 else tens)
    elif rest:
        said.append(_EN_UNITS[rest])
    return [*said, _EN_GROUPS[place]] if place else said
