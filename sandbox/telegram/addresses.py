"""Files given by their http address.

Nothing is fetched from the network: an address on this machine is asked, any other gets a made-up
file of that name and kind, so that a bot that sends pictures by address works offline.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, TypeGuard
from urllib.parse import unquote, urlsplit

import aiohttp

from sandbox.telegram.call import UPLOAD_LIMIT, Call, Upload
from sandbox.telegram.content import INPUT_MEDIA
from sandbox.telegram.errors import bad_request
from sandbox.telegram.media import made_upload
from sandbox.telegram.pictures import plain_png
from sandbox.telegram.state import TelegramState

FETCH_SECONDS = 10.0

_HERE = {"127.0.0.1", "localhost", "::1"}
_SUFFIXES = {
    "photo": ".png",
    "document": ".bin",
    "video": ".mp4",
    "animation": ".gif",
    "audio": ".mp3",
    "voice": ".ogg",
    "sticker": ".webp",
}
_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"}


async def bring_addressed_files(telegram: TelegramState, call: Call) -> None:
    """Put what the call gives by address among its uploads, under that address. Raises 400."""
    if not call.method.startswith(("send", "editmessagemedia")):
        return
    for kind, address in list(_addresses(call)):
        if address not in call.uploads:
            call.uploads[address] = await _upload_of(telegram, kind, address)


def _addresses(call: Call) -> Iterator[tuple[str, str]]:
    for kind in _SUFFIXES:
        if call.method == f"send{kind}" and _is_address(call.text(kind)):
            yield kind, call.text(kind)
    if call.method not in {"sendmediagroup", "sendpaidmedia", "editmessagemedia"}:
        return
    try:
        listed = json.loads(call.text("media"))
    except ValueError:
        return
    for item in listed if isinstance(listed, list) else [listed]:
        if isinstance(item, dict) and item.get("type") in INPUT_MEDIA:
            given = item.get("media")
            if _is_address(given):
                yield item["type"], given


def _is_address(given: Any) -> TypeGuard[str]:
    return isinstance(given, str) and given.lower().startswith(("http://", "https://"))


async def _upload_of(telegram: TelegramState, kind: str, address: str) -> Upload:
    host, name = _host_and_name(kind, address)
    if host in _HERE:
        return await _fetched(telegram, kind, address, name)
    return made_up_file(telegram, kind, address)


def _host_and_name(kind: str, address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or " " in address:
        raise bad_request("wrong HTTP URL specified")
    name = PurePosixPath(unquote(parts.path)).name or "file"
    return host, name if PurePosixPath(name).suffix else name + _SUFFIXES[kind]


def made_up_file(telegram: TelegramState, kind: str, address: str) -> Upload:
    """A file such as the address might have given. Raises 400 when it is no address."""
    _, name = _host_and_name(kind, address)
    content = f"A file that {address} would have given.\n".encode()
    if kind == "photo" or PurePosixPath(name).suffix.lower() in _PICTURES:
        content = plain_png(640, 480)
    return made_upload(telegram, content, name, _type_of(name))


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


async def _fetched(telegram: TelegramState, kind: str, address: str, name: str) -> Upload:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=FETCH_SECONDS)) as session,
            session.get(address) as answer,
        ):
            content = await answer.content.read(UPLOAD_LIMIT + 1)
            mime = answer.content_type
            found = answer.status
    except (aiohttp.ClientError, TimeoutError):
        raise bad_request("failed to get HTTP URL content") from None
    if found != 200 or not content or len(content) > UPLOAD_LIMIT:
        raise bad_request("failed to get HTTP URL content")
    if kind != "document" and mime.startswith("text/"):
        raise bad_request("wrong type of the web page content")
    return made_upload(telegram, content, name, mime)
