"""What the windows of monthly papers show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.documents.kinds import DocumentKind
from account.documents.subscriptions import (
    EARLIEST,
    LATEST_DAY,
    Subscriptions,
    SubscriptionState,
)
from account.identity.permissions import Actor
from account.values.periods import shown_moment
from bot.context.update_context import context_of
from bot.flows.documents.titles import title
from bot.flows.subscriptions.texts import day_word, row_label, standing
from bot.widgets.paging import paging
from bot.widgets.text import Html, said

PAGE = 8
LATER = (10, 15, 20, 25)


def _where(actor: Actor, *more: str) -> list[str]:
    return [actor.company.name, _("Documents & reports"), _("Every month"), *more]


async def get_subscriptions(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """One's own in this company."""
    actor = await context_of(dialog_manager).actor()
    every = await context_of(dialog_manager).use(Subscriptions).own(actor)
    turning = paging(dialog_manager, len(every), PAGE)
    start = turning["here"] * PAGE
    text = (
        _("These are ordered by themselves each month and come to this chat.")
        if every
        else _("Nothing is ordered by itself. Choose a document and a day.")
    )
    return {
        "where": _where(actor),
        "text": said("\n{text}", text=text),
        "rows": [(row_label(one), one.id) for one in every[start : start + PAGE]],
        **turning,
    }


async def get_kinds(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What can be had every month."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    kinds = context.use(Subscriptions).offered(actor)
    return {"where": _where(actor), "kinds": [(title(one), one.value) for one in kinds]}


def kind_of(manager: DialogManager) -> DocumentKind:
    """What was picked; a lost or forged one is the first."""
    picked = manager.dialog_data.get("kind")
    return next((one for one in EARLIEST if one.value == picked), next(iter(EARLIEST)))


async def get_days(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """On which day; not before the month's papers are there."""
    actor = await context_of(dialog_manager).actor()
    kind = kind_of(dialog_manager)
    text = _(
        "On which day of the next month? From day {first} to day {last}, at 10:00, Almaty time."
    )
    return {
        "where": _where(actor, title(kind)),
        "text": said("\n" + text, first=EARLIEST[kind], last=LATEST_DAY),
        "days": [(day_word(day), str(day)) for day in (EARLIEST[kind], *LATER)],
    }


async def get_subscription(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """One of them."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    one = await context.use(Subscriptions).read(
        actor, str(dialog_manager.dialog_data.get("subscription", ""))
    )
    lines = [
        said("\n<b>{what}</b>", what=title(one.kind)),
        said("{day}", day=day_word(one.day)),
        said("{line}", line=standing(one)),
        said(_("Since {time}"), time=shown_moment(one.made_at)),
    ]
    return {
        "where": _where(actor),
        "text": Html("\n".join(lines)),
        "suspended": one.state is SubscriptionState.SUSPENDED,
    }
