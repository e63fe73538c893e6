"""The operator is read one page ahead, no more; a list that changes gives no row twice."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from account.errors import CarrierUnavailable
from account.values.page import Page
from documents.render.read_ahead import read_ahead

SIZE = 3


class Shelf:
    """Rows to read in pages of three, and what was asked for."""

    def __init__(self, *rows: int) -> None:
        self.rows = list(rows)
        self.asked: list[int] = []
        self.stopped = 0

    async def read(self, offset: int) -> Page[int]:
        self.asked.append(offset)
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        return Page(tuple(self.rows[offset : offset + SIZE]), offset, len(self.rows))


async def whole(shelf: Shelf) -> list[int]:
    async with aclosing(read_ahead(shelf.read)) as pages:
        return [row async for page in pages for row in page]


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6, 10])
async def test_all_rows_come_once_and_in_order(count: int) -> None:
    shelf = Shelf(*range(count))
    assert await whole(shelf) == list(range(count))
    assert shelf.asked == list(range(0, max(count, 1), SIZE))


async def test_one_page_is_read_while_the_former_is_written() -> None:
    shelf = Shelf(*range(12))
    async with aclosing(read_ahead(shelf.read)) as pages:
        for wanted in ([0, 3], [0, 3, 6], [0, 3, 6, 9]):
            await anext(pages)
            for _ in range(5):
                await asyncio.sleep(0)
            assert shelf.asked == wanted


async def test_who_leaves_early_leaves_nothing_running() -> None:
    shelf = Shelf(*range(12))
    async with aclosing(read_ahead(shelf.read)) as pages:
        await anext(pages)
        await asyncio.sleep(0)
    assert shelf.stopped == 1
    assert [task for task in asyncio.all_tasks() if task.get_name() == "read ahead"] == []


async def test_what_comes_to_the_head_meanwhile_pushes_no_row_into_the_file_twice() -> None:
    shelf = Shelf(*range(9))
    told: list[int] = []
    async with aclosing(read_ahead(shelf.read)) as pages:
        async for page in pages:
            told += page
            if len(told) == SIZE:
                shelf.rows.insert(0, 99)
    assert told == list(range(9))


async def test_a_list_that_changed_otherwise_is_read_again_by_whoever_orders() -> None:
    shelf = Shelf(*range(9))
    async with aclosing(read_ahead(shelf.read)) as pages:
        await anext(pages)
        shelf.rows.pop(0)
        with pytest.raises(CarrierUnavailable):
            async for _ in pages:
                pass


async def test_a_list_with_fewer_rows_than_it_tells_is_no_list() -> None:
    async def read(offset: int) -> Page[int]:
        return Page((1, 2, 3) if not offset else (), offset, 6)

    with pytest.raises(CarrierUnavailable):
        async with aclosing(read_ahead(read)) as pages:
            [page async for page in pages]


async def test_a_fault_of_the_operator_comes_out_where_it_is_waited_for() -> None:
    async def read(offset: int) -> Page[int]:
        if offset:
            raise CarrierUnavailable
        return Page((1, 2, 3), 0, 6)

    async with aclosing(read_ahead(read)) as pages:
        assert await anext(pages) == (1, 2, 3)
        with pytest.raises(CarrierUnavailable):
            await anext(pages)
