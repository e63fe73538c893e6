"""For a window of names: one of them, typed, is as good as its button.

Only names that the window has, or leads to, are compared; whatever else is typed is looked for, as
in a window that asks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiogram.enums import ContentType
from aiogram.types import Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput

from account.chapters.typed_commands import read_command
from account.values.identifiers.plain_text import fold
from bot.context.update_context import context_of
from bot.widgets.page import notice, typed_anything
from bot.widgets.text_input import Pick, is_late, line_typed

FEWEST_LETTERS = 3
MOST_TOLD = 5

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Named:
    """One thing of a window: what it is called, in every language it has, and what opens it."""

    names: tuple[str, ...]
    open: Callable[[DialogManager], Awaitable[None]]


Rows = Callable[[DialogManager], Awaitable[Sequence[Named]]]


def named(rows: Rows, pick: Pick | None = None) -> MessageInput:
    """An input that opens the thing with the typed name, or with `pick` the line of that number.

    Of several that fit, the window says their names.
    """

    async def read(message: Message, _input: MessageInput, manager: DialogManager) -> None:
        typed = _own(message, manager)
        line = None if pick is None else line_typed(typed)
        if line is not None and pick is not None and await pick(line, manager):
            return
        known = letters_of(typed) >= FEWEST_LETTERS
        fits = fitting(typed, await rows(manager)) if known else []
        if len(fits) == 1:
            await fits[0].open(manager)
        elif fits and not read_command(typed).verbs:
            told = "; ".join(one.names[0] for one in fits[:MOST_TOLD])
            notice(
                manager,
                _("Several names fit: {names}. Type more of the name.").format(names=told),
            )
        else:
            await typed_anything(message, None, manager)

    return MessageInput(read, content_types=ContentType.ANY)


def _own(message: Message, manager: DialogManager) -> str:
    """The fresh text of one's own, folded; empty for any other message."""
    own = message.text is not None and message.forward_origin is None
    if not own or context_of(manager).session is None or is_late(message, manager):
        return ""
    return fold(message.text or "").strip()


def letters_of(typed: str) -> int:
    """How many letters it has."""
    return sum(map(str.isalpha, typed))


def fitting(typed: str, rows: Sequence[Named]) -> list[Named]:
    """The things with that very name; else those in whose name each typed word begins a word.

    Things of one name are one: the first.
    """
    asked = _words(typed)
    if not asked:
        return []
    once = {one.names[0]: one for one in reversed(rows)}
    every = [one for one in rows if once[one.names[0]] is one]
    same = [one for one in every if any(_words(name) == asked for name in one.names)]
    return same or [one for one in every if any(_fits(asked, _words(name)) for name in one.names)]


def _fits(asked: list[str], words: list[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in asked)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text).casefold().replace("ё", "е"))
