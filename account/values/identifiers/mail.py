"""Addresses of e-mail (7.6)."""

import re
from dataclasses import dataclass
from typing import Self
from unicodedata import category

from account.errors.input import EmailInvalid
from account.values.identifiers.plain_text import require

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?"
_ADDRESS = rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[a-z0-9\-]*[a-z]){_LABEL}"
_AROUND = ' \t\n\r<>()[]"«»“”.,;:'
_LABEL_BEFORE = r"^(?:(?:e-?mail|почта|пошта)[ :]+)?(?:mailto:)?"
_LONGEST_ADDRESS = 254
_LONGEST_LOCAL_PART = 64


@dataclass(frozen=True, slots=True, repr=False)
class Email:
    """An address in ASCII: the part before @ as typed, the domain small and in punycode (7.6)."""

    address: str

    def __post_init__(self) -> None:
        require(_ADDRESS, self.address)

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

    @classmethod
    def typed(cls, text: str) -> Self:
        """The same as people paste it: in brackets behind a name, as a link, behind a label, with a
        full stop at the end, with signs that nobody sees. Raises EmailInvalid.
        """
        seen = "".join(sign for sign in text if category(sign) != "Cf").strip()
        named = re.fullmatch(r"[^<>@\r\n]*<([^<>]+)>[\s.,;]*", seen)
        bare = (named[1] if named else seen).strip(_AROUND)
        return cls.parse(re.sub(_LABEL_BEFORE, "", bare, flags=re.IGNORECASE))

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
