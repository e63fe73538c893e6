"""What people know an operator by."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from carrier.profile.section import Section


class Names(Section):
    """What people know the operator by."""

    operator: str = Field("Kcell", description="the operator, as its customers say it")
    network: str = Field("Kcell/activ", description="its network, in the names of allowances")
    self_care: str = Field("MyKcell", description="its self-care product for people")
    sms_sender: Annotated[str, Field(pattern=r"^[A-Za-z0-9 ._-]{1,11}$|^[0-9]{1,15}$")] = Field(
        "Kcell", description="the sender that phones show"
    )
    sms_sender_id: str = Field("kcell", description="the sender's id in TMF681")
    iccid_prefixes: tuple[Annotated[str, Field(pattern=r"^89[0-9]{1,8}$")], ...] = Field(
        ("8999702",), description="how the operator's own SIM cards begin"
    )
    codes_by_email: tuple[Annotated[str, Field(pattern=r"^[0-9]{3}$")], ...] | None = Field(
        None,
        description="the codes behind +7 whose people get one-time codes by e-mail, where the "
        "register says nothing; else 700, 707, 708 and 747",
    )
