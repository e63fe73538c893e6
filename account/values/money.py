"""Tenge, counted in whole tiyn.

Inside there is only `int`, outside `Decimal`, nowhere a float (G-4). What is typed is never
rounded: an amount with three decimals is refused (G-5), because whoever typed it meant something
else than we would send.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact
from typing import Self

from account.errors.input import AmountFault, AmountInvalid
from account.kazakhstan import currency
from account.values.identifiers.plain_text import fold
from account.values.languages import language_of

_NBSP = "\u00a0"
_WORDS = "|".join(word for word in currency.UNIT_WORDS if word != currency.SIGN)
_CURRENCY = re.compile(
    rf"^(?:{currency.SIGN}|(?:{_WORDS})\b) ?| ?(?:{currency.SIGN}|{_WORDS})\.?$", re.IGNORECASE
)
_LABEL = re.compile(r"^(?:сумма|сома|сомасы|amount|sum)\b ?[:=\-]? ?", re.IGNORECASE)
_THOUSANDS = re.compile(r" ?(?:тыс\.?|тысяч[аи]?|мың|thousand)$", re.IGNORECASE)
_TRAILING = " .,=!"
_LONGEST_WHOLE = 12  # digits before the decimals: a trillion tenge is no balance but a mistake

_SPACED = re.compile(r"([0-9]+|[0-9]{1,3}(?: [0-9]{3})+)(?:[.,]([0-9]+))?")
# One comma alone is read as a decimal comma, `1,500` therefore as three decimals and refused;
# only writings that leave no doubt pass for English groups.
_ENGLISH = re.compile(
    r"([0-9]{1,3}(?:,[0-9]{3}){2,}|[0-9]{1,3}(?:,[0-9]{3})+(?=\.))(?:\.([0-9]+))?"
)

_DOTTED = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:\.[0-9]{3})+(?=,))(?:,([0-9]+))?")

_FINEST = 30  # decimals; a rate has six, what binary floats leave behind about sixteen
EXACT = Context(prec=_LONGEST_WHOLE + _FINEST + 20, traps=[Inexact])
"""For sums of amounts that are finer than a tiyn: nothing is rounded before it is shown."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in tenge (KZT), `tiyn` hundredths of it; negative for a debt."""

    tiyn: int

    def __post_init__(self) -> None:
        if type(self.tiyn) is not int:
            raise TypeError("tiyn are whole")

    @classmethod
    def parse(cls, text: str) -> Self:
        """A typed amount, zero or more: `1000`, `1 000`, `1 000,50`, `1000.50`, `446 ₸`, `446 тг`.

        Groups may be parted by a blank of any width (S37-2), an apostrophe, or where no doubt is
        left by commas or dots; `5 тыс` is 5000. Raises AmountInvalid with its reason.
        """
        typed = _LABEL.sub("", re.sub(" +", " ", fold(text)).strip())
        typed = _CURRENCY.sub("", typed.rstrip(_TRAILING)).rstrip(_TRAILING)
        typed = re.sub("(?<=[0-9])['\"](?=[0-9]{3}(?![0-9]))", " ", typed)
        bare = _THOUSANDS.sub("", typed)
        if re.match(r"-[0-9]", typed):
            raise AmountInvalid(AmountFault.NEGATIVE)
        match = next(
            filter(None, (one.fullmatch(bare) for one in (_ENGLISH, _DOTTED, _SPACED))), None
        )
        if match is None:
            raise AmountInvalid(AmountFault.MALFORMED)
        whole = re.sub(r"[ ,.]", "", match[1]).lstrip("0")
        decimals = match[2] or ""
        if len(decimals) > 2:
            raise AmountInvalid(AmountFault.TOO_PRECISE)
        if len(whole) > _LONGEST_WHOLE:
            raise AmountInvalid(AmountFault.TOO_LARGE)
        return cls(int(whole + decimals.ljust(2, "0")) * (1 if bare == typed else 1000))

    @classmethod
    def from_decimal(cls, value: Decimal) -> Self:
        """Tenge as the operator sends them, negative ones too; `8476.900` is exact and passes.

        Raises AmountInvalid: MALFORMED for NaN and infinity, TOO_PRECISE, TOO_LARGE.
        """
        if not value.is_finite():
            raise AmountInvalid(AmountFault.MALFORMED)
        if not value:
            return cls(0)
        # The size comes first: 1E+999999 as an integer ratio would fill the memory.
        if value.adjusted() >= _LONGEST_WHOLE:
            raise AmountInvalid(AmountFault.TOO_LARGE)
        if value.adjusted() < -2:
            raise AmountInvalid(AmountFault.TOO_PRECISE)
        numerator, denominator = value.as_integer_ratio()
        tiyn, rest = divmod(numerator * 100, denominator)
        if rest:
            raise AmountInvalid(AmountFault.TOO_PRECISE)
        return cls(tiyn)

    @classmethod
    def rounded(cls, value: Decimal) -> Self:
        """Tenge that may be finer than a tiyn (a rate, a sum of rates), half to even, for showing.

        Raises AmountInvalid: MALFORMED, TOO_LARGE, TOO_PRECISE for what no rate is written like.
        """
        if not value.is_finite():
            raise AmountInvalid(AmountFault.MALFORMED)
        if value and value.adjusted() >= _LONGEST_WHOLE:
            raise AmountInvalid(AmountFault.TOO_LARGE)
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -_FINEST:
            raise AmountInvalid(AmountFault.TOO_PRECISE)
        return cls(int(value.scaleb(2).quantize(Decimal(1), ROUND_HALF_EVEN)))

    @property
    def decimal(self) -> Decimal:
        """Tenge with two decimals, exact."""
        return Decimal(self.tiyn).scaleb(-2)

    def shown(self, language: str) -> str:
        """`8 476,90 ₸` and `446 ₸` with no-break spaces; in English `8,476.90 ₸` (G-4).

        Decimals only when there are any. An unknown language is shown as English, the way G-1
        picks languages.
        """
        whole, tiyn = divmod(abs(self.tiyn), 100)
        text = f"{whole:,}.{tiyn:02}" if tiyn else f"{whole:,}"
        text = language_of(language).figures(text)
        return f"{'-' if self.tiyn < 0 else ''}{text}{_NBSP}{currency.SIGN}"

    @property
    def whole(self) -> "Money":
        """The sum in whole tenge, rounded down: what is there for certain."""
        return Money(self.tiyn // 100 * 100)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.tiyn + other.tiyn)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.tiyn - other.tiyn)

    def __neg__(self) -> "Money":
        return Money(-self.tiyn)

    def __abs__(self) -> "Money":
        return Money(abs(self.tiyn))

    def __mul__(self, times: int) -> "Money":
        return Money(self.tiyn * times)

    def __bool__(self) -> bool:
        return self.tiyn != 0


ZERO = Money(0)


@dataclass(slots=True)
class ExactSum:
    """A sum of amounts that may each be finer than a tiyn, exact until it is shown."""

    tiyn: int = 0
    finer: Decimal = Decimal(0)

    def add(self, shown: Money, finer: Decimal = Decimal(0)) -> None:
        """Take an amount as it is shown, and what its rounding gave or took (in tenge)."""
        self.tiyn += shown.tiyn
        if finer:
            self.finer = EXACT.add(self.finer, finer)

    def merge(self, other: "ExactSum") -> None:
        """Take another sum."""
        self.add(Money(other.tiyn), other.finer)

    @property
    def shown(self) -> Money:
        """The sum, rounded once, half to even."""
        if not self.finer:
            return Money(self.tiyn)
        return Money.rounded(EXACT.add(Money(self.tiyn).decimal, self.finer))
