"""Buttons that a role cannot use are not shown.

Hiding is a kindness and no guard: a forged press reaches the use case, which asks by itself
(trap 7). The window's getter has asked who acts; without that nothing is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from account.identity.permissions import may
from bot.context.update_context import context_of

if TYPE_CHECKING:
    from aiogram_dialog import DialogManager
    from aiogram_dialog.widgets.common.when import Predicate

    from account.values.rights import Right


def allowed(right: Right, also: str | None = None) -> Predicate:
    """A `when=` for what needs a right in the chosen company; `also` is a key of the getter's."""

    def shown(data: dict[str, Any], _widget: object, manager: DialogManager) -> bool:
        actor = context_of(manager).acting
        if actor is None or actor.company_id is None:
            return False
        return may(actor, right, actor.company_id) and (also is None or bool(data[also]))

    return shown
