"""The state machine over the real bot, and proof that it finds what is planted.

`HYPOTHESIS_PROFILE=nightly` runs it for hours instead of seconds.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from inspect import getmembers
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import FlakyFailure
from hypothesis.stateful import RULE_MARKER, run_state_machine_as_test

from tests.fuzz.machine import Machine
from tests.fuzz.mutants import MUTANTS
from tests.fuzz.town import make_template

pytestmark = pytest.mark.slow
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
USUAL = settings(
    max_examples=1500 if NIGHTLY else 10,
    stateful_step_count=80 if NIGHTLY else 40,
    deadline=None,
    derandomize=not NIGHTLY,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.mark.parametrize(
    "budget",
    [
        pytest.param(USUAL, id="short"),
        pytest.param(
            settings(USUAL, max_examples=max(60, USUAL.max_examples), derandomize=False),
            id="long",
            marks=pytest.mark.nightly,
        ),
    ],
)
def test_people_in_any_order_reach_nothing_they_must_not(template: Path, budget: settings) -> None:
    class Sound(Machine):
        pass

    Sound.template = template
    run_state_machine_as_test(Sound, settings=budget)


WORLD = (
    "begin",
    "no_secret_is_kept",
    "presses_here",
    "time_passes",
    "the_operator",
    "rights_change",
)
"""With these and the rules of its chapter each of the planted defects is found in seconds."""


def _is_a_rule(member: object) -> bool:
    return hasattr(member, RULE_MARKER)


def _a_part_of_others(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The same, no longer taken up by itself: other rules may call it."""

    def step(self: Machine, *arguments: Any, **named: Any) -> Any:
        return rule(self, *arguments, **named)

    return step


def _breaches(caught: BaseException) -> Iterator[str]:
    """What the machine said, alone or in a group."""
    if isinstance(caught, BaseExceptionGroup):
        for one in caught.exceptions:
            yield from _breaches(one)
    elif isinstance(caught, AssertionError):
        yield str(caught)


@pytest.mark.parametrize("name", MUTANTS)
def test_what_is_planted_is_found(template: Path, name: str) -> None:
    mutate, said, needed = MUTANTS[name]

    class Sick(Machine):
        pass

    for name_of, rule in getmembers(Machine, _is_a_rule):
        if name_of not in (*WORLD, *needed):
            setattr(Sick, name_of, _a_part_of_others(rule))
    Sick.template, Sick.mutate = template, staticmethod(mutate)
    bounded = settings(
        USUAL,
        max_examples=300,
        phases=[Phase.generate],
        print_blob=False,
        report_multiple_bugs=False,
    )
    # What is found once is run again to be told; where that goes another way, a group comes with
    # all that was seen. Found is found.
    with pytest.raises((AssertionError, FlakyFailure)) as caught:
        run_state_machine_as_test(Sick, settings=bounded)
    found = list(_breaches(caught.value))
    assert any(re.search(said, breach) for breach in found), found
