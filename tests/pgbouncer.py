"""A PgBouncer before the tests' PostgreSQL, started for one test, gone with its folder.

Without the program (Debian: `apt install pgbouncer`) such tests are skipped, loudly.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.ports import free_port
from tests.postgres import server_user, unprivileged

START_SECONDS = 20.0
Pooled = Callable[..., str]
"""`pooled(url, "transaction", default_pool_size="1")` is the address through a pooler."""


@contextmanager
def pooler(url: str, mode: str, **more: str) -> Iterator[str]:
    """The address of the same database through a PgBouncer of that `pool_mode`."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip("PGBOUNCER NOT TESTED: no such program on this machine")
    port, server = free_port(), urlsplit(url).port
    settings = {
        "listen_addr": "127.0.0.1",
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_type": "any",
        "pool_mode": mode,
        **more,
    }
    lines = ["[databases]", f"* = host=127.0.0.1 port={server} user=postgres", "[pgbouncer]"]
    lines += [f"{name} = {value}" for name, value in settings.items()]
    folder = Path(tempfile.mkdtemp(prefix="pgbouncer-"))
    (folder / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
    if os.geteuid() == 0:
        user = server_user()
        for path in (folder, folder / "pgbouncer.ini"):
            os.chown(path, user.pw_uid, user.pw_gid)
    command = unprivileged([program, str(folder / "pgbouncer.ini")])
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
    try:
        _wait(running, folder / "log")
        yield url.replace(f":{server}/", f":{port}/")
    finally:
        running.terminate()
        running.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while "process up" not in log.read_text():
        if running.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"pgbouncer did not start: {log.read_text()}")
        time.sleep(0.02)


@pytest.fixture
def pooled() -> Iterator[Pooled]:
    """Starts poolers that end with the test."""
    with ExitStack() as stack:
        yield lambda url, mode, **more: stack.enter_context(pooler(url, mode, **more))
