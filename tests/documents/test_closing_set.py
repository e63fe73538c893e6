"""All papers of a month in one order: the figures of those ordered singly, and who is missing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from account.chapters.billing.bills import Bill, BillLine
from account.documents.document import DocumentState
from account.documents.kinds import DocumentFormat
from account.documents.orders import LEASE, MadeFile
from account.errors import CarrierNotReached, CarrierUnavailable
from account.values.identifiers import Msisdn
from account.values.labels import LabelField
from account.values.page import Page
from carrier.tmf.adapter import TmfAdapter
from documents.reports import closing_set
from documents.reports.closing_list import ListedAccount
from documents.reports.cost_centres import NOT_BROKEN_DOWN
from tests.documents import samples
from tests.documents.reading import bare, print_pages, rows, whole, workbook
from tests.documents.works import BILLS, DEMO, KAZYNA, KIND, NUMBERS, PDF, Works, almost, money

MONTH = {"month": "2026-10"}
ZIP = DocumentFormat.ZIP
LATIN = re.compile(r"[A-Za-z0-9_.-]+")
ASKED = re.compile(r"R-\d{8}-\d{4}")


def unpacked(made: MadeFile) -> dict[str, bytes]:
    archive = ZipFile(BytesIO(whole(made)))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def listed(files: dict[str, bytes]) -> list[dict[str, Any]]:
    [name] = [name for name in files if name.endswith(".xlsx")]
    book = MadeFile(files[name], name, 0)
    [sheet] = workbook(book).worksheets
    assert len(bare(book)) == len(rows(sheet, "Account")) - 1
    return [{name: cell.value for name, cell in row.items()} for row in rows(sheet, "Account")]


def told(content: bytes) -> list[str]:
    """The pages without who asked for the paper."""
    pages = print_pages(MadeFile(content, "", 0))
    return [ASKED.sub("R", " ".join(page.split())) for page in pages]


async def billed(works: Works) -> list[dict[str, Any]]:
    """The month's invoices, by account."""
    found = await works.get(BILLS, **{"relatedParty.id": DEMO.id})
    of_month = [one for one in found if one["billNo"].endswith("202610")]
    return sorted(of_month, key=lambda one: int(one["billingAccount"]["id"]))


async def test_the_papers_of_all_accounts_are_those_ordered_singly(works: Works) -> None:
    bills = await billed(works)
    accounts = [one["billingAccount"]["id"] for one in bills]
    made = await works.made(KIND.CLOSING_SET, MONTH, ZIP)
    files = unpacked(made)

    assert made.name == "closing_180140000018_2026-10.zip"
    assert made.rows == len(accounts) > 3
    assert all(LATIN.fullmatch(name) for name in files)
    singles = {f"certificate_{account}_2026-10.pdf" for account in accounts}
    assert set(files) == singles | {
        "accounts_180140000018_2026-10.xlsx",
        "bound_180140000018_2026-10.pdf",
        "register_180140000018_2026-10_2026-10.pdf",
    }
    for account in accounts:
        alone = await works.made(KIND.CERTIFICATE, {**MONTH, "account": account}, PDF)
        assert told(files[alone.name]) == told(whole(alone)), account
    months = {"first_month": "2026-10", "last_month": "2026-10"}
    register = await works.made(KIND.REGISTER, months, PDF)
    assert told(files[register.name]) == told(whole(register))

    *each, total = listed(files)
    assert [one["Account"] for one in each] == accounts
    for one, bill in zip(each, bills, strict=True):
        assert one["File"] == f"certificate_{one['Account']}_2026-10.pdf"
        assert one["Invoice"] == bill["billNo"]
        assert almost(one["With VAT, ₸"]) == money(bill, "taxIncludedAmount")
        assert almost(one["Without VAT, ₸"]) == money(bill, "taxExcludedAmount")
    assert almost(total["With VAT, ₸"]) == sum(
        (money(bill, "taxIncludedAmount") for bill in bills), Decimal()
    )


async def test_bound_each_paper_counts_its_own_pages(works: Works) -> None:
    made = await works.made(KIND.CLOSING_SET, MONTH, PDF)

    assert made.name == "closing_180140000018_2026-10.pdf"
    pages = told(whole(made))
    assert pages[0].startswith("Invoice register")
    papers = [one["billingAccount"]["id"] for one in await billed(works)]
    begun = [
        page for page in pages if "Service delivery certificate" in page and "Form R-1" in page
    ]
    assert len(begun) == len(papers) == made.rows
    for account in (papers[0], papers[-1]):
        alone = await works.made(KIND.CERTIFICATE, {**MONTH, "account": account}, PDF)
        own = [page for page in pages if f"certificate_{account}_2026-10 " in page]
        assert own == told(whole(alone)), account
    title = PdfReader(BytesIO(whole(made))).metadata
    assert title is not None
    assert title.title == "Closing documents of all accounts, TOO Demo"


@pytest.fixture
async def centred(works: Works) -> Works:
    """One of the company's numbers has a cost centre."""
    known = await works.get(NUMBERS, **{"relatedParty.id": DEMO.id})
    number, words = Msisdn(known[0]["id"]), {LabelField.CENTRE: "Өндіріс"}
    await works.stores.labels.put(DEMO.id, number, words, works.world.clock.now(), [])
    return works


def sums_of(book: MadeFile) -> list[tuple[Any, ...]]:
    """Cost centres and what they cost."""
    found = rows(workbook(book).worksheets[0], "Cost centre")
    return [(one["Cost centre"].value, one["With VAT, ₸"].value) for one in found]


async def test_what_cost_centres_cost_is_in_the_set_as_ordered_singly(centred: Works) -> None:
    files = unpacked(await centred.made(KIND.CLOSING_SET, MONTH, ZIP))
    single = await centred.made(KIND.COST_CENTRES, MONTH)
    name = "cost_centres_180140000018_2026-10.xlsx"
    total = sum((money(bill, "taxIncludedAmount") for bill in await billed(centred)), Decimal())

    sums = sums_of(MadeFile(files[name], name, 0))
    assert sums == sums_of(single)
    assert sums[0][0] == "Өндіріс"
    assert almost(sums[-1][1]) == total
    bound = told(files["bound_180140000018_2026-10.pdf"])
    at = next(n for n, page in enumerate(bound) if page.startswith("Spend by cost centre"))
    assert bound[at - 1].startswith("Invoice register") or "register_" in bound[at - 1]
    assert bound[at].endswith("Page 1 of 3"), "its own pages"


async def test_the_print_alone_has_what_cost_centres_cost(centred: Works) -> None:
    pages = told(whole(await centred.made(KIND.CLOSING_SET, MONTH, PDF)))
    assert sum(page.startswith("Spend by cost centre") for page in pages) == 1


async def test_an_account_whose_lines_cannot_be_had_is_not_broken_down(
    centred: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill, *_others = await billed(centred)
    lines = TmfAdapter.bill_lines

    async def awkward(self: TmfAdapter, one: Bill, *, offset: int, limit: int) -> Page[BillLine]:
        if one.account == bill["billingAccount"]["id"]:
            raise CarrierUnavailable("500")
        return await lines(self, one, offset=offset, limit=limit)

    monkeypatch.setattr(TmfAdapter, "bill_lines", awkward)
    files = unpacked(await centred.made(KIND.CLOSING_SET, MONTH, ZIP))
    name = "cost_centres_180140000018_2026-10.xlsx"

    *_sums, apart, total = sums_of(MadeFile(files[name], name, 0))
    assert apart[0] == NOT_BROKEN_DOWN
    assert almost(apart[1]) == money(bill, "taxIncludedAmount")
    assert almost(total[1]) == sum(
        (money(one, "taxIncludedAmount") for one in await billed(centred)), Decimal()
    )


def test_the_list_names_the_acts_that_are_in_a_file() -> None:
    bill = samples.certificate().bill
    note = replace(bill, number="1", correction=True, corrects=bill.number)
    of_another = replace(note, number="2", corrects="25060831202111")
    bills = [bill, note, of_another]

    assert ListedAccount(bill.account, bills, file="certificate.pdf").acts == [note]
    assert ListedAccount(bill.account, bills).acts == [], "no file, no act"


async def test_what_cannot_be_made_is_named_and_the_rest_is_there(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third, *others = [one["billingAccount"]["id"] for one in await billed(works)]
    lines = TmfAdapter.bill_lines
    asked: list[str] = []

    async def awkward(self: TmfAdapter, bill: Bill, *, offset: int, limit: int) -> Page[BillLine]:
        asked.append(bill.account)
        if bill.account == first:
            raise CarrierUnavailable("500")
        page = await lines(self, bill, offset=offset, limit=limit)
        if bill.account == second:
            return Page(page.rows[1:], offset, page.total - 1)
        if bill.account == third and asked.count(third) == 1:
            raise CarrierUnavailable("500")
        return page

    monkeypatch.setattr(TmfAdapter, "bill_lines", awkward)
    document = await works.ordered(KIND.CLOSING_SET, MONTH, ZIP)
    await works.work()

    ready = await works.read(document)
    assert ready.state is DocumentState.READY
    assert ready.missing == (first, second)
    assert ready.rows == len(others) + 1
    content = await works.stores.documents.content(document.id)
    assert content is not None
    files = unpacked(MadeFile(content, "", 0))
    assert f"certificate_{first}_2026-10.pdf" not in files
    assert f"certificate_{third}_2026-10.pdf" in files
    notes = {one["Account"]: one["Note"] for one in listed(files)}
    assert notes[first] == "not made: the operator did not answer"
    assert notes[second] == "not made: some of the operator's figures are missing"
    assert notes[third] is None
    cover = told(files["bound_180140000018_2026-10.pdf"])[-1]
    assert f"{first}: not made: the operator did not answer" in cover


async def test_an_operator_that_is_away_is_waited_for(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> Page[BillLine]:
        raise CarrierNotReached("closed")

    with monkeypatch.context() as broken:
        broken.setattr(TmfAdapter, "bill_lines", away)
        document = await works.ordered(KIND.CLOSING_SET, MONTH, ZIP)
        await works.work()
        assert (await works.read(document)).state is DocumentState.QUEUED
    works.world.clock.set(works.world.clock.now() + timedelta(seconds=30))
    await works.work()
    ready = await works.read(document)
    assert (ready.state, ready.missing) == (DocumentState.READY, ())


async def test_a_set_that_outgrows_a_message_goes_on_in_the_next(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = [one["billingAccount"]["id"] for one in await billed(works)]
    alone = await works.made(KIND.CERTIFICATE, {**MONTH, "account": accounts[0]}, PDF)
    room = closing_set.ROOM_FOR_LIST + 7 * len(alone.content)
    monkeypatch.setattr(closing_set, "HEAVIEST", room)
    before = await works.stores.documents.of_person(
        7, DEMO.id, works.world.clock.now() - timedelta(days=1), offset=0, limit=100
    )

    document = await works.ordered(KIND.CLOSING_SET, MONTH, ZIP)
    found: list[str] = []
    parts = [document]
    for part in parts:
        await works.work()
        ready = await works.read(part)
        assert ready.state is DocumentState.READY
        content = await works.stores.documents.content(part.id)
        assert content is not None
        assert len(content) <= room
        files = unpacked(MadeFile(content, "", 0))
        found += [name for name in files if name.startswith("certificate")]
        assert ready.rows == len(listed(files)) - 1
        assert ("register_180140000018_2026-10_2026-10.pdf" in files) == (part is document)
        page = await works.stores.documents.of_person(
            7, DEMO.id, works.world.clock.now() - timedelta(days=1), offset=0, limit=100
        )
        new = [one for one in page.rows if one.id not in {one.id for one in (*before.rows, *parts)}]
        assert len(new) <= 1
        assert (ready.total > ready.rows) == bool(new)
        parts += new
    assert len(parts) > 2
    assert found == [f"certificate_{account}_2026-10.pdf" for account in accounts]


async def test_prints_are_bound_in_volumes(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing_set, "BOUND_PAPERS", 5)
    accounts = [one["billingAccount"]["id"] for one in await billed(works)]
    files = unpacked(await works.made(KIND.CLOSING_SET, MONTH, ZIP))

    bound = sorted(name for name in files if name.startswith("bound"))
    assert len(bound) == -(-len(accounts) // 5)
    pages = [page for name in bound for page in told(files[name])]
    assert sum("Form R-1" in page for page in pages) == len(accounts)
    assert sum(page.startswith("Invoice register") for page in pages) == 1

    first = await works.ordered(KIND.CLOSING_SET, MONTH, PDF)
    await works.work()
    ready = await works.read(first)
    assert (ready.rows, ready.total) == (5, len(accounts))
    claimed = await works.stores.documents.claim("w", works.world.clock.now(), LEASE)
    assert claimed is not None
    assert claimed.order.parameters["after"] == accounts[4]
    assert claimed.order.parameters["month"] == "2026-10"


async def test_an_account_that_was_billed_nothing_is_listed(works: Works) -> None:
    """And a company that was billed nothing at all gets a sentence."""
    month = {"month": "2026-06"}
    files = unpacked(await works.made(KIND.CLOSING_SET, month, ZIP, KAZYNA))
    notes = {one["Account"]: (one["Note"], one["File"]) for one in listed(files)}
    assert notes["31400101"] == ("nothing was billed", None)
    assert await works.empty(KIND.CLOSING_SET, {"month": "2018-01"})


async def test_it_is_large_from_its_beginning(works: Works) -> None:
    await works.ordered(KIND.CLOSING_SET, MONTH, ZIP)
    now = works.world.clock.now()
    assert await works.stores.documents.claim("w", now, LEASE, large=False) is None
    claimed = await works.stores.documents.claim("w", now, LEASE)
    assert claimed is not None
    assert claimed.large
