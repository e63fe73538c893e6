"""Commands for an operator's engineer: the schema."""

from __future__ import annotations

from bot.app.build import database_of, read_secrets
from bot.config.settings import Settings
from bot.ops.clock import SteadyClock
from storage.engine.schema import current


async def migrate(settings: Settings) -> int:
    """Bring the schema up to date."""
    stores = await database_of(settings, read_secrets(settings), SteadyClock().now())
    await stores.close()
    said = f"The schema is at revision {await current(settings.database_url)}."
    print(said)  # noqa: T201 - the answer of a command
    return 0
