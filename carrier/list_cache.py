"""Lists that are read whole to answer for a part of them, kept for a few seconds.

An operator whose totals or filters cannot be relied on is read to the end for each page of a list;
the next page and the count beside it are of the same reading then. Whose a row is was looked at
when it was read; nothing that is changed is changed by what stands here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sized
from dataclasses import dataclass
from typing import Any, TypeVar

from carrier.single_flight import SingleFlight

Whole = TypeVar("Whole", bound=Sized)

KEPT_SECONDS = 10.0
_MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class _Shelf:
    at: float
    whole: Any


class ListCache:
    """What was read whole, by what was asked. `now` counts seconds, monotonic."""

    def __init__(self, now: Callable[[], float], *, most_rows: int = _MOST_ROWS) -> None:
        self._now = now
        self._most_rows = most_rows
        self._shelves: OrderedDict[str, _Shelf] = OrderedDict()
        self._flights: SingleFlight[Any] = SingleFlight()
        self._changes = 0

    async def whole(
        self, asked: str, read: Callable[[], Awaitable[Whole]], *, anew: bool = False
    ) -> Whole:
        """What `read` gives, or what it gave to the same question a moment ago.

        Who asks at the same moment shares one reading; `anew` takes none that has ended.
        """
        kept: Whole | None = None if anew else self.known(asked)
        if kept is not None:
            return kept
        at, changes = self._now(), self._changes

        async def remembered() -> Whole:
            found = await read()
            if changes == self._changes:
                self._keep(asked, _Shelf(at, found))
            return found

        if anew:
            return await remembered()
        # a reading that began before a change is not joined after it
        found: Whole = await self._flights.share(f"{asked} {changes}", remembered)
        return found

    def known(self, asked: str) -> Any:
        """What was read whole a moment ago, None when nothing was."""
        shelf = self._shelves.get(asked)
        if shelf is None or self._now() - shelf.at >= KEPT_SECONDS:
            return None
        return shelf.whole

    def forget(self) -> None:
        """Something was changed: what was read before, and is being read, is of the past."""
        self._changes += 1
        self._shelves.clear()

    def _keep(self, asked: str, shelf: _Shelf) -> None:
        for old in [one for one in self._shelves if self.known(one) is None]:
            del self._shelves[old]
        self._shelves[asked] = shelf
        self._shelves.move_to_end(asked)
        rows = sum(len(one.whole) for one in self._shelves.values())
        while rows > self._most_rows and len(self._shelves) > 1:
            _, gone = self._shelves.popitem(last=False)
            rows -= len(gone.whole)
