"""The session of an administrator in one Telegram chat (G-17, safety.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from account.values.identifiers import Msisdn

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
KNOWN_FOR = timedelta(days=30)
"""How long after its latest login a Telegram account is told of security, and asked."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lives: since it was last used, and since it was opened."""

    idle: timedelta = IDLE
    absolute: timedelta = ABSOLUTE


@dataclass(frozen=True, slots=True)
class Session:
    """One login. Times are aware, UTC. `company_id` is None until a company is chosen.

    `phone` is the number the administrator logs in with.
    """

    id: str
    telegram_id: int
    administrator_id: str
    administrator_name: str
    phone: Msisdn
    company_id: str | None
    opened_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None

    def alive(self, now: datetime, limits: SessionLimits) -> bool:
        """Tell whether the session still counts at `now`."""
        return (
            self.ended_at is None
            and now - self.seen_at < limits.idle
            and now - self.opened_at < limits.absolute
        )


class Sessions(Protocol):
    """What a session may still change about itself."""

    async def choose_company(self, session_id: str, company_id: str) -> None:
        """Make it the session's company and void every pending offer of the session (S04-1)."""

    async def unended(self, administrator_id: str) -> tuple[Session, ...]:
        """The administrator's sessions that nobody ended, latest first; some may be over by time.

        Ask `Session.alive` of each.
        """

    async def last_in(self, telegram_id: int) -> Session | None:
        """The last session that was opened in that chat, over or not; kept for a month."""

    async def login_before(self, administrator_id: str, session_id: str) -> datetime | None:
        """When the administrator logged in last before that session, as far as it is kept."""
