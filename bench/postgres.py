"""A private PostgreSQL cluster for one run, as the tests start theirs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port
from tests.postgres import PostgresServer, _programs, run_program, server_user, unprivileged


@contextmanager
def cluster() -> Iterator[str | None]:
    """The address of an empty database; None where the server's programs are not installed."""
    programs = _programs()
    if programs is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = PostgresServer(folder, free_port(), programs)
    try:
        if os.geteuid() == 0:
            user = server_user()
            os.chown(folder, user.pw_uid, user.pw_gid)
        begin = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "postgres"]
        run_program(unprivileged([*begin, "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8"]))
        server.start()
        server.sql("CREATE DATABASE bench")
        yield server.url("bench")
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
