"""Words of the operator's profile for buckets, balances and usage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from account.chapters.usage import UsageKind, UsageQuery
from account.values.money import Money
from carrier.profile.model import Profile
from tests.carrier.desk import COMPANY, NUMBER, Desk, bucket, product
from tests.carrier.test_deviations_money import balances
from tests.carrier.test_deviations_usage import CALL
from tests.carrier.test_tmf_bills import billing_account
from tests.carrier.test_tmf_usage import CLOSED, record


def profiled(desk: Desk, **words: dict[str, str]) -> None:
    desk.http.profile = Profile.model_validate({"words": words})


@pytest.mark.parametrize("name", ["Prepaid Money", "main balance"])
async def test_a_bucket_by_another_name(desk: Desk, name: str) -> None:
    profiled(desk, bucket={"Prepaid Money": "balance"})
    desk.answer("product", [product(paymentMethod="Advance")])
    desk.answer("bucket", [bucket(name, amount=5)])
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert number is not None
    assert number.funds == Money(500)


@pytest.mark.parametrize(("meaning", "owed"), [("debt", Money(700)), ("other", None)])
async def test_a_balance_by_another_name(desk: Desk, meaning: str, owed: Money | None) -> None:
    profiled(desk, balance_type={"Arrears": meaning})
    desk.answer("billingAccount", [billing_account(accountBalance=balances("ARREARS", 7))])
    [account] = (await desk.carrier.accounts(COMPANY, None, offset=0, limit=5)).rows
    assert account.owed == owed


async def test_a_word_that_means_no_debt_here_is_none(desk: Desk) -> None:
    profiled(desk, balance_type={"ReceivableBalance": "other"})
    told: list[dict[str, Any]] = balances("ReceivableBalance", 7)
    desk.answer("billingAccount", [billing_account(accountBalance=told)])
    [account] = (await desk.carrier.accounts(COMPANY, None, offset=0, limit=5)).rows
    assert account.owed is None


async def test_usage_by_another_name_is_asked_for_and_read(desk: Desk) -> None:
    profiled(desk, usage_type={"MobileVoice": "voice"})
    desk.answer("usage", [record() | {"usageType": "mobilevoice"}])
    calls = UsageQuery(CLOSED.msisdn, CLOSED.period, UsageKind.CALLS)
    assert (await desk.carrier.usage(COMPANY, calls, offset=0, limit=10)).rows == (replace(CALL),)
    assert desk.query("usage")["usageType"] == "MobileVoice"
