"""What the windows of a transfer show (S37)."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.chapters.transfers import Quote, Transfers
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import Number
from account.values.page import Page
from bot.context.update_context import context_of
from bot.flows.numbers.first import Ask
from bot.flows.numbers.getters import funds_shown
from bot.flows.numbers.picking import picked_page
from bot.texts.facts import language
from bot.widgets.code_budget import no_code_lines
from bot.widgets.text import Html, said

PRESETS = (Money(500_00), Money(1_000_00), Money(2_000_00), Money(5_000_00), Money(10_000_00))


def sender_of(manager: DialogManager) -> Msisdn:
    """The number that gives: chosen here, or the one of the card it began at."""
    start = manager.start_data if isinstance(manager.start_data, dict) else {}
    return Msisdn(manager.dialog_data.get("sender") or start["msisdn"])


def recipient_of(manager: DialogManager) -> Msisdn:
    """The number that gets."""
    return Msisdn(manager.dialog_data["recipient"])


def asking(manager: DialogManager) -> Ask:
    """Asks for the numbers that can send and receive."""
    context = context_of(manager)

    async def ask(search: str, offset: int, limit: int) -> Page[Number]:
        return await context.use(Transfers).numbers(await context.actor(), search, offset, limit)

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
    found = await picked_page(dialog_manager, asking(dialog_manager))
    lines = [Html("\n" + _("<b>From which number?</b>"))]
    if found["rows"]:
        lines.append(Html(_("Active numbers with a prepaid balance are shown.")))
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
    sender = await context.use(Transfers).sender(actor, sender_of(dialog_manager))
    found = await picked_page(dialog_manager, asking(dialog_manager), sender.msisdn)
    lines = [_of_sender(sender), Html("\n" + _("<b>To which number?</b>"))]
    if found["rows"]:
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


async def get_amount(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Both numbers with their balances, the bounds, and amounts to choose from (S37-2)."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    quote = await context.use(Transfers).quote(
        actor, sender_of(dialog_manager), recipient_of(dialog_manager)
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
    if quote.most >= quote.code_from:
        needed = _("For {amount} and more a one-time code is needed.")
        lines.append(said(needed.format(amount=_amount(quote.code_from))))
        if no_code := await no_code_lines(dialog_manager):
            lines += no_code
            amounts = [amount for amount in amounts if amount < quote.code_from]
    return {
        "where": [actor.company.name, _("Balance transfer")],
        "text": Html("\n".join(lines)),
        "amounts": [(amount.shown(language()), str(amount.tiyn)) for amount in amounts],
    }


def _bounds(quote: Quote) -> list[Html]:
    """From the least to what is there, what is left of the day, the fee."""
    rules = quote.rules
    lines = []
    if quote.most < rules.least:
        lines.append(
            said(_("Nothing can be transferred now: from {least}."), least=_amount(rules.least))
        )
    else:
        lines.append(
            said(
                _("From {least} to {most} at once; {left} are left for today."),
                least=_amount(rules.least),
                most=_amount(quote.most),
                left=_amount(quote.left_today),
            )
        )
    if rules.fee:
        lines.append(
            said(_("Fee: {amount}, paid by the sender on top."), amount=_amount(rules.fee))
        )
    return lines


def _amount(money: Money) -> str:
    return money.shown(language())
