"""Actions history on screen (S29): what the windows show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.chapters.history import PAGE, ActionsHistory, HistoryKind, HistoryQuery
from account.values.identifiers import Msisdn
from bot.context.update_context import context_of
from bot.flows.history.texts import entry_line, kind_words
from bot.flows.usage.getters import period_shown
from bot.widgets.months import is_own, months_words, period_of
from bot.widgets.paging import read_page
from bot.widgets.text import Html, said
from bot.widgets.timeline import by_day

KIND, NUMBER, REFERENCE = "kind", "number", "reference"
ALL = "all"


def query_of(manager: DialogManager) -> HistoryQuery:
    """What part of the history the window is about."""
    kind, number = manager.dialog_data.get(KIND), manager.dialog_data.get(NUMBER)
    return HistoryQuery(
        period_of(manager),
        Msisdn(number) if number else None,
        kind=HistoryKind(kind) if kind in set(HistoryKind) else None,
        reference=manager.dialog_data.get(REFERENCE),
    )


async def where(manager: DialogManager) -> list[str]:
    """The crumbs of the history."""
    actor = await context_of(manager).actor()
    return [actor.company.name, _("Actions history")]


async def get_history(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A page of the company's history, newest first."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    query = query_of(dialog_manager)
    entries, turning = await read_page(
        dialog_manager,
        PAGE,
        lambda offset: context.use(ActionsHistory).page(actor, replace(query, offset=offset)),
    )
    lines = [said("\n" + _("Period: <b>{period}</b>"), period=period_shown(query.period))]
    if query.number is not None:
        lines.append(said("{name}: {number}", name=_("Number"), number=query.number.shown))
    if query.reference is not None:
        lines.append(said("<code>{reference}</code>", reference=query.reference))
    lines.extend(by_day(entries.rows, entry_line))
    if not entries.total:
        lines.append(Html(_("There is nothing for this period.")))
    return {
        "where": await where(dialog_manager),
        "text": Html("\n".join(lines)),
        "periods": months_words(dialog_manager, query.period),
        "own": _("Own period…") + (" ✓" if is_own(dialog_manager, query.period) else ""),
        "kinds": [
            (f"{word} ✓" if kind is query.kind else word, ALL if kind is None else kind.value)
            for kind, word in kind_words().items()
        ],
        "narrowed": query.number is not None or query.reference is not None,
        **turning,
    }
