"""The bot's processes as the lab sees them: started in a group of their own, killed, waited for."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

STARTED_WITHIN, LOOKS_EVERY = 60.0, 0.2


@dataclass
class Process:
    """One process of the bot. `ended` is done with its exit code, negative for a signal; `stopped`
    is set while it stands still, whoever stopped it.
    """

    name: str
    pid: int
    ended: asyncio.Future[int] = field(repr=False)
    stopped: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def send(self, number: int) -> None:
        """Send a signal, unless it is no more."""
        if not self.ended.done():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def stop(self) -> None:
        """Have it stand still, as a machine does that is suspended."""
        self.send(signal.SIGSTOP)

    def wake(self) -> None:
        """Have it go on where it stood."""
        self.stopped.clear()
        self.send(signal.SIGCONT)

    async def kill(self) -> None:
        """End it as a power switch of the process would, and wait until it is gone."""
        self.send(signal.SIGKILL)
        await self.ended


class ForkServer:
    """The process that forks bots from the code in one folder."""

    def __init__(self, code: Path) -> None:
        self._code = code
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._starting: dict[str, asyncio.Future[Process]] = {}
        self._running: dict[int, Process] = {}

    async def open(self) -> None:
        """Import everything; the children come quickly afterwards."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "crashlab.runs.fork_server",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=self._code,
            start_new_session=True,
            env={**_bare(os.environ), "PYTHONPATH": str(self._code)},
        )
        assert self._process.stdout is not None
        first = json.loads(await self._process.stdout.readline() or "{}")
        if first.get("code_of") != str(self._code):
            raise RuntimeError(f"the fork_server runs other code than {self._code}: {first}")
        self._tasks.append(asyncio.create_task(self._read(self._process.stdout)))
        self._tasks.append(asyncio.create_task(self._watch()))

    async def start(
        self,
        command: str,
        name: str,
        environment: Mapping[str, str],
        log: Path,
        *,
        arguments: Sequence[str] = (),
        plainly: bool = False,
    ) -> Process:
        """Fork `myaccount <command> <arguments>`; `plainly` with all its imports, as anybody would
        start it.
        """
        assert self._process is not None
        assert self._process.stdin is not None
        starting = self._starting[name] = asyncio.get_running_loop().create_future()
        order = {
            "command": [command, *arguments],
            "name": name,
            "environment": dict(environment),
            "log": str(log),
            "plainly": plainly,
        }
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return await asyncio.wait_for(starting, STARTED_WITHIN)

    async def close(self) -> None:
        """End it and whatever it still has."""
        for task in self._tasks[1:]:
            task.cancel()
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            # Its pipe ends with the last child of it: nothing is left open then.
            await asyncio.gather(*self._tasks, return_exceptions=True)
            assert self._process.stdin is not None
            self._process.stdin.close()
            with suppress(ConnectionError):
                await self._process.stdin.wait_closed()
            await self._process.wait()

    async def _read(self, lines: asyncio.StreamReader) -> None:
        while line := await lines.readline():
            told = json.loads(line)
            if "started" in told:
                ended = asyncio.get_running_loop().create_future()
                process = Process(told["name"], told["started"], ended)
                self._running[process.pid] = process
                self._starting.pop(process.name).set_result(process)
            elif "stopped" in told:
                self._running[told["stopped"]].stopped.set()
            elif "ended" in told:
                self._running.pop(told["ended"]).ended.set_result(told["code"])

    async def _watch(self) -> None:
        """When it is no more, nobody tells of its children: say that to all who wait for that."""
        assert self._process is not None
        # Its `wait` waits for the pipe as well, which a child that stands still may hold open.
        while self._process.returncode is None:  # noqa: ASYNC110
            await asyncio.sleep(LOOKS_EVERY)
        died = RuntimeError(f"the fork_server ended with {self._process.returncode}")
        for starting in self._starting.values():
            if not starting.done():
                starting.set_exception(died)
        for process in self._running.values():
            if not process.ended.done():
                process.ended.set_exception(died)


def _bare(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without settings of whoever runs the lab."""
    return {name: value for name, value in environment.items() if not name.startswith("MYACCOUNT_")}
