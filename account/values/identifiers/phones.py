"""Phone numbers (7.1). Whose a range is, the operator's register and profile know."""

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import phonenumbers

from account.errors.input import NumberFault, NumberInvalid
from account.kazakhstan import numbering
from account.values.identifiers.plain_text import parts_of, require

_MOBILE = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
)

_MOST_PIECES = 40
_ANONYMOUS = r"(?:00)?888(?:[0-9]{4}|[0-9]{8})"
"""Numbers of Fragment, which Telegram shares as any other: no operator has them."""

_PIECES = re.compile(r"[ /\-]+|(?<=[0-9)])(?=\+)|(?<=[0-9)]) *\+ (?=[0-9(])")
_CALLED = (*_MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.VOIP)


@dataclass(frozen=True, slots=True, repr=False)
class Msisdn:
    """A mobile number: E.164 digits without the plus, 11 of them in Kazakhstan (T1, 7.1)."""

    digits: str

    def __post_init__(self) -> None:
        require(r"[1-9][0-9]{6,14}", self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Any writing of an E.164 number, and of a Kazakh one with 8, with 7 or without.

        The same number several times is that number; two are never glued. Raises NumberInvalid.
        """
        return cls._parse(text, _MOBILE)

    @classmethod
    def parse_called(cls, text: str) -> Self:
        """The same for numbers that people call, city lines included (S20-3).

        No toll-free, shared-cost or premium number. Raises NumberInvalid.
        """
        return cls._parse(text, _CALLED)

    @classmethod
    def listed(cls, digits: str, *, plus: bool) -> Self | None:
        """The country's mobile number that these digits of a list are as a whole, or None.

        11 digits from 7 or 8, 10 from 7, 13 from 007; behind a plus 11 from 7 alone. Quick: of a
        list of thousands the library is asked once a range.
        """
        whole = digits if plus else numbering.international(digits)
        mobile = numbering.is_national(whole) and _is_mobile_range(whole[:4])
        return cls(whole) if mobile else None

    @classmethod
    def told(cls, text: str) -> Self:
        """A number as a register of the operator's holds it: E.164 with or without the plus or 00,
        a `tel:` URI, parted by signs, or a Kazakh one with 8 or without 7.

        The register knows its numbers: whether a range is given out is not asked. Raises
        ValueError.
        """
        if len(text) == 11 and text.startswith("7") and text.isascii() and text.isdecimal():
            return cls(text)  # as nearly all are written
        written = re.fullmatch(r"(?:tel:)?(\+?)([0-9 ().\-]{7,30})(?:;.*)?", text.strip())
        if written is None:
            raise ValueError("no number")
        digits = re.sub(r"[^0-9]", "", written[2])
        return cls(digits if written[1] else numbering.of_a_register(digits))

    @classmethod
    def _parse(cls, text: str, kinds: tuple[int, ...]) -> Self:
        numbers: set[Self] = set()
        parts = parts_of(text)
        for part in parts:
            try:
                numbers |= cls._in(part, kinds)
            except NumberInvalid:
                if len(parts) == 1:
                    raise
                raise NumberInvalid(NumberFault.MALFORMED) from None
        if len(numbers) != 1:
            raise NumberInvalid(NumberFault.SEVERAL if numbers else NumberFault.MALFORMED)
        return numbers.pop()

    @classmethod
    def _in(cls, part: str, kinds: tuple[int, ...]) -> set[Self]:
        """The number, or the numbers that stand one behind the other: blanks between them, a slash,
        a dash, or the plus of the next one.
        """
        try:
            return {cls._whole(part, kinds)}
        except NumberInvalid:
            pieces = _PIECES.sub(" ", part).split()
            found: dict[int, set[Self]] = {0: set()}
            for first in range(len(pieces) if len(pieces) <= _MOST_PIECES else 0):
                for last in range(first + 1, len(pieces) + 1 if first in found else 0):
                    with suppress(NumberInvalid):
                        number = cls._whole(" ".join(pieces[first:last]), kinds)
                        found.setdefault(last, found[first] | {number})
            if len(pieces) not in found or not pieces:
                raise
            return found[len(pieces)]

    @classmethod
    def _whole(cls, typed: str, kinds: tuple[int, ...]) -> Self:
        """One number, folded and alone."""
        # Letters have to go before the library sees them: it dials 7701ABCDEFG as +77012223334.
        if re.fullmatch(r"\(?\+?[0-9 ()\-./]{7,22}", typed) is None:
            raise NumberInvalid(NumberFault.MALFORMED)
        digits = _international(typed)
        if re.fullmatch(_ANONYMOUS, re.sub(r"[^0-9]", "", typed)):
            raise NumberInvalid(NumberFault.ANONYMOUS)
        try:
            number = phonenumbers.parse("+" + digits)
        except phonenumbers.NumberParseException:
            raise NumberInvalid(NumberFault.MALFORMED) from None
        # The library drops trunk zeros and eights; a number it had to change is not the one typed.
        changed = _e164(number) != "+" + digits
        if changed or not phonenumbers.is_possible_number(number):
            raise NumberInvalid(NumberFault.MALFORMED)
        if not phonenumbers.is_valid_number(number):
            raise NumberInvalid(NumberFault.UNASSIGNED)
        if phonenumbers.number_type(number) not in kinds:
            raise NumberInvalid(NumberFault.NOT_MOBILE)
        return cls(digits)

    @property
    def e164(self) -> str:
        """`+77010542006`."""
        return "+" + self.digits

    @property
    def shown(self) -> str:
        """`+7 701 054 20 06`; abroad as that country writes it."""
        if self._kazakh:
            return numbering.shown(self.digits)
        return phonenumbers.format_number(
            self._number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )

    @property
    def short(self) -> str:
        """`701 054 20 06` for a button; abroad the same as `shown`."""
        if not self._kazakh:
            return self.shown
        return numbering.grouped(self.digits)

    @property
    def masked(self) -> str:
        """`+7 701 ***-**-06` for the audit and logs (3.2); abroad `+996 ***56`."""
        if self._kazakh:
            return numbering.masked(self.digits)
        return f"+{self._number.country_code} ***{self.digits[-2:]}"

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.digits[-4:]

    @property
    def region(self) -> str:
        """The country, `KZ`, `RU`, `KG`; `001` when it belongs to none, `ZZ` when unknown."""
        return phonenumbers.region_code_for_number(self._number) or "ZZ"

    @property
    def abroad(self) -> bool:
        """Whether it is another country's, or none's."""
        return self.region != numbering.REGION

    @property
    def _kazakh(self) -> bool:
        return numbering.is_national(self.digits)

    @property
    def _number(self) -> phonenumbers.PhoneNumber:
        return phonenumbers.parse(self.e164)

    def __repr__(self) -> str:
        return f"Msisdn({self.masked})"


def _international(typed: str) -> str:
    """The E.164 digits meant by an accepted writing (7.1, step 2)."""
    digits = re.sub(r"[^0-9]", "", typed)
    if typed.startswith(("+", "(+")):
        return digits
    return numbering.international(digits)


@lru_cache(maxsize=1000)
def _is_mobile_range(code: str) -> bool:
    """Whether numbers of the country that begin so are mobile ones: `7701`."""
    number = phonenumbers.parse(f"+{code}0000000")
    return (
        phonenumbers.region_code_for_number(number) == numbering.REGION
        and phonenumbers.number_type(number) in _MOBILE
    )


@lru_cache(maxsize=1000)
def is_number(digits: str) -> bool:
    """Whether E.164 digits are a number that some country has given out."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse("+" + digits))
    except phonenumbers.NumberParseException:
        return False


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
