"""Secrets that were typed a moment ago: one that comes once more, elsewhere, is known again.

Whoever is not sure that a password was taken types it twice, and the second one falls into the
window behind, where it would be looked for, shown and left in the chat.
"""

from __future__ import annotations

import hmac
import os
from datetime import datetime, timedelta

LIFE = timedelta(minutes=2)
REMEMBERED = 10_000


class TypedSecrets:
    """By person, as MACs of a key that this process alone has and never keeps.

    A kindness: a restart forgets them. Passwords only: a text without a letter may be a number that
    was typed into the wrong window, and is wanted in the right one.
    """

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._typed: dict[int, tuple[datetime, bytes]] = {}

    def remember(self, telegram_id: int, text: str, now: datetime) -> None:
        """It was typed where a secret was asked for, and deleted."""
        if not any(map(str.isalpha, text)):
            return
        self._typed.pop(telegram_id, None)
        self._typed[telegram_id] = (now, self._mac(text))
        if len(self._typed) > REMEMBERED:
            del self._typed[next(iter(self._typed))]

    def again(self, telegram_id: int, text: str, now: datetime) -> bool:
        """Whether that person typed the same as a secret just now."""
        at, mac = self._typed.get(telegram_id, (now, b""))
        return now - at < LIFE and hmac.compare_digest(mac, self._mac(text))

    def _mac(self, text: str) -> bytes:
        # A secret code is copied with its hyphen, or typed without it.
        bare = "".join(filter(str.isalnum, text)).casefold()
        return hmac.digest(self._key, bare.encode(errors="replace"), "sha256")
