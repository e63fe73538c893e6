"""The people of the scenarios: what they do when the chat moves under their finger."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.scenarios.phone import Phone


class Chat:
    """One window at a time; each tap that comes while `moves` lasts meets one replaced just now."""

    def __init__(self, refusal: str, moves: int) -> None:
        self.refusal = refusal
        self.moves = moves
        self.window = 1
        self.taps: list[dict[str, Any]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            rows = [[{"text": "XLSX file"}]]
            shown = {
                "message_id": self.window,
                "from": {"is_bot": True},
                "text": "Usage details",
                "reply_markup": {"inline_keyboard": rows},
            }
            return httpx.Response(200, json={"messages": [shown], "answers": []})
        if self.moves:
            self.moves -= 1
            self.window += 1
            return httpx.Response(409, json={"error": self.refusal})
        self.taps.append(json.loads(request.content))
        return httpx.Response(201, json={})

    def phone(self) -> Phone:
        transport = httpx.MockTransport(self.answer)
        return Phone(httpx.AsyncClient(transport=transport, base_url="http://world"), 1, "7701")


@pytest.mark.parametrize(
    "refusal",
    [
        "the message is gone: tap by data",
        "there is no button 'XLSX file' on the message; there are: 'Menu'",
    ],
)
async def test_the_window_that_came_instead_is_tapped(refusal: str) -> None:
    chat = Chat(refusal, moves=2)
    await chat.phone().tap("XLSX")
    assert chat.taps == [{"message_id": 3, "text": "XLSX file", "repeat": 1}]


async def test_a_message_that_was_chosen_is_tapped_or_nothing_is() -> None:
    chat = Chat("the message is gone: tap by data", moves=1)
    phone = chat.phone()
    with pytest.raises(AssertionError, match="the message is gone"):
        await phone.tap("XLSX", message=await phone.window())
    assert chat.taps == []


async def test_another_refusal_is_not_tried_again() -> None:
    chat = Chat("no such person", moves=1)
    with pytest.raises(AssertionError, match="no such person"):
        await chat.phone().tap("XLSX")
    assert chat.taps == []
