"""Why something outside could not be had, in words that say what to do; never with a secret.

The libraries wrap the system's error in their own and some drop its text, so the chain of causes is
searched for the one that knows: a closed port, an unknown name, a certificate, a hang-up.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import aiohttp

_TOKEN = re.compile(r"/bot[0-9]+:")

_CERTIFICATE = {
    9: "its certificate is not valid yet: look at this machine's clock",
    10: "its certificate has expired: have it renewed there, and look at this machine's clock",
    18: "its certificate is signed by itself: name its authority's file",
    19: "its certificate comes from an authority unknown here: name the authority's file",
    20: "its certificate comes from an authority unknown here: name the authority's file",
    21: "it does not send the certificates between its own and the authority's: have them added",
    62: "its certificate is for another name: correct the address, or have the certificate made "
    "for this name",
    64: "its certificate is for another address: use the name it is made for",
}
"""By OpenSSL's number of the fault (X509_V_ERR_…)."""


_LATE = "no answer in time: look at firewall, route and proxy between"
_HUNG_UP = "it hung up: look whether http and https are mixed up, and at its own log"


def where(url: str) -> str:
    """The address without user, password, query and what a path may hold of a token."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    path = "" if _TOKEN.search(parts.path) else parts.path
    return f"{parts.scheme}://{host}{port}{path}"


def unreached(error: BaseException) -> str | None:
    """Why there was no connection, or no answer over it; None when it is another fault."""
    chain = list(_causes(error))
    # aiohttp's errors are of ssl's classes without their facts, which stand in the cause alone.
    own = [one for one in chain if not isinstance(one, aiohttp.ClientSSLError)]
    for one in own:
        if isinstance(one, ssl.SSLCertVerificationError):
            known = _CERTIFICATE.get(one.verify_code)
            return known or f"its certificate does not hold ({one.verify_message})"
    told = (cause for one in own for cause in [_cause(one)] if cause is not None)
    return next(told, None) or next((_left(one) for one in chain if _left(one)), None)


def _cause(one: BaseException) -> str | None:
    if isinstance(one, ssl.SSLError):
        return _tls(one)
    if isinstance(one, socket.gaierror):
        return "the name is unknown: correct the address, or look at this machine's DNS"
    if isinstance(one, ConnectionRefusedError):
        return "the port is closed: correct the port, or have the server started"
    if isinstance(one, TimeoutError):
        return _LATE
    if isinstance(one, (ConnectionResetError, BrokenPipeError)):
        return _HUNG_UP
    return None


def _left(one: BaseException) -> str | None:
    """What is said of a fault that nothing else explains."""
    if isinstance(one, OSError) and one.strerror:
        return f"the connection failed ({one.strerror}): look at the network between"
    name = type(one).__name__
    if name in {"ServerDisconnectedError", "RemoteProtocolError", "SMTPServerDisconnected"}:
        return _HUNG_UP
    return _LATE if "Timeout" in name else None


def _tls(error: ssl.SSLError) -> str:
    reason = (error.reason or "").upper()
    if reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}:
        return "no TLS is spoken on this port: correct the port, or write http:// for https://"
    if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
        return f"it refused our side of TLS ({reason}): look whether it wants a certificate of ours"
    return f"TLS failed ({reason or type(error).__name__}): look at the versions it speaks"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came of, the outermost first, each once."""
    seen: set[int] = set()
    ahead: list[BaseException | None] = [error]
    while ahead:
        one = ahead.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        ahead += [one.__cause__, one.__context__]
        ahead += [getattr(one, name, None) for name in ("os_error", "orig", "certificate_error")]
        ahead += list(getattr(one, "exceptions", ()))
