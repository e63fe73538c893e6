"""Whose companies are, asked once for many changes that follow each other."""

from __future__ import annotations

from collections.abc import Callable

from account.identity.directory import Company, Directory

OLDEST = 10.0
"""Seconds after which it is asked again (B-21)."""


class CompaniesOfLate:
    """What the directory said within the last ten seconds; `boottime` in seconds, never set back.

    For the numbers of a set, which all rest on the same right; whoever taps is always asked anew.
    """

    def __init__(self, directory: Directory, boottime: Callable[[], float]) -> None:
        self._directory = directory
        self._boottime = boottime
        self._known: dict[str, tuple[float, tuple[Company, ...]]] = {}

    async def companies(self, administrator_id: str) -> tuple[Company, ...]:
        """As `Directory.companies`. Raises `CarrierUnavailable`, which is not remembered."""
        now = self._boottime()
        known = self._known.get(administrator_id)
        if known is not None and now - known[0] < OLDEST:
            return known[1]
        self._known = {who: one for who, one in self._known.items() if now - one[0] < OLDEST}
        found = tuple(await self._directory.companies(administrator_id))
        # From when it was asked: what was taken away meanwhile may not be in the answer.
        self._known[administrator_id] = (now, found)
        return found
