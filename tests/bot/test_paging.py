"""Which page of a list is read, and read again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from account.values.page import Page
from bot.widgets.paging import BEYOND, read_page

SIZE = 5


@pytest.mark.parametrize(
    ("page", "total", "offsets", "here"),
    [
        (None, 0, [0], 0),
        (None, 12, [0], 0),
        (2, 12, [10], 2),
        (2, 10, [10, 5], 1),
        (2, 0, [10], 0),
        (BEYOND, 12, [BEYOND * SIZE, 10], 2),
    ],
    ids=["empty", "first", "last", "became shorter", "became empty", "to the last"],
)
async def test_a_list_that_became_shorter_is_read_again_at_its_end(
    page: int | None, total: int, offsets: list[int], here: int
) -> None:
    manager: Any = SimpleNamespace(dialog_data={} if page is None else {"page": page})
    asked = []

    async def read(offset: int) -> Page[int]:
        asked.append(offset)
        return Page(tuple(range(total))[offset : offset + SIZE], offset, total)

    found, turning = await read_page(manager, SIZE, read)
    assert asked == offsets
    assert found.rows == tuple(range(total))[here * SIZE : (here + 1) * SIZE]
    assert (turning["here"], manager.dialog_data["page"]) == (here, here)
