"""The lab's own parts: a judge must be right before anybody is judged."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from crashlab.actors.administrators import Intent
from crashlab.checks.final_state import Change, Leftovers
from crashlab.checks.invariants import Ending, breaches
from crashlab.faults.kills import POINTS, planned
from crashlab.plan import Plan
from crashlab.runs.driver import Run, proves_nothing
from crashlab.workload import WANTED_CHANGES, WantedChange
from crashlab.world.chats import ChatMessage
from crashlab.world.operator import Operator, reference_of
from crashlab.world.operator_reads import read
from crashlab.world.outside import World
from crashlab.world.telegram import Telegram

NUMBER = "77011000001"
QUIET = Leftovers(0, 0, 0)


@pytest.fixture
def world() -> World:
    return World(seed=1, people=1, numbers=1)


def change(state: str = "done", kind: str = "block") -> Change:
    return Change("id-1", NUMBER, 5_000_001, kind, state, "A-20220124-0001", None)


def names(world: World, *changes: Change, leftovers: Leftovers = QUIET) -> set[str]:
    ending = Ending(list(changes), leftovers, [], [], "", [])
    return {breach.name for breach in breaches(world, ending)}


def tell(world: World, text: str) -> None:
    world.telegram.chat(5_000_001).show(ChatMessage(9, text, [], ""))


BLOCK = {"action": "modify", "product": {"id": NUMBER, "status": "suspended"}}


async def order(world: World, times: int = 1, item: dict[str, Any] = BLOCK) -> None:
    world.operator.change_faults.clear()
    world.operator.slow_orders = 0
    body: dict[str, Any] = {"externalId": "id-1", "productOrderItem": [item]}
    for _time in range(times):
        world.operator._order(body, late=False)


DONE = "✅ Blocked 24.01.2022 16:00 · action A-20220124-0001"
NOT_DONE = "⚠️ Not blocked · action A-20220124-0001"


async def test_a_kept_promise_is_no_breach(world: World) -> None:
    await order(world)
    tell(world, DONE)
    assert names(world, change()) == set()


@pytest.mark.parametrize(
    ("action", "word", "broken"),
    [
        ("add", "✅ 100 SMS: enabled 24.01.2022 16:00", set()),
        ("delete", "✅ 100 SMS: disabled 24.01.2022 16:00", set()),
        ("add", "⚠️ 100 SMS: not enabled", {"LIE"}),
        ("delete", "⚠️ 100 SMS: not disabled", {"LIE"}),
        (None, "✅ 100 SMS: enabled 24.01.2022 16:00", {"LIE", "LOST"}),
    ],
)
async def test_services_are_judged_as_well(
    world: World, action: str | None, word: str, broken: set[str]
) -> None:
    if action is not None:
        await order(world, item={"action": action, "product": {"productSerialNumber": NUMBER}})
    assert world.operator.books.served == ({NUMBER} if action == "add" else set())
    tell(world, f"{word} · action A-20220124-0001")
    kind = "service.on" if "enabled" in word else "service.off"
    assert names(world, change("done" if "✅" in word else "rejected", kind)) == broken


async def test_two_effects_are_double(world: World) -> None:
    await order(world, times=2)
    tell(world, DONE)
    assert names(world, change()) == {"DOUBLE"}


async def test_done_without_an_effect_is_a_lie_and_lost(world: World) -> None:
    tell(world, DONE)
    assert names(world, change()) == {"LIE", "LOST"}


async def test_not_done_with_an_effect_is_a_lie(world: World) -> None:
    await order(world)
    tell(world, NOT_DONE)
    assert names(world, change("rejected")) == {"LIE"}


async def test_an_honest_refusal_is_no_breach(world: World) -> None:
    tell(world, NOT_DONE)
    assert names(world, change("rejected")) == set()


async def test_no_final_word_is_silent(world: World) -> None:
    await order(world)
    assert names(world, change()) == {"SILENT"}


async def test_what_is_unfinished_is_open(world: World) -> None:
    assert names(world, leftovers=Leftovers(1, 0, 0)) == {"OPEN"}


async def test_an_effect_of_no_change_is_double(world: World) -> None:
    await order(world)
    assert names(world) == {"DOUBLE"}


async def test_a_press_that_was_taken_and_never_answered_is_lost(world: World) -> None:
    world.telegram.press(5_000_001, ChatMessage(1, "?", [], ""), "x\x1dconfirm")
    assert names(world) == set(), "Telegram still offers it"
    world.telegram.confirm({world.telegram.updates[0]["update_id"]})
    assert names(world) == {"LOST"}


async def test_a_confirmation_of_which_nothing_came_is_lost(world: World) -> None:
    world.people[0].intents.append(
        Intent(5_000_001, WantedChange("block", NUMBER, ()), "Block?", 0)
    )
    assert names(world) == {"LOST"}


async def test_a_change_that_was_told_and_does_not_exist_is_lost(world: World) -> None:
    tell(world, "⏳ Sent to the operator · action A-20220124-0002")
    assert names(world) == {"LOST"}


async def test_updates_come_again_until_an_offset_confirms_them() -> None:
    telegram = Telegram(random.Random(1))
    telegram.type(1, "a")
    telegram.type(1, "b")
    first = await telegram._get_updates({})
    assert await telegram._get_updates({}) == first
    assert await telegram._get_updates({"offset": first[0]["update_id"] + 1}) == first[1:]
    assert await telegram._get_updates({}) == first[1:]


async def test_a_late_order_cannot_be_found_before_it_takes_effect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("crashlab.world.operator.LATE", (0.05, 0.05))
    operator = Operator(random.Random(1))
    operator._order({"externalId": "x", "productOrderItem": [BLOCK]}, late=True)
    assert (operator.books.orders, operator.pending) == ([], 1)
    await asyncio.sleep(0.2)
    assert (operator.books.effects("x"), operator.pending) == (1, 0)


async def test_an_order_that_is_found_late_took_effect_and_is_not_found(
    world: World,
) -> None:
    operator = world.operator
    operator.slow_orders = 0
    operator._order({"externalId": "x", "productOrderItem": [BLOCK]}, late=False)
    operator.books.hide("x", 0.05)
    assert operator.books.effects("x") == 1
    assert read(operator.books, "productOrder", {"externalId": "x"}) == []
    await asyncio.sleep(0.1)
    assert len(read(operator.books, "productOrder", {"externalId": "x"})) == 1


# --- who blocks the bot ---


async def test_nothing_reaches_who_has_blocked_the_bot() -> None:
    telegram = Telegram(random.Random(1))
    telegram.faults.clear()
    app = web.Application()
    app.add_routes([web.post("/bot{token}/{method}", telegram.call)])
    async with TestClient(TestServer(app)) as client:

        async def send() -> int:
            answer = await client.post("/botx/sendMessage", json={"chat_id": 7, "text": "a"})
            return answer.status

        telegram.block(7, blocked=True)
        assert await send() == 403
        assert telegram.chat(7).said == []
        telegram.block(7, blocked=False)
        assert await send() == 200
    changes = [one["my_chat_member"] for one in telegram.updates]
    assert [one["new_chat_member"]["status"] for one in changes] == ["kicked", "member"]


def test_a_seed_repeats_the_deaths() -> None:
    once, again = random.Random("3:deaths"), random.Random("3:deaths")
    deaths = [planned(once) for _ in range(1000)]
    assert deaths == [planned(again) for _ in range(1000)]
    assert {death.name for death in deaths} == {*POINTS, "at random"}


# --- a run that shows nothing ---


def test_a_run_in_which_nothing_is_confirmed_has_not_passed() -> None:
    plan = Plan(1, 1.0, least_kills=5, least_changes=20, least_kinds=0.5)
    enough = Counter(
        {(kind, "done"): 3 for kind in list(WANTED_CHANGES)[: len(WANTED_CHANGES) // 2]}
    )
    assert proves_nothing(plan, 5, enough) == []
    assert [one.name for one in proves_nothing(plan, 55, Counter())] == ["NOTHING"] * 2
    assert [one.name for one in proves_nothing(plan, 4, enough)] == ["NOTHING"]
    few = Counter({("block", "done"): 40})
    [breach] = proves_nothing(plan, 5, few)
    assert breach.what.startswith("1 kinds of changes confirmed")


@pytest.mark.slow
@pytest.mark.nightly
async def test_a_lab_without_people_fails(tmp_path: Path) -> None:
    plan = Plan(
        1,
        0.5,
        people=0,
        readers=0,
        set_companies=0,
        planners=0,
        watchers=0,
        subscribers=0,
        hasty=True,
    )
    result = await Run(plan, f"sqlite:///{tmp_path / 'bot.db'}", tmp_path).result()
    assert {breach.name for breach in result.breaches} == {"NOTHING"}


# --- an order after the final word ---


@pytest.mark.parametrize("word", [NOT_DONE, DONE])
async def test_an_order_after_the_final_word_is_late(world: World, word: str) -> None:
    state = "done" if word == DONE else "rejected"
    world.operator.books.came("id-1")
    if word == DONE:
        await order(world)
    tell(world, word)
    assert names(world, change(state)) == set()
    world.operator.books.came("id-1")
    assert names(world, change(state)) == {"LATE"}


def test_every_way_of_ordering_names_its_change() -> None:
    assert reference_of({"externalId": "a", "description": "for people"}, "key") == "a"
    assert reference_of({"description": "b"}, "key") == "b"
    assert reference_of({"contactMedium": []}, "c") == "c"


# --- money ---

PURSE, OTHER_PURSE = "77012000001", "77012000002"
MOVED = "✅ Transferred: 500 ₸ 24.01.2022 16:00 · action A-20220124-0001"
NOT_MOVED = "⚠️ Not transferred: 500 ₸ · action A-20220124-0001"


def transfer(world: World, tiyn: int = 500_00) -> None:
    world.operator.slow_orders = 0
    body = {
        "description": "id-1",
        "logicalResource": [{"id": PURSE}],
        "receiverLogicalResource": {"id": OTHER_PURSE},
        "amount": {"amount": tiyn / 100},
    }
    world.operator._transfer(body, late=False)


async def test_money_that_moved_once_breaks_nothing(world: World) -> None:
    transfer(world)
    tell(world, MOVED)
    assert names(world, change(kind="transfer")) == set()
    assert world.operator.books.purses[OTHER_PURSE] == 20_500_00


async def test_money_that_moved_twice_is_double_though_the_sum_is_right(world: World) -> None:
    transfer(world)
    transfer(world)
    tell(world, MOVED)
    assert names(world, change(kind="transfer")) == {"DOUBLE"}


async def test_money_that_moved_in_secret_is_a_lie(world: World) -> None:
    transfer(world)
    tell(world, NOT_MOVED)
    assert names(world, change("rejected", "transfer")) == {"LIE"}


async def test_money_that_nobody_can_tell_of_is_told_as_that(world: World) -> None:
    transfer(world)
    assert names(world, change("unconfirmed", "transfer")) == {"SILENT"}
    tell(world, "❓ Not confirmed: your action A-20220124-0001 on +7 701 200 00 01 …")
    world.telegram.chat(5_000_001).said[:] = world.telegram.chat(5_000_001).said[-1:]
    assert names(world, change("unconfirmed", "transfer")) == set()


async def test_the_operator_of_the_lab_moves_only_what_there_is(world: World) -> None:
    transfer(world, 20_000_01)
    tell(world, NOT_MOVED)
    assert names(world, change("rejected", "transfer")) == set()


@pytest.mark.parametrize("by", [1, -20_000_01])
async def test_money_that_comes_or_goes_is_found(world: World, by: int) -> None:
    world.operator.books.purses[PURSE] += by
    assert names(world) == {"MONEY"}
