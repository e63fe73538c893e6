"""Starts processes of the product without the seconds that their imports take.

It imports the program once; whoever wants a process connects and sends one packet: the command, the
environment, and the descriptors for its standard output and its log. The child is forked, leads a
group of its own and runs `python -m …` from there. Answered are its pid and, when it has ended, its
exit code. When the tests are gone, it takes its children along.
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

AHEAD = ("asyncpg", "bot.app", "bot.upkeep", "sandbox.app", "storage.postgres", "storage.schema")
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


class Nursery:
    """`lines` are the connections of those who wait for a child, by its pid."""

    def __init__(self, address: str) -> None:
        self.lines: dict[int, socket.socket] = {}
        self.door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.door.bind(address)
        self.door.listen()

    def start(self) -> None:
        """Take one order and fork."""
        line, _ = self.door.accept()
        said, handed, _, _ = socket.recv_fds(line, LONGEST_ORDER, 2)
        pid = os.fork()
        if pid == 0:
            child(json.loads(said), *handed)
        for descriptor in handed:
            os.close(descriptor)
        self.lines[pid] = line
        line.send(str(pid).encode())

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


def main(address: str) -> None:
    """Serve until standard input ends."""
    wakes, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    for name in AHEAD:
        importlib.import_module(name)
    nursery = Nursery(address)
    door = nursery.door.fileno()
    gc.collect()
    gc.freeze()
    os.write(1, b"ready\n")
    while True:
        ready, _, _ = select.select([0, wakes, door], [], [])
        if wakes in ready:
            with suppress(BlockingIOError):
                os.read(wakes, 4096)
            nursery.reap()
        if 0 in ready and not os.read(0, 1):
            nursery.close()
            return
        if door in ready:
            nursery.start()


if __name__ == "__main__":
    main(sys.argv[1])
