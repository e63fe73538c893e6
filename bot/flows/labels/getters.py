"""What the windows of a label and a cost centre show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.chapters.labels import Labels
from account.values.labels import LONGEST, LabelField
from bot.context.update_context import context_of
from bot.flows.numbers.getters import card_of
from bot.widgets.short_ids import key
from bot.widgets.text import Html, said


async def get_labels(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Both, and what the operator has."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    known = await context.use(Labels).of(actor, card_of(dialog_manager))
    lines = [
        said("\n" + _("Label: <b>{text}</b>"), text=known.label.label or "—"),
        said(_("Cost centre: <b>{text}</b>"), text=known.label.centre or "—"),
    ]
    if known.number.label:
        lines.append(said(_("At the operator: {label}"), label=known.number.label))
    lines.append(
        Html(_("\nOnly your company's administrators see them; the operator does not get them."))
    )
    return {
        "where": [actor.company.name, known.number.msisdn.shown, _("Label, cost centre")],
        "text": Html("\n".join(lines)),
    }


async def get_typed(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The one that is typed now; cost centres used lately can be picked."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    known = await context.use(Labels).of(actor, card_of(dialog_manager))
    field = field_of(dialog_manager)
    name, ask = _words(field)
    present = known.label.of(field)
    lines = [said("\n{ask}", ask=ask.format(most=LONGEST[field]))]
    if present:
        lines.append(said(_("Now: <b>{text}</b>"), text=present))
    lately = await context.use(Labels).lately(actor) if field is LabelField.CENTRE else ()
    return {
        "where": [actor.company.name, known.number.msisdn.shown, name],
        "text": Html("\n".join(lines)),
        "centres": [(one.name, key(one.key)) for one in lately if one.name != present],
        "present": present is not None,
    }


def field_of(manager: DialogManager) -> LabelField:
    """Which of the two the window asks for."""
    state = manager.current_context().state.state or ""
    return LabelField.CENTRE if state.endswith(":centre") else LabelField.LABEL


def _words(field: LabelField) -> tuple[str, str]:
    if field is LabelField.LABEL:
        return _("Label"), _("Who uses this number? Type a label of at most {most} characters.")
    return _("Cost centre"), _(
        "Who pays for this number? Pick a cost centre, or type one of at most {most} characters."
    )
