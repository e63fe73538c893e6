"""The harness works; how fast anything is, is not a test's business."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bench import report as module
from bench.report import BEGIN, END, Report
from bench.run import DAYS, MENU, SIZES, Run, _child


@pytest.mark.slow
def test_loads_run_to_their_end_and_are_weighed(tmp_path: Path) -> None:
    run = Run(tmp_path, SIZES["tiny"], Report("bench"))
    with ExitStack() as stack:
        menu = run.peer(stack, MENU)
        told = menu.run()
        assert told["updates"] == SIZES["tiny"].updates
        assert told["calls"]["answercallbackquery"] == told["calls"]["editmessagetext"] == 20
        assert 0 < told["p50_ms"] <= told["p99_ms"]
        assert menu.run(rate=200.0)["updates"] == SIZES["tiny"].updates


@pytest.mark.slow
def test_files_are_ordered_from_the_bot_and_weighed(tmp_path: Path) -> None:
    report = Report("bench")
    size = replace(SIZES["tiny"], numbers=300, records=3_100)
    Run(tmp_path, size, report).orders()
    (numbers, told), (usage, _) = report.plain
    assert numbers == "list of 300 numbers, ordered from the bot"
    shortest_month = 28 * (size.records // DAYS)
    assert int(usage.split()[2]) >= shortest_month
    assert "MiB in the child" in told


def test_a_workbook_s_figures_are_all_that_it_says() -> None:
    """What the product logs while it makes one went where the figures go."""
    assert _child(sys.executable, "ours", 30)["peak_mib"] > 10


def test_a_table_takes_the_place_of_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    monkeypatch.setattr(module, "DOCUMENT", document)
    report = Report("make bench SIZE=tiny")
    report.ratio("a tap / a menu", 1.5, 2.0)
    report.ratio("lag", 51, 50, "ms")
    report.note("a menu", "1 ms")
    report.write()
    text = document.read_text()
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "| a tap / a menu | 1.50 × | ≤ 2 × | held |" in text
    assert "| lag | 51.00 ms | ≤ 50 ms | **missed** |" in text
    assert "| a menu | 1 ms |" in text
    part = Report("make bench SIZE=tiny")
    part.ratio("lag", 40, 50, "ms")
    part.write(keep=True)
    text = document.read_text()
    assert "| lag | 40.00 ms | ≤ 50 ms | held |" in text
    assert "51.00" not in text
    assert "| a tap / a menu | 1.50 × | ≤ 2 × | held |" in text
    assert "| a menu | 1 ms |" in text
