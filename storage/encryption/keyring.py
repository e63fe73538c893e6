"""The secrets a process holds, by their numbers: the current one writes, the others only read.

What is written says the number of its key: a seal in its first byte, an entry of the history in a
column, a password's hash in its beginning. Which number is current, the database knows
(`storage.encryption.secret_keys`); until it was asked, the first secret of the file has the first
number.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.encryption.secrets import Secrets

FIRST, GREATEST = 1, 255
_EVENTS = b"events of the operator"


class Keyring:
    """Numbered secrets, one of them current. Shared by all that writes and reads."""

    def __init__(self, secrets: Secrets) -> None:
        self.offered: Sequence[Secrets] = (secrets, *secrets.older)
        """What is in the key file, in its order."""
        self._held: Mapping[int, Secrets] = {FIRST: secrets}
        self.number = FIRST
        """Of the current one."""

    @property
    def current(self) -> Secrets:
        """What everything new is written with."""
        return self._held[self.number]

    @property
    def greatest(self) -> int:
        """The latest number this process holds, current or not yet."""
        return max(self._held)

    def of(self, number: int) -> Secrets | None:
        """The secret of that number; None when this process does not hold it."""
        return self._held.get(number)

    def assign(self, held: Mapping[int, Secrets], number: int) -> None:
        """Hold these from now on, `number` being the current one."""
        self._held, self.number = dict(held), number

    def offer(self, secrets: Secrets) -> None:
        """The key file was read anew."""
        self.offered = (secrets, *secrets.older)

    def follow(self, current: int | None) -> bool:
        """Write with the key that is current by now, if this process holds it: never an older one.

        None: the database knows of no keys.
        """
        if current is not None and current > self.number and current in self._held:
            self.number = current
        return current is None or current == self.number

    # --- what the other rooms need of them ---

    def pepper(self, number: int) -> bytes | None:
        """The pepper of that number; see `account.credentials.passwords.Peppers`."""
        secrets = self.of(number)
        return None if secrets is None else secrets.pepper

    def codes(self) -> list[bytes]:
        """The keys of codes: the current one, then the others; see `account.credentials.keys`."""
        return [secrets.codes for secrets in self._in_order()]

    def checks(self) -> list[bytes]:
        """The keys of the witness: of the key file as it is, then the others."""
        keys = [secrets.check for secrets in (*self.offered, *self._in_order())]
        return list(dict.fromkeys(keys))

    def event_paths(self) -> list[str]:
        """Secret parts of the address that the operator sends events to: the current key's first.

        Nobody who knows one can tell the key, or the part that another key makes.
        """
        return [
            hmac.new(secrets.webhook, _EVENTS, hashlib.sha256).hexdigest()
            for secrets in self._in_order()
        ]

    def _in_order(self) -> list[Secrets]:
        others = sorted(self._held.keys() - {self.number}, reverse=True)
        return [self.current, *(self._held[number] for number in others)]
