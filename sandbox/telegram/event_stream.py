"""Looking at a chat: as it is now, as it changes, its files, and the log of calls."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from aiohttp import web

from sandbox.telegram.floods import Floods
from sandbox.telegram.people import body_of, bot_of, person_of, refused
from sandbox.telegram.profile import shown_commands
from sandbox.telegram.records import Json
from sandbox.telegram.server import file_response
from sandbox.telegram.state import TelegramState

HEARTBEAT_SECONDS = 15.0

_WEB = Path(__file__).parent / "web"
_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


class EventStream:
    """Everything that only reads."""

    def __init__(self, telegram: TelegramState, floods: Floods) -> None:
        self.telegram = telegram
        self.floods = floods

    @property
    def routes(self) -> list[web.RouteDef]:
        """The addresses, the web chat's own included."""
        return [
            web.get("/sandbox/users/{id}/chat", self.chat),
            web.get("/sandbox/users/{id}/events", self.events_of_chat),
            web.get("/sandbox/events", self.events),
            web.get("/sandbox/files/{file_id}", self.file),
            web.get("/sandbox/telegram/bots", self.bots),
            web.get("/sandbox/telegram/calls", self.calls),
            web.post("/sandbox/telegram/limits", self.limit),
            web.post("/sandbox/telegram/answers", self.answers),
            web.get("/", self.page),
            web.get(r"/web/{name:[a-z_]+\.[a-z]+}", self.page),
        ]

    async def chat(self, request: web.Request) -> web.Response:
        """The chat as the person sees it now."""
        chat_id = person_of(self.telegram, request)
        bot = bot_of(self.telegram, request)
        if bot is None:
            return web.json_response(
                {"bot": None, "messages": [], "answers": [], "reply_keyboard": None}
            )
        last = request.query.get("last", "")
        state = self.telegram.state(bot, chat_id).state
        language = self.telegram.store.people[chat_id].get("language_code", "")
        return web.json_response(
            {
                "bot": bot.as_user(),
                "messages": self.telegram.store.messages(
                    bot.id, chat_id, int(last) if last.isdigit() else None
                ),
                "answers": self.telegram.store.answers(bot.id, chat_id),
                "reply_keyboard": state.get("reply_keyboard"),
                "pinned": state.get("pinned", []),
                "reactions": state.get("reactions", {}),
                "blocked": bool(state.get("blocked")),
                "commands": shown_commands(bot, chat_id, language),
            }
        )

    async def events_of_chat(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events of one person's chat with one bot."""
        chat_id = person_of(self.telegram, request)
        bot = bot_of(self.telegram, request)
        return await self._stream(request, chat_id, None if bot is None else bot.id)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events of everybody, for a page that shows several people."""
        return await self._stream(request, None, None)

    async def _stream(
        self, request: web.Request, chat_id: int | None, bot_id: int | None
    ) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        queue = self.telegram.watch()
        try:
            await response.prepare(request)
            await response.write(b"event: hello\ndata: {}\n\n")
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if event is None:
                    return response
                if _concerns(event, chat_id, bot_id):
                    text = json.dumps(event, ensure_ascii=False)
                    await response.write(f"event: {event['type']}\ndata: {text}\n\n".encode())
        except ConnectionResetError:
            return response
        finally:
            self.telegram.unwatch(queue)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file of a message, for whoever looks at the chat."""
        file = self.telegram.store.file(request.match_info["file_id"])
        if file is None:
            raise refused("there is no such file", 404)
        return file_response(self.telegram, file.stored, file.name, file.mime)

    async def bots(self, _request: web.Request) -> web.Response:
        """The bots that have called, oldest first; the default one is marked."""
        default = self.telegram.default_bot()
        return web.json_response(
            [
                {**bot.as_user(), "default": bot is default}
                for bot in self.telegram.store.bots.values()
            ]
        )

    async def calls(self, request: web.Request) -> web.Response:
        """The log of Bot API calls, oldest first; `?bot=`, `?method=`, `?after=`, `?limit=`."""
        bot = bot_of(self.telegram, request) if "bot" in request.query else None
        after, limit = (
            int(request.query.get(name, default) or default)
            for name, default in (("after", "0"), ("limit", "10000"))
        )
        found = self.telegram.store.calls(None if bot is None else bot.id, after, limit)
        method = request.query.get("method", "").lower()
        return web.json_response([call for call in found if method in {"", call["method"]}])

    async def limit(self, request: web.Request) -> web.Response:
        """Turn flood limits on or off."""
        try:
            return web.json_response(self.floods.set(await body_of(request)))
        except (TypeError, ValueError):
            raise refused("limits are numbers") from None

    async def answers(self, request: web.Request) -> web.Response:
        """`{"once": true}`: a second answer to the same tap is refused as too old."""
        body = await body_of(request)
        self.telegram.one_answer = bool(body.get("once", True))
        return web.json_response({"once": self.telegram.one_answer})

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The web chat."""
        path = _WEB / request.match_info.get("name", "index.html")
        if not path.is_file() or path.suffix not in _TYPES:
            raise refused("there is no such page", 404)
        return web.Response(
            body=path.read_bytes(),
            content_type=_TYPES[path.suffix],
            charset="utf-8",
            headers={
                "Cache-Control": "no-cache",
                "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:",
            },
        )


def _concerns(event: Json, chat_id: int | None, bot_id: int | None) -> bool:
    if chat_id is None:
        return True
    return event.get("chat") == chat_id and bot_id in {None, event["bot"]}
