"""One operator, asked in the forms of v4 and of v5: what is told of its customers is the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from account.changes.action import ActionKind
from account.changes.parameters import NOTHING
from account.chapters.billing.bills import BillsQuery
from account.chapters.devices.registrations import DevicesQuery
from account.chapters.forwarding import Condition, setting
from account.chapters.kinds import parameters_of
from account.chapters.numbers import NumbersQuery
from account.chapters.payments import PaymentsQuery
from account.chapters.services.changes import ServiceOnParameters
from account.chapters.sim import ReplaceParameters
from account.chapters.usage import UsageKind, UsageQuery
from account.values.identifiers import Email, Msisdn
from account.values.number import NumberState
from account.values.periods import Month, MonthSpan, Period
from carrier.profile.loader import contract
from tests.carrier.test_two_dialects import AUTUMN, BLOCKED, LOGIN, OCTOBER, Side, opened

BODIES = {
    "order": "productOrderingManagement/v5/productOrder",
    "consumption": "usageConsumption/v5/queryUsageConsumption",
}
WHOLE = {"offset": 0, "limit": 100}


@pytest_asyncio.fixture
async def kcell(tmp_path: Path) -> AsyncIterator[Side]:
    async for side in opened(tmp_path, "kcell", contract()):
        yield side


@pytest_asyncio.fixture
async def v5(tmp_path: Path) -> AsyncIterator[Side]:
    async for side in opened(tmp_path, "v5"):
        yield side


async def usage(side: Side) -> Any:
    query = UsageQuery(LOGIN, Period(date(2026, 10, 1), date(2026, 10, 31)), UsageKind.EVERYTHING)
    return await side.carrier.usage(side.company, query, offset=0, limit=40)


async def allowances(side: Side) -> Any:
    """Without what is left: time passes between the two questions."""
    page = await side.carrier.allowances(side.company, LOGIN)
    return page.left_out, [replace(one, left=None) for one in page.rows]


async def bill_lines(side: Side) -> Any:
    query = BillsQuery(side.company, months=MonthSpan(Month(2026, 9), OCTOBER))
    page = await side.carrier.bills(query, **WHOLE)
    return [await side.carrier.bill_lines(one, **WHOLE) for one in page.rows]


QUESTIONS: dict[str, Callable[[Side], Awaitable[Any]]] = {
    "administrator": lambda side: side.carrier.administrator(LOGIN),
    "companies": lambda side: side.carrier.companies("adm-1"),
    "numbers": lambda side: side.carrier.numbers(side.company, NumbersQuery(limit=100)),
    "search": lambda side: side.carrier.numbers(side.company, NumbersQuery("2115526")),
    "tally": lambda side: side.carrier.tally(side.company),
    "card": lambda side: side.carrier.number(side.company, BLOCKED),
    "nobody's": lambda side: side.carrier.number(side.company, Msisdn("77023300102")),
    "services": lambda side: side.carrier.services(side.company, LOGIN),
    "offerings": lambda side: side.carrier.offerings(),
    "allowances": allowances,
    "sim": lambda side: side.carrier.sim(side.company, LOGIN),
    "blank cards": lambda side: side.carrier.blank_sims(side.company, **WHOLE),
    "devices": lambda side: side.carrier.devices(side.company, DevicesQuery()),
    "accounts": lambda side: side.carrier.accounts(side.company, None, **WHOLE),
    "bills": lambda side: side.carrier.bills(
        BillsQuery(side.company, months=MonthSpan(OCTOBER, OCTOBER)), **WHOLE
    ),
    "bill lines": bill_lines,
    "usage": usage,
    "payments": lambda side: side.carrier.payments(PaymentsQuery(side.company, AUTUMN), **WHOLE),
    "contract": lambda side: side.carrier.contract(side.company, "25060830"),
    "package": lambda side: side.carrier.pool(side.company),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
async def test_what_is_told_is_the_same(
    kcell: Side, v5: Side, question: Callable[[Side], Awaitable[Any]]
) -> None:
    theirs, told = await question(kcell), await question(v5)
    assert told == theirs
    assert getattr(told, "left_out", 0) == 0


async def test_a_number_is_blocked_and_unblocked(v5: Side) -> None:
    number = Msisdn("77012115526")
    for kind, state in (
        (ActionKind.BLOCK, NumberState.BLOCKED),
        (ActionKind.UNBLOCK, NumberState.ACTIVE),
    ):
        await v5.done(kind, NOTHING, number)
        shown = await v5.carrier.number(v5.company, number)
        assert shown is not None
        assert shown.state is state


async def test_other_changes_are_carried_out(v5: Side) -> None:
    number = Msisdn("77010542008")
    await v5.done(ActionKind.FORWARDING_SET, setting(Condition.BUSY, LOGIN, 0), number)
    [card, *_] = (await v5.carrier.blank_sims(v5.company, **WHOLE)).rows
    await v5.done(ActionKind.SIM_REPLACE, ReplaceParameters(card), number)
    sim = await v5.carrier.sim(v5.company, number)
    assert sim is not None
    assert sim.iccid == card
    offered = next(one for one in (await v5.carrier.offerings()).values() if one.sellable)
    await v5.done(ActionKind.SERVICE_ON, ServiceOnParameters(offered), LOGIN)
    told = {"email": "new@demo.example", "language": "en", "was": "assel@demo.example"}
    await v5.done(ActionKind.EMAIL, parameters_of(ActionKind.EMAIL, told, {}), LOGIN)
    person = await v5.carrier.administrator(LOGIN)
    assert person is not None
    assert person.email == Email("new@demo.example")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("productInventory/v5/product", "relatedParty.id=org-180140000018"),
        ("productInventory/v5/product", "fields=agreement"),
        ("partyManagement/v5/individual", "contactMedium.characteristic.phoneNumber=7701"),
        ("productOrderingManagement/v5/productOrder", "externalId=a"),
    ],
)
async def test_names_of_v4_are_refused(v5: Side, path: str, query: str) -> None:
    headers = {"Authorization": "Bearer sandbox-secret"}
    told = await v5.control.get(f"/tmf-api/{path}?{query}", headers=headers)
    assert told.status_code == 400
    assert (await v5.control.get("/tmf-api/productInventory/v4/product")).status_code == 404


@pytest.mark.parametrize("name", sorted(BODIES))
async def test_bodies_of_v4_are_refused(v5: Side, name: str) -> None:
    address = BODIES[name]
    told = await v5.control.post(f"/tmf-api/{address}", json={"relatedParty": [{"id": "x"}]})
    assert told.status_code == 400, told.text
