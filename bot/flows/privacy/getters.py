"""What the window of the privacy policy shows."""

from __future__ import annotations

from typing import Any

from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from bot.context.update_context import context_of
from bot.flows.privacy.texts import policy


async def get_policy(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The policy with this installation's terms."""
    context = context_of(dialog_manager)
    return {
        "where": ["My Account", _("Privacy")],
        "text": policy(context.kept, context.support),
    }
