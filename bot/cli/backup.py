"""`myaccount backup FILE`: a copy of the SQLite database, while the bot runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from bot.app.build import stores_of
from bot.config.errors import BadSetting
from storage.restore import sqlite_backup

if TYPE_CHECKING:
    from bot.config.settings import Settings


async def backup(settings: Settings, target: Path) -> int:
    """Copy the database to a new file. Raises `BadSetting` for what cannot be copied so."""
    if not settings.database_url.startswith("sqlite"):
        raise BadSetting(
            "A PostgreSQL server is backed up by its own programs, pg_basebackup and an archive of "
            "its log: see docs/operation/backup.md."
        )
    path = _file(settings)
    try:
        async with stores_of(settings) as stores:
            size = await asyncio.to_thread(sqlite_backup.copy, path, target)
    except OSError as error:
        raise BadSetting(f"{target} cannot be written: {error.strerror}.") from None
    print(  # noqa: T201 - the answer of a command
        f"{target}: {size} bytes, whole. It opens with key {stores.keys.number} of the secret key "
        "file, which belongs into another place."
    )
    return 0


def _file(settings: Settings) -> Path:
    """Where the database is; opening it would make an empty one."""
    path = Path(make_url(settings.database_url).database or "")
    if not path.is_file():
        raise BadSetting(f"MYACCOUNT_DATABASE_URL: there is no database in {path} yet.")
    return path
