"""Where files are made: a few child processes beside the event loop (G-15).

Setting a page or drawing a picture takes a whole core for a second and hundreds of megabytes, so it
is done by a child of its own, which knows no secret, is ended when it has grown or served long
enough, and whose death is one failed job and nothing else. Rows go to it page by page: what the
operator has not sent yet is nowhere, and what was sent is in the file.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from account.documents.document import LARGE
from account.errors import DocumentNotMade
from documents.layout.blocks import Block, Layout
from documents.render.frames import Counted, frames_of
from documents.render.temp_dir import TempDir, swept

if TYPE_CHECKING:
    from account.documents.kinds import DocumentFormat
    from account.documents.orders import Progress
    from account.values.clock import Clock
    from documents.text.marker import Words

PROGRAM = "documents.render.worker"
CHILDREN, IDLE = 4, 2
"""So many at most, and so many that are kept when there is nothing to do."""
GENTLE = 10
"""By so much a child lets others go first (nice(2)) once its job is known to be large."""
JOBS_A_LIFE = 50
GROWN = 400 * 1024 * 1024
"""Bytes of memory at which a child is let go after its job."""
EXPECTS = 300.0
"""Seconds that a child which was begun for a likely job waits for it."""
PATIENCE = 120.0
"""Seconds a child may take for one answer, and for taking one page."""
_LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished file with so many rows of data; what no file has room for does not count.

    `parts` above 1: a ZIP of that many workbooks.
    """

    content: bytes
    rows: int
    parts: int = 1


class RenderPool:
    """Makes files of blocks, and pictures of charts; a few at a time, the others wait.

    Raises `DocumentNotMade` when the child died, hung or failed: nothing was made, and the next
    job gets a new child.
    """

    def __init__(
        self,
        words: Words,
        clock: Clock,
        *,
        children: int = CHILDREN,
        gentle: bool = False,
        program: str = PROGRAM,
        kept: int = IDLE,
    ) -> None:
        self._program = program
        self._kept = kept
        self._words = words
        self._gentle = gentle
        self._clock = clock
        self._room = asyncio.Semaphore(children)
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._beginning = asyncio.Lock()
        self._expecting: set[asyncio.Task[None]] = set()
        swept()

    def say(self, language: str, text: str) -> str:
        """One of the documents' own texts in that language."""
        return self._words(language, text)

    async def make(
        self,
        blocks: Sequence[Block[Any]],
        layout: Layout,
        form: DocumentFormat,
        progress: Progress | None = None,
    ) -> Printed:
        """The file. Raises `DocumentNotMade`, and what reading the rows and `progress` raise."""
        counted = Counted(self._clock, progress)
        async with self.child() as child:
            await child.send({"job": form.value, "layout": asdict(layout)})
            for block in blocks:
                async for frame in frames_of(block, counted, form):
                    await child.send(frame)
                    if counted.rows >= LARGE[form] and not self._gentle and await child.give_way():
                        await self._another()
            answer, content = await child.answer({"end": True})
        if progress is not None:
            await progress(int(answer["rows"]), counted.rows)
        return Printed(content, int(answer["rows"]), int(answer["parts"]))

    async def picture(self, chart: dict[str, Any], language: str) -> bytes:
        """A PNG of a chart that `documents.render.charts` has described. Raises
        `DocumentNotMade`.
        """
        async with self.child() as child:
            _, content = await child.answer({"job": "png", "chart": chart, "language": language})
        return content

    async def close(self) -> None:
        """End the children; whoever waits for one gets `DocumentNotMade`."""
        for expecting in self._expecting:
            expecting.cancel()
        await asyncio.gather(*self._expecting, return_exceptions=True)
        for child in [*self._idle, *self._busy]:
            await child.end()
        self._idle.clear()

    @asynccontextmanager
    async def child(self) -> AsyncIterator[Child]:
        """A child for one job; one that is left by an exception is ended."""
        async with self._room:
            child = await self._ready()
            self._busy.add(child)
            try:
                yield child
            except BaseException:
                await child.end()
                raise
            finally:
                self._busy.discard(child)
            if child.worn or len(self._idle) >= self._kept:
                await child.end()
            else:
                self._idle.append(child)

    def expect(self) -> None:
        """A job is likely: a child for it begins now, unless one waits already.

        Nothing is waited for here. Without a job it ends after `EXPECTS` seconds.
        """
        if not self._idle:
            expecting = asyncio.get_running_loop().create_task(self._expect(), name="child")
            self._expecting.add(expecting)
            expecting.add_done_callback(self._expecting.discard)

    async def _expect(self) -> None:
        async with self._beginning:
            if self._idle:
                return
            try:
                child = await Child.born(self._program)
            except DocumentNotMade:
                # The job will say so, if it comes.
                return
            self._idle.append(child)
        await asyncio.sleep(EXPECTS)
        if child in self._idle and child.unused:
            self._idle.remove(child)
            await child.end()

    async def _ready(self) -> Child:
        """A child that waits, unless it died meanwhile, or a new one."""
        # One that is beginning is waited for.
        async with self._beginning:
            while self._idle:
                child = self._idle.pop()
                if child.lives:
                    return child
                await child.end()
            child = await Child.born(self._program)
        if self._gentle:
            await child.send({"nice": GENTLE})
        return child

    async def _another(self) -> None:
        """A child for the next small file, since the one that was there is taken for long."""
        if self._idle:
            return
        child = await Child.born(self._program)
        # Nothing comes in between: what is told first is written at once.
        self._idle.append(child)
        await child.send({"load": ["xlsx", "pdf"]})

    @asynccontextmanager
    async def gentle(self) -> AsyncIterator[RenderPool]:
        """A pool for a set of many files: its one child lets others have the cores first.

        It is there for as long as the block runs.
        """
        pool = RenderPool(self._words, self._clock, children=1, gentle=True)
        try:
            yield pool
        finally:
            await pool.close()


class Child:
    """One child process; lines of JSON go in, a line and the bytes of a file come out."""

    def __init__(self, process: Process, scratch: TempDir) -> None:
        self._process = process
        self._scratch = scratch
        self._jobs = 0
        self._gentle = False
        self.worn = False

    @classmethod
    async def born(cls, program: str) -> Child:
        """Start one. Raises `DocumentNotMade`."""
        scratch = TempDir()
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", program),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                limit=_LONGEST_LINE,
                # Nothing of ours: no token, no key, no database.
                env={"PYTHONUTF8": "1", "PATH": os.defpath, "TMPDIR": str(scratch.path)},
                # Ctrl-C is for us: what is being made is finished first. No session of its own: by
                # sessions the kernel shares the cores out, and who gives way would not (autogroup).
                process_group=0,
            )
        except OSError as error:
            scratch.clear()
            raise DocumentNotMade(type(error).__name__) from None
        except BaseException:
            scratch.clear()
            raise
        return cls(process, scratch)

    @property
    def lives(self) -> bool:
        """It has not ended by itself, or been killed."""
        # The end of its output is seen before the end of the process.
        said = self._process.stdout
        return self._process.returncode is None and said is not None and not said.at_eof()

    @property
    def unused(self) -> bool:
        """It has had no job."""
        return not self._jobs

    async def send(self, frame: dict[str, Any], body: bytes = b"") -> None:
        """A line, and the bytes that it announces. Raises `DocumentNotMade`."""
        assert self._process.stdin is not None
        try:
            async with asyncio.timeout(PATIENCE):
                self._process.stdin.write(json.dumps(frame).encode() + b"\n" + body)
                await self._process.stdin.drain()
        except (OSError, TimeoutError) as error:
            raise DocumentNotMade(type(error).__name__) from None

    async def give_way(self) -> bool:
        """Let others have the cores first; for good, so it is this child's last job.

        False when it does so already.
        """
        if self._gentle:
            return False
        self._gentle = True
        await self.send({"nice": GENTLE})
        return True

    async def answer(self, frame: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Send the last line, and what comes back. Raises `DocumentNotMade`."""
        await self.send(frame)
        said = await self.line()
        content = await self.content(int(said["bytes"]))
        self.served(int(said["memory"]))
        return said, content

    async def line(self) -> dict[str, Any]:
        """What it says next. Raises `DocumentNotMade`, also when it says that it failed."""
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(PATIENCE):
                line = await self._process.stdout.readline()
            said: dict[str, Any] = json.loads(line) if line else {"failed": "ended"}
        except (OSError, TimeoutError, ValueError) as error:
            raise DocumentNotMade(type(error).__name__) from None
        if "failed" in said:
            raise DocumentNotMade(str(said["failed"])[:200])
        return said

    async def content(self, size: int) -> bytes:
        """So many bytes behind a line. Raises `DocumentNotMade`."""
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._process.stdout.readexactly(size)
        except (OSError, TimeoutError, EOFError) as error:
            raise DocumentNotMade(type(error).__name__) from None

    def served(self, memory: int, *, worn: bool = False) -> None:
        """One job is done; it has had `memory` bytes at most, and serves no other when `worn`."""
        self._jobs += 1
        spent = self._jobs >= JOBS_A_LIFE or memory > GROWN
        self.worn = spent or worn or self._gentle

    async def end(self) -> None:
        """Kill it; it holds nothing that is wanted."""
        with suppress(ProcessLookupError):
            self._process.kill()
        with suppress(OSError):
            await self._process.communicate()
        self._scratch.clear()
