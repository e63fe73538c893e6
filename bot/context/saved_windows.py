"""The window that a session's end took away, kept until its person has logged in again.

What somebody did half is not thrown away by the clock (a document half ordered, a page of a list).
Kept are the windows as the library keeps them, all but those that ask for a secret or for the
confirmation of a change: an offer ends with its session. They come back to the same administrator
alone, and every right is asked for anew when they are drawn.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiogram_dialog.api.entities import DEFAULT_STACK_ID

from bot.context.stack_reader import CONTEXT, LEFT, STACK, kept, slot_of
from storage.unit_of_work import SlotRow

if TYPE_CHECKING:
    from account.identity.sessions import Session
    from storage.unit_of_work import ConversationUnitOfWork

NOT_KEPT = frozenset({"Login", "Language", "Companies", "Confirm", "Employee"})
"""Groups of windows that need no session, or end with it."""
SECRETS = frozenset({"Profile:password", "Profile:new_password", "Profile:repeat_password"})
"""Windows whose data belongs to one secret that was being typed."""


def save_windows(unit: ConversationUnitOfWork, session: Session) -> None:
    """Keep the present windows of that session; nothing where there is none worth it."""
    windows: list[tuple[str, dict[str, Any]]] = []
    for intent in kept(unit, STACK + DEFAULT_STACK_ID).get("intents") or []:
        window = kept(unit, CONTEXT + str(intent))
        name = str(window.get("state") or "")
        if not name or name.partition(":")[0] in NOT_KEPT or name in SECRETS:
            break
        windows.append((str(intent), window))
    if windows:
        whose = {"administrator": session.administrator_id, "company": session.company_id}
        text = json.dumps({**whose, "windows": windows}, ensure_ascii=False)
        unit.put_slot(slot_of(unit, LEFT), SlotRow(None, text))


def saved_company(unit: ConversationUnitOfWork, administrator_id: str) -> tuple[bool, str | None]:
    """Whether windows of that administrator were kept, and the company they were about."""
    left = kept(unit, LEFT)
    if left.get("administrator") != administrator_id:
        return False, None
    company = left.get("company")
    return True, None if company is None else str(company)


def forget_saved(unit: ConversationUnitOfWork) -> None:
    """Nobody comes back to them."""
    unit.put_slot(slot_of(unit, LEFT), SlotRow())


def restore_windows(unit: ConversationUnitOfWork) -> None:
    """Put the kept windows in the place of the present ones; the message stays the stack's."""
    windows = kept(unit, LEFT).get("windows") or []
    forget_saved(unit)
    stack = kept(unit, STACK + DEFAULT_STACK_ID)
    for intent in stack.get("intents") or []:
        unit.put_slot(slot_of(unit, CONTEXT + str(intent)), SlotRow())
    for intent, window in windows:
        text = json.dumps(window, ensure_ascii=False)
        unit.put_slot(slot_of(unit, CONTEXT + intent), SlotRow(None, text))
    stack["intents"] = [intent for intent, _window in windows]
    text = json.dumps(stack, ensure_ascii=False)
    unit.put_slot(slot_of(unit, STACK + DEFAULT_STACK_ID), SlotRow(None, text))
