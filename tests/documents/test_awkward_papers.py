"""Papers of an operator that is no kinder than a real one: recomputed from what it answers.

Bills that are not registered yet, without their taxes or documents, with lines that bear no VAT or
another rate; an account that nothing is billed on, and a company that has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from account.documents.document import DocumentState
from account.identity.directory import Company
from account.values.identifiers import Bin
from tests.documents.reading import print_pages, rows, tenge, workbook
from tests.documents.test_usage import english
from tests.documents.works import (
    BILLS,
    DEMO,
    KIND,
    LINES,
    PDF,
    XLSX,
    Works,
    almost,
    money,
    opened,
    total_of,
)

LOGISTICS = Company(
    "org-210940099996",
    "Товарищество с ограниченной ответственностью «Казахстанская Промышленная Логистическая "
    "Компания Үлгі»",
    Bin("210940099996"),
)
OCTOBER = {"first_month": "2026-10", "last_month": "2026-10"}


@pytest_asyncio.fixture(params=[1, 2])
async def awkward(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Works]:
    async with opened(tmp_path, english, awkward=request.param) as works:
        yield works


async def bills_of(works: Works, month: str) -> list[dict[str, Any]]:
    return [
        bill
        for bill in await works.get(BILLS, **{"relatedParty.id": DEMO.id})
        if bill["billingPeriod"]["endDateTime"][:7] == month
    ]


def vat_of(one: dict[str, Any]) -> Decimal:
    return money(one, "taxIncludedAmount") - money(one, "taxExcludedAmount")


def vat_in(row: dict[str, Any]) -> str:
    """The heading of the column of VAT, which names a rate where there is but one."""
    [found] = [name for name in row if name.startswith("VAT") and name.endswith("₸")]
    return found


def registration(bill: dict[str, Any]) -> str:
    documents = bill["billDocument"] or []
    found = [one["id"] for one in documents if one["attachmentType"] == "ESF"]
    return found[0] if found else "not registered yet"


async def test_the_register_has_every_invoice_registered_or_not(awkward: Works) -> None:
    bills = await bills_of(awkward, "2026-10")
    waiting = [bill for bill in bills if registration(bill) == "not registered yet"]
    assert 0 < len(waiting) < len(bills)
    sheet = workbook(await awkward.made(KIND.REGISTER, OCTOBER)).worksheets[0]
    told = rows(sheet, "Invoice")
    assert [row["Invoice"].value for row in told[:-1]] == [bill["billNo"] for bill in bills]
    assert [row["Registration number"].value for row in told[:-1]] == [
        registration(bill) for bill in bills
    ]
    for row, bill in zip(told, bills, strict=False):
        assert tenge(row["VAT, ₸"]) == vat_of(bill)
        lines = await awkward.get(LINES, **{"bill.id": bill["id"]})
        assert row["Lines"].value == len(lines), "counted where the bill does not tell it"
    total = total_of(sheet, "Invoice")
    assert almost(total["VAT, ₸"]) == sum(map(vat_of, bills))
    assert almost(total["With VAT, ₸"]) == sum(money(b, "taxIncludedAmount") for b in bills)
    paper = " ".join(" ".join(print_pages(await awkward.made(KIND.REGISTER, OCTOBER, PDF))).split())
    assert "not registered yet" in paper


async def test_every_certificate_is_made_and_each_line_has_its_rate(awkward: Works) -> None:
    """With a line without VAT among them, one of 0 % and one of an older rate."""
    seen: Counter[object] = Counter()
    for month in ("2026-10", "2026-09", "2026-02"):
        for bill in await bills_of(awkward, month):
            if bill["category"] != "normal":
                continue
            lines = await awkward.get(LINES, **{"bill.id": bill["id"]})
            asked = {"account": bill["billingAccount"]["id"], "month": month}
            first, appendix = workbook(await awkward.made(KIND.CERTIFICATE, asked, XLSX)).worksheets
            told = rows(appendix, "Mobile number")[:-1]
            assert len(told) == len(lines)
            for row, line in zip(told, lines, strict=True):
                taxes = line.get("appliedTax") or []
                rate = int(Decimal(taxes[0]["taxRate"])) if taxes else "without VAT"
                assert row["VAT rate, %"].value == rate
                net, vat = tenge(row["Without VAT, ₸"]), tenge(row[vat_in(row)])
                assert (net, vat) == (money(line, "taxExcludedAmount"), vat_of(line))
                exact = net * (rate if isinstance(rate, int) else 0) / 100
                rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
                assert abs(rounded - vat) <= Decimal("0.01")
                seen[rate] += 1
            for sheet, heading in ((first, "№"), (appendix, "Mobile number")):
                total = total_of(sheet, heading)
                assert almost(total["With VAT, ₸"]) == money(bill, "taxIncludedAmount")
                assert almost(total[vat_in(total)]) == vat_of(bill)
    assert {16, "without VAT", 0} <= set(seen)


async def test_an_account_without_bills_has_no_certificate(awkward: Works) -> None:
    assert await awkward.empty(KIND.CERTIFICATE, {"account": "88010006", "month": "2026-10"})


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (KIND.REGISTER, OCTOBER),
        (KIND.RECONCILIATION, {"first": "2026-01-01", "last": "2026-10-31"}),
        (KIND.PAYMENTS, {"first": "2026-01-01", "last": "2026-10-31"}),
        (KIND.SPEND_CHART, {"month": "2026-10"}),
        (KIND.MONTHS_CHART, {"months": "12"}),
        (KIND.COST_CENTRES, {"month": "2026-10"}),
    ],
)
async def test_a_company_without_accounts_has_nothing_and_no_fault(
    awkward: Works, kind: Any, asked: dict[str, str]
) -> None:
    assert await awkward.empty(kind, asked, LOGISTICS)


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (KIND.SPEND_CHART, {"month": "2026-10"}),
        (KIND.MONTHS_CHART, {"months": "12"}),
        (KIND.COST_CENTRES, {"month": "2026-10"}),
    ],
)
async def test_charts_are_drawn_of_all_invoices(
    awkward: Works, kind: Any, asked: dict[str, str]
) -> None:
    document = await awkward.ordered(kind, asked)
    await awkward.work()
    assert (await awkward.read(document)).state is DocumentState.READY


async def test_an_invoice_that_is_not_registered_is_found_by_its_own_number(awkward: Works) -> None:
    waiting = next(
        bill
        for bill in await bills_of(awkward, "2026-10")
        if registration(bill) == "not registered yet" and bill["billingAccount"]["id"][0] == "2"
    )
    asked = {"search": "accounting", "number": waiting["billNo"], "year": "2026"}
    lines = await awkward.get(LINES, **{"bill.id": waiting["id"]})
    sheet = workbook(await awkward.made(KIND.INVOICE_SEARCH, asked)).worksheets[0]
    told = rows(sheet, "Mobile number")[:-1]
    assert len(told) == sum("product" in line for line in lines)
    assert {row["Registration number"].value for row in told} == {"not registered yet"}
