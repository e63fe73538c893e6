"""Actions history: what was done, by whom, on which number, with what result (S29, 3.8).

Append-only and chained; nothing here is ever changed. Secrets do not come in, numbers are kept
whole because the administrator is entitled to them, and masked in logs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from account.access.permissions import Actor, Right, require
from account.chapters.numbers import Page
from account.values.periods import Period, check_history_period, today

if TYPE_CHECKING:
    from collections.abc import Mapping

    from account.access.sessions import Session
    from account.ports import Clock, History
    from account.values.identifiers import Msisdn

PAGE = 8

Result = Literal["done", "refused", "unknown", "accepted", "proposed"]


class What(StrEnum):
    """Kinds of entries. Values are persisted: add, never rename."""

    LOGIN = "login"
    LOGIN_REFUSED = "login.refused"
    LOGOUT = "logout"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - the name of an event
    BLOCK = "number.block"
    UNBLOCK = "number.unblock"
    BAN = "number.ban"
    SIM_REVEALED = "sim.revealed"
    SIM_REPLACED = "sim.replaced"
    DEVICE_REGISTERED = "device.registered"
    DEVICE_DEREGISTERED = "device.deregistered"
    DEVICE_REREGISTERED = "device.reregistered"
    DEVICE_DUPLICATED = "device.duplicated"
    TRANSFER = "balance.transfer"
    TRANSFER_IN = "balance.transfer.in"
    FORWARDING_SET = "forwarding.set"
    FORWARDING_OFF = "forwarding.off"
    SERVICE_ON = "service.on"
    SERVICE_OFF = "service.off"
    SECRET_SENT = "secret_code.sent"  # noqa: S105 - the name of an event
    SECRET_DELETED = "secret_code.deleted"  # noqa: S105 - the name of an event
    EMAIL_CHANGED = "email.changed"
    APPROVED = "change.approved"
    APPROVAL_REFUSED = "change.rejected"
    APPROVAL_WITHDRAWN = "change.withdrawn"
    USAGE_SEEN = "usage.seen"
    DOCUMENT_ORDERED = "document.ordered"
    HOLD_PLACED = "hold.placed"
    HOLD_LIFTED = "hold.lifted"
    VERDICT = "change.verdict"
    UPDATE_REPLAYED = "update.replayed"
    ACCOUNT_REMOVED = "account.removed"
    FROZEN = "account.frozen"
    THAWED = "account.thawed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history. `at` is aware, UTC; `reference` a human number such as `A-…`."""

    at: datetime
    what: What
    result: Result
    administrator_id: str
    administrator: str
    company_id: str | None = None
    number: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    reference: str | None = None
    channel: str = "telegram"

    @classmethod
    def of_session(cls, session: Session, what: What, *, at: datetime) -> Entry:
        """An entry of what was done in a session without asking the operator who acts."""
        return cls(
            at=at,
            what=what,
            result="done",
            administrator_id=session.administrator_id,
            administrator=session.administrator_name,
            company_id=session.company_id,
        )

    @classmethod
    def by(
        cls,
        actor: Actor,
        what: What,
        *,
        at: datetime,
        result: Result = "done",
        number: Msisdn | None = None,
        parameters: Mapping[str, str] | None = None,
        reference: str | None = None,
    ) -> Entry:
        """An entry of what `actor` did in the chosen company."""
        return cls(
            at=at,
            what=what,
            result=result,
            administrator_id=actor.administrator_id,
            administrator=actor.name,
            company_id=actor.company_id,
            number=None if number is None else number.digits,
            parameters=parameters or {},
            reference=reference,
        )


@dataclass(frozen=True, slots=True)
class HistoryWish:
    """What part of the history is wanted: whole days in Almaty, one number or all."""

    period: Period
    number: Msisdn | None = None
    offset: int = 0
    limit: int = PAGE


class ActionsHistory:
    """The history of the chosen company, newest first."""

    def __init__(self, history: History, clock: Clock) -> None:
        self._history = history
        self._clock = clock

    async def page(self, actor: Actor, wish: HistoryWish) -> Page[Entry]:
        """A page of entries. At most 12 months back (S29).

        Raises `PeriodRefused` and the refusals of `require`.
        """
        company = require(actor, Right.READ_HISTORY)
        day = today(self._clock.now())
        check_history_period(wish.period, day)
        return await self._history.page(company.id, wish)
