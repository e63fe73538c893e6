"""Many rows as the parameters of one statement, on PostgreSQL: an array for each column.

However many rows there are, the statement is the same one, prepared once, and one round trip. On
SQLite, which has no arrays, they are one text: a list in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    FromClause,
    TableValuedAlias,
    Text,
    bindparam,
    column,
    func,
    select,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

Types = Mapping[str, Any]


def rows_of(name: str, types: Types) -> TableValuedAlias:
    """The rows as a table of that name, with these columns."""
    arrays = [bindparam(f"{name}_{each}", type_=ARRAY(kind)) for each, kind in types.items()]
    columns = [column(each, kind) for each, kind in types.items()]
    return func.unnest(*arrays).table_valued(*columns, name=name).render_derived()


def columns_of(name: str, types: Types, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The parameters for those rows."""
    return {f"{name}_{each}": [row[each] for row in rows] for each in types}


def rows_in_json(name: str, types: Types) -> FromClause:
    """The same on SQLite, of what `list_for` makes of a list of lists."""
    each = func.json_each(bindparam(name, type_=Text)).table_valued("value", name="each")
    columns = [
        func.json_extract(each.c.value, f"$[{place}]", type_=kind).label(one)
        for place, (one, kind) in enumerate(types.items())
    ]
    return select(*columns).subquery(name)


def is_among(of: Column[Any], name: str) -> dict[str, ColumnElement[bool]]:
    """Whether a column's value is in the list that `list_for` makes, by dialect."""
    each = func.json_each(bindparam(name, type_=Text)).table_valued("value", name="each")
    return {
        "postgresql": of == func.any(bindparam(name, type_=ARRAY(of.type))),
        "sqlite": of.in_(select(each.c.value)),
    }


def list_for(conn: Connection, values: Sequence[Any]) -> Any:
    """A list as the parameter of a statement on that connection."""
    return list(values) if conn.dialect.name == "postgresql" else json.dumps(list(values))
