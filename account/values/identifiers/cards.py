"""Devices and SIM cards by their numbers (7.3, 7.4)."""

import re
from dataclasses import dataclass
from typing import Self

from stdnum import luhn

from account.errors.input import IccidInvalid, ImeiInvalid
from account.values.identifiers.plain_text import parts_of, require

_BETWEEN = re.compile(r"[ ()\-./]")
_COUNTED = re.compile(r"[#№]?[12][ .)]+(?P<imei>(?:[0-9][ \-./]?){14}[0-9].*)")
"""The first or second IMEI of a device: `1 356938035643809`."""
_WITH_VERSION = re.compile(r"(?P<imei>.*[0-9][^0-9]*)/ ?[0-9]{2}")
"""As *#06# shows it: 15 digits, a slash, and the version of the software."""


@dataclass(frozen=True, slots=True, repr=False)
class Imei:
    """A device, known by the first 14 digits of its IMEI (T3, 7.3)."""

    key: str

    def __post_init__(self) -> None:
        require(r"[0-9]{14}", self.key)

    @classmethod
    def parse(cls, text: str) -> Self:
        """14 digits, 15 with a right check digit, or 16 with a software version (IMEISV).

        A version behind a slash is not looked at. Raises ImeiInvalid, which names the check digit
        when that alone is wrong.
        """
        found = {cls._whole(part) for part in parts_of(text)}
        if len(found) != 1:
            raise ImeiInvalid(several=bool(found))
        return found.pop()

    @classmethod
    def _whole(cls, part: str) -> Self:
        """One IMEI, folded and alone."""
        part = re.sub(r"^\*?#?06#[ :]*", "", part)
        if (counted := _COUNTED.fullmatch(part)) is not None:
            return cls._whole(counted["imei"])
        typed = _BETWEEN.sub("", part)
        if (shown := _WITH_VERSION.fullmatch(part)) is not None:
            bare = _BETWEEN.sub("", shown["imei"])
            typed = bare if len(bare) == 15 else typed
        if re.fullmatch(r"[0-9]{14,16}", typed) is None:
            raise ImeiInvalid
        imei = cls(typed[:14])
        if len(typed) == 15 and typed != imei.full:
            raise ImeiInvalid(expected_digit=int(imei.full[-1]))
        return imei

    @classmethod
    def told(cls, text: str) -> Self:
        """As a network tells it: as `parse`, or with 0 for its check digit, which a device sends
        in its place (3GPP TS 23.003, 6.2.1).

        Raises ImeiInvalid.
        """
        typed = text.strip()
        if re.fullmatch(r"[0-9]{14}0", typed):
            return cls(typed[:14])
        return cls.parse(typed)

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
    """The number of a SIM card: 18 to 20 digits from 89 (7.4)."""

    digits: str

    def __post_init__(self) -> None:
        require(r"89[0-9]{16,18}", self.digits)

    @classmethod
    def told(cls, text: str) -> Self:
        """As the operator has it: 18 digits are without the check digit, an F fills the last half
        octet of the card's own file (ETSI TS 102 221, 13.2), and the last digit need not fit.

        Raises IccidInvalid.
        """
        typed = re.fullmatch(r"(89[0-9]{16,18})[Ff]?", text.strip())
        if typed is None:
            raise IccidInvalid
        return cls(typed[1])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Its digits, the filler F of card readers and modems dropped. Raises IccidInvalid."""
        found = {cls._whole(part) for part in parts_of(text)}
        if len(found) != 1:
            raise IccidInvalid(several=bool(found))
        return found.pop()

    @classmethod
    def _whole(cls, part: str) -> Self:
        """One ICCID, folded and alone."""
        typed = re.sub(r"(?<=[0-9])[Ff]$", "", _BETWEEN.sub("", part))
        if re.fullmatch(r"89[0-9]{17,18}", typed) is None or not luhn.is_valid(typed):
            raise IccidInvalid
        return cls(typed)

    @property
    def masked(self) -> str:
        """`8999702*********8485`: the issuer and the last four digits."""
        return self.digits[:7] + "*" * (len(self.digits) - 11) + self.digits[-4:]

    def __repr__(self) -> str:
        return f"Iccid({self.masked})"
