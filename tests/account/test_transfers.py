"""Balance transfer: only own money, only once, and nothing lost on the way (S37)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from account.changes.action import FINAL, STEP_UP_LIFE, Action, ActionKind, ActionState
from account.changes.confirmation import Offer
from account.chapters.transfers import (
    FEE,
    MOVED,
    RECIPIENT_HAS,
    RECIPIENT_LEFT,
    SENDER_HAS,
    SENDER_LEFT,
    Transfer,
    TransferParameters,
    TransferRules,
)
from account.effects.history import HistoryEvent
from account.errors import (
    AmountFault,
    AmountInvalid,
    BalanceNotTold,
    CarrierUnavailable,
    ChangeRefused,
    ChangeUnderWay,
    FundsInsufficient,
    MyAccountError,
    NumberInDebt,
    NumberNotFound,
    NumberStateRefused,
    RecipientStateRefused,
    RightMissing,
    StepUpRequired,
    TakenOverLately,
    TransferDayBound,
    TransferOfCredit,
    TransferToItself,
    TransferTooLarge,
    TransferTooSmall,
)
from account.identity.permissions import Actor
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import NumberState, PaymentMethod
from account.values.rights import Role
from tests.account.fakes.carrier import Fault
from tests.account.fakes.transfers import paid
from tests.account.world import ALPHA, BETA, NUMBER, RECIPIENT, World, a_number

THIRD = Msisdn("77012115529")
THEIRS = Msisdn("77019999999")
TENGE = 100


@pytest.fixture
def rich(world: World) -> World:
    """Three prepaid numbers, with 3 750, 100 and 50 tenge."""
    for msisdn, funds in ((NUMBER, 3750), (RECIPIENT, 100), (THIRD, 50)):
        money = Money(funds * TENGE)
        number = replace(a_number(msisdn), payment=PaymentMethod.ADVANCE, funds=money)
        world.carrier.add(number)
    world.number = world.carrier.fleet[NUMBER.digits]
    return world


def balance(world: World, msisdn: Msisdn) -> Money:
    funds = world.carrier.fleet[msisdn.digits].funds
    assert funds is not None
    return funds


async def confirmed(
    world: World, amount: int, sender: Msisdn = NUMBER, recipient: Msisdn = RECIPIENT
) -> Action:
    """A confirmed transfer of so many tenge, proven where that is needed."""
    parameters = TransferParameters(recipient, Money(amount * TENGE))
    offer = await world.actions.offer(world.actor(), ActionKind.TRANSFER, sender, parameters)
    world.ledger.prove(offer.action.id, world.clock.now())
    action, _ = await world.actions.confirm(world.actor(), offer.token)
    return action


async def offered(world: World, amount: Money, recipient: Msisdn = RECIPIENT) -> Action:
    parameters = TransferParameters(recipient, amount)
    offer = await world.actions.offer(world.actor(), ActionKind.TRANSFER, NUMBER, parameters)
    return offer.action


# --- what is moved ---------------------------------------------------------------------------


async def test_money_goes_from_one_number_to_the_other(rich: World) -> None:
    before = paid(rich.carrier.fleet)
    action = await confirmed(rich, 1500)
    await rich.work_for(seconds=2)

    assert rich.action(action).state is ActionState.DONE
    assert balance(rich, NUMBER) == Money(2250 * TENGE)
    assert balance(rich, RECIPIENT) == Money(1600 * TENGE)
    assert paid(rich.carrier.fleet) == before


async def test_the_final_word_has_the_operators_receipt(rich: World) -> None:
    await confirmed(rich, 1500)
    await rich.work_for(seconds=2)

    [word] = [owed for owed in rich.ledger.owed if owed.kind == "action.final"]
    assert word.parameters[SENDER_LEFT] == str(2250 * TENGE)
    assert word.parameters[RECIPIENT_LEFT] == str(1600 * TENGE)


async def test_the_history_of_both_numbers_shows_it(rich: World) -> None:
    action = await confirmed(rich, 1500)
    await rich.work_for(seconds=2)

    lines = [
        (entry.what, entry.result, entry.number, entry.reference, entry.parameters["to"])
        for entry in rich.ledger.entries
    ]
    sender, recipient = NUMBER.digits, RECIPIENT.digits
    reference = rich.action(action).reference
    assert lines == [
        ("balance.transfer", "accepted", sender, reference, recipient),
        ("balance.transfer", "done", sender, reference, recipient),
        (HistoryEvent.TRANSFER_IN, "done", recipient, reference, sender),
    ]


async def test_the_summary_tells_what_both_have(rich: World) -> None:
    action = await offered(rich, Money(1500 * TENGE))
    told = action.parameters.told()
    assert (told["sender_has"], told["recipient_has"]) == ("375000", "10000")
    assert (told[FEE], told[MOVED]) == ("0", "0")


async def test_a_balance_that_was_not_told_is_not_nothing(rich: World) -> None:
    """Refused as that, not as "500 are missing"; of the recipient nothing is said."""
    rich.carrier.add(replace(rich.carrier.fleet[RECIPIENT.digits], funds=None))
    asked = await offered(rich, Money(10 * TENGE))
    assert SENDER_HAS in asked.parameters.told()
    assert RECIPIENT_HAS not in asked.parameters.told()
    rich.carrier.add(replace(rich.carrier.fleet[NUMBER.digits], funds=None))
    with pytest.raises(BalanceNotTold):
        await offered(rich, Money(10 * TENGE))


async def test_a_fee_is_counted_before_and_shown(rich: World) -> None:
    rules = replace(rich.transfer_rules, fee=Money(50 * TENGE))
    rich.specs[ActionKind.TRANSFER] = Transfer(
        rich.carrier, rules, rich.ledger, rich.clock, rich.sensitive_numbers.recent
    )
    with pytest.raises(FundsInsufficient) as refused:
        await offered(rich, Money(3750 * TENGE))
    assert refused.value.missing == Money(50 * TENGE)

    before = paid(rich.carrier.fleet)
    action = await confirmed(rich, 3700)
    assert action.parameters.told()[FEE] == "5000"
    await rich.work_for(seconds=2)
    assert paid(rich.carrier.fleet) == before - rules.fee


async def test_a_fee_that_changed_meanwhile_is_asked_about_again(rich: World) -> None:
    action = await confirmed(rich, 100)
    rules = replace(rich.transfer_rules, fee=Money(50 * TENGE))
    rich.specs[ActionKind.TRANSFER] = Transfer(
        rich.carrier, rules, rich.ledger, rich.clock, rich.sensitive_numbers.recent
    )
    await rich.work()

    assert rich.action(action).reason_code == "CONFIRM.STALE"
    assert rich.carrier.effects == []


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        (Money(0), TransferTooSmall),
        (Money(99), TransferTooSmall),
        (Money(100), None),
        (Money(3750 * TENGE), None),
        (Money(3750 * TENGE + 1), FundsInsufficient),
        (Money(100_000 * TENGE + 1), TransferTooLarge),
    ],
)
async def test_the_bounds_of_one_transfer(
    rich: World, amount: Money, refusal: type[MyAccountError] | None
) -> None:
    if refusal is None:
        await offered(rich, amount)
        return
    with pytest.raises(refusal):
        await offered(rich, amount)


@pytest.mark.parametrize(
    "typed", ["1e9", "-1", "NaN", "1,5,0", "١٢٣", "12.345", "1.000.5", "", "+5", "0x10", "1_000"]
)
def test_what_is_no_amount(typed: str) -> None:
    with pytest.raises(AmountInvalid) as refused:
        Money.parse(typed)
    assert refused.value.reason in AmountFault


@pytest.mark.parametrize(
    ("typed", "tiyn"),
    [("1 000", 100_000), ("1000,50", 100_050), ("1000.50", 100_050), ("1\u00a0000,5 ₸", 100_050)],
)
def test_an_amount_in_its_usual_writings(typed: str, tiyn: int) -> None:
    assert Money.parse(typed) == Money(tiyn)


SENDER_STATES = {
    NumberState.ACTIVE: None,
    NumberState.BLOCKED: NumberStateRefused,
    NumberState.DEBT: NumberInDebt,
}


@pytest.mark.parametrize("state", NumberState)
async def test_transfer_out_by_state(rich: World, state: NumberState) -> None:
    rich.now_is(state)
    refusal = SENDER_STATES.get(state, NumberStateRefused)
    if refusal is None:
        await offered(rich, Money(100))
        return
    with pytest.raises(refusal):
        await offered(rich, Money(100))


@pytest.mark.parametrize("state", NumberState)
async def test_transfer_in_by_state(rich: World, state: NumberState) -> None:
    recipient = rich.carrier.fleet[RECIPIENT.digits]
    rich.carrier.add(replace(recipient, state=state))
    if state is NumberState.ACTIVE:
        await offered(rich, Money(100))
        return
    with pytest.raises(RecipientStateRefused):
        await offered(rich, Money(100))


@pytest.mark.parametrize("which", [NUMBER, RECIPIENT])
async def test_a_credit_limit_is_no_money(rich: World, which: Msisdn) -> None:
    number = rich.carrier.fleet[which.digits]
    rich.carrier.add(replace(number, payment=PaymentMethod.CREDIT))
    with pytest.raises(TransferOfCredit):
        await offered(rich, Money(100))


async def test_nothing_leaves_a_number_whose_sim_card_was_replaced_within_72_hours(
    rich: World,
) -> None:
    rich.carrier.drawer.replaced_at[NUMBER.digits] = rich.clock.now() - timedelta(hours=71)
    with pytest.raises(TakenOverLately):
        await offered(rich, Money(100))
    with pytest.raises(TakenOverLately):
        await rich.transfers.sender(rich.actor(), NUMBER)
    rich.wait(hours=1, seconds=1)
    await offered(rich, Money(100))


async def test_a_replacement_after_the_confirmation_refuses_it(rich: World) -> None:
    action = await confirmed(rich, 100)
    rich.carrier.drawer.replaced_at[NUMBER.digits] = rich.clock.now()
    await rich.work()
    assert rich.action(action).reason_code == "TRANSFER.TAKEN_OVER"
    assert rich.carrier.effects == []


async def test_the_recipient_may_have_a_new_card(rich: World) -> None:
    rich.carrier.drawer.replaced_at[RECIPIENT.digits] = rich.clock.now()
    await offered(rich, Money(100))


async def test_not_to_itself(rich: World) -> None:
    with pytest.raises(TransferToItself):
        await offered(rich, Money(100), NUMBER)


async def test_not_to_another_companys_number_nor_to_nobodys(rich: World) -> None:
    rich.carrier.add(replace(a_number(THEIRS, BETA), payment=PaymentMethod.ADVANCE))
    for recipient in (THEIRS, Msisdn("77018888888")):
        with pytest.raises(NumberNotFound):
            await offered(rich, Money(100), recipient)
        with pytest.raises(NumberNotFound):
            await rich.transfers.quote(rich.actor(), NUMBER, recipient)


async def test_an_operator_of_numbers_moves_no_money(rich: World) -> None:
    rich.carrier.granted["adm-1"] = (replace(rich.alpha, role=Role.OPERATOR),)
    with pytest.raises(RightMissing):
        await offered(rich, Money(100))
    with pytest.raises(RightMissing):
        await rich.transfers.numbers(rich.actor(), "", 0, 10)


async def test_only_prepaid_active_numbers_are_offered(rich: World) -> None:
    rich.carrier.add(a_number(Msisdn("77012115530")))
    rich.carrier.add(
        replace(
            a_number(Msisdn("77012115531")),
            payment=PaymentMethod.ADVANCE,
            state=NumberState.BLOCKED,
        )
    )
    page = await rich.transfers.numbers(rich.actor(), "", 0, 10)
    assert [number.msisdn for number in page.rows] == [NUMBER, RECIPIENT, THIRD]
    assert all(number.company_id == ALPHA for number in page.rows)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"funds": Money(100)}, "FUNDS.INSUFFICIENT"),
        ({"state": NumberState.BLOCKED}, "NUMBER.STATE"),
        ({"payment": PaymentMethod.CREDIT}, "TRANSFER.CREDIT"),
        ({"payment": PaymentMethod.OTHER, "funds": None}, "TRANSFER.METHOD_UNKNOWN"),
    ],
)
async def test_what_changed_before_it_was_sent_refuses_it(
    rich: World, change: dict[str, object], reason: str
) -> None:
    action = await confirmed(rich, 1500)
    rich.carrier.add(replace(rich.carrier.fleet[NUMBER.digits], **change))  # type: ignore[arg-type]
    await rich.work()

    assert rich.action(action).state is ActionState.REJECTED
    assert rich.action(action).reason_code == reason
    assert rich.carrier.effects == []


# --- the day's bound -------------------------------------------------------------------------


def bounded(world: World, a_day: int, code_from: int = 10_000) -> None:
    rules = TransferRules(most_a_day=Money(a_day * TENGE), code_from=Money(code_from * TENGE))
    world.specs[ActionKind.TRANSFER] = Transfer(
        world.carrier, rules, world.ledger, world.clock, world.sensitive_numbers.recent
    )


async def test_the_transfers_of_a_day_are_bounded_together(rich: World) -> None:
    bounded(rich, 2000)
    await confirmed(rich, 1500)
    with pytest.raises(TransferDayBound) as refused:
        await offered(rich, Money(501 * TENGE), THIRD)
    assert refused.value.left == Money(500 * TENGE)

    await rich.work_for(seconds=2)
    rich.wait(days=1)
    rich.carrier.granted["adm-1"] = (rich.alpha,)
    await offered(rich, Money(501 * TENGE), THIRD)


async def test_the_bound_holds_against_two_confirmations_at_once(rich: World) -> None:
    bounded(rich, 2000)
    marat = rich.actor(telegram_id=7002, administrator_id="adm-1", session_id="s-1")
    first = await rich.actions.offer(
        rich.actor(), ActionKind.TRANSFER, NUMBER, TransferParameters(THIRD, Money(1500 * TENGE))
    )
    rich.carrier.add(replace(rich.carrier.fleet[RECIPIENT.digits], funds=Money(3000 * TENGE)))
    second = await rich.actions.offer(
        marat, ActionKind.TRANSFER, RECIPIENT, TransferParameters(THIRD, Money(1500 * TENGE))
    )
    await rich.actions.confirm(rich.actor(), first.token)
    with pytest.raises(TransferDayBound):
        await rich.actions.confirm(marat, second.token)

    await rich.work_for(seconds=2)
    assert rich.action(second.action).state is ActionState.OFFERED
    assert rich.carrier.effects == [first.action.id]


async def test_what_was_not_moved_does_not_count(rich: World) -> None:
    bounded(rich, 2000)
    rich.carrier.faults.append(Fault.REFUSED)
    action = await confirmed(rich, 1500)
    await rich.work_for(seconds=2)
    assert rich.action(action).state is ActionState.REJECTED

    await confirmed(rich, 2000)
    await rich.work_for(seconds=2)
    assert balance(rich, RECIPIENT) == Money(2100 * TENGE)


# --- the code --------------------------------------------------------------------------------


async def test_a_large_transfer_needs_a_code(rich: World) -> None:
    bounded(rich, 100_000, code_from=2000)
    offer = await rich.actions.offer(
        rich.actor(),
        ActionKind.TRANSFER,
        NUMBER,
        TransferParameters(RECIPIENT, Money(2000 * TENGE)),
    )
    with pytest.raises(StepUpRequired):
        await rich.actions.confirm(rich.actor(), offer.token)


async def test_many_small_ones_need_it_as_well(rich: World) -> None:
    bounded(rich, 100_000, code_from=2000)
    await confirmed(rich, 1500)
    await rich.work_for(seconds=2)
    offer = await rich.actions.offer(
        rich.actor(), ActionKind.TRANSFER, NUMBER, TransferParameters(RECIPIENT, Money(500 * TENGE))
    )
    with pytest.raises(StepUpRequired):
        await rich.actions.confirm(rich.actor(), offer.token)
    small = await rich.actions.offer(
        rich.actor(), ActionKind.TRANSFER, NUMBER, TransferParameters(RECIPIENT, Money(499 * TENGE))
    )
    _, first = await rich.actions.confirm(rich.actor(), small.token)
    assert first


async def together(world: World, first: int, second: int) -> tuple[Offer, Actor, Offer, Actor]:
    """Two administrators at the questions of two transfers, neither of them confirmed yet."""
    world.carrier.add(replace(world.carrier.fleet[RECIPIENT.digits], funds=Money(3000 * TENGE)))
    world.carrier.granted["adm-2"] = (world.alpha,)
    aigul = world.actor()
    marat = world.actor(telegram_id=7002, administrator_id="adm-2", session_id="s-2")
    one = await world.actions.offer(
        aigul, ActionKind.TRANSFER, NUMBER, TransferParameters(THIRD, Money(first * TENGE))
    )
    two = await world.actions.offer(
        marat, ActionKind.TRANSFER, RECIPIENT, TransferParameters(THIRD, Money(second * TENGE))
    )
    return one, aigul, two, marat


@pytest.mark.parametrize("turned", [False, True])
async def test_two_questions_below_the_bound_are_no_way_around_the_code(
    rich: World, turned: bool
) -> None:
    bounded(rich, 100_000, code_from=2000)
    one, aigul, two, marat = await together(rich, 1500, 1500)
    pairs = [(aigul, one), (marat, two)]
    (early, first), (late, second) = reversed(pairs) if turned else pairs
    _, accepted = await rich.actions.confirm(early, first.token)
    assert accepted
    with pytest.raises(StepUpRequired):
        await rich.actions.confirm(late, second.token)

    await rich.work_for(seconds=2)
    assert rich.action(second.action).state is ActionState.OFFERED
    assert rich.action(second.action).reference is None
    assert rich.carrier.effects == [first.action.id]

    rich.ledger.prove(second.action.id, rich.clock.now())
    _, accepted = await rich.actions.confirm(late, second.token)
    assert accepted
    await rich.work_for(seconds=2)
    assert rich.carrier.effects == [first.action.id, second.action.id]


async def test_the_summary_learns_of_what_others_have_moved(rich: World) -> None:
    bounded(rich, 100_000, code_from=2000)
    one, aigul, two, _ = await together(rich, 1500, 500)
    spec = rich.actions.spec(ActionKind.TRANSFER)
    assert not await spec.needs_code_now(rich.action(two.action).plan)
    await rich.actions.confirm(aigul, one.token)
    assert await spec.needs_code_now(rich.action(two.action).plan)


async def test_a_code_of_long_ago_proves_nothing_to_the_day_s_sum(rich: World) -> None:
    bounded(rich, 100_000, code_from=2000)
    _, _, two, marat = await together(rich, 1500, 2000)
    rich.ledger.prove(two.action.id, rich.clock.now() - STEP_UP_LIFE)
    with pytest.raises(StepUpRequired):
        await rich.actions.confirm(marat, two.token)


# --- once, and never more than there is ------------------------------------------------------


async def test_two_transfers_of_one_number_wait_for_each_other(rich: World) -> None:
    await confirmed(rich, 3000)
    with pytest.raises(ChangeUnderWay):
        await offered(rich, Money(3000 * TENGE), THIRD)
    await rich.work_for(seconds=2)
    with pytest.raises(FundsInsufficient):
        await offered(rich, Money(3000 * TENGE), THIRD)


async def test_many_presses_move_it_once(rich: World) -> None:
    offer = await rich.actions.offer(
        rich.actor(),
        ActionKind.TRANSFER,
        NUMBER,
        TransferParameters(RECIPIENT, Money(1000 * TENGE)),
    )
    await asyncio.gather(*(rich.actions.confirm(rich.actor(), offer.token) for _ in range(20)))
    await rich.work_for(minutes=3)
    assert balance(rich, RECIPIENT) == Money(1100 * TENGE)


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.SLOW, Fault.LATE])
async def test_a_lost_answer_is_found_again_by_our_reference(rich: World, fault: Fault) -> None:
    rich.carrier.faults.append(fault)
    action = await confirmed(rich, 1000)
    await rich.work_for(seconds=20)
    rich.carrier.catch_up()
    await rich.work_for(minutes=3)

    assert rich.action(action).state is ActionState.DONE
    assert rich.carrier.effects == [action.id]
    assert balance(rich, RECIPIENT) == Money(1100 * TENGE)
    [word] = [owed for owed in rich.ledger.owed if owed.kind == "action.final"]
    assert word.parameters[RECIPIENT_LEFT] == str(1100 * TENGE)


async def test_a_transfer_that_was_made_is_told_though_nothing_else_can_be_read(
    rich: World,
) -> None:
    asked = 0

    async def taken_over(_msisdn: Msisdn) -> bool:
        nonlocal asked
        asked += 1
        if asked > 2:
            raise CarrierUnavailable
        return False

    spec = Transfer(rich.carrier, rich.transfer_rules, rich.ledger, rich.clock, taken_over)
    rich.specs[ActionKind.TRANSFER] = spec
    action = await confirmed(rich, 1000)
    await rich.work()
    assert rich.action(action).state is ActionState.DONE


async def test_money_that_is_gone_when_the_operator_gets_to_it_is_not_moved(rich: World) -> None:
    rich.carrier.faults.append(Fault.SLOW)
    action = await confirmed(rich, 3000)
    await rich.work()
    rich.carrier.add(replace(rich.carrier.fleet[NUMBER.digits], funds=Money(10 * TENGE)))
    rich.carrier.catch_up()
    await rich.work_for(minutes=1)

    assert rich.action(action).reason_code == "FUNDS.INSUFFICIENT"
    assert balance(rich, RECIPIENT) == Money(100 * TENGE)


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.UNTRACED])
async def test_money_that_cannot_be_found_is_not_sent_a_second_time(
    rich: World, fault: Fault
) -> None:
    rich.carrier.faults.append(fault)
    action = await confirmed(rich, 1000)
    await rich.work_for(minutes=30, step=15)

    assert len(rich.carrier.tries) == 1
    assert rich.action(action).state is ActionState.UNCONFIRMED
    assert len(rich.carrier.effects) <= 1


async def test_what_surely_did_not_arrive_is_sent_when_the_operator_is_back(rich: World) -> None:
    rich.carrier.faults.append(Fault.NOT_REACHED)
    action = await confirmed(rich, 1000)
    await rich.work_for(minutes=1)
    assert rich.action(action).state is ActionState.DONE
    assert rich.carrier.effects == [action.id]


@dataclass(frozen=True)
class Attempt:
    """One attempt to move money, and what goes wrong with it."""

    sender: Msisdn
    recipient: Msisdn
    tiyn: int
    fault: Fault | None
    presses: int


PREPAID = (NUMBER, RECIPIENT, THIRD)
ATTEMPTS = st.builds(
    Attempt,
    st.sampled_from(PREPAID),
    st.sampled_from(PREPAID),
    st.integers(1, 300_000),
    st.sampled_from([None, *Fault]),
    st.integers(1, 3),
)


@settings(max_examples=150, deadline=None)
@given(attempts=st.lists(ATTEMPTS, min_size=1, max_size=12))
async def test_whatever_happens_no_money_comes_or_goes(attempts: list[Attempt]) -> None:
    world = World()
    for msisdn in PREPAID:
        money = Money(2000 * TENGE)
        world.carrier.add(replace(a_number(msisdn), payment=PaymentMethod.ADVANCE, funds=money))
    before = paid(world.carrier.fleet)
    for attempt in attempts:
        parameters = TransferParameters(attempt.recipient, Money(attempt.tiyn))
        try:
            offer = await world.actions.offer(
                world.actor(), ActionKind.TRANSFER, attempt.sender, parameters
            )
        except ChangeRefused:
            continue
        world.ledger.prove(offer.action.id, world.clock.now())
        world.carrier.faults.extend([attempt.fault] if attempt.fault else [])
        for _ in range(attempt.presses):
            await world.actions.confirm(world.actor(), offer.token)
        await world.work_for(seconds=2)
        if attempt.tiyn % 2:
            world.carrier.catch_up()
    world.carrier.catch_up()
    await world.work_for(minutes=10, step=5)

    assert paid(world.carrier.fleet) == before
    assert all((number.funds or Money(0)).tiyn >= 0 for number in world.carrier.fleet.values())
    assert len(world.carrier.effects) == len(set(world.carrier.effects))
    ended = FINAL | UNPRESSED | {ActionState.UNCONFIRMED}
    assert all(kept.action.state in ended for kept in world.ledger.actions.values())


UNPRESSED = {ActionState.OFFERED, ActionState.VOID}
