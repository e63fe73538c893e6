"""What is remembered beside the secret of how far the database had come.

A database that was put back looks like any other; only something that is not in it can tell. This
file notes the latest generation and beats that were seen, now and then and outside of every tap,
so that a start can refuse an older copy. It is written whole or not at all, and carries a seal, so
that a file of another installation, or a damaged one, is not taken for a note.

Each machine has its own. It sees what was put back while it was away; it does not see a copy that
is younger than its last note, nor anything when it was put back together with the database.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets as randomness
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from storage.errors import DatabaseOlder, WitnessDamaged
from storage.restore.generations import Generation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

MOST_DATABASES = 50
"""Notes of others than the present one are kept: a trial on this machine is no restore."""


@dataclass(frozen=True, slots=True)
class Notes:
    """What a witness remembered at one moment.

    It is read before the database that it is held against: other processes go on beating and
    noting, and what they note in between would make any database look older.
    """

    databases: Mapping[str, Generation]

    def check(self, present: Generation) -> None:
        """Raises `DatabaseOlder` for a database that had come further."""
        noted = self.databases.get(present.origin)
        if noted is not None and present.is_older_than(noted):
            raise DatabaseOlder


class Witness:
    """The notes of one machine at `path`; `keys` open their seal, the first of them seals.

    They may become others while the witness is used.
    """

    def __init__(self, path: Path, keys: Callable[[], Sequence[bytes]]) -> None:
        self.path = path
        self._keys_now = keys

    @property
    def _keys(self) -> Sequence[bytes]:
        return self._keys_now()

    def noted(self, origin: str) -> Generation | None:
        """What was noted last of that database. Raises `WitnessDamaged`."""
        return self._read().get(origin)

    def notes(self) -> Notes:
        """All that is noted now. Raises `WitnessDamaged`."""
        return Notes(self._read())

    def note(self, seen: Generation) -> None:
        """Note it, unless something newer is noted. Raises OSError, `WitnessDamaged`."""
        notes = self._read()
        known = notes.pop(seen.origin, None)
        if known is not None and seen.is_older_than(known):
            return
        self._write([*list(notes.values())[1 - MOST_DATABASES :], seen])

    def begin(self, seen: Generation) -> None:
        """Note a generation that a person has begun, whatever was noted. Raises OSError."""
        try:
            notes = self._read()
        except WitnessDamaged:
            notes = {}
        notes.pop(seen.origin, None)
        self._write([*list(notes.values())[1 - MOST_DATABASES :], seen])

    def _read(self) -> dict[str, Generation]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise WitnessDamaged(f"{self.path}", type(error).__name__) from None
        try:
            told = json.loads(text)
            seal, databases = told["seal"], told["databases"]
            if not any(hmac.compare_digest(_seal(key, databases), seal) for key in self._keys):
                raise WitnessDamaged(f"{self.path}", "another secret's, or changed")
            return {one["origin"]: Generation(**one) for one in databases}
        except (ValueError, TypeError, KeyError):
            raise WitnessDamaged(f"{self.path}", "not one of ours") from None

    def _write(self, notes: list[Generation]) -> None:
        databases = [asdict(one) for one in notes]
        told = {"databases": databases, "seal": _seal(self._keys[0], databases)}
        draft = self.path.with_name(f"{self.path.name}.{randomness.token_hex(8)}")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(json.dumps(told, indent=1) + "\n")
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _seal(key: bytes, databases: Any) -> str:
    text = json.dumps(databases, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, f"witness|{text}".encode(), hashlib.sha256).hexdigest()
