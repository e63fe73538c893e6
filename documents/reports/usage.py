"""Usage details of one number as a workbook (S13, G-15).

Rows flow from the operator's pages through a thread into the file; neither the event loop nor
memory ever holds the whole report. What is too long for one workbook goes on in another, and they
come in one archive.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import timedelta
from mmap import mmap
from typing import IO, TYPE_CHECKING, TypeAlias, TypeVar, cast
from zipfile import ZIP_DEFLATED, ZipFile

from account.chapters.usage import UsageRecord
from account.documents.orders import MadeFile
from documents.render.read_ahead import refuse_parts
from documents.render.temp_file import TempFile
from documents.reports.usage_rows import Tally, asked, stem
from documents.reports.usage_workbook import Ends, UsageBook

if TYPE_CHECKING:
    from account.chapters.usage import Usage, UsageRecords
    from account.documents.document import Document
    from account.documents.orders import Progress
    from account.values.clock import Clock
    from documents.text.marker import Words

Page: TypeAlias = tuple[UsageRecord, ...]
Made = TypeVar("Made")

TELL_EVERY = timedelta(seconds=1)
PART = 500_000
"""Records in one workbook: office programs on telephones open no more."""
LONGEST = 1_000_000
"""Records in all workbooks together: a Telegram document ends at 50 MB."""
_PIECE = 1 << 20


class UsageWorkbook:
    """Makes the XLSX of usage details: the `workbook` of a `RenderContext`.

    Has threads of its own, so that documents wait for each other and never for anything else, nor
    anything else for them.
    """

    def __init__(
        self, usage: Usage | UsageRecords, clock: Clock, words: Words, *, threads: int = 2
    ) -> None:
        self._usage = usage
        self._clock = clock
        self._words = words
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="workbook")

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def make(self, document: Document, progress: Progress) -> MadeFile | None:
        """The workbook, or None when the period has no records (G-16).

        Raises `CarrierUnavailable`, and `ClaimLost` out of `progress`.
        """
        query = asked(document)
        tally = Tally()
        async with aclosing(
            self._usage.stream(document.order.company_id, query, tally.unreadable)
        ) as pages:
            ahead = _Ahead(pages)
            if not await ahead.read():
                refuse_parts(tally.unreadable)
                return None
            told = self._clock.now()

            async def tell() -> None:
                nonlocal told
                now = self._clock.now()
                if now - told >= TELL_EVERY:
                    told = now
                    await progress(tally.records, 0)

            archive: _Archive | None = None
            part: bytes | mmap = b""
            room = LONGEST
            while ahead.page and room:
                book = UsageBook(document, query, self._words, self._clock.now(), tally)
                here = min(room, PART)
                room -= here
                part = await self._part(book, ahead, here, tell, last=not room)
                if ahead.page and room:
                    archive = archive or _Archive(stem(query))
                if archive is not None:
                    await self._aside(archive.pack, part)
                    part = b""
        rows = tally.records
        # What is read and not written is the beginning of what is left out.
        await progress(rows, rows + len(ahead.page or ()))
        if archive is None:
            return MadeFile(content=part, name=f"{stem(query)}.xlsx", rows=rows)
        whole = await self._aside(archive.whole)
        return MadeFile(content=whole, name=f"{stem(query)}.zip", rows=rows)

    async def _aside(self, work: Callable[..., Made], *told: object) -> Made:
        """Have a thread do it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *told)

    async def _part(
        self,
        book: UsageBook,
        ahead: _Ahead,
        room: int,
        tell: Callable[[], Awaitable[None]],
        *,
        last: bool,
    ) -> bytes | mmap:
        """One workbook of at most `room` records; what was read beyond it stays ahead."""
        feed = book.feed
        writer = asyncio.get_running_loop().run_in_executor(self._threads, book.write)
        writer.add_done_callback(lambda _: feed.wake())
        try:
            # A writer that has ended this early has failed; awaiting it below says how.
            while ahead.page and room and not writer.done():
                beyond = ahead.page[room:]
                handed = min(room, len(ahead.page))
                await feed.put(ahead.page[:room])
                room -= handed
                await tell()
                if beyond:
                    ahead.page = beyond
                else:
                    await ahead.read()
            if ahead.page:
                book.ends = Ends.CUT_SHORT if last else Ends.GOES_ON
            feed.end()
            return await writer
        except BaseException:
            feed.abandon()
            raise


class _Ahead:
    """The page read and not yet written; None when there are no more. Nothing else holds it."""

    def __init__(self, pages: AsyncIterator[Page]) -> None:
        self._pages = pages
        self.page: Page | None = None

    async def read(self) -> bool:
        """Read the next page, if there is one."""
        self.page = await anext(self._pages, None)
        return self.page is not None


class _Archive:
    """A ZIP of workbooks, which are compressed already; each is forgotten once it is packed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._parts = 0
        self._spool = TempFile()
        # Without compression, but told as "deflated": that a reader may go through from its
        # beginning, and the spool is never written twice in one place.
        self._zip = ZipFile(cast("IO[bytes]", self._spool), "w", ZIP_DEFLATED, compresslevel=0)

    def pack(self, part: bytes | mmap) -> None:
        """The next workbook."""
        self._parts += 1
        with self._zip.open(f"{self._name}_{self._parts}.xlsx", "w") as entry:
            for begin in range(0, len(part), _PIECE):
                entry.write(part[begin : begin + _PIECE])

    def whole(self) -> TempFile:
        """All of it."""
        self._zip.close()
        self._spool.close()
        return self._spool
