"""Call forwarding: four rules, allowed targets, loops, and what Active means (S20)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from account.changes.action import Action, ActionKind, ActionState
from account.changes.parameters import ChangeParameters
from account.chapters.forwarding import (
    LOOP,
    TIMERS,
    WAS,
    Condition,
    ForwardingOffParameters,
    Rule,
    SetForwarding,
    parse_target,
    setting,
)
from account.errors import (
    ForwardingAbroad,
    ForwardingToItself,
    InputRefused,
    MyAccountError,
    NumberFault,
    NumberInDebt,
    NumberInvalid,
    NumberNotFound,
    NumberStateRefused,
    StepUpRequired,
    TargetInvalid,
)
from account.values.identifiers import Msisdn
from account.values.number import NumberState
from tests.account.fakes.carrier import Fault
from tests.account.world import BETA, NUMBER, RECIPIENT, World, a_number

THIRD, FOURTH = Msisdn("77012115529"), Msisdn("77012115530")
RUSSIAN = Msisdn("79161234567")


@pytest.fixture
def company(world: World) -> World:
    """Her number and three more of the company."""
    for msisdn in (RECIPIENT, THIRD, FOURTH):
        world.carrier.add(a_number(msisdn))
    return world


def rules(world: World, msisdn: Msisdn = NUMBER) -> tuple[Rule, ...]:
    return world.carrier.forwarded.get(msisdn.digits, ())


def forwards(world: World, *pairs: tuple[Msisdn, Msisdn]) -> None:
    """These numbers forward all calls."""
    for number, target in pairs:
        rule = Rule(Condition.UNCONDITIONAL, target.digits, active=True)
        world.carrier.forwarded[number.digits] = (rule,)


async def offered(world: World, parameters: ChangeParameters) -> Action[Any]:
    kind = ActionKind.FORWARDING_SET
    return (await world.actions.offer(world.actor(), kind, NUMBER, parameters)).action


async def done(
    world: World, parameters: ChangeParameters, kind: ActionKind = ActionKind.FORWARDING_SET
) -> Action:
    """A change of forwarding from the question to its end."""
    offer = await world.actions.offer(world.actor(), kind, NUMBER, parameters)
    world.ledger.prove(offer.action.id, world.clock.now())
    action, _ = await world.actions.confirm(world.actor(), offer.token)
    await world.work_for(seconds=2)
    return world.action(action)


# --- setting, changing, switching off --------------------------------------------------------


@pytest.mark.parametrize("condition", Condition)
async def test_each_rule_is_set_and_changed(company: World, condition: Condition) -> None:
    action = await done(company, setting(condition, RECIPIENT))
    assert action.state is ActionState.DONE
    timer = 20 if condition is Condition.NO_ANSWER else None
    assert rules(company) == (Rule(condition, RECIPIENT.digits, active=True, timer=timer),)

    changed = await done(company, setting(condition, THIRD))
    assert changed.parameters.told()[WAS] == RECIPIENT.digits
    assert [rule.target for rule in rules(company)] == [THIRD.digits]


async def test_all_calls_suspend_the_other_rules_and_keep_them(company: World) -> None:
    await done(company, setting(Condition.BUSY, RECIPIENT))
    await done(company, setting(Condition.UNCONDITIONAL, THIRD))
    busy = (await company.forwarding.of(company.actor(), NUMBER)).rule(Condition.BUSY)
    assert busy == Rule(Condition.BUSY, RECIPIENT.digits, active=True, suspended=True)

    await done(company, ForwardingOffParameters(Condition.UNCONDITIONAL), ActionKind.FORWARDING_OFF)
    busy = (await company.forwarding.of(company.actor(), NUMBER)).rule(Condition.BUSY)
    assert busy == Rule(Condition.BUSY, RECIPIENT.digits, active=True)


async def test_one_rule_is_switched_off_and_keeps_its_target(company: World) -> None:
    await done(company, setting(Condition.BUSY, RECIPIENT))
    await done(company, setting(Condition.NOT_REACHABLE, THIRD))
    await done(company, ForwardingOffParameters(Condition.BUSY), ActionKind.FORWARDING_OFF)
    assert [(rule.condition, rule.active, rule.target) for rule in rules(company)] == [
        (Condition.BUSY, False, RECIPIENT.digits),
        (Condition.NOT_REACHABLE, True, THIRD.digits),
    ]


async def test_all_rules_are_switched_off_at_once(company: World) -> None:
    for condition in Condition:
        await done(company, setting(condition, RECIPIENT))
    action = await done(company, ForwardingOffParameters(None), ActionKind.FORWARDING_OFF)
    assert action.state is ActionState.DONE
    assert not any(rule.active for rule in rules(company))


async def test_what_already_is_off_is_done_without_an_order(company: World) -> None:
    action = await done(company, ForwardingOffParameters(None), ActionKind.FORWARDING_OFF)
    assert action.state is ActionState.DONE
    assert company.carrier.tries == []


async def test_a_rule_that_somebody_changed_meanwhile_is_asked_about_again(company: World) -> None:
    offer = await company.actions.offer(
        company.actor(), ActionKind.FORWARDING_SET, NUMBER, setting(Condition.BUSY, RECIPIENT)
    )
    company.ledger.prove(offer.action.id, company.clock.now())
    company.carrier.forwarded[NUMBER.digits] = (Rule(Condition.BUSY, THIRD.digits, active=True),)
    action, _ = await company.actions.confirm(company.actor(), offer.token)
    await company.work()
    assert company.action(action).reason_code == "CONFIRM.STALE"
    assert company.carrier.effects == []


async def test_a_lost_answer_is_found_out_by_the_rules_themselves(company: World) -> None:
    company.carrier.faults.append(Fault.UNTRACED)
    action = await done(company, setting(Condition.BUSY, RECIPIENT))
    await company.work_for(minutes=3)
    assert company.action(action).state is ActionState.DONE
    assert company.carrier.effects == [action.id]


async def test_setting_needs_a_code_and_takes_the_number_over(company: World) -> None:
    assert SetForwarding.takes_over
    offer = await company.actions.offer(
        company.actor(), ActionKind.FORWARDING_SET, NUMBER, setting(Condition.BUSY, RECIPIENT)
    )
    with pytest.raises(StepUpRequired):
        await company.actions.confirm(company.actor(), offer.token)
    off = await company.actions.offer(
        company.actor(), ActionKind.FORWARDING_OFF, NUMBER, ForwardingOffParameters(None)
    )
    _, first = await company.actions.confirm(company.actor(), off.token)
    assert first


# --- states ----------------------------------------------------------------------------------

REFUSED: dict[NumberState, type[MyAccountError] | None] = {
    NumberState.ACTIVE: None,
    NumberState.BLOCKED: NumberStateRefused,
    NumberState.DEBT: NumberInDebt,
}


@pytest.mark.parametrize("state", NumberState)
@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        (ActionKind.FORWARDING_SET, setting(Condition.BUSY, RECIPIENT)),
        (ActionKind.FORWARDING_OFF, ForwardingOffParameters(None)),
    ],
)
async def test_forwarding_is_changed_on_active_numbers_alone(
    company: World, state: NumberState, kind: ActionKind, parameters: ChangeParameters
) -> None:
    company.now_is(state)
    refused = REFUSED.get(state, NumberStateRefused)
    if refused is None:
        await company.actions.offer(company.actor(), kind, NUMBER, parameters)
        return
    with pytest.raises(refused):
        await company.actions.offer(company.actor(), kind, NUMBER, parameters)


async def test_the_rules_of_another_company_are_not_there(company: World) -> None:
    company.carrier.add(a_number(Msisdn("77019999999"), BETA))
    with pytest.raises(NumberNotFound):
        await company.forwarding.of(company.actor(), Msisdn("77019999999"))


# --- targets ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("8 701 211 55 28", "77012115528"),
        ("+7 (727) 259-60-60", "77272596060"),
        ("8 727 259 60 60", "77272596060"),
        ("+7 916 123 45 67", "79161234567"),
        ("+49 30 901820", "4930901820"),
    ],
)
def test_a_target_in_its_usual_writings(typed: str, digits: str) -> None:
    assert parse_target(typed).digits == digits


@pytest.mark.parametrize(
    "typed",
    [
        *("8 800 080 08 00", "88000800800", "+7 800 555 35 35", "1414", "112", "*21#"),
        *("+7 809 123 45 67", "+49 900 1234567", "+1 900 555 0123", "+44 870 123 4567"),
        *("77091234567", "7701ABCDEFG", "٧٧٠١٢١١٥٥٢٨", "", "+", "77012115528,1"),
    ],
)
def test_what_calls_cannot_be_forwarded_to(typed: str) -> None:
    with pytest.raises(TargetInvalid):
        parse_target(typed)


@pytest.mark.parametrize("typed", ["+888 1234 5678", "+8881234"])
def test_a_number_of_telegrams_own_is_named_as_such(typed: str) -> None:
    with pytest.raises(NumberInvalid) as refused:
        parse_target(typed)
    assert refused.value.reason is NumberFault.ANONYMOUS


async def test_a_forged_target_is_refused_in_the_core(company: World) -> None:
    parameters = setting(Condition.BUSY, RECIPIENT)
    for target in ("78000800800", "78091234567"):
        with pytest.raises(TargetInvalid):
            await offered(company, replace(parameters, target=Msisdn(target)))


async def test_not_to_itself(company: World) -> None:
    with pytest.raises(ForwardingToItself):
        await offered(company, setting(Condition.BUSY, NUMBER))


async def test_abroad_only_with_its_price_in_view(company: World) -> None:
    with pytest.raises(ForwardingAbroad):
        await offered(company, setting(Condition.BUSY, RUSSIAN))
    action = await offered(company, setting(Condition.BUSY, RUSSIAN, abroad=True))
    assert action.parameters.abroad


@pytest.mark.parametrize("timer", TIMERS)
async def test_the_timers_of_no_answer(company: World, timer: int) -> None:
    await done(company, setting(Condition.NO_ANSWER, RECIPIENT, timer))
    assert rules(company)[0].timer == timer


@pytest.mark.parametrize("timer", [0, 4, 7, 35, -5, 300])
async def test_other_timers_are_refused(company: World, timer: int) -> None:
    parameters = setting(Condition.NO_ANSWER, RECIPIENT)
    with pytest.raises(InputRefused):
        await offered(company, replace(parameters, timer=timer))


async def test_a_timer_belongs_to_no_answer(company: World) -> None:
    with pytest.raises(InputRefused):
        await offered(company, replace(setting(Condition.BUSY, RECIPIENT), timer=20))


# --- loops (S20-4) ---------------------------------------------------------------------------


async def loop(world: World, target: Msisdn = RECIPIENT) -> str | None:
    told: dict[str, str] = (await offered(world, setting(Condition.BUSY, target))).parameters.told()
    return told.get(LOOP)


async def test_there_and_back_is_warned_about(company: World) -> None:
    forwards(company, (RECIPIENT, NUMBER))
    assert await loop(company) == RECIPIENT.digits


async def test_a_longer_way_round_is_warned_about(company: World) -> None:
    forwards(company, (RECIPIENT, THIRD), (THIRD, FOURTH), (FOURTH, NUMBER))
    assert await loop(company) == ">".join(number.digits for number in (RECIPIENT, THIRD, FOURTH))


async def test_what_leads_elsewhere_is_none(company: World) -> None:
    forwards(company, (RECIPIENT, THIRD), (THIRD, RECIPIENT))
    assert await loop(company) is None
    assert await loop(company, Msisdn("77051234567")) is None


async def test_rules_that_do_not_act_close_no_loop(company: World) -> None:
    back = Rule(Condition.BUSY, NUMBER.digits, active=True)
    for idle in (replace(back, active=False), replace(back, suspended=True)):
        company.carrier.forwarded[RECIPIENT.digits] = (idle,)
        assert await loop(company) is None


async def test_the_search_is_bounded(company: World) -> None:
    chain = [Msisdn(f"770130000{n:02}") for n in range(40)]
    for number, target in pairwise(chain):
        company.carrier.add(a_number(number))
        forwards(company, (number, target))
    forwards(company, (chain[-1], NUMBER))
    assert await loop(company, chain[0]) is None


async def test_targets_to_choose_from_are_the_companys_active_numbers(company: World) -> None:
    company.carrier.add(replace(a_number(FOURTH), state=NumberState.BLOCKED))
    page = await company.forwarding.targets(company.actor(), "", 0, 10)
    assert [number.msisdn for number in page.rows] == [NUMBER, RECIPIENT, THIRD]
