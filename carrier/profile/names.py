"""What people know an operator by."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from carrier.profile.section import Section


class Names(Section):
    """What people know the operator by."""

    operator: str = Field("Operator", description="the operator, as its customers say it")
    network: str | None = Field(
        None, description="its network, in the names of allowances; else the operator's name"
    )
    self_care: str = Field("Self-care", description="its self-care product for people")
    support: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None,
        description="its corporate support, named to people; `MYACCOUNT_SUPPORT` comes before it",
    )
    sms_sender: Annotated[str, Field(pattern=r"^[A-Za-z0-9 ._-]{1,11}$|^[0-9]{1,15}$")] = Field(
        "Operator",
        description="the sender that phones show, at most 11 Latin letters or 15 digits",
    )
    sms_sender_id: str = Field("operator", description="the sender's id in TMF681")
    iccid_prefixes: tuple[Annotated[str, Field(pattern=r"^89[0-9]{1,8}$")], ...] = Field(
        (), description="how the operator's own SIM cards begin, from 89 on; any of them without it"
    )
    codes_by_email: tuple[Annotated[str, Field(pattern=r"^[0-9]{3}$")], ...] = Field(
        (),
        description="the codes of three digits behind +7 of other networks, whose people get "
        "one-time codes by e-mail where the register says nothing; those abroad do by themselves",
    )
    other_spellings: tuple[str, ...] = Field(
        (), description="how people write these names too: no password is made of them"
    )

    @property
    def words(self) -> tuple[str, ...]:
        """Each word of these names, in small letters."""
        said = " ".join((self.operator, self.network or "", self.self_care, *self.other_spellings))
        return tuple(dict.fromkeys(re.findall(r"[^\W\d_]{3,}", said.casefold())))
