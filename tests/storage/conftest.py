from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import Secrets, Stores, open_stores
from storage.tables import metadata
from tests.postgres import PostgresServer, postgres_server, postgres_url  # noqa: F401
from tests.schema import SQLITE, migrated

SECRETS = Secrets.from_master(b"the master secret of these tests" * 2)
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind with nothing in it, not even a schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kept' / 'test.db'}"
    address: str = request.getfixturevalue("postgres_url")
    return address


@pytest.fixture(scope="session")
def kept_database(postgres_server: PostgresServer) -> str:  # noqa: F811
    """One with the schema for all tests: making it each time would take half a second, and to look
    whether it is there takes as long as many a test.
    """
    postgres_server.sql("CREATE DATABASE kept")
    asyncio.run(migrated(postgres_server.url("kept")))
    return postgres_server.url("kept")


@pytest.fixture
def postgres_with_schema(postgres_server: PostgresServer, kept_database: str) -> str:  # noqa: F811
    tables = reversed(metadata.sorted_tables)
    postgres_server.sql("".join(f"DELETE FROM {table.name};" for table in tables), "kept")
    return kept_database


@pytest.fixture(params=BOTH)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kept' / 'test.db'}"
    chosen: str = request.getfixturevalue("postgres_with_schema")
    return chosen


@pytest.fixture
async def url(address: str) -> str:
    """A database of each kind with the schema and no rows."""
    if address.startswith(SQLITE):
        await migrated(address)
    return address


@pytest.fixture
async def stores(url: str) -> AsyncIterator[Stores]:
    opened = open_stores(url, SECRETS)
    yield opened
    await opened.close()


@pytest.fixture
async def others(url: str) -> AsyncIterator[Stores]:
    """A second process on the same database."""
    opened = open_stores(url, SECRETS)
    yield opened
    await opened.close()
