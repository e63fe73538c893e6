"""A message centre of npm's package `smpp` in a process of its own, told by lines of JSON."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NODE = shutil.which("node")
PACKAGES = HERE.parents[1] / "npm" / "node_modules"
PATIENCE = 20.0

needs_npm = pytest.mark.skipif(
    NODE is None or not (PACKAGES / "smpp").is_dir(), reason="no smpp of npm's here"
)


class MessageCentre:
    """What it saw is in `seen`, in its order."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.seen: list[dict[str, Any]] = []
        self.port = 0
        self._news = asyncio.Condition()

    async def listen(self) -> None:
        """Take down what it says, until its end."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            async with self._news:
                self.seen.append(json.loads(line))
                self._news.notify_all()

    async def until(self, wanted: Callable[[dict[str, Any]], object], count: int = 1) -> Any:
        """The `count`th thing it saw that is wanted."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: sum(map(bool, map(wanted, self.seen))) >= count)
        return [one for one in self.seen if wanted(one)][count - 1]

    async def order(self, **what: Any) -> None:
        """Have it follow that rule from now on, or do that."""
        assert self._process.stdin is not None
        done = sum("done" in one for one in self.seen)
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        await self._process.stdin.drain()
        await self.until(lambda one: "done" in one, done + 1)


@asynccontextmanager
async def a_centre(tls_folder: Path | None = None) -> AsyncIterator[MessageCentre]:
    """One that listens on a port of its own; with TLS where there is a folder of its keys."""
    assert NODE is not None
    process = await asyncio.create_subprocess_exec(
        NODE,
        str(HERE / "centre.js"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"NODE_PATH": str(PACKAGES), "PATH": "", "TLS_FOLDER": str(tls_folder or "")},
    )
    centre = MessageCentre(process)
    listening = asyncio.create_task(centre.listen())
    try:
        centre.port = (await centre.until(lambda one: "port" in one))["port"]
        yield centre
    finally:
        process.kill()
        await process.wait()
        await listening
