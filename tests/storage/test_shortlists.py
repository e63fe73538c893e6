"""Favourites and what was used of late: bounded, and of one person in one company."""

from __future__ import annotations

from datetime import timedelta

from account.chapters.shortlist import LATELY, ShortlistKind
from storage import Stores
from tests.storage.builders import NOW

ME, US = "adm-1", "company-1"


async def listed(stores: Stores, who: str = ME, company: str = US) -> list[str]:
    rows = await stores.shortlists.read(who, company, ShortlistKind.NUMBER)
    return [f"{'★' if row.favourite else ''}{row.value}" for row in rows]


async def used(stores: Stores, value: str, minutes: int, company: str = US) -> None:
    now = NOW + timedelta(minutes=minutes)
    await stores.shortlists.used(ME, company, ShortlistKind.NUMBER, value, now)


async def test_the_latest_come_first_and_the_oldest_go(stores: Stores) -> None:
    for n in range(LATELY + 2):
        await used(stores, str(n), n)
    await used(stores, "3", 9)
    assert await listed(stores) == ["3", "5", "4", "2"]


async def test_favourites_are_first_and_stay(stores: Stores) -> None:
    await used(stores, "star", 0)
    await stores.shortlists.mark(ME, US, ShortlistKind.NUMBER, "star", NOW, favourite=True)
    for n in range(LATELY + 1):
        await used(stores, str(n), n + 1)
    assert await listed(stores) == ["★star", "4", "3", "2", "1"]
    await used(stores, "star", 9)
    assert (await listed(stores))[0] == "★star"
    await stores.shortlists.mark(ME, US, ShortlistKind.NUMBER, "star", NOW, favourite=False)
    assert "★star" not in await listed(stores)


async def test_each_person_company_and_kind_has_its_own(stores: Stores) -> None:
    await used(stores, "ours", 0)
    await used(stores, "theirs", 1, "company-2")
    await stores.shortlists.used("adm-2", US, ShortlistKind.NUMBER, "hers", NOW)
    await stores.shortlists.used(ME, US, ShortlistKind.ACCOUNT, "25026487", NOW)
    assert await listed(stores) == ["ours"]
    assert await listed(stores, company="company-2") == ["theirs"]
    assert await listed(stores, "adm-2") == ["hers"]
    [account] = await stores.shortlists.read(ME, US, ShortlistKind.ACCOUNT)
    assert (account.value, account.used_at, account.favourite) == ("25026487", NOW, False)
