"""The workbook with every number of a set, for whoever looks at its preview."""

from __future__ import annotations

from datetime import datetime

from aiogram.utils.i18n import gettext as _

from account.changes.sets.change_set import ChangeSet
from account.effects.effect import Channel, OutboxMessage
from account.identity.permissions import Actor
from bot.context.update_context import UpdateContext


async def order_numbers(
    context: UpdateContext, actor: Actor, change_set: ChangeSet, until: datetime | None
) -> None:
    """Owe the chat the file, worth having until then; two taps in a minute owe it once."""
    await context.effects.write(
        [
            OutboxMessage(
                channel=Channel.TELEGRAM,
                to=str(actor.telegram_id),
                kind="set.preview",
                expires_at=until or context.now(),
                parameters={"set": change_set.id, "for": actor.administrator_id},
                key=f"{change_set.id}:preview:{actor.telegram_id}:{context.now():%Y%m%d%H%M}",
            )
        ]
    )
    if context.tap is not None:
        await context.tap.answer(_("The file is being made."))
