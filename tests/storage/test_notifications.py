"""What is switched off, and what was told, over restarts and side by side."""

from __future__ import annotations

from datetime import UTC, datetime

from account.chapters.notifications import Topic
from account.chapters.reminders import Reminder
from account.effects.effect import BindTelegram, Channel, OutboxMessage
from account.values.identifiers import Msisdn
from account.values.periods import Month
from storage import Stores

NOW = datetime(2022, 2, 6, 5, tzinfo=UTC)
JANUARY = Month(2022, 1)


async def test_a_topic_is_off_until_it_is_on(stores: Stores) -> None:
    rows = stores.notifications
    assert await rows.muted("adm-1") == frozenset()
    for _ in range(2):
        await rows.mute("adm-1", Topic.MONTHLY, off=True)
    await rows.mute("adm-2", Topic.LONG_REQUESTS, off=True)
    assert await rows.muted("adm-1") == {Topic.MONTHLY}
    for _ in range(2):
        await rows.mute("adm-1", Topic.MONTHLY, off=False)
    assert await rows.muted("adm-1") == frozenset()
    assert await rows.muted("adm-2") == {Topic.LONG_REQUESTS}


def owed(key: str) -> OutboxMessage:
    return OutboxMessage(Channel.TELEGRAM, "1", "reminder.certificate", NOW, {}, key=key)


async def test_everybody_is_told_once_of_each(stores: Stores) -> None:
    for number, key in enumerate(["adm-2", "adm-1", "adm-1"]):
        bound = BindTelegram(key, Msisdn("77010542006"), 7000 + number, NOW)
        await stores.effect_store.write([bound])
    rows = stores.notifications
    assert await rows.untold(Reminder.CERTIFICATE, JANUARY, "", 10) == ["adm-1", "adm-2"]
    assert await rows.untold(Reminder.CERTIFICATE, JANUARY, "", 1) == ["adm-1"]
    assert await rows.untold(Reminder.CERTIFICATE, JANUARY, "adm-1", 10) == ["adm-2"]
    assert await rows.told("adm-1", Reminder.CERTIFICATE, JANUARY, [owed("a")])
    assert not await rows.told("adm-1", Reminder.CERTIFICATE, JANUARY, [owed("b")])
    assert await stores.outbox.waiting() == 1
    assert await rows.untold(Reminder.CERTIFICATE, JANUARY, "", 10) == ["adm-2"]
    assert len(await rows.untold(Reminder.REGISTER, JANUARY, "", 10)) == 2
    assert len(await rows.untold(Reminder.CERTIFICATE, Month(2022, 2), "", 10)) == 2
