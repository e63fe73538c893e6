"""What the windows of a company's labels and cost centres show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from aiogram_dialog import DialogManager

from account.chapters.label_import import UNDONE_WITHIN, LabelImports
from account.chapters.labels import CostCentre, Labels
from account.errors import ChangeRefused
from account.identity.permissions import Actor, may
from account.values.labels import LONGEST, LabelField, folded
from account.values.periods import shown_moment
from account.values.rights import Right
from bot.context.update_context import context_of
from bot.flows.cost_centres.texts import preview
from bot.texts.errors import refusal
from bot.widgets.paging import paging
from bot.widgets.short_ids import key
from bot.widgets.text import said

PAGE = 8


def where(actor: Actor, *more: str) -> list[str]:
    """The header: company and section."""
    return [actor.company.name, _("Labels and cost centres"), *more]


async def get_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The cost centres, and what can be done with many numbers."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    every = await context.use(Labels).centres(actor)
    turning = paging(dialog_manager, len(every), PAGE)
    start = turning["here"] * PAGE
    undo = None
    if may(actor, Right.CHANGE_LABELS, actor.company.id):
        undo = await context.use(LabelImports).undoable(actor)
    undoing = []
    if undo is not None and undo.applied_at is not None:
        until = shown_moment(undo.applied_at + UNDONE_WITHIN)
        undoing = [(_("↩ Undo the last list (until {time})").format(time=until), undo.id)]
    text = (
        _("Tap a cost centre to rename it, or to join it to another one.")
        if every
        else _("There is no cost centre yet. Send a list of numbers with labels and cost centres.")
    )
    return {
        "where": where(actor),
        "text": said("\n{text}", text=text),
        "centres": [
            (f"🏷 {one.name} · {one.numbers}", key(one.key)) for one in every[start : start + PAGE]
        ],
        "undo": undoing,
        **turning,
    }


async def centre_of(manager: DialogManager, actor: Actor) -> CostCentre | None:
    """The one whose window it is; None where it is gone meanwhile."""
    every = await context_of(manager).use(Labels).centres(actor)
    wanted = manager.dialog_data.get("centre")
    return next((one for one in every if one.key == wanted), None)


async def get_one(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """One cost centre; also where its new name is typed."""
    actor = await context_of(dialog_manager).actor()
    one = await centre_of(dialog_manager, actor)
    if one is None:
        return {"where": where(actor), "text": _("This cost centre is gone."), "there": False}
    count = ngettext("{n} number", "{n} numbers", one.numbers).format(n=one.numbers)
    return {
        "where": where(actor, one.name),
        "text": said("\n<b>{name}</b> · {count}", name=one.name, count=count),
        "ask": _(
            "Type the new name: at most {most} characters. The name of another cost centre "
            "joins them."
        ).format(most=LONGEST[LabelField.CENTRE]),
        "there": True,
    }


async def get_confirm(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What a new name comes to, before it is given."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    one = await centre_of(dialog_manager, actor)
    name = dialog_manager.dialog_data.get("name")
    if one is None:
        return {
            "where": where(actor),
            "text": _("This cost centre is gone."),
            "there": False,
            "deed": "",
        }
    count = ngettext("{n} number", "{n} numbers", one.numbers).format(n=one.numbers)
    every = await context.use(Labels).centres(actor)
    other = next(
        (two for two in every if name and two.key == folded(name) and two.key != one.key), None
    )
    if not name:
        line, deed = _("{count}: cost centre “{was}” is taken away."), _("✕ Take it away")
    elif other is None:
        line, deed = _("{count}: cost centre “{was}” becomes “{name}”."), _("✎ Rename")
    else:
        line, deed = _("{count}: cost centre “{was}” is joined to “{name}”."), _("✎ Join them")
    told = other.name if other else name or ""
    return {
        "where": where(actor, one.name),
        "text": said(f"\n{line}", count=count, was=one.name, name=told),
        "there": True,
        "deed": deed,
    }


async def get_paste(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What can be sent."""
    return {"where": where(await context_of(dialog_manager).actor())}


async def get_preview(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What the list comes to."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    try:
        found = await context.use(LabelImports).offered(
            actor, str(dialog_manager.dialog_data.get("import", ""))
        )
    except ChangeRefused as refused:
        return {
            "where": where(actor),
            "text": said("\n{line}", line=refusal(refused)),
            "some": False,
            "deed": "",
        }
    count = len(found.changes)
    return {
        "where": where(actor),
        "text": preview(found),
        "some": count > 0,
        "deed": ngettext("✎ Save for {n} number", "✎ Save for {n} numbers", count).format(n=count),
    }
