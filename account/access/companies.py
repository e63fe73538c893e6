"""Companies and their administrators, as the operator knows them (S03, S04; TMF632)."""

from __future__ import annotations

from account.errors import CompanyNotAccessible
from account.identity.directory import Company, Directory
from account.identity.permissions import Actor
from account.identity.sessions import Session, Sessions


class Companies:
    """Which companies a session may see, asked anew for every update (S04-3)."""

    def __init__(self, carrier: Directory, sessions: Sessions) -> None:
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
