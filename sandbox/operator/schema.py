"""The tables of the operator. Money is in tiyn, times are Unix seconds."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS company (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, bin TEXT NOT NULL, email TEXT, domains TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS administrator (
    id TEXT PRIMARY KEY, phone TEXT NOT NULL UNIQUE, given TEXT NOT NULL, family TEXT NOT NULL,
    full_name TEXT NOT NULL, email TEXT, code_channel TEXT);
CREATE TABLE IF NOT EXISTS rights (
    administrator TEXT NOT NULL, company TEXT NOT NULL, PRIMARY KEY (administrator, company)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lesser_role (
    administrator TEXT NOT NULL, company TEXT NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (administrator, company, role)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS party_change (key TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account (
    id TEXT PRIMARY KEY, company TEXT NOT NULL, kind TEXT NOT NULL, credit_limit INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS number (
    msisdn TEXT PRIMARY KEY, company TEXT NOT NULL, account TEXT NOT NULL, tariff TEXT NOT NULL,
    payment_method TEXT NOT NULL, label TEXT, label_folded TEXT NOT NULL,
    start_at INTEGER NOT NULL, active_at REAL NOT NULL, blocked_at REAL,
    debt INTEGER NOT NULL, debt_at REAL,
    credit_limit INTEGER NOT NULL, balance INTEGER NOT NULL, individual_limit INTEGER,
    ban_sms INTEGER NOT NULL, ban_details INTEGER NOT NULL, ban_access INTEGER NOT NULL,
    usage_per_day INTEGER, iccid TEXT, imei TEXT,
    state TEXT GENERATED ALWAYS AS (CASE WHEN debt > 0 THEN 'debt'
        WHEN blocked_at IS NOT NULL THEN 'voluntary' ELSE 'active' END) VIRTUAL);
CREATE INDEX IF NOT EXISTS number_of_company ON number (company, msisdn);
CREATE INDEX IF NOT EXISTS number_by_state ON number (company, state, msisdn);
CREATE INDEX IF NOT EXISTS number_of_account ON number (account);
CREATE TABLE IF NOT EXISTS silence (msisdn TEXT NOT NULL, from_at REAL NOT NULL, to_at REAL);
CREATE INDEX IF NOT EXISTS silence_of_number ON silence (msisdn);
CREATE TABLE IF NOT EXISTS product_order (
    serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, external_id TEXT, key TEXT, digest TEXT,
    category TEXT, company TEXT, body TEXT NOT NULL, state TEXT NOT NULL,
    ordered_at REAL NOT NULL, begin_at REAL NOT NULL, due_at REAL NOT NULL,
    done_at REAL, note TEXT);
CREATE INDEX IF NOT EXISTS order_by_external_id ON product_order (external_id);
CREATE INDEX IF NOT EXISTS order_by_key ON product_order (key);
CREATE INDEX IF NOT EXISTS order_open ON product_order (due_at)
    WHERE state IN ('acknowledged', 'inProgress');
CREATE TABLE IF NOT EXISTS hub (
    id TEXT PRIMARY KEY, key TEXT NOT NULL, digest TEXT NOT NULL, callback TEXT NOT NULL,
    query TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS effect (
    id INTEGER PRIMARY KEY, external_id TEXT, order_id TEXT NOT NULL, number TEXT NOT NULL,
    what TEXT NOT NULL, changed INTEGER NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS service (
    serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, number TEXT NOT NULL, offer TEXT NOT NULL,
    since REAL NOT NULL, ends_at REAL, off_at REAL);
CREATE INDEX IF NOT EXISTS service_of_number ON service (number);
CREATE TABLE IF NOT EXISTS sim (
    iccid TEXT PRIMARY KEY, company TEXT NOT NULL, number TEXT, since REAL,
    state TEXT NOT NULL CHECK (state IN ('blank', 'used', 'gone')));
CREATE TABLE IF NOT EXISTS esim (
    iccid TEXT PRIMARY KEY, state TEXT NOT NULL, confirmation TEXT, expires_at REAL)
    WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sim_of_company ON sim (company, state);
CREATE TABLE IF NOT EXISTS forwarding (
    number TEXT NOT NULL, condition TEXT NOT NULL, target TEXT NOT NULL, active INTEGER NOT NULL,
    timer INTEGER, PRIMARY KEY (number, condition)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listed_device (imei TEXT PRIMARY KEY, list TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS registration (
    serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, imei TEXT NOT NULL, number TEXT NOT NULL,
    owner TEXT, company TEXT, provider TEXT, kind TEXT NOT NULL, since REAL NOT NULL,
    removed_at REAL);
CREATE INDEX IF NOT EXISTS registration_of_device ON registration (imei);
CREATE INDEX IF NOT EXISTS registration_of_number ON registration (number);
CREATE INDEX IF NOT EXISTS registration_of_company ON registration (company);
CREATE TABLE IF NOT EXISTS transfer (
    serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL, digest TEXT NOT NULL,
    reference TEXT, company TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL,
    tiyn INTEGER NOT NULL, body TEXT NOT NULL, status TEXT NOT NULL, reason TEXT,
    asked_at REAL NOT NULL, due_at REAL NOT NULL, done_at REAL,
    sender_before INTEGER, recipient_before INTEGER);
CREATE INDEX IF NOT EXISTS transfer_by_key ON transfer (key);
CREATE INDEX IF NOT EXISTS transfer_by_reference ON transfer (reference);
CREATE INDEX IF NOT EXISTS transfer_open ON transfer (due_at) WHERE status = 'created';
CREATE TABLE IF NOT EXISTS receipt (
    serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, number TEXT NOT NULL,
    account TEXT NOT NULL, company TEXT NOT NULL, name TEXT NOT NULL, method TEXT NOT NULL,
    document TEXT NOT NULL, tiyn INTEGER NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS receipt_of_number ON receipt (number);
CREATE INDEX IF NOT EXISTS receipt_of_account ON receipt (account);
CREATE INDEX IF NOT EXISTS receipt_of_company ON receipt (company);
CREATE TABLE IF NOT EXISTS other_service (account TEXT PRIMARY KEY, service TEXT NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS office_line (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS office_line_of_account ON office_line (account);
CREATE TABLE IF NOT EXISTS paid_debt (
    account TEXT NOT NULL, tiyn INTEGER NOT NULL, at REAL NOT NULL);
"""
