"""One press for all tests of documents: its children stay warm."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from documents.press import Press
from tests.account.fakes import FakeClock
from tests.account.world import NOON


def english(language: str, text: str) -> str:
    return text


@pytest_asyncio.fixture
async def press() -> AsyncIterator[Press]:
    made = Press(english, FakeClock(NOON), children=1)
    yield made
    await made.close()
