"""`Transport` over httpx: several times the CPU of the pooled one, and every fault keeps its cause.

Where exchanges are few: the doctor's questions, and tests, which put `httpx.MockTransport` in the
network's place. It keeps the whole contract, the guard included.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx

from carrier.transport import Answer, NoAnswerError, NotConnectedError

if TYPE_CHECKING:
    from account.changes.ports import DispatchGuard

Trace: TypeAlias = Callable[[str, Mapping[str, Any]], Awaitable[None]]

WRITES_REQUEST = "http11.send_request_headers.started"
"""What httpcore tells of with the connection in hand, right before the first byte."""

_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    # The proxy has not led us to the operator.
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class HttpxTransport:
    """Carries requests by `client`, which follows no redirect; `last` is the answer to the last."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
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
        """Send by the contract of `Transport.send`."""
        self.last = None
        try:
            told = await self._client.request(
                method,
                url,
                headers=dict(headers),
                content=body,
                timeout=httpx.Timeout(read, connect=connect),
                extensions={} if guard is None else {"trace": _asking(guard)},
            )
        except _NEVER_LEFT as error:
            raise NotConnectedError from error
        except httpx.HTTPError as error:
            timed_out = isinstance(error, httpx.TimeoutException)
            raise NoAnswerError(timed_out=timed_out) from error
        self.last = Answer(told.status_code, told.headers, told.content)
        return self.last

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()


def _asking(guard: DispatchGuard) -> Trace:
    async def trace(event: str, _info: Mapping[str, Any]) -> None:
        if event == WRITES_REQUEST:
            await guard()

    return trace
