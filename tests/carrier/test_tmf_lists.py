"""Lists that the operator cuts or tells twice: all of it, or a refusal, never a part of it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx
import pytest
from structlog.testing import capture_logs

from account.changes.action import OrderState
from account.chapters.billing.bills import BillsQuery
from account.chapters.devices.registrations import DevicesQuery
from account.chapters.numbers import NumbersQuery
from account.chapters.payments import PaymentsQuery
from account.errors import CarrierUnavailable
from account.values.money import Money
from account.values.periods import Month
from carrier.tmf import account as billing
from tests.carrier.desk import COMPANY, NUMBER, Desk, Handler, action, bucket, product
from tests.carrier.test_tmf_bills import A_BILL, bill, billing_account, line
from tests.carrier.test_tmf_devices import order as device_order
from tests.carrier.test_tmf_devices import resource
from tests.carrier.test_tmf_orders import order
from tests.carrier.test_tmf_party import organization
from tests.carrier.test_tmf_payments import PERIOD, payment
from tests.carrier.test_tmf_services import OFFERING, SERVICE
from tests.carrier.test_tmf_sim import blank, card, person
from tests.carrier.test_tmf_transfers import answered, transfer
from tests.carrier.test_tmf_usage import CLOSED, record

Rows: TypeAlias = list[dict[str, Any]]
Ask: TypeAlias = Callable[[Desk], Awaitable[Any]]

NUMBERS = [f"7701054{n:04}" for n in range(37)]
EACH = range(37)


def cutting(rows: Rows, *, most: int = 5, gives: int | None = None) -> Handler:
    """An operator that answers at most `most` rows at once, and tells how many there are.

    Of `gives` it has no more than so many, whatever it tells.
    """
    there = rows if gives is None else rows[:gives]

    def answer(request: httpx.Request) -> httpx.Response:
        begin = int(request.url.params.get("offset", 0))
        limit = int(request.url.params["limit"])
        part = there[begin : begin + min(limit, most)]
        headers = {"X-Total-Count": str(len(rows)), "X-Result-Count": str(len(part))}
        return httpx.Response(206, headers=headers, content=json.dumps(part).encode())

    return answer


def twice(rows: Rows, *, most: int = 1000, told: int | None = None) -> Handler:
    """Each row of the page two times."""

    def answer(request: httpx.Request) -> httpx.Response:
        begin = int(request.url.params.get("offset", 0))
        limit = min(int(request.url.params["limit"]), most)
        part = [row for row in rows[begin : begin + limit] for _ in range(2)]
        headers = {"X-Total-Count": str(told or len(rows))}
        return httpx.Response(200, headers=headers, content=json.dumps(part).encode())

    return answer


def listed(one: dict[str, Any], **changes: Callable[[int], Any]) -> Rows:
    """37 rows like that one, each with an id of its own."""
    changes = {"id": lambda n: f"{one['id']}-{n}"} | changes
    return [one | {name: change(n) for name, change in changes.items()} for n in EACH]


@dataclass(frozen=True)
class Case:
    """A list of the operator's, who asks for it, and what else is asked for beside it."""

    api: str
    resource: str
    rows: Rows
    ask: Ask
    beside: tuple[tuple[str, Rows], ...] = ()


LOGINS = [person(f"adm-{n}", phone=f"7701054{n:04}") for n in EACH]
CALLED = [
    person(f"adm-{n}", contactMedium=[{"characteristic": {"phoneNumber": NUMBER.digits}}])
    for n in EACH
]
PRODUCTS = [product(number, paymentMethod="Advance") for number in NUMBERS]
BALANCES = [bucket("main balance", number, 100) for number in NUMBERS]
QUERY = NumbersQuery(limit=40)
OCTOBER = Month(2026, 10)

CASES = {
    "numbers": Case(
        "TMF637",
        "product",
        PRODUCTS,
        lambda desk: desk.carrier.numbers(COMPANY, QUERY),
        (("bucket", BALANCES),),
    ),
    "balances": Case(
        "TMF654",
        "bucket",
        BALANCES,
        lambda desk: desk.carrier.numbers(COMPANY, QUERY),
        (("product", PRODUCTS),),
    ),
    "debts": Case(
        "TMF666",
        "billingAccount",
        listed(billing_account()),
        lambda desk: billing.debts(desk.http, [f"25060830-{n}" for n in EACH], desk.day.now()),
    ),
    "accounts": Case(
        "TMF666",
        "billingAccount",
        listed(billing_account()),
        lambda desk: desk.carrier.accounts(COMPANY, None, offset=0, limit=40),
    ),
    "login": Case(
        "TMF632",
        "individual",
        [*CALLED, person("adm-x", phone=NUMBER.digits)],
        lambda desk: desk.carrier.administrator(NUMBER),
    ),
    "colleagues": Case(
        "TMF632", "individual", LOGINS, lambda desk: desk.carrier.colleagues(COMPANY)
    ),
    "companies": Case(
        "TMF632",
        "organization",
        [
            organization(f"org-{n}", f"TOO {n}", "180140000018", ("adm-1", "administrator"))
            for n in EACH
        ],
        lambda desk: desk.carrier.companies("adm-1"),
    ),
    "bills": Case(
        "TMF678",
        "customerBill",
        listed(bill(), billNo=lambda n: f"bill-{n}"),
        lambda desk: desk.carrier.bills(BillsQuery(COMPANY), offset=0, limit=40),
    ),
    "lines": Case(
        "TMF678",
        "appliedCustomerBillingRate",
        listed(line()),
        lambda desk: desk.carrier.bill_lines(A_BILL, offset=0, limit=40),
    ),
    "accounts that billed": Case(
        "TMF678",
        "appliedCustomerBillingRate",
        listed(line(), billingAccount=lambda n: {"id": f"25060830-{n}"}),
        lambda desk: desk.carrier.billed_accounts(COMPANY, NUMBER, OCTOBER),
        (("billingAccount", listed(billing_account())),),
    ),
    "payments": Case(
        "TMF676",
        "payment",
        listed(payment()),
        lambda desk: desk.carrier.payments(PaymentsQuery(COMPANY, PERIOD), offset=0, limit=40),
    ),
    "usage": Case(
        "TMF635",
        "usage",
        listed(record()),
        lambda desk: desk.carrier.usage(COMPANY, CLOSED, offset=0, limit=40),
    ),
    "services": Case(
        "TMF637",
        "product",
        listed(SERVICE),
        lambda desk: desk.carrier.services(COMPANY, NUMBER),
    ),
    "offerings": Case(
        "TMF620", "productOffering", listed(OFFERING), lambda desk: desk.carrier.offerings()
    ),
    "devices": Case(
        "TMF639",
        "resource",
        listed(resource()),
        lambda desk: desk.carrier.devices(COMPANY, DevicesQuery(NUMBER, removed=True, limit=40)),
    ),
    "requests": Case(
        "TMF622",
        "productOrder",
        listed(device_order()),
        lambda desk: desk.carrier.device_requests(COMPANY, None, offset=0, limit=40),
    ),
    "blank cards": Case(
        "TMF639",
        "resource",
        listed(blank()),
        lambda desk: desk.carrier.blank_sims(COMPANY, offset=0, limit=40),
    ),
    "card": Case(
        "TMF639",
        "resource",
        [*listed(card(number="77010000000")), card()],
        lambda desk: desk.carrier.sim_replaced_at(NUMBER),
    ),
    "order": Case(
        "TMF622",
        "productOrder",
        [*listed(order("failed")), order("completed")],
        lambda desk: desk.carrier.order(action(id=order()["externalId"])),
    ),
    "transfer": Case(
        "TMF654",
        "transferBalance",
        [*listed(answered("failed")), answered("completed")],
        lambda desk: desk.carrier.order(transfer()),
    ),
}


def lay(desk: Desk, case: Case, handler: Handler) -> None:
    for name, rows in case.beside:
        desk.lay(name, cutting(rows, most=1000))
    desk.lay(case.resource, handler)


@pytest.mark.parametrize("name", CASES)
async def test_a_list_that_is_cut_is_read_on(desk: Desk, name: str) -> None:
    case = CASES[name]
    lay(desk, case, cutting(case.rows, most=1000))
    whole = await case.ask(desk)
    other = Desk()
    lay(other, case, cutting(case.rows))
    assert await case.ask(other) == whole
    assert whole


@pytest.mark.parametrize("name", CASES)
async def test_a_list_that_has_less_than_it_tells_is_refused(desk: Desk, name: str) -> None:
    case = CASES[name]
    lay(desk, case, cutting(case.rows, gives=12))
    with pytest.raises(CarrierUnavailable):
        await case.ask(desk)


@pytest.mark.parametrize("name", CASES)
async def test_rows_that_come_twice_are_taken_once_and_logged(desk: Desk, name: str) -> None:
    case = CASES[name]
    lay(desk, case, cutting(case.rows, most=1000))
    whole = await case.ask(desk)
    other = Desk()
    lay(other, case, twice(case.rows))
    with capture_logs() as logs:
        assert await case.ask(other) == whole
    [first, *_] = [one for one in logs if one["event"] == "operator_repeats_rows"]
    assert first["api"] == case.api
    assert first["id"] in {"…" + row["id"][-4:] for row in case.rows}


async def test_rows_that_come_twice_may_be_counted_twice(desk: Desk) -> None:
    desk.lay("product", twice(PRODUCTS, told=74))
    desk.lay("bucket", twice(BALANCES, told=74))
    page = await desk.carrier.numbers(COMPANY, QUERY)
    assert (len(page.rows), page.total) == (37, 37)
    assert {row.funds for row in page.rows} == {Money(10_000)}


async def test_a_list_that_is_cut_and_told_twice_is_refused(desk: Desk) -> None:
    desk.lay("product", cutting(PRODUCTS, most=1000))
    desk.lay("bucket", twice(BALANCES, most=5))
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.numbers(COMPANY, QUERY)


@pytest.mark.parametrize("name", CASES)
async def test_two_rows_of_one_id_that_differ_are_refused(desk: Desk, name: str) -> None:
    case = CASES[name]
    first, *rest = case.rows
    lay(desk, case, cutting([first, first | {"@type": "Other"}, *rest], most=1000))
    with pytest.raises(CarrierUnavailable):
        await case.ask(desk)


async def test_no_sum_is_made_over_a_part_of_the_balances(desk: Desk) -> None:
    """Seen: 33 of 37 rows without a balance, and 1,750 for a total of 65,361.28."""
    lay(desk, CASES["balances"], cutting(BALANCES))
    page = await desk.carrier.numbers(COMPANY, QUERY)
    assert sum((row.funds or Money(0) for row in page.rows), Money(0)) == Money(370_000)


async def test_a_list_that_changes_between_two_pages_is_refused(desk: Desk) -> None:
    desk.lay("bucket", cutting(BALANCES), cutting(BALANCES[1:]))
    desk.lay("product", cutting(PRODUCTS, most=1000))
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.numbers(COMPANY, QUERY)


async def test_an_operator_that_repeats_its_first_page_for_ever_is_refused(desk: Desk) -> None:
    part = json.dumps(BALANCES[:5]).encode()
    same = httpx.Response(206, headers={"X-Total-Count": "37"}, content=part)
    desk.lay("bucket", lambda _: same)
    desk.lay("product", cutting(PRODUCTS, most=1000))
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.numbers(COMPANY, QUERY)


async def test_a_page_is_filled_so_that_the_next_one_begins_where_it_ends(desk: Desk) -> None:
    desk.lay("product", cutting(PRODUCTS))
    desk.lay("bucket", cutting(BALANCES))
    seen = []
    for offset in range(0, 40, 10):
        page = await desk.carrier.numbers(COMPANY, NumbersQuery(offset=offset, limit=10))
        assert page.total == 37
        seen += [row.msisdn.digits for row in page.rows]
    assert seen == NUMBERS


async def test_a_list_without_a_total_is_whole_unless_it_says_that_it_is_a_part(
    desk: Desk,
) -> None:
    told = json.dumps([order("completed")]).encode()
    asked = action(id=order()["externalId"])
    desk.lay("productOrder", lambda _: httpx.Response(200, content=told))
    found = await desk.carrier.order(asked)
    assert found is not None
    assert found.state is OrderState.COMPLETED
    desk.lay("productOrder", lambda _: httpx.Response(206, content=told))
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.order(asked)
