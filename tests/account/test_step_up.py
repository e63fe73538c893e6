"""One more proof for one risky change: for exactly this one, by this person, now."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from account.access.secret_codes import SecretCodeExecutor, SendCode, SendCodeParameters
from account.access.step_up import StepUp
from account.changes.action import ActionKind, ActionState
from account.changes.confirmation import Offer
from account.credentials.one_time_codes import SPENT_FOR
from account.effects.effect import Channel
from account.errors import (
    ChangeUnderWay,
    CodeAttemptsExceeded,
    CodeExpired,
    CodeInvalid,
    CodeMalformed,
    CodeOwnerUnproven,
    CodeSendsExceeded,
    CodeSmsExceeded,
    CodeTooEarly,
    ConfirmExpired,
    LoginRefused,
    RightMissing,
    StepUpRequired,
)
from account.identity.permissions import Actor
from account.identity.sessions import Session
from account.values.identifiers import Msisdn
from account.values.number import NumberState
from tests.account.fakes.carrier import Fault
from tests.account.world import AIGUL, BETA, HER_PHONE, NUMBER, STRANGER, World, a_number

OTHER_PHONE = Msisdn("77010542008")


async def to_unblock(world: World) -> Offer:
    """The summary of unblocking her number, not yet proven."""
    number = world.now_is(NumberState.BLOCKED)
    return await world.actions.offer(world.actor(), ActionKind.UNBLOCK, number.msisdn)


async def test_a_right_code_is_the_confirmation(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), offer.token)

    action, first = await world.step_up.enter(world.actor(), offer.token, world.last_code())

    assert first
    assert (action.state, action.stepped_up_at) == (ActionState.ACCEPTED, world.clock.now())
    assert [entry.result for entry in world.ledger.entries] == ["accepted"]
    await world.work()
    assert world.action(action).state is ActionState.DONE


async def test_a_code_typed_once_more_is_known_only_when_it_was_used(world: World) -> None:
    actor, now = world.actor(), world.clock.now()
    session = Session("s", actor.telegram_id, "a", actor.name, actor.phone, None, now, now)
    offer = await to_unblock(world)
    await world.step_up.ask(actor, offer.token, "ru")
    code = world.last_code()
    assert not await world.step_up.spent(session, code), "nobody tries a good code out here"

    await world.step_up.enter(actor, offer.token, code)

    assert await world.step_up.spent(session, f"{code[:3]} {code[3:]}")
    for other in ("000000" if code != "000000" else "111111", f"{code}0", "block", ""):
        assert not await world.step_up.spent(session, other)
    assert not await world.step_up.spent(replace(session, telegram_id=STRANGER), code)
    world.clock.advance(SPENT_FOR)
    assert not await world.step_up.spent(session, code)


@pytest.mark.parametrize(
    "written",
    [
        "{a}{b}.",
        "{a} {b}",
        "{a}\u2011{b}",
        "{a}.{b}",
        "\u200e{a}{b}\u2069",
        "<{a}{b}>",
        "Код: {a}{b}",
        "My Account code to unblock the number …2006: {a}{b}. Valid 3 minutes. Tell it to nobody.",
        "{wide}",
    ],
)
async def test_a_code_is_read_as_it_is_pasted(world: World, written: str) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    code = world.last_code()
    wide = "".join(chr(0xFF10 + int(digit)) for digit in code)
    typed = written.format(a=code[:3], b=code[3:], wide=wide)
    action, _first = await world.step_up.enter(world.actor(), offer.token, typed)
    assert action.state is ActionState.ACCEPTED


@pytest.mark.parametrize("typed", ["the code", "000000", "block 77012115526"])
async def test_what_is_typed_after_the_right_code_changes_nothing(world: World, typed: str) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    code = world.last_code()
    await world.step_up.enter(world.actor(), offer.token, code)
    again = code if typed == "the code" else typed

    for state in (ActionState.ACCEPTED, ActionState.DONE):
        action, first = await world.step_up.enter(world.actor(), offer.token, again)
        assert (action.state, first) == (state, False)
        await world.work()

    assert world.carrier.effects == [offer.action.id]
    assert world.ledger.codes[-1].code.wrong == 0


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("", CodeMalformed),
        ("12345", CodeMalformed),
        ("1234567", CodeMalformed),
        ("١٢٣٤٥٦", CodeMalformed),
        ("yes", CodeMalformed),
        ("{0}", CodeMalformed),
        ("123456 654321", CodeMalformed),
        ("+7 701 054 20 06", CodeMalformed),
        ("A-20220124-0001", CodeMalformed),
        ("a123456", CodeMalformed),
        ("another code", CodeInvalid),
    ],
)
async def test_no_other_text_does_anything(
    world: World, typed: str, refused: type[Exception]
) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    wrong = "000000" if world.last_code() != "000000" else "111111"
    with pytest.raises(refused):
        await world.step_up.enter(
            world.actor(), offer.token, wrong if typed == "another code" else typed
        )
    assert world.action(offer.action) == offer.action
    assert world.ledger.entries == []
    assert world.words() == []


async def test_a_change_that_is_refused_leaves_its_code_unused(world: World) -> None:
    """All of it or nothing: the other change of the number ends, and the same code is taken."""
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    code = world.last_code()
    colleague = world.actor(telegram_id=7002, administrator_id="adm-2", session_id="s-2")
    other = await world.actions.offer(colleague, ActionKind.UNBLOCK, NUMBER)
    world.ledger.prove(other.action.id, world.clock.now())
    theirs, _ = await world.actions.confirm(colleague, other.token)
    with pytest.raises(ChangeUnderWay):
        await world.step_up.enter(world.actor(), offer.token, code)
    assert world.action(offer.action).state is ActionState.OFFERED
    assert world.ledger.codes[0].verified_at is None

    world.carrier.faults.append(Fault.REFUSED)
    await world.work()
    assert world.action(theirs).state is ActionState.REJECTED
    _action, first = await world.step_up.enter(world.actor(), offer.token, code)
    assert first


async def test_a_code_is_typed_within_three_minutes(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    world.wait(minutes=3)
    with pytest.raises(CodeExpired):
        await world.step_up.enter(world.actor(), offer.token, world.last_code())
    assert world.action(offer.action).state is ActionState.OFFERED


async def test_a_code_typed_in_another_session_or_without_the_right_confirms_nothing(
    world: World,
) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    code = world.last_code()
    with pytest.raises(ConfirmExpired):
        await world.step_up.enter(world.actor(session_id="s-9"), offer.token, code)
    with pytest.raises(RightMissing):
        await world.step_up.enter(world.viewer(), offer.token, code)
    assert world.action(offer.action).state is ActionState.OFFERED
    assert world.ledger.codes[-1].verified_at is None


async def test_the_message_names_the_change_and_the_last_digits(world: World) -> None:
    offer = await to_unblock(world)

    asked = await world.step_up.ask(world.actor(), offer.token, "ru")

    [message] = world.code_messages()
    assert (message.kind, message.language) == ("code.step_up", "ru")
    assert (message.channel, message.to) == (Channel.SMS, HER_PHONE.digits)
    assert message.parameters == {
        "action": "unblock",
        "last4": "5526",
        "chat": str(AIGUL),
        "code": world.last_code(),
    }
    assert asked.phone == HER_PHONE


async def test_a_code_for_one_change_is_worth_nothing_for_another(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    code = world.last_code()
    again = await to_unblock(world)  # the same number, a new summary

    with pytest.raises(CodeExpired):
        await world.step_up.enter(world.actor(), again.token, code)
    with pytest.raises(ConfirmExpired):
        await world.step_up.enter(world.actor(), offer.token, code)
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), again.token)


async def test_the_code_of_a_reset_proves_nothing_here_and_the_other_way_round(
    world: World,
) -> None:
    offer = await to_unblock(world)
    await world.login.ask_code(AIGUL, HER_PHONE, "ru")
    with pytest.raises(CodeExpired):
        await world.step_up.enter(world.actor(), offer.token, world.last_code())

    world.wait(seconds=60)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    code = world.last_code()
    assert len(world.code_messages()) == 2
    with pytest.raises((CodeInvalid, CodeExpired)):
        await world.login.enter_code(AIGUL, HER_PHONE, code)


async def test_a_wrong_code_proves_nothing(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    code = world.last_code()
    wrong = "000000" if code != "000000" else "111111"

    for _ in range(2):
        with pytest.raises(CodeInvalid):
            await world.step_up.enter(world.actor(), offer.token, wrong)
    with pytest.raises(CodeAttemptsExceeded):
        await world.step_up.enter(world.actor(), offer.token, wrong)
    with pytest.raises(CodeAttemptsExceeded):
        await world.step_up.enter(world.actor(), offer.token, code)
    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), offer.token)


async def test_a_code_for_one_purpose_makes_nobody_wait_for_another(world: World) -> None:
    """The minute is each purpose's own (S02-4); the hour and the day are the account's (S02-5)."""
    world.ledger.people.logged_in("adm-1", AIGUL, world.clock.now())
    await world.login.ask_code(AIGUL, HER_PHONE, "ru")
    for n in range(4):
        offer = await to_unblock(world)
        await world.step_up.ask(world.actor(), offer.token, "ru")
        assert len(world.code_messages()) == n + 2
    offer = await to_unblock(world)
    with pytest.raises(CodeSendsExceeded):
        await world.step_up.ask(world.actor(), offer.token, "ru")
    world.wait(seconds=60)
    with pytest.raises(CodeSendsExceeded):
        await world.login.ask_code(AIGUL, HER_PHONE, "ru")


async def test_twenty_proofs_in_a_row_that_are_typed_right(world: World) -> None:
    for _ in range(20):
        offer = await to_unblock(world)
        await world.step_up.ask(world.actor(), offer.token, "ru")
        await world.step_up.enter(world.actor(), offer.token, world.last_code())
        await world.work()
    assert len(world.carrier.effects) == 20


async def test_strangers_at_their_bound_leave_the_owners_proof_alone(world: World) -> None:
    for n in range(2):
        await world.login.ask_code(STRANGER + n, HER_PHONE, "kk")
        wrong = "000000" if world.last_code() != "000000" else "111111"
        for _ in range(3):
            with pytest.raises(LoginRefused):
                await world.login.enter_code(STRANGER + n, HER_PHONE, wrong)
        world.wait(seconds=60)
    with pytest.raises(CodeOwnerUnproven):
        await world.login.ask_code(STRANGER, HER_PHONE, "kk")

    for _ in range(2):  # strangers' six wrong codes and her four are not ten of hers
        offer = await to_unblock(world)
        await world.step_up.ask(world.actor(), offer.token, "ru")
        wrong = "000000" if world.last_code() != "000000" else "111111"
        for _ in range(2):
            with pytest.raises(CodeInvalid):
                await world.step_up.enter(world.actor(), offer.token, wrong)
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    await world.step_up.enter(world.actor(), offer.token, world.last_code())


# --- the company's SMS of the day ------------------------------------------------------------


@pytest.fixture
def thrifty(world: World) -> World:
    """Three SMS with codes a day, for her and her colleagues together."""
    world.step_up = StepUp(
        world.carrier,
        world.actions,
        world.action_store,
        world.codes,
        world.clock,
        world.sensitive_numbers,
        world.profile,
        sms_a_day=3,
    )
    office = SecretCodeExecutor(world.code_store, world.clock, b"key")
    world.specs[ActionKind.SECRET_SEND] = SendCode(
        world.carrier, world.code_store, world.clock, office, 3
    )
    colleague = replace(world.aigul, id="adm-2", phone=OTHER_PHONE)
    world.carrier.administrators[OTHER_PHONE.digits] = colleague
    return world


async def prove(world: World, actor: Actor) -> None:
    world.number = world.carrier.fleet[NUMBER.digits]
    number = world.now_is(NumberState.BLOCKED)
    offer = await world.actions.offer(actor, ActionKind.UNBLOCK, number.msisdn)
    await world.step_up.ask(actor, offer.token, "ru")


async def test_the_sms_with_codes_of_a_company_are_bounded_by_the_day(thrifty: World) -> None:
    colleague = thrifty.actor(
        telegram_id=7002, administrator_id="adm-2", session_id="s-2", phone=OTHER_PHONE
    )
    for actor in (thrifty.actor(), colleague, thrifty.actor()):
        await prove(thrifty, actor)
    for actor in (thrifty.actor(), colleague):
        with pytest.raises(CodeSmsExceeded):
            await prove(thrifty, actor)
    assert len(thrifty.code_messages()) == 3

    thrifty.wait(hours=12)
    await prove(thrifty, colleague)


async def test_another_company_has_its_own(thrifty: World) -> None:
    theirs = thrifty.carrier.add(a_number(Msisdn("77019999999"), BETA))
    for _ in range(3):
        await prove(thrifty, thrifty.actor())
    owner = thrifty.actor(
        telegram_id=7003,
        administrator_id="adm-3",
        phone=OTHER_PHONE,
        companies=(thrifty.beta,),
        company_id=BETA,
    )
    blocked = replace(theirs, state=NumberState.BLOCKED, blocked_by_company=True)
    thrifty.carrier.add(blocked)
    thrifty.carrier.administrators[OTHER_PHONE.digits] = replace(
        thrifty.aigul, id="adm-3", phone=OTHER_PHONE
    )
    offer = await thrifty.actions.offer(owner, ActionKind.UNBLOCK, theirs.msisdn)
    await thrifty.step_up.ask(owner, offer.token, "ru")


async def test_codes_by_mail_and_the_way_back_in_cost_no_sms_of_the_day(thrifty: World) -> None:
    by_mail = replace(thrifty.aigul, code_by_email=True)
    thrifty.carrier.administrators[HER_PHONE.digits] = by_mail
    for _ in range(3):
        await prove(thrifty, thrifty.actor())
    thrifty.carrier.administrators[HER_PHONE.digits] = thrifty.aigul
    thrifty.ledger.codes.clear()
    for _ in range(3):
        await prove(thrifty, thrifty.actor())

    await thrifty.login.ask_code(AIGUL, HER_PHONE, "ru", shared=True)
    assert thrifty.code_messages()[-1].kind == "code.reset"


async def test_employees_codes_are_of_the_same_sum(thrifty: World) -> None:
    for _ in range(3):
        await prove(thrifty, thrifty.actor())
    thrifty.now_is(NumberState.ACTIVE)
    told = SendCodeParameters(thrifty.alpha.name, thrifty.alpha.bin_shown)
    offer = await thrifty.actions.offer(thrifty.actor(), ActionKind.SECRET_SEND, NUMBER, told)
    with pytest.raises(CodeSmsExceeded):
        await thrifty.actions.confirm(thrifty.actor(), offer.token)
    assert thrifty.action(offer.action).state is ActionState.OFFERED


async def test_an_employees_code_that_was_not_sent_gives_its_place_back(thrifty: World) -> None:
    for _ in range(2):
        await prove(thrifty, thrifty.actor())
    thrifty.now_is(NumberState.ACTIVE)
    told = SendCodeParameters(thrifty.alpha.name, thrifty.alpha.bin_shown)
    offer = await thrifty.actions.offer(thrifty.actor(), ActionKind.SECRET_SEND, NUMBER, told)
    action, _ = await thrifty.actions.confirm(thrifty.actor(), offer.token)
    thrifty.now_is(NumberState.DEBT)
    await thrifty.work()
    assert thrifty.action(action).state is ActionState.REJECTED
    await prove(thrifty, thrifty.actor())


async def test_codes_for_changes_keep_the_pause_of_all_codes(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")

    with pytest.raises(CodeTooEarly):
        await world.step_up.ask(world.actor(), offer.token, "ru")


async def test_nobody_else_can_ask_or_prove(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    stranger = world.actor(telegram_id=STRANGER)

    with pytest.raises(ConfirmExpired):
        await world.step_up.ask(stranger, offer.token, "ru")
    with pytest.raises(ConfirmExpired):
        await world.step_up.enter(stranger, offer.token, world.last_code())


async def test_a_summary_older_than_five_minutes_can_no_longer_be_proven(world: World) -> None:
    offer = await to_unblock(world)
    world.wait(minutes=4)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    world.wait(minutes=1)

    with pytest.raises(ConfirmExpired):
        await world.step_up.enter(world.actor(), offer.token, world.last_code())
    with pytest.raises(ConfirmExpired):
        await world.step_up.ask(world.actor(), offer.token, "ru")


@pytest.mark.parametrize("how", ["cancelled", "confirmed"])
async def test_a_change_past_its_summary_asks_for_no_code(world: World, how: str) -> None:
    offer = await to_unblock(world)
    if how == "cancelled":
        await world.actions.cancel(world.actor(), offer.token)
    else:
        world.ledger.prove(offer.action.id, world.clock.now())
        await world.actions.confirm(world.actor(), offer.token)

    with pytest.raises(ConfirmExpired):
        await world.step_up.ask(world.actor(), offer.token, "ru")
    assert world.code_messages() == []


async def test_a_proof_for_one_number_does_not_reach_another(world: World) -> None:
    offer = await to_unblock(world)
    await world.step_up.ask(world.actor(), offer.token, "ru")
    await world.step_up.enter(world.actor(), offer.token, world.last_code())
    other = world.carrier.add(a_number(Msisdn("77010542006")))
    world.number = other
    other_offer = await world.actions.offer(
        world.actor(), ActionKind.UNBLOCK, world.now_is(NumberState.BLOCKED).msisdn
    )

    with pytest.raises(StepUpRequired):
        await world.actions.confirm(world.actor(), other_offer.token)


async def test_the_bound_is_told_before_anything_is_begun(world: World) -> None:
    actor = world.actor()
    for _each in range(5):
        await world.step_up.check_budget(actor)
        offer = await to_unblock(world)
        await world.step_up.ask(actor, offer.token, "ru")
        world.wait(minutes=4)
    with pytest.raises(CodeSendsExceeded) as told:
        await world.step_up.check_budget(actor)
    with pytest.raises(CodeSendsExceeded) as refused:
        await world.step_up.ask(actor, (await to_unblock(world)).token, "ru")
    assert told.value.until == refused.value.until
    await world.step_up.check_budget(replace(actor, phone=OTHER_PHONE))
    await world.step_up.check_budget(replace(actor, telegram_id=STRANGER))
    world.wait(minutes=40)
    await world.step_up.check_budget(actor)


async def test_a_code_that_was_rightly_used_is_no_burden(world: World) -> None:
    actor = world.actor()
    for _each in range(6):
        offer = await to_unblock(world)
        await world.step_up.ask(actor, offer.token, "ru")
        await world.step_up.enter(actor, offer.token, world.last_code())
        await world.work()
        world.wait(seconds=61)
    await world.step_up.check_budget(actor)


async def test_too_many_wrong_codes_are_told_as_well(world: World) -> None:
    actor = world.actor()
    for _each in range(4):
        offer = await to_unblock(world)
        await world.step_up.ask(actor, offer.token, "ru")
        wrong = "000000" if world.last_code() != "000000" else "111111"
        for _try in range(3):
            with suppress(LoginRefused):
                await world.step_up.enter(actor, offer.token, wrong)
        world.wait(minutes=16)
    with pytest.raises(CodeAttemptsExceeded):
        await world.step_up.check_budget(actor)
