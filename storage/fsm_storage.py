"""The state of conversations for aiogram and aiogram_dialog, kept in their chat's unit of work.

The framework reads and writes state a dozen times per update; here that costs no transaction: the
unit of work was read at once and is written at once, together with the inbox row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from storage.errors import StateNotJson, UnitOfWorkMissing
from storage.unit_of_work import ConversationUnitOfWork, SlotKey, SlotRow

_current: ContextVar[ConversationUnitOfWork] = ContextVar("unit")


@contextmanager
def unit_in_use(unit: ConversationUnitOfWork) -> Iterator[ConversationUnitOfWork]:
    """Make it the unit of work of the framework's state, in this task and the tasks it starts."""
    token = _current.set(unit)
    try:
        yield unit
    finally:
        _current.reset(token)


def current_unit() -> ConversationUnitOfWork:
    """The unit of work in use. Raises `UnitOfWorkMissing` outside of one."""
    try:
        return _current.get()
    except LookupError:
        raise UnitOfWorkMissing("no turn is in use: updates go through the gate") from None


class ConversationStorage(BaseStorage):
    """aiogram's storage over the unit of work in use.

    Raises `UnitOfWorkMissing` outside of one or for a key of another chat, and `StateNotJson`.
    """

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Set the state, or take it away."""
        unit, slot = _place(key)
        name = state.state if isinstance(state, State) else state
        unit.put_slot(slot, SlotRow(name, unit.slot(slot).data))

    async def get_state(self, key: StorageKey) -> str | None:
        """The state, or None."""
        unit, slot = _place(key)
        return unit.slot(slot).state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Replace the data. What is put in later through the same mapping does not come along."""
        unit, slot = _place(key)
        unit.put_slot(slot, SlotRow(unit.slot(slot).state, _text(data)))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """The data, as a copy of one's own."""
        unit, slot = _place(key)
        text = unit.slot(slot).data
        data: dict[str, Any] = {} if text == "{}" else msgspec.json.decode(text)
        return data

    async def close(self) -> None:
        """Nothing is held here."""


def _place(key: StorageKey) -> tuple[ConversationUnitOfWork, SlotKey]:
    unit = current_unit()
    if (
        key.bot_id != unit.bot_id
        or key.chat_id != unit.chat_id
        or key.user_id not in (unit.user_id, unit.chat_id)
    ):
        raise UnitOfWorkMissing(
            "the state of another chat was asked for; each chat has its own turn"
        )
    thread = "" if key.thread_id is None else str(key.thread_id)
    slot = f"{thread}|{key.business_connection_id or ''}|{key.destiny}"
    return unit, (key.user_id, slot)


def _text(data: Mapping[str, Any]) -> str:
    if not data:
        return "{}"
    try:
        return _ENCODER.encode(data if isinstance(data, dict) else dict(data))
    except (TypeError, ValueError) as error:
        # The encoder names the type; a value could be somebody's secret.
        raise StateNotJson(f"conversation data must be JSON: {error}") from None


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
