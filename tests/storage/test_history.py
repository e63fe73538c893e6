"""The history is read by people page by page, and shows when somebody has tampered with it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import Executable, delete, text, update

from account.history import HistoryWish, What
from account.periods import Period
from storage import Stores, open_stores
from storage.sealing import Secrets
from storage.tables import history, history_head
from tests.storage.builders import NOW, OTHER_PHONE, PHONE, SECOND, an_entry

DAY = Period(date(2022, 1, 24), date(2022, 1, 24))


async def test_a_page_is_newest_first_and_the_companys_own(stores: Stores) -> None:
    for n in range(5):
        await stores.history.append(an_entry(at=NOW + n * SECOND, reference=f"A-{n}"))
    await stores.history.append(an_entry(company_id="company-2"))
    await stores.history.append(an_entry(company_id=None, what=What.LOGIN))
    await stores.history.append(an_entry(at=NOW + timedelta(days=1)))
    await stores.history.append(an_entry(number=OTHER_PHONE.digits, reference="other"))
    page = await stores.history.page("company-1", HistoryWish(DAY, limit=2, offset=1))
    assert [entry.reference for entry in page.rows] == ["A-3", "A-2"]
    assert (page.offset, page.total) == (1, 6)
    page = await stores.history.page("company-1", HistoryWish(DAY, number=OTHER_PHONE))
    assert [entry.reference for entry in page.rows] == ["other"]
    page = await stores.history.page("company-1", HistoryWish(DAY, number=PHONE))
    assert page.total == 5
    assert page.rows[-1] == an_entry(reference="A-0")


async def test_an_untouched_chain_is_whole(stores: Stores) -> None:
    assert (await stores.history.verify_chain()).broken is None
    for n in range(3):
        await stores.history.append(an_entry(reference=f"A-{n}"))
    verdict = await stores.history.verify_chain()
    assert (verdict.broken, verdict.rows) == (None, 3)
    assert await stores.history.count() == 3


async def test_entries_at_once_make_one_line(stores: Stores, others: Stores) -> None:
    await asyncio.gather(*(side.history.append(an_entry()) for side in (stores, others) * 10))
    verdict = await stores.history.verify_chain()
    assert (verdict.broken, verdict.rows) == (None, 20)


TAMPERING = {
    "changed": (update(history).where(history.c.seq == 2).values(result="refused"), 2),
    "changed time": (update(history).where(history.c.seq == 4).values(at=NOW + SECOND), 4),
    "removed": (delete(history).where(history.c.seq == 3), 3),
    "removed at the start": (delete(history).where(history.c.seq == 1), 1),
    "cut off at the end": (delete(history).where(history.c.seq == 5), 5),
    "removed all": (delete(history), 1),
    "head removed": (delete(history_head), 6),
    "head set back": (update(history_head).values(seq=4), 6),
}


@pytest.mark.parametrize("name", TAMPERING)
async def test_tampering_shows(stores: Stores, name: str) -> None:
    for n in range(5):
        await stores.history.append(an_entry(reference=f"A-{n}"))
    statement, broken = TAMPERING[name]
    await _do(stores, statement)
    assert (await stores.history.verify_chain()).broken == broken


async def test_exchanged_rows_show(stores: Stores) -> None:
    for n in range(5):
        await stores.history.append(an_entry(reference=f"A-{n}"))

    for old, new in ((2, 12), (3, 2), (12, 3)):
        move = update(history).where(history.c.seq == old).values(seq=new)
        await _do(stores, move)
    assert (await stores.history.verify_chain()).broken == 2


async def test_a_row_added_without_the_key_shows(stores: Stores) -> None:
    for _ in range(2):
        await stores.history.append(an_entry())
    copied = (
        "INSERT INTO history SELECT 3, at, what, result, administrator_id, administrator, "
        "company_id, number, parameters, reference, channel, mac FROM history WHERE seq = 2"
    )
    await _do(stores, text(copied))
    assert (await stores.history.verify_chain()).broken == 3


async def test_another_key_does_not_verify(stores: Stores, url: str) -> None:
    await stores.history.append(an_entry())
    stranger = open_stores(url, Secrets.from_master(b"another master secret entirely!!"))
    assert (await stranger.history.verify_chain()).broken == 1
    await stranger.close()


async def _do(stores: Stores, statement: Executable) -> None:
    await stores.database.write(lambda conn: conn.execute(statement).close())
