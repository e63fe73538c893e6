"""What befalls a process on purpose: death, standing still, a clock that is moved."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app.failpoints import fail_points_of
from bot.ops.clock import SteadyClock
from crashlab.actors.document_users import DocumentRecords
from crashlab.faults.kills import POINTS
from crashlab.faults.process_faults import LONG, STEPS, clock_step, pause
from crashlab.plan import Plan
from crashlab.runs.processes import ForkServer
from crashlab.runs.snapshot import CODE
from crashlab.runs.supervisor import late, stood_within

PASSES = (
    "import sys\n"
    "from bot.ops.clock import SteadyClock\n"
    "from bot.app.failpoints import fail_points_of\n"
    "fail_points = fail_points_of(sys.argv[1], SteadyClock())\n"
    "fail_points.passed('settle.commit'); fail_points.passed('other'); print('alive', flush=True)\n"
    "fail_points.passed('settle.commit'); print('gone on', flush=True)\n"
    "fail_points.passed('settle.commit')\n"
)


def passing(points: str) -> subprocess.Popen[str]:
    """A process that passes `settle.commit` three times, saying so in between."""
    command = [sys.executable, "-c", PASSES, points]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("points", ["settle.commit:2", "settle.commit:2:kill"])
def test_a_process_dies_at_its_fail_point(points: str) -> None:
    with passing(points) as process:
        said, _ = process.communicate(timeout=120)
    assert (process.returncode, said) == (-signal.SIGKILL, "alive\n")


def test_a_process_stands_still_at_its_fail_point_once_and_goes_on() -> None:
    with passing("settle.commit:2:stop") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "alive\n"
        _pid, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        process.send_signal(signal.SIGCONT)
        said, _ = process.communicate(timeout=120)
    assert (process.returncode, said) == (0, "gone on\n")


def test_a_process_may_stand_still_first_and_die_later() -> None:
    with passing("settle.commit:1:stop,settle.commit:2") as process:
        _pid, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        process.send_signal(signal.SIGCONT)
        said, _ = process.communicate(timeout=120)
    assert (process.returncode, said) == (-signal.SIGKILL, "alive\n")


@pytest.mark.parametrize("seconds", [120, -3600])
def test_a_wall_clock_is_moved_at_a_point(seconds: int) -> None:
    clock = SteadyClock()
    fail_points = fail_points_of(f"commit:2:step={seconds:+}", clock)
    fail_points.passed("commit")
    assert round(clock.parted()) == 0
    fail_points.passed("commit")
    fail_points.passed("commit")
    assert round(clock.parted()) == seconds


def test_an_action_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no such action: sleep"):
        fail_points_of("commit:1:sleep", SteadyClock())


def test_pauses_lie_near_the_edges_and_one_in_ten_is_long() -> None:
    rng = random.Random(5)
    pauses = [pause(rng, Plan(1, 1.0), POINTS) for _ in range(2000)]
    long = [one for one in pauses if one.seconds >= LONG[0]]
    assert 0.07 < len(long) / len(pauses) < 0.13
    assert all(one.seconds >= 2.0 for one in pauses)
    at = Counter(one.point.partition(":")[0] for one in pauses)
    assert set(at) == {*POINTS, ""}, "at every point, and at moments of chance"
    assert 0.45 < at[""] / len(pauses) < 0.55
    assert all(one.failpoint.endswith(":stop") for one in pauses if one.point)


def test_clocks_are_moved_both_ways_from_seconds_to_hours() -> None:
    rng = random.Random(5)
    steps = [clock_step(rng, ()) for _ in range(500)]
    assert {one.seconds for one in steps} == {*STEPS, *(-seconds for seconds in STEPS)}
    assert all(one.failpoint == f"{one.point}:step={one.seconds:+g}" for one in steps)


async def test_the_lab_sees_that_a_process_stands_still(tmp_path: Path) -> None:
    """The fork_server tells of it, whoever stopped the process."""
    fork_server = ForkServer(CODE)
    await fork_server.open()
    try:
        process = await fork_server.start("doctor", "doctor", {}, tmp_path / "log", plainly=True)
        process.stop()
        await process.stopped.wait()
        assert not process.ended.done()
        process.wake()
        assert await process.ended == 2, "without settings"
    finally:
        await fork_server.close()


async def test_a_fork_server_that_dies_is_named_as_what_ended_the_run(tmp_path: Path) -> None:
    fork_server = ForkServer(CODE)
    await fork_server.open()
    try:
        assert fork_server._process is not None
        running = await fork_server.start("doctor", "doctor", {}, tmp_path / "log", plainly=True)
        running.stop()
        await running.stopped.wait()
        fork_server._process.send_signal(signal.SIGSTOP)
        starting = asyncio.create_task(fork_server.start("doctor", "doctor", {}, tmp_path / "log"))
        await asyncio.sleep(0)
        fork_server._process.kill()
        with pytest.raises(RuntimeError, match="the fork_server ended with -9"):
            await starting
        with pytest.raises(RuntimeError, match="the fork_server ended with -9"):
            await running.ended
    finally:
        await fork_server.close()


def test_a_file_may_come_again_when_its_sender_stood_still() -> None:
    shelf = DocumentRecords(stood={"run0.1": [(2.0, 9.0)]})
    assert shelf.stood_between("run0.1", 1.0, 5.0)
    assert not shelf.stood_between("run0.1", 9.5, 12.0)
    assert not shelf.stood_between("run1.1", 1.0, 5.0)


def test_a_file_may_come_again_when_its_sender_was_silent_for_others() -> None:
    """Who is cut off, or gets nothing of the machine, is taken for dead: others go on with it."""
    shelf = DocumentRecords(stood={"run0": [(2.0, 9.0)]})
    assert shelf.stood_between("run0.4", 1.0, 5.0)
    assert not shelf.stood_between("run0.4", 9.5, 12.0)
    assert not shelf.stood_between("run1.4", 1.0, 5.0)


def test_a_process_says_itself_for_how_long_it_was_silent() -> None:
    at = datetime.now(UTC)
    log = (
        f'{{"seconds": 5.5, "event": "process.late", "timestamp": "{at.isoformat()}"}}\n'
        "2026-01-01T00:00:00Z ERROR not ours\n"
        f'{{"event": "process.gone", "timestamp": "{at.isoformat()}"}}\n'
    )
    [(begin, end)] = late(log)
    assert end - begin == pytest.approx(5.5)
    assert abs(end - time.monotonic()) < 60


def test_a_start_that_found_the_database_locked_is_excused_by_who_stood_still_meanwhile() -> None:
    """Seed 7109 on SQLite: the worker that could not start ended right after the other one woke."""
    stood = {"run0.1": [(2.0, 9.0)]}
    assert stood_within(stood, 8.5, 14.5)
    assert not stood_within(stood, 9.5, 15.5), "it began when everybody was awake again"
    assert not stood_within(stood, -5.0, 1.0), "it needs the database for its first seconds only"
