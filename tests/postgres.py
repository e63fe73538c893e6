"""A private PostgreSQL server for tests: started once, on the loopback, gone with its folder.

Import the fixtures where they are wanted:

    from tests.postgres import postgres_server, postgres_url  # noqa: F401

`postgres_url` is the address of a fresh, empty database. Without the server's programs (Debian:
`apt install postgresql`) such tests are skipped, loudly.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_port

SETTINGS = {
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "log_min_messages": "warning",
}


@dataclass(frozen=True)
class PostgresServer:
    """A running server. `url(name)` is the address of one of its databases."""

    folder: Path
    port: int
    programs: Path

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def stop(self, mode: str = "fast") -> None:
        """Stop it, `immediate` as if the machine had lost power."""
        self._control("stop", "-m", mode)

    def start(self) -> None:
        """Start it on its port again."""
        options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
        log = str(self.folder / "log")
        self._control("start", "-l", log, "-o", f"-p {self.port} {options}")

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement by psql; its bare output."""
        program = [str(self.programs / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1"]
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database]
        return run_program([*program, *where, "-c", statement])

    def _control(self, *arguments: str) -> None:
        data = str(self.folder / "data")
        run_program(unprivileged([str(self.programs / "pg_ctl"), "-D", data, "-w", *arguments]))


class NoServerError(Exception):
    """The server's programs are not on this machine."""


@contextmanager
def private_server() -> Iterator[PostgresServer]:
    """A server for the time of the block. Raises `NoServerError`."""
    programs = _programs()
    if programs is None:
        raise NoServerError("no initdb and postgres on this machine")
    # Not pytest's tmp_path: nobody but its owner may enter that, and root cannot run a server.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = PostgresServer(folder, free_port(), programs)
    try:
        if os.geteuid() == 0:
            user = server_user()
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = str(folder / "data")
        begin = [str(programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-N"]
        run_program(unprivileged([*begin, "-E", "UTF8", "--locale=C.UTF-8"]))
        server.start()
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    try:
        with private_server() as server:
            yield server
    except NoServerError as none:
        pytest.skip(f"POSTGRESQL NOT TESTED: {none}")


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    name = f"test_{time.monotonic_ns()}"
    postgres_server.sql(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    postgres_server.sql(f"DROP DATABASE {name} WITH (FORCE)")


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return None if on_path is None else Path(on_path).resolve().parent


def server_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("neither a user postgres nor nobody")


def unprivileged(command: list[str]) -> list[str]:
    """The server refuses to run as root."""
    if os.geteuid() != 0:
        return command
    user = server_user()
    drop = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return [*drop, "--", *command]


def run_program(command: list[str]) -> str:
    # Output goes to files: a server started here would keep a pipe open for ever.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            command, stdout=output, stderr=subprocess.STDOUT, cwd="/", check=False, timeout=120
        )
        output.seek(0)
        text = output.read()
    if done.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} failed: {text}")
    return text
