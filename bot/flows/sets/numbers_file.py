"""The workbook with every number of a set, for whoever looks at its preview."""

from __future__ import annotations

from datetime import datetime

from account.changes.sets.change_set import ChangeSet
from account.identity.permissions import Actor
from bot.context.update_context import UpdateContext
from bot.widgets.owed_files import owe_file


async def order_numbers(
    context: UpdateContext, actor: Actor, change_set: ChangeSet, until: datetime | None
) -> None:
    """Owe the chat the file, worth having until then."""
    await owe_file(
        context,
        actor,
        kind="set.preview",
        key=f"{change_set.id}:preview:{actor.telegram_id}",
        until=until or context.now(),
        parameters={"set": change_set.id, "for": actor.administrator_id},
    )
