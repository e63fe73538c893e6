"""A size that is run in pieces, and the line it leaves in the table."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from crashlab.checks.invariants import Breach
from crashlab.plan import Plan
from crashlab.runs import figures
from crashlab.runs.campaign import Campaign, Round
from crashlab.runs.driver import Result
from crashlab.runs.sizes import DATABASES, SIZES, TURNS

RESULT = Result(
    plan=Plan(7, 1.0),
    breaches=[],
    kills=Counter({"at random": 3, "sent.commit": 2}),
    kills_that_count=4,
    pauses=Counter({"sent.commit": 2}),
    steps=1,
    changes=7,
    done=6,
    refused=1,
    presses=9,
    faults=3,
    repeated_words=0,
    seconds=1.0,
    quiet_after=1.0,
    kinds=Counter({("block", "done"): 6, ("block", "rejected"): 1}),
)


def a_round(seed: int, *breaches: Breach) -> Round:
    plan = Plan(seed, 1.0)
    return Round.of(replace(RESULT, plan=plan, breaches=list(breaches)))


def test_a_round_keeps_the_figures_of_its_result() -> None:
    one = a_round(7)
    assert (one.kills, one.kills_that_count, one.pauses, one.steps) == (5, 4, 2, 1)
    assert (one.kinds, one.breaches) == ({"block": 7}, [])


def test_the_next_run_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    assert Campaign.resumed("release", "sqlite", None, 3, tmp_path) is None
    campaign = Campaign("release", "sqlite", 7)
    campaign.add(a_round(7))
    campaign.keep(tmp_path)
    again = Campaign.resumed("release", "sqlite", None, 3, tmp_path)
    assert again == campaign
    assert again.left(3) == [8, 9]
    assert Campaign.resumed("release", "postgresql", None, 3, tmp_path) is None
    assert Campaign.resumed("release", "sqlite", 8, 3, tmp_path) is None, "another one is wanted"


def test_what_broke_is_tried_again_and_noted(tmp_path: Path) -> None:
    campaign = Campaign("release", "sqlite", 7)
    for one in (a_round(7), a_round(8, Breach("LIE", "told")), a_round(9)):
        campaign.add(one)
    assert campaign.left(3) == [8]
    campaign.add(a_round(8))
    assert campaign.left(3) == []
    assert [one.seed for one in campaign.rounds] == [7, 8, 9]
    assert [one.breaches for one in campaign.mended] == [["LIE: told"]]
    campaign.keep(tmp_path)
    assert Campaign.resumed("release", "sqlite", None, 3, tmp_path) is None, "it is at its end"


def test_a_kind_that_no_round_confirmed_is_missing() -> None:
    campaign = Campaign("release", "sqlite", 7, [a_round(7)])
    assert campaign.never_confirmed(("block", "unblock")) == ["unblock"]


def test_a_figure_takes_the_place_of_the_older_one(tmp_path: Path) -> None:
    document = tmp_path / "reliability.md"
    document.write_text(f"before\n\n{figures.BEGIN}\n{figures.END}\nafter\n")
    for size, seed in (("ci", 1), ("ci", 2), ("nightly", 3)):
        figures.write(figures.row(size, "sqlite", seed, [a_round(seed)]), document)
    rows = [line for line in document.read_text().splitlines() if "| sqlite |" in line]
    assert [line.split(" | ")[2] for line in rows] == ["2", "3"]
    assert document.read_text().endswith("after\n")
    assert "| 5 | 4 | 2 | 1 | 0 | 0 | 7 | 9 | 3 | 0 |" in rows[0], "all kills, and those that count"
    assert rows[0].endswith("| at most 75 % |"), "3 / 4, not 3 / 5"


def test_figures_of_several_rounds_are_summed_and_name_their_seeds() -> None:
    line = figures.row("nightly", "sqlite", 7, [a_round(7), a_round(8, Breach("LIE", "told"))])
    assert line.startswith("| nightly | sqlite | 7 to 8 |")
    assert line.endswith("| 10 | 8 | 4 | 2 | 0 | 0 | 14 | 18 | 6 | 1 | nothing to claim |")


def test_nothing_is_claimed_after_a_failure() -> None:
    assert figures.bound(0, 300) == "at most 1 %"
    assert figures.bound(1, 300) == figures.bound(0, 0) == "nothing to claim"


@pytest.mark.parametrize("database", DATABASES)
def test_a_seed_alone_says_what_a_round_has(database: str) -> None:
    size = SIZES["release"]
    plans = [size.plan(database, seed) for seed in range(100, 100 + size.rounds)]
    assert plans[3] == size.plan(database, 103)
    for turn in TURNS[database]:
        assert any(
            all(getattr(plan, name) == value for name, value in turn.items()) for plan in plans
        )
