"""One database, two secrets: the other one is found out before anything is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import delete, select, text, update

from storage import Secrets, Stores, open_stores
from storage.encryption.secret_keys import check_value
from storage.engine import schema
from storage.errors import SecretMismatch
from storage.tables.history import history_head
from storage.tables.keys import secret_keys
from tests.storage.builders import NOW, SECOND, a_message, an_entry, an_update
from tests.storage.conftest import SECRETS
from tests.storage.legacy import write_as_before

OTHER = Secrets.from_master(b"another master secret entirely!!")
BEFORE = "0011"
"""The last schema in which a database did not know its secret."""


async def kept(stores: Stores) -> list[str]:
    return await stores.database.read(
        lambda conn: list(conn.execute(select(secret_keys.c.check_value)).scalars())
    )


async def refused(url: str) -> bool:
    """Whether the other secret is told that it is not this database's."""
    stranger = open_stores(url, OTHER)
    try:
        await stranger.secret_keys.prove()
    except SecretMismatch as mismatch:
        return str(mismatch) == "this secret is not the one of this database"
    finally:
        await stranger.close()
    return False


async def before(url: str, *written: Callable[[Stores], Awaitable[object]]) -> Stores:
    """A database of the time before it knew its secret, with that in it."""
    await schema.upgrade(url)
    stores = open_stores(url, SECRETS)
    for write in written:
        await write(stores)
    await stores.close()
    await schema.downgrade(url, BEFORE)
    return open_stores(url, SECRETS)


def entries(count: int) -> Callable[[Stores], Awaitable[object]]:
    return lambda stores: write_as_before(stores, SECRETS.audit, [an_entry()] * count)


async def test_the_first_secret_is_the_database_s(stores: Stores, url: str) -> None:
    assert not await stores.secret_keys.prove()
    await stores.secret_keys.register(NOW)
    assert await stores.secret_keys.prove()
    assert await kept(stores) == [check_value(SECRETS)]
    assert await refused(url)
    await stores.secret_keys.register(NOW + SECOND)
    assert await kept(stores) == [check_value(SECRETS)]


async def test_the_other_secret_cannot_register(stores: Stores, url: str) -> None:
    await stores.secret_keys.register(NOW)
    stranger = open_stores(url, OTHER)
    with pytest.raises(SecretMismatch):
        await stranger.secret_keys.register(NOW)
    await stranger.close()
    assert await kept(stores) == [check_value(SECRETS)]


async def test_nothing_is_there_yet(empty_url: str) -> None:
    stores = open_stores(empty_url, SECRETS)
    assert not await stores.secret_keys.prove()
    await stores.close()
    assert await schema.current(empty_url) is None


async def test_a_database_from_before_is_proven_by_its_history(empty_url: str) -> None:
    stores = await before(empty_url, entries(1))
    assert await refused(empty_url)
    assert not await stores.secret_keys.prove()
    # The wrong one came first, after a migration by hand: still it cannot become the database's.
    await schema.upgrade(empty_url)
    assert await refused(empty_url)
    await stores.secret_keys.register(NOW)
    assert await kept(stores) == [check_value(SECRETS)]
    await stores.close()


async def test_a_head_somebody_changed_does_not_shut_the_right_secret_out(empty_url: str) -> None:
    stores = await before(empty_url, entries(2))
    await stores.database.write(
        lambda conn: conn.execute(update(history_head).values(seq=1)).close()
    )
    assert not await stores.secret_keys.prove()
    assert await refused(empty_url)
    await stores.close()


@pytest.mark.parametrize("kind", ["inbox", "outbox"])
async def test_without_a_history_what_is_sealed_proves_it(empty_url: str, kind: str) -> None:
    stores = await before(
        empty_url,
        lambda stores: (
            stores.inbox.put([an_update(1)]) if kind == "inbox" else stores.outbox.owe(a_message())
        ),
    )
    assert await refused(empty_url)
    assert not await stores.secret_keys.prove()
    await stores.database.write(lambda conn: conn.execute(text(f"DELETE FROM {kind}")).close())
    assert not await refused(empty_url)
    await stores.close()


async def test_two_that_start_at_once_do_not_both_win(stores: Stores, url: str) -> None:
    """The one that comes second has proven nothing against an empty database before."""
    stranger = open_stores(url, OTHER)
    assert not await stranger.secret_keys.prove()
    assert not await stores.secret_keys.prove()
    await stores.secret_keys.register(NOW)
    with pytest.raises(SecretMismatch):
        await stranger.secret_keys.register(NOW)
    await stores.database.write(lambda conn: conn.execute(delete(secret_keys)).close())
    await stranger.secret_keys.register(NOW)
    await stranger.close()
    assert await kept(stores) == [check_value(OTHER)]
