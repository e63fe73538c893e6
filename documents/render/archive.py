"""A ZIP of files, growing on disk and sealed there: none of them is held after it is packed."""

from __future__ import annotations

from datetime import datetime
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from account.values.periods import ALMATY
from documents.render.temp_file import TempFile


class Archive:
    """`pack` files into it, then take it `whole`; each bears the moment `at`, in Almaty."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(ALMATY)
        self._spool = TempFile()
        # Without compression, for the files have their own, but told as "deflated": that a reader
        # may go through from its beginning, and the spool is never written twice in one place.
        self._zip = ZipFile(cast("IO[bytes]", self._spool), "w", ZIP_DEFLATED, compresslevel=0)

    def __len__(self) -> int:
        """Bytes by now."""
        return len(self._spool)

    def pack(self, name: str, content: bytes) -> None:
        """The next file."""
        at = self._at
        entry = ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
        self._zip.writestr(entry, content, ZIP_DEFLATED, compresslevel=0)

    def whole(self) -> TempFile:
        """All of it."""
        self._zip.close()
        self._spool.close()
        return self._spool
