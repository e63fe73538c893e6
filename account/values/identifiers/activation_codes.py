"""The activation code of an eSIM, as it is printed and scanned (GSMA SGP.22, 4.1).

Whoever has it can put the number in a device of their own: it is read when it is shown, and no
`repr`, `str` or exception of this module holds anything of it.
"""

import re
from dataclasses import dataclass
from typing import Self

from account.values.identifiers.plain_text import require

LONGEST = 255
"""Signs of a code, without the `LPA:` of its QR symbol."""
_LABEL = r"(?!-)[0-9A-Za-z-]{1,63}(?<!-)"
_HOST = rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+(?!\d+\Z){_LABEL}"
_MATCHING_ID = r"[0-9A-Za-z-]*"
"""Small letters are none of the standard's, and there are servers that give them: they stay."""
_OID = r"[0-9]+(?:\.[0-9]+)*"
_FIELDS = 5


@dataclass(frozen=True, slots=True, repr=False)
class ActivationCode:
    """Where a profile is downloaded from, and by which name: `LPA:1$host$matching ID`.

    `oid` names the server where the card is to check that, else empty. With `confirmation` the
    device asks for a second code, which reaches the user by another way than this one.
    """

    host: str
    matching_id: str
    oid: str = ""
    confirmation: bool = False

    def __post_init__(self) -> None:
        require(_HOST, self.host)
        require(_MATCHING_ID, self.matching_id)
        require(f"(?:{_OID})?", self.oid)
        if len(self._text(self.host)) > LONGEST:
            raise ValueError("too long an activation code")

    @classmethod
    def told(cls, text: str) -> Self:
        """As the operator tells it, with `LPA:` or without.

        Raises ValueError, which says nothing of the code.
        """
        fields = re.sub(r"\ALPA:", "", text.strip(), flags=re.IGNORECASE).split("$")
        if fields[0] != "1" or not 3 <= len(fields) <= _FIELDS:
            raise ValueError("no activation code of format 1")
        host, matching_id, oid, wanted = (*fields[1:], "", "")[:4]
        if wanted not in ("", "1"):
            raise ValueError("no activation code: its last field is 1 or not there")
        return cls(host, matching_id, oid, confirmation=wanted == "1")

    @property
    def shown(self) -> str:
        """As it is typed into a telephone: `LPA:1$rsp.example.kz$04386-AGYFT`."""
        return f"LPA:{self._text(self.host)}"

    @property
    def scanned(self) -> str:
        """The same for its QR symbol: DNS knows no case, and a symbol of capitals is smaller."""
        return f"LPA:{self._text(self.host.upper())}"

    def _text(self, host: str) -> str:
        code = f"1${host}${self.matching_id}"
        if self.confirmation:
            return f"{code}${self.oid}$1"
        return f"{code}${self.oid}" if self.oid else code

    def __repr__(self) -> str:
        return "ActivationCode(…)"
