"""What every room of the sandbox shares: where state lives, what time it is, what goes wrong."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from aiohttp import web

from sandbox.faults import Faults


class WorldClock:
    """A clock that may start at any moment, runs on from it, and can be moved by a test."""

    def __init__(self, start: datetime | None = None) -> None:
        self._offset = timedelta(0) if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        """The world's time, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def timestamp(self) -> float:
        """The world's time in Unix seconds."""
        return time.time() + self._offset.total_seconds()

    def set(self, moment: datetime) -> None:
        """Make it `moment` (aware) now."""
        self._offset = moment - datetime.now(UTC)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        self._offset += timedelta(seconds=seconds)


@dataclass
class World:
    """One outside world. `data` is where its databases and files are kept between runs."""

    data: Path
    clock: WorldClock = field(default_factory=WorldClock)
    faults: Faults = field(default_factory=Faults)
    numbers: int | None = None
    """Size of the extra company with lazily made numbers; None when there is none."""
    companies: int = 1
    """How many companies share those numbers, at most 16."""
    seed: int = 1
    dialect: str = "kcell"
    """How the operator speaks: a name of `sandbox.operator.dialects.DIALECTS`."""
    awkward: int | None = None
    """Seed of the odd rows that the operator mixes into its answers; None for none."""
    newcomers: bool = False
    """Whether the first people are there from the start."""
    http_url: str = ""
    """Where the sandbox answers, e.g. `http://127.0.0.1:8080`; set when the port is known."""
    smtp_port: int = 0
    """Where the mail server listens on loopback; 0 until it does, then the port chosen."""


class Routes(Protocol):
    """One part of the outside world: Telegram, the operator, the post.

    Rooms are made by `async def open_<room>(world) -> Room`, which may open databases but starts
    nothing. They are composed into one application on one port by `sandbox.app`.
    """

    @property
    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """What this room answers; asked once, before anything starts."""

    async def start(self) -> None:
        """Begin background work and servers of its own. `world.http_url` is known by now."""

    async def close(self) -> None:
        """Stop all that was begun, wait for it, and leave everything answered on the disk."""
