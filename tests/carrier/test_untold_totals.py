"""Lists of operators that do not say how many rows they have."""

from __future__ import annotations

import json

import httpx
import pytest

from account.errors import CarrierUnavailable
from carrier.apis import Api
from carrier.tmf import paging
from tests.carrier.desk import Desk


def untold(desk: Desk, count: int, most: int = 1000, *, stuck: bool = False) -> None:
    """A list of so many rows, in pages of `most` at the most, without a total."""

    def serve(request: httpx.Request) -> httpx.Response:
        asked = {name: int(request.url.params[name]) for name in ("offset", "limit")}
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
