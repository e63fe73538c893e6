"""The database itself: SQLite in one thread, PostgreSQL by asyncpg, and what they differ in."""
