"""Sets of changes over a real database: dry run, one confirmation, and every number once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from account.changes.action import Action, ActionKind, token_hash
from account.changes.sets.change_set import ChangeSet, Fate, Outcome, SetNumber, SetState, brakes
from account.changes.sets.execution import OPEN_AT_MOST
from account.changes.sets.second_opinion import SetRules
from account.chapters.blocking import BlockParameters
from account.chapters.services.changes import off_for_many, on_parameters
from account.chapters.services.offerings import Offering
from account.chapters.transfers import CODE_FROM
from account.effects.effect import AddToDailyTotal, Bound, Effect, EndSession, EndSessionsOf
from account.errors import (
    CodeInvalid,
    CodeSmsExceeded,
    ConfirmExpired,
    ListFileFault,
    ListFileRefused,
    OneByOne,
    RightMissing,
    ServiceNotManageable,
    SetOfAnother,
    SetTooCostly,
    SetTooLarge,
    SetWithoutEffect,
    StepUpRequired,
)
from account.identity.directory import Company
from account.lists.list_file import MOST_BYTES
from account.values.money import Money
from account.values.number import Number, NumberState
from account.values.page import Page
from account.values.rights import Role
from storage import Stores
from storage.tables.access import codes
from tests.account.fakes.carrier import Fault
from tests.account.fakes.services import OFFNET_50, SMS_100, a_service
from tests.account.world import ALPHA, BETA, HER_PHONE, NOON, a_number
from tests.storage.builders import mac
from tests.storage.set_desk import COUNT, FEW, Desk, a_msisdn


@pytest.fixture
def desk(stores: Stores) -> Desk:
    return Desk(stores)


async def test_the_dry_run_tells_every_number_one_fate_and_changes_nothing(desk: Desk) -> None:
    for n in range(3):
        desk.is_now(n, NumberState.BLOCKED)
    desk.is_now(3, NumberState.DEBT)
    more = f"{a_msisdn(900).e164}\n{a_msisdn(901).e164}\n{a_msisdn(5).e164}\n8701054"

    offered = await desk.previewed(more=more)

    counts = await desk.counts(offered.change_set)
    assert dict(counts.fates) == {
        Fate.READY: 43,
        Fate.ALREADY: 3,
        Fate.REFUSED: 1,
        Fate.ABSENT: 2,
    }
    change_set = offered.change_set
    assert sum(counts.fates.values()) == change_set.listed == COUNT + 2
    assert change_set.repeated == 1
    assert [row.line for row in change_set.left_out] == [COUNT + 4]
    assert change_set.state is SetState.OFFERED
    assert change_set.reference == "S-20220124-0001"
    assert len(change_set.digest) == 64
    assert desk.carrier.effects == desk.carrier.tries == []


async def test_another_companys_number_is_told_as_one_that_does_not_exist(desk: Desk) -> None:
    offered = await desk.previewed(range(25), more=f"{a_msisdn(900).e164}\n{a_msisdn(901).e164}")

    theirs, nobodys = (await desk.numbers(offered.change_set))[-2:]
    assert replace(theirs, place=0, line=0, msisdn=HER_PHONE) == replace(
        nobodys, place=0, line=0, msisdn=HER_PHONE
    )


async def test_over_twenty_numbers_pages_are_read_where_they_take_fewer_calls(desk: Desk) -> None:
    await desk.previewed(range(20))
    assert desk.pages.asked == 0

    await desk.previewed(range(21))
    assert desk.pages.asked == 1


async def test_a_number_under_way_and_a_login_number_are_refused_before(desk: Desk) -> None:
    desk.carrier.add(a_number(HER_PHONE))
    desk.carrier.faults.append(Fault.SLOW)
    await desk.confirmed([1])
    await desk.steps(1)

    offered = await desk.previewed([1, 2], more=HER_PHONE.e164)

    fates = [(number.fate, number.reason_code) for number in await desk.numbers(offered.change_set)]
    assert fates == [
        (Fate.REFUSED, "CHANGE.UNDER_WAY"),
        (Fate.READY, None),
        (Fate.REFUSED, "SET.ONE_BY_ONE"),
    ]


async def test_a_confirmed_set_does_each_number_once_and_has_one_final_word(desk: Desk) -> None:
    change_set = await desk.confirmed()

    ended = await desk.to_the_end(change_set)

    assert await desk.outcomes(ended) == {Outcome.DONE: FEW}
    assert set(desk.states()) == {NumberState.BLOCKED}
    assert len(set(desk.carrier.effects)) == len(desk.carrier.effects) == FEW
    assert await desk.words() == ["set.final"]
    numbers = await desk.numbers(ended)
    assert all(number.action and number.settled_at for number in numbers)


async def test_what_a_colleague_blocked_meanwhile_is_already_so(desk: Desk) -> None:
    offered = await desk.previewed(range(FEW))
    desk.is_now(7, NumberState.BLOCKED)
    desk.is_now(8, NumberState.DEBT)
    change_set, _first = await desk.sets.confirm(desk.actor(), offered.token)

    ended = await desk.to_the_end(change_set)

    assert await desk.outcomes(ended) == {
        Outcome.DONE: FEW - 2,
        Outcome.ALREADY: 1,
        Outcome.REFUSED: 1,
    }
    assert (await desk.numbers(ended))[8].reason_code == "CONFIRM.STALE"


async def test_a_second_press_gets_the_present_state(desk: Desk) -> None:
    offered = await desk.previewed([1])

    _set, first = await desk.sets.confirm(desk.actor(), offered.token)
    _set, again = await desk.sets.confirm(desk.actor(), offered.token)

    assert (first, again) == (True, False)


async def test_a_code_is_needed_for_unblocking_and_from_fifty(desk: Desk) -> None:
    for n in range(FEW):
        desk.is_now(n, NumberState.BLOCKED)
    offered = await desk.previewed(range(FEW), kind=ActionKind.UNBLOCK)

    with pytest.raises(StepUpRequired):
        await desk.sets.confirm(desk.actor(), offered.token)

    assert not desk.sets.needs_code(replace(offered.change_set, kind=ActionKind.BLOCK), 49)
    assert desk.sets.needs_code(replace(offered.change_set, kind=ActionKind.BLOCK), 50)


async def test_the_right_code_is_the_confirmation_and_a_wrong_one_leaves_all_as_it_was(
    desk: Desk,
) -> None:
    for n in range(FEW):
        desk.is_now(n, NumberState.BLOCKED)
    offered = await desk.previewed(range(FEW), kind=ActionKind.UNBLOCK)
    wrong = await desk.asked_code(offered.change_set, "654321")
    right = replace(wrong, macs=(mac("123456"),))

    with pytest.raises(CodeInvalid) as refused:
        await desk.sets.confirm(desk.actor(), offered.token, wrong)
    assert refused.value.left == 2
    assert await desk.present(offered.change_set) == offered.change_set

    tries = [desk.sets.confirm(desk.actor(), offered.token, right) for _ in range(3)]
    answers = await asyncio.gather(*tries)
    assert sorted(first for _, first in answers) == [False, False, True]
    present = await desk.present(offered.change_set)
    assert (present.state, present.stepped_up_at) == (SetState.RUNNING, desk.clock.now())
    assert [what for what, *_ in await desk.history()] == ["set"]


async def test_a_code_for_what_can_no_longer_be_confirmed_stays_unused(desk: Desk) -> None:
    desk.is_now(1, NumberState.BLOCKED)
    offered = await desk.previewed([1], kind=ActionKind.UNBLOCK)
    right = await desk.asked_code(offered.change_set)
    await desk.sets.cancel(desk.actor(), offered.token)
    with pytest.raises(ConfirmExpired):
        await desk.stores.change_sets.accept(
            token_hash(offered.token),
            session_id="s-1",
            company_id=ALPHA,
            now=desk.clock.now(),
            effects=[],
            proof=right,
        )
    codes_left = await desk.stores.database.read(
        lambda conn: conn.execute(select(codes.c.state)).scalars().all()
    )
    assert codes_left == ["live"]


@pytest.mark.parametrize("later", [timedelta(minutes=29), timedelta(minutes=30)])
async def test_a_confirmation_lives_thirty_minutes(desk: Desk, later: timedelta) -> None:
    offered = await desk.previewed([1])
    desk.clock.advance(later)

    if later < timedelta(minutes=30):
        assert (await desk.sets.confirm(desk.actor(), offered.token))[1]
    else:
        with pytest.raises(ConfirmExpired):
            await desk.sets.confirm(desk.actor(), offered.token)


@pytest.mark.parametrize(
    "somebody", [{"telegram_id": 666}, {"session_id": "s-2"}, {"administrator_id": "adm-2"}]
)
async def test_the_button_is_worth_nothing_to_anybody_else(
    desk: Desk, somebody: dict[str, object]
) -> None:
    offered = await desk.previewed([1])

    with pytest.raises(ConfirmExpired):
        await desk.sets.confirm(replace(desk.actor(), **somebody), offered.token)  # type: ignore[arg-type]

    await desk.steps()
    assert desk.carrier.tries == []


async def test_another_list_makes_the_first_confirmation_void(desk: Desk) -> None:
    first = await desk.previewed([1])
    second = await desk.previewed([1, 2])

    assert first.change_set.digest != second.change_set.digest
    with pytest.raises(ConfirmExpired):
        await desk.sets.confirm(desk.actor(), first.token)


async def test_a_set_of_nothing_is_not_confirmed(desk: Desk) -> None:
    desk.is_now(1, NumberState.BLOCKED)
    offered = await desk.previewed([1])

    with pytest.raises(SetWithoutEffect):
        await desk.sets.confirm(desk.actor(), offered.token)


async def test_sizes_are_bounded_at_once_and_in_a_day(desk: Desk) -> None:
    actor = replace(desk.actor(), companies=(replace(desk.alpha, role=Role.OPERATOR),))
    await desk.selection.add_text(actor, "\n".join(a_msisdn(n).e164 for n in range(101)))
    with pytest.raises(SetTooLarge):
        await desk.sets.preview(actor, ActionKind.BLOCK, "en")

    desk.carrier.granted["adm-1"] = (replace(desk.alpha, role=Role.OPERATOR),)
    for n in range(200):
        desk.carrier.add(a_number(a_msisdn(n)))
    await desk.confirmed(range(60))
    offered = await desk.previewed(range(100, 150))
    with pytest.raises(SetTooLarge):
        await desk.sets.confirm(desk.actor(), offered.token)


async def test_who_may_only_look_previews_and_does_not_confirm(desk: Desk) -> None:
    desk.carrier.granted["adm-1"] = (replace(desk.alpha, role=Role.VIEWER),)

    offered = await desk.previewed([1])

    with pytest.raises(RightMissing):
        await desk.sets.confirm(desk.actor(), offered.token)
    with pytest.raises(RightMissing):
        await desk.confirmed_sets.stop(desk.actor(), offered.change_set.id)


async def test_what_takes_over_a_number_is_for_one_at_a_time(desk: Desk) -> None:
    with pytest.raises(OneByOne):
        await desk.previewed([1], ActionKind.SIM_REPLACE)


class KilledError(Exception):
    """The process is gone."""


@pytest.mark.parametrize("at", ["before the order", "after the order"])
async def test_a_killed_worker_is_followed_by_one_that_repeats_nothing(
    desk: Desk, others: Stores, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_set = await desk.confirmed()
    place = desk.carrier.place

    async def dies(action: Action, guard: object = None) -> object:
        if len(desk.carrier.effects) < 5:
            return await place(action, guard)  # type: ignore[arg-type]
        if at == "after the order":
            await place(action, guard)  # type: ignore[arg-type]
        raise KilledError

    monkeypatch.setattr(desk.carrier, "place", dies)
    with pytest.raises(KilledError):
        await desk.steps()
    monkeypatch.undo()
    desk.clock.advance(timedelta(seconds=61))

    ended = await Desk(others, beside=desk, owner="two").to_the_end(change_set)

    assert await desk.outcomes(ended) == {Outcome.DONE: FEW}
    assert max(Counter(desk.carrier.effects).values()) == 1
    assert len(desk.carrier.effects) == FEW
    assert await desk.words() == ["set.final"]


async def test_two_workers_share_a_set_and_do_nothing_twice(desk: Desk, others: Stores) -> None:
    change_set = await desk.confirmed()
    second = Desk(others, beside=desk, owner="two")
    first_claim = await desk.stores.change_sets.claim("one", desk.clock.now(), timedelta(0), 1)
    second_claim = await others.change_sets.claim("two", desk.clock.now(), timedelta(0), 1)

    await desk.worker.advance(first_claim[0])
    assert desk.carrier.effects == []
    await second.worker.advance(second_claim[0])
    assert len(desk.carrier.effects) == 4

    ended = await desk.to_the_end(change_set)
    assert await desk.outcomes(ended) == {Outcome.DONE: FEW}
    assert len(set(desk.carrier.effects)) == len(desk.carrier.effects) == FEW


async def test_stop_the_rest_calls_nothing_back(desk: Desk) -> None:
    desk.carrier.faults.extend([Fault.SLOW] * 3)
    change_set = await desk.confirmed()
    await desk.step()

    assert await desk.confirmed_sets.stop(desk.actor(), change_set.id)
    sent = len(desk.carrier.tries)
    desk.carrier.catch_up()
    ended = await desk.to_the_end(change_set)

    assert len(desk.carrier.tries) == sent == 4
    assert await desk.outcomes(ended) == {Outcome.DONE: 4, Outcome.NOT_SENT: FEW - 4}
    assert await desk.words() == ["set.final"]


async def test_a_stop_during_a_claim_lets_nothing_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_set = await desk.confirmed()
    begin = desk.stores.change_sets.begin

    async def stopped_then(*told: object, **named: object) -> object:
        begun = await begin(*told, **named)  # type: ignore[arg-type]
        await desk.confirmed_sets.stop(desk.actor(), change_set.id)
        return begun

    monkeypatch.setattr(desk.stores.change_sets, "begin", stopped_then)
    await desk.step()
    monkeypatch.undo()
    ended = await desk.to_the_end(change_set)

    assert desk.carrier.tries == []
    assert await desk.outcomes(ended) == {Outcome.NOT_SENT: FEW}


async def test_paused_sends_nothing_and_goes_on_for_its_owner(desk: Desk) -> None:
    change_set = await desk.confirmed()
    await desk.step()
    assert await desk.confirmed_sets.pause(desk.actor(), change_set.id)
    desk.clock.advance(timedelta(hours=2))
    await desk.steps()
    await desk.follow_up()
    assert len(desk.carrier.tries) == 4

    with pytest.raises(SetOfAnother):
        await desk.confirmed_sets.go_on(replace(desk.actor(), telegram_id=8), change_set.id)
    assert await desk.confirmed_sets.go_on(desk.actor(), change_set.id)
    ended = await desk.to_the_end(change_set)

    assert await desk.outcomes(ended) == {Outcome.DONE: FEW}


async def test_a_pause_of_a_day_ends_as_not_sent(desk: Desk) -> None:
    change_set = await desk.confirmed()
    await desk.step()
    await desk.confirmed_sets.pause(desk.actor(), change_set.id)
    desk.clock.advance(timedelta(hours=24))

    ended = await desk.to_the_end(change_set)

    assert await desk.outcomes(ended) == {Outcome.DONE: 4, Outcome.NOT_SENT: FEW - 4}


async def test_a_lost_right_ends_everything_unsent(desk: Desk) -> None:
    change_set = await desk.confirmed()
    await desk.step()
    desk.carrier.granted["adm-1"] = (replace(desk.alpha, role=Role.VIEWER),)
    desk.clock.advance(timedelta(seconds=10))

    ended = await desk.to_the_end(change_set)

    assert await desk.outcomes(ended) == {Outcome.DONE: 4, Outcome.NOT_SENT: FEW - 4}
    assert (await desk.numbers(ended))[-1].reason_code == "ACCESS.RIGHT_MISSING"


async def test_an_operator_that_is_down_fails_no_number(desk: Desk) -> None:
    change_set = await desk.confirmed()
    await desk.step()
    desk.carrier.down = True
    for _ in range(10):
        await desk.steps()
        await desk.follow_up()
        desk.clock.advance(timedelta(seconds=15))
    desk.carrier.down = False

    ended = await desk.to_the_end(change_set)

    assert await desk.outcomes(ended) == {Outcome.DONE: FEW}


async def test_the_history_links_the_set_and_its_numbers(desk: Desk) -> None:
    change_set = await desk.to_the_end(await desk.confirmed([1, 2]))

    told = await desk.history()
    references = [number.action for number in await desk.numbers(change_set)]
    assert told == [
        ("set", "accepted", change_set.reference, None),
        ("number.block", "done", references[0], change_set.reference),
        ("number.block", "done", references[1], change_set.reference),
        ("set", "done", change_set.reference, None),
    ]


async def test_a_company_has_two_running_sets_and_the_third_waits(desk: Desk) -> None:
    before = []
    for numbers in ([1, 2, 3, 4, 5], [11, 12]):
        before.append(await desk.confirmed(numbers))
        await desk.confirmed_sets.pause(desk.actor(), before[-1].id)
        desk.clock.advance(timedelta(seconds=1))
    third = await desk.confirmed([21, 22])
    for one in before:
        await desk.confirmed_sets.go_on(desk.actor(), one.id)
    desk.clock.advance(timedelta(seconds=1))

    claimed = await desk.stores.change_sets.claim("x", desk.clock.now(), timedelta(0), 9)

    assert {one.id for one in claimed} == {one.id for one in before}
    ended = await desk.to_the_end(third)
    assert await desk.outcomes(ended) == {Outcome.DONE: 2}


async def test_numbers_without_an_outcome_hold_back_no_other_set(desk: Desk) -> None:
    desk.carrier.faults.extend([Fault.LOST] * 4)
    before = [await desk.confirmed([1, 2]), await desk.confirmed([11, 12])]
    await desk.steps(8)
    assert [await desk.outcomes(one) for one in before] == [{Outcome.OPEN: 2}] * 2

    third = await desk.to_the_end(await desk.confirmed([21, 22]))

    assert await desk.outcomes(third) == {Outcome.DONE: 2}
    assert [(await desk.present(one)).state for one in before] == [SetState.RUNNING] * 2


async def test_what_waits_for_a_persons_verdict_holds_up_no_other_number(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.specs[ActionKind.BLOCK], "state_tells", False)
    desk.carrier.faults.extend([Fault.LOST] * OPEN_AT_MOST)
    change_set = await desk.confirmed(range(COUNT))
    for _ in range(40):
        await desk.steps(20)
        await desk.follow_up()
        desk.clock.advance(timedelta(seconds=30))
    counts = await desk.counts(change_set)
    assert counts.unconfirmed == OPEN_AT_MOST
    assert counts.outcomes == {Outcome.OPEN: OPEN_AT_MOST, Outcome.DONE: COUNT - OPEN_AT_MOST}


async def test_rights_are_asked_once_for_what_follows_within_ten_seconds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[datetime] = []
    companies = desk.carrier.companies

    async def noted(administrator_id: str) -> tuple[Company, ...]:
        asked.append(desk.clock.now())
        return tuple(await companies(administrator_id))

    change_set = await desk.confirmed()
    monkeypatch.setattr(desk.carrier, "companies", noted)
    await desk.step()
    desk.clock.advance(timedelta(seconds=9.9))
    await desk.step()
    assert len(asked) == 1
    desk.clock.advance(timedelta(seconds=0.1))
    await desk.to_the_end(change_set)
    assert len(asked) == 2
    assert asked[1] - asked[0] == timedelta(seconds=10)


async def test_a_file_that_is_too_large_is_not_even_fetched(desk: Desk) -> None:
    async def fetch() -> bytes:
        raise AssertionError

    with pytest.raises(ListFileRefused) as refused:
        await desk.selection.add_file(desk.actor(), MOST_BYTES + 1, fetch)
    assert refused.value.fault is ListFileFault.LARGE


async def test_an_answer_to_an_earlier_question_is_none(desk: Desk) -> None:
    def table(first: int) -> str:
        return "\n".join(
            f"{a_msisdn(first + n).e164} {a_msisdn(first + n + 9).e164}" for n in range(3)
        )

    asked = await desk.selection.add_text(desk.actor(), table(0))
    assert len(asked.columns) == 2
    both = await desk.selection.add_text(desk.actor(), table(20))
    assert len(both.questions) == 2

    taken = await desk.selection.choose_column(desk.actor(), both.mark, 0)
    assert [n.msisdn for n in taken.numbers.numbers] == [a_msisdn(n) for n in range(3)]
    again = await desk.selection.choose_column(desk.actor(), both.mark, 0)
    assert again == taken
    assert len(taken.columns) == 2
    last = await desk.selection.choose_column(desk.actor(), taken.mark, 1)
    assert len(last.numbers) == 6
    assert not last.questions


async def test_a_number_that_a_bound_of_the_day_refuses_holds_up_no_other(desk: Desk) -> None:
    def counted(_action: Action, now: datetime) -> list[Effect]:
        return [AddToDailyTotal("sum", now, 1, (Bound(2, lambda _left: CodeSmsExceeded()),))]

    desk.specs[ActionKind.BLOCK].on_accepted = counted

    change_set = await desk.to_the_end(await desk.confirmed())

    assert await desk.outcomes(change_set) == {Outcome.DONE: 2, Outcome.REFUSED: FEW - 2}
    reasons = {number.reason_code for number in await desk.numbers(change_set)}
    assert reasons == {None, CodeSmsExceeded.code}
    assert len(desk.carrier.effects) == 2


async def test_what_sets_of_a_day_cost_is_added_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.opinion.rules = SetRules(cost=Money(OFFNET_50.price.tiyn * 15))
    parameters = on_parameters(OFFNET_50, ())
    first = await desk.previewed(range(FEW), ActionKind.SERVICE_ON, parameters=parameters)
    assert desk.sets.cost(first.change_set, FEW) == Money(OFFNET_50.price.tiyn * FEW)
    await desk.sets.confirm(desk.actor(), first.token)

    second = await desk.previewed(range(FEW, 2 * FEW), ActionKind.SERVICE_ON, parameters=parameters)
    with pytest.raises(SetTooCostly):
        await desk.sets.confirm(desk.actor(), second.token)


async def test_a_dear_set_needs_a_code_however_few(desk: Desk) -> None:
    few = CODE_FROM.tiyn // OFFNET_50.price.tiyn + 1
    assert few < 49
    offered = await desk.previewed(
        range(few), ActionKind.SERVICE_ON, parameters=on_parameters(OFFNET_50, ())
    )
    assert not desk.sets.needs_code(offered.change_set, few - 1)
    with pytest.raises(StepUpRequired):
        await desk.sets.confirm(desk.actor(), offered.token)


async def test_a_password_that_changes_pauses_what_runs_in_that_name(desk: Desk) -> None:
    change_set = await desk.confirmed()
    await desk.stores.effect_store.write([EndSession("s-1", desk.clock.now())])
    assert (await desk.present(change_set)).state is SetState.RUNNING

    await desk.stores.effect_store.write([EndSessionsOf("adm-2", desk.clock.now())])
    assert (await desk.present(change_set)).state is SetState.RUNNING
    await desk.stores.effect_store.write([EndSessionsOf("adm-1", desk.clock.now(), but="s-1")])

    assert (await desk.present(change_set)).state is SetState.PAUSED
    assert await desk.words() == ["set.paused"]
    await desk.steps()
    assert desk.carrier.effects == []
    assert await desk.confirmed_sets.go_on(desk.actor(), change_set.id)
    await desk.to_the_end(change_set)
    assert await desk.outcomes(change_set) == {Outcome.DONE: FEW}


A_SET = ChangeSet(
    id="s",
    kind=ActionKind.BLOCK,
    parameters=BlockParameters(),
    company_id=ALPHA,
    telegram_id=5,
    session_id="s-1",
    administrator_id="adm-1",
    administrator="Айгүл",
    language="en",
    listed=1,
    repeated=0,
    left_out=(),
    created_at=NOON,
)


def a_row(place: int, outcome: Outcome, fate: Fate = Fate.READY, why: str = "X") -> SetNumber:
    return SetNumber(
        place, a_msisdn(place), place, fate, outcome, "", why, "A", sent_at=NOON, settled_at=NOON
    )


@pytest.mark.parametrize(
    ("outcomes", "halted", "braked"),
    [
        ("r" * 20, None, True),
        ("r" * 14 + "d" + "r" * 5, None, True),
        ("dr" * 14, None, False),
        ("dr" * 15, None, True),
        ("d" * 50 + "r" * 19, None, False),
        ("d" * 50 + "r" * 20, None, True),
        ("r" * 40, NOON, False),
        ("r" * 40, NOON - timedelta(seconds=1), True),
        ("dr" * 20, NOON - timedelta(seconds=1), False),
    ],
)
def test_it_brakes_when_the_operator_refuses_one_after_the_other(
    outcomes: str, halted: datetime | None, braked: bool
) -> None:
    of = {"r": Outcome.REFUSED, "d": Outcome.DONE}
    rows = [a_row(place, of[one]) for place, one in enumerate(outcomes)]
    change_set = replace(A_SET, halted_at=halted)
    assert brakes(change_set, rows) is braked
    # What the dry run had shown of others is nothing new.
    foreseen = a_row(99, Outcome.WAITING, Fate.REFUSED)
    assert not brakes(change_set, [*rows, foreseen])


async def test_a_set_that_the_operator_refuses_pauses_by_itself(desk: Desk) -> None:
    desk.carrier.faults.extend([Fault.REFUSED] * COUNT)
    change_set = await desk.confirmed(range(COUNT))
    for _ in range(100):
        await desk.steps()
        await desk.follow_up()
        desk.clock.advance(timedelta(seconds=1))
        if (await desk.present(change_set)).state is SetState.PAUSED:
            break
    assert (await desk.present(change_set)).state is SetState.PAUSED
    outcomes = await desk.outcomes(change_set)
    assert outcomes[Outcome.REFUSED] >= 15
    assert outcomes[Outcome.WAITING] > 0
    assert await desk.words() == ["set.progress", "set.paused"]


async def test_again_takes_those_that_failed_and_not_those_that_a_rule_refused(
    desk: Desk,
) -> None:
    desk.is_now(0, NumberState.DEBT)
    change_set = await desk.confirmed(range(FEW))
    await desk.step()
    await desk.confirmed_sets.stop(desk.actor(), change_set.id)
    await desk.to_the_end(change_set)
    left = (await desk.counts(change_set)).of(Outcome.NOT_SENT)
    assert left > 0

    again = await desk.sets.again(desk.actor(), change_set.id, "en")
    await desk.steps()

    assert again.change_set.listed == left
    counts = await desk.counts(again.change_set)
    assert dict(counts.fates) == {Fate.READY: left}
    confirmed, _first = await desk.sets.confirm(desk.actor(), again.token)
    await desk.to_the_end(confirmed)
    assert len(desk.carrier.effects) == FEW - 1
    with pytest.raises(SetWithoutEffect):
        await desk.sets.again(desk.actor(), confirmed.id, "en")


async def test_undo_is_a_set_and_leaves_what_somebody_changed_meanwhile(desk: Desk) -> None:
    desk.is_now(0, NumberState.BLOCKED)
    change_set = await desk.to_the_end(await desk.confirmed())
    # One was unblocked and blocked again since, one unblocked outside: neither is the set's now.
    for kind in (ActionKind.UNBLOCK, ActionKind.BLOCK):
        await desk.to_the_end(await desk.confirmed([1], kind))
    desk.is_now(2, NumberState.ACTIVE)

    undo = await desk.sets.undo(desk.actor(), change_set.id, "en")
    await desk.steps()

    numbers = {n.msisdn: n.fate for n in await desk.numbers(undo.change_set)}
    ready = {msisdn for msisdn, fate in numbers.items() if fate is Fate.READY}
    assert ready == {a_msisdn(n) for n in range(3, FEW)}
    assert numbers[a_msisdn(2)] is Fate.ALREADY
    desk.clock.advance(timedelta(hours=24))
    with pytest.raises(OneByOne):
        await desk.sets.undo(desk.actor(), change_set.id, "en")


async def test_a_service_taken_off_many_comes_back_at_the_price_of_today(desk: Desk) -> None:
    off = await desk.previewed([0, 1, 2], ActionKind.SERVICE_OFF, parameters=off_for_many(SMS_100))
    change_set, _first = await desk.sets.confirm(desk.actor(), off.token)
    ended = await desk.to_the_end(change_set)
    assert await desk.outcomes(ended) == {Outcome.DONE: 3}
    assert desk.sets.undoable_until(ended) is not None
    # One got it back by itself since, and it has become dearer.
    again = desk.carrier.shelf.of(a_msisdn(1))
    again.append(a_service("svc-back", SMS_100))
    dearer = replace(SMS_100, price=Money(30_000))
    desk.carrier.shelf.offerings[SMS_100.id] = dearer

    undo = await desk.sets.undo(desk.actor(), ended.id, "en")
    await desk.steps()

    assert undo.change_set.kind is ActionKind.SERVICE_ON
    assert undo.change_set.parameters == on_parameters(dearer, ())
    fates = {n.msisdn: n.fate for n in await desk.numbers(undo.change_set)}
    assert fates == {
        a_msisdn(0): Fate.READY,
        a_msisdn(1): Fate.ALREADY,
        a_msisdn(2): Fate.READY,
    }
    present, _first = await desk.sets.confirm(desk.actor(), undo.token)
    back = await desk.to_the_end(present)
    assert await desk.outcomes(back) == {Outcome.DONE: 2}
    for n in range(3):
        having = [one.offering_id for one in desk.carrier.shelf.of(a_msisdn(n))]
        assert having.count(SMS_100.id) == 1


@pytest.mark.parametrize("sold", [None, replace(SMS_100, sellable=False)])
async def test_a_service_no_longer_on_offer_does_not_come_back(
    desk: Desk, sold: Offering | None
) -> None:
    off = await desk.previewed([0], ActionKind.SERVICE_OFF, parameters=off_for_many(SMS_100))
    change_set, _first = await desk.sets.confirm(desk.actor(), off.token)
    ended = await desk.to_the_end(change_set)
    del desk.carrier.shelf.offerings[SMS_100.id]
    if sold is not None:
        desk.carrier.shelf.offerings[SMS_100.id] = sold

    with pytest.raises(ServiceNotManageable):
        await desk.sets.undo(desk.actor(), ended.id, "en")


async def test_sets_of_late_are_the_companys_and_no_others(desk: Desk) -> None:
    change_set = await desk.confirmed()
    assert [one.id for one in await desk.sets.of_late(desk.actor())] == [change_set.id]
    await desk.to_the_end(change_set)
    desk.clock.advance(timedelta(hours=23))
    assert [one.id for one in await desk.sets.of_late(desk.actor())] == [change_set.id]
    desk.clock.advance(timedelta(hours=1))
    assert await desk.sets.of_late(desk.actor()) == []
    assert await desk.stores.change_sets.of_company(BETA, NOON) == []


async def test_one_word_meanwhile_where_some_are_unknown_for_long(desk: Desk) -> None:
    desk.carrier.faults.append(Fault.SLOW)
    change_set = await desk.confirmed(range(FEW))
    for _ in range(40):
        await desk.steps(3)
        await desk.follow_up()
        desk.clock.advance(timedelta(seconds=30))
    assert (await desk.words()).count("set.interim") == 1
    assert (await desk.present(change_set)).state is SetState.RUNNING


async def test_a_page_that_cannot_be_read_hides_no_number_behind_it(desk: Desk) -> None:
    rows = [a_number(a_msisdn(n)) for n in range(150)]

    async def turn(offset: int, limit: int) -> Page[Number]:
        part = rows[offset : offset + limit] if offset >= 100 else []
        return Page(tuple(part), offset, 150, 0 if part else limit, offset + limit)

    gathered, left_out = await desk.selection.tick_all(desk.actor(), turn)
    assert (len(gathered.numbers), left_out) == (50, 100)
