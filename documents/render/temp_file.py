"""A file too large for memory, on its way to the store: on disk, and readable to nobody else.

It is written once, from its beginning to its end, and sealed piece by piece with a key that is kept
in memory alone; its name is gone as soon as it is made. So neither a crash nor a copy of the disk
leaves calls in clear.
"""

from __future__ import annotations

import os
import tempfile
import weakref

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 1 << 20
"""Bytes sealed together."""
_TAG, _NONCE = 16, 12


class TempFile:
    """`write` to it, `close` it, then read it by `spool[begin:end]`; it is gone with the object."""

    def __init__(self) -> None:
        self._file, name = tempfile.mkstemp()
        os.unlink(name)  # noqa: PTH108 - it goes with its last reader
        weakref.finalize(self, os.close, self._file)
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._waiting = bytearray()
        self._pieces = 0
        self._length = 0
        self._read: tuple[int, bytes] = (-1, b"")

    def write(self, content: bytes, /) -> int:
        """Put that at the end."""
        self._waiting += content
        self._length += len(content)
        while len(self._waiting) >= PIECE:
            self._keep(PIECE)
        return len(content)

    def flush(self) -> None:
        """What waits is kept when it is a piece, or with `close`."""

    def close(self) -> None:
        """Nothing more will be written."""
        if self._waiting:
            self._keep(len(self._waiting))

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, place: slice, /) -> bytes:
        begin, end, _step = place.indices(self._length)
        found = bytearray()
        while begin < end:
            n, within = divmod(begin, PIECE)
            part = self._piece(n)[within : within + end - begin]
            found += part
            begin += len(part)
        return bytes(found)

    def _keep(self, size: int) -> None:
        sealed = self._cipher.encrypt(_nonce(self._pieces), bytes(self._waiting[:size]), None)
        place = self._pieces * (PIECE + _TAG)
        while sealed:
            written = os.pwrite(self._file, sealed, place)
            sealed, place = sealed[written:], place + written
        self._pieces += 1
        del self._waiting[:size]

    def _piece(self, n: int) -> bytes:
        if self._read[0] != n:
            sealed = os.pread(self._file, PIECE + _TAG, n * (PIECE + _TAG))
            self._read = (n, self._cipher.decrypt(_nonce(n), sealed, None))
        return self._read[1]


def _nonce(n: int) -> bytes:
    """No two pieces of one key have the same: each is written once."""
    return n.to_bytes(_NONCE, "big")
