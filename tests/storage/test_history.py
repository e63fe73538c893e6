"""The history is read by people page by page; tests/storage/test_audit.py checks its chains."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, event

from account.chapters.history import HistoryKind, HistoryQuery
from account.effects.history import HistoryEvent
from account.values.periods import Period
from storage import Stores
from tests.storage.builders import NOW, OTHER_PHONE, PHONE, SECOND, an_entry

DAY = Period(date(2022, 1, 24), date(2022, 1, 24))


async def test_a_page_is_newest_first_and_the_companys_own(stores: Stores) -> None:
    for n in range(5):
        await stores.history.append(an_entry(at=NOW + n * SECOND, reference=f"A-{n}"))
    await stores.history.append(an_entry(company_id="company-2"))
    await stores.history.append(an_entry(company_id=None, what=HistoryEvent.LOGIN))
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


async def test_an_action_is_one_line_its_last_within_the_period(stores: Stores) -> None:
    for n, result in enumerate(("proposed", "accepted", "unknown", "done")):
        at = NOW + n * SECOND
        await stores.history.append(an_entry(at=at, result=result, reference="A-1"))
    await stores.history.append(an_entry(at=NOW, result="accepted", reference="A-2"))
    late = NOW + timedelta(days=1)
    await stores.history.append(an_entry(at=late, result="refused", reference="A-2"))
    await stores.history.append(an_entry(result="accepted", reference=None))
    await stores.history.append(an_entry(at=NOW, result="accepted", reference="A-3"))
    await stores.history.append(an_entry(at=NOW, result="done", reference="A-3"))
    await stores.history.append(
        an_entry(at=NOW + SECOND, company_id="company-2", result="done", reference="A-2")
    )

    page = await stores.history.page("company-1", HistoryQuery(DAY))

    assert {(entry.reference, entry.result) for entry in page.rows} == {
        ("A-1", "done"),
        ("A-2", "accepted"),
        (None, "accepted"),
        ("A-3", "done"),
    }
    assert page.total == len(page.rows) == 4
    both = Period(DAY.first, date(2022, 1, 25))
    page = await stores.history.page("company-1", HistoryQuery(both))
    assert ("A-2", "refused") in {(entry.reference, entry.result) for entry in page.rows}
    assert page.total == 4


async def test_one_kind_is_wanted_and_what_no_kind_has_is_a_change(stores: Stores) -> None:
    written = (
        HistoryEvent.USAGE_SEEN,
        HistoryEvent.DOCUMENT_ORDERED,
        HistoryEvent.LOGOUT,
        "number.block",
        "not.yet.known",
    )
    for n, what in enumerate(written):
        await stores.history.append(an_entry(what=what, reference=f"A-{n}"))

    async def told(kind: HistoryKind) -> set[str]:
        page = await stores.history.page("company-1", HistoryQuery(DAY, kind=kind))
        assert all(HistoryQuery(DAY, kind=kind).wants(entry.what) for entry in page.rows)
        return {entry.what for entry in page.rows}

    assert await told(HistoryKind.VIEWED) == {HistoryEvent.USAGE_SEEN}
    assert await told(HistoryKind.DOCUMENTS) == {HistoryEvent.DOCUMENT_ORDERED}
    assert await told(HistoryKind.ACCESS) == {HistoryEvent.LOGOUT}
    assert await told(HistoryKind.CHANGES) == {"number.block", "not.yet.known"}


async def test_a_page_that_is_not_full_is_not_counted_beside(stores: Stores) -> None:
    """A company's history is counted for its first pages alone, not for its last one."""
    for n in range(5):
        await stores.history.append(an_entry(at=NOW + SECOND * n))
    counted: list[str] = []

    def look(*told: Any) -> None:
        if "count(" in told[2].lower():
            counted.append(told[2])

    event.listen(Engine, "before_cursor_execute", look)
    try:
        for offset, limit, rows, counts in (
            *((0, 10, 5, 0), (4, 2, 1, 0), (0, 2, 2, 1)),
            # Beyond the end: whoever turned there is to know where the last page is.
            *((8, 2, 0, 1), (3, 2, 2, 1)),
        ):
            counted.clear()
            query = HistoryQuery(DAY, limit=limit, offset=offset)
            page = await stores.history.page("company-1", query)
            assert (len(page.rows), page.total, len(counted)) == (rows, 5, counts)
        counted.clear()
        page = await stores.history.page("company-2", HistoryQuery(DAY))
        assert (page.rows, page.total, counted) == ((), 0, [])
    finally:
        event.remove(Engine, "before_cursor_execute", look)
