"""What is old is forgotten; the history and confirmed changes are not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from account.effects.effect import EndSession, OpenSession
from storage import Stores
from storage.retention import KeptFor, Retention, forgetting
from storage.retention.rules import NO_TERM, RULES
from storage.stores.people import Person, keep_person
from storage.tables import metadata
from storage.tables.access import known_telegrams, secret_codes
from storage.tables.actions import actions
from storage.tables.change_sets import change_set_numbers, change_sets
from storage.tables.history import history
from storage.tables.inbox import inbox
from storage.tables.people import fsm, reminders
from storage.tables.processes import counters
from tests.storage.builders import (
    LEASE,
    NOW,
    OTHER_PHONE,
    PHONE,
    SECOND,
    a_code,
    a_document_order,
    a_message,
    a_session,
    accepted,
    an_entry,
    an_update,
    offered,
)

DAY = timedelta(days=1)
MONTHS = ("2020-11", "2020-12", "2021-12")
A_SET: dict[str, Any] = {
    "kind": "block",
    "parameters": "{}",
    "company_id": "org-1",
    "telegram_id": 5,
    "session_id": "s",
    "administrator_id": "a",
    "administrator": "a",
    "language": "en",
    "listed": 30,
    "repeated": 0,
    "left_out": "",
    "digest": "",
    "created_at": NOW,
    "due": NOW,
}
A_NUMBER: dict[str, Any] = {"line": 1, "shown": "", "fate": "ready"}


async def counts(stores: Stores) -> dict[str, int]:
    def work(conn):  # type: ignore[no-untyped-def]
        tables = metadata.sorted_tables
        sizes = {t.name: conn.execute(select(func.count()).select_from(t)).scalar() for t in tables}
        return {name: size for name, size in sizes.items() if size}

    return await stores.database.read(work)


async def fill(stores: Stores) -> None:
    done, bad, _ = await stores.inbox.put([an_update(1), an_update(2), an_update(3)])
    await stores.inbox.done([done.id])
    await stores.inbox.quarantine(bad.id, "ValidationError")
    await stores.login.issue(a_code("c1"), [])
    await stores.login.fail("phone:1", NOW, [])
    await stores.effect_store.write([OpenSession(a_session("s1")), EndSession("s1", NOW)])
    await stores.effect_store.write(
        [OpenSession(a_session("s2", telegram_id=6, seen_at=NOW + DAY))]
    )
    await offered(stores, "t1", msisdn=OTHER_PHONE)
    await accepted(stores, "t2", msisdn=PHONE)
    await stores.history.append(an_entry())
    await stores.outbox.owe(a_message())
    [row] = await stores.outbox.claim("w", NOW, LEASE, 1)
    await stores.outbox.delivered(row, 1)
    await stores.outbox.owe(a_message("never sent"))
    await stores.documents.order(a_document_order(), NOW, [])
    document = await stores.documents.claim("w", NOW, LEASE)
    assert document is not None
    await stores.documents.made(document, b"content", "x.xlsx", 1, [])


async def test_nothing_young_is_forgotten(stores: Stores) -> None:
    await fill(stores)
    before = await counts(stores)
    assert await stores.purge(NOW) == 0
    assert await counts(stores) == before


async def test_things_are_forgotten_in_their_time(stores: Stores) -> None:
    await fill(stores)
    await stores.purge(NOW + DAY + SECOND)
    left = await counts(stores)
    assert "document_chunks" not in left
    assert "attempts" not in left
    assert left["inbox"] == 3
    assert await stores.outbox.waiting() == 0, "what expired is dead"
    await stores.purge(NOW + 2 * DAY + SECOND)
    left = await counts(stores)
    assert "codes" not in left
    assert (left["inbox"], left["actions"]) == (2, 1)
    await stores.purge(NOW + 8 * DAY + SECOND)
    left = await counts(stores)
    assert "outbox" not in left
    assert left["inbox"] == 1, "what was never handled stays"
    assert left["sessions"] == 2
    await stores.purge(NOW + 30 * DAY + SECOND)
    left = await counts(stores)
    assert left["sessions"] == 1
    assert "documents" not in left
    assert (left["history"], left["actions"]) == (1, 1)


# --- every table ---


def test_every_table_has_a_term_or_says_why_it_needs_none() -> None:
    by_themselves = {inbox, history}
    ruled = {rule.table for rule in RULES} | {rule.also[0].table for rule in RULES if rule.also}
    assert ruled | NO_TERM.keys() | by_themselves == set(metadata.tables.values())
    assert not ruled & NO_TERM.keys()
    assert all(NO_TERM.values())


def test_the_page_has_every_table_that_grows_and_its_days() -> None:
    page = (Path(__file__).parents[2] / "docs/operation/retention.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+) \| (.+) \|$", page, re.MULTILINE)
    told: dict[str, set[str]] = {}
    for names, term in rows:
        for name in re.findall(r"[a-z_]+", names):
            told.setdefault(name, set()).update(re.findall(r"[0-9]+", term))
    grows = {table.name for table in metadata.tables.values()} - {one.name for one in NO_TERM}
    assert grows <= told.keys()
    kept = KeptFor()
    for rule in RULES:
        term = rule.term(kept)
        if term is not None and term >= DAY and rule.table.name != "attempts":
            assert str(term.days) in told[rule.table.name], rule.table.name
    assert {str(kept.inbox_done.days), str(kept.inbox_quarantined.days)} == told["inbox"]


async def test_what_has_ended_goes_when_the_operator_says_so(stores: Stores) -> None:
    await offered(stores, "t2", msisdn=PHONE)
    await accepted(stores, "t1", msisdn=OTHER_PHONE)
    ended = {"state": "done", "settled_at": NOW, "due": NOW}

    def settle(conn):  # type: ignore[no-untyped-def]
        conn.execute(update(actions).where(actions.c.state == "accepted").values(**ended))

    await stores.database.write(settle)
    late = NOW + 400 * DAY
    await Retention(stores.database, KeptFor(offers=999 * DAY)).purge(late)
    assert (await counts(stores))["actions"] == 2
    year = KeptFor(offers=999 * DAY, history=365 * DAY)
    await Retention(stores.database, year).purge(NOW + 365 * DAY)
    assert (await counts(stores))["actions"] == 2
    await Retention(stores.database, year).purge(late)
    assert (await counts(stores))["actions"] == 1, "what never ended stays"


async def test_sets_go_with_their_numbers(stores: Stores) -> None:
    def fill(conn):  # type: ignore[no-untyped-def]
        for name, state in (("old", "ended"), ("open", "paused"), ("void", "void")):
            conn.execute(
                change_sets.insert(),
                {**A_SET, "id": name, "token_hash": name}
                | {"state": state, "settled_at": NOW if state == "ended" else None},
            )
            rows = [{**A_NUMBER, "set_id": name, "place": n, "msisdn": str(n)} for n in range(30)]
            conn.execute(change_set_numbers.insert(), rows)

    await stores.database.write(fill)
    await Retention(stores.database, KeptFor(history=365 * DAY)).purge(NOW + 3 * DAY)
    left = await counts(stores)
    assert (left["change_sets"], left["change_set_numbers"]) == (2, 60), "the one never confirmed"
    await Retention(stores.database, KeptFor(history=365 * DAY)).purge(NOW + 366 * DAY)
    left = await counts(stores)
    assert (left["change_sets"], left["change_set_numbers"]) == (1, 30)


async def test_a_chat_in_which_nobody_ever_logged_in_is_forgotten(stores: Stores) -> None:
    guest, known, employee = 501, 502, 503

    def fill(conn):  # type: ignore[no-untyped-def]
        for who in (guest, known, employee):
            keep_person(conn, Person(who, language="kk", chosen=True, first_seen=NOW))
            row = {"bot_id": 1, "chat_id": who, "user_id": who, "slot": "||", "data": "{}"}
            conn.execute(fsm.insert(), row)
        code: dict[str, Any] = {
            "id": "s",
            "company_id": "c",
            "company_name": "c",
            "company_bin": "1",
        }
        code |= {"msisdn": "77010000000", "code_mac": "", "sent_at": NOW, "telegram_id": employee}
        conn.execute(secret_codes.insert(), code)
        account = {"administrator_id": "a", "telegram_id": known, "phone": "77010000001"}
        conn.execute(known_telegrams.insert(), {**account, "first_at": NOW, "bound_at": NOW})

    await stores.database.write(fill)
    await stores.purge(NOW + 89 * DAY)
    assert (await counts(stores))["people"] == 3
    await stores.purge(NOW + 91 * DAY)
    left = await counts(stores)
    assert (left["people"], left["fsm"]) == (2, 2)

    def end(conn):  # type: ignore[no-untyped-def]
        conn.execute(update(secret_codes).values(ended_at=NOW))

    await stores.database.write(end)
    await stores.purge(NOW + 91 * DAY)
    left = await counts(stores)
    assert "secret_codes" not in left
    assert (left["people"], left["fsm"]) == (1, 1)


async def test_months_told_of_and_days_counted_are_forgotten(stores: Stores) -> None:
    def fill(conn):  # type: ignore[no-untyped-def]
        told = [{"administrator_id": "a", "reminder": "r", "month": m} for m in MONTHS]
        conn.execute(reminders.insert(), told)
        days = [{"name": "A", "day": day, "value": 7} for day in ("20211101", "20220123")]
        conn.execute(counters.insert(), days)

    await stores.database.write(fill)
    await stores.purge(NOW)
    left = await counts(stores)
    assert (left["reminders"], left["counters"]) == (2, 1)


# --- and nobody waits for it ---


async def test_a_table_is_walked_in_stretches(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 100 rows, every second of which is old, by stretches of eight."""
    rule = next(one for one in RULES if one.table is counters)
    days = [{"name": f"{n:03}", "day": "2000" if n % 2 else "9999", "value": 1} for n in range(100)]
    await stores.database.write(lambda conn: conn.execute(counters.insert(), days).close())
    monkeypatch.setattr(forgetting, "RULES", (replace(rule, most=8),))
    transactions = 0
    write = stores.database.write

    async def counted(work):  # type: ignore[no-untyped-def]
        nonlocal transactions
        transactions += 1
        return await write(work)

    monkeypatch.setattr(stores.database, "write", counted)
    assert await Retention(stores.database).purge(NOW) == 50
    assert transactions == 1 + 13, "the inbox, and twelve stretches with a last one"
    assert (await counts(stores))["counters"] == 50


async def test_a_slow_stretch_is_followed_by_a_shorter_one(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = next(one for one in RULES if one.table is counters)
    days = [{"name": f"{n:03}", "day": "9999", "value": 1} for n in range(200)]
    await stores.database.write(lambda conn: conn.execute(counters.insert(), days).close())
    monkeypatch.setattr(forgetting, "RULES", (replace(rule, most=64),))
    skipped: list[int] = []
    stretch = forgetting._stretch

    def seen(rule, before, after, length, conn):  # type: ignore[no-untyped-def]
        skipped.append(length)
        return stretch(rule, before, after, length, conn)

    monkeypatch.setattr(forgetting, "_stretch", seen)
    times = iter([0.0, 1.0, 1.0, 2.0, 2.0, 2.001, *range(3, 99)])
    assert await Retention(stores.database, seconds=lambda: next(times)).purge(NOW) == 0
    assert skipped[:5] == [64, 32, 16, 32, 16]
    assert min(skipped) >= forgetting.LEAST
