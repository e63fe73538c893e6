"""Putting a list together, its preview, and the one confirmation.

The token of the confirmation stays in this dialog's data and goes nowhere else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Button, Select

from account.access.set_codes import SetCodes
from account.changes.action import ActionKind
from account.changes.sets.approvals import SetApprovals
from account.changes.sets.confirmation import KINDS, ChangeSets, OfferedSet
from account.changes.sets.confirmed_sets import ConfirmedSets
from account.changes.sets.gathering import Gathering
from account.changes.sets.selection import NumberSelection
from account.errors import (
    CarrierUnavailable,
    ChangeRefused,
    ConfirmExpired,
    InputRefused,
    SessionExpired,
)
from account.identity.permissions import Actor
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.sets import list_parts
from bot.flows.sets.later import RESEND_AT, chosen_plan, forget_plan
from bot.flows.sets.numbers_file import order_numbers
from bot.flows.sets.options import Option, options
from bot.flows.sets.texts import GOING, decided_word
from bot.texts.errors import refusal
from bot.widgets.owed_files import owe_file
from bot.widgets.page import notice, reply
from bot.widgets.refusals import Refusals


async def add_text(text: str, manager: DialogManager) -> None:
    """Add the numbers of a message; where it may be a table, ask for the column."""
    context = context_of(manager)
    try:
        gathered = await context.use(NumberSelection).add_text(await context.actor(), text)
    except ChangeRefused as refused:
        notice(manager, refusal(refused))
        return
    await list_parts.follow(manager, gathered)


async def choose_sheet(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Take one sheet, or all. The value comes from a button and may be forged."""
    await _choose(manager, value, lambda of: of.choose_sheet)


async def choose_column(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Take one column. The value comes from a button and may be forged."""
    await _choose(manager, value, lambda of: of.choose_column)


Chooses = Callable[[Actor, str, int], Awaitable[Gathering]]
Gathers = Callable[[NumberSelection, Actor], Awaitable[Gathering]]


async def _choose(
    manager: DialogManager, value: str, way: Callable[[NumberSelection], Chooses]
) -> None:
    mark, _dash, place = value.partition("-")
    if place.isascii() and place.isdecimal() and len(place) <= 3:
        await _gather(manager, lambda of, actor: way(of)(actor, mark, int(place)))


async def choose(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Go back to what is still to be chosen."""
    await _gather(manager, lambda of, actor: of.gathered(actor))


async def all_sheets(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Take the sheets that are asked about one and all."""

    async def choose_all(of: NumberSelection, actor: Actor) -> Gathering:
        mark = (await of.gathered(actor)).mark
        return await of.choose_sheet(actor, mark, None)

    await _gather(manager, choose_all)


async def add_hidden(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Add what was left out for being hidden."""
    await _gather(manager, lambda of, actor: of.add_hidden(actor))


async def _gather(manager: DialogManager, gather: Gathers) -> None:
    """Change the list by a press, and go on to what is to be chosen next."""
    context = context_of(manager)
    try:
        gathered = await gather(context.use(NumberSelection), await context.actor())
    except ChangeRefused as refused:
        await reply(manager, refusal(refused))
        return
    await list_parts.follow(manager, gathered)


async def start_again(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Forget the list."""
    context = context_of(manager)
    await context.use(NumberSelection).start_again(await context.actor())


async def choose_kind(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Begin the preview, or ask first what of the kind is meant."""
    if value in {kind.value for kind in KINDS}:
        await choose_kind_of(manager, ActionKind(value))


async def choose_kind_of(manager: DialogManager, kind: ActionKind) -> None:
    """Begin the preview of that kind, or ask first what of it is meant."""
    manager.dialog_data.update(kind=kind.value, page=0)
    context = context_of(manager)
    try:
        offered = await options(context, await context.actor(), kind)
    except CarrierUnavailable as refused:
        await reply(manager, refusal(refused))
        return
    if len(offered) == 1:
        await _preview(manager, offered[0])
    else:
        await manager.switch_to(states.Sets.choice)


async def choose_option(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Begin the preview with what was chosen."""
    context = context_of(manager)
    kind = ActionKind(manager.dialog_data["kind"])
    try:
        offered = await options(context, await context.actor(), kind)
    except CarrierUnavailable as refused:
        await reply(manager, refusal(refused))
        return
    chosen = next((one for one in offered if one.key == value), None)
    if chosen is not None:
        await _preview(manager, chosen)


async def _preview(manager: DialogManager, option: Option) -> None:
    kind = ActionKind(manager.dialog_data["kind"])

    async def begin(of: ChangeSets, actor: Actor, language: str) -> OfferedSet:
        return await of.preview(actor, kind, language, option.parameters)

    await _offer(manager, begin)


Begins = Callable[[ChangeSets, Actor, str], Awaitable[OfferedSet]]


async def _offer(manager: DialogManager, begin: Begins) -> None:
    """Begin the dry run of a set, and show it."""
    context = context_of(manager)
    try:
        offered = await begin(context.use(ChangeSets), await context.actor(), context.language)
    except ChangeRefused as refused:
        await reply(manager, refusal(refused))
        return
    forget_plan(manager)
    manager.dialog_data.update(set=offered.change_set.id, token=offered.token)
    await manager.switch_to(states.Sets.preview)


async def confirm(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Have the set run."""
    context = context_of(manager)
    try:
        _set, first = await context.use(ChangeSets).confirm(
            await context.actor(), manager.dialog_data["token"], plan=chosen_plan(manager)
        )
    except InputRefused as refused:
        # The time has come too near while the preview stood there.
        await _leave_time(manager, refused)
        return
    except ChangeRefused as refused:
        await _leave_refused(manager, refused)
        return
    await context.toast(None if first else _("This was confirmed already."))
    await manager.switch_to(states.Sets.progress)


async def _leave_refused(manager: DialogManager, refused: ChangeRefused) -> None:
    """Say why; the list is still there for another preview."""
    await reply(manager, refusal(refused))
    await manager.switch_to(states.Sets.list)


async def send_code(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Send the one code for the whole list."""
    context = context_of(manager)
    async with Refusals(manager, _leave_refused):
        asked = await context.use(SetCodes).ask(
            await context.actor(), manager.dialog_data["token"], context.language
        )
        manager.dialog_data[RESEND_AT] = asked.resend_at.isoformat()
        await manager.switch_to(states.Sets.code)


async def code_given(code: str, manager: DialogManager) -> None:
    """Take the code: the right one confirms this list, and nothing else."""
    context = context_of(manager)
    async with Refusals(manager, _leave_refused, CarrierUnavailable):
        _set, first = await context.use(SetCodes).enter(
            await context.actor(), manager.dialog_data["token"], code, chosen_plan(manager)
        )
        if not first:
            notice(manager, _("This was confirmed already."))
        await manager.switch_to(states.Sets.progress)


async def _leave_time(manager: DialogManager, refused: InputRefused) -> None:
    notice(manager, refusal(refused))
    await manager.switch_to(states.Sets.later)


async def leave_code(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Back to the preview; a code that is typed later is not asked for any more."""
    manager.dialog_data.pop(RESEND_AT, None)
    await manager.switch_to(states.Sets.preview)


async def skip(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Pass over the next date of one that repeats; what begins instead stands in the list."""
    context = context_of(manager)
    use, actor = context.use(ConfirmedSets), await context.actor()
    change_set, _counts = await context.use(ChangeSets).read(actor, manager.dialog_data["set"])
    if await use.skip(actor, change_set.id) and change_set.begins is not None:
        await context.toast(_("Skipped: {date}").format(date=change_set.begins.shown))


async def keep(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Let one of one's own that waits for its person begin after all."""
    context = context_of(manager)
    try:
        await context.use(ConfirmedSets).keep(await context.actor(), manager.dialog_data["set"])
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
    else:
        await context.toast(_("Kept as it is."))


async def cancel(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Void the preview; the list stays."""
    context = context_of(manager)
    try:
        await context.use(ChangeSets).cancel(await context.actor(), manager.dialog_data["token"])
    except ConfirmExpired as refused:
        await context.tell(refusal(refused))
    await manager.switch_to(states.Sets.list)


async def order_file(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Owe the chat a workbook with every number of the preview."""
    context = context_of(manager)
    actor = await context.actor()
    change_set, _counts = await context.use(ChangeSets).read(actor, manager.dialog_data["set"])
    await order_numbers(context, actor, change_set, change_set.expires_at)


async def order_template(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Owe the chat an empty list to fill in."""
    context = context_of(manager)
    actor = await context.actor()
    await owe_file(
        context,
        actor,
        kind="set.template",
        key=f"{actor.telegram_id}:template",
        until=context.now() + timedelta(minutes=10),
        parameters={},
    )


async def open_set(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, set_id: str
) -> None:
    """Go to a set of late. The id comes from a button and may be forged."""
    context = context_of(manager)
    try:
        change_set, _counts = await context.use(ChangeSets).read(await context.actor(), set_id)
    except ChangeRefused as refused:
        await reply(manager, refusal(refused))
        return
    if change_set.accepted_at is not None:
        manager.dialog_data["set"] = change_set.id
        await manager.switch_to(states.Sets.progress)


async def follow_set(query: CallbackQuery, dialog_manager: DialogManager) -> None:
    """The button below the message of a set that runs. Its id may be forged."""
    context = context_of(dialog_manager)
    if context.session is None:
        raise SessionExpired
    set_id = (query.data or "").removeprefix(GOING)
    try:
        change_set, _counts = await context.use(ChangeSets).read(await context.actor(), set_id)
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        return
    await dialog_manager.start(
        states.Sets.progress, data={"set": change_set.id}, mode=StartMode.RESET_STACK
    )


async def again(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Preview those that failed once more."""
    set_id = manager.dialog_data["set"]
    await _offer(manager, lambda of, actor, language: of.again(actor, set_id, language))


async def undo(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Preview the opposite for the numbers that were changed."""
    set_id = manager.dialog_data["set"]
    await _offer(manager, lambda of, actor, language: of.undo(actor, set_id, language))


async def pause(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Send nothing more for now."""
    context = context_of(manager)
    await context.use(ConfirmedSets).pause(await context.actor(), manager.dialog_data["set"])


async def go_on(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Let it run again."""
    context = context_of(manager)
    try:
        await context.use(ConfirmedSets).go_on(await context.actor(), manager.dialog_data["set"])
    except ChangeRefused as refused:
        await reply(manager, refusal(refused))


async def withdraw(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Take the request back, unless somebody has decided it already."""
    context = context_of(manager)
    change_set, first = await context.use(SetApprovals).withdraw(
        await context.actor(), manager.dialog_data["set"]
    )
    if not first:
        word = decided_word(change_set)
        await context.tell(_("This was decided before. {word}").format(word=word))


async def stop(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Send nothing more at all."""
    context = context_of(manager)
    await context.use(ConfirmedSets).stop(await context.actor(), manager.dialog_data["set"])
