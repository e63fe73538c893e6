"""Transfers, forwarding and payments between the client and the sandbox, each from the contract."""

from __future__ import annotations

import asyncio
import uuid
from datetime import date

import pytest

from account.changes.action import Action, ActionKind, OrderState
from account.chapters.forwarding import ALL, CONDITION, Condition, Rule, setting
from account.chapters.numbers import NumbersQuery
from account.chapters.payments import PaymentMeans, PaymentsQuery
from account.chapters.transfers import FEE, RECIPIENT_LEFT, SENDER_LEFT, TransferParameters
from account.errors import CarrierRefused, OutcomeUnknown
from account.values.identifiers import Msisdn
from account.values.money import ZERO, Money
from account.values.number import NumberState, PaymentMethod
from account.values.periods import Period
from tests.carrier.desk import action
from tests.carrier.test_with_the_sandbox import ACTIVE, DEMO, KAZYNA, Meeting, meeting

__all__ = ["meeting"]

SENDER, RECIPIENT = Msisdn("77010542013"), Msisdn("77010542016")
TRANSFERS = "/tmf-api/prepayBalanceManagement/v4/transferBalance"
DAY = Period(date(2026, 11, 22), date(2026, 11, 22))


def transfer(
    tenge: str, sender: Msisdn = SENDER, recipient: Msisdn = RECIPIENT
) -> Action[TransferParameters]:
    parameters = TransferParameters(recipient, Money.parse(tenge), ZERO)
    kind, new = ActionKind.TRANSFER, str(uuid.uuid4())
    return action(kind, id=new, company_id=DEMO, msisdn=sender, parameters=parameters)


async def rich(meeting: Meeting) -> None:
    await meeting.patch(f"numbers/{SENDER.digits}", balance="1750", individual_limit=None)
    await meeting.patch(f"numbers/{RECIPIENT.digits}", balance="20", individual_limit=None)


async def has(meeting: Meeting, msisdn: Msisdn) -> Money:
    funds: Money = (await meeting.number(msisdn)).funds
    return funds


async def test_money_is_moved_once_and_found_again(meeting: Meeting) -> None:
    await rich(meeting)
    one = transfer("500.50")
    placed = await meeting.carrier.place(one)
    assert placed.state is OrderState.COMPLETED
    assert placed.receipt == {SENDER_LEFT: "124950", RECIPIENT_LEFT: "52050", FEE: "0"}
    assert await meeting.carrier.order(one) == placed
    assert await meeting.carrier.place(one) == placed, "the same key is the same transfer"
    assert (await has(meeting, SENDER), await has(meeting, RECIPIENT)) == (
        Money(124_950),
        Money(52_050),
    )


async def test_ten_at_once_cannot_overdraw(meeting: Meeting) -> None:
    await rich(meeting)

    async def move(one: Action) -> str:
        try:
            return (await meeting.carrier.place(one)).state
        except CarrierRefused as refused:
            return refused.reason_code

    ends = await asyncio.gather(*(move(transfer("300")) for _ in range(10)))
    assert sorted(ends) == ["FUNDS.INSUFFICIENT"] * 5 + [OrderState.COMPLETED] * 5
    assert (await has(meeting, SENDER), await has(meeting, RECIPIENT)) == (
        Money(25_000),
        Money(152_000),
    )


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (transfer("1", recipient=ACTIVE), "TRANSFER.CREDIT"),
        (transfer("1", recipient=SENDER), "TRANSFER.SAME"),
        (transfer("1", recipient=Msisdn("77023300102")), "NUMBER.NOT_FOUND"),
        (transfer("1750.01"), "FUNDS.INSUFFICIENT"),
    ],
)
async def test_refusals_of_a_transfer(meeting: Meeting, one: Action, code: str) -> None:
    await rich(meeting)
    with pytest.raises(CarrierRefused) as refused:
        await meeting.carrier.place(one)
    assert refused.value.reason_code == code
    assert await meeting.carrier.order(one) is None


async def test_a_lost_answer_is_looked_up(meeting: Meeting) -> None:
    await rich(meeting)
    one = transfer("100")
    await meeting.fault("reset_after_effect", f"POST {TRANSFERS}")
    with pytest.raises(OutcomeUnknown):
        await meeting.carrier.place(one)
    found = await meeting.carrier.order(one)
    assert found is not None
    assert found.state is OrderState.COMPLETED


async def test_money_gone_before_a_slow_transfer_is_due_fails_it(meeting: Meeting) -> None:
    await rich(meeting)
    await meeting.patch("settings", transfer_seconds=0.3)
    one = transfer("1000")
    assert (await meeting.carrier.place(one)).state is OrderState.UNDER_WAY
    await meeting.patch(f"numbers/{SENDER.digits}", balance="1")
    ended = await meeting.ended(one)
    assert (ended.state, ended.reason_code) == (OrderState.FAILED, "FUNDS.INSUFFICIENT")


async def test_a_transfer_is_a_payment_of_both(meeting: Meeting) -> None:
    await rich(meeting)
    placed = await meeting.carrier.place(transfer("100"))
    for msisdn, tiyn in ((SENDER, -10_000), (RECIPIENT, 10_000)):
        page = await meeting.carrier.payments(PaymentsQuery(DEMO, DAY, msisdn), offset=0, limit=10)
        [one] = page.rows
        assert (one.amount, one.means) == (Money(tiyn), PaymentMeans.BALANCE_TRANSFER)
        assert (one.document, one.number) == (placed.id, msisdn)


async def test_payments_of_a_number_and_of_the_company(meeting: Meeting) -> None:
    year = Period(date(2025, 11, 22), date(2026, 11, 22))
    of_number = await meeting.carrier.payments(
        PaymentsQuery(DEMO, year, ACTIVE), offset=0, limit=100
    )
    whole = await meeting.carrier.payments(PaymentsQuery(DEMO, year), offset=0, limit=1000)
    assert 0 < of_number.total < whole.total
    assert [one.at for one in of_number.rows] == sorted(
        (one.at for one in of_number.rows), reverse=True
    )
    assert sum(one.amount.tiyn for one in of_number.rows) > 0
    none = await meeting.carrier.payments(PaymentsQuery(KAZYNA, year, ACTIVE), offset=0, limit=9)
    assert none.rows == ()


async def test_prepaid_active_numbers_are_found(meeting: Meeting) -> None:
    query = NumbersQuery(state=NumberState.ACTIVE, limit=100, payment=PaymentMethod.ADVANCE)
    page = await meeting.carrier.numbers(DEMO, query)
    assert 0 < page.total == len(page.rows)
    assert {(one.payment, one.state) for one in page.rows} == {
        (PaymentMethod.ADVANCE, NumberState.ACTIVE)
    }


async def test_forwarding_is_set_and_cancelled(meeting: Meeting) -> None:
    for parameters in (
        setting(Condition.NO_ANSWER, RECIPIENT, 15),
        setting(Condition.UNCONDITIONAL, Msisdn("77272596060")),
    ):
        one = action(
            ActionKind.FORWARDING_SET,
            id=str(uuid.uuid4()),
            company_id=DEMO,
            msisdn=SENDER,
            parameters=parameters,
        )
        await meeting.carrier.place(one)
        assert (await meeting.ended(one)).state is OrderState.COMPLETED
    assert await meeting.carrier.forwarding(DEMO, SENDER) == (
        Rule(Condition.UNCONDITIONAL, "77272596060", active=True),
        Rule(Condition.NO_ANSWER, RECIPIENT.digits, active=True, suspended=True, timer=15),
    )
    assert await meeting.carrier.forwarding(KAZYNA, SENDER) is None

    off = action(
        ActionKind.FORWARDING_OFF, company_id=DEMO, msisdn=SENDER, parameters={CONDITION: ALL}
    )
    await meeting.carrier.place(off)
    assert (await meeting.ended(off)).state is OrderState.COMPLETED
    rules = await meeting.carrier.forwarding(DEMO, SENDER)
    assert rules is not None
    assert not any(rule.active for rule in rules)
