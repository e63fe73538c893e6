"""An activation code on the screen and nowhere else (ES-2, safety.md section 3).

As PIN and PUK (`bot.flows.sim.revealing`): in answer to the one-time code that was typed for this
very showing, in one protected message whose removal is owed before the code is in it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, InputMediaPhoto
from aiogram.utils.i18n import gettext as _

from account.access.step_up import StepUp
from account.chapters.esim import Esims
from account.values.periods import shown_moment
from bot.context.update_context import context_of
from bot.flows.esim.qr_symbol import UnreadableSymbolError, qr_symbol
from bot.widgets.passing_messages import delete_now, passing_message
from bot.widgets.text import Html, said

if TYPE_CHECKING:
    from aiogram_dialog import DialogManager

    from account.chapters.esim import ShownCode

log = structlog.get_logger()
SHOWN_FOR = timedelta(minutes=10)


async def show_code(manager: DialogManager, token: str, typed: str) -> None:
    """Use the offer and its code up and show the activation code. Raises as `Esims.show`."""
    context = context_of(manager)
    actor = await context.actor()
    proof = await context.use(StepUp).proof(actor, token, typed)
    shown = await context.use(Esims).show(actor, token, proof)
    text = code_shown(actor.company.name, shown)
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[delete_now()]])
    message_id = await passing_message(context, SHOWN_FOR)
    try:
        picture = qr_symbol(shown.code.scanned)
    except UnreadableSymbolError:
        # It can be typed as well.
        log.warning("esim.symbol_unreadable")
        await context.bot.edit_message_text(
            text,
            chat_id=context.telegram_id,
            message_id=message_id,
            parse_mode="HTML",
            reply_markup=keyboard,
        )
        return
    media = InputMediaPhoto(
        media=BufferedInputFile(picture, "esim.png"), caption=text, parse_mode="HTML"
    )
    await context.bot.edit_message_media(
        media, chat_id=context.telegram_id, message_id=message_id, reply_markup=keyboard
    )


def code_shown(company: str, shown: ShownCode) -> Html:
    """The code to be scanned or typed, for which number, until when, and what else is asked for."""
    lines = [
        said("{company} › {number}", company=company, number=shown.number.msisdn.shown),
        said(_("eSIM activation code")),
        said("<code>{code}</code>", code=shown.code.shown),
        Html(),
        said(_("Scan it with the telephone, or type it there by hand.")),
    ]
    if shown.esim.expires_at is not None:
        lines.append(said(_("Valid until {moment}."), moment=shown_moment(shown.esim.expires_at)))
    if shown.code.confirmation:
        lines.append(
            said(
                _(
                    "The telephone will ask for a confirmation code as well: the operator sends "
                    "it by SMS."
                )
            )
        )
    lines.append(said(_("This message is removed after 10 minutes.")))
    return Html("\n".join(lines))
