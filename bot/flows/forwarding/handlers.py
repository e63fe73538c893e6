"""Choosing a rule, its timer and its target (S20). Values come from buttons and may be forged."""

from __future__ import annotations

from functools import partial

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from account.changes.action import ActionKind
from account.chapters.forwarding import (
    CONDITION,
    TIMERS,
    Condition,
    ForwardingOffParameters,
    parse_target,
    setting,
)
from account.errors import ForwardingToItself, InputRefused, TargetInvalid
from account.values.identifiers import Msisdn, digits_of
from bot.context import states
from bot.flows.confirm.handlers import start_question
from bot.flows.forwarding.getters import (
    asking,
    chosen_condition,
    chosen_timer,
    forwarded,
    may_change,
)
from bot.flows.forwarding.texts import condition_word
from bot.flows.numbers.getters import card_of
from bot.flows.numbers.picking import forget_search, typed_number
from bot.texts.errors import refusal
from bot.widgets.named import Named
from bot.widgets.page import notice, reply

WHOLE_NUMBER = 10
"""So many digits are no part of a number to search for."""


async def open_rule(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """One rule; the value comes from a button and may be forged."""
    if value in set(Condition):
        await _open_rule(manager, value)


async def _open_rule(manager: DialogManager, value: str) -> None:
    manager.dialog_data.update({CONDITION: value, "timer": None})
    await manager.switch_to(states.Forwarding.rule)


async def typed_conditions(manager: DialogManager) -> list[Named]:
    """The rules that the person may change, by what they are called."""
    if not await may_change(manager, await forwarded(manager)):
        return []
    return [
        Named((condition_word(one),), partial(_open_rule, value=one.value)) for one in Condition
    ]


async def cancel_all(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Ask whether to switch off every rule."""
    await start_question(
        manager, ActionKind.FORWARDING_OFF, card_of(manager), ForwardingOffParameters(None)
    )


async def choose_timer(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """After how many seconds no answer counts."""
    if value in {str(seconds) for seconds in TIMERS}:
        manager.dialog_data["timer"] = int(value)


async def set_again(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Switch the rule on with the target it has, or give it another timer."""
    rule = (await forwarded(manager)).rule(chosen_condition(manager))
    if rule is not None:
        await take(manager, parse_target("+" + rule.target))


async def switch_off(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Ask whether to switch off this rule."""
    parameters = ForwardingOffParameters(chosen_condition(manager))
    await start_question(manager, ActionKind.FORWARDING_OFF, card_of(manager), parameters)


async def choose_known(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, digits: str
) -> None:
    """A target that the number had before."""
    await take(manager, parse_target("+" + digits))


async def type_target(text: str, manager: DialogManager) -> None:
    """A whole number of whatever kind, or a part of one of the company's."""
    try:
        try:
            target = parse_target(text)
        except TargetInvalid:
            digits = digits_of(text) or ""
            if len(digits) >= WHOLE_NUMBER:
                raise
            known = await typed_number(text, manager, asking(manager), take)
            if digits and not known:
                # A part of none of the company's numbers: a short one.
                forget_search(manager)
                raise
        else:
            await take(manager, target)
    except InputRefused as refused:
        notice(manager, refusal(refused))


async def type_at_rule(text: str, manager: DialogManager) -> bool:
    """A number typed at a rule is its target; words are none."""
    if digits_of(text) is None or not await may_change(manager, await forwarded(manager)):
        return False
    await manager.switch_to(states.Forwarding.target)
    await type_target(text, manager)
    return True


async def take(manager: DialogManager, target: Msisdn) -> None:
    """Ask the question; of a target abroad its price first."""
    if target == card_of(manager):
        await reply(manager, refusal(ForwardingToItself()))
        return
    manager.dialog_data["target"] = target.digits
    if target.region != "KZ":
        await manager.switch_to(states.Forwarding.abroad)
        return
    await _ask(manager, target)


async def _ask(manager: DialogManager, target: Msisdn, *, abroad: bool = False) -> None:
    condition = chosen_condition(manager)
    timer = chosen_timer(manager, (await forwarded(manager)).rule(condition))
    parameters = setting(condition, target, timer, abroad=abroad)
    if await start_question(manager, ActionKind.FORWARDING_SET, card_of(manager), parameters):
        forget_search(manager)


async def abroad(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Go on with a target abroad, its price in view."""
    await _ask(manager, parse_target("+" + manager.dialog_data["target"]), abroad=True)
