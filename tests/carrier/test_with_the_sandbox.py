"""The client and the sandbox, each written from docs/operator.md alone, meet here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from account.changes.action import Action, ActionKind, Order, OrderState
from account.chapters.numbers import NumberCounts, NumbersQuery
from account.chapters.usage import Direction, UsageKind, UsageQuery
from account.errors import (
    CarrierNotReached,
    CarrierRefused,
    CarrierTurnTaken,
    CarrierUnavailable,
    OutcomeUnknown,
    PostRefused,
)
from account.values.identifiers import Email, Msisdn
from account.values.money import Money
from account.values.number import NumberState, PaymentMethod
from account.values.periods import Period
from carrier.breaker import BreakerState
from carrier.http import Limits, OperatorHttp
from carrier.mail import MailSender
from carrier.sms.tmf681 import SmsSender
from carrier.tmf.adapter import TmfAdapter
from sandbox.app import Sandbox
from sandbox.world import World, WorldClock
from tests.carrier.desk import action
from tests.loopback import client

DEMO = "org-180140000018"
KAZYNA = "org-180140000901"
QYRAN = "org-200340012342"
BLOCKED = Msisdn("77010542006")
ACTIVE = Msisdn("77010542007")
IN_DEBT = Msisdn("77010542009")
NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)


@dataclass
class Meeting:
    """A sandbox, a client of it, and the sandbox's own controls."""

    world: World
    http: OperatorHttp
    carrier: TmfAdapter
    control: httpx.AsyncClient

    @asynccontextmanager
    async def hurried(self) -> AsyncIterator[TmfAdapter]:
        """A client that waits for nothing, for operators that never answer."""
        limits = Limits(read=0.3, total=1.0)
        http = OperatorHttp(self.world.http_url, "any", limits=limits)
        yield TmfAdapter(http, self.world.clock)
        await http.close()

    async def fault(self, kind: str, match: str, **more: Any) -> None:
        query = {"target": "operator", "kind": kind, "match": match} | more
        (await self.control.post("/sandbox/faults", json=query)).raise_for_status()

    async def patch(self, path: str, **changes: Any) -> None:
        path = f"/sandbox/operator/{path}"
        (await self.control.patch(path, json=changes)).raise_for_status()

    async def effects(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            (await self.control.get("/sandbox/operator/effects")).raise_for_status().json()
        )
        return found

    async def number(self, msisdn: Msisdn, company: str = DEMO) -> Any:
        return await self.carrier.number(company, msisdn)

    async def ended(self, one: Action) -> Order:
        """The order of a change once it is no longer under way."""
        for _ in range(3000):
            order = await self.carrier.order(one)
            if order is not None and order.state is not OrderState.UNDER_WAY:
                return order
            await asyncio.sleep(0.02)
        raise AssertionError("the order never ended")


@pytest_asyncio.fixture
async def meeting(tmp_path: Path) -> AsyncIterator[Meeting]:
    world = World(tmp_path, clock=WorldClock(NOW))
    async with Sandbox(world) as sandbox:
        http = OperatorHttp(sandbox.world.http_url, "any")
        async with client(sandbox.world.http_url) as control:
            meeting = Meeting(world, http, TmfAdapter(http, world.clock), control)
            await meeting.patch("settings", order_seconds=0.05)
            yield meeting
        await http.close()


# --- people ---


async def test_the_administrators_of_the_demo(meeting: Meeting) -> None:
    person = await meeting.carrier.administrator(Msisdn("77010542007"))
    assert person is not None
    assert (person.id, person.name) == ("adm-1", "Асель Нұрланқызы Садыкова")
    assert person.email == Email("assel@demo.example")
    ported = await meeting.carrier.administrator(Msisdn("77081112233"))
    assert ported is not None
    assert ported.phone.digits[1:4] in meeting.http.profile.names.codes_by_email
    assert ported.code_by_email is False, "the register knows better than the prefix"
    tele2 = await meeting.carrier.administrator(Msisdn("77471234567"))
    assert tele2 is not None
    assert tele2.code_by_email
    assert tele2.email is None
    foreign = await meeting.carrier.administrator(Msisdn("79161234567"))
    assert foreign is not None


async def test_who_is_no_administrator(meeting: Meeting) -> None:
    assert await meeting.carrier.administrator(Msisdn("77010542011")) is None
    assert await meeting.carrier.administrator(Msisdn("77019999999")) is None


async def test_companies_and_their_end(meeting: Meeting) -> None:
    companies = await meeting.carrier.companies("adm-1")
    assert [(one.id, one.bin_shown) for one in companies] == [
        (DEMO, "180140000018"),
        (KAZYNA, "180140000901"),
    ]
    [qyran] = await meeting.carrier.companies("adm-3")
    assert qyran.name == '<Алтын & Қыран> «"Ә" ЖШС»'
    await meeting.patch("administrators/adm-1", companies=[KAZYNA])
    assert [one.id for one in await meeting.carrier.companies("adm-1")] == [KAZYNA]
    await meeting.patch("administrators/adm-1", companies=[])
    assert await meeting.carrier.companies("adm-1") == ()
    assert await meeting.carrier.administrator(Msisdn("77010542007")) is None


# --- numbers ---


async def test_the_list_page_by_page(meeting: Meeting) -> None:
    seen: list[str] = []
    for offset in range(0, 40, 10):
        page = await meeting.carrier.numbers(DEMO, NumbersQuery(offset=offset))
        assert page.total == 37
        seen += [row.msisdn.digits for row in page.rows]
        for row in page.rows:
            assert row.company_id == DEMO
            assert row.funds is not None
    assert len(seen) == 37
    assert seen == sorted(set(seen))


async def test_the_rows_of_the_guide(meeting: Meeting) -> None:
    blocked, active = await meeting.number(BLOCKED), await meeting.number(ACTIVE)
    assert blocked.state is NumberState.BLOCKED
    assert blocked.blocked_by_company
    assert (blocked.account, blocked.tariff) == ("25060831", "Business Class Junior")
    assert (blocked.payment, blocked.funds) == (PaymentMethod.CREDIT, Money(847690))
    assert blocked.individual_limit is None
    assert blocked.registration_form == "300014697190-131"
    assert active.state is NumberState.ACTIVE
    assert (active.funds, active.individual_limit) == (Money(847590), Money(44600))
    debt = await meeting.number(IN_DEBT)
    assert (debt.state, debt.debt) == (NumberState.DEBT, Money(1250050))


async def test_another_companys_number_is_not_there(meeting: Meeting) -> None:
    assert await meeting.number(BLOCKED, KAZYNA) is None
    assert await meeting.number(Msisdn("77019999999")) is None


async def test_states_and_the_tally_agree(meeting: Meeting) -> None:
    assert await meeting.carrier.tally(DEMO) == NumberCounts(total=37, active=34, blocked=2, debt=1)
    for state, count in ((NumberState.ACTIVE, 34), (NumberState.BLOCKED, 2), (NumberState.DEBT, 1)):
        page = await meeting.carrier.numbers(DEMO, NumbersQuery(state=state, limit=100))
        assert (page.total, len(page.rows)) == (count, count)
        assert {row.state for row in page.rows} == {state}


async def test_the_search_by_every_column_and_in_every_alphabet(meeting: Meeting) -> None:
    async def found(text: str, state: NumberState | None = None) -> list[Msisdn]:
        query = NumbersQuery(search=text, state=state, limit=50)
        return [row.msisdn for row in (await meeting.carrier.numbers(DEMO, query)).rows]

    assert await found("054-20-06") == [BLOCKED]
    assert await found("8 (701) 054 20 06") == [BLOCKED]
    assert await found("25060831") == [BLOCKED]
    assert BLOCKED in await found("class JUNIOR")
    assert BLOCKED in await found("СКЛАД, алм")
    assert await found("054-20-06", NumberState.ACTIVE) == []
    for nothing in (".*", "a|b", "a;status=active", "a&limit=1", "((", "\\", "%", "[^x]", ";"):
        assert await found(nothing) == [], nothing
    await meeting.patch("numbers/77010542007", label="a;b=c&d (100%) \\ .* «ә»")
    for part in (";b=c&d", "(100%)", "\\ .*", "«Ә»"):
        assert await found(part) == [ACTIVE], part


async def test_a_tariff_of_signs_comes_as_it_is(meeting: Meeting) -> None:
    page = await meeting.carrier.numbers(DEMO, NumbersQuery(search="<basic &"))
    assert {row.tariff for row in page.rows} == {"M2M Telemetry <basic & safe>"}


async def test_money_moves_to_the_tiyn(meeting: Meeting) -> None:
    await meeting.patch("numbers/77010542007", balance="0.07", individual_limit=None)
    number = await meeting.number(ACTIVE)
    assert (number.funds, number.individual_limit) == (Money(7), None)


# --- usage ---


async def test_usage_adds_up_over_its_pages(meeting: Meeting) -> None:
    query = UsageQuery(ACTIVE, Period(date(2026, 10, 22), date(2026, 11, 22)))
    whole = await meeting.carrier.usage(DEMO, query, offset=0, limit=1000)
    assert whole.total == len(whole.rows) > 100
    assert [row.at for row in whole.rows] == sorted((row.at for row in whole.rows), reverse=True)
    assert all(query.period.start_utc <= row.at < NOW + timedelta(minutes=1) for row in whole.rows)
    part = await meeting.carrier.usage(DEMO, query, offset=50, limit=25)
    assert part.rows == whole.rows[50:75]
    kinds = {
        kind: await meeting.carrier.usage(
            DEMO, UsageQuery(ACTIVE, query.period, kind), offset=0, limit=1000
        )
        for kind in UsageKind
        if kind is not UsageKind.EVERYTHING
    }
    assert sum(page.total for page in kinds.values()) == whole.total
    for kind, page in kinds.items():
        assert {row.kind for row in page.rows} <= {kind}
    assert {row.direction for row in kinds[UsageKind.CALLS].rows} == {Direction.OUT, Direction.IN}
    assert all(row.party for row in kinds[UsageKind.CALLS].rows)
    assert all(row.direction is Direction.NONE for row in kinds[UsageKind.DATA].rows)


async def test_a_blocked_number_used_nothing(meeting: Meeting) -> None:
    query = UsageQuery(BLOCKED, Period(date(2026, 11, 1), date(2026, 11, 21)))
    assert (await meeting.carrier.usage(DEMO, query, offset=0, limit=10)).total == 0


# --- changes ---


async def test_an_order_that_comes_too_late_is_not_taken(meeting: Meeting) -> None:
    carrier = TmfAdapter(
        meeting.http, meeting.world.clock, orders_expire_after=timedelta(seconds=10)
    )
    now = meeting.world.clock.now()
    late = action(msisdn=ACTIVE, id="late-1", sent_at=now - timedelta(seconds=12))
    with pytest.raises(CarrierNotReached):
        await carrier.place(late)
    assert await carrier.order(late) is None
    for sent_at in (now, now + timedelta(seconds=1)):
        again = replace(late, sent_at=sent_at)
        placed = await carrier.place(again)
        assert placed.state is not OrderState.FAILED, "one key, each try's own"
    await meeting.ended(late)
    assert len(await meeting.effects()) == 1


async def test_a_block_and_an_unblock_take_effect_once(meeting: Meeting) -> None:
    block = action(msisdn=ACTIVE, id="block-1")
    assert (await meeting.carrier.place(block)).state is OrderState.UNDER_WAY
    assert (await meeting.ended(block)).state is OrderState.COMPLETED
    number = await meeting.number(ACTIVE)
    assert number.state is NumberState.BLOCKED
    assert number.blocked_by_company
    assert (await meeting.carrier.tally(DEMO)).blocked == 3
    unblock = action(ActionKind.UNBLOCK, msisdn=ACTIVE, id="unblock-1")
    await meeting.carrier.place(unblock)
    await meeting.ended(unblock)
    assert (await meeting.number(ACTIVE)).state is NumberState.ACTIVE
    assert (await meeting.carrier.tally(DEMO)).blocked == 2
    assert [(one["externalId"], one["what"]) for one in await meeting.effects()] == [
        ("block-1", "block"),
        ("unblock-1", "unblock"),
    ]


async def test_an_order_that_nobody_placed_is_none(meeting: Meeting) -> None:
    assert await meeting.carrier.order(action(id="c0ffee00-0000-4000-8000-000000000009")) is None


async def test_debt_refuses_a_change(meeting: Meeting) -> None:
    for kind in (ActionKind.BLOCK, ActionKind.UNBLOCK, ActionKind.SERVICE_ON):
        with pytest.raises(CarrierRefused) as refused:
            await meeting.carrier.place(action(kind, msisdn=IN_DEBT, id=f"{kind}-1"))
        assert refused.value.reason_code == "NUMBER.DEBT"
    assert await meeting.effects() == []


async def test_another_companys_number_cannot_be_changed(meeting: Meeting) -> None:
    with pytest.raises(CarrierRefused) as refused:
        await meeting.carrier.place(action(company_id=KAZYNA, msisdn=ACTIVE))
    assert refused.value.reason_code == "NUMBER.NOT_FOUND"


async def test_a_number_that_fell_into_debt_meanwhile(meeting: Meeting) -> None:
    await meeting.patch("settings", order_seconds=0.3)
    one = action(msisdn=ACTIVE)
    await meeting.carrier.place(one)
    await meeting.patch("numbers/77010542007", debt="1500.00")
    order = await meeting.ended(one)
    assert (order.state, order.reason_code) == (OrderState.FAILED, "NUMBER.DEBT")
    assert (await meeting.number(ACTIVE)).debt == Money(150000)


@pytest.mark.parametrize(
    ("fault", "error", "effects"),
    [
        ("http_429", CarrierTurnTaken, 0),
        ("http_500", OutcomeUnknown, 0),
        ("reject", CarrierRefused, 0),
        ("hang_before_effect", OutcomeUnknown, 0),
        ("hang_after_effect", OutcomeUnknown, 1),
        ("reset_after_effect", OutcomeUnknown, 1),
    ],
)
async def test_each_fault_of_a_change_is_told_apart(
    meeting: Meeting, fault: str, error: type[Exception], effects: int
) -> None:
    await meeting.fault(fault, "POST", seconds=0.6)
    one = action(msisdn=ACTIVE)
    async with meeting.hurried() as hurried:
        carrier = hurried if fault.startswith("hang") else meeting.carrier
        with pytest.raises(error) as raised:
            await carrier.place(one)
    assert type(raised.value) is error
    if effects:
        assert (await meeting.ended(one)).state is OrderState.COMPLETED
    else:
        assert await meeting.carrier.order(one) is None
    assert len(await meeting.effects()) == effects


async def test_the_key_used_with_another_change_is_not_a_refusal_of_it(meeting: Meeting) -> None:
    await meeting.carrier.place(action(msisdn=ACTIVE))
    with pytest.raises(OutcomeUnknown):
        await meeting.carrier.place(action(ActionKind.UNBLOCK, msisdn=ACTIVE))


async def test_the_wrong_token_changes_nothing(meeting: Meeting) -> None:
    await meeting.patch("settings", token="secret")
    with pytest.raises(CarrierNotReached):
        await meeting.carrier.place(action(msisdn=ACTIVE))
    with pytest.raises(CarrierUnavailable):
        await meeting.number(ACTIVE)
    http = OperatorHttp(meeting.world.http_url, "secret")
    assert await TmfAdapter(http, meeting.world.clock).number(DEMO, ACTIVE) is not None
    await http.close()


# --- reads under faults ---


async def test_a_read_gets_over_two_faults(meeting: Meeting) -> None:
    await meeting.fault("http_500", "/product", times=2)
    assert await meeting.number(ACTIVE) is not None


async def test_a_silent_operator_costs_no_more_than_its_time(meeting: Meeting) -> None:
    await meeting.fault("hang_before_effect", "/product", times=None, seconds=5)
    started = asyncio.get_running_loop().time()
    async with meeting.hurried() as carrier:
        with pytest.raises(CarrierUnavailable):
            await carrier.number(DEMO, ACTIVE)
    assert asyncio.get_running_loop().time() - started < 4


async def test_an_operator_that_fails_and_fails_is_left_alone(meeting: Meeting) -> None:
    await meeting.fault("http_500", "/product", times=None)
    for _ in range(2):
        with pytest.raises(CarrierUnavailable):
            await meeting.number(ACTIVE)
    assert meeting.http.breakers["TMF637"] is BreakerState.OPEN
    with pytest.raises(CarrierNotReached):
        await meeting.number(ACTIVE)


# --- messages ---


async def test_a_text_arrives_once(meeting: Meeting) -> None:
    sms = SmsSender(meeting.http)
    for _ in range(2):
        await sms.send(ACTIVE, "Код: 123456", "code-1")
    shown = (await meeting.control.get("/sandbox/sms", params={"to": ACTIVE.digits})).json()
    assert [one["text"] for one in shown] == ["Код: 123456"]


async def test_a_text_that_is_never_delivered(meeting: Meeting) -> None:
    await meeting.fault("reject", "", target="sms")
    with pytest.raises(PostRefused):
        await SmsSender(meeting.http).send(ACTIVE, "t", "code-1")


async def test_a_letter_arrives(meeting: Meeting) -> None:
    url = f"smtp://127.0.0.1:{meeting.world.smtp_port}"
    sender = MailSender(url, "my-account@localhost", meeting.world.clock)
    to = Email("assel@demo.example")
    await sender.send(to, "Отчёт", "text", "doc-1", attachments=[("a.pdf", b"%PDF")])
    [letter] = (await meeting.control.get("/sandbox/mail", params={"to": to.address})).json()
    assert letter["subject"] == "Отчёт"
