"""Where a child process keeps what does not fit in its memory while it writes.

XlsxWriter keeps sheets in files until it packs them: they lie in a folder of the child's own, in
memory where the machine has such a place, and are gone with the child. What a killed machine's
predecessor left is swept at the next start: calls and payments must not lie about in clear.

Whoever made a folder holds a lock on it for as long as they live. Their process number in its name
is for reading: containers that share the place have the same numbers for different processes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = "myaccount-documents-"
_UNLOCKED = "myaccount-making-"
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a random name and mode 0700 is made in it
PLACE = str(_MEMORY if os.access(_MEMORY, os.W_OK) else tempfile.gettempdir())


class TempDir:
    """A child's folder, at `path`."""

    def __init__(self) -> None:
        made = Path(tempfile.mkdtemp(prefix=_UNLOCKED, dir=PLACE))
        self._lock: int | None = os.open(made, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        own = made.name.removeprefix(_UNLOCKED)
        # Only now may others see it: it is locked.
        self.path = made.rename(made.with_name(f"{PREFIX}{os.getpid()}-{own}"))

    def clear(self) -> None:
        """Remove it; once more does no harm."""
        shutil.rmtree(self.path, ignore_errors=True)
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)


def swept() -> None:
    """Remove the folders of those who live no more."""
    for found in Path(PLACE).glob(f"{PREFIX}*"):
        with suppress(OSError):
            _sweep(found)


def _sweep(found: Path) -> None:
    """Remove one folder, if nobody holds it. Raises `OSError` when somebody does."""
    lock = os.open(found, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(found, ignore_errors=True)
    finally:
        os.close(lock)
