"""Databases with the schema and no rows. A SQLite file is migrated once, then copied."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.engine.schema import upgrade

SQLITE = "sqlite:///"
_templates: list[bytes] = []


async def migrated(url: str) -> None:
    """Make the schema there; one that is there already is brought up to date."""
    if not _is_new(url):
        await upgrade(url)
        return
    if not _templates:
        with TemporaryDirectory(prefix="schema-") as folder:
            file = Path(folder) / "template.db"
            await upgrade(f"{SQLITE}{file}")
            _templates.append(content(file))
    put(url, _templates[0])


def _is_new(url: str) -> bool:
    return url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).exists()


def content(file: Path) -> bytes:
    """A closed database, whole."""
    with closing(sqlite3.connect(file)) as made:
        made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file.read_bytes()


def put(url: str, whole: bytes) -> None:
    """Make it anew there."""
    file = Path(url.removeprefix(SQLITE))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(whole)
