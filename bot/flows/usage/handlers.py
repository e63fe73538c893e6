"""Choosing the period and type, and asking for pages or a file."""

from __future__ import annotations

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.chapters.usage import Usage, UsageKind
from account.documents.kinds import DocumentFormat, DocumentKind
from account.errors import PeriodRefused
from account.values.periods import Period, UsagePreset, check_usage_period, usage_window
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.documents.handlers import order_file
from bot.flows.usage.getters import query_of, where
from bot.texts.errors import refusal
from bot.widgets.calendar import today_of
from bot.widgets.days import OwnPeriod
from bot.widgets.page import OnClick


def window_of(manager: DialogManager) -> Period:
    """The days that can be asked for now."""
    return usage_window(today_of(manager))


def check_days(manager: DialogManager, period: Period) -> None:
    """Raises `PeriodRefused` (S13)."""
    check_usage_period(period, today_of(manager))


async def choose_preset(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """One of the periods that need no calendar."""
    if chosen in set(UsagePreset):
        manager.dialog_data.update(preset=chosen, first=None, last=None)


async def choose_type(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str
) -> None:
    """What the report is about."""
    if chosen in set(UsageKind):
        manager.dialog_data["type"] = chosen


def take_days(manager: DialogManager, period: Period) -> None:
    """Days of one's own instead of a preset."""
    manager.dialog_data.update(
        first=period.first.isoformat(), last=period.last.isoformat(), preset=None
    )


own_period = OwnPeriod(
    first_day=states.Usage.first_day,
    last_day=states.Usage.last_day,
    back=states.Usage.order,
    where=where,
    window=window_of,
    check=check_days,
    take=take_days,
)


async def show_here(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Open the pages on screen, if the period can be asked for."""
    context = context_of(manager)
    try:
        await context.use(Usage).check(await context.actor(), query_of(manager))
    except PeriodRefused as refused:
        await context.tell(refusal(refused))
        return
    manager.dialog_data.update(page=0, read=False, totals=None, counting=False)
    await manager.switch_to(states.Usage.screen)


def ordering(kind: DocumentKind, form: DocumentFormat) -> OnClick:
    """A button that orders the details as a file; it arrives as a message of its own."""

    async def place(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        await order_file(manager, kind, form, query_of(manager).ordered())

    return place


async def by_email(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Order the details as a file that goes by e-mail as well: first where to (S13)."""
    told = query_of(manager).ordered()
    await manager.start(
        states.Ordering.email, data={"kind": DocumentKind.USAGE.value, "told": dict(told)}
    )
