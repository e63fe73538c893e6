"""Labels from a list, over both databases: what was looked at is what is kept, once; and back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from account.chapters.label_import import OFFERED_FOR, UNDONE_WITHIN, LabelImports
from account.chapters.labels import MOST_CENTRES, Labels
from account.chapters.numbers import NumberPages
from account.errors import (
    LabelImportGone,
    RightMissing,
    SetEmpty,
    SetTooLarge,
    TooManyCostCentres,
)
from account.identity.permissions import Actor
from account.lists.label_list import MOST_ROWS, Unlabelled
from account.lists.list_file import Hidden
from account.values.labels import LabelField, NumberLabel
from account.values.rights import Role
from bot.flows.cost_centres.texts import preview
from bot.texts.language import Catalogues
from documents.lists.label_file import label_file
from documents.lists.reader import ListFileReader
from storage import Stores
from storage.tables.history import history
from tests.account.world import ALPHA, BETA, a_number
from tests.storage.set_desk import Desk, a_msisdn

LABEL, CENTRE = LabelField.LABEL, LabelField.CENTRE


class Labeller:
    """Айгүл with her list; `process` is another one of hers."""

    def __init__(self, stores: Stores) -> None:
        self.desk: Desk = Desk(stores)
        self.stores, self.clock = stores, self.desk.clock
        self.use = self.process(stores)

    def process(self, stores: Stores) -> LabelImports:
        return LabelImports(
            NumberPages(self.desk.carrier),
            stores.labels,
            stores.label_imports,
            ListFileReader(),
            stores.effect_store,
            self.clock,
        )

    @property
    def actor(self) -> Actor:
        return self.desk.actor()

    async def words(self, n: int) -> NumberLabel | None:
        found = await self.stores.labels.of(ALPHA, [a_msisdn(n)])
        return found.get(a_msisdn(n).digits)


@pytest.fixture
def labeller(stores: Stores) -> Labeller:
    return Labeller(stores)


def line(n: int, label: str = "", centre: str = "") -> str:
    return f"{a_msisdn(n).shown};{label};{centre}"


async def test_a_list_is_looked_at_kept_once_and_undone(labeller: Labeller, others: Stores) -> None:
    labels = Labels(labeller.desk.carrier, labeller.stores.labels, labeller.clock)
    await labels.change(labeller.actor, a_msisdn(1), CENTRE, "Склад 1")
    await labels.change(labeller.actor, a_msisdn(2), LABEL, "Old")
    text = "\n".join(
        [
            line(0, "=Әсем", "склад  1"),
            line(1, "", "Sales"),
            line(2, "-"),
            line(3, "", ""),
            line(900, "nobody's"),
            line(4, "x" * 65),
            line(5, "one"),
            line(5, "two"),
            "no number;here;",
        ]
    )
    found = await labeller.use.look_at_text(labeller.actor, text)
    assert (found.new, found.changed, found.cleared, found.unchanged) == (1, 1, 1, 1)
    assert [(one.line, one.reason) for one in found.left_out] == [
        (5, Unlabelled.ABSENT),
        (6, Unlabelled.TEXT),
        (7, Unlabelled.TWICE),
        (8, Unlabelled.TWICE),
        (9, Unlabelled.NUMBER),
    ]
    assert await labeller.words(0) is None
    both = [labeller.use, labeller.process(others)]
    kept = await asyncio.gather(
        *(use.apply(labeller.actor, found.id) for use in both), return_exceptions=True
    )
    assert sum(isinstance(one, LabelImportGone) for one in kept) == 1
    assert (3, 0) in kept
    assert await labeller.words(0) == NumberLabel("=Әсем", "Склад 1")
    assert await labeller.words(1) == NumberLabel(None, "Sales")
    assert await labeller.words(2) is None
    await labels.change(labeller.actor, a_msisdn(1), CENTRE, "Meanwhile")
    assert await labeller.use.undo(labeller.actor, found.id) == (2, 1)
    assert await labeller.words(0) is None
    assert await labeller.words(1) == NumberLabel(None, "Meanwhile")
    assert await labeller.words(2) == NumberLabel("Old", None)
    with pytest.raises(LabelImportGone):
        await labeller.use.undo(labeller.actor, found.id)
    count = await labeller.stores.database.read(
        lambda conn: conn.execute(
            select(func.count()).select_from(history).where(history.c.number.is_(None))
        ).scalar_one()
    )
    assert count == 2


async def test_a_number_that_has_other_words_meanwhile_is_left(labeller: Labeller) -> None:
    labels = Labels(labeller.desk.carrier, labeller.stores.labels, labeller.clock)
    found = await labeller.use.look_at_text(labeller.actor, line(0, "A") + "\n" + line(1, "B"))
    await labels.change(labeller.actor, a_msisdn(1), LABEL, "Mine")
    assert await labeller.use.apply(labeller.actor, found.id) == (1, 1)
    assert await labeller.words(1) == NumberLabel("Mine", None)


async def test_a_second_press_of_undo_takes_no_earlier_list_back(labeller: Labeller) -> None:
    first = await labeller.use.look_at_text(labeller.actor, line(0, "A"))
    await labeller.use.apply(labeller.actor, first.id)
    labeller.clock.advance(timedelta(minutes=1))
    second = await labeller.use.look_at_text(labeller.actor, line(1, "B"))
    await labeller.use.apply(labeller.actor, second.id)
    assert await labeller.use.undo(labeller.actor, second.id) == (1, 0)
    with pytest.raises(LabelImportGone):
        await labeller.use.undo(labeller.actor, second.id)
    assert await labeller.words(0) == NumberLabel("A", None)


async def test_what_a_colleague_chose_meanwhile_is_not_undone(labeller: Labeller) -> None:
    labels = Labels(labeller.desk.carrier, labeller.stores.labels, labeller.clock)
    found = await labeller.use.look_at_text(labeller.actor, line(0, "A") + "\n" + line(1, "B"))
    await labels.change(labeller.actor, a_msisdn(1), LABEL, "B")
    assert await labeller.use.apply(labeller.actor, found.id) == (1, 1)
    assert await labeller.use.undo(labeller.actor, found.id) == (1, 0)
    assert await labeller.words(0) is None
    assert await labeller.words(1) == NumberLabel("B", None)


async def test_what_is_given_out_and_sent_back_changes_nothing(labeller: Labeller) -> None:
    labels = labeller.stores.labels
    now = labeller.clock.now()
    for n in range(0, 47, 2):
        words = {LABEL: f"=Ғалым {n}", CENTRE: "+Склад"}
        await labels.put(ALPHA, a_msisdn(n), words, now, [])
    every = await labels.of(ALPHA, [a_msisdn(n) for n in range(47)])
    rows = [(a_msisdn(n).digits, every.get(a_msisdn(n).digits, NumberLabel())) for n in range(47)]
    content = label_file(rows)

    async def fetch() -> bytes:
        return content

    found = await labeller.use.look_at_file(labeller.actor, len(content), fetch)
    assert (len(found.changes), found.unchanged, found.left_out) == (0, 47, ())


async def test_what_is_refused(labeller: Labeller) -> None:
    for text in ("", "nothing here", ";;"):
        with pytest.raises(SetEmpty):
            await labeller.use.look_at_text(labeller.actor, text)
    with pytest.raises(SetTooLarge):
        await labeller.use.look_at_text(
            labeller.actor, "\n".join(f"7702{n:07};a" for n in range(MOST_ROWS + 1))
        )
    viewer = replace(labeller.desk.alpha, role=Role.VIEWER)
    with pytest.raises(RightMissing):
        await labeller.use.look_at_text(replace(labeller.actor, companies=(viewer,)), line(0, "A"))
    found = await labeller.use.look_at_text(labeller.actor, line(0, "A"))
    other = replace(labeller.actor, administrator_id="adm-2")
    with pytest.raises(LabelImportGone):
        await labeller.use.apply(other, found.id)
    labeller.clock.advance(OFFERED_FOR)
    with pytest.raises(LabelImportGone):
        await labeller.use.apply(labeller.actor, found.id)


async def test_it_can_be_undone_for_a_day_and_no_more(labeller: Labeller) -> None:
    found = await labeller.use.look_at_text(labeller.actor, line(0, "A"))
    await labeller.use.apply(labeller.actor, found.id)
    labeller.clock.advance(UNDONE_WITHIN - timedelta(seconds=1))
    assert await labeller.use.undoable(labeller.actor) is not None
    labeller.clock.advance(timedelta(seconds=1))
    assert await labeller.use.undoable(labeller.actor) is None
    await labeller.stores.purge(labeller.clock.now() + timedelta(days=2))
    assert await labeller.stores.label_imports.read(found.id) is None


async def test_one_centre_too_many_keeps_nothing(labeller: Labeller) -> None:
    for n in range(100, 100 + MOST_CENTRES):
        labeller.desk.carrier.add(a_number(a_msisdn(n)))
    text = "\n".join(line(n, "", f"Centre {n}") for n in range(100, 100 + MOST_CENTRES))
    found = await labeller.use.look_at_text(labeller.actor, text)
    with pytest.raises(TooManyCostCentres):
        await labeller.use.look_at_text(labeller.actor, f"{text}\n{line(0, '', 'One more')}")
    await labeller.stores.labels.put(ALPHA, a_msisdn(0), {CENTRE: "Mine"}, labeller.clock.now(), [])
    again = await labeller.use.look_at_text(labeller.actor, line(1, "", "mine"))
    assert again.changes[0].after.centre == "Mine"
    await labeller.stores.label_imports.offer(found)
    with pytest.raises(TooManyCostCentres):
        await labeller.use.apply(labeller.actor, found.id)
    assert await labeller.words(100) is None


async def test_a_centre_is_renamed_taken_into_another_and_taken_away(labeller: Labeller) -> None:
    labels = Labels(labeller.desk.carrier, labeller.stores.labels, labeller.clock)
    store, now = labeller.stores.labels, labeller.clock.now()
    for n, centre in enumerate(("Sales", "Sales", "Склад")):
        await store.put(ALPHA, a_msisdn(n), {CENTRE: centre}, now, [])
    await store.put(ALPHA, a_msisdn(1), {LABEL: "Әсем"}, now, [])
    await store.put(BETA, a_msisdn(9), {CENTRE: "Sales"}, now, [])
    assert await labels.rename_centre(labeller.actor, "sales", "Sales  and more") == 2
    assert await labeller.words(1) == NumberLabel("Әсем", "Sales and more")
    assert await store.found(ALPHA, "and more", 9) == [a_msisdn(0), a_msisdn(1)]
    assert await labels.rename_centre(labeller.actor, "sales and more", "СКЛАД") == 2
    assert await labeller.words(0) == NumberLabel(None, "Склад")
    assert [one.numbers for one in await store.centres(ALPHA)] == [3]
    assert await labels.rename_centre(labeller.actor, "sales", "x") == 0
    assert await labels.rename_centre(labeller.actor, "склад", "-") == 3
    assert await labeller.words(0) is None
    assert await labeller.words(1) == NumberLabel("Әсем", None)
    assert [one.name for one in await store.centres(BETA)] == ["Sales"]


async def test_what_was_hidden_is_kept_with_the_preview(labeller: Labeller) -> None:
    found = await labeller.use.look_at_text(labeller.actor, line(0, "one"))
    hidden = replace(found, id="hidden", hidden=Hidden(2, 1, 3))
    await labeller.stores.label_imports.offer(hidden)
    assert await labeller.stores.label_imports.read("hidden") == hidden
    with Catalogues().speaking("en"):
        assert "hidden rows left out: 2 · hidden columns left out: 1" in preview(hidden)
        assert "hidden" not in preview(found)
