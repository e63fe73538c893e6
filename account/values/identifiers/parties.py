"""Persons and companies by their numbers, IIN and BIN (7.2)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from account.errors.input import IinInvalid, IinRule
from account.kazakhstan import identification_numbers
from account.values.identifiers.plain_text import parts_of, require


def _twelve_digits(text: str) -> str:
    """What IIN and BIN have in common, the control digit before any meaning. Raises IinInvalid."""
    parts = parts_of(text)
    typed = re.sub(r"[ .\-]", "", parts[0]) if len(parts) == 1 else ""
    if re.fullmatch(r"[0-9]{12}", typed) is None:
        raise IinInvalid(IinRule.TWELVE_DIGITS)
    control = identification_numbers.control_digit(typed[:11])
    if control is None:
        raise IinInvalid(IinRule.NEVER_ISSUED)
    if control != int(typed[11]):
        raise IinInvalid(IinRule.CONTROL_DIGIT, expected_digit=control)
    return typed


@dataclass(frozen=True, slots=True, repr=False)
class Iin:
    """A person: 12 digits, birth date, century with sex, serial, control digit (7.2)."""

    digits: str

    def __post_init__(self) -> None:
        require(r"[0-9]{12}", self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises IinInvalid with the rule that failed."""
        digits = _twelve_digits(text)
        century = identification_numbers.BIRTH_CENTURY.get(digits[6])
        if century is None:
            raise IinInvalid(IinRule.CENTURY)
        if not is_day(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6])):
            raise IinInvalid(IinRule.BIRTH_DATE)
        return cls(digits)

    @property
    def masked(self) -> str:
        """`********0011`: nothing of the birth date."""
        return "*" * 8 + self.digits[-4:]

    def __repr__(self) -> str:
        return f"Iin({self.masked})"


@dataclass(frozen=True, slots=True, repr=False)
class Bin:
    """A company: 12 digits, month of registration, kind, division, serial, control (7.2)."""

    digits: str

    def __post_init__(self) -> None:
        require(r"[0-9]{12}", self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises IinInvalid with the rule that failed."""
        digits = _twelve_digits(text)
        if not 1 <= int(digits[2:4]) <= 12:
            raise IinInvalid(IinRule.REGISTRATION_MONTH)
        if not identification_numbers.is_of_a_company(digits):
            raise IinInvalid(IinRule.ENTITY_KIND)
        if digits[5] not in identification_numbers.DIVISIONS:
            raise IinInvalid(IinRule.DIVISION)
        return cls(digits)

    @property
    def masked(self) -> str:
        """`********0018`."""
        return "*" * 8 + self.digits[-4:]

    def __repr__(self) -> str:
        return f"Bin({self.masked})"


def parse_iin_or_bin(text: str) -> Iin | Bin:
    """The previous owner of a device, a person or a company (S23). Raises IinInvalid."""
    digits = _twelve_digits(text)
    company = identification_numbers.is_of_a_company(digits)
    return Bin.parse(digits) if company else Iin.parse(digits)


def is_day(year: int, month: int, day: int) -> bool:
    """Tell whether the calendar has such a day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
