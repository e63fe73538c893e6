"""Odd rows: which ones is a matter of the seed, the rest are as they always are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.world import World, WorldClock
from tests.sandbox.operator.conftest import NOON, PRODUCTS, opened


async def numbers(folder: Path, seed: int | None, **query: str) -> list[Any]:
    world = World(data=folder, clock=WorldClock(NOON), awkward=seed)
    async with opened(world) as client:
        answer = await client.get(PRODUCTS, params={"limit": "100", **query})
        assert answer.status == 200
        return list(json.loads(await answer.read()))


async def test_some_rows_are_odd_and_most_are_not(tmp_path: Path) -> None:
    usual, odd = await numbers(tmp_path, None), await numbers(tmp_path, 1)
    assert [one["id"] for one in odd] == [one["id"] for one in usual]
    different = [one["id"] for one, other in zip(odd, usual, strict=True) if one != other]
    assert 3 <= len(different) <= len(usual) / 2


async def test_the_seed_decides(tmp_path: Path) -> None:
    first, again, other = [await numbers(tmp_path, seed) for seed in (1, 1, 2)]
    assert first == again
    assert first != other


async def test_whose_a_row_is_stays(tmp_path: Path) -> None:
    parties = [one["relatedParty"] for one in await numbers(tmp_path, None)]
    assert [one["relatedParty"] for one in await numbers(tmp_path, 1)] == parties


async def test_what_was_not_asked_for_is_not_told(tmp_path: Path) -> None:
    rows = await numbers(tmp_path, 1, fields="status")
    assert {name for row in rows for name in row} == {"id", "href", "status"}


@pytest.mark.parametrize("seed", range(3))
async def test_a_row_alone_is_as_odd_as_in_its_list(tmp_path: Path, seed: int) -> None:
    rows = await numbers(tmp_path, seed)
    async with opened(World(data=tmp_path, clock=WorldClock(NOON), awkward=seed)) as client:
        for row in rows[:10]:
            answer = await client.get(f"{PRODUCTS}/{row['id']}")
            assert json.loads(await answer.read()) == row
