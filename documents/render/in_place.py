"""Files of blocks made where they are read: by the renderer of a process that does nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from documents.layout.blocks import Block, Layout
from documents.render.frames import Counted, frames_of
from documents.render.pool import Printed
from documents.render.worker import writer_of

if TYPE_CHECKING:
    from account.documents.kinds import DocumentFormat
    from account.documents.orders import Progress
    from account.values.clock import Clock
    from documents.text.marker import Words


class Renderer(Protocol):
    """What makes a file of blocks, and knows the words of each language."""

    def say(self, language: str, text: str) -> str:
        """One of the documents' own texts in that language."""

    async def make(
        self,
        blocks: Sequence[Block[Any]],
        layout: Layout,
        form: DocumentFormat,
        progress: Progress | None = None,
    ) -> Printed:
        """The file. Raises `DocumentNotMade`, and what reading the rows and `progress` raise."""


class InPlace:
    """The `Renderer` without a child; while a page is set the event loop stands still."""

    def __init__(self, words: Words, clock: Clock) -> None:
        self._words = words
        self._clock = clock

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
        """The file. Raises what reading the rows, writing them and `progress` raise."""
        counted = Counted(self._clock, progress)
        writer = writer_of(form.value, asdict(layout))
        for block in blocks:
            async for frame in frames_of(block, counted, form):
                writer.take(frame)
        content, parts, rows = writer.finish()
        if progress is not None:
            await progress(rows, counted.rows)
        return Printed(content, rows, parts)
