"""Media as the call gave them: sizes, thumbnails, metadata, files by address."""

from __future__ import annotations

import io
import json
from typing import Any

import aiohttp
import pytest

from sandbox.telegram.pictures import plain_png, size_of_picture
from sandbox.world import World
from tests.sandbox.telegram.side import ADMINISTRATOR, BotSide, PeopleSide

HERE = {"chat_id": str(ADMINISTRATOR)}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("video", {"duration": 3, "width": 320, "height": 240, "start_timestamp": 2}),
        ("animation", {"duration": 1, "width": 64, "height": 48}),
        ("audio", {"duration": 185, "performer": "Dimash", "title": "Ұстазым"}),
        ("voice", {"duration": 7}),
        ("video_note", {"duration": 5, "length": 300}),
    ],
)
async def test_what_the_call_says_of_a_file_is_in_the_message(
    bot: BotSide, people: PeopleSide, kind: str, said: dict[str, Any]
) -> None:
    method = f"send{kind.replace('_', '')}"
    sent = await bot.upload(method, kind, b"x", "a.bin", **HERE, **said)
    media = sent["result"][kind]
    assert {name: media[name] for name in said} == said
    again = await bot.ok(method, **HERE, **{kind: media["file_id"]})
    assert again[kind] == media


@pytest.mark.parametrize(
    ("picture", "sizes"),
    [
        ((50, 40), [(50, 40)]),
        ((640, 480), [(90, 67), (320, 240), (640, 480)]),
        ((2000, 1000), [(90, 45), (320, 160), (800, 400), (1280, 640)]),
        ((1000, 4000), [(22, 90), (80, 320), (200, 800), (320, 1280)]),
    ],
)
async def test_a_photo_has_several_sizes_smallest_first(
    bot: BotSide,
    people: PeopleSide,
    picture: tuple[int, int],
    sizes: list[tuple[int, int]],
) -> None:
    content = plain_png(*picture)
    sent = await bot.upload("sendPhoto", "photo", content, "a.png", **HERE)
    photo = sent["result"]["photo"]
    assert [(size["width"], size["height"]) for size in photo] == sizes
    assert len({size["file_id"] for size in photo}) == len(photo)
    again = await bot.ok("sendPhoto", **HERE, photo=photo[0]["file_id"])
    assert again["photo"] == photo
    for size, (width, height) in zip(photo[:-1], sizes, strict=False):
        path = (await bot.ok("getFile", file_id=size["file_id"]))["file_path"]
        async with bot.session.get(f"/file/bot42:TEST/{path}") as answer:
            assert size_of_picture(await answer.read()) == (width, height)


async def test_a_thumbnail_is_the_one_given_or_made(bot: BotSide, people: PeopleSide) -> None:
    form = aiohttp.FormData({**HERE, "thumbnail": "attach://small"})
    form.add_field("document", io.BytesIO(b"%PDF"), filename="bill.pdf")
    form.add_field("small", io.BytesIO(plain_png(120, 90)), filename="small.png")
    async with bot.session.post("/bot42:TEST/sendDocument", data=form) as answer:
        document = (await answer.json())["result"]["document"]
    thumbnail = document["thumbnail"]
    assert (thumbnail["width"], thumbnail["height"]) == (120, 90)
    made = await bot.upload("sendVideo", "video", b"x", "a.mp4", **HERE, width=1280, height=640)
    thumbnail = made["result"]["video"]["thumbnail"]
    assert (thumbnail["width"], thumbnail["height"]) == (320, 160)
    picture = await bot.upload("sendDocument", "document", plain_png(600, 600), "a.png", **HERE)
    thumbnail = picture["result"]["document"]["thumbnail"]
    assert (thumbnail["width"], thumbnail["height"]) == (320, 320)
    plain = await bot.upload("sendDocument", "document", b"1;2", "a.csv", **HERE)
    assert "thumbnail" not in plain["result"]["document"]


async def test_blurred_and_below_the_caption(bot: BotSide, people: PeopleSide) -> None:
    said = {"has_spoiler": "true", "show_caption_above_media": "true", "caption": "x"}
    sent = await bot.upload("sendPhoto", "photo", plain_png(64, 48), "a.png", **HERE, **said)
    message = sent["result"]
    assert (message["has_media_spoiler"], message["show_caption_above_media"]) == (True, True)
    edited = await bot.ok(
        "editMessageCaption", **HERE, message_id=message["message_id"], caption="y"
    )
    assert "show_caption_above_media" not in edited


@pytest.mark.parametrize(
    ("method", "kind", "address", "name"),
    [
        ("sendDocument", "document", "https://example.com/files/bill%202.pdf", "bill 2.pdf"),
        ("sendAudio", "audio", "https://example.com/song", "song.mp3"),
        ("sendAnimation", "animation", "http://example.com/", "file.gif"),
    ],
)
async def test_a_file_elsewhere_is_made_up(
    bot: BotSide, people: PeopleSide, method: str, kind: str, address: str, name: str
) -> None:
    sent = await bot.ok(method, **HERE, **{kind: address})
    assert sent[kind]["file_name"] == name
    assert sent[kind]["file_size"] > 0
    assert (await bot.ok("getFile", file_id=sent[kind]["file_id"]))["file_size"] > 0


async def test_albums_by_address(bot: BotSide, people: PeopleSide) -> None:
    media = [
        {"type": "photo", "media": f"https://example.com/{name}.jpg", "has_spoiler": True}
        for name in ("one", "two")
    ]
    sent = await bot.ok("sendMediaGroup", **HERE, media=media)
    assert [message["photo"][-1]["width"] for message in sent] == [640, 640]
    assert all(message["has_media_spoiler"] for message in sent)


async def test_a_file_of_this_machine_is_fetched(
    world: World, session: aiohttp.ClientSession, bot: BotSide, people: PeopleSide
) -> None:
    kept = await bot.upload("sendDocument", "document", b"exactly this", "a.txt", **HERE)
    file_id = kept["result"]["document"]["file_id"]
    address = f"{world.http_url}/sandbox/files/{file_id}"
    sent = await bot.ok("sendDocument", **HERE, document=address)
    path = (await bot.ok("getFile", file_id=sent["document"]["file_id"]))["file_path"]
    async with session.get(f"/file/bot42:TEST/{path}") as answer:
        assert await answer.read() == b"exactly this"
    bad = "400 Bad Request: "
    assert await bot.refused("sendPhoto", **HERE, photo=address) == (
        bad + "wrong type of the web page content"
    )
    for wrong in (f"{world.http_url}/sandbox/files/none", "http://127.0.0.1:1/x.png"):
        said = await bot.refused("sendPhoto", **HERE, photo=wrong)
        assert said == bad + "failed to get HTTP URL content"
    said = await bot.refused("sendPhoto", **HERE, photo="http:///x.png")
    assert said == bad + "wrong HTTP URL specified"


async def test_edited_media_by_address(bot: BotSide, people: PeopleSide) -> None:
    sent = await bot.upload("sendPhoto", "photo", plain_png(64, 48), "a.png", **HERE)
    media = {"type": "document", "media": "https://example.com/terms.pdf"}
    edited = await bot.ok(
        "editMessageMedia", **HERE, message_id=sent["result"]["message_id"], media=json.dumps(media)
    )
    assert edited["document"]["file_name"] == "terms.pdf"
    assert "photo" not in edited
