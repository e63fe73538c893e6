"""Subscribing at a hub, ending it, and what is read of an event."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from account.errors import CarrierNotReached, CarrierUnavailable, OutcomeUnknown
from carrier.apis import Api
from carrier.profile.loader import ProfileInvalid, parse
from carrier.tmf import hub
from carrier.tmf.event import ids_named
from tests.carrier.desk import Desk, action, failing, reply

CALLBACK = "https://bot.example/events/s3cret/TMF622"
QUERY = "eventType=ProductOrderStateChangeEvent"
OURS = "c0ffee00-0000-4000-8000-000000000001"


async def subscribe(desk: Desk, query: str = QUERY) -> str:
    return await hub.subscribe(desk.http, Api.PRODUCT_ORDER, CALLBACK, query, "k-1")


async def test_a_subscription_is_asked_for_as_the_standard_says(desk: Desk) -> None:
    desk.answer("hub", {"id": "h-1", "callback": CALLBACK}, status=201)
    assert await subscribe(desk) == "h-1"
    assert desk.sent("hub") == {"callback": CALLBACK, "query": QUERY}
    [request] = desk.requests
    assert request.method == "POST"
    assert request.url.path.endswith("/tmf-api/productOrderingManagement/v4/hub")
    assert request.headers["Idempotency-Key"] == "k-1"


async def test_no_filter_is_no_query(desk: Desk) -> None:
    desk.answer("hub", {"id": 7}, status=200)
    assert await subscribe(desk, "") == "7"
    assert desk.sent("hub") == {"callback": CALLBACK}


@pytest.mark.parametrize(
    ("status", "body", "headers", "hub_id"),
    [
        (201, b"", {"Location": "/v4/hub/h-9/"}, "h-9"),
        (201, b"[]", {}, ""),
        (204, b"", {}, ""),
        (409, b'{"code": "DUPLICATE"}', {}, ""),
        (201, json.dumps({"id": "x" * 300}).encode(), {}, ""),
    ],
)
async def test_what_a_hub_may_answer(
    desk: Desk, status: int, body: bytes, headers: dict[str, str], hub_id: str
) -> None:
    desk.lay("hub", lambda _: httpx.Response(status, headers=headers, content=body))
    assert await subscribe(desk) == hub_id


@pytest.mark.parametrize("status", [301, 400, 403, 404, 405, 422, 501])
async def test_no_hub_is_told_from_a_hub_that_is_away(desk: Desk, status: int) -> None:
    desk.answer("hub", {}, status=status)
    with pytest.raises(hub.HubRefused) as refused:
        await subscribe(desk)
    assert refused.value.status == status


@pytest.mark.parametrize("status", [401, 429, 500, 503])
async def test_a_hub_that_is_away_may_be_asked_again(desk: Desk, status: int) -> None:
    desk.answer("hub", {}, status=status)
    with pytest.raises(CarrierUnavailable):
        await subscribe(desk)


async def test_a_lost_answer_is_one_too(desk: Desk) -> None:
    desk.lay("hub", failing(httpx.ReadError))
    with pytest.raises(OutcomeUnknown):
        await subscribe(desk)
    desk.lay("hub", failing(httpx.ConnectError))
    with pytest.raises(CarrierNotReached):
        await subscribe(desk)


@pytest.mark.parametrize(
    ("body", "status", "ids"),
    [
        ([{"id": "h-1", "callback": CALLBACK}, {"id": 2, "callback": CALLBACK}], 200, ("h-1", "2")),
        ([{"id": "h-1", "callback": CALLBACK}, {"id": "h-1", "callback": CALLBACK}], 206, ("h-1",)),
        ([{"id": "h-1", "callback": f"{CALLBACK}/x"}, 7, {"callback": CALLBACK}], 200, ()),
        ({"id": "h-1", "callback": CALLBACK}, 200, ("h-1",)),
        ([], 200, ()),
        ({"code": 60}, 404, ()),
        (b"<html>", 200, ()),
        ([{"id": "h-1", "callback": CALLBACK}], 501, ()),
    ],
    ids=range(8),
)
async def test_ours_are_found_by_their_address_where_a_hub_lists_them(
    desk: Desk, body: Any, status: int, ids: tuple[str, ...]
) -> None:
    desk.answer("hub", body, status=status)
    assert await hub.named(desk.http, Api.PRODUCT_ORDER, CALLBACK, "k-2") == ids
    [request] = desk.requests
    assert (request.method, request.content) == ("GET", b"")
    desk.lay("hub", failing(httpx.ReadError))
    assert await hub.named(desk.http, Api.PRODUCT_ORDER, CALLBACK, "k-2") == ()


async def test_in_v5_a_subscription_says_its_type() -> None:
    desk = Desk(profile=parse('[apis.TMF622]\nversion = "v5"', "test"))
    desk.answer("hub", {"@type": "Hub", "id": "h-1"}, status=201)
    assert await subscribe(desk) == "h-1"
    assert desk.sent("hub") == {"@type": "Hub", "callback": CALLBACK, "query": QUERY}


@pytest.mark.parametrize("status", [200, 204, 404, 410])
async def test_an_ended_one_has_ended(desk: Desk, status: int) -> None:
    desk.lay("a%2Fb", lambda _: reply({}, status=status))
    desk.lay("b", lambda _: reply({}, status=status))
    await hub.unsubscribe(desk.http, Api.PRODUCT_ORDER, "a/b", "k-1")
    [request] = desk.requests
    assert request.method == "DELETE"
    assert request.url.raw_path.endswith(b"/hub/a%2Fb")
    assert request.content == b""
    assert "Content-Type" not in request.headers


async def test_one_that_cannot_be_ended_is_said(desk: Desk) -> None:
    desk.lay("h-1", lambda _: reply({}, status=405))
    with pytest.raises(hub.HubRefused):
        await hub.unsubscribe(desk.http, Api.PRODUCT_ORDER, "h-1", "k-1")
    desk.lay("h-1", lambda _: reply({}, status=500))
    with pytest.raises(CarrierUnavailable):
        await hub.unsubscribe(desk.http, Api.PRODUCT_ORDER, "h-1", "k-1")


@pytest.mark.parametrize("status", [429, 500, 501, 503])
async def test_a_hub_that_fails_stands_in_no_orders_way(desk: Desk, status: int) -> None:
    headers = {"Retry-After": "60"}
    desk.lay("hub", lambda _: httpx.Response(status, headers=headers, content=b"{}"))
    for _ in range(30):
        with pytest.raises((CarrierUnavailable, hub.HubRefused)):
            await subscribe(desk)
    assert len(desk.asked("hub")) == 30
    desk.answer("productOrder", [])
    assert await desk.carrier.order(action()) is None


ORDER = {"id": "po-1", "externalId": OURS, "state": "completed"}


@pytest.mark.parametrize(
    "event",
    [
        {"eventId": "e", "eventType": "X", "event": {"productOrder": ORDER}},
        {
            "@type": "ProductOrderStateChangeEvent",
            "eventType": "ProductOrderStateChangeEvent",
            "domain": "productOrdering",
            "timeOccurred": "2026-11-22T07:00:00Z",
            "event": {
                "productOrder": {
                    "@type": "ProductOrder",
                    "id": "po-1",
                    "externalId": [{"@type": "ExternalIdentifier", "owner": "x", "id": OURS}],
                }
            },
        },
        {"event": ORDER},
        {"productOrder": ORDER},
        ORDER,
        [{"event": {"resource": ORDER}}],
        {"event": {"productOrder": {"id": "po-1", "externalIdentifier": [{"id": OURS}]}}},
        {"event": {"productOrder": {"href": "/v4/productOrder/po-1", "externalId": OURS}}},
        {"resourcePath": "/productOrder/po-1", "event": {"transferBalance": {"description": OURS}}},
    ],
)
def test_an_event_is_read_however_it_is_written(event: Any) -> None:
    named = ids_named(json.dumps(event).encode())
    assert named is not None
    assert {"po-1", OURS} <= named


def test_an_event_names_the_company_it_is_about() -> None:
    parties = [
        [{"id": "c-1", "@referredType": "Organization"}],
        [{"role": "customer", "partyOrPartyRole": {"id": "c-1"}}],
    ]
    for told in parties:
        event = {"event": {"productOrder": {"id": "po-1", "relatedParty": told}}}
        assert ids_named(json.dumps(event).encode()) == frozenset({"po-1", "c-1"})


@pytest.mark.parametrize("body", [b"", b"{", b"7", b'"x"', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_event_is_none(body: bytes) -> None:
    assert ids_named(body) is None


@pytest.mark.parametrize(
    "event",
    [
        {},
        [],
        [7, None],
        {"event": 7},
        {"event": {"productOrder": {"id": None, "externalId": "", "href": 7}}},
        {"event": {"productOrder": {"id": "x" * 129, "externalId": "a\nb"}}},
        {"event": {"productOrder": {"id": True, "externalIdentifier": [7]}}},
    ],
)
def test_odd_events_name_nothing(event: Any) -> None:
    assert ids_named(json.dumps(event).encode()) == frozenset()


def test_an_event_that_names_very_many_is_cut() -> None:
    many = [{"event": {f"o{n}": {"id": f"{m}-{n}"} for n in range(50)}} for m in range(100)]
    assert len(ids_named(json.dumps(many).encode()) or ()) == 200


def test_the_profile_says_which_hubs_and_which_filter() -> None:
    usual = parse("", "my.toml").events
    assert (usual.apis, usual.filter("TMF622")) == (("TMF622",), QUERY)
    assert usual.filter("TMF654") == ""
    told = parse(
        '[events]\napis = ["TMF622", "TMF654"]\n[events.query]\nTMF622 = ""\n', "my.toml"
    ).events
    assert (told.apis, told.filter("TMF622")) == (("TMF622", "TMF654"), "")
    with pytest.raises(ProfileInvalid) as wrong:
        parse('[events]\napis = ["TMF637"]\n', "my.toml")
    assert wrong.value.sentences[0].startswith("my.toml line 2, events.apis.0: Input should be")
