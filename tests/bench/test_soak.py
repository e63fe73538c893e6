"""The soak runs to its end and tells what grows; how fast anything is, is not a test's business."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from bench import soak as harness
from bench import soak_report as module
from bench.soak import SQLITE, soak
from bench.soak_report import BEGIN, END, Outcome, slope

CURVES = {name: 1.0 for name, _title in module.CURVES}
TAPS = {"sent": 50.0, "lost": 0.0, "strayed": 0.0, "p50_ms": 9.0}


def an_outcome(*, grows: float) -> Outcome:
    """Ten minutes in which everything grows by so much a second in the second half."""
    samples = [
        {
            "second": 5.0 * n,
            **TAPS,
            **{name: 7 + grows * max(0.0, 5.0 * n - 300) for name in CURVES},
        }
        for n in range(1, 121)
    ]
    return Outcome(
        database=SQLITE,
        minutes=10,
        rate=10,
        people=100,
        samples=samples,
        waiting={"inbox": 0},
        rows={"history": 12, "codes": 300},
        kept={"history": 12, "people": 200},
        forgetting=0.5,
        cpu=60.0,
    )


def test_a_slope_is_what_grows_in_an_hour() -> None:
    assert slope([0, 1, 2, 3], [5, 7, 9, 11]) == pytest.approx(2)
    assert slope([0, 1, 2, 3], [5, 5, 5, 5]) == 0
    assert slope([1], [5]) == 0
    assert an_outcome(grows=0.0).slope("memory_mib") == pytest.approx(0)
    assert an_outcome(grows=0.01).slope("memory_mib") == pytest.approx(36, rel=0.01)


def test_the_table_says_what_stays_and_takes_the_place_of_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, drawn = tmp_path / "performance.md", tmp_path / "soak.svg"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    monkeypatch.setattr(module, "DOCUMENT", document)
    monkeypatch.setattr(module, "PICTURE", drawn)
    one = an_outcome(grows=0.01)
    module.write([one, replace(one, database="PostgreSQL")])
    text = document.read_text()
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "\nold\n" not in text
    assert "| | SQLite | PostgreSQL |" in text
    assert "| taps | 6,000 in 10 minutes, 10 a second | 6,000 in" in text
    assert "| memory at the end, and its slope | 10 MiB, +36.0 an hour |" in text
    assert "| rows that stay after all terms | people 200 |" in text
    lines = ET.parse(drawn).getroot().findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 2 * len(module.CURVES)


@pytest.mark.slow
def test_people_tap_and_confirm_until_the_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness, "EVERY", 1.0)
    monkeypatch.setattr(harness, "NUMBERS", 2_000)
    one = soak(SQLITE, tmp_path, 0.15, 20, 40)
    assert one.sum("sent") > 50
    assert one.sum("lost") == 0
    assert one.rows["history"] > 0
    assert one.waiting == {"inbox": 0, "outbox": 0, "actions": 0, "lag_s": 0}
    assert all(sample["files"] > 3 for sample in one.samples)
    assert one.rows["inbox"] > 0
    assert one.kept["inbox"] == one.kept["outbox"] == one.kept["sessions"] == 0
