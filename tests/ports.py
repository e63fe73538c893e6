"""A port of loopback for who has to say it before the program that listens on it begins.

Not one of those that the system gives to whoever connects: such a port, free when it was asked for,
may be the other end of somebody's connection a moment later. Each test process has a block of its
own, and gives each port once.
"""

from __future__ import annotations

import itertools
import os
import socket

FIRST, EACH, PROCESSES = 12_000, 1_000, 20
"""The system gives those from 32,768 on (Linux: `net.ipv4.ip_local_port_range`)."""

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PROCESSES
_next = itertools.count(os.getpid())


def free_port() -> int:
    """One that nobody listens on, and that is given to nobody else in this run."""
    for _ in range(EACH):
        port = FIRST + _worker * EACH + next(_next) % EACH
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError("no port of loopback is free")
