"""Who has a register of invoices each month: subscriptions that were made before the run begins.

Each of them, in a company of their own, is due for one month at most, whatever day the lab runs on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crashlab.world.chats import Chat
from crashlab.world.telegram import Telegram

if TYPE_CHECKING:
    from crashlab.checks.oracle import OperatorTruth

ALMATY = ZoneInfo("Asia/Almaty")
HOUR, DAYS, NEAR = 10, (10, 20), 2
"""When papers are ordered; the second day where the first one is so near that a clock that is set
could come to it.
"""
FIRST_USER, FIRST_PHONE, FIRST_NUMBER, FIRST_BIN = 5_600_001, 77026000001, 77027000001, 180140005018
PAPER = "register"
WAYS = ("due", "missed", "waits", "suspended", "ended")
"""One month is due; several were missed; the operator has no bills; nothing is to be ordered."""


@dataclass
class Subscriber:
    """An administrator with one subscription. Months are written `2026-11`."""

    id: int
    phone: str
    administrator_id: str
    company_id: str
    way: str
    telegram: Telegram
    was: Sequence[str] = ()
    coded: Sequence[str] = ()
    day: int = DAYS[0]
    before: str = ""
    """The newest month that was dealt with when the run began."""
    month: str = ""
    """The month that is due."""

    @property
    def chat(self) -> Chat:
        """The chat with the bot."""
        return self.telegram.chat(self.id)

    @property
    def subscription(self) -> str:
        """Its id."""
        return f"monthly-{self.id}"

    @property
    def state(self) -> str:
        """In which state the subscription is, and stays."""
        return self.way if self.way in ("suspended", "ended") else "active"

    @property
    def billed(self) -> bool:
        """Whether the operator has bills."""
        return self.way != "waits"

    def plan(self, now: datetime) -> None:
        """Find the month that is due. `now` is aware."""
        today = now.astimezone(ALMATY)
        self.day = DAYS[abs(today.day - DAYS[0]) <= NEAR]
        behind = 1 if today.day > self.day else 2
        self.month = months_before(today, behind)
        self.before = months_before(today, behind + (3 if self.way == "missed" else 1))

    @property
    def due(self) -> datetime:
        """When the month after `before` was to be ordered."""
        year, month = map(int, self.before.split("-"))
        place = year * 12 + month - 1 + 2
        at = datetime(place // 12, place % 12 + 1, self.day, HOUR, tzinfo=ALMATY)
        return at.astimezone(UTC)


def months_before(day: datetime, count: int) -> str:
    """The month so many before that of the day."""
    place = day.year * 12 + day.month - 1 - count
    return f"{place // 12}-{place % 12 + 1:02}"


def subscriber(n: int, telegram: Telegram, books: OperatorTruth) -> Subscriber:
    """The nth of them, with a company and a number in the operator's books."""
    company, phone, name = f"org-{FIRST_BIN + n}", str(FIRST_PHONE + n), f"adm-subscriber-{n}"
    number = str(FIRST_NUMBER + n)
    books.phones[phone] = name
    books.blocked[number] = False
    books.companies.update(dict.fromkeys([name, number], company))
    return Subscriber(FIRST_USER + n, phone, name, company, WAYS[n % len(WAYS)], telegram)
