"""A number's eSIM: ordered as a SIM card is replaced, its activation code shown and not kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.changes.action import ActionKind, ActionState
from account.changes.confirmation import Offer
from account.chapters.esim import ShownCode
from account.chapters.history import HistoryKind, HistoryQuery
from account.chapters.sim import ESIM, ICCID, Esim, EsimState, ReplaceParameters, Sim
from account.errors import (
    CapabilityMissing,
    CarrierUnavailable,
    CodeInvalid,
    ConfirmExpired,
    ConfirmStale,
    EsimCodeUntold,
    EsimExpired,
    EsimNoneFree,
    EsimNotInUse,
    EsimOfLogin,
    EsimRefused,
    EsimUsed,
    NumberNotFound,
    RightMissing,
    SimNotActive,
    StepUpRequired,
)
from account.values.capabilities import Capability
from account.values.identifiers import Iccid, Msisdn
from account.values.number import NumberState
from account.values.periods import history_window, today
from account.values.rights import Role
from tests.account.fakes.sims import ACTIVATION_CODE, ESIM_ICCID, PRESENT
from tests.account.office import DANA, MARAT, Office
from tests.account.world import AIGUL, ALPHA, BETA, NUMBER, STRANGER, World, a_number

SHOW, REPLACE = ActionKind.ESIM_SHOW, ActionKind.SIM_REPLACE
SECRETS = (ACTIVATION_CODE.matching_id, ACTIVATION_CODE.matching_id.casefold(), "AGYFT")


# --- an eSIM in the place of a card ----------------------------------------------------------


async def ordered(world: World) -> Offer:
    iccid = await world.esims.free(world.actor())
    return await world.actions.offer(world.actor(), REPLACE, NUMBER, ReplaceParameters(iccid))


async def test_it_is_a_replacement_that_knows_which_card_ends(world: World) -> None:
    offer = await ordered(world)
    assert offer.action.parameters == ReplaceParameters(ESIM_ICCID, esim=True, replaces=PRESENT)
    told = offer.action.parameters.told()
    assert ReplaceParameters.read(told, {}) == offer.action.parameters
    assert ReplaceParameters.read({ICCID: ESIM_ICCID.digits}, {}) == ReplaceParameters(ESIM_ICCID)


async def test_whoever_types_its_number_is_told_the_same(world: World) -> None:
    """Facts are the operator's: what a window says of them is overwritten."""
    lie = ReplaceParameters(ESIM_ICCID, esim=False, replaces=Iccid("89997020800000000034"))
    offer = await world.actions.offer(world.actor(), REPLACE, NUMBER, lie)
    assert offer.action.parameters == ReplaceParameters(ESIM_ICCID, esim=True, replaces=PRESENT)
    card = ReplaceParameters(world.carrier.drawer.blanks_of(ALPHA)[0], esim=True, replaces=PRESENT)
    offer = await world.actions.offer(world.actor(), REPLACE, NUMBER, card)
    assert offer.action.parameters == ReplaceParameters(card.iccid)


async def test_it_is_read_back_and_the_history_has_it_masked(world: World) -> None:
    offer = await ordered(world)
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), offer.token)
    world.ledger.prove(offer.action.id, world.clock.now())
    await world.actions.confirm(world.actor(), offer.token)
    await world.work_for(seconds=3)
    assert world.action(offer.action).state is ActionState.DONE
    shown = await world.sims.card(world.actor(), NUMBER)
    assert (shown.sim.iccid, shown.sim.esim) == (ESIM_ICCID, Esim())
    told = [entry.parameters for entry in world.ledger.entries if entry.what == "sim.replaced"]
    assert told == [{ICCID: ESIM_ICCID.masked, ESIM: "1"}] * 2


async def test_only_for_an_active_number(world: World) -> None:
    world.now_is(NumberState.BLOCKED)
    with pytest.raises(SimNotActive):
        await ordered(world)


async def test_without_a_free_one_nothing_is_asked(world: World) -> None:
    world.carrier.drawer.esims[ALPHA] = []
    with pytest.raises(EsimNoneFree):
        await world.esims.free(world.actor())


async def test_one_of_the_first_is_taken(world: World) -> None:
    cards = [Iccid(f"{8999702080000000000 + n}") for n in range(13)]
    world.carrier.drawer.esims[ALPHA] = cards
    found = {await world.esims.free(world.actor()) for _ in range(100)}
    assert len(found) > 1
    assert found <= set(cards[:10])


@pytest.mark.parametrize("lost", [Capability.ESIM, Capability.SIM_REPLACEMENT])
async def test_none_is_free_where_the_operator_has_no_such_thing(
    world: World, lost: Capability
) -> None:
    company = replace(world.alpha, lacks=frozenset({lost}))
    with pytest.raises(CapabilityMissing):
        await world.esims.free(world.actor(companies=(company,)))


# --- the activation code ---------------------------------------------------------------------


async def asked(world: World) -> Offer:
    """The question, and its code in the post."""
    offer = await world.actions.offer(world.actor(), SHOW, NUMBER)
    await world.step_up.ask(world.actor(), offer.token, "en")
    return offer


async def shown(world: World, offer: Offer, code: str | None = None) -> ShownCode:
    """What that code shows, by default the one that was sent last."""
    proof = await world.step_up.proof(world.actor(), offer.token, code or world.last_code())
    return await world.esims.show(world.actor(), offer.token, proof)


async def test_it_is_shown_for_a_code_and_kept_nowhere(world: World) -> None:
    world.is_on_esim()
    offer = await asked(world)
    found = await shown(world, offer)
    assert (found.code, found.number.msisdn) == (ACTIVATION_CODE, NUMBER)
    [entry] = [entry for entry in world.ledger.entries if entry.what == "esim.shown"]
    assert (entry.number, entry.result, entry.parameters) == (NUMBER.digits, "done", {})
    for kept in (repr(world.ledger), repr(found), repr(offer)):
        assert not [secret for secret in SECRETS if secret in kept]


async def test_shown_again_is_a_new_code_and_a_line_of_the_history(world: World) -> None:
    world.is_on_esim()
    offer = await asked(world)
    first = world.last_code()
    await shown(world, offer)
    for _ in range(3):
        with pytest.raises(ConfirmExpired):
            await shown(world, offer, first)
    world.wait(minutes=1)
    again = await asked(world)
    with pytest.raises(StepUpRequired):
        await world.esims.show(world.actor(), again.token)
    assert (await shown(world, again)).code == ACTIVATION_CODE
    assert [entry.what for entry in world.ledger.entries] == ["esim.shown"] * 2
    assert world.carrier.drawer.codes_asked == 2


async def test_it_is_among_what_was_viewed(world: World) -> None:
    world.is_on_esim()
    await shown(world, await asked(world))
    period = history_window(today(world.clock.now()))
    query = HistoryQuery(period, kind=HistoryKind.VIEWED)
    assert query.wants("esim.shown")
    assert not replace(query, kind=HistoryKind.CHANGES).wants("esim.shown")


async def test_a_wrong_code_shows_nothing(world: World) -> None:
    world.is_on_esim()
    offer = await asked(world)
    with pytest.raises(CodeInvalid):
        await shown(world, offer, "000000" if world.last_code() != "000000" else "111111")
    assert world.action(offer.action).state is ActionState.OFFERED
    assert world.ledger.entries == []


@pytest.mark.parametrize(
    ("state", "refused"),
    [(EsimState.USED, EsimUsed), (EsimState.EXPIRED, EsimExpired), (None, EsimNotInUse)],
)
async def test_there_is_no_question_about_what_is_over(
    world: World, state: EsimState | None, refused: type[EsimRefused]
) -> None:
    if state is not None:
        world.is_on_esim(state)
    with pytest.raises(refused):
        await asked(world)
    assert world.carrier.drawer.codes_asked == 0


@pytest.mark.parametrize(
    ("state", "refused"), [(EsimState.USED, EsimUsed), (EsimState.EXPIRED, EsimExpired)]
)
async def test_used_or_expired_since_the_question_costs_no_proof(
    world: World, state: EsimState, refused: type[EsimRefused]
) -> None:
    world.is_on_esim()
    offer = await asked(world)
    world.is_on_esim(state)
    with pytest.raises(refused) as told:
        await shown(world, offer)
    assert ACTIVATION_CODE.matching_id not in str(told.value)
    assert world.action(offer.action).state is ActionState.OFFERED
    world.is_on_esim()
    assert (await shown(world, offer)).code == ACTIVATION_CODE


async def test_another_card_since_the_question_shows_nothing(world: World) -> None:
    """The next order's code is not the one that was asked for, and the old one's is void."""
    world.is_on_esim()
    offer = await asked(world)
    other = Iccid("89997020800000000034")
    world.carrier.drawer.used[NUMBER.digits] = Sim(other, esim=Esim())
    with pytest.raises(ConfirmStale):
        await shown(world, offer)
    assert world.ledger.entries == []


async def test_an_operator_without_the_code_costs_no_proof(world: World) -> None:
    world.is_on_esim()
    offer = await asked(world)
    world.carrier.drawer.activation_code = None
    with pytest.raises(EsimCodeUntold):
        await shown(world, offer)
    world.carrier.drawer.activation_code = ACTIVATION_CODE
    world.carrier.down = True
    with pytest.raises(CarrierUnavailable):
        await shown(world, offer)
    world.carrier.down = False
    assert (await shown(world, offer)).code == ACTIVATION_CODE


async def test_a_proof_for_one_showing_is_none_for_the_other(world: World) -> None:
    world.is_on_esim()
    for kind, press in ((SHOW, world.sims.reveal), (ActionKind.SIM_REVEAL, world.esims.show)):
        offer = await world.actions.offer(world.actor(), kind, NUMBER)
        world.ledger.prove(offer.action.id, world.clock.now())
        with pytest.raises(ConfirmExpired):
            await press(world.actor(), offer.token)
    assert world.carrier.drawer.codes_asked == 0


async def test_nobody_else_sees_it(world: World) -> None:
    world.is_on_esim()
    theirs = world.carrier.add(a_number(Msisdn("77019999999"), BETA))
    world.carrier.drawer.used[theirs.msisdn.digits] = Sim(ESIM_ICCID, esim=Esim())
    with pytest.raises(NumberNotFound):
        await world.actions.offer(world.actor(), SHOW, theirs.msisdn)
    offer = await asked(world)
    with pytest.raises(ConfirmExpired):
        await world.esims.show(world.actor(telegram_id=STRANGER), offer.token)
    for role in (Role.VIEWER, Role.FINANCE, Role.OPERATOR, Role.EMPLOYEE):
        actor = world.actor(companies=(replace(world.alpha, role=role),))
        with pytest.raises(RightMissing):
            await world.esims.show(actor, offer.token)
        with pytest.raises(RightMissing):
            await world.actions.offer(actor, SHOW, NUMBER)
    assert world.carrier.drawer.codes_asked == 0


# --- an administrator's login number ---------------------------------------------------------


@pytest.fixture
def office(world: World) -> Office:
    office = Office(world)
    office.hire(MARAT, DANA)
    office.binds("adm-1", AIGUL)
    return office


async def shown_to(office: Office, telegram_id: int | None) -> ShownCode:
    """What she, or that colleague, is shown of the number that Марат logs in with."""
    world = office.world
    actor = world.actor() if telegram_id is None else office.actor(telegram_id)
    offer = await world.actions.offer(actor, SHOW, NUMBER)
    world.ledger.prove(offer.action.id, world.clock.now())
    assert await world.esims.shows_to(actor, NUMBER) == (
        telegram_id == MARAT or ordered_by_her(world)
    )
    return await world.esims.show(actor, offer.token)


def ordered_by_her(world: World) -> bool:
    return any(
        kept.action.kind is REPLACE and kept.action.state is ActionState.DONE
        for kept in world.ledger.actions.values()
    )


async def test_of_a_login_number_it_is_for_who_logs_in_with_it(office: Office) -> None:
    office.world.is_on_esim()
    assert (await shown_to(office, MARAT)).code == ACTIVATION_CODE
    for other in (None, DANA):
        with pytest.raises(EsimOfLogin):
            await shown_to(office, other)
    assert office.world.carrier.drawer.codes_asked == 1


async def test_and_for_who_ordered_it_with_the_word_of_a_second(office: Office) -> None:
    world = office.world
    offer = await ordered(world)
    world.ledger.prove(offer.action.id, world.clock.now())
    action, _ = await world.actions.confirm(world.actor(), offer.token)
    assert world.action(action).state is ActionState.PROPOSED
    await world.approvals.approve(office.actor(DANA), office.asked(DANA))
    await world.work_for(seconds=90)
    assert world.action(action).state is ActionState.DONE
    assert (await shown_to(office, None)).code == ACTIVATION_CODE
    offer = await world.actions.offer(office.actor(DANA), SHOW, NUMBER)
    world.ledger.prove(offer.action.id, world.clock.now())
    with pytest.raises(EsimOfLogin):
        await world.esims.show(office.actor(DANA), offer.token)
    world.ledger.actions.clear()
    with pytest.raises(EsimOfLogin):
        await shown_to(office, None)
