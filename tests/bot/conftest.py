from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.encryption.secrets import Secrets
from storage.open import Stores, open_stores
from tests.scenarios.conftest import Stage, staged
from tests.schema import migrated


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The bot in a world, as scenarios have it."""
    async with staged(tmp_path) as ready:
        yield ready


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    """The stores over an empty database of their own."""
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    await migrated(url)
    opened = open_stores(url, Secrets.create(tmp_path / "key"))
    yield opened
    await opened.close()
