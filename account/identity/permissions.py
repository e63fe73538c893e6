"""Who may do what: one function, asked by every use case.

A right that no role declares is denied. The button said nothing: what counts is the actor's own
session, the companies the operator names for the administrator at this moment, and the number read
from the operator for that company (rules.md, safety.md section 2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from account.errors import (
    CapabilityMissing,
    CompanyNotAccessible,
    CompanyNotChosen,
    NumberNotFound,
    RightMissing,
)
from account.identity.directory import Company
from account.values.capabilities import Capability
from account.values.identifiers import Msisdn
from account.values.number import Number
from account.values.rights import Right, Role

_READS = frozenset(
    {
        Right.LIST_NUMBERS,
        Right.READ_NUMBERS,
        Right.READ_USAGE,
        Right.READ_HISTORY,
        Right.READ_SERVICES,
        Right.READ_ALLOWANCES,
        Right.READ_SIM,
        Right.READ_FORWARDING,
        Right.READ_DEVICES,
        Right.READ_PAYMENTS,
        Right.READ_LABELS,
    }
)
GRANTED: dict[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset(Right),
    Role.OPERATOR: _READS
    | {
        Right.BLOCK,
        Right.UNBLOCK,
        Right.BAN,
        Right.CHANGE_SERVICES,
        Right.REVEAL_SIM,
        Right.CHANGE_FORWARDING,
        Right.CHANGE_DEVICES,
        Right.SECRET_CODE,
        Right.CHANGE_PROFILE,
        Right.CHANGE_LABELS,
    },
    Role.FINANCE: _READS
    | {Right.TRANSFER, Right.ORDER_DOCUMENTS, Right.CHANGE_PROFILE, Right.CHANGE_LABELS},
    Role.VIEWER: _READS | {Right.ORDER_DOCUMENTS, Right.CHANGE_PROFILE},
    Role.EMPLOYEE: frozenset(
        {Right.READ_NUMBERS, Right.READ_USAGE, Right.READ_SERVICES, Right.READ_ALLOWANCES}
    ),
}
RESTS_ON: dict[Right, Capability] = {
    Right.READ_USAGE: Capability.USAGE,
    Right.BAN: Capability.BANS,
    Right.READ_SERVICES: Capability.SERVICES,
    Right.CHANGE_SERVICES: Capability.SERVICES,
    Right.READ_ALLOWANCES: Capability.ALLOWANCES,
    Right.REVEAL_SIM: Capability.SIM_CODES,
    Right.REPLACE_SIM: Capability.SIM_REPLACEMENT,
    Right.SHOW_ESIM: Capability.ESIM,
    Right.READ_FORWARDING: Capability.FORWARDING,
    Right.CHANGE_FORWARDING: Capability.FORWARDING,
    Right.READ_DEVICES: Capability.DEVICE_REGISTRY,
    Right.CHANGE_DEVICES: Capability.DEVICE_REGISTRY,
    Right.READ_PAYMENTS: Capability.PAYMENTS,
    Right.TRANSFER: Capability.TRANSFERS,
}
"""What the operator must have for a right to be worth anything; nobody has it where it is not."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as known at this moment: a live session and what the operator grants it.

    `companies` is what the operator answered for this very update, never a stored copy.
    """

    telegram_id: int
    session_id: str
    administrator_id: str
    name: str
    phone: Msisdn
    companies: tuple[Company, ...]
    company_id: str | None
    """The company chosen in this session; None until one is chosen."""
    only: Msisdn | None = None
    """The one number an employee may see; None for administrators."""

    @property
    def company(self) -> Company:
        """The chosen company.

        Raises `CompanyNotChosen`; `CompanyNotAccessible` when there is none or access has ended.
        """
        for company in self.companies:
            if company.id == self.company_id:
                return company
        if self.companies and self.company_id is None:
            raise CompanyNotChosen
        raise CompanyNotAccessible


def may(actor: Actor, right: Right, company_id: str, number: Number | None = None) -> bool:
    """Tell whether `actor` has `right` in the company, and over `number` when one is meant."""
    company = next((known for known in actor.companies if known.id == company_id), None)
    if company is None or right not in GRANTED.get(company.role, frozenset()):
        return False
    if RESTS_ON.get(right) in company.lacks:
        return False
    if number is None:
        return True
    return number.company_id == company_id and actor.only in (None, number.msisdn)


def require(actor: Actor, right: Right, number: Number | None = None) -> Company:
    """The actor's chosen company, if it may; the one guard of every use case.

    A use case that an employee may call asks again with the number, before it shows anything of it.

    Raises `CompanyNotAccessible`, `NumberNotFound` for a number of another company (the same answer
    as for one that does not exist), `CapabilityMissing` and `RightMissing`.
    """
    company = actor.company
    if number is not None and (
        number.company_id != company.id or actor.only not in (None, number.msisdn)
    ):
        raise NumberNotFound
    check_offered(company, right)
    if not may(actor, right, company.id, number):
        raise RightMissing(right)
    return company


def check_offered(company: Company, needed: Right | Capability) -> None:
    """Refuse what the operator does not have, whoever asks. Raises `CapabilityMissing`."""
    capability = RESTS_ON.get(needed) if isinstance(needed, Right) else needed
    if capability in company.lacks:
        assert capability is not None
        raise CapabilityMissing(capability)


def check_granted(companies: Iterable[Company], right: Right, company_id: str) -> None:
    """Refuse work for somebody who confirmed or ordered it, and whose right has gone since.

    `companies` is what the operator names at this moment. Raises `CompanyNotAccessible` and
    `CapabilityMissing`, `RightMissing`.
    """
    company = next((known for known in companies if known.id == company_id), None)
    if company is None:
        raise CompanyNotAccessible
    check_offered(company, right)
    if right not in GRANTED.get(company.role, frozenset()):
        raise RightMissing(right)
