"""Companies and their administrators, as the operator knows them (TMF632)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from account.values.capabilities import Capability
from account.values.identifiers import Bin, Email, Msisdn
from account.values.rights import Role


@dataclass(frozen=True, slots=True)
class Company:
    """A company as one administrator sees it: `role` is that administrator's, `bin` None where the
    operator tells none, or none that is one.

    `domains` are those to which files go without a second question (G-13), in punycode; `lacks` is
    what the operator does not have, for this company as for any.
    """

    id: str
    name: str
    bin: Bin | None
    role: Role = Role.ADMINISTRATOR
    domains: tuple[str, ...] = ()
    lacks: frozenset[Capability] = frozenset()

    @property
    def bin_shown(self) -> str:
        """Its digits, or a dash."""
        return "—" if self.bin is None else self.bin.digits


@dataclass(frozen=True, slots=True)
class Administrator:
    """A person the operator's register names as administrator of at least one company.

    `code_by_email` is the register's word on the channel of one-time codes, None where it has none
    and the number's prefix decides (S02-1).
    """

    id: str
    name: str
    phone: Msisdn
    email: Email | None = None
    code_by_email: bool | None = None


@dataclass(frozen=True, slots=True)
class Colleague:
    """An administrator of a company, with the role that the operator names for them there."""

    administrator: Administrator
    role: Role = Role.ADMINISTRATOR


class Directory(Protocol):
    """Who may act for which company, as the operator knows it (TMF632).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    @property
    def lacks(self) -> frozenset[Capability]:
        """What the operator does not have."""

    async def administrator(self, phone: Msisdn) -> Administrator | None:
        """The administrator who logs in with this number, or None (TMF632)."""

    async def companies(self, administrator_id: str) -> tuple[Company, ...]:
        """The companies the administrator may act for at this moment, by name (TMF632)."""

    async def colleagues(self, company_id: str) -> tuple[Colleague, ...]:
        """Everybody who may act for the company at this moment (TMF632)."""
