"""What is kept of one person is all that is told, and what may go goes; the history stays whole."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from account.changes.action import ActionState
from account.effects.effect import OpenSession
from account.errors import SupportRefused
from account.support.personal_data import PersonalData, export_lines
from account.values.identifiers import Msisdn
from storage import Stores
from storage.personal_data import GOES, STAYS
from storage.tables import metadata
from storage.tables.actions import actions
from tests.account.fakes.clock import FakeClock
from tests.storage.builders import (
    LEASE,
    NOW,
    OTHER_PHONE,
    PHONE,
    a_code,
    a_document_order,
    a_message,
    a_session,
    accepted,
    an_entry,
)

NAMING = {"administrator_id", "telegram_id", "chat_id", "phone"}
NOT_PEOPLE = {"number_labels"}
"""Of companies' numbers."""


def test_every_table_that_names_a_person_is_declared() -> None:
    declared = {table.name for table in (*GOES, *STAYS)}
    named = {t.name for t in metadata.sorted_tables if NAMING & set(t.columns.keys())}
    assert named - declared - NOT_PEOPLE == set()
    assert not {table.name for table in GOES} & {table.name for table in STAYS}


@pytest.fixture
def data(stores: Stores) -> PersonalData:
    return PersonalData(stores.personal_data, FakeClock(NOW))


async def lives_here(stores: Stores) -> None:
    """A person with a session, a code, a paper and an entry, and another one."""
    await stores.effect_store.write(
        [
            OpenSession(a_session("s1")),
            OpenSession(
                a_session("s2", administrator_id="adm-2", telegram_id=6, phone=OTHER_PHONE)
            ),
        ]
    )
    await stores.login.issue(a_code("c1"), [])
    await stores.login.issue(replace(a_code("c2"), phone=OTHER_PHONE, telegram_id=6), [])
    await stores.history.append(an_entry())
    await stores.documents.order(a_document_order(), NOW, [])
    document = await stores.documents.claim("w", NOW, LEASE)
    assert document is not None
    await stores.documents.made(document, b"content", "x.xlsx", 1, [])


async def counts(stores: Stores) -> dict[str, int]:
    def work(conn):  # type: ignore[no-untyped-def]
        tables = metadata.sorted_tables
        sizes = {t.name: conn.execute(select(func.count()).select_from(t)).scalar() for t in tables}
        return {name: size for name, size in sizes.items() if size}

    return await stores.database.read(work)


async def test_all_of_one_person_is_told_and_nothing_of_another(
    stores: Stores, data: PersonalData
) -> None:
    await lives_here(stores)
    lines = export_lines(await data.read(PHONE), PHONE, NOW)
    text = json.dumps(lines, ensure_ascii=False)
    tables = [str(one["table"]) for one in lines[1:]]
    assert {"sessions", "codes", "documents", "history"} <= set(tables)
    assert tables.count("sessions") == tables.count("codes") == 1
    assert lines[0]["rows"] == len(tables)
    assert OTHER_PHONE.digits not in text
    assert "adm-2" not in text
    assert not {"code_mac", "mac", "token_hash", "sealed", "password_hash"} & {
        name for line in lines for name in line
    }


async def test_what_may_go_goes_and_the_proof_stays_whole(
    stores: Stores, data: PersonalData
) -> None:
    await lives_here(stores)
    before = await counts(stores)
    erased = await data.erase(PHONE, "root", "asked in writing")
    assert erased == {"sessions": 1, "codes": 1, "documents": 1}
    left = await counts(stores)
    assert "documents" not in left
    assert "document_chunks" not in left
    assert left["sessions"] == left["codes"] == 1, "another person's"
    assert left["history"] == before["history"] + 1
    assert (await stores.audit.verify(NOW)).breach is None


async def test_a_stranger_is_said_to_be_one(data: PersonalData) -> None:
    with pytest.raises(SupportRefused, match="nobody with this number was ever here"):
        await data.read(Msisdn("77010000000"))


async def test_nothing_is_erased_while_a_change_has_not_ended(
    stores: Stores, data: PersonalData
) -> None:
    await lives_here(stores)
    action = await accepted(stores, "t1")
    before = await counts(stores)
    with pytest.raises(SupportRefused, match=r"^1 of their changes"):
        await data.erase(PHONE, "root", "asked in writing")
    assert await counts(stores) == before
    await stores.database.write(
        lambda conn: conn.execute(
            update(actions).where(actions.c.id == action.id).values(state=ActionState.DONE.value)
        )
    )
    await data.erase(PHONE, "root", "asked in writing")
    assert (await counts(stores))["actions"] == before["actions"]


async def test_who_mistyped_the_number_is_another_person(
    stores: Stores, data: PersonalData
) -> None:
    await lives_here(stores)
    await stores.login.issue(a_code("c3", telegram_id=6), [])
    await stores.outbox.owe(a_message("theirs", to="6"))
    assert (await stores.personal_data.person(PHONE)).telegram_ids == {5}
    lines = export_lines(await data.read(PHONE), PHONE, NOW)
    assert "outbox" not in {str(one["table"]) for one in lines[1:]}
    assert OTHER_PHONE.digits not in json.dumps(lines)
    before = await counts(stores)
    erased = await data.erase(PHONE, "keeper", "asked by letter")
    left = await counts(stores)
    assert (before["codes"], erased["codes"], left["codes"]) == (3, 2, 1)


async def test_a_chat_that_was_handed_on_is_its_next_persons(stores: Stores) -> None:
    await lives_here(stores)
    later = NOW + timedelta(days=1)
    session = a_session("s3", administrator_id="adm-2", phone=OTHER_PHONE, opened_at=later)
    await stores.effect_store.write([OpenSession(session)])
    assert (await stores.personal_data.person(PHONE)).telegram_ids == frozenset()
    assert (await stores.personal_data.person(OTHER_PHONE)).telegram_ids == {5, 6}
