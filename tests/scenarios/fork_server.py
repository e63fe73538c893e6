"""Starts processes of the product without the seconds that their imports take.

It imports the program once. Its standard input is a socket; an order is one packet: the command,
the environment, and descriptors for the child's standard output, its log, and what is told of it:
its pid, and its exit code when it has ended. The child is forked, leads a group of its own and runs
`python -m …` from there. When the tests are gone, it takes its children along.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

AHEAD = (
    "asyncpg",
    "bot.app.build",
    "bot.cli.maintenance",
    "sandbox.app",
    "storage.engine.postgres",
    "storage.engine.schema",
)
"""Imported for the children; what they run as `__main__` is left to them."""
LONGEST_ORDER = 65536


def child(order: dict[str, Any], output: int, log: int) -> None:
    """Become the command; does not return."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(log, 2)
        os.closerange(3, 1024)
        os.environ.clear()
        os.environ.update(order["environment"])
        program, *arguments = order["command"]
        sys.argv = [program, *arguments]
        runpy.run_module(program, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:  # noqa: BLE001 - as the interpreter itself would
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class ForkServer:
    """`lines` tell those who wait for a child of its end, by its pid."""

    def __init__(self, door: socket.socket) -> None:
        self.lines: dict[int, socket.socket] = {}
        self.door = door

    def start(self) -> bool:
        """Take one order and fork; False when there will be none any more."""
        said, handed, _, _ = socket.recv_fds(self.door, LONGEST_ORDER, 3)
        if not said:
            return False
        output, log, answers = handed
        pid = os.fork()
        if pid == 0:
            child(json.loads(said), output, log)
        os.close(output)
        os.close(log)
        self.lines[pid] = line = socket.socket(fileno=answers)
        line.send(str(pid).encode())
        return True

    def reap(self) -> None:
        """Tell of every child that has ended."""
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                with self.lines.pop(pid) as line, suppress(OSError):
                    line.send(str(os.waitstatus_to_exitcode(status)).encode())

    def close(self) -> None:
        """Take the children along."""
        for pid in self.lines:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)


def main() -> None:
    """Serve until whoever holds the other end of standard input is gone."""
    wakes, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    for name in AHEAD:
        importlib.import_module(name)
    server = ForkServer(socket.socket(fileno=os.dup(0)))
    gc.collect()
    gc.freeze()
    while True:
        ready, _, _ = select.select([0, wakes], [], [])
        if wakes in ready:
            with suppress(BlockingIOError):
                os.read(wakes, 4096)
            server.reap()
        if 0 in ready and not server.start():
            server.close()
            return


if __name__ == "__main__":
    main()
