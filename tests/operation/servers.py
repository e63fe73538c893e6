"""What an engineer does to PostgreSQL servers: archive, base backup, recovery, standby."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port
from tests.postgres import PostgresServer, private_server, run_program, server_user, unprivileged

PATIENCE = 60.0


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"not so in time: {what}"
        time.sleep(0.1)


def base_backup(server: PostgresServer, target: Path, *more: str) -> None:
    """A copy of all of the server's data, while it is used."""
    program = [str(server.programs / "pg_basebackup"), "-D", str(target), "-c", "fast", *more]
    where = ["-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres"]
    run_program(unprivileged([*program, *where]))


class Archive:
    """A server that puts each finished piece of its log into a folder, and a base backup of it."""

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self.folder = server.folder / "archive"
        self.base = server.folder / "base"
        self.folder.mkdir()
        if os.geteuid() == 0:
            os.chown(self.folder, server_user().pw_uid, server_user().pw_gid)
        # Under its own name only once it is whole: a copy that is cut off recovers nothing.
        kept = f"{self.folder}/%f"
        keep = f"test ! -f {kept} && cp %p {kept}.part && mv {kept}.part {kept}"
        server.sql("ALTER SYSTEM SET archive_mode = on")
        server.sql(f"ALTER SYSTEM SET archive_command = '{keep}'")
        server.stop()
        server.start()

    def take(self) -> None:
        """The base backup."""
        base_backup(self.server, self.base)

    def moment(self) -> str:
        """Now, as the server writes it."""
        return self.server.sql("SELECT now()").strip()

    def finish(self) -> None:
        """Wait until all that was committed until now is in the archive."""
        name = self.server.sql("SELECT pg_walfile_name(pg_switch_wal())").strip()
        until((self.folder / name).exists, f"{name} is archived")

    def recover(self, moment: str) -> None:
        """Lose the server's data, and have it as it was at that moment."""
        self.server.stop("immediate")
        data = self.server.folder / "data"
        data.rename(self.server.folder / "lost")
        run_program(unprivileged(["cp", "-a", str(self.base), str(data)]))
        with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
            settings.write(
                f"restore_command = 'cp {self.folder}/%f %p'\n"
                f"recovery_target_time = '{moment}'\n"
                "recovery_target_action = 'promote'\n"
            )
        run_program(unprivileged(["touch", str(data / "recovery.signal")]))
        self.server.start()
        until(lambda: not follows(self.server), "the recovery is over")


def follows(server: PostgresServer) -> bool:
    """Whether it only repeats what is in a log, and takes no writes."""
    return server.sql("SELECT pg_is_in_recovery()").strip() == "t"


@contextmanager
def archived() -> Iterator[Archive]:
    """A server of its own with an archive. Raises `NoServerError`."""
    with private_server() as server:
        yield Archive(server)


@contextmanager
def standby_of(primary: PostgresServer) -> Iterator[PostgresServer]:
    """An asynchronous replica that follows the primary."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    standby = PostgresServer(folder, free_port(), primary.programs)
    try:
        if os.geteuid() == 0:
            os.chown(folder, server_user().pw_uid, server_user().pw_gid)
        base_backup(primary, folder / "data", "-R")
        standby.start()
        yield standby
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            standby.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
