"""Switching services: the rules, what was shown, and what "done" rests on (S11, S12)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.changes.action import ActionKind, ActionState
from account.chapters.services.changes import (
    ServiceOnParameters,
    ServiceSubject,
    SwitchOff,
    SwitchOn,
    described,
    names_in,
    off_parameters,
    on_parameters,
)
from account.chapters.services.offerings import (
    Catalogue,
    NumberServices,
    Offering,
    Service,
    Volume,
    VolumeUnit,
)
from account.errors import (
    CarrierNotUnderstood,
    ChangeUnderWay,
    ConfirmStale,
    FundsInsufficient,
    IndividualLimitReached,
    MyAccountError,
    NumberInDebt,
    NumberNotFound,
    NumberStateRefused,
    OfferingChanged,
    ServiceAlreadySo,
    ServiceConflict,
    ServiceNotManageable,
)
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import NumberState
from tests.account.fakes.carrier import Fault
from tests.account.fakes.services import (
    APN,
    HAS_APN,
    HAS_SMS,
    OFFNET_50,
    ROAMING,
    SMS_100,
    SMS_500,
    a_service,
    an_offering,
)
from tests.account.world import BETA, NUMBER, World, a_number

ON, OFF = ActionKind.SERVICE_ON, ActionKind.SERVICE_OFF


def has(world: World, *services: Service) -> None:
    world.carrier.shelf.had[NUMBER.digits] = list(services)


def active(world: World) -> list[str]:
    return [service.offering_id for service in world.carrier.shelf.of(NUMBER)]


async def ask_on(world: World, offering: Offering) -> str:
    parameters = on_parameters(offering, world.carrier.shelf.of(NUMBER))
    return (await world.actions.offer(world.actor(), ON, NUMBER, parameters)).token


async def ask_off(world: World, service: Service) -> str:
    parameters = off_parameters(service, {"en": service.name})
    return (await world.actions.offer(world.actor(), OFF, NUMBER, parameters)).token


async def confirmed(world: World, token: str, *, seconds: float = 2) -> tuple[ActionState, str]:
    action, _ = await world.actions.confirm(world.actor(), token)
    await world.work_for(seconds=seconds)
    done = world.action(action)
    return done.state, done.reason_code or ""


# --- what is listed ---


async def test_only_what_the_administrator_may_switch_is_listed(world: World) -> None:
    of = await world.services.of(world.actor(), NUMBER)
    assert of.active == (HAS_SMS, HAS_APN)
    assert of.manageable == (HAS_SMS,)
    assert APN not in of.on_offer


async def test_what_is_on_offer_stands_in_the_order_of_the_guide(world: World) -> None:
    has(world)
    of = await world.services.of(world.actor(), NUMBER)
    assert of.on_offer == (ROAMING, OFFNET_50, SMS_100, SMS_500)


async def test_active_ones_are_offered_again_only_when_they_stack(world: World) -> None:
    has(world, HAS_SMS, a_service("svc-3", OFFNET_50))
    of = await world.services.of(world.actor(), NUMBER)
    assert of.on_offer == (ROAMING, OFFNET_50, SMS_500)


async def test_what_has_ended_meanwhile_is_not_active(world: World) -> None:
    has(world, replace(HAS_SMS, until=world.clock.now()))
    assert (await world.services.of(world.actor(), NUMBER)).active == ()


async def test_another_companys_services_are_nobodys(world: World) -> None:
    theirs = Msisdn("77019999999")
    world.carrier.add(a_number(theirs, BETA))
    with pytest.raises(NumberNotFound):
        await world.services.of(world.actor(), theirs)
    with pytest.raises(NumberNotFound):
        await world.actions.offer(world.actor(), OFF, theirs, off_parameters(HAS_SMS, {}))


# --- the rules ---


@pytest.mark.parametrize(
    ("state", "on", "off"),
    [
        (NumberState.ACTIVE, None, None),
        (NumberState.BLOCKED, NumberStateRefused, None),
        (NumberState.DEBT, NumberInDebt, NumberInDebt),
    ],
)
async def test_the_state_of_the_number_decides(
    world: World,
    state: NumberState,
    on: type[MyAccountError] | None,
    off: type[MyAccountError] | None,
) -> None:
    world.now_is(state)
    for refusal, ask in ((on, ask_on(world, ROAMING)), (off, ask_off(world, HAS_SMS))):
        if refusal is None:
            assert await ask
        else:
            with pytest.raises(refusal):
                await ask


async def test_missing_money_is_named_to_the_tiyn(world: World) -> None:
    has(world)
    world.carrier.add(replace(world.number, funds=Money(24_999)))
    with pytest.raises(FundsInsufficient) as refused:
        await ask_on(world, SMS_100)
    assert refused.value.missing == Money(1)
    world.carrier.add(replace(world.number, funds=Money(25_000)))
    assert await ask_on(world, SMS_100)


async def test_the_individual_limit_counts_as_well(world: World) -> None:
    has(world)
    world.carrier.add(replace(world.number, individual_limit=Money(10_050)))
    with pytest.raises(IndividualLimitReached) as refused:
        await ask_on(world, SMS_100)
    assert refused.value.missing == Money(14_950)


async def test_a_sum_that_was_not_told_is_for_the_operator_to_judge(world: World) -> None:
    has(world)
    world.carrier.add(replace(world.number, funds=None))
    assert await ask_on(world, SMS_100)


async def test_services_that_exclude_each_other_are_named(world: World) -> None:
    with pytest.raises(ServiceConflict) as refused:
        await ask_on(world, SMS_500)
    assert refused.value.names == (SMS_100.names,)


@pytest.mark.parametrize("offering", [APN, an_offering("gone", 1)])
async def test_what_is_not_on_offer_cannot_be_had(world: World, offering: Offering) -> None:
    with pytest.raises(ServiceNotManageable):
        await ask_on(world, offering)


async def test_the_operators_own_service_stays(world: World) -> None:
    with pytest.raises(ServiceNotManageable):
        await ask_off(world, HAS_APN)


async def test_what_already_is_so_is_said(world: World) -> None:
    for ask in (ask_on(world, SMS_100), ask_off(world, a_service("svc-9", ROAMING))):
        with pytest.raises(ServiceAlreadySo):
            await ask


async def test_on_and_off_of_one_offering_exclude_each_other(world: World) -> None:
    has(world, a_service("svc-3", OFFNET_50))
    on, off = await ask_on(world, OFFNET_50), await ask_off(world, a_service("svc-3", OFFNET_50))
    await world.actions.confirm(world.actor(), off)
    with pytest.raises(MyAccountError):
        await world.actions.confirm(world.actor(), on)
    with pytest.raises(ChangeUnderWay):
        await ask_on(world, OFFNET_50)
    assert await ask_on(world, ROAMING)


# --- what was shown ---


@pytest.mark.parametrize(
    "change",
    [
        {"price": Money(40_000)},
        {"monthly": True},
        {"volume": Volume(40, VolumeUnit.MINUTES)},
        {"volume": None},
        {"to_month_end": False},
        {"days": 30},
        {"terms": {"en": "others"}},
        {"names": {"en": "another"}},
        {"stackable": False},
    ],
)
async def test_other_terms_are_another_question(world: World, change: dict[str, object]) -> None:
    offered = await ask_on(world, OFFNET_50)
    world.carrier.shelf.offerings[OFFNET_50.id] = replace(OFFNET_50, **change)  # type: ignore[arg-type]
    with pytest.raises(OfferingChanged):
        await ask_on(world, OFFNET_50)
    assert await confirmed(world, offered) == (ActionState.REJECTED, OfferingChanged.code)
    assert world.carrier.tries == []


async def test_a_state_that_changed_since_refuses(world: World) -> None:
    offered = await ask_on(world, ROAMING)
    world.now_is(NumberState.BLOCKED)
    assert await confirmed(world, offered) == (ActionState.REJECTED, ConfirmStale.code)


async def test_money_that_is_gone_since_refuses(world: World) -> None:
    has(world)
    offered = await ask_on(world, SMS_100)
    world.carrier.add(replace(world.number, funds=Money(1)))
    assert await confirmed(world, offered) == (ActionState.REJECTED, FundsInsufficient.code)
    assert world.carrier.tries == []


@pytest.mark.parametrize("offering", [OFFNET_50, SMS_100, ROAMING])
def test_what_was_shown_can_be_read_back(offering: Offering) -> None:
    parameters = on_parameters(offering, [])
    back = ServiceOnParameters.read(parameters.told(), {}).offering
    assert replace(back, groups=offering.groups, excludes=offering.excludes) == offering
    assert back.names == offering.names
    assert described(back) == described(offering)


# --- done ---


async def test_it_is_done_when_it_stands_in_the_other_list(world: World) -> None:
    assert await confirmed(world, await ask_on(world, ROAMING)) == (ActionState.DONE, "")
    assert await confirmed(world, await ask_off(world, HAS_SMS)) == (ActionState.DONE, "")
    assert active(world) == [APN.id, ROAMING.id]


@pytest.mark.parametrize("offering", [ROAMING, OFFNET_50])
async def test_a_completed_order_alone_is_not_done(world: World, offering: Offering) -> None:
    has(world, a_service("svc-3", OFFNET_50))
    world.carrier.faults.append(Fault.UNREAD)
    state, _ = await confirmed(world, await ask_on(world, offering))
    assert state is ActionState.UNKNOWN
    has(world, *world.carrier.shelf.of(NUMBER), a_service("svc-4", offering))
    await world.work_for(seconds=30)
    [kept] = world.ledger.actions.values()
    assert kept.action.state is ActionState.DONE


async def test_one_more_is_bought_though_one_is_there(world: World) -> None:
    has(world, a_service("svc-3", OFFNET_50))
    offered = await ask_on(world, OFFNET_50)
    has(world, a_service("svc-3", OFFNET_50), a_service("of a colleague", OFFNET_50))
    assert await confirmed(world, offered) == (ActionState.DONE, "")
    assert len(world.carrier.effects) == 1
    assert active(world) == [OFFNET_50.id] * 3


async def test_enabled_or_disabled_meanwhile_is_done_without_an_order(world: World) -> None:
    on, token = a_service("svc-4", ROAMING), await ask_on(world, ROAMING)
    has(world, HAS_SMS, on)
    assert await confirmed(world, token) == (ActionState.DONE, "")
    token = await ask_off(world, HAS_SMS)
    has(world, on)
    assert await confirmed(world, token) == (ActionState.DONE, "")
    assert world.carrier.tries == []


@pytest.mark.parametrize("left_out", [0, 1])
def test_a_service_that_cannot_be_read_may_be_the_one(world: World, left_out: int) -> None:
    """The operator told a service that cannot be read: neither "is off" nor "is not on" is sure."""
    number = replace(world.number, state=NumberState.ACTIVE)
    services = NumberServices(number, (HAS_APN,), Catalogue(), left_out)
    subject = ServiceSubject(services, SMS_100)
    off, on = SwitchOff(world.carrier), SwitchOn(world.carrier)
    parameters = off_parameters(HAS_SMS, {"en": "SMS"})
    assert off.is_applied(subject, parameters) is (None if left_out else True)
    with pytest.raises(CarrierNotUnderstood if left_out else ServiceAlreadySo):
        off.check(subject, parameters)
    for offering in (SMS_100, OFFNET_50):
        told = on.is_applied(subject, on_parameters(offering, [HAS_APN]))
        assert told is (None if left_out else False)


async def test_the_history_says_which_service(world: World) -> None:
    await confirmed(world, await ask_on(world, ROAMING))
    done = world.ledger.entries[-1]
    assert (done.what, done.result) == ("service.on", "done")
    assert done.parameters["offering"] == "roaming"
    assert names_in(done.parameters) == ROAMING.names
    assert "shown" not in done.parameters
