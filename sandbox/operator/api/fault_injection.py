"""How a call to the operator is served when something is meant to go wrong with it.

The meaning of each kind of fault is in `sandbox.faults`. A handler is a plain function that has its
effect when it is called, so that a fault can put it before, after, or long after the answer.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Callable

from aiohttp import web

from sandbox.faults import Fault
from sandbox.operator.api.answers import TmfError, answer, body_of
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.dialects.dialect import Dialect, Handler
from sandbox.world import World

UNDELIVERED = web.RequestKey("undelivered", bool)
"""Set on a request whose message is accepted and then lost."""

MESSAGE = "/communicationMessage"


class FaultInjection:
    """Serves handlers, acting out the faults laid on this world, and counts the calls."""

    def __init__(
        self,
        world: World,
        database: OperatorDatabase,
        settle: Callable[[], None],
        dialect: Dialect,
    ) -> None:
        self.calls: Counter[str] = Counter()
        self.in_progress: set[str] = set()
        """Idempotency keys of calls whose effect is still to come."""
        self._world = world
        self._database = database
        self._settle = settle
        self._dialect = dialect
        self._closing = asyncio.Event()
        self._late: set[asyncio.Task[None]] = set()

    def served(self, handler: Handler, name: str) -> Handler:
        """`handler` behind the token check, the faults and the error bodies. `name` is counted."""

        async def serve(request: web.Request) -> web.Response:
            self.calls[name] += 1
            await request.read()
            fault = await self._fault(request)
            try:
                self._dialect.check_token(request)
                if fault is None:
                    return await self._serve(handler, request)
                return await self._act(fault, handler, request)
            except TmfError as refusal:
                return self._dialect.refusal(refusal)

        return serve

    def plain(self, handler: Handler) -> Handler:
        """`handler` of the sandbox's own calls: no token, no faults."""

        async def serve(request: web.Request) -> web.Response:
            try:
                return await self._serve(handler, request)
            except TmfError as refusal:
                return refusal.response()

        return serve

    async def close(self) -> None:
        """Let go of what hangs; late effects that have not come yet never come."""
        self._closing.set()
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    async def _serve(self, handler: Handler, request: web.Request) -> web.Response:
        self._settle()
        return await handler(request)

    async def _fault(self, request: web.Request) -> Fault | None:
        call = f"{request.method} {request.path}"
        fault = self._world.faults.take("operator", call)
        if fault is None and request.method == "POST" and request.path.endswith(MESSAGE):
            fault = self._world.faults.take("sms", f"{call} {await _receivers(request)}")
        return fault

    async def _act(self, fault: Fault, handler: Handler, request: web.Request) -> web.Response:
        match fault.kind:
            case "http_500":
                raise TmfError(500, "INTERNAL", "Internal error")
            case "http_429":
                limited = TmfError(429, "RATE.LIMITED", "Too many requests")
                refused = self._dialect.refusal(limited)
                refused.headers["Retry-After"] = str(max(1, round(fault.seconds)))
                return refused
            case "reject" if fault.target == "sms":
                request[UNDELIVERED] = True
                return await self._serve(handler, request)
            case "reject":
                raise TmfError(409, "REJECTED", "Refused by the operator")
            case "delay":
                await self._wait(fault.seconds)
                return await self._serve(handler, request)
            case "hang_before_effect":
                await self._wait(fault.seconds)
            case "hang_after_effect":
                await self._unheard(handler, request)
                await self._wait(fault.seconds)
            case "late_effect":
                await self._be_late(fault.seconds, handler, request)
            case "reset_after_effect":
                await self._unheard(handler, request)
        return _dropped(request)

    async def _wait(self, seconds: float) -> None:
        """Wait, but not longer than the operator lives."""
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return

    async def _unheard(self, handler: Handler, request: web.Request) -> None:
        """Have the effect; nobody will hear whether it was refused."""
        try:
            await self._serve(handler, request)
        except TmfError:
            return

    async def _be_late(self, seconds: float, handler: Handler, request: web.Request) -> None:
        key = request.headers.get("Idempotency-Key", "")
        self.in_progress.add(key)

        async def later() -> None:
            await asyncio.sleep(seconds)
            self.in_progress.discard(key)
            await self._unheard(handler, request)

        task = asyncio.create_task(later())
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        await self._wait(seconds)


async def _receivers(request: web.Request) -> str:
    try:
        body = await body_of(request)
        return ",".join(str(receiver.get("phoneNumber")) for receiver in body.get("receiver") or ())
    except (TmfError, AttributeError, TypeError):
        return ""


def _dropped(request: web.Request) -> web.Response:
    """Reset the connection; what is returned goes nowhere."""
    if request.transport is not None:
        opened = request.transport.get_extra_info("socket")
        if opened is not None:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return answer({})
