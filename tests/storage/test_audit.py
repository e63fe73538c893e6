"""The history shows when somebody has tampered with it: an entry, an end, a whole company's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Connection, Executable, delete, insert, select, text, update

from account.changes.action import ActionState
from account.chapters.history import HistoryQuery
from account.effects.history import HistoryEvent
from account.values.periods import Period, today
from storage import Secrets, Stores, open_stores
from storage.audit.chain import LEGACY, NO_COMPANY
from storage.audit.seals import ALL, REGISTER, HistorySeals, Seal
from storage.audit.verification import (
    ENTRY,
    REGISTER_CHANGED,
    SEAL_CHANGED,
    STRANGE,
    TAKEN_AWAY,
    Verdict,
)
from storage.engine import schema
from storage.tables.history import (
    history,
    history_chains,
    history_checkpoints,
    history_head,
    history_seals,
)
from tests.postgres import PostgresServer
from tests.schema import SQLITE, content, put
from tests.storage.builders import LEASE, NOW, SECOND, accepted, an_entry
from tests.storage.conftest import SECRETS
from tests.storage.legacy import ONE_CHAIN, write_as_before

ONE, TWO = "company:company-1", "company:company-2"
OURS = history.c.chain == ONE


async def do(stores: Stores, *statements: Executable) -> None:
    def work(conn: Any) -> None:
        for statement in statements:
            conn.execute(statement)

    await stores.database.write(work)


async def rows(stores: Stores, statement: Any) -> list[Any]:
    return await stores.database.read(lambda conn: list(conn.execute(statement)))


async def write(stores: Stores, *companies: str | None, start: int = 0) -> None:
    for n, company in enumerate(companies, start):
        entry = an_entry(at=NOW + n * SECOND, company_id=company, reference=f"A-{n}")
        await stores.history.append(entry)


async def five(stores: Stores) -> None:
    """Five entries of one company, among those of others."""
    for n in range(5):
        await write(stores, "company-1", "company-2", None, start=3 * n)


@pytest.fixture(params=["never checked", "sealed in between"])
async def written(stores: Stores, request: pytest.FixtureRequest) -> Stores:
    await five(stores)
    if request.param == "sealed in between":
        await checked(stores)
        await write(stores, "company-1", "company-1", start=90)
        await write(stores, "company-3", start=95)
    return stores


async def checked(stores: Stores, *, full: bool = False) -> Verdict:
    return await stores.audit.verify(NOW, full=full)


async def test_untouched_chains_are_whole(stores: Stores) -> None:
    assert (await checked(stores)).breach is None
    await five(stores)
    verdict = await checked(stores)
    assert (verdict.breach, verdict.rows, verdict.chains) == (None, 15, 3)
    assert await stores.history.count() == 15
    assert verdict.seal.startswith("1:")
    await write(stores, "company-1")
    again = await checked(stores)
    assert (again.breach, again.rows, again.seal[:2]) == (None, 16, "2:")
    # Nothing is new: nothing is sealed.
    assert (await checked(stores)).seal == again.seal
    assert (await checked(stores, full=True)).rows == 16


async def test_entries_at_once_make_one_line_each(stores: Stores, others: Stores) -> None:
    """Also of companies that begin at the same moment."""
    entries = [an_entry(company_id=f"company-{n % 3}") for n in range(24)]
    await asyncio.gather(
        *(
            side.history.append(entry)
            for n, entry in enumerate(entries)
            for side in (stores, others)
            if n % 2 == (side is stores)
        )
    )
    verdict = await checked(stores)
    assert (verdict.breach, verdict.rows, verdict.chains) == (None, 24, 3)
    found = await rows(stores, select(history_chains.c.number, history_chains.c.seq))
    assert sorted(tuple(row) for row in found) == [(1, 8), (2, 8), (3, 8)]


async def test_a_register_that_others_began_meanwhile_was_not_taken_away(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking for it and counting the chains; it was told as changed for good."""
    await stores.history.append(an_entry(company_id="company-1"))
    read, misses = HistorySeals.read, iter([True])

    def too_early(self: HistorySeals, conn: Connection, name: str, **how: bool) -> Seal | None:
        return None if name == REGISTER and next(misses, False) else read(self, conn, name, **how)

    monkeypatch.setattr(HistorySeals, "read", too_early)
    await stores.history.append(an_entry(company_id="company-2"))
    assert next(misses, None) is None
    verdict = await checked(stores)
    assert (verdict.breach, verdict.rows, verdict.chains) == (None, 2, 2)


async def test_a_check_beside_writers_is_no_alarm(stores: Stores, others: Stores) -> None:
    async def writes() -> None:
        for n in range(30):
            await write(others, f"company-{n % 7}", "company-1", start=n)

    async def checks() -> None:
        for n in range(15):
            assert (await checked(stores, full=n % 3 == 0)).breach is None

    await asyncio.gather(writes(), checks())
    assert (await checked(stores, full=True)).rows == 60


async def test_two_that_check_at_once_seal_once(stores: Stores, others: Stores) -> None:
    await five(stores)
    verdicts = await asyncio.gather(*(checked(side) for side in (stores, others) * 3))
    assert {verdict.breach for verdict in verdicts} == {None}
    [row] = await rows(stores, select(history_seals.c.number).where(history_seals.c.name == ALL))
    assert row.number == 1


ENTRIES = {
    "changed": (update(history).where(OURS, history.c.seq == 2).values(result="refused"), 2),
    "changed time": (update(history).where(OURS, history.c.seq == 4).values(at=NOW + SECOND), 4),
    "told of another": (update(history).where(OURS, history.c.seq == 1).values(number="1"), 1),
    "removed": (delete(history).where(OURS, history.c.seq == 3), 3),
    "removed at the start": (delete(history).where(OURS, history.c.seq == 1), 1),
    "all of it removed": (delete(history).where(OURS), 1),
    "moved to another company": (
        update(history).where(OURS, history.c.seq == 2).values(company_id="company-2"),
        2,
    ),
    "under another key's number": (
        update(history).where(OURS, history.c.seq == 3).values(key_number=2),
        3,
    ),
    "after another seal": (update(history).where(OURS, history.c.seq == 3).values(after_seal=7), 3),
    "before the first": (update(history).where(OURS, history.c.seq == 1).values(seq=-1), 1),
}


@pytest.mark.parametrize("name", ENTRIES)
async def test_a_changed_entry_shows_in_a_full_check(written: Stores, name: str) -> None:
    statement, broken = ENTRIES[name]
    await do(written, statement)
    breach = (await checked(written, full=True)).breach
    assert breach is not None
    assert (breach.why, breach.company, breach.entry) == (ENTRY, "company-1", broken)


@pytest.mark.parametrize("name", ENTRIES)
async def test_a_changed_entry_shows_at_once_when_it_is_new(stores: Stores, name: str) -> None:
    statement, broken = ENTRIES[name]
    await five(stores)
    await do(stores, statement)
    verdict = await checked(stores)
    assert verdict.broken == broken
    assert verdict.seal == ""
    assert (await checked(stores)).broken == broken


async def last(stores: Stores, chain: str = ONE) -> int:
    [row] = await rows(stores, select(history_chains.c.seq).where(history_chains.c.chain == chain))
    return int(row.seq)


@pytest.mark.parametrize("full", [False, True])
async def test_a_cut_end_shows(written: Stores, *, full: bool) -> None:
    end = await last(written)
    await do(written, delete(history).where(OURS, history.c.seq == end))
    assert (await checked(written, full=full)).broken == end


@pytest.mark.parametrize("full", [False, True])
async def test_a_cut_end_shows_also_with_its_head(written: Stores, *, full: bool) -> None:
    end = await last(written)
    [before] = await rows(written, select(history.c.mac).where(OURS, history.c.seq == end - 1))
    head = update(history_chains).where(history_chains.c.chain == ONE)
    cut = delete(history).where(OURS, history.c.seq == end)
    await do(written, cut, head.values(seq=end - 1, mac=before.mac))
    assert (await checked(written, full=full)).broken == end
    # Going on does not make it good.
    await write(written, "company-1", start=200)
    assert (await checked(written, full=full)).breach is not None


@pytest.mark.parametrize("full", [False, True])
async def test_an_entry_behind_the_end_shows(written: Stores, *, full: bool) -> None:
    end = await last(written)
    [row] = await rows(written, select(history).where(OURS, history.c.seq == end))
    await do(written, insert(history).values({**row._asdict(), "seq": end + 1}))
    breach = (await checked(written, full=full)).breach
    assert breach is not None
    assert (breach.company, breach.entry) == ("company-1", end + 1)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("chain", [ONE, TWO, NO_COMPANY])
async def test_a_whole_company_taken_away_shows(written: Stores, chain: str, *, full: bool) -> None:
    for table in (history, history_chains, history_checkpoints):
        await do(written, delete(table).where(table.c.chain == chain))
    breach = (await checked(written, full=full)).breach
    assert breach is not None
    assert breach.why == TAKEN_AWAY


@pytest.mark.parametrize("full", [False, True])
async def test_the_last_company_taken_away_and_another_one_shows(
    stores: Stores, *, full: bool
) -> None:
    """Also when the numbers are made to fit, and when it goes on writing."""
    await write(stores, "company-1", "company-2", "company-3")
    for table in (history, history_chains):
        await do(stores, delete(table).where(table.c.chain == TWO))
    await do(stores, update(history_chains).where(history_chains.c.number == 3).values(number=2))
    assert (await checked(stores, full=full)).breach is not None
    await write(stores, "company-2")
    assert (await checked(stores, full=full)).breach is not None


async def test_a_register_set_back_or_removed_shows(written: Stores) -> None:
    register = history_seals.c.name == "chains"
    kept = await rows(written, select(history_seals).where(register))
    await write(written, "company-9", start=300)
    for name in (history, history_chains):
        await do(written, delete(name).where(name.c.chain == "company:company-9"))
    await do(written, update(history_seals).where(register).values(**kept[0]._asdict()))
    # As of before that company came, which nothing later has sealed: the one thing to be noted
    # elsewhere. Whatever else is done to the register shows.
    await do(written, update(history_seals).where(register).values(number=1))
    breach = (await checked(written)).breach
    assert breach is not None
    assert breach.why == REGISTER_CHANGED
    await do(written, delete(history_seals).where(register))
    assert (await checked(written)).breach is not None
    await write(written, "company-8", start=400)
    assert (await checked(written)).breach is not None


async def test_entries_of_a_chain_that_nobody_began_show(written: Stores) -> None:
    """They would be seen by people: pages are read by the company alone."""
    [row] = await rows(written, select(history).where(OURS, history.c.seq == 1))
    await do(written, insert(history).values({**row._asdict(), "chain": "x"}))
    day = today(NOW)
    page = await written.history.page("company-1", HistoryQuery(Period(day, day), limit=50))
    assert len([entry for entry in page.rows if entry.reference == "A-0"]) == 2
    breach = (await checked(written)).breach
    assert breach is not None
    assert (breach.why, breach.chain) == (STRANGE, "x")


async def test_all_gone_with_everything_that_tells_of_it_shows_by_the_changes(
    stores: Stores,
) -> None:
    action = await accepted(stores, "t1")
    [claimed] = await stores.actions.claim("w", NOW, LEASE, 10)
    await stores.actions.settle(claimed, ActionState.DONE, None, None, NOW, [an_entry()])
    assert (await checked(stores)).breach is None
    assert action.id == claimed.id
    tables = (history, history_chains, history_checkpoints, history_seals)
    await do(stores, *(delete(table) for table in tables))
    assert (await checked(stores)).broken == 1


# --- the seal over all ---


async def snapshot(stores: Stores, chain: str | None = None) -> list[tuple[Any, list[Any]]]:
    """What somebody notes who will put it back."""
    tables = (history, history_chains, history_checkpoints, history_seals)
    kept = []
    for table in tables:
        if chain is not None and table is history_seals:
            continue
        of_chain = text("1 = 1") if chain is None else table.c.chain == chain
        kept.append((table, await rows(stores, select(table).where(of_chain))))
    return kept


async def put_back(
    stores: Stores, kept: list[tuple[Any, list[Any]]], chain: str | None = None
) -> None:
    for table, noted in kept:
        of_chain = text("1 = 1") if chain is None else table.c.chain == chain
        await do(stores, delete(table).where(of_chain))
        for row in noted:
            await do(stores, insert(table).values(**row._asdict()))


@pytest.mark.parametrize("full", [False, True])
async def test_one_company_put_back_to_an_older_state_shows(stores: Stores, *, full: bool) -> None:
    await five(stores)
    kept = await snapshot(stores, ONE)
    await write(stores, "company-1", start=50)
    assert (await checked(stores)).breach is None
    await put_back(stores, kept, ONE)
    breach = (await checked(stores, full=full)).breach
    assert breach is not None
    assert breach.why == SEAL_CHANGED


@pytest.mark.parametrize("full", [False, True])
async def test_one_company_put_back_behind_its_check_shows(stores: Stores, *, full: bool) -> None:
    await five(stores)
    kept = await snapshot(stores, ONE)
    await write(stores, "company-1", start=50)
    assert (await checked(stores)).breach is None
    await put_back(stores, [one for one in kept if one[0] is not history_checkpoints], ONE)
    breach = (await checked(stores, full=full)).breach
    assert breach is not None
    assert (breach.company, breach.why) == ("company-1", ENTRY)


@pytest.mark.parametrize("full", [False, True])
async def test_an_older_seal_put_back_with_it_shows_by_the_others(
    stores: Stores, *, full: bool
) -> None:
    await five(stores)
    assert (await checked(stores)).breach is None
    everything = await snapshot(stores)
    await write(stores, "company-1", start=50)
    assert (await checked(stores)).breach is None
    await write(stores, "company-2", start=51)
    theirs = await snapshot(stores, TWO)
    await put_back(stores, everything)
    await put_back(stores, [kept for kept in theirs if kept[0] is not history_checkpoints], TWO)
    breach = (await checked(stores, full=full)).breach
    assert breach is not None
    assert breach.why == SEAL_CHANGED


OVER_ALL = {
    "seal changed": update(history_seals).where(history_seals.c.name == ALL).values(digest="x"),
    "key lowered": update(history_seals).where(history_seals.c.name == ALL).values(least_key=0),
    "seal removed": delete(history_seals).where(history_seals.c.name == ALL),
    "an end changed": update(history_checkpoints)
    .where(history_checkpoints.c.chain == ONE)
    .values(seq=2),
    "an end removed": delete(history_checkpoints).where(history_checkpoints.c.chain == ONE),
    "all ends removed": delete(history_checkpoints),
}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", OVER_ALL)
async def test_what_is_sealed_over_all_cannot_be_changed(
    stores: Stores, name: str, *, full: bool
) -> None:
    await five(stores)
    await checked(stores)
    await write(stores, "company-1", start=50)
    await do(stores, OVER_ALL[name])
    breach = (await checked(stores, full=full)).breach
    assert breach is not None
    assert breach.why == SEAL_CHANGED


async def test_a_check_begins_at_the_last_seal(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    await five(stores)
    await checked(stores)
    await write(stores, "company-1", start=50)
    seen: list[tuple[str, int]] = []
    follows = stores.audit._chain.follows

    def counted(row: Any, previous: str) -> bool:
        seen.append((row.chain, row.seq))
        return follows(row, previous)

    monkeypatch.setattr(stores.audit._chain, "follows", counted)
    verdict = await checked(stores)
    assert (verdict.breach, verdict.rows) == (None, 16)
    assert seen == [(ONE, 6)]
    await checked(stores, full=True)
    assert len(seen) == 17


async def test_another_key_does_not_verify(stores: Stores, url: str) -> None:
    await five(stores)
    stranger = open_stores(url, Secrets.from_master(b"another master secret entirely!!"))
    assert (await stranger.audit.verify(NOW)).breach is not None
    await stranger.close()


# --- the one chain of before ---


async def make_one_chain(url: str) -> None:
    """Five entries, of two companies, in one chain, and the schema of that time."""
    await schema.upgrade(url)
    stores = open_stores(url, SECRETS)
    entries = [
        an_entry(at=NOW + n * SECOND, reference=f"A-{n}", company_id=f"company-{1 + n % 2}")
        for n in range(5)
    ]
    await write_as_before(stores, SECRETS.audit, entries)
    await stores.close()
    await schema.downgrade(url, ONE_CHAIN)


@pytest.fixture(scope="session")
def one_chain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Made once for all tests: forty of them begin with it."""
    file = tmp_path_factory.mktemp("one-chain") / "test.db"
    asyncio.run(make_one_chain(f"{SQLITE}{file}"))
    return content(file)


@pytest.fixture(scope="session")
def postgres_one_chain(postgres_server: PostgresServer) -> str:
    postgres_server.sql("CREATE DATABASE one_chain")
    asyncio.run(make_one_chain(postgres_server.url("one_chain")))
    return "one_chain"


@pytest.fixture
def of_before(empty_url: str, request: pytest.FixtureRequest) -> str:
    if empty_url.startswith(SQLITE):
        put(empty_url, request.getfixturevalue("one_chain"))
    else:
        name, made = empty_url.rpartition("/")[2], request.getfixturevalue("postgres_one_chain")
        server: PostgresServer = request.getfixturevalue("postgres_server")
        server.sql(f"DROP DATABASE {name}")
        server.sql(f"CREATE DATABASE {name} TEMPLATE {made}")
    return empty_url


@pytest.fixture
async def moved_over(of_before: str) -> AsyncIterator[Stores]:
    """A database whose entries were written in one chain."""
    stores = open_stores(of_before, SECRETS)
    yield stores
    await stores.close()


async def test_the_chain_of_before_goes_on_being_checked(
    moved_over: Stores, empty_url: str
) -> None:
    before = await rows(moved_over, text("SELECT seq, mac FROM history ORDER BY seq"))
    await schema.upgrade(empty_url)
    verdict = await checked(moved_over)
    assert (verdict.breach, verdict.rows, verdict.chains) == (None, 5, 1)
    await write(moved_over, "company-1", "company-2", start=10)
    for full in (False, True):
        verdict = await checked(moved_over, full=full)
        assert (verdict.breach, verdict.rows, verdict.chains) == (None, 7, 3)
    legacy = select(history.c.seq, history.c.mac).where(history.c.chain == LEGACY)
    after = await rows(moved_over, legacy.order_by(history.c.seq))
    assert [tuple(row) for row in after] == [tuple(row) for row in before]
    day = today(NOW)
    page = await moved_over.history.page("company-1", HistoryQuery(Period(day, day)))
    assert [entry.reference for entry in page.rows] == ["A-10", "A-4", "A-2", "A-0"]


OF_BEFORE: dict[str, tuple[Any, int | None]] = {
    "changed": (update(history).where(history.c.seq == 2).values(result="refused"), 2),
    "removed": (delete(history).where(history.c.seq == 3), 3),
    "cut off at the end": (delete(history).where(history.c.seq == 5), 5),
    "removed all": (delete(history), 1),
    "head removed": (delete(history_head), 6),
    "head set back": (update(history_head).values(seq=4), 6),
}


@pytest.mark.parametrize("when", ["before the upgrade", "after it", "after the first check"])
@pytest.mark.parametrize("name", OF_BEFORE)
async def test_tampering_with_the_chain_of_before_shows(
    moved_over: Stores, empty_url: str, name: str, when: str
) -> None:
    statement, broken = OF_BEFORE[name]
    tampered = when == "before the upgrade"
    if tampered:
        await do(moved_over, statement)
    await schema.upgrade(empty_url)
    if when == "after the first check":
        await checked(moved_over)
        if name.startswith("head"):
            return  # nobody reads it any more
    if not tampered:
        await do(moved_over, statement)
    breach = (await checked(moved_over, full=True)).breach
    assert breach is not None
    assert (breach.chain, breach.entry) == (LEGACY, broken)
    await write(moved_over, "company-1", start=10)
    assert (await checked(moved_over, full=True)).breach is not None


async def test_the_chain_of_before_taken_away_shows(moved_over: Stores, empty_url: str) -> None:
    await schema.upgrade(empty_url)
    await write(moved_over, "company-1", start=10)
    for table in (history, history_chains, history_checkpoints):
        await do(moved_over, delete(table).where(table.c.chain == LEGACY))
    await do(moved_over, delete(history_head))
    breach = (await checked(moved_over)).breach
    assert breach is not None
    assert breach.why == TAKEN_AWAY


async def test_logins_and_companies_do_not_mix(stores: Stores) -> None:
    """A company that calls itself as the chain of no company is called."""
    await stores.history.append(an_entry(company_id=None, what=HistoryEvent.LOGIN))
    await stores.history.append(an_entry(company_id="none"))
    await stores.history.append(an_entry(company_id=""))
    verdict = await checked(stores)
    assert (verdict.breach, verdict.chains) == (None, 3)
