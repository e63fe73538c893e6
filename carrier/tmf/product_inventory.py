"""TMF637: the company's numbers, each of them a product.

The operator's key opens every company, so the company is asked for with each read and compared
with the customer of each product in the answer: a number of another company is never shown, even
if the operator answers it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from account.chapters.numbers import NumberCounts, NumbersQuery
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import COMPANY_STATES, Ban, Number, NumberState, PaymentMethod
from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import fields, number_product, paging
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.prepay_balance import Balances
from carrier.tmf.query import found_by, query, search
from carrier.tmf.rows import LeftOut, Sifted
from carrier.tmf.wire import values
from carrier.transport import Answer

Kind = TypeVar("Kind")
BANS = {
    Ban.ACCESS: "banMyKcellAccess",
    Ban.DETAILS: "banMyKcellDetails",
    Ban.SMS_USSD: "banSmsUssdControl",
}
"""Characteristics of the number's product, unless the profile calls them otherwise."""


@dataclass(frozen=True, slots=True)
class Product:
    """A number as the inventory knows it; its money is elsewhere. `id` is the product's."""

    id: str
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
    found = await number_product.find(http, company_id, msisdn)
    return None if found is None else _product(http.profile, found, company_id)


async def products(http: OperatorHttp, company_id: str, wish: NumbersQuery) -> Page[Product]:
    """A page of the company's numbers by number, and how many fit in all.

    Raises `CarrierUnavailable`.
    """
    find = http.profile.find
    if wish.search.strip() and search(wish.search) is None:
        return Page((), wish.offset, 0)
    if find.totals == "filtered" and _can_be_asked(http.profile, wish):
        return await _asked_for(http, company_id, wish)
    every = await _every(http, company_id)
    fitting = [one for one in every.rows if _fits(one, wish)]
    return Sifted(fitting, every.left_out).page(wish.offset, wish.limit)


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
        asked = query(("relatedParty.id", company_id), *conditions, ("limit", 0))
        return await http.read(Api.PRODUCT_INVENTORY, "product", asked)

    answers = await asyncio.gather(*(count(state) for state in COMPANY_STATES))
    told = [fields.optional_total(answer) for answer in answers]
    counts = [count for count in told if count is not None]
    same = len(set(counts)) == 1 and counts[0] > 0
    if len(counts) < len(told) or same or any(fields.items(answer) for answer in answers):
        return None
    return counts


def _can_be_asked(profile: Profile, wish: NumbersQuery) -> bool:
    """Whether the operator understands all filters of the wish."""
    by_characteristic = wish.payment is not None or wish.state is not None
    return (profile.find.search or not wish.search.strip()) and (
        profile.find.characteristics or not by_characteristic
    )


def _conditions(profile: Profile, state: NumberState) -> list[tuple[str, str]]:
    name = profile.characteristics.suspension_reason
    if state is NumberState.ACTIVE:
        return [("status", profile.spelled("product_status", "active"))]
    reason = "debt" if state is NumberState.DEBT else "company"
    suspended = profile.spelled("product_status", "suspended")
    return [("status", suspended), (name, profile.spelled("suspension_reason", reason))]


async def _asked_for(http: OperatorHttp, company_id: str, wish: NumbersQuery) -> Page[Product]:
    """The page as the operator cuts it."""
    profile = http.profile
    conditions: list[tuple[str, str | int]] = [("relatedParty.id", company_id)]
    if wish.state is not None:
        conditions += _conditions(profile, wish.state)
    if wish.payment is not None:
        name = profile.characteristics.payment_method
        conditions.append((name, profile.spelled("payment_method", wish.payment)))
    if profile.find.sorting:
        conditions.append(("sort", "productSerialNumber"))
    conditions.append(number_product.FIELDS)
    told, total = await paging.page(
        http,
        Api.PRODUCT_INVENTORY,
        "product",
        conditions,
        offset=wish.offset,
        limit=wish.limit,
        group=(search(wish.search) or "") if wish.search.strip() else "",
    )
    rows, left_out = _read(http, told, company_id)
    behind = wish.offset + len(told) if len(rows) < len(told) else None
    return Page(tuple(rows), wish.offset, total, left_out, behind)


async def _every(http: OperatorHttp, company_id: str) -> Sifted[Product]:
    """All the company's numbers by number, as they were some seconds ago at most."""

    async def sift() -> Sifted[Product]:
        told = await number_product.every(http, company_id)
        numbers = [one for one in told if not number_product.is_of_a_number(one)]
        rows, left_out = _read(http, numbers, company_id)
        return Sifted(sorted(rows, key=lambda one: one.msisdn.digits), left_out)

    return await http.kept.whole(f"numbers {company_id}", sift)


def _read(http: OperatorHttp, told: Sequence[Item], company_id: str) -> tuple[list[Product], int]:
    """The rows that can be read; of the company's others the count. Strangers leave no trace."""
    left_out, profile = LeftOut(http, Api.PRODUCT_INVENTORY), http.profile
    rows = []
    for found in told:
        if not isinstance(found, dict) or not number_product.owned(profile, found, company_id):
            continue
        try:
            one = _product(profile, found, company_id)
        except Malformed as fault:
            left_out.add(fault.field)
            continue
        if one is not None:
            rows.append(one)
    return rows, left_out.count


def _fits(one: Product, wish: NumbersQuery) -> bool:
    return (
        (wish.state is None or one.state is wish.state)
        and (wish.payment is None or one.payment is wish.payment)
        and (
            not wish.search.strip()
            or found_by(wish.search, one.msisdn.digits, one.account, one.tariff, one.label or "")
        )
    )


def _product(profile: Profile, found: Item, company_id: str) -> Product | None:
    """A product of the company's; None when it is there no more. Raises `Malformed`."""
    called = profile.characteristics
    known = number_product.known(found)
    state = _state(profile, found, known)
    if state is None:
        return None
    msisdn = number_product.number(profile, found)
    if msisdn is None:
        raise Malformed("productSerialNumber")
    payment = profile.words.payment_method.get(values.word(known.get(called.payment_method)))
    if payment is None:
        raise Malformed(called.payment_method)
    account = found.get("billingAccount")
    bans = [ban for ban in Ban if values.flag(known.get(profile.ban(ban)), profile.ban(ban))]
    by_company = values.flag(known.get(called.blocked_by_company), called.blocked_by_company)
    return Product(
        id=values.shown(found.get("id")) or msisdn.digits,
        msisdn=msisdn,
        company_id=company_id,
        state=state,
        since=_or_none(values.moment, known.get(called.status_since)),
        account=(values.shown(account.get("id")) if isinstance(account, dict) else None) or "—",
        tariff=values.shown(found.get("name")) or "—",
        payment=payment,
        debt=_or_none(values.money, known.get(called.debt)),
        label=values.shown(known.get(called.label)),
        registration_form=values.shown(known.get(called.registration_form)),
        bans=frozenset(bans),
        blocked_by_company=state is NumberState.BLOCKED or by_company,
    )


def _or_none(read: Callable[[Any, str], Kind], told: object) -> Kind | None:
    """What can be read; what cannot is not told."""
    try:
        return None if told is None else read(told, "")
    except Malformed:
        return None


_OTHERS = {"connecting": NumberState.CONNECTING, "closing": NumberState.CLOSING}
_REASONS = {"debt": NumberState.DEBT, "company": NumberState.BLOCKED}


def _state(profile: Profile, found: Item, known: Mapping[str, object]) -> NumberState | None:
    """Debt wins; None for what is there no more. Raises `Malformed` without a status.

    A suspension for another reason, or a word that no table knows, is a block of the operator's.
    """
    status = profile.words.product_status.get(values.word(fields.text(found, "status")))
    told = values.word(known.get(profile.characteristics.suspension_reason))
    reason = profile.words.suspension_reason.get(told)
    if status == "gone":
        return None
    if status == "active":
        return NumberState.DEBT if reason == "debt" else NumberState.ACTIVE
    other = _OTHERS.get(status or "")
    return other or _REASONS.get(reason or "", NumberState.BLOCKED_BY_OPERATOR)
