"""Durations inside one process, by a clock that nobody sets and that a machine's sleep counts on.

`time.monotonic` stands still while Linux is suspended, and the wall clock may be set at any time:
neither may decide how long ago something was.
"""

from __future__ import annotations

import time

_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Only Linux tells the two apart."""


def boottime() -> float:
    """Seconds since the machine was started, those of its sleep included."""
    return time.clock_gettime(_BOOTTIME)
