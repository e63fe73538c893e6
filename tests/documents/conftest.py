"""One renderer for all tests of documents: its children stay warm."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from documents.render.pool import RenderPool
from tests.account.fakes.clock import FakeClock
from tests.account.world import NOON
from tests.documents.works import Works, opened


def english(language: str, text: str) -> str:
    return text


@pytest_asyncio.fixture
async def renderer() -> AsyncIterator[RenderPool]:
    made = RenderPool(english, FakeClock(NOON), children=1)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def works(tmp_path: Path) -> AsyncIterator[Works]:
    async with opened(tmp_path, english) as made:
        yield made
