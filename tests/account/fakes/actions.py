"""`ActionStore` over a ledger."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from account.changes.action import (
    OPEN,
    WORKED_ON,
    Action,
    ActionState,
)
from account.changes.waits import Wait
from account.credentials.one_time_codes import (
    CodeTry,
)
from account.effects.effect import (
    Effect,
)
from account.effects.history import HistoryEntry
from account.errors import (
    ChangeUnderWay,
    ConfirmExpired,
)
from account.values.identifiers import Msisdn
from account.values.periods import ALMATY
from tests.account.fakes.ledger import KeptAction, Ledger
from tests.account.fakes.sims import unsealed


class MemoryActions:
    """`ActionStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def new_id(self) -> str:
        return str(uuid.uuid4())

    async def offer(self, action: Action, token_hash: str, lock_key: str) -> None:
        self._ledger.void_offers(telegram_id=action.telegram_id)
        self._ledger.actions[action.id] = KeptAction(action, token_hash, lock_key)

    async def by_token(self, token_hash: str) -> Action | None:
        for kept in self._ledger.actions.values():
            if kept.token_hash == token_hash:
                return kept.action
        return None

    async def read(self, action_id: str) -> Action | None:
        kept = self._ledger.actions.get(action_id)
        return None if kept is None else kept.action

    async def by_reference(self, reference: str) -> Action | None:
        every = (kept.action for kept in self._ledger.actions.values())
        return next((one for one in every if one.reference == reference), None)

    async def undecided(self) -> Sequence[Action]:
        open_to = (ActionState.UNCONFIRMED, ActionState.UNKNOWN)
        return [one.action for one in self._ledger.actions.values() if one.action.state in open_to]

    async def decide(
        self,
        action: Action,
        state: ActionState,
        reason_code: str,
        now: datetime,
        effects: Sequence[Effect],
    ) -> bool:
        kept = self._ledger.actions[action.id]
        if (kept.action.state, kept.action.fence) != (action.state, action.fence):
            return False
        kept.action = replace(
            kept.action,
            state=state,
            reason_code=reason_code,
            settled_at=now,
            fence=kept.action.fence + 1,
        )
        kept.due, kept.lease_until = None, None
        self._ledger.carry_out(effects)
        return True

    async def open_on(self, company_id: str, msisdn: Msisdn, lock_key: str) -> Action | None:
        for kept in self._ledger.actions.values():
            place = (kept.action.company_id, kept.action.msisdn, kept.lock_key)
            if kept.action.state in OPEN and place == (company_id, msisdn, lock_key):
                return kept.action
        return None

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
        self._use(proof, now)
        try:
            return await self._accept(
                token_hash, session_id, company_id, now, effects, until, proof
            )
        except Exception:
            self._give_back(proof)
            raise

    async def _accept(
        self,
        token_hash: str,
        session_id: str,
        company_id: str,
        now: datetime,
        effects: Sequence[Effect],
        until: datetime | None,
        proof: CodeTry | None,
    ) -> tuple[Action, bool]:
        found = await self.by_token(token_hash)
        if found is None or (found.session_id, found.company_id) != (session_id, company_id):
            raise ConfirmExpired
        kept = self._ledger.actions[found.id]
        if found.state is not ActionState.OFFERED:
            return found, False
        if open_one := await self.open_on(found.company_id, found.msisdn, kept.lock_key):
            raise ChangeUnderWay(open_one.reference)
        number = 1 + sum(kept.action.reference is not None for kept in self._kept)
        reference = f"A-{now.astimezone(ALMATY):%Y%m%d}-{number:04}"
        self._ledger.carry_out(
            [
                replace(effect, reference=reference) if isinstance(effect, HistoryEntry) else effect
                for effect in effects
            ]
        )
        state = ActionState.ACCEPTED if until is None else ActionState.PROPOSED
        kept.action = replace(found, state=state, accepted_at=now, reference=reference)
        if proof is not None:
            kept.action = replace(kept.action, stepped_up_at=now)
        kept.due = until or now
        return kept.action, True

    def _use(self, proof: CodeTry | None, now: datetime) -> None:
        if proof is not None:
            self._ledger.use_code(proof, now).check()

    def _give_back(self, proof: CodeTry | None) -> None:
        """As a transaction that is rolled back."""
        if proof is not None:
            whose = (proof.phone, proof.telegram_id, proof.purpose)
            self._ledger.codes_for(*whose)[-1].verified_at = None

    async def use_up(
        self,
        action_id: str,
        now: datetime,
        effects: Sequence[Effect],
        proof: CodeTry | None = None,
    ) -> bool:
        self._use(proof, now)
        kept = self._ledger.actions[action_id]
        if kept.action.state is not ActionState.OFFERED:
            return False
        kept.action = replace(
            kept.action, state=ActionState.DONE, settled_at=now, parameters=unsealed(kept.action)
        )
        if proof is not None:
            kept.action = replace(kept.action, stepped_up_at=now)
        self._ledger.carry_out(effects)
        return True

    async def announcing(self, action_id: str) -> bool:
        ahead = any(owed.ahead_of == action_id for owed in self._ledger.owed)
        return ahead and not self._ledger.handed_out

    async def holds(self, action: Action) -> bool:
        return self._mine(action) is not None

    async def postpone(self, action: Action, due: datetime, effects: Sequence[Effect] = ()) -> None:
        if kept := self._mine(action):
            kept.due, kept.lease_until = due, None
            self._ledger.carry_out(effects)

    async def void(self, action_id: str) -> None:
        self._ledger.void_offers(id=action_id)

    async def identify(self, action_id: str, now: datetime) -> None:
        kept = self._ledger.actions[action_id]
        kept.action = replace(kept.action, identified_at=now)

    async def claim(self, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Action]:
        taken: list[Action] = []
        for kept in self._kept:
            free = kept.lease_until is None or kept.lease_until <= now
            due = kept.due is not None and kept.due <= now
            if kept.action.state in WORKED_ON and due and free and len(taken) < limit:
                kept.lease_until = now + lease
                kept.action = replace(kept.action, fence=kept.action.fence + 1)
                taken.append(kept.action)
        return taken

    async def mark_sent(self, action: Action, now: datetime) -> Action | None:
        kept = self._mine(action)
        if kept is None or self._ledger.held(action.kind, action.company_id):
            return None
        kept.action = replace(
            kept.action, state=ActionState.SENT, sent_at=now, attempts=kept.action.attempts + 1
        )
        return kept.action

    async def unsend(self, action: Action, due: datetime, *, counts: bool) -> None:
        if kept := self._mine(action):
            kept.action = replace(
                kept.action,
                state=ActionState.ACCEPTED,
                attempts=kept.action.attempts - (0 if counts else 1),
            )
            kept.due, kept.lease_until = due, None

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
        if kept := self._mine(action):
            kept.action = replace(
                kept.action,
                state=state,
                order_id=order_id or kept.action.order_id,
                checks=kept.action.checks + 1,
                wait=wait,
            )
            kept.due, kept.lease_until = due, None
            self._ledger.carry_out(effects)

    async def settle(
        self,
        action: Action,
        state: ActionState,
        reason_code: str | None,
        order_id: str | None,
        now: datetime,
        effects: Sequence[Effect],
    ) -> None:
        if kept := self._mine(action):
            kept.action = replace(
                kept.action,
                state=state,
                reason_code=reason_code,
                order_id=order_id or kept.action.order_id,
                settled_at=now,
            )
            kept.due, kept.lease_until = None, None
            self._ledger.carry_out(effects)

    @property
    def _kept(self) -> list[KeptAction]:
        return list(self._ledger.actions.values())

    def _mine(self, action: Action) -> KeptAction | None:
        kept = self._ledger.actions[action.id]
        return kept if kept.action.fence == action.fence else None
