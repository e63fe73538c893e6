"""One call of the Bot API: its parameters, from wherever the client put them.

aiogram and python-telegram-bot send urlencoded forms, telebot puts everything in the query, grammY
and telegraf send JSON and upload by chunked multipart. All are merged; an empty value is an absent
one.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.records import Bot

UPLOAD_LIMIT = 50 * 1024 * 1024
INT64 = (1 << 63) - 1
EMPTY_SAYS = {"icon_custom_emoji_id"}
"""Parameters whose empty value is not the same as none."""

_INTEGER = re.compile(r"\s*([+-]?\d+)")


@dataclass
class Upload:
    """A file part, already on the disk under its digest."""

    name: str
    content_type: str
    size: int
    digest: str
    path: Path


@dataclass
class Call:
    """A method called by a bot. Parameters are texts, as in the original server."""

    bot: Bot
    method: str
    params: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    gone: Callable[[], bool] = field(default=lambda: False)
    """Whether the client has hung up meanwhile."""

    def text(self, name: str) -> str:
        """The parameter, or an empty text."""
        return self.params.get(name, "")

    def integer(self, name: str, default: int = 0) -> int:
        """A number; what does not begin like one is the default, as in the original."""
        found = _INTEGER.match(self.params.get(name, ""))
        return min(max(int(found[1][:30]), -INT64), INT64) if found else default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """true, yes and 1 are true; other texts are false."""
        value = self.params.get(name)
        return default if value is None else value.strip().lower() in {"true", "yes", "1"}

    def parsed(self, name: str, what: str) -> Any:
        """A parameter that is JSON, None when absent; `what` names it in the refusal."""
        value = self.params.get(name)
        if value is None:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


async def read_parameters(
    request: web.Request, folder: Path
) -> tuple[dict[str, str], dict[str, Upload]]:
    """All parameters and uploaded files of a request. Raises `ApiError`."""
    params: dict[str, str] = dict(request.query)
    uploads: dict[str, Upload] = {}
    kind = request.content_type.lower()
    if not request.can_read_body:
        pass
    elif kind == "application/json":
        params |= await _json_parameters(request)
    elif kind.startswith("multipart/"):
        fields, uploads = await _multipart_parameters(request, folder)
        params |= fields
    elif kind == "application/x-www-form-urlencoded":
        params |= await _form_parameters(request)
    _check_utf8(params)
    said = {name: value for name, value in params.items() if value or name in EMPTY_SAYS}
    return said, uploads


def _check_utf8(params: dict[str, str]) -> None:
    try:
        "".join(params.values()).encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


async def _form_parameters(request: web.Request) -> dict[str, str]:
    try:
        form = await request.post()
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def _json_parameters(request: web.Request) -> dict[str, str]:
    raw = await request.read()
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise bad_request("can't parse request body as JSON object") from None
    if not isinstance(body, dict):
        raise bad_request("can't parse request body as JSON object")
    return {name: _as_text(value) for name, value in body.items() if value is not None}


async def _multipart_parameters(
    request: web.Request, folder: Path
) -> tuple[dict[str, str], dict[str, Upload]]:
    fields: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    too_large = False
    try:
        reader = await request.multipart()
        async for part in reader:
            if not isinstance(part, BodyPartReader) or not part.name:
                continue
            if part.filename is None:
                fields[part.name] = await part.text(encoding="utf-8")
                continue
            upload = await keep_upload(part, folder)
            too_large |= upload is None
            if upload is not None:
                uploads[part.name] = upload
    except ValueError:
        raise bad_request("can't parse multipart/form-data request") from None
    if too_large:
        raise ApiError(413, "Request Entity Too Large")
    return fields, uploads


async def keep_upload(part: BodyPartReader, folder: Path) -> Upload | None:
    """Put a file part on the disk; None when it is over 50 MB (it is read to its end anyway)."""
    temporary = folder / f"part-{secrets.token_hex(8)}"
    digest = hashlib.sha256()
    size = 0
    with temporary.open("wb") as sink:
        while chunk := await part.read_chunk(1 << 18):
            size += len(chunk)
            if size <= UPLOAD_LIMIT:
                digest.update(chunk)
                await asyncio.to_thread(sink.write, chunk)
    if size > UPLOAD_LIMIT:
        temporary.unlink()
        return None
    kept = folder / digest.hexdigest()
    temporary.replace(kept)
    content_type = part.headers.get("Content-Type", "application/octet-stream")
    return Upload(Path(part.filename or "file").name, content_type, size, digest.hexdigest(), kept)
