"""PIN and PUK on the screen and nowhere else (S08-1, safety.md section 3).

They come in the answer of the tap, an alert that leaves no trace in the chat. Where Telegram takes
no alert any more they come in a protected message, whose removal after a minute is owed before the
codes are in it: a crash leaves no codes behind.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _

from account.chapters.sim import SimCards
from account.effects.effect import Channel, OutboxMessage
from bot.context.update_context import context_of

if TYPE_CHECKING:
    from aiogram_dialog import DialogManager

    from account.chapters.sim import SimCodes
    from bot.context.update_context import UpdateContext

ALERT_WITHIN = 3.0
"""Seconds the operator has, before the tap is answered without the codes."""
SHOWN_FOR = timedelta(seconds=60)
DELETABLE = timedelta(hours=47)
"""Telegram lets a bot delete what is younger than 48 hours."""


async def reveal(manager: DialogManager, token: str) -> None:
    """Use the proven offer up and show the codes. Raises as `SimCards.reveal`."""
    context = context_of(manager)
    if context.tap is not None:
        context.tap.hurry(_("⏳ One moment…"), after=ALERT_WITHIN)
    codes = await context.use(SimCards).reveal(await context.actor(), token)
    text = codes_shown(codes)
    if context.tap is None or not await context.tap.alert(text):
        await _in_a_message(context, text)


def codes_shown(codes: SimCodes) -> str:
    """At most 200 signs: an alert takes no more."""
    return _(
        "PIN1 {pin1} · PIN2 {pin2}\nPUK1 {puk1}\nPUK2 {puk2}\n"
        "Initial codes: the user may have changed them."
    ).format(pin1=codes.pin1, pin2=codes.pin2, puk1=codes.puk1, puk2=codes.puk2)


async def _in_a_message(context: UpdateContext, text: str) -> None:
    chat_id = context.telegram_id
    sent = await context.bot.send_message(
        chat_id, _("⏳ One moment…"), protect_content=True, parse_mode=None
    )
    now = context.now()
    removal = OutboxMessage(
        channel=Channel.TELEGRAM,
        to=str(chat_id),
        kind="chat.delete",
        expires_at=now + DELETABLE,
        parameters={"message_id": str(sent.message_id)},
        key=f"delete:{chat_id}:{sent.message_id}",
        not_before=now + SHOWN_FOR,
    )
    await context.effects.write([removal])
    await context.bot.edit_message_text(
        text, chat_id=chat_id, message_id=sent.message_id, parse_mode=None
    )
