"""Every kind of change in the lab: what the operator does, and how what was told is judged."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest

from crashlab.actors.administrators import Intent, Person
from crashlab.actors.approvers import ApprovalDecision
from crashlab.checks.final_state import Change, Leftovers
from crashlab.checks.invariants import Ending, breaches
from crashlab.workload import CODES_EACH, WANTED_CHANGES, WITH_CODE, KindRotation, WantedChange
from crashlab.world.chats import ChatMessage
from crashlab.world.operator_reads import read
from crashlab.world.operator_resources import OWNER, Device
from crashlab.world.outside import World

NUMBER, GUARDED, REFERENCE = "77011000001", "77013000001", "A-20220124-0001"
CHAT, COLLEAGUE = 5_000_001, 5_000_002
SETS = {"condition": "conditional_busy", "target": "77272580000"}


@pytest.fixture
def world() -> World:
    world = World(seed=1, people=3, numbers=1)
    world.operator.slow_orders = 0
    return world


def change(kind: str, state: str = "done", number: str = NUMBER, at: int = 1) -> Change:
    return Change(f"id-{at}", number, CHAT, kind, state, REFERENCE, None, at)


def broken(world: World, *changes: Change, coded: tuple[str, ...] = ()) -> set[str]:
    ending = Ending(list(changes), Leftovers(0, 0, 0), [], [], "", [], set(coded))
    return {breach.name for breach in breaches(world, ending)}


def tell(world: World, text: str, chat: int = CHAT) -> None:
    world.telegram.chat(chat).show(ChatMessage(9, f"{text} · action {REFERENCE}", [], ""))


def order(world: World, number: str = NUMBER, reference: str = "id-1", **asked: Any) -> None:
    """Order characteristics of the number; `card` and `status` are none."""
    product: dict[str, Any] = {"id": number}
    if "card" in asked:
        product["realizingResource"] = [{"id": asked.pop("card")}]
    named = [{"name": name, "value": value} for name, value in asked.items()]
    product["productCharacteristic"] = named
    item = {"action": "modify", "product": product}
    world.operator._order({"externalId": reference, "productOrderItem": [item]}, late=False)


def test_a_ban_is_told_with_the_side_that_it_was_turned_to(world: World) -> None:
    order(world, banMyKcellDetails=True)
    tell(world, "✅ Ban on MyKcell details access: ON 24.01.2022 16:00")
    assert broken(world, change("ban")) == set()
    tell(world, "✅ Ban on MyKcell details access: OFF 24.01.2022 16:00")
    assert broken(world, change("ban")) == {"LIE"}


def test_rules_of_forwarding_are_merged_and_kept_back(world: World) -> None:
    order(world, forwarding=[SETS])
    order(world, forwarding=[{"condition": "unconditional", "target": "77272580001"}])
    [shown] = read(
        world.operator.books, "product", {"id": NUMBER, "relatedParty.id": company(world)}
    )
    known = {one["name"]: one["value"] for one in shown["productCharacteristic"]}
    busy, everything = known["forwarding"]
    assert (busy["active"], busy["suspended"], everything["suspended"]) == (True, True, False)
    order(world, reference="id-2", forwarding=[])
    kept = world.operator.books.forwarded[NUMBER]["conditional_busy"]
    assert (kept["active"], kept["target"]) == (False, "77272580000")


def test_calls_that_go_elsewhere_than_was_told_are_a_lie(world: World) -> None:
    world.people[0].intents.append(
        Intent(CHAT, WantedChange("forwarding.set", NUMBER, ()), "?", 0, at=0.0)
    )
    order(world, forwarding=[SETS])
    tell(world, "✅ Forwarded to +7 727 258 00 00 (Busy) 24.01.2022 16:00")
    assert broken(world, change("forwarding.set")) == set()
    tell(world, "✅ Forwarded to +7 727 258 00 01 (Busy) 24.01.2022 16:00")
    assert broken(world, change("forwarding.set")) == {"LIE"}


def test_a_device_is_registered_once_and_somebody_else_s_is_refused(world: World) -> None:
    books, imei = world.operator.books, "352992090000011"
    order(world, deviceRegistration="register", IMEI=imei)
    order(world, reference="id-2", deviceRegistration="register", IMEI=imei)
    assert books.devices == [Device(imei, NUMBER, "original")]
    order(world, reference="id-3", deviceRegistration="deregister", IMEI=imei)
    assert books.devices == []
    books.others.add(imei)
    order(world, reference="id-4", deviceRegistration="register", IMEI=imei)
    assert books.orders[-1].note.startswith("IMEI.OTHER_OWNER: ")
    order(world, reference="id-5", deviceRegistration="duplicate", IMEI=imei)
    assert books.devices == [Device(imei, NUMBER, "duplicate")]


@pytest.mark.parametrize(("number", "note"), [(OWNER[0], ""), ("77012115298", "IMEI.OWNER")])
def test_a_device_leaves_its_owner_when_that_is_told_rightly(
    world: World, number: str, note: str
) -> None:
    books, imei = world.operator.books, "352992090000011"
    books.others.add(imei)
    owner = {"previousOwnerNumber": number, "previousOwnerId": OWNER[1]}
    order(world, deviceRegistration="reregister", IMEI=imei, **owner)
    assert (books.orders[-1].note[:10], imei in books.others) == (note, bool(note))
    assert books.devices == ([] if note else [Device(imei, NUMBER, "original")])


def test_an_address_is_registered_by_a_patch_and_told_as_such(world: World) -> None:
    phone = world.people[0].phone
    media = [
        {"characteristic": {"contactType": "login", "phoneNumber": phone}},
        {"characteristic": {"emailAddress": "a@lab.example"}},
    ]
    world.operator._register({"contactMedium": media}, "id-1", late=False)
    [shown] = read(
        world.operator.books, "individual", {"contactMedium.characteristic.phoneNumber": phone}
    )
    assert "a@lab.example" in json.dumps(shown)
    tell(world, "✅ E-mail changed 24.01.2022 16:00")
    assert broken(world, change("profile.email", number=phone)) == set()
    world.operator._register({"contactMedium": media}, "id-1", late=False)
    assert broken(world, change("profile.email", number=phone)) == {"DOUBLE"}


def test_a_secret_code_must_come_once_and_be_what_is_left(world: World) -> None:
    sent = change("secret.send")
    tell(world, "✅ Secret code sent by SMS 24.01.2022 16:00")
    assert broken(world, sent, coded=(NUMBER,)) == {"LIE", "LOST"}, "no telephone got it"
    message = {"content": "code: A", "receiver": [{"phoneNumber": NUMBER}]}
    world.operator._message(message, "id-1:secret")
    world.operator._message(message, "id-1:secret")
    assert broken(world, sent, coded=(NUMBER,)) == set(), "the same code again is one code"
    assert broken(world, sent) == {"LIE"}, "the bot has none"
    world.operator._message({**message, "content": "code: B"}, "id-1:secret")
    assert broken(world, sent, coded=(NUMBER,)) == {"DOUBLE"}


def test_a_code_that_was_not_delivered_is_none(world: World) -> None:
    message = {"content": "code: A", "receiver": [{"phoneNumber": NUMBER}]}
    world.operator._message(message, "id-1:secret")
    tell(world, "⚠️ Secret code not sent")
    refused = Change(
        "id-1", NUMBER, CHAT, "secret.send", "rejected", REFERENCE, "SMS.UNDELIVERED", 1
    )
    assert broken(world, refused) == set()
    assert broken(world, refused, coded=(NUMBER,)) == {"LIE"}


@pytest.mark.parametrize("by", ["secret.delete", "ban"])
def test_a_code_that_was_ended_must_be_gone(world: World, by: str) -> None:
    message = {"content": "code: A", "receiver": [{"phoneNumber": NUMBER}]}
    world.operator._message(message, "id-1:secret")
    tell(world, "✅ Secret code sent by SMS 24.01.2022 16:00")
    if by == "ban":
        order(world, reference="id-2", banMyKcellAccess=True)
    word = {"ban": "Ban on MyKcell access: ON", "secret.delete": "Secret code deleted"}[by]
    said = f"✅ {word} 24.01.2022 16:00 · action A-20220124-0002"
    world.telegram.chat(CHAT).show(ChatMessage(10, said, [], ""))
    ended = Change("id-2", NUMBER, CHAT, by, "done", "A-20220124-0002", None, 2)
    assert broken(world, change("secret.send"), ended) == set()
    assert broken(world, change("secret.send"), ended, coded=(NUMBER,)) == {"LIE"}


# --- what takes a number over ---


def company(world: World) -> str:
    return world.operator.books.companies[NUMBER]


def replaced(world: World, number: str) -> Change:
    """The SIM card of that number is replaced, and the person told of it."""
    person = world.people[0]
    person.intents.append(
        Intent(CHAT, WantedChange("sim.replace", number, ()), "?", 0, at=time.time())
    )
    card = person.blanks.pop()
    order(world, number, card=card)
    tell(world, f"✅ SIM card replaced, now {card} 24.01.2022 16:00")
    return change("sim.replace", number=number)


def announce(world: World, words: str, number: str) -> None:
    for chat in (COLLEAGUE, COLLEAGUE + 1):
        world.telegram.chat(chat).show(ChatMessage(1, f"+{number} {words}", [], ""))


def test_colleagues_who_were_told_before_are_no_breach(world: World) -> None:
    announce(world, "Lab adm-0 has confirmed: SIM card replacement.", NUMBER)
    assert broken(world, replaced(world, NUMBER)) == set()


def test_colleagues_who_are_told_afterwards_find_somebody_alone(world: World) -> None:
    done = replaced(world, NUMBER)
    announce(world, "Lab adm-0 has confirmed: SIM card replacement.", NUMBER)
    assert broken(world, done) == {"ALONE"}


@pytest.mark.parametrize(
    ("approved", "reference", "found"),
    [(True, REFERENCE, set()), (False, REFERENCE, {"ALONE"}), (True, "A-1-1", {"ALONE"})],
)
def test_a_login_number_needs_a_second_word(
    world: World, *, approved: bool, reference: str, found: set[str]
) -> None:
    announce(world, "Requested by Lab adm-0. A second administrator must approve it.", GUARDED)
    world.people[1].words.append(ApprovalDecision(reference, approved, time.time()))
    assert broken(world, replaced(world, GUARDED)) == found


def test_a_word_after_the_effect_comes_too_late(world: World) -> None:
    announce(world, "Requested by Lab adm-0. A second administrator must approve it.", GUARDED)
    done = replaced(world, GUARDED)
    world.people[1].words.append(ApprovalDecision(REFERENCE, approved=True, at=time.time()))
    assert broken(world, done) == {"ALONE"}


def test_a_card_serves_one_number_once(world: World) -> None:
    books = world.operator.books
    old, new = books.card_of(NUMBER).iccid, world.people[0].blanks[0]
    order(world, card=new)
    order(world, card=new)
    assert [one.note[:12] for one in books.orders] == ["", "SIM.NOT_FREE"]
    assert old not in books.cards
    assert books.card_of(NUMBER).iccid == new


# --- what people want ---


def wanted(person: Person, cards: int, *kinds: str) -> list[WantedChange]:
    rotation = KindRotation(random.Random(1), kinds)
    return [
        change for _card in range(cards) if (change := rotation.next_change(person)) is not None
    ]


def test_every_kind_is_dealt_before_any_comes_once_more() -> None:
    person = World(seed=1, people=1, numbers=6).people[0]
    kinds = {
        change.kind for change in wanted(person, sum(often for often, _ in WANTED_CHANGES.values()))
    }
    assert kinds == {name.partition(",")[0] for name in WANTED_CHANGES}


def test_who_has_had_all_codes_wants_what_needs_none(world: World) -> None:
    world.people[0].codes = CODES_EACH
    assert not any(change.code for change in wanted(world.people[0], 50))
    assert wanted(world.people[0], 3, "unblock") == []


def test_the_kinds_with_a_code_are_known(world: World) -> None:
    changes = {name: way(world.people[0]) for name, (_often, way) in WANTED_CHANGES.items()}
    assert {name for name, change in changes.items() if change and change.code} == WITH_CODE
