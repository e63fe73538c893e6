"""One window: the administrator's companies, the current one marked (S04)."""

from __future__ import annotations

from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Dialog, DialogManager, LaunchMode, StartMode
from aiogram_dialog.widgets.common import ManagedScroll
from aiogram_dialog.widgets.kbd import Button, Column, NextPage, PrevPage, Row, Select, StubScroll

from bot.context import states
from bot.context.update_context import context_of
from bot.flows.faq.windows import ABOUT_COMPANIES, open_answer
from bot.widgets.choices import choices
from bot.widgets.page import page, way_back
from bot.widgets.text import Html, Said, Shown, said

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
            bin=company.bin.digits,
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


async def choose(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, company_id: str
) -> None:
    """Switch to a company; everything open in the old one is left behind (S04-1)."""
    context = context_of(manager)
    await context.use_cases.companies.choose(await context.actor(), company_id)
    await context.session_changed()
    await manager.start(states.Menu.main, mode=StartMode.RESET_STACK)


companies_dialog = Dialog(
    page(
        states.Companies.choose,
        Shown("text"),
        keyboard=[
            StubScroll(id="pages", pages="pages"),
            Column(choices("company", "companies", choose)),
            Row(PrevPage(scroll="pages"), NextPage(scroll="pages"), when="many"),
            Button(
                Said("❓ Not the company you need?"),
                id="faq1",
                on_click=open_answer(ABOUT_COMPANIES),
            ),
        ],
        getter=get_companies,
        back=way_back(when="chosen"),
    ),
    launch_mode=LaunchMode.ROOT,
)
