"""Encryption of what must not be readable at rest, and the secrets of the installation.

A blanked row stays readable in SQLite's WAL and free pages, so whatever may hold a password, a code
or a person's data is sealed before it reaches the database (safety.md section 3). A seal is bound
to its row: moved to another row, it does not open.
"""

from __future__ import annotations

import math
import os
import secrets as randomness
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from account.values.durations import boottime
from storage.errors import SealBroken, SecretsInvalid

if TYPE_CHECKING:
    from storage.encryption.keyring import Keyring

log = structlog.get_logger(__name__)

LEFT_FOR = timedelta(minutes=5)
"""How long a row that does not open is left alone: for who can open it, and holding up no other."""
REMEMBERED = 15 * 60.0
"""Seconds that a seal which does not open is part of the health: longer than rows are left alone,
so that it stays while the row is there."""
_NONCE = 12
_MASTER = 32
_DISTINCT = 12
"""Fewer different bytes are no work of chance: fewer than one key in 10^20 has them."""


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


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """The keys of one installation, each 32 bytes, derived by HKDF from one master secret.

    `sealing` of rows, `codes` of one-time codes, `audit` of the history's chain, `pepper` of
    passwords, `webhook` for the token Telegram sends along, `check` of the value by which a
    database knows its secret. `older` are those of the further lines of the file: while a key is
    changed, or for what a machine has not read yet.
    """

    sealing: bytes
    codes: bytes
    audit: bytes
    pepper: bytes
    webhook: bytes
    check: bytes
    older: tuple[Secrets, ...] = field(default=(), compare=False)

    def packed(self) -> bytes:
        """As they are kept in the database, sealed with a later key."""
        return b"".join(getattr(self, name) for name in _NAMES)

    @classmethod
    def unpacked(cls, packed: bytes) -> Secrets:
        """What `packed` made."""
        keys = (packed[n * _MASTER : (n + 1) * _MASTER] for n in range(len(_NAMES)))
        sealing, codes, audit, pepper, webhook, check = keys
        return cls(sealing, codes, audit, pepper, webhook, check)

    @classmethod
    def from_master(cls, master: bytes) -> Secrets:
        """Derive the keys. Raises `SecretsInvalid` for fewer than 32 bytes."""
        if len(master) < _MASTER:
            raise SecretsInvalid("the master secret is shorter than 32 bytes")

        def derived(name: str) -> bytes:
            kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"myaccount:{name}".encode())
            return kdf.derive(master)

        sealing, codes, audit, pepper, webhook, check = map(derived, _NAMES)
        return cls(sealing, codes, audit, pepper, webhook, check)

    @classmethod
    def from_file(cls, path: Path) -> Secrets:
        """Read the master secret: 64 or more hexadecimal digits; while it is changed a second one,
        and more, each in a line of its own. Raises `SecretsInvalid`.
        """
        try:
            lines = path.read_text(encoding="ascii").split("\n")
            lines = [line for line in map(str.strip, lines) if line]
            if any(len(line) < 2 * _MASTER for line in lines):
                # One that was broken into lines.
                lines = [" ".join(lines)]
            masters = [bytes.fromhex(line) for line in lines or [""]]
        except OSError as error:
            raise SecretsInvalid(f"{path} cannot be read: {error.strerror}") from None
        except ValueError:
            raise SecretsInvalid(f"{path} does not hold hexadecimal digits") from None
        if len(masters[0]) < _MASTER:
            raise SecretsInvalid(f"{path} holds fewer than 64 hexadecimal digits")
        if any(map(_guessable, masters)):
            raise SecretsInvalid(
                f"{path} holds no random digits: make it anew with `openssl rand -hex 32`"
            )
        first, *older = map(cls.from_master, masters)
        return replace(first, older=tuple(older))

    @classmethod
    def create(cls, path: Path) -> Secrets:
        """Make the file with a fresh secret, mode 0600, unless it exists; then read it.

        Two processes may start at once: the file appears whole, and only once.
        Raises `SecretsInvalid`.
        """
        if not path.exists():
            try:
                _write_once(path, randomness.token_hex(_MASTER) + "\n")
            except OSError as error:
                raise SecretsInvalid(f"{path} cannot be made: {error.strerror}") from None
        return cls.from_file(path)


_NAMES = ("sealing", "codes", "audit", "pepper", "webhook", "check")


def open_to_others(path: Path) -> str | None:
    """Who besides the owner can get at the file, in words; None when nobody can, or it is gone."""
    try:
        mode = path.stat().st_mode & 0o777
    except OSError:
        return None
    if not mode & 0o077:
        return None
    whose = "everybody" if mode & 0o007 else "a group"
    return f"its mode {mode:04o} lets {whose} in; 0400 is enough"


def _guessable(master: bytes) -> bool:
    """A run, or a few bytes over and over; of 32 random bytes about 30 differ."""
    steps = {(after - before) % 256 for before, after in pairwise(master)}
    return len(set(master)) < _DISTINCT or len(steps) < _DISTINCT


def _write_once(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{randomness.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
