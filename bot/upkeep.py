"""Commands for an operator's engineer: the schema, a check of everything, the audit chain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram.exceptions import TelegramAPIError

from account.errors import CarrierUnavailable
from account.identifiers import Msisdn
from bot.app import read_secrets
from bot.clock import RunningClock
from bot.settings import Settings
from bot.telegram import make_bot
from carrier.http import OperatorHttp
from carrier.operator import TmfCarrier
from storage.errors import StorageUnavailable
from storage.schema import current, upgrade
from storage.stores import open_stores

NOBODY = Msisdn("77010000000")


def _say(line: str) -> None:
    print(line)  # noqa: T201 - the answer of a command


async def migrate(settings: Settings) -> int:
    """Bring the schema up to date."""
    await upgrade(settings.database_url)
    _say(f"The schema is at revision {await current(settings.database_url)}.")
    return 0


async def doctor(settings: Settings) -> int:
    """Try everything the bot needs, one line each; 1 when something does not work."""
    checks: dict[str, Callable[[Settings], Awaitable[str]]] = {
        "secret": _secret,
        "database": _database,
        "Telegram": _telegram,
        "operator": _operator,
    }
    wrong = 0
    for name, check in checks.items():
        try:
            _say(f"ok    {name}: {await check(settings)}")
        except (
            OSError,
            ValueError,
            TelegramAPIError,
            CarrierUnavailable,
            StorageUnavailable,
        ) as bad:
            wrong += 1
            # The class says what kind of fault it is; the text of a fault may hold the token.
            _say(f"WRONG {name}: {type(bad).__name__}")
    return 1 if wrong else 0


async def _secret(settings: Settings) -> str:
    read_secrets(settings)
    return f"{settings.secret_key_file} can be read"


async def _database(settings: Settings) -> str:
    revision = await current(settings.database_url)
    return f"schema at {revision}" if revision else "empty: run myaccount migrate, or just the bot"


async def _telegram(settings: Settings) -> str:
    bot = make_bot(settings)
    try:
        return f"@{(await bot.get_me()).username}"
    finally:
        await bot.session.close()


async def _operator(settings: Settings) -> str:
    http = OperatorHttp(settings.carrier_url, settings.carrier_token)
    try:
        await TmfCarrier(http, RunningClock()).administrator(NOBODY)
    finally:
        await http.close()
    return "answers"


async def verify_audit(settings: Settings) -> int:
    """Check the chain of the actions history; 1 when it is broken."""
    stores = open_stores(settings.database_url, read_secrets(settings))
    try:
        verdict = await stores.history.verify_chain()
    finally:
        await stores.close()
    if verdict.broken is not None:
        _say(f"BROKEN at entry {verdict.broken}: it was changed, removed or moved.")
        return 1
    _say(f"The chain of {verdict.rows} entries is whole. Last seal: {verdict.mac}")
    return 0
