"""Labels over restarts: the rows, the search in them, and what is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from account.chapters.labels import MOST_CENTRES
from account.errors import TooManyCostCentres
from account.values.identifiers import Msisdn
from account.values.labels import LabelField, NumberLabel
from storage import Stores

NOW = datetime(2022, 2, 6, 5, tzinfo=UTC)
ONE, TWO, THREE = (Msisdn(f"7701054200{n}") for n in range(3))
LABEL, CENTRE = LabelField.LABEL, LabelField.CENTRE


async def test_words_are_kept_by_company_and_changed_one_by_one(stores: Stores) -> None:
    rows = stores.labels
    await rows.put("alpha", ONE, {LABEL: "Әсем"}, NOW, [])
    assert await rows.put("alpha", ONE, {CENTRE: "Sales"}, NOW, []) == NumberLabel("Әсем", "Sales")
    assert await rows.of("alpha", [ONE, TWO]) == {ONE.digits: NumberLabel("Әсем", "Sales")}
    assert await rows.of("beta", [ONE]) == {}
    await rows.put("alpha", ONE, {LABEL: None}, NOW, [])
    await rows.put("alpha", ONE, {CENTRE: None}, NOW, [])
    assert await rows.of("alpha", [ONE]) == {}


async def test_a_search_folds_and_takes_signs_as_they_are(stores: Stores) -> None:
    rows = stores.labels
    await rows.put("alpha", ONE, {LABEL: "Склад 100%"}, NOW, [])
    await rows.put("alpha", TWO, {LABEL: "a", CENTRE: "СКЛАД_2"}, NOW, [])
    await rows.put("beta", THREE, {LABEL: "Склад"}, NOW, [])
    assert await rows.found("alpha", "сКЛАД", 10) == [ONE, TWO]
    assert await rows.found("alpha", "склад", 1) == [ONE]
    assert await rows.found("alpha", "%", 10) == [ONE]
    assert await rows.found("alpha", "_", 10) == [TWO]
    assert await rows.found("alpha", "\\", 10) == []


async def test_cost_centres_are_counted_and_listed(stores: Stores) -> None:
    rows = stores.labels
    await rows.put("alpha", TWO, {CENTRE: "Sales"}, NOW, [])
    await rows.put("alpha", ONE, {CENTRE: "SALES "}, NOW + timedelta(hours=1), [])
    await rows.put("alpha", THREE, {CENTRE: "IT"}, NOW, [])
    found = [(one.key, one.name, one.numbers) for one in await rows.centres("alpha")]
    assert found == [("it", "IT", 1), ("sales", "Sales", 2)]
    assert await rows.of_centre("alpha", "sales", offset=0, limit=1) == ([ONE], 2)
    assert await rows.of_centre("alpha", "sales", offset=1, limit=5) == ([TWO], 2)
    assert await rows.of_centre("beta", "sales", offset=0, limit=5) == ([], 0)


async def test_one_more_than_a_company_can_have_writes_nothing(stores: Stores) -> None:
    for n in range(MOST_CENTRES):
        await stores.labels.put("alpha", Msisdn(f"7702{n:07d}"), {CENTRE: f"c{n}"}, NOW, [])
    with pytest.raises(TooManyCostCentres):
        await stores.labels.put("alpha", ONE, {CENTRE: "new"}, NOW, [])
    assert await stores.labels.of("alpha", [ONE]) == {}


async def test_what_has_left_is_hidden_kept_and_then_forgotten(stores: Stores) -> None:
    rows = stores.labels
    for msisdn in (ONE, TWO):
        await rows.put("alpha", msisdn, {LABEL: "Склад", CENTRE: "IT"}, NOW, [])
    await rows.left("alpha", [ONE, TWO], NOW)
    await rows.left("alpha", [ONE], NOW + timedelta(days=50))
    assert await rows.found("alpha", "склад", 10) == []
    assert await rows.centres("alpha") == []
    assert (await rows.of("alpha", [ONE]))[ONE.digits].gone
    await rows.returned("alpha", [TWO])
    assert await rows.found("alpha", "склад", 10) == [TWO]
    await stores.retention.purge(NOW + timedelta(days=89))
    assert len(await rows.of("alpha", [ONE, TWO])) == 2
    await stores.retention.purge(NOW + timedelta(days=91))
    assert set(await rows.of("alpha", [ONE, TWO])) == {TWO.digits}
