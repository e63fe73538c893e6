"""A running process notices that the database under it was put back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.workers import generation_watch
from bot.workers.generation_watch import NOTED_EVERY, GenerationWatch
from storage.errors import DatabaseOlder, GenerationChanged, StorageUnavailable
from storage.restore.generations import Generation, Generations
from storage.restore.witness import Witness

NOW = datetime(2022, 1, 24, tzinfo=UTC)


class Counted(Generations):
    """Generations without a database: what each beat finds is laid out."""

    def __init__(self, *found: Generation | StorageUnavailable) -> None:
        self.found = list(found)

    async def follow(self, now: datetime) -> tuple[Generation, int] | None:
        return None

    async def beat(self) -> Generation:
        if not self.found:
            raise EndOfTestError
        found = self.found.pop(0)
        if isinstance(found, StorageUnavailable):
            raise found
        return found


class EndOfTestError(Exception):
    """Every beat of the test is over."""


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation_watch, "BEAT_EVERY", 0.0)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "witness", lambda: [b"k"])


def at(beats: int, number: int = 0) -> Generation:
    return Generation("here", number, "4821" if number else "", beats)


async def test_fewer_beats_than_before_end_the_process(witness: Witness) -> None:
    watch = GenerationWatch(Counted(at(1), at(2), at(5), at(4)), witness)
    await watch.check(NOW)
    with capture_logs() as logs, pytest.raises(DatabaseOlder):
        await watch.run()
    assert [one["event"] for one in logs if "alarm" in one] == ["database.older"]


async def test_beats_of_others_between_ours_are_no_restore(witness: Witness) -> None:
    watch = GenerationWatch(Counted(at(1), at(9), at(10), at(40)), witness)
    await watch.check(NOW)
    with pytest.raises(EndOfTestError):
        await watch.run()


async def test_a_generation_begun_meanwhile_is_for_a_fresh_process(witness: Witness) -> None:
    watch = GenerationWatch(Counted(at(9), at(1, number=1)), witness)
    await watch.check(NOW)
    with pytest.raises(GenerationChanged):
        await watch.run()


async def test_an_outage_is_waited_out_and_looked_at_after_it(witness: Witness) -> None:
    away = StorageUnavailable("gone")
    watch = GenerationWatch(Counted(at(9), away, away, at(8)), witness)
    await watch.check(NOW)
    with pytest.raises(DatabaseOlder):
        await watch.run()


async def test_it_is_noted_at_start_now_and_then_and_at_the_end(witness: Witness) -> None:
    beats = [at(n) for n in range(1, NOTED_EVERY + 4)]
    watch = GenerationWatch(Counted(*beats), witness)
    await watch.check(NOW)
    assert witness.noted("here") == at(1)
    with pytest.raises(EndOfTestError):
        await watch.run()
    assert witness.noted("here") == at(NOTED_EVERY + 1)
    await watch.leave()
    assert witness.noted("here") == at(NOTED_EVERY + 3)


async def test_a_witness_that_cannot_be_written_is_one_alarm_and_no_end(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "no" / "folder" / "witness", lambda: [b"k"])
    watch = GenerationWatch(Counted(*(at(n) for n in range(1, 3 * NOTED_EVERY))), witness)
    with capture_logs() as logs:
        await watch.check(NOW)
        with pytest.raises(EndOfTestError):
            await watch.run()
    assert [one["event"] for one in logs if "alarm" in one] == ["witness.unwritable"]


async def test_a_start_on_an_older_copy_is_refused_and_not_noted(witness: Witness) -> None:
    witness.note(at(9))
    with pytest.raises(DatabaseOlder):
        await GenerationWatch(Counted(at(8)), witness).check(NOW)
    assert witness.noted("here") == at(9)


class Beside(Counted):
    """Another process of the machine beats and notes right after each beat of ours."""

    def __init__(self, witness: Witness, *found: Generation) -> None:
        super().__init__(*found)
        self._witness = witness

    async def follow(self, now: datetime) -> tuple[Generation, int] | None:
        return None

    async def beat(self) -> Generation:
        found = await super().beat()
        self._witness.note(at(found.beats + 5))
        return found


async def test_what_others_note_while_this_one_starts_is_no_restore(witness: Witness) -> None:
    """The crash lab on PostgreSQL, seed 8000: a worker that stood still between its first beat and
    the look at the witness left with exit code 2, "a backup has been put back".
    """
    witness.note(at(1))
    await GenerationWatch(Beside(witness, at(2)), witness).check(NOW)
    assert witness.noted("here") == at(7)
