"""`Sessions` over a ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from account.identity.sessions import Session
from tests.account.fakes.ledger import Ledger


class MemorySessions:
    """`Sessions` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def choose_company(self, session_id: str, company_id: str) -> None:
        session = self._ledger.sessions[session_id]
        self._ledger.sessions[session_id] = replace(session, company_id=company_id)
        self._ledger.void_offers(session_id=session_id)

    async def unended(self, administrator_id: str) -> tuple[Session, ...]:
        own = [
            session
            for session in self._ledger.sessions.values()
            if session.administrator_id == administrator_id and session.ended_at is None
        ]
        return tuple(sorted(own, key=lambda session: session.opened_at, reverse=True))

    async def last_in(self, telegram_id: int) -> Session | None:
        there = [one for one in self._ledger.sessions.values() if one.telegram_id == telegram_id]
        return max(there, key=lambda session: session.opened_at, default=None)

    async def login_before(self, administrator_id: str, session_id: str) -> datetime | None:
        this = self._ledger.sessions[session_id]
        before = [
            session.opened_at
            for session in self._ledger.sessions.values()
            if session.administrator_id == administrator_id
            and session.id != session_id
            and session.opened_at <= this.opened_at
        ]
        return max(before, default=None)
