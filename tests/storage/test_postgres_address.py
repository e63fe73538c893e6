"""The address of a PostgreSQL server: pool and listener read it alike, and TLS knows the server."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from storage.engine.open import open_database
from storage.engine.postgres_address import connect_options, hosts, pool_options, tls_mode
from storage.errors import DatabaseUrlInvalid, StorageUnavailable
from tests.certificates import certificate
from tests.postgres import PostgresServer, postgres_server, postgres_url  # noqa: F401

NO_WORDS: dict[str, str] = {}


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql://bot@db.example:6432/bot", ("db.example",)),
        ("postgresql://bot@[::1]/bot", ("::1",)),
        ("postgresql:///bot", ("",)),
        ("postgresql:///bot?host=/run/postgresql", ("/run/postgresql",)),
        ("postgresql:///bot?host=a:5432&host=b:5433", ("a", "b")),
        ("postgresql:///bot?host=a,b:5433", ("a", "b")),
    ],
)
def test_every_host_of_an_address_is_seen(url: str, named: tuple[str, ...]) -> None:
    assert hosts(make_url(url), NO_WORDS) == named
    assert hosts(make_url("postgresql:///bot"), {"PGHOST": "db.example"}) == ("db.example",)


def test_the_mode_is_the_addresss_then_the_environments() -> None:
    assert tls_mode(make_url("postgresql://h/bot"), NO_WORDS) == "prefer"
    assert tls_mode(make_url("postgresql://h/bot"), {"PGSSLMODE": "verify-full"}) == "verify-full"
    both = make_url("postgresql://h/bot?ssl=require")
    assert tls_mode(both, {"PGSSLMODE": "verify-full"}) == "require"
    with pytest.raises(DatabaseUrlInvalid, match="sslmode is one of"):
        tls_mode(make_url("postgresql://h/bot?sslmode=yes"), NO_WORDS)


@pytest.mark.parametrize(
    "query",
    [
        "application_name=x",
        "sslmode=require&sslrootcert=/ca.pem",
        "sslmode=verify-full&sslrootcert=/no/such/file",
        "host=a:b",
        "prepared_statement_cache_size=many",
    ],
)
def test_words_that_nobody_would_read_are_refused(query: str) -> None:
    with pytest.raises(DatabaseUrlInvalid):
        open_database(f"postgresql://h/bot?{query}")


def test_the_pools_own_words_do_not_reach_the_listener() -> None:
    address = make_url("postgresql://bot@h:6432/bot?prepared_statement_cache_size=0")
    assert pool_options(address) == {"prepared_statement_cache_size": 0}
    assert connect_options(address) == {"host": "h", "port": 6432, "user": "bot", "database": "bot"}


# --- a server that has a certificate ---


@pytest.fixture
def with_tls(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Path]:  # noqa: F811
    """The server speaks TLS as `localhost` while the test runs; the file of its authority."""
    data = postgres_server.folder / "data"
    owner = data.stat()
    certificate(tmp_path, "localhost")
    for name in ("server.crt", "server.key"):
        (data / name).write_bytes((tmp_path / name).read_bytes())
        (data / name).chmod(0o600)
        if os.geteuid() == 0:
            os.chown(data / name, owner.st_uid, owner.st_gid)
    postgres_server.sql("ALTER SYSTEM SET ssl = on")
    postgres_server.sql("SELECT pg_reload_conf()")
    yield tmp_path / "server.crt"
    postgres_server.sql("ALTER SYSTEM RESET ssl")
    postgres_server.sql("SELECT pg_reload_conf()")


async def tls_in_use(url: str) -> object:
    database = open_database(url)
    statement = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    try:
        return await database.read(lambda connection: connection.execute(statement).scalar())
    finally:
        await database.close()


@pytest.mark.postgres
async def test_verify_full_knows_the_server_by_name_and_authority(
    with_tls: Path,
    postgres_url: str,  # noqa: F811
    tmp_path: Path,
) -> None:
    by_name = postgres_url.replace("127.0.0.1", "localhost")
    known = f"{by_name}?sslmode=verify-full&sslrootcert={with_tls}"
    assert await tls_in_use(known) is True
    with pytest.raises(StorageUnavailable):
        await tls_in_use(f"{postgres_url}?sslmode=verify-full&sslrootcert={with_tls}")
    (tmp_path / "other").mkdir()
    certificate(tmp_path / "other", "localhost")
    stranger = tmp_path / "other" / "server.crt"
    with pytest.raises(StorageUnavailable):
        await tls_in_use(f"{by_name}?sslmode=verify-full&sslrootcert={stranger}")
    with pytest.raises(StorageUnavailable):
        await tls_in_use(f"{by_name}?sslmode=verify-full&sslrootcert=system")


@pytest.mark.postgres
async def test_the_listener_is_as_careful_as_the_pool(with_tls: Path, postgres_url: str) -> None:  # noqa: F811
    options = f"sslmode=verify-full&sslrootcert={with_tls}&prepared_statement_cache_size=100"
    url = f"{postgres_url.replace('127.0.0.1', 'localhost')}?{options}"
    database = open_database(url)
    heard: asyncio.Queue[str] = asyncio.Queue()
    listening = asyncio.get_running_loop().create_task(database.listen(heard.put_nowait))
    statement = text(
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
        " WHERE application_name = 'myaccount-listener' AND datname = current_database()"
    )
    try:
        await asyncio.wait_for(heard.get(), 60)
        found = await database.read(
            lambda connection: connection.execute(statement).scalars().all()
        )
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await database.close()
    assert found == [True]


def test_a_named_authority_is_the_only_one(tmp_path: Path) -> None:
    certificate(tmp_path, "localhost")
    path = tmp_path / "server.crt"
    url = f"postgresql://h/bot?sslmode=verify-full&sslrootcert={path}"
    context = connect_options(make_url(url))["ssl"]
    assert isinstance(context, ssl.SSLContext)
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert len(context.get_ca_certs()) == 1
