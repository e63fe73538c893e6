"""Devices: four changes with a promise of hours, the previous owner, and the requests (S21-S25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from account.changes.action import Action, ActionKind, ActionState
from account.chapters.devices.registrations import (
    OTHER_OWNER,
    OWNER_ID,
    OWNER_MISMATCH,
    DevicesQuery,
    PreviousOwner,
    RegistrationKind,
)
from account.chapters.devices.requests import (
    PAGE,
    SEARCHED_AT_ONCE,
    Condition,
    DeviceRequest,
    DeviceRequestsQuery,
    Stage,
)
from account.effects.effect import Channel
from account.errors import (
    ChangeUnderWay,
    DeviceAlreadyRegistered,
    DeviceNotRegistered,
    NumberNotFound,
    OwnerTriesExceeded,
    StepUpRequired,
    TermsNotAccepted,
)
from account.values.identifiers import Imei, Msisdn, parse_iin_or_bin
from account.values.number import NumberState
from tests.account.fakes.carrier import Fault
from tests.account.fakes.devices import FREE, HELD, KINDS
from tests.account.world import ALPHA, BETA, HER_PHONE, NUMBER, World, a_number

REGISTER, DEREGISTER, REREGISTER, DUPLICATE = KINDS
IIN = "850115300011"
OWNER = PreviousOwner(Msisdn("77012115299"), parse_iin_or_bin(IIN))
SECOND = Msisdn("77010542007")


async def ask(
    world: World, kind: ActionKind, imei: Imei, msisdn: Msisdn = NUMBER, *, terms: bool = True
) -> Action:
    """The change of the device, confirmed with its code."""
    owner = OWNER if kind is REREGISTER else None
    query = await world.devices.change(world.actor(), imei, "ru", terms=terms, owner=owner)
    offer = await world.actions.offer(world.actor(), kind, msisdn, query)
    if world.specs[kind].needs_code(query):
        with pytest.raises(StepUpRequired):
            await world.actions.confirm(world.actor(), offer.token)
        world.ledger.prove(offer.action.id, world.clock.now())
    action, _ = await world.actions.confirm(world.actor(), offer.token)
    return action


async def fail(world: World, reason: str, kind: ActionKind, msisdn: Msisdn = NUMBER) -> Action:
    """A change that the registry refuses."""
    world.carrier.faults.append(Fault.FAILED)
    world.carrier.why_failed = reason
    action = await ask(world, kind, FREE, msisdn)
    await world.work_for(seconds=2)
    return world.action(action)


def registered(world: World, imei: Imei) -> RegistrationKind | None:
    """How the device is registered with her number."""
    rows = world.carrier.registry.of(ALPHA, DevicesQuery(NUMBER, imei)).rows
    return rows[0].kind if rows else None


# --- The four changes ------------------------------------------------------------------------


@pytest.mark.parametrize("state", NumberState)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_device_is_changed_in_any_state_of_the_number(
    world: World, kind: ActionKind, state: NumberState
) -> None:
    world.now_is(state)
    imei = HELD if kind is DEREGISTER else FREE
    action = await ask(world, kind, imei)
    await world.work_for(seconds=2)

    assert world.action(action).state is ActionState.DONE
    assert world.carrier.effects == [action.id]
    assert (
        registered(world, imei)
        == {
            REGISTER: RegistrationKind.ORIGINAL,
            DEREGISTER: None,
            REREGISTER: RegistrationKind.ORIGINAL,
            DUPLICATE: RegistrationKind.DUPLICATE,
        }[kind]
    )


@pytest.mark.parametrize("kind", [REGISTER, REREGISTER, DUPLICATE])
async def test_what_is_registered_here_is_not_registered_again(
    world: World, kind: ActionKind
) -> None:
    with pytest.raises(DeviceAlreadyRegistered):
        await ask(world, kind, HELD)


async def test_a_duplicate_may_become_the_original(world: World) -> None:
    world.carrier.registry.hold(ALPHA, NUMBER, FREE, RegistrationKind.DUPLICATE)
    action = await ask(world, REREGISTER, FREE)
    await world.work_for(seconds=2)

    assert world.action(action).state is ActionState.DONE
    assert registered(world, FREE) is RegistrationKind.ORIGINAL


async def test_what_is_not_registered_here_is_not_deregistered(world: World) -> None:
    with pytest.raises(DeviceNotRegistered):
        await ask(world, DEREGISTER, FREE)


@pytest.mark.parametrize("kind", [REREGISTER, DUPLICATE])
async def test_without_the_terms_there_is_no_question(world: World, kind: ActionKind) -> None:
    with pytest.raises(TermsNotAccepted):
        await ask(world, kind, FREE, terms=False)


async def test_one_device_is_one_lane_and_two_are_two(world: World) -> None:
    await ask(world, REGISTER, FREE)
    with pytest.raises(ChangeUnderWay):
        await ask(world, DUPLICATE, FREE)
    await ask(world, DEREGISTER, HELD)


async def test_registered_meanwhile_is_as_good_as_done(world: World) -> None:
    action = await ask(world, REGISTER, FREE)
    world.carrier.registry.hold(ALPHA, NUMBER, FREE)
    await world.work()

    assert world.action(action).state is ActionState.DONE
    assert world.carrier.tries == []


async def test_the_result_is_sent_where_codes_go(world: World) -> None:
    action = await ask(world, REGISTER, FREE)
    await world.work_for(seconds=2)

    [result] = [owed for owed in world.ledger.owed if owed.kind == "device.result"]
    assert (result.channel, result.to, result.language) == (Channel.SMS, HER_PHONE.digits, "ru")
    assert result.parameters["done"] == "yes"
    assert result.parameters["reference"] == action.reference


async def test_a_refusal_is_sent_with_its_reason(world: World) -> None:
    action = await fail(world, OTHER_OWNER, REGISTER)

    assert (action.state, action.reason_code) == (ActionState.REJECTED, OTHER_OWNER)
    [result] = [owed for owed in world.ledger.owed if owed.kind == "device.result"]
    assert (result.parameters["done"], result.parameters["reason"]) == ("no", OTHER_OWNER)


# --- The previous owner ----------------------------------------------------------------------


async def test_the_history_has_the_device_masked_and_nothing_of_the_owner(world: World) -> None:
    action = await ask(world, REREGISTER, FREE)
    await world.work_for(seconds=2)

    assert world.action(action).state is ActionState.DONE
    kept = repr([world.ledger.entries, world.ledger.actions, world.ledger.owed])
    assert IIN not in kept
    assert OWNER.msisdn.digits not in kept
    assert {entry.parameters["imei"] for entry in world.ledger.entries} == {FREE.masked}
    assert action.parameters.sealed()[OWNER_ID] == IIN


async def test_three_wrong_owners_a_day_and_no_more(world: World) -> None:
    world.carrier.add(a_number(SECOND))
    for msisdn in (NUMBER, SECOND, NUMBER):
        await world.devices.check_tries(world.actor(), msisdn, FREE)
        await fail(world, OWNER_MISMATCH, REREGISTER, msisdn)

    with pytest.raises(OwnerTriesExceeded):
        await world.devices.check_tries(world.actor(), NUMBER, FREE)
    with pytest.raises(OwnerTriesExceeded):
        await ask(world, REREGISTER, FREE, SECOND)
    await ask(world, DUPLICATE, FREE)


async def test_the_next_day_of_almaty_is_a_new_day(world: World) -> None:
    for _ in range(3):
        await fail(world, OWNER_MISMATCH, REREGISTER)
    world.wait(hours=11, minutes=58)
    with pytest.raises(OwnerTriesExceeded):
        await ask(world, REREGISTER, FREE)
    world.wait(minutes=2)
    await ask(world, REREGISTER, FREE)


async def test_other_refusals_and_other_devices_do_not_count(world: World) -> None:
    for _ in range(3):
        await fail(world, "IMEI.BLACKLISTED", REREGISTER)
    await world.devices.check_tries(world.actor(), NUMBER, FREE)


async def test_requests_side_by_side_do_not_get_around_the_three(world: World) -> None:
    numbers = [Msisdn(f"7701054201{n}") for n in range(4)]
    for number in numbers:
        world.carrier.add(a_number(number))
    actions = [await ask(world, REREGISTER, FREE, number) for number in numbers[:3]]
    with pytest.raises(OwnerTriesExceeded):
        await ask(world, REREGISTER, FREE, numbers[3])
    world.carrier.faults.extend([Fault.FAILED] * 4)
    world.carrier.why_failed = OWNER_MISMATCH
    await world.work_for(seconds=2)

    assert len(world.carrier.tries) == 3
    assert {world.action(action).reason_code for action in actions} == {OWNER_MISMATCH}


# --- Eight hours -----------------------------------------------------------------------------


async def under_way(world: World) -> Action:
    """A registration the registry works on."""
    world.carrier.faults.append(Fault.SLOW)
    action = await ask(world, REGISTER, FREE)
    await world.work_for(seconds=30)
    return action


async def test_within_the_promise_nothing_is_said_and_little_is_asked(world: World) -> None:
    action = await under_way(world)
    await world.work_for(hours=7, minutes=58, step=10)

    assert world.words() == []
    assert 90 < world.action(action).checks < 130


async def test_the_result_is_told_when_it_comes(world: World) -> None:
    action = await under_way(world)
    await world.work_for(hours=2, step=30)
    world.carrier.catch_up()
    await world.work_for(minutes=6, step=10)

    assert world.action(action).state is ActionState.DONE
    assert world.words() == ["action.final"]


async def test_overdue_is_told_once_on_time_and_the_result_still_comes(world: World) -> None:
    action = await under_way(world)
    accepted = world.action(action).accepted_at
    assert accepted is not None
    while world.clock.now() < accepted + timedelta(hours=8):
        assert world.words() == []
        world.wait(seconds=10)
        await world.work()
    assert world.words() == ["action.overdue"]
    await world.work_for(hours=3, step=60)
    world.carrier.catch_up()
    await world.work_for(minutes=6, step=10)

    assert world.words() == ["action.overdue", "action.final"]
    assert world.action(action).state is ActionState.DONE


async def test_an_operator_out_of_sight_at_the_end_of_the_promise_is_overdue_too(
    world: World,
) -> None:
    await under_way(world)
    world.carrier.orders_down = True
    await world.work_for(hours=8, minutes=1, step=20)

    assert world.words() == ["action.waiting", "action.overdue"]


# --- What is read ----------------------------------------------------------------------------


async def test_the_window_tells_the_last_device_and_the_registered_ones(world: World) -> None:
    world.carrier.registry.last[NUMBER.digits] = FREE
    devices = await world.devices.of_number(world.actor(), NUMBER)
    assert (devices.last, devices.last_held) == (FREE, None)
    assert [row.imei for row in devices.held.rows] == [HELD]

    world.carrier.registry.hold(ALPHA, NUMBER, FREE)
    devices = await world.devices.of_number(world.actor(), NUMBER)
    assert devices.last_held is not None


async def test_the_last_device_is_found_on_whatever_page_it_is(world: World) -> None:
    registry = world.carrier.registry
    for n in range(4):
        registry.hold(ALPHA, NUMBER, Imei(f"3536780765116{n}"))
    registry.hold(ALPHA, NUMBER, FREE)
    registry.last[NUMBER.digits] = FREE
    devices = await world.devices.of_number(world.actor(), NUMBER)

    assert FREE not in [row.imei for row in devices.held.rows]
    assert devices.last_held is not None
    assert devices.held.total == 6


async def test_another_companys_number_has_no_devices(world: World) -> None:
    theirs = world.carrier.add(a_number(SECOND, BETA)).msisdn
    with pytest.raises(NumberNotFound):
        await world.devices.of_number(world.actor(), theirs)
    with pytest.raises(NumberNotFound):
        await world.devices.device(world.actor(), theirs, FREE)


@pytest.mark.parametrize(
    ("held", "may"),
    [
        (None, {REGISTER, REREGISTER, DUPLICATE}),
        (RegistrationKind.ORIGINAL, {DEREGISTER}),
        (RegistrationKind.DUPLICATE, {DEREGISTER, REREGISTER}),
    ],
)
async def test_a_device_offers_what_makes_sense(
    world: World, held: RegistrationKind | None, may: set[ActionKind]
) -> None:
    if held is not None:
        world.carrier.registry.hold(ALPHA, NUMBER, FREE, held)
    device = await world.devices.device(world.actor(), NUMBER, FREE)
    assert {kind for kind in KINDS if device.may(kind)} == may


# --- Requests history ------------------------------------------------------------------------

BEGIN = datetime(2021, 1, 6, 3, 46, tzinfo=UTC)


def order(n: int, imei: Imei = HELD, stage: Stage = Stage.DONE) -> DeviceRequest:
    """An order made elsewhere, `n` days after the guide's first."""
    return DeviceRequest(f"x-{n}", REGISTER, NUMBER, imei, stage, BEGIN + timedelta(days=n))


async def pages(world: World, query: DeviceRequestsQuery | None = None) -> list[DeviceRequest]:
    """All pages, one after the other."""
    query, rows = query or DeviceRequestsQuery(), list[DeviceRequest]()
    while True:
        page = await world.device_requests.page(world.actor(), replace(query, offset=len(rows)))
        rows += page.rows
        assert bool(page.rows) == (len(rows) - len(page.rows) < page.total)
        if len(rows) >= page.total:
            return rows


async def test_the_operators_and_our_own_requests_are_one_list(world: World) -> None:
    """Ours without an order lie between those of others, over several pages."""
    registry = world.carrier.registry
    for n in range(20):
        registry.orders.insert(0, (ALPHA, order(n)))
    registry.orders.insert(0, (BETA, order(99)))
    for n, days in enumerate((-383 + 2.5, -383 + 9.5, 0)):
        action = await ask(world, DUPLICATE, Imei(f"3536780765116{n}"))
        kept = world.ledger.actions[action.id]
        at = world.clock.now() + timedelta(days=days)
        kept.action = replace(kept.action, accepted_at=at)
    rows = await pages(world)

    assert len(rows) == 23
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)
    assert len({row.id for row in rows}) == 23
    assert max(limit for _, limit in registry.asked) <= PAGE + 3


async def test_an_own_request_with_its_order_is_shown_once(world: World) -> None:
    world.carrier.faults.append(Fault.ANSWER_LOST)
    action = await ask(world, REGISTER, FREE)
    await world.work()
    assert world.action(action).order_id is None
    mine = DeviceRequest(action.id, REGISTER, NUMBER, FREE, Stage.DONE, world.clock.now())
    world.carrier.registry.orders.insert(0, (ALPHA, mine))

    assert await pages(world) == [mine]


async def test_the_list_is_filtered_by_number_and_by_device(world: World) -> None:
    registry = world.carrier.registry
    registry.orders = [
        (ALPHA, order(SEARCHED_AT_ONCE + n, FREE if n == 1 else HELD)) for n in (2, 1)
    ] + [(ALPHA, order(n)) for n in range(SEARCHED_AT_ONCE - 1, 0, -1)]
    registry.orders.append((ALPHA, order(0, FREE)))
    await ask(world, REGISTER, FREE)

    assert [row.imei for row in await pages(world, DeviceRequestsQuery(imei=FREE))] == [FREE] * 3
    assert await pages(world, DeviceRequestsQuery(msisdn=SECOND)) == []
    assert len(await pages(world, DeviceRequestsQuery(imei=FREE, msisdn=NUMBER))) == 3


@pytest.mark.parametrize(
    ("kind", "stage", "hours", "condition"),
    [
        (REGISTER, Stage.ACCEPTED, 1, Condition.ACCEPTED),
        (REGISTER, Stage.IN_PROGRESS, 7.99, Condition.IN_PROGRESS),
        (REGISTER, Stage.IN_PROGRESS, 8, Condition.OVERDUE),
        (REGISTER, Stage.ACCEPTED, 8, Condition.OVERDUE),
        (REGISTER, Stage.DONE, 9, Condition.REGISTERED),
        (REREGISTER, Stage.DONE, 1, Condition.REREGISTERED),
        (DUPLICATE, Stage.DONE, 1, Condition.DUPLICATED),
        (DEREGISTER, Stage.DONE, 1, Condition.REMOVED),
        (DEREGISTER, Stage.FAILED, 9, Condition.REJECTED),
    ],
)
def test_the_condition_of_a_request(
    kind: ActionKind, stage: Stage, hours: float, condition: Condition
) -> None:
    request = DeviceRequest("x", kind, NUMBER, FREE, stage, BEGIN)
    assert request.condition(BEGIN + timedelta(hours=hours)) is condition
