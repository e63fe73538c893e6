"""Telegram's Bot API as this product calls it, and what it is told about the bot."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog
from aiogram import Bot, __version__
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiohttp import ClientConnectionError, ClientSession, TraceConfig
from aiohttp.http import SERVER_SOFTWARE

from bot.telegram.json_calls import HEADERS, plain_body, plain_result
from carrier.transport import NoAnswerError, NotConnectedError, PooledTransport

if TYPE_CHECKING:
    from aiogram.methods import TelegramMethod

    from bot.config.settings import Settings

log = structlog.get_logger(__name__)

_TAG = re.compile(r"<[^>]*>")

MOST_CONNECTIONS = 500
"""More than there are chats that are busy at once."""
ANSWER_SECONDS = 10.0
"""How long one call may take: a chat waits behind it. Files are given longer."""
CONNECT_SECONDS = 5.0

_USER_AGENT = {"User-Agent": f"{SERVER_SOFTWARE} aiogram/{__version__}"}

Observer = Callable[[str, str, float], None]
"""Told of every call: the method, how it ended (a word of `outcome_of`, or `ok`), the seconds."""


def outcome_of(fault: TelegramAPIError) -> str:
    """A word for how a call failed: flood, fault, network, or refused for all that is ours."""
    if isinstance(fault, TelegramRetryAfter):
        return "flood"
    if isinstance(fault, TelegramServerError):
        return "fault"
    return "network" if isinstance(fault, TelegramNetworkError) else "refused"


class StaleConnectionError(TelegramNetworkError):
    """A connection that was kept warm was hung up before one byte of an answer."""


class Session(AiohttpSession):
    """aiogram's session; what is no answer of the Bot API is a fault of the network."""

    def __init__(
        self, observer: Observer | None = None, through: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self._observer = observer
        self._through = through
        self._wire = PooledTransport(MOST_CONNECTIONS, proxy=through)
        self._ended = False

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's own
    ) -> Any:
        """See aiogram. A gateway's error page must not look like a defect of ours."""
        began, outcome = time.monotonic(), "given_up"
        try:
            answer = await self._ask(bot, method, timeout)
            outcome = "ok"
        except ClientDecodeError:
            outcome = "network"
            raise TelegramNetworkError(method, "not an answer of the Bot API") from None
        except TelegramAPIError as fault:
            outcome = outcome_of(fault)
            raise
        finally:
            if self._observer is not None:
                self._observer(method.__api_method__, outcome, time.monotonic() - began)
        return answer

    async def create_session(self) -> ClientSession:
        """See aiogram, whose own goes through a proxy only by another library's connector."""
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                connector=self._connector_type(**self._connector_init),
                headers=_USER_AGENT,
                proxy=self._through,
                trace_configs=[_no_redirects()],
            )
        return self._session

    async def close(self) -> None:
        """See aiogram. For good: the answer to a press that comes late must open nothing anew."""
        self._ended = True
        await self._wire.close()
        await super().close()

    async def _ask(self, bot: Bot, method: TelegramMethod[Any], seconds: int | None) -> Any:
        """A call of plain values by ourselves, any other one by aiogram."""
        if self._ended:
            raise TelegramNetworkError(method, "closed")
        body = plain_body(bot, method)
        if body is None:
            return await super().make_request(bot, method, seconds)
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        read = self.timeout if seconds is None else seconds
        try:
            answer = await self._wire.send(
                "POST", url, HEADERS, body, connect=CONNECT_SECONDS, read=read
            )
        except NotConnectedError:
            raise TelegramNetworkError(method, "not connected") from None
        except NoAnswerError as lost:
            fault = StaleConnectionError if lost.stale else TelegramNetworkError
            raise fault(method, str(lost)) from None
        try:
            result = plain_result(bot, method, answer.body) if answer.status == 200 else None
            if result is not None:
                return result
            text = answer.body.decode()
        except ValueError as error:
            raise ClientDecodeError("not an answer of the Bot API", error, answer.body) from None
        return self.check_response(bot, method, answer.status, text).result


def _no_redirects() -> TraceConfig:
    """Followed elsewhere, a call would show files and texts to whoever stands there, in clear."""

    async def refuse(_session: ClientSession, _context: object, _told: object) -> None:
        raise ClientConnectionError("the answer was a redirect")

    traces = TraceConfig()
    traces.on_request_redirect.append(refuse)
    traces.freeze()
    return traces


def make_bot(settings: Settings, observer: Observer | None = None) -> Bot:
    """The Bot API's client."""
    session = Session(
        observer,
        settings.telegram_proxy,
        api=TelegramAPIServer.from_base(settings.telegram_url),
        limit=MOST_CONNECTIONS,
        timeout=ANSWER_SECONDS,
    )
    return Bot(settings.bot_token, session=session)


def bad_html(refused: TelegramBadRequest) -> bool:
    """Tell whether Telegram did not understand the looks of a text, rather than the rest."""
    return "can't parse entities" in refused.message


def plain(text: str) -> str:
    """The words of an HTML text: better without their looks than not said."""
    return html.unescape(_TAG.sub("", text))
