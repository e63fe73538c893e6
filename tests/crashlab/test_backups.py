"""A backup that is put back, and how what happened in the lost time is judged."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from crashlab.actors.administrators import Intent
from crashlab.checks.final_state import Change, Leftovers, OrderedDocument
from crashlab.checks.invariants import Ending, breaches
from crashlab.faults.backups import Backup, History, Restoration
from crashlab.workload import WantedChange
from crashlab.world.chats import ChatMessage
from crashlab.world.outside import World

NUMBER, REFERENCE = "77011000001", "A-20220124-0001"
BLOCK = {"action": "modify", "product": {"id": NUMBER, "status": "suspended"}}
DONE, NOT_DONE = "✅ Blocked 24.01.2022 16:00", "⚠️ Not blocked"


@pytest.fixture
def world() -> World:
    world = World(seed=1, people=1, numbers=1)
    world.operator.slow_orders = 0
    return world


def change(state: str, reference: str = REFERENCE, one: str = "id-1") -> Change:
    return Change(one, NUMBER, 5_000_001, "block", state, reference, None)


def names(world: World, past: Restoration, *present: Change) -> set[str]:
    history = History([past])
    ending = Ending(list(present), Leftovers(0, 0, 0), [], [], "", [], past=history)
    return {breach.name for breach in breaches(world, ending)}


def restored(*before: Change, copied: str = "") -> Restoration:
    """Put back just now, a backup of ten seconds ago in which the change was so."""
    now = time.monotonic()
    return Restoration(now - 10, now, before, [], {"id-1": copied} if copied else {})


def order(world: World) -> None:
    world.operator._order({"externalId": "id-1", "productOrderItem": [BLOCK]}, late=False)


def tell(world: World, text: str) -> None:
    world.telegram.chat(5_000_001).show(ChatMessage(9, f"{text} · action {REFERENCE}", [], ""))


def test_a_copy_is_what_was_there_when_it_was_taken(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    with closing(sqlite3.connect(tmp_path / "bot.db")) as link:
        link.execute("PRAGMA journal_mode=WAL")
        link.execute("CREATE TABLE t (n)")
        link.execute("INSERT INTO t VALUES (1)")
        link.commit()
        backup = Backup(url, tmp_path)
        backup.take()
        link.execute("INSERT INTO t VALUES (2)")
        link.commit()
    backup.put_back()
    with closing(sqlite3.connect(tmp_path / "bot.db")) as link:
        assert list(link.execute("SELECT n FROM t")) == [(1,)]
    assert not list(tmp_path.glob("*-wal"))


async def test_what_was_done_in_the_lost_time_is_forgotten_and_breaks_nothing(world: World) -> None:
    order(world)
    tell(world, DONE)
    assert names(world, restored(change("done"))) == set()


async def test_what_was_done_then_is_held_to_the_truth_all_the_same(world: World) -> None:
    tell(world, DONE)
    assert names(world, restored(change("done"))) == {"LIE", "LOST"}


async def test_a_word_that_was_owed_then_is_lost(world: World) -> None:
    order(world)
    assert names(world, restored(change("done"))) == set()


async def test_what_is_carried_out_again_after_the_backup_is_double(world: World) -> None:
    order(world)
    tell(world, DONE)
    past = restored(change("done"), copied="accepted")
    assert names(world, past, change("done")) == set()
    order(world)
    assert names(world, past, change("done")) == {"DOUBLE"}


async def test_not_done_after_the_backup_of_what_was_done_before_is_a_lie(world: World) -> None:
    order(world)
    tell(world, DONE)
    past = restored(change("done"), copied="proposed")
    tell(world, NOT_DONE)
    assert names(world, past, change("rejected")) == {"LIE"}


async def test_a_refusal_that_the_backup_knew_nothing_of_may_be_overtaken(world: World) -> None:
    tell(world, NOT_DONE)
    past = restored(change("rejected"), copied="accepted")
    order(world)
    tell(world, DONE)
    assert names(world, past, change("done")) == set()


async def test_a_reference_that_is_given_out_again_is_found(world: World) -> None:
    past = restored(change("rejected"))
    tell(world, NOT_DONE)
    assert names(world, past, change("rejected", one="id-2")) == {"REFERENCE"}
    assert names(world, past, change("rejected", f"{REFERENCE}-4821", "id-2")) == {"SILENT"}


async def test_what_is_confirmed_once_more_has_another_reference(world: World) -> None:
    """Seed 7106: it was brought back as an offer, and the person confirmed it again."""
    order(world)
    tell(world, DONE)
    again = change("done", f"{REFERENCE}-4821")
    world.telegram.chat(5_000_001).show(
        ChatMessage(9, f"{DONE} · action {again.reference}", [], "")
    )
    past = restored(change("accepted"), copied="offered")
    assert names(world, past, again) == set()
    assert "LOST" in names(world, restored(copied="offered"), again), "nobody knew that one"


async def test_what_was_told_then_under_the_other_reference_is_held_to_the_truth(
    world: World,
) -> None:
    tell(world, DONE)
    again = change("rejected", f"{REFERENCE}-4821")
    past = restored(change("accepted"), copied="offered")
    world.telegram.chat(5_000_001).show(
        ChatMessage(9, f"{NOT_DONE} · action {again.reference}", [], "")
    )
    assert names(world, past, again) == {"LIE"}


async def test_who_confirms_what_is_lost_once_more_wants_it_twice(world: World) -> None:
    """Seed 7106: the question was shown anew, and the answer to it is another change."""
    world.people[0].intents.append(
        Intent(5_000_001, WantedChange("block", NUMBER, ()), "Block?", 0)
    )
    lost, present = change("rejected"), change("rejected", f"{REFERENCE}-4821", "id-2")
    tell(world, NOT_DONE)
    world.telegram.chat(5_000_001).show(
        ChatMessage(9, f"{NOT_DONE} · action {present.reference}", [], "")
    )
    assert names(world, restored(lost), present) == set()
    assert "DOUBLE" in names(world, restored(), lost, present), "without a backup in between"
    assert "DOUBLE" in names(world, restored(lost, present)), "before the backup as well"


async def test_what_took_effect_then_is_so_already_when_it_is_confirmed_once_more(
    world: World,
) -> None:
    """Seed 7114: nothing is ordered for the second one, and "done" is true."""
    present = change("done", f"{REFERENCE}-4821", "id-2")
    world.telegram.chat(5_000_001).show(
        ChatMessage(9, f"{DONE} · action {present.reference}", [], "")
    )
    past = restored(change("done"))
    assert {"LIE", "LOST"} <= names(world, past, present), "of neither there was an effect"
    order(world)
    assert names(world, past, present) == set()
    others = [replace(change("done"), number="77011000002"), replace(change("done"), kind="ban")]
    for other in others:
        assert {"LIE", "LOST"} <= names(world, restored(other), present)


async def test_a_secret_code_that_may_have_been_sent_then_is_made_anew(world: World) -> None:
    """Seed 7106: nobody can tell whether the message left, and the code is kept nowhere else."""
    done = Change("id-1", NUMBER, 5_000_001, "secret.send", "done", REFERENCE, None, 1)
    tell(world, "✅ Secret code sent by SMS")
    world.operator.books.by_key["id-1:secret"] = {"one", "two"}
    coded = replace(
        Ending([done], Leftovers(0, 0, 0), [], [], "", [], coded={NUMBER}),
        past=History([restored(done, copied="sent")]),
    )
    assert {one.name for one in breaches(world, coded)} == set()
    never = replace(coded, past=History([restored(done, copied="done")]))
    assert {one.name for one in breaches(world, never)} == {"DOUBLE"}
    world.operator.books.by_key["id-1:secret"].add("three")
    assert {one.name for one in breaches(world, coded)} == {"DOUBLE"}, "once for each backup"


async def test_a_press_or_a_confirmation_of_the_lost_time_may_be_gone(world: World) -> None:
    world.people[0].intents.append(
        Intent(5_000_001, WantedChange("block", NUMBER, ()), "Block?", 0)
    )
    world.telegram.press(5_000_001, ChatMessage(1, "?", [], ""), "x\x1dconfirm")
    world.telegram.confirm({world.telegram.updates[0]["update_id"]})
    assert names(world, restored()) == set()
    later = Restoration(time.monotonic() - 200, time.monotonic() - 100, [], [], {})
    assert names(world, later) == {"LOST"}


def test_documents_of_the_lost_time_are_known() -> None:
    paper = OrderedDocument("R-1", 1, "org", "devices", "xlsx", "{}", "sent", 5, 1)
    later = OrderedDocument("R-1", 1, "org", "devices", "xlsx", "{}", "sent", 9, 1)
    past = History([Restoration(0, 1, [], [paper, later], {})])
    assert past.lost_papers([later]) == [paper]
