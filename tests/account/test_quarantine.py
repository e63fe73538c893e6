"""What may be put back into the inbox, and the trace of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import SupportRefused
from account.support.quarantine import Quarantine, SetAside

NOW = datetime(2022, 1, 24, 10, tzinfo=UTC)
ONE = SetAside(
    id=7,
    chat_id=5,
    ours=False,
    received_at=NOW,
    waits=True,
    why="ValidationError",
    begun=False,
    replayed_at=None,
    content=b"{}",
)


@dataclass
class MemoryQuarantine:
    """`QuarantineStore` with one update."""

    one: SetAside = ONE
    entries: list[HistoryEntry] = field(default_factory=list)
    first: bool = True

    async def waiting(self, limit: int) -> Sequence[SetAside]:
        return [self.one][:limit] if self.one.waits else []

    async def read(self, update_id: int) -> SetAside | None:
        return self.one if update_id == self.one.id else None

    async def replay(self, update_id: int, now: datetime, entry: HistoryEntry) -> bool:
        assert update_id == self.one.id
        if self.first:
            self.one = replace(self.one, waits=False, replayed_at=now)
            self.entries.append(entry)
        return self.first


class Clock:
    def now(self) -> datetime:
        return NOW


async def test_who_puts_an_update_back_stands_in_the_history() -> None:
    store = MemoryQuarantine()
    quarantine = Quarantine(store, Clock())
    assert await quarantine.waiting() == [ONE]
    assert (await quarantine.replay("dana", 7)).replayed_at == NOW
    [entry] = store.entries
    assert (entry.what, entry.result) == (HistoryEvent.UPDATE_REPLAYED, "done")
    assert (entry.administrator_id, entry.administrator) == ("support:dana", "dana")
    assert entry.parameters == {"update": "7", "why": "ValidationError"}
    assert (entry.channel, entry.company_id, entry.number) == ("support", None, None)
    assert await quarantine.waiting() == []
    with pytest.raises(SupportRefused, match="put back before"):
        await quarantine.replay("dana", 7)
    assert len(store.entries) == 1


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (replace(ONE, begun=True), "would be done twice"),
        (replace(ONE, begun=None), "would be done twice"),
        (replace(ONE, ours=True), "lost its point"),
        (replace(ONE, content=None), "does not open"),
        (replace(ONE, waits=False), "not in quarantine"),
        (replace(ONE, replayed_at=NOW), "put back before"),
    ],
)
async def test_what_is_not_put_back(one: SetAside, why: str) -> None:
    store = MemoryQuarantine(one)
    with pytest.raises(SupportRefused, match=why):
        await Quarantine(store, Clock()).replay("dana", 7)
    assert store.entries == []


async def test_who_was_second_puts_nothing_back() -> None:
    store = MemoryQuarantine(first=False)
    with pytest.raises(SupportRefused, match="somebody else was first"):
        await Quarantine(store, Clock()).replay("dana", 7)
    with pytest.raises(SupportRefused, match="no update 8"):
        await Quarantine(store, Clock()).find(8)


def test_what_came_is_in_no_log() -> None:
    assert "secret" not in repr(replace(ONE, content=b"secret"))
