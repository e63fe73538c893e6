"""Files that the bot hands to the lab's Telegram, kept whole, with the process that sent them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

_ATTACHED = "attach://"
BY, ANSWERED = "the lab: by", "the lab: answered"
"""What the lab adds to a call: which process made it, and whether its answer goes out."""


@dataclass(frozen=True)
class ReceivedFile:
    """A file that Telegram took. `answered`: the bot was told so, unless it was dead by then."""

    chat_id: int
    caption: str
    name: str
    content: bytes
    file_id: str
    by: str
    answered: bool
    at: float

    @property
    def shown(self) -> dict[str, str]:
        """As Telegram tells of it."""
        return {"file_id": self.file_id, "file_unique_id": self.file_id, "file_name": self.name}


class ReceivedFiles:
    """Everything that was taken, in its order."""

    def __init__(self) -> None:
        self.taken: list[ReceivedFile] = []

    def take(self, body: dict[str, Any]) -> ReceivedFile:
        """A file that is uploaded, or one that is named as it is kept. KeyError for neither."""
        sent = str(body["document"])
        if sent.startswith(_ATTACHED):
            upload = body[sent.removeprefix(_ATTACHED)]
            name, content, file_id = upload.filename, upload.file.read(), f"file-{len(self.taken)}"
        else:
            known = next(one for one in self.taken if one.file_id == sent)
            name, content, file_id = known.name, known.content, sent
        parcel = ReceivedFile(
            chat_id=int(body["chat_id"]),
            caption=str(body.get("caption") or "").replace("\u00a0", " "),
            name=name,
            content=content,
            file_id=file_id,
            by=body[BY],
            answered=body[ANSWERED],
            at=time.monotonic(),
        )
        self.taken.append(parcel)
        return parcel


async def read_parts(request: web.Request) -> dict[str, Any]:
    """The parameters of a call that uploads: text, and files under their names."""
    posted = await request.post()
    return {
        key: value if isinstance(value, FileField) else str(value) for key, value in posted.items()
    }
