"""An operator that speaks v5: what it is asked, what it is sent, and its answers.

The answers have the form of TM Forum's published v5 files (TMF620, 622, 632, 637, 639, 666, 678
5.0.0, TMF677 5.1.0), with nothing in them that v4 has in another place. They are read whatever the
profile says; what is asked and sent follows it.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from account.changes.action import ActionKind, Order, OrderState
from account.chapters.atlas import PoolUsage
from account.chapters.billing.parties import Contract
from account.chapters.sim import CardStatus
from account.errors import CarrierUnavailable
from account.identity.directory import Administrator, Company
from account.values.identifiers import Bin, Email, Msisdn
from account.values.money import Money
from account.values.rights import Role
from carrier.apis import Api
from carrier.profile.loader import parse
from carrier.query_names import renamed
from tests.carrier.desk import COMPANY, NUMBER, Desk, action, answering, reply
from tests.carrier.test_tmf_bills import billing_account
from tests.carrier.test_tmf_contracts import agreement
from tests.carrier.test_tmf_services import OFFERING, fact
from tests.carrier.test_tmf_sim import BLANK, ICCID

SPOKEN = "".join(f'[apis.{api.value}]\nversion = "v5"\n' for api in Api if api is not Api.AGREEMENT)
REFERENCE = "c0ffee00-0000-4000-8000-000000000001"
ADMINISTRATOR = Msisdn("77010542007")


def v5(more: str = "") -> Desk:
    return Desk(profile=parse(SPOKEN + more, "test"))


def typed(kind: str, **told: Any) -> dict[str, Any]:
    return {"@type": kind, **told}


def party(who: str, role: str) -> dict[str, Any]:
    inner = typed("PartyRef", id=who, href=f"/party/{who}", **{"@referredType": "Organization"})
    return typed("RelatedPartyRefOrPartyRoleRef", role=role, partyOrPartyRole=inner)


def text(name: str, value: str) -> dict[str, Any]:
    return typed("StringCharacteristic", name=name, valueType="string", value=value)


def kzt(value: float) -> dict[str, Any]:
    return {"unit": "KZT", "value": value}


def product(**changes: Any) -> dict[str, Any]:
    return (
        typed(
            "Product",
            id="p-77010542006",
            name="Business Class Junior",
            status="active",
            productSerialNumber=NUMBER.digits,
            billingAccount=typed("BillingAccountRef", id="25060831"),
            productCharacteristic=[
                text("paymentMethod", "Credit"),
                typed("BooleanCharacteristic", name="voluntaryBlock", value=False),
                typed("NumberCharacteristic", name="monthlyFee", value=12500.5),
            ],
            relatedParty=[party(COMPANY, "customer")],
        )
        | changes
    )


FOUND = """
[find]
number_by = "serial"
[blocking]
by = "product_patch"
"""


# --- TMF637 ---


@pytest.mark.parametrize("spoken", ["v4", "v5"])
@pytest.mark.parametrize(
    "role",
    [
        party(COMPANY, "customer"),
        typed(
            "RelatedPartyOrPartyRole",
            role="Customer",
            partyOrPartyRole=typed("PartyRoleRef", id="role-9", partyId=COMPANY, partyName="Demo"),
        ),
        typed(
            "RelatedPartyOrPartyRole",
            role="customer",
            partyOrPartyRole=typed("Organization", id=COMPANY, name="TOO Demo", tradingName="Demo"),
        ),
    ],
    ids=["party", "role of a party", "the party itself"],
)
async def test_a_number(role: dict[str, Any], spoken: str) -> None:
    desk = v5() if spoken == "v5" else Desk()
    desk.answer("product", [product(id=NUMBER.digits, relatedParty=[role])])
    desk.answer("bucket", [])
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert number is not None
    assert (number.tariff, number.account) == ("Business Class Junior", "25060831")
    company = "relatedParty.partyOrPartyRole.id" if spoken == "v5" else "relatedParty.id"
    assert desk.query("product")[company] == COMPANY
    assert desk.asked("product")[0].url.path == f"/root/tmf-api/productInventory/{spoken}/product"


@pytest.mark.parametrize(
    "inner",
    [
        typed("PartyRoleRef", id=COMPANY, partyId="org-180140000901"),
        typed("PartyRoleRef", id=COMPANY, partyId=["org"]),
        typed("PartyRef", id="org-180140000901"),
        typed("PartyRef"),
        None,
    ],
    ids=["role called like us", "no id", "another", "nobody", "null"],
)
async def test_a_number_of_another_company(inner: object) -> None:
    desk = v5()
    parties = [typed("RelatedPartyOrPartyRole", role="customer", partyOrPartyRole=inner)]
    desk.answer("product", [product(id=NUMBER.digits, relatedParty=parties)])
    desk.answer("bucket", [])
    assert await desk.carrier.number(COMPANY, NUMBER) is None
    assert desk.decoding_faults.rows == []


async def test_the_services_of_a_number() -> None:
    desk = v5(FOUND)
    relation = typed("ProductRelationship", id="p-77010542006", relationshipType="reliesOn")
    price = {"price": typed("Price", dutyFreeAmount=kzt(250), taxRate=16.0), "priceType": "oneTime"}
    service = product(
        id="svc-1",
        name="100 SMS",
        productOffering=typed("ProductOfferingRef", id="sms-100"),
        productPrice=[typed("ProductPrice", **price)],
        productRelationship=[relation],
    )
    foreign = [typed("ProductRelationship", id="p-2", relationshipType="reliesOn")]
    desk.lay(
        "product",
        answering([product()]),
        answering([service, product(id="svc-2", productRelationship=foreign)]),
    )
    [read] = (await desk.carrier.services(COMPANY, NUMBER)).rows
    assert (read.id, read.offering_id, read.price) == ("svc-1", "sms-100", Money(29_000))
    assert desk.query("product")["productRelationship.id"] == "p-77010542006"


async def test_a_number_is_blocked_by_a_merge_patch() -> None:
    desk = v5(FOUND)
    suspended = product(status="suspended")
    desk.answer("product", [product()])
    desk.answer("p-77010542006", suspended)
    placed = await desk.carrier.place(action(ActionKind.BLOCK))
    assert placed.state is OrderState.COMPLETED
    [patch] = desk.asked("p-77010542006")
    assert patch.headers["Content-Type"] == "application/merge-patch+json"
    sent = json.loads(patch.content, parse_float=Decimal)
    assert (sent["@type"], sent["status"]) == ("Product", "suspended")
    whole = json.loads(json.dumps(product()["productCharacteristic"]), parse_float=Decimal)
    for one in whole:
        if one["name"] == "voluntaryBlock":
            one["value"] = True
    assert sent["productCharacteristic"] == [*whole, text("suspensionReason", "voluntary")]


# --- TMF632 ---

PERSON = typed(
    "Individual",
    id="adm-1",
    formattedName="Асель Садыкова",
    status="validated",
    contactMedium=[
        typed("PhoneContactMedium", contactType="login", phoneNumber=ADMINISTRATOR.digits),
        typed("EmailContactMedium", contactType="work", emailAddress="assel@demo.example"),
    ],
    partyCharacteristic=[text("codeChannel", "sms")],
    relatedParty=[party(COMPANY, "administrator")],
)


async def test_somebody_logs_in() -> None:
    desk = v5()
    desk.answer("individual", [PERSON])
    assert await desk.carrier.administrator(ADMINISTRATOR) == Administrator(
        "adm-1", "Асель Садыкова", ADMINISTRATOR, Email("assel@demo.example"), code_by_email=False
    )
    asked = desk.query("individual")
    assert asked["contactMedium.phoneNumber"] == ADMINISTRATOR.digits
    assert {"formattedName", "name"} <= set(asked["fields"].split(","))
    assert desk.requests[0].url.path == "/root/tmf-api/partyManagement/v5/individual"


async def test_the_companies_of_somebody() -> None:
    desk = v5()
    paper = typed(
        "OrganizationIdentification", identificationType="BIN", identificationId="180140000018"
    )
    organization = typed(
        "Organization",
        id=COMPANY,
        tradingName="TOO Demo",
        organizationIdentification=[paper],
        relatedParty=[party("adm-1", "administrator")],
    )
    desk.answer("organization", [organization])
    demo = Company(
        COMPANY, "TOO Demo", Bin("180140000018"), Role.ADMINISTRATOR, (), lacks=v5().profile.lacks
    )
    assert await desk.carrier.companies("adm-1") == (demo,)
    asked = desk.query("organization")
    assert asked["relatedParty.partyOrPartyRole.id"] == "adm-1"


async def test_another_address_is_a_merge_patch_of_typed_media() -> None:
    desk = v5()
    desk.answer("individual", [PERSON])
    desk.answer("adm-1", PERSON)
    told = {"email": "new@demo.example", "language": "en", "was": "assel@demo.example"}
    change = action(ActionKind.EMAIL, msisdn=ADMINISTRATOR, parameters=told)
    assert (await desk.carrier.place(change)).state is OrderState.COMPLETED
    [patch] = desk.asked("adm-1")
    assert patch.headers["Content-Type"] == "application/merge-patch+json"
    login, address = PERSON["contactMedium"]
    assert desk.sent("adm-1") == typed(
        "Individual", contactMedium=[login, address | {"emailAddress": "new@demo.example"}]
    )


# --- TMF622 ---


def order(**changes: Any) -> dict[str, Any]:
    return (
        typed("ProductOrder", id="po-1", state="inProgress.accepted", productOrderItem=[]) | changes
    )


def called(*names: str) -> list[dict[str, Any]]:
    return [typed("ExternalIdentifier", id=name, owner="x") for name in names]


async def test_an_order_is_sent_in_the_form_of_v5() -> None:
    desk = v5()
    desk.answer("productOrder", order(externalId=called(REFERENCE)), status=201)
    change = action(ActionKind.BLOCK, id=REFERENCE)
    assert await desk.carrier.place(change) == Order("po-1", OrderState.UNDER_WAY)
    sent = desk.sent("productOrder")
    [mine] = sent["externalId"]
    assert (mine["@type"], mine["id"]) == ("ExternalIdentifier", REFERENCE)
    assert sent["externalIdentifier"] == [mine]
    [channel] = sent["channel"]
    assert (channel["role"], channel["channel"]["id"]) == ("orderCapture", "telegram")
    [customer] = sent["relatedParty"]
    assert customer["role"] == "customer"
    assert customer["partyOrPartyRole"]["id"] == COMPANY
    [item] = sent["productOrderItem"]
    assert item["product"]["status"] == "suspended"
    assert item["product"]["productCharacteristic"] == [text("suspensionReason", "voluntary")]
    untyped = [one for one in objects(sent) if "@type" not in one]
    assert untyped == []


def objects(told: Any) -> list[dict[str, Any]]:
    inner = told if isinstance(told, list) else list(told.values())
    found = [one for part in inner if isinstance(part, list | dict) for one in objects(part)]
    return [told, *found] if isinstance(told, dict) else found


@pytest.mark.parametrize("name", ["externalId", "externalIdentifier"])
async def test_an_order_is_sent_and_found_by_the_name_that_the_profile_has(name: str) -> None:
    desk = v5(f'[find]\norder_by = "{name}"\n')
    told = order(**{name: called(REFERENCE)})
    desk.lay("productOrder", answering(told, status=201), answering([told]), answering([]))
    change = action(ActionKind.BLOCK, id=REFERENCE)
    await desk.carrier.place(change)
    sent = desk.sent("productOrder")
    assert {"externalId", "externalIdentifier"} & set(sent) == {name}
    assert sent[name][0]["id"] == REFERENCE
    assert await desk.carrier.order(change) == Order("po-1", OrderState.UNDER_WAY)
    assert desk.query("productOrder")[f"{name}.id"] == REFERENCE
    assert await desk.carrier.order(change) is None
    assert len(desk.asked("productOrder")) == 3


@pytest.mark.parametrize("field", ["externalId", "externalIdentifier"])
async def test_an_order_is_found_by_either_name(field: str) -> None:
    """A name that the operator does not know finds nothing there, which is not yet "no order"."""
    desk = v5()

    def found(request: Any) -> Any:
        known = f"{field}.id" in request.url.params
        told = order(**{field: called("77", REFERENCE)}, state="completed")
        return reply([told] if known else [])

    desk.lay("productOrder", found)
    assert await desk.carrier.order(action(id=REFERENCE)) == Order("po-1", OrderState.COMPLETED)
    desk.answer("productOrder", [])
    assert await desk.carrier.order(action(id=REFERENCE)) is None
    assert len(desk.asked("productOrder")) <= 4


@pytest.mark.parametrize("told", [called("77"), [], None, {}, "77", [None, 7]])
async def test_an_order_of_another_reference_is_no_answer(told: object) -> None:
    desk = v5()
    desk.answer("productOrder", [order(externalId=told)])
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.order(action(id=REFERENCE))


# --- TMF639, TMF666, TMF635, TMF637 with TMF651 ---


def card(**changes: Any) -> dict[str, Any]:
    relation = typed(
        "ResourceRelationship",
        relationshipType="reliesOn",
        resource=typed("ResourceRef", id=NUMBER.digits),
    )
    return (
        typed(
            "PhysicalResource",
            id=ICCID.digits,
            category="SIM",
            allocationStatus="allocated",
            resourceCharacteristic=[text("ICCID", ICCID.digits)],
            resourceRelationship=[relation],
            relatedParty=[party(COMPANY, "customer")],
        )
        | changes
    )


async def test_sim_cards() -> None:
    desk = v5()
    desk.answer("resource", [card()])
    sim = await desk.carrier.sim(COMPANY, NUMBER)
    assert sim is not None
    assert sim.iccid == ICCID
    assert desk.query("resource")["resourceRelationship.resource.id"] == NUMBER.digits
    blank = card(
        id=BLANK.digits,
        allocationStatus="available",
        resourceCharacteristic=[text("ICCID", BLANK.digits)],
        resourceRelationship=[],
    )
    desk.answer("resource", [card(), blank])
    assert (await desk.carrier.blank_sims(COMPANY, offset=0, limit=5)).rows == (BLANK,)
    asked = desk.query("resource")
    assert asked["allocationStatus"] == "available"
    assert "allocationStatus" in asked["fields"].split(",")
    desk.answer("resource", [blank])
    assert await desk.carrier.card_standing(COMPANY, BLANK) is CardStatus.FREE


async def test_an_account() -> None:
    desk = v5()
    desk.answer("billingAccount", [billing_account(relatedParty=[party(COMPANY, "owner")])])
    [account] = (await desk.carrier.accounts(COMPANY, None, offset=0, limit=5)).rows
    assert account.owed == Money(1_250_050)
    assert desk.query("billingAccount")["relatedParty.partyOrPartyRole.id"] == COMPANY


async def test_a_contract_by_the_item_of_an_agreement() -> None:
    desk = v5()
    item = typed("AgreementItemRef", agreementId="agr-4417", agreementItemId="1")
    desk.answer("product", [product(agreementItem=[item])])
    desk.answer("agreement", [agreement()])
    told = await desk.carrier.contract(COMPANY, "25060831")
    assert isinstance(told, Contract)
    assert told.number == "4417"
    assert "agreementItem" in desk.query("product")["fields"].split(",")


# --- TMF677 ---


def volume(amount: float, units: str) -> dict[str, Any]:
    return {"amount": amount, "units": units}


def report(**changes: Any) -> dict[str, Any]:
    counter = typed("BucketCounter", counterType="total", value=volume(3000, "seconds"))
    bucket = typed(
        "Bucket",
        id="b-1",
        name="Calls",
        usageType="voice",
        status="active",
        remainingValue=volume(2400, "seconds"),
        bucketCounter=[counter],
    )
    number = typed("LogicalResourceRef", id="res-1", value=NUMBER.digits)
    return typed("UsageConsumptionReport", logicalResource=[number], bucket=[bucket]) | changes


async def test_what_is_left() -> None:
    desk = v5()
    answer = typed("QueryUsageConsumption", id="q", state="done", usageConsumption=[report()])
    desk.answer("queryUsageConsumption", answer, status=201)
    [left] = (await desk.carrier.allowances(COMPANY, NUMBER)).rows
    assert (left.name, left.left, left.total) == ("Calls", 2400, 3000)
    sent = desk.sent("queryUsageConsumption")
    [number] = sent["searchCriteria"]["logicalResource"]
    assert number["value"] == NUMBER.digits
    assert [one for one in objects(sent) if "@type" not in one] == []


@pytest.mark.parametrize("value", ["77010542099", "", 5, [NUMBER.digits]])
async def test_what_another_number_has_is_not_this_ones(value: object) -> None:
    desk = v5()
    other = [typed("LogicalResourceRef", id=NUMBER.digits, value=value)]
    desk.answer("queryUsageConsumption", {"usageConsumption": [report(logicalResource=other)]})
    assert (await desk.carrier.allowances(COMPANY, NUMBER)).rows == ()


async def test_what_a_number_took_of_the_package() -> None:
    desk = v5()
    kinds = {"voice": "seconds", "sms": "SMS", "data": "bytes"}
    buckets = [
        typed(
            "Bucket",
            usageType=kind,
            bucketCounter=[typed("BucketCounter", counterType="used", value=volume(7, unit))],
        )
        for kind, unit in kinds.items()
    ]
    desk.answer("product", [product()])
    desk.answer("queryUsageConsumption", {"usageConsumption": [report(bucket=buckets)]})
    page = await desk.carrier.pool_usage(COMPANY, offset=0, limit=1)
    assert page.rows == (PoolUsage(NUMBER, 7, 7, 7, Money(0), None),)


# --- TMF620 ---


def offered(**changes: Any) -> dict[str, Any]:
    price = typed(
        "ProductOfferingPrice",
        priceType="recurring",
        recurringChargePeriodType="month",
        recurringChargePeriodLength=1,
        price=kzt(250),
        tax=[typed("TaxItem", taxCategory="VAT", taxRate=16)],
    )
    told = OFFERING | {"productOfferingPrice": [price | changes]}
    return told | {"prodSpecCharValueUse": [fact("stackable", value=False)]}


@pytest.mark.parametrize(
    ("said", "changes", "tiyn"),
    [
        ("with_tax", {}, 25_000),
        ("without_tax", {}, 29_000),
        ("without_tax", {"tax": [{"taxRate": "16.0"}]}, 29_000),
        ("without_tax", {"tax": None}, None),
        ("without_tax", {"tax": [{"taxAmount": {"unit": "KZT", "value": 40}}]}, None),
        (None, {}, None),
        (None, {"price": {"taxIncludedAmount": kzt(290)}}, 29_000),
        ("with_tax", {"price": {"unit": "USD", "value": 1}}, None),
        ("with_tax", {"price": None}, None),
        ("with_tax", {"recurringChargePeriodLength": 12}, None),
        ("with_tax", {"recurringChargePeriodType": "year"}, None),
        ("with_tax", {"recurringChargePeriodLength": None}, 25_000),
    ],
    ids=range(12),
)
@pytest.mark.parametrize("spoken", ["v4", "v5"])  # the form of both
async def test_a_price_that_is_an_amount_alone(
    said: str | None, changes: dict[str, Any], tiyn: int | None, spoken: str
) -> None:
    services = "" if said is None else f'[services]\nprice = "{said}"\n'
    desk = v5(services) if spoken == "v5" else Desk(profile=parse(services, "test"))
    desk.answer("productOffering", [offered(**changes), OFFERING | {"id": "other"}])
    found = await desk.carrier.offerings()
    read = found.get(OFFERING["id"])
    assert (None if read is None else (read.price.tiyn, read.monthly)) == (
        None if tiyn is None else (tiyn, True)
    )
    assert found.left_out == (tiyn is None)


# --- names of filters ---


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("a=1&b.gte=2&b.lt=3", "x.y=1&c.gte=2&c.lt=3"),
        ("fields=a,q,b&sort=-b&offset=0", "fields=x.y,q,c&sort=-c&offset=0"),
        ("b.regex=a%26b&ab=1&a.b=1", "c.regex=a%26b&ab=1&a.b=1"),
        ("a", "x.y"),
        ("", ""),
    ],
)
def test_names_are_the_operators(asked: str, expected: str) -> None:
    assert renamed(asked, {"a": "x.y", "b": "c"}) == expected
    assert renamed(asked, {}) == asked


async def test_a_profile_names_filters_of_its_own() -> None:
    desk = Desk(profile=parse('[apis.TMF666.filters]\n"relatedParty.id" = "customer.id"\n', "test"))
    desk.answer("billingAccount", [billing_account()])
    await desk.carrier.accounts(COMPANY, None, offset=0, limit=5)
    assert desk.query("billingAccount")["customer.id"] == COMPANY
