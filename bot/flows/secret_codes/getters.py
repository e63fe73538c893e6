"""The secret code of a number (S14): what the windows show."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.access.secret_codes import SecretCodes
from account.changes.action import ActionKind
from account.changes.confirmation import ChangeConfirmation
from account.changes.holds import Holds
from account.values.number import Ban, NumberState
from account.values.periods import shown_time
from bot.context.update_context import context_of
from bot.flows.approvals.texts import consequences
from bot.flows.changes import WORDS
from bot.flows.numbers.getters import card_of
from bot.flows.secret_codes.handlers import OFFER, WHY
from bot.flows.secret_codes.texts import status_of
from bot.texts.facts import state_shown
from bot.widgets.text import Html, said


async def get_code(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """Whether a code is out, since when, and whether it is in use."""
    context = context_of(dialog_manager)
    actor = await context.actor()
    msisdn = card_of(dialog_manager)
    now = await context.use(SecretCodes).standing(actor, msisdn)
    number = now.number
    lines = [Html(""), status_of(now)]
    can_send = number.state is NumberState.ACTIVE and Ban.ACCESS not in number.bans
    if number.state is not NumberState.ACTIVE:
        lines.append(
            said(
                _("The number is {state}: an SMS with a code could not arrive."),
                state=state_shown(number.state),
            )
        )
    if Ban.ACCESS in number.bans:
        lines.append(
            Html(_("Ban on MyKcell access is <b>ON</b>: lift it first, then send a code."))
        )
    elif Ban.DETAILS in number.bans:
        lines.append(
            Html(
                _(
                    "⚠️ Ban on MyKcell details access is <b>ON</b>: with a code the user sees the "
                    "number, but no usage details."
                )
            )
        )
    offer, why = (dialog_manager.dialog_data.get(key) for key in (OFFER, WHY))
    button = ""
    if can_send and offer:
        action = await context.use(ChangeConfirmation).read(actor, offer["action"])
        words = WORDS[ActionKind.SECRET_SEND]
        button = words.button(action)
        held = await context.use(Holds).cover(action.kind, action.company_id)
        lines.append(said("\n<b>{question}</b>\n", question=words.question(action)))
        lines += consequences(action, login=actor.phone, takes_over=False, second=False, held=held)
        lines.append(said("\n" + _("Valid until {time}."), time=shown_time(action.expires_at)))
    elif can_send and why:
        lines.append(said("\n⚠️ {why}", why=why))
    return {
        "where": [actor.company.name, msisdn.shown, _("Secret code")],
        "text": Html("\n".join(lines)),
        "can_send": bool(button),
        "cannot_now": can_send and not button,
        "send": button,
        "banned": Ban.ACCESS in number.bans,
        "some": now.code is not None,
    }
