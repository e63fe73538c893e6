"""Whatever the operator answers, a read ends in a result or in `CarrierUnavailable`."""

from __future__ import annotations

import asyncio
import contextlib
import copy
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from account.chapters.billing.bills import BillsQuery
from account.chapters.numbers import NumbersQuery
from account.chapters.usage import UsageQuery
from account.errors import CarrierUnavailable
from account.values.periods import Period
from carrier.tmf.adapter import TmfAdapter
from tests.carrier.desk import COMPANY, NUMBER, Desk, action, bucket, product
from tests.carrier.test_tmf_bills import A_BILL, bill, billing_account, line, pool
from tests.carrier.test_tmf_orders import REFERENCE, order
from tests.carrier.test_tmf_party import DEMO, PHONE, individual
from tests.carrier.test_tmf_usage import record

PERIOD = Period(date(2026, 11, 1), date(2026, 11, 2))

READS: dict[str, Callable[[TmfAdapter], Awaitable[object]]] = {
    "administrator": lambda carrier: carrier.administrator(PHONE),
    "companies": lambda carrier: carrier.companies("adm-1"),
    "numbers": lambda carrier: carrier.numbers(COMPANY, NumbersQuery()),
    "tally": lambda carrier: carrier.tally(COMPANY),
    "number": lambda carrier: carrier.number(COMPANY, NUMBER),
    "usage": lambda carrier: carrier.usage(COMPANY, UsageQuery(PHONE, PERIOD), offset=0, limit=10),
    "accounts": lambda carrier: carrier.accounts(COMPANY, None, offset=0, limit=10),
    "bills": lambda carrier: carrier.bills(BillsQuery(COMPANY), offset=0, limit=10),
    "bill lines": lambda carrier: carrier.bill_lines(A_BILL, offset=0, limit=10),
    "billed accounts": lambda carrier: carrier.billed_accounts(COMPANY, NUMBER, A_BILL.month),
    "pool": lambda carrier: carrier.pool(COMPANY),
    "pool usage": lambda carrier: carrier.pool_usage(COMPANY, offset=0, limit=10),
    "order": lambda carrier: carrier.order(action(id=REFERENCE)),
}
WELL: dict[str, Any] = {
    "individual": individual(),
    "organization": DEMO,
    "product": product(status="suspended", suspensionReason="debt"),
    "bucket": bucket("remaining credit limit"),
    "billingAccount": billing_account(),
    "customerBill": bill(),
    "appliedCustomerBillingRate": line(),
    "queryUsageConsumption": {"usageConsumption": [pool()]},
    "usage": record(),
    "productOrder": order("rejected", note=[{"text": "NUMBER.DEBT: x"}]),
}
POSTED = "queryUsageConsumption"
"""Asked for with a body, and answered with an object."""
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(
        ["", "active", "\ud800", "2026-11-21T09:46:12+05:00", "9999-12-31T23:59:59-14:00"]
    )
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@pytest.mark.parametrize("name", sorted(READS.keys() - {"tally"}))
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"null",
        b"{}",
        b"[[]]",
        b"[1]",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[1" + b"0" * 5000 + b"]",
    ],
    ids=range(10),
)
async def test_garbage(desk: Desk, name: str, body: bytes) -> None:
    for resource in WELL:
        desk.answer(resource, body, total=1)
    with pytest.raises(CarrierUnavailable):
        await READS[name](desk.carrier)


def paths(body: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where there is something in a JSON value that can be replaced."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(body, dict):
        inner = list(body.items())
    elif isinstance(body, list):
        inner = list(enumerate(body))
    return [here, *(path for key, one in inner for path in paths(one, (*here, key)))]


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_one_wrong_field_anywhere(data: st.DataObject) -> None:
    resource = data.draw(st.sampled_from(sorted(WELL)))
    body: Any = [copy.deepcopy(WELL[resource])]
    *before, last = data.draw(st.sampled_from(paths(body)[1:]))
    place = body
    for key in before:
        place = place[key]
    place[last] = data.draw(JSON)

    async def ask() -> None:
        desk = Desk()
        for name, one in WELL.items():
            desk.answer(name, [one] if name != POSTED else one)
        desk.answer(resource, body if resource != POSTED else body[0])
        for read in READS.values():
            with contextlib.suppress(CarrierUnavailable):
                await read(desk.carrier)

    asyncio.run(ask())
