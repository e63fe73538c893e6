"""Companies and their administrators, as the operator knows them (S03, S04; TMF632)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from account.access.permissions import Actor, Role
from account.errors import CompanyNotAccessible

if TYPE_CHECKING:
    from account.access.sessions import Session
    from account.ports import Carrier, Sessions
    from account.values.identifiers import Bin, Email, Msisdn


@dataclass(frozen=True, slots=True)
class Company:
    """A company as one administrator sees it: `role` is that administrator's.

    `domains` are those to which files go without a second question (G-13), in punycode.
    """

    id: str
    name: str
    bin: Bin
    role: Role = Role.ADMINISTRATOR
    domains: tuple[str, ...] = ()


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


class Companies:
    """Which companies a session may see, asked anew for every update (S04-3)."""

    def __init__(self, carrier: Carrier, sessions: Sessions) -> None:
        self._carrier = carrier
        self._sessions = sessions

    async def actor(self, session: Session) -> Actor:
        """The actor behind a live session. Raises `CarrierUnavailable`."""
        companies = await self._carrier.companies(session.administrator_id)
        return Actor(
            telegram_id=session.telegram_id,
            session_id=session.id,
            administrator_id=session.administrator_id,
            name=session.administrator_name,
            phone=session.phone,
            companies=companies,
            company_id=session.company_id or (companies[0].id if len(companies) == 1 else None),
        )

    async def choose(self, actor: Actor, company_id: str) -> Company:
        """Switch the session to a company; pending offers of the old one end (S04-1).

        Raises `CompanyNotAccessible` for any company the operator does not grant now.
        """
        for company in actor.companies:
            if company.id == company_id:
                await self._sessions.choose_company(actor.session_id, company_id)
                return company
        raise CompanyNotAccessible
