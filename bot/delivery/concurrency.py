"""How many messages of each channel are on their way at once, and what of that is kept for codes.

No channel waits for another: a mail server that hangs holds up mail alone. And in a channel that
is busy with what may wait, there always is room for a code.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from account.effects.effect import Channel, Priority
from storage.queue.outbox import Capacity

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Bound:
    """At most so many at once, `for_codes` of them for codes alone."""

    most: int
    for_codes: int


BOUNDS: Mapping[Channel, Bound] = {
    Channel.TELEGRAM: Bound(16, 2),
    Channel.SMS: Bound(16, 2),
    Channel.MAIL: Bound(4, 1),
    Channel.COLLEAGUES: Bound(2, 0),
}
AT_ONCE = sum(bound.most for bound in BOUNDS.values())


class Concurrency:
    """Counts what is on its way from one process."""

    def __init__(self, bounds: Mapping[Channel, Bound] = BOUNDS) -> None:
        self._bounds = bounds
        self._busy: Counter[Channel] = Counter()

    def room(self) -> dict[Channel, Capacity]:
        """What more may be claimed of each channel."""
        rooms = {}
        for channel, bound in self._bounds.items():
            free = bound.most - self._busy[channel]
            if free > bound.for_codes:
                rooms[channel] = Capacity(free - bound.for_codes)
            elif free > 0:
                rooms[channel] = Capacity(free, down_to=Priority.CODE)
        return rooms

    def begin(self, channel: Channel) -> None:
        """One more is on its way."""
        self._busy[channel] += 1

    def end(self, channel: Channel) -> None:
        """One fewer is."""
        self._busy[channel] -= 1
