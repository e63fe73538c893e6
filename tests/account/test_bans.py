"""The three bans: any state, each for itself, and what already is so is done (S17 to S19)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.changes.action import ActionKind, ActionState
from account.chapters.bans import BanParameters, ChangeBan
from account.errors import ChangeUnderWay
from account.values.number import Ban, NumberState
from tests.account.world import NUMBER, World

BANS = [(ban, on) for ban in Ban for on in (True, False)]


@pytest.mark.parametrize(("ban", "on"), BANS)
@pytest.mark.parametrize("state", NumberState)
async def test_a_ban_is_changed_in_any_state(
    world: World, ban: Ban, state: NumberState, *, on: bool
) -> None:
    number = world.now_is(state)
    world.carrier.add(replace(number, bans=frozenset() if on else frozenset(Ban)))
    offer = await world.actions.offer(
        world.actor(), ActionKind.BAN, NUMBER, BanParameters(ban, on=on)
    )
    action, _ = await world.actions.confirm(world.actor(), offer.token)
    await world.work_for(seconds=2)

    assert world.action(action).state is ActionState.DONE
    assert {one: (one in world.at_operator().bans) for one in Ban} == {
        one: on if one is ban else not on for one in Ban
    }


async def test_what_already_is_so_is_done_without_an_order(world: World) -> None:
    offer = await world.actions.offer(
        world.actor(), ActionKind.BAN, NUMBER, BanParameters(Ban.DETAILS, on=False)
    )
    action, _ = await world.actions.confirm(world.actor(), offer.token)
    await world.work()

    assert world.action(action).state is ActionState.DONE
    assert world.carrier.tries == []


async def test_two_bans_are_changed_side_by_side_and_one_only_once(world: World) -> None:
    access, details = BanParameters(Ban.ACCESS, on=True), BanParameters(Ban.DETAILS, on=True)
    for parameters in (access, details):
        offer = await world.actions.offer(world.actor(), ActionKind.BAN, NUMBER, parameters)
        await world.actions.confirm(world.actor(), offer.token)

    with pytest.raises(ChangeUnderWay):
        await world.actions.offer(
            world.actor(), ActionKind.BAN, NUMBER, BanParameters(Ban.ACCESS, on=False)
        )
    await world.work_for(seconds=2)
    assert world.at_operator().bans == {Ban.DETAILS, Ban.ACCESS}


def test_a_ban_is_told_as_it_is(world: World) -> None:
    banned = replace(world.number, bans=frozenset({Ban.ACCESS}))

    assert ChangeBan(world.carrier).is_applied(banned, BanParameters(Ban.ACCESS, on=True))
    assert not ChangeBan(world.carrier).is_applied(banned, BanParameters(Ban.DETAILS, on=True))
