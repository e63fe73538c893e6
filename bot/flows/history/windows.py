"""Actions history on screen: what was done, by whom, with what result (S29)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Button, Group, Select

from account.blocking import REASON, BlockReason
from account.documents import DocumentFormat, DocumentKind
from account.history import PAGE, Entry, HistoryWish, What
from account.identifiers import Msisdn
from account.periods import Period, add_months, shown_day, shown_time, today
from account.switching import NAMES, names_in
from bot.flows import states
from bot.flows.documents.handlers import order_file
from bot.flows.documents.order import days_told
from bot.flows.forwarding.words import forwarding_told
from bot.flows.services.refusals import in_language
from bot.flows.transfers.words import transfer_told
from bot.flows.usage.getters import period_shown
from bot.sentences import reason_word, result_word, what_word
from bot.visit import visit_of
from bot.widgets.choices import choices
from bot.widgets.page import page
from bot.widgets.paging import page_here, pages_row, paging
from bot.widgets.text import Html, Said, Shown, said

MONTHS = {"1": 1, "3": 3, "12": 12}


def entry_line(entry: Entry) -> Html:
    """One entry below its day: when, what, which number; then the result, who, and its number."""
    first = [what_word(What(entry.what)), Msisdn(entry.number).shown if entry.number else ""]
    second = [result_word(entry.result), told(entry), entry.administrator, entry.reference]
    return said(
        "{at} <b>{what}</b>\n{more}",
        at=shown_time(entry.at),
        what=" ".join(filter(None, first)),
        more=" · ".join(filter(None, second)),
    )


def told(entry: Entry) -> str | None:
    """What was asked for, where an entry keeps it: a reason, a service, an amount, a target."""
    reason = entry.parameters.get(REASON)
    if reason in set(BlockReason):
        return reason_word(BlockReason(reason))
    if NAMES in entry.parameters:
        return in_language(names_in(entry.parameters))
    if entry.what in (What.TRANSFER, What.TRANSFER_IN):
        return transfer_told(entry)
    if entry.what in (What.FORWARDING_SET, What.FORWARDING_OFF):
        return forwarding_told(entry)
    return None


def by_day(entries: Iterable[Entry]) -> Iterator[Html]:
    """The entries below their days."""
    for day, those in groupby(entries, key=lambda entry: today(entry.at)):
        yield said("\n<u>{day}</u>", day=shown_day(day))
        yield from (entry_line(entry) for entry in those)


async def get_history(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A page of the company's history, newest first."""
    visit = visit_of(dialog_manager)
    actor = await visit.actor()
    day = today(visit.house.clock.now())
    months = MONTHS.get(dialog_manager.dialog_data.get("months", "1"), 1)
    period = Period(add_months(day, -months), day)
    wish = HistoryWish(period, offset=page_here(dialog_manager) * PAGE)
    entries = await visit.house.history.page(actor, wish)
    turning = paging(dialog_manager, entries.total, PAGE)
    if not entries.rows and entries.total:
        again = HistoryWish(period, offset=turning["here"] * PAGE)
        entries = await visit.house.history.page(actor, again)
    lines = [said("\n" + _("Period: <b>{period}</b>"), period=period_shown(period))]
    lines.extend(by_day(entries.rows))
    if not entries.total:
        lines.append(Html(_("There is nothing for this period.")))
    words = {key: ngettext("{n} month", "{n} months", n).format(n=n) for key, n in MONTHS.items()}
    return {
        "where": [actor.company.name, _("Actions history")],
        "text": Html("\n".join(lines)),
        "periods": [
            (f"{word} ✓" if MONTHS[key] == months else word, key) for key, word in words.items()
        ],
        **turning,
    }


async def choose(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """Another period; an unknown one is the last month."""
    manager.dialog_data.update(months=chosen if chosen in MONTHS else "1", page=0)


async def order_xlsx(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The same period as a file."""
    day = today(visit_of(manager).house.clock.now())
    months = MONTHS.get(manager.dialog_data.get("months", "1"), 1)
    told = days_told(Period(add_months(day, -months), day))
    await order_file(manager, DocumentKind.HISTORY, DocumentFormat.XLSX, told)


history_dialog = Dialog(
    page(
        states.History.list,
        Shown("text"),
        keyboard=[
            Group(
                choices("period", "periods", choose),
                width=3,
            ),
            pages_row(),
            Button(Said("📄 XLSX file"), id="xlsx", on_click=order_xlsx),
        ],
        getter=get_history,
    ),
)
