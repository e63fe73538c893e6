"""Messages owed are delivered in the order of their chat, by one process at a time."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from account.deeds import Channel
from storage import Stores
from storage.outbox import OWED
from storage.tables import outbox
from tests.storage.builders import LEASE, MINUTE, NOW, SECOND, a_message


async def texts(stores: Stores, now: object = NOW, **wanted: object) -> list[str]:
    rows = await stores.outbox.claim("w", now, LEASE, 10, **wanted)  # type: ignore[arg-type]
    return [row.parameters["text"] for row in rows]


async def test_a_message_comes_out_as_it_was_owed(stores: Stores) -> None:
    message = a_message("привет", language="kk", key="k")
    await stores.outbox.owe(message)
    await stores.outbox.owe(a_message("again", key="k"))
    [row] = await stores.outbox.claim("w", NOW, LEASE, 10)
    assert row.parameters == {"text": "привет"}
    assert (row.channel, row.to, row.kind) == (message.channel, message.to, message.kind)
    assert (row.language, row.key, row.expires_at) == ("kk", "k", message.expires_at)
    assert await stores.outbox.delivered(row, 77)
    assert await stores.outbox.waiting() == 0
    assert not await stores.outbox.delivered(row, 77)
    assert row.key is not None
    assert await stores.outbox.message_of(row.key) == 77
    assert await stores.outbox.message_of("another") is None


async def test_a_chats_messages_come_one_after_the_other(stores: Stores) -> None:
    for text in ("one", "two"):
        await stores.outbox.owe(a_message(text))
    await stores.outbox.owe(a_message("elsewhere", to="6"))
    await stores.outbox.owe(a_message("by sms", channel=Channel.SMS))
    assert await texts(stores, channels=(Channel.TELEGRAM,)) == ["one", "elsewhere"]
    assert await texts(stores) == ["by sms"]
    assert await texts(stores, NOW + SECOND) == []
    [one, *_] = await stores.outbox.claim("w", NOW + LEASE, LEASE, 10)
    assert one.attempts == 2
    await stores.outbox.delivered(one, 1)
    assert await texts(stores, NOW + LEASE) == ["two"]


async def test_a_short_delay_holds_the_chat_up_and_a_long_one_does_not(stores: Stores) -> None:
    for text in ("one", "two"):
        await stores.outbox.owe(a_message(text))
    [one] = await stores.outbox.claim("w", NOW, LEASE, 10)
    assert await stores.outbox.postpone(one, NOW + MINUTE)
    assert await texts(stores) == []
    assert await stores.outbox.next_due(NOW) == NOW + MINUTE
    [one] = await stores.outbox.claim("w", NOW + MINUTE, LEASE, 10)
    assert await stores.outbox.postpone(one, NOW + 10 * MINUTE)
    assert await texts(stores, NOW + MINUTE) == ["two"]


async def test_a_dead_letter_lets_the_next_one_pass(stores: Stores) -> None:
    for text in ("one", "two"):
        await stores.outbox.owe(a_message(text))
    [one] = await stores.outbox.claim("w", NOW, LEASE, 10)
    assert await stores.outbox.give_up(one, "blocked")
    assert await texts(stores) == ["two"]


async def test_what_somebody_who_blocked_the_bot_is_owed_waits_until_they_are_back(
    stores: Stores,
) -> None:
    turn = await stores.turns.open(5, 5, 1)
    turn.set_language("en", NOW, chosen=True)
    await stores.turns.close(turn, None)
    for text in ("one", "two"):
        await stores.outbox.owe(a_message(text, ahead_of="a change"))
        [row] = await stores.outbox.claim("w", NOW, LEASE, 10)
        assert await stores.outbox.hold(row, NOW + 10 * MINUTE)
    await stores.outbox.owe(a_message("for somebody else", to="6"))
    person = await stores.people.read(5)
    assert person is not None
    assert person.blocked
    assert await texts(stores) == ["for somebody else"]
    assert await ahead(stores) == []

    turn = await stores.turns.open(5, 5, 1)
    assert turn.blocked
    turn.set_blocked(NOW, blocked=False)
    await stores.turns.close(turn, None)
    [one] = await stores.outbox.claim("w", NOW, LEASE, 10)
    assert one.parameters == {"text": "one"}
    await stores.outbox.delivered(one, 1)
    assert await texts(stores) == ["two"]


async def test_what_is_held_is_looked_at_again_and_holds_up_nothing_later(stores: Stores) -> None:
    await stores.outbox.owe(a_message("one"))
    [one] = await stores.outbox.claim("w", NOW, LEASE, 10)
    assert await stores.outbox.hold(one, NOW + 10 * MINUTE)
    await stores.outbox.owe(a_message("two"))
    assert await texts(stores) == ["two"]
    assert await texts(stores, NOW + 10 * MINUTE) == ["one"]


async def test_a_lost_claim_holds_nothing(stores: Stores) -> None:
    await stores.outbox.owe(a_message())
    [late] = await stores.outbox.claim("dead", NOW, LEASE, 10)
    [mine] = await stores.outbox.claim("alive", NOW + LEASE, LEASE, 10)
    assert not await stores.outbox.hold(late, NOW + MINUTE)
    assert await stores.outbox.delivered(mine, 2)


async def ahead(stores: Stores) -> list[str]:
    """The changes that wait for a message."""
    waiting = select(outbox.c.ahead_of).where(
        outbox.c.state == OWED, outbox.c.ahead_of.is_not(None)
    )
    return await stores.database.read(lambda conn: list(conn.execute(waiting).scalars()))


async def test_a_lost_claim_changes_nothing(stores: Stores) -> None:
    await stores.outbox.owe(a_message())
    [late] = await stores.outbox.claim("dead", NOW, LEASE, 10)
    [mine] = await stores.outbox.claim("alive", NOW + LEASE, LEASE, 10)
    assert not await stores.outbox.delivered(late, 1)
    assert not await stores.outbox.postpone(late, NOW)
    assert not await stores.outbox.give_up(late, "late")
    assert await stores.outbox.delivered(mine, 2)


async def test_two_senders_share_the_work(stores: Stores, others: Stores) -> None:
    for n in range(40):
        await stores.outbox.owe(a_message(str(n), to=str(n)))
    claims = await asyncio.gather(
        *(side.outbox.claim("x", NOW, LEASE, 5) for side in (stores, others) * 6)
    )
    taken = [row.id for claim in claims for row in claim]
    assert len(taken) == len(set(taken))
    assert len(taken) >= 5
