from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from sandbox.post import open_post
from sandbox.world import World
from tests.sandbox.operator.conftest import Client, begun, get, until

MESSAGES = "/tmf-api/communicationManagement/v4/communicationMessage"


def sms(text: str, to: str = "77010542006") -> dict[str, Any]:
    return {
        "messageType": "SMS",
        "content": text,
        "sender": {"id": "kcell", "name": "Kcell"},
        "receiver": [{"phoneNumber": to}],
    }


async def box(world: World, to: str = "77010542006") -> list[str]:
    room = await open_post(world)
    texts = [message["text"] for message in room.sms.shown(to)]
    await room.close()
    return texts


async def test_an_sms_reaches_its_telephone_once(
    operator: Client, world: World, contracts: Any
) -> None:
    for _ in range(2):
        answer = await operator.post(
            MESSAGES, json=sms("Ваш код: 123456"), headers={"Idempotency-Key": "k1"}
        )
    assert answer.status == 200
    sent = await answer.json()
    assert sent["state"] == "completed"
    assert contracts.errors("TMF681", "CommunicationMessage", sent) == []
    again = await operator.post(MESSAGES, json=sms("other"), headers={"Idempotency-Key": "k1"})
    assert again.status == 422
    assert await box(world) == ["Ваш код: 123456"]
    assert await box(world, "77010542007") == []
    [listed] = await get(operator, MESSAGES, **{"receiver.phoneNumber": "77010542006"})
    assert listed["content"] == "***"


async def test_a_rejected_sms_is_never_delivered(operator: Client, world: World) -> None:
    world.faults.lay({"target": "sms", "kind": "reject", "match": "77010542006"})
    other = await operator.post(MESSAGES, json=sms("a", "77010542007"))
    lost = await operator.post(MESSAGES, json=sms("b"))
    assert (other.status, lost.status) == (201, 201)
    assert (await get(operator, (await lost.json())["href"]))["state"] == "failed"
    assert await box(world) == []
    assert await box(world, "77010542007") == ["a"]


async def test_a_late_sms_comes_once_however_often_it_is_handed_in(
    operator: Client, world: World
) -> None:
    world.faults.lay({"target": "sms", "kind": "late_effect", "seconds": 1.5})
    key = {"Idempotency-Key": "k2"}
    first = asyncio.create_task(operator.post(MESSAGES, json=sms("late"), headers=key))
    await begun(world)
    second = await operator.post(MESSAGES, json=sms("late"), headers=key)
    assert (second.status, (await second.json())["code"]) == (409, "IDEMPOTENCY.IN_PROGRESS")
    with pytest.raises(aiohttp.ClientConnectionError):
        await first

    async def done() -> bool:
        return (await operator.post(MESSAGES, json=sms("late"), headers=key)).status == 200

    await until(done, "the SMS")
    assert await box(world) == ["late"]


async def test_a_letter_without_what_it_needs_is_refused(operator: Client) -> None:
    letters: list[Any] = [
        {},
        sms("") | {"receiver": []},
        sms("a", "+7701"),
        sms("a") | {"messageType": "Email"},
        sms("a") | {"receiver": [1]},
        [],
    ]
    for spoilt in letters:
        answer = await operator.post(MESSAGES, json=spoilt)
        assert (answer.status, (await answer.json())["code"]) == (400, "REQUEST.MALFORMED")
