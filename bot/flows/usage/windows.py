"""The order of usage details, its own period, and the pages on screen."""

from __future__ import annotations

from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Button, Group, Row

from account.documents.kinds import DocumentFormat, DocumentKind
from bot.context import states
from bot.flows.usage import getters, handlers
from bot.flows.usage.handlers import ordering
from bot.widgets.choices import choices
from bot.widgets.page import back_to, page, way_back
from bot.widgets.paging import pages_row
from bot.widgets.text import Msgid, Value

USAGE = DocumentKind.USAGE


def _files() -> Row:
    """The same as a file, or as a picture."""
    return Row(
        Button(Msgid("📄 XLSX file"), id="xlsx", on_click=ordering(USAGE, DocumentFormat.XLSX)),
        Button(Msgid("📄 PDF file"), id="pdf", on_click=ordering(USAGE, DocumentFormat.PDF)),
        Button(
            Msgid("📈 Picture"),
            id="png",
            on_click=ordering(DocumentKind.USAGE_CHART, DocumentFormat.PNG),
        ),
        when="files",
    )


usage_dialog = Dialog(
    page(
        states.Usage.order,
        Value("text"),
        keyboard=[
            Group(
                choices("preset", "presets", handlers.choose_preset),
                Button(Value("own"), id="own", on_click=handlers.own_period.open),
                width=2,
            ),
            Group(
                choices("type", "types", handlers.choose_type),
                width=3,
            ),
            Row(
                Button(Msgid("📊 Show here"), id="show", on_click=handlers.show_here),
                Button(Msgid("✉️ E-mail"), id="mail", on_click=handlers.by_email, when="files"),
            ),
            _files(),
        ],
        typing=handlers.own_period.typing(),
        getter=getters.get_order,
    ),
    *handlers.own_period.windows(),
    page(
        states.Usage.screen,
        Value("text"),
        keyboard=[pages_row(), _files()],
        getter=getters.get_screen,
        back=way_back(back_to(states.Usage.order)),
    ),
)
