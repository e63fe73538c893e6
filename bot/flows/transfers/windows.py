"""Sender, recipient, amount; then the question like any other (S37)."""

from __future__ import annotations

from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Button, Group, Select

from account.changes.action import ActionKind
from account.chapters.transfers import Quote, wished
from account.errors import ChangeRefused, InputRefused
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import Number
from account.values.page import Page
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.confirm.handlers import start_question
from bot.flows.numbers.getters import card_of, funds_shown
from bot.flows.numbers.picking import (
    Ask,
    Take,
    forget_search,
    picked_page,
    picking_rows,
    typed_number,
)
from bot.texts.errors import refusal
from bot.texts.facts import language
from bot.widgets.choices import choices
from bot.widgets.page import back_to, leave, notice, page, reply, way_back
from bot.widgets.text import Html, Shown, said
from bot.widgets.typed import text_input

PRESETS = (Money(500_00), Money(1_000_00), Money(2_000_00), Money(5_000_00), Money(10_000_00))


async def open_from_card(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Begin with the number of this card as the sender; say why when it cannot be."""
    context = context_of(manager)
    msisdn = card_of(manager)
    try:
        await context.use_cases.transfers.sender(await context.actor(), msisdn)
    except ChangeRefused as refused:
        await context.tell(refusal(refused))
        return
    await manager.start(states.Transfers.recipient, data={"msisdn": msisdn.digits})


def _sender(manager: DialogManager) -> Msisdn:
    start = manager.start_data if isinstance(manager.start_data, dict) else {}
    return Msisdn(manager.dialog_data.get("sender") or start["msisdn"])


def _recipient(manager: DialogManager) -> Msisdn:
    return Msisdn(manager.dialog_data["recipient"])


# --- the two numbers ---


def _line(number: Number) -> Html:
    """A number with its balance: too long for a button of a narrow screen."""
    return said(
        "<code>{number}</code> · {amount}",
        number=number.msisdn.shown,
        amount=funds_shown(number),
    )


def _asking(manager: DialogManager) -> Ask:
    context = context_of(manager)

    async def ask(search: str, offset: int, limit: int) -> Page[Number]:
        return await context.use_cases.transfers.numbers(
            await context.actor(), search, offset, limit
        )

    return ask


def _nothing_found(found: dict[str, Any]) -> str:
    if found["searching"]:
        return _("Nothing found among the prepaid Active numbers.")
    return _(
        "There is no prepaid Active number. Only a prepaid balance can be transferred: a credit "
        "limit is no money."
    )


async def get_sender(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The numbers that can send."""
    actor = await context_of(dialog_manager).actor()
    found = await picked_page(dialog_manager, _asking(dialog_manager))
    lines = [Html("\n" + _("<b>From which number?</b>"))]
    if found["rows"]:
        lines.append(Html(_("Active numbers with a prepaid balance are shown.")))
        lines.extend(map(_line, found["numbers"]))
        lines.append(Html(_("Type a number, or a part of it to search.")))
    else:
        lines.append(said("{text}", text=_nothing_found(found)))
    return {
        "where": [actor.company.name, _("Balance transfer")],
        "text": Html("\n".join(lines)),
        **found,
    }


async def get_recipient(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The sender, and the numbers that can receive."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    sender = await context.use_cases.transfers.sender(actor, _sender(dialog_manager))
    found = await picked_page(dialog_manager, _asking(dialog_manager), sender.msisdn)
    lines = [_of_sender(sender), Html("\n" + _("<b>To which number?</b>"))]
    if found["rows"]:
        lines.extend(map(_line, found["numbers"]))
        lines.append(Html(_("Type a number, or a part of it to search.")))
    else:
        lines.append(Html(_("Nothing found among the prepaid Active numbers.")))
    return {
        "where": [actor.company.name, _("Balance transfer")],
        "text": Html("\n".join(lines)),
        **found,
    }


def _of_sender(sender: Number) -> Html:
    return said(
        "\n" + _("From: <code>{number}</code> · balance {amount}"),
        number=sender.msisdn.shown,
        amount=funds_shown(sender),
    )


async def _take_sender(manager: DialogManager, msisdn: Msisdn) -> None:
    context = context_of(manager)
    try:
        await context.use_cases.transfers.sender(await context.actor(), msisdn)
    except ChangeRefused as refused:
        await reply(manager, refusal(refused))
        return
    manager.dialog_data["sender"] = msisdn.digits
    forget_search(manager)
    await manager.switch_to(states.Transfers.recipient)


async def _take_recipient(manager: DialogManager, msisdn: Msisdn) -> None:
    context = context_of(manager)
    try:
        await context.use_cases.transfers.quote(await context.actor(), _sender(manager), msisdn)
    except ChangeRefused as refused:
        await reply(manager, refusal(refused))
        return
    manager.dialog_data["recipient"] = msisdn.digits
    forget_search(manager)
    await manager.switch_to(states.Transfers.amount)


async def _type_sender(text: str, manager: DialogManager) -> None:
    await _type_number(text, manager, _take_sender)


async def _type_recipient(text: str, manager: DialogManager) -> None:
    await _type_number(text, manager, _take_recipient)


async def _type_number(text: str, manager: DialogManager, take: Take) -> None:
    try:
        await typed_number(text, manager, _asking(manager), take)
    except InputRefused as refused:
        notice(manager, refusal(refused))


async def _to_sender(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Back to the choice of the sender, or to the card it came from."""
    forget_search(manager)
    if manager.dialog_data.get("sender"):
        await manager.switch_to(states.Transfers.sender)
    else:
        await leave(_event, _button, manager)


# --- the amount ---


async def get_amount(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Both numbers with their balances, the bounds, and amounts to choose from (S37-2)."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    quote = await context.use_cases.transfers.quote(
        actor, _sender(dialog_manager), _recipient(dialog_manager)
    )
    lines = [
        _of_sender(quote.sender),
        said(
            _("To: <code>{number}</code> · balance {amount}"),
            number=quote.recipient.msisdn.shown,
            amount=funds_shown(quote.recipient),
        ),
        Html("\n" + _("<b>How much?</b>")),
        *_bounds(quote),
        Html(_("Type the amount, for example 1000 or 1000.50.")),
    ]
    amounts = [preset for preset in PRESETS if preset < quote.most]
    if quote.most >= quote.rules.least:
        amounts.append(quote.most)
    return {
        "where": [actor.company.name, _("Balance transfer")],
        "text": Html("\n".join(lines)),
        "amounts": [(amount.shown(language()), str(amount.tiyn)) for amount in amounts],
    }


def _bounds(quote: Quote) -> list[Html]:
    rules = quote.rules
    lines = [
        said(
            _("From {least} to {most} at once; {left} are left for today."),
            least=rules.least.shown(language()),
            most=rules.most.shown(language()),
            left=quote.left_today.shown(language()),
        )
    ]
    if rules.fee:
        lines.append(
            said(_("Fee: {amount}, paid by the sender on top."), amount=rules.fee.shown(language()))
        )
    return lines


async def _choose_amount(
    _event: CallbackQuery, _select: Select[str], manager: DialogManager, tiyn: str
) -> None:
    """One of the amounts on the buttons; a forged one is parsed and bounded like a typed one."""
    await _ask(manager, Money.parse(f"{tiyn[:-2] or '0'}.{tiyn[-2:]}"))


async def _type_amount(text: str, manager: DialogManager) -> None:
    try:
        amount = Money.parse(text)
    except InputRefused as refused:
        notice(manager, refusal(refused))
        return
    await _ask(manager, amount)


async def _ask(manager: DialogManager, amount: Money) -> None:
    parameters = wished(_recipient(manager), amount)
    await start_question(manager, ActionKind.TRANSFER, _sender(manager), parameters)


transfers_dialog = Dialog(
    page(
        states.Transfers.sender,
        Shown("text"),
        keyboard=picking_rows(_take_sender),
        typing=text_input(_type_sender),
        getter=get_sender,
    ),
    page(
        states.Transfers.recipient,
        Shown("text"),
        keyboard=picking_rows(_take_recipient),
        typing=text_input(_type_recipient),
        getter=get_recipient,
        back=way_back(_to_sender),
    ),
    page(
        states.Transfers.amount,
        Shown("text"),
        keyboard=[
            Group(
                choices("amount", "amounts", _choose_amount),
                width=3,
            )
        ],
        typing=text_input(_type_amount),
        getter=get_amount,
        back=way_back(back_to(states.Transfers.recipient)),
    ),
)
