"""TMF676: what was paid for a company's accounts, and how much of it for each number (S26, S35).

The operator's key opens every company. A payment is the company's when it is the payer, or when the
account is its own (TMF666): the person at the bank who pays for a company is nobody we know, and
only shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from account.chapters.payments import Payment, PaymentMeans, PaymentsQuery, PaymentState
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import account as billing
from carrier.tmf import full_scan, number_product, paging
from carrier.tmf.query import moment
from carrier.tmf.rows import Part, Sifted
from carrier.tmf.units import MoneyUnits, added, amount
from carrier.tmf.wire import parts, tmf676, values
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.values import Malformed
from carrier.tmf.words import PAYMENTS

_PARTY, _ITEM = "relatedParty.id", "paymentItem.item.id"
_NEWEST_FIRST = ("sort", "-paymentDate")
_AT_ONCE = 8
OwnAccounts: TypeAlias = Callable[[Sequence[str]], Awaitable[frozenset[str]]]
"""Tells which of these accounts are the company's."""


async def payments(
    http: OperatorHttp,
    query: PaymentsQuery,
    own: OwnAccounts,
    *,
    offset: int,
    limit: int,
) -> Page[Payment]:
    """Payments of the period, newest first. Raises `CarrierUnavailable`.

    Of an operator that does not look at whose they are, the company's accounts are asked for one
    by one; where it does not look at the number, or sorts nothing, the period is read whole.
    """
    dated: list[tuple[str, str | int]] = [
        ("paymentDate.gte", moment(query.period.start_utc)),
        ("paymentDate.lt", moment(query.period.end_utc)),
    ]
    by_party = http.profile.holds(Api.PAYMENT.value, _PARTY)
    sorted_by_time = http.profile.find.sorting
    if (
        not by_party
        or not sorted_by_time
        or (query.number and not http.profile.holds(Api.PAYMENT.value, _ITEM))
    ):
        sifted = await _sifted(http, query, own, dated, by_party=by_party)
        return sifted.page(offset, limit)
    conditions = [(_PARTY, query.company_id), *dated]
    if query.number is not None:
        product = await number_product.id_of(http, query.company_id, query.number)
        if product is None:
            return Page((), offset, 0)
        conditions.append((_ITEM, product))
    told = await paging.part(
        http,
        Api.PAYMENT,
        "payment",
        [*conditions, _NEWEST_FIRST],
        tmf676.Payment,
        offset=offset,
        limit=limit,
    )
    return await _read(told, query, own)


async def _sifted(
    http: OperatorHttp,
    query: PaymentsQuery,
    own: OwnAccounts,
    dated: Sequence[tuple[str, str | int]],
    *,
    by_party: bool,
) -> Sifted[Payment]:
    """All payments of the query, of the company's own accounts."""

    async def sift() -> Sifted[Payment]:
        if by_party:
            asked: list[tuple[str, str | int]] = [(_PARTY, query.company_id), *dated]
            rows = await full_scan.cached(http, Api.PAYMENT, "payment", asked, tmf676.Payment)
        else:
            rows = await _of_accounts(http, query.company_id, dated)
        page = await _read(Part(http, Api.PAYMENT, rows, 0, len(rows)), query, own)
        newest = sorted(page.rows, key=lambda one: one.at, reverse=True)
        return Sifted(newest, page.left_out)

    number = "" if query.number is None else query.number.digits
    conditions = [*dated, (_PARTY, query.company_id), (_ITEM, number)]
    return await http.list_cache.whole(full_scan.key(Api.PAYMENT, "own payments", conditions), sift)


async def _of_accounts(
    http: OperatorHttp, company_id: str, dated: Sequence[tuple[str, str | int]]
) -> list[tmf676.Payment | Unread]:
    found: list[tmf676.Payment | Unread] = []
    accounts = await billing.every(http, company_id)
    for begin in range(0, len(accounts), _AT_ONCE):
        lists = (
            full_scan.walk(
                http,
                Api.PAYMENT,
                "payment",
                [("account.id", account), *dated],
                tmf676.Payment,
            )
            for account in accounts[begin : begin + _AT_ONCE]
        )
        for told in await asyncio.gather(*lists):
            found += told
    return found


async def _read(
    told: Part[tmf676.Payment], query: PaymentsQuery, own: OwnAccounts
) -> Page[Payment]:
    others = sorted(
        {_account(one) for one in told.rows if not _paid_by(one, query.company_id)} - {""}
    )
    theirs = await own(others) if others else frozenset()
    items = [
        item.item
        for one in told.rows
        if not isinstance(one, Unread)
        and (_paid_by(one, query.company_id) or _account(one) in theirs)
        for item in one.paymentItem or ()
    ]
    number_of = await number_product.naming(told.http, query.company_id, items)
    return told.read(
        lambda found: _payment(found, query, told.http.profile, number_of),
        lambda found: _paid_by(found, query.company_id) or _account(found) in theirs,
    )


def _payer(found: tmf676.Payment | Unread) -> tmf676.Payer | None:
    return found.part(tmf676.Payer) if isinstance(found, Unread) else found


def _paid_by(found: tmf676.Payment | Unread, company_id: str) -> bool:
    read = _payer(found)
    return read is not None and read.payer is not None and read.payer.party == company_id


def _account(found: tmf676.Payment | Unread) -> str:
    read = _payer(found)
    return "" if read is None or read.account is None else values.shown(read.account.id) or ""


def _payment(
    found: tmf676.Payment,
    query: PaymentsQuery,
    profile: Profile,
    number_of: Callable[[parts.Ref | None], Msisdn | None],
) -> Payment | None:
    at = values.moment(
        found.statusDate if values.is_blank(found.paymentDate) else found.paymentDate, "paymentDate"
    )
    items = found.paymentItem or ()
    numbers = [number_of(one.item) for one in items]
    if not query.period.start_utc <= at < query.period.end_utc or _of_others(numbers, query.number):
        return None  # not asked for, by an operator that does not look at every filter
    method = found.paymentMethod or tmf676.PaymentMethod()
    account = values.text(_account(found) or None, "account")
    means = _means(method)
    # Of a bank's transfer the payment order; of a wallet or a card it is no document's day.
    is_order = means is PaymentMeans.BANK_TRANSFER
    return Payment(
        at=at,
        amount=_amount(found, numbers, query.number, profile.words.money_unit),
        account=account,
        document=values.shown(found.correlatorId) or "",
        means=means,
        channel=_name(found.channel) or values.shown(method.name) or "",
        state=_state(found.status),
        number=query.number or (numbers[0] if len(numbers) == 1 else None),
        purpose=values.shown(found.description) or "",
        dated=values.optional_day(method.statusDate) if is_order else None,
    )


def _means(method: tmf676.PaymentMethod) -> PaymentMeans:
    """By its type; a reference may say what it refers to instead."""
    known = PAYMENTS.means.get(values.word(method.type))
    return known or PAYMENTS.means.get(values.word(method.referred), PaymentMeans.OTHER)


def _state(said: object) -> PaymentState:
    """Where it stands; a word that nobody knows is not yet money, none at all is not known."""
    if values.shown(said) is None:
        return PaymentState.UNKNOWN
    return PAYMENTS.states.get(values.word(said), PaymentState.PENDING)


def _of_others(numbers: Sequence[Msisdn | None], asked: Msisdn | None) -> bool:
    """Whether a payment tells whose it is, and it is none of that number's."""
    return bool(numbers) and asked is not None and asked not in numbers


def _amount(
    found: tmf676.Payment,
    numbers: Sequence[Msisdn | None],
    asked: Msisdn | None,
    units: MoneyUnits,
) -> Money:
    """The whole payment, or the part of it that is the number's: the items that are of it."""
    if asked is None:
        whole = found.totalAmount if _told(found.totalAmount) else found.amount
        return amount(whole, "totalAmount", units).shown
    items = found.paymentItem or ()
    if not items:
        raise Malformed("paymentItem")
    field = "paymentItem.amount"
    of_number = [one for one, number in zip(items, numbers, strict=True) if number == asked]
    told = (one.amount if _told(one.amount) else one.totalAmount for one in of_number)
    return added((amount(money, field, units) for money in told), field).shown


def _told(money: parts.Money | None) -> bool:
    return money is not None and (money.value is not None or money.amount is not None)


def _name(told: parts.Ref | None) -> str | None:
    return None if told is None else values.shown(told.name)
