"""TMF676: what was paid for a company's accounts, and how much of it for each number (S26, S35).

The operator's key opens every company, so the payer of each payment in the answer is compared with
the company that was asked for.
"""

from __future__ import annotations

from account.chapters.numbers import Page
from account.chapters.payments import Payment, PaymentMeans, PaymentState, PaymentsWish
from account.values.identifiers import Msisdn
from account.values.money import ZERO, Money
from carrier.http import Api, OperatorHttp
from carrier.tmf import listing, reading
from carrier.tmf.query import moment
from carrier.tmf.reading import Item, Malformed, is_number


async def payments(
    http: OperatorHttp, wish: PaymentsWish, *, offset: int, limit: int
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
    found, total = await listing.page(
        http, Api.PAYMENT, "payment", conditions, offset=offset, limit=limit
    )
    return Page(tuple(_payment(one, wish) for one in found), offset, total)


def _payment(found: Item, wish: PaymentsWish) -> Payment:
    if reading.entry(found, "payer").get("id") != wish.company_id:
        raise Malformed("payer: another company's")
    method = reading.entry(found, "paymentMethod")
    channel = found.get("channel")
    name = reading.optional_text(channel, "name") if isinstance(channel, dict) else None
    items = reading.entries(found, "paymentItem")
    return Payment(
        at=reading.moment(found, "paymentDate"),
        amount=_amount(found, items, wish.number),
        account=reading.text(reading.entry(found, "account"), "id"),
        document=reading.optional_text(found, "correlatorId") or "",
        means=PaymentMeans.read(reading.optional_text(method, "@type")),
        channel=name or reading.optional_text(method, "name") or "",
        state=PaymentState.read(reading.text(found, "status")),
        number=wish.number or _only(items),
    )


def _amount(found: Item, items: list[Item], number: Msisdn | None) -> Money:
    """The whole payment, or the part of it that is the number's."""
    if number is None:
        return reading.amount(found, "totalAmount")
    part = ZERO
    for item in items:
        if reading.entry(item, "item").get("id") == number.digits:
            part += reading.amount(item, "amount")
    return part


def _only(items: list[Item]) -> Msisdn | None:
    """The one number that a payment was for; None for a whole account's, or an office line's."""
    if len(items) != 1:
        return None
    item = reading.entry(items[0], "item")
    return reading.msisdn(item, "id") if is_number(item) else None
