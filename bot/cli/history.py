"""`myaccount history`: the actions history for other systems, and whether an export is whole."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from account.values.periods import ALMATY
from bot.app.build import stores_of
from bot.cli.verify_audit import sentence
from bot.config.errors import BadSetting
from bot.ops.clock import SteadyClock
from storage.audit.export import ExportBrokenError, check, lines, public_hex, signing_key

if TYPE_CHECKING:
    from bot.config.settings import Settings


async def export(settings: Settings, target: Path, since: str | None) -> int:
    """Write it to a new file, once the chain was found whole; 1 when it is not."""
    begin = None if since is None else _day(since)
    async with stores_of(settings) as stores:
        now = SteadyClock(settings.now).now()
        verdict = await stores.audit.verify(now)
        if verdict.breach is not None:
            print(sentence(verdict.breach))  # noqa: T201 - the answer of a command
            return 1
        count = 0
        with new_file(target) as file:
            async for line in lines(stores.database, stores.keys, now, begin):
                file.write(line + "\n")
                count += 1
        key = public_hex(signing_key(stores.keys))
    print(f"{target}: {count - 2} entries. Public key: {key}")  # noqa: T201
    return 0


def check_file(path: Path, public_key: str) -> int:
    """Whether an export is as it was written; 1 and from where on when it is not."""
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            count = check((line.removesuffix("\n") for line in file), public_key)
    except ExportBrokenError as broken:
        print(f"BROKEN: {broken}.")  # noqa: T201 - the answer of a command
        return 1
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        print("BROKEN: it is no text as it was written.")  # noqa: T201
        return 1
    except ValueError:
        raise BadSetting("--key must be the 64 hexadecimal digits that export has said.") from None
    print(f"{count} entries, as they were written.")  # noqa: T201
    return 0


def _day(text: str) -> datetime:
    """The beginning of a day in Almaty."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=ALMATY)
    except ValueError:
        raise BadSetting("--since must be a day like 2026-11-01.") from None


@contextmanager
def new_file(path: Path) -> Iterator[TextIO]:
    """A file that nobody else can read, which has its name once it is whole.

    Until then it is `….part`; one that a command left which died is overwritten. Raises
    `BadSetting`, also where there is a file already.
    """
    draft = path.with_name(f"{path.name}.part")
    try:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        draft.unlink(missing_ok=True)
        made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(made, "w", encoding="utf-8") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise BadSetting(f"{path} cannot be written: {error.strerror}.") from None
