"""Айгүл's company with forty-seven numbers, and everything that sets rest on, over a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from account.changes.action import Action, ActionKind
from account.changes.confirmation import PollingPolicy
from account.changes.execution import ChangeExecution
from account.changes.freezes import Freezes
from account.changes.parameters import NOTHING, ChangeParameters
from account.changes.sensitive_numbers import SensitiveNumbers
from account.changes.sets.approvals import SetApprovals
from account.changes.sets.change_set import ChangeSet, Outcome, SetCounts, SetNumber, SetState
from account.changes.sets.confirmation import ChangeSets, OfferedSet
from account.changes.sets.confirmed_sets import ConfirmedSets
from account.changes.sets.dry_run import ALL, DryRun
from account.changes.sets.execution import LEASE, SetExecution
from account.changes.sets.ports import CompanyPages
from account.changes.sets.scheduling import SetScheduling
from account.changes.sets.second_opinion import SecondOpinion
from account.changes.sets.selection import NumberSelection
from account.chapters.numbers import NumbersQuery
from account.chapters.transfers import CODE_FROM
from account.credentials.one_time_codes import CodeTry
from account.identity.directory import Administrator, Company
from account.identity.permissions import Actor
from account.values.identifiers import Bin, Msisdn
from account.values.number import Number, NumberState
from account.values.page import Page
from documents.lists.reader import ListFileReader
from storage import Stores
from storage.tables.history import history
from storage.tables.outbox import outbox
from tests.account.fakes.carrier import FakeCarrier
from tests.account.fakes.clock import FakeClock, FakeElapsed
from tests.account.world import AIGUL, ALPHA, BETA, HER_PHONE, NOON, a_number, practices_of
from tests.storage.builders import a_code, mac

COUNT = 47
FEW = 10
"""Enough for three claims."""


def a_msisdn(n: int) -> Msisdn:
    return Msisdn(f"7701{1_000_000 + n}")


class Pages(CompanyPages):
    """The fake operator's list."""

    def __init__(self, carrier: FakeCarrier) -> None:
        self._carrier = carrier
        self.asked = 0

    async def page(self, company_id: str, *, offset: int, limit: int) -> Page[Number]:
        self.asked += 1
        return await self._carrier.numbers(company_id, NumbersQuery(offset=offset, limit=limit))


class Desk:
    """One process on the database; `beside` is another one. A step begins `turns` times four."""

    def __init__(
        self, stores: Stores, beside: Desk | None = None, owner: str = "one", *, turns: int = 1
    ) -> None:
        self.stores = stores
        self.owner = owner
        self.clock: FakeClock = FakeClock(NOON) if beside is None else beside.clock
        self.carrier: FakeCarrier = FakeCarrier() if beside is None else beside.carrier
        self.alpha = Company(ALPHA, "Alpha LLP", Bin("180140000018"))
        if beside is None:
            self._people()
        carrier, clock = self.carrier, self.clock
        specs = self.specs = practices_of(carrier)
        sensitive = SensitiveNumbers(carrier, stores.approvals, clock, specs)
        freezes = Freezes(carrier, stores.freezes, clock, specs, sensitive)
        self.selection = NumberSelection(
            stores.number_lists, clock, ListFileReader(), stores.effect_store
        )
        self.opinion = SecondOpinion(
            stores.change_sets, stores.set_approvals, sensitive, specs, clock
        )
        self.scheduling = SetScheduling(stores.change_sets, clock, specs)
        self.sets = ChangeSets(
            stores.change_sets,
            self.selection,
            clock,
            specs,
            freezes,
            CODE_FROM,
            self.opinion,
            self.scheduling,
        )
        self.confirmed_sets = ConfirmedSets(
            self.sets, stores.change_sets, clock, specs, freezes, self.scheduling
        )
        self.approvals = SetApprovals(
            carrier,
            self.sets,
            stores.change_sets,
            stores.set_approvals,
            self.opinion,
            specs,
            sensitive,
            freezes,
            clock,
        )
        self.pages = Pages(carrier)
        self.dry_run = DryRun(carrier, self.pages, stores.change_sets, specs, clock, sensitive)
        self.execution = ChangeExecution(
            carrier,
            carrier,
            stores.actions,
            clock,
            FakeElapsed(clock),
            specs,
            PollingPolicy(),
            stores.holds,
            freezes,
            boottime=lambda: clock.now().timestamp(),
            sets=stores.change_sets,
        )
        self.worker = SetExecution(
            carrier,
            stores.change_sets,
            self.execution,
            self.dry_run,
            specs,
            freezes,
            clock,
            FakeElapsed(clock),
            owner,
            self.opinion,
            self.scheduling,
            turns=turns,
        )

    def _people(self) -> None:
        aigul = Administrator("adm-1", "Айгүл Серікова", HER_PHONE)
        self.carrier.administrators[HER_PHONE.digits] = aigul
        self.carrier.granted["adm-1"] = (self.alpha,)
        for n in range(COUNT):
            self.carrier.add(a_number(a_msisdn(n)))
        self.carrier.add(a_number(a_msisdn(900), BETA))

    def actor(self) -> Actor:
        return Actor(
            telegram_id=AIGUL,
            session_id="s-1",
            administrator_id="adm-1",
            name="Айгүл Серікова",
            phone=HER_PHONE,
            companies=self.carrier.granted["adm-1"],
            company_id=ALPHA,
        )

    def is_now(self, n: int, state: NumberState) -> None:
        number = self.carrier.fleet[a_msisdn(n).digits]
        by_company = state is NumberState.BLOCKED
        self.carrier.add(replace(number, state=state, blocked_by_company=by_company))

    def states(self) -> list[NumberState]:
        return [self.carrier.fleet[a_msisdn(n).digits].state for n in range(FEW)]

    async def previewed(
        self,
        numbers: Sequence[int] = range(COUNT),
        kind: ActionKind = ActionKind.BLOCK,
        more: str = "",
        parameters: ChangeParameters = NOTHING,
    ) -> OfferedSet:
        """The dry run of these numbers is over."""
        await self.selection.start_again(self.actor())
        text = "\n".join([*(a_msisdn(n).e164 for n in numbers), *more.splitlines()])
        await self.selection.add_text(self.actor(), text)
        offered = await self.sets.preview(self.actor(), kind, "en", parameters)
        await self.steps()
        return OfferedSet(await self.present(offered.change_set), offered.token)

    async def confirmed(
        self, numbers: Sequence[int] = range(FEW), kind: ActionKind = ActionKind.BLOCK
    ) -> ChangeSet:
        offered = await self.previewed(numbers, kind)
        proof = None
        if self.sets.needs_code(offered.change_set, len(numbers)):
            proof = await self.asked_code(offered.change_set)
        change_set, first = await self.sets.confirm(self.actor(), offered.token, proof)
        assert first
        return change_set

    async def asked_code(self, change_set: ChangeSet, typed: str = "123456") -> CodeTry:
        """A code was sent for the set, and this was typed."""
        purpose = f"step-up:{change_set.id}"
        code = replace(
            a_code(change_set.id, self.clock.now(), purpose=purpose),
            phone=HER_PHONE,
            telegram_id=AIGUL,
        )
        await self.stores.login.issue(code, [])
        return CodeTry(HER_PHONE, AIGUL, purpose, (mac(typed),))

    async def present(self, change_set: ChangeSet) -> ChangeSet:
        found = await self.stores.change_sets.read(change_set.id)
        assert found is not None
        return found

    async def counts(self, change_set: ChangeSet) -> SetCounts:
        return await self.stores.change_sets.counts(change_set.id)

    async def outcomes(self, change_set: ChangeSet) -> dict[Outcome, int]:
        return dict((await self.counts(change_set)).outcomes)

    async def numbers(self, change_set: ChangeSet) -> Sequence[SetNumber]:
        return await self.stores.change_sets.numbers(change_set.id, limit=ALL)

    async def step(self) -> bool:
        """One claimed step of a set, if any is due."""
        claimed = await self.stores.change_sets.claim(self.owner, self.clock.now(), LEASE, 1)
        for change_set in claimed:
            await self.worker.advance(change_set)
        return bool(claimed)

    async def follow_up(self) -> int:
        """The ordinary worker's look at what is due."""
        claimed = await self.stores.actions.claim(self.owner, self.clock.now(), LEASE, 100)
        for action in claimed:
            await self.execution.advance(action)
        return len(claimed)

    async def steps(self, most: int = 100) -> None:
        """Until nothing is due."""
        for _ in range(most):
            if not await self.step():
                return

    async def to_the_end(self, change_set: ChangeSet) -> ChangeSet:
        for _ in range(200):
            await self.steps()
            await self.follow_up()
            present = await self.present(change_set)
            if present.state is SetState.ENDED:
                return present
            self.clock.advance(timedelta(seconds=1))
        raise AssertionError("the set does not come to its end")

    async def words(self) -> list[str]:
        """The kinds of messages that are owed."""
        return await self.stores.database.read(
            lambda conn: list(conn.execute(select(outbox.c.kind).order_by(outbox.c.id)).scalars())
        )

    async def action_of(self, number: SetNumber) -> Action:
        assert number.action is not None
        action = await self.stores.actions.by_reference(number.action)
        assert action is not None
        return action

    async def history(self) -> list[tuple[str, str, str | None, str | None]]:
        """What, result, reference, and the set's reference of each entry."""
        rows = await self.stores.database.read(
            lambda conn: conn.execute(select(history).order_by(history.c.seq)).all()
        )
        return [
            (row.what, row.result, row.reference, json.loads(row.parameters).get("set"))
            for row in rows
        ]
