"""Subscribing to a monthly paper, keeping it and ending it."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.documents.subscriptions import EARLIEST, LATEST_DAY, Subscriptions, next_day
from account.errors import AccessRefused, ChangeRefused, DayInvalid
from account.values.periods import shown_day
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.subscriptions.getters import kind_of
from bot.texts.errors import refusal
from bot.widgets.choices import opens
from bot.widgets.page import notice, reply

open_one = opens(Subscriptions, "subscription", states.Subscriptions.one)


async def pick_kind(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Which paper."""
    manager.dialog_data["kind"] = value
    await manager.switch_to(states.Subscriptions.day)


async def pick_day(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """One of the offered days; a forged one is bounded like a typed one."""
    await type_day(value, manager)


async def type_day(text: str, manager: DialogManager) -> None:
    """A day of the month."""
    context = context_of(manager)
    kind = kind_of(manager)
    typed = text.strip()
    day = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 2 else 0
    try:
        one = await context.use(Subscriptions).subscribe(
            await context.actor(), kind, day, context.language
        )
    except DayInvalid:
        sentence = _("Choose a day from {first} to {last}.").format(
            first=EARLIEST[kind], last=LATEST_DAY
        )
        await reply(manager, sentence)
        return
    except (AccessRefused, ChangeRefused) as refused:
        await reply(manager, refusal(refused))
        return
    await manager.switch_to(states.Subscriptions.list)
    notice(
        manager,
        _("Kept. The first one, {month}, is ordered on {date}.").format(
            month=one.next_month.shown, date=shown_day(next_day(one))
        ),
    )


async def keep(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Let a suspended one go on."""
    await _settle(manager, keeps=True)


async def end(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Unsubscribe."""
    await _settle(manager, keeps=False)


async def _settle(manager: DialogManager, *, keeps: bool) -> None:
    context = context_of(manager)
    use = context.use(Subscriptions)
    do = use.keep if keeps else use.end
    try:
        await do(await context.actor(), str(manager.dialog_data.get("subscription", "")))
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
    else:
        await context.toast(_("Kept as it is.") if keeps else _("Unsubscribed."))
    if not keeps:
        await manager.switch_to(states.Subscriptions.list)
