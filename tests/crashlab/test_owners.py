"""Who was told, people with several accounts, and references that stand for one thing."""

from __future__ import annotations

import time

import pytest

from crashlab.actors.administrators import Intent
from crashlab.actors.approvers import ApprovalDecision, approved, untold
from crashlab.actors.document_users import DocumentRecords
from crashlab.checks.final_state import Change, Leftovers, OrderedDocument
from crashlab.checks.invariants import Ending, breaches
from crashlab.checks.oracle import Order
from crashlab.checks.owners import company_of, given_twice
from crashlab.workload import WantedChange
from crashlab.world.chats import ChatMessage
from crashlab.world.outside import FIRST_USER, TEAM, World

DOER, COLLEAGUE, STRANGER = FIRST_USER, FIRST_USER + 1, FIRST_USER + TEAM
SECOND = FIRST_USER + 200_000
NUMBER, THEIRS = "77011000001", "77011000004"
REFERENCE = "A-20220124-0001"
SIM = Change("id-1", "77013000002", DOER, "sim.replace", "done", REFERENCE, None, 1)


@pytest.fixture
def world() -> World:
    return World(seed=1, people=2 * TEAM, numbers=1, accounts=True)


def owner(world: World, *changes: Change) -> list[str]:
    ending = Ending(list(changes), Leftovers(0, 0, 0), [], [], "", [])
    return [one.what for one in breaches(world, ending) if one.name == "OWNER"]


def tell(world: World, chat: int, text: str) -> None:
    world.telegram.chat(chat).show(ChatMessage(9, text, [], ""))


def test_a_final_word_belongs_to_who_asked(world: World) -> None:
    word = f"✅ SIM card replaced · action {REFERENCE}"
    tell(world, DOER, word)
    assert owner(world, SIM) == []
    tell(world, SECOND, word)
    assert owner(world, SIM) == [f"the final word of {REFERENCE} came to {SECOND}"]


def test_colleagues_may_be_told_of_a_change_and_strangers_may_not(world: World) -> None:
    word = f"🔒 Lab has confirmed: SIM card replacement · action {REFERENCE}"
    tell(world, COLLEAGUE, word)
    assert owner(world, SIM) == []
    tell(world, STRANGER, word)
    [what] = owner(world, SIM)
    assert what.startswith(f"{STRANGER} of org-")


@pytest.mark.parametrize(
    "written", ["+7\u00a0701\u00a0100\u00a000\u00a004", THEIRS, "+7 701 100-00-04"]
)
def test_a_number_of_another_company_is_shown_to_nobody(world: World, written: str) -> None:
    tell(world, STRANGER, f"Number {written}")
    assert owner(world) == []
    tell(world, DOER, f"Number {written}")
    assert len(owner(world)) == 1


def test_a_text_message_names_no_number_of_another_company(world: World) -> None:
    phone = world.people[0].phone
    world.operator.books.sms[phone] = [
        f"Your code 123456 for {NUMBER}",
        "Code 123456, forward to 77272580000",
    ]
    assert owner(world) == []
    world.operator.books.sms[phone] = [f"Your code 123456 for {THEIRS}"]
    assert owner(world) == [f"a text message of the number {THEIRS} came to {phone}"]
    assert company_of(world.operator.books, phone) == world.people[0].company_id


# --- one person in two accounts, two people in one ---


def test_one_administrator_has_two_accounts_and_one_account_was_another_s(world: World) -> None:
    first, second = (next(one for one in world.people if one.id == n) for n in (DOER, SECOND))
    assert first.administrator_id == second.administrator_id
    assert first.phone == second.phone
    assert not set(first.numbers) & set(second.numbers)
    assert first.intents is not second.intents
    assert world.people[TEAM - 1].was == [first.administrator_id]
    assert first.was == second.was == []


@pytest.mark.parametrize(
    ("by", "counts"),
    [(COLLEAGUE, True), (DOER, False), (SECOND, False), (FIRST_USER + TEAM - 1, False)],
)
def test_only_another_person_s_word_counts(world: World, by: int, counts: bool) -> None:
    order = Order("po-1", "id-1", SIM.number, "sim.replace", {}, applied=True, at=time.time())
    doer, who = (next(one for one in world.people if one.id == n) for n in (DOER, by))
    who.words.append(ApprovalDecision(REFERENCE, approved=True, at=order.at - 1))
    assert approved(world.people, order, REFERENCE, doer) is counts


def test_a_second_account_is_no_colleague(world: World) -> None:
    order = Order("po-1", "id-1", SIM.number, "sim.replace", {}, applied=True, at=time.time() + 9)
    wanted = WantedChange("sim.replace", SIM.number, ())
    world.people[0].intents.append(Intent(DOER, wanted, "Replace?", 0))
    told = "Lab has confirmed: +7 701 300 00 02"
    for one in world.people[1:TEAM]:
        tell(world, one.id, told)
    assert list(untold(world.people, [order], {"id-1": DOER})) == []
    world.telegram.chat(COLLEAGUE).said.clear()
    [what] = untold(world.people, [order], {"id-1": DOER})
    assert what.endswith(f"{COLLEAGUE} was not told")
    world.telegram.block(COLLEAGUE, blocked=True)
    assert list(untold(world.people, [order], {"id-1": DOER})) == [], "nobody waits for them"


def test_both_accounts_of_a_colleague_are_told(world: World) -> None:
    order = Order("po-1", "id-1", SIM.number, "sim.replace", {}, applied=True, at=time.time() + 9)
    world.people[1].intents.append(
        Intent(COLLEAGUE, WantedChange("sim.replace", SIM.number, ()), "?", 0)
    )
    for chat in (DOER, FIRST_USER + 2):
        tell(world, chat, "Lab has confirmed: +7 701 300 00 02")
    [what] = untold(world.people, [order], {"id-1": COLLEAGUE})
    assert what.endswith(f"{SECOND} was not told")


# --- references ---


def test_one_reference_for_two_changes_or_documents_is_found() -> None:
    again = Change("id-2", NUMBER, DOER, "block", "done", REFERENCE, None, 1)
    paper = OrderedDocument("R-1", DOER, "org", "devices", "xlsx", "{}", "sent", 5, 1)
    later = OrderedDocument("R-1", DOER, "org", "devices", "xlsx", "{}", "sent", 9, 1)
    assert list(given_twice([SIM, SIM], [paper, paper])) == [], "the same one, seen twice"
    assert len(list(given_twice([SIM, again], [paper, later]))) == 2


def test_the_judge_asks_for_references(world: World) -> None:
    again = Change("id-2", NUMBER, DOER, "block", "rejected", REFERENCE, None, 1)
    ending = Ending([SIM, again], Leftovers(0, 0, 0), [], [], "", [], shelf=DocumentRecords())
    assert "REFERENCE" in {one.name for one in breaches(world, ending)}
