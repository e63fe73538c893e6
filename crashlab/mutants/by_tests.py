"""Defects that no kill shows: planted in the same way, and caught by the tests that are named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crashlab.mutants.planting import Mutant, Patch
from crashlab.runs.snapshot import CODE

BESIDE = ("tests", "sandbox", "bench", "docs")
LEFT_OUT = ("__pycache__", "upgrade", "screenshots", "scenarios", "browser")
FAILED = 1
"""The exit code of pytest when a test has failed; any other one proves nothing."""


@dataclass(frozen=True)
class TestedMutant:
    """A defect, and the tests of which one at least must fail with it."""

    __test__ = False

    mutant: Mutant
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is."""
        return self.mutant.name


def _of(name: str, file: str, old: str, new: str, *tests: str) -> TestedMutant:
    return TestedMutant(Mutant(name, (), (Patch(file, old, new),)), tests)


MANY_OVER_TIME = (
    _of(
        "a number of a set counts as done before its change has an outcome",
        "storage/stores/change_sets.py",
        '                conn.execute(statements.BEGUN, {**at_place, "as": action.id})\n',
        "                conn.execute(\n"
        '                    statements.OUTCOME, {**at_place, "to": "done", "why": None}\n'
        "                )\n",
        "tests/storage/test_set_campaign.py::test_every_number_once_whatever_dies",
    ),
    _of(
        "a number of a set whose first change is unknown gets a new one",
        "storage/stores/change_sets.py",
        '                conn.execute(statements.BEGUN, {**at_place, "as": action.id})\n',
        "",
        "tests/storage/test_set_campaign.py::test_every_number_once_whatever_dies",
    ),
    _of(
        "the hash of a set is made without its parameters",
        "account/changes/sets/change_set.py",
        "sorted(parameters.told().items())",
        "[]",
        "tests/account/test_sets.py::test_the_hash_is_of_kind_parameters_numbers_and_what_was_shown",
    ),
    _of(
        "what was confirmed within a day is not added up",
        "account/changes/sets/second_opinion.py",
        "        confirmed = (before or await self.before(change_set)).sets\n",
        "        confirmed = (before or await self.before(change_set)).sets[:0]\n",
        "tests/storage/test_set_approvals.py::test_what_was_confirmed_within_a_day_is_added_up",
    ),
    _of(
        "a schedule goes by the moment that was stored and not by its wall time",
        "account/changes/due_schedules.py",
        "            if schedule.due != schedule.at.moment:\n",
        "            if schedule.due is None:\n",
        "tests/storage/test_schedules.py::test_a_zone_whose_rules_changed_is_gone_by",
    ),
    _of(
        "of two missed dates both begin",
        "account/changes/due_schedules.py",
        "            break\n        due = at\n",
        "            break\n        due = due or at\n",
        "tests/storage/test_repeats.py::test_days_in_which_nobody_was_there_run_once",
    ),
    _of(
        "an alert is armed again where a value is missing",
        "account/chapters/alerts/rule.py",
        "    if value is None:\n        return None\n",
        "    if value is None:\n        return _climbed(mark, 0, 0, 0)\n",
        "tests/storage/test_alerts.py::test_what_is_not_told_concludes_nothing",
    ),
)


def caught_by_tests(one: TestedMutant, folder: Path, say: Callable[[str], None]) -> bool:
    """Whether its tests fail in a copy with the defect.

    Raises RuntimeError when they could not be run.
    """
    code = one.mutant.planted(folder / "code")
    for name in BESIDE:
        shutil.copytree(CODE / name, code / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
    shutil.copy(CODE / "pyproject.toml", code)
    ended = subprocess.run(  # noqa: S603 - our own tests
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-n", "0"),
            *("-p", "no:cacheprovider", "-k", "not postgres", *one.tests),
        ],
        cwd=code,
        env={**os.environ, "PYTHONPATH": str(code)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode not in (0, FAILED):
        raise RuntimeError(f"{one.name}: {ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    last = ended.stdout.strip().splitlines()[-1]
    say(f"  {'caught' if ended.returncode == FAILED else 'not caught'}: {last}")
    return ended.returncode == FAILED
