"""The smallest size of the crash lab, as a part of all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from crashlab.driver import Plan, Run
from tests.postgres import postgres_server, postgres_url  # noqa: F401

SEED = 20220124


@pytest.mark.slow
async def test_killed_again_and_again_the_bot_keeps_its_promises_on_sqlite(tmp_path: Path) -> None:
    plan = Plan(SEED, seconds=25)
    result = await Run(plan, f"sqlite:///{tmp_path / 'bot.db'}", tmp_path).result()
    assert not result.breaches, f"{result} · python -m crashlab --seed {SEED} --seconds 25"
    assert result.kills.total() >= plan.least_kills
    assert result.changes >= plan.least_changes


@pytest.mark.slow
@pytest.mark.postgres
async def test_two_bots_and_two_workers_keep_them_on_postgresql(
    tmp_path: Path,
    postgres_url: str,  # noqa: F811
) -> None:
    plan = Plan(SEED + 1, 10, ("run", "run", "worker", "worker"), webhook=True, people=16)
    result = await Run(plan, postgres_url, tmp_path).result()
    assert not result.breaches, result
    assert result.kills.total() >= plan.least_kills
