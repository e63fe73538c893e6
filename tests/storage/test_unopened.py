"""What does not open is an alarm, stays owed for who can open it, and holds up nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import structlog
from sqlalchemy import select, update

from account.changes.action import ActionKind
from account.documents.document import DocumentState
from account.values.identifiers import Email
from storage import Secrets, Stores, open_stores
from storage.encryption.keyring import Keyring
from storage.encryption.sealer import LEFT_FOR, Sealer
from storage.errors import RowUnreadable, SealBroken
from storage.queue.inbox import UNOPENED
from storage.queue.outbox import OWED
from storage.tables.actions import actions
from storage.tables.documents import documents
from storage.tables.inbox import inbox
from storage.tables.outbox import outbox
from tests.storage.builders import (
    LEASE,
    NOW,
    OTHER_PHONE,
    SECOND,
    a_document_order,
    a_message,
    accepted,
    an_update,
    secret_of,
    with_a_secret,
)
from tests.storage.conftest import SECRETS

LATER = NOW + LEFT_FOR


@pytest.fixture
async def stranger(url: str) -> AsyncIterator[Stores]:
    """A process with another key, as if nobody had asked for its check value."""
    opened = open_stores(url, Secrets.from_master(b"another master secret entirely!!" * 2))
    yield opened
    await opened.close()


async def test_a_message_stays_owed_and_others_pass_it(stores: Stores, stranger: Stores) -> None:
    await stores.outbox.owe(a_message("one"))
    with structlog.testing.capture_logs() as logged:
        assert await stranger.outbox.claim("w", NOW, LEASE, 10) == []
    assert [(entry["event"], entry["kind"]) for entry in logged] == [("seal.broken", "outbox")]
    assert "alarm" in logged[0]
    await stores.outbox.owe(a_message("two"))
    [later] = await stores.outbox.claim("w", NOW + SECOND, LEASE, 10)
    assert later.parameters == {"text": "two"}
    assert await stores.outbox.delivered(later, 1)
    # Not spinning: who cannot open it does not get it at once again.
    assert await stranger.outbox.claim("w", NOW + SECOND, LEASE, 10) == []
    assert stranger.sealer.unopened["outbox"] == 1
    for n in range(1, 20):
        assert await stranger.outbox.claim("w", NOW + n * LEFT_FOR, LEASE, 10) == []
    state = select(outbox.c.state, outbox.c.sealed).where(outbox.c.state == OWED)
    [row] = await stores.database.read(lambda conn: conn.execute(state).all())
    assert row.sealed is not None
    [message] = await stores.outbox.claim("w", NOW + 20 * LEFT_FOR, LEASE, 10)
    assert message.parameters == {"text": "one"}


async def test_a_change_is_let_go_of_and_the_others_are_claimed(
    stores: Stores, stranger: Stores
) -> None:
    sealed = await accepted(stores, "t1", **with_a_secret("850115300011"))
    plain = await accepted(stores, "t2", telegram_id=6, msisdn=OTHER_PHONE)
    claimed = await stranger.actions.claim("w", NOW, LEASE, 10)
    assert [action.id for action in claimed] == [plain.id]
    owner = select(actions.c.owner, actions.c.state).where(actions.c.id == sealed.id)
    [row] = await stores.database.read(lambda conn: conn.execute(owner).all())
    assert (row.owner, row.state) == (None, "accepted")
    with pytest.raises(SealBroken):
        await stranger.actions.read(sealed.id)
    both = await stores.actions.claim("w", LATER, LEASE, 10)
    [mine] = [action for action in both if action.id == sealed.id]
    assert (mine.id, secret_of(mine)) == (sealed.id, "850115300011")


async def test_a_change_that_cannot_be_read_holds_up_no_other(stores: Stores) -> None:
    odd = await accepted(stores, "t1", kind=ActionKind.BAN)
    plain = await accepted(stores, "t2", telegram_id=6, msisdn=OTHER_PHONE)
    damaged = update(actions).where(actions.c.id == odd.id).values(parameters='{"ban": "x"}')
    await stores.database.write(lambda conn: conn.execute(damaged))
    claimed = await stores.actions.claim("w", NOW, LEASE, 10)
    assert [action.id for action in claimed] == [plain.id]
    with pytest.raises(RowUnreadable):
        await stores.actions.read(odd.id)


async def test_a_document_is_let_go_of_without_having_been_tried(
    stores: Stores, stranger: Stores
) -> None:
    order = a_document_order(email=Email("aigul@alpha.kz"))
    document = await stores.documents.order(order, NOW, [])
    other = await stores.documents.order(a_document_order(), NOW + SECOND, [])
    for n in range(1, 10):
        now = NOW + n * LEFT_FOR
        claims = [await stranger.documents.claim("w", now, LEASE) for _ in range(2)]
        [found] = [claimed for claimed in claims if claimed is not None]
        assert found.id == other.id
        await stranger.documents.retry(found, now + SECOND)
    page = await stranger.documents.of_person(5, "company-1", NOW - SECOND, offset=0, limit=5)
    assert {listed.id: listed.order.email for listed in page.rows} == {
        document.id: None,
        other.id: None,
    }
    mine = await stores.documents.claim("w", NOW + 11 * LEFT_FOR, LEASE)
    assert mine is not None
    again = await stores.documents.claim("w", NOW + 11 * LEFT_FOR, LEASE)
    assert again is not None
    [first] = [made for made in (mine, again) if made.id == document.id]
    assert (first.order, first.attempts, first.state) == (order, 1, DocumentState.MAKING)


async def test_the_same_order_with_an_address_that_does_not_open_is_another_one(
    stores: Stores, stranger: Stores
) -> None:
    order = a_document_order(email=Email("aigul@alpha.kz"))
    await stores.documents.order(order, NOW, [])
    made = await stranger.documents.order(order, NOW, [])
    assert made.reference == "R-20220124-0002"


async def test_an_update_is_taken_up_again_by_who_can_open_it(
    stores: Stores, stranger: Stores
) -> None:
    one, two, three = await stores.inbox.put([an_update(n) for n in range(3)], owner="a", until=NOW)
    with pytest.raises(SealBroken):
        stranger.inbox.payload(one)
    await stores.inbox.quarantine(one.id, UNOPENED)
    await stores.inbox.quarantine(two.id, "ValidationError")
    assert await stranger.inbox.reopen() == 0
    assert stranger.sealer.unopened["inbox"] == 1
    assert await stores.inbox.reopen() == 1
    assert await stores.inbox.reopen() == 0
    taken = await stores.inbox.claim("b", NOW + SECOND, LEASE, 10)
    assert [row.id for row in taken] == [one.id, three.id]
    assert stores.inbox.payload(taken[0]) == b"hello"


async def test_a_row_that_was_changed_is_no_other_s_fault(stores: Stores) -> None:
    """Also with the right key: an alarm, and the row is kept as it is."""
    [row] = await stores.inbox.put([an_update(1)])
    damage = update(inbox).values(sealed=b"\x01" + bytes(40))
    await stores.database.write(lambda conn: conn.execute(damage).close())
    [found] = await stores.inbox.undone(10)
    with pytest.raises(SealBroken):
        stores.inbox.payload(found)
    await stores.inbox.quarantine(row.id, UNOPENED)
    assert await stores.inbox.reopen() == 0
    moved = update(documents).values(sealed_email=b"\x01" + bytes(40))
    order = await stores.documents.order(a_document_order(email=Email("a@b.kz")), NOW, [])
    await stores.database.write(lambda conn: conn.execute(moved).close())
    assert await stores.documents.claim("w", NOW, LEASE) is None
    with pytest.raises(SealBroken):
        await stores.documents.read(order.id)


def test_health_remembers_for_longer_than_a_row_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sealer, seconds = Sealer(Keyring(SECRETS)), [1000.0]
    monkeypatch.setattr("storage.encryption.sealer.boottime", lambda: seconds[0])
    assert sealer.well()
    with pytest.raises(SealBroken):
        sealer.open(b"", "inbox:erased")
    assert not sealer.opens(b"changed", "inbox:1")
    assert sealer.well()
    assert sealer.unopened == {}
    with pytest.raises(SealBroken):
        sealer.open(b"changed", "inbox:1")
    seconds[0] += LEFT_FOR.total_seconds() + 1
    assert not sealer.well()
    seconds[0] += 11 * 60
    assert sealer.well()
