"""“It was not me”: what one press stops, from wherever it comes, and who starts it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from account.access.profile_email import EmailParameters
from account.changes.action import Action, ActionKind, ActionState
from account.changes.freezes import FreezeOutcome
from account.changes.safety_notices import NOT_ME
from account.effects.effect import Channel, Freeze, OutboxMessage, Thaw
from account.effects.history import HistoryEvent
from account.errors import (
    AccountFrozen,
    BadCredentials,
    ConfirmExpired,
)
from account.identity.permissions import Actor
from account.values.identifiers import Email, Msisdn
from tests.account.fakes.carrier import Fault
from tests.account.office import CARD, DANA, MARAT, REPLACE, Office
from tests.account.world import AIGUL, HER_PHONE, NUMBER, STRANGER, World, a_number

PASSWORD, NEXT = "a lantern of old copper", "seven quiet horses by night"
HERS, THIEF = 7009, 6666
FROZEN, ALREADY, INVALID = FreezeOutcome.FROZEN, FreezeOutcome.ALREADY, FreezeOutcome.INVALID
LONG = timedelta(days=9)


@pytest.fixture
async def office(world: World) -> Office:
    """Айгүл with her password and two accounts, known for long; Марат and Дана beside her."""
    office = Office(world)
    office.hire(MARAT, DANA)
    await world.gets_password(PASSWORD)
    for account in (AIGUL, HERS):
        world.ledger.people.logged_in("adm-1", account, world.clock.now() - LONG)
    return office


async def logged_in(world: World, who: int = AIGUL, password: str = PASSWORD) -> Actor:
    session = await world.login.with_password(who, HER_PHONE, password, "kk")
    return world.actor(telegram_id=who, session_id=session.id)


async def reset(world: World, who: int, password: str = NEXT) -> None:
    """A forgotten password, with the code wherever it goes."""
    world.wait(minutes=1)
    await world.login.ask_code(who, HER_PHONE, "kk")
    await world.login.enter_code(who, HER_PHONE, world.last_code())
    draft = await world.login.draft_password(who, HER_PHONE, password)
    await world.login.set_password(who, HER_PHONE, draft, password, "kk")


def warned(world: World, kind: str) -> list[OutboxMessage]:
    return [owed for owed in world.ledger.owed if owed.kind == kind]


async def token(world: World, kind: str = "login.new_telegram") -> str:
    """What a warning lets its reader do; a thief's login sends one where there is none."""
    if not warned(world, kind):
        await logged_in(world, THIEF)
    return warned(world, kind)[-1].parameters[NOT_ME]


async def frozen(world: World) -> None:
    assert await world.freezes.by_token(await token(world), "ru") is FROZEN


def known(world: World) -> set[int]:
    return {one for one, kept in world.ledger.people.accounts["adm-1"].items() if kept.known}


# --- the press -------------------------------------------------------------------------------


async def test_one_press_ends_sessions_offers_and_proposals(office: Office) -> None:
    world = office.world
    hers = await logged_in(world)
    thief = await logged_in(world, THIEF)
    proposal = await world.actions.offer(thief, REPLACE, NUMBER, CARD)
    world.ledger.prove(proposal.action.id, world.clock.now())
    await world.actions.confirm(thief, proposal.token)
    open_offer = await world.actions.offer(hers, ActionKind.BLOCK, NUMBER)
    assert office.state(proposal.action) is ActionState.PROPOSED

    await frozen(world)
    assert {one.ended_at for one in world.ledger.sessions.values()} == {world.clock.now()}
    assert office.state(open_offer.action) is ActionState.VOID
    with pytest.raises((ConfirmExpired, AccountFrozen)):
        await world.approvals.approve(office.actor(MARAT), office.asked(MARAT))
    await world.work()
    settled = world.action(proposal.action)
    assert (settled.state, settled.reason_code) == (ActionState.REJECTED, AccountFrozen.code)
    closed = {owed.to for owed in warned(world, "approval.closed")}
    assert closed == {str(MARAT), str(DANA)}
    assert world.carrier.effects == []


async def test_it_is_told_by_every_way_and_to_the_colleagues(office: Office) -> None:
    world = office.world
    office.hire(DANA, bound=False)
    world.ledger.people.accounts.pop("adm-3")
    await frozen(world)
    told = {(owed.channel, owed.to) for owed in warned(world, "account.frozen")}
    assert told == {
        (Channel.SMS, HER_PHONE.digits),
        (Channel.TELEGRAM, str(AIGUL)),
        (Channel.TELEGRAM, str(HERS)),
    }
    [owed] = warned(world, "colleague.frozen")
    spread = await world.notifications.spread(owed.to, owed.kind, owed.parameters, owed.expires_at)
    assert {(one.channel, one.to) for one in spread} == {
        (Channel.TELEGRAM, str(MARAT)),
        (Channel.MAIL, "d@a.kz"),
    }
    [entry] = [entry for entry in world.ledger.entries if entry.what is HistoryEvent.FROZEN]
    assert entry.administrator_id == "adm-1"


REFUSED = {
    "a change is asked for": lambda w, a: w.actions.offer(a, ActionKind.BLOCK, NUMBER),
    "PIN and PUK": lambda w, a: w.actions.offer(a, ActionKind.SIM_REVEAL, NUMBER),
    "a secret code": lambda w, a: w.actions.offer(
        a, ActionKind.SECRET_SEND, NUMBER, {"company": "Alpha LLP", "bin": "180140000018"}
    ),
    "another e-mail": lambda w, a: w.actions.offer(
        a, ActionKind.EMAIL, HER_PHONE, EmailParameters(Email("t@e.kz"), "en")
    ),
    "an account is removed": lambda w, a: w.known_accounts.remove(a, HERS, PASSWORD, "en"),
    "another password": lambda w, a: _password(w, a),
}


async def _password(world: World, actor: Actor) -> None:
    proof = await world.profile.prove(actor, PASSWORD, "en")
    await world.profile.draft_password(actor, proof, NEXT)


@pytest.mark.parametrize("what", REFUSED)
async def test_what_who_is_frozen_may_not(office: Office, what: str) -> None:
    world = office.world
    await frozen(world)
    actor = await logged_in(world)
    with pytest.raises(AccountFrozen):
        await REFUSED[what](world, actor)  # type: ignore[no-untyped-call]
    await reset(world, AIGUL, NEXT + "!")


@pytest.mark.parametrize("kind", sorted(ActionKind))
async def test_no_kind_of_change_is_asked_for_by_who_is_frozen(world: World, kind: str) -> None:
    await world.ready(ActionKind(kind))
    before = len(world.ledger.actions)
    world.ledger.carry_out([freeze(world)])
    with pytest.raises(AccountFrozen):
        await world.offered(ActionKind(kind))
    assert len(world.ledger.actions) == before


async def test_who_is_frozen_looks_at_everything_still(office: Office) -> None:
    await frozen(office.world)
    actor = await logged_in(office.world)
    assert (await office.world.numbers.tally(actor)).total > 0


@pytest.mark.parametrize("kind", sorted(ActionKind))
async def test_no_kind_of_change_is_confirmed_by_who_is_frozen(world: World, kind: str) -> None:
    """Offered before, the session alive as if the end of it had been lost."""
    await world.ready(ActionKind(kind))
    offer = await world.offered(ActionKind(kind))
    people = world.ledger.people
    world.ledger.carry_out([freeze(world)])
    press = world.shows(ActionKind(kind))
    with pytest.raises(AccountFrozen):
        await (press or world.actions.confirm)(world.actor(), offer.token)
    assert people.active("adm-1") is not None


async def test_who_is_frozen_approves_nothing(office: Office) -> None:
    world = office.world
    action = await office.proposes()
    world.ledger.carry_out([replace(freeze(world), administrator_id="adm-2")])
    for word in (world.approvals.approve, world.approvals.reject):
        with pytest.raises(AccountFrozen):
            await word(office.actor(MARAT), office.asked(MARAT))
    assert office.state(action) is ActionState.PROPOSED


def freeze(world: World) -> Freeze:
    return Freeze("adm-1", HER_PHONE, world.clock.now())


# --- between the confirmation and the operator -----------------------------------------------


async def accepted(office: Office) -> Action:
    action = await office.world.accepted(ActionKind.BLOCK)
    assert office.state(action) is ActionState.ACCEPTED
    return action


async def test_what_was_confirmed_and_not_sent_is_not_sent(office: Office) -> None:
    world = office.world
    action = await accepted(office)
    await frozen(world)
    await world.work_for(seconds=5)
    assert (office.state(action), world.action(action).reason_code) == (
        ActionState.REJECTED,
        AccountFrozen.code,
    )
    assert world.carrier.tries == []
    assert world.words() == ["action.final"]


async def test_a_press_at_the_last_moment_stops_the_call(office: Office) -> None:
    """Between the commit that it is being sent and the first byte."""
    world = office.world
    action = await accepted(office)
    honest = world.action_store.mark_sent

    async def mark_sent(action: Action, now: datetime) -> Action | None:
        sent = await honest(action, now)
        await frozen(world)
        return sent

    world.action_store.mark_sent = mark_sent  # type: ignore[method-assign]
    await world.work_for(seconds=5)
    assert world.carrier.effects == []
    assert office.state(action) is ActionState.REJECTED


async def test_what_is_with_the_operator_is_followed_to_its_end(office: Office) -> None:
    world = office.world
    world.carrier.faults.append(Fault.SLOW)
    action = await accepted(office)
    await world.work()
    await frozen(world)
    world.carrier.catch_up()
    await world.work_for(seconds=30)
    assert office.state(action) is ActionState.DONE


# --- a number that somebody else takes over --------------------------------------------------


async def test_whose_login_number_it_is_stops_it_from_wherever_they_are(office: Office) -> None:
    """Айгүл's session proposes to replace Марат's card; Марат has his SMS, and nothing else."""
    world = office.world
    action = await office.proposes()
    links = warned(world, "takeover.login_number")
    assert (Channel.SMS, office.people[MARAT].phone.digits) in {
        (owed.channel, owed.to) for owed in links
    }
    assert await world.freezes.by_token(links[0].parameters[NOT_ME], "ru") is FROZEN
    await world.work()
    assert (office.state(action), world.action(action).reason_code) == (
        ActionState.REJECTED,
        AccountFrozen.code,
    )
    # She herself is not frozen, and what is asked for after it is another matter.
    world.wait(seconds=1)
    again = await office.proposes()
    with pytest.raises(AccountFrozen):
        await world.approvals.approve(office.actor(MARAT), office.asked(MARAT))
    await world.approvals.approve(office.actor(DANA), office.asked(DANA))
    await world.work_for(seconds=3)
    assert office.state(again) is ActionState.DONE


async def test_approved_and_stopped_before_it_is_sent(office: Office) -> None:
    world = office.world
    action = await office.proposes()
    link = warned(world, "takeover.login_number")[0].parameters[NOT_ME]
    await world.approvals.approve(office.actor(DANA), office.asked(DANA))
    await world.freezes.by_token(link, "ru")
    await world.work_for(seconds=3)
    assert office.state(action) is ActionState.REJECTED
    assert world.carrier.effects == []


# --- the link --------------------------------------------------------------------------------


async def test_it_counts_once_and_a_second_press_says_so(office: Office) -> None:
    world = office.world
    link = await token(world)
    answers = [await world.freezes.by_token(link, "ru") for _ in range(3)]
    assert answers == [FROZEN, ALREADY, ALREADY]
    assert len(warned(world, "colleague.frozen")) == 1
    await reset(world, AIGUL)
    assert await world.freezes.by_token(link, "ru") is INVALID
    assert world.ledger.people.active("adm-1") is None


async def test_one_press_uses_up_all_links_of_that_person(office: Office) -> None:
    world = office.world
    first = await token(world)
    await logged_in(world, THIEF + 1)
    second = warned(world, "login.new_telegram")[-1].parameters[NOT_ME]
    assert first != second
    assert await world.freezes.by_token(second, "ru") is FROZEN
    await reset(world, AIGUL)
    assert await world.freezes.by_token(first, "ru") is INVALID


@pytest.mark.parametrize(("later", "outcome"), [(71.99, FROZEN), (72.0, INVALID)])
async def test_it_is_good_for_three_days(
    office: Office, later: float, outcome: FreezeOutcome
) -> None:
    world = office.world
    link = await token(world)
    world.wait(hours=later)
    assert await world.freezes.by_token(link, "ru") is outcome
    assert (world.ledger.people.active("adm-1") is None) is (outcome is INVALID)


@pytest.mark.parametrize("guess", ["", "x", "я" * 40, "\ud800", "A" * 22, "../../etc"])
async def test_a_guess_stops_nobody(office: Office, guess: str) -> None:
    world = office.world
    await token(world)
    before = len(world.ledger.owed)
    assert await world.freezes.by_token(guess, "ru") is INVALID
    assert world.ledger.people.freezes == []
    assert len(world.ledger.owed) == before


async def test_what_is_kept_of_a_link_opens_nothing(office: Office) -> None:
    world = office.world
    link = await token(world)
    [kept] = world.ledger.people.links
    assert link not in kept
    assert await world.freezes.by_token(kept, "ru") is INVALID


async def test_the_operator_need_not_answer(office: Office) -> None:
    world = office.world
    link = await token(world)
    world.carrier.down = True
    assert await world.freezes.by_token(link, "ru") is FROZEN
    sms = [owed for owed in warned(world, "account.frozen") if owed.channel is Channel.SMS]
    assert [owed.to for owed in sms] == [HER_PHONE.digits]


# --- thawing ---------------------------------------------------------------------------------


async def test_a_known_account_thaws_with_a_new_password(office: Office) -> None:
    world = office.world
    await frozen(world)
    await reset(world, HERS)
    actor = await logged_in(world, HERS, NEXT)
    assert await world.actions.offer(actor, ActionKind.BLOCK, NUMBER)
    assert [owed.kind for owed in warned(world, "colleague.thawed")] == ["colleague.thawed"]
    assert HistoryEvent.THAWED in {entry.what for entry in world.ledger.entries}
    assert known(world) == {HERS}, "a reset forgets the others"


async def test_an_unknown_account_does_not_even_twice(office: Office) -> None:
    """Who has the SIM card resets the password; that makes them neither known nor the only one."""
    world = office.world
    await frozen(world)
    for password in (NEXT, NEXT + " again"):
        await reset(world, STRANGER, password)
    assert world.ledger.people.active("adm-1") is not None
    assert known(world) == {AIGUL, HERS}
    actor = world.actor(telegram_id=STRANGER)
    with pytest.raises(AccountFrozen):
        await world.actions.offer(actor, ActionKind.BLOCK, NUMBER)
    await reset(world, AIGUL, "and a third one, of her own")
    assert world.ledger.people.active("adm-1") is None


async def test_whose_account_came_in_three_days_ago_or_later_does_not(office: Office) -> None:
    world = office.world
    await logged_in(world, THIEF)
    world.wait(hours=71)
    await frozen(world)
    assert known(world) == {AIGUL, HERS}
    await reset(world, THIEF)
    assert world.ledger.people.active("adm-1") is not None


async def test_accounts_that_a_thief_has_had_forgotten_are_known_again(office: Office) -> None:
    world = office.world
    await reset(world, THIEF, PASSWORD + " of theirs")
    assert known(world) == {THIEF}
    told = {owed.to for owed in warned(world, "password.changed")}
    assert {str(AIGUL), str(HERS)} <= told, "before they were forgotten"
    link = warned(world, "password.changed")[0].parameters[NOT_ME]
    world.wait(hours=70)
    assert await world.freezes.by_token(link, "ru") is FROZEN
    assert known(world) == {AIGUL, HERS}


async def test_of_accounts_that_are_all_new_the_first_is_known(world: World) -> None:
    await world.gets_password(PASSWORD)
    world.ledger.people.logged_in("adm-1", AIGUL, world.clock.now())
    world.wait(hours=1)
    await logged_in(world, THIEF)
    await frozen(world)
    assert known(world) == {AIGUL}


async def test_the_password_alone_lets_in_known_accounts_only(office: Office) -> None:
    world = office.world
    await logged_in(world, THIEF)
    await frozen(world)
    with pytest.raises(BadCredentials):
        await logged_in(world, THIEF)
    assert await logged_in(world, HERS)


async def test_a_freeze_that_came_while_the_password_was_typed_stays(office: Office) -> None:
    world = office.world
    await frozen(world)
    then = world.clock.now()
    world.wait(seconds=5)
    people = world.ledger.people
    people.active("adm-1").frozen_at = world.clock.now()  # type: ignore[union-attr]
    world.ledger.carry_out([Thaw("adm-1", then, world.clock.now())])
    assert people.active("adm-1") is not None


# --- the e-mail ------------------------------------------------------------------------------


async def test_an_address_that_was_disowned_gets_no_code_for_good(world: World) -> None:
    """Codes go by e-mail; a thief registers theirs; she stops it, and thaws ten days later."""
    her = replace(world.aigul, code_by_email=True)
    world.carrier.administrators[HER_PHONE.digits] = her
    await world.gets_password(PASSWORD)
    world.ledger.people.logged_in("adm-1", AIGUL, world.clock.now() - LONG)
    thief = await logged_in(world, THIEF)
    offer = await world.actions.offer(
        thief, ActionKind.EMAIL, HER_PHONE, EmailParameters(Email("thief@e.kz"), "en")
    )
    await world.step_up.identify_by_password(thief, offer.token, PASSWORD, "en")
    await world.step_up.ask(thief, offer.token, "en")
    await world.step_up.enter(thief, offer.token, world.last_code())
    await world.work_for(seconds=2)
    assert world.carrier.administrators[HER_PHONE.digits].email == Email("thief@e.kz")

    letters = [owed for owed in warned(world, "email.changed") if owed.to == "aigul@alpha.kz"]
    world.wait(hours=60)
    assert await world.freezes.by_token(letters[0].parameters[NOT_ME], "ru") is FROZEN
    world.wait(days=10)
    for who in (THIEF, AIGUL):
        await reset(world, who, f"{NEXT} {who}")
        assert world.code_messages()[-1].to == "aigul@alpha.kz"
    assert world.ledger.people.active("adm-1") is None, "she has thawed it"
    world.wait(days=10)
    await world.login.ask_code(STRANGER, HER_PHONE, "en")
    assert world.code_messages()[-1].to == "aigul@alpha.kz"


async def test_a_number_that_is_nobodys_login_is_warned_without_a_link(office: Office) -> None:
    world = office.world
    nobodys = a_number(Msisdn("77012115599"))
    world.carrier.add(nobodys)
    await office.proposes(nobodys.msisdn)
    [sms] = warned(world, "takeover.number")
    assert (sms.channel, sms.to) == (Channel.SMS, nobodys.msisdn.digits)
    assert NOT_ME not in sms.parameters
    assert sms.ahead_of is not None
