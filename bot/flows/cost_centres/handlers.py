"""Renaming, joining and taking away cost centres, and labels from a list."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.chapters.label_import import LabelImport, LabelImports
from account.chapters.labels import Labels
from account.errors import ChangeRefused, InputRefused
from account.identity.permissions import require
from account.values.labels import CLEAR, LabelField, label_text
from account.values.rights import Right
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.cost_centres.getters import centre_of
from bot.flows.cost_centres.texts import kept_word
from bot.flows.sets.list_parts import fetched
from bot.texts.errors import refusal
from bot.widgets.named import Named
from bot.widgets.owed_files import owe_file
from bot.widgets.page import notice, reply
from bot.widgets.short_ids import found


async def open_centre(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """One of them. The value comes from a button and may be forged."""
    context = context_of(manager)
    every = await context.use(Labels).centres(await context.actor())
    one = found(every, lambda centre: centre.key, value)
    if one is not None:
        await _open_centre(manager, one.key)


async def typed_centres(manager: DialogManager) -> list[Named]:
    """All cost centres, also those of other pages."""
    context = context_of(manager)
    every = await context.use(Labels).centres(await context.actor())
    return [Named((one.name,), partial(_open_centre, key=one.key)) for one in every]


async def _open_centre(manager: DialogManager, key: str) -> None:
    manager.dialog_data["centre"] = key
    await manager.switch_to(states.CostCentres.one)


async def type_name(text: str, manager: DialogManager) -> None:
    """The new name; what cannot be kept is said, and asked for again."""
    try:
        name = label_text(text, LabelField.CENTRE)
    except InputRefused as refused:
        notice(manager, refusal(refused))
        return
    manager.dialog_data["name"] = name
    await manager.switch_to(states.CostCentres.confirm)


async def ask_to_take_away(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Ask before its numbers lose it."""
    manager.dialog_data["name"] = None
    await manager.switch_to(states.CostCentres.confirm)


async def rename(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Give it the name that was asked about."""
    context = context_of(manager)
    actor = await context.actor()
    one = await centre_of(manager, actor)
    name = manager.dialog_data.get("name") or CLEAR
    try:
        count = 0
        if one is not None:
            count = await context.use(Labels).rename_centre(actor, one.key, name)
    except (ChangeRefused, InputRefused) as refused:
        await reply(manager, refusal(refused))
        return
    await manager.switch_to(states.CostCentres.list)
    notice(manager, kept_word(count, 0) if count else _("This cost centre is gone."))


async def paste(text: str, manager: DialogManager) -> None:
    """A pasted list."""
    context = context_of(manager)
    try:
        looked = await context.use(LabelImports).look_at_text(await context.actor(), text)
    except (ChangeRefused, InputRefused) as refused:
        notice(manager, refusal(refused))
        return
    await _show(manager, looked)


async def take(message: Message, manager: DialogManager) -> bool:
    """A file; False for anything else."""
    document = message.document
    if document is None:
        return False
    context = context_of(manager)
    fetch = partial(fetched, context.bot, document)
    try:
        looked = await context.use(LabelImports).look_at_file(
            await context.actor(), document.file_size, fetch
        )
    except (ChangeRefused, InputRefused) as refused:
        notice(manager, refusal(refused))
        return True
    await _show(manager, looked)
    return True


async def _show(manager: DialogManager, looked: LabelImport) -> None:
    manager.dialog_data["import"] = looked.id
    await manager.switch_to(states.CostCentres.preview)


async def apply(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Keep what was shown."""
    context = context_of(manager)
    try:
        kept = await context.use(LabelImports).apply(
            await context.actor(), str(manager.dialog_data.get("import", ""))
        )
    except (ChangeRefused, InputRefused) as refused:
        await reply(manager, refusal(refused))
        return
    await manager.switch_to(states.CostCentres.list)
    notice(manager, kept_word(*kept))


async def undo(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, import_id: str
) -> None:
    """Give the numbers of the list that the button is of back what they had."""
    context = context_of(manager)
    try:
        kept = await context.use(LabelImports).undo(await context.actor(), import_id)
    except (ChangeRefused, InputRefused) as refused:
        await reply(manager, refusal(refused))
        return
    notice(manager, kept_word(*kept))


async def order_file(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Owe the chat the file with all labels and cost centres."""
    context = context_of(manager)
    actor = await context.actor()
    company = require(actor, Right.READ_LABELS)
    await owe_file(
        context,
        actor,
        kind="labels.file",
        key=f"{actor.telegram_id}:labels:{company.id}",
        until=context.now() + timedelta(minutes=30),
        parameters={"administrator": actor.administrator_id, "company": company.id},
    )
