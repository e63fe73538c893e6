"""What takes over an administrator's login number waits for a second one (safety.md section 2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.changes.action import APPROVAL_LIFE, Action, ActionKind, ActionState
from account.changes.sensitive_numbers import APPROVAL_WITHDRAWN
from account.effects.history import HistoryEvent
from account.errors import (
    ApproverNotSecond,
    CarrierUnavailable,
    ChangeUnderWay,
    CompanyNotAccessible,
    ConfirmExpired,
    MyAccountError,
    NobodyToApprove,
    RightMissing,
)
from account.values.identifiers import Msisdn
from account.values.number import NumberState
from account.values.rights import Role
from tests.account.examples import PARAMETERS, an_example
from tests.account.office import CARD, DANA, ERKIN, MARAT, REPLACE, VIKTOR, Office
from tests.account.world import AIGUL, ALPHA, NOON, NUMBER, STRANGER, World, a_number

PROPOSED, ACCEPTED = ActionState.PROPOSED, ActionState.ACCEPTED
NOBODYS = Msisdn("77012115599")


@pytest.fixture
def office(world: World) -> Office:
    office = Office(world)
    office.hire(MARAT, DANA, VIKTOR, ERKIN)
    office.binds("adm-1", AIGUL)
    return office


# --- proposing -------------------------------------------------------------------------------


async def test_a_login_number_waits_for_a_second_administrator(office: Office) -> None:
    world = office.world
    action = await office.proposes()

    assert (action.state, action.reference) == (PROPOSED, "A-20220124-0001")
    await world.work_for(minutes=5, step=30)
    assert world.carrier.tries == []
    assert [entry.result for entry in world.ledger.entries if entry.number] == ["proposed"]


async def test_each_who_may_approve_is_asked_in_their_own_chat(office: Office) -> None:
    await office.proposes()

    questions = [owed for owed in office.world.ledger.owed if owed.kind == "approval.asked"]
    assert {owed.to for owed in questions} == {str(MARAT), str(DANA)}
    assert len({owed.parameters["token"] for owed in questions}) == 2
    assert {owed.expires_at for owed in questions} == {office.world.clock.now() + APPROVAL_LIFE}
    kept = office.world.ledger.approvals
    assert not {owed.parameters["token"] for owed in questions} & set(kept), "hashes alone are kept"


async def test_the_login_number_of_another_companys_administrator_counts_too(
    office: Office,
) -> None:
    erkins = office.people[ERKIN].phone
    office.world.carrier.add(a_number(erkins))
    assert (await office.proposes(erkins)).state is PROPOSED


async def test_any_other_number_goes_on_at_once(office: Office) -> None:
    office.world.carrier.add(a_number(NOBODYS))
    assert (await office.proposes(NOBODYS)).state is ACCEPTED
    assert office.questions(MARAT) == []


@pytest.mark.parametrize("alone", ["nobody else", "never logged in", "blocked the bot", "viewer"])
async def test_who_has_nobody_to_ask_is_told_before_confirming(world: World, alone: str) -> None:
    office = Office(world)
    office.hire(VIKTOR, ERKIN)
    if alone == "nobody else":
        world.carrier.administrators[NUMBER.digits] = world.aigul
    else:
        office.hire(MARAT, bound=alone != "never logged in")
    if alone == "blocked the bot":
        world.ledger.blocked.add(MARAT)
    if alone == "viewer":
        viewer = replace(world.alpha, role=Role.VIEWER)
        world.carrier.granted["adm-2"] = (viewer,)

    with pytest.raises(NobodyToApprove):
        await world.actions.offer(world.actor(), REPLACE, NUMBER, CARD)


async def test_two_logins_in_one_chat_are_no_four_eyes(world: World) -> None:
    office = Office(world)
    office.hire(MARAT)
    office.binds("adm-2", AIGUL)

    with pytest.raises(NobodyToApprove):
        await world.actions.offer(world.actor(), REPLACE, NUMBER, CARD)


async def test_nobody_is_left_when_it_is_confirmed(office: Office) -> None:
    world = office.world
    offer = await world.actions.offer(world.actor(), REPLACE, NUMBER, CARD)
    world.ledger.prove(offer.action.id, world.clock.now())
    world.ledger.blocked |= {MARAT, DANA}

    with pytest.raises(NobodyToApprove):
        await world.actions.confirm(world.actor(), offer.token)
    assert office.state(offer.action) is ActionState.OFFERED


async def test_a_second_press_on_confirm_proposes_nothing_more(office: Office) -> None:
    world = office.world
    offer = await world.actions.offer(world.actor(), REPLACE, NUMBER, CARD)
    world.ledger.prove(offer.action.id, world.clock.now())
    answers = [await world.actions.confirm(world.actor(), offer.token) for _ in range(3)]

    assert [first for _, first in answers] == [True, False, False]
    assert {action.state for action, _ in answers} == {PROPOSED}
    assert len(office.questions(MARAT)) == 1


async def test_while_it_waits_nothing_else_replaces_the_card(office: Office) -> None:
    action = await office.proposes()
    with pytest.raises(ChangeUnderWay) as refused:
        await office.world.actions.offer(office.actor(MARAT), REPLACE, NUMBER, CARD)
    assert refused.value.reference == action.reference


# --- the word of the second ------------------------------------------------------------------


async def test_approved_it_goes_on_to_its_end(office: Office) -> None:
    world = office.world
    action = await office.proposes()
    world.wait(hours=3)
    approved, first = await world.approvals.approve(office.actor(MARAT), office.asked(MARAT))

    assert (approved.state, first) == (ACCEPTED, True)
    await world.work_for(seconds=3)
    assert office.state(action) is ActionState.DONE
    assert len(world.carrier.effects) == 1
    final = [owed for owed in world.ledger.owed if owed.kind == "action.final"]
    assert [owed.to for owed in final] == [str(AIGUL)]
    [entry] = [entry for entry in world.ledger.entries if entry.what is HistoryEvent.APPROVED]
    assert (entry.administrator_id, entry.reference) == ("adm-2", action.reference)
    assert (entry.company_id, entry.number) == (ALPHA, NUMBER.digits)


async def test_rejected_it_ends_with_a_word_to_the_proposer(office: Office) -> None:
    world = office.world
    action = await office.proposes()
    rejected, first = await world.approvals.reject(office.actor(DANA), office.asked(DANA))

    assert (rejected.state, rejected.reason_code) == (ActionState.REJECTED, "APPROVAL.REJECTED")
    assert first
    await world.work_for(seconds=3)
    assert world.carrier.tries == []
    assert [owed.to for owed in world.ledger.owed if owed.kind == "action.final"] == [str(AIGUL)]
    told = [(e.what, e.result, e.administrator_id) for e in world.ledger.entries if e.number]
    assert told == [
        ("sim.replaced", "proposed", "adm-1"),
        (HistoryEvent.APPROVAL_REFUSED, "done", "adm-3"),
        ("sim.replaced", "refused", "adm-1"),
    ]
    assert office.state(action) is ActionState.REJECTED


@pytest.mark.parametrize("words", ["approve approve", "approve reject", "reject approve"])
async def test_the_first_word_counts_whoever_says_the_second(office: Office, words: str) -> None:
    action = await office.proposes()
    one, other = (getattr(office.world.approvals, word) for word in words.split())
    decided, _ = await one(office.actor(MARAT), office.asked(MARAT))
    for telegram in (MARAT, DANA):
        later, first = await other(office.actor(telegram), office.asked(telegram))
        assert (later.state, first) == (decided.state, False)

    await office.world.work_for(seconds=3)
    done = words.startswith("approve")
    assert len(office.world.carrier.effects) == done
    assert office.state(action) is (ActionState.DONE if done else ActionState.REJECTED)
    assert office.world.words() == ["action.final"]


WHO = {
    "proposer": (AIGUL, ConfirmExpired),
    "colleague": (MARAT, None),
    "viewer": (VIKTOR, ConfirmExpired),
    "other company's administrator": (ERKIN, ConfirmExpired),
    "outsider": (STRANGER, ConfirmExpired),
}


@pytest.mark.parametrize("word", ["approve", "reject"])
@pytest.mark.parametrize("who", WHO)
async def test_whose_button_it_is(office: Office, who: str, word: str) -> None:
    """The same token in everybody's hands: it is good in one person's."""
    telegram, refused = WHO[who]
    action = await office.proposes()
    await _tried(office, telegram, office.asked(MARAT), word, refused)
    assert (office.state(action) is PROPOSED) is (refused is not None)


@pytest.mark.parametrize("word", ["approve", "reject"])
@pytest.mark.parametrize(
    ("became", "refused"),
    [
        ("viewer", RightMissing),
        ("operator", RightMissing),
        ("of another company", CompanyNotAccessible),
        ("of none", CompanyNotAccessible),
    ],
)
async def test_what_the_approver_may_is_asked_again(
    office: Office, became: str, refused: type[MyAccountError], word: str
) -> None:
    action = await office.proposes()
    world = office.world
    world.carrier.granted["adm-2"] = {
        "viewer": (replace(world.alpha, role=Role.VIEWER),),
        "operator": (replace(world.alpha, role=Role.OPERATOR),),
        "of another company": (world.beta,),
        "of none": (),
    }[became]
    await _tried(office, MARAT, office.asked(MARAT), word, refused)
    assert office.state(action) is PROPOSED


async def test_the_company_chosen_at_the_moment_does_not_matter(office: Office) -> None:
    await office.proposes()
    world = office.world
    world.carrier.granted["adm-2"] = (world.alpha, world.beta)
    at_beta = replace(office.actor(MARAT), company_id=world.beta.id)
    _action, first = await world.approvals.approve(at_beta, office.asked(MARAT))
    assert first


async def test_the_same_person_in_another_chat_has_another_button(office: Office) -> None:
    await office.proposes()
    elsewhere = replace(office.actor(MARAT), telegram_id=9999)
    await _tried(office, MARAT, "no such token", "approve", ConfirmExpired)
    with pytest.raises(ConfirmExpired):
        await office.world.approvals.approve(elsewhere, office.asked(MARAT))


async def test_nobody_approves_their_own_even_with_the_other_ones_token(office: Office) -> None:
    """Марат logs in as himself from the proposer's Telegram: still one pair of eyes."""
    action = await office.proposes()
    kept = office.world.ledger.approvals
    for key, approval in list(kept.items()):
        kept[key] = replace(approval, telegram_id=AIGUL)
    disguised = replace(office.actor(MARAT), telegram_id=AIGUL)
    with pytest.raises(ApproverNotSecond):
        await office.world.approvals.approve(disguised, office.asked(MARAT))
    assert office.state(action) is PROPOSED


async def test_who_was_the_first_in_another_chat_is_no_second(world: World) -> None:
    """The chat X was logged in as the first administrator, and later as the second one."""
    office = Office(world)
    office.hire(MARAT)
    office.binds("adm-1", AIGUL)
    office.binds("adm-1", MARAT)
    with pytest.raises(NobodyToApprove):
        await world.actions.offer(world.actor(), REPLACE, NUMBER, CARD)
    world.wait(days=365)
    with pytest.raises(NobodyToApprove):
        await world.actions.offer(world.actor(), REPLACE, NUMBER, CARD)


async def test_the_second_ones_own_chat_is_asked_beside_the_one_that_was_the_first(
    office: Office,
) -> None:
    x = 7777
    office.binds("adm-1", x)
    office.binds("adm-2", x)
    await office.proposes()
    assert office.questions(x) == []
    assert len(office.questions(MARAT)) == 1


@pytest.mark.parametrize("word", ["approve", "reject"])
@pytest.mark.parametrize(("who", "account"), [("adm-1", MARAT), ("adm-2", AIGUL)])
async def test_who_becomes_both_after_the_question_decides_nothing(
    office: Office, who: str, account: int, word: str
) -> None:
    action = await office.proposes()
    office.binds(who, account)
    await _tried(office, MARAT, office.asked(MARAT), word, ApproverNotSecond)
    assert office.state(action) is PROPOSED
    await _tried(office, DANA, office.asked(DANA), word, None)


async def test_nobody_is_left_when_all_have_become_the_first(office: Office) -> None:
    world = office.world
    offer = await world.actions.offer(world.actor(), REPLACE, NUMBER, CARD)
    world.ledger.prove(offer.action.id, world.clock.now())
    for account in (MARAT, DANA):
        office.binds("adm-1", account)
    with pytest.raises(NobodyToApprove):
        await world.actions.confirm(world.actor(), offer.token)
    assert office.state(offer.action) is ActionState.OFFERED


async def test_each_account_of_the_last_month_is_asked_and_one_word_closes_the_others(
    office: Office,
) -> None:
    """Whoever logs in as the second from another account is not the only one who is asked."""
    world = office.world
    world.wait(days=31)
    office.binds("adm-3", DANA)
    office.binds("adm-2", 8001)
    world.wait(days=29)
    office.binds("adm-2", 8002)
    await office.proposes()
    assert {owed.to for owed in world.ledger.owed if owed.kind == "approval.asked"} == {
        "8001",
        "8002",
        str(DANA),
    }
    elsewhere = replace(office.actor(MARAT), telegram_id=8001)
    _action, first = await world.approvals.approve(elsewhere, office.asked(8001))
    assert first
    closed = {owed.to for owed in world.ledger.owed if owed.kind == "approval.closed"}
    assert closed == {"8002", str(DANA)}


async def test_a_proposer_who_may_no_longer_ends_the_proposal(office: Office) -> None:
    action = await office.proposes()
    world = office.world
    world.carrier.granted["adm-1"] = (replace(world.alpha, role=Role.VIEWER),)
    rejected, first = await world.approvals.approve(office.actor(MARAT), office.asked(MARAT))

    assert (rejected.state, rejected.reason_code) == (ActionState.REJECTED, RightMissing.code)
    assert first
    await world.work_for(seconds=3)
    assert world.carrier.tries == []
    assert office.state(action) is ActionState.REJECTED


async def test_the_state_is_read_again_after_the_approval(office: Office) -> None:
    action = await office.proposes()
    world = office.world
    world.carrier.add(replace(world.number, state=NumberState.DEBT))
    await world.approvals.approve(office.actor(MARAT), office.asked(MARAT))
    await world.work_for(seconds=3)

    assert world.carrier.tries == []
    assert (office.state(action), world.action(action).reason_code) == (
        ActionState.REJECTED,
        "CONFIRM.STALE",
    )


async def test_an_operator_that_is_down_decides_nothing(office: Office) -> None:
    action = await office.proposes()
    office.world.carrier.down = True
    with pytest.raises(CarrierUnavailable):
        await office.world.approvals.approve(office.actor(MARAT), office.asked(MARAT))
    assert office.state(action) is PROPOSED
    office.world.carrier.down = False
    _action, first = await office.world.approvals.approve(office.actor(MARAT), office.asked(MARAT))
    assert first


# --- withdrawn ---


async def test_withdrawn_it_ends_and_who_was_asked_is_told(office: Office) -> None:
    world = office.world
    action = await office.proposes()
    ended, first = await world.approvals.withdraw(world.actor(), action.id)

    assert (ended.state, ended.reason_code, first) == (
        ActionState.REJECTED,
        APPROVAL_WITHDRAWN,
        True,
    )
    told = [owed for owed in world.ledger.owed if owed.kind == "approval.closed"]
    asked = {owed.key for owed in world.ledger.owed if owed.kind == "approval.asked"}
    assert {owed.to for owed in told} == {str(MARAT), str(DANA)}
    assert {owed.parameters["asked"] for owed in told} == asked
    assert [(entry.what, entry.result) for entry in world.ledger.entries if entry.number] == [
        ("sim.replaced", "proposed"),
        (HistoryEvent.APPROVAL_WITHDRAWN, "done"),
        ("sim.replaced", "refused"),
    ]
    await world.work_for(hours=25, step=3600)
    assert world.carrier.tries == []
    assert world.words() == ["action.final"]


@pytest.mark.parametrize("word", ["approve", "reject"])
async def test_the_questions_of_the_others_are_closed(office: Office, word: str) -> None:
    world = office.world
    await office.proposes()
    await getattr(world.approvals, word)(office.actor(MARAT), office.asked(MARAT))

    closed = [owed for owed in world.ledger.owed if owed.kind == "approval.closed"]
    assert [owed.to for owed in closed] == [str(DANA)]


@pytest.mark.parametrize("earlier", ["approve", "reject", "withdraw"])
async def test_who_comes_first_decides(office: Office, earlier: str) -> None:
    world = office.world
    action = await office.proposes()

    async def word(which: str) -> tuple[Action, bool]:
        if which == "withdraw":
            return await world.approvals.withdraw(world.actor(), action.id)
        say = getattr(world.approvals, which)
        decided: tuple[Action, bool] = await say(office.actor(MARAT), office.asked(MARAT))
        return decided

    decided, first = await word(earlier)
    assert first
    for which in ("withdraw", "approve", "reject"):
        later, again = await word(which)
        assert (later.state, again) == (decided.state, False)
    await world.work_for(seconds=3)
    assert len(world.carrier.effects) == (earlier == "approve")
    assert world.words() == ["action.final"]


@pytest.mark.parametrize("who", [MARAT, DANA, VIKTOR, ERKIN, STRANGER])
async def test_nobody_else_withdraws_it(office: Office, who: int) -> None:
    action = await office.proposes()
    with pytest.raises((ConfirmExpired, CompanyNotAccessible)):
        await office.world.approvals.withdraw(office.actor(who), action.id)
    assert office.state(action) is PROPOSED


async def test_it_is_withdrawn_in_its_own_company_and_chat(office: Office) -> None:
    world = office.world
    action = await office.proposes()
    world.carrier.granted["adm-1"] = (world.alpha, world.beta)
    at_beta = replace(world.actor(), company_id=world.beta.id, companies=(world.alpha, world.beta))
    for actor in (at_beta, world.actor(telegram_id=9999)):
        with pytest.raises(ConfirmExpired):
            await world.approvals.withdraw(actor, action.id)
    with pytest.raises(CompanyNotAccessible):
        await world.approvals.withdraw(replace(world.actor(), companies=()), action.id)
    with pytest.raises(ConfirmExpired):
        await world.approvals.withdraw(world.actor(), "no such action")
    assert office.state(action) is PROPOSED


async def test_ones_own_proposal_is_found_again(office: Office) -> None:
    world = office.world
    own = world.approvals.own
    assert await own(world.actor(), REPLACE, NUMBER, CARD) is None
    action = await office.proposes()
    found = await own(world.actor(), REPLACE, NUMBER, CARD)
    assert found is not None
    assert found.id == action.id
    assert await own(office.actor(MARAT), REPLACE, NUMBER, CARD) is None
    await world.approvals.withdraw(world.actor(), action.id)
    assert await own(world.actor(), REPLACE, NUMBER, CARD) is None


# --- time ------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["approve", "reject"])
async def test_after_a_day_it_is_over(office: Office, word: str) -> None:
    world = office.world
    action = await office.proposes()
    world.wait(hours=24)
    await _tried(office, MARAT, office.asked(MARAT), word, ConfirmExpired)
    await world.work()

    assert (office.state(action), world.action(action).reason_code) == (
        ActionState.REJECTED,
        "APPROVAL.EXPIRED",
    )
    assert world.words() == ["action.final"]
    results = [entry.result for entry in world.ledger.entries if entry.number]
    assert results == ["proposed", "refused"]
    later, first = await getattr(world.approvals, word)(office.actor(MARAT), office.asked(MARAT))
    assert (later.state, first) == (ActionState.REJECTED, False)


async def test_a_moment_before_it_counts(office: Office) -> None:
    world = office.world
    action = await office.proposes()
    world.wait(hours=23, minutes=59, seconds=59)
    await world.work()
    await world.approvals.approve(office.actor(MARAT), office.asked(MARAT))
    await world.work_for(seconds=3)
    assert office.state(action) is ActionState.DONE


async def test_the_hour_for_the_operator_begins_with_the_approval(office: Office) -> None:
    """It waited ten hours for a word; the operator's hour is not over by that."""
    world = office.world
    action = await office.proposes()
    world.wait(hours=10)
    await world.approvals.approve(office.actor(MARAT), office.asked(MARAT))
    world.carrier.down = True
    await world.work_for(minutes=30, step=60)
    world.carrier.down = False
    await world.work_for(minutes=1, step=5)
    assert office.state(action) is ActionState.DONE


async def test_a_worker_that_ended_it_too_late_has_lost_it(office: Office) -> None:
    """Two clocks: a worker takes it as expired, and before it writes, an approval comes in."""
    world = office.world
    action = await office.proposes()
    world.wait(hours=23, minutes=59)
    ahead = world.clock.now().replace(minute=59) + APPROVAL_LIFE
    [claimed] = await world.action_store.claim("early worker", ahead, APPROVAL_LIFE, 10)
    await world.approvals.approve(office.actor(MARAT), office.asked(MARAT))
    await world.execution.advance(claimed)
    assert office.state(action) is ACCEPTED
    await world.work_for(seconds=3)
    assert office.state(action) is ActionState.DONE


async def _tried(
    office: Office, telegram: int, token: str, word: str, refused: type[MyAccountError] | None
) -> None:
    act = getattr(office.world.approvals, word)
    if refused is None:
        _action, first = await act(office.actor(telegram), token)
        assert first
        return
    with pytest.raises(refused):
        await act(office.actor(telegram), token)


@pytest.mark.parametrize("kind", list(ActionKind))
def test_what_waits_for_a_second_one_counts_towards_no_sum_of_a_day(
    world: World, kind: ActionKind
) -> None:
    """A sum is taken with the proposal; it would be given back on the day of the approval.

    A kind that does both has to have its sum and its code decided by `ApprovalStore.decide`.
    """
    spec = world.specs[kind]
    counted = list(spec.on_accepted(an_example(kind), NOON))
    assert not (spec.takes_over and counted)
    assert not spec.takes_over or spec.needs_code(PARAMETERS[kind]), "a code at any sum"
    assert not (spec.takes_over and spec.schedulable), "its time would come without the second one"
