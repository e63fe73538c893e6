"""Labels and cost centres: ours, by company, found and shown (LB-1 to LB-7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.chapters.labels import MOST_CENTRES
from account.chapters.numbers import NumbersQuery
from account.errors import NumberNotFound, TextFault, TextRefused, TooManyCostCentres
from account.values.identifiers import Msisdn
from account.values.labels import LabelField
from account.values.number import Number, NumberState
from account.values.page import Page
from account.values.rights import Role
from tests.account.world import ALPHA, BETA, NUMBER, World, a_number

LABEL, CENTRE = LabelField.LABEL, LabelField.CENTRE
THEIRS = Msisdn("77019999999")


@pytest.fixture
def world() -> World:
    return World()


async def test_a_label_is_kept_shown_and_in_the_history(world: World) -> None:
    await world.labels.change(world.actor(), NUMBER, LABEL, "  Склад  \n 2 ")
    kept = await world.labels.change(world.actor(), NUMBER, CENTRE, "=Sales")
    assert (kept.label, kept.centre) == ("Склад 2", "=Sales")
    card = await world.numbers.card(world.actor(), NUMBER)
    assert card.number.own == kept
    entries = [entry for entry in world.ledger.entries if entry.what == "number.labelled"]
    assert [entry.parameters for entry in entries] == [{"label": "Склад 2"}, {"centre": "=Sales"}]
    assert all(entry.number == NUMBER.digits for entry in entries)


async def test_a_lone_dash_takes_it_away_and_nothing_new_is_no_change(world: World) -> None:
    for _ in range(2):
        await world.labels.change(world.actor(), NUMBER, LABEL, "Айгүл")
    await world.labels.change(world.actor(), NUMBER, LABEL, "-")
    assert (await world.labels.of(world.actor(), NUMBER)).label.label is None
    assert len([one for one in world.ledger.entries if one.what == "number.labelled"]) == 2


@pytest.mark.parametrize(
    ("field", "text", "fault"),
    [
        (LABEL, "x" * 65, TextFault.TOO_LONG),
        (CENTRE, "x" * 33, TextFault.TOO_LONG),
        (LABEL, "a\x00b", TextFault.FORBIDDEN_CHARACTERS),
        (LABEL, "a\u202eb", TextFault.FORBIDDEN_CHARACTERS),
        (LABEL, " \n ", TextFault.EMPTY),
    ],
)
async def test_what_cannot_be_kept_is_refused(
    world: World, field: LabelField, text: str, fault: TextFault
) -> None:
    with pytest.raises(TextRefused) as refused:
        await world.labels.change(world.actor(), NUMBER, field, text)
    assert refused.value.reason is fault
    assert await world.label_store.of(ALPHA, [NUMBER]) == {}


async def test_another_companys_number_reads_like_one_that_is_not_there(world: World) -> None:
    world.carrier.add(a_number(THEIRS, BETA))
    for msisdn in (THEIRS, Msisdn("77018888888")):
        with pytest.raises(NumberNotFound):
            await world.labels.change(world.actor(), msisdn, LABEL, "Mine")
        with pytest.raises(NumberNotFound):
            await world.labels.of(world.actor(), msisdn)
    assert world.ledger.entries == []


async def test_a_cost_centre_that_differs_in_case_and_blanks_is_the_same(world: World) -> None:
    other = world.carrier.add(a_number(Msisdn("77012115530"))).msisdn
    await world.labels.change(world.actor(), NUMBER, CENTRE, "Отдел продаж")
    kept = await world.labels.change(world.actor(), other, CENTRE, "ОТДЕЛ   ПРОДАЖ")
    assert kept.centre == "Отдел продаж"
    (centre,) = await world.labels.centres(world.actor())
    assert (centre.name, centre.numbers) == ("Отдел продаж", 2)


async def test_a_company_has_so_many_cost_centres(world: World) -> None:
    now = world.clock.now()
    for n in range(MOST_CENTRES):
        other = Msisdn(f"7702{n:07d}")
        await world.label_store.put(ALPHA, other, {CENTRE: f"centre {n}"}, now, [])
    with pytest.raises(TooManyCostCentres):
        await world.labels.change(world.actor(), NUMBER, CENTRE, "one more")
    kept = await world.labels.change(world.actor(), NUMBER, CENTRE, "CENTRE 7")
    assert kept.centre == "centre 7"


async def test_the_last_used_stand_first(world: World) -> None:
    for n in range(12):
        other = world.carrier.add(a_number(Msisdn(f"7702000{n:04d}"))).msisdn
        await world.labels.change(world.actor(), other, CENTRE, f"c{n:02d}")
        world.wait(minutes=1)
    lately = [one.name for one in await world.labels.lately(world.actor())]
    assert lately == [f"c{n:02d}" for n in range(11, 1, -1)]


async def test_a_search_finds_our_labels_and_the_operators(world: World) -> None:
    ours = world.carrier.add(a_number(Msisdn("77012115530"))).msisdn
    both = world.carrier.add(replace(a_number(Msisdn("77012115531")), label="Склад")).msisdn
    theirs = world.carrier.add(replace(a_number(Msisdn("77012115532")), label="склад 2")).msisdn
    for msisdn in (ours, both):
        await world.labels.change(world.actor(), msisdn, LABEL, "Большой СКЛАД")
    page = await world.numbers.page(world.actor(), NumbersQuery(search="склад"))
    assert [one.msisdn for one in page.rows] == [ours, both, theirs]
    assert page.total == 3
    assert page.rows[0].own.label == "Большой СКЛАД"
    parts = [
        await world.numbers.page(world.actor(), NumbersQuery(search="склад", offset=n, limit=1))
        for n in range(4)
    ]
    assert [one.msisdn for part in parts for one in part.rows] == [ours, both, theirs]
    blocked = NumbersQuery(search="склад", state=NumberState.BLOCKED)
    assert (await world.numbers.page(world.actor(), blocked)).total == 0
    assert (await world.numbers.page(world.actor(), NumbersQuery(search="100%"))).total == 0


async def test_a_cost_centre_is_a_filter(world: World) -> None:
    await world.labels.change(world.actor(), NUMBER, CENTRE, "Sales")
    (centre,) = await world.labels.centres(world.actor())
    page = await world.numbers.page(world.actor(), NumbersQuery(centre=centre.key))
    assert [one.msisdn for one in page.rows] == [NUMBER]
    assert page.total == 1


async def test_a_number_that_has_left_is_seen_no_more_and_returns_to_the_same(
    world: World,
) -> None:
    await world.labels.change(world.actor(), NUMBER, CENTRE, "Sales")
    number = world.carrier.fleet.pop(NUMBER.digits)
    query = NumbersQuery(centre="sales")
    assert (await world.numbers.page(world.actor(), query)).total == 0
    assert await world.labels.centres(world.actor()) == []
    # Another company has it now, and sees nothing of it.
    world.carrier.add(replace(number, company_id=BETA))
    world.carrier.granted["adm-1"] = (world.alpha, world.beta)
    beta = world.actor(company_id=BETA)
    assert (await world.numbers.card(beta, NUMBER)).number.own.centre is None
    world.carrier.add(number)
    assert (await world.numbers.card(world.actor(), NUMBER)).number.own.centre == "Sales"
    assert (await world.numbers.page(world.actor(), query)).total == 1


async def test_an_employee_sees_none(world: World) -> None:
    await world.labels.change(world.actor(), NUMBER, LABEL, "Trouble")
    company = replace(world.alpha, role=Role.EMPLOYEE)
    employee = world.actor(only=NUMBER, companies=(company,))
    assert (await world.numbers.card(employee, NUMBER)).number.own.label is None


async def test_what_a_search_could_not_read_is_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(6):
        world.carrier.add(a_number(Msisdn(f"7701900000{n}")))
    await world.labels.change(world.actor(), Msisdn("77019000000"), LABEL, "tariff 7701900")
    asked = world.carrier.numbers

    async def with_an_odd_row(company_id: str, query: NumbersQuery) -> Page[Number]:
        found = await asked(company_id, query)
        return replace(found, total=found.total + 1, left_out=1)

    monkeypatch.setattr(world.carrier, "numbers", with_an_odd_row)
    left_out = offset = rows = 0
    while True:
        query = NumbersQuery(search="7701900", offset=offset, limit=2)
        page = await world.numbers.page(world.actor(), query)
        left_out, rows = left_out + page.left_out, rows + len(page.rows)
        if page.end >= page.total or page.end <= offset:
            break
        offset = page.end
    assert (rows, left_out) == (6, 1)
