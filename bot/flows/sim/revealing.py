"""PIN and PUK on the screen and nowhere else (S08-1, safety.md section 3).

They come in answer to the one-time code that was typed for this very showing, so there is no tap
whose alert could hold them. They come in a protected message, which can be neither forwarded nor
copied; its buttons copy one code each. Its removal after a minute is owed before the codes are in
it: a crash leaves no codes behind.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _

from account.access.step_up import StepUp
from account.changes.confirmation import ChangeConfirmation
from account.chapters.sim import SimCards
from bot.context.update_context import context_of
from bot.widgets.passing_messages import passing_message

if TYPE_CHECKING:
    from aiogram_dialog import DialogManager

    from account.chapters.sim import SimCodes

SHOWN_FOR = timedelta(seconds=60)


async def reveal(manager: DialogManager, token: str, typed: str) -> None:
    """Use the offer and its code up and show the codes. Raises as `SimCards.reveal`."""
    context = context_of(manager)
    actor = await context.actor()
    proof = await context.use(StepUp).proof(actor, token, typed)
    codes = await context.use(SimCards).reveal(actor, token, proof)
    card = (await context.use(ChangeConfirmation).find(actor, token)).msisdn
    message_id = await passing_message(context, SHOWN_FOR)
    await context.bot.edit_message_text(
        f"{card.shown}\n{codes_shown(codes)}",
        chat_id=context.telegram_id,
        message_id=message_id,
        parse_mode=None,
        reply_markup=to_copy(codes),
    )


def codes_shown(codes: SimCodes) -> str:
    """Four codes, and whose they may no longer be."""
    return _(
        "PIN1 {pin1} · PIN2 {pin2}\nPUK1 {puk1}\nPUK2 {puk2}\n"
        "Initial codes: the user may have changed them."
    ).format(pin1=codes.pin1, pin2=codes.pin2, puk1=codes.puk1, puk2=codes.puk2)


def to_copy(codes: SimCodes) -> InlineKeyboardMarkup:
    """Buttons that copy one code each; they tell nobody that they were pressed."""
    rows = [
        [("PIN1", codes.pin1), ("PIN2", codes.pin2)],
        [("PUK1", codes.puk1), ("PUK2", codes.puk2)],
    ]
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(text=f"📋 {name}", copy_text=CopyTextButton(text=code))
                for name, code in row
            ]
            for row in rows
        ]
    )
