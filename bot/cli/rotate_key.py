"""`myaccount rotate-key`: everything is sealed anew with a new key, while the bot runs.

The new key stands in the key file of every machine, above the present one, before this is run. It
may be ended at any moment and run again: it goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from account.values.durations import boottime
from bot.app import failpoints
from bot.app.build import database_of, read_secrets
from bot.cli.verify_audit import sentence
from bot.ops.clock import SteadyClock
from bot.ops.process_identity import an_owner
from bot.workers.clock_sync import ClockSync
from bot.workers.heartbeat import BEAT_EVERY
from storage.encryption.rotation import Rotation

if TYPE_CHECKING:
    from bot.config.settings import Settings

PATIENCE = 60.0
"""Seconds to wait for running processes: they look every second."""
LOOK_EVERY = 0.5


async def rotate_key(settings: Settings, clock: SteadyClock | None = None) -> int:
    """Change the key, or go on changing it; 1 when a process has not taken it yet."""
    clock = clock or SteadyClock(settings.now)
    stores = await database_of(settings, read_secrets(settings), clock.now())
    failpoints.watch_commits(stores.database, clock)
    try:
        # Who lives, is told by the clock of those who say so.
        await ClockSync(clock, stores.clocks, an_owner()).sync()
        return await _rotate(Rotation(stores), clock)
    finally:
        await stores.close()


async def _rotate(rotation: Rotation, clock: SteadyClock) -> int:
    number = await rotation.announce(clock.now())
    if number is None:
        _say(
            "Nothing to do: the key file holds no key that is new to the database. Put one into it"
        )
        _say("on every machine, above the present one (openssl rand -hex 32).")
        return 0
    # Whoever has just started has said so by then.
    await asyncio.sleep(2 * BEAT_EVERY)
    if not await _taken(rotation, clock, number, writing=False):
        return 1
    await rotation.switch(number, clock.now())
    _say(f"Key {number} is the current one.")
    if not await _taken(rotation, clock, number, writing=True):
        return 1
    done: Counter[str] = Counter()
    async for progress in rotation.reseal():
        done[progress.step] += progress.count
    for step, count in done.items():
        _say(f"Sealed anew, {step}: {count}.")
    verdict = await rotation.seal_history(clock.now())
    await rotation.finish(clock.now())
    if rotation.broken:
        _say(f"{rotation.broken} seals open with no key and were left as they are.")
    if verdict.breach is not None:
        _say(sentence(verdict.breach))
        _say("The history was not sealed by the new key.")
    _say("Done. Remove the other keys from the key file of every machine, and keep them with the")
    _say("backups that were made until now.")
    return 1 if verdict.breach is not None else 0


async def _taken(rotation: Rotation, clock: SteadyClock, number: int, *, writing: bool) -> bool:
    """Wait until every running process holds the key, or writes with it."""
    began = boottime()
    while late := await rotation.behind(number, clock.now(), writing=writing):
        if boottime() - began > PATIENCE:
            _say(f"{len(late)} running processes have not taken key {number}: {', '.join(late)}.")
            _say("Put the new key into the key file of their machines and run this once more.")
            return False
        await asyncio.sleep(LOOK_EVERY)
    return True


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the answer of a command
