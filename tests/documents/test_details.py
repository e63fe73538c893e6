"""Usage details in print: the same records and sums as in the workbook."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.chapters.usage import Usage, UsageQuery
from account.documents.kinds import DocumentFormat
from account.documents.orders import Maker
from account.errors import CarrierUnavailable
from documents.render.pool import RenderPool
from documents.reports.usage_print import UsagePaper
from tests.account.fakes.carrier import FakeCarrier
from tests.account.fakes.clock import FakeClock
from tests.account.fakes.ledger import Ledger
from tests.account.world import NOON
from tests.documents.reading import print_pages
from tests.documents.test_usage import DOCUMENT, RECORDS

ORDER = replace(DOCUMENT, order=replace(DOCUMENT.order, format=DocumentFormat.PDF))


async def told(done: int, total: int) -> None:
    """Nobody watches."""


def maker(renderer: RenderPool, carrier: FakeCarrier) -> Maker:
    clock = FakeClock(NOON)
    return UsagePaper(Usage(carrier, Ledger(), clock), clock, renderer)


@pytest.fixture
def carrier() -> FakeCarrier:
    made = FakeCarrier()
    made.records = list(RECORDS)
    return made


async def test_the_print_has_every_record_and_the_sums_of_the_workbook(
    renderer: RenderPool, carrier: FakeCarrier
) -> None:
    made = await maker(renderer, carrier).make(ORDER, told)

    assert made is not None
    assert made.name == "usage_77012115526_2021-12-24_2022-01-24.pdf"
    assert made.rows == len(RECORDS)
    text = "\n".join(print_pages(made))
    for said in ("24.01.2022 09:46:00", "24.01.2022 00:30:05", "Kaspi", "Қалааралық ₸", "5.500"):
        assert said in text
    assert "Today's details may be incomplete." in text
    assert "411.50" in text
    assert "1:02:41" in text
    assert "+7 701 211 55 26" in text


async def test_a_long_print_repeats_its_headings_and_counts_its_pages(
    renderer: RenderPool, carrier: FakeCarrier
) -> None:
    carrier.records = [RECORDS[0]] * 120

    pages = print_pages(await maker(renderer, carrier).make(ORDER, told))

    assert len(pages) > 2
    for place, page in enumerate(pages[:-1], 1):
        assert "Other party" in page
        assert f"Page {place} of {len(pages)}" in page


async def test_nothing_in_the_period_makes_no_file(
    renderer: RenderPool, carrier: FakeCarrier
) -> None:
    carrier.records = []

    assert await maker(renderer, carrier).make(ORDER, told) is None


async def test_a_silent_operator_is_told_of(renderer: RenderPool, carrier: FakeCarrier) -> None:
    async def silent(company_id: str, query: UsageQuery, *, offset: int, limit: int) -> None:
        raise CarrierUnavailable

    carrier.usage = silent  # type: ignore[method-assign,assignment]
    with pytest.raises(CarrierUnavailable):
        await maker(renderer, carrier).make(ORDER, told)
