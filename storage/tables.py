"""Every table, in the order of a tap's way: inbox, people and their state, login, work, trace.

Moments are microseconds (storage.engine.types). Columns named `sealed` hold encrypted bytes; the
row's identity they are bound to is named beside them. Parameters are JSON objects of plain strings.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    literal_column,
)

from storage.engine.types import Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

RowId = BigInteger().with_variant(Integer, "sqlite")
"""A growing row id; only a column of type INTEGER grows by itself in SQLite."""


def in_state(table: FromClause, *states: str) -> ColumnElement[bool]:
    """The rows in one of the states, as constants: only so do partial indexes match a query."""
    return table.c.state.in_([literal_column(f"'{state}'") for state in states])


DEVICE_KINDS = ("device.deregister", "device.duplicate", "device.register", "device.reregister")


def of_kind(table: FromClause, *kinds: str) -> ColumnElement[bool]:
    """The rows of one of the kinds, as constants, for the same reason."""
    return table.c.kind.in_([literal_column(f"'{kind}'") for kind in kinds])


def _claim() -> list[Column[object]]:
    """The columns of rows that are worked on under a lease (storage.queue.claims)."""
    return [
        Column("due", Moment, nullable=False),
        Column("owner", Text),
        Column("lease_until", Moment),
        Column("fence", BigInteger, nullable=False, server_default="0"),
        Column("attempts", Integer, nullable=False, server_default="0"),
    ]


secret_keys = Table(
    "secret_keys",
    metadata,
    # The key's number, which is the first byte of every seal made with it.
    Column("number", Integer, primary_key=True, autoincrement=False),
    # An HMAC of a fixed word (storage.encryption.secret_keys).
    Column("check_value", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("since", Moment, nullable=False),
    # What an older key is still wanted for, sealed with the current one.
    Column("sealed", LargeBinary),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # `t:<bot>:<update_id>` or `i:<random>`: unique, and what `sealed` is bound to.
    Column("key", Text, nullable=False, unique=True),
    Column("bot_id", BigInteger),
    Column("update_id", BigInteger),
    Column("chat_id", BigInteger),
    Column("kind", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("why", Text),
    Column("owner", Text),
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # Of what was set aside: whether a handler had begun with it, and when it was put back.
    Column("begun", Boolean),
    Column("replayed_at", Moment),
    sqlite_autoincrement=True,
)
Index(
    "ix_inbox_new",
    inbox.c.id,
    sqlite_where=in_state(inbox, "new"),
    postgresql_where=in_state(inbox, "new"),
)
Index(
    "ix_inbox_chat",
    inbox.c.chat_id,
    inbox.c.id,
    sqlite_where=in_state(inbox, "new"),
    postgresql_where=in_state(inbox, "new"),
)
Index(
    "ix_inbox_quarantined",
    inbox.c.id,
    sqlite_where=in_state(inbox, "quarantined"),
    postgresql_where=in_state(inbox, "quarantined"),
)

people = Table(
    "people",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("language", Text),
    Column("chosen", Boolean, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("blocked", Boolean, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("telegram_id", BigInteger, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("administrator_name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("company_id", Text),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
)
Index("ix_sessions_telegram", sessions.c.telegram_id, sessions.c.opened_at)
Index("ix_sessions_administrator", sessions.c.administrator_id)

fsm = Table(
    "fsm",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    # `thread|business connection|destiny`
    Column("slot", Text, primary_key=True),
    Column("state", Text),
    Column("data", Text, nullable=False),
    sqlite_with_rowid=False,
)

credentials = Table(
    "credentials",
    metadata,
    Column("administrator_id", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
)

# Rows are never deleted: four eyes are judged by who has ever logged in as whom.
known_telegrams = Table(
    "known_telegrams",
    metadata,
    Column("administrator_id", Text, primary_key=True),
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("phone", Text, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("bound_at", Moment, nullable=False),
    # By a password reset in another account; and in Profile.
    Column("forgotten_at", Moment),
    Column("removed_at", Moment),
)

freezes = Table(
    "freezes",
    metadata,
    Column("administrator_id", Text, primary_key=True),
    Column("frozen_at", Moment, primary_key=True),
    # The number they log in with.
    Column("phone", Text, nullable=False),
    # The latest press of a link: what was begun on the number before it is stopped.
    Column("pressed_at", Moment, nullable=False),
    Column("thawed_at", Moment),
)
Index("ix_freezes_phone", freezes.c.phone)
Index(
    "uq_freezes_active",
    freezes.c.administrator_id,
    unique=True,
    sqlite_where=freezes.c.thawed_at.is_(None),
    postgresql_where=freezes.c.thawed_at.is_(None),
)

# Parts of texts that a message centre took by SMPP, and their receipts.
sms_parts = Table(
    "sms_parts",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # The key of the message owed; NULL: a receipt that was faster than the answer.
    Column("reference", Text),
    Column("message_id", Text, nullable=False),
    # In the centre's words; NULL: no receipt yet.
    Column("state", Text),
    Column("at", Moment, nullable=False),
)
Index("ix_sms_parts_message_id", sms_parts.c.message_id)
Index("ix_sms_parts_reference", sms_parts.c.reference)
Index("ix_sms_parts_at", sms_parts.c.at)

freeze_links = Table(
    "freeze_links",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("administrator_id", Text, nullable=False),
    Column("administrator", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
Index("ix_freeze_links_administrator", freeze_links.c.administrator_id)

muted = Table(
    "muted",
    metadata,
    Column("administrator_id", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
)

reminders = Table(
    "reminders",
    metadata,
    Column("administrator_id", Text, primary_key=True),
    Column("reminder", Text, primary_key=True),
    # `2021-12`.
    Column("month", Text, primary_key=True),
)

attempts = Table(
    "attempts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("locked_until", Moment),
    Column("tried_at", Moment, nullable=False),
)

codes = Table(
    "codes",
    metadata,
    Column("seq", RowId, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("phone", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("code_mac", Text, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("verified_at", Moment),
)
Index("ix_codes_phone", codes.c.phone, codes.c.sent_at)
Index("ix_codes_telegram", codes.c.telegram_id, codes.c.sent_at)

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
    *_claim(),
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

shortlists = Table(
    "shortlists",
    metadata,
    # What an administrator goes back to in a company: favourites, and what was used of late.
    Column("administrator_id", Text, primary_key=True),
    Column("company_id", Text, primary_key=True),
    Column("listed", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("used_at", Moment, nullable=False),
    Column("favourite", Boolean, nullable=False),
)

number_lists = Table(
    "number_lists",
    metadata,
    # What one person puts together, before it is a set.
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("session_id", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("kept_at", Moment, nullable=False),
    Column("content", Text, nullable=False),
)

change_sets = Table(
    "change_sets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("reference", Text, unique=True),
    Column("kind", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("administrator", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("repeated", Integer, nullable=False),
    # Lines of the list that were not read, and why.
    Column("left_out", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # Numbers that will be done, once the dry run is over.
    Column("size", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("offered_at", Moment),
    Column("stepped_up_at", Moment),
    Column("accepted_at", Moment),
    Column("halted_at", Moment),
    Column("settled_at", Moment),
    Column("reason_code", Text),
    *_claim(),
)
_set_open = in_state(change_sets, "checking", "paused", "proposed", "running", "stopped")
Index(
    "ix_change_sets_due",
    change_sets.c.due,
    sqlite_where=_set_open,
    postgresql_where=_set_open,
)
Index("ix_change_sets_person", change_sets.c.telegram_id, change_sets.c.created_at)
Index("ix_change_sets_confirmed", change_sets.c.administrator_id, change_sets.c.accepted_at)
Index("ix_change_sets_created", change_sets.c.created_at)

change_set_numbers = Table(
    "change_set_numbers",
    metadata,
    Column("set_id", Text, ForeignKey("change_sets.id", ondelete="CASCADE"), primary_key=True),
    # From 0, in the order of the list.
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("msisdn", Text, nullable=False),
    Column("line", Integer, nullable=False),
    # Of the dry run.
    Column("fate", Text),
    Column("shown", Text, nullable=False),
    Column("reason_code", Text),
    # Of a number that never began; of any other its change tells.
    Column("outcome", Text),
    Column("action_id", Text, unique=True),
)
Index(
    "uq_change_set_numbers_msisdn",
    change_set_numbers.c.set_id,
    change_set_numbers.c.msisdn,
    unique=True,
)

secret_codes = Table(
    "secret_codes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company_id", Text, nullable=False),
    Column("company_name", Text, nullable=False),
    Column("company_bin", Text, nullable=False),
    Column("msisdn", Text, nullable=False),
    Column("code_mac", Text, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("telegram_id", BigInteger),
    Column("used_at", Moment),
    Column("ended_at", Moment),
)
Index("ix_secret_codes_number", secret_codes.c.msisdn, secret_codes.c.sent_at)
Index("ix_secret_codes_person", secret_codes.c.telegram_id)

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

set_approvals = Table(
    "set_approvals",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("set_id", Text, ForeignKey("change_sets.id", ondelete="CASCADE"), nullable=False),
    # Of the list that was confirmed: a word counts for nothing else.
    Column("digest", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
Index("ix_set_approvals_set", set_approvals.c.set_id)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # What `sealed` (the parameters) is bound to.
    Column("uid", Text, nullable=False),
    Column("key", Text, unique=True),
    Column("channel", Text, nullable=False),
    Column("to", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("language", Text),
    Column("expires_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("why", Text),
    Column("message_id", BigInteger),
    # account.effects.effect.Priority; an older program on the same database knows only notices.
    Column("priority", SmallInteger, nullable=False, server_default="50"),
    # The id of a change that waits until this is handed out.
    Column("ahead_of", Text),
    *_claim(),
    sqlite_autoincrement=True,
)
_outbox_owed = in_state(outbox, "owed")
Index(
    "ix_outbox_ahead",
    outbox.c.ahead_of,
    sqlite_where=_outbox_owed,
    postgresql_where=_outbox_owed,
)
Index(
    "ix_outbox_next",
    outbox.c.channel,
    outbox.c.priority,
    outbox.c.due,
    outbox.c.id,
    sqlite_where=_outbox_owed,
    postgresql_where=_outbox_owed,
)
Index("ix_outbox_due", outbox.c.due, sqlite_where=_outbox_owed, postgresql_where=_outbox_owed)
Index(
    "ix_outbox_line",
    outbox.c.channel,
    outbox.c.to,
    outbox.c.priority,
    outbox.c.id,
    sqlite_where=_outbox_owed,
    postgresql_where=_outbox_owed,
)

history = Table(
    "history",
    metadata,
    # "-" for those from before each company had a chain of its own (storage.audit.chain).
    Column("chain", Text, primary_key=True, server_default="-"),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    # The key of the MAC, and the seal over all that the entry was written after.
    Column("key_number", Integer, nullable=False, server_default="1"),
    Column("after_seal", BigInteger, nullable=False, server_default="0"),
    Column("at", Moment, nullable=False),
    Column("what", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("administrator", Text, nullable=False),
    Column("company_id", Text),
    Column("number", Text),
    Column("parameters", Text, nullable=False),
    Column("reference", Text),
    Column("channel", Text, nullable=False),
    Column("mac", Text, nullable=False),
)
Index("ix_history_company", history.c.company_id, history.c.at, history.c.seq)
Index("ix_history_reference", history.c.company_id, history.c.reference)

history_head = Table(
    "history_head",
    metadata,
    # One row: the end of the one chain there was before each company had its own.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("mac", Text, nullable=False),
    Column("seal", Text, nullable=False),
)

history_chains = Table(
    "history_chains",
    metadata,
    # The end of each chain, under a seal of its own, so that a cut end is noticed.
    Column("chain", Text, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("seq", BigInteger, nullable=False),
    Column("mac", Text, nullable=False),
    Column("after_seal", BigInteger, nullable=False),
    Column("key_number", Integer, nullable=False),
    Column("seal", Text, nullable=False),
)

history_checkpoints = Table(
    "history_checkpoints",
    metadata,
    # Where a chain ended when it was found right last; the seal over all covers all of them.
    Column("chain", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("mac", Text, nullable=False),
)

history_seals = Table(
    "history_seals",
    metadata,
    # What holds the chains together (storage.audit.seals).
    Column("name", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("key_number", Integer, nullable=False),
    Column("least_key", Integer, nullable=False),
    Column("seal", Text, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("administrator", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("company_name", Text, nullable=False),
    Column("company_bin", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    # Where the file goes besides the chat.
    Column("sealed_email", LargeBinary),
    Column("state", Text, nullable=False),
    Column("ordered_at", Moment, nullable=False),
    Column("claimed_at", Moment),
    Column("name", Text),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger, nullable=False, server_default="0"),
    Column("reason_code", Text),
    # Accounts whose papers are not in the file, as JSON; NULL: none.
    Column("missing", Text),
    Column("content_fence", BigInteger),
    # Telegram's name of the file, once it was sent.
    Column("file_id", Text),
    Column("chunks", Integer, nullable=False, server_default="0"),
    *_claim(),
)
_document_open = in_state(documents, "queued", "making")
Index(
    "ix_documents_due",
    documents.c.due,
    sqlite_where=_document_open,
    postgresql_where=_document_open,
)
Index("ix_documents_telegram", documents.c.telegram_id, documents.c.ordered_at)

document_chunks = Table(
    "document_chunks",
    metadata,
    Column("document_id", Text, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    # The fence of the claim that wrote it: two makers never mix their files.
    Column("fence", BigInteger, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

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
)
_schedule_open = in_state(schedules, "scheduled", "suspended")
Index(
    "ix_schedules_due",
    schedules.c.due,
    sqlite_where=_schedule_open,
    postgresql_where=_schedule_open,
)
Index("ix_schedules_administrator", schedules.c.administrator_id)

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
    Column("msisdn", Text, primary_key=True),
    Column("level", Integer, nullable=False),
    Column("turn", BigInteger, nullable=False),
)

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
    sqlite_autoincrement=True,
)
Index(
    "ix_alerts_once",
    alerts.c.rule_id,
    alerts.c.msisdn,
    alerts.c.level,
    alerts.c.turn,
    unique=True,
)
_alert_due = in_state(alerts, "due")
Index("ix_alerts_due", alerts.c.tell_at, sqlite_where=_alert_due, postgresql_where=_alert_due)
Index("ix_alerts_told", alerts.c.administrator_id, alerts.c.told_at)
Index("ix_alerts_batch", alerts.c.batch)

alert_looks = Table(
    "alert_looks",
    metadata,
    # The company's.
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
    *_claim(),
)

quiet_hours = Table(
    "quiet_hours",
    metadata,
    Column("administrator_id", Text, primary_key=True),
    # Minutes after midnight in Almaty.
    Column("begin", Integer, nullable=False),
    Column("end", Integer, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("format", Text, nullable=False),
    # Of the month after the one that is ordered.
    Column("day", Integer, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("administrator", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    # The newest month that is dealt with, `2021-12`.
    Column("month", Text, nullable=False),
    Column("due", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("waits_since", Moment),
)
_subscription_active = in_state(subscriptions, "active")
Index(
    "ix_subscriptions_due",
    subscriptions.c.due,
    sqlite_where=_subscription_active,
    postgresql_where=_subscription_active,
)
Index("ix_subscriptions_administrator", subscriptions.c.administrator_id)

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

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    # The day in Almaty, `20220124`.
    Column("day", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

generations = Table(
    "generations",
    metadata,
    # 0 from the beginning; each backup put back begins the next one (storage.restore.generations).
    Column("number", Integer, primary_key=True, autoincrement=False),
    # What tells this database from others, the same in all its rows and copies.
    Column("origin", Text, nullable=False),
    # The last part of references given out in it; empty in the first.
    Column("mark", Text, nullable=False),
    Column("began_at", Moment, nullable=False),
    # Grows while any process runs: of two copies the one with fewer beats is the older one.
    Column("beats", BigInteger, nullable=False, server_default="0"),
    # The PostgreSQL server's, when it was last looked at: a replica that took over has another.
    Column("timeline", BigInteger),
)

event_subscriptions = Table(
    "event_subscriptions",
    metadata,
    # The number of the API whose hub it is.
    Column("api", Text, primary_key=True),
    # What the question carries as its idempotency key.
    Column("key", Text, nullable=False),
    # A digest of what was told: callback, filter and hub.
    Column("told", Text, nullable=False),
    # The hub's own id of it; NULL: not answered yet, empty: it told none.
    Column("hub_id", Text),
    # The status by which the hub said no.
    Column("refused", Integer),
    Column("since", Moment, nullable=False),
    # When the last event came by it, of whatever order.
    Column("heard_at", Moment),
)

call_slots = Table(
    "call_slots",
    metadata,
    # An API of the operator, or its share for the background.
    Column("name", Text, primary_key=True),
    # Microseconds since 1970 by the database's clock.
    Column("until", BigInteger, nullable=False),
)

clocks = Table(
    "clocks",
    metadata,
    # `boot:<start of a machine>`, `declared` or `step` (storage.stores.clocks).
    Column("name", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("owner", Text, nullable=False),
    # Microseconds.
    Column("value", BigInteger, nullable=False),
)

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

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Moment, nullable=False),
    Column("fence", BigInteger, nullable=False),
    # Of a process: the latest key it holds, and the one it writes with.
    Column("holds_key", Integer),
    Column("writes_key", Integer),
)

# One row: the oldest revision whose program works with this schema (storage.engine.schema).
schema_floor = Table("schema_floor", metadata, Column("revision", Text, primary_key=True))
