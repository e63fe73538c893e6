"""A turn reads everything at once, keeps changes to itself, and writes them with the inbox row."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import StorageKey
from sqlalchemy import func, select

from account.effects.effect import EndSession, OpenSession
from storage import Stores
from storage.errors import StateNotJson, UnitOfWorkMissing
from storage.fsm_storage import current_unit, unit_in_use
from storage.stores.people import Person
from storage.tables.people import fsm
from tests.storage.builders import MINUTE, NOW, SECOND, a_session, an_update

KEY = StorageKey(bot_id=1, chat_id=5, user_id=5)
CONTEXT = replace(KEY, destiny="aiogd:context:abc")


class Menu(StatesGroup):
    main = State()


async def test_a_stranger_has_nothing(stores: Stores) -> None:
    unit = await stores.units.open(5, 5, 1)
    assert (unit.person, unit.session, unit.language) == (None, None, None)
    with unit_in_use(unit):
        assert await stores.fsm.get_data(KEY) == {}
        assert await stores.fsm.get_state(KEY) is None
    await stores.units.close(unit, None)


async def test_state_and_person_are_kept_together_with_the_inbox_row(stores: Stores) -> None:
    [row] = await stores.inbox.put([an_update(1)])
    unit = await stores.units.open(5, 5, 1)
    with unit_in_use(unit):
        await stores.fsm.set_state(KEY, Menu.main)
        await stores.fsm.set_data(CONTEXT, {"dialog_data": {"имя": "Айгүл", "n": [1, None]}})
        assert await stores.fsm.update_data(CONTEXT, {"more": True})
    unit.set_language("kk", NOW, chosen=True)
    assert (await stores.units.open(5, 5, 1)).person is None, "nothing is written before the end"
    await stores.units.close(unit, row.id)
    assert await stores.inbox.waiting() == 0

    unit = await stores.units.open(5, 5, 1)
    assert unit.person == Person(5, "kk", chosen=True, first_seen=NOW)
    with unit_in_use(unit):
        assert await stores.fsm.get_state(KEY) == "Menu:main"
        assert await stores.fsm.get_value(CONTEXT, "more") is True
        assert await stores.fsm.get_data(CONTEXT) == {
            "dialog_data": {"имя": "Айгүл", "n": [1, None]},
            "more": True,
        }
        await stores.fsm.set_state(KEY, None)
        await stores.fsm.set_data(CONTEXT, {})
    await stores.units.close(unit, None)
    assert await _rows(stores) == 0


async def test_data_belongs_to_whoever_reads_it(stores: Stores) -> None:
    unit = await stores.units.open(5, 5, 1)
    mine = {"list": [1]}
    with unit_in_use(unit):
        await stores.fsm.set_data(KEY, mine)
        mine["list"].append(2)
        read = await stores.fsm.get_data(KEY)
        assert read == {"list": [1]}
        read["list"].append(3)
        assert await stores.fsm.get_data(KEY) == {"list": [1]}


async def test_an_unchanged_turn_writes_the_inbox_row_only(stores: Stores) -> None:
    unit = await stores.units.open(5, 5, 1)
    with unit_in_use(unit):
        await stores.fsm.set_data(KEY, {"a": 1})
    await stores.units.close(unit, None)
    unit = await stores.units.open(5, 5, 1)
    with unit_in_use(unit):
        await stores.fsm.set_data(KEY, {"a": 2})
        await stores.fsm.set_data(KEY, await stores.fsm.get_data(KEY) | {"a": 1})
    assert unit.new_slots == {}


@pytest.mark.parametrize("value", [{1, 2}, b"x", NOW, float("nan"), object()])
async def test_what_json_cannot_carry_is_refused(stores: Stores, value: object) -> None:
    unit = await stores.units.open(5, 5, 1)
    with unit_in_use(unit):
        with pytest.raises(StateNotJson):
            await stores.fsm.set_data(KEY, {"value": value})
        assert await stores.fsm.get_data(KEY) == {}


async def test_state_is_there_in_its_own_turn_only(stores: Stores) -> None:
    with pytest.raises(UnitOfWorkMissing):
        await stores.fsm.get_data(KEY)
    unit = await stores.units.open(5, 5, 1)
    with unit_in_use(unit):
        assert current_unit() is unit
        assert await asyncio.create_task(stores.fsm.get_data(KEY)) == {}
        for key in (replace(KEY, chat_id=6), replace(KEY, bot_id=2), replace(KEY, user_id=9)):
            with pytest.raises(UnitOfWorkMissing):
                await stores.fsm.get_data(key)
        await stores.units.close(unit, None)
        with pytest.raises(UnitOfWorkMissing):
            await stores.fsm.set_data(KEY, {})
    with pytest.raises(UnitOfWorkMissing):
        current_unit()


async def test_keys_do_not_mix(stores: Stores) -> None:
    keys = [
        KEY,
        CONTEXT,
        replace(KEY, thread_id=7),
        replace(KEY, thread_id=0),
        replace(KEY, business_connection_id="b"),
    ]
    unit = await stores.units.open(5, 5, 1)
    with unit_in_use(unit):
        for n, key in enumerate(keys):
            await stores.fsm.set_data(key, {"n": n})
    await stores.units.close(unit, None)
    unit = await stores.units.open(5, 5, 1)
    with unit_in_use(unit):
        assert [await stores.fsm.get_value(key, "n") for key in keys] == [0, 1, 2, 3, 4]
    other = await stores.units.open(6, 6, 1)
    with unit_in_use(other):
        assert await stores.fsm.get_data(replace(KEY, chat_id=6, user_id=6)) == {}


async def test_a_failed_window_leaves_the_conversation_as_it_was(stores: Stores) -> None:
    unit = await stores.units.open(5, 5, 1)
    with unit_in_use(unit):
        await stores.fsm.set_data(KEY, {"a": 1})
    await stores.units.close(unit, None)
    unit = await stores.units.open(5, 5, 1)
    with unit_in_use(unit):
        await stores.fsm.set_data(KEY, {"a": 2})
        unit.revert_slots()
        assert await stores.fsm.get_data(KEY) == {"a": 1}
        unit.drop_slots()
        assert await stores.fsm.get_data(KEY) == {}
    await stores.units.close(unit, None)
    assert await _rows(stores) == 0


async def test_the_session_seen_is_the_latest_and_its_use_is_noted(stores: Stores) -> None:
    await stores.effect_store.write([OpenSession(a_session("old"))])
    await stores.effect_store.write([OpenSession(a_session("new", opened_at=NOW + SECOND))])
    unit = await stores.units.open(5, 5, 1)
    assert unit.session is not None
    assert unit.session.id == "new"
    unit.touch(NOW + 30 * SECOND)
    assert unit.seen is None, "seen a moment ago"
    unit.touch(NOW + MINUTE)
    assert unit.session.seen_at == NOW + MINUTE
    await stores.units.close(unit, None)
    kept = await stores.sessions.read("new")
    assert kept is not None
    assert kept.seen_at == NOW + MINUTE


async def test_closing_a_turn_undoes_no_deed(stores: Stores) -> None:
    await stores.effect_store.write([OpenSession(a_session("s1"))])
    unit = await stores.units.open(5, 5, 1)
    unit.touch(NOW + MINUTE)
    await stores.effect_store.write([EndSession("s1", NOW + MINUTE)])
    await stores.units.reload_session(unit)
    assert unit.session is not None
    assert unit.session.ended_at == NOW + MINUTE
    await stores.units.close(unit, None)
    ended = await stores.sessions.read("s1")
    assert ended is not None
    assert (ended.seen_at, ended.ended_at) == (NOW, NOW + MINUTE)


async def test_who_blocked_the_bot_is_remembered(stores: Stores) -> None:
    unit = await stores.units.open(5, 5, 1)
    unit.set_language("ru", NOW, chosen=False)
    await stores.units.close(unit, None)
    await stores.people.set_blocked(5, blocked=True)
    unit = await stores.units.open(5, 5, 1)
    assert unit.person is not None
    assert unit.person.blocked
    unit.set_blocked(NOW, blocked=False)
    unit.set_language("en", NOW + MINUTE, chosen=True)
    await stores.units.close(unit, None)
    assert await stores.people.read(5) == Person(5, "en", chosen=True, first_seen=NOW)
    assert await stores.people.read(6) is None


async def _rows(stores: Stores) -> int:
    return await stores.database.read(
        lambda conn: conn.execute(select(func.count()).select_from(fsm)).scalar_one()
    )
