"""The operator over httpx, one request at a time, each answer kept for the doctor to look at.

The way is the product's own: the same authorities, certificate and proxy, the same headers by
`carrier.auth`. Whatever is no answer keeps its cause, which `bot.ops.causes` puts into words.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING

import httpx

from bot.config.operator_access import tls_of
from carrier.http import Limits, OperatorHttp
from carrier.transport import Answer, NoAnswerError, NotConnectedError

if TYPE_CHECKING:
    from account.changes.ports import DispatchGuard
    from bot.config.settings import Settings

SECONDS = 10.0


class HttpxTransport:
    """`carrier.transport.Transport` over httpx. Asks, and never changes anything: GET, and the POST
    of a question or for a token.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, proxy: str | None = None) -> None:
        self._client = httpx.AsyncClient(
            verify=tls or ssl.create_default_context(),
            proxy=proxy,
            trust_env=False,
            follow_redirects=False,
        )
        self.last: Answer | None = None

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        connect: float,
        read: float,
        guard: DispatchGuard | None = None,
    ) -> Answer:
        """By the contract of `Transport.send`."""
        if guard is not None:
            raise NotConnectedError
        self.last = None
        try:
            told = await self._client.request(
                method,
                url,
                headers=dict(headers),
                content=body,
                timeout=httpx.Timeout(read, connect=connect),
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise NotConnectedError from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            timed_out = isinstance(error, httpx.TimeoutException)
            raise NoAnswerError(timed_out=timed_out) from error
        self.last = Answer(told.status_code, told.headers, told.content)
        return self.last

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()


def operator_over(wire: HttpxTransport, settings: Settings) -> OperatorHttp:
    """The product's own readers over this wire; nothing is asked twice."""
    limits = Limits(connect=SECONDS / 2, read=SECONDS, total=SECONDS, retries=0)
    token = settings.carrier_token_file or settings.carrier_token
    return OperatorHttp(
        settings.carrier_url, token, wire=wire, limits=limits, profile=settings.profile
    )


def wire_of(settings: Settings) -> HttpxTransport:
    """The way to the operator as it is set."""
    return HttpxTransport(tls_of(settings), settings.carrier_proxy)
