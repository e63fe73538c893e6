"""The four rules of a number, one of them, and its target (S20)."""

from __future__ import annotations

import operator
from typing import Any

from aiogram.enums import ButtonStyle
from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Button, Group, Row, Select, SwitchTo
from aiogram_dialog.widgets.style import Style
from aiogram_dialog.widgets.text import Format

from account.actions import ActionKind
from account.errors import ForwardingToItself, InputRefused
from account.forwarding import (
    ALL,
    CONDITION,
    TIMERS,
    USUAL_TIMER,
    Condition,
    Forwarded,
    Rule,
    parse_target,
    setting,
)
from account.identifiers import Msisdn, digits_of
from account.numbers import Number, NumberState, Page
from account.permissions import Right, may
from bot.flows import states
from bot.flows.confirm.handlers import start_question
from bot.flows.forwarding.words import condition_word, rule_shown, seconds_word, target_shown
from bot.flows.numbers.getters import card_of
from bot.flows.numbers.picking import forget_search, picked_page, picking_rows, typed_number
from bot.sentences import refusal, state_shown
from bot.visit import visit_of
from bot.widgets.page import back_to, notice, page, reply, way_back
from bot.widgets.text import Html, Said, Shown, said
from bot.widgets.typed import text_input

WHOLE_NUMBER = 10
"""So many digits are no part of a number to search for."""


async def _of(manager: DialogManager) -> Forwarded:
    visit = visit_of(manager)
    return await visit.house.forwarding.of(await visit.actor(), card_of(manager))


async def _may_change(manager: DialogManager, found: Forwarded) -> bool:
    actor = await visit_of(manager).actor()
    active = found.number.state is NumberState.ACTIVE
    return active and may(actor, Right.CHANGE_FORWARDING, actor.company.id, found.number)


def _condition(manager: DialogManager) -> Condition:
    return Condition(manager.dialog_data.get(CONDITION, Condition.UNCONDITIONAL))


def _timer(manager: DialogManager, rule: Rule | None) -> int | None:
    """The chosen timer, else the rule's, else the usual one; no-answer alone has any."""
    if _condition(manager) is not Condition.NO_ANSWER:
        return None
    kept = rule.timer if rule is not None else None
    return int(manager.dialog_data.get("timer") or kept or USUAL_TIMER)


async def _where(manager: DialogManager, *more: str) -> list[str]:
    company = (await visit_of(manager).actor()).company
    return [company.name, card_of(manager).shown, _("Call forwarding"), *more]


# --- the four rules ---


async def get_rules(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Each condition with its target and state (S20-1, S20-2)."""
    found = await _of(dialog_manager)
    changes = await _may_change(dialog_manager, found)
    lines = [
        said(
            "{condition}: <b>{rule}</b>",
            condition=condition_word(condition),
            rule=rule_shown(found.rule(condition)),
        )
        for condition in Condition
    ]
    if found.number.state is not NumberState.ACTIVE:
        lines.append(
            said(
                "\n" + _("{state}: nothing is forwarded, and rules are changed when it is Active."),
                state=state_shown(found.number.state),
            )
        )
    return {
        "where": await _where(dialog_manager),
        "text": Html("\n" + "\n".join(lines)),
        "conditions": [
            (condition_word(condition), condition.value) for condition in Condition if changes
        ],
        "cancelable": changes and found.any_active,
    }


async def _open_rule(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    """One rule; the value comes from a button and may be forged."""
    if value in set(Condition):
        manager.dialog_data.update({CONDITION: value, "timer": None})
        await manager.switch_to(states.Forwarding.rule)


async def _cancel_all(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await start_question(manager, ActionKind.FORWARDING_OFF, card_of(manager), {CONDITION: ALL})


# --- one rule ---


async def get_rule(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The rule, its timer, and what can be done with it."""
    found = await _of(dialog_manager)
    condition = _condition(dialog_manager)
    rule = found.rule(condition)
    timer = _timer(dialog_manager, rule)
    changes = await _may_change(dialog_manager, found)
    lines = [said("\n<b>{rule}</b>", rule=rule_shown(rule))]
    if timer is not None:
        lines.append(said(_("Forwarded {timer} without an answer."), timer=seconds_word(timer)))
    if condition is Condition.UNCONDITIONAL:
        lines.append(Html(_("While it is on, the other rules are kept and suspended.")))
    again = None
    if rule is not None and (not rule.active or rule.timer != timer):
        again = _("🔀 Forward to {target}").format(target=target_shown(rule.target))
    return {
        "where": await _where(dialog_manager, condition_word(condition)),
        "text": Html("\n".join(lines)),
        "timers": [
            (f"{seconds} ✓" if seconds == timer else str(seconds), str(seconds))
            for seconds in TIMERS
            if changes and timer is not None
        ],
        "again": again if changes else None,
        "choose": changes,
        "active": changes and rule is not None and rule.active,
    }


async def _choose_timer(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, value: str
) -> None:
    if value in {str(seconds) for seconds in TIMERS}:
        manager.dialog_data["timer"] = int(value)


async def _set_again(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Switch the rule on with the target it has, or give it another timer."""
    rule = (await _of(manager)).rule(_condition(manager))
    if rule is not None:
        await _take(manager, parse_target("+" + rule.target))


async def _switch_off(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    wish = {CONDITION: _condition(manager).value}
    await start_question(manager, ActionKind.FORWARDING_OFF, card_of(manager), wish)


# --- its target ---


def _asking(manager: DialogManager) -> Any:
    visit = visit_of(manager)

    async def ask(search: str, offset: int, limit: int) -> Page[Number]:
        return await visit.house.forwarding.targets(await visit.actor(), search, offset, limit)

    return ask


def _label(number: Number) -> str:
    return number.msisdn.short


async def get_target(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Targets this number had last, and the company's numbers."""
    found = await _of(dialog_manager)
    rows = await picked_page(dialog_manager, _asking(dialog_manager), _label, found.number.msisdn)
    known = [] if rows["searching"] or rows["here"] else _known(found)
    lines = [
        Html("\n" + _("<b>Where to forward?</b>")),
        Html(_("Type any number, or a part of one of the company's numbers to search.")),
    ]
    if not rows["rows"]:
        lines.append(Html(_("Nothing found among the company's Active numbers.")))
    return {
        "where": await _where(dialog_manager, condition_word(_condition(dialog_manager))),
        "text": Html("\n".join(lines)),
        **rows,
        "known": [(f"🕘 {target_shown(digits)}", digits) for digits in known],
    }


def _known(found: Forwarded) -> list[str]:
    """Targets of this number's rules, each once, as many as fit a row."""
    return list(dict.fromkeys(rule.target for rule in found.rules))[:2]


async def _choose_known(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, digits: str
) -> None:
    await _take(manager, parse_target("+" + digits))


async def _type_target(text: str, manager: DialogManager) -> None:
    """A whole number of whatever kind, or a part of one of the company's."""
    try:
        try:
            target = parse_target(text)
        except InputRefused:
            if len(digits_of(text) or "") >= WHOLE_NUMBER:
                raise
            await typed_number(text, manager, _asking(manager), _take)
        else:
            await _take(manager, target)
    except InputRefused as refused:
        notice(manager, refusal(refused))


async def _take(manager: DialogManager, target: Msisdn) -> None:
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
    condition = _condition(manager)
    timer = _timer(manager, (await _of(manager)).rule(condition))
    wish = setting(condition, target, timer, abroad=abroad)
    if await start_question(manager, ActionKind.FORWARDING_SET, card_of(manager), wish):
        forget_search(manager)


# --- abroad ---


async def get_abroad(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The second question of a target abroad (S20-3)."""
    target = target_shown(dialog_manager.dialog_data["target"])
    return {
        "where": await _where(dialog_manager, condition_word(_condition(dialog_manager))),
        "text": said(
            "\n"
            + _(
                "⚠️ {target} is abroad. Each forwarded call costs as an international call of this "
                "number, for as long as it lasts. Ask corporate support for the price."
            ),
            target=target,
        ),
    }


async def _abroad(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _ask(manager, parse_target("+" + manager.dialog_data["target"]), abroad=True)


forwarding_dialog = Dialog(
    page(
        states.Forwarding.rules,
        Shown("text"),
        keyboard=[
            Group(
                Select(
                    Format("{item[0]}"),
                    id="condition",
                    item_id_getter=operator.itemgetter(1),
                    items="conditions",
                    on_click=_open_rule,
                ),
                width=2,
            ),
            Button(
                Said("Cancel all forwarding"),
                id="cancel_all",
                on_click=_cancel_all,
                when="cancelable",
                style=Style(ButtonStyle.DANGER),
            ),
        ],
        getter=get_rules,
    ),
    page(
        states.Forwarding.rule,
        Shown("text"),
        keyboard=[
            Button(Shown("again"), id="again", on_click=_set_again, when="again"),
            SwitchTo(
                Said("🔀 Choose a target"),
                id="target",
                state=states.Forwarding.target,
                when="choose",
            ),
            Group(
                Select(
                    Format("{item[0]}"),
                    id="timer",
                    item_id_getter=operator.itemgetter(1),
                    items="timers",
                    on_click=_choose_timer,
                ),
                width=3,
            ),
            Button(
                Said("Switch off"),
                id="off",
                on_click=_switch_off,
                when="active",
                style=Style(ButtonStyle.DANGER),
            ),
        ],
        getter=get_rule,
        back=way_back(back_to(states.Forwarding.rules)),
    ),
    page(
        states.Forwarding.target,
        Shown("text"),
        keyboard=[
            Group(
                Select(
                    Format("{item[0]}"),
                    id="known",
                    item_id_getter=operator.itemgetter(1),
                    items="known",
                    on_click=_choose_known,
                ),
                width=2,
            ),
            *picking_rows(_take),
        ],
        typing=text_input(_type_target),
        getter=get_target,
        back=way_back(back_to(states.Forwarding.rule)),
    ),
    page(
        states.Forwarding.abroad,
        Shown("text"),
        keyboard=[Row(Button(Said("Forward abroad"), id="abroad", on_click=_abroad))],
        getter=get_abroad,
        back=way_back(back_to(states.Forwarding.target)),
    ),
)
