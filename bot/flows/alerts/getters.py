"""What the windows of alerts show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.chapters.alerts.rule import AMOUNTS, USED_UP, AlertRule, Measure, QuietHours, Scope
from account.chapters.alerts.rules import AlertRules
from account.chapters.labels import Labels
from account.identity.permissions import Actor, may
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.rights import Right
from bot.context.update_context import UpdateContext, context_of
from bot.flows.alerts.texts import (
    freshness,
    measure_word,
    muted_word,
    quiet_word,
    rule_word,
    scope_word,
)
from bot.flows.services.texts import clipped
from bot.texts.facts import language
from bot.widgets.paging import paging
from bot.widgets.short_ids import key
from bot.widgets.text import Html, said

PAGE = 8
LONGEST_ON_BUTTON = 60
"""Signs of a rule, whose numbers are told first; its window says all of it."""
PRESETS = tuple(Money(tenge * 100) for tenge in (500, 1_000, 2_000, 5_000, 10_000, 50_000))
HOURS = (QuietHours(), QuietHours(20 * 60, 9 * 60), QuietHours(23 * 60, 7 * 60), QuietHours(0, 0))


def number_of(manager: DialogManager) -> Msisdn | None:
    """The number from whose card the dialog was opened."""
    data = manager.start_data
    digits = data.get("msisdn") if isinstance(data, dict) else None
    return Msisdn(digits) if isinstance(digits, str) else None


def where(manager: DialogManager, actor: Actor, *more: str) -> list[str]:
    """The header: company, the number where it is one, and the section."""
    number = number_of(manager)
    here = [] if number is None else [number.shown]
    return [actor.company.name, *here, _("Alerts"), *more]


async def centre_names(context: UpdateContext, actor: Actor) -> dict[str, str]:
    """Names of the company's cost centres by key; none for who may not read them."""
    if not may(actor, Right.READ_LABELS, actor.company.id):
        return {}
    return {one.key: one.name for one in await context.use(Labels).centres(actor)}


async def get_rules(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """One's own rules, and how fresh what is known is."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    use = context.use(AlertRules)
    number = number_of(dialog_manager)
    every, muted_until = await use.own(actor), None
    if number is not None:
        every = [
            one
            for one in every
            if one.scope is Scope.COMPANY
            or (one.scope, one.target) == (Scope.NUMBER, number.digits)
        ]
        muted_until = await use.number_muted_until(actor, number)
    names = await centre_names(context, actor)
    now = context.now()
    turning = paging(dialog_manager, len(every), PAGE)
    start = turning["here"] * PAGE
    text = (
        _("You are told here when one of these becomes true. Tap one to mute or delete it.")
        if every
        else _("There is no rule yet. Add one, and you are told in this chat.")
    )
    fresh = freshness(await use.look(actor)) if every else ""
    silence = said("") if muted_until is None else muted_word(muted_until, now)
    lines = [said("\n{text}", text=text), silence, said("{t}", t=fresh)]
    return {
        "where": where(dialog_manager, actor),
        "text": Html("\n".join(filter(None, lines))),
        "of_number": number is not None,
        "rows": [
            (
                clipped(
                    f"{_sign(one.muted(now))} {scope_word(one, names)} · {rule_word(one)}",
                    LONGEST_ON_BUTTON,
                ),
                one.id,
            )
            for one in every[start : start + PAGE]
        ],
        "quiet": _("🌙 Quiet hours: {hours}").format(hours=quiet_word(await use.quiet(actor))),
        **turning,
    }


def _sign(muted: bool) -> str:
    return "🔕" if muted else "🔔"


async def get_measures(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What can be looked at."""
    actor = await context_of(dialog_manager).actor()
    return {
        "where": where(dialog_manager, actor),
        "measures": [
            (measure_word(one), one.value)
            for one in context_of(dialog_manager).use(AlertRules).measures(actor)
        ],
    }


async def get_scopes(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Which numbers."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    lately = []
    if may(actor, Right.READ_LABELS, actor.company.id):
        lately = list(await context.use(Labels).lately(actor))[:PAGE]
    return {
        "where": where(dialog_manager, actor),
        "what": measure_word(measure_of(dialog_manager)),
        "centres": [(f"🏷 {one.name}", key(one.key)) for one in lately],
    }


def measure_of(manager: DialogManager) -> Measure:
    """What was picked; a forged or lost one is the first."""
    picked = manager.dialog_data.get("measure")
    return Measure(picked) if picked in set(Measure) else Measure.FUNDS


async def get_amounts(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Below which amount."""
    actor = await context_of(dialog_manager).actor()
    measure = measure_of(dialog_manager)
    assert measure in AMOUNTS
    return {
        "where": where(dialog_manager, actor),
        "what": measure_word(measure),
        "ask": _("\nAbove which amount? Pick one or type it, for example 5000.")
        if measure is Measure.SPEND
        else _("\nBelow which amount? Pick one or type it, for example 1000."),
        "amounts": [
            *([(_("Used up"), str(USED_UP.tiyn))] if measure is Measure.LIMIT else []),
            *((one.shown(language()), str(one.tiyn)) for one in PRESETS),
        ],
    }


def rule_id_of(manager: DialogManager) -> str:
    """The rule of the window: picked in the list, or named by a button below an alert."""
    data = manager.start_data
    told = data.get("rule", "") if isinstance(data, dict) else ""
    return str(manager.dialog_data.get("rule", told))


async def get_rule(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """One rule, and what can be done with it."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    rule: AlertRule = await context.use(AlertRules).read(actor, rule_id_of(dialog_manager))
    names = await centre_names(context, actor)
    look = await context.use(AlertRules).look(actor, single=rule.single)
    now = context.now()
    lines = [
        said("\n<b>{what}</b>", what=rule_word(rule)),
        said("{scope}", scope=scope_word(rule, names)),
        said("{fresh}", fresh=freshness(look)),
    ]
    if rule.muted(now) and rule.muted_until is not None:
        lines.append(muted_word(rule.muted_until, now))
    return {
        "where": where(dialog_manager, actor),
        "text": Html("\n".join(lines)),
        "told": not rule.muted(now),
        "muted": rule.muted(now),
    }


async def get_number(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Whether anything is told of the number from whose alert or card one came."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    number = number_of(dialog_manager)
    assert number is not None
    until = await context.use(AlertRules).number_muted_until(actor, number)
    return {
        "where": where(dialog_manager, actor),
        "text": Html(_("You are told of this number by every rule that it is one of."))
        if until is None
        else muted_word(until, context.now()),
        "told": until is None,
        "muted": until is not None,
    }


async def get_quiet(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """When nothing is told but what cannot wait."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    present = await context.use(AlertRules).quiet(actor)
    return {
        "where": where(dialog_manager, actor),
        "now": quiet_word(present),
        "hours": [
            (quiet_word(one) if not one.none else _("No quiet hours"), str(n))
            for n, one in enumerate(HOURS)
        ],
    }
