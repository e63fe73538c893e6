"""The two sides of a chat, as tests speak to them: the bot's raw calls and the people's doings."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

TOKEN = "42:TEST"
ADMINISTRATOR = 700


class BotSide:
    """A bot that speaks raw HTTP."""

    def __init__(self, session: aiohttp.ClientSession, token: str = TOKEN) -> None:
        self.session = session
        self.token = token

    async def call(self, method: str, **params: Any) -> tuple[int, dict[str, Any]]:
        async with self.session.post(f"/bot{self.token}/{method}", json=params) as answer:
            body: dict[str, Any] = await answer.json()
            return answer.status, body

    async def ok(self, method: str, **params: Any) -> Any:
        status, body = await self.call(method, **params)
        assert status == 200, body
        assert body["ok"] is True
        return body["result"]

    async def refused(self, method: str, **params: Any) -> str:
        """`<status> <description>` of a call that must fail."""
        status, body = await self.call(method, **params)
        assert body["ok"] is False, body
        assert body["error_code"] == status
        return f"{status} {body['description']}"

    async def upload(self, method: str, kind: str, content: bytes, name: str, **fields: Any) -> Any:
        form = aiohttp.FormData(quote_fields=False)
        for field, value in fields.items():
            form.add_field(field, value if isinstance(value, str) else json.dumps(value))
        form.add_field(kind, io.BytesIO(content), filename=name)
        async with self.session.post(f"/bot{self.token}/{method}", data=form) as answer:
            return await answer.json()

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.ok("getUpdates", **params)
        return found

    async def send(self, text: str = "hello", **params: Any) -> int:
        """A message to the administrator; its id."""
        sent = await self.ok("sendMessage", **{"chat_id": ADMINISTRATOR, "text": text, **params})
        return int(sent["message_id"])


class PeopleSide:
    """The people, with telephones in their hands."""

    def __init__(self, session: aiohttp.ClientSession, bot: str = "") -> None:
        self.session = session
        self.query = {"bot": bot} if bot else {}

    async def do(self, verb: str, path: str, body: Any = None) -> Any:
        async with self.session.request(
            verb, f"/sandbox/{path}", json=body, params=self.query
        ) as answer:
            text = await answer.text()
            assert answer.status < 300, f"{answer.status} {text}"
            return json.loads(text)

    async def fails(self, verb: str, path: str, body: Any = None) -> tuple[int, str]:
        async with self.session.request(
            verb, f"/sandbox/{path}", json=body, params=self.query
        ) as answer:
            return answer.status, (await answer.json())["error"]

    async def arrive(self, person: int = ADMINISTRATOR, **profile: Any) -> Any:
        body = {"id": person, "first_name": "Assel", "phone_number": "77010542007", **profile}
        return await self.do("POST", "users", body)

    async def say(self, text: str, person: int = ADMINISTRATOR, **more: Any) -> Any:
        return await self.do("POST", f"users/{person}/messages", {"text": text, **more})

    async def give(self, person: int = ADMINISTRATOR, **content: Any) -> Any:
        return await self.do("POST", f"users/{person}/messages", content)

    async def tap(self, person: int = ADMINISTRATOR, **body: Any) -> Any:
        return await self.do("POST", f"users/{person}/taps", body)

    async def chat(self, person: int = ADMINISTRATOR) -> Any:
        return await self.do("GET", f"users/{person}/chat")

    async def texts(self, person: int = ADMINISTRATOR) -> list[str]:
        return [message.get("text", "") for message in (await self.chat(person))["messages"]]

    async def fault(self, kind: str, **body: Any) -> Any:
        return await self.do("POST", "faults", {"target": "telegram", "kind": kind, **body})

    async def pass_time(self, seconds: float) -> None:
        await self.do("POST", "clock", {"advance": seconds})


def buttons(*rows: list[tuple[str, str]]) -> dict[str, Any]:
    """An inline keyboard of (text, data) pairs."""
    return {
        "inline_keyboard": [
            [{"text": text, "callback_data": data} for text, data in row] for row in rows
        ]
    }


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Look again until it is so; fails after a minute."""
    for _ in range(3000):
        if await check():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{check} did not come true")
