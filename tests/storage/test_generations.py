"""A backup that was put back: seen, told from what was lost, and looked at twice before it acts."""

from __future__ import annotations

import asyncio

import pytest

from account.changes.action import Action, ActionState
from account.values.identifiers import Msisdn
from storage import Stores
from storage.restore.generations import Generation
from tests.storage.builders import (
    LEASE,
    NOW,
    OTHER_PHONE,
    SECOND,
    a_document_order,
    accepted,
    an_entry,
    offered,
)
from tests.storage.copies import back_up, put_back

LATER = NOW + SECOND
FIRST = Generation("here", 0, "", beats=7)


async def reference_of(stores: Stores, token: str, number: str) -> str:
    action = await accepted(stores, token, msisdn=Msisdn(number))
    assert action.reference is not None
    return action.reference


async def test_references_are_given_out_once_whatever_is_put_back(stores: Stores) -> None:
    given = [await reference_of(stores, "t1", "77010000001")]
    given.append(
        (
            await stores.documents.order(a_document_order(language=f"{len(given)}"), NOW, [])
        ).reference
    )
    backup = await back_up(stores.database)
    marks: set[str] = set()
    for unit in range(5):
        number = f"7701000010{unit}"
        given.append(await reference_of(stores, f"u{unit}", number))
        given.append(
            (
                await stores.documents.order(a_document_order(language=f"{len(given)}"), NOW, [])
            ).reference
        )
        await put_back(stores.database, backup)
        begun, _ = await stores.generations.begin(NOW, marks=marks)
        marks.add(begun.mark)
    assert len(given) == len(set(given)) == 12
    assert given[:4] == ["A-20220124-0001", "R-20220124-0001", "A-20220124-0002", "R-20220124-0002"]
    assert given[-2].rpartition("-")[0] == "A-20220124-0002"


async def test_what_was_open_in_the_backup_is_marked_wherever_it_is_read(stores: Stores) -> None:
    waiting = await accepted(stores, "t1")
    offer = await offered(stores, "t2", msisdn=OTHER_PHONE)
    void = await offered(stores, "t3", telegram_id=6)
    await stores.actions.void(void.id)
    done = await accepted(stores, "t4", telegram_id=7, msisdn=Msisdn("77010000003"))
    both = await stores.actions.claim("w", NOW, LEASE, 10)
    [claimed] = [action for action in both if action.id == done.id]
    await stores.actions.settle(claimed, ActionState.DONE, None, None, NOW, [])

    _, count = await stores.generations.begin(LATER)

    assert count == 2
    assert (await read(stores, waiting.id)).restored_at == LATER
    confirmed, _ = await stores.actions.accept(
        "t2", session_id="s1", company_id="company-1", now=LATER, effects=[]
    )
    assert confirmed.restored
    for one in (void, done):
        assert not (await read(stores, one.id)).restored
    due = LATER + LEASE
    for action in await stores.actions.claim("w", due, LEASE, 10):
        assert action.restored_at == LATER
        sent = await stores.actions.mark_sent(action, due)
        assert sent is not None
        assert sent.restored_at == LATER
    new = await accepted(stores, "t5", telegram_id=8, msisdn=Msisdn("77010000004"))
    assert not new.restored
    assert offer.id == confirmed.id


async def read(stores: Stores, action_id: str) -> Action:
    action = await stores.actions.read(action_id)
    assert action is not None
    return action


async def test_beats_grow_over_all_processes(stores: Stores, others: Stores) -> None:
    beats = await asyncio.gather(*(side.generations.beat() for side in (stores, others) * 5))
    assert sorted(one.beats for one in beats) == list(range(1, 11))
    assert len({one.origin for one in beats}) == 1
    assert (await others.generations.present()).beats == 10


async def test_a_copy_has_fewer_beats_until_a_new_generation_begins(stores: Stores) -> None:
    await stores.generations.beat()
    backup = await back_up(stores.database)
    noted = await stores.generations.beat()
    assert not (await stores.generations.present()).is_older_than(noted)
    await put_back(stores.database, backup)
    assert (await stores.generations.present()).is_older_than(noted)
    begun, _ = await stores.generations.begin(NOW, above=noted.number)
    assert (begun.number, begun.beats) == (1, 0)
    assert not (await stores.generations.beat()).is_older_than(noted)


async def test_a_backup_from_before_generations_is_a_copy_of_the_same(stores: Stores) -> None:
    await stores.history.append(an_entry())
    backup = await back_up(stores.database)
    noted = await stores.generations.beat()
    await put_back(stores.database, backup)
    assert (await stores.generations.present()).is_older_than(noted)


@pytest.mark.parametrize(
    ("now", "older"),
    [
        (Generation("here", 0, "", beats=7), False),
        (Generation("here", 0, "", beats=8), False),
        (Generation("here", 0, "", beats=6), True),
        (Generation("here", 1, "4821", beats=0), False),
        (Generation("elsewhere", 0, "", beats=0), False),
    ],
)
def test_fewer_beats_are_an_older_copy(now: Generation, older: bool) -> None:
    assert now.is_older_than(FIRST) is older


@pytest.mark.parametrize(
    ("now", "older"),
    [
        (Generation("here", 1, "4821", beats=3), False),
        (Generation("here", 1, "1111", beats=9), True),
        (Generation("here", 0, "", beats=9), True),
        (Generation("here", 2, "1111", beats=0), False),
    ],
)
def test_two_that_began_from_one_backup_are_not_taken_for_one(now: Generation, older: bool) -> None:
    assert now.is_older_than(Generation("here", 1, "4821", beats=3)) is older


async def test_of_all_that_start_behind_a_promoted_replica_one_begins_the_generation(
    stores: Stores, others: Stores
) -> None:
    both = (stores, others)
    for timeline in range(1, 8):
        for one in both:
            await one.generations.beat()
            one.database.timeline = timeline
        begun = await asyncio.gather(*(one.generations.follow(NOW) for one in both))
        assert len([one for one in begun if one is not None]) == int(timeline > 1)
    present = await stores.generations.look()
    assert present is not None
    assert present.number == 6
