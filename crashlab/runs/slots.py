"""Places for processes, one after the other in each, and the settings they are started with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from crashlab.runs.processes import Process
from crashlab.world.network import Network
from crashlab.world.outside import SECRET


@dataclass
class Slot:
    """A place for one process after the other. `port` is where its webhook listens, `network` its
    way to the database where that can be cut.
    """

    name: str
    command: str
    port: int = 0
    lives: int = 0
    network: Network | None = field(default=None, repr=False)
    process: Process | None = field(default=None, repr=False)
    idle: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    """Set while it waits before it starts the next one."""

    def environment(self, url: str, key: Path, longest: int) -> dict[str, str]:
        """The settings of its processes, but for where the world is."""
        told = {
            "MYACCOUNT_DATABASE_URL": self.network.through if self.network else url,
            "MYACCOUNT_SECRET_KEY_FILE": str(key),
            "MYACCOUNT_CARRIER_TIMEOUT_SECONDS": "1",
            "MYACCOUNT_CARRIER_LONGEST_SECONDS": str(longest),
            "MYACCOUNT_LOG_LEVEL": "WARNING",
            "MYACCOUNT_METRICS_PORT": "0",
            # Lists come to their end within a round.
            "MYACCOUNT_BACKGROUND_CALLS_PER_SECOND": "200",
            "MYACCOUNT_TRANSFER_MOST_A_DAY": "1000000000",
            "MYACCOUNT_TRANSFER_CODE_FROM": "1000000000",
            # Nobody logs in again, whatever a clock that is set makes of the time since they did.
            "MYACCOUNT_SESSION_IDLE_MINUTES": "1440",
            "MYACCOUNT_SESSION_MINUTES": "1440",
        }
        if self.port:
            told |= {
                "MYACCOUNT_WEBHOOK_URL": f"http://127.0.0.1:{self.port}/hook",
                "MYACCOUNT_WEBHOOK_SECRET": SECRET,
                "MYACCOUNT_WEBHOOK_PORT": str(self.port),
            }
        return told
