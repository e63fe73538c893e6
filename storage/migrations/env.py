"""Alembic's entry: everything happens on the connection, and in the transaction, it is given.

On SQLite a table is changed by building it anew (batch mode), so the connection must have been
opened without foreign keys, or dropping the old table would empty those that point to it.
"""

from __future__ import annotations

from alembic import context

from storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    compare_server_default=True,
)
context.run_migrations()
