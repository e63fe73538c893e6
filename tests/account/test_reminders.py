"""Once a month, in the morning, to those who may order it: the papers of the month are there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from account.chapters.notifications import Topic
from account.errors import CarrierUnavailable
from account.identity.directory import Company
from account.values.periods import ALMATY
from account.values.rights import Role
from tests.account.world import AIGUL, NOON, World

CERTIFICATE, REGISTER = "reminder.certificate", "reminder.register"


@pytest.fixture
def known(world: World) -> World:
    """She has logged in; it is the end of January, and December's were told weeks ago."""
    world.ledger.people.logged_in("adm-1", AIGUL, NOON)
    return world


def it_is(world: World, day: int, hour: int, minute: int = 0) -> None:
    now = datetime(2022, 2, day, hour, minute, tzinfo=ALMATY)
    world.clock.advance(now - world.clock.now())


def told(world: World) -> list[tuple[str, str, str]]:
    return [
        (owed.kind, owed.to, owed.parameters["month"])
        for owed in world.ledger.owed
        if owed.kind.startswith("reminder.")
    ]


@pytest.mark.parametrize(
    ("day", "hour", "minute", "kinds"),
    [
        (3, 23, 59, []),
        (4, 9, 59, []),
        (4, 10, 0, [REGISTER]),
        (6, 9, 59, [REGISTER]),
        (6, 10, 0, [CERTIFICATE, REGISTER]),
        (11, 9, 59, [CERTIFICATE, REGISTER]),
        (11, 10, 0, [CERTIFICATE]),
        (13, 10, 0, []),
        (28, 12, 0, []),
    ],
)
async def test_when_it_is_told(
    known: World, day: int, hour: int, minute: int, kinds: list[str]
) -> None:
    it_is(known, day, hour, minute)
    await known.reminders.look()
    assert told(known) == [(kind, str(AIGUL), "2022-01") for kind in kinds]


async def test_it_is_told_once_however_often_it_is_looked(known: World) -> None:
    it_is(known, 6, 10)
    assert [await known.reminders.look() for _ in range(3)] == [2, 0, 0]
    assert len(told(known)) == 2
    known.wait(days=28)
    assert await known.reminders.look() == 2


async def test_who_is_not_told(known: World) -> None:
    it_is(known, 6, 10)
    for number, (key, role) in enumerate(
        {"adm-2": Role.VIEWER, "adm-3": Role.OPERATOR, "adm-4": Role.FINANCE}.items()
    ):
        known.carrier.granted[key] = (replace(known.alpha, role=role),)
        known.ledger.people.logged_in(key, 9000 + number, NOON)
    known.carrier.granted["adm-5"] = ()
    known.ledger.people.logged_in("adm-5", 9009, NOON)
    await known.notifications.switch(known.actor(), Topic.MONTHLY)
    await known.reminders.look()
    assert {to for _, to, _ in told(known)} == {"9000", "9002"}


async def test_an_operator_that_is_down_puts_it_off(known: World) -> None:
    it_is(known, 6, 10)
    known.carrier.down = True
    assert await known.reminders.look() == 0
    assert told(known) == []
    known.carrier.down = False
    known.clock.advance(timedelta(hours=5))
    assert await known.reminders.look() == 2


async def test_one_without_an_answer_keeps_nobody_else_waiting(
    known: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    it_is(known, 6, 10)
    known.ledger.people.logged_in("adm-0", 9000, NOON)
    ask = known.carrier.companies

    async def malformed(administrator_id: str) -> tuple[Company, ...]:
        if administrator_id == "adm-0":
            raise CarrierUnavailable
        return await ask(administrator_id)

    monkeypatch.setattr(known.carrier, "companies", malformed)
    assert await known.reminders.look() == 2
    monkeypatch.undo()
    known.carrier.granted["adm-0"] = (known.alpha,)
    assert await known.reminders.look() == 2
    assert {to for _, to, _ in told(known)} == {str(AIGUL), "9000"}


async def test_an_operator_that_is_down_is_not_asked_for_everybody(known: World) -> None:
    it_is(known, 6, 10)
    for number in range(100):
        known.ledger.people.logged_in(f"adm-{number:03}", 9000 + number, NOON)
    known.carrier.down = True
    with pytest.raises(CarrierUnavailable):
        await known.reminders.look()
