"""TMF637: the company's numbers, each of them a product.

The operator's key opens every company, so the company is asked for with each read and compared
with the customer of each product in the answer: a number of another company is never shown, even
if the operator answers it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from account.chapters.numbers import NumberCounts, NumbersQuery
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import Ban, Number, NumberState, PaymentMethod
from carrier.http import Api, OperatorHttp
from carrier.tmf import fields, paging
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.prepay_balance import Balances
from carrier.tmf.query import query, search
from carrier.transport import Answer

_FIELDS = (
    "fields",
    "name,status,productSerialNumber,billingAccount,productCharacteristic,relatedParty",
)
_STATE = {
    NumberState.ACTIVE: (("status", "active"),),
    NumberState.BLOCKED: (("status", "suspended"), ("suspensionReason", "voluntary")),
    NumberState.DEBT: (("status", "suspended"), ("suspensionReason", "debt")),
}


BANS = {
    Ban.ACCESS: "banMyKcellAccess",
    Ban.DETAILS: "banMyKcellDetails",
    Ban.SMS_USSD: "banSmsUssdControl",
}
"""Characteristics of the number's product, read and ordered alike."""


@dataclass(frozen=True, slots=True)
class Product:
    """A number as the inventory knows it; its money is elsewhere."""

    msisdn: Msisdn
    company_id: str
    state: NumberState
    since: datetime | None
    account: str
    tariff: str
    payment: PaymentMethod
    debt: Money | None
    label: str | None
    registration_form: str | None
    bans: frozenset[Ban]
    blocked_by_company: bool

    @property
    def lacks_debt(self) -> bool:
        """Whether it is in debt and its own part of the account's debt was not told."""
        return self.state is NumberState.DEBT and self.debt is None

    def with_balances(self, balances: Balances, debts: dict[str, Money]) -> Number:
        """The whole number."""
        digits = self.msisdn.digits
        return Number(
            msisdn=self.msisdn,
            company_id=self.company_id,
            state=self.state,
            state_since=self.since,
            account=self.account,
            tariff=self.tariff,
            payment=self.payment,
            funds=balances.funds(digits, self.payment),
            individual_limit=balances.individual_limit(digits),
            limit_unknown=balances.limit_unknown(digits),
            shared=balances.shared(digits, self.payment),
            debt=debts.get(self.account) if self.lacks_debt else self.debt,
            label=self.label,
            registration_form=self.registration_form,
            bans=self.bans,
            blocked_by_company=self.blocked_by_company,
        )


async def product(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> Product | None:
    """One number of the company, None when it has no such number. Raises `CarrierUnavailable`."""
    products = await paging.whole(
        http,
        Api.PRODUCT_INVENTORY,
        "product",
        [("relatedParty.id", company_id), ("id", msisdn.digits), _FIELDS],
        limit=1,
    )
    for found in products:
        one = _product(found, company_id)
        if one is not None and one.msisdn == msisdn:
            return one
    return None


async def products(
    http: OperatorHttp, company_id: str, wish: NumbersQuery
) -> tuple[list[Product], int]:
    """A page of the company's numbers by number, and how many fit in all.

    Raises `CarrierUnavailable`.
    """
    conditions: list[tuple[str, str | int]] = [("relatedParty.id", company_id)]
    if wish.state is not None:
        conditions += _STATE[wish.state]
    if wish.payment is not None:
        conditions.append(("paymentMethod", wish.payment.value))
    conditions += [("sort", "productSerialNumber"), _FIELDS]
    group = search(wish.search) if wish.search.strip() else ""
    if group is None:
        return [], 0
    told, total = await paging.page(
        http,
        Api.PRODUCT_INVENTORY,
        "product",
        conditions,
        offset=wish.offset,
        limit=wish.limit,
        group=group,
    )
    rows = []
    for found in told:
        one = _product(found, company_id)
        if one is None:
            raise Malformed("relatedParty: another company's")
        rows.append(one)
    return rows, total


async def tally(http: OperatorHttp, company_id: str) -> NumberCounts:
    """How many numbers are in each state: three counts, side by side.

    `total` is their sum, so that the four figures always agree. Raises `CarrierUnavailable`.
    """

    async def count(state: NumberState) -> Answer:
        asked = query(("relatedParty.id", company_id), *_STATE[state], ("limit", 0))
        return await http.read(Api.PRODUCT_INVENTORY, "product", asked)

    answers = await asyncio.gather(*(count(state) for state in _STATE))
    active, blocked, debt = (fields.total(answer) for answer in answers)
    return NumberCounts(total=active + blocked + debt, active=active, blocked=blocked, debt=debt)


def _product(found: Item, company_id: str) -> Product | None:
    """A product of the answer; None when it is another company's."""
    if company_id not in fields.related(found, "customer"):
        return None
    known = fields.characteristics(found, "productCharacteristic")
    state = _state(found, known)
    try:
        payment = PaymentMethod(fields.text(known, "paymentMethod"))
    except ValueError:
        raise Malformed("paymentMethod") from None
    return Product(
        msisdn=fields.msisdn(found, "productSerialNumber"),
        company_id=company_id,
        state=state,
        since=fields.moment(known, "statusSince") if "statusSince" in known else None,
        account=fields.text(fields.entry(found, "billingAccount"), "id"),
        tariff=fields.text(found, "name"),
        payment=payment,
        debt=fields.money(known, "debtAmount") if "debtAmount" in known else None,
        label=fields.optional_text(known, "employeeLabel"),
        registration_form=fields.optional_text(known, "registrationForm"),
        bans=frozenset(ban for ban, name in BANS.items() if fields.flag(known, name)),
        blocked_by_company=(state is NumberState.BLOCKED or fields.flag(known, "voluntaryBlock")),
    )


def _state(found: Item, known: dict[str, Any]) -> NumberState:
    """Active and suspended are the only states of a listed number; debt wins."""
    status, reason = found.get("status"), known.get("suspensionReason")
    if status == "active" and reason is None:
        return NumberState.ACTIVE
    if status == "suspended" and reason == "debt":
        return NumberState.DEBT
    if status == "suspended" and reason == "voluntary":
        return NumberState.BLOCKED
    raise Malformed("status")
