"""A message that is owed, as it goes out: its text, and what comes of it for its window."""

from __future__ import annotations

from dataclasses import dataclass

from aiogram.types import BufferedInputFile, InlineKeyboardMarkup

from bot.widgets.text import Html


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What a chat is told; the last four say what becomes of its window (`Resurface`)."""

    text: Html
    keyboard: InlineKeyboardMarkup | None = None
    file: BufferedInputFile | None = None
    silent: bool = False
    window: str = ""
    over: str = ""
    action: str = ""
    number: str = ""


class UntoldError(Exception):
    """The message is given up: what it says is no longer true, or nobody may hear it there."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
