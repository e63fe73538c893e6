"""A new key for a database in use: ended at any moment it goes on, and nothing is lost of it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, delete, func, select, update

from account.access.secret_codes import SecretCode, code_mac
from account.credentials.one_time_codes import Asker, Codes, Purpose
from account.credentials.passwords import Passwords
from account.effects.effect import SetPassword
from account.errors import CodeInvalid
from account.values.identifiers import Email
from storage import Secrets, Stores, open_stores
from storage.audit.chain import Chain, Head
from storage.audit.seals import ALL, REGISTER, HistorySeals, Seal, registered
from storage.encryption.keyring import Keyring
from storage.encryption.reencryption import SEALED, reseal
from storage.encryption.rotation import Rotation
from storage.encryption.sealer import Sealer
from storage.encryption.secret_keys import CURRENT, RETIRED, read_keys
from storage.engine import schema
from storage.errors import KeyChanged, SecretMismatch, SecretsInvalid
from storage.tables import metadata
from storage.tables.history import history, history_chains, history_checkpoints, history_seals
from storage.tables.outbox import outbox
from tests.account.fakes.clock import FakeClock
from tests.storage.builders import (
    LEASE,
    NOW,
    PHONE,
    SECOND,
    a_document_order,
    a_message,
    accepted,
    an_entry,
    an_update,
    secret_of,
    with_a_secret,
)
from tests.storage.conftest import SECRETS as OLD
from tests.storage.legacy import write_as_before

NEW = Secrets.from_master(b"the master secret of tomorrow's tests" * 2)
BOTH = replace(NEW, older=(OLD,))
PASSWORD, FIGURES, SECRET_CODE = "correct-horse-42", "123456", "AAAAABBBBB"
LATER = NOW + SECOND


class KilledError(BaseException):
    """As by SIGKILL: nothing is tidied up."""


@asynccontextmanager
async def opened(url: str, secrets: Secrets) -> AsyncIterator[Stores]:
    """A process with that key file."""
    stores = open_stores(url, secrets)
    try:
        assert await stores.secret_keys.prove()
        yield stores
    finally:
        await stores.close()


def passwords(stores: Stores) -> Passwords:
    return Passwords(stores.keys, time_cost=1, memory_kib=8, threads=1)


def codes(stores: Stores) -> Codes:
    clock = FakeClock(NOW)
    return Codes(stores.login, clock, stores.keys.codes)


@dataclass
class Kept:
    """What is in the database before the key is changed."""

    url: str
    action: str
    document: str
    rows: int


@pytest.fixture
async def kept(url: str) -> Kept:
    """Everything that is kept with a key, of each kind."""
    return await keep(url)


async def keep(url: str) -> Kept:
    stores = open_stores(url, OLD)
    await write_as_before(stores, OLD.audit, [an_entry(), an_entry(company_id="company-2")])
    await stores.secret_keys.register(NOW)
    for n in range(4):
        await stores.history.append(an_entry(company_id=f"company-{n % 3}"))
    assert (await stores.audit.verify(NOW)).breach is None
    await stores.history.append(an_entry())
    await stores.inbox.put([an_update(n, chat_id=n) for n in range(3)])
    for n in range(5):
        await stores.outbox.owe(a_message(f"word {n}", to=str(n)))
    action = await accepted(stores, "t1", **with_a_secret("850115300011"))
    order = a_document_order(email=Email("aigul@alpha.kz"))
    document = await stores.documents.order(order, NOW, [])
    made = await stores.documents.claim("w", NOW, LEASE)
    assert made is not None
    await stores.documents.made(made, b"file" * 400_000, "file.xlsx", 1, [])
    held = await passwords(stores).hash(PASSWORD)
    await stores.effect_store.write([SetPassword("adm-1", PHONE, held, NOW)])
    code = SecretCode(
        id="c1",
        company_id="company-1",
        company_name="TOO",
        company_bin="180140000018",
        msisdn=PHONE,
        code_mac=code_mac(stores.keys.codes()[0], PHONE, SECRET_CODE),
        sent_at=NOW,
    )
    await stores.secret_codes.send(code, [])
    await stores.close()
    return Kept(url, action.id, document.id, 7)


async def ask_code(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "account.credentials.one_time_codes.secrets.randbelow", lambda _most: int(FIGURES)
    )
    await codes(stores).issue(PHONE, Asker(5, True, frozenset()), Purpose.RESET, None)


async def all_there(kept: Kept, stores: Stores, *, full: bool = False) -> None:
    """Everything opens, is owed, and lets the right people in; the history is whole."""
    undone = await stores.inbox.undone(10)
    assert [stores.inbox.payload(row) for row in undone] == [b"hello"] * 3
    claimed = await stores.outbox.claim("w", NOW, LEASE, 10)
    assert sorted(row.parameters["text"] for row in claimed) == [f"word {n}" for n in range(5)]
    for row in claimed:
        await stores.outbox.postpone(row, NOW)
    action = await stores.actions.read(kept.action)
    assert action is not None
    assert secret_of(action) == "850115300011"
    document = await stores.documents.read(kept.document)
    assert document is not None
    assert document.order.email == Email("aigul@alpha.kz")
    assert await stores.documents.content(kept.document) == b"file" * 400_000
    credential = await stores.login.credential("adm-1")
    assert credential is not None
    right = passwords(stores)
    assert await right.verify(credential.password_hash, PASSWORD)
    assert not await right.verify(credential.password_hash, "wrong")
    code = await stores.secret_codes.live(PHONE, NOW)
    assert code is not None
    macs = [code_mac(key, PHONE, SECRET_CODE) for key in stores.keys.codes()]
    assert code.code_mac in macs
    verdict = await stores.audit.verify(NOW, full=full)
    assert (verdict.breach, verdict.rows) == (None, kept.rows)
    assert stores.sealer.unopened == {}


async def change(stores: Stores) -> Rotation:
    """All steps, with no process running."""
    rotation = Rotation(stores)
    number = await rotation.announce(LATER)
    assert number is not None
    assert await rotation.behind(number, LATER, writing=False) == []
    await rotation.switch(number, LATER)
    async for _progress in rotation.reseal():
        pass
    await rotation.seal_history(LATER)
    await rotation.finish(LATER)
    return rotation


def dying(stores: Stores, commits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the process be no more right after so many commits."""
    write = stores.database.write
    left = [commits]

    async def committing(work: Any) -> Any:
        outcome = await write(work)
        left[0] -= 1
        if left[0] == 0:
            raise KilledError
        return outcome

    monkeypatch.setattr(stores.database, "write", committing)


async def numbers(stores: Stores) -> dict[str, set[int]]:
    """The keys with which what is kept is sealed, by table."""
    found: dict[str, set[int]] = {}
    for sealed in SEALED:
        first = select(func.substr(sealed.column, 1, 1, type_=LargeBinary)).where(
            sealed.column.is_not(None)
        )
        seals = await stores.database.read(
            lambda conn, first=first: list(conn.execute(first).scalars())  # type: ignore[misc]
        )
        found[sealed.table.name] = {seal[0] for seal in seals}
    heads = select(history_chains.c.key_number).union(select(history_seals.c.key_number))
    found["history"] = set(
        await stores.database.read(lambda conn: list(conn.execute(heads).scalars()))
    )
    return found


def test_no_column_of_seals_is_left_out() -> None:
    named = {
        f"{column.table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    known = {f"{sealed.table.name}.{sealed.column.name}" for sealed in SEALED}
    assert named - known == {"secret_keys.sealed"}
    assert all(sealed.column.table is sealed.table for sealed in SEALED)


async def test_everything_is_sealed_anew_and_the_old_key_may_go(kept: Kept) -> None:
    async with opened(kept.url, BOTH) as stores:
        assert stores.keys.number == 1
        await all_there(kept, stores)
        rotation = await change(stores)
        assert rotation.broken == 0
        assert rotation.verdict is not None
        assert rotation.verdict.breach is None
        assert await Rotation(stores).announce(LATER) is None
    async with opened(kept.url, NEW) as stores:
        assert await numbers(stores) == {name: {2} for name in await numbers(stores)}
        assert not stores.secret_keys.changing
        await all_there(kept, stores)
        await all_there(kept, stores, full=True)
        keys = await stores.database.read(read_keys)
        assert [(key.number, key.state) for key in keys] == [(1, RETIRED), (2, CURRENT)]
    stranger = open_stores(kept.url, OLD)
    with pytest.raises(SecretMismatch, match="no longer the one of this database"):
        await stranger.secret_keys.prove()
    await stranger.close()


async def test_a_password_gets_the_new_pepper_at_the_next_login(kept: Kept) -> None:
    async with opened(kept.url, BOTH) as stores:
        await change(stores)
    async with opened(kept.url, NEW) as stores:
        credential = await stores.login.credential("adm-1")
        assert credential is not None
        held = passwords(stores)
        assert held.outdated(credential.password_hash or "")
        fresh = await held.hash(PASSWORD)
        assert fresh.startswith("2$argon2id$")
        assert not held.outdated(fresh)
        assert await held.verify(fresh, PASSWORD)
    async with opened(kept.url, NEW) as again:
        assert await passwords(again).verify(fresh, PASSWORD)
    assert not await Passwords(OLD.pepper, time_cost=1, memory_kib=8).verify(fresh, PASSWORD)


async def test_a_code_asked_for_before_is_right_after(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(kept.url, BOTH) as stores:
        await ask_code(stores, monkeypatch)
        await change(stores)
        with pytest.raises(CodeInvalid):
            await codes(stores).check(PHONE, 5, Purpose.RESET, "999999")
    async with opened(kept.url, NEW) as stores:
        await codes(stores).check(PHONE, 5, Purpose.RESET, FIGURES)


async def test_two_changes_one_after_the_other(kept: Kept) -> None:
    third = Secrets.from_master(b"the master secret of the day after" * 2)
    async with opened(kept.url, BOTH) as stores:
        await change(stores)
        await stores.history.append(an_entry())
    kept.rows += 1
    async with opened(kept.url, replace(third, older=(NEW,))) as stores:
        await change(stores)
        await all_there(kept, stores)
    async with opened(kept.url, third) as stores:
        assert stores.keys.number == 3
        await all_there(kept, stores, full=True)
        assert (await numbers(stores))["outbox"] == {3}


async def killed_after(kept: Kept, commits: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Change the key until so many commits are done; whether it was killed by then."""
    stores = open_stores(kept.url, BOTH)
    try:
        assert await stores.secret_keys.prove()
        if stores.keys.number == 2 and not stores.secret_keys.changing:
            return False
        dying(stores, commits, monkeypatch)
        await change(stores)
    except KilledError:
        return True
    else:
        return False
    finally:
        await stores.close()


async def test_killed_after_every_commit_it_goes_on(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time it gets one commit further than before."""
    commits = 1
    in_small_steps(monkeypatch)
    while await killed_after(kept, commits, monkeypatch):
        async with opened(kept.url, BOTH) as stores:
            await all_there(kept, stores, full=commits % 3 == 0)
        commits += 1
    assert commits > 5
    async with opened(kept.url, NEW) as stores:
        await all_there(kept, stores, full=True)
        assert await numbers(stores) == {name: {2} for name in await numbers(stores)}


@pytest.mark.slow
async def test_killed_once_at_any_commit_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time from the beginning, on a copy of the same database."""
    in_small_steps(monkeypatch)
    (tmp_path / "0").mkdir()
    first = f"sqlite:///{tmp_path / '0' / 'test.db'}"
    await schema.upgrade(first)
    kept = await keep(first)
    commits = 1
    while True:
        shutil.copytree(tmp_path / "0", tmp_path / str(commits))
        copy = replace(kept, url=f"sqlite:///{tmp_path / str(commits) / 'test.db'}")
        if not await killed_after(copy, commits, monkeypatch):
            break
        async with opened(copy.url, BOTH) as stores:
            await all_there(copy, stores)
            if stores.keys.number == 1 or stores.secret_keys.changing:
                await change(stores)
        async with opened(copy.url, NEW) as stores:
            await all_there(copy, stores, full=True)
            assert await numbers(stores) == {name: {2} for name in await numbers(stores)}
        commits += 1
    assert commits > 20


def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    few = tuple(replace(sealed, together=2) for sealed in SEALED)
    monkeypatch.setattr("storage.encryption.rotation.SEALED", few)
    monkeypatch.setattr("storage.encryption.rotation.HEADS", 2)


async def test_before_it_is_current_nobody_needs_the_new_one(kept: Kept) -> None:
    async with opened(kept.url, BOTH) as stores:
        number = await Rotation(stores).announce(LATER)
        assert number == 2
        assert stores.keys.greatest == 2
        assert stores.keys.number == 1
        assert stores.sealer.seal(b"by the old one", "r")[0] == 1
    async with opened(kept.url, OLD) as stores:
        assert stores.secret_keys.latest == 2
        assert stores.keys.greatest == 1
        assert stores.secret_keys.changing
        assert (await numbers(stores))["outbox"] == {1}
    # The file was made anew meanwhile: what was announced is forgotten, nothing was written by it.
    other = replace(Secrets.from_master(b"another secret of tomorrow's tests" * 2), older=(OLD,))
    async with opened(kept.url, other) as stores:
        assert await Rotation(stores).announce(LATER) == 2
        await change(stores)
        await all_there(kept, stores)


async def test_a_file_with_too_many_new_keys_is_refused(kept: Kept) -> None:
    third = Secrets.from_master(b"the master secret of the day after" * 2)
    async with opened(kept.url, replace(third, older=(NEW, OLD))) as stores:
        with pytest.raises(SecretsInvalid, match="more than one new key"):
            await Rotation(stores).announce(LATER)
    async with opened(kept.url, BOTH) as stores:
        rotation = Rotation(stores)
        assert await rotation.announce(LATER) == 2
        await rotation.switch(2, LATER)
    async with opened(kept.url, replace(third, older=(NEW, OLD))) as stores:
        with pytest.raises(SecretsInvalid, match="is not finished"):
            await Rotation(stores).announce(LATER)


async def test_running_processes_are_waited_for(kept: Kept) -> None:
    async with opened(kept.url, OLD) as running, opened(kept.url, BOTH) as stores:
        await running.orphans.beat("a", LATER, 3 * SECOND, running.keys)
        await running.orphans.beat("gone", NOW - timedelta(hours=1), SECOND, running.keys)
        rotation = Rotation(stores)
        number = await rotation.announce(LATER)
        assert number == 2
        assert await rotation.behind(2, LATER, writing=False) == ["a"]
        assert await running.secret_keys.changed()
        running.keys.offer(BOTH)
        await running.secret_keys.look()
        assert not await running.secret_keys.changed()
        await running.orphans.beat("a", LATER, 3 * SECOND, running.keys)
        assert await rotation.behind(2, LATER, writing=False) == []
        await rotation.switch(2, LATER)
        assert await rotation.behind(2, LATER, writing=True) == ["a"]

        # It has not looked yet: seals are made by the old key, which all can read; the history is
        # not written by it any more.
        await running.outbox.owe(a_message("late", to="77"))
        assert (await numbers(stores))["outbox"] == {1}
        await running.history.append(an_entry())
        assert running.keys.number == 2
        await running.secret_keys.look()
        await running.orphans.beat("a", LATER, 3 * SECOND, running.keys)
        assert await rotation.behind(2, LATER, writing=True) == []
        async for _progress in rotation.reseal():
            pass
        assert (await numbers(stores))["outbox"] == {2}
        assert (await rotation.seal_history(LATER)).breach is None
        await rotation.finish(LATER)
        kept.rows += 1
        assert (await running.audit.verify(LATER, full=True)).rows == kept.rows


async def test_who_does_not_hold_the_new_key_writes_no_history(kept: Kept) -> None:
    async with opened(kept.url, OLD) as running, opened(kept.url, BOTH) as stores:
        await change(stores)
        with pytest.raises(KeyChanged):
            await running.history.append(an_entry())
        with pytest.raises(KeyChanged):
            await running.audit.verify(LATER)
        await all_there(kept, stores)


async def test_what_opens_with_no_key_is_left_and_counted(kept: Kept) -> None:
    async with opened(kept.url, BOTH) as stores:
        damaged = update(outbox).where(outbox.c.to == "3").values(sealed=b"\x01" + bytes(40))
        await stores.database.write(lambda conn: conn.execute(damaged).close())
        rotation = await change(stores)
        assert rotation.broken == 1
        assert (await numbers(stores))["outbox"] == {1, 2}
        assert not stores.secret_keys.changing


# --- who has the old key, and the database ---


async def forged(stores: Stores, *, what: str) -> None:
    """An entry of company-1 is changed, by somebody who has the old key and the database."""
    keys = Keyring(OLD)
    chain = Chain(keys)

    def work(conn: Any) -> None:
        of_chain = history.c.chain == "company:company-1"
        rows = conn.execute(select(history).where(of_chain).order_by(history.c.seq)).all()
        previous = ""
        for row in rows:
            values = {**row._asdict(), "key_number": 1}
            if row.seq == 1:
                values["result"] = "refused"
            values["mac"] = previous = chain._mac(previous, values) or ""
            conn.execute(update(history).where(of_chain, history.c.seq == row.seq).values(**values))
        of_head = history_chains.c.chain == "company:company-1"
        columns = [history_chains.c[name] for name in Head.__slots__]
        head = Head(*conn.execute(select(*columns).where(of_head)).one())
        if what != "entries":
            head = replace(head, mac=previous, key_number=1)
            head = replace(head, seal=chain.seal_of(head))
            conn.execute(
                update(history_chains)
                .where(of_head)
                .values(mac=head.mac, key_number=1, seal=head.seal)
            )
        if what == "entries, end and seals":
            for name in ("chains", "all"):
                seal = chain.seals.read(conn, name)
                assert seal is not None
                sealed = chain.seals.sealed(seal)
                conn.execute(
                    update(history_seals)
                    .where(history_seals.c.name == name)
                    .values(key_number=1, seal=sealed.seal)
                )

    await stores.database.write(work)


@pytest.mark.parametrize("what", ["entries", "entries and end", "entries, end and seals"])
@pytest.mark.parametrize("full", [False, True])
async def test_the_old_key_forges_nothing_any_more(kept: Kept, what: str, *, full: bool) -> None:
    async with opened(kept.url, BOTH) as stores:
        await change(stores)
        await forged(stores, what=what)
        if what == "entries" and not full:
            return
        assert (await stores.audit.verify(LATER, full=full)).breach is not None


def added(conn: Any) -> None:
    """An entry of company-1, and the end of its chain, by who has the old key."""
    old, of_head = Chain(Keyring(OLD)), history_chains.c.chain == "company:company-1"
    [end] = [Head(*row) for row in conn.execute(select(*_HEAD_COLUMNS).where(of_head))]
    entry = old._row(end, end.after_seal, an_entry())
    conn.execute(history.insert(), entry)
    moved = replace(end, seq=entry["seq"], mac=entry["mac"], key_number=1)
    sealed = {"seq": moved.seq, "mac": moved.mac, "key_number": 1, "seal": old.seal_of(moved)}
    conn.execute(update(history_chains).where(of_head).values(**sealed))


def cut(conn: Any) -> None:
    """The last entry of company-1 taken away, and a fitting end sealed with the old key."""
    old, of_head = Chain(Keyring(OLD)), history_chains.c.chain == "company:company-1"
    [end] = [Head(*row) for row in conn.execute(select(*_HEAD_COLUMNS).where(of_head))]
    of_chain = history.c.chain == end.chain
    conn.execute(delete(history).where(of_chain, history.c.seq == end.seq))
    before = select(history.c.mac).where(of_chain, history.c.seq == end.seq - 1)
    moved = replace(end, seq=end.seq - 1, mac=conn.execute(before).scalar_one(), key_number=1)
    sealed = {"seq": moved.seq, "mac": moved.mac, "key_number": 1, "seal": old.seal_of(moved)}
    conn.execute(update(history_chains).where(of_head).values(**sealed))


def company_gone(conn: Any) -> None:
    """The company that came last taken away, and the register sealed with the old key."""
    for table in (history, history_chains):
        conn.execute(delete(table).where(table.c.chain == "company:company-9"))
    register = Seal(REGISTER)
    by_number = select(history_chains.c.chain).order_by(history_chains.c.number)
    for chain in conn.execute(by_number).scalars():
        register = registered(register, chain)
    _write_seal(conn, register)


def put_back(conn: Any) -> None:
    """The seal over all as if nothing had been checked yet, by the old key."""
    conn.execute(delete(history_checkpoints))
    [number] = conn.execute(select(history_seals.c.number).where(history_seals.c.name == ALL))
    _write_seal(conn, Seal(ALL, number=number[0]))


def _write_seal(conn: Any, seal: Seal) -> None:
    sealed = HistorySeals(Keyring(OLD)).sealed(seal)
    values = {name: getattr(sealed, name) for name in ("number", "digest", "at", "least_key")}
    values |= {"seal": sealed.seal, "key_number": 1}
    conn.execute(update(history_seals).where(history_seals.c.name == seal.name).values(**values))


_HEAD_COLUMNS = [history_chains.c[name] for name in Head.__slots__]


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("attack", [added, cut, company_gone, put_back])
@pytest.mark.parametrize("goes_on", [False, True])
async def test_who_has_the_old_key_is_found_out(
    kept: Kept, attack: Callable[[Any], None], *, goes_on: bool, full: bool
) -> None:
    """Also after the bot has gone on, which seals the ends with the new key."""
    async with opened(kept.url, BOTH) as stores:
        await change(stores)
        await stores.history.append(an_entry())
        await stores.history.append(an_entry(company_id="company-9"))
        await stores.database.write(attack)
        if goes_on:
            await stores.history.append(an_entry())
        assert (await stores.audit.verify(LATER, full=full)).breach is not None


async def test_a_row_written_meanwhile_is_left_as_it_was_written(kept: Kept) -> None:
    async with opened(kept.url, BOTH) as stores:
        rotation = Rotation(stores)
        await rotation.announce(LATER)
        await rotation.switch(2, LATER)
        [messages] = [sealed for sealed in SEALED if sealed.table is outbox]
        fresh = b"\x02 written meanwhile"

        def work(conn: Any) -> int:
            class Late(Sealer):
                def seal(self, plain: bytes, row: str) -> bytes:
                    conn.execute(update(outbox).where(outbox.c.to == "3").values(sealed=fresh))
                    return super().seal(plain, row)

            return reseal(conn, messages, Late(stores.keys), stores.keys, None).resealed

        assert await stores.database.write(work) == 4
        kept_row = select(outbox.c.sealed).where(outbox.c.to == "3")
        assert await stores.database.read(lambda conn: conn.execute(kept_row).scalar()) == fresh
