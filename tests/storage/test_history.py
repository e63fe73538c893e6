"""The history is read by people page by page; tests/storage/test_audit.py checks its chains."""

from __future__ import annotations

from datetime import date, timedelta

from account.chapters.history import HistoryQuery
from account.effects.history import What
from account.values.periods import Period
from storage import Stores
from tests.storage.builders import NOW, OTHER_PHONE, PHONE, SECOND, an_entry

DAY = Period(date(2022, 1, 24), date(2022, 1, 24))


async def test_a_page_is_newest_first_and_the_companys_own(stores: Stores) -> None:
    for n in range(5):
        await stores.history.append(an_entry(at=NOW + n * SECOND, reference=f"A-{n}"))
    await stores.history.append(an_entry(company_id="company-2"))
    await stores.history.append(an_entry(company_id=None, what=What.LOGIN))
    await stores.history.append(an_entry(at=NOW + timedelta(days=1)))
    await stores.history.append(an_entry(number=OTHER_PHONE.digits, reference="other"))
    page = await stores.history.page("company-1", HistoryQuery(DAY, limit=2, offset=1))
    assert [entry.reference for entry in page.rows] == ["A-3", "A-2"]
    assert (page.offset, page.total) == (1, 6)
    page = await stores.history.page("company-1", HistoryQuery(DAY, number=OTHER_PHONE))
    assert [entry.reference for entry in page.rows] == ["other"]
    page = await stores.history.page("company-1", HistoryQuery(DAY, number=PHONE))
    assert page.total == 5
    assert page.rows[-1] == an_entry(reference="A-0")
