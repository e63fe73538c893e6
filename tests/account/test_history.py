"""The actions history: whose it is, how far back it goes, and that it is told in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from account.chapters.history import HistoryQuery
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import PeriodInFuture, PeriodTooOld, RightMissing
from account.identity.permissions import GRANTED
from account.values.identifiers import Msisdn
from account.values.periods import Period
from account.values.rights import Role
from tests.account.world import BETA, NOON, NUMBER, World

OTHER = Msisdn("77010542006")
YEAR = Period(date(2021, 1, 24), date(2022, 1, 24))


async def written(world: World, *entries: HistoryEntry) -> None:
    for entry in entries:
        await world.ledger.append(entry)


def entry(
    world: World, what: str = "number.block", number: Msisdn = NUMBER, days: int = 0
) -> HistoryEntry:
    return HistoryEntry.by(world.actor(), what, at=NOON - timedelta(days=days), number=number)


async def test_the_newest_comes_first_eight_on_a_page(world: World) -> None:
    await written(world, *(entry(world, days=days) for days in reversed(range(20))))

    first = await world.history.page(world.actor(), HistoryQuery(YEAR))
    last = await world.history.page(world.actor(), HistoryQuery(YEAR, offset=16))

    assert [row.at for row in first.rows] == [NOON - timedelta(days=days) for days in range(8)]
    assert (len(last.rows), last.total) == (4, 20)


async def test_only_the_chosen_companys_actions_are_shown_and_no_logins(world: World) -> None:
    ours = entry(world)
    theirs = replace(ours, company_id=BETA)
    login = replace(ours, company_id=None, what=HistoryEvent.LOGIN)
    await written(world, ours, theirs, login)

    page = await world.history.page(world.actor(), HistoryQuery(YEAR))

    assert page.rows == (ours,)


async def test_the_history_of_one_number(world: World) -> None:
    await written(world, entry(world), entry(world, number=OTHER))

    page = await world.history.page(world.actor(), HistoryQuery(YEAR, number=OTHER))

    assert [row.number for row in page.rows] == [OTHER.digits]


async def test_twelve_months_can_be_seen_and_not_a_day_more(world: World) -> None:
    await world.history.page(world.actor(), HistoryQuery(YEAR))

    too_long = Period(date(2021, 1, 23), date(2022, 1, 24))
    with pytest.raises(PeriodTooOld) as refused:
        await world.history.page(world.actor(), HistoryQuery(too_long))
    assert refused.value.earliest == date(2021, 1, 24)


async def test_the_future_has_no_history(world: World) -> None:
    tomorrow = Period(date(2022, 1, 25), date(2022, 1, 25))

    with pytest.raises(PeriodInFuture):
        await world.history.page(world.actor(), HistoryQuery(tomorrow))


async def test_without_the_right_there_is_no_history(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GRANTED, Role.VIEWER, frozenset())

    with pytest.raises(RightMissing):
        await world.history.page(world.viewer(), HistoryQuery(YEAR))


async def test_a_change_leaves_its_whole_trace(world: World) -> None:
    action = await world.accepted()
    await world.work()

    page = await world.history.page(world.actor(), HistoryQuery(YEAR))

    assert [row.result for row in world.ledger.entries] == ["accepted", "done"]
    assert [(row.what, row.result) for row in page.rows] == [("number.block", "done")]
    for row in page.rows:
        assert row.reference == action.reference == "A-20220124-0001"
        assert (row.administrator, row.number, row.channel) == (
            world.aigul.name,
            NUMBER.digits,
            "telegram",
        )
