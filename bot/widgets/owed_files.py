"""Files that are asked for by a button of a window and come by themselves when they are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _

from account.effects.effect import Channel, OutboxMessage

if TYPE_CHECKING:
    from datetime import datetime

    from account.identity.permissions import Actor
    from bot.context.update_context import UpdateContext


async def owe_file(
    context: UpdateContext,
    actor: Actor,
    *,
    kind: str,
    key: str,
    until: datetime,
    parameters: Mapping[str, str],
) -> None:
    """Owe the chat the file, worth having until then; two taps in a minute owe it once."""
    await context.effects.write(
        [
            OutboxMessage(
                channel=Channel.TELEGRAM,
                to=str(actor.telegram_id),
                kind=kind,
                expires_at=until,
                parameters=parameters,
                key=f"{key}:{context.now():%Y%m%d%H%M}",
            )
        ]
    )
    if context.tap is not None:
        await context.tap.answer(_("The file is being made."))
