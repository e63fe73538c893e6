"""Encryption of what must not be readable at rest, and the secrets of the installation.

A blanked row stays readable in SQLite's WAL and free pages, so whatever may hold a password, a code
or a person's data is sealed before it reaches the database (safety.md section 3). A seal is bound
to its row: moved to another row, it does not open.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from account.values.durations import boottime
from storage.errors import SealBroken

if TYPE_CHECKING:
    from storage.encryption.keyring import Keyring

log = structlog.get_logger(__name__)

LEFT_FOR = timedelta(minutes=5)
"""How long a row that does not open is left alone: for who can open it, and holding up no other."""
REMEMBERED = 15 * 60.0
"""Seconds that a seal which does not open is part of the health: longer than rows are left alone,
so that it stays while the row is there."""
_NONCE = 12


class Sealer:
    """AES-256-GCM with the row's identity as associated data.

    A seal is one byte with the number of its key, 12 bytes of nonce, then the encrypted text with
    its tag.

    One that does not open is an alarm: somebody changed it, or it is another key's. Whoever meets
    it gives nothing up and lets go of the row for `LEFT_FOR`.
    """

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys
        self._ciphers: dict[bytes, AESGCM] = {}
        self.unopened: Counter[str] = Counter()
        """How many seals this process could not open, by the table."""
        self._seen = -math.inf

    def seal(self, plain: bytes, row: str) -> bytes:
        """Encrypt for that row."""
        nonce, number = os.urandom(_NONCE), self._keys.number
        cipher = self._cipher(number)
        assert cipher is not None
        return bytes([number]) + nonce + cipher.encrypt(nonce, plain, row.encode())

    def open(self, sealed: bytes, row: str) -> bytes:
        """Decrypt what was sealed for that row. Raises `SealBroken`, also for what was erased."""
        try:
            return self._opened(sealed, row)
        except SealBroken:
            if sealed:
                self._alarm(row.partition(":")[0])
            raise

    def opens(self, sealed: bytes, row: str) -> bool:
        """Whether it would open; nobody is alarmed when it would not."""
        try:
            self._opened(sealed, row)
        except SealBroken:
            return False
        return True

    def well(self) -> bool:
        """Whether this process has met none lately that does not open."""
        return boottime() - self._seen > REMEMBERED

    def _alarm(self, kind: str) -> None:
        self.unopened[kind] += 1
        self._seen = boottime()
        log.error("seal.broken", alarm="a seal does not open: changed, or another key", kind=kind)

    def _opened(self, sealed: bytes, row: str) -> bytes:
        start = 1 + _NONCE
        cipher = self._cipher(sealed[0]) if len(sealed) >= start else None
        if cipher is None:
            raise SealBroken("not a seal of a key that is held")
        try:
            return cipher.decrypt(sealed[1:start], sealed[start:], row.encode())
        except InvalidTag:
            raise SealBroken("another key, another row, or changed") from None

    def _cipher(self, number: int) -> AESGCM | None:
        secrets = self._keys.of(number)
        if secrets is None:
            return None
        cipher = self._ciphers.get(secrets.sealing)
        if cipher is None:
            cipher = self._ciphers[secrets.sealing] = AESGCM(secrets.sealing)
        return cipher
