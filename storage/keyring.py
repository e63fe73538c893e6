"""The secrets a process holds, by their numbers: the current one writes, the older ones only read.

What is written says the number of its key: a seal in its first byte, an entry of the history in a
column. The database knows which number is current (storage.secret_keys).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.sealing import Secrets

FIRST = 1


class Keyring:
    """Numbered secrets, one of them current."""

    def __init__(self, secrets: Secrets) -> None:
        self._held = {FIRST: secrets}
        self.number = FIRST
        """Of the current one."""

    @property
    def current(self) -> Secrets:
        """What everything new is written with."""
        return self._held[self.number]

    def of(self, number: int) -> Secrets | None:
        """The secret of that number; None when this process does not hold it."""
        return self._held.get(number)
