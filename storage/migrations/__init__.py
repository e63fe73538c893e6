"""Migrations of the schema (Alembic), run by `storage.engine.schema`."""
