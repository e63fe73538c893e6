from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import Secrets, Stores, open_stores, schema
from tests.postgres import postgres_server, postgres_url  # noqa: F401

SECRETS = Secrets.from_master(b"the master secret of these tests" * 2)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kept' / 'test.db'}"
    address: str = request.getfixturevalue("postgres_url")
    return address


@pytest.fixture
async def stores(url: str) -> AsyncIterator[Stores]:
    await schema.upgrade(url)
    opened = open_stores(url, SECRETS)
    yield opened
    await opened.close()


@pytest.fixture
async def others(url: str, stores: Stores) -> AsyncIterator[Stores]:
    """A second process on the same database."""
    opened = open_stores(url, SECRETS)
    yield opened
    await opened.close()
