"""SQLite: every transaction, from begin to commit, in one thread of ours.

Several processes may share the file, so writing transactions take the lock at once
(`BEGIN IMMEDIATE`): one that began by reading could not be finished after another wrote.

Writes that wait for the thread at the same moment share one transaction and one commit: nobody is
told before that commit. When one of them fails, nothing of any is kept and each runs by itself.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections import deque
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from typing_extensions import override

from storage.engine.database import Database, unavailable
from storage.engine.single_thread_executor import SingleThreadExecutor
from storage.errors import DatabaseUrlInvalid, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.engine.database import Result, Work
    from storage.engine.ready_read import ReadyRead, Rows

BUSY_TIMEOUT = 5.0
"""Seconds a transaction waits for another process's lock."""
MOST_TOGETHER = 32
"""Writes in one transaction."""


class SqliteDatabase(Database):
    """One file; one thread that writes and reads, and a second connection for glances."""

    dialect = "sqlite"
    reads_in_place = True

    def __init__(self, path: str, *, foreign_keys: bool = True) -> None:
        self._path = Path(path)
        self._thread = SingleThreadExecutor("sqlite")
        self._worker = _Link(self._path, BUSY_TIMEOUT, foreign_keys=foreign_keys)
        self._glancer = _Link(self._path, 0.0, foreign_keys=foreign_keys)
        self._writes: deque[_Write] = deque()

    @override
    def make_room(self) -> None:
        """A folder that can be written into, and no folder for a file."""
        path = self._path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUrlInvalid(
                f"the folder {path.parent} cannot be made: {error.strerror}"
            ) from None
        if path.is_dir():
            raise DatabaseUrlInvalid(f"{path} is a folder")
        if not path.exists() and not os.access(path.parent, os.W_OK):
            raise DatabaseUrlInvalid(f"no file can be made in the folder {path.parent}")

    @override
    async def read(self, work: Work[Result]) -> Result:
        return await self._thread.run(partial(self._worker.transaction, "BEGIN", work))

    @override
    async def write(self, work: Work[Result]) -> Result:
        write = _Write(work)
        self._writes.append(write)
        try:
            await self._thread.run(partial(self._settle, write))
        except asyncio.CancelledError:
            write.wanted = False
            raise
        if write.error is not None:
            raise write.error
        return cast("Result", write.result)

    @override
    async def glance(self, work: Work[Result]) -> Result:
        """A reader of a WAL hardly ever waits; if so, in the thread."""
        try:
            return self._glancer.transaction("BEGIN", work)
        except StorageUnavailable:
            return await self.read(work)

    @override
    async def look(self, read: ReadyRead, values: Mapping[str, Any]) -> Rows:
        try:
            return self._glancer.look(read, values)
        except StorageUnavailable:
            return await self._thread.run(partial(self._worker.look, read, values))

    @override
    async def close(self) -> None:
        self._glancer.drop()
        await self._thread.run(self._worker.drop)
        self._thread.stop()

    # --- in the thread ---

    def _settle(self, write: _Write) -> None:
        """Run this write, if another one's transaction has not; together with what waits by now."""
        while not write.settled:
            together: list[_Write] = []
            while self._writes and len(together) < MOST_TOGETHER:
                one = self._writes.popleft()
                if one.wanted:
                    together.append(one)
                else:
                    one.settled = True
            if len(together) > 1:
                with suppress(Exception):
                    self._run(together)
            for one in together:
                if not one.settled:
                    self._alone(one)

    def _run(self, writes: list[_Write]) -> None:
        def all_of_them(connection: Connection) -> list[Any]:
            return [one.work(connection) for one in writes]

        results = self._worker.transaction("BEGIN IMMEDIATE", all_of_them)
        for one, result in zip(writes, results, strict=True):
            one.result, one.settled = result, True

    def _alone(self, write: _Write) -> None:
        try:
            self._run([write])
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever asked
            write.error, write.settled = error, True


class _Write:
    """One work that is to be written, and how it ended."""

    __slots__ = ("error", "result", "settled", "wanted", "work")

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.wanted = True
        self.settled = False
        self.result: Any = None
        self.error: BaseException | None = None


class _Link:
    """A connection to the file, made when it is needed, always used from the same thread."""

    def __init__(self, path: Path, patience: float, *, foreign_keys: bool) -> None:
        self._path = path
        self._foreign_keys = foreign_keys
        self._engine = create_engine(
            URL.create("sqlite", database=str(path)),
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"isolation_level": None, "timeout": patience},
        )
        self._connection: Connection | None = None

    def transaction(self, begin: str, work: Work[Result]) -> Result:
        """Run the work between `begin` and a commit. Raises `StorageUnavailable`."""
        try:
            connection = self._connection or self._connect()
            _raw(connection).execute(begin)
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            self.drop()
            raise unavailable(error) from error
        try:
            with connection.begin():
                return work(connection)
        except IntegrityError:
            raise
        except DBAPIError as error:
            # A full disk or a vanished file heals with a fresh connection, not with this one.
            self.drop()
            raise unavailable(error) from error
        finally:
            self._settle()

    def look(self, read: ReadyRead, values: Mapping[str, Any]) -> Rows:
        """Run a read by itself. Raises `StorageUnavailable`."""
        try:
            return read.run(_raw(self._connection or self._connect()), values)
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            self.drop()
            raise unavailable(error) from error

    def drop(self) -> None:
        """Close the connection; the next transaction makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError, sqlite3.Error):
                connection.close()

    def _settle(self) -> None:
        """Leave no transaction open, whatever happened."""
        connection = self._connection
        if connection is not None and _raw(connection).in_transaction:
            try:
                _raw(connection).rollback()
            except sqlite3.Error:
                self.drop()

    def _connect(self) -> Connection:
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
        connection = self._engine.connect()
        raw = _raw(connection)
        raw.execute(f"PRAGMA foreign_keys = {'ON' if self._foreign_keys else 'OFF'}")
        raw.execute("PRAGMA secure_delete = ON")
        raw.execute("PRAGMA synchronous = FULL")
        _write_ahead(raw)
        self._connection = connection
        return connection


def _raw(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def _write_ahead(raw: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait for its lock here, so we do."""
    until = time.monotonic() + BUSY_TIMEOUT
    while raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
