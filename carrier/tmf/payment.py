"""TMF676: what was paid for a company's accounts, and how much of it for each number (S26, S35).

The operator's key opens every company, so the payer of each payment in the answer is compared with
the company that was asked for.
"""

from __future__ import annotations

from account.chapters.payments import Payment, PaymentMeans, PaymentsQuery, PaymentState
from account.values.identifiers import Msisdn
from account.values.money import ZERO, Money
from account.values.page import Page
from carrier.http import Api, OperatorHttp
from carrier.tmf import fields, paging
from carrier.tmf.fields import Item, Malformed, is_number
from carrier.tmf.query import moment


async def payments(
    http: OperatorHttp, wish: PaymentsQuery, *, offset: int, limit: int
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
    found, total = await paging.page(
        http, Api.PAYMENT, "payment", conditions, offset=offset, limit=limit
    )
    return Page(tuple(_payment(one, wish) for one in found), offset, total)


def _payment(found: Item, wish: PaymentsQuery) -> Payment:
    if fields.entry(found, "payer").get("id") != wish.company_id:
        raise Malformed("payer: another company's")
    method = fields.entry(found, "paymentMethod")
    channel = found.get("channel")
    name = fields.optional_text(channel, "name") if isinstance(channel, dict) else None
    items = fields.entries(found, "paymentItem")
    return Payment(
        at=fields.moment(found, "paymentDate"),
        amount=_amount(found, items, wish.number),
        account=fields.text(fields.entry(found, "account"), "id"),
        document=fields.optional_text(found, "correlatorId") or "",
        means=PaymentMeans.read(fields.optional_text(method, "@type")),
        channel=name or fields.optional_text(method, "name") or "",
        state=PaymentState.read(fields.text(found, "status")),
        number=wish.number or _only(items),
    )


def _amount(found: Item, items: list[Item], number: Msisdn | None) -> Money:
    """The whole payment, or the part of it that is the number's."""
    if number is None:
        return fields.amount(found, "totalAmount")
    part = ZERO
    for item in items:
        if fields.entry(item, "item").get("id") == number.digits:
            part += fields.amount(item, "amount")
    return part


def _only(items: list[Item]) -> Msisdn | None:
    """The one number that a payment was for; None for a whole account's, or an office line's."""
    if len(items) != 1:
        return None
    item = fields.entry(items[0], "item")
    return fields.msisdn(item, "id") if is_number(item) else None
