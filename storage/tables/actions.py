"""Changes from their offer to their end, the words they wait for, and what holds them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from storage.engine.types import Moment
from storage.tables.base import RowId, claim_columns, in_state, metadata, of_kind

DEVICE_KINDS = ("device.deregister", "device.duplicate", "device.register", "device.reregister")

actions = Table(
    "actions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("lane", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("msisdn", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("administrator", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("state", Text, nullable=False),
    Column("reference", Text, unique=True),
    Column("offered_at", Moment, nullable=False),
    Column("identified_at", Moment),
    Column("stepped_up_at", Moment),
    Column("accepted_at", Moment),
    Column("sent_at", Moment),
    Column("settled_at", Moment),
    Column("restored_at", Moment),
    Column("order_id", Text),
    Column("reason_code", Text),
    Column("checks", Integer, nullable=False, server_default="0"),
    # By an event of the operator (storage.stores.action_wakeups): when it is to be looked at
    # for it, the last of those moments, and the one that nobody has taken up yet.
    Column("woken_at", Moment),
    Column("look_at", Moment),
    # The reference of the set that it was confirmed with.
    Column("set_reference", Text),
    # What it waits for since its latest look (account.changes.waits), and until when.
    Column("wait", Text),
    Column("wait_until", Moment),
    *claim_columns(),
)
_action_open = in_state(actions, "accepted", "proposed", "sent", "unknown")
Index(
    "uq_actions_open_lane",
    actions.c.company_id,
    actions.c.msisdn,
    actions.c.lane,
    unique=True,
    sqlite_where=_action_open,
    postgresql_where=_action_open,
)
_action_worked_on = in_state(actions, "accepted", "proposed", "sent", "unconfirmed", "unknown")
Index(
    "ix_actions_due",
    actions.c.due,
    sqlite_where=_action_worked_on,
    postgresql_where=_action_worked_on,
)
_action_offered = in_state(actions, "offered")
Index(
    "ix_actions_offered",
    actions.c.telegram_id,
    sqlite_where=_action_offered,
    postgresql_where=_action_offered,
)

_action_ended = in_state(actions, "done", "rejected")
Index(
    "ix_actions_settled",
    actions.c.settled_at,
    sqlite_where=_action_ended,
    postgresql_where=_action_ended,
)

_action_of_device = of_kind(actions, *DEVICE_KINDS)
Index(
    "ix_actions_device_requests",
    actions.c.company_id,
    actions.c.accepted_at,
    sqlite_where=_action_of_device,
    postgresql_where=_action_of_device,
)
Index(
    "ix_actions_device",
    actions.c.lane,
    actions.c.accepted_at,
    sqlite_where=_action_of_device,
    postgresql_where=_action_of_device,
)

_action_settled = in_state(actions, "done")
Index(
    "ix_actions_done",
    actions.c.msisdn,
    actions.c.settled_at,
    sqlite_where=_action_settled,
    postgresql_where=_action_settled,
)

EMAIL_KIND = "profile.email"
_action_of_email = of_kind(actions, EMAIL_KIND)
Index(
    "ix_actions_email",
    actions.c.msisdn,
    actions.c.accepted_at,
    sqlite_where=_action_of_email,
    postgresql_where=_action_of_email,
)

approvals = Table(
    "approvals",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("action_id", Text, ForeignKey("actions.id", ondelete="CASCADE"), nullable=False),
    Column("company_id", Text, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
Index("ix_approvals_action", approvals.c.action_id)

schedules = Table(
    "schedules",
    metadata,
    # The id of the offer that was confirmed.
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("msisdn", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("administrator", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    # The minute on Almaty's clock, `2026-12-01T22:00`; `due` is derived of it.
    Column("at_wall", Text, nullable=False),
    Column("due", Moment, nullable=False),
    Column("offered_at", Moment, nullable=False),
    Column("accepted_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    # The change it became.
    Column("action_id", Text, unique=True),
    # Of one that repeats: on which days until when (`week 1,2,3 2027-03-01`), dates to come that
    # are passed over, and the changes of its last dates.
    Column("repeats", Text),
    Column("skipped", Text),
    Column("latest_actions", Text),
    # The other one of a pair that was confirmed in one go.
    Column("pair_id", Text),
)
_schedule_open = in_state(schedules, "repeating", "scheduled", "suspended")
Index(
    "ix_schedules_open",
    schedules.c.due,
    sqlite_where=_schedule_open,
    postgresql_where=_schedule_open,
)
Index("ix_schedules_administrator", schedules.c.administrator_id)

holds = Table(
    "holds",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # None: every kind, or every company.
    Column("kind", Text),
    Column("company_id", Text),
    Column("reason", Text, nullable=False),
    Column("placed_at", Moment, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("lifted_at", Moment),
    Column("lifted_by", Text),
    sqlite_autoincrement=True,
)
