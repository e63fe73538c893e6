"""What the lists of services and one service show (S11, S12)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.changes.action import ActionKind
from account.chapters.numbers import PAGE
from account.chapters.services.offerings import Group, NumberServices, Offering, Service, Services
from account.chapters.state_table import hindrance
from account.errors import ChangeRefused, NumberInDebt, NumberStateRefused
from account.identity.permissions import may
from account.values.number import NumberState
from account.values.periods import shown_day, shown_moment
from account.values.rights import Right
from bot.context.update_context import context_of
from bot.flows.numbers.getters import card_of
from bot.flows.services.texts import (
    LONGEST_NAME,
    LONGEST_ON_BUTTON,
    clipped,
    disable_word,
    enable_word,
    group_word,
    lasts_shown,
    price_of,
    price_shown,
    terms_shown,
    volume_shown,
)
from bot.texts.facts import left_out_line, state_shown
from bot.texts.service_errors import in_language, why_not
from bot.widgets.paging import paging
from bot.widgets.short_ids import found, key
from bot.widgets.text import Html, said

ROWS_OF_GROUPS = 6


async def services_of(manager: DialogManager) -> NumberServices:
    """The services of the number whose window it is, as the operator has them now."""
    context = context_of(manager)
    return await context.use(Services).of(await context.actor(), card_of(manager))


def chosen_service(manager: DialogManager, of: NumberServices) -> Service | None:
    """The service whose window is open; None when it is off by now."""
    return found(of.manageable, lambda one: one.id, manager.dialog_data.get("service"))


def chosen_offering(manager: DialogManager, of: NumberServices) -> Offering | None:
    """The offering whose window is open, also when it is active already; None when it is gone."""
    return found_offering(of, manager.dialog_data.get("offering"))


def found_offering(of: NumberServices, chosen: object) -> Offering | None:
    """The offering that a button stands for; None when it is gone, or the button forged."""
    offered = [one for one in of.offerings.values() if one.sellable]
    return found(offered, lambda one: one.id, chosen)


async def get_active(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Activated services that the administrator may disable, a page of them (S11)."""
    of = await services_of(dialog_manager)
    turning = paging(dialog_manager, len(of.manageable), PAGE)
    first = turning["here"] * PAGE
    rows = of.manageable[first : first + PAGE]
    lines = [
        said(
            "\n{n}. <b>{name}</b>\n{more}",
            n=n,
            name=clipped(in_language(of.names(service)), LONGEST_NAME),
            more=" · ".join(_facts(service)),
        )
        for n, service in enumerate(rows, first + 1)
    ]
    actor = await context_of(dialog_manager).actor()
    changes = may(actor, Right.CHANGE_SERVICES, actor.company.id, of.number)
    off, on = (
        hindrance(kind, of.number) for kind in (ActionKind.SERVICE_OFF, ActionKind.SERVICE_ON)
    )
    if not rows:
        lines.append(Html("\n" + _("There are no services that you can disable.")))
    elif changes and off is None:
        lines.append(Html("\n" + _("Tap a number for the terms and to disable.")))
    else:
        lines.append(Html("\n" + _("Tap a number for the terms.")))
    if changes and on is not None:
        lines.append(_state_note(of.number.state))
    lines.extend(map(Html, left_out_line(of.left_out)))
    offered = not changes or on is None
    counted = _counted(of) if offered else {}
    few = len(counted) <= ROWS_OF_GROUPS
    if offered and few:
        asked = (
            _("Choose a group.") if counted else _("There is nothing to enable for this number.")
        )
        lines.append(said("\n<b>{what}</b>\n{asked}", what=_("Available services"), asked=asked))
    return {
        "where": await _where(dialog_manager, of, _("Activated services")),
        "text": Html("\n".join(lines)),
        "rows": [(str(n), key(service.id)) for n, service in enumerate(rows, first + 1)],
        "groups": _group_rows(counted) if few else [],
        "on_offer": not few,
        "in_debt": changes and of.number.state is NumberState.DEBT,
        **turning,
    }


async def get_service(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """One active service: its terms, its price, since when (S11)."""
    of = await services_of(dialog_manager)
    service = chosen_service(dialog_manager, of)
    shown: dict[str, Any] = {"can_disable": False, "in_debt": False, "disable": ""}
    if service is None:
        text = Html("\n" + _("The service is already disabled."))
        return {"where": await _where(dialog_manager, of, _("Services")), "text": text, **shown}
    name = in_language(of.names(service))
    offering = of.offerings.get(service.offering_id)
    lines = [said("\n<b>{name}</b>", name=name)]
    lines.extend(said("{fact}", fact=fact) for fact in _facts(service))
    if service.until is not None:
        until = shown_moment(service.until)
        lines.append(said(_("ends {moment}"), moment=until))
    if offering is not None:
        lines.append(said("\n{terms}", terms=terms_shown(offering)))
    in_debt = of.number.state is NumberState.DEBT
    if in_debt:
        lines.append(_state_note(of.number.state))
    return {
        "where": await _where(dialog_manager, of, _("Services")),
        "text": Html("\n".join(lines)),
        "can_disable": not in_debt,
        "in_debt": in_debt,
        "disable": disable_word(of.names(service)),
    }


async def get_groups(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The groups of available services (S12)."""
    of = await services_of(dialog_manager)
    counted = _counted(of)
    turning = paging(dialog_manager, len(counted), ROWS_OF_GROUPS)
    first = turning["here"] * ROWS_OF_GROUPS
    text = _("Choose a group.") if counted else _("There is nothing to enable for this number.")
    lines = ["\n" + text, *left_out_line(of.offerings.left_out)]
    return {
        "where": await _where(dialog_manager, of, _("Available services")),
        "text": Html("\n".join(lines)),
        "rows": _group_rows(counted)[first : first + ROWS_OF_GROUPS],
        **turning,
    }


def _counted(of: NumberServices) -> dict[Group, int]:
    """The groups on offer, with how many there are in each."""
    counted: dict[Group, int] = {}
    for offering in of.on_offer:
        group = _group(offering)
        counted[group] = counted.get(group, 0) + 1
    return counted


def _group_rows(counted: dict[Group, int]) -> list[tuple[str, str]]:
    return [
        (f"{clipped(group_word(group), LONGEST_ON_BUTTON)} · {count}", key(group.id))
        for group, count in counted.items()
    ]


async def get_offers(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A page of one group's offers: tariff, traffic volume, cost (S12)."""
    of = await services_of(dialog_manager)
    wanted = dialog_manager.dialog_data.get("group")
    offered = [one for one in of.on_offer if key(_group(one).id) == wanted]
    turning = paging(dialog_manager, len(offered), PAGE)
    first = turning["here"] * PAGE
    rows = list(enumerate(offered[first : first + PAGE], first + 1))
    lines: list[Html] = []
    for heading, those in groupby(rows, key=lambda row: _subgroup(row[1])):
        if heading is not None:
            lines.append(said("\n<u>{heading}</u>", heading=group_word(heading)))
        lines.extend(_offer_line(n, offering) for n, offering in those)
    actor = await context_of(dialog_manager).actor()
    if rows and may(actor, Right.CHANGE_SERVICES, actor.company.id, of.number):
        lines.append(Html("\n" + _("Tap a number for the terms and to enable.")))
    elif rows:
        lines.append(Html("\n" + _("Tap a number for the terms.")))
    else:
        lines.append(Html("\n" + _("There is nothing to enable for this number.")))
    group = _group(offered[0]) if offered else None
    return {
        "where": await _where(
            dialog_manager, of, group_word(group) if group else _("Available services")
        ),
        "text": Html("\n".join(lines)),
        "rows": [(str(n), key(offering.id)) for n, offering in rows],
        **turning,
    }


async def get_offering(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """One offer: volume, price, terms; the way to enable it, or why there is none (S12-2)."""
    of = await services_of(dialog_manager)
    offering = chosen_offering(dialog_manager, of)
    where = await _where(dialog_manager, of, _("Available services"))
    if offering is None:
        text = Html("\n" + _("This service is no longer on offer."))
        return {"where": where, "text": text, "can_enable": False, "in_debt": False, "enable": ""}
    name = in_language(offering.names)
    lines = [said("\n<b>{name}</b>", name=name)]
    if offering.groups:
        lines.append(said("{group}", group=group_word(offering.groups[-1])))
    lines.append(said(_("Price: <b>{price}</b>"), price=price_of(offering)))
    if offering.by_use:
        lines.append(said(_("Each use is charged in addition.")))
    if offering.volume is not None:
        volume = volume_shown(offering.volume)
        lines.append(said(_("Traffic volume: {volume}"), volume=volume))
    lines.append(said("{lasts}", lasts=lasts_shown(offering)))
    lines.append(said("\n{terms}", terms=terms_shown(offering)))
    hindrance = of.hindrance(offering)
    if hindrance is not None:
        lines.append(_hindrance(hindrance))
    return {
        "where": where,
        "text": Html("\n".join(lines)),
        "can_enable": hindrance is None,
        "in_debt": isinstance(hindrance, NumberInDebt),
        "enable": enable_word(offering.names),
    }


def _hindrance(refused: ChangeRefused) -> Html:
    if isinstance(refused, NumberStateRefused):
        return _state_note(refused.state)
    return said("\n⚠️ {why}", why=why_not(refused) or "")


def _state_note(state: NumberState) -> Html:
    """What cannot be switched in that state."""
    if state is NumberState.DEBT:
        why = _("Services cannot be switched while the number is {state} (FAQ 7).")
    else:
        why = _("Services can be enabled only while the number is Active; it is {state}.")
    return said("\n⚠️ {why}", why=why.format(state=state_shown(state)))


async def _where(manager: DialogManager, of: NumberServices, section: str) -> list[str]:
    actor = await context_of(manager).actor()
    return [actor.company.name, of.number.msisdn.shown, section]


def _facts(service: Service) -> list[str]:
    """Group, price and period, since."""
    facts = []
    group = service.subgroup or service.group
    if group is not None:
        facts.append(group_word(Group(group, "")))
    if service.price is not None:
        facts.append(price_shown(service.price, monthly=service.monthly))
    if service.since is not None:
        facts.append(_("since {day}").format(day=shown_day(service.since)))
    return facts


def _offer_line(n: int, offering: Offering) -> Html:
    """One row of the guide's table."""
    facts = [price_of(offering)]
    if offering.volume is not None:
        facts.insert(0, volume_shown(offering.volume))
    name = clipped(in_language(offering.names), LONGEST_NAME)
    return said("\n{n}. <b>{name}</b>\n{facts}", n=n, name=name, facts=" · ".join(facts))


def _group(offering: Offering) -> Group:
    return offering.groups[0] if offering.groups else Group("", _("Other"))


def _subgroup(offering: Offering) -> Group | None:
    return offering.groups[1] if len(offering.groups) > 1 else None
