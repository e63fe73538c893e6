"""Accounts and invoices on screen (S28, S31), and what an order of a report may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from account.chapters.billing.accounts import Account
from account.chapters.billing.bills import Bill, BillLine
from account.documents.document import Document, DocumentState
from account.documents.invoices import SCREEN_ROWS
from account.documents.kinds import SPECS, DocumentFormat, DocumentKind
from account.documents.orders import LEASE
from account.effects.effect import Channel
from account.errors import (
    EmailOutside,
    NumberNotFound,
    PackageMissing,
    PeriodTooOld,
    ReferenceInvalid,
    RightMissing,
)
from account.values.identifiers import Email, Msisdn
from account.values.money import Money
from account.values.page import Page
from account.values.periods import Month
from account.values.rights import Role
from tests.account.orders import ACCOUNT, ORDERED, POOL
from tests.account.test_documents import Copyist
from tests.account.world import ALPHA, BETA, NUMBER, World, a_number

DECEMBER = Month(2021, 12)
ASKED = ORDERED[DocumentKind.INVOICE_SEARCH]


def billed(world: World, number: str, *numbers: Msisdn | None, account: str = ACCOUNT) -> Bill:
    """An invoice of December with a line of 100.00 for each number."""
    count = len(numbers)
    bill = Bill(
        number,
        account,
        date(2022, 1, 1),
        DECEMBER.period,
        Money(10_000 * count),
        Money(1_200 * count),
        Money(11_200 * count),
        lines=count,
    )
    cabinet = world.carrier.cabinet
    cabinet.bills.setdefault(ALPHA, []).append(bill)
    cabinet.lines[number] = cabinet.lines[f"{account}/{number}"] = [
        BillLine(one, "Reel", Money(10_000), Money(1_200), Money(11_200)) for one in numbers
    ]
    return bill


def numbers(count: int) -> list[Msisdn]:
    return [Msisdn(str(77012110000 + n)) for n in range(count)]


# --- On screen -------------------------------------------------------------------------------


async def test_pages_run_on_over_several_invoices_of_one_number(world: World) -> None:
    """Two accounts may have an invoice of the same accounting number in one year."""
    eleven = numbers(11)
    billed(world, "0042", *eleven[:4], account="25060830")
    billed(world, "0042", *eleven)
    billed(world, "0043", NUMBER)

    page = await world.invoices.find(world.actor(), ASKED)
    assert (page.offset, page.total) == (0, 15)
    assert [row.msisdn for row in page.rows] == [*eleven[:4], *eleven[:4]]
    assert [row.bill.account for row in page.rows] == ["25060830"] * 4 + [ACCOUNT] * 4
    page = await world.invoices.find(world.actor(), ASKED, SCREEN_ROWS)
    assert [row.msisdn for row in page.rows] == eleven[4:]
    assert page.rows[0].amount == Money(11_200)


@pytest.mark.parametrize("told", [None, 0, 8])
async def test_an_invoice_without_lines_hides_no_other(world: World, told: int | None) -> None:
    """However many it says it has."""
    empty = billed(world, "0042", account="25060830")
    billed(world, "0042", *numbers(3))
    world.carrier.cabinet.bills[ALPHA][0] = replace(empty, lines=told, registration=None)
    everything = dict(world.carrier.cabinet.lines)

    async def lines(bill: Bill, *, offset: int, limit: int) -> Page[BillLine]:
        found = [] if bill.account == "25060830" else everything["0042"]
        return Page(tuple(found[offset : offset + limit]), offset, len(found))

    world.carrier.bill_lines = lines  # type: ignore[method-assign]
    page = await world.invoices.find(world.actor(), ASKED)
    assert ([row.msisdn for row in page.rows], page.total) == (numbers(3), 3)


async def test_a_line_of_an_office_is_no_number(world: World) -> None:
    billed(world, "0042", None, NUMBER)
    page = await world.invoices.find(world.actor(), ASKED)
    assert [row.msisdn for row in page.rows] == [NUMBER]


async def test_what_cannot_be_searched_is_refused_before_anybody_is_asked(world: World) -> None:
    world.carrier.down = True
    with pytest.raises(ReferenceInvalid):
        await world.invoices.find(world.actor(), ASKED | {"number": "forty-two"})
    with pytest.raises(PeriodTooOld):
        await world.invoices.find(world.actor(), ASKED | {"year": "2017"})


async def test_a_number_leads_to_the_accounts_that_billed_it_in_that_month(world: World) -> None:
    actor = world.actor()
    assert await world.invoices.accounts_of(actor, NUMBER, DECEMBER) == (world.number.account,)
    billed(world, "1", NUMBER, account="25060830")
    billed(world, "2", NUMBER, account="25060831")
    accounts = await world.invoices.accounts_of(actor, NUMBER, DECEMBER)
    assert accounts == ("25060830", "25060831")
    theirs = world.carrier.add(a_number(Msisdn("77019999999"), BETA))
    with pytest.raises(NumberNotFound):
        await world.invoices.accounts_of(actor, theirs.msisdn, DECEMBER)


# --- Orders ----------------------------------------------------------------------------------


@pytest.fixture
def ready(world: World) -> World:
    """Everything that an order asks for is there."""
    world.carrier.cabinet.accounts[ALPHA] = [Account(ACCOUNT)]
    world.carrier.cabinet.pools[ALPHA] = (POOL, [])
    return world


async def order(world: World, kind: DocumentKind, email: Email | None = None) -> Document:
    return await world.documents.order(
        world.actor(), kind, SPECS[kind].formats[0], ORDERED[kind], "en", email, outside=True
    )


@pytest.mark.parametrize("kind", DocumentKind)
async def test_an_employee_orders_nothing(ready: World, kind: DocumentKind) -> None:
    company = replace(ready.alpha, role=Role.EMPLOYEE)
    employee = ready.actor(companies=(company,), only=NUMBER)
    for form in SPECS[kind].formats:
        with pytest.raises(RightMissing):
            await ready.documents.order(employee, kind, form, ORDERED[kind], "en")
    assert ready.ledger.documents == {}


@pytest.mark.parametrize("kind", DocumentKind)
async def test_what_no_parameter_of_the_kind_is_does_not_get_into_the_order(
    ready: World, kind: DocumentKind
) -> None:
    told = ORDERED[kind] | {"company": BETA, "password": "hunter2"}
    document = await ready.documents.order(ready.actor(), kind, SPECS[kind].formats[0], told, "en")
    assert document.order.parameters == ORDERED[kind]
    [entry] = ready.ledger.entries
    assert entry.parameters["document"] == kind.value
    assert "password" not in entry.parameters


async def test_a_file_by_e_mail_goes_to_the_chat_as_well(ready: World) -> None:
    with pytest.raises(EmailOutside):
        await ready.documents.order(
            ready.actor(),
            DocumentKind.REGISTER,
            DocumentFormat.XLSX,
            ORDERED[DocumentKind.REGISTER],
            "en",
            Email("aigul@elsewhere.kz"),
        )
    ready.makers[DocumentKind.REGISTER] = Copyist(ready)
    document = await order(ready, DocumentKind.REGISTER, Email("aigul@elsewhere.kz"))
    [entry] = ready.ledger.entries
    assert entry.parameters["email"] == "a***@e***.kz"

    claimed = await ready.document_store.claim("w", ready.clock.now(), LEASE)
    assert claimed is not None
    await ready.documents.make(claimed)
    words = {word.channel: word for word in ready.ledger.owed}
    assert words.keys() == {Channel.TELEGRAM, Channel.MAIL}
    letter = words[Channel.MAIL]
    assert (letter.to, letter.kind) == ("aigul@elsewhere.kz", "document.ready")
    assert letter.parameters["document"] == document.id


@pytest.mark.parametrize("failures", [0, 99], ids=["empty", "failed"])
async def test_a_file_that_is_not_there_is_not_mailed(ready: World, failures: int) -> None:
    ready.makers[DocumentKind.REGISTER] = Copyist(ready, made=None, failures=failures)
    await order(ready, DocumentKind.REGISTER, Email("aigul@elsewhere.kz"))
    for _ in range(6):
        claimed = await ready.document_store.claim("w", ready.clock.now(), LEASE)
        if claimed is not None:
            await ready.documents.make(claimed)
        ready.clock.advance(timedelta(seconds=60))
    assert {word.channel for word in ready.ledger.owed} == {Channel.TELEGRAM}


async def made_late(world: World, kind: DocumentKind) -> Document:
    """What becomes of an order when a worker comes to it."""
    maker = Copyist(world)
    world.makers[kind] = maker
    claimed = await world.document_store.claim("w", world.clock.now(), LEASE)
    assert claimed is not None
    await world.documents.make(claimed)
    assert maker.asked == [], "it was made all the same"
    return world.ledger.documents[claimed.id].document


@pytest.mark.parametrize(
    "kind", [DocumentKind.USAGE, DocumentKind.USAGE_CHART, DocumentKind.CERTIFICATE]
)
async def test_what_left_the_company_meanwhile_is_not_made(
    ready: World, kind: DocumentKind
) -> None:
    await order(ready, kind)
    ready.carrier.add(replace(ready.number, company_id=BETA))
    ready.carrier.cabinet.accounts = {BETA: [Account(ACCOUNT)]}
    assert (await made_late(ready, kind)).state is DocumentState.FAILED


async def test_a_package_that_ended_meanwhile_is_not_detailed(ready: World) -> None:
    await order(ready, DocumentKind.ATLAS)
    ready.carrier.cabinet.pools.clear()
    failed = await made_late(ready, DocumentKind.ATLAS)
    assert (failed.state, failed.reason_code) == (DocumentState.FAILED, PackageMissing.code)
