"""Media of messages: what a call gives (upload, file_id, address) as the content of a message.

What the call says of a file (duration, size, performer, title, thumbnail) is in the message, and
stays with the file when it is sent again by its file_id, as in the original.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sandbox.telegram.call import Call, Upload
from sandbox.telegram.errors import bad_request
from sandbox.telegram.files import kept_file
from sandbox.telegram.pictures import fitted, picture_size, plain_png, size_of_picture
from sandbox.telegram.records import Bot, Json, StoredFile
from sandbox.telegram.state import TelegramState

PHOTO_SIDES = (90, 320, 800, 1280)
THUMBNAIL_SIDE = 320

_SHAPES: dict[str, Json] = {
    "video": {"width": 640, "height": 360, "duration": 0},
    "animation": {"width": 640, "height": 360, "duration": 0},
    "audio": {"duration": 0},
    "voice": {"duration": 0},
    "video_note": {"length": 240, "duration": 0},
    "sticker": {
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
    },
}
_SAID: dict[str, tuple[str, ...]] = {
    "video": ("width", "height", "duration", "start_timestamp"),
    "animation": ("width", "height", "duration"),
    "audio": ("duration", "performer", "title"),
    "voice": ("duration",),
    "video_note": ("length", "duration"),
    "sticker": ("emoji",),
}
_TEXTS = {"performer", "title", "emoji"}
_WITHOUT_NAME = {"voice", "video_note", "sticker"}
_WITHOUT_MIME = {"video_note", "sticker"}


def media_of_call(
    telegram: TelegramState, call: Call, kind: str, given: str, said: Mapping[str, Any]
) -> Json:
    """The content `{kind: …}` of a message; `said` are the parameters beside it. Raises 400."""
    upload = _upload(call, kind, given)
    if upload is not None:
        shape = {**_said(kind, said), **_pictures_beside(telegram, call, kind, said)}
        return content_of_upload(telegram, call.bot, upload, kind, shape)
    if not given or given.startswith("attach://"):
        raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
    return {kind: content_of(telegram, known_file(telegram, call.bot, kind, given))}


def known_file(telegram: TelegramState, bot: Bot, kind: str, file_id: str) -> StoredFile:
    """A file of this bot by its file_id. Raises 400."""
    file = telegram.store.file(file_id)
    if file is None or file.bot_id != bot.id:
        raise bad_request(
            "wrong remote file identifier specified: can't unserialize it. Wrong last symbol"
        )
    whole = telegram.store.file(file.shape.get("size_of", ""))
    file = whole or file
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.title()} as {kind.title()}")
    return file


def _upload(call: Call, kind: str, given: str) -> Upload | None:
    if given.startswith("attach://"):
        return call.uploads.get(given.removeprefix("attach://"))
    return call.uploads.get(given or kind)


def _said(kind: str, said: Mapping[str, Any]) -> Json:
    """What the call tells of the file."""
    kept: Json = {}
    for name in _SAID.get(kind, ()):
        value = said.get(name)
        if value in (None, ""):
            continue
        if name in _TEXTS:
            kept[name] = str(value)
            continue
        try:
            kept[name] = int(float(value))
        except (TypeError, ValueError):
            continue
    return kept


def _pictures_beside(
    telegram: TelegramState, call: Call, kind: str, said: Mapping[str, Any]
) -> Json:
    """The thumbnail and the cover that came with the call."""
    beside: Json = {}
    thumbnail = _upload(call, "thumbnail", str(said.get("thumbnail") or ""))
    if thumbnail is not None and kind not in {"photo", "voice", "sticker"}:
        beside["thumbnail"] = _size(telegram, call.bot, thumbnail, "thumbnail")
    cover = _upload(call, "cover", str(said.get("cover") or ""))
    if cover is not None and kind == "video":
        beside["cover"] = content_of_upload(telegram, call.bot, cover, "photo")["photo"]
    return beside


def content_of_upload(
    telegram: TelegramState, bot: Bot, upload: Upload, kind: str, shape: Json | None = None
) -> Json:
    """The content `{kind: …}` of an uploaded file. Raises 400 when it is empty."""
    if upload.size == 0:
        raise bad_request("file must be non-empty")
    whole = {**_SHAPES.get(kind, {}), **(shape or {})}
    if "thumbnail" not in whole and (box := _thumbnail_box(telegram, upload, kind, whole)):
        picture = made_upload(telegram, plain_png(*fitted(*box, THUMBNAIL_SIDE)), "thumbnail.png")
        whole["thumbnail"] = _size(telegram, bot, picture, "thumbnail")
    return {kind: content_of(telegram, kept_file(telegram, bot, upload, kind, whole))}


def _thumbnail_box(
    telegram: TelegramState, upload: Upload, kind: str, shape: Json
) -> tuple[int, int] | None:
    """How large the thing is of which a thumbnail is made, None when none is."""
    if kind in {"video", "animation", "sticker"}:
        return shape["width"] or 1, shape["height"] or 1
    if kind == "video_note":
        return shape["length"], shape["length"]
    if kind == "document":
        return size_of_picture(
            (telegram.store.files_folder / upload.path.name).read_bytes()[: 1 << 16]
        )
    return None


def made_upload(
    telegram: TelegramState, content: bytes, name: str, mime: str = "image/png"
) -> Upload:
    """A file made here, put where uploads are."""
    digest = hashlib.sha256(content).hexdigest()
    path = telegram.store.files_folder / digest
    if not path.exists():
        path.write_bytes(content)
    return Upload(name, mime, len(content), digest, path)


def _size(
    telegram: TelegramState, bot: Bot, upload: Upload, kind: str, shape: Json | None = None
) -> Json:
    """A picture as a `PhotoSize`."""
    file = kept_file(telegram, bot, upload, kind, shape or {})
    width, height = picture_size(telegram.store.files_folder / file.stored)
    return {**_identity(file), "width": width, "height": height}


def _identity(file: StoredFile) -> Json:
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
    }


def content_of(telegram: TelegramState, file: StoredFile) -> Json | list[Json]:
    """A file as its Bot API object, a photo as its sizes, smallest first."""
    if file.kind == "photo":
        return _photo_sizes(telegram, file)
    shape = {**_SHAPES.get(file.kind, {}), **file.shape}
    if file.kind not in _WITHOUT_NAME:
        shape["file_name"] = file.name
    if file.kind not in _WITHOUT_MIME:
        shape["mime_type"] = file.mime
    if file.kind == "sticker":
        shape["is_animated"] = file.name.endswith(".tgs")
        shape["is_video"] = file.name.endswith(".webm")
    return {**shape, **_identity(file)}


def _photo_sizes(telegram: TelegramState, file: StoredFile) -> list[Json]:
    width, height = picture_size(telegram.store.files_folder / file.stored)
    bot = telegram.store.bots[file.bot_id]
    sizes = []
    for side in PHOTO_SIDES:
        if max(width, height) <= side or side == PHOTO_SIDES[-1]:
            break
        smaller = made_upload(telegram, plain_png(*fitted(width, height, side)), "photo.png")
        named = Upload(f"{file.unique_id}.png", smaller.content_type, *_rest(smaller))
        sizes.append(_size(telegram, bot, named, "photo", {"size_of": file.file_id}))
    width, height = fitted(width, height, PHOTO_SIDES[-1])
    return [*sizes, {**_identity(file), "width": width, "height": height}]


def _rest(upload: Upload) -> tuple[int, str, Any]:
    return upload.size, upload.digest, upload.path
