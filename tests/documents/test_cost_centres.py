"""What the numbers cost in a month by cost centre: sums that make the invoices to the tiyn."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from account.chapters.billing.bills import Bill, BillLine
from account.errors import CarrierUnavailable
from account.values.identifiers import Msisdn
from account.values.labels import LabelField
from account.values.money import Money
from account.values.page import Page
from carrier.tmf.adapter import TmfAdapter
from documents.reports.cost_centres import MonthCharges
from documents.reports.labels import AS_OF_NOW, NO_CENTRE, NO_NUMBER
from tests.documents import samples
from tests.documents.reading import bare, column, print_pages, rows, workbook
from tests.documents.works import (
    BILLS,
    DEMO,
    KIND,
    LINES,
    PDF,
    QYRAN,
    TOTAL,
    Works,
    almost,
    money,
)

OCTOBER = {"month": "2026-10"}
NET, GROSS = "Without VAT, ₸", "With VAT, ₸"


async def bills_of(works: Works) -> list[dict[str, Any]]:
    found = await works.get(BILLS, **{"relatedParty.id": DEMO.id})
    return [one for one in found if one["billNo"].endswith("202610")]


async def lines_of(works: Works) -> dict[str | None, Decimal]:
    """What each number was billed, VAT included; None is no number's."""
    spent: dict[str | None, Decimal] = defaultdict(Decimal)
    for bill in await bills_of(works):
        for line in await works.get(LINES, **{"bill.id": bill["id"]}):
            billed = line.get("product", {}).get("id")
            spent[billed if billed and billed.startswith("77") else None] += money(
                line, "taxIncludedAmount"
            )
    return spent


async def name(works: Works, digits: str, label: str | None, centre: str | None) -> None:
    words = {LabelField.LABEL: label, LabelField.CENTRE: centre}
    await works.stores.labels.put(DEMO.id, Msisdn(digits), words, works.world.clock.now(), [])


async def labelled(works: Works) -> tuple[str, str, str]:
    """Three numbers with words of the company's."""
    first, second, third = sorted(one for one in await lines_of(works) if one)[:3]
    await name(works, first, "Ермек, дизайн", "Яссауи көшесі")
    await name(works, second, None, "Өндіріс")
    await name(works, third, "=1+1", "Өндіріс")
    other = {LabelField.LABEL: "of another company", LabelField.CENTRE: "theirs"}
    await works.stores.labels.put(QYRAN.id, Msisdn(first), other, works.world.clock.now(), [])
    return first, second, third


async def test_the_sums_by_cost_centre_make_the_invoices(works: Works) -> None:
    first, second, third = await labelled(works)
    spent = await lines_of(works)
    bills = await bills_of(works)
    billed = sum((money(bill, "taxIncludedAmount") for bill in bills), Decimal())

    made = await works.made(KIND.COST_CENTRES, OCTOBER)
    assert made.name == "cost_centres_180140000018_2026-10.xlsx"
    by_centre, by_number = workbook(made).worksheets
    *sums, total = rows(by_centre, "Cost centre")
    assert column(sums, "Cost centre") == ["Өндіріс", "Яссауи көшесі", NO_CENTRE, NO_NUMBER]
    assert [almost(row[GROSS].value) for row in sums] == [
        spent[second] + spent[third],
        spent[first],
        sum(one for number, one in spent.items() if number not in {first, second, third, None}),
        spent[None],
    ]
    assert column(sums, "Numbers") == [2, 1, len(spent) - 4, None]
    assert total["Cost centre"].value == TOTAL
    assert almost(total[GROSS].value) == billed
    assert almost(total[NET].value) == sum(money(bill, "taxExcludedAmount") for bill in bills)

    *each, total = rows(by_number, "Mobile number")
    assert almost(total[GROSS].value) == billed
    assert [row["Cost centre"].value for row in each[:4]] == [
        *["Өндіріс"] * 2,
        "Яссауи көшесі",
        None,
    ]
    assert made.rows == len(each) == len(spent)


async def test_machines_read_every_number_with_its_words(works: Works) -> None:
    first, _second, third = await labelled(works)
    spent = await lines_of(works)
    found = bare(await works.made(KIND.COST_CENTRES, OCTOBER))

    told = {row["Mobile number"].value: row for row in found}
    assert {number: almost(row[GROSS].value) for number, row in told.items()} == dict(spent)
    assert told[first]["Label"].value == "Ермек, дизайн"
    assert (told[third]["Label"].value, told[third]["Label"].data_type) == ("=1+1", "s")
    assert told[None]["Note"].value == NO_NUMBER


async def test_the_print_says_the_same_and_of_which_day_the_words_are(works: Works) -> None:
    await labelled(works)
    spent = sum((await lines_of(works)).values())
    made = await works.made(KIND.COST_CENTRES, OCTOBER, PDF)
    pages = [" ".join(one.split()) for one in print_pages(made)]

    assert pages[0].startswith("Spend by cost centre")
    for said in ("Өндіріс", NO_CENTRE, AS_OF_NOW, f"{spent:,.2f}"):
        assert said in pages[0]
    assert "By number" in pages[1]
    assert "Ермек, дизайн" in pages[1]


async def test_without_cost_centres_all_is_in_one_row(works: Works) -> None:
    sheet = workbook(await works.made(KIND.COST_CENTRES, OCTOBER)).worksheets[0]
    assert column(rows(sheet, "Cost centre"), "Cost centre") == [NO_CENTRE, NO_NUMBER, TOTAL]


async def test_lines_that_cannot_be_had_now_make_no_file(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(_self: TmfAdapter, bill: Bill, *, offset: int, limit: int) -> Page[BillLine]:
        raise CarrierUnavailable("500")

    monkeypatch.setattr(TmfAdapter, "bill_lines", none)
    document = await works.ordered(KIND.COST_CENTRES, OCTOBER)
    await works.work()
    assert await works.stores.documents.content(document.id) is None


def test_what_the_lines_do_not_tell_is_a_row_of_its_own() -> None:
    bill, (line, *_others) = samples.certificate().bill, samples.lines()
    charges = MonthCharges()
    charges.invoice(bill)
    charges.line(line)
    rest = charges.rest

    assert rest is not None
    assert rest.gross == bill.gross.tiyn - line.gross.tiyn
    charges.line(replace(line, msisdn=None, net=None, gross=Money(rest.gross)))
    assert charges.rest is None
    assert charges.alone is not None
    assert (charges.alone.net, charges.alone.gross) == (None, rest.gross)
    assert charges.alone.missing == 1
