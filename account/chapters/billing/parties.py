"""The two sides of a certificate and their contract: what papers call for and figures do not (S31).

All of it is the operator's to tell, in its systems or in its profile; what nobody tells is an empty
place on the paper, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from account.values.identifiers import Bin


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where the operator is paid: its IIK (an IBAN), the bank's BIC and name, the code KBe."""

    iik: str
    bic: str
    bank: str = ""
    kbe: str = ""


@dataclass(frozen=True, slots=True)
class VatCertificate:
    """The operator's registration for VAT."""

    series: str
    number: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """What the services are delivered under; the day is that of signing, in Almaty."""

    number: str
    signed: date | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """The company as the operator's register has it: its post address, and what reaches it."""

    address: str | None = None
    contacts: tuple[str, ...] = ()


NOT_TOLD = Customer()
"""Of a company whose register entry says none of it."""


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who delivered the services: the operator's legal name and BIN, as its contracts say.

    `names` and `addresses` are by language; what is not in the paper's language is the plain name,
    and no address.
    """

    name: str
    bin: Bin
    names: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    contacts: str = ""
    account: BankAccount | None = None
    vat: VatCertificate | None = None

    def named(self, language: str) -> str:
        """The legal name in that language, if it has one there."""
        return self.names.get(language) or self.name


class PartySource(Protocol):
    """The company and its contract, asked of the operator.

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def customer(self, company_id: str) -> Customer:
        """The company's address and contacts, as far as they are told (TMF632)."""

    async def contract(self, company_id: str, account: str) -> Contract | None:
        """The contract of the account's numbers, where they have one and the same (TMF651)."""
