"""A change and its states: offered → accepted → sent → done | rejected | unknown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic

from typing_extensions import TypeVar

from account.changes.parameters import ChangeParameters
from account.changes.waits import Wait
from account.values.identifiers import Msisdn

P_co = TypeVar("P_co", bound=ChangeParameters, covariant=True, default=ChangeParameters)

OFFER_LIFE = timedelta(minutes=5)


APPROVAL_LIFE = timedelta(hours=24)


STEP_UP_LIFE = timedelta(minutes=5)


class ActionKind(StrEnum):
    """Every change there is. Values are persisted and are the `category` of the product order."""

    BLOCK = "block"
    UNBLOCK = "unblock"
    BAN = "ban"
    SIM_REVEAL = "sim.reveal"
    SIM_REPLACE = "sim.replace"
    ESIM_SHOW = "esim.show"
    REGISTER_DEVICE = "device.register"
    DEREGISTER_DEVICE = "device.deregister"
    REREGISTER_DEVICE = "device.reregister"
    DUPLICATE_DEVICE = "device.duplicate"
    TRANSFER = "transfer"
    FORWARDING_SET = "forwarding.set"
    FORWARDING_OFF = "forwarding.off"
    SERVICE_ON = "service.on"
    SERVICE_OFF = "service.off"
    SECRET_SEND = "secret.send"  # noqa: S105 - the name of a kind
    SECRET_DELETE = "secret.delete"  # noqa: S105 - the name of a kind
    EMAIL = "profile.email"


class ActionState(StrEnum):
    """Where a change stands. VOID is an offer that was cancelled, or replaced by another."""

    OFFERED = "offered"
    VOID = "void"
    PROPOSED = "proposed"
    """Confirmed by one administrator, and waiting for the word of a second one."""
    ACCEPTED = "accepted"
    SENT = "sent"
    UNKNOWN = "unknown"
    UNCONFIRMED = "unconfirmed"
    """The operator knows nothing of it and no state can tell: not said to be undone before somebody
    knows. It holds nobody up, and is looked at for a day, then by a person."""
    DONE = "done"
    REJECTED = "rejected"


OPEN = frozenset(
    {ActionState.PROPOSED, ActionState.ACCEPTED, ActionState.SENT, ActionState.UNKNOWN}
)
"""They exclude others of their lock key."""


WORKED_ON = OPEN | {ActionState.UNCONFIRMED}
"""What a worker still takes up."""


FINAL = frozenset({ActionState.DONE, ActionState.REJECTED})


class OrderState(StrEnum):
    """The operator's side of a change, in the states that matter to us."""

    UNDER_WAY = "underWay"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Order:
    """The operator's order for one of our changes. `reason_code` tells why a failed one failed,
    `receipt` what the operator says of a completed one, for the final word: balances after. One
    under way that is `held` goes on only when somebody at the operator has acted.
    """

    id: str
    state: OrderState
    reason_code: str | None = None
    receipt: Mapping[str, str] = field(default_factory=dict)
    held: bool = False


@dataclass(frozen=True, slots=True)
class ChangeRequest(Generic[P_co]):
    """What is to be changed: on which number of which company, and how."""

    company_id: str
    msisdn: Msisdn
    parameters: P_co
    confirmed: bool = False
    """Somebody confirmed it: what it takes up of a day's bound is counted already."""


@dataclass(frozen=True, slots=True)
class Action(Generic[P_co]):
    """One change, from the offer on. Times are aware, UTC.

    `id` is a UUID and travels as the order's `externalId`; `reference` is what people read
    (`A-20220124-0007`), given when the change is confirmed; `accepted_at` is the moment of that, or
    of a second administrator's approval. `shown` is the fingerprint of the number
    that the summary was made from. `fence` grows with every claim; a write with an old one is void.
    """

    id: str
    kind: ActionKind
    company_id: str
    msisdn: Msisdn
    telegram_id: int
    session_id: str
    administrator_id: str
    administrator: str
    shown: str
    offered_at: datetime
    parameters: P_co
    state: ActionState = ActionState.OFFERED
    reference: str | None = None
    identified_at: datetime | None = None
    """When the person proved that it is them, where the code of the change proves something else
    (`ChangeSpec.identifies`)."""
    stepped_up_at: datetime | None = None
    accepted_at: datetime | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None
    restored_at: datetime | None = None
    """When a backup was put back that had this in it, open: it may have been sent in the meantime,
    and until that moment a call may still have left."""
    order_id: str | None = None
    reason_code: str | None = None
    set_reference: str | None = None
    """The set that it was confirmed with; then the set has the words, and it has none of its own
    (`account.changes.sets`)."""
    attempts: int = 0
    checks: int = 0
    fence: int = 0
    wait: Wait | None = None
    """Why the latest try did not let it go out; None where there was none, or it did."""

    @property
    def restored(self) -> bool:
        """Whether the database is older than what may have become of this: nothing goes out before
        it was looked for at the operator.
        """
        return self.restored_at is not None

    @property
    def expires_at(self) -> datetime:
        """When the offer ends (G-6)."""
        return self.offered_at + OFFER_LIFE

    @property
    def approvable_until(self) -> datetime | None:
        """When a proposed change ends without a second administrator's word; None for others."""
        if self.state is not ActionState.PROPOSED or self.accepted_at is None:
            return None
        return self.accepted_at + APPROVAL_LIFE

    def proven(self, now: datetime) -> bool:
        """Whether a one-time code that is still fresh was typed for it (G-8)."""
        return self.stepped_up_at is not None and now < self.stepped_up_at + STEP_UP_LIFE

    def identified(self, now: datetime) -> bool:
        """Whether the person proved that it is them, not long ago."""
        return self.identified_at is not None and now < self.identified_at + STEP_UP_LIFE

    @property
    def plan(self) -> ChangeRequest[P_co]:
        """What is to be changed."""
        confirmed = self.state not in (ActionState.OFFERED, ActionState.VOID)
        return ChangeRequest(self.company_id, self.msisdn, self.parameters, confirmed)


def token_hash(token: str) -> str:
    """What the store keeps of a confirmation's token."""
    return hashlib.sha256(token.encode()).hexdigest()
