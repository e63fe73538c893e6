"""Rules that watch over balances and allowances, and what they have told."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from storage.engine.types import Moment
from storage.tables.base import RowId, claim_columns, in_state, metadata

alert_rules = Table(
    "alert_rules",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company_id", Text, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("measure", Text, nullable=False),
    Column("scope", Text, nullable=False),
    # A number's digits, an account, or the key of a cost centre; empty for the company.
    Column("target", Text, nullable=False),
    # In tiyn; 0 where there is none.
    Column("threshold", BigInteger, nullable=False),
    Column("made_at", Moment, nullable=False),
    # Whether a whole look has gone by since.
    Column("looked", Boolean, nullable=False),
    Column("muted_until", Moment),
)
Index("ix_alert_rules_company", alert_rules.c.company_id)
Index("ix_alert_rules_administrator", alert_rules.c.administrator_id)

alert_marks = Table(
    "alert_marks",
    metadata,
    # What was told last of a number by a rule; without a row nothing was.
    Column("rule_id", Text, primary_key=True),
    # Of one of several things of a number: behind a blank, which.
    Column("msisdn", Text, primary_key=True),
    Column("level", Integer, nullable=False),
    Column("turn", BigInteger, nullable=False),
    # When the number was read, to about a day; of rows older than the column none.
    Column("seen_at", Moment),
)

alert_mutes = Table(
    "alert_mutes",
    metadata,
    # Numbers of which a person hears nothing until then.
    Column("administrator_id", Text, primary_key=True),
    Column("company_id", Text, primary_key=True),
    Column("msisdn", Text, primary_key=True),
    Column("until", Moment, nullable=False),
)
Index("ix_alert_mutes_numbers", alert_mutes.c.company_id, alert_mutes.c.msisdn)

alerts = Table(
    "alerts",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("rule_id", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("measure", Text, nullable=False),
    Column("threshold", BigInteger, nullable=False),
    Column("msisdn", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("value", BigInteger),
    Column("detail", Text, nullable=False),
    Column("as_of", Moment, nullable=False),
    Column("tell_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("told_at", Moment),
    # Those told in one message have the same.
    Column("batch", Text),
    # Which of several things of the number; empty where there is one.
    Column("subject", Text, nullable=False, server_default=text("''")),
    sqlite_autoincrement=True,
)
Index(
    "ix_alerts_once",
    alerts.c.rule_id,
    alerts.c.msisdn,
    alerts.c.level,
    alerts.c.turn,
    alerts.c.subject,
    unique=True,
)
_alert_due = in_state(alerts, "due")
Index("ix_alerts_due", alerts.c.tell_at, sqlite_where=_alert_due, postgresql_where=_alert_due)
Index("ix_alerts_told", alerts.c.administrator_id, alerts.c.told_at)
Index("ix_alerts_batch", alerts.c.batch)

alert_looks = Table(
    "alert_looks",
    metadata,
    # The company's; behind `single:` for what is read number by number.
    Column("id", Text, primary_key=True),
    # Always `open`.
    Column("state", Text, nullable=False),
    # Numbers of the list that this look is through with.
    Column("cursor", Integer, nullable=False),
    Column("began_at", Moment),
    Column("finished_at", Moment),
    # Seconds from the end of the last look but one to that of the last.
    Column("every", Integer),
    Column("failing_since", Moment),
    # People were told that nothing can be read.
    Column("stale_told", Boolean, nullable=False),
    *claim_columns(),
)
