"""The tables, a module for each of their fields; `metadata` is whole once this is imported.

Moments are microseconds (storage.engine.types). Columns named `sealed` hold encrypted bytes; the
row's identity they are bound to is named beside them. Parameters are JSON objects of plain strings.
"""

from storage.tables import (  # noqa: F401 - each adds its tables
    access,
    actions,
    alerts,
    change_sets,
    documents,
    history,
    inbox,
    keys,
    labels,
    outbox,
    people,
    processes,
)
from storage.tables.base import metadata

__all__ = ["metadata"]
