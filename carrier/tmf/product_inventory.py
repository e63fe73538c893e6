"""TMF637: the company's numbers, each of them a product.

The operator's key opens every company, so the company is asked for with each read and compared
with the customer of each product in the answer: a number of another company is never shown, even
if the operator answers it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct

from account.chapters.numbers import NumberCounts, NumbersQuery
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import COMPANY_STATES, Ban, Number, NumberState, PaymentMethod
from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import fields, number_product, paging
from carrier.tmf.prepay_balance import Balances
from carrier.tmf.query import found_by, query_string, search
from carrier.tmf.rows import Part, Sifted
from carrier.tmf.units import MoneyUnits, amount, bare_amount
from carrier.tmf.wire import parts, values
from carrier.tmf.wire.parts import characteristics
from carrier.tmf.wire.tmf637 import Product
from carrier.tmf.wire.values import Malformed
from carrier.transport import Answer

Kind = TypeVar("Kind")


class NumberProduct(Struct, frozen=True, gc=False):
    """A number as the inventory knows it; its money is elsewhere. `id` is the product's."""

    id: str
    msisdn: Msisdn
    company_id: str
    state: NumberState
    since: datetime | None
    account: str
    tariff: str
    payment: PaymentMethod
    payment_told: str | None
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
        purse = balances[self.msisdn.digits]
        return Number(
            msisdn=self.msisdn,
            company_id=self.company_id,
            state=self.state,
            state_since=self.since,
            account=self.account,
            tariff=self.tariff,
            payment=self.payment,
            payment_told=self.payment_told,
            funds=purse.funds(self.payment),
            individual_limit=purse.individual_limit,
            limit_unknown=purse.limit_unknown,
            shared=purse.shared(self.payment),
            debt=debts.get(self.account) if self.lacks_debt else self.debt,
            label=self.label,
            registration_form=self.registration_form,
            bans=self.bans,
            blocked_by_company=self.blocked_by_company,
        )


async def product(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> NumberProduct | None:
    """One number of the company, None when it has no such number. Raises `CarrierUnavailable`."""
    found = await number_product.find(http, company_id, msisdn)
    return None if found is None else _number(http.profile, found, company_id)


async def products(http: OperatorHttp, company_id: str, query: NumbersQuery) -> Page[NumberProduct]:
    """A page of the company's numbers by number, and how many fit in all.

    Raises `CarrierUnavailable`.
    """
    find = http.profile.find
    if query.search.strip() and search(query.search) is None:
        return Page((), query.offset, 0)
    if find.totals == "filtered" and _can_be_asked(http.profile, query):
        return await _asked_for(http, company_id, query)
    every = await _every(http, company_id)
    fitting = [one for one in every.rows if _fits(one, query)]
    return Sifted(fitting, every.left_out).page(query.offset, query.limit)


async def tally(http: OperatorHttp, company_id: str) -> NumberCounts:
    """How many numbers are in each state: three counts, side by side, or counted from the rows.

    Of asked counts `total` is the sum; counted from the rows it has those of other states, too.
    Raises `CarrierUnavailable`.
    """
    find = http.profile.find
    counts = None
    if find.totals == "filtered" and find.characteristics:
        counts = await _asked_counts(http, company_id)
    if counts is None:
        every = await _every(http, company_id)
        counted = Counter(one.state for one in every.rows)
        total, counts = len(every), [counted[state] for state in COMPANY_STATES]
    else:
        total = sum(counts)
    active, blocked, debt = counts
    return NumberCounts(total=total, active=active, blocked=blocked, debt=debt)


async def _asked_counts(http: OperatorHttp, company_id: str) -> list[int] | None:
    """Three counts; None for such as are not to be believed: not told, told with rows, or the same
    whatever is asked for.
    """

    async def count(state: NumberState) -> Answer:
        conditions = _conditions(http.profile, state)
        asked = query_string(("relatedParty.id", company_id), *conditions, ("limit", 0))
        return await http.read(Api.PRODUCT_INVENTORY, "product", asked)

    answers = await asyncio.gather(*(count(state) for state in COMPANY_STATES))
    told = [fields.optional_total(answer) for answer in answers]
    counts = [count for count in told if count is not None]
    same = len(set(counts)) == 1 and counts[0] > 0
    if len(counts) < len(told) or same or any(fields.items(answer) for answer in answers):
        return None
    return counts


def _can_be_asked(profile: Profile, query: NumbersQuery) -> bool:
    """Whether the operator understands all filters of the query."""
    by_characteristic = query.payment is not None or query.state is not None
    return (profile.find.search or not query.search.strip()) and (
        profile.find.characteristics or not by_characteristic
    )


def _conditions(profile: Profile, state: NumberState) -> list[tuple[str, str]]:
    name = profile.characteristics.suspension_reason
    if state is NumberState.ACTIVE:
        return [("status", profile.spelled("product_status", "active"))]
    reason = "debt" if state is NumberState.DEBT else "company"
    suspended = profile.spelled("product_status", "suspended")
    return [("status", suspended), (name, profile.spelled("suspension_reason", reason))]


async def _asked_for(
    http: OperatorHttp, company_id: str, query: NumbersQuery
) -> Page[NumberProduct]:
    """The page as the operator cuts it."""
    profile = http.profile
    conditions: list[tuple[str, str | int]] = [("relatedParty.id", company_id)]
    if query.state is not None:
        conditions += _conditions(profile, query.state)
    if query.payment is not None:
        name = profile.characteristics.payment_method
        conditions.append((name, profile.spelled("payment_method", query.payment)))
    if profile.find.sorting:
        conditions.append(("sort", "productSerialNumber"))
    conditions.append(number_product.FIELDS)
    told = await paging.part(
        http,
        Api.PRODUCT_INVENTORY,
        "product",
        conditions,
        Product,
        offset=query.offset,
        limit=query.limit,
        group=(search(query.search) or "") if query.search.strip() else "",
    )
    return told.read(
        lambda found: _number(profile, found, company_id),
        lambda found: number_product.owned(profile, found, company_id),
    )


async def _every(http: OperatorHttp, company_id: str) -> Sifted[NumberProduct]:
    """All the company's numbers by number, as they were some seconds ago at most."""

    async def sift() -> Sifted[NumberProduct]:
        every = await number_product.every(http, company_id)
        numbers = [one for one in every if not number_product.is_of_a_number(one)]
        read = Part(http, Api.PRODUCT_INVENTORY, numbers, 0, len(numbers)).read(
            lambda found: _number(http.profile, found, company_id), lambda _: True
        )
        return Sifted(sorted(read.rows, key=lambda one: one.msisdn.digits), read.left_out)

    return await http.list_cache.whole(f"numbers {company_id}", sift)


def _fits(one: NumberProduct, query: NumbersQuery) -> bool:
    return (
        (query.state is None or one.state is query.state)
        and (query.payment is None or one.payment is query.payment)
        and (
            not query.search.strip()
            or found_by(query.search, one.msisdn.digits, one.account, one.tariff, one.label or "")
        )
    )


def _number(profile: Profile, found: Product, company_id: str) -> NumberProduct | None:
    """A number of the company's; None when it is there no more. Raises `Malformed`."""
    called = profile.characteristics
    known = characteristics(found.productCharacteristic)
    state = _state(profile, found, known)
    if state is None:
        return None
    msisdn = number_product.number(profile, found)
    if msisdn is None:
        raise Malformed("productSerialNumber")
    told = known.get(called.payment_method)
    payment = profile.words.payment_method.get(values.word(told), PaymentMethod.OTHER)
    account = None if found.billingAccount is None else values.shown(found.billingAccount.id)
    bans = [ban for ban, name in called.bans.items() if values.flag(known.get(name), name)]
    by_company = values.flag(known.get(called.blocked_by_company), called.blocked_by_company)
    return NumberProduct(
        id=values.shown(found.id) or msisdn.digits,
        msisdn=msisdn,
        company_id=company_id,
        state=state,
        since=_or_none(values.moment, known.get(called.status_since)),
        account=account or "—",
        tariff=_tariff(found) or "—",
        payment=payment,
        payment_told=values.shown(told) if payment is PaymentMethod.OTHER else None,
        debt=_or_none(partial(_debt, units=profile.words.money_unit), known.get(called.debt)),
        label=values.shown(known.get(called.label)),
        registration_form=values.shown(known.get(called.registration_form)),
        bans=frozenset(bans),
        blocked_by_company=state is NumberState.BLOCKED or by_company,
    )


def _debt(told: Any, field: str, units: MoneyUnits) -> Money:
    """An amount alone, or TMF's Money or Quantity. Raises `Malformed`."""
    if isinstance(told, dict):
        names = ("unit", "value", "units", "amount", "currency", "currencyCode")
        return amount(parts.Money(*map(told.get, names)), field, units).shown
    return bare_amount(told, field, units)


def _tariff(found: Product) -> str | None:
    """What the number is called, or else what was offered as it, or specified."""
    others = (found.productOffering, found.productSpecification)
    names = (found.name, *(one.name for one in others if one is not None))
    return next(filter(None, map(values.shown, names)), None)


def _or_none(read: Callable[[Any, str], Kind], told: object) -> Kind | None:
    """What can be read; what cannot is not told."""
    try:
        return None if told is None else read(told, "")
    except Malformed:
        return None


_OTHERS = {"connecting": NumberState.CONNECTING, "closing": NumberState.CLOSING}
_REASONS = {"debt": NumberState.DEBT, "company": NumberState.BLOCKED}


def _state(profile: Profile, found: Product, known: Mapping[str, object]) -> NumberState | None:
    """Debt wins; None for what is there no more. Raises `Malformed` without a status.

    A suspension for another reason, or a word that no table knows, is a block of the operator's.
    """
    word = values.word(found.status)
    if not word:
        raise Malformed("status")
    states = profile.words.product_status
    status = states.get(word)
    told = values.word(known.get(profile.characteristics.suspension_reason))
    reason = profile.words.suspension_reason.get(told)
    if status == "gone":
        return None
    if status == "active":
        return NumberState.DEBT if reason == "debt" else NumberState.ACTIVE
    other = _OTHERS.get(status or "")
    return other or _REASONS.get(reason or "", NumberState.BLOCKED_BY_OPERATOR)
