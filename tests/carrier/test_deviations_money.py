"""What operators answer about money otherwise than docs/operator.md: balances, accounts, payments.

Each case is the answer of the contract with one change, and what people are then shown
(TMF654, TMF666, TMF676).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from account.chapters.billing.accounts import Account, ServiceLine
from account.chapters.numbers import NumbersQuery
from account.chapters.payments import PaymentMeans, PaymentsQuery, PaymentState
from account.errors import CarrierUnavailable
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import Number, SharedFunds
from tests.carrier.desk import COMPANY, NUMBER, Desk, bucket, product, reply
from tests.carrier.test_tmf_bills import billing_account, kzt
from tests.carrier.test_tmf_payments import OTHER as OTHER_NUMBER
from tests.carrier.test_tmf_payments import PERIOD, item, payment

OTHER = "77012115526"
BALANCE = "main balance"
LIMIT = "individual limit"
PAST = {"startDateTime": "2020-01-01T00:00:00+06:00", "endDateTime": "2020-12-31T00:00:00+06:00"}
FUTURE = {"startDateTime": "2027-01-01T00:00:00+05:00"}
NOW = {"startDateTime": "2026-11-01T00:00:00+05:00", "endDateTime": "2026-12-01T00:00:00+05:00"}


def main(amount: object = 8475.9, **changes: Any) -> dict[str, Any]:
    units = changes.pop("units", "KZT")
    return (
        bucket(BALANCE, amount=amount)
        | {
            "remainingValue": {"amount": amount, "units": units},
            "usageType": "monetary",
            "status": "active",
        }
        | changes
    )


def limit(amount: object = 446, **changes: Any) -> dict[str, Any]:
    return main(amount, **({"name": LIMIT, "id": "limit-1"} | changes))


async def card(desk: Desk, *buckets: dict[str, Any]) -> Number:
    desk.answer("product", [product(paymentMethod="Advance")])
    desk.answer("bucket", list(buckets))
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert number is not None
    return number


# --- TMF654: what a number has ---


@pytest.mark.parametrize(
    ("buckets", "tiyn"),
    [
        ([main(8475.9), main(100, id="main-2")], 857_590),
        ([main(8475.9), main(0, id="main-2", status="expired")], 847_590),
        ([main(8475.9), main(0, id="main-2", status="EXPIRED")], 847_590),
        ([main(8475.9), main(500, id="main-2", validFor=PAST)], 847_590),
        ([main(8475.9), main(500, id="main-2", validFor=FUTURE)], 847_590),
        ([main(8475.9, validFor=NOW)], 847_590),
        ([main(8475.9, validFor={"startDateTime": None, "endDateTime": None})], 847_590),
        ([main(8475.9), main(500, id="main-2", status="suspended")], 847_590),
        ([main(8475.9), main(100, id="data-1", usageType="data", name="Internet")], 847_590),
        ([main(8475.9), main(100, id="data-1", usageType="data")], 847_590),
        ([main(8475.9), main(100, id="bonus-1", name="bonuses")], 847_590),
        ([main(8475.900000000001)], 847_590),
        ([main("8475.90")], 847_590),
        ([main(847590, units="tiyn")], 847_590),
        ([main(847590.5, units="tiyn")], 847_590),  # half to even
        ([main(8475.9, units="Tenge")], 847_590),
        ([main(8475.9, units="kzt")], 847_590),
        ([main(8475.9, name="Main Balance")], 847_590),
        ([main(8475.9, status=None, usageType=None, validFor=None)], 847_590),
        ([main(8475.9, status="Active", usageType="Monetary")], 847_590),
        (
            [main(8475.9, product=None, logicalResource=[{"id": NUMBER.digits}])],
            847_590,
        ),
        ([main(8475.9, product=[{"id": "+" + NUMBER.digits}])], 847_590),
        ([main(8475.9, product=[{"id": NUMBER.digits}, {"id": "svc-1"}])], 847_590),
        ([main(0.004), main(0.004, id="main-2")], 1),  # added before they are rounded
        ([main(-12.5)], -1_250),
    ],
    ids=range(25),
)
async def test_a_balance(desk: Desk, buckets: list[dict[str, Any]], tiyn: int) -> None:
    number = await card(desk, *buckets)
    assert number.funds == Money(tiyn)
    assert (number.individual_limit, number.limit_unknown, number.shared) == (None, False, ())


@pytest.mark.parametrize(
    "buckets",
    [
        [],
        [main(status="expired")],
        [main(status="suspended")],
        [main(units="RUB")],
        [main(units=None)],
        [main(None)],
        [main("many")],
        [main(remainingValue=None)],
        [main(remainingValue="8475.9 KZT")],
        [main(validFor={"endDateTime": "some day"})],
        [main(8475.9), main("many", id="main-2")],  # a part of it is not all of it
        [main(8475.9), main(1, id="main-2", units="USD")],
        [main(8475.9), {"product": [{"id": NUMBER.digits}]}],  # and nobody knows of what
        [main(8475.9), main(1, id="main-2", validFor="always")],
    ],
    ids=range(14),
)
async def test_a_balance_that_is_not_known_is_not_nothing(
    desk: Desk, buckets: list[dict[str, Any]]
) -> None:
    assert (await card(desk, *buckets)).funds is None


@pytest.mark.parametrize(
    ("buckets", "tiyn", "unknown"),
    [
        ([limit()], 44_600, False),
        ([limit(), limit(54, id="limit-2")], 50_000, False),
        ([limit(name="Individual Limit")], 44_600, False),
        ([limit(status="expired")], None, False),
        ([limit(status="suspended")], None, True),
        ([limit(units="RUB")], None, True),
        ([limit("many")], None, True),
        ([limit(), limit("many", id="limit-2")], None, True),
        ([{"product": [{"id": NUMBER.digits}]}], None, True),
        ([main("many")], None, False),
        ([], None, False),
    ],
    ids=range(11),
)
async def test_a_limit_that_is_not_known_is_not_none(
    desk: Desk, buckets: list[dict[str, Any]], tiyn: int | None, unknown: bool
) -> None:
    number = await card(desk, *buckets)
    assert number.individual_limit == (None if tiyn is None else Money(tiyn))
    assert number.limit_unknown is unknown


async def test_a_bucket_of_another_number_is_nobodys(desk: Desk) -> None:
    number = await card(desk, main(5), main(10**6, id="main-2", product=[{"id": OTHER}]))
    assert number.funds == Money(500)
    number = await card(desk, main(5), main("many", id="main-2", product=[{"id": OTHER}]))
    assert number.funds == Money(500)
    number = await card(desk, main(5), main(7, id="main-2", product=None))
    assert number.funds == Money(500)


async def test_money_that_two_numbers_share_is_marked_at_both(desk: Desk) -> None:
    both = [{"id": NUMBER.digits}, {"id": OTHER}]
    desk.answer(
        "product", [product(one, paymentMethod="Advance") for one in (NUMBER.digits, OTHER)]
    )
    desk.answer("bucket", [main(500, product=both), main(100, id="own-1", product=both[:1])])
    first, second = (await desk.carrier.numbers(COMPANY, NumbersQuery())).rows
    pool = (SharedFunds("main-" + NUMBER.digits, Money(50_000)),)
    assert (first.funds, first.shared) == (Money(60_000), pool)
    assert (second.funds, second.shared) == (Money(50_000), pool)


@pytest.mark.parametrize("said", [True, "true"])
async def test_a_shared_bucket_says_so_itself(desk: Desk, said: object) -> None:
    number = await card(desk, main(500, isShared=said))
    assert [one.amount for one in number.shared] == [Money(50_000)]


async def test_more_buckets_than_one_answer_holds_are_all_added(desk: Desk) -> None:
    """The operator answers at most five rows, and says so (206, `X-Total-Count`)."""
    numbers = [f"770105420{n:02}" for n in range(10, 20)]
    desk.answer("product", [product(one, paymentMethod="Advance") for one in numbers])
    rows = [main(n, id=f"main-{one}", product=[{"id": one}]) for n, one in enumerate(numbers, 1)]

    def cut(request: Any) -> Any:
        offset = int(request.url.params.get("offset", 0))
        return reply(rows[offset : offset + 5], status=206, total=len(rows))

    desk.lay("bucket", cut)
    page = await desk.carrier.numbers(COMPANY, NumbersQuery())
    assert [number.funds for number in page.rows] == [Money(n * 100) for n in range(1, 11)]


async def test_a_part_of_the_buckets_is_never_taken_for_all(desk: Desk) -> None:
    desk.answer("product", [product(paymentMethod="Advance")])
    desk.lay("bucket", lambda request: reply([main(id="same")], status=206, total=37))
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.number(COMPANY, NUMBER)


# --- TMF666: accounts ---


async def accounts(desk: Desk, **changes: Any) -> tuple[Account, ...]:
    desk.answer("billingAccount", [billing_account(**changes)])
    return (await desk.carrier.accounts(COMPANY, None, offset=0, limit=5)).rows


WHOLE = Account("25060830", ServiceLine.MOBILE, Money(1_250_050), Money(1_000_000))


def balances(kind: object, amount: object = 12_500.5, **more: Any) -> list[dict[str, Any]]:
    return [{"balanceType": kind, "amount": {"unit": "KZT", "value": amount}, **more}]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, WHOLE),
        ({"financialAccount": None}, replace(WHOLE, service=ServiceLine.OTHER)),
        ({"financialAccount": {}}, replace(WHOLE, service=ServiceLine.OTHER)),
        ({"financialAccount": {"id": "Mobile"}}, WHOLE),
        ({"financialAccount": {"id": "cloud-storage"}}, replace(WHOLE, service=None)),
        ({"accountType": None}, WHOLE),
        ({"accountType": "Prepaid"}, replace(WHOLE, credit_limit=None)),
        ({"creditLimit": None}, replace(WHOLE, credit_limit=None)),
        ({"creditLimit": {"unit": "tiyn", "value": "1000000"}}, WHOLE),
        ({"accountBalance": balances("ReceivableBalance")}, WHOLE),
        ({"accountBalance": balances("DEBT", "12500.50")}, WHOLE),
        ({"accountBalance": balances("debt", 12_000) + balances("debt", 500.5)}, WHOLE),
        ({"accountBalance": balances("ReceivableBalance", 7) + balances("debt")}, WHOLE),
        ({"accountBalance": balances("debt") + balances("debt", 9, validFor=PAST)}, WHOLE),
        ({"accountBalance": balances("debt", 0)}, replace(WHOLE, owed=Money(0))),
        ({"accountBalance": balances("loyalty")}, replace(WHOLE, owed=None)),
        ({"accountBalance": balances("debt", "much")}, replace(WHOLE, owed=None)),
        ({"accountBalance": []}, replace(WHOLE, owed=None)),
        ({"accountBalance": None}, replace(WHOLE, owed=None)),
        ({"relatedParty": [{"id": COMPANY, "role": "Owner"}]}, WHOLE),
        (
            {"relatedParty": [{"partyOrPartyRole": {"id": COMPANY}, "role": "owner"}]},  # v5
            WHOLE,
        ),
    ],
    ids=range(21),
)
async def test_an_account(desk: Desk, changes: dict[str, Any], expected: Account) -> None:
    assert await accounts(desk, **changes) == (expected,)


@pytest.mark.parametrize(
    ("changes", "left_out"),
    [
        ({"id": None}, 1),
        ({"creditLimit": {"unit": "USD", "value": 1}}, 1),
        ({"accountBalance": "12500.5"}, 1),
        ({"relatedParty": [{"id": "org-2", "role": "owner"}]}, 0),
        ({"relatedParty": [{"id": "org-2", "role": "owner"}], "accountBalance": "12500.5"}, 0),
        ({"relatedParty": [{"id": COMPANY, "role": "auditor"}]}, 0),
        ({"relatedParty": None}, 0),
        ({"relatedParty": "org-2"}, 0),
    ],
    ids=range(8),
)
async def test_an_account_that_cannot_be_read_is_left_out_and_counted_if_it_is_ours(
    desk: Desk, changes: dict[str, Any], left_out: int
) -> None:
    desk.answer("billingAccount", [billing_account(**changes), billing_account(id="25060831")])
    page = await desk.carrier.accounts(COMPANY, None, offset=0, limit=5)
    assert [one.number for one in page.rows] == ["25060831"]
    assert page.left_out == left_out


@pytest.mark.parametrize(
    ("told", "tiyn"),
    [
        (balances("debt", 1500), 150_000),
        (balances("ReceivableBalance", 1500), 150_000),
        (balances("loyalty", 1500), None),
        (balances("debt", "much"), None),
    ],
    ids=range(4),
)
async def test_a_debt_that_is_not_told_is_not_nothing(
    desk: Desk, told: list[dict[str, Any]], tiyn: int | None
) -> None:
    desk.answer("product", [product(status="suspended", suspensionReason="debt")])
    desk.answer("bucket", [])
    desk.answer("billingAccount", [{"id": "25060831", "accountBalance": told}])
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert number is not None
    assert number.debt == (None if tiyn is None else Money(tiyn))


# --- TMF676: payments ---

PERSON = {"id": "ind-4711", "name": "Bank clerk", "role": "payer"}


async def paid(desk: Desk, *rows: dict[str, Any], number: Msisdn | None = None) -> Any:
    desk.answer("payment", list(rows))
    query = PaymentsQuery(COMPANY, PERIOD, number)
    return await desk.carrier.payments(query, offset=0, limit=8)


@pytest.mark.parametrize(
    "changes",
    [
        {"payer": PERSON},
        {"payer": None},
        {"payer": PERSON, "totalAmount": None, "amount": {"unit": "KZT", "value": 4200.5}},
        {"totalAmount": {"unit": "KZT", "value": "4200.50"}},
        {"totalAmount": {"unit": "kzt", "value": 4200.500000000001}},
        {"payer": {"partyOrPartyRole": {"id": COMPANY}, "role": "payer"}},  # v5
        {"paymentDate": None, "statusDate": "2026-11-09T08:45:10Z"},
        {"status": "Done"},
    ],
    ids=range(8),
)
async def test_a_payment(desk: Desk, changes: dict[str, Any]) -> None:
    desk.answer("billingAccount", [billing_account()])
    [one] = (await paid(desk, payment(**changes))).rows
    assert (one.amount, one.state) == (Money(420_050), PaymentState.DONE)
    assert (one.account, one.at.isoformat()) == ("25060830", "2026-11-09T08:45:10+00:00")


async def test_whose_a_payment_is_is_told_by_its_account(desk: Desk) -> None:
    """The accounts of a page are asked for at once, and only where the payer is not the company."""
    desk.answer("billingAccount", [billing_account()])
    rows = [
        payment(id="p-1", payer=PERSON),
        payment(id="p-2", payer=PERSON, account={"id": "31400101"}),
        payment(id="p-3", payer={"id": "org-another"}, account={"id": "31400101"}),
        payment(id="p-4", payer=PERSON, account=None),
    ]
    page = await paid(desk, *rows)
    assert [one.account for one in page.rows] == ["25060830"]
    assert page.left_out == 0
    assert desk.query("billingAccount")["id"] == "25060830,31400101"
    desk.requests.clear()
    await paid(desk, payment())
    assert desk.asked("billingAccount") == []


@pytest.mark.parametrize(
    ("changes", "means", "channel"),
    [
        ({"paymentMethod": {"name": "x", "@type": "BankCard"}}, PaymentMeans.CARD, "Bank"),
        ({"paymentMethod": {"name": "x", "@type": "cheque"}}, PaymentMeans.OTHER, "Bank"),
        ({"paymentMethod": None}, PaymentMeans.OTHER, "Bank"),
        ({"paymentMethod": {"name": "Kaspi.kz"}, "channel": None}, PaymentMeans.OTHER, "Kaspi.kz"),
        ({"channel": {"id": "bank"}}, PaymentMeans.BANK_TRANSFER, "bank transfer"),
    ],
    ids=range(5),
)
async def test_how_it_was_paid(
    desk: Desk, changes: dict[str, Any], means: PaymentMeans, channel: str
) -> None:
    [one] = (await paid(desk, payment(**changes))).rows
    assert (one.means, one.channel) == (means, channel)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Completed", PaymentState.DONE),
        ("failed", PaymentState.FAILED),
        ("canceled", PaymentState.CANCELLED),
        ("held by the bank", PaymentState.PENDING),
        (None, PaymentState.UNKNOWN),
    ],
)
async def test_what_is_not_known_to_be_paid_is_no_money(
    desk: Desk, status: object, state: PaymentState
) -> None:
    [one] = (await paid(desk, payment(status=status))).rows
    assert one.state is state
    assert bool(one.counted) is (state is PaymentState.DONE)


@pytest.mark.parametrize(
    ("changes", "left_out"),
    [
        ({"totalAmount": None}, 1),
        ({"totalAmount": {"unit": "USD", "value": 1}}, 1),
        ({"totalAmount": 4200.5}, 1),
        ({"paymentDate": "yesterday"}, 1),
        ({"account": None}, 1),
        ({"payer": {"id": "org-another"}, "account": {"id": "31400101"}, "totalAmount": 5}, 0),
        ({"paymentDate": "2020-11-09T13:45:10+05:00"}, 0),  # not asked for
    ],
    ids=range(7),
)
async def test_a_payment_that_cannot_be_read_is_left_out_and_counted_if_it_is_ours(
    desk: Desk, changes: dict[str, Any], left_out: int
) -> None:
    desk.answer("billingAccount", [])
    page = await paid(desk, payment(id="odd", **changes), payment())
    assert [one.amount for one in page.rows] == [Money(420_050)]
    assert page.left_out == left_out


@pytest.mark.parametrize(
    ("items", "tiyn", "left_out"),
    [
        ([item(NUMBER.digits, 4000), item(OTHER_NUMBER, 200.5)], 400_000, 0),
        ([item("+" + NUMBER.digits, 4000)], 400_000, 0),
        ([item(NUMBER.digits, 4000), item(NUMBER.digits, 0.5)], 400_050, 0),
        ([{"item": {"id": NUMBER.digits}, "totalAmount": kzt(4000)}], 400_000, 0),
        ([item(OTHER_NUMBER, 200.5)], None, 0),  # none of this number's
        ([], None, 1),
        (None, None, 1),
        ([{"item": {"id": NUMBER.digits}}], None, 1),
    ],
    ids=range(8),
)
async def test_the_part_of_a_payment_that_is_a_numbers(
    desk: Desk, items: list[dict[str, Any]] | None, tiyn: int | None, left_out: int
) -> None:
    page = await paid(desk, payment(paymentItem=items), number=NUMBER)
    assert [one.amount for one in page.rows] == ([] if tiyn is None else [Money(tiyn)])
    assert page.left_out == left_out
