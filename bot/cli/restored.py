"""`myaccount restored`: a person says that the database is a backup that was put back.

Until then nobody starts on it (`bot.workers.generation_watch`). From then on references cannot be
taken for those of the lost time, and what the backup has open is looked for before it is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.app.build import database_of, read_secrets, witness_of
from bot.config.errors import BadSetting
from bot.ops.clock import SteadyClock
from bot.ops.process_identity import an_owner
from bot.workers.clock_sync import ClockSync
from storage.errors import WitnessDamaged

if TYPE_CHECKING:
    from bot.config.settings import Settings


async def restored(settings: Settings, clock: SteadyClock | None = None) -> int:
    """Begin a new generation of a database that was put back from a backup."""
    secrets, clock = read_secrets(settings), clock or SteadyClock(settings.now)
    stores = await database_of(settings, secrets, clock.now())
    witness = witness_of(settings, stores)
    try:
        # By the clock of those who will ask how long ago this was, whatever this machine's says.
        await ClockSync(clock, stores.clocks, an_owner()).sync()
        now = clock.now()
        present = await stores.generations.present()
        try:
            noted = witness.noted(present.origin)
        except WitnessDamaged:
            noted = None
        above, marks = (noted.number, {noted.mark}) if noted else (0, set[str]())
        begun, count = await stores.generations.begin(now, above=above, marks=marks)
    finally:
        await stores.close()
    print(  # noqa: T201 - the answer of a command
        f"A new generation of the database has begun: its references end in -{begun.mark}. "
        f"Open changes and offers in the backup: {count}; each is looked for at the operator "
        "before anything is sent."
    )
    if noted is not None and not present.is_older_than(noted):
        print(  # noqa: T201 - the answer of a command
            "The database was not older than the one that was used here last. If a backup was put "
            "back beside its old -wal and -shm files, SQLite has undone that: stop, remove both, "
            "put it back again, and run this command once more."
        )
    try:
        witness.begin(begun)
    except OSError as error:
        raise BadSetting(
            f"MYACCOUNT_WITNESS_FILE: {witness.path} cannot be written: {error.strerror}."
        ) from None
    return 0
