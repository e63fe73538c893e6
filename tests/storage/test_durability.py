"""What a PostgreSQL confirms is on its disk, a pooler keeps our sessions; or we do not start."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from bot.__main__ import BAD_CONFIGURATION, main
from storage import open_stores
from storage.engine import schema
from storage.engine.open import open_database
from storage.errors import DatabaseUnsafe
from tests.pgbouncer import Pooled, pooled  # noqa: F401
from tests.postgres import PostgresServer, postgres_server, postgres_url  # noqa: F401
from tests.settings import ENOUGH
from tests.storage.builders import an_update
from tests.storage.conftest import SECRETS

pytestmark = pytest.mark.postgres


async def commits(url: str) -> Any:
    database = open_database(url)
    try:
        return await database.read(
            lambda connection: connection.execute(text("SHOW synchronous_commit")).scalar()
        )
    finally:
        await database.close()


def name_of(url: str) -> str:
    return url.rpartition("/")[2]


@pytest.fixture
def without_fsync(postgres_server: PostgresServer) -> Iterator[None]:  # noqa: F811
    postgres_server.sql("ALTER SYSTEM SET fsync = off")
    postgres_server.sql("SELECT pg_reload_conf()")
    while postgres_server.sql("SHOW fsync").strip() != "off":
        pass
    yield
    postgres_server.sql("ALTER SYSTEM RESET fsync")
    postgres_server.sql("SELECT pg_reload_conf()")
    while postgres_server.sql("SHOW fsync").strip() != "on":
        pass


@pytest.mark.parametrize(
    ("given", "used"), [("off", "on"), ("local", "on"), ("on", "on"), ("remote_apply",) * 2]
)
async def test_a_commit_waits_for_the_disk_whatever_the_database_says(
    given: str,
    used: str,
    postgres_server: PostgresServer,  # noqa: F811
    postgres_url: str,  # noqa: F811
) -> None:
    name = name_of(postgres_url)
    postgres_server.sql(f"ALTER DATABASE {name} SET synchronous_commit = {given}")
    assert await commits(postgres_url) == used


async def test_a_server_without_fsync_is_refused(without_fsync: None, postgres_url: str) -> None:  # noqa: F811
    with pytest.raises(DatabaseUnsafe, match="fsync is off"):
        await commits(postgres_url)


def test_it_is_exit_code_2_and_a_sentence(
    without_fsync: None,
    postgres_url: str,  # noqa: F811
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "key").write_text("9f86d081884c7d659a2feaa0c55ad015" * 2)
    (tmp_path / "key").chmod(0o600)
    environment = {
        **ENOUGH,
        "MYACCOUNT_DATABASE_URL": postgres_url,
        "MYACCOUNT_SECRET_KEY_FILE": str(tmp_path / "key"),
    }
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr("bot.ops.logs.set_up", lambda _level: None)
    for command in ("run", "worker", "migrate"):
        assert main([command]) == BAD_CONFIGURATION
        assert capsys.readouterr().err.startswith("MYACCOUNT_DATABASE_URL: fsync is off")
    main(["doctor"])
    assert "WRONG database: fsync is off" in capsys.readouterr().out


# --- behind a pooler ---


@pytest.mark.pgbouncer
async def test_a_pooler_that_keeps_sessions_works_and_commits_wait(
    postgres_server: PostgresServer,  # noqa: F811
    postgres_url: str,  # noqa: F811
    pooled: Pooled,  # noqa: F811
) -> None:
    postgres_server.sql(f"ALTER DATABASE {name_of(postgres_url)} SET synchronous_commit = off")
    url = pooled(postgres_url, "session")
    await schema.upgrade(url)
    stores = open_stores(url, SECRETS)
    heard: asyncio.Queue[str] = asyncio.Queue()
    listening = asyncio.get_running_loop().create_task(stores.database.listen(heard.put_nowait))
    try:
        for _ in range(2):
            await asyncio.wait_for(heard.get(), 60)
        assert await commits(url) == "on"
        for number in range(40):
            await stores.inbox.put([an_update(number)])
        assert await asyncio.wait_for(heard.get(), 60) == "inbox"
        assert await stores.inbox.waiting() == 40
        assert stores.database.pooled
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await stores.close()


async def test_without_a_pooler_none_is_seen(postgres_url: str) -> None:  # noqa: F811
    database = open_database(postgres_url)
    await database.read(lambda connection: connection.execute(text("SELECT 1")).scalar())
    assert not database.pooled
    await database.close()


@pytest.mark.pgbouncer
@pytest.mark.parametrize(
    ("mode", "more"),
    [
        ("transaction", {}),
        ("transaction", {"default_pool_size": "1"}),
        ("transaction", {"server_round_robin": "1", "min_pool_size": "2"}),
        ("transaction", {"server_round_robin": "1", "min_pool_size": "5"}),
        ("statement", {}),
    ],
)
async def test_a_pooler_that_mixes_sessions_is_refused(
    mode: str,
    more: dict[str, str],
    postgres_url: str,  # noqa: F811
    pooled: Pooled,  # noqa: F811
) -> None:
    url = pooled(postgres_url, mode, **more)
    for _ in range(5):
        with pytest.raises(DatabaseUnsafe, match="pool_mode=session"):
            await commits(url)


@pytest.mark.pgbouncer
async def test_also_while_others_are_busy(
    postgres_url: str,  # noqa: F811
    pooled: Pooled,  # noqa: F811
) -> None:
    url = pooled(postgres_url, "transaction", default_pool_size="6")

    async def work() -> None:
        connection = await asyncpg.connect(url)
        try:
            while True:
                await connection.execute("BEGIN; SELECT pg_sleep(0.001); COMMIT")
        finally:
            connection.terminate()

    others = [asyncio.get_running_loop().create_task(work()) for _ in range(4)]
    try:
        for _ in range(5):
            with pytest.raises(DatabaseUnsafe, match="pool_mode=session"):
                await commits(url)
    finally:
        for other in others:
            other.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*others, return_exceptions=True)
