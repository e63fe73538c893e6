"""A copy of a SQLite database while it is in use: whole, or not there at all.

SQLite's own online backup: what is in the write-ahead log is in the copy, which needs no file
beside it. It is made under another name, checked, and takes its name once it is on the disk.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from pathlib import Path

PAGES = 2000
"""Copied in one step, 8 MB; processes write in between."""


def copy(database: Path, target: Path) -> int:
    """Copy the database to a new file that only its owner reads; its size in bytes.

    Raises `FileExistsError`, `OSError`, and `StorageUnavailable` for what is no whole database.
    """
    if target.exists():
        raise FileExistsError(17, "there is a file already", str(target))
    draft = target.with_name(f"{target.name}.part")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _copy(database, draft)
        with draft.open("rb") as whole:
            os.fsync(whole.fileno())
        draft.rename(target)
    except sqlite3.Error as error:
        raise StorageUnavailable(f"{type(error).__name__}: {error}") from error
    finally:
        for path in (draft, *(draft.with_name(draft.name + end) for end in ("-wal", "-shm"))):
            with suppress(OSError):
                path.unlink()
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return target.stat().st_size


def _copy(database: Path, draft: Path) -> None:
    address = f"{database.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True)) as source,
        closing(sqlite3.connect(draft)) as made,
    ):
        source.backup(made, pages=PAGES)
        made.execute("PRAGMA journal_mode = DELETE")
        [(said,)] = made.execute("PRAGMA quick_check(1)")
        if said != "ok":
            raise StorageUnavailable(f"the copy is damaged: {said}")
