"""One subscription at each hub, also at one that knows nothing of idempotency keys."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

import httpx
import pytest

from account.errors import OutcomeUnknown
from bot.events.subscriber import Subscriber
from storage.stores.event_subscriptions import EventSubscription, EventSubscriptionRows
from tests.carrier.desk import Desk

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)


@pytest.fixture
def desk() -> Desk:
    return Desk()


class Clock:
    def now(self) -> datetime:
        return NOW


class Rows:
    """The table, in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, EventSubscription] = {}

    async def all(self) -> dict[str, EventSubscription]:
        return dict(self.kept)

    async def begin(
        self, api: str, key: str, told: str, now: datetime, refused: int | None = None
    ) -> None:
        self.kept[api] = EventSubscription(api, key, told, None, refused, now, None)

    async def answered(self, key: str, hub_id: str | None, refused: int | None) -> None:
        for api, row in self.kept.items():
            if row.key == key:
                self.kept[api] = replace(row, hub_id=hub_id, refused=refused)

    async def forget(self, key: str) -> None:
        self.kept = {api: row for api, row in self.kept.items() if row.key != key}

    async def ended_untold(self, api: str, kinds: Sequence[str], until: datetime, most: int) -> int:
        return 0


class Hub:
    """Each POST is a subscription more. `lists`: whether GET tells them."""

    def __init__(self, desk: Desk, *, lists: bool = True) -> None:
        self.there: dict[str, str] = {}
        self.lists = lists
        self.loses_answers = 0
        self._made = 0
        self._desk = desk
        desk.lay("hub", self.asked)

    def asked(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            told = [{"id": one, "callback": url} for one, url in self.there.items()]
            return httpx.Response(200, json=told) if self.lists else httpx.Response(405)
        self._made += 1
        made = f"h-{self._made}"
        self.there[made] = json.loads(request.content)["callback"]
        self._desk.lay(made, partial(self.ended, made))
        if self.loses_answers:
            self.loses_answers -= 1
            raise httpx.ReadError("lost", request=request)
        return httpx.Response(201, json={"id": made})

    def ended(self, one: str, _: httpx.Request) -> httpx.Response:
        return httpx.Response(204 if self.there.pop(one, None) else 404)


def subscriber(desk: Desk, rows: Rows) -> Subscriber:
    return Subscriber(
        desk.http,
        cast("EventSubscriptionRows", rows),
        Clock(),
        lambda api: f"https://bot.example/events/s/{api}",
    )


def hub_id(rows: Rows) -> Any:
    [row] = rows.kept.values()
    return row.hub_id


async def test_starts_do_not_subscribe_again(desk: Desk) -> None:
    hub, rows = Hub(desk), Rows()
    for _ in range(3):
        await subscriber(desk, rows).keep()
    assert list(hub.there) == ["h-1"]
    assert hub_id(rows) == "h-1"


async def test_an_answer_that_was_lost_leaves_one(desk: Desk) -> None:
    hub, rows = Hub(desk), Rows()
    hub.loses_answers = 1
    keeps = subscriber(desk, rows)
    with pytest.raises(OutcomeUnknown):
        await keeps.keep()
    await keeps.keep()
    assert list(hub.there) == ["h-1"]
    assert hub_id(rows) == "h-1"
    await keeps.leave()
    assert hub.there == {}


async def test_after_the_database_was_lost_the_older_one_is_ended(desk: Desk) -> None:
    hub = Hub(desk)
    hub.there["another"] = "https://somebody.example/events/TMF622"
    for made in ("h-1", "h-2", "h-3"):
        rows = Rows()
        await subscriber(desk, rows).keep()
        assert list(hub.there) == ["another", made]
        assert hub_id(rows) == made


async def test_a_hub_that_lists_nothing_may_tell_twice_and_no_order_waits(desk: Desk) -> None:
    hub, rows = Hub(desk, lists=False), Rows()
    hub.loses_answers = 1
    keeps = subscriber(desk, rows)
    with pytest.raises(OutcomeUnknown):
        await keeps.keep()
    await keeps.keep()
    assert list(hub.there) == ["h-1", "h-2"]
    assert hub_id(rows) == "h-2"


async def test_what_is_registered_already_is_known_by_its_address(desk: Desk) -> None:
    """A 409 says no id; without one the subscription could not be ended."""
    hub, rows = Hub(desk), Rows()
    hub.there["h-7"] = "https://bot.example/events/s/TMF622"
    made = hub.asked

    def known(request: httpx.Request) -> httpx.Response:
        return made(request) if request.method == "GET" else httpx.Response(409)

    desk.lay("hub", known)
    await subscriber(desk, rows).keep()
    assert hub_id(rows) == "h-7"
    assert list(hub.there) == ["h-7"]
