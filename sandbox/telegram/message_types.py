"""Messages that are neither text nor document: what a bot must bear without knowing what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sandbox.telegram.media import content_of_upload, made_upload
from sandbox.telegram.pictures import plain_png
from sandbox.telegram.records import Bot, Json
from sandbox.telegram.state import TelegramState


def thing(telegram: TelegramState, bot: Bot, body: Json) -> Json | None:
    """The content of `{"sticker": true}` and its kin, None when nothing known is asked for."""
    for name, make in _MAKERS.items():
        if body.get(name):
            return make(telegram, bot, body)
    return None


def _identity(kind: str) -> Json:
    mark = hashlib.sha256(kind.encode()).hexdigest()
    return {"file_id": f"CAAC{mark[:40]}", "file_unique_id": f"AgAD{mark[:12]}"}


def _sticker(_telegram: TelegramState, _bot: Bot, _body: Json) -> Json:
    shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False}
    return {"sticker": {**_identity("sticker"), **shape, "is_video": False, "emoji": "👍"}}


def _voice(_telegram: TelegramState, _bot: Bot, _body: Json) -> Json:
    sound = {"duration": 3, "mime_type": "audio/ogg", "file_size": 8123}
    return {"voice": {**_identity("voice"), **sound}}


def _video(_telegram: TelegramState, _bot: Bot, _body: Json) -> Json:
    shape = {"width": 640, "height": 360, "duration": 5, "mime_type": "video/mp4"}
    return {"video": {**_identity("video"), **shape, "file_size": 81_230}}


def _location(_telegram: TelegramState, _bot: Bot, body: Json) -> Json:
    given = body["location"] if isinstance(body["location"], dict) else {}
    place = {"latitude": 51.128207, "longitude": 71.430411}
    return {"location": {name: float(given.get(name, value)) for name, value in place.items()}}


def _poll(_telegram: TelegramState, _bot: Bot, body: Json) -> Json:
    given = body["poll"] if isinstance(body["poll"], dict) else {}
    options = given.get("options", ["Yes", "No"])
    return {
        "poll": {
            "id": "5411000000000000001",
            "question": str(given.get("question", "Is it so?")),
            "options": [
                {"persistent_id": str(n), "text": str(option), "voter_count": 0}
                for n, option in enumerate(options)
            ],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    }


def _photo(telegram: TelegramState, bot: Bot, _body: Json) -> Json:
    upload = made_upload(telegram, plain_png(640, 480), "photo.png")
    return content_of_upload(telegram, bot, upload, "photo")


_MAKERS: dict[str, Callable[[TelegramState, Bot, Json], Json]] = {
    "sticker": _sticker,
    "voice": _voice,
    "video": _video,
    "location": _location,
    "poll": _poll,
    "photo": _photo,
}
