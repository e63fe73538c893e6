"""Voiding offers: when another is made, and when the session they were made in changes or ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, null, update

from account.changes.action import ActionState
from account.changes.sets.change_set import SetState
from storage.tables.actions import actions
from storage.tables.base import in_state
from storage.tables.change_sets import change_sets

if TYPE_CHECKING:
    from sqlalchemy import Connection

_VOID = (
    update(actions)
    .where(in_state(actions, ActionState.OFFERED))
    .values(state=ActionState.VOID.value, sealed=null())
)
_VOID_SETS = (
    update(change_sets)
    .where(in_state(change_sets, SetState.CHECKING, SetState.OFFERED))
    .values(state=SetState.VOID.value)
)
_SETS_OF_SESSION = _VOID_SETS.where(change_sets.c.session_id == bindparam("of_session"))
_SETS_OF_PERSON = _VOID_SETS.where(change_sets.c.telegram_id == bindparam("of_person"))
_OF_SESSION = _VOID.where(actions.c.session_id == bindparam("of_session"))
_OF_PERSON = _VOID.where(actions.c.telegram_id == bindparam("of_person"))
_ONE = _VOID.where(actions.c.id == bindparam("of_id"))


def void_offers_of_session(conn: Connection, session_id: str) -> None:
    """End what the session was offered and has not accepted."""
    conn.execute(_OF_SESSION, {"of_session": session_id})
    conn.execute(_SETS_OF_SESSION, {"of_session": session_id})


def void_offers_of_person(conn: Connection, telegram_id: int) -> None:
    """End what the Telegram user was offered and has not accepted."""
    conn.execute(_OF_PERSON, {"of_person": telegram_id})
    conn.execute(_SETS_OF_PERSON, {"of_person": telegram_id})


def void_offer(conn: Connection, action_id: str) -> None:
    """End one offer; a change that was accepted stays as it is."""
    conn.execute(_ONE, {"of_id": action_id})
