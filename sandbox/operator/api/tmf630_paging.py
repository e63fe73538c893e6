"""A page of what was found, with the count of all of it: `offset` and `limit` of TMF630."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from aiohttp import web

from sandbox.operator.api.answers import Json, listing
from sandbox.operator.api.tmf630_filters import Query
from sandbox.operator.database import OperatorDatabase

Found = TypeVar("Found")


def page_of(found: Sequence[Found], query: Query, shown: Callable[[Found], Json]) -> web.Response:
    """The page of a list that was made whole."""
    page = found[query.offset : query.offset + query.limit]
    return listing(map(shown, page), len(found), query.fields)


def as_it_is(item: Json) -> Json:
    """For `page_of` a list of what is written already."""
    return item


def counted_rows(
    database: OperatorDatabase,
    source: str,
    parameters: list[Any],
    order: str,
    limit: int,
    offset: int,
) -> tuple[list[sqlite3.Row], int]:
    """Some rows of `source`, which is what follows FROM, and how many there are in all."""
    [(total,)] = database.rows(f"SELECT count(*) FROM {source}", parameters)  # noqa: S608 - by `where`
    if limit <= 0 or offset >= total:
        return [], total
    rows = database.rows(
        f"SELECT * FROM {source} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608 - by `where`
        [*parameters, limit, offset],
    )
    return rows, total


def page_of_rows(
    database: OperatorDatabase,
    query: Query,
    source: str,
    parameters: list[Any],
    order: str,
    shown: Callable[[sqlite3.Row], Json],
) -> web.Response:
    """The page of a table."""
    rows, total = counted_rows(database, source, parameters, order, query.limit, query.offset)
    return listing(map(shown, rows), total, query.fields)
