"""A process's time: what stretches it and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.ops.clock import SteadyClock
from bot.workers.clock_sync import ClockSync
from storage import Secrets, Stores, open_stores
from storage.errors import StorageUnavailable
from storage.stores.clocks import ClockRows, Reading
from tests.schema import migrated

NOW = datetime(2026, 11, 29, 20, 0, tzinfo=UTC)
HOUR = 3600.0


class Machine:
    """Two clocks of one machine: `wall` may be set, `boot` may not."""

    def __init__(self, boot: float = 1000.0) -> None:
        self.boot = boot
        self.wall = NOW.timestamp()

    def sleep(self, seconds: float) -> None:
        self.boot += seconds
        self.wall += seconds

    def clock(self, start: datetime | None = None) -> SteadyClock:
        return SteadyClock(start, wall=lambda: self.wall, boot=lambda: self.boot)


@pytest_asyncio.fixture
async def stores(tmp_path: Path) -> Stores:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    await migrated(url)
    return open_stores(url, Secrets.from_master(b"the master secret of these tests" * 2))


@pytest.fixture
def machine() -> Machine:
    return Machine()


async def keeper(
    stores: Stores, machine: Machine, owner: str = "me", *, start: datetime | None = None
) -> ClockSync:
    made = ClockSync(machine.clock(start), stores.clocks, owner, boot_id="boot")
    await made.beat()
    return made


async def test_time_passes_also_while_the_machine_sleeps(stores: Stores, machine: Machine) -> None:
    mine = await keeper(stores, machine)
    machine.sleep(HOUR)
    assert await mine.since(NOW) == timedelta(hours=1)


@pytest.mark.parametrize("step", [-86_400.0, -120.0, 120.0, 86_400.0])
async def test_a_step_of_the_wall_clock_makes_waiting_begin_anew(
    stores: Stores, machine: Machine, step: float
) -> None:
    mine = await keeper(stores, machine)
    machine.sleep(10)
    machine.wall += step
    with capture_logs() as logs:
        assert await mine.since(NOW) == timedelta(0)
    assert [one["event"] for one in logs if "alarm" in one] == ["clock.stepped"]
    machine.sleep(60)
    assert await mine.since(NOW + timedelta(seconds=min(step, 0))) == timedelta(seconds=60)


async def test_a_step_is_told_to_the_other_processes(stores: Stores, machine: Machine) -> None:
    mine = await keeper(stores, machine, "one")
    other = await keeper(stores, machine, "other")
    machine.sleep(50)
    machine.wall += 120
    await mine.beat()
    assert await other.since(NOW) == timedelta(0)


async def test_a_step_while_no_process_ran_is_seen_at_the_start(
    stores: Stores, machine: Machine
) -> None:
    await keeper(stores, machine)
    machine.sleep(10)
    machine.wall += 300
    again = await keeper(stores, machine)
    assert await again.since(NOW) == timedelta(0)


async def test_a_start_without_a_step_goes_on_counting(stores: Stores, machine: Machine) -> None:
    await keeper(stores, machine)
    machine.sleep(10)
    again = await keeper(stores, machine)
    assert await again.since(NOW) == timedelta(seconds=10)


async def test_after_a_start_of_the_machine_nobody_can_tell(stores: Stores) -> None:
    await keeper(stores, Machine())
    booted = Machine(boot=5.0)
    booted.wall += 600
    made = ClockSync(booted.clock(), stores.clocks, "me", boot_id="another")
    await made.beat()
    assert await made.since(NOW) == timedelta(0)
    booted.sleep(7)
    assert await made.since(NOW) == timedelta(seconds=7)


async def test_a_clock_that_went_back_at_a_start_of_the_machine_holds_nobody_up(
    stores: Stores,
) -> None:
    """By how much nobody can know; by as much as somebody lived later it surely has."""
    await keeper(stores, Machine())
    await stores.leases.take("poller", "dead", NOW, timedelta(seconds=30))
    booted = Machine(boot=5.0)
    booted.wall -= 86_400
    made = ClockSync(booted.clock(), stores.clocks, "me", boot_id="another")
    await made.beat()
    back = NOW - timedelta(days=1)
    half_a_minute = timedelta(seconds=30)
    assert await stores.leases.take("poller", "me", back, half_a_minute) is None
    assert await stores.leases.take("poller", "me", back + half_a_minute, half_a_minute)


async def test_a_step_that_could_not_be_noted_is_noted_later(
    stores: Stores, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away between the reading and the note; until then the old time goes on."""
    mine = await keeper(stores, machine)
    before = (await stores.clocks.read("boot", "me", NOW)).step
    machine.wall -= 86_400
    with monkeypatch.context() as away:
        away.setattr(stores.clocks, "stepped", _unavailable)
        with pytest.raises(StorageUnavailable):
            await mine.since(NOW)
    assert (await stores.clocks.read("boot", "me", NOW)).step == before
    await mine.beat()
    assert (await stores.clocks.read("boot", "me", NOW)).step != before
    assert await mine.since(NOW - timedelta(days=1)) == timedelta(0)


async def test_telegrams_word_of_a_step_is_kept_until_it_is_noted(
    stores: Stores, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await keeper(stores, machine)
    mine.telegram_said("Sun, 29 Nov 2026 20:00:00 GMT")
    mine.telegram_said("Sun, 29 Nov 2026 20:02:00 GMT")
    with monkeypatch.context() as away:
        away.setattr(stores.clocks, "stepped", _unavailable)
        with pytest.raises(StorageUnavailable):
            await mine.beat()
    machine.sleep(60)
    assert await mine.since(NOW) == timedelta(0)


async def test_what_was_before_a_clock_went_back_waits_from_the_step_only(
    stores: Stores, machine: Machine
) -> None:
    """Its moment lies a day ahead, and is not waited for."""
    mine = await keeper(stores, machine)
    assert await mine.since(NOW + timedelta(seconds=30)) == timedelta(0)
    machine.wall -= 86_400
    await mine.beat()
    machine.sleep(60)
    assert await mine.since(NOW - timedelta(hours=1)) == timedelta(seconds=60)
    soon = NOW - timedelta(days=1) + timedelta(seconds=60.5)
    assert await mine.since(soon) == timedelta(0), "another machine may be a little ahead"


async def _unavailable(*_given: object, **_named: object) -> None:
    raise StorageUnavailable


class SlowServer:
    """The rows of a database whose server has a clock, and takes its time to tell it."""

    def __init__(self, stores: Stores, machine: Machine) -> None:
        self._rows = stores.clocks
        self._machine = machine
        self.ahead = 0.0
        self.takes = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, name)

    async def read(self, *given: Any) -> Reading:
        reading = await self._rows.read(*given)
        self._machine.sleep(self.takes)
        raw = datetime.fromtimestamp(self._machine.wall + self.ahead, UTC)
        return replace(reading, raw=raw)


@pytest.mark.parametrize(("ahead", "steps"), [(14.0, 0), (-18.0, 1), (18.0, 1)])
async def test_a_slow_answer_hides_no_step(
    stores: Stores, machine: Machine, ahead: float, steps: int
) -> None:
    """An answer 30 s under way tells the time to 15 s: what is more is a step, not a drift."""
    server = SlowServer(stores, machine)
    clock = machine.clock()
    mine = ClockSync(clock, cast("ClockRows", server), "me", boot_id="boot")
    await mine.beat()
    machine.sleep(100)
    server.ahead, server.takes = ahead - 15.0, 30.0
    with capture_logs() as logs:
        await mine.sync()
    assert [one["event"] for one in logs].count("clock.stepped") == steps
    if not steps:
        assert clock.parted() == pytest.approx(0.0), "what is not sure is not taken over"


async def test_what_is_said_to_people_goes_by_the_new_time(
    stores: Stores, machine: Machine
) -> None:
    clock = machine.clock()
    mine = ClockSync(clock, stores.clocks, "me", boot_id="boot")
    await mine.beat()
    machine.wall += 120
    assert clock.now() == NOW, "not before it was seen"
    await mine.beat()
    assert clock.now() == NOW + timedelta(seconds=120)


async def test_a_small_drift_is_no_step(stores: Stores, machine: Machine) -> None:
    mine = await keeper(stores, machine)
    for _ in range(10):
        machine.sleep(60)
        machine.wall += 0.5
        with capture_logs() as logs:
            await mine.beat()
        assert logs == []
    assert await mine.since(NOW) >= timedelta(seconds=600)


async def test_who_goes_by_another_time_than_the_others_takes_no_work(
    stores: Stores, machine: Machine
) -> None:
    right = await keeper(stores, machine, "right")
    with capture_logs() as logs:
        wrong = await keeper(stores, machine, "wrong", start=NOW + timedelta(minutes=5))
    assert not wrong.fit
    assert not wrong.well
    assert [one["event"] for one in logs] == ["clock.off"]
    assert await wrong.since(NOW - timedelta(days=1)) == timedelta(0)
    machine.sleep(1)
    await right.beat()
    assert right.fit, "the one that is right goes on"
    machine.sleep(10)
    await wrong.beat()
    assert wrong.fit, "alone it is a demonstration"


async def test_processes_with_the_same_declared_time_work_together(
    stores: Stores, machine: Machine
) -> None:
    start = datetime(2022, 1, 24, tzinfo=UTC)
    one = await keeper(stores, machine, "one", start=start)
    other = await keeper(stores, machine, "other", start=start)
    assert one.fit
    assert other.fit


async def test_telegrams_date_tells_a_clock_that_is_wrong(stores: Stores, machine: Machine) -> None:
    mine = await keeper(stores, machine)
    mine.telegram_said("Sun, 29 Nov 2026 20:00:00 GMT")
    assert mine.well
    with capture_logs() as logs:
        mine.telegram_said("Sun, 29 Nov 2026 19:55:00 GMT")
        mine.telegram_said("Sun, 29 Nov 2026 19:55:00 GMT")
    assert not mine.well
    assert mine.fit, "its own time is steady all the same"
    assert [one["event"] for one in logs] == ["clock.off"], "once a minute"
    mine.telegram_said("Sun, 29 Nov 2026 20:00:01 GMT")
    assert mine.well


@pytest.mark.parametrize("date", [None, "", "yesterday", "Sun, 99 Nov 2026 20:00:00 GMT"])
async def test_a_date_that_is_none_says_nothing(
    stores: Stores, machine: Machine, date: str | None
) -> None:
    mine = await keeper(stores, machine)
    mine.telegram_said(date)
    assert mine.well


async def test_a_machine_stopped_as_a_whole_is_seen_by_telegrams_date(
    stores: Stores, machine: Machine
) -> None:
    """Its host stopped it, and both of its clocks stood still for two minutes."""
    mine = await keeper(stores, machine)
    mine.telegram_said("Sun, 29 Nov 2026 20:00:00 GMT")
    machine.sleep(30)
    mine.telegram_said("Sun, 29 Nov 2026 20:02:30 GMT")
    assert await mine.since(NOW) == timedelta(0)
