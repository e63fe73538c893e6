"""The Telegram room: its parts put together."""

from __future__ import annotations

from aiohttp import web

from sandbox.telegram.event_stream import EventStream
from sandbox.telegram.newcomers import settle_newcomers
from sandbox.telegram.people import People
from sandbox.telegram.server import BotApi
from sandbox.telegram.state import TelegramState
from sandbox.telegram.store import Store
from sandbox.telegram.user_actions import UserActions
from sandbox.telegram.user_callbacks import UserCallbacks
from sandbox.telegram.user_messages import UserMessages
from sandbox.telegram.user_orders import UserOrders
from sandbox.world import Routes, World


class TelegramRoutes:
    """Bot API server, user side and web chat over one store."""

    def __init__(self, world: World, bot: str | None) -> None:
        self._telegram = TelegramState(world, Store(world.data / "telegram"), bot)
        if world.newcomers:
            settle_newcomers(self._telegram)
        self._api = BotApi(self._telegram)
        people = People(self._telegram)
        user_messages = UserMessages(self._telegram, people)
        self._parts = (
            self._api,
            people,
            user_messages,
            UserCallbacks(self._telegram, user_messages),
            UserActions(self._telegram, people, user_messages),
            UserOrders(self._telegram, user_messages),
            EventStream(self._telegram, self._api.floods),
        )

    @property
    def routes(self) -> list[web.RouteDef]:
        """All addresses of the room."""
        return [route for part in self._parts for route in part.routes]

    async def start(self) -> None:
        """Go on pushing to webhooks."""
        await self._api.webhooks.start()

    def end_waiting(self) -> None:
        """Let long polls and event streams end, so that the server can stop at once."""
        self._telegram.end_waiting()

    async def close(self) -> None:
        """Stop pushing and close the database."""
        await self._api.webhooks.close()
        await self._telegram.close()


async def open_telegram(world: World, bot: str | None = None) -> Routes:
    """Telegram as it was left in `world.data`; `bot` is the token user-side calls mean."""
    return TelegramRoutes(world, bot)
