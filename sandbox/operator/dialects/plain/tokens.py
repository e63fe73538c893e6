"""OAuth2 client credentials (RFC 6749 section 4.4): a token for a name and a secret, for a while.

Tokens are kept in memory: they end with the process, as they end with any other restart of a token
server, and their life is measured by a clock that nobody sets.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import time
from urllib.parse import unquote

from aiohttp import web

from sandbox.operator.api.answers import TmfError
from sandbox.operator.database import OperatorDatabase

PATH = "/oauth2/token"
CLIENT_ID = "my-account"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - of a stand-in
_MOST_TOKENS = 1_000


class Tokens:
    """The tokens that are out."""

    def __init__(self, database: OperatorDatabase) -> None:
        self._database = database
        self._until: dict[str, float] = {}

    async def grant(self, request: web.Request) -> web.Response:
        """`POST /oauth2/token`."""
        form = await request.post()
        if form.get("grant_type") != "client_credentials":
            return _refused(400, "unsupported_grant_type")
        named = _basic(request.headers.get("Authorization", "")) or (
            str(form.get("client_id", "")),
            str(form.get("client_secret", "")),
        )
        right = (CLIENT_ID, CLIENT_SECRET)
        if not all(hmac.compare_digest(a.encode(), b.encode()) for a, b in zip(named, right)):  # noqa: B905
            return _refused(401, "invalid_client")
        now, seconds = time.monotonic(), float(self._database.settings["token_seconds"])
        self._until = {token: until for token, until in self._until.items() if until > now}
        while len(self._until) >= _MOST_TOKENS:
            del self._until[next(iter(self._until))]
        token = secrets.token_urlsafe(24)
        self._until[token] = now + seconds
        granted = {"access_token": token, "token_type": "Bearer", "expires_in": int(seconds)}
        return web.json_response(granted, headers={"Cache-Control": "no-store"})

    def check(self, request: web.Request) -> None:
        """Raises `TmfError` 401 for a call without a token that holds."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.casefold() != "bearer" or not token:
            raise TmfError(401, "UNAUTHENTICATED", "Missing credentials")
        if self._until.get(token, 0) <= time.monotonic():
            raise TmfError(401, "TOKEN.EXPIRED", "Expired or unknown credentials")


def _basic(header: str) -> tuple[str, str] | None:
    """Name and secret of HTTP's basic authentication, as RFC 6749 has them encoded."""
    scheme, _, told = header.partition(" ")
    if scheme.casefold() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote(name), unquote(secret)


def _refused(status: int, error: str) -> web.Response:
    return web.json_response({"error": error}, status=status)
