"""Actions history on screen (S29): what the windows show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.chapters.history import PAGE, ActionsHistory, HistoryQuery
from bot.context.update_context import context_of
from bot.flows.history.texts import entry_line
from bot.flows.usage.getters import period_shown
from bot.widgets.months import months_words, period_of
from bot.widgets.paging import read_page
from bot.widgets.text import Html, said
from bot.widgets.timeline import by_day


async def get_history(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A page of the company's history, newest first."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    period = period_of(dialog_manager)
    entries, turning = await read_page(
        dialog_manager,
        PAGE,
        lambda offset: context.use(ActionsHistory).page(actor, HistoryQuery(period, offset=offset)),
    )
    lines = [said("\n" + _("Period: <b>{period}</b>"), period=period_shown(period))]
    lines.extend(by_day(entries.rows, entry_line))
    if not entries.total:
        lines.append(Html(_("There is nothing for this period.")))
    return {
        "where": [actor.company.name, _("Actions history")],
        "text": Html("\n".join(lines)),
        "periods": months_words(dialog_manager, period),
        **turning,
    }
