"""How much time has passed, over several processes, suspends, and clocks that are set.

All processes on one database go by one clock: the server's, and on SQLite the wall clock of the
machine that they share. Each holds it against its own CLOCK_BOOTTIME every second. Where the two
part, the clock has stepped: then nobody knows how much of a waiting time has passed, and all that
is decided by one begins anew. A step makes nothing come sooner, and nothing much later.
"""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from bot.ops.clock import SteadyClock
    from storage.stores.clocks import ClockRows, Reading

log = structlog.get_logger(__name__)

AHEAD = timedelta(seconds=10)
"""By how much a moment is later than now only where the clock went back since."""
STEP = 2.0
"""Seconds by which a clock may part from CLOCK_BOOTTIME before it has stepped."""
SLIGHTLY_OFF, OFF = 1.0, 5.0
"""Seconds by which clocks may differ: from the first on it is said, beyond the second it counts."""
DATES_ARE_WHOLE = 1.0
LIVES_FOR = timedelta(seconds=3)
SETTLED_AFTER = 15.0
"""Seconds after a step when nobody writes moments of the old time any more."""
SAID_EVERY = 60.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class ClockSync:
    """The port `ElapsedTime`, and whether this process's time is fit to decide by.

    `stepped` is called after a step was seen. Methods that ask the database raise
    `StorageUnavailable`.
    """

    def __init__(
        self,
        clock: SteadyClock,
        rows: ClockRows,
        owner: str,
        *,
        boot_id: str | None = None,
        stepped: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._rows = rows
        self._owner = owner
        self._boot_id = _boot_id() if boot_id is None else boot_id
        self.stepped = stepped
        self._begun = False
        self._step_seen: str | None = None
        self._waits_from: datetime | None = None
        self._syncing = asyncio.Lock()
        self._unsettled: list[tuple[float, timedelta]] = []
        self._off: str | None = None
        self._telegram_is_off = False
        self._telegram_stepped = False
        self._ahead_of_telegram: float | None = None
        self._said: dict[str, float] = {}

    @property
    def fit(self) -> bool:
        """Whether this process may claim work: its clock is that of the others."""
        return self._off is None

    @property
    def well(self) -> bool:
        """Whether clocks agree, Telegram's among them."""
        return self.fit and not self._telegram_is_off

    async def beat(self) -> None:
        """Compare, and say what this process has declared: to be called every second."""
        await self.sync()
        await self._settle()
        if self.fit:
            await self._rows.declare(self._owner, self._clock.declared, self._clock.raw())

    async def sync(self) -> None:
        """Compare with the clock that counts, and go by it."""
        # One after another: of two readings the older one must not be taken for a step back.
        async with self._syncing:
            await self._sync()

    async def _sync(self) -> None:
        clock = self._clock
        asked = clock.boot()
        reading = await self._rows.read(self._boot_id, self._owner, clock.raw() - LIVES_FOR)
        if reading.raw is None:
            asked, told = clock.boot(), clock.wall()
        else:
            told = reading.raw.timestamp()
        answered = clock.boot()
        unsure = (answered - asked) / 2
        offset = told - (asked + answered) / 2
        seen = self._step_seen or ("" if self._begun else None)
        if reading.step is not None and reading.stepped_at is not None:
            self._wait_from(reading.step, reading.stepped_at)
        expected = self._expected(reading)
        if expected is None or self._telegram_stepped or abs(offset - expected) > STEP + unsure:
            await self._step(reading, offset, expected, seen)
        elif not self._begun:
            clock.offset = offset
        elif (surely := abs(offset - clock.offset) - unsure) > 0:
            clock.offset += math.copysign(surely, offset - clock.offset)
        self._begun = True
        # With the time itself, and not before it: nobody claims by any other.
        self._rows.go_by(self._step_seen)
        if reading.zero is None or abs(offset - reading.zero.timestamp()) > SLIGHTLY_OFF:
            await self._rows.keep(self._boot_id, datetime.fromtimestamp(offset, UTC))
        self._compare(reading)

    async def since(self, moment: datetime) -> timedelta:
        """How long it surely is since then, by no clock that was set meanwhile; else nothing."""
        await self.sync()
        if not self.fit:
            return timedelta(0)
        now, begun = self._clock.now(), max(moment, self._waits_from or moment)
        if self._waits_from is not None and moment - now > AHEAD:
            # Of the time before the clock went back: it was before that.
            begun = self._waits_from
        return max(now - begun, timedelta(0))

    def telegram_said(self, date: str | None) -> None:
        """Compare with the `Date` of an answer that has just come."""
        told = _seconds_of(date)
        if told is None:
            return
        ahead = self._clock.raw().timestamp() - told
        before, self._ahead_of_telegram = self._ahead_of_telegram, ahead
        self._telegram_is_off = abs(ahead) > OFF + DATES_ARE_WHOLE
        if self._telegram_is_off:
            self._say("clock.off", "this machine's clock differs from Telegram's", ahead)
        elif abs(ahead) > SLIGHTLY_OFF + DATES_ARE_WHOLE:
            self._say("clock.slightly_off", None, ahead)
        if before is not None and abs(ahead - before) > OFF:
            # Both may have stepped alike, as in a machine that was stopped as a whole.
            self._telegram_stepped = True
            self.stepped()

    def _expected(self, reading: Reading) -> float | None:
        """Where the clock must stand at `boottime` zero; None when nobody can know."""
        if self._begun:
            return self._clock.offset
        if reading.zero is not None:
            return reading.zero.timestamp()
        # Nobody ran on this machine since it was started: another one may have kept the time.
        return self._clock.offset if reading.declared is not None else None

    async def _step(
        self, reading: Reading, offset: float, expected: float | None, seen: str | None
    ) -> None:
        """Go by the new time; whatever waits, waits anew.

        It is noted first: while the database cannot be told, the old time goes on.
        """
        clock = self._clock
        at = datetime.fromtimestamp(clock.boot() + offset, UTC)
        if expected is not None:
            by = timedelta(seconds=offset - expected)
        else:
            # Nobody can know, but the clock has surely gone back where somebody lived later.
            lived_at = reading.lived_at or at
            by = min(at - lived_at, timedelta(0)) if lived_at - at > AHEAD else timedelta(0)
        step = secrets.token_hex(8)
        await self._rows.stepped(step, at, by, at + clock.declared, seen=seen)
        clock.offset = offset
        self._telegram_stepped = False
        self._wait_from(step, at)
        self._unsettled.append((clock.boot() + SETTLED_AFTER, by))
        if expected is not None:
            alarm = "the clock was set; what waits, waits anew"
            log.error("clock.stepped", alarm=alarm, by=by.total_seconds())
        self.stepped()

    async def _settle(self) -> None:
        """Steps that are old enough move what was written before them (`ClockRows.settle`)."""
        while self._unsettled and self._clock.boot() >= self._unsettled[0][0]:
            await self._rows.settle(self._unsettled[0][1], self._clock.now())
            self._unsettled.pop(0)

    def _wait_from(self, step: str, stepped_at: datetime) -> None:
        """Whatever waits, waits from that step on; told again it does not begin anew."""
        if step != self._step_seen:
            self._step_seen = step
            self._waits_from = stepped_at + self._clock.declared

    def _compare(self, reading: Reading) -> None:
        """Whether this process has the time of the others."""
        clock = self._clock
        declared = reading.declared
        differs = declared is not None and abs(declared - clock.declared).total_seconds() > OFF
        ahead = clock.parted()
        if differs and clock.declared:
            self._off = "another process goes by another time (MYACCOUNT_NOW)"
        elif abs(ahead) > OFF:
            self._off = "this machine's clock differs from the database's"
        else:
            self._off = None
        if self._off is not None:
            self._say("clock.off", self._off + ": this process takes no work", ahead)
        elif abs(ahead) > SLIGHTLY_OFF:
            self._say("clock.slightly_off", None, ahead)

    def _say(self, event: str, alarm: str | None, seconds: float) -> None:
        """Say it once a minute."""
        now = self._clock.boot()
        if now - self._said.get(event, -SAID_EVERY) < SAID_EVERY:
            return
        self._said[event] = now
        if alarm is None:
            log.warning(event, seconds=round(seconds, 1))
        else:
            log.error(event, alarm=alarm, seconds=round(seconds, 1))


async def differences(clock: SteadyClock, rows: ClockRows, date: str | None) -> dict[str, float]:
    """By how many seconds this machine's clock is ahead of the others that can be asked.

    `date` is that of an answer of Telegram's which has just come. Raises `StorageUnavailable`.
    """
    reading = await rows.read(_boot_id(), "", clock.raw())
    now = clock.raw()
    told = {} if reading.raw is None else {"the database": (now - reading.raw).total_seconds()}
    if (ahead := ahead_of(date, now)) is not None:
        told["Telegram"] = ahead
    return told


def ahead_of(date: str | None, now: datetime) -> float | None:
    """By how many seconds `now` is ahead of an answer's `Date`, which is cut to whole seconds."""
    seconds = _seconds_of(date)
    if seconds is None:
        return None
    ahead = now.timestamp() - seconds
    return max(0.0, ahead - DATES_ARE_WHOLE) if ahead > 0 else ahead


def _seconds_of(date: str | None) -> float | None:
    try:
        return parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return None


def _boot_id() -> str:
    """What this start of the machine is called by Linux; elsewhere none is like another."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
