"""What changes need from outside: the last look before a call, their rows, who approves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from account.changes.action import Action, ActionKind, ActionState, Order
from account.changes.waits import Wait
from account.credentials.one_time_codes import CodeTry
from account.effects.effect import Approval, Effect
from account.values.identifiers import Msisdn


class DispatchGuard(Protocol):
    """Looks for the last time whether a call may still leave."""

    async def __call__(self) -> None:
        """Asked with the connection in hand, right before the first byte.

        Raises `CarrierNotReached` when it is too late, and then nothing is sent.
        """


class Halt(StrEnum):
    """Why nothing more of a set is sent."""

    PAUSED = "paused"
    STOPPED = "stopped"


class SetHalts(Protocol):
    """Whether the changes of a set may still be sent."""

    async def halt(self, set_reference: str) -> Halt | None:
        """Why not; None when they may."""


class NoSets(SetHalts):
    """Where there are no sets."""

    async def halt(self, set_reference: str) -> Halt | None:
        """None."""


class ActionStore(Protocol):
    """Rows of changes. A write with an old `fence` does nothing."""

    def new_id(self) -> str:
        """A fresh UUID."""

    async def offer(self, action: Action, token_hash: str, lock_key: str) -> None:
        """Keep an offer; other offers of the same Telegram user become void."""

    async def by_token(self, token_hash: str) -> Action | None:
        """The change of a token."""

    async def read(self, action_id: str) -> Action | None:
        """The change with that id."""

    async def by_reference(self, reference: str) -> Action | None:
        """The change with that reference."""

    async def undecided(self) -> Sequence[Action]:
        """The changes that are unconfirmed or unknown, the oldest first."""

    async def decide(
        self,
        action: Action,
        state: ActionState,
        reason_code: str,
        now: datetime,
        effects: Sequence[Effect],
    ) -> bool:
        """Settle it whoever has claimed it, if it stands as `action` says; their write is void."""

    async def open_on(self, company_id: str, msisdn: Msisdn, lock_key: str) -> Action | None:
        """The accepted, sent or unknown change of the lock key on that number."""

    async def accept(
        self,
        token_hash: str,
        *,
        session_id: str,
        company_id: str,
        now: datetime,
        effects: Sequence[Effect],
        until: datetime | None = None,
        proof: CodeTry | None = None,
    ) -> tuple[Action, bool]:
        """Accept if it is still offered, give it its reference, write the effects.

        With `proof` that code is compared and used up first, in the same transaction: a right one
        proves the change and accepts it, all of it or nothing. A wrong one is counted, accepts
        nothing, and raises as `CodeUse.check`.

        With `until` it becomes proposed, and is due for a worker only then. (the action, True), or
        (its present state, False) when another press was first. Entries of the history among
        `effects` get the reference. Raises `ChangeUnderWay` when the lock key of the number is
        taken, `ConfirmExpired` when the session or company is another one.
        """

    async def use_up(
        self,
        action_id: str,
        now: datetime,
        effects: Sequence[Effect],
        proof: CodeTry | None = None,
    ) -> bool:
        """Make an offer done and write the effects; False when it is no longer offered.

        `proof` as in `accept`.
        """

    async def announcing(self, action_id: str) -> bool:
        """Tell whether a message that goes ahead of the change was not handed out yet."""

    async def void(self, action_id: str) -> None:
        """End an offer; anything further stays."""

    async def identify(self, action_id: str, now: datetime) -> None:
        """Note that it is the person who asks (`ChangeSpec.identifies`)."""

    async def claim(self, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Action]:
        """Take due changes for a while: each to one owner at a time, `fence` grown."""

    async def postpone(self, action: Action, due: datetime, effects: Sequence[Effect] = ()) -> None:
        """Let go of the claim until `due`; nothing was tried and nothing was looked at."""

    async def holds(self, action: Action) -> bool:
        """Tell whether the claim that `action` was read under is still the latest one."""

    async def mark_sent(self, action: Action, now: datetime) -> Action | None:
        """Commit accepted → sent, one attempt more. None when the claim was lost, or there is a
        hold on such changes.
        """

    async def unsend(self, action: Action, due: datetime, *, counts: bool) -> None:
        """Back to accepted: it surely did not reach the operator. `counts`: as an attempt."""

    async def park(
        self,
        action: Action,
        state: ActionState,
        due: datetime,
        order_id: str | None = None,
        effects: Sequence[Effect] = (),
        *,
        wait: Wait | None = None,
    ) -> None:
        """Let go of the claim until `due`, one check more, for that reason or no longer for any."""

    async def settle(
        self,
        action: Action,
        state: ActionState,
        reason_code: str | None,
        order_id: str | None,
        now: datetime,
        effects: Sequence[Effect],
    ) -> None:
        """Write the end of a change together with its trace and its final word."""


class ApprovalStore(Protocol):
    """Second administrators: who can be asked, what they were asked, and what they said."""

    async def telegrams(
        self, administrator_ids: Sequence[str], since: datetime, *, blocked: bool = False
    ) -> Mapping[str, tuple[int, ...]]:
        """The Telegram accounts each of them logged in with since then, the latest first.

        Of who has logged in before that only, the latest one. Without those accounts that have
        blocked the bot, unless `blocked`: for what is worth hearing when they come back. Without
        those administrators who are left with none.
        """

    async def ever_logged_in(self, administrator_id: str) -> frozenset[int]:
        """Every Telegram account that has ever logged in as that administrator.

        It is what four eyes are judged by: kept for good, whatever Profile or a reset forgets.
        """

    async def by_token(self, token_hash: str) -> Approval | None:
        """What the button with that token decides about."""

    async def of_action(self, action_id: str) -> tuple[Approval, ...]:
        """Whoever was asked about that change."""

    async def decide(
        self,
        action_id: str,
        state: ActionState,
        reason_code: str | None,
        now: datetime,
        effects: Sequence[Effect],
    ) -> tuple[Action, bool]:
        """Make a proposed change accepted or rejected before its time is over; write the effects.

        (the action, True), or (its present state, False) when it was decided or over before. A
        worker that has claimed it loses its claim.
        """

    async def email_changes(self, msisdn: Msisdn, since: datetime) -> Sequence[tuple[str, str]]:
        """Addresses before and after each confirmed change of the e-mail of who logs in with it.

        Those settled since then or not yet, and those settled within 72 h before a freeze, the
        oldest first. One that was settled as not done is among them: it may have been done all the
        same.
        """

    async def took_over(self, msisdn: Msisdn, kinds: Sequence[ActionKind], since: datetime) -> bool:
        """Tell whether a change of these kinds was done on the number since then, or may be now."""

    async def done_last_by(self, msisdn: Msisdn, kind: ActionKind) -> str | None:
        """The administrator whose change of that kind was done on the number last; None of none."""


class ChangeExecutor(Protocol):
    """Who carries changes out: the operator, for all but what is ours alone."""

    async def place(self, action: Action[Any], guard: DispatchGuard | None = None) -> Order:
        """Have the change carried out, once; `guard` is asked before anything leaves.

        Raises `CarrierNotReached` when it surely did not arrive, `CarrierRefused` when it was
        refused, `OutcomeUnknown` for everything else. Never tries twice.
        """

    async def order(self, action: Action[Any]) -> Order | None:
        """The order of that change, found by `action.id`; None when there is none.

        Raises `CarrierUnavailable`.
        """
