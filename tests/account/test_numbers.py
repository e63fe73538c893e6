"""The list of the company's numbers, the card of one, and the companies themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.changes.action import ActionKind, ActionState
from account.chapters.numbers import NumberCounts, NumbersQuery, search_text
from account.errors import (
    CarrierUnavailable,
    CompanyNotAccessible,
    NumberInvalid,
    NumberNotFound,
    RightMissing,
    TextRefused,
)
from account.identity.permissions import GRANTED
from account.values.identifiers import Msisdn
from account.values.number import NumberState
from account.values.rights import Role
from tests.account.world import ALPHA, BETA, NOON, NUMBER, World, a_number

THEIRS = Msisdn("77019999999")
UNKNOWN = Msisdn("77018888888")


def with_many(world: World, count: int = 25) -> None:
    for n in range(count - 1):
        world.carrier.add(a_number(Msisdn(f"770155500{n:02}")))
    world.carrier.add(a_number(THEIRS, BETA))


async def test_the_list_is_paged_by_ten_in_the_order_of_the_numbers(world: World) -> None:
    with_many(world)

    first = await world.numbers.page(world.actor(), NumbersQuery())
    last = await world.numbers.page(world.actor(), NumbersQuery(offset=20))

    assert (len(first.rows), first.total) == (10, 25)
    assert (len(last.rows), last.offset) == (5, 20)
    digits = [number.msisdn.digits for number in first.rows]
    assert digits == sorted(digits)


async def test_the_list_and_the_tally_know_only_the_chosen_company(world: World) -> None:
    with_many(world)
    world.now_is(NumberState.DEBT)

    page, tally = await world.numbers.overview(world.actor(), NumbersQuery(limit=100))

    assert {number.company_id for number in page.rows} == {ALPHA}
    assert tally == NumberCounts(total=25, active=24, blocked=0, debt=1)


async def test_search_narrows_the_list(world: World) -> None:
    with_many(world)

    page = await world.numbers.page(world.actor(), NumbersQuery(search="2115"))

    assert [number.msisdn for number in page.rows] == [NUMBER]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("87012115526", "77012115526"),
        ("+7 701 211\u201155\u201126", "77012115526"),
        ("tel:+77012115526", "77012115526"),
        ("Номер: 8 701 211 55 26", "77012115526"),
        ("8 701 211", "8701211"),
        ("8701", "8701"),
        ("701.211", "701.211"),
        ("л/с: 26025487", "26025487"),
        ("77272596060", "77272596060"),
        ("8880123", "8880123"),
        ("888 0123", "8880123"),
        ("Reel 2", "Reel 2"),
        ("Склад 7701", "Склад 7701"),
        ("Business 2021", "Business 2021"),
        ("Көлік", "Көлік"),
    ],
)
def test_what_is_looked_for(typed: str, text: str) -> None:
    assert search_text(typed) == text


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("87012115526\n87012115527", "several"),
        ("87012115526\t87012115527", "several"),
        ("8 701 211 55 26 8 701 211 55 27", "several"),
        ("8701211552687012115527", "malformed"),
        ("8 701 2ll 55 26", "malformed"),
        ("8 701 О54 20 06", "malformed"),
        ("+888 1234 5678", "anonymous"),
        ("+8881234", "anonymous"),
        ("Номер: +888 0123 4567", "anonymous"),
        ("88801234567", "anonymous"),
        ("٧٧٠١٠٥٤٢٠٠٦", "malformed"),
        ("701, 211", "malformed"),
        ("701*211*55", "malformed"),
        ("20", "too_short"),
        ("№ 5", "too_short"),
        ("👍", "empty"),
        ("—", "empty"),
        ("\u200b", "empty"),
        ("x" * 65, "too_long"),
        ("a\u202eb", "forbidden_characters"),
    ],
)
def test_what_is_not_understood_is_not_looked_for(typed: str, refused: str) -> None:
    with pytest.raises((NumberInvalid, TextRefused)) as refusal:
        search_text(typed)
    assert getattr(refusal.value, "reason", None) == refused


@pytest.mark.parametrize("typed", ["8 701 211", "8701", "8(701)2115"])
async def test_a_part_with_the_trunk_8_finds_what_it_finds_with_7(world: World, typed: str) -> None:
    with_many(world)
    actor = world.actor()

    text = search_text(typed)
    as_typed = await world.numbers.page(actor, NumbersQuery(search=text, limit=100))
    with_7 = await world.numbers.page(actor, NumbersQuery(search="7" + text[1:], limit=100))

    assert NUMBER in {number.msisdn for number in as_typed.rows}
    assert as_typed == with_7


async def test_an_8_within_a_number_is_an_8(world: World) -> None:
    inside, other = Msisdn("77015587012"), Msisdn("77012000000")
    world.carrier.add(a_number(inside))
    world.carrier.add(a_number(other))

    page = await world.numbers.page(world.actor(), NumbersQuery(search="87012"))

    assert [number.msisdn for number in page.rows] == [inside]


async def test_the_card_says_when_it_was_read(world: World) -> None:
    card = await world.numbers.card(world.actor(), NUMBER)

    assert (card.number, card.read_at) == (world.number, NOON)


async def test_a_foreign_number_and_none_at_all_get_one_answer(world: World) -> None:
    with_many(world)

    refusals = []
    for asked in (THEIRS, UNKNOWN):
        with pytest.raises(NumberNotFound) as refused:
            await world.numbers.card(world.actor(), asked)
        refusals.append((type(refused.value), str(refused.value), refused.value.code))

    assert refusals[0] == refusals[1]


async def test_an_operator_that_answers_with_a_foreign_number_is_not_believed(
    world: World,
) -> None:
    async def careless(company_id: str, msisdn: Msisdn) -> object:
        return a_number(msisdn, BETA)

    world.carrier.number = careless  # type: ignore[method-assign, assignment]

    with pytest.raises(NumberNotFound):
        await world.numbers.card(world.actor(), NUMBER)


async def test_without_the_right_the_operator_is_not_even_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GRANTED, Role.VIEWER, frozenset())
    world.carrier.down = True  # asking would end otherwise

    for read in (
        world.numbers.page(world.viewer(), NumbersQuery()),
        world.numbers.card(world.viewer(), NUMBER),
    ):
        with pytest.raises(RightMissing):
            await read
    with pytest.raises(RightMissing):
        await world.numbers.tally(world.viewer())


async def test_a_silent_operator_is_said_to_be_silent(world: World) -> None:
    world.carrier.down = True

    with pytest.raises(CarrierUnavailable):
        await world.numbers.overview(world.actor(), NumbersQuery())


# --- Companies -------------------------------------------------------------------------------


async def test_with_one_company_there_is_nothing_to_choose(world: World) -> None:
    session = replace(world.session, company_id=None)

    assert (await world.companies.actor(session)).company == world.alpha


async def test_with_several_companies_one_has_to_be_chosen(world: World) -> None:
    world.carrier.granted["adm-1"] = (world.alpha, world.beta)

    actor = await world.companies.actor(replace(world.session, company_id=None))
    with pytest.raises(CompanyNotAccessible):
        _ = actor.company

    assert await world.companies.choose(actor, BETA) == world.beta
    again = await world.companies.actor(world.ledger.sessions["s-1"])
    assert again.company == world.beta


async def test_changing_the_company_voids_what_was_offered_in_the_old_one(world: World) -> None:
    world.carrier.granted["adm-1"] = (world.alpha, world.beta)
    offer = await world.offered(ActionKind.BLOCK)

    await world.companies.choose(world.actor(), BETA)

    assert world.action(offer.action).state is ActionState.VOID


async def test_a_company_cannot_be_chosen_by_its_id_alone(world: World) -> None:
    with pytest.raises(CompanyNotAccessible):
        await world.companies.choose(world.actor(), BETA)
    assert world.ledger.sessions["s-1"].company_id == ALPHA


async def test_a_company_taken_away_is_gone_with_the_next_tap(world: World) -> None:
    world.carrier.granted["adm-1"] = (world.beta,)

    actor = await world.companies.actor(world.session)  # which had chosen Alpha

    with pytest.raises(CompanyNotAccessible):
        await world.numbers.card(actor, NUMBER)
