"""What the windows of call forwarding show (S20)."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.chapters.forwarding import (
    CONDITION,
    TIMERS,
    USUAL_TIMER,
    Condition,
    Forwarded,
    Forwarding,
    Rule,
)
from account.identity.permissions import may
from account.values.identifiers import Msisdn
from account.values.number import Number, NumberState
from account.values.page import Page
from account.values.rights import Right
from bot.context.update_context import context_of
from bot.flows.forwarding.texts import condition_word, rule_shown, seconds_word, target_shown
from bot.flows.numbers.first import Ask
from bot.flows.numbers.getters import card_of
from bot.flows.numbers.picking import picked_page
from bot.texts.facts import number_label, state_shown
from bot.widgets.code_budget import no_code_lines
from bot.widgets.text import Html, said


async def forwarded(manager: DialogManager) -> Forwarded:
    """The number of this dialog with its rules, as the operator has them now."""
    context = context_of(manager)
    return await context.use(Forwarding).of(await context.actor(), card_of(manager))


async def may_change(manager: DialogManager, found: Forwarded) -> bool:
    """Whether its rules can be changed now, by this person."""
    actor = await context_of(manager).actor()
    active = found.number.state is NumberState.ACTIVE
    return active and may(actor, Right.CHANGE_FORWARDING, actor.company.id, found.number)


def chosen_condition(manager: DialogManager) -> Condition:
    """The rule whose window is open."""
    return Condition(manager.dialog_data.get(CONDITION, Condition.UNCONDITIONAL))


def chosen_timer(manager: DialogManager, rule: Rule | None) -> int | None:
    """The chosen timer, else the rule's, else the usual one; no-answer alone has any."""
    if chosen_condition(manager) is not Condition.NO_ANSWER:
        return None
    kept = rule.timer if rule is not None else None
    return int(manager.dialog_data.get("timer") or kept or USUAL_TIMER)


async def _where(manager: DialogManager, *more: str) -> list[str]:
    company = (await context_of(manager).actor()).company
    return [company.name, card_of(manager).shown, _("Call forwarding"), *more]


async def get_rules(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Each condition with its target and state (S20-1, S20-2)."""
    found = await forwarded(dialog_manager)
    changes = await may_change(dialog_manager, found)
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
    if changes:
        lines += await no_code_lines(dialog_manager)
    return {
        "where": await _where(dialog_manager),
        "text": Html("\n" + "\n".join(lines)),
        "conditions": [
            (condition_word(condition), condition.value) for condition in Condition if changes
        ],
        "cancelable": changes and found.any_active,
    }


async def get_rule(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The rule, its timer, and what can be done with it."""
    found = await forwarded(dialog_manager)
    condition = chosen_condition(dialog_manager)
    rule = found.rule(condition)
    timer = chosen_timer(dialog_manager, rule)
    changes = await may_change(dialog_manager, found)
    lines = [said("\n<b>{rule}</b>", rule=rule_shown(rule))]
    if timer is not None:
        lines.append(said(_("Forwarded {timer} without an answer."), timer=seconds_word(timer)))
    if condition is Condition.UNCONDITIONAL:
        lines.append(Html(_("While it is on, the other rules are kept and suspended.")))
    again = None
    if rule is not None and (not rule.active or rule.timer != timer):
        again = _forward_to(rule.target)
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


def _forward_to(digits: str) -> str:
    words = _("🔀 Forward to {target}")
    try:
        return number_label(words, Msisdn(digits))
    except ValueError:
        return words.format(target=digits)


def asking(manager: DialogManager) -> Ask:
    """Asks for the company's numbers to choose a target from."""
    context = context_of(manager)

    async def ask(search: str, offset: int, limit: int) -> Page[Number]:
        return await context.use(Forwarding).targets(await context.actor(), search, offset, limit)

    return ask


async def get_target(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Targets this number had last, and the company's numbers."""
    found = await forwarded(dialog_manager)
    rows = await picked_page(dialog_manager, asking(dialog_manager), found.number.msisdn)
    known = [] if rows["searching"] or rows["here"] else _known(found)
    lines = [
        Html("\n" + _("<b>Where to forward?</b>")),
        Html(_("Type any number, or a part of one of the company's numbers to search.")),
    ]
    if not rows["rows"]:
        lines.append(Html(_("Nothing found among the company's Active numbers.")))
    lines += await no_code_lines(dialog_manager)
    return {
        "where": await _where(dialog_manager, condition_word(chosen_condition(dialog_manager))),
        "text": Html("\n".join(lines)),
        **rows,
        "known": [(f"🕘 {target_shown(digits)}", digits) for digits in known],
    }


def _known(found: Forwarded) -> list[str]:
    """Targets of this number's rules, each once, as many as fit a row."""
    return list(dict.fromkeys(rule.target for rule in found.rules))[:2]


async def get_abroad(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The second question of a target abroad (S20-3)."""
    target = target_shown(dialog_manager.dialog_data["target"])
    return {
        "where": await _where(dialog_manager, condition_word(chosen_condition(dialog_manager))),
        "text": said(
            "\n"
            + _(
                "⚠️ {target} is abroad. Each forwarded call costs as an international call of this "
                "number, for as long as it lasts. Ask corporate support for the price."
            ),
            target=target,
        ),
    }
