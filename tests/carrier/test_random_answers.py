"""Whatever rows an operator answers: a result or the house's own fault, and others leave no trace.

Each answer is asked for twice: with the company's rows alone, and with another company's between
them. Both readings have to be the same, to the rows left out and the fields that are counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from account.chapters.billing.bills import BillsQuery
from account.chapters.devices.registrations import DevicesQuery
from account.chapters.numbers import NumbersQuery
from account.chapters.payments import PaymentsQuery
from account.chapters.usage import UsageQuery
from account.errors import CarrierUnavailable
from account.values.page import Page
from account.values.periods import Period
from carrier.profile.loader import parse
from carrier.tmf.adapter import TmfAdapter
from carrier.tmf.wire import (
    tmf620,
    tmf622,
    tmf632,
    tmf635,
    tmf637,
    tmf639,
    tmf654,
    tmf666,
    tmf676,
    tmf678,
)
from tests.carrier.desk import COMPANY, NUMBER, Desk, bucket, product
from tests.carrier.random_rows import anothers, rows
from tests.carrier.test_tmf_bills import bill, billing_account
from tests.carrier.test_tmf_devices import order, resource
from tests.carrier.test_tmf_party import DEMO, PHONE, individual
from tests.carrier.test_tmf_payments import payment
from tests.carrier.test_tmf_services import OFFERING, SERVICE
from tests.carrier.test_tmf_sim import blank, card
from tests.carrier.test_tmf_usage import record

Ask = Callable[[TmfAdapter], Awaitable[Any]]
PERIOD = Period(date(2021, 1, 1), date(2026, 11, 22))
WALKED = '[find]\nnumber_by = "serial"\ntotals = "none"\n'


@dataclass(frozen=True)
class Case:
    """A list of the operator's, a row of it by the contract, and who reads it."""

    resource: str
    kind: type
    well: dict[str, Any]
    asks: tuple[Ask, ...]
    public: bool = False
    """It has no owner: there is nobody else's."""


CASES = {
    "people": Case(
        "individual",
        tmf632.Individual,
        individual(),
        (
            lambda carrier: carrier.colleagues(COMPANY),
            lambda carrier: carrier.administrator(PHONE),
        ),
    ),
    "companies": Case(
        "organization",
        tmf632.Organization,
        DEMO,
        (lambda carrier: carrier.companies("adm-1"),),
    ),
    "numbers": Case(
        "product",
        tmf637.Product,
        product(status="suspended", suspensionReason="debt"),
        (
            lambda carrier: carrier.numbers(COMPANY, NumbersQuery()),
            lambda carrier: carrier.number(COMPANY, NUMBER),
            lambda carrier: carrier.forwarding(COMPANY, NUMBER),
            lambda carrier: carrier.pool_usage(COMPANY, offset=0, limit=10),
        ),
    ),
    "services": Case(
        "product",
        tmf637.Product,
        SERVICE,
        (lambda carrier: carrier.services(COMPANY, NUMBER),),
    ),
    "cards": Case(
        "resource",
        tmf639.Resource,
        card(),
        (
            lambda carrier: carrier.sim(COMPANY, NUMBER),
            lambda carrier: carrier.last_imei(COMPANY, NUMBER),
        ),
    ),
    "blank cards": Case(
        "resource",
        tmf639.Resource,
        blank(),
        (lambda carrier: carrier.blank_sims(COMPANY, offset=0, limit=10),),
    ),
    "devices": Case(
        "resource",
        tmf639.Resource,
        resource(),
        (lambda carrier: carrier.devices(COMPANY, DevicesQuery(NUMBER)),),
    ),
    "device orders": Case(
        "productOrder",
        tmf622.ProductOrder,
        order(),
        (lambda carrier: carrier.device_requests(COMPANY, NUMBER, offset=0, limit=10),),
    ),
    "offerings": Case(
        "productOffering",
        tmf620.ProductOffering,
        OFFERING,
        (lambda carrier: carrier.offerings(), lambda carrier: carrier.offering("roaming-60")),
        public=True,
    ),
    "balances": Case(
        "bucket",
        tmf654.Bucket,
        bucket("main balance"),
        (lambda carrier: carrier.number(COMPANY, NUMBER),),
    ),
    "accounts": Case(
        "billingAccount",
        tmf666.BillingAccount,
        billing_account(),
        (lambda carrier: carrier.accounts(COMPANY, None, offset=0, limit=10),),
    ),
    "usage": Case(
        "usage",
        tmf635.Usage,
        record(),
        (lambda carrier: carrier.usage(COMPANY, UsageQuery(NUMBER, PERIOD), offset=0, limit=10),),
    ),
    "payments": Case(
        "payment",
        tmf676.Payment,
        payment(),
        (lambda carrier: carrier.payments(PaymentsQuery(COMPANY, PERIOD), offset=0, limit=10),),
    ),
    "bills": Case(
        "customerBill",
        tmf678.CustomerBill,
        bill(),
        (lambda carrier: carrier.bills(BillsQuery(COMPANY), offset=0, limit=10),),
    ),
}
_BESIDE = ("product", "bucket", "billingAccount", "resource", "individual")
"""What else may be asked for on the way; nothing is there."""


async def read(case: Case, told: list[dict[str, Any]], profile: str) -> list[object]:
    """What each asker learns, with what was counted as unreadable."""
    learnt: list[object] = []
    for ask in case.asks:
        desk = Desk(profile=parse(profile, "test"))
        for name in _BESIDE:
            desk.answer(name, [])
        desk.answer("queryUsageConsumption", {"usageConsumption": []})
        if case.resource == "bucket":
            desk.answer("product", [product(paymentMethod="Advance")])
        desk.answer(case.resource, told)
        try:
            found = await ask(desk.carrier)
        except CarrierUnavailable as fault:
            found = type(fault), str(fault)
        if isinstance(found, Page):
            found = found.rows, found.left_out
        learnt.append((found, sorted(desk.decoding_faults.rows)))
    return learnt


@pytest.mark.parametrize("name", sorted(CASES))
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_result_or_our_own_fault_and_of_others_no_trace(name: str, data: st.DataObject) -> None:
    case = CASES[name]
    some = rows(case.kind, case.well)
    ours = [
        row | {"id": f"{n}"} if "id" in row and n else row
        for n, row in enumerate(data.draw(st.lists(some, min_size=1, max_size=2)))
    ]
    profile = data.draw(st.sampled_from(["", WALKED] if case.resource == "product" else [""]))
    alone = asyncio.run(read(case, ours, profile))
    if case.public:
        return
    others = [anothers(row, n) for n, row in enumerate(data.draw(st.lists(some, max_size=2)))]
    if case.resource == "product":
        others = [row | {"productSerialNumber": "77019990000"} for row in others]
    mixed = [*others[:1], *ours, *others[1:]]
    assert asyncio.run(read(case, mixed, profile)) == alone
