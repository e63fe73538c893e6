"""The sandbox's operator with odd rows among its answers: what can be read is read as without them.

Two operators of one seed stand side by side, one of which mixes odd rows in. Nothing of theirs may
differ but the rows that nobody could read, and those are counted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from account.chapters.billing.bills import BillsQuery
from account.chapters.devices.registrations import DevicesQuery
from account.chapters.numbers import NumbersQuery
from account.chapters.payments import PaymentsQuery
from account.chapters.usage import UsageQuery
from account.values.identifiers import Msisdn
from account.values.number import NumberState
from account.values.page import Page
from account.values.periods import Period
from carrier.http import OperatorHttp
from carrier.tmf.adapter import TmfAdapter
from sandbox.app import Sandbox
from sandbox.operator.dialects.awkward import LEFT_OUT, Awkward
from sandbox.world import World, WorldClock
from tests.carrier.desk import DecodingFaults

DEMO = "org-180140000018"
LOGINS = [Msisdn(one) for one in ("77010542007", "77012115526", "77071234567", "77010542011")]
NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 22))
YEAR = Period(date(2025, 12, 1), date(2026, 11, 22))
SOME = [Msisdn(f"770105420{n:02}") for n in range(6, 14)]
TURNED = {NumberState.CONNECTING, NumberState.BLOCKED_BY_OPERATOR}
"""What an odd row may say a number's state is: another one, not one that is read wrongly."""


@dataclass
class Side:
    """One of the two, and what could not be read of it."""

    carrier: TmfAdapter
    decoding_faults: DecodingFaults


@pytest_asyncio.fixture(params=[1, 2, 3, 4])
async def sides(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Side, Side]]:
    async with AsyncExitStack() as stack:
        made = []
        for told in ("as it is", "odd"):
            folder = tmp_path / told
            folder.mkdir()
            # The same awkward world for both; in one its rows are told as they are.
            world = World(folder, clock=WorldClock(NOW), awkward=request.param)
            with pytest.MonkeyPatch.context() as patched:
                if told == "as it is":
                    patched.setattr(Awkward, "mixed", lambda _self, route: route)
                sandbox = await stack.enter_async_context(Sandbox(world))
            decoding_faults = DecodingFaults()
            http = OperatorHttp(sandbox.world.http_url, "any", decoding_observer=decoding_faults)
            stack.push_async_callback(http.close)
            made.append(Side(TmfAdapter(http, world.clock), decoding_faults))
        usual, odd = made
        yield usual, odd
        assert odd.decoding_faults.answers == [], "every answer was understood"
        assert usual.decoding_faults == DecodingFaults()


async def both(sides: tuple[Side, Side], ask: Any) -> tuple[Any, Any]:
    usual, odd = sides
    return await ask(usual.carrier), await ask(odd.carrier)


async def test_the_list_and_each_card(sides: tuple[Side, Side]) -> None:
    query = NumbersQuery(limit=100)
    usual, odd = await both(sides, lambda carrier: carrier.numbers(DEMO, query))
    assert usual.left_out == 0
    assert len(odd.rows) + odd.left_out == len(usual.rows)
    assert sides[1].decoding_faults.rows == [("TMF637", LEFT_OUT)] * odd.left_out
    known = {one.msisdn: one for one in usual.rows}
    for one in odd.rows:
        same = known[one.msisdn]
        if one.state is not same.state:
            assert one.state in TURNED
        assert (
            replace(
                one,
                state=same.state,
                blocked_by_company=same.blocked_by_company,
                state_since=same.state_since,
                debt=same.debt,
            )
            == same
        )
        assert one.state_since is None or same.state_since is not None
        assert await sides[1].carrier.number(DEMO, one.msisdn) == one
    left_out = known.keys() - {one.msisdn for one in odd.rows}
    for msisdn in left_out:
        assert await sides[1].carrier.number(DEMO, msisdn) is None


async def test_who_logs_in_and_for_whom(sides: tuple[Side, Side]) -> None:
    for phone in LOGINS:
        usual, odd = await both(sides, lambda carrier, phone=phone: carrier.administrator(phone))
        assert (odd is None) == (usual is None)
        if usual is None:
            continue
        # the channel of codes is a characteristic, which an odd row may have lost
        assert replace(odd, code_by_email=usual.code_by_email) == usual
        companies = await both(sides, lambda carrier, who=usual.id: carrier.companies(who))
        assert companies[0] == companies[1]
    people, odd_people = await both(sides, lambda carrier: carrier.colleagues(DEMO))
    assert [one.administrator.id for one in odd_people] == [one.administrator.id for one in people]
    assert await sides[1].carrier.administrator(Msisdn("77010000001")) is None


async def rows_of(ask: Any, carrier: TmfAdapter) -> list[Any]:
    """All rows of a list, page after page; each page ends."""
    found: list[Any] = []
    offset, total = 0, 1
    while offset < total:
        page: Page[Any] = await ask(carrier, offset)
        assert page.left_out == 0
        assert page.end > offset or not page.total
        found += page.rows
        offset, total = page.end, page.total
    return found


LISTS: dict[str, Any] = {
    "usage": lambda carrier, offset: carrier.usage(
        DEMO, UsageQuery(LOGINS[0], NOVEMBER), offset=offset, limit=50
    ),
    "payments": lambda carrier, offset: carrier.payments(
        PaymentsQuery(DEMO, YEAR), offset=offset, limit=50
    ),
    "bills": lambda carrier, offset: carrier.bills(BillsQuery(DEMO), offset=offset, limit=50),
    "accounts": lambda carrier, offset: carrier.accounts(DEMO, None, offset=offset, limit=50),
    "blank cards": lambda carrier, offset: carrier.blank_sims(DEMO, offset=offset, limit=20),
    "devices": lambda carrier, offset: carrier.devices(
        DEMO, DevicesQuery(removed=True, offset=offset, limit=50)
    ),
}
SAME: dict[str, Any] = {
    "usage": lambda one: replace(one, service=None),
    "bills": lambda one: (one.number, one.account, one.month, one.gross),
    "accounts": lambda one: (one.number, one.owed, one.credit_limit),
    "payments": lambda one: replace(one, channel=""),
}
"""What of a row an odd one must have as well."""


@pytest.mark.parametrize("name", sorted(LISTS))
async def test_lists(sides: tuple[Side, Side], name: str) -> None:
    usual, odd = await both(sides, lambda carrier: rows_of(LISTS[name], carrier))
    same = SAME.get(name, lambda one: one)
    assert usual
    assert [same(one) for one in odd] == [same(one) for one in usual]
    assert sides[1].decoding_faults.rows == []


async def test_cards_services_and_what_is_on_offer(sides: tuple[Side, Side]) -> None:
    offered, odd_offered = await both(sides, lambda carrier: carrier.offerings())
    assert offered.keys() == odd_offered.keys()
    assert odd_offered.left_out == 0
    for msisdn in SOME:
        sim, odd_sim = await both(sides, lambda carrier, one=msisdn: carrier.sim(DEMO, one))
        assert (odd_sim and odd_sim.iccid) == (sim and sim.iccid)
        assert (odd_sim and odd_sim.imei) == (sim and sim.imei)
        services, odd_services = await both(
            sides, lambda carrier, one=msisdn: carrier.services(DEMO, one)
        )
        assert odd_services.left_out == 0
        assert {one.id for one in odd_services.rows} <= {one.id for one in services.rows}
