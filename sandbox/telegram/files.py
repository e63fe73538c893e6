"""Files: uploads become documents and photos, file ids become uploads again.

`file_unique_id` is the content's own and stays across re-sends; `file_id` belongs to one bot.
"""

from __future__ import annotations

import base64
import hashlib
import json
import mimetypes
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
    "video_note": "video_notes",
    "sticker": "stickers",
    "thumbnail": "thumbnails",
}
_ID_PREFIXES = {"document": "BQACAgIAAxkBAA", "sticker": "CAACAgIAAxkBAA"}


def kept_file(
    telegram: TelegramState, bot: Bot, upload: Upload, kind: str, shape: Json
) -> StoredFile:
    """An upload as a file of this bot; `shape` is what its messages tell beside the file itself."""
    seed = f"{bot.id}/{kind}/{upload.name}/{upload.digest}/{json.dumps(shape, sort_keys=True)}"
    file_id = _encoded(_ID_PREFIXES.get(kind, "AgACAgIAAxkBAA"), seed, 30)
    known = telegram.store.file(file_id)
    if known is not None:
        return known
    number = telegram.store.count_files(bot.id)
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
        shape=shape,
    )
    telegram.store.add_file(file)
    return file


def _encoded(prefix: str, seed: str, length: int) -> str:
    digest = hashlib.sha256(seed.encode()).digest()[:length]
    return prefix + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def get_file(telegram: TelegramState, call: Call) -> Json:
    """The method getFile."""
    file_id = call.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    file = telegram.store.file(file_id)
    if file is None or file.bot_id != call.bot.id:
        raise bad_request("invalid file_id")
    if file.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    if not (telegram.store.files_folder / file.stored).exists():
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.file_path,
    }


METHODS = {"getfile": get_file}
