"""The smallest sizes of the crash lab, as a part of all tests.

Death at every fail point on SQLite is `tests/scenarios/test_crashes.py`.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crashlab.mutants.by_tests import MANY_OVER_TIME, TestedMutant
from crashlab.mutants.planting import Mutant, caught
from crashlab.mutants.program import MUTANTS
from crashlab.plan import Plan
from crashlab.runs.driver import Run
from crashlab.runs.sizes import FOUR, SIZES
from crashlab.runs.snapshot import CODE
from tests.postgres import postgres_server, postgres_url  # noqa: F401

SEED = 20220124
BUSY: dict[str, Any] = {"least_changes": 4, "least_kinds": 0.2, "least_kills": 3}
"""Beside all other tests processes get little of the machine: a round by itself has the usual
floor."""
NOBODY_ELSE: dict[str, Any] = {"planners": 0, "watchers": 0, "subscribers": 0}
"""In seconds people alone come to something: what waits from before takes the whole of them."""
IN_SHORT = "outbox in a second transaction"


@pytest.mark.slow
@pytest.mark.nightly
async def test_killed_again_and_again_the_bot_keeps_its_promises_on_sqlite(tmp_path: Path) -> None:
    plan = replace(SIZES["ci"].plan("sqlite", SEED), **BUSY)
    result = await Run(plan, f"sqlite:///{tmp_path / 'bot.db'}", tmp_path).result()
    assert not result.breaches, f"python -m crashlab --seed {SEED} --seconds {plan.seconds}"
    assert result.kills.total() >= plan.least_kills
    assert result.done >= plan.least_changes


@pytest.mark.slow
@pytest.mark.nightly
async def test_it_keeps_them_with_another_operator(tmp_path: Path) -> None:
    """One that is patched, makes its own ids and answers 404 for what is there."""
    plan = replace(SIZES["ci"].plan("sqlite", SEED, "plain"), **BUSY)
    result = await Run(plan, f"sqlite:///{tmp_path / 'bot.db'}", tmp_path).result()
    assert not result.breaches, f"python -m crashlab --dialect plain --seed {SEED}"
    assert result.kills.total() >= plan.least_kills
    assert result.done >= plan.least_changes


@pytest.mark.slow
async def test_blocks_by_patch_survive_a_few_kills(tmp_path: Path) -> None:
    """The smallest run with another operator; `make nightly` has one with everything."""
    plan = Plan(
        SEED,
        3,
        people=9,
        readers=0,
        kinds=("block", "ban"),
        dialect="plain",
        longest=3,
        slow_orders=0.1,
        least_kills=2,
        least_changes=2,
        least_kinds=0.0,
        hasty=True,
        **NOBODY_ELSE,
    )
    result = await Run(plan, f"sqlite:///{tmp_path / 'bot.db'}", tmp_path).result()
    assert not result.breaches, result
    assert result.kills.total() >= plan.least_kills


@pytest.mark.slow
@pytest.mark.postgres
async def test_two_bots_and_a_worker_survive_a_few_kills_on_postgresql(
    tmp_path: Path,
    postgres_url: str,  # noqa: F811
) -> None:
    """The smallest run with several processes; `make nightly` has two bots and two workers."""
    plan = Plan(
        SEED + 1,
        4,
        ("run", "run", "worker"),
        webhook=True,
        people=16,
        life=2.5,
        readers=0,
        kinds=("block", "unblock", "ban"),
        longest=3,
        slow_orders=0.1,
        least_kills=2,
        least_changes=4,
        least_kinds=0.0,
        hasty=True,
        **NOBODY_ELSE,
    )
    result = await Run(plan, postgres_url, tmp_path).result()
    assert not result.breaches, result
    assert result.kills.total() >= plan.least_kills


@pytest.mark.nightly  # beside three others it starves: nobody confirms anything within its minutes
@pytest.mark.slow
@pytest.mark.postgres
async def test_two_bots_and_two_workers_keep_them_on_postgresql(
    tmp_path: Path,
    postgres_url: str,  # noqa: F811
) -> None:
    plan = replace(Plan(SEED + 1, 8, FOUR, webhook=True, people=16), **BUSY)
    result = await Run(plan, postgres_url, tmp_path).result()
    assert not result.breaches, result
    assert result.kills.total() >= plan.least_kills


@pytest.mark.slow
def test_a_planted_defect_is_caught(tmp_path: Path) -> None:
    """One stands for all here; `python -m crashlab mutants` plants every one."""
    mutant = next(one for one in MUTANTS if one.name == IN_SHORT)
    assert asyncio.run(caught(mutant, SEED, tmp_path, print)) is not None


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_defect_still_fits_the_program(mutant: Mutant) -> None:
    assert mutant.changed(CODE)


@pytest.mark.parametrize("one", MANY_OVER_TIME, ids=lambda one: one.name)
def test_every_defect_of_many_numbers_still_fits_and_its_tests_are_there(one: TestedMutant) -> None:
    assert one.mutant.changed(CODE)
    for test in one.tests:
        file, _colons, name = test.partition("::")
        assert f"def {name}(" in (CODE / file).read_text(encoding="utf-8")
