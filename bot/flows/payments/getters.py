"""Payments of one number (S26): what the windows show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.chapters.payments import SCREEN_ROWS, Payments
from bot.context.update_context import context_of
from bot.flows.numbers.getters import card_of
from bot.flows.payments.texts import payment_line, total_lines
from bot.flows.usage.getters import period_shown
from bot.texts.facts import left_out_line
from bot.widgets.months import is_own, months_words, period_of
from bot.widgets.paging import read_page
from bot.widgets.text import Html, said
from bot.widgets.timeline import by_day


async def get_payments(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A page of the number's payments, newest first, with the total of the period."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    msisdn = card_of(dialog_manager)
    period = period_of(dialog_manager)
    of_number = context.use(Payments)
    found, turning = await read_page(
        dialog_manager,
        SCREEN_ROWS,
        lambda offset: of_number.page(actor, msisdn, period, offset),
    )
    lines = [said("\n" + _("Period: <b>{period}</b>"), period=period_shown(period))]
    if found.total:
        total = await of_number.total(actor, msisdn, period)
        lines.extend(total_lines(total))
    else:
        lines.append(Html(_("There is nothing for this period.")))
    lines.extend(by_day(found.rows, payment_line))
    lines.extend(map(Html, left_out_line(found.left_out)))
    return {
        "where": await where(dialog_manager),
        "text": Html("\n".join(lines)),
        "periods": months_words(dialog_manager, period),
        "own": _("Own period…") + (" ✓" if is_own(dialog_manager, period) else ""),
        **turning,
    }


async def where(manager: DialogManager) -> list[str]:
    """The crumbs of the payments of a number."""
    actor = await context_of(manager).actor()
    return [actor.company.name, card_of(manager).shown, _("Payments")]
