"""Lists of operators that do not say how many rows they have."""

from __future__ import annotations

import json

import httpx
import pytest

from account.changes.action import ActionKind
from account.errors import CarrierUnavailable
from carrier.apis import Api
from carrier.profile.loader import parse
from carrier.tmf import paging
from tests.carrier.desk import Desk, Handler, action, answering
from tests.carrier.test_tmf_services import OFFERING


def untold(desk: Desk, count: int, most: int = 1000, *, stuck: bool = False) -> None:
    """A list of so many rows, in pages of `most` at the most, without a total."""

    def serve(request: httpx.Request) -> httpx.Response:
        asked = {name: int(request.url.params.get(name, 0)) for name in ("offset", "limit")}
        first = 0 if stuck else asked["offset"]
        last = min(first + min(asked["limit"], most), count)
        rows = [{"id": str(n)} for n in range(first, last)]
        return httpx.Response(200, content=json.dumps(rows).encode())

    desk.lay("payment", serve)


async def page(desk: Desk, offset: int, limit: int) -> tuple[list[str], int]:
    rows, total = await paging.page(
        desk.http, Api.PAYMENT, "payment", [], offset=offset, limit=limit
    )
    return [row["id"] for row in rows], total


@pytest.mark.parametrize(
    ("count", "most", "offset", "limit"),
    [
        (0, 20, 0, 5),
        (3, 20, 0, 5),
        (5, 20, 0, 5),
        (37, 20, 20, 5),
        (37, 4, 8, 5),
        (1203, 500, 0, 5),
    ],
)
async def test_what_is_not_told_is_counted_to_the_end(
    desk: Desk, count: int, most: int, offset: int, limit: int
) -> None:
    untold(desk, count, most)
    rows, total = await page(desk, offset, limit)
    assert total == count
    assert rows == [str(n) for n in range(offset, min(offset + limit, count))]


async def test_an_operator_that_begins_anew_each_time_is_not_believed(desk: Desk) -> None:
    """It knows no offset: the same rows would be shown on every page, and counted for ever."""
    untold(desk, 37, stuck=True)
    with pytest.raises(CarrierUnavailable):
        await page(desk, 0, 5)


# --- by profile ---

NONE = '[find]\ntotals = "none"\n'
LONG = NONE + "page_rows = 20\n"


def told(profile: str) -> Desk:
    return Desk(profile=parse(profile, "test"))


async def whole(desk: Desk, limit: int = 1000) -> list[str]:
    rows = await paging.whole(desk.http, Api.PAYMENT, "payment", [], limit=limit)
    return [row["id"] for row in rows]


@pytest.mark.parametrize("count", [0, 5, 20, 21, 137])
@pytest.mark.parametrize("profile", [NONE, LONG])
async def test_a_whole_list_goes_on_behind_the_longest_page(profile: str, count: int) -> None:
    """The 101st company of an operator with pages of 100 would not have been there."""
    desk = told(profile)
    untold(desk, count, most=20)
    assert await whole(desk) == [str(n) for n in range(count)]


async def test_a_page_shorter_than_the_longest_is_the_last() -> None:
    desk = told(LONG)
    untold(desk, 7, most=20)
    assert await whole(desk) == [str(n) for n in range(7)]
    assert len(desk.requests) == 1


@pytest.mark.parametrize("profile", [NONE, LONG])
@pytest.mark.parametrize("moments", [{0}, {1}, {0, 1}, {2}])
async def test_a_page_that_was_told_twice_takes_no_rows_away(
    profile: str, moments: set[int]
) -> None:
    """The crash lab: a file had 30 payments of 40; the next page began ten rows too late."""
    desk, answered = told(profile), 0

    def serve(request: httpx.Request) -> httpx.Response:
        nonlocal answered
        rows = [{"id": str(n)} for n in range(67)]
        if answered in moments:
            rows = [row for row in rows for _time in range(2)]
        answered += 1
        at = int(request.url.params.get("offset", 0))
        most = min(int(request.url.params["limit"]), 20)
        return httpx.Response(200, content=json.dumps(rows[at : at + most]).encode())

    desk.lay("payment", serve)
    assert await whole(desk) == [str(n) for n in range(67)]


@pytest.mark.parametrize("profile", [NONE, LONG])
async def test_an_operator_that_has_a_row_twice_is_read_to_the_end(profile: str) -> None:
    desk = told(profile)
    rows = [{"id": str(n)} for n in (*range(15), 3, *range(15, 51), 50, *range(51, 60))]

    def serve(request: httpx.Request) -> httpx.Response:
        at = int(request.url.params.get("offset", 0))
        most = min(int(request.url.params["limit"]), 20)
        return httpx.Response(200, content=json.dumps(rows[at : at + most]).encode())

    desk.lay("payment", serve)
    assert await whole(desk) == [str(n) for n in range(60)]


async def test_rows_behind_what_should_be_the_last_page_are_told() -> None:
    desk = told(NONE + "page_rows = 25\n")
    desk.lay("payment", *untold_pages(25, 20, 25))
    with pytest.raises(CarrierUnavailable):
        await whole(desk)


def untold_pages(*lengths: int) -> list[Handler]:
    """Pages of those lengths whatever is asked, each with ids of its own; then empty ones."""
    pages = [[{"id": f"{at}-{n}"} for n in range(length)] for at, length in enumerate(lengths)]
    return [answering(one, total="") for one in [*pages, []]]


async def test_the_total_of_a_collection_says_nothing_of_a_list() -> None:
    desk = told('[find]\ntotals = "collection"\n')
    desk.lay("payment", answering([{"id": "1"}], total=5), answering([], total=5))
    assert await whole(desk) == ["1"]


async def test_the_total_of_a_range_is_that_of_the_list() -> None:
    desk = told('[apis.TMF676]\ntotals = "collection"\n')
    rows = json.dumps([{"id": "1"}]).encode()
    headers = {"X-Total-Count": "500", "Content-Range": "items 0-0/3"}
    desk.lay("payment", lambda _: httpx.Response(206, headers=headers, content=rows))
    assert await page(desk, 0, 1) == (["1"], 3)


async def test_the_pages_of_one_list_are_of_one_reading_for_a_while() -> None:
    desk = told(NONE)
    untold(desk, 30, most=20)
    assert await page(desk, 0, 10) == ([str(n) for n in range(10)], 30)
    asked = len(desk.requests)
    untold(desk, 31, most=20)
    assert await page(desk, 20, 10) == ([str(n) for n in range(20, 30)], 30)
    assert len(desk.requests) == asked
    desk.time.seconds += 11
    assert await page(desk, 30, 10) == (["30"], 31)
    untold(desk, 32, most=20)
    desk.http.list_cache.forget()
    assert (await page(desk, 0, 10))[1] == 32


MISSING = "[apis.TMF676]\nempty_is_missing = true\n"


async def test_nothing_may_be_told_by_404_where_the_profile_says_so() -> None:
    error = {"code": 60, "reason": "Resource not found"}
    for profile, body, there in (
        (MISSING, error, True),
        (MISSING, b"<html>not found</html>", False),
        # a framework's own page, for an address that is not there
        (MISSING, {"status": 404, "error": "Not Found", "path": "/payment"}, False),
        (MISSING, {"message": "no Route matched with those values"}, False),
        (MISSING, {"error": {"code": "60", "message": "nothing"}}, True),
        ("", error, False),
    ):
        desk = told(profile)
        desk.answer("payment", body, status=404)
        if there:
            assert await whole(desk) == []
        else:
            with pytest.raises(CarrierUnavailable):
                await whole(desk)


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        (ActionKind.BLOCK, "productOrder"),
        (ActionKind.TRANSFER, "transferBalance"),
        (ActionKind.EMAIL, "individual"),
    ],
)
async def test_that_a_change_left_no_trace_is_told_by_an_empty_list_alone(
    kind: ActionKind, resource: str
) -> None:
    """For it would be sent again: a 404 may be an address that is not there for a moment."""
    everywhere = "".join(f"[apis.{api.value}]\nempty_is_missing = true\n" for api in Api)
    desk = Desk(profile=parse(everywhere, "test"))
    desk.answer(resource, {"code": 60, "reason": "Resource not found"}, status=404)
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.order(action(kind))
    desk.answer(resource, [])
    assert await desk.carrier.order(action(kind)) is None


async def test_a_list_as_long_as_it_may_be_is_read_on(desk: Desk) -> None:
    """The profile says that totals are told, and this one is not: there may be more."""

    def served(count: int) -> Handler:
        def serve(request: httpx.Request) -> httpx.Response:
            begin = int(request.url.params.get("offset", 0))
            rows = [{"id": str(n)} for n in range(begin, min(begin + 5, count))]
            return httpx.Response(200, content=json.dumps(rows).encode())

        return serve

    for count, requests in ((0, 1), (4, 1), (5, 2), (12, 4)):
        desk.requests.clear()
        desk.lay("payment", served(count))
        rows = await paging.whole(desk.http, Api.PAYMENT, "payment", [], limit=5)
        assert [row["id"] for row in rows] == [str(n) for n in range(count)]
        assert len(desk.requests) <= requests


async def test_an_offering_is_asked_for_once_where_no_total_is_told(desk: Desk) -> None:
    desk.lay("productOffering", lambda _: httpx.Response(200, content=json.dumps([OFFERING])))
    assert await desk.carrier.offering(OFFERING["id"]) is not None
    assert len(desk.requests) == 1
