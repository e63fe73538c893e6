"""Actions history on screen: what was done, by whom, with what result (S29)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Button

from account.chapters.history import PAGE, HistoryQuery
from account.documents.document import DocumentFormat, DocumentKind
from account.documents.parameters import days_told
from account.effects.history import Entry, What
from account.values.identifiers import Msisdn
from account.values.periods import shown_day, shown_time, today
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.documents.handlers import order_file
from bot.flows.history.texts import told
from bot.flows.usage.getters import period_shown
from bot.texts.facts import by_word, result_word, what_word
from bot.widgets.months import months_row, months_words, period_of
from bot.widgets.page import page
from bot.widgets.paging import pages_row, read_page
from bot.widgets.text import Html, Said, Shown, said


def entry_line(entry: Entry) -> Html:
    """One entry below its day: when, what, which number; then the result, who, and its number."""
    first = [what_word(What(entry.what)), Msisdn(entry.number).shown if entry.number else ""]
    second = [result_word(entry.result), told(entry), by_word(entry), entry.reference]
    return said(
        "{at} <b>{what}</b>\n{more}",
        at=shown_time(entry.at),
        what=" ".join(filter(None, first)),
        more=" · ".join(filter(None, second)),
    )


def by_day(entries: Iterable[Entry]) -> Iterator[Html]:
    """The entries below their days."""
    for day, those in groupby(entries, key=lambda entry: today(entry.at)):
        yield said("\n<u>{day}</u>", day=shown_day(day))
        yield from (entry_line(entry) for entry in those)


async def get_history(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A page of the company's history, newest first."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    period = period_of(dialog_manager)
    entries, turning = await read_page(
        dialog_manager,
        PAGE,
        lambda offset: context.use_cases.history.page(actor, HistoryQuery(period, offset=offset)),
    )
    lines = [said("\n" + _("Period: <b>{period}</b>"), period=period_shown(period))]
    lines.extend(by_day(entries.rows))
    if not entries.total:
        lines.append(Html(_("There is nothing for this period.")))
    return {
        "where": [actor.company.name, _("Actions history")],
        "text": Html("\n".join(lines)),
        "periods": months_words(dialog_manager, period),
        **turning,
    }


async def order_xlsx(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The same period as a file."""
    told = days_told(period_of(manager))
    await order_file(manager, DocumentKind.HISTORY, DocumentFormat.XLSX, told)


history_dialog = Dialog(
    page(
        states.History.list,
        Shown("text"),
        keyboard=[
            months_row(),
            pages_row(),
            Button(Said("📄 XLSX file"), id="xlsx", on_click=order_xlsx),
        ],
        getter=get_history,
    ),
)
