"""What was rated again counts once, wherever the operator's list is cut into pages (TMF635)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from account.chapters.usage import UsageKind, UsageQuery, UsageRecord
from carrier.profile.model import Profile
from tests.carrier.desk import COMPANY, Desk, reply
from tests.carrier.test_deviations_usage import rated_at
from tests.carrier.test_tmf_usage import CLOSED, NUMBER, record


def told(second: int, status: str, tiyn: int, **more: Any) -> dict[str, Any]:
    return (
        record(value=tiyn / 100)
        | {"id": f"u-{second}-{status}-{tiyn}", "status": status}
        | {"usageDate": f"2026-11-21T09:46:{second:02}+05:00"}
        | more
    )


LIST = [
    told(50, "rated", 100),
    told(40, "rerated", 90),
    told(40, "rated", 200),
    told(30, "rated", 300),
    told(30, "rejected", 300),
    told(30, "rated", 301),
    told(30, "rerated", 80),
    told(30, "rerated", 70, ratedProductUsage=rated_at(0.7, "2026-11-23T00:00:00Z"))
    | {"ratedProductUsage": rated_at(0.7, "2026-11-23T00:00:00Z")},
    told(20, "rated", 400) | {"usageDate": "2026-11-21T04:46:20Z"},
    told(20, "rerated", 60),
    told(10, "rejected", 500),
    told(5, "rerated", 50),
]
STANDING = [100, 90, 80, 70, 60, 50]


def serve(desk: Desk, rows: list[dict[str, Any]], *, longest: int = 1000) -> None:
    """A list as an operator cuts it; no page is longer than it likes."""

    def page(request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        begin = int(asked["offset"])
        part = rows[begin : begin + min(int(asked["limit"]), longest)]
        return reply(part, total=len(rows))

    desk.lay("usage", page)


async def paged(desk: Desk, limit: int, query: UsageQuery = CLOSED) -> list[UsageRecord]:
    """All of it as a reader of pages sees it, by the fixed places of the screen."""
    found: list[UsageRecord] = []
    offset, total = 0, 1
    while offset < total:
        page = await desk.carrier.usage(COMPANY, query, offset=offset, limit=limit)
        assert page.end == min(offset + limit, page.total)
        assert page.left_out == 0
        found += page.rows
        offset, total = offset + limit, page.total
    return found


@pytest.mark.parametrize("longest", [1, 3, 1000])
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 7, 12, 40])
async def test_one_call_is_told_once_wherever_pages_end(
    desk: Desk, limit: int, longest: int
) -> None:
    serve(desk, LIST, longest=longest)
    assert [one.cost and one.cost.tiyn for one in await paged(desk, limit)] == STANDING


@pytest.mark.parametrize("limit", [2, 5])
async def test_many_records_of_one_moment_are_read_on(desk: Desk, limit: int) -> None:
    """Messages to a hundred people go out in one second, and all are rated again."""
    first = [told(30, "rated", 300, id=f"a-{place}") for place in range(120)]
    again = [told(30, "rerated", 80, id=f"b-{place}") for place in range(120)]
    serve(desk, [told(40, "rated", 1), *first, *again, told(20, "rated", 2)])
    costs = [one.cost and one.cost.tiyn for one in await paged(desk, limit)]
    assert costs == [1, *[80] * 120, 2]


async def test_neighbours_are_read_on_only_within_one_moment(desk: Desk) -> None:
    serve(desk, [told(second, "rated", 100) for second in range(59, 0, -1)])
    page = await desk.carrier.usage(COMPANY, CLOSED, offset=10, limit=10)
    assert len(page.rows) == 10
    [request] = desk.requests
    assert (request.url.params["offset"], request.url.params["limit"]) == ("9", "12")


@pytest.mark.parametrize("kind", [UsageKind.EVERYTHING, UsageKind.CALLS])
async def test_where_nothing_is_sorted_the_period_is_read_whole(
    desk: Desk, kind: UsageKind
) -> None:
    desk.http.profile = Profile.model_validate({"find": {"sorting": False}})
    rows = [LIST[place] for place in (2, 8, 11, 1, 9, 0, 10)]
    serve(desk, rows)
    query = UsageQuery(NUMBER, CLOSED.period, kind)
    pages = [await desk.carrier.usage(COMPANY, query, offset=at, limit=2) for at in (0, 2)]
    assert [one.cost and one.cost.tiyn for page in pages for one in page.rows] == [100, 90, 60, 50]
    assert {page.total for page in pages} == {4}
