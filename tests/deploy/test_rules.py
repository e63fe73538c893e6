"""The rules for Prometheus: each fires in a test, names what there is, and has a page to act by."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.exposition import exposed
from tests.kept.names import ROOMS, sources

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/prometheus/myaccount.rules.yml"
TESTS = ROOT / "deploy/prometheus/myaccount.rules.test.yml"
RUNBOOK = ROOT / "docs/runbook.md"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def alerts() -> Mapping[str, Mapping[str, Any]]:
    return {
        rule["alert"]: rule
        for group in read(RULES)["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }


@pytest.mark.prometheus
@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool")
def test_prometheus_takes_the_rules_and_they_fire() -> None:
    for arguments in (["check", "rules", str(RULES)], ["test", "rules", str(TESTS)]):
        told = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stdout + told.stderr


def test_each_alert_is_fired_once_by_name() -> None:
    # promtool takes a misspelt name with nothing expected for granted.
    fired = [
        case["alertname"]
        for test in read(TESTS)["tests"]
        for case in test["alert_rule_test"]
        if case.get("exp_alerts")
    ]
    quiet = [
        case["alertname"]
        for test in read(TESTS)["tests"]
        for case in test["alert_rule_test"]
        if not case.get("exp_alerts")
    ]
    assert sorted(fired) == sorted(alerts()) == sorted(quiet)


def test_each_alert_has_its_page() -> None:
    pages = re.findall(r"^### (\w+)$", RUNBOOK.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(pages) == sorted(alerts())
    for name, rule in alerts().items():
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"
        assert f"### {name}\n*{rule['labels']['severity']}.*" in RUNBOOK.read_text(encoding="utf-8")


async def test_rules_name_figures_and_events_that_there_are() -> None:
    text = RULES.read_text(encoding="utf-8")
    there = set(re.findall(r"^(myaccount_\w+)", (await exposed()).decode(), re.MULTILINE))
    named = set(re.findall(r"\bmyaccount_[a-z_]+", text))
    assert named - there == set()
    events = {
        event for found in re.findall(r'event[!=]~?"([^"]+)"', text) for event in found.split("|")
    }
    program = "".join(path.read_text(encoding="utf-8") for path in sources(*ROOMS))
    assert [event for event in events if f'"{event}"' not in program] == []


def test_what_has_an_alarm_of_its_own_is_told_once() -> None:
    told = re.compile(r'event(=~?|!~)"([^"]+)"')
    own: set[str] = set()
    for name, rule in alerts().items():
        for sign, events in told.findall(rule["expr"]):
            if sign == "!~":
                assert name == "MyAccountOtherAlarm"
                left_out = set(events.split("|"))
            else:
                own |= set(events.split("|"))
    # Two more are told by figures of their own, not by the log.
    assert left_out - own == {"change.unconfirmed", "seal.broken"}
    assert own <= left_out
