"""Who gets in with a secret code, what they see, and how they are out at once (S14, S17, S18)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from account.access.employees import Employees
from account.changes.action import ActionKind
from account.chapters.bans import BanParameters
from account.chapters.numbers import NumbersQuery
from account.chapters.usage import UsageQuery
from account.documents.document import DocumentState
from account.documents.kinds import DocumentFormat, DocumentKind
from account.errors import (
    BadSecretCode,
    CapabilityMissing,
    DetailsBanned,
    EmployeeAccessEnded,
    MyAccountError,
    NumberNotFound,
    RightMissing,
)
from account.identity.permissions import Actor, may
from account.values.capabilities import Capability
from account.values.identifiers import Msisdn
from account.values.number import Ban, Number
from account.values.periods import Period, today
from account.values.rights import Right
from tests.account.examples import PARAMETERS
from tests.account.fakes.carrier import FakeCarrier
from tests.account.fakes.login import MemoryLogin
from tests.account.world import ALPHA, NUMBER, World, a_number

EMPLOYEE, OTHER = 8001, 8002
NEIGHBOUR = Msisdn("77012115527")


def query(world: World, msisdn: Msisdn = NUMBER) -> UsageQuery:
    day = today(world.clock.now())
    return UsageQuery(msisdn, Period(day, day))


async def let_in(world: World, telegram_id: int = EMPLOYEE) -> Actor:
    code = await world.employees.check(telegram_id, NUMBER, await world.with_code())
    await world.employees.bind(telegram_id, code.id, NUMBER, world.clock.now())
    actor = await world.employees.actor(telegram_id)
    assert actor is not None
    return actor


async def test_the_user_of_the_number_sees_it_and_its_details(world: World) -> None:
    actor = await let_in(world)

    assert (await world.numbers.card(actor, NUMBER)).number == world.at_operator()
    assert (await world.usage.page(actor, query(world))).number.msisdn == NUMBER


async def test_what_the_operator_lacks_an_employee_is_not_shown_either(world: World) -> None:
    world.carrier.lacking = frozenset({Capability.USAGE})
    actor = await let_in(world)

    assert not may(actor, Right.READ_USAGE, ALPHA)
    with pytest.raises(CapabilityMissing):
        await world.usage.page(actor, query(world))
    assert (await world.numbers.card(actor, NUMBER)).number == world.at_operator()


async def test_nothing_else_is_seen_or_done(world: World) -> None:
    actor = await let_in(world)
    world.carrier.add(a_number(NEIGHBOUR))

    with pytest.raises(NumberNotFound):
        await world.numbers.card(actor, NEIGHBOUR)
    with pytest.raises(NumberNotFound):
        await world.usage.page(actor, query(world, NEIGHBOUR))
    for reading in (world.numbers.page(actor, NumbersQuery()), world.numbers.tally(actor)):
        with pytest.raises(RightMissing):
            await reading
    with pytest.raises(RightMissing):
        await world.documents.order(
            actor, DocumentKind.USAGE, DocumentFormat.XLSX, query(world).ordered(), "en"
        )
    for kind in ActionKind:
        with pytest.raises(MyAccountError):
            await world.actions.offer(actor, kind, NUMBER, PARAMETERS[kind])
    assert {document.document.state for document in world.ledger.documents.values()} <= {
        DocumentState.QUEUED
    }


async def test_a_code_opens_to_nobody_with_another_number(world: World) -> None:
    code = await world.employees.check(OTHER, NUMBER, await world.with_code())

    with pytest.raises(BadSecretCode):
        await world.employees.bind(OTHER, code.id, NEIGHBOUR, world.clock.now())
    assert await world.employees.actor(OTHER) is None


async def test_a_code_in_use_opens_to_nobody_else(world: World) -> None:
    figures = await world.with_code()
    code = await world.employees.check(EMPLOYEE, NUMBER, figures)
    race = await world.employees.check(OTHER, NUMBER, figures)
    await world.employees.bind(EMPLOYEE, code.id, NUMBER, world.clock.now())

    with pytest.raises(BadSecretCode):
        await world.employees.bind(OTHER, race.id, NUMBER, world.clock.now())
    with pytest.raises(BadSecretCode):
        await world.employees.check(OTHER, NUMBER, figures)
    assert (await world.employees.check(EMPLOYEE, NUMBER, figures)).telegram_id == EMPLOYEE


async def test_the_proof_does_not_wait_for_ever(world: World) -> None:
    code = await world.employees.check(EMPLOYEE, NUMBER, await world.with_code())
    since = world.clock.now()
    world.wait(minutes=10)

    with pytest.raises(BadSecretCode):
        await world.employees.bind(EMPLOYEE, code.id, NUMBER, since)


@pytest.mark.parametrize("typed", ["", "0000000000", "AB12C-DE34F", "\x00", "٠١٢٣٤٥٦٧٨٩"])
@pytest.mark.parametrize("number", [NUMBER, NEIGHBOUR])
async def test_one_answer_for_all_that_does_not_fit(
    world: World, typed: str, number: Msisdn
) -> None:
    await world.with_code()

    with pytest.raises(BadSecretCode):
        await world.employees.check(EMPLOYEE, number, typed)


async def test_five_wrong_codes_make_a_pause_for_that_person_alone(world: World) -> None:
    figures = await world.with_code()
    for _ in range(5):
        with pytest.raises(BadSecretCode):
            await world.employees.check(OTHER, NUMBER, "0000000000")

    with pytest.raises(BadSecretCode):
        await world.employees.check(OTHER, NUMBER, figures)
    assert await world.employees.check(EMPLOYEE, NUMBER, figures)
    world.wait(minutes=15, seconds=1)
    assert await world.employees.check(OTHER, NUMBER, figures)


async def test_a_ban_on_access_ends_it_at_once_and_for_good(world: World) -> None:
    await let_in(world)
    parameters = BanParameters(Ban.ACCESS, on=True)
    offer = await world.actions.offer(world.actor(), ActionKind.BAN, NUMBER, parameters)
    await world.actions.confirm(world.actor(), offer.token)
    await world.work_for(seconds=2)

    assert await world.employees.actor(EMPLOYEE) is None
    assert [owed.to for owed in world.ledger.owed if owed.kind == "employee.ended"] == [
        str(EMPLOYEE)
    ]
    world.carrier.add(replace(world.at_operator(), bans=frozenset()))
    assert await world.employees.actor(EMPLOYEE) is None


async def test_a_ban_laid_elsewhere_ends_it_with_the_next_tap(world: World) -> None:
    await let_in(world)
    world.carrier.add(replace(world.number, bans=frozenset({Ban.ACCESS})))

    with pytest.raises(EmployeeAccessEnded):
        await world.employees.actor(EMPLOYEE)
    assert await world.employees.actor(EMPLOYEE) is None


async def test_a_number_that_left_the_company_is_seen_no_more(world: World) -> None:
    await let_in(world)
    del world.carrier.fleet[NUMBER.digits]

    with pytest.raises(EmployeeAccessEnded):
        await world.employees.actor(EMPLOYEE)


async def test_a_ban_on_details_hides_them_and_says_so(world: World) -> None:
    actor = await let_in(world)
    parameters = BanParameters(Ban.DETAILS, on=True)
    offer = await world.actions.offer(world.actor(), ActionKind.BAN, NUMBER, parameters)
    await world.actions.confirm(world.actor(), offer.token)
    await world.work_for(seconds=2)

    with pytest.raises(DetailsBanned):
        await world.usage.page(actor, query(world))
    assert await world.numbers.card(actor, NUMBER)
    assert "employee.details_banned" in [owed.kind for owed in world.ledger.owed]
    assert await world.usage.page(world.actor(), query(world)), "the administrator still sees them"


async def test_deleting_the_code_ends_it(world: World) -> None:
    await let_in(world)
    await world.accepted(ActionKind.SECRET_DELETE)
    await world.work_for(seconds=2)

    assert await world.employees.actor(EMPLOYEE) is None


class SlowCarrier(FakeCarrier):
    """Something happens while it is asked for a number."""

    meanwhile: Callable[[], Awaitable[None]]

    async def number(self, company_id: str, msisdn: Msisdn) -> Number | None:
        await self.meanwhile()
        return await super().number(company_id, msisdn)


async def test_a_pause_that_comes_while_a_guess_is_compared_counts_for_it(world: World) -> None:
    code = await world.with_code()
    carrier = SlowCarrier()
    carrier.fleet = world.carrier.fleet
    employees = Employees(
        carrier, world.code_store, MemoryLogin(world.ledger), world.ledger, world.clock, b"key"
    )

    async def guess_on() -> None:
        for _ in range(5):
            with pytest.raises(BadSecretCode):
                await employees.check(EMPLOYEE, NUMBER, "0000000000")

    carrier.meanwhile = guess_on
    with pytest.raises(BadSecretCode):
        await employees.check(EMPLOYEE, NUMBER, code)
