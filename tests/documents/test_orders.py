"""The other documents from the order to the file, what is refused, and what happens once.

What a file must say is computed here from what the sandbox answers over HTTP, read as plain JSON
with decimals: nothing of the product stands between.
"""

from __future__ import annotations

import struct
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from account.documents.document import DocumentState
from account.documents.kinds import SPECS, DocumentFormat, DocumentKind
from account.documents.orders import LEASE
from account.effects.history import HistoryEntry
from account.errors import (
    AccountNotFound,
    FormatNotOffered,
    NumberNotFound,
    PackageMissing,
    PeriodInFuture,
    PeriodNotClosed,
    PeriodTooLong,
    PeriodTooOld,
    ReferenceInvalid,
)
from account.values.identifiers import Email, Msisdn
from account.values.money import Money
from account.values.periods import ALMATY
from documents.render.pool import RenderPool
from tests.documents.reading import block, print_pages, rows, workbook
from tests.documents.works import (
    ACCOUNTS,
    BILLS,
    DEMO,
    KAZYNA,
    KIND,
    NUMBERS,
    PAYMENTS,
    PDF,
    PHONE,
    QYRAN,
    XLSX,
    Works,
    almost,
    day,
    money,
    total_of,
)

# --- Numbers, devices, payments, history, the package ----------------------------------------


async def test_the_list_of_numbers_with_limits_and_debts(works: Works) -> None:
    products = await works.get(NUMBERS, **{"relatedParty.id": DEMO.id})
    accounts = {one["id"]: one for one in await works.get(ACCOUNTS, **{"relatedParty.id": DEMO.id})}
    sheet = workbook(await works.made(KIND.NUMBERS, {})).worksheets[0]
    told = rows(sheet, "Mobile number")
    assert len(told) == len(products) + 1 == 38
    for row, product in zip(told, products, strict=False):
        known = {one["name"]: one["value"] for one in product["productCharacteristic"]}
        assert row["Mobile number"].value == Msisdn(product["id"]).shown
        assert row["Tariff"].value == product["name"]
        assert almost(row["Amount owed by customer, ₸"].value) == Decimal(
            known.get("debtAmount", 0)
        )
        limit = row["Credit limit, ₸"].value
        if known["paymentMethod"] == "Credit":
            account = accounts[product["billingAccount"]["id"]]
            assert almost(limit) == money(account, "creditLimit")
        else:
            assert limit is None
    total = total_of(sheet, "Mobile number")
    assert almost(total["Amount owed by customer, ₸"]) == Decimal("12500.50")


async def test_the_registered_devices(works: Works) -> None:
    found = [
        one
        for one in await works.get(
            "/tmf-api/resourceInventoryManagement/v4/resource",
            **{"category": "Device", "relatedParty.id": DEMO.id},
        )
        if {"name": "registrationStatus", "valueType": "string", "value": "registered"}
        in one["resourceCharacteristic"]
    ]
    sheet = workbook(await works.made(KIND.DEVICES, {})).worksheets[0]
    told = rows(sheet, "Mobile number")
    assert [row["IMEI"].value for row in told] == [
        next(c["value"] for c in one["resourceCharacteristic"] if c["name"] == "IMEI")
        for one in found
    ]
    assert {row["Status"].value for row in told} == {"Registered"}


@pytest.mark.parametrize("msisdn", [None, "77010542007"])
async def test_payments_of_a_year(works: Works, msisdn: str | None) -> None:
    period = {"first": "2025-11-22", "last": "2026-11-22"}
    whose = {"relatedParty.id": DEMO.id} | ({"paymentItem.item.id": msisdn} if msisdn else {})
    paid = [
        one
        for one in await works.get(PAYMENTS, **whose)
        if "2025-11-22" <= day(one, "paymentDate").isoformat() <= "2026-11-22"
    ]
    asked = period | ({"msisdn": msisdn} if msisdn else {})
    made = await works.made(KIND.PAYMENTS, asked, XLSX)
    assert made.rows == len(paid) > 0
    summed = sum(
        (
            Decimal(item["amount"]["value"])
            for one in paid
            for item in one["paymentItem"]
            if msisdn in (None, item["item"]["id"])
        ),
        Decimal(),
    )
    sheet = workbook(made).worksheets[0]
    assert almost(total_of(sheet, "Date and time")["Received, ₸"]) == summed
    told = rows(sheet, "Date and time")[:-1]
    newest = sorted(paid, key=lambda one: (one["paymentDate"], one["id"]), reverse=True)
    assert [(row["Payment order"].value, row["Paid for"].value) for row in told] == [
        (one["correlatorId"], one.get("description")) for one in newest
    ]
    moments = [str(row["Date and time"].value) for row in rows(sheet, "Date and time")[:-1]]
    assert moments == sorted(moments, reverse=True)
    assert print_pages(await works.made(KIND.PAYMENTS, asked, PDF))


async def test_payments_of_a_quiet_day_are_a_sentence(works: Works) -> None:
    paid = {
        day(one, "paymentDate")
        for one in await works.get(PAYMENTS, **{"relatedParty.id": KAZYNA.id})
    }
    quiet = next(
        one for n in range(300) if (one := date(2026, 10, 31) - timedelta(days=n)) not in paid
    )
    asked = {"first": quiet.isoformat(), "last": quiet.isoformat()}
    assert await works.empty(KIND.PAYMENTS, asked, KAZYNA)


async def test_the_history_as_a_file(works: Works) -> None:
    today = {"first": "2026-11-22", "last": "2026-11-22"}
    before = {"first": "2026-11-01", "last": "2026-11-21"}
    assert await works.empty(KIND.HISTORY, before | {"msisdn": PHONE.digits})
    blocked = HistoryEntry.by(
        works.actor(), "number.block", at=works.world.clock.now(), number=PHONE
    )
    await works.stores.history.append(blocked)
    elsewhere = HistoryEntry.by(works.actor(KAZYNA), "number.ban", at=works.world.clock.now())
    await works.stores.history.append(elsewhere)

    one = workbook(await works.made(KIND.HISTORY, today | {"msisdn": PHONE.digits})).worksheets[0]
    told = [row["Action"].value for row in rows(one, "Date and time")]
    assert told.count("number.block") == 1
    assert set(told) == {"number.block", "document.ordered"}
    whole = workbook(await works.made(KIND.HISTORY, today)).worksheets[0]
    told = [row["Action"].value for row in rows(whole, "Date and time")]
    assert "number.ban" not in told
    assert told.count("number.block") == 1


async def test_what_the_numbers_took_of_atlas_pro(works: Works) -> None:
    members = await works.get(
        NUMBERS, **{"relatedParty.id": DEMO.id, "productOffering.id": "atlas-pro"}
    )
    asked = {
        "product": [{"id": "atlas-pro"}],
        "relatedParty": [{"id": DEMO.id, "@referredType": "Organization"}],
    }
    answer = await works.control.post(
        "/tmf-api/usageConsumption/v4/queryUsageConsumption", json={"searchCriteria": asked}
    )
    [pool] = answer.json()["usageConsumption"]
    used = {
        bucket["usageType"]: counter["value"]["amount"]
        for bucket in pool["bucketRefOrValue"]
        for counter in bucket["bucketCounter"]
        if counter["counterType"] == "used"
    }
    made = await works.made(KIND.ATLAS, {})
    assert made.rows == len(members)
    sheet = workbook(made).worksheets[0]
    assert block(sheet)["Period"] == "01.11.2026 – 30.11.2026"
    total = total_of(sheet, "Mobile number")
    assert total["SMS, pcs"] == used["sms"]
    assert round(float(total["Data, MB"]) * 1024 * 1024) == used["data"]
    with pytest.raises(PackageMissing):
        await works.ordered(KIND.ATLAS, {}, company=QYRAN)


# --- Usage and pictures ----------------------------------------------------------------------


async def test_usage_is_the_same_in_both_forms(works: Works) -> None:
    asked = {"msisdn": PHONE.digits, "first": "2026-11-20", "last": "2026-11-21", "type": "calls"}
    records = await works.get(
        "/tmf-api/usageManagement/v4/usage",
        **{
            "ratedProductUsage.productRef.id": PHONE.digits,
            "usageType": "voice",
            "usageDate.gte": "2026-11-20T00:00:00+05:00",
            "usageDate.lt": "2026-11-22T00:00:00+05:00",
        },
    )
    for form in (XLSX, PDF):
        made = await works.made(KIND.USAGE, asked, form)
        assert made.rows == len(records)
    assert made.name == "usage_77010542007_2026-11-20_2026-11-21.pdf"


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (KIND.USAGE_CHART, {"msisdn": "77010542007", "first": "2026-11-01", "last": "2026-11-22"}),
        (KIND.SPEND_CHART, {"month": "2026-10"}),
        (KIND.MONTHS_CHART, {"months": "12"}),
    ],
)
async def test_pictures_are_pictures(
    works: Works, kind: DocumentKind, asked: dict[str, str]
) -> None:
    made = await works.made(kind, asked)
    assert made.name.endswith(".png")
    signature, wide, high = struct.unpack(">16s2I", made.content[:24])
    assert signature[:4] == b"\x89PNG"
    assert min(wide, high) > 400
    if kind is KIND.SPEND_CHART:
        numbers = await works.get(NUMBERS, **{"relatedParty.id": DEMO.id})
        assert made.rows == len(numbers), "offices are no numbers"


async def test_a_picture_of_the_spend_tells_the_sum_of_all_invoices(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The numbers that are not drawn and what no number is charged with are in it, too."""
    described: list[dict[str, Any]] = []
    draw = RenderPool.picture

    async def seen(renderer: RenderPool, chart: dict[str, Any], language: str) -> bytes:
        described.append(chart)
        return await draw(renderer, chart, language)

    monkeypatch.setattr(RenderPool, "picture", seen)
    await works.made(KIND.SPEND_CHART, {"month": "2026-10"})
    bills = await works.get(BILLS, **{"relatedParty.id": DEMO.id})
    billed = sum(
        money(bill, "taxIncludedAmount")
        for bill in bills
        if day(bill["billingPeriod"], "endDateTime") == date(2026, 10, 31)
    )
    below = described[0]["title"]["subtitle"]
    assert f"Total: {Money(int(billed * 100)).shown('en')}" in below
    assert any(line.startswith("Numbers shown: 10 of 37, the others:") for line in below)
    assert any(line.startswith("Charges without a number: ") for line in below)


# --- What is refused -------------------------------------------------------------------------


async def test_forms_and_owners_are_held_to(works: Works) -> None:
    for kind, offered in ((kind, spec.formats) for kind, spec in SPECS.items()):
        for form in set(DocumentFormat) - set(offered):
            with pytest.raises(FormatNotOffered):
                await works.ordered(kind, {}, form)
    with pytest.raises(AccountNotFound):
        await works.ordered(KIND.CERTIFICATE, {"account": "31400101", "month": "2026-10"})
    days = {"first": "2026-11-01", "last": "2026-11-22"}
    for kind in (KIND.USAGE, KIND.PAYMENTS, KIND.HISTORY, KIND.USAGE_CHART):
        with pytest.raises(NumberNotFound):
            await works.ordered(kind, days | {"msisdn": "77023300101"})
    asked = {"search": "esf", "number": "ESF-1", "year": "2026"}
    with pytest.raises(ReferenceInvalid):
        await works.ordered(KIND.INVOICE_SEARCH, asked)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY).astimezone(UTC)


async def test_the_first_available_day_is_in_every_refusal(works: Works) -> None:
    november = {"account": "25060850", "month": "2026-11"}
    cases: list[tuple[str, DocumentKind, dict[str, str], date | None]] = [
        (
            "2026-12-05T23:59:59",
            KIND.CERTIFICATE,
            november,
            date(2026, 12, 6),
        ),
        ("2026-12-06T00:00:00", KIND.CERTIFICATE, november, None),
        ("2026-12-03T23:59:59", KIND.SPEND_CHART, {"month": "2026-11"}, date(2026, 12, 4)),
        (
            "2026-12-03T23:59:59",
            KIND.REGISTER,
            {"first_month": "2026-10", "last_month": "2026-11"},
            date(2026, 12, 4),
        ),
        (
            "2026-12-04T00:00:00",
            KIND.REGISTER,
            {"first_month": "2026-10", "last_month": "2026-11"},
            None,
        ),
        (
            "2026-12-03T23:59:59",
            KIND.RECONCILIATION,
            {"first": "2026-11-01", "last": "2026-11-30"},
            date(2026, 12, 4),
        ),
        (
            "2026-12-04T00:00:00",
            KIND.RECONCILIATION,
            {"first": "2026-11-01", "last": "2026-11-30"},
            None,
        ),
    ]
    for when, kind, asked, available in cases:
        works.world.clock.set(at(when))
        if available is None:
            await works.ordered(kind, asked)
            continue
        with pytest.raises(PeriodNotClosed) as not_closed:
            await works.ordered(kind, asked)
        assert not_closed.value.available_from == available
    works.world.clock.set(at("2026-12-04T12:00:00"))
    too_old = {
        KIND.CERTIFICATE: (november | {"month": "2017-12"}, date(2018, 1, 1)),
        KIND.REGISTER: ({"first_month": "2017-12", "last_month": "2018-01"}, date(2018, 1, 1)),
        KIND.RECONCILIATION: ({"first": "2025-11-30", "last": "2026-10-31"}, date(2025, 12, 1)),
        KIND.PAYMENTS: ({"first": "2025-12-03", "last": "2026-10-31"}, date(2025, 12, 4)),
        KIND.HISTORY: ({"first": "2025-12-03", "last": "2026-10-31"}, date(2025, 12, 4)),
        KIND.INVOICE_SEARCH: (
            {"search": "accounting", "number": "1", "year": "2017"},
            date(2018, 1, 1),
        ),
        KIND.USAGE: (
            {"msisdn": PHONE.digits, "first": "2026-09-03", "last": "2026-10-31"},
            date(2026, 9, 4),
        ),
    }
    for kind, (asked, earliest) in too_old.items():
        with pytest.raises(PeriodTooOld) as old:
            await works.ordered(kind, asked)
        assert old.value.earliest == earliest
    with pytest.raises(PeriodTooLong):
        await works.ordered(KIND.REGISTER, {"first_month": "2025-10", "last_month": "2026-10"})
    for months in ("1", "13", "x"):
        with pytest.raises(PeriodTooLong):
            await works.ordered(KIND.MONTHS_CHART, {"months": months})
    asked = {"search": "accounting", "number": "1", "year": "2027"}
    with pytest.raises(PeriodInFuture):
        await works.ordered(KIND.INVOICE_SEARCH, asked)


# --- Once, and after a crash -----------------------------------------------------------------


async def test_the_same_order_within_a_minute_is_one(works: Works) -> None:
    months = {"first_month": "2026-10", "last_month": "2026-10"}
    first = await works.ordered(KIND.REGISTER, months)
    written_otherwise = {"last_month": "10.2026", "first_month": "10.2026", "spoon": "no"}
    assert (await works.ordered(KIND.REGISTER, written_otherwise)).id == first.id
    by_mail = await works.documents.order(
        works.actor(), KIND.REGISTER, XLSX, months, "en", Email("a@demo.example"), outside=True
    )
    assert by_mail.id != first.id
    works.world.clock.advance(60)
    assert (await works.ordered(KIND.REGISTER, months)).id not in {first.id, by_mail.id}


@pytest.mark.parametrize("kind", [KIND.REGISTER, KIND.RECONCILIATION, KIND.SPEND_CHART])
async def test_what_a_dead_worker_had_is_made_by_another(works: Works, kind: DocumentKind) -> None:
    asked = {
        KIND.REGISTER: {"first_month": "2026-10", "last_month": "2026-10"},
        KIND.RECONCILIATION: {"first": "2026-10-01", "last": "2026-10-31"},
        KIND.SPEND_CHART: {"month": "2026-10"},
    }[kind]
    document = await works.ordered(kind, asked)
    dead = await works.stores.documents.claim("dead", works.world.clock.now(), LEASE)
    assert dead is not None
    assert await works.stores.documents.claim("w", works.world.clock.now(), LEASE) is None
    works.world.clock.advance(LEASE.total_seconds())
    await works.work()
    assert (await works.read(document)).state is DocumentState.READY
    content = await works.stores.documents.content(document.id)

    await works.documents.make(dead)  # it was not dead after all
    assert await works.stores.documents.content(document.id) == content
    assert (await works.read(document)).attempts == 2


async def test_what_left_the_company_meanwhile_is_not_made(works: Works) -> None:
    asked = {"account": "25060850", "month": "2026-10"}
    document = await works.ordered(KIND.CERTIFICATE, asked)
    grant = {"companies": ["org-180140000901"]}
    await works.control.patch("/sandbox/operator/administrators/adm-1", json=grant)
    await works.work()
    assert (await works.read(document)).state is DocumentState.FAILED
