"""Many rows as the parameters of one statement, on PostgreSQL: an array for each column.

However many rows there are, the statement is the same one, prepared once, and one round trip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, TableValuedAlias, bindparam, column, func

Types = Mapping[str, Any]


def rows_of(name: str, types: Types) -> TableValuedAlias:
    """The rows as a table of that name, with these columns."""
    arrays = [bindparam(f"{name}_{each}", type_=ARRAY(kind)) for each, kind in types.items()]
    columns = [column(each, kind) for each, kind in types.items()]
    return func.unnest(*arrays).table_valued(*columns, name=name).render_derived()


def columns_of(name: str, types: Types, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The parameters for those rows."""
    return {f"{name}_{each}": [row[each] for row in rows] for each in types}
