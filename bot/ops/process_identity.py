"""What a process is called in the database, and whether it surely is no more.

A host name and a process number name nobody: two containers have number 1, and may have one host
name. A name has a random part that no other process has, wherever it runs, and that alone tells
processes apart. What stands before it is for reading, and for one conclusion: who started in the
same place (this start of the machine's kernel, this namespace of process numbers) with a number
that nobody has there any more, or that a later process has, is dead. Of any other place nothing is
concluded: its claims end with their leases.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_NAME = re.compile("[^:]*:(?P<number>[0-9]+):(?P<place>[0-9a-f]+)[.](?P<start>[0-9]+):[0-9a-f]+")
_STATE, _START = 0, 19
"""Members of /proc/<number>/stat after the program's name, which may hold anything."""
_ENDED = ("Z", "X")


@dataclass(frozen=True, slots=True)
class _Life:
    """What the kernel knows of a process number: since when it is that process, in clock ticks."""

    start: int
    ended: bool


def an_owner(proc: Path = PROC) -> str:
    """A name for this process that no other has: `host:number:place.start:random`.

    Without Linux's /proc it has no place, and nobody concludes anything from it.
    """
    number = os.getpid()
    place, life = _place(proc), _life(proc, number)
    where = f"{place}.{life.start}:" if place and life is not None else ""
    return f"{socket.gethostname()}:{number}:{where}{secrets.token_hex(16)}"


def gone(owner: str, proc: Path = PROC) -> bool:
    """Tell whether the process of that name surely is no more; False when nobody can know."""
    name = _NAME.fullmatch(owner)
    if name is None or name["place"] != _place(proc):
        return False
    number = int(name["number"])
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        # It is somebody else's, but it is there; /proc tells whether it is that one.
        pass
    life = _life(proc, number)
    return life is not None and (life.ended or life.start != int(name["start"]))


def _place(proc: Path) -> str | None:
    """A short name for this start of the kernel and this namespace of process numbers."""
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = (proc / "self/ns/pid").readlink()
    except (OSError, ValueError):
        return None
    return hashlib.sha256(f"{boot} {namespace}".encode()).hexdigest()[:16]


def _life(proc: Path, number: int) -> _Life | None:
    try:
        told = (proc / str(number) / "stat").read_bytes().rpartition(b")")[2].decode().split()
        return _Life(int(told[_START]), told[_STATE] in _ENDED)
    except (OSError, ValueError, IndexError):
        return None
