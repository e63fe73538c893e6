"""A fresh world for every scenario."""

from collections.abc import Iterator

import pytest

from tests.account.world import World


@pytest.fixture
def world() -> Iterator[World]:
    fresh = World()
    yield fresh
    fresh.passwords.close()
