"""What every test shares: nothing is left out in silence, nothing is left behind."""

from __future__ import annotations

import gc
import logging
import os
import ssl
import sys
from collections.abc import Generator, Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any

import certifi
import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.internal import constants_ast
from hypothesis.internal.conjecture import providers
from xdist.scheduler import LoadScopeScheduling

import bot  # noqa: F401 - before aiogram: its models wait until they are used

TOGETHER = {"tests/bot/test_windows.py"}
"""Modules that one process takes as a whole: all their tests look at one costly thing."""
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Tests are rewritten by pytest and processes of the product started many times: once is enough."""
if find_spec("sniffio") is None:
    # httpcore looks for it at each lock it makes; what is not there is searched for each time.
    sys.modules["sniffio"] = None  # type: ignore[assignment]
_context = ssl.create_default_context


@cache
def _trusting(cafile: str) -> ssl.SSLContext:
    return _context(cafile=cafile)


def _once(*purpose: ssl.Purpose, **options: Any) -> ssl.SSLContext:
    """aiogram reads a hundred authorities for each bot, 20 ms: in all tests the same ones."""
    if not purpose and list(options) == ["cafile"] and options["cafile"] == certifi.where():
        return _trusting(certifi.where())
    return _context(*purpose, **options)


ssl.create_default_context = _once
settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", settings.get_profile("suite"), derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
"""The same examples each time, however slow the machine; others every night."""
if settings.get_current_profile_name() == "suite":
    # Hypothesis also draws from constants of the modules that happen to be imported by then, so
    # that examples would hang on which tests ran before in the same process.
    assert vars(providers)["is_local_module_file"] is constants_ast.is_local_module_file
    vars(providers)["is_local_module_file"] = lambda _path: False
NIGHTLY = "nightly"
AT_NIGHT = pytest.StashKey[int]()
"""How many tests were left for the night."""
NEEDS = {
    "browser": "with a real browser (Chromium; Debian: apt install chromium)",
    "npm": "beside packages of npm's (npm; Debian: apt install npm)",
    "pgbouncer": "with a real PgBouncer (Debian: apt install pgbouncer)",
    "postgres": "with a real PostgreSQL (Debian: apt install postgresql)",
    "prometheus": "with a real Prometheus (Debian: apt install prometheus)",
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """Say in the last lines, below the list of skips, what this machine could not run."""
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    for marker, need in NEEDS.items():
        number = sum(marker in report.keywords for report in skipped)
        if number:
            terminalreporter.write_line(f"LEFT OUT: {number} tests {need}", red=True, bold=True)
    if number := terminalreporter.config.stash.get(AT_NIGHT, 0):
        terminalreporter.write_line(
            f"LEFT FOR THE NIGHT: {number} tests (`make nightly`, or `-m nightly`)", bold=True
        )


class Shares(LoadScopeScheduling):  # type: ignore[misc]
    """Which process gets which tests: one by one, but for those that belong together.

    Not pytest-xdist's own `loadgroup`: beside pytest 9.2 it takes no notice of its marks
    (pytest-dev/pytest-xdist, issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if module in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares:
    """Used when there are several processes."""
    return Shares(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The slow ones first, so that no worker is left alone with one in the end.

    Those of the night only where `-m` or a test's own name asks for them.
    """
    if NIGHTLY not in config.option.markexpr:
        named = [one for one in config.args if "::" in one]
        waits = {
            item
            for item in items
            if item.get_closest_marker(NIGHTLY)
            and not any(item.nodeid.startswith(one.lstrip("./")) for one in named)
        }
        config.stash[AT_NIGHT] = len(waits)
        config.hook.pytest_deselected(items=[item for item in items if item in waits])
        items[:] = [item for item in items if item not in waits]
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In one of several processes: how many were left for the night."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[NIGHTLY] = session.config.stash.get(AT_NIGHT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Each process has collected the same."""
    node.config.stash[AT_NIGHT] = getattr(node, "workeroutput", {}).get(NIGHTLY, 0)


def pytest_collection_finish() -> None:
    """What is imported by now stays: the garbage collector need not look through it each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _logs_of_its_own() -> Iterator[None]:
    """Logs are set up for a process; a test that does so must not write into the next one's."""
    yield
    structlog.reset_defaults()
    for handler in logging.root.handlers[:]:
        if type(handler) is logging.StreamHandler:
            logging.root.removeHandler(handler)
