"""Texts of windows: translated first, then filled with quoted values.

Whatever comes from outside (a company's name, a tariff, an employee's label) is data and is quoted;
only `Html` passes as it is (safety.md section 6).
"""

from __future__ import annotations

from html import escape
from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog.api.protocols import DialogManager
from aiogram_dialog.widgets.common import WhenCondition
from aiogram_dialog.widgets.text import Text
from typing_extensions import override


class Html(str):
    """Text that is HTML already and must not be quoted again."""

    __slots__ = ()


def quoted(value: object) -> str:
    """A value as it may stand in an HTML message."""
    return value if isinstance(value, Html) else escape(str(value), quote=False)


def said(msgid_translated: str, **values: object) -> Html:
    """Fill a translated text with quoted values. Never called with a text that a person typed."""
    return Html(msgid_translated.format(**{name: quoted(value) for name, value in values.items()}))


class Msgid(Text):
    """A msgid of the catalogue, translated when the window is drawn.

    Used for both messages (HTML) and button labels (plain): a label is not quoted.
    """

    def __init__(self, msgid: str, when: WhenCondition = None) -> None:
        super().__init__(when=when)
        self.msgid = msgid

    @override
    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        text = _(self.msgid)
        return text.format_map(data) if "{" in text else text


class Value(Text):
    """A text that the getter has made ready under a key."""

    def __init__(self, key: str, when: WhenCondition = None) -> None:
        super().__init__(when=when)
        self.key = key

    @override
    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return str(data[self.key])
