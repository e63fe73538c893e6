"""The main menu: what the windows show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from aiogram_dialog import DialogManager

from account.changes.freezes import Freezes
from account.chapters.numbers import Numbers
from account.errors import CarrierUnavailable, CompanyNotAccessible, CompanyNotChosen
from bot.context.update_context import context_of
from bot.flows.freezes.texts import frozen_line
from bot.texts.errors import refusal
from bot.widgets.text import said


async def get_menu(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The company and the count of its numbers; the menu is there even when the count is not.

    Raises `CompanyNotChosen`: without a choice the companies are the place to be.
    """
    context = context_of(dialog_manager)
    actor = await context.actor()
    try:
        company = actor.company
    except CompanyNotChosen:
        raise
    except CompanyNotAccessible as refused:
        return {
            "where": ["My Account"],
            "text": said("\n{sentence}", sentence=refusal(refused)),
            "inside": False,
            "several": bool(actor.companies),
        }
    try:
        tally = await context.use(Numbers).tally(actor)
    except CarrierUnavailable as refused:
        text = said("\n{sentence}", sentence=refusal(refused))
    else:
        states_in_short = _(
            "🟢 Active {active} · ⛔ Blocked {blocked} · 🟠 Blocked / Debt {debt}"
        ).format(active=tally.active, blocked=tally.blocked, debt=tally.debt)
        text = said(
            "\n{numbers}: {states}",
            numbers=ngettext("{n} number", "{n} numbers", tally.total).format(n=tally.total),
            # A count stays on the line of its word.
            states=states_in_short.replace(" ", "\u00a0").replace("\u00a0·\u00a0", " · "),
        )
    since = await context.use(Freezes).since(actor.administrator_id)
    if since is not None:
        text = said("\n{frozen}\n{text}", frozen=frozen_line(since), text=text)
    return {
        "where": [f"{company.name} · {_('BIN')} {company.bin_shown}"],
        "text": text,
        "inside": True,
        "several": len(actor.companies) > 1,
    }
