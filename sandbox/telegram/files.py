"""Files: uploads become documents and photos, file ids become uploads again.

`file_unique_id` is the content's own and stays across re-sends; `file_id` belongs to one bot.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import struct
from pathlib import Path

from sandbox.telegram.call import Call, Upload
from sandbox.telegram.errors import bad_request
from sandbox.telegram.records import Bot, Json, StoredFile
from sandbox.telegram.state import TelegramState

DOWNLOAD_LIMIT = 20 << 20

FOLDERS = {
    "document": "documents",
    "photo": "photos",
    "video": "videos",
    "animation": "animations",
    "audio": "music",
    "voice": "voice",
}
_SHAPES: dict[str, Json] = {
    "video": {"width": 640, "height": 360, "duration": 0},
    "animation": {"width": 640, "height": 360, "duration": 0},
    "audio": {"duration": 0},
    "voice": {"duration": 0},
}


def media_of_call(cloud: TelegramState, call: Call, kind: str, given: str) -> Json:
    """The content `{kind: …}` of a message: an uploaded part, attach://name or a file_id."""
    name = given.removeprefix("attach://") if given.startswith("attach://") else ""
    upload = call.uploads.get(name or kind) if name or not given else None
    if upload is not None:
        return {kind: content_of(kept_file(cloud, call.bot, upload, kind), cloud)}
    if not given or name:
        raise bad_request(f"there is no {kind} in the request")
    if given.lower().startswith(("http://", "https://")):
        raise bad_request("wrong type of the web page content")
    file = cloud.store.file(given)
    if file is None or file.bot_id != call.bot.id:
        raise bad_request(
            "wrong remote file identifier specified: can't unserialize it. Wrong last symbol"
        )
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.title()} as {kind.title()}")
    return {kind: content_of(file, cloud)}


def kept_file(cloud: TelegramState, bot: Bot, upload: Upload, kind: str) -> StoredFile:
    """An upload as a file of this bot. Raises 400 when it is empty."""
    if upload.size == 0:
        raise bad_request("file must be non-empty")
    seed = f"{bot.id}/{kind}/{upload.name}/{upload.digest}"
    file_id = _encoded("BQACAgIAAxkBAA" if kind == "document" else "AgACAgIAAxkBAA", seed, 30)
    known = cloud.store.file(file_id)
    if known is not None:
        return known
    number = cloud.store.count_files(bot.id)
    suffix = ".jpg" if kind == "photo" else Path(upload.name).suffix
    file = StoredFile(
        file_id=file_id,
        bot_id=bot.id,
        unique_id=_encoded("AgAD" if kind == "document" else "AQAD", kind + upload.digest, 8),
        kind=kind,
        name=upload.name,
        mime=mimetypes.guess_type(upload.name)[0] or upload.content_type,
        size=upload.size,
        stored=upload.path.name,
        file_path=f"{FOLDERS[kind]}/file_{number}{suffix}",
    )
    cloud.store.add_file(file)
    return file


def _encoded(prefix: str, seed: str, length: int) -> str:
    digest = hashlib.sha256(seed.encode()).digest()[:length]
    return prefix + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def content_of(file: StoredFile, cloud: TelegramState) -> Json | list[Json]:
    """A file as a `Document` or as the sizes of a photo."""
    identity: Json = {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
    }
    if file.kind == "photo":
        width, height = picture_size(cloud.store.files_folder / file.stored)
        return [{**identity, "width": width, "height": height}]
    shape = _SHAPES.get(file.kind, {})
    if file.kind == "voice":
        return {**shape, "mime_type": file.mime, **identity}
    return {**shape, "file_name": file.name, "mime_type": file.mime, **identity}


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG or JPEG, 1280 x 720 for anything else."""
    head = path.read_bytes()[: 1 << 16]
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        width, height = struct.unpack(">II", head[16:24])
        return int(width), int(height)
    at = 2
    while head.startswith(b"\xff\xd8") and at + 9 < len(head) and head[at] == 0xFF:
        if 0xC0 <= head[at + 1] <= 0xC3:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return 1280, 720


def get_file(cloud: TelegramState, call: Call) -> Json:
    """The method getFile."""
    file_id = call.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    file = cloud.store.file(file_id)
    if file is None or file.bot_id != call.bot.id:
        raise bad_request("invalid file_id")
    if file.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    if not (cloud.store.files_folder / file.stored).exists():
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.file_path,
    }


METHODS = {"getfile": get_file}
