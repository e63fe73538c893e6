"""Where a PostgreSQL server is and how it is spoken to, read from its address.

The pool and the listener connect by the same options, so that neither of them is less careful than
the other. asyncpg alone would take a file of certificates from the environment only.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import DatabaseUrlInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import URL

TLS_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
VERIFIED = "verify-full"
"""The one mode that knows the server: `require` and below take any certificate."""
_TLS = ("sslmode", "ssl", "sslrootcert", "sslcert", "sslkey")
_OF_THE_POOL = ("prepared_statement_cache_size",)
_OTHERS = ("host", "port", "passfile", "target_session_attrs", "krbsrvname", "gsslib")


def hosts(address: URL, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The servers it names; an empty one or one that begins with a stroke is a local socket."""
    named = _all(address, "host")
    if not named:
        named = [address.host or environment.get("PGHOST", "")]
    # host:port, several of them after commas; an address of IPv6 is not written in this place.
    several = [one for name in named for one in name.split(",")]
    return tuple(one if one.count(":") > 1 else one.partition(":")[0] for one in several)


def tls_mode(address: URL, environment: Mapping[str, str] = os.environ) -> str:
    """The mode it asks for, `prefer` when it says nothing. Raises `DatabaseUrlInvalid`."""
    given = [*_all(address, "sslmode"), *_all(address, "ssl")]
    mode = given[-1] if given else environment.get("PGSSLMODE", "prefer")
    if mode not in TLS_MODES:
        raise DatabaseUrlInvalid(f"sslmode is one of {', '.join(TLS_MODES)}")
    return mode


def connect_options(address: URL) -> dict[str, Any]:
    """What `asyncpg.connect` is called with, without what only a pool understands.

    Raises `DatabaseUrlInvalid` for words it does not know and certificates it cannot read.
    """
    for name in address.query:
        if name not in (*_TLS, *_OF_THE_POOL, *_OTHERS):
            raise DatabaseUrlInvalid(f"{name} is not known after the ?")
    options: dict[str, Any] = address.translate_connect_args(username="user")
    options |= {name: _all(address, name)[-1] for name in _OTHERS if name in address.query}
    if "host" in address.query:
        named = [one for name in _all(address, "host") for one in name.split(",")]
        options["host"], options["port"] = _split(named, options.get("port"))
    elif "port" in options:
        options["port"] = _port(options["port"])
    if tls := _tls(address):
        options["ssl"] = tls
    return options


def pool_options(address: URL) -> dict[str, int]:
    """What SQLAlchemy's dialect is told besides. Raises `DatabaseUrlInvalid`."""
    given = {name: _all(address, name)[-1] for name in _OF_THE_POOL if name in address.query}
    if not all(value.isascii() and value.isdigit() for value in given.values()):
        raise DatabaseUrlInvalid(f"{', '.join(given)} is a whole number")
    return {name: int(value) for name, value in given.items()}


def _all(address: URL, name: str) -> list[str]:
    value = address.query.get(name, ())
    return [value] if isinstance(value, str) else list(value)


def _split(named: list[str], port: Any) -> tuple[list[str], list[int]]:
    names, ports = [], []
    for one in named:
        name, _colon, own = one.partition(":")
        names.append(name)
        ports.append(_port(own or port or 5432))
    return names, ports


def _port(value: Any) -> int:
    try:
        return int(value)
    except ValueError:
        raise DatabaseUrlInvalid("a port is a whole number") from None


def _tls(address: URL) -> ssl.SSLContext | str | None:
    """What asyncpg makes of the mode, or a context with the certificates that were named."""
    mode = tls_mode(address)
    named = {name: _all(address, name)[-1] for name in _TLS[2:] if name in address.query}
    if mode != VERIFIED:
        if named:
            raise DatabaseUrlInvalid(f"{', '.join(named)} needs sslmode={VERIFIED}")
        return mode if {"sslmode", "ssl"} & set(address.query) else None
    if not named and _found_by_asyncpg():
        return mode
    root = named.get("sslrootcert", "system")
    try:
        context = ssl.create_default_context(cafile=None if root == "system" else root)
        if "sslcert" in named:
            context.load_cert_chain(named["sslcert"], named.get("sslkey"))
    except (OSError, ssl.SSLError):
        raise DatabaseUrlInvalid(f"{', '.join(named)}: a certificate cannot be read") from None
    return context


def _found_by_asyncpg() -> bool:
    try:
        own = Path("~/.postgresql/root.crt").expanduser().exists()
    except (OSError, RuntimeError):
        own = False
    return own or bool(os.environ.get("PGSSLROOTCERT"))
