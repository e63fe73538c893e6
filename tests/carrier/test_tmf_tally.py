"""How many numbers there are in each state, and how long that stays true."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from account.chapters.numbers import NumberCounts
from tests.carrier.desk import COMPANY, Desk, action, answering, reply


def lay_tally(desk: Desk, active: int = 34, blocked: int = 2, debt: int = 1) -> None:
    counts = {None: active, "voluntary": blocked, "debt": debt}

    def count(request: Any) -> Any:
        reason = request.url.params.get("suspensionReason")
        return reply([], total=counts[reason])

    desk.lay("product", count)


async def test_the_tally_counts_each_state_and_asks_for_no_rows(desk: Desk) -> None:
    lay_tally(desk)
    assert await desk.carrier.tally(COMPANY) == NumberCounts(total=37, active=34, blocked=2, debt=1)
    assert len(desk.requests) == 3
    assert {request.url.params["limit"] for request in desk.requests} == {"0"}
    assert {request.url.params["relatedParty.id"] for request in desk.requests} == {COMPANY}


async def test_the_tally_is_kept_for_ten_seconds_for_each_company(desk: Desk) -> None:
    lay_tally(desk)
    await desk.carrier.tally(COMPANY)
    desk.time.seconds += 9.9
    await desk.carrier.tally(COMPANY)
    assert len(desk.requests) == 3
    await desk.carrier.tally("org-180140000901")
    assert len(desk.requests) == 6
    desk.time.seconds += 0.1
    await desk.carrier.tally(COMPANY)
    assert len(desk.requests) == 9


@pytest.mark.parametrize("state", ["acknowledged", "completed"])
async def test_a_change_makes_the_tally_fresh(desk: Desk, state: str) -> None:
    lay_tally(desk)
    await desk.carrier.tally(COMPANY)
    one = action()
    desk.answer("productOrder", {"id": "po-1", "externalId": one.id, "state": state}, status=201)
    await desk.carrier.place(one)
    await desk.carrier.tally(COMPANY)
    assert len(desk.asked("product")) == 6


async def test_seeing_the_end_of_a_change_makes_the_tally_fresh(desk: Desk) -> None:
    lay_tally(desk)
    order = {"id": "po-1", "externalId": "x", "state": "inProgress"}
    desk.lay("productOrder", answering([order]), answering([order | {"state": "completed"}]))
    await desk.carrier.tally(COMPANY)
    await desk.carrier.order(action(id="x"))
    await desk.carrier.tally(COMPANY)
    assert len(desk.asked("product")) == 3
    await desk.carrier.order(action(id="x"))
    await desk.carrier.tally(COMPANY)
    assert len(desk.asked("product")) == 6


async def test_a_tally_that_a_change_overtook_is_not_kept(desk: Desk) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: Any) -> Any:
        started.set()
        await go_on.wait()
        return reply([], total=1 + ("debt" in str(request.url)))

    desk.lay("product", slow)
    one = action()
    desk.answer(
        "productOrder", {"id": "po-1", "externalId": one.id, "state": "completed"}, status=201
    )
    async with asyncio.TaskGroup() as group:
        counting = group.create_task(desk.carrier.tally(COMPANY))
        await started.wait()
        await desk.carrier.place(one)
        go_on.set()
    assert counting.result().total == 4
    await desk.carrier.tally(COMPANY)
    assert len(desk.asked("product")) == 6
