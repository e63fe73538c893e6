"""The choice of a company (S04): what the windows show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.common import ManagedScroll

from bot.context.update_context import context_of
from bot.widgets.text import Html, said

PAGE = 5
"""Companies on a page: with the turning, the question and the way back, eight rows."""


async def get_companies(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The companies the operator grants at this moment, a page of them."""
    actor = await context_of(dialog_manager).actor()
    scroll = dialog_manager.find("pages")
    assert isinstance(scroll, ManagedScroll)
    pages = max(1, -(-len(actor.companies) // PAGE))
    shown = min(await scroll.get_page(), pages - 1)
    here = actor.companies[shown * PAGE : (shown + 1) * PAGE]
    lines = [Html(_("Choose a company.") if here else _("You have no company at present."))]
    lines.extend(
        said(
            _("<b>{name}</b> · BIN <code>{bin}</code>{mark}"),
            name=company.name,
            bin=company.bin_shown,
            mark=" ✓" if company.id == actor.company_id else "",
        )
        for company in here
    )
    return {
        "where": ["My Account", _("Companies")],
        "companies": [
            (company.name + (" ✓" if company.id == actor.company_id else ""), company.id)
            for company in here
        ],
        "pages": pages,
        "many": pages > 1,
        "text": Html("\n" + "\n".join(lines)),
        "chosen": actor.company_id is not None,
    }
