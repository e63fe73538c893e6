"""Commands for an operator's engineer: the schema, and a check of everything."""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
from aiogram.exceptions import TelegramAPIError

from account.errors import CarrierAccessDenied, CarrierUnavailable
from account.values.identifiers import Msisdn
from bot.app.build import database_of, operator_of, read_secrets, witness_of
from bot.config import exposure
from bot.config.errors import BadSetting
from bot.config.settings import SANDBOX_SUPPLIER, Settings
from bot.ops.clock import SteadyClock
from bot.telegram.client import make_bot
from bot.workers import timekeeper
from carrier.mail import MailSender
from carrier.tmf.adapter import TmfAdapter
from carrier.transport import NoAnswerError, NotConnectedError, PooledTransport
from storage.encryption.secrets import open_to_others
from storage.engine.schema import current, newest, refuse_newer
from storage.errors import (
    DatabaseNewer,
    DatabaseOlder,
    DatabaseUnsafe,
    DatabaseUrlInvalid,
    SecretMismatch,
    SecretsInvalid,
    StorageUnavailable,
    WitnessDamaged,
)
from storage.open import open_stores

NOBODY = Msisdn("77010000000")
LEAVE_IT_ALONE = 2


class Warn(str):
    """What a check found that works, and should be otherwise."""

    __slots__ = ()


def _say(line: str) -> None:
    print(line)  # noqa: T201 - the answer of a command


async def migrate(settings: Settings) -> int:
    """Bring the schema up to date."""
    stores = await database_of(settings, read_secrets(settings), SteadyClock().now())
    await stores.close()
    _say(f"The schema is at revision {await current(settings.database_url)}.")
    return 0


async def doctor(settings: Settings) -> int:
    """Try everything the bot needs, one line each; 1 when something does not work.

    2 when the secret is another database's, the program older than the database, or the database
    older than it was: then nothing else counts.
    """
    checks: dict[str, Callable[[Settings], Awaitable[str]]] = {
        "secret": _secret,
        "database": _database,
        "witness": _witness,
        "Telegram": _telegram,
        "clock": _clock,
        "operator": _operator,
        "mail": _mail,
        "metrics": _metrics,
        "settings": _settings,
        "documents": _documents,
    }
    code = 0
    for name, check in checks.items():
        try:
            said = await check(settings)
            _say(f"{'warn ' if isinstance(said, Warn) else 'ok   '} {name}: {said}")
        except SecretMismatch as bad:
            code = LEAVE_IT_ALONE
            _say(f"WRONG {name}: MYACCOUNT_SECRET_KEY_FILE: {bad}")
        except (DatabaseNewer, DatabaseOlder, WitnessDamaged) as bad:
            code = LEAVE_IT_ALONE
            _say(f"WRONG {name}: {bad}")
        except (BadSetting, SecretsInvalid, DatabaseUrlInvalid, DatabaseUnsafe) as bad:
            code = code or 1
            _say(f"WRONG {name}: {bad}")
        except (
            OSError,
            ValueError,
            TelegramAPIError,
            CarrierUnavailable,
            StorageUnavailable,
        ) as bad:
            code = code or 1
            # The class says what kind of fault it is; the text of a fault may hold the token.
            _say(f"WRONG {name}: {type(bad).__name__}")
    return code


async def _settings(settings: Settings) -> str:
    sentences = list(exposure.unwise(settings))
    if sentences:
        raise BadSetting(" ".join(sentences))
    return " ".join(settings.notices) or "nothing secret goes in clear over a network"


async def _secret(settings: Settings) -> str:
    read_secrets(settings)
    said = f"{settings.secret_key_file} can be read"
    exposed = open_to_others(settings.secret_key_file)
    return said if exposed is None else Warn(f"{said}, but {exposed}")


async def _database(settings: Settings) -> str:
    revision = await current(settings.database_url)
    if revision is None:
        return "empty: run myaccount migrate, or just the bot"
    stores = open_stores(settings.database_url, read_secrets(settings))
    try:
        await stores.database.read(refuse_newer)
        await stores.secret_keys.prove()
        if revision != newest():
            return f"schema at {revision}, this program wants {newest()}: run myaccount migrate"
        # Reading is not enough: a disk may be full, a server a copy that only reads.
        now = SteadyClock().now()
        fence = await stores.leases.take("doctor", "doctor", now, timedelta(seconds=1))
        if fence is not None:
            await stores.leases.release("doctor", "doctor", fence)
    finally:
        await stores.close()
    if stores.secret_keys.changing:
        return Warn("takes writes; a change of the key is not finished: run myaccount rotate-key")
    pooled = " through a pooler that keeps sessions" if stores.database.pooled else ""
    return f"{stores.database.dialect}{pooled}, schema at {revision}, takes writes"


async def _witness(settings: Settings) -> str:
    """Whether a backup was put back, and whether this machine could notice it."""
    path = settings.witness
    if not os.access(path.parent, os.W_OK):
        raise BadSetting(
            f"MYACCOUNT_WITNESS_FILE: {path} cannot be written: a database that is put back would "
            "not be noticed here"
        )
    if await current(settings.database_url) != newest():
        return "nothing to compare yet"
    stores = open_stores(settings.database_url, read_secrets(settings))
    try:
        await stores.secret_keys.prove()
        notes = witness_of(settings, stores).notes()
        present = await stores.generations.look()
    finally:
        await stores.close()
    if present is None:
        return "nothing to compare yet"
    notes.check(present)
    return f"the database is as new as {path} remembers"


async def _telegram(settings: Settings) -> str:
    bot = make_bot(settings)
    try:
        return f"@{(await bot.get_me()).username}"
    finally:
        await bot.session.close()


async def _clock(settings: Settings) -> str:
    """Compare this machine's clock with the database's and Telegram's."""
    clock = SteadyClock()
    wire = PooledTransport(1, proxy=settings.telegram_proxy)
    try:
        url = f"{settings.telegram_url}/bot{settings.bot_token}/getMe"
        answer = await wire.send("GET", url, {}, None, connect=5, read=10)
    except (NotConnectedError, NoAnswerError):
        date = None
    else:
        date = answer.headers.get("Date")
    finally:
        await wire.close()
    if await current(settings.database_url) != newest():
        return "compared once the schema is there"
    stores = open_stores(settings.database_url, read_secrets(settings))
    try:
        told = await timekeeper.differences(clock, stores.clocks, date)
    finally:
        await stores.close()
    apart = {name: ahead for name, ahead in told.items() if abs(ahead) > timekeeper.SLIGHTLY_OFF}
    said = ", ".join(f"{ahead:+.0f} s beside {name}" for name, ahead in apart.items())
    if any(abs(ahead) > timekeeper.OFF for ahead in apart.values()):
        raise BadSetting(f"this machine's clock is off ({said}): have NTP set it right.")
    if apart:
        return Warn(f"{said}: have NTP set it right")
    return f"that of {' and '.join(told)}" if told else "nothing to compare it with"


async def _operator(settings: Settings) -> str:
    http = operator_of(settings)
    try:
        await TmfAdapter(http, SteadyClock()).administrator(NOBODY)
    except CarrierAccessDenied as denied:
        name = "CARRIER_TOKEN_FILE" if settings.carrier_token_file else "CARRIER_TOKEN"
        raise BadSetting(
            f"MYACCOUNT_{name}: the operator does not take this token ({denied})."
        ) from None
    finally:
        await http.close()
    return "answers"


async def _mail(settings: Settings) -> str:
    if settings.smtp_url is None:
        return "no server is set: codes go by SMS alone"
    await MailSender(settings.smtp_url, settings.mail_from, SteadyClock()).check()
    return "answers"


async def _documents(settings: Settings) -> str:
    supplier = settings.supplier
    named = f"certificates name {supplier.name}, BIN {supplier.bin.digits}"
    if supplier == SANDBOX_SUPPLIER:
        return (
            f"{named}, who is the sandbox's: an operator sets MYACCOUNT_SUPPLIER_NAME and "
            "MYACCOUNT_SUPPLIER_BIN"
        )
    return named


async def _metrics(settings: Settings) -> str:
    host, port = settings.metrics_host, settings.metrics_port
    if port == 0:
        return "off"
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return await _who_has_it(settings)
    return f"{host} port {port} is free"


async def _who_has_it(settings: Settings) -> str:
    """Tell a process of ours on the port, which is well, from a stranger."""
    host = f"[{settings.metrics_host}]" if ":" in settings.metrics_host else settings.metrics_host
    url = f"http://{host}:{settings.metrics_port}/health"
    limit = aiohttp.ClientTimeout(total=5)
    try:
        async with aiohttp.ClientSession(timeout=limit) as http, http.get(url) as answer:
            told = await answer.json()
            return f"a process of ours answers on port {settings.metrics_port}: {told['status']}"
    except (aiohttp.ClientError, TimeoutError, ValueError, TypeError, KeyError):
        raise BadSetting(
            f"MYACCOUNT_METRICS_PORT: another program listens on {settings.metrics_host} port "
            f"{settings.metrics_port}."
        ) from None
