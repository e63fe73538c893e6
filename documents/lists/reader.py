"""Reads files with lists of numbers, each in a child process of its own (B-6)."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec

from account.errors import ListFileFault, ListFileRefused
from account.lists.label_list import LabelList
from account.lists.list_file import MOST_BYTES, ListFile
from documents.lists.answer import LABELS, decoded, decoded_labels

Answered = TypeVar("Answered")

PATIENCE = 60.0
"""Seconds for a file on a machine that has others to serve: what bounds a file that takes too much
is the child's own processor time (`documents.lists.worker`)."""
AT_ONCE = 2
CHILD = ("-m", "documents.lists.worker")


class ListFileReader:
    """Reads files; two at once, the others wait. A child that dies is a file that is too large."""

    def __init__(self, *, patience: float = PATIENCE, program: Sequence[str] = CHILD) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._patience = patience
        self._program = program

    async def read(self, content: bytes) -> ListFile:
        """What the file lists. Raises `ListFileRefused`."""
        return await self._read(content, decoded)

    async def read_labels(self, content: bytes) -> LabelList:
        """What the file says of labels. Raises `ListFileRefused`."""
        return await self._read(content, decoded_labels, (LABELS,))

    async def _read(
        self,
        content: bytes,
        decoding: Callable[[bytes], Answered | ListFileFault],
        told: Sequence[str] = (),
    ) -> Answered:
        if len(content) > MOST_BYTES:
            raise ListFileRefused(ListFileFault.LARGE)
        async with self._room:
            answer = await self._answer(content, told)
        try:
            said = decoding(answer)
        except (msgspec.DecodeError, ValueError):
            # It ended before it had answered: by a signal, for its memory or its time.
            raise ListFileRefused(ListFileFault.LARGE) from None
        if isinstance(said, ListFileFault):
            raise ListFileRefused(said)
        return said

    async def _answer(self, content: bytes, told: Sequence[str]) -> bytes:
        """What the child says; nothing when it was ended."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._program,
            *told,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            # Nothing of ours: no token, no key, no database.
            env={"PYTHONUTF8": "1", "PATH": os.defpath},
            # Ctrl-C is for us. No session of its own: by sessions the kernel shares the cores out,
            # and who gives way would not (autogroup).
            process_group=0,
        )
        try:
            async with asyncio.timeout(self._patience):
                answer, _ = await process.communicate(content)
        except TimeoutError:
            return b""
        finally:
            await _ended(process)
        return answer


async def _ended(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
