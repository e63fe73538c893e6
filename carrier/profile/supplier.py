"""What papers call for of the operator itself and no API tells."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, field_validator

from carrier.profile.section import Section

Line = Annotated[str, Field(min_length=1, max_length=200)]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2}$")]

_LETTERS = {chr(ord("A") + n): str(10 + n) for n in range(26)}


class SupplierProfile(Section):
    """What certificates say of the operator besides its name and BIN. What is left out is an empty
    place on the paper.
    """

    names: dict[LanguageCode, Line] = Field(
        default_factory=dict,
        description='the legal name in a language, `kk = "…"`; else `MYACCOUNT_SUPPLIER_NAME`',
    )
    addresses: dict[LanguageCode, Line] = Field(
        default_factory=dict, description="the legal address in a language"
    )
    contacts: Line | None = Field(None, description="telephone, e-mail")
    iik: Annotated[str, Field(pattern=r"^KZ[0-9]{5}[A-Z0-9]{13}$")] | None = Field(
        None, description="the bank account (IBAN)"
    )
    bic: Annotated[str, Field(pattern=r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$")] | None = Field(
        None, description="the bank's BIC"
    )
    bank: Line | None = Field(None, description="the bank's name")
    kbe: Annotated[str, Field(pattern=r"^[12][0-9]$")] | None = Field(
        None, description="the beneficiary's code"
    )
    vat_series: Line | None = Field(None, description="series of the VAT certificate")
    vat_number: Line | None = Field(None, description="its number")
    vat_day: date | None = Field(None, description="its day, `2012-08-13`")

    @field_validator("iik")
    @classmethod
    def _adds_up(cls, iik: str | None) -> str | None:
        if iik is not None:
            turned = "".join(_LETTERS.get(one, one) for one in iik[4:] + iik[:4])
            if int(turned) % 97 != 1:
                raise ValueError("the check digits of the IIK are wrong")
        return iik
