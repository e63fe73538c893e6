"""A number's SIM card: shown, its codes shown once, and its replacement (S08, S16)."""

from __future__ import annotations

import re

import pytest

from account.changes.action import ActionKind, ActionState
from account.changes.confirmation import Offer
from account.chapters.sim import ICCID, ReplaceParameters, Sim, SimCodes
from account.effects.effect import Channel
from account.errors import (
    CarrierUnavailable,
    CodeAttemptsExceeded,
    CodeExpired,
    CodeInvalid,
    CodeMalformed,
    ConfirmExpired,
    ConfirmStale,
    NumberNotFound,
    SimForeign,
    SimNotActive,
    SimNotFree,
    StepUpRequired,
)
from account.values.identifiers import Iccid, Msisdn
from account.values.number import NumberState
from tests.account.fakes.sims import BLANK, CODES, PRESENT
from tests.account.world import ALPHA, BETA, NUMBER, STRANGER, World, a_number

REVEAL, REPLACE = ActionKind.SIM_REVEAL, ActionKind.SIM_REPLACE
UNKNOWN_CARD = Iccid("89997020800000000034")
FOREIGN_CARD = Iccid("8970101000000000007")


async def test_the_card_without_its_codes(world: World) -> None:
    shown = await world.sims.card(world.actor(), NUMBER)
    assert shown.sim == Sim(PRESENT, None, shown.sim.imei)
    assert shown.sim.imei is not None
    assert shown.read_at == world.clock.now()
    assert world.carrier.drawer.codes_asked == 0


async def test_another_companys_card_is_not_there(world: World) -> None:
    theirs = world.carrier.add(a_number(Msisdn("77019999999"), BETA))
    with pytest.raises(NumberNotFound):
        await world.sims.card(world.actor(), theirs.msisdn)


# --- the codes -------------------------------------------------------------------------------


async def asked(world: World) -> Offer:
    """The question, and its code in the post."""
    offer = await world.actions.offer(world.actor(), REVEAL, NUMBER)
    await world.step_up.ask(world.actor(), offer.token, "en")
    return offer


async def shown(world: World, offer: Offer, code: str | None = None) -> SimCodes:
    """What that code shows, by default the one that was sent last."""
    proof = await world.step_up.proof(world.actor(), offer.token, code or world.last_code())
    return await world.sims.reveal(world.actor(), offer.token, proof)


@pytest.mark.parametrize("state", NumberState)
async def test_the_right_code_shows_the_codes_and_is_in_the_history(
    world: World, state: NumberState
) -> None:
    world.now_is(state)
    offer = await asked(world)
    assert await shown(world, offer) == CODES
    assert world.action(offer.action).stepped_up_at == world.clock.now()

    [entry] = [entry for entry in world.ledger.entries if entry.what == "sim.revealed"]
    assert (entry.number, entry.result) == (NUMBER.digits, "done")
    # Four digits may stand in the middle of an id by chance.
    kept = re.split(r"[^0-9a-zA-Z]+", re.sub(r"[0-9a-f-]{36}", "", repr(world.ledger)))
    assert not {CODES.pin2, CODES.puk1, CODES.puk2} & set(kept)
    assert CODES.puk1 not in repr(CODES)


async def test_without_the_code_nothing_is_even_asked_of_the_operator(world: World) -> None:
    offer = await asked(world)
    with pytest.raises(StepUpRequired):
        await world.sims.reveal(world.actor(), offer.token)
    with pytest.raises(CodeMalformed):
        await shown(world, offer, "PUK")
    assert world.carrier.drawer.codes_asked == 0
    assert world.ledger.entries == []


async def test_a_wrong_code_shows_nothing_and_is_counted(world: World) -> None:
    offer = await asked(world)
    wrong = "000000" if world.last_code() != "000000" else "111111"
    for refused in (CodeInvalid, CodeInvalid, CodeAttemptsExceeded, CodeAttemptsExceeded):
        with pytest.raises(refused):
            await shown(world, offer, wrong)
    with pytest.raises(CodeAttemptsExceeded):
        await shown(world, offer)
    assert world.action(offer.action).state is ActionState.OFFERED
    assert world.ledger.entries == []


async def test_one_proof_is_one_showing(world: World) -> None:
    offer = await asked(world)
    await shown(world, offer)
    for _ in range(3):
        with pytest.raises(ConfirmExpired):
            await shown(world, offer)
    assert world.carrier.drawer.codes_asked == 1
    assert len(world.ledger.entries) == 1


async def test_a_code_gets_old(world: World) -> None:
    offer = await asked(world)
    world.wait(minutes=3)
    with pytest.raises(CodeExpired):
        await shown(world, offer)
    world.wait(minutes=2)
    with pytest.raises(ConfirmExpired):
        await shown(world, offer)
    assert world.ledger.entries == []


async def test_a_proof_for_another_change_shows_nothing(world: World) -> None:
    world.now_is(NumberState.BLOCKED)
    unblock = await world.offered(ActionKind.UNBLOCK)
    with pytest.raises(ConfirmExpired):
        await world.sims.reveal(world.actor(), unblock.token)
    with pytest.raises(ConfirmExpired):
        await world.sims.reveal(world.actor(telegram_id=STRANGER), unblock.token)
    assert world.carrier.drawer.codes_asked == 0


async def test_a_showing_is_no_change_for_a_worker(world: World) -> None:
    offer = await asked(world)
    with pytest.raises(ConfirmExpired):
        await world.step_up.enter(world.actor(), offer.token, world.last_code())
    await world.work_for(seconds=3)
    assert world.action(offer.action).state is ActionState.OFFERED
    assert await shown(world, offer) == CODES
    await world.work_for(seconds=3)
    assert world.carrier.tries == []
    assert world.action(offer.action).state is ActionState.DONE


async def test_an_operator_that_is_down_costs_no_proof(world: World) -> None:
    offer = await asked(world)
    world.carrier.down = True
    with pytest.raises(CarrierUnavailable):
        await shown(world, offer)
    world.carrier.down = False
    assert await shown(world, offer) == CODES


async def test_a_card_replaced_at_that_moment_shows_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = await asked(world)
    monkeypatch.setattr(world.carrier.drawer, "codes", lambda *_: None)
    with pytest.raises(ConfirmStale):
        await shown(world, offer)
    assert world.action(offer.action).state is ActionState.OFFERED


# --- the replacement -------------------------------------------------------------------------


async def wanted(world: World, iccid: Iccid = BLANK) -> Offer:
    return await world.actions.offer(world.actor(), REPLACE, NUMBER, ReplaceParameters(iccid))


@pytest.mark.parametrize("state", [NumberState.BLOCKED, NumberState.DEBT])
async def test_only_for_an_active_number(world: World, state: NumberState) -> None:
    world.now_is(state)
    with pytest.raises(SimNotActive) as refused:
        await wanted(world)
    assert refused.value.state is state


@pytest.mark.parametrize(
    ("iccid", "refused"),
    [
        (PRESENT, SimNotFree),
        (UNKNOWN_CARD, SimForeign),
        (FOREIGN_CARD, SimForeign),
    ],
)
async def test_only_with_a_free_card_of_the_company(
    world: World, iccid: Iccid, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        await wanted(world, iccid)


async def test_without_the_code_nothing_is_replaced(world: World) -> None:
    offer = await wanted(world)
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), offer.token)


async def test_the_new_card_is_read_back_and_the_number_is_told(world: World) -> None:
    code = await world.with_code()
    world.wait(minutes=1)
    action = await world.accepted(REPLACE)
    await world.work_for(seconds=3)

    assert world.action(action).state is ActionState.DONE
    assert (await world.sims.card(world.actor(), NUMBER)).sim.iccid == BLANK
    [sms] = [owed for owed in world.ledger.owed if owed.kind == "sim.replaced"]
    assert (sms.channel, sms.to) == (Channel.SMS, NUMBER.digits)
    assert code
    assert all(kept.ended_at is not None for kept in world.ledger.secret_codes.values())


async def test_the_history_has_the_card_masked(world: World) -> None:
    await world.accepted(REPLACE)
    await world.work_for(seconds=3)
    told = [entry for entry in world.ledger.entries if entry.what == "sim.replaced"]
    assert {entry.parameters[ICCID] for entry in told} == {BLANK.masked}
    assert BLANK.digits not in repr(told)


@pytest.mark.parametrize("meanwhile", ["blocked", "another card", "card taken"])
async def test_what_changed_since_the_summary_refuses(world: World, meanwhile: str) -> None:
    offer = await wanted(world)
    world.ledger.prove(offer.action.id, world.clock.now())
    drawer = world.carrier.drawer
    if meanwhile == "blocked":
        world.now_is(NumberState.BLOCKED)
    elif meanwhile == "another card":
        drawer.used[NUMBER.digits] = Sim(UNKNOWN_CARD)
    else:
        drawer.blanks_of(ALPHA).remove(BLANK)
        drawer.used["77012115599"] = Sim(BLANK)
    action, _ = await world.actions.confirm(world.actor(), offer.token)
    await world.work_for(seconds=3)

    assert world.action(action).state is ActionState.REJECTED
    expected = "SIM.NOT_FREE" if meanwhile == "card taken" else "CONFIRM.STALE"
    assert world.action(action).reason_code == expected
    assert world.carrier.tries == []
    assert not [owed for owed in world.ledger.owed if owed.kind == "sim.replaced"]


async def test_blank_cards_come_in_pages(world: World) -> None:
    cards = [Iccid(f"{8999702080000000000 + n}") for n in range(13)]
    world.carrier.drawer.blank[ALPHA] = cards
    first = await world.sims.blanks(world.actor())
    last = await world.sims.blanks(world.actor(), offset=10)
    assert (first.rows, last.rows, first.total) == (tuple(cards[:10]), tuple(cards[10:]), 13)
