"""From a list to a set that runs: dry run, then one confirmation for exactly this list.

The token on the button binds it to one person, session and company, and the row to the SHA-256 of
kind, parameters and numbers as they were shown; only the first press wins. It lives thirty minutes.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from account.changes.action import ActionKind, token_hash
from account.changes.freezes import Freezes
from account.changes.parameters import NOTHING, ChangeParameters
from account.changes.sets.change_set import (
    A_DAY,
    CODE_FROM,
    MOST,
    ChangeSet,
    Fate,
    Outcome,
    SetCounts,
    SetNumber,
    SetState,
    may_succeed_again,
)
from account.changes.sets.dry_run import ALL
from account.changes.sets.ports import ChangeSetStore
from account.changes.sets.scheduling import (
    AT_ONCE,
    SetPlan,
    SetScheduling,
    progress_of,
)
from account.changes.sets.second_opinion import MOST_APPROVED, WAITS_FOR, Reason, SecondOpinion
from account.changes.sets.selection import NumberSelection
from account.changes.spec import ChangeSpec
from account.credentials.one_time_codes import CodeTry
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import (
    ConfirmExpired,
    OneByOne,
    PairUnfit,
    SetEmpty,
    SetTooLarge,
    SetWithoutEffect,
    StepUpRequired,
)
from account.identity.permissions import Actor, may, require
from account.lists.number_list import ListedNumber, NumberList
from account.values.clock import Clock
from account.values.money import Money
from account.values.rights import Right, Role

KINDS = (
    ActionKind.BLOCK,
    ActionKind.UNBLOCK,
    ActionKind.BAN,
    ActionKind.SERVICE_ON,
    ActionKind.SERVICE_OFF,
    ActionKind.FORWARDING_OFF,
    ActionKind.SECRET_SEND,
    ActionKind.SECRET_DELETE,
)
"""What can be done to many numbers, in the order of the menu; all else is for one at a time."""
OPEN_TO_LOOKERS = frozenset({ActionKind.BLOCK, ActionKind.UNBLOCK})
"""Kinds whose preview shows no more than the list of numbers does: whoever has that may see it."""
CODE_ALWAYS = frozenset({ActionKind.FORWARDING_OFF})
"""Kinds that need a code for many numbers, though not for one: nothing brings the rules back."""


@dataclass(frozen=True, slots=True)
class OfferedSet:
    """A set whose dry run begins; `token` exists here and in its dialog only."""

    change_set: ChangeSet
    token: str


class ChangeSets:
    """What people do with sets. Every method raises the refusals of `require`."""

    def __init__(
        self,
        store: ChangeSetStore,
        selection: NumberSelection,
        clock: Clock,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
        freezes: Freezes,
        code_from: Money,
        opinion: SecondOpinion,
        scheduling: SetScheduling,
    ) -> None:
        self._store = store
        self._selection = selection
        self._clock = clock
        self._specs = specs
        self._freezes = freezes
        self._code_from = code_from
        self._opinion = opinion
        self.scheduling = scheduling

    def kinds(self, actor: Actor) -> tuple[ActionKind, ...]:
        """What this person may do to many numbers."""
        company = require(actor, Right.LIST_NUMBERS)
        return tuple(kind for kind in KINDS if may(actor, self._specs[kind].right, company.id))

    async def preview(
        self,
        actor: Actor,
        kind: ActionKind,
        language: str,
        parameters: ChangeParameters = NOTHING,
    ) -> OfferedSet:
        """Begin the dry run of the list that was put together; nothing changes by it.

        Raises `OneByOne`, `SetEmpty`, `SetTooLarge`, and for what only some may look into the
        refusals of `require`.
        """
        require(actor, Right.LIST_NUMBERS)
        if kind not in KINDS:
            raise OneByOne
        numbers = (await self._selection.gathered(actor)).numbers
        if not numbers.numbers:
            raise SetEmpty
        return await self._check(actor, kind, language, parameters, numbers)

    async def again(self, actor: Actor, set_id: str, language: str) -> OfferedSet:
        """Begin the dry run of those for whom another try makes sense (B-27).

        Raises `SetWithoutEffect` for none, and as `preview`.
        """
        change_set, _counts = await self._ended(actor, set_id)
        numbers = await self._store.numbers(change_set.id, limit=ALL)
        failed = [number for number in numbers if may_succeed_again(number)]
        return await self._anew(actor, change_set.kind, language, change_set.parameters, failed)

    def undoable_until(self, change_set: ChangeSet) -> datetime | None:
        """Until when what it did can be taken back together; None where it cannot be."""
        settled_at = change_set.settled_at
        spec = self._specs[change_set.kind]
        opposite = spec.undone_at_new_terms or spec.undone_by(change_set.parameters)
        if settled_at is None or not opposite:
            return None
        until = settled_at + A_DAY
        return until if self._clock.now() < until else None

    async def undo(self, actor: Actor, set_id: str, language: str) -> OfferedSet:
        """Begin the dry run of the opposite, for the numbers that it has changed (B-27).

        Those that were changed here meanwhile stay as they are. Raises `SetWithoutEffect` for none,
        `OneByOne` where nothing takes it back or the day is over, what `ChangeSpec.undone_now`
        raises, and as `preview`.
        """
        change_set, _counts = await self._ended(actor, set_id)
        if self.undoable_until(change_set) is None:
            raise OneByOne
        spec = self._specs[change_set.kind]
        opposite = await spec.undone_now(change_set.parameters)
        if opposite is None:
            raise OneByOne
        kind, parameters = opposite
        lock_key = spec.lock_key_of(change_set.parameters)
        changed = await self._store.undoable(change_set.id, lock_key)
        return await self._anew(actor, kind, language, parameters, changed)

    async def of_late(self, actor: Actor) -> Sequence[ChangeSet]:
        """The company's sets that have not ended, or ended within a day; the newest first."""
        company = require(actor, Right.LIST_NUMBERS)
        return await self._store.of_company(company.id, self._clock.now() - A_DAY)

    async def _ended(self, actor: Actor, set_id: str) -> tuple[ChangeSet, SetCounts]:
        change_set, counts = await self.read(actor, set_id)
        if change_set.state is not SetState.ENDED:
            raise ConfirmExpired
        return change_set, counts

    async def _anew(
        self,
        actor: Actor,
        kind: ActionKind,
        language: str,
        parameters: ChangeParameters,
        numbers: Sequence[SetNumber],
    ) -> OfferedSet:
        if not numbers:
            raise SetWithoutEffect
        listed = NumberList.of(ListedNumber(number.msisdn, number.line) for number in numbers)
        return await self._check(actor, kind, language, parameters, listed)

    async def _check(
        self,
        actor: Actor,
        kind: ActionKind,
        language: str,
        parameters: ChangeParameters,
        numbers: NumberList,
    ) -> OfferedSet:
        company = actor.company
        looked_at = MOST.get(company.role, MOST[Role.ADMINISTRATOR])
        most = MOST_APPROVED.get(company.role, looked_at)
        if len(numbers) > most:
            raise SetTooLarge(most)
        spec = self._specs[kind]
        if kind not in OPEN_TO_LOOKERS:
            require(actor, spec.right)
        if parameters is NOTHING:
            parameters = spec.parameters()
        elif type(parameters) is not spec.parameters:
            raise TypeError(f"{kind} is asked for with {spec.parameters.__name__}")
        token = secrets.token_urlsafe(16)
        change_set = ChangeSet(
            id=self._store.new_id(),
            kind=kind,
            parameters=parameters,
            company_id=company.id,
            telegram_id=actor.telegram_id,
            session_id=actor.session_id,
            administrator_id=actor.administrator_id,
            administrator=actor.name,
            language=language,
            listed=len(numbers),
            repeated=numbers.repeated,
            left_out=numbers.left_out,
            created_at=self._clock.now(),
        )
        await self._store.begin_check(change_set, token_hash(token), numbers)
        return OfferedSet(change_set, token)

    async def read(self, actor: Actor, set_id: str) -> tuple[ChangeSet, SetCounts]:
        """A set of the chosen company and how far it is. Raises `ConfirmExpired` for none."""
        company = require(actor, Right.LIST_NUMBERS)
        change_set = await self._store.read(set_id)
        if change_set is None or change_set.company_id != company.id:
            raise ConfirmExpired
        return change_set, await self._store.counts(set_id)

    async def first(self, actor: Actor, set_id: str, fate: Fate, count: int) -> Sequence[SetNumber]:
        """The first numbers of a fate. Raises as `read`."""
        await self.read(actor, set_id)
        return await self._store.numbers(set_id, limit=count, fate=fate)

    def right(self, kind: ActionKind) -> Right:
        """What it needs to be confirmed."""
        return self._specs[kind].right

    def always_by_code(self, kind: ActionKind) -> bool:
        """Whether a code confirms it, be the list as short as it may."""
        return self._specs[kind].step_up or kind in CODE_ALWAYS

    def needs_code(self, change_set: ChangeSet, size: int, plan: SetPlan = AT_ONCE) -> bool:
        """Whether a one-time code is needed for so many numbers: for the kind, many, or a sum.

        Also where what takes it back by `plan` needs one.
        """
        if self.scheduling.by_code(change_set.kind, change_set.parameters, plan):
            return True
        if self.always_by_code(change_set.kind):
            return True
        return size >= CODE_FROM or self.cost(change_set, size) >= self._code_from

    def cost(self, change_set: ChangeSet, size: int) -> Money:
        """What so many numbers cost at once, or for the first month."""
        return Money(self._specs[change_set.kind].cost(change_set.parameters).tiyn * size)

    async def offered(self, actor: Actor, token: str) -> tuple[ChangeSet, SetCounts]:
        """The set of a button, if it is this person's and can still be confirmed.

        Raises `ConfirmExpired`, `SetWithoutEffect`, `AccountFrozen`, and `SetTooLarge`,
        `SetTooCostly` or `LoginNumbersInSet` where nobody can approve it.
        """
        change_set = await self.find(actor, token)
        company = require(actor, self._specs[change_set.kind].right)
        await self._freezes.check(actor)
        now, expires_at = self._clock.now(), change_set.expires_at
        alive = expires_at is not None and now < expires_at
        if not alive or change_set.session_id != actor.session_id:
            raise ConfirmExpired
        if change_set.state is not SetState.OFFERED:
            raise ConfirmExpired
        counts = await self._store.counts(change_set.id)
        if not counts.size:
            raise SetWithoutEffect
        if why := await self._opinion.needed(change_set, counts, company.role):
            await self._opinion.approvers(change_set, company, why)
        return change_set, counts

    async def second_for(
        self, actor: Actor, change_set: ChangeSet, counts: SetCounts
    ) -> frozenset[Reason]:
        """Why a second administrator has to approve it (B-19). Raises as `offered`."""
        return await self._opinion.needed(change_set, counts, actor.company.role)

    def check_plan(self, change_set: ChangeSet, plan: SetPlan) -> None:
        """Refuse a plan. Raises `NotSchedulable`, `TimeTooSoon`, `TimeTooFar`, `PairUnfit`.

        By a code that the kind always needs it may begin less far ahead.
        """
        always = self.always_by_code(change_set.kind)
        self.scheduling.check(change_set.kind, change_set.parameters, plan, by_code=always)

    async def confirm(
        self,
        actor: Actor,
        token: str,
        proof: CodeTry | None = None,
        plan: SetPlan = AT_ONCE,
    ) -> tuple[ChangeSet, bool]:
        """Have the set run; (set, True) for the first press, (present state, False) after it.

        By `plan` it begins later, and is taken back by a second set that is confirmed with it: that
        one nobody else has to approve, so `PairUnfit` where the first one has to be.

        What a second administrator has to approve is proposed to them. `proof` is the code that was
        typed for exactly this list (`account.access.set_codes`). Raises as `offered`,
        `StepUpRequired`, `SetTooLarge`, `SetTooCostly` and `LoginNumbersInSet` where nobody can
        approve it, as `check_plan`, `TooManySchedules`, and for a `proof` as `CodeUse.check`.
        Nothing has changed when it raises, but for the count of wrong codes.
        """
        present = await self.find(actor, token)
        company = require(actor, self._specs[present.kind].right)
        if present.accepted_at is not None:
            return present, False
        change_set, counts = await self.offered(actor, token)
        self.check_plan(change_set, plan)
        if self.needs_code(change_set, counts.size, plan) and proof is None:
            raise StepUpRequired
        now = self._clock.now()
        change_set = replace(change_set, begins=plan.first, repeat=plan.repeat)
        before = await self._opinion.before(change_set)
        why = await self._opinion.needed(change_set, counts, company.role, before)
        if why and plan.then is not None:
            raise PairUnfit
        second = None
        if plan.then is not None:
            second = self.scheduling.taking_back(change_set, plan.then, now)
            require(actor, self._specs[second.change_set.kind].right)
        asking = await self._opinion.proposing(change_set, company, why, now) if why else []
        entry = HistoryEntry.by(
            actor,
            HistoryEvent.SET,
            at=now,
            result="proposed" if why else "accepted",
            parameters=told(self._specs[change_set.kind], change_set, counts),
            reference=change_set.reference,
        )
        goes = progress_of(change_set, counts, now) if plan.begins is None else ()
        outcome = await self._store.accept(
            token_hash(token),
            session_id=actor.session_id,
            company_id=company.id,
            now=now,
            effects=[entry, *asking, *goes],
            until=now + WAITS_FOR if why else None,
            begins=plan.first,
            repeat=plan.repeat,
            second=second,
            proof=proof,
            before=before,
        )
        if outcome is None:
            # Another list of theirs was confirmed at the same moment: both are added up.
            return await self.confirm(actor, token, proof, plan)
        accepted, first = outcome
        if first:
            # The set has its numbers by now: the next list begins anew.
            await self._selection.start_again(actor)
        return accepted, first

    async def cancel(self, actor: Actor, token: str) -> None:
        """Void a set that was not confirmed; any other stays as it is."""
        await self._store.void((await self.find(actor, token)).id)

    async def find(self, actor: Actor, token: str) -> ChangeSet:
        """The set of a button, if it is this person's and of the chosen company.

        Raises `ConfirmExpired`.
        """
        change_set = await self._store.by_token(token_hash(token))
        if (
            change_set is None
            or change_set.telegram_id != actor.telegram_id
            or change_set.administrator_id != actor.administrator_id
            or change_set.company_id != actor.company_id
        ):
            raise ConfirmExpired
        return change_set


def told(spec: ChangeSpec[Any, Any], change_set: ChangeSet, counts: SetCounts) -> dict[str, str]:
    """What the history keeps of a set."""
    outcomes = {
        outcome.value: str(counts.of(outcome))
        for outcome in (Outcome.DONE, Outcome.ALREADY, Outcome.REFUSED, Outcome.NOT_SENT)
        if counts.of(outcome)
    }
    return {
        **spec.audit_fields(change_set.parameters),
        "kind": change_set.kind.value,
        "numbers": str(counts.size),
        "digest": change_set.digest[:8],
        **({} if change_set.begins is None else {"at": change_set.begins.kept}),
        **({} if change_set.repeat is None else {"repeats": change_set.repeat.kept}),
        **outcomes,
    }
