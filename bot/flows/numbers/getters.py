"""What the list, the filter and the card show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from aiogram_dialog import DialogManager

from account.changes.action import ActionKind
from account.chapters.labels import Labels
from account.chapters.numbers import PAGE, Card, Numbers, NumbersQuery
from account.chapters.shortlist import Shortlist
from account.chapters.state_table import hindrance
from account.errors import (
    NumberStateRefused,
    PaymentMethodUnknown,
    SimNotActive,
    TransferOfCredit,
)
from account.identity.permissions import Actor, may
from account.values.capabilities import Capability
from account.values.identifiers import Msisdn
from account.values.number import COMPANY_STATES, Ban, Number, NumberState, PaymentMethod
from account.values.periods import shown_moment, shown_time
from account.values.rights import Right
from bot.context.update_context import UpdateContext, context_of
from bot.flows.bans.texts import ban_shown, bans_in_short
from bot.flows.numbers.first import asking, first_numbers
from bot.texts.facts import (
    SIGNS,
    funds_word,
    language,
    left_out_line,
    number_label,
    payment_word,
    state_shown,
)
from bot.widgets.paging import page_here, paging, read_page
from bot.widgets.short_ids import key
from bot.widgets.text import Html, said
from documents.text.marker import N_

_IN_MORE: Mapping[ActionKind, tuple[Right, str]] = {
    ActionKind.TRANSFER: (Right.TRANSFER, N_("Balance transfer")),
    ActionKind.SIM_REPLACE: (Right.REPLACE_SIM, N_("SIM card replacement")),
    ActionKind.BAN: (Right.BAN, N_("Bans")),
}
"""What the state of a number keeps from being done: the right it needs, what it is called."""


def query_of(manager: DialogManager) -> NumbersQuery:
    """The part of the list the person is looking at."""
    data = manager.dialog_data
    state = data.get("state")
    return NumbersQuery(
        search=data.get("search", ""),
        state=NumberState(state) if state else None,
        offset=page_here(manager) * PAGE,
        centre=data.get("centre"),
    )


def funds_shown(number: Number) -> str:
    """The money of a number, in words when there is none to tell."""
    if number.funds is None:
        return "—"
    amount = number.funds.shown(language())
    if not number.shared:
        return amount
    return _("{amount} (shared with other numbers)").format(amount=amount)


def called(number: Number) -> str | None:
    """Who uses it: the company's own label, or the operator's where there is none."""
    return number.own.label or number.label


def row_label(number: Number, search: str = "") -> str:
    """State, number, whole tenge and employee on the number's own button (S05).

    In the employee's place stands the tariff or the account that was found by. The likeliest to be
    cut off on a telephone stands last; all of it is on the card, and in the file of the list.
    """
    money = "—" if number.funds is None else number.funds.whole.shown(language())
    sought = search.casefold()
    found = [told for told in (number.tariff, number.account) if sought in told.casefold()]
    last = found[0] if found and sought and sought not in number.msisdn.digits else called(number)
    told = [f"{SIGNS[number.state]} {number.msisdn.short}", money, last or ""]
    return " · ".join(filter(None, told))


async def get_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """A page of the list, as the operator has it now."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    query = query_of(dialog_manager)
    page, turning = await read_page(
        dialog_manager,
        PAGE,
        lambda offset: context.use(Numbers).page(actor, replace(query, offset=offset)),
    )
    state = state_shown(query.state) if query.state else _("all states")
    found = ngettext("{n} number", "{n} numbers", page.total).format(n=page.total)
    if turning["many"]:
        found += " · " + _("page {here} of {last}").format(
            here=turning["here"] + 1, last=turning["last"] + 1
        )
    facts = [said("\n{found} · {state}", found=found, state=state)]
    if query.centre is not None:
        every = await context.use(Labels).centres(actor)
        name = next((one.name for one in every if one.key == query.centre), "—")
        facts = [said("\n{found}", found=found), said(_("Cost centre: <b>{text}</b>"), text=name)]
    if query.search:
        facts.append(said(_("Search: <b>{text}</b>"), text=query.search))
    facts.extend(map(Html, left_out_line(page.left_out)))
    facts.append(
        Html(_("Type any part of a number, account or tariff to search."))
        if page.total
        else Html(_("Nothing found. Type another part of a number, account or tariff."))
    )
    first = []
    narrowed = query.search or query.state or query.centre is not None
    if turning["many"] and not (turning["here"] or narrowed):
        first = await first_numbers(dialog_manager, asking(dialog_manager), page.rows)
    return {
        "where": [actor.company.name, _("Numbers")],
        "text": Html("\n".join(facts)),
        "first": [
            (f"{mark} {SIGNS[one.state]} {one.msisdn.short}", one.msisdn.digits)
            for mark, one in first
        ],
        "rows": [(row_label(number, query.search), number.msisdn.digits) for number in page.rows],
        **turning,
        "searching": bool(query.search) or query.centre is not None,
        "filter": _("Filter: {state}").format(state=state),
    }


async def get_filter(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The states to choose from."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    chosen = dialog_manager.dialog_data.get("state")
    states = [("", _("All"))] + [(state.value, state_shown(state)) for state in COMPANY_STATES]
    return {
        "where": [actor.company.name, _("Numbers"), _("Filter")],
        "states": [
            (f"✓ {word}" if (chosen or "") == value else word, value or "all")
            for value, word in states
        ],
        "has_centres": await _has_centres(context, actor),
    }


async def _has_centres(context: UpdateContext, actor: Actor) -> bool:
    """Whether the company has cost centres that this person may see."""
    if not may(actor, Right.READ_LABELS, actor.company.id):
        return False
    return bool(await context.use(Labels).centres(actor))


async def get_centres(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The cost centres to choose from, with how many numbers each has."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    every = await context.use(Labels).centres(actor)
    turning = paging(dialog_manager, len(every), PAGE)
    start = turning["here"] * PAGE
    return {
        "where": [actor.company.name, _("Numbers"), _("Cost centre")],
        "centres": [
            (f"{one.name} · {one.numbers}", key(one.key)) for one in every[start : start + PAGE]
        ],
        **turning,
    }


def card_of(manager: DialogManager) -> Msisdn:
    """The number whose card is open. Every right to it is asked for where it is read."""
    assert isinstance(manager.start_data, dict)
    return Msisdn(manager.start_data["msisdn"])


async def get_card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The card: what is wanted most, first."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    card = await context.use(Numbers).card(actor, card_of(dialog_manager))
    number = card.number
    kept = dialog_manager.dialog_data
    if "favourite" not in kept:
        # The person's own, and changed on this card: a look at each tap would cost a statement.
        kept["favourite"] = await context.use(Shortlist).favourite(actor, number.msisdn)
    favourite = kept["favourite"]
    return {
        "where": [actor.company.name, number.msisdn.shown],
        "favourite": _("★ Favourite") if favourite else _("☆ Favourite"),
        "text": Html("\n".join(card_facts(card, actor.company.lacks))),
        "can_block": hindrance(ActionKind.BLOCK, number) is None,
        "can_unblock": hindrance(ActionKind.UNBLOCK, number) is None,
        "more": _more(actor.company.lacks),
        "in_debt": number.state is NumberState.DEBT,
        "block": number_label(_("⛔ Block {number}"), number.msisdn),
        "unblock": number_label(_("🔒 Unblock {number}"), number.msisdn),
    }


def _more(lacks: frozenset[Capability]) -> str:
    """It names what lies behind it, as long as all of that is there."""
    named = {Capability.BANS, Capability.DEVICE_REGISTRY, Capability.PAYMENTS}
    return f"⋯ {_('More')}" if lacks & named else _("⋯ More: bans, devices, payments")


def card_facts(card: Card, lacks: frozenset[Capability] = frozenset()) -> list[Html]:
    """What the card tells of a number, a line each."""
    number = card.number
    lines = [said("\n{state}", state=_since(number))]
    if number.own.label:
        lines.append(said(_("Label: <b>{text}</b>"), text=number.own.label))
    elif number.label:
        line = said(_("Employee: {label}"), label=number.label)
        lines.append(said("{line} ({whose})", line=line, whose=_("at the operator")))
    if number.own.centre:
        lines.append(said(_("Cost centre: <b>{text}</b>"), text=number.own.centre))
    lines.append(said(_("Tariff: {tariff}"), tariff=number.tariff))
    lines.append(said(_("Account: <code>{account}</code>"), account=number.account))
    lines.append(_payment(number))
    if number.payment is PaymentMethod.OTHER:
        lines.append(
            Html(_("Balance or credit limit: not known, since the billing method is not known"))
        )
    else:
        word, amount = funds_word(number.payment), funds_shown(number)
        lines.append(said("{word}: <b>{amount}</b>", word=word, amount=amount))
    if number.individual_limit is not None:
        amount = number.individual_limit.shown(language())
        lines.append(said(_("Available funds (individual limit): {amount}"), amount=amount))
    elif number.limit_unknown:
        lines.append(Html(_("Available funds: the individual limit is not known")))
    else:
        lines.append(Html(_("Available funds: no individual limit")))
    if number.debt:
        lines.append(said(_("Unpaid: <b>{amount}</b>"), amount=number.debt.shown(language())))
    if number.state is NumberState.BLOCKED_BY_OPERATOR:
        lines.append(
            Html(_("It cannot be unblocked here. Ask corporate support for the reason (FAQ 5)."))
        )
    elif number.state in (NumberState.CONNECTING, NumberState.CLOSING):
        lines.append(Html(_("Nothing can be changed on it in this state.")))
    if number.state is NumberState.DEBT:
        lines.append(
            Html(
                _(
                    "It cannot be unblocked here now. After payment it stays Blocked: a block of "
                    "the company lies on it as well (FAQ 7)."
                )
                if number.blocked_by_company
                else _("It cannot be unblocked here: it opens by itself after payment (FAQ 7).")
            )
        )
    if Capability.BANS not in lacks:
        lines.append(Html(bans_in_short(number.bans)))
    lines.append(said(_("as of {time}"), time=shown_time(card.read_at)))
    return lines


async def get_more(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The chapters that are wanted less often; what cannot be done now has a reason, no button."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    number = (await context.use(Numbers).card(actor, card_of(dialog_manager))).number
    why = {kind: hindrance(kind, number) for kind in _IN_MORE}
    lines = [Html(_("\nWhat would you like to do with this number?"))]
    not_active = [
        _(name)
        for kind, (right, name) in _IN_MORE.items()
        if isinstance(why[kind], NumberStateRefused) and may(actor, right, actor.company.id, number)
    ]
    if not_active:
        lines.append(
            said(
                "\n" + _("Only on an Active number: {what}. Now: {state}."),
                what=", ".join(not_active),
                state=state_shown(number.state),
            )
        )
    if isinstance(why[ActionKind.TRANSFER], (TransferOfCredit, PaymentMethodUnknown)) and may(
        actor, Right.TRANSFER, actor.company.id, number
    ):
        lines.append(
            said(
                "\n" + _("Balance transfer: only from a prepaid number. Now: {payment}."),
                payment=payment_word(number.payment, number.payment_told),
            )
        )
    return {
        "where": [actor.company.name, number.msisdn.shown, _("More")],
        "text": Html("\n".join(lines)),
        "transfers": why[ActionKind.TRANSFER] is None,
        "replaces": why[ActionKind.SIM_REPLACE] is None,
        "bans": why[ActionKind.BAN] is None,
        "explains": isinstance(why[ActionKind.SIM_REPLACE], SimNotActive),
    }


async def get_general(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """General information (S07), the bans with what they mean (T2)."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    number = (await context.use(Numbers).card(actor, card_of(dialog_manager))).number
    lines = [
        _payment(number),
        said(
            _("Registration form: <code>{form}</code>"),
            form=number.registration_form or "—",
        ),
        said(_("Account: <code>{account}</code>"), account=number.account),
    ]
    if Capability.BANS not in actor.company.lacks:
        lines += [Html(""), *(Html(ban_shown(ban, on=ban in number.bans)) for ban in reversed(Ban))]
    return {
        "where": [actor.company.name, number.msisdn.shown, _("General information")],
        "text": Html("\n" + "\n".join(lines)),
    }


def _payment(number: Number) -> Html:
    method = payment_word(number.payment, number.payment_told)
    return said(_("Method of payment: {payment}"), payment=method)


def _since(number: Number) -> str:
    state = state_shown(number.state)
    if number.state_since is None:
        return state
    return _("{state} since {moment}").format(state=state, moment=shown_moment(number.state_since))
