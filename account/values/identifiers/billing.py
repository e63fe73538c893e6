"""The numbers on accounts and invoices (7.5)."""

import re
from dataclasses import dataclass
from typing import Self

from account.errors.input import IinInvalid, ReferenceInvalid, ReferenceKind
from account.kazakhstan import invoices
from account.values.identifiers.parties import Bin, is_day
from account.values.identifiers.plain_text import fold, parts_of, require


@dataclass(frozen=True, slots=True)
class AccountNumber:
    """A customer account: 6-10 digits (7.5)."""

    digits: str

    def __post_init__(self) -> None:
        require(r"[0-9]{6,10}", self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ReferenceInvalid."""
        return cls(_reference(r"[0-9]{6,10}", text, ReferenceKind.ACCOUNT, between=r"[ .\-]"))


@dataclass(frozen=True, slots=True)
class AccountingNumber:
    """An invoice's own accounting (reference) number: 1-30 digits, zeros in front count (T6)."""

    digits: str

    def __post_init__(self) -> None:
        require(r"[0-9]{1,30}", self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ReferenceInvalid."""
        return cls(_reference(r"[0-9]{1,30}", text, ReferenceKind.ACCOUNTING))


@dataclass(frozen=True, slots=True)
class RegistrationForm:
    """A registration form: 6-14 digits, a hyphen, 1-4 digits (7.5)."""

    text: str

    def __post_init__(self) -> None:
        require(r"[0-9]{6,14}-[0-9]{1,4}", self.text)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ReferenceInvalid."""
        kind = ReferenceKind.REGISTRATION_FORM
        return cls(_reference(r"[0-9]{6,14}-[0-9]{1,4}", text, kind))


@dataclass(frozen=True, slots=True)
class EsfRegistrationNumber:
    """The electronic invoice's registration number, 34 characters (T6, 7.5).

    `ESF-`, the seller's BIN, the date yyyymmdd, 8 digits.
    """

    text: str

    def __post_init__(self) -> None:
        require(invoices.REGISTRATION_NUMBER, self.text)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Small letters do as well, and words before it. Raises ReferenceInvalid, also for a wrong
        BIN or date.
        """
        kind = ReferenceKind.ESF_REGISTRATION
        written = _ESF.fullmatch(fold(text).strip())
        if written is None:
            raise ReferenceInvalid(kind)
        digits = re.sub(r"[^0-9]", "", written["number"])
        typed = f"ESF-{digits[:12]}-{digits[12:20]}-{digits[20:]}"
        day = typed[invoices.DAY_PART]
        if not is_day(int(day[:4]), int(day[4:6]), int(day[6:])):
            raise ReferenceInvalid(kind)
        try:
            Bin.parse(typed[invoices.BIN_PART])
        except IinInvalid:
            raise ReferenceInvalid(kind) from None
        return cls(typed)

    @property
    def year(self) -> int:
        """The year it was registered in."""
        return int(self.text[17:21])


_ESF = re.compile(
    r"(?:[^\d]*[^\d\w])?(?P<number>[Ee][Ss][Ff](?: ?-? ?[0-9]{12})(?: ?-? ?[0-9]{8}){2})[ .,;\"')]*"
)


def _reference(pattern: str, text: str, kind: ReferenceKind, between: str = " ") -> str:
    """The one reference in the text, without what may stand `between` its digits."""
    parts = parts_of(text)
    typed = re.sub(between, "", parts[0]) if len(parts) == 1 else ""
    if re.fullmatch(pattern, typed) is None:
        raise ReferenceInvalid(kind)
    return typed
