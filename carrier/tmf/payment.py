"""TMF676: what was paid for a company's accounts, and how much of it for each number (S26, S35).

The operator's key opens every company. A payment is the company's when it is the payer, or when the
account is its own (TMF666): the person at the bank who pays for a company is nobody we know, and
only shown.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from account.chapters.payments import Payment, PaymentMeans, PaymentsQuery, PaymentState
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.tmf import paging
from carrier.tmf.query import moment
from carrier.tmf.units import added, amount
from carrier.tmf.wire import parts, tmf676, values
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.values import Malformed
from carrier.tmf.words import PAYMENTS

OwnAccounts: TypeAlias = Callable[[Sequence[str]], Awaitable[frozenset[str]]]
"""Tells which of these accounts are the company's."""


async def payments(
    http: OperatorHttp, wish: PaymentsQuery, own: OwnAccounts, *, offset: int, limit: int
) -> Page[Payment]:
    """Payments of the period, newest first. Raises `CarrierUnavailable`."""
    conditions: list[tuple[str, str | int]] = [
        ("relatedParty.id", wish.company_id),
        ("paymentDate.gte", moment(wish.period.start_utc)),
        ("paymentDate.lt", moment(wish.period.end_utc)),
    ]
    if wish.number is not None:
        conditions.append(("paymentItem.item.id", wish.number.digits))
    conditions.append(("sort", "-paymentDate"))
    told = await paging.part(
        http,
        Api.PAYMENT,
        "payment",
        conditions,
        tmf676.Payment,
        offset=offset,
        limit=limit,
    )
    others = sorted(
        {_account(one) for one in told.rows if not _paid_by(one, wish.company_id)} - {""}
    )
    theirs = await own(others) if others else frozenset()
    return told.read(
        lambda found: _payment(found, wish),
        lambda found: _paid_by(found, wish.company_id) or _account(found) in theirs,
    )


def _payer(found: tmf676.Payment | Unread) -> tmf676.Payer | None:
    return found.part(tmf676.Payer) if isinstance(found, Unread) else found


def _paid_by(found: tmf676.Payment | Unread, company_id: str) -> bool:
    read = _payer(found)
    return read is not None and read.payer is not None and read.payer.party == company_id


def _account(found: tmf676.Payment | Unread) -> str:
    read = _payer(found)
    return "" if read is None or read.account is None else values.shown(read.account.id) or ""


def _payment(found: tmf676.Payment, wish: PaymentsQuery) -> Payment | None:
    at = values.moment(
        found.paymentDate if found.paymentDate is not None else found.statusDate, "paymentDate"
    )
    items = found.paymentItem or ()
    if not wish.period.start_utc <= at < wish.period.end_utc or _of_others(items, wish.number):
        return None  # not asked for, by an operator that does not look at every filter
    method = found.paymentMethod or tmf676.PaymentMethod()
    account = values.text(_account(found) or None, "account")
    return Payment(
        at=at,
        amount=_amount(found, items, wish.number),
        account=account,
        document=values.shown(found.correlatorId) or "",
        means=PAYMENTS.means.get(values.word(method.type), PaymentMeans.OTHER),
        channel=_name(found.channel) or values.shown(method.name) or "",
        state=_state(found.status),
        number=wish.number or _only(items),
        purpose=values.shown(found.description) or "",
    )


def _state(said: object) -> PaymentState:
    """Where it stands; a word that nobody knows is not yet money, none at all is not known."""
    if values.shown(said) is None:
        return PaymentState.UNKNOWN
    return PAYMENTS.states.get(values.word(said), PaymentState.PENDING)


def _of_others(items: Sequence[tmf676.PaymentItem], number: Msisdn | None) -> bool:
    """Whether a payment tells whose it is, and it is none of that number's."""
    return bool(items) and number is not None and all(_number(one) != number for one in items)


def _amount(
    found: tmf676.Payment, items: Sequence[tmf676.PaymentItem], number: Msisdn | None
) -> Money:
    """The whole payment, or the part of it that is the number's."""
    if number is None:
        whole = found.totalAmount if _told(found.totalAmount) else found.amount
        return amount(whole, "totalAmount").shown
    if not items:
        raise Malformed("paymentItem")
    field = "paymentItem.amount"
    of_number = [one for one in items if _number(one) == number]
    told = (one.amount if _told(one.amount) else one.totalAmount for one in of_number)
    return added((amount(money, field) for money in told), field).shown


def _told(money: parts.Money | None) -> bool:
    return money is not None and (money.value is not None or money.amount is not None)


def _only(items: Sequence[tmf676.PaymentItem]) -> Msisdn | None:
    """The one number that a payment was for; None for a whole account's, or an office line's."""
    return _number(items[0]) if len(items) == 1 else None


def _number(one: tmf676.PaymentItem) -> Msisdn | None:
    try:
        return None if one.item is None else Msisdn.told(str(one.item.id))
    except ValueError:
        return None


def _name(told: parts.Ref | None) -> str | None:
    return None if told is None else values.shown(told.name)
