"""`/bot<token>/<method>` and `/file/bot<token>/<path>` over HTTP, with faults acted out.

A call is carried out in one piece between two awaits and committed before it is answered: a bot
that got an answer can rely on it whatever happens to the sandbox afterwards.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import socket
import struct
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import web

from sandbox.faults import Fault
from sandbox.telegram import (
    callbacks,
    chats,
    dice,
    editing,
    files,
    forwarding,
    inline,
    invites,
    members,
    moderation,
    paid_media,
    payments,
    polls,
    profile,
    sending,
    topics,
)
from sandbox.telegram.addresses import bring_addressed_files
from sandbox.telegram.call import Call, read_parameters
from sandbox.telegram.errors import NOT_FOUND, ApiError, too_many
from sandbox.telegram.floods import Floods
from sandbox.telegram.polling import Polls
from sandbox.telegram.records import Bot
from sandbox.telegram.state import TelegramState
from sandbox.telegram.webhook import Webhooks

log = logging.getLogger(__name__)

METHODS: Mapping[str, Callable[[TelegramState, Call], Any]] = {
    **profile.METHODS,
    **sending.METHODS,
    **dice.METHODS,
    **forwarding.METHODS,
    **polls.METHODS,
    **inline.METHODS,
    **payments.METHODS,
    **paid_media.METHODS,
    **editing.METHODS,
    **callbacks.METHODS,
    **chats.METHODS,
    **members.METHODS,
    **moderation.METHODS,
    **invites.METHODS,
    **topics.METHODS,
    **files.METHODS,
}

_NOT_FROM_WEBHOOK = {"setwebhook", "deletewebhook", "close", "logout"}


class _DroppedError(Exception):
    """The connection is to be broken instead of answered."""


def _hung_up(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _drop(request: web.Request) -> web.StreamResponse:
    """Break the connection hard, so that the client sees a reset and no answer."""
    transport = request.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    raise asyncio.CancelledError


class BotApi:
    """The Bot API server of one cloud."""

    def __init__(self, telegram: TelegramState) -> None:
        self.telegram = telegram
        self.polls = Polls(telegram)
        self.floods = Floods(telegram)
        self.webhooks = Webhooks(telegram, self.polls, self.run_from_webhook)

    @property
    def routes(self) -> list[web.RouteDef]:
        """The two families of addresses."""
        return [
            web.route("*", r"/bot{token:[^/]*}/{method:[^/]*}", self.answer),
            web.route("*", r"/bot{token:[^/]*}/test/{method:[^/]*}", self.answer),
            web.route("*", r"/bot{rest:.*}", self.no_such_path),
            web.get(r"/file/bot{token:[^/]*}/{path:.*}", self.download),
        ]

    async def no_such_path(self, _request: web.Request) -> web.Response:
        """Not an address of the Bot API."""
        return _answer(ApiError(404, NOT_FOUND).as_json(), 404)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Serve one call, or act out the fault that lies on it."""
        try:
            bot = self.telegram.bot_of_token(request.match_info["token"])
            params, uploads = await read_parameters(request, self.telegram.store.files_folder)
        except ApiError as error:
            return _answer(error.as_json(), error.status)
        method = request.match_info["method"].lower()
        call = Call(bot, method, params, uploads, lambda: _hung_up(request))
        fault = self.telegram.world.faults.take("telegram", request.match_info["method"])
        try:
            result = await (self._with_fault(call, fault) if fault else self._serve(call))
        except ApiError as error:
            return _answer(error.as_json(), error.status)
        except _DroppedError:
            return _drop(request)
        return _answer_text(result)

    async def _with_fault(self, call: Call, fault: Fault) -> str:
        if fault.kind == "http_500":
            raise self._logged(call, ApiError(500, "Internal Server Error"))
        if fault.kind == "http_429":
            raise self._logged(call, too_many(max(1, math.ceil(fault.seconds))))
        if fault.kind == "reject":
            raise self._logged(call, ApiError(403, "Forbidden: bot was blocked by the user"))
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            return await self._serve(call)
        if fault.kind == "late_effect":
            self.telegram.begin(self._serve_late(call, fault.seconds))
            await asyncio.sleep(fault.seconds)
            raise _DroppedError
        if fault.kind != "hang_before_effect":
            await self._serve_quietly(call)
        if fault.kind != "reset_after_effect":
            await asyncio.sleep(fault.seconds)
        raise _DroppedError

    async def _serve_late(self, call: Call, seconds: float) -> None:
        await asyncio.sleep(seconds + 0.05)
        await self._serve_quietly(call)

    async def _serve_quietly(self, call: Call) -> None:
        try:
            await self._serve(call)
        except ApiError as error:
            log.info("the unanswered call %s failed: %s", call.method, error)

    async def _serve(self, call: Call) -> str:
        """The whole body of the answer, as JSON. Raises `ApiError`."""
        try:
            self.floods.check(call)
            if call.method == "getupdates":
                updates = await self.polls.get_updates(call)
                body = f'{{"ok":true,"result":[{",".join(updates)}]}}'
            elif call.method in self.webhooks.methods:
                body = json.dumps({"ok": True, **self.webhooks.methods[call.method](call)})
            else:
                await bring_addressed_files(self.telegram, call)
                body = _success(self._carry_out(call))
        except ApiError as error:
            self._logged(call, error)
            raise
        self._log(call, None)
        return body

    def _carry_out(self, call: Call) -> Any:
        method = METHODS.get(call.method)
        if method is None:
            raise ApiError(404, "Not Found: method not found")
        return method(self.telegram, call)

    def _logged(self, call: Call, error: ApiError) -> ApiError:
        self._log(call, (error.status, error.description))
        return error

    def _log(self, call: Call, error: tuple[int, str] | None) -> None:
        at = self.telegram.world.clock.timestamp()
        chat_id = call.params.get("chat_id")
        self.telegram.store.add_call(call.bot.id, call.method, chat_id, error, at)
        self.telegram.store.commit()

    async def run_from_webhook(self, bot: Bot, params: dict[str, str]) -> None:
        """A method given in the webhook's answer; its result is told to nobody."""
        method = params.pop("method", "").lower()
        if method.startswith("get") or method in _NOT_FROM_WEBHOOK:
            return
        await self._serve_quietly(Call(bot, method, params))

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The content of a file that getFile told the path of."""
        try:
            bot = self.telegram.bot_of_token(request.match_info["token"])
        except ApiError as error:
            return _answer(error.as_json(), error.status)
        file = self.telegram.store.file_by_path(bot.id, request.match_info["path"])
        if file is None:
            return _answer(ApiError(404, NOT_FOUND).as_json(), 404)
        return file_response(self.telegram, file.stored, file.name, "application/octet-stream")


def file_response(telegram: TelegramState, stored: str, name: str, mime: str) -> web.FileResponse:
    """A kept file as a download named `name`."""
    response = web.FileResponse(telegram.store.files_folder / stored)
    response.content_type = mime
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _success(result: Any) -> str:
    return json.dumps({"ok": True, "result": result}, ensure_ascii=False)


def _answer_text(body: str) -> web.Response:
    return web.Response(text=body, content_type="application/json")


def _answer(body: dict[str, Any], status: int) -> web.Response:
    headers = {}
    retry_after = body.get("parameters", {}).get("retry_after")
    if retry_after:
        headers["Retry-After"] = str(retry_after)
    return web.json_response(body, status=status, headers=headers)
