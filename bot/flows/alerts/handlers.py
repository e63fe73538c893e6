"""Making a rule, muting it, and choosing quiet hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Button, Select

from account.chapters.alerts.rule import AMOUNTS, Measure, Scope
from account.chapters.alerts.rules import FOR_GOOD, AlertRules
from account.errors import ChangeRefused, InputRefused
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.periods import today
from account.values.wall_times import WallTime
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.alerts.getters import HOURS, centre_names, measure_of, number_of, rule_id_of
from bot.texts.errors import refusal
from bot.widgets.choices import opens
from bot.widgets.deep_links import ALERT, MUTING
from bot.widgets.page import notice, reply
from bot.widgets.short_ids import found

MORNING = time(8, 0)


async def follow_alert(data: str, manager: DialogManager) -> bool:
    """A button below an alert: its rule. The data may be forged: whose it is, is asked there."""
    if data.startswith(MUTING):
        return await _follow_muting(data.removeprefix(MUTING), manager)
    if not data.startswith(ALERT):
        return False
    context = context_of(manager)
    rule_id = data.removeprefix(ALERT)
    try:
        await context.use(AlertRules).read(await context.actor(), rule_id)
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        await manager.start(states.Alerts.list, mode=StartMode.RESET_STACK)
    else:
        await manager.start(states.Alerts.rule, data={"rule": rule_id}, mode=StartMode.RESET_STACK)
    return True


async def _follow_muting(digits: str, manager: DialogManager) -> bool:
    context = context_of(manager)
    try:
        number = Msisdn.parse(digits)
        await context.use(AlertRules).number_muted_until(await context.actor(), number)
    except (ChangeRefused, InputRefused) as refused:
        await context.tell(refusal(refused))
        await manager.start(states.Alerts.list, mode=StartMode.RESET_STACK)
    else:
        data = {"msisdn": number.digits}
        await manager.start(states.Alerts.number, data=data, mode=StartMode.RESET_STACK)
    return True


open_rule = opens(AlertRules, "rule", states.Alerts.rule)


async def pick_measure(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """What to look at; from a card it is about that number."""
    if value not in set(Measure):
        return
    manager.dialog_data["measure"] = value
    number = number_of(manager)
    if number is None:
        await manager.switch_to(states.Alerts.scope)
    else:
        await _scoped(manager, Scope.NUMBER, number.digits)


async def whole_company(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """All numbers."""
    await _scoped(manager, Scope.COMPANY, "")


async def pick_centre(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """Those of a cost centre. The value comes from a button and may be forged."""
    context = context_of(manager)
    names = await centre_names(context, await context.actor())
    centre = found(names, lambda one: one, value)
    if centre is not None:
        await _scoped(manager, Scope.CENTRE, centre)


async def type_number(text: str, manager: DialogManager) -> None:
    """One number; or a cost centre, a label or an account, which stand for theirs."""
    context = context_of(manager)
    try:
        scope, target = await context.use(AlertRules).named(await context.actor(), text)
    except (ChangeRefused, InputRefused) as refused:
        notice(manager, refusal(refused))
        return
    await _scoped(manager, scope, target)


async def _scoped(manager: DialogManager, scope: Scope, target: str) -> None:
    manager.dialog_data["scope"] = [scope.value, target]
    if measure_of(manager) in AMOUNTS:
        await manager.switch_to(states.Alerts.amount)
    else:
        await _add(manager, None)


async def choose_amount(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, tiyn: str
) -> None:
    """One of the amounts on the buttons; a forged one is bounded like a typed one."""
    if tiyn.isascii() and tiyn.isdigit() and len(tiyn) < 15:
        await _add(manager, Money(int(tiyn)))


async def type_amount(text: str, manager: DialogManager) -> None:
    """An amount in tenge."""
    try:
        amount = Money.parse(text)
    except InputRefused as refused:
        notice(manager, refusal(refused))
        return
    await _add(manager, amount)


async def _add(manager: DialogManager, amount: Money | None) -> None:
    context = context_of(manager)
    scope, target = manager.dialog_data.get("scope", [Scope.COMPANY.value, ""])
    try:
        await context.use(AlertRules).add(
            await context.actor(), measure_of(manager), Scope(scope), target, amount
        )
    except (ChangeRefused, InputRefused) as refused:
        await reply(manager, refusal(refused))
        return
    await manager.switch_to(states.Alerts.list)
    notice(manager, _("Kept. What is so already is told once, in one message."))


async def mute(_event: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Say nothing of it for an hour, till tomorrow morning, or for good; or tell again."""
    context = context_of(manager)
    try:
        await context.use(AlertRules).mute(
            await context.actor(), rule_id_of(manager), _until(button, context.now())
        )
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        await manager.switch_to(states.Alerts.list)


async def mute_number(_event: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """The same of a number, by whatever rule."""
    context = context_of(manager)
    number = number_of(manager)
    assert number is not None
    try:
        await context.use(AlertRules).mute_number(
            await context.actor(), number, _until(button, context.now())
        )
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        await manager.switch_to(states.Alerts.list)


def _until(button: Button, now: datetime) -> datetime | None:
    morning = WallTime.of(today(now) + timedelta(days=1), MORNING).moment
    until = {"hour": now + timedelta(hours=1), "morning": morning, "good": now + FOR_GOOD}
    return until.get(str(button.widget_id))


async def remove(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Delete it."""
    context = context_of(manager)
    try:
        await context.use(AlertRules).remove(await context.actor(), rule_id_of(manager))
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
    else:
        await context.toast(_("Deleted."))
    await manager.switch_to(states.Alerts.list)


async def choose_quiet(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """One of the offered hours."""
    context = context_of(manager)
    if value.isascii() and value.isdigit() and int(value) < len(HOURS):
        await context.use(AlertRules).set_quiet(await context.actor(), HOURS[int(value)])
        await manager.switch_to(states.Alerts.list)
