"""One entry of the actions history, written with what it tells of (S29, 3.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from account.identity.permissions import Actor
from account.identity.sessions import Session
from account.values.identifiers import Msisdn

Result = Literal["done", "refused", "unknown", "accepted", "proposed"]


class HistoryEvent(StrEnum):
    """Kinds of entries that are no change; a change names its own (`ChangeSpec.what`).

    Values are persisted: add, never rename.
    """

    LOGIN = "login"
    LOGIN_REFUSED = "login.refused"
    LOGOUT = "logout"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - the name of an event
    TRANSFER_IN = "balance.transfer.in"
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
    PERSON_ERASED = "person.erased"
    """By a keeper of the bot, with the reason; whose data it was stands as an id."""
    FROZEN = "account.frozen"
    THAWED = "account.thawed"
    SET = "set"
    """A set of changes: when it was confirmed, and how it ended."""
    SCHEDULED = "change.scheduled"
    """A change for later: when it was confirmed, begun (done), missed or cancelled (refused)."""
    LABELLED = "number.labelled"
    """A label or a cost centre of a number: what it is now, empty when it was taken away."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of the history. `at` is aware, UTC; `reference` a human number such as `A-…`.

    `what` is a `HistoryEvent`, or what the history calls a change (`ChangeSpec.what`).
    """

    at: datetime
    what: str
    result: Result
    administrator_id: str
    administrator: str
    company_id: str | None = None
    number: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    reference: str | None = None
    channel: str = "telegram"

    @classmethod
    def of_session(cls, session: Session, what: str, *, at: datetime) -> HistoryEntry:
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
        what: str,
        *,
        at: datetime,
        result: Result = "done",
        number: Msisdn | None = None,
        parameters: Mapping[str, str] | None = None,
        reference: str | None = None,
    ) -> HistoryEntry:
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
