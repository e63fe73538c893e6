"""One operator, asked in its two dialects: what is told of its customers is the same.

Ids that the operator makes differ, and nothing else may.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from account.changes.action import ActionKind, Order, OrderState
from account.changes.parameters import ChangeParameters
from account.chapters.billing.accounts import Account
from account.chapters.billing.bills import BillsQuery
from account.chapters.forwarding import Condition, ForwardingOffParameters, setting
from account.chapters.payments import Payment, PaymentsQuery
from account.chapters.services.changes import ServiceOffParameters, ServiceOnParameters
from account.chapters.sim import CardStatus, ReplaceParameters
from account.chapters.transfers import TransferParameters
from account.chapters.usage import UsageKind, UsageQuery, UsageRecord
from account.errors import CarrierRefused
from account.values.identifiers import Msisdn
from account.values.money import ZERO, Money
from account.values.page import Page
from account.values.periods import Month, MonthSpan, Period
from carrier.http import OperatorHttp
from carrier.profile.loader import parse
from carrier.profile.model import Profile
from carrier.tmf.adapter import TmfAdapter
from sandbox.app import Sandbox
from sandbox.world import World, WorldClock
from tests.carrier.desk import action
from tests.loopback import client

LOGIN, BLOCKED = Msisdn("77010542007"), Msisdn("77010542006")
NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)


@dataclass
class Side:
    """The operator in one dialect, and the company there."""

    world: World
    http: OperatorHttp
    carrier: TmfAdapter
    company: str
    control: httpx.AsyncClient

    async def done(
        self, kind: ActionKind, parameters: ChangeParameters, msisdn: Msisdn = LOGIN
    ) -> Order:
        """A change that is carried out."""
        one = action(
            kind, id=str(uuid4()), company_id=self.company, msisdn=msisdn, parameters=parameters
        )
        order: Order | None = await self.carrier.place(one)
        while order is None or order.state is OrderState.UNDER_WAY:
            await asyncio.sleep(0.02)
            order = await self.carrier.order(one)
        assert order.state is OrderState.COMPLETED, order
        return order

    async def asked(self, path: str) -> int:
        """How often the operator was asked for what ends so."""
        calls = (await self.control.get("/sandbox/operator/calls")).json()
        return sum(count for call, count in calls.items() if call.endswith(path))


async def opened(
    tmp_path: Path, dialect: str, profile: Profile | None = None
) -> AsyncIterator[Side]:
    world = World(tmp_path / dialect, clock=WorldClock(NOW), dialect=dialect)
    async with Sandbox(world) as sandbox:
        url = sandbox.world.http_url
        async with client(url) as control:
            told = (await control.get("/sandbox/operator/profile")).text
            http = OperatorHttp(url, "sandbox-secret", profile=profile or parse(told, dialect))
            carrier = TmfAdapter(http, world.clock)
            await control.patch("/sandbox/operator/settings", json={"order_seconds": 0.05})
            person = await carrier.administrator(LOGIN)
            assert person is not None
            companies = await carrier.companies(person.id)
            demo = next(one for one in companies if one.name == "TOO Demo")
            yield Side(world, http, carrier, demo.id, control)
            await http.close()


@pytest_asyncio.fixture
async def kcell(tmp_path: Path) -> AsyncIterator[Side]:
    async for side in opened(tmp_path, "kcell"):
        yield side


@pytest_asyncio.fixture
async def plain(tmp_path: Path) -> AsyncIterator[Side]:
    async for side in opened(tmp_path, "plain"):
        yield side


# --- usage ---


def usage_of(kind: UsageKind = UsageKind.EVERYTHING) -> UsageQuery:
    return UsageQuery(LOGIN, Period(date(2026, 10, 1), date(2026, 10, 31)), kind)


def without_plus(one: UsageRecord) -> UsageRecord:
    """A record whose other party is shown as this operator writes it."""
    return replace(one, party=one.party.removeprefix("+"))


async def test_usage_of_each_kind(kcell: Side, plain: Side) -> None:
    for kind in UsageKind:
        told = []
        for side in (kcell, plain):
            query = usage_of(kind)
            pages = [
                await side.carrier.usage(side.company, query, offset=offset, limit=40)
                for offset in (0, 40)
            ]
            assert not any(page.left_out for page in pages)
            told.append([(page.total, [without_plus(one) for one in page.rows]) for page in pages])
        assert told[0] == told[1], kind
        assert told[0][0][1], kind


async def test_the_pages_of_a_report_are_read_once(plain: Side) -> None:
    query = usage_of(UsageKind.CALLS)
    for offset in range(0, 100, 20):
        await plain.carrier.usage(plain.company, query, offset=offset, limit=20)
    pages = -(
        -(await plain.carrier.usage(plain.company, usage_of(), offset=0, limit=1)).total // 100
    )
    assert await plain.asked("/usage") <= 8 * (1 + pages // 8) + 2


# --- services ---


async def test_services_of_every_number(kcell: Side, plain: Side) -> None:
    offered = await kcell.carrier.offerings()
    assert await plain.carrier.offerings() == offered
    seen = 0
    for last in range(2, 20):
        number = Msisdn(f"770105420{last:02}")
        theirs = (await kcell.carrier.services(kcell.company, number)).rows
        told = (await plain.carrier.services(plain.company, number)).rows
        # by this operator's word everything may be tried to be switched off
        assert [replace(one, id="", manageable=True) for one in theirs] == [
            replace(one, id="") for one in told
        ]
        seen += len(told)
    assert seen > 10


async def test_a_service_is_switched_on_and_off(plain: Side) -> None:
    before = {one.id for one in (await plain.carrier.services(plain.company, LOGIN)).rows}
    offered = next(one for one in (await plain.carrier.offerings()).values() if one.sellable)
    await plain.done(ActionKind.SERVICE_ON, ServiceOnParameters(offered))
    [new] = [
        one
        for one in (await plain.carrier.services(plain.company, LOGIN)).rows
        if one.id not in before
    ]
    assert new.offering_id == offered.id
    off = ServiceOffParameters(new.id, offered.id, offered.names)
    await plain.done(ActionKind.SERVICE_OFF, off)
    assert {one.id for one in (await plain.carrier.services(plain.company, LOGIN)).rows} == before


# --- allowances, forwarding, SIM cards ---


async def test_allowances(kcell: Side, plain: Side) -> None:
    for number in (LOGIN, BLOCKED):
        theirs = await kcell.carrier.allowances(kcell.company, number)
        told = await plain.carrier.allowances(plain.company, number)
        assert told.left_out == 0
        own = {one.id for one in (await plain.carrier.services(plain.company, number)).rows}
        assert {one.source for one in told.rows} <= {number.digits} | own
        for one, same in zip(told.rows, theirs.rows, strict=True):
            # time passes between the two questions
            assert (one.left or 0) == pytest.approx(same.left or 0, rel=0.001)
            assert one == replace(same, left=one.left, use=one.use, source=one.source)
            assert (one.source == number.digits) == (same.source == number.digits)
    strange = await other_company(plain)
    assert (await plain.carrier.allowances(strange, LOGIN)).rows == ()


async def other_company(side: Side) -> str:
    """The other company of the same administrator."""
    person = await side.carrier.administrator(LOGIN)
    assert person is not None
    companies = await side.carrier.companies(person.id)
    return next(one.id for one in companies if one.id != side.company)


async def test_forwarding_is_set_read_and_switched_off(plain: Side) -> None:
    target = Msisdn("77012115526")
    await plain.done(ActionKind.FORWARDING_SET, setting(Condition.NO_ANSWER, target, 20))
    rules = await plain.carrier.forwarding(plain.company, LOGIN)
    assert rules is not None
    [rule] = [one for one in rules if one.condition is Condition.NO_ANSWER]
    assert (rule.target, rule.active, rule.timer) == (target.digits, True, 20)
    await plain.done(ActionKind.FORWARDING_OFF, ForwardingOffParameters(Condition.NO_ANSWER))
    rules = await plain.carrier.forwarding(plain.company, LOGIN)
    assert rules is not None
    assert not any(one.active for one in rules)
    assert await plain.carrier.forwarding(await other_company(plain), LOGIN) is None


async def test_sim_cards(kcell: Side, plain: Side) -> None:
    for number in (LOGIN, BLOCKED):
        sim = await plain.carrier.sim(plain.company, number)
        assert sim is not None
        assert sim == await kcell.carrier.sim(kcell.company, number)
        assert await plain.carrier.sim_replaced_at(number) == sim.replaced_at
        assert await plain.carrier.sim(await other_company(plain), number) is None
        assert await plain.carrier.card_standing(plain.company, sim.iccid) is CardStatus.TAKEN
    pages = [
        await side.carrier.blank_sims(side.company, offset=0, limit=10) for side in (kcell, plain)
    ]
    assert pages[0] == pages[1]
    assert pages[0].total == 12


async def test_a_card_is_replaced(plain: Side) -> None:
    [wanted] = (await plain.carrier.blank_sims(plain.company, offset=0, limit=1)).rows
    assert await plain.carrier.card_standing(plain.company, wanted) is CardStatus.FREE
    await plain.done(ActionKind.SIM_REPLACE, ReplaceParameters(wanted))
    sim = await plain.carrier.sim(plain.company, LOGIN)
    assert sim is not None
    assert sim.iccid == wanted
    blanks = await plain.carrier.blank_sims(plain.company, offset=0, limit=100)
    assert wanted not in blanks.rows


# --- accounts, payments, bills ---

AUTUMN = Period(date(2026, 9, 1), date(2026, 11, 22))
OCTOBER = Month(2026, 10)


async def accounts_of(side: Side) -> list[Account]:
    page = await side.carrier.accounts(side.company, None, offset=0, limit=100)
    assert (page.left_out, page.total) == (0, len(page.rows))
    return list(page.rows)


async def test_accounts(kcell: Side, plain: Side) -> None:
    theirs, told = await accounts_of(kcell), await accounts_of(plain)
    # what an account is for is not told here
    assert [replace(one, service=None, credit_limit=None) for one in told] == [
        replace(one, service=None, credit_limit=None) for one in theirs
    ]
    assert len(theirs) > 2
    some = [theirs[2].number, theirs[0].number, "1"]
    page = await plain.carrier.accounts(plain.company, some, offset=0, limit=10)
    assert [one.number for one in page.rows] == sorted([theirs[0].number, theirs[2].number])
    strange = await other_company(plain)
    assert (await plain.carrier.accounts(strange, some, offset=0, limit=10)).rows == ()


@pytest.mark.parametrize("number", [None, LOGIN])
async def test_payments(kcell: Side, plain: Side, number: Msisdn | None) -> None:
    told = []
    for side in (kcell, plain):
        query = PaymentsQuery(side.company, AUTUMN, number)
        pages = [await side.carrier.payments(query, offset=at, limit=3) for at in (0, 3)]
        assert not any(page.left_out for page in pages)
        told.append([(page.total, page.rows) for page in pages])
    assert told[0] == told[1]
    assert told[0][0][1]


async def test_another_companys_payments_are_nobodys(plain: Side) -> None:
    """This operator does not look at whose payments are asked for."""
    theirs = set((await payments_of(plain, await other_company(plain))).rows)
    ours = set((await payments_of(plain, plain.company)).rows)
    assert theirs
    assert not theirs & ours


async def payments_of(side: Side, company: str) -> Page[Payment]:
    return await side.carrier.payments(PaymentsQuery(company, AUTUMN), offset=0, limit=500)


async def test_bills_and_their_lines(kcell: Side, plain: Side) -> None:
    told = []
    for side in (kcell, plain):
        query = BillsQuery(side.company, months=MonthSpan(Month(2026, 9), OCTOBER))
        page = await side.carrier.bills(query, offset=0, limit=100)
        assert (page.left_out, page.total) == (0, len(page.rows))
        lines = [await side.carrier.bill_lines(one, offset=0, limit=500) for one in page.rows]
        assert not any(one.left_out for one in lines)
        told.append(
            (
                [replace(one, id="", registration=None, lines=None, rates=()) for one in page.rows],
                [one.rows for one in lines],
            )
        )
    assert told[0] == told[1]
    assert len(told[0][0]) > 2


async def test_bills_by_what_the_operator_does_not_filter(kcell: Side, plain: Side) -> None:
    told = []
    for side in (kcell, plain):
        query = BillsQuery(side.company, year=2024)
        page = await side.carrier.bills(query, offset=0, limit=500)
        told.append([one.number for one in page.rows])
    assert told[0] == told[1]
    assert {number[-6:] for number in told[0]} == {"202411", "202412"}


async def test_the_accounts_that_billed_a_number(kcell: Side, plain: Side) -> None:
    for number in (LOGIN, BLOCKED):
        theirs = await kcell.carrier.billed_accounts(kcell.company, number, OCTOBER)
        assert theirs
        assert await plain.carrier.billed_accounts(plain.company, number, OCTOBER) == theirs
    assert await plain.carrier.billed_accounts(await other_company(plain), LOGIN, OCTOBER) == ()


# --- transfers ---


async def test_money_is_moved_between_the_buckets_that_are_found(plain: Side) -> None:
    sender, recipient = Msisdn("77010542013"), Msisdn("77010542016")
    for number, balance in ((sender, "1750"), (recipient, "20")):
        where = f"/sandbox/operator/numbers/{number.digits}"
        await plain.control.patch(where, json={"balance": balance, "individual_limit": None})
    parameters = TransferParameters(recipient, Money.parse("500.50"), ZERO)
    await plain.done(ActionKind.TRANSFER, parameters, sender)
    left = [await plain.carrier.number(plain.company, one) for one in (sender, recipient)]
    assert [one.funds for one in left if one] == [Money(124_950), Money(52_050)]


@pytest.mark.parametrize(
    ("recipient", "code"), [("77010542007", "TRANSFER.CREDIT"), ("77023300102", "NUMBER.NOT_FOUND")]
)
async def test_money_goes_to_no_other_bucket(plain: Side, recipient: str, code: str) -> None:
    parameters = TransferParameters(Msisdn(recipient), Money.parse("1"), ZERO)
    with pytest.raises(CarrierRefused) as refused:
        await plain.done(ActionKind.TRANSFER, parameters, Msisdn("77010542013"))
    assert refused.value.reason_code == code
