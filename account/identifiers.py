"""The numbers and addresses people type, each checked once and then trusted.

`parse(text)` is the only way in for typed text: it raises the typed refusal of `account.errors`.
The constructor is for what is already in normal form (our own storage, a checked answer of the
operator) and raises ValueError for anything else. `repr` and `str` are masked, because objects
end up in logs; the full value is asked for by name (`digits`, `shown`, `address`).

Only the ASCII digits are digits here: `str.isdigit`, `int` and the d of patterns take `١٢٣` and
`１２３` too. Every pattern is matched whole, since `$` lets a trailing newline through.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

import phonenumbers
from stdnum import luhn

from account.errors import (
    EmailInvalid,
    IccidInvalid,
    IinInvalid,
    IinRule,
    ImeiInvalid,
    NumberFault,
    NumberInvalid,
    ReferenceInvalid,
    ReferenceKind,
    TextFault,
    TextRefused,
)

# Marks without a width that phones and word processors leave in copied numbers: soft hyphen,
# zero-width characters, marks of writing direction, BOM.
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff" + _BIDI
_AS_TYPED_NUMBER = str.maketrans({"\u00a0": " ", "\u202f": " "} | dict.fromkeys(_INVISIBLE))

_CONTROLS_BUT_TAB_AND_NEWLINE = "\u0000-\u0008\u000b-\u001f\u007f-\u009f"
_UNSAFE_IN_TEXT = re.compile(f"[{_CONTROLS_BUT_TAB_AND_NEWLINE}{_BIDI}\ud800-\udfff]")


def _require(pattern: str, value: str) -> None:
    """Hold the constructor to the normal form; the value stays out of the message."""
    if re.fullmatch(pattern, value) is None:
        raise ValueError(f"not in the normal form {pattern}")


def digits_of(text: str) -> str | None:
    """The digits of a phone number or of a part of one, or None when the text is something else.

    For search: only digits, spaces, brackets, hyphens and plus, and at least three digits. A
    leading 8 stays an 8.
    """
    typed = text.translate(_AS_TYPED_NUMBER).strip()
    if re.fullmatch(r"[0-9 ()+\-]+", typed) is None:
        return None
    digits = re.sub(r"[^0-9]", "", typed)
    return digits if len(digits) >= 3 else None


def clean_text(text: str, limit: int) -> str:
    """Free text without the white space around it, at most `limit` characters.

    Raises TextRefused for what PostgreSQL or an encoder chokes on (NUL, lone surrogates), what
    turns the direction of writing, other control characters, and for text with nothing visible.
    """
    stripped = text.strip()
    if _UNSAFE_IN_TEXT.search(stripped):
        raise TextRefused(TextFault.FORBIDDEN_CHARACTERS)
    if not stripped.strip(_INVISIBLE):
        raise TextRefused(TextFault.EMPTY)
    if len(stripped) > limit:
        raise TextRefused(TextFault.TOO_LONG, limit)
    return stripped


# --- Phone numbers ---------------------------------------------------------------------------


class Carrier(StrEnum):
    """The operator a Kazakh number range was given to. Numbers move: the register knows better."""

    KCELL = "kcell"
    BEELINE = "beeline"
    TELE2 = "tele2"
    OTHER = "other"


# Own data (7.1): the carrier names of phonenumbers change with the language and the release.
_CARRIER_OF_RANGE = {
    **dict.fromkeys(("701", "702", "775", "778"), Carrier.KCELL),
    **dict.fromkeys(("705", "706", "771", "776", "777"), Carrier.BEELINE),
    **dict.fromkeys(("700", "707", "708", "747"), Carrier.TELE2),
}
_MOBILE = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
)

_CALLED = (*_MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.VOIP)


@dataclass(frozen=True, slots=True, repr=False)
class Msisdn:
    """A mobile number: E.164 digits without the plus, 11 of them in Kazakhstan (T1, 7.1)."""

    digits: str

    def __post_init__(self) -> None:
        _require(r"[1-9][0-9]{6,14}", self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Any writing of an E.164 number, and of a Kazakh one with 8, with 7 or without.

        Raises NumberInvalid.
        """
        return cls._parse(text, _MOBILE)

    @classmethod
    def parse_called(cls, text: str) -> Self:
        """The same for numbers that people call, city lines included (S20-3).

        No toll-free, shared-cost or premium number. Raises NumberInvalid.
        """
        return cls._parse(text, _CALLED)

    @classmethod
    def _parse(cls, text: str, kinds: tuple[int, ...]) -> Self:
        typed = text.translate(_AS_TYPED_NUMBER).strip()
        # Letters have to go before the library sees them: it dials 7701ABCDEFG as +77012223334.
        if re.fullmatch(r"\+?[0-9 ()\-]{7,22}", typed) is None:
            raise NumberInvalid(NumberFault.MALFORMED)
        digits = _international(typed)
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
            return "+7 " + self.short
        return phonenumbers.format_number(
            self._number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )

    @property
    def short(self) -> str:
        """`701 054 20 06` for a button; abroad the same as `shown`."""
        if not self._kazakh:
            return self.shown
        d = self.digits
        return f"{d[1:4]} {d[4:7]} {d[7:9]} {d[9:]}"

    @property
    def masked(self) -> str:
        """`+7 701 ***-**-06` for the audit and logs (3.2); abroad `+996 ***56`."""
        if self._kazakh:
            return f"+7 {self.digits[1:4]} ***-**-{self.digits[-2:]}"
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
    def carrier(self) -> Carrier | None:
        """Who was given the number's range; None abroad."""
        if self.region != "KZ":
            return None
        return _CARRIER_OF_RANGE.get(self.digits[1:4], Carrier.OTHER)

    @property
    def code_by_email(self) -> bool:
        """Whether a one-time code goes by e-mail instead of SMS: Tele2/Altel and abroad (S02-1).

        By number range only. When the operator's register knows the number, the register wins.
        """
        return self.carrier in (None, Carrier.TELE2)

    @property
    def _kazakh(self) -> bool:
        # Of the shared code 7 Kazakhstan holds everything that goes on with 7.
        return len(self.digits) == 11 and self.digits.startswith("77")

    @property
    def _number(self) -> phonenumbers.PhoneNumber:
        return phonenumbers.parse(self.e164)

    def __repr__(self) -> str:
        return f"Msisdn({self.masked})"


def _international(typed: str) -> str:
    """The E.164 digits meant by an accepted writing (7.1, step 2)."""
    digits = re.sub(r"[^0-9]", "", typed)
    if typed.startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    if len(digits) == 11 and digits[0] == "8":
        return "7" + digits[1:]
    if len(digits) == 10 and digits[0] == "7":
        return "7" + digits
    return digits


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# --- Devices and SIM cards -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class Imei:
    """A device, known by the first 14 digits of its IMEI (T3, 7.3)."""

    key: str

    def __post_init__(self) -> None:
        _require(r"[0-9]{14}", self.key)

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
        _require(r"89[0-9]{17,18}", self.digits)

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


# --- Persons and companies -------------------------------------------------------------------

_FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_BIRTH_CENTURY = {"0": 2000, "1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}


def _control_digit(eleven: str) -> int | None:
    """Digit 12 for digits 1-11; None when no such number is ever issued (7.2)."""
    for weights in (_FIRST_WEIGHTS, _SECOND_WEIGHTS):
        control = sum(int(d) * w for d, w in zip(eleven, weights, strict=True)) % 11
        if control < 10:
            return control
    return None


def _twelve_digits(text: str) -> str:
    """What IIN and BIN have in common, the control digit before any meaning. Raises IinInvalid."""
    typed = text.strip()
    if re.fullmatch(r"[0-9]{12}", typed) is None:
        raise IinInvalid(IinRule.TWELVE_DIGITS)
    control = _control_digit(typed[:11])
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
        _require(r"[0-9]{12}", self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises IinInvalid with the rule that failed."""
        digits = _twelve_digits(text)
        century = _BIRTH_CENTURY.get(digits[6])
        if century is None:
            raise IinInvalid(IinRule.CENTURY)
        if not _is_day(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6])):
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
        _require(r"[0-9]{12}", self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises IinInvalid with the rule that failed."""
        digits = _twelve_digits(text)
        if not 1 <= int(digits[2:4]) <= 12:
            raise IinInvalid(IinRule.REGISTRATION_MONTH)
        if digits[4] not in "456":
            raise IinInvalid(IinRule.ENTITY_KIND)
        if digits[5] not in "0123":
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
    # Digit 5 opens the day of birth in an IIN (0-3) and is the kind, 4-6, in a BIN.
    return Bin.parse(digits) if digits[4] in "456" else Iin.parse(digits)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


# --- Papers ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountNumber:
    """A customer account: 6-10 digits (7.5)."""

    digits: str

    def __post_init__(self) -> None:
        _require(r"[0-9]{6,10}", self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ReferenceInvalid."""
        return cls(_reference(r"[0-9]{6,10}", text, ReferenceKind.ACCOUNT))


@dataclass(frozen=True, slots=True)
class AccountingNumber:
    """An invoice's own accounting (reference) number: 1-30 digits, zeros in front count (T6)."""

    digits: str

    def __post_init__(self) -> None:
        _require(r"[0-9]{1,30}", self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ReferenceInvalid."""
        return cls(_reference(r"[0-9]{1,30}", text, ReferenceKind.ACCOUNTING))


@dataclass(frozen=True, slots=True)
class RegistrationForm:
    """A registration form: 6-14 digits, a hyphen, 1-4 digits (7.5)."""

    text: str

    def __post_init__(self) -> None:
        _require(r"[0-9]{6,14}-[0-9]{1,4}", self.text)

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
        _require(r"ESF-[0-9]{12}-[0-9]{8}-[0-9]{8}", self.text)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Small letters do as well. Raises ReferenceInvalid, also for a wrong BIN or date."""
        kind = ReferenceKind.ESF_REGISTRATION
        # Matched before upper(), which makes an S of the long s U+017F.
        typed = _reference(r"[Ee][Ss][Ff]-[0-9]{12}-[0-9]{8}-[0-9]{8}", text, kind).upper()
        day = typed[17:25]
        if not _is_day(int(day[:4]), int(day[4:6]), int(day[6:])):
            raise ReferenceInvalid(kind)
        try:
            Bin.parse(typed[4:16])
        except IinInvalid:
            raise ReferenceInvalid(kind) from None
        return cls(typed)


def _reference(pattern: str, text: str, kind: ReferenceKind) -> str:
    typed = text.strip()
    if re.fullmatch(pattern, typed) is None:
        raise ReferenceInvalid(kind)
    return typed


# --- E-mail ----------------------------------------------------------------------------------

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?"
_ADDRESS = rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[a-z0-9\-]*[a-z]){_LABEL}"
_LONGEST_ADDRESS = 254
_LONGEST_LOCAL_PART = 64


@dataclass(frozen=True, slots=True, repr=False)
class Email:
    """An address in ASCII: the part before @ as typed, the domain small and in punycode (7.6)."""

    address: str

    def __post_init__(self) -> None:
        _require(_ADDRESS, self.address)

    @classmethod
    def parse(cls, text: str) -> Self:
        """One @, a dot in the domain, at most 254 characters, nothing that could open a header.

        Raises EmailInvalid.
        """
        local, at, domain = text.strip().rpartition("@")
        if not at or len(local) > _LONGEST_LOCAL_PART:
            raise EmailInvalid
        address = f"{local}@{_punycode(domain.lower())}"
        if len(address) > _LONGEST_ADDRESS or re.fullmatch(_ADDRESS, address) is None:
            raise EmailInvalid
        return cls(address)

    @property
    def domain(self) -> str:
        """In punycode, small letters: what allowed domains are compared with (G-13)."""
        return self.address.rpartition("@")[2]

    @property
    def masked(self) -> str:
        """`a***@k***.kz` (S02-2), the domain in its own letters."""
        domain = _own_letters(self.domain)
        return f"{self.address[0]}***@{domain[0]}***.{domain.rpartition('.')[2]}"

    def __repr__(self) -> str:
        return f"Email({self.masked})"


def _punycode(domain: str) -> str:
    """Raises EmailInvalid for a domain the encoding would silently turn into another one.

    It folds full-width letters, drops zero-width ones and makes `ss` of `ß`.
    """
    if domain.isascii():
        return domain
    try:
        encoded = domain.encode("idna")
        if encoded.decode("idna") != domain:
            raise EmailInvalid
    except UnicodeError:
        raise EmailInvalid from None
    return encoded.decode("ascii")


def _own_letters(domain: str) -> str:
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain
