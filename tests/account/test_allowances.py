"""Allowances: the tariff's and the others, without what has expired (S09, S10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from account.errors import NumberNotFound
from account.values.identifiers import Msisdn
from tests.account.fakes.services import HAS_SMS, NEXT_MONTH, SMS_100, allowances_of
from tests.account.world import BETA, NUMBER, World, a_number


async def test_the_tariffs_are_told_apart_from_those_of_services(world: World) -> None:
    read = await world.allowances.of(world.actor(), NUMBER)
    assert [one.use for one in read.of_tariff] == ["onnet", "offnet"]
    assert [one.use for one in read.additional] == ["sms"]
    assert read.of_service(HAS_SMS.id) == read.additional
    assert read.of_service("another") == ()
    assert read.read_at == world.clock.now()


async def test_what_expired_is_not_shown(world: World) -> None:
    world.wait(seconds=(NEXT_MONTH - world.clock.now()) / timedelta(seconds=1) - 1)
    assert (await world.allowances.of(world.actor(), NUMBER)).of_tariff
    world.wait(seconds=1)
    read = await world.allowances.of(world.actor(), NUMBER)
    assert (read.of_tariff, read.additional) == ((), ())


def test_what_the_operator_calls_expired_is_over(world: World) -> None:
    valid = allowances_of(NUMBER)[0]
    assert not valid.over(world.clock.now())
    assert replace(valid, ended=True).over(world.clock.now())
    assert not replace(valid, ends=None).over(world.clock.now())


async def test_sources_are_named_in_every_language_when_it_is_wanted(world: World) -> None:
    read = await world.allowances.of(world.actor(), NUMBER, with_names=True)
    assert read.names[HAS_SMS.id] == SMS_100.names
    assert (await world.allowances.of(world.actor(), NUMBER)).names == {}


async def test_another_companys_allowances_are_nobodys(world: World) -> None:
    theirs = Msisdn("77019999999")
    world.carrier.add(a_number(theirs, BETA))
    with pytest.raises(NumberNotFound):
        await world.allowances.of(world.actor(), theirs)
