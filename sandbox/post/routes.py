"""The post's room: a mail server, and the boxes as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from sandbox.post.letters import MailBox
from sandbox.post.mail import MailServer
from sandbox.post.sms import SmsBox
from sandbox.world import World


class PostRoutes:
    """SMS and mail of one world. The mail server listens from `start` to `close`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sms = SmsBox(world.data)
        self._mail = MailBox(world.data)
        self._server = MailServer(world, self._mail)

    @property
    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The boxes."""
        return [
            web.get("/sandbox/sms", self._messages),
            web.get("/sandbox/mail", self._letters),
            web.get("/sandbox/mail/{id}/{index}", self._attachment),
        ]

    async def start(self) -> None:
        """Open the mail server and tell the world its port."""
        await self._server.start()

    async def close(self) -> None:
        """Close the server and the boxes."""
        await self._server.close()
        self.sms.close()
        self._mail.close()

    async def _messages(self, request: web.Request) -> web.Response:
        return web.json_response(self.sms.shown(request.query.get("to", "")))

    async def _letters(self, request: web.Request) -> web.Response:
        return web.json_response(self._mail.shown(request.query.get("to", "")))

    async def _attachment(self, request: web.Request) -> web.Response:
        found = self._mail.attachment(request.match_info["id"], request.match_info["index"])
        if found is None:
            raise web.HTTPNotFound
        response = web.Response(body=found.content, content_type=found.content_type)
        response.headers["Content-Disposition"] = found.disposition
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


async def open_post(world: World) -> PostRoutes:
    """Open the post of `world`."""
    return PostRoutes(world)
