from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sandbox.post import SmsBox, open_post
from sandbox.world import World, WorldClock

Client = TestClient[web.Request, web.Application]
NOON = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
TO = "assel@demo.example"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(data=tmp_path, clock=WorldClock(NOON))


@asynccontextmanager
async def opened(world: World) -> AsyncIterator[Client]:
    room = await open_post(world)
    application = web.Application()
    application.add_routes(room.routes)
    async with TestClient(TestServer(application)) as client:
        await room.start()
        yield client
        await room.close()


@pytest.fixture
async def post(world: World) -> AsyncIterator[Client]:
    async with opened(world) as client:
        yield client


def letter(to: str = TO) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "bot@kcell.example", to
    message["Subject"] = "Нөмірлер тізімі"
    message.set_content("Қосымшада есеп.\n")
    message.add_alternative("<p>Қосымшада <b>есеп</b>.</p>", subtype="html")
    message.add_attachment(
        b"PK\x03\x04\x00\xff", maintype="application", subtype="zip", filename="Есеп №1.xlsx"
    )
    message.add_attachment("a;b\n", subtype="csv", filename="rows.csv")
    return message


async def send(world: World, message: EmailMessage, **settings: Any) -> Any:
    return await aiosmtplib.send(
        message, hostname="127.0.0.1", port=world.smtp_port, timeout=60, **settings
    )


async def letters(client: Client, to: str = "") -> list[dict[str, Any]]:
    answer = await client.get("/sandbox/mail", params={"to": to} if to else {})
    found: list[dict[str, Any]] = await answer.json()
    return found


async def test_a_letter_arrives_with_its_files(post: Client, world: World) -> None:
    await send(world, letter())
    [got] = await letters(post, "Assel@demo.example")
    assert await letters(post, "other@demo.example") == []
    assert (got["from"], got["to"]) == ("bot@kcell.example", [TO])
    assert got["subject"] == "Нөмірлер тізімі"
    assert got["text"] == "Қосымшада есеп.\n"
    assert "<b>есеп</b>" in got["html"]
    assert [(file["name"], file["size"]) for file in got["attachments"]] == [
        ("Есеп №1.xlsx", 6),
        ("rows.csv", 5),
    ]
    answer = await post.get(got["attachments"][0]["url"])
    assert await answer.read() == b"PK\x03\x04\x00\xff"
    assert "filename*=UTF-8''%D0%95" in answer.headers["Content-Disposition"]
    for wrong in ("2", "x", "-1"):
        assert (await post.get(f"/sandbox/mail/{got['id']}/{wrong}")).status == 404


async def test_letters_are_kept_over_a_restart_newest_last(world: World) -> None:
    async with opened(world) as client:
        await send(world, letter())
    async with opened(world) as client:
        await send(world, letter("second@demo.example"))
        assert [got["to"] for got in await letters(client)] == [[TO], ["second@demo.example"]]


async def test_a_letter_to_an_address_with_letters_of_its_own(post: Client, world: World) -> None:
    address = "пошта@мысал.example"
    await send(world, letter(address))
    assert [got["to"] for got in await letters(post, address)] == [[address]]


async def test_a_large_letter_passes(post: Client, world: World) -> None:
    message = letter()
    message.add_attachment(
        bytes(20_000_000), maintype="application", subtype="octet-stream", filename="big.bin"
    )
    await send(world, message)
    [got] = await letters(post)
    assert got["attachments"][2]["size"] == 20_000_000


@pytest.mark.parametrize(("kind", "code"), [("reject", 550), ("http_500", 451), ("http_429", 450)])
async def test_a_refused_letter_is_not_in_the_box(
    post: Client, world: World, kind: str, code: int
) -> None:
    world.faults.lay({"target": "mail", "kind": kind, "match": TO})
    with pytest.raises(aiosmtplib.SMTPDataError) as refused:
        await send(world, letter())
    assert refused.value.code == code
    assert await letters(post) == []


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("hang_before_effect", 0),
        ("hang_after_effect", 1),
        ("reset_after_effect", 1),
        ("late_effect", 1),
    ],
)
async def test_a_lost_answer_tells_nothing_about_the_letter(
    post: Client, world: World, kind: str, kept: int
) -> None:
    world.faults.lay({"target": "mail", "kind": kind, "seconds": 0.1})
    with pytest.raises((aiosmtplib.SMTPException, ConnectionError)):
        await send(world, letter())
    for _ in range(3000):
        if len(await letters(post)) >= kept:
            break
        await asyncio.sleep(0.02)
    assert len(await letters(post)) == kept


async def test_closing_lets_go_of_a_letter_that_hangs(world: World) -> None:
    async with opened(world):
        world.faults.lay({"target": "mail", "kind": "hang_before_effect", "seconds": 60})
        sending = asyncio.create_task(send(world, letter()))
        await asyncio.sleep(0.1)
    with pytest.raises((aiosmtplib.SMTPException, ConnectionError)):
        await sending


async def test_sms_are_shown_newest_last(post: Client, world: World) -> None:
    box = SmsBox(world.data)
    for text in ("first", "second"):
        box.put(("77010542007", "77012115526"), text, at=world.clock.timestamp(), sender="Kcell")
    box.close()
    answer = await post.get("/sandbox/sms", params={"to": "77010542007"})
    shown = await answer.json()
    assert [one["text"] for one in shown] == ["first", "second"]
    assert {one["to"] for one in shown} == {"77010542007"}
    assert shown[0].keys() == {"id", "to", "from", "text", "at"}
    assert len(await (await post.get("/sandbox/sms")).json()) == 4
