"""The doctor's checks of what is ours: secret and files, database, clock, settings, figures."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.app.build import read_secrets, witness_of
from bot.cli.doctor.verdict import Warn, Wrong
from bot.config import exposure
from bot.config.errors import BadSetting
from bot.config.operator_access import tls_of
from bot.config.settings import Settings
from bot.config.supplier import SANDBOX_SUPPLIER
from bot.ops.causes import unreached, where
from bot.ops.clock import SteadyClock
from bot.workers import clock_sync
from carrier.transport import NoAnswerError, NotConnectedError, PooledTransport
from storage.encryption.secrets import open_to_others
from storage.engine.schema import current, is_unknown, newest, refuse_newer
from storage.errors import DatabaseUnsafe, StorageUnavailable
from storage.open import open_stores


async def unwise(settings: Settings) -> str:
    """What crosses a network in clear, or lasts too long. Raises `BadSetting`."""
    sentences = list(exposure.unwise(settings))
    if sentences:
        raise BadSetting(" ".join(sentences))
    return " ".join(settings.notices) or "nothing secret goes in clear over a network"


async def secret(settings: Settings) -> str:
    """Whether it can be read, and by whom."""
    read_secrets(settings)
    said = f"{settings.secret_key_file} can be read"
    exposed = open_to_others(settings.secret_key_file)
    return said if exposed is None else Warn(f"{said}, but {exposed}")


async def files(settings: Settings) -> str:
    """The other files with secrets, whom their modes let in."""
    kept: dict[str, Path | None] = {
        "BOT_TOKEN_FILE": settings.bot_token_file,
        "CARRIER_TOKEN_FILE": settings.carrier_token_file,
        "CARRIER_CERTIFICATE_KEY_FILE": settings.carrier_certificate_key_file,
        "SMPP_PASSWORD_FILE": settings.smpp_password_file,
    }
    named = {name: path for name, path in kept.items() if path is not None}
    database = settings.database_url.partition("sqlite:///")[2]
    for name, path in named.items():
        try:
            path.open("rb").close()
        except OSError as error:
            raise BadSetting(
                f"MYACCOUNT_{name}: {path} cannot be read ({error.strerror}): have the user of the "
                "bot own it, mode 0400"
            ) from None
    exposed = [
        f"MYACCOUNT_{name}: {path}: {whose}"
        for name, path in named.items()
        if (whose := open_to_others(path)) is not None
    ]
    # Phones, names and what was done lie in it; of what is not there yet nobody sees anything.
    if database and (whose := open_to_others(Path(database), "0600")) is not None:
        exposed.append(f"MYACCOUNT_DATABASE_URL: {database}: {whose}")
    if exposed:
        return Warn("; ".join(exposed))
    return f"{len(named)} more files with secrets, nobody else can read them"


async def database(settings: Settings) -> str:
    """Whether it takes writes and keeps them. Raises `Wrong` with cause and cure."""
    try:
        return await _database(settings)
    except DatabaseUnsafe:
        raise
    except (StorageUnavailable, OSError) as error:
        url = where(settings.database_url) if "//" in settings.database_url else "the database"
        if settings.database_url.startswith("sqlite"):
            url = settings.database_url.partition(":///")[2]
        raise Wrong(f"MYACCOUNT_DATABASE_URL: {url}: {_database_cause(error)}.") from None


_NO_FOLDER = "the folder is not there, or cannot be made or written: look at the path and its owner"
_DATABASE_CURES = (
    ("password authentication failed", "the server refuses user or password: correct them"),
    ("InvalidPassword", "the server refuses user or password: correct them"),
    ("pg_hba.conf", "the server lets nobody in from here: add a line to its pg_hba.conf"),
    ("InvalidAuthorization", "the server refuses the user: correct it, or look at pg_hba.conf"),
    ("does not exist", "there is no such database: create it, or correct the name"),
    (
        "no connection is free",
        "it has no connection left: raise max_connections, or lower those of others",
    ),
    (
        "unsupported startup parameter",
        (
            "a pooler refuses what we ask for at the start: see "
            "ignore_startup_parameters of PgBouncer, and pool_mode=session"
        ),
    ),
    (
        "read-only transaction",
        "it only reads: correct the address, this is a copy, or lift default_transaction_read_only",
    ),
    (
        "readonly database",
        (
            "file or folder cannot be written: look at owner and mode, and whether "
            "the disk is mounted to read only"
        ),
    ),
    ("read-only", "the disk is mounted to read only: mount it to write"),
    ("unable to open", _NO_FOLDER),
    ("file exists", _NO_FOLDER),
    ("not a directory", _NO_FOLDER),
    ("permission denied", "the user may not do that: grant it, or look at owner and mode"),
    ("disk is full", "the disk is full: make room"),
    ("no space", "the disk is full: make room"),
    ("locked", "another program holds it: end that, or wait for its backup"),
    ("not a database", "the file is no database of ours: correct the path"),
    ("malformed", "the file is damaged: put a backup back"),
)


def _database_cause(error: Exception) -> str:
    said = f"{error} {type(error).__name__}"
    for sign, cure in _DATABASE_CURES:
        if sign.lower() in said.lower():
            return cure
    return unreached(error) or f"it does not work ({error}): look at its log"


async def _database(settings: Settings) -> str:
    revision = await current(settings.database_url)
    if revision is None:
        return "empty: run myaccount migrate, or just the bot"
    stores = open_stores(settings.database_url, read_secrets(settings))
    try:
        await stores.database.read(refuse_newer)
        await stores.secret_keys.prove()
        if is_unknown(revision):
            return Warn(
                f"schema at {revision}, made by a newer program; this one works on it: install the "
                "newer one here, too"
            )
        if revision != newest():
            return Warn(
                f"schema at {revision}, this program wants {newest()}: run myaccount migrate"
            )
        # Reading is not enough: a disk may be full, a server a copy that only reads.
        now = SteadyClock().now()
        fence = await stores.leases.take("doctor", "doctor", now, timedelta(seconds=1))
        if fence is not None:
            await stores.leases.release("doctor", "doctor", fence)
    finally:
        await stores.close()
    if stores.secret_keys.changing:
        return Warn("takes writes; a change of the key is not finished: run myaccount rotate-key")
    # Each connection was looked at by `storage.engine.durability`, which refuses what is unsafe.
    pooled = " through a pooler with pool_mode=session" if stores.database.pooled else ""
    if stores.database.dialect == "postgresql":
        pooled += ", synchronous_commit read back"
    return f"{stores.database.dialect}{pooled}, schema at {revision}, takes writes"


async def witness(settings: Settings) -> str:
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


async def clock(settings: Settings) -> str:
    """Compare this machine's clock with the database's, Telegram's and the operator's."""
    present = SteadyClock()
    telegram = await _date(
        f"{settings.telegram_url}/", PooledTransport(1, proxy=settings.telegram_proxy)
    )
    at_operator = await _date(
        f"{settings.carrier_url}/",
        PooledTransport(1, tls=tls_of(settings), proxy=settings.carrier_proxy),
    )
    told = {}
    if await current(settings.database_url) == newest():
        stores = open_stores(settings.database_url, read_secrets(settings))
        try:
            told = await clock_sync.differences(present, stores.clocks, None)
        finally:
            await stores.close()
    for name, date in (("Telegram", telegram), ("the operator", at_operator)):
        ahead = clock_sync.ahead_of(date, present.raw())
        if ahead is not None:
            told[name] = ahead
    apart = {name: ahead for name, ahead in told.items() if abs(ahead) > clock_sync.SLIGHTLY_OFF}
    said = ", ".join(f"{ahead:+.0f} s beside {name}" for name, ahead in apart.items())
    ours = {name: ahead for name, ahead in apart.items() if name != "the operator"}
    if any(abs(ahead) > clock_sync.OFF for ahead in ours.values()):
        raise BadSetting(f"this machine's clock is off ({said}): have NTP set it right")
    if apart and not ours:
        return Warn(f"{said}: have the operator's engineers look at NTP there")
    if apart:
        return Warn(f"{said}: have NTP set it right")
    return f"that of {' and '.join(told)}" if told else "nothing to compare it with"


async def _date(url: str, transport: PooledTransport) -> str | None:
    """What the server there calls the time, by any answer at all."""
    try:
        answer = await transport.send("GET", url, {}, None, connect=5, read=10)
    except (NotConnectedError, NoAnswerError):
        return None
    finally:
        await transport.close()
    return answer.headers.get("Date")


async def documents(settings: Settings) -> str:
    """Who certificates are made out by."""
    supplier = settings.supplier
    named = f"certificates name {supplier.name}, BIN {supplier.bin.digits}"
    if supplier == SANDBOX_SUPPLIER:
        return (
            f"{named}, who is the sandbox's: an operator sets MYACCOUNT_SUPPLIER_NAME and "
            "MYACCOUNT_SUPPLIER_BIN"
        )
    return named


async def metrics(settings: Settings) -> str:
    """Who has the port of the figures. Raises `BadSetting`."""
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
