"""Blocks as messages for the child that writes the file: a table comes page by page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from documents.layout import style
from documents.layout.blocks import (
    Block,
    Column,
    Enclosed,
    Facts,
    Foot,
    FormHead,
    NextPaper,
    NextPart,
    Prose,
    Signatures,
    Table,
    Title,
    told,
)

if TYPE_CHECKING:
    from account.documents.kinds import DocumentFormat
    from account.documents.orders import Progress
    from account.values.clock import Clock

TELL_EVERY = timedelta(seconds=1)
PAGE = 100
"""Rows in one message to the child: to word more would hold the event loop up."""


class Counted:
    """How many rows go to the child, told to whoever waits about once a second."""

    def __init__(self, clock: Clock, progress: Progress | None) -> None:
        self.rows = 0
        self._clock = clock
        self._progress = progress
        self._told = clock.now()

    async def add(self, rows: int) -> None:
        """So many more. Raises what the progress raises."""
        self.rows += rows
        now = self._clock.now()
        if self._progress is not None and now - self._told >= TELL_EVERY:
            self._told = now
            await self._progress(self.rows, 0)


async def frames_of(
    block: Block[Any], counted: Counted, form: DocumentFormat
) -> AsyncIterator[dict[str, Any]]:
    """A block as the child reads it; a table comes page by page."""
    match block:
        case Title(text, note):
            yield {"title": text, "note": note}
        case Facts(lines, across):
            yield {"facts": [list(line) for line in lines], "across": across}
        case FormHead():
            yield {"head": asdict(block)}
        case Prose(lines, strong):
            yield {"prose": list(lines), "strong": strong}
        case Foot(text):
            yield {"foot": text}
        case Enclosed():
            yield {"enclosed": asdict(block)}
        case Signatures(sides):
            yield {"signatures": [list(side) for side in sides], **_words_of(block)}
        case NextPart(name):
            yield {"next": name}
        case NextPaper(foot):
            yield {"paper": foot}
        case Table():
            async for frame in _rows(block, counted, style.PRINTED.get(form.value)):
                yield frame


def _words_of(block: Signatures) -> dict[str, Any]:
    return {"words": list(block.words), "places": list(block.places), "day": block.day}


async def _rows(
    table: Table[Any], counted: Counted, room: int | None
) -> AsyncIterator[dict[str, Any]]:
    """A table's frames. Of rows that have no `room` only their number and sums are told."""
    columns: Sequence[Column[Any]] = table.columns
    yield {
        "table": [[column.heading, column.kind.value, column.width] for column in columns],
        "caption": table.caption,
        "wrapped": table.wrapped,
    }
    sums = [0] * len(columns)
    kinds = [(place, column.kind, column.value) for place, column in enumerate(columns)]
    added = [place for place, column in enumerate(columns) if column.total is True]
    async for page in _paged(table.rows):
        there = page if room is None else page[:room]
        rows = [[told(kind, value(row)) for _, kind, value in kinds] for row in there]
        for place in added:
            sums[place] += sum(one for row in rows if isinstance(one := row[place], int))
        # A summary of the rows is no more rows.
        await counted.add(0 if table.wrapped else len(page))
        if rows:
            yield {"rows": rows}
        if room is None:
            continue
        room -= len(rows)
        if beyond := page[len(rows) :]:
            for place in added:
                _, kind, value = kinds[place]
                figures = (told(kind, value(row)) for row in beyond)
                sums[place] += sum(one for one in figures if isinstance(one, int))
            yield {"beyond": len(beyond)}
    if table.total:
        totals: list[str | int | None] = [
            told(column.kind, column.total()) if callable(column.total) else None
            for column in columns
        ]
        for place in added:
            totals[place] = sums[place]
        totals[0] = table.total
        yield {"totals": totals}
    else:
        yield {"totals": None}


async def _paged(
    rows: Iterable[Any] | AsyncIterable[Sequence[Any]],
) -> AsyncIterator[Sequence[Any]]:
    if isinstance(rows, AsyncIterable):
        async for page in rows:
            for begin in range(0, len(page), PAGE):
                yield page[begin : begin + PAGE]
                await asyncio.sleep(0)
        return
    there = list(rows)
    for begin in range(0, len(there), PAGE):
        yield there[begin : begin + PAGE]
        await asyncio.sleep(0)
