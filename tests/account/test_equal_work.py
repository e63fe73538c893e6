"""An unknown number is as much work as a known one: counted, never timed (S01-1, S02-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from account.errors import LoginRefused
from account.values.identifiers import Msisdn
from storage.tables.access import attempts
from storage.tables.history import history
from tests.account.attacked_login import GUESS, PASSWORD, AttackedLogin, attacked_login
from tests.account.world import HER_PHONE

UNKNOWN = Msisdn("77010009999")
NEVER_IN = Msisdn("77010008888")


@pytest.fixture
async def attacked(tmp_path: Path) -> AsyncIterator[AttackedLogin]:
    async with attacked_login(tmp_path) as ready:
        ready.administrator(NEVER_IN, "adm-2")
        await ready.moves_in()
        ready.wait_until(ready.now.replace(hour=23))
        yield ready


async def work(
    attacked: AttackedLogin, monkeypatch: pytest.MonkeyPatch, asked: Callable[[], Awaitable[object]]
) -> Counter[str]:
    """What one request costs: calls of the operator, transactions, hashes."""
    done: Counter[str] = Counter()

    def counted(owner: object, name: str) -> None:
        honest = getattr(owner, name)

        def count(*arguments: object, **named: object) -> object:
            done[name] += 1
            return honest(*arguments, **named)

        patch.setattr(owner, name, count)

    with monkeypatch.context() as patch:
        for owner, names in (
            (attacked.carrier, ("administrator", "companies")),
            (attacked.stores.database, ("read", "write")),
            (attacked.passwords, ("_verify", "hash")),
        ):
            for name in names:
                counted(owner, name)
        written = await _changes(attacked)
        try:
            await asked()
        except LoginRefused as refused:
            done[f"{type(refused).__name__} {refused}"] += 1
        done["rows"] = await _changes(attacked) - written
    return done


async def _changes(attacked: AttackedLogin) -> int:
    """Rows of the history and of the tries, as far as a refused login writes them."""

    def rows(conn: Connection) -> int:
        counts = [select(func.count()).select_from(table) for table in (attempts, history)]
        return sum(conn.execute(count).scalar_one() for count in counts)

    database = attacked.stores.database
    return await type(database).read(database, rows)


PHONES = (HER_PHONE, UNKNOWN, NEVER_IN)


async def costs_of(
    attacked: AttackedLogin,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[int, Msisdn], Awaitable[object]],
    *,
    after: Callable[[int, Msisdn], Awaitable[object]] | None = None,
) -> list[Counter[str]]:
    """The cost for a known number, an unknown one, and one whose owner never was here."""
    costs = []
    for phone in PHONES:
        who = attacked.stranger()
        if after is not None:
            await after(who, phone)
        costs.append(await work(attacked, monkeypatch, partial(ask, who, phone)))
    return costs


async def test_a_refused_login(attacked: AttackedLogin, monkeypatch: pytest.MonkeyPatch) -> None:
    async def logs_in(who: int, phone: Msisdn) -> None:
        await attacked.login.with_password(who, phone, "wrong", "en")

    costs = await costs_of(attacked, monkeypatch, logs_in)
    assert costs[0] == costs[1] == costs[2]
    assert (costs[0]["_verify"], costs[0]["administrator"]) == (1, 1)


async def test_a_login_under_a_lock(
    attacked: AttackedLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locks(_who: int, phone: Msisdn) -> None:
        for _ in range(5):
            await attacked.tries(phone=phone)

    async def logs_in(who: int, phone: Msisdn) -> None:
        await attacked.login.with_password(who, phone, PASSWORD, "en")

    costs = await costs_of(attacked, monkeypatch, logs_in, after=locks)
    assert costs[0] == costs[1] == costs[2]
    assert costs[0]["_verify"] == 1


async def test_asking_for_a_code(attacked: AttackedLogin, monkeypatch: pytest.MonkeyPatch) -> None:
    async def asks(who: int, phone: Msisdn) -> None:
        await attacked.login.ask_code(who, phone, "en")

    costs = await costs_of(attacked, monkeypatch, asks)
    for cost in costs:
        del cost["rows"]  # the first code of a number begins its row
    assert costs[0] == costs[1] == costs[2]


async def test_typing_a_wrong_code(
    attacked: AttackedLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asks(who: int, phone: Msisdn) -> None:
        await attacked.login.ask_code(who, phone, "en")

    async def types(who: int, phone: Msisdn) -> None:
        await attacked.login.enter_code(who, phone, GUESS)

    costs = await costs_of(attacked, monkeypatch, types, after=asks)
    assert costs[0] == costs[1] == costs[2]
