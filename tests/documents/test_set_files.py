"""The workbook of a set: each number's fate or outcome, and the company's own words for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from account.changes.action import ActionKind
from account.changes.parameters import NOTHING
from account.changes.sets.change_set import ChangeSet, Fate, Outcome, SetNumber, SetState
from account.identity.directory import Company
from account.values.identifiers import Msisdn
from account.values.labels import LabelField
from documents.render.pool import RenderPool
from documents.reports.sets import SetFiles
from tests.documents.reading import bare
from tests.documents.works import DEMO, NOW, QYRAN, Works

WORDS = {LabelField.LABEL: "=1+1", LabelField.CENTRE: "Өндіріс"}
CHECKED = ChangeSet(
    id="set-1",
    kind=ActionKind.BLOCK,
    parameters=NOTHING,
    company_id=DEMO.id,
    telegram_id=7,
    session_id="s-1",
    administrator_id="adm-1",
    administrator="Асель Садыкова",
    language="en",
    listed=6,
    repeated=0,
    left_out=(),
    created_at=NOW,
    state=SetState.OFFERED,
    reference="S-20261122-0001",
)


class Kept:
    """The numbers of one set."""

    def __init__(self, numbers: Sequence[SetNumber]) -> None:
        self._numbers = numbers

    async def numbers(self, set_id: str, *, after: int, limit: int) -> Sequence[SetNumber]:
        assert set_id == CHECKED.id
        return [one for one in self._numbers if one.place > after][:limit]


class Known:
    """The operator's companies."""

    async def companies(self, administrator_id: str) -> Sequence[Company]:
        return (DEMO,)


def a_row(place: int, fate: Fate, **told: Any) -> SetNumber:
    return SetNumber(place, Msisdn(f"7701054200{place}"), place + 1, fate=fate, **told)


async def told(
    works: Works, renderer: RenderPool, change_set: ChangeSet, numbers: Sequence[SetNumber]
) -> list[dict[str, object]]:
    """The rows of the workbook as machines read them."""
    files = SetFiles(
        renderer,
        cast("Any", Kept(numbers)),
        works.stores.labels,
        cast("Any", Known()),
        works.world.clock,
    )
    made = await files.make(change_set, "Block", lambda number: number.reason_code or "")
    return [{name: cell.value for name, cell in row.items()} for row in bare(made)]


async def test_numbers_have_the_company_s_own_words_beside_them(
    works: Works, renderer: RenderPool
) -> None:
    numbers = [
        a_row(0, Fate.READY, outcome=Outcome.DONE),
        a_row(1, Fate.ALREADY),
        a_row(2, Fate.REFUSED, reason_code="NUMBER.IN_DEBT"),
        a_row(3, Fate.READY, outcome=Outcome.DONE),
    ]
    for number in numbers[:3]:
        await works.stores.labels.put(DEMO.id, number.msisdn, WORDS, NOW, [])
    await works.stores.labels.put(QYRAN.id, numbers[3].msisdn, WORDS, NOW, [])

    preview = await told(works, renderer, CHECKED, numbers)
    final = await told(works, renderer, replace(CHECKED, accepted_at=NOW), numbers)

    for rows in (preview, final):
        assert [(row["Label"], row["Cost centre"]) for row in rows] == [
            *[("=1+1", "Өндіріс")] * 3,
            (None, None),
        ]
    assert [row["Outcome"] for row in final] == ["Done", "Already so", "Refused", "Done"]
    assert "Outcome" not in preview[0]


async def test_words_of_what_is_not_seen_in_the_company_stay_unsaid(
    works: Works, renderer: RenderPool
) -> None:
    """Else its words would tell a number that has left from one that was never there."""
    gone = "NUMBER.NOT_FOUND"
    numbers = [
        a_row(0, Fate.ABSENT),
        a_row(1, Fate.UNREADABLE),
        a_row(2, Fate.READY, outcome=Outcome.REFUSED, reason_code=gone),
        a_row(3, Fate.READY, outcome=Outcome.DONE),
        a_row(4, Fate.READY, outcome=Outcome.DONE),
    ]
    for number in numbers:
        await works.stores.labels.put(DEMO.id, number.msisdn, WORDS, NOW, [])
    await works.stores.labels.left(DEMO.id, [numbers[3].msisdn], NOW)

    rows = await told(works, renderer, replace(CHECKED, accepted_at=NOW), numbers)

    assert [row["Label"] for row in rows] == [None, None, None, None, "=1+1"]
    assert [row["Cost centre"] for row in rows] == [None, None, None, None, "Өндіріс"]
