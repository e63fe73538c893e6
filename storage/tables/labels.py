"""What a company writes beside its numbers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from storage.engine.types import Moment
from storage.tables.base import metadata

number_labels = Table(
    "number_labels",
    metadata,
    Column("company_id", Text, primary_key=True),
    Column("msisdn", Text, primary_key=True),
    Column("label", Text),
    Column("centre", Text),
    # Both without regard to case, to search in: SQLite's LIKE folds ASCII alone.
    Column("folded", Text, nullable=False),
    Column("centre_key", Text),
    Column("changed_at", Moment, nullable=False),
    # When the number was the company's no more.
    Column("gone_at", Moment),
)
Index("ix_number_labels_centre", number_labels.c.company_id, number_labels.c.centre_key)

label_imports = Table(
    "label_imports",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company_id", Text, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("made_at", Moment, nullable=False),
    # `offered`, `applied`, `undone`.
    Column("state", Text, nullable=False),
    Column("applied_at", Moment),
    # Numbers with their words before and after, and what was left out.
    Column("content", Text, nullable=False),
)
Index("ix_label_imports_administrator", label_imports.c.administrator_id)
