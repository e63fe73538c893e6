"""Messages owed are delivered in the order of their chat, by one process at a time."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy import Connection, select

from account.effects.effect import Channel, Priority
from storage import Stores
from storage.queue.outbox import OWED, Capacity
from storage.tables.outbox import outbox
from tests.storage.builders import LEASE, MINUTE, NOW, SECOND, a_message


async def texts(
    stores: Stores, now: datetime = NOW, room: int | dict[Channel, Capacity] = 10
) -> list[str]:
    rows = await stores.outbox.claim("w", now, LEASE, room)
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
    assert await texts(stores, room={Channel.TELEGRAM: Capacity(10)}) == ["one", "elsewhere"]
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
    unit = await stores.units.open(5, 5, 1)
    unit.set_language("en", NOW, chosen=True)
    await stores.units.close(unit, None)
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

    unit = await stores.units.open(5, 5, 1)
    assert unit.blocked
    unit.set_blocked(NOW, blocked=False)
    await stores.units.close(unit, None)
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


async def test_what_is_kept_of_a_message_is_what_it_has_from_then_on(stores: Stores) -> None:
    await stores.outbox.owe(a_message("code"))
    [late] = await stores.outbox.claim("one", NOW, LEASE, 10)
    assert await stores.outbox.keep(late, {"text": "in words"})
    [again] = await stores.outbox.claim("two", NOW + LEASE, LEASE, 10)
    assert again.parameters == {"text": "in words"}
    assert not await stores.outbox.keep(late, {"text": "in others"})
    assert await stores.outbox.delivered(again, 1)
    assert not await stores.outbox.keep(again, {"text": "in others"})


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


CLASSES = {
    "code": "code.step_up",
    "question": "approval.asked",
    "end": "action.final",
    "file": "document.ready",
    "notice": "reminder.register",
}


async def test_what_is_more_urgent_goes_first_whenever_it_was_owed(stores: Stores) -> None:
    for n, (text, kind) in enumerate(reversed(CLASSES.items())):
        await stores.outbox.owe(a_message(text, kind=kind, to=str(n)))
        await stores.outbox.owe(a_message(f"{text} 2", kind=kind, to=f"{n} 2"))
    together = [f"{text}{more}" for text in CLASSES for more in ("", " 2")]
    assert await texts(stores, room=7) == together[:7]
    assert await texts(stores, room=7) == together[7:]


async def test_within_a_class_the_longest_due_is_first(stores: Stores) -> None:
    for text, since in (("later", 2 * SECOND), ("sooner", SECOND)):
        await stores.outbox.owe(a_message(text, to=text, not_before=NOW - MINUTE + since))
    assert await texts(stores) == ["sooner", "later"]


async def test_a_chat_hears_what_is_more_urgent_first_and_one_at_a_time(stores: Stores) -> None:
    for text in ("notice", "end", "end 2", "question"):
        await stores.outbox.owe(a_message(text, kind=CLASSES[text.split()[0]]))
    heard = []
    for _ in range(4):
        [row] = await stores.outbox.claim("w", NOW, LEASE, 10)
        assert await texts(stores) == []
        heard.append(row.parameters["text"])
        await stores.outbox.delivered(row, 1)
    assert heard == ["question", "end", "end 2", "notice"]


async def test_what_is_on_its_way_is_waited_for_but_not_by_a_code(stores: Stores) -> None:
    await stores.outbox.owe(a_message("notice"))
    assert await texts(stores) == ["notice"]
    await stores.outbox.owe(a_message("end", kind=CLASSES["end"]))
    assert await texts(stores) == []
    for text in ("code", "code 2"):
        await stores.outbox.owe(a_message(text, kind=CLASSES[text.split()[0]]))
    [code] = await stores.outbox.claim("w", NOW, LEASE, 10)
    assert code.parameters == {"text": "code"}
    assert await texts(stores) == []
    await stores.outbox.delivered(code, 1)
    assert await texts(stores) == ["code 2"]


async def test_channels_have_room_of_their_own(stores: Stores) -> None:
    for n in range(4):
        await stores.outbox.owe(a_message("mail", to=str(n), channel=Channel.MAIL))
    await stores.outbox.owe(a_message("sms", to="1", channel=Channel.SMS))
    for kind in ("notice", "code"):
        await stores.outbox.owe(a_message(kind, to=kind, kind=CLASSES[kind]))
    room = {Channel.MAIL: Capacity(2), Channel.TELEGRAM: Capacity(5, down_to=Priority.CODE)}
    assert sorted(await texts(stores, room=room)) == ["code", "mail", "mail"]
    assert sorted(await texts(stores)) == ["mail", "mail", "notice", "sms"]


async def test_a_code_is_claimed_before_a_thousand_notices(stores: Stores) -> None:
    def owe(conn: Connection) -> None:
        for n in range(1000):
            stores.outbox.owe_on(conn, a_message(str(n), to=str(n), channel=Channel.SMS))

    await stores.database.write(owe)
    code = a_message("code", to="77010542006", channel=Channel.SMS, kind="code.reset")
    await stores.outbox.owe(code)
    assert await texts(stores, room=1) == ["code"]


async def test_two_senders_share_the_work(stores: Stores, others: Stores) -> None:
    for n in range(40):
        await stores.outbox.owe(a_message(str(n), to=str(n)))
    claims = await asyncio.gather(
        *(side.outbox.claim("x", NOW, LEASE, 5) for side in (stores, others) * 6)
    )
    taken = [row.id for claim in claims for row in claim]
    assert len(taken) == len(set(taken))
    assert len(taken) >= 5
