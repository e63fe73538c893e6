"""What asks a second administrator in a chat, and what takes its buttons away again.

One of each for a change and for a set: they differ in the kinds of their messages, which are
persisted, and in whose token opens what.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from account.effects.effect import Approval, Channel, OutboxMessage, SetApproval

NOTICE_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody who can be asked: an administrator with their own chat."""

    administrator_id: str
    telegram_id: int


@dataclass(frozen=True, slots=True)
class ApprovalMessages:
    """The messages about one sort of thing to approve. Every value is persisted.

    `about` is the parameter that names it; `salt` keeps its tokens apart from those of the others.
    """

    asked_kind: str
    closed_kind: str
    about: str
    salt: str

    def token_hash(self, token: str) -> str:
        """What the store keeps of a token on an approver's button."""
        return hashlib.sha256(f"{self.salt}:{token}".encode(errors="replace")).hexdigest()

    def asked(
        self, about_id: str, company: str, approver: Approver, token: str, until: datetime
    ) -> OutboxMessage:
        """The question with its buttons, in one chat, while it can be answered."""
        return OutboxMessage(
            channel=Channel.TELEGRAM,
            to=str(approver.telegram_id),
            kind=self.asked_kind,
            expires_at=until,
            parameters={self.about: about_id, "company": company, "token": token},
            key=_asked_key(about_id, approver),
        )

    def closed(
        self, about_id: str, company: str, asked: Approval | SetApproval, now: datetime
    ) -> OutboxMessage:
        """What takes the buttons away from the chat that was asked."""
        approver = Approver(asked.administrator_id, asked.telegram_id)
        return OutboxMessage(
            channel=Channel.TELEGRAM,
            to=str(asked.telegram_id),
            kind=self.closed_kind,
            expires_at=now + NOTICE_LIFE,
            parameters={
                self.about: about_id,
                "company": company,
                "asked": _asked_key(about_id, approver),
            },
            key=f"{about_id}:closed:{asked.administrator_id}:{asked.telegram_id}",
        )


OF_CHANGES = ApprovalMessages(
    asked_kind="approval.asked", closed_kind="approval.closed", about="action", salt="approval"
)
OF_SETS = ApprovalMessages(
    asked_kind="set.asked", closed_kind="set.closed", about="set", salt="set approval"
)


def _asked_key(about_id: str, approver: Approver) -> str:
    """The key of the message that asked, by which the one that closes it finds it."""
    return f"{about_id}:approval:{approver.administrator_id}:{approver.telegram_id}"
