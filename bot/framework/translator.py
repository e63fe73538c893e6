"""Who speaks in `_()`, without aiogram's way to it: a window says forty texts.

aiogram looks its translator up on a class that is shared by others of its kind. The translator of
the conversation is kept here instead, and `_()` is given it; without one aiogram looks as ever.
"""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import TYPE_CHECKING

from aiogram.utils.i18n import context as texts

if TYPE_CHECKING:
    from aiogram.utils.i18n import I18n

_speaker: ContextVar[I18n | None] = ContextVar("speaker", default=None)
_aiogram_s = texts.get_i18n


def _present() -> I18n:
    return _speaker.get() or _aiogram_s()


def have_speak(translator: I18n) -> Token[I18n | None]:
    """From here on `_()` is spoken by it, in this task; until `stop_speaking`."""
    return _speaker.set(translator)


def stop_speaking(token: Token[I18n | None]) -> None:
    """Whoever spoke before speaks again."""
    _speaker.reset(token)


texts.get_i18n = _present
