"""What operators and their gateways write beside the contract: said the same, or rightly else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from account.changes.action import ActionKind
from account.chapters.numbers import NumbersQuery
from account.chapters.payments import PaymentsQuery
from account.errors import CarrierNotUnderstood
from account.values.number import Ban, PaymentMethod
from account.values.rights import Role
from carrier.profile.loader import parse
from carrier.profile.vocabulary import Meanings, Words
from carrier.tmf.wire import values
from tests.carrier import test_writings_of_v4 as v4
from tests.carrier.desk import COMPANY, NUMBER, Desk, action, bucket, characteristic, product
from tests.carrier.test_tmf_bills import A_BILL, bill, billing_account, kzt, line
from tests.carrier.test_tmf_party import DEMO, PHONE, individual
from tests.carrier.test_tmf_payments import PERIOD, payment
from tests.carrier.test_tmf_services import BUCKET, OFFERING, SERVICE, price
from tests.carrier.test_tmf_sim import card
from tests.carrier.test_tmf_usage import record
from tests.carrier.test_writings_of_v4 import Read, Row, named, valued

FACTS, CALL = "productCharacteristic", "usageCharacteristic"
SNAKE = {"durationSec": "duration_sec", "destinationNumber": "destination_number"}
LOGIN, MAIL = individual()["contactMedium"]
OLD = {"endDateTime": "2020-01-01T00:00:00Z"}
OLD_MAIL = MAIL | {"validFor": OLD, "characteristic": {"emailAddress": "old@demo.example"}}
RATED = record()["ratedProductUsage"][0]
MONTHLY = {"price": {"taxIncludedAmount": kzt(250)}, "recurringChargePeriod": "Monthly"}
BY_USE = {"priceType": "usage", "price": {"taxIncludedAmount": kzt(1)}}
BALANCE = {"balanceType": "Receivable Balance", "amount": kzt(12_500.5)}


async def services(desk: Desk, row: Row) -> Any:
    desk.answer("product", [row])
    return await desk.carrier.services(COMPANY, NUMBER)


async def advance(desk: Desk, row: Row) -> Any:
    desk.answer("product", [product(paymentMethod="Advance")])
    desk.answer("bucket", [row])
    return await desk.carrier.number(COMPANY, NUMBER)


async def accounts(desk: Desk, row: Row) -> Any:
    desk.answer("billingAccount", [row])
    return await desk.carrier.accounts(COMPANY, None, offset=0, limit=9)


async def lines(desk: Desk, row: Row) -> Any:
    desk.answer("appliedCustomerBillingRate", [row])
    return await desk.carrier.bill_lines(A_BILL, offset=0, limit=9)


async def payments(desk: Desk, row: Row) -> Any:
    desk.answer("payment", [row])
    return await desk.carrier.payments(PaymentsQuery(COMPANY, PERIOD), offset=0, limit=9)


async def page(desk: Desk, answer: Row) -> Any:
    """The list by an answer of these headers, that status and that body."""
    desk.answer("bucket", [])
    headers = {"Content-Type": "application/json"} | answer["headers"]
    desk.lay(
        "product",
        lambda _: httpx.Response(answer["status"], headers=headers, json=[product()]),
    )
    return await desk.carrier.numbers(COMPANY, NumbersQuery())


def snake(row: Row, field: str) -> Row:
    def written(name: str) -> str:
        return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name)

    return named(row, written, field)


def wrapped(row: Row, field: str, *, many: bool = False) -> Row:
    told = [one | {"value": {"value": one["value"]}} for one in row[field]]
    return {field: [one | {"value": [one["value"]]} for one in told] if many else told}


def of_money(units: object, amount: object = 8475.9, **more: object) -> Row:
    return {"remainingValue": {"amount": amount, "units": units}, **more}


THE_SAME: list[tuple[Read, Row, list[Row]]] = [
    (
        v4.number,
        product(),
        [
            snake(product(), FACTS),
            named(product(), lambda name: name.replace("ban", "ban-", 1)),
            wrapped(product(), FACTS),
            wrapped(product(), FACTS, many=True),
            {FACTS: [one | {"value": [one["value"]]} for one in product()[FACTS]]},
            valued(product(), banMyKcellAccess="да", voluntaryBlock="нет"),
            valued(product(), banMyKcellAccess="Иә", voluntaryBlock="жоқ"),
            valued(product(), statusSince="14.09.2026 10:05"),
            valued(product(), statusSince="2026/09/14 10:05:00"),
            {"billingAccount": 25060831},
            {"productTerm": "x"},
            {"productRelationship": [{"relationshipType": "requires", "product": {"id": "t-1"}}]},
        ],
    ),
    (
        v4.person,
        individual(),
        [
            {"fullName": None, "givenName": "Асель", "middleName": "Нұрланқызы"}
            | {"familyName": "Садыкова"},
            {"contactMedium": [LOGIN, OLD_MAIL, MAIL]},
            {
                "contactMedium": [
                    LOGIN,
                    MAIL | {"characteristic": {"emailAddress": " mailto:assel@demo.example"}},
                ]
            },
        ],
    ),
    (
        v4.company,
        DEMO,
        [
            v4.papers(v4.BIN | {"identificationType": "БИН"}),
            v4.papers(v4.BIN | {"identificationType": "бсн"}),
        ],
    ),
    (
        services,
        SERVICE,
        [
            {"productPrice": [BY_USE, *SERVICE["productPrice"]]},
            {"productPrice": [MONTHLY | {"priceType": "Recurring_Charge"}]},
            {"productTerm": None, "terminationDate": "2026-11-30T23:59:59+05:00"},
            {
                "productRelationship": [
                    {"relationshipType": "relies on", "product": {"id": NUMBER.digits}}
                ]
            },
        ],
    ),
    (
        advance,
        bucket("main balance"),
        [
            {"name": "MainBalance"},
            {"name": "MAIN_BALANCE"},
            of_money("398"),
            of_money("тг."),
            of_money("KZT", " 8475.90 "),
            of_money("KZT", usageType="currency"),
            {"validFor": {"startDateTime": "", "endDateTime": " "}},
        ],
    ),
    (
        accounts,
        billing_account(),
        [
            {"accountBalance": [BALANCE]},
            {"accountBalance": [BALANCE | {"balanceType": "receivable-balance"}]},
            {"accountBalance": [BALANCE | {"validFor": {"endDateTime": ""}}]},
            {
                "accountBalance": [
                    BALANCE,
                    BALANCE | {"validFor": {"startDateTime": "2030-01-01T00:00:00Z"}},
                ]
            },
            {"financialAccount": "mobile"},
        ],
    ),
    (
        v4.bills,
        bill(),
        [
            {"billDate": "01.11.2026"},
            {"billDate": "2026/11/01"},
            {"billNo": ""},
            {"billingAccount": "25060830"},
        ],
    ),
    (
        lines,
        line(),
        [
            {"bill": "25060830202610"},
            {"product": NUMBER.digits},
            {"taxIncludedAmount": {"unit": "KZT", "value": " 116 "}},
        ],
    ),
    (
        v4.usage,
        record(),
        [
            snake(record(), CALL),
            valued(record(), CALL, durationSec="00:01:05"),
            valued(record(), CALL, durationSec=" 65 "),
            valued(record(), CALL, durationSec={"amount": "65", "units": "sec"}),
            valued(record(), CALL, direction="OUTBOUND"),
            valued(record(), CALL, direction="исходящий"),
            {"usageType": "Voice_Call"},
            {"usageDate": "21.11.2026 09:46:12"},
            {
                "ratedProductUsage": [
                    v4.NET | {"taxExcludedRatingAmount": kzt(20.4), "taxRate": "0 %"},
                ]
            },
        ],
    ),
    (
        payments,
        payment(),
        [
            {"paymentDate": "", "statusDate": payment()["paymentDate"]},
            {"paymentMethod": {"@type": "bank_transfer", "name": "x"}},
            {"channel": "Bank"},
            {"account": "25060830"},
            {"status": "Success"},
        ],
    ),
    (
        v4.offering,
        OFFERING,
        [
            {"productOfferingPrice": [price(2990.5) | {"priceType": "one_time"}]},
            {"productOfferingPrice": [price(2990.5) | {"priceType": "One-Time Charge"}]},
            {
                "prodSpecCharValueUse": [
                    one | {"name": one["name"].upper()} for one in OFFERING["prodSpecCharValueUse"]
                ]
            },
        ],
    ),
    (
        v4.sim,
        card(),
        [
            {"category": "SIM card"},
            {"category": "sim_card"},
            {"resourceRelationship": [{"id": NUMBER.digits, "relationshipType": "RELIES_ON"}]},
            {
                "resourceRelationship": [
                    {
                        "relationshipType": "reliesOn",
                        "resource": {"id": "lr-1", "name": NUMBER.digits},
                    }
                ]
            },
            {
                "resourceCharacteristic": [
                    one | {"value": [one["value"]]} for one in card()["resourceCharacteristic"]
                ]
            },
            valued(card(), "resourceCharacteristic", replacedAt="18.09.2019 16:54:00+06:00"),
        ],
    ),
    (
        v4.allowances,
        BUCKET,
        [
            {"remainingValue": {"amount": " 2400 ", "units": "seconds"}},
            {"bucketCounter": [{"counterType": "used", "value": "x"}, BUCKET["bucketCounter"][1]]},
        ],
    ),
    (
        page,
        {"status": 200, "headers": {"X-Total-Count": "1"}},
        [
            {"headers": {"X-Total-Count": "1, 1"}},
            {"headers": {"Content-Range": "items 0-0/1"}},
            {"headers": {"X-Total-Count": "", "Content-Range": "items 0-0/1"}},
            {"status": 203},
        ],
    ),
]


def cases() -> Iterator[Any]:
    for read, usual, changes in THE_SAME:
        for place, change in enumerate(changes):
            yield pytest.param(read, usual, change, id=f"{read.__name__}-{place}")


@pytest.mark.parametrize(("read", "usual", "change"), list(cases()))
async def test_it_says_the_same(read: Read, usual: Row, change: Row) -> None:
    await v4.test_it_says_the_same(read, usual, change)


# --- what was read, and wrongly ---


async def test_a_credit_note_is_a_correction_in_each_writing(desk: Desk) -> None:
    for category in ("credit note", "Credit_Note", "CREDIT-NOTE", "creditNote"):
        [found] = (await v4.bills(desk, bill(category=category))).rows
        assert found.correction, category


async def test_a_ban_is_one_under_another_spelling_of_its_name(desk: Desk) -> None:
    found = await v4.number(desk, product() | snake(product(), FACTS))
    assert found.bans == frozenset({Ban.ACCESS})


@pytest.mark.parametrize(
    "change",
    [
        {"status": "Inactive"},
        {"status": "terminated"},
        {"status": "closed"},
        {"deathDate": "2020-01-01"},
    ],
)
async def test_who_is_there_no_more_logs_in_no_more(desk: Desk, change: Row) -> None:
    assert await v4.person(desk, individual(**change)) is None


async def test_an_address_that_is_over_gets_no_letter_and_is_not_the_one_to_change() -> None:
    desk = Desk()
    person = individual(contactMedium=[LOGIN, OLD_MAIL])
    found = await v4.person(desk, person)
    assert found.email is None
    desk.answer("individual", [individual(contactMedium=[LOGIN, OLD_MAIL, MAIL])])
    desk.answer("adm-1", {})
    told = {"email": "new@demo.example", "language": "en", "was": "assel@demo.example"}
    await desk.carrier.place(action(ActionKind.EMAIL, msisdn=PHONE, parameters=told))
    media = desk.sent("adm-1")["contactMedium"]
    assert media[:2] == [LOGIN, OLD_MAIL]
    assert media[2]["characteristic"]["emailAddress"] == "new@demo.example"


async def test_a_rate_that_may_be_a_part_of_one_makes_no_price(desk: Desk) -> None:
    """0.16 is 16 % or a sixth of one: 20.40 would be 20.43 or 23.66."""
    rated = v4.NET | {"taxExcludedRatingAmount": kzt(20.4), "taxRate": 0.16}
    read = await v4.usage(desk, record() | {"ratedProductUsage": [rated]})
    assert (read.rows, read.left_out) == ((), 1)
    free = {"priceType": "recurring", "recurringChargePeriod": "month"}
    told = free | {"price": {"dutyFreeAmount": kzt(250), "taxRate": 0.16}}
    [service] = (await services(desk, SERVICE | {"productPrice": [told]})).rows
    assert service.price is None


async def test_an_offering_that_has_ended_is_not_on_offer(desk: Desk) -> None:
    ended = OFFERING | {"validFor": {"endDateTime": "2026-11-21T00:00:00+05:00"}}
    assert await v4.offering(desk, ended) is None
    assert desk.decoding_faults.rows == []
    desk.answer("productOffering", [ended])
    assert await desk.carrier.offering("roaming-60") is None


async def test_domains_may_be_one_text(desk: Desk) -> None:
    told = [characteristic("emailDomains", "demo.example, Demo.kz;demo.org")]
    [company] = await v4.company(desk, DEMO | {"partyCharacteristic": told})
    assert company.domains == ("demo.example", "demo.kz", "demo.org")


async def test_a_period_is_no_word() -> None:
    """What is a text where a period has to be holds not for ever."""
    desk = Desk()
    found = await advance(desk, bucket("main balance") | {"validFor": "soon"})
    assert found.funds is None
    assert desk.decoding_faults.rows == [("TMF654", "validFor")]


@pytest.mark.parametrize("payer", [COMPANY, [COMPANY], {"id": [COMPANY]}])
async def test_whose_a_payment_is_is_not_mended(desk: Desk, payer: object) -> None:
    desk.answer("billingAccount", [])
    read = await payments(desk, payment(payer=payer))
    assert (read.rows, read.left_out) == ((), 0)


async def test_roles_are_not_mended(desk: Desk) -> None:
    for role in ("admin istrator", "ADMIN_ISTRATOR", ["administrator"]):
        parties = [{"id": COMPANY, "role": role}]
        assert await v4.person(desk, individual(relatedParty=parties)) is None
        mine = [{"id": COMPANY, "role": "cus-tomer"}]
        assert await v4.number(desk, product() | {"relatedParty": mine}) is None


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("2026-09-14T10:05:00+05:00", datetime(2026, 9, 14, 5, 5, tzinfo=UTC)),
        ("14.09.2026", datetime(2026, 9, 13, 19, tzinfo=UTC)),
        ("14.09.2026 10:05:00.5Z", datetime(2026, 9, 14, 10, 5, 0, 500_000, tzinfo=UTC)),
        ("14.9.2026", None),
        ("09/14/2026", None),
        ("31.02.2026", None),
        ("14.09.26", None),
    ],
)
def test_days_in_points(told: str, said: datetime | None) -> None:
    if said is None:
        with pytest.raises(CarrierNotUnderstood):
            values.moment(told, "x")
    else:
        assert values.moment(told, "x") == said


def test_words_in_their_spellings() -> None:
    words = Words(["in progress", "Done"])
    for word in ("in progress", "inprogress", "in_progress", "in-progress", "IN PROGRESS", "done"):
        assert word in words
    assert "progress" not in words
    table = Meanings({"Pending Active": 1, "pending-active": 2, "x": None})
    assert (table["pending active"], table["pending-active"]) == (1, 2)
    assert table.get("PENDING_ACTIVE".casefold()) == 2  # the later one of the file
    assert "x" in table
    assert (table["x"], table.get("y"), table.get("y", 3)) == (None, None, 3)
    exact = Meanings({"Corporate Admin": 1}, exact=True)
    assert (exact.get("corporate admin"), exact.get("corporateadmin")) == (1, None)


async def test_a_word_of_the_profile_in_another_spelling_means_the_same() -> None:
    told = '[words.payment_method]\n"Pre Paid" = "Advance"\n[words.role]\n"Top Admin" = "viewer"'
    desk = Desk(profile=parse(told, "test"))
    found = await v4.number(desk, product(paymentMethod="PRE_PAID"))
    assert found.payment is PaymentMethod.ADVANCE
    assert desk.profile.words.role.get("top admin") is Role.VIEWER
    assert desk.profile.words.role.get("topadmin") is None
