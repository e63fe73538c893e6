"""Devices and SIM cards by their numbers (7.3, 7.4)."""

import re
from dataclasses import dataclass
from typing import Self

from stdnum import luhn

from account.errors.typed import IccidInvalid, ImeiInvalid
from account.values.identifiers.typed import require


@dataclass(frozen=True, slots=True, repr=False)
class Imei:
    """A device, known by the first 14 digits of its IMEI (T3, 7.3)."""

    key: str

    def __post_init__(self) -> None:
        require(r"[0-9]{14}", self.key)

    @classmethod
    def parse(cls, text: str) -> Self:
        """14 digits, 15 with a right check digit, or 16 with a software version (IMEISV).

        Raises ImeiInvalid, which names the check digit when that alone is wrong.
        """
        typed = text.strip()
        if re.fullmatch(r"[0-9]{14,16}", typed) is None:
            raise ImeiInvalid
        imei = cls(typed[:14])
        if len(typed) == 15 and typed != imei.full:
            raise ImeiInvalid(expected_digit=int(imei.full[-1]))
        return imei

    @property
    def full(self) -> str:
        """15 digits: the key and its Luhn digit, as people are shown it."""
        return self.key + str(luhn.calc_check_digit(self.key))

    @property
    def tac(self) -> str:
        """The model: the first 8 digits."""
        return self.key[:8]

    @property
    def masked(self) -> str:
        """`3536780*******` for the audit (3.2)."""
        return self.key[:7] + "*" * 7

    def __repr__(self) -> str:
        return f"Imei({self.masked})"


@dataclass(frozen=True, slots=True, repr=False)
class Iccid:
    """The number of a SIM card: 19 or 20 digits from 89, Luhn over all of them (7.4)."""

    digits: str

    def __post_init__(self) -> None:
        require(r"89[0-9]{17,18}", self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises IccidInvalid."""
        typed = text.strip()
        if re.fullmatch(r"89[0-9]{17,18}", typed) is None or not luhn.is_valid(typed):
            raise IccidInvalid
        return cls(typed)

    @property
    def masked(self) -> str:
        """`8999702*********8485`: the issuer and the last four digits."""
        return self.digits[:7] + "*" * (len(self.digits) - 11) + self.digits[-4:]

    def __repr__(self) -> str:
        return f"Iccid({self.masked})"
