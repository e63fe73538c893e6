"""What sets need of the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from account.changes.action import Action
from account.changes.parameters import ChangeParameters
from account.changes.sets.change_set import (
    ChangeSet,
    Fate,
    SetCounts,
    SetNumber,
    SetState,
    TakingBack,
)
from account.changes.sets.gathering import Gathering
from account.credentials.one_time_codes import CodeTry
from account.effects.effect import Effect
from account.lists.number_list import NumberList
from account.values.identifiers import Msisdn
from account.values.number import Number
from account.values.page import Page
from account.values.repeats import Repeat
from account.values.wall_times import WallTime

Begun: TypeAlias = tuple[Action, Sequence[Effect]]
"""The change of one number, as it is when it was just confirmed, and what becomes true with it."""
DryRun: TypeAlias = Mapping[int, tuple[Fate, str, str | None]]
"""By place: the fate, the fingerprint that was read, and why."""


class CompanyPages(Protocol):
    """The company's numbers by pages, asked of the operator."""

    async def page(self, company_id: str, *, offset: int, limit: int) -> Page[Number]:
        """A page, in the order of the list. Raises `CarrierUnavailable`."""


class NumberListStore(Protocol):
    """The list that a person puts together, one for each Telegram account."""

    async def keep(
        self, telegram_id: int, session_id: str, company_id: str, gathered: Gathering, now: datetime
    ) -> None:
        """Keep it in the place of any other."""

    async def gathered(
        self, telegram_id: int, session_id: str, company_id: str, since: datetime
    ) -> Gathering:
        """What was put together in that session for that company since then; else nothing."""

    async def drop(self, telegram_id: int) -> None:
        """Forget it."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a person has confirmed of one kind since then: parameters and numbers of each set."""

    since: datetime
    sets: Sequence[tuple[ChangeParameters, int]]


class ChangeSetStore(Protocol):
    """Rows of sets and of their numbers. A write with an old `fence` does nothing."""

    def new_id(self) -> str:
        """A fresh UUID."""

    async def begin_check(
        self, change_set: ChangeSet, token_hash: str, numbers: NumberList
    ) -> None:
        """Keep a set whose dry run is to be made; what the person was offered before is void.

        Its confirmation is bound to the token of that hash.
        """

    async def read(self, set_id: str) -> ChangeSet | None:
        """The set with that id."""

    async def by_reference(self, reference: str) -> ChangeSet | None:
        """The set that people know by that reference."""

    async def by_token(self, token_hash: str) -> ChangeSet | None:
        """The set of a confirmation's token."""

    async def counts(self, set_id: str) -> SetCounts:
        """How many numbers have which fate and outcome."""

    async def numbers(
        self,
        set_id: str,
        *,
        after: int = -1,
        limit: int,
        fate: Fate | None = None,
    ) -> Sequence[SetNumber]:
        """Its numbers in order, from the place after that one on."""

    async def checked(self, change_set: ChangeSet, fates: DryRun, until: datetime) -> bool:
        """Write what was read and keep the claim until then; False when it was lost."""

    async def under_way(self, company_id: str, lock_key: str) -> frozenset[Msisdn]:
        """The company's numbers with an open change of that lock key."""

    async def offer(self, change_set: ChangeSet, digest: str, now: datetime) -> bool:
        """The dry run is over: give it its reference. False when the claim was lost."""

    async def void(self, set_id: str) -> None:
        """End a set that was not confirmed."""

    async def confirmed_since(
        self, administrator_id: str, kind: str, since: datetime
    ) -> Sequence[tuple[ChangeParameters, int]]:
        """What the person has confirmed of that kind in sets since then, and for how many.

        Without what nobody has approved in the end.
        """

    async def accept(
        self,
        token_hash: str,
        *,
        session_id: str,
        company_id: str,
        now: datetime,
        effects: Sequence[Effect],
        until: datetime | None = None,
        begins: WallTime | None = None,
        repeat: Repeat | None = None,
        second: TakingBack | None = None,
        proof: CodeTry | None = None,
        before: Before | None = None,
    ) -> tuple[ChangeSet, bool] | None:
        """Have it run if it is still offered, whatever its size in one change of one row.

        With `until` it is proposed, and is due for a worker only then. With `begins` it runs from
        then on, and is due at once for a worker to see when that is. With `second` that set is
        written too, for the numbers that will be done. Raises `TooManySchedules` where one more for
        later is too many for the company.

        (the set, True), or (its present state, False) when another press was first. With `proof`
        only if that is the right code, which is used up in the same transaction. Raises
        `ConfirmExpired`, and as `CodeUse.check`.

        None, and nothing has changed, when its person has confirmed something else than `before`.
        """

    async def move(
        self,
        set_id: str,
        origin: SetState,
        to: SetState,
        now: datetime,
        effects: Sequence[Effect],
        reason_code: str | None = None,
        following: ChangeSet | None = None,
    ) -> bool:
        """Pause, go on or stop: False when it no longer is in that state.

        `following` as in `start`.
        """

    async def keep(
        self, change_sets: Sequence[ChangeSet], now: datetime, effects: Sequence[Effect]
    ) -> None:
        """Have these suspended ones begin after all, in their chats and sessions as given.

        All of them or none: raises `ScheduleNotOpen` where one is suspended no more.
        """

    async def start(
        self,
        change_set: ChangeSet,
        now: datetime,
        effects: Sequence[Effect],
        left_out: Sequence[int] = (),
        following: ChangeSet | None = None,
    ) -> bool:
        """Have a claimed one for later run; False when the claim was lost, or it waits no more.

        The numbers at the places `left_out` are not sent (`NOT_CHANGED`). `following` is written
        with it, for the numbers that were to be done: the next date of one that repeats.
        """

    async def of_chain(self, chain: str, limit: int) -> Sequence[str]:
        """The ids of the latest sets of that chain that have begun and ended, the latest first."""

    async def derive_anew(self, now: datetime) -> None:
        """Have a worker look when those for later begin, by the zone's rules as it knows them."""

    async def for_later(self, company_id: str) -> Sequence[tuple[ChangeSet, int]]:
        """The company's that begin later, the next first, and how many numbers each has."""

    async def of_company(self, company_id: str, since: datetime) -> Sequence[ChangeSet]:
        """Confirmed sets that have not ended, or ended since then; the newest first."""

    async def undoable(self, set_id: str, lock_key: str) -> Sequence[SetNumber]:
        """The numbers it has changed, without those that a later change of ours has changed."""

    # --- the worker's ---

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, limit: int
    ) -> Sequence[ChangeSet]:
        """Take due sets for a while, of a company no more than may run at once."""

    async def release(
        self, change_set: ChangeSet, due: datetime, effects: Sequence[Effect] = ()
    ) -> None:
        """Let go of the claim until `due`; the effects are written if it was held."""

    async def begin(
        self,
        change_set: ChangeSet,
        lock_key: str,
        limit: int,
        made: Callable[[SetNumber], Begun],
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
    ) -> Sequence[Action]:
        """Confirm the changes of the next numbers, each with its row in the same transaction.

        They are claimed by `owner` already; none when the claim was lost or the set does not run.
        A number with another change under way has its outcome at once.
        """

    async def unsent(self, begun: Sequence[Action]) -> bool:
        """Whether any of these changes has neither been sent nor come to its end."""

    async def forsake(self, change_set: ChangeSet, reason_code: str) -> None:
        """Every number that has not begun is not sent."""

    async def end(self, change_set: ChangeSet, now: datetime, effects: Sequence[Effect]) -> bool:
        """The set is over; False when the claim was lost, or a number has no outcome yet."""
