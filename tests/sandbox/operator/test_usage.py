from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from sandbox.world import World
from tests.sandbox.operator.conftest import NOON, Client, get, opened

USAGE = "/tmf-api/usageManagement/v4/usage"
NUMBER = "77010542007"


async def page(client: Client, number: str = NUMBER, **query: str) -> tuple[int, list[Any]]:
    names = {"gte": "usageDate.gte", "lt": "usageDate.lt", "type": "usageType"}
    wanted = {names.get(name, name): value for name, value in query.items()}
    answer = await client.get(
        USAGE, params={"ratedProductUsage.productRef.id": number, "limit": "1000"} | wanted
    )
    assert answer.status == 200, await answer.text()
    return int(answer.headers["X-Total-Count"]), await answer.json()


def back(**ago: float) -> str:
    return (NOON - timedelta(**ago)).isoformat()


async def test_a_day_has_ten_to_forty_rows_and_none_is_from_the_future(operator: Client) -> None:
    for day in range(1, 60):
        total, _ = await page(operator, gte=back(days=day, hours=12), lt=back(days=day - 0.5))
        assert 10 <= total <= 45
    _, rows = await page(operator, gte=back(days=1), sort="-usageDate")
    assert all(datetime.fromisoformat(row["usageDate"]) <= NOON for row in rows)
    assert rows[0]["usageDate"].endswith("+05:00")


async def test_pages_put_together_are_the_list_and_types_are_its_parts(operator: Client) -> None:
    period = {"gte": back(days=33, hours=3), "lt": back(hours=5)}
    total, rows = await page(operator, **period)
    assert total == len(rows)
    assert [row["usageDate"] for row in rows] == sorted(row["usageDate"] for row in rows)
    paged: list[Any] = []
    while len(paged) < total:
        got = (await page(operator, **period, offset=str(len(paged)), limit="37"))[1]
        assert got
        paged += got
    assert paged == rows
    assert len({row["id"] for row in rows}) == total
    backwards = (await page(operator, **period, sort="-usageDate"))[1]
    assert backwards == rows[::-1]
    parts = [(await page(operator, **period, type=kind))[0] for kind in ("voice", "sms", "data")]
    assert sum(parts) + (await page(operator, **period, type="other"))[0] == total
    assert (await page(operator, **period, type="voice,sms"))[0] == parts[0] + parts[1]


async def test_usage_is_the_same_after_a_restart_and_when_time_went_on(world: World) -> None:
    seen = []
    for _ in range(2):
        async with opened(world) as client:
            seen.append(await page(client, gte=back(days=90), lt=back(days=1)))
        world.clock.advance(86_400 * 3)
        world.seed = 99
    assert [row["id"] for row in seen[0][1]] == [row["id"] for row in seen[1][1]]
    assert [row["ratedProductUsage"][0]["taxIncludedRatingAmount"] for row in seen[0][1]] == [
        row["ratedProductUsage"][0]["taxIncludedRatingAmount"] for row in seen[1][1]
    ]


async def test_a_blocked_number_is_silent_and_loud_again_afterwards(
    operator: Client, world: World
) -> None:
    path = f"/sandbox/operator/numbers/{NUMBER}"
    await operator.patch(path, json={"blocked": True})
    world.clock.advance(86_400)
    await operator.patch(path, json={"blocked": False})
    world.clock.advance(86_400)
    tomorrow, after = NOON + timedelta(days=1), NOON + timedelta(days=2)
    assert (await page(operator, gte=NOON.isoformat(), lt=tomorrow.isoformat()))[0] == 0
    assert (await page(operator, gte=tomorrow.isoformat(), lt=after.isoformat()))[0] > 5
    assert (await page(operator, number="77010542006", gte=back(days=30)))[0] == 0


async def test_two_years_are_kept_with_the_tax_and_the_zone_of_their_time(
    operator: Client,
) -> None:
    total, rows = await page(operator, number="77012115526", limit="10")
    assert total > 7_000
    assert rows[0]["usageDate"].startswith("2024-11-21T")
    assert rows[0]["ratedProductUsage"][0]["taxRate"] == 12
    assert rows[0]["status"] == "billed"
    _, newest = await page(operator, number="77012115526", limit="1", sort="-usageDate")
    assert newest[0]["ratedProductUsage"][0]["taxRate"] == 16


async def test_every_type_says_what_it_must(operator: Client, contracts: Any) -> None:
    _, rows = await page(operator, gte=back(days=92))
    for row in rows:
        assert contracts.errors("TMF635", "Usage", row) == []
    needed = {
        "voice": {"direction", "originatingNumber", "destinationNumber", "durationSec"},
        "sms": {"direction", "originatingNumber", "destinationNumber", "count"},
        "data": {"volumeBytes"},
        "other": {"count"},
    }
    for row in rows:
        names = {one["name"] for one in row["usageCharacteristic"]}
        assert needed[row["usageType"]] | {"serviceName"} <= names
    assert {row["usageType"] for row in rows} == needed.keys()
    one = await get(operator, rows[5]["href"])
    assert one == rows[5]


async def test_a_busy_number_pages_as_quickly_as_any(operator: Client) -> None:
    await operator.patch(f"/sandbox/operator/numbers/{NUMBER}", json={"usage_per_day": 1200})
    total, rows = await page(operator, gte=back(days=90), offset="100000", limit="100")
    assert total > 107_000
    assert len(rows) == 100


async def test_anothers_number_has_no_usage(operator: Client) -> None:
    total, _ = await page(operator, **{"relatedParty.id": "org-180140000901"})
    assert total == 0
    assert (await page(operator, number="77019999999"))[0] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"usageDate.gte": "yesterday"},
        {"usageDate.gte": "2026-11-01T00:00:00"},
        {"sort": "cost"},
        {"usageDate.gt": "2026-11-01T00:00:00Z"},
        {"color": "red"},
        {"limit": "-1"},
    ],
)
async def test_what_cannot_be_asked_is_refused(operator: Client, query: dict[str, str]) -> None:
    answer = await operator.get(USAGE, params=query)
    assert answer.status == 400
    assert (await answer.json())["status"] == "400"
