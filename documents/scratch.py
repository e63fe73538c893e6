"""Where a child process keeps what does not fit in its memory while it writes.

XlsxWriter keeps sheets in files until it packs them: they lie in a folder of the child's own, in
memory where the machine has such a place, and are gone with the child. What a killed machine's
predecessor left is swept at the next start: calls and payments must not lie about in clear.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

PREFIX = "myaccount-documents-"
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a random name and mode 0700 is made in it
PLACE = str(_MEMORY if os.access(_MEMORY, os.W_OK) else tempfile.gettempdir())
_NAME = re.compile(re.escape(PREFIX) + r"(\d+)-\w+")


def clear(scratch: Path) -> None:
    """Remove a child's folder."""
    shutil.rmtree(scratch, ignore_errors=True)


def swept() -> None:
    """Remove the folders of processes that live no more."""
    for found in Path(PLACE).glob(f"{PREFIX}*"):
        name = _NAME.fullmatch(found.name)
        if name is not None and not _lives(int(name[1])):
            clear(found)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
