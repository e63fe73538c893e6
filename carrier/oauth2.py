"""Tokens by OAuth2 client credentials (RFC 6749, section 4.4), asked for over the same connections.

Every renewal asks exactly as the first time did. A token's life is counted by a monotonic clock
from before it was asked for. Many who want one at the same moment share one question, and its
failure for some seconds: an address that does not answer is not asked by every tap.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import structlog

from account.errors import CarrierNotReached, CarrierTokenRefused
from carrier.single_flight import SingleFlight
from carrier.transport import NoAnswerError, NotConnectedError

if TYPE_CHECKING:
    from carrier.profile.model import AccessProfile
    from carrier.transport import Answer, Transport

log = structlog.get_logger(__name__)

USUAL_LIFE = 300.0
"""Seconds, where the answer tells none, or nothing that can be one."""
LONGEST_LEEWAY = 30.0
FAILURE_SHARED_FOR = 5.0
CONNECT, READ = 2.0, 6.0
_TOKEN = re.compile(r"[!-~]{1,16384}")
_REASON = re.compile(r"[a-z_]{1,40}")


class ClientCredentials:
    """One client's tokens. `secret` is asked for each time, so that it may change in its file."""

    def __init__(
        self,
        told: AccessProfile,
        secret: Callable[[], str],
        transport: Transport,
        now: Callable[[], float],
    ) -> None:
        self._told = told
        self._secret = secret
        self._transport = transport
        self._now = now
        self._asking: SingleFlight[str] = SingleFlight()
        self._authorization: str | None = None
        self._good_until = self._over_at = 0.0
        self._given_at = -FAILURE_SHARED_FOR
        self._failure: tuple[float, _NoTokenError] | None = None
        self.refused = False
        """Whether the last answer was that this client gets no token."""

    async def authorization(self, within: float | None = None) -> str:
        """The header's value, waited for no longer than `within` seconds.

        Raises `CarrierNotReached`: without a token nothing leaves; `CarrierTokenRefused` of it,
        where this client is given none.
        """
        if self._authorization is not None and self._now() < self._good_until:
            return self._authorization
        try:
            async with asyncio.timeout(within):
                return await self._asking.share("token", self._ask)
        except TimeoutError:
            self._fail(_NoTokenError("no answer in time"))
        except _NoTokenError:
            pass
        if self._authorization is not None and self._still_good():
            return self._authorization
        raise self._unavailable()

    def _unavailable(self) -> CarrierNotReached:
        why = "no token" if self._failure is None else f"no token: {self._failure[1]}"
        return CarrierTokenRefused(why) if self.refused else CarrierNotReached(why)

    def _still_good(self) -> bool:
        """Whether the last token is one yet, though it was time for another."""
        return self._authorization is not None and self._now() < self._over_at

    def forget(self, authorization: str | None) -> bool:
        """The operator does not take that one: whether another is to be had.

        After one that was given only just now another would not be taken either.
        """
        if authorization != self._authorization:
            return True
        if self._now() - self._given_at < FAILURE_SHARED_FOR:
            return False
        self._authorization = None
        return True

    async def _ask(self) -> str:
        if self._failure is not None and self._now() < self._failure[0]:
            raise self._failure[1].with_traceback(None)
        asked_at = self._now()
        try:
            token, life = _read(await self._send())
        except _NoTokenError as failed:
            self._fail(failed)
            raise
        self._failure, self.refused = None, False
        self._authorization = f"Bearer {token}"
        self._given_at, self._over_at = asked_at, asked_at + life
        self._good_until = self._over_at - min(LONGEST_LEEWAY, life / 10)
        return self._authorization

    async def _send(self) -> Answer:
        told = self._told
        form = {"grant_type": "client_credentials"}
        if told.scope:
            form["scope"] = told.scope
        if told.audience:
            form["audience"] = told.audience
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        client, secret = told.client_id or "", self._secret()
        if told.client_auth == "basic":
            pair = f"{quote(client, safe='')}:{quote(secret, safe='')}".encode()
            headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        else:
            form |= {"client_id": client, "client_secret": secret}
        body = urlencode(form).encode()
        try:
            return await self._transport.send(
                "POST", told.token_url or "", headers, body, connect=CONNECT, read=READ
            )
        except NotConnectedError:
            raise _NoTokenError("the token address cannot be reached") from None
        except NoAnswerError as error:
            raise _NoTokenError(f"the token address: {error}") from None

    def _fail(self, failed: _NoTokenError) -> None:
        self._failure = (self._now() + FAILURE_SHARED_FOR, failed)
        if failed.refused and not self.refused:
            log.error("operator.refused", alarm="our client gets no token", why=str(failed))
        elif not failed.refused:
            log.warning("operator.no_token", why=str(failed))
        self.refused = failed.refused


class _NoTokenError(Exception):
    """Why there is none; nothing of what was sent, and of the answer only a code."""

    def __init__(self, why: str, *, refused: bool = False) -> None:
        super().__init__(why)
        self.refused = refused


def _read(answer: Answer) -> tuple[str, float]:
    """The token and its life in seconds. Raises `_NoTokenError`."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        told = {}
    if answer.status != 200:
        code = told.get("error")
        reason = code if isinstance(code, str) and _REASON.fullmatch(code) else "no reason"
        refused = 400 <= answer.status < 500 and answer.status != 429
        raise _NoTokenError(f"status {answer.status}, {reason}", refused=refused)
    token, kind = told.get("access_token"), told.get("token_type", "bearer")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise _NoTokenError("the answer holds no token")
    if not isinstance(kind, str) or kind.casefold() != "bearer":
        raise _NoTokenError("the token is no bearer token")
    return token, _life(told.get("expires_in"))


def _life(told: Any) -> float:
    try:
        seconds = float(told)
    except (TypeError, ValueError, OverflowError):
        return USUAL_LIFE
    return seconds if math.isfinite(seconds) and seconds > 0 else USUAL_LIFE
