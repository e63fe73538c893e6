"""Payments: invoices, the questions before a payment, what was paid and given back.

Nothing is charged. An invoice is paid by `POST /sandbox/users/{id}/payments`; a flexible one asks
the bot for delivery first. Payments are in the bot's settings, by the id of their question.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.errors import QUERY_TOO_OLD, bad_request
from sandbox.telegram.keyboards import inline_only
from sandbox.telegram.records import Bot, Json
from sandbox.telegram.sending import Outgoing
from sandbox.telegram.state import TelegramState

TITLE_LIMIT = 32
DESCRIPTION_LIMIT = 255
PAYLOAD_BYTES = 128
STARS = "XTR"
ANSWER_SECONDS = 10.0

_CURRENCY = re.compile("[A-Z]{3}")


def _invoice(call: Call) -> Json:
    """What is to be paid, as the call says. Raises 400."""
    for name, longest in (("title", TITLE_LIMIT), ("description", DESCRIPTION_LIMIT)):
        if not call.text(name):
            raise bad_request(f"invoice {name} must be non-empty")
        if len(call.text(name)) > longest:
            raise bad_request(f"INVOICE_{name.upper()}_INVALID")
    if not 1 <= len(call.text("payload").encode()) <= PAYLOAD_BYTES:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    currency = call.text("currency")
    if not _CURRENCY.fullmatch(currency):
        raise bad_request("CURRENCY_INVALID")
    if currency != STARS and not call.text("provider_token"):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    prices = _prices(call.parsed("prices", "labeled prices"))
    if currency == STARS and len(prices) != 1:
        raise bad_request("STARS_INVOICE_INVALID")
    total = sum(price["amount"] for price in prices)
    if total <= 0:
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")
    return {
        "title": call.text("title"),
        "description": call.text("description"),
        "start_parameter": call.text("start_parameter"),
        "currency": currency,
        "total_amount": total,
        "payload": call.text("payload"),
        "is_flexible": call.flag("is_flexible"),
    }


def _prices(given: Any) -> list[Json]:
    if not isinstance(given, list) or not given:
        raise bad_request("expected an Array of LabeledPrice")
    prices = []
    for price in given:
        if not isinstance(price, dict) or not price.get("label"):
            raise bad_request("can't parse labeled price: Can't find field \"label\"")
        try:
            prices.append({"label": str(price["label"]), "amount": int(price["amount"])})
        except (KeyError, TypeError, ValueError):
            raise bad_request("can't parse labeled price: Can't find field \"amount\"") from None
    return prices


def send_invoice(telegram: TelegramState, call: Call) -> Json:
    """The method sendInvoice; a keyboard of one's own begins with the button that pays."""
    invoice = _invoice(call)
    outgoing = Outgoing(telegram, call)
    rows = (inline_only(outgoing.markup) or {}).get("inline_keyboard")
    if not rows:
        amount = f"{invoice['total_amount'] / 100:.2f}"
        if invoice["currency"] == STARS:
            amount = str(invoice["total_amount"])
        pay = {"text": f"Pay {amount} {invoice['currency']}", "pay": True}
        outgoing.markup = {"inline_keyboard": [[pay]]}
    elif not rows[0][0].get("pay"):
        raise bad_request("the first button must be a Pay button")
    shown = ("title", "description", "start_parameter", "currency", "total_amount")
    message = outgoing.send({"invoice": {name: invoice[name] for name in shown}})
    chat = telegram.state(call.bot, message.chat_id)
    chat.state.setdefault("invoices", {})[str(message.message_id)] = invoice
    telegram.store.save_chat(chat)
    return message.body


def create_invoice_link(telegram: TelegramState, call: Call) -> str:
    """The method createInvoiceLink."""
    link = f"https://t.me/${secrets.token_urlsafe(9)}"
    call.bot.settings.setdefault("invoice_links", {})[link] = _invoice(call)
    telegram.store.save_settings(call.bot)
    return link


def payments_of(bot: Bot) -> dict[str, Json]:
    """All payments that people began, by the id of the question before them."""
    found: dict[str, Json] = bot.settings.setdefault("payments", {})
    return found


def _new_id() -> str:
    return str(2_000_000_000_000_000_000 + secrets.randbelow(10**17))


def begin(
    telegram: TelegramState, bot: Bot, chat_id: int, payer: int, invoice: Json, body: Json
) -> tuple[str, int | None]:
    """A person presses Pay: the bot is asked about delivery, or whether the payment may be made."""
    if invoice["is_flexible"] and "shipping_option" not in body:
        query_id = _new_id()
        address = body.get("shipping_address") or {
            "country_code": "KZ",
            "state": "",
            "city": "Алматы",
            "street_line1": "Абай 1",
            "street_line2": "",
            "post_code": "050000",
        }
        asked = {"shipping_address": address}
        return query_id, _asked(telegram, bot, chat_id, payer, invoice, query_id, "shipping", asked)
    query: Json = {"currency": invoice["currency"], "total_amount": invoice["total_amount"]}
    option = body.get("shipping_option")
    if option:
        query["total_amount"] += sum(int(price["amount"]) for price in option["prices"])
        query["shipping_option_id"] = option["id"]
    if isinstance(body.get("order_info"), dict):
        query["order_info"] = body["order_info"]
    query_id = _new_id()
    return query_id, _asked(telegram, bot, chat_id, payer, invoice, query_id, "pre_checkout", query)


def _asked(
    telegram: TelegramState,
    bot: Bot,
    chat_id: int,
    payer: int,
    invoice: Json,
    query_id: str,
    kind: str,
    query: Json,
) -> int | None:
    payments_of(bot)[query_id] = {
        "kind": kind,
        "chat": chat_id,
        "from": payer,
        "invoice": invoice,
        "query": query,
        "asked": telegram.world.clock.timestamp(),
        "state": "asked",
    }
    telegram.store.save_settings(bot)
    who = {"id": query_id, "from": telegram.user(payer), "invoice_payload": invoice["payload"]}
    return telegram.push(bot, f"{kind}_query", payer, {**who, **query})


def _question(telegram: TelegramState, call: Call, kind: str) -> Json:
    payment = payments_of(call.bot).get(call.text(f"{kind}_query_id"))
    now = telegram.world.clock.timestamp()
    if payment is None or payment["kind"] != kind or payment["state"] != "asked":
        raise bad_request(QUERY_TOO_OLD)
    if kind == "pre_checkout" and now - payment["asked"] > ANSWER_SECONDS:
        raise bad_request(QUERY_TOO_OLD)
    if not call.flag("ok"):
        if not call.text("error_message"):
            raise bad_request("error message must be non-empty")
        payment |= {"state": "refused", "error_message": call.text("error_message")}
        telegram.store.save_settings(call.bot)
    return payment


def answer_shipping_query(telegram: TelegramState, call: Call) -> bool:
    """The method answerShippingQuery."""
    payment = _question(telegram, call, "shipping")
    if payment["state"] == "refused":
        return True
    options = call.parsed("shipping_options", "shipping options")
    if not isinstance(options, list) or not options:
        raise bad_request("expected an Array of ShippingOption")
    kept = []
    for option in options:
        if not isinstance(option, dict) or not option.get("id") or not option.get("title"):
            raise bad_request("can't parse shipping option: Can't find field \"id\"")
        kept.append({**option, "prices": _prices(option.get("prices"))})
    payment |= {"state": "answered", "shipping_options": kept}
    telegram.store.save_settings(call.bot)
    return True


def answer_pre_checkout_query(telegram: TelegramState, call: Call) -> bool:
    """The method answerPreCheckoutQuery: yes, and the payment is made at once."""
    payment = _question(telegram, call, "pre_checkout")
    if payment["state"] == "refused":
        return True
    charge = f"{payment['from']}_{secrets.token_hex(8)}"
    payment |= {"state": "paid", "charge": charge, "paid_at": telegram.now()}
    telegram.store.save_settings(call.bot)
    paid = {
        "currency": payment["query"]["currency"],
        "total_amount": payment["query"]["total_amount"],
        "invoice_payload": payment["invoice"]["payload"],
        **{
            k: payment["query"][k]
            for k in ("shipping_option_id", "order_info")
            if k in payment["query"]
        },
        "telegram_payment_charge_id": charge,
        "provider_payment_charge_id": f"sandbox_{secrets.token_hex(6)}",
    }
    _service(telegram, call.bot, payment, {"successful_payment": paid})
    return True


def _service(telegram: TelegramState, bot: Bot, payment: Json, content: Json) -> None:
    body = {"from": telegram.user(payment["from"]), **content}
    message = telegram.add_message(bot, payment["chat"], body, by_bot=False)
    telegram.push(bot, "message", payment["chat"], message.body)


def refund_star_payment(telegram: TelegramState, call: Call) -> bool:
    """The method refundStarPayment."""
    for payment in payments_of(call.bot).values():
        mine = payment["from"] == call.integer("user_id")
        if mine and payment.get("charge") == call.text("telegram_payment_charge_id"):
            break
    else:
        raise bad_request("CHARGE_NOT_FOUND")
    if payment["query"]["currency"] != STARS:
        raise bad_request("CHARGE_NOT_FOUND")
    if payment["state"] == "refunded":
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    payment["state"] = "refunded"
    telegram.store.save_settings(call.bot)
    refunded = {
        "currency": STARS,
        "total_amount": payment["query"]["total_amount"],
        "invoice_payload": payment["invoice"]["payload"],
        "telegram_payment_charge_id": payment["charge"],
    }
    _service(telegram, call.bot, payment, {"refunded_payment": refunded})
    return True


def _in_stars(bot: Bot) -> list[Json]:
    return [
        one
        for one in payments_of(bot).values()
        if "charge" in one and one["query"]["currency"] == STARS
    ]


def get_my_star_balance(_telegram: TelegramState, call: Call) -> Json:
    """The method getMyStarBalance: what was paid in stars and not given back."""
    kept = [one for one in _in_stars(call.bot) if one["state"] == "paid"]
    return {"amount": sum(one["query"]["total_amount"] for one in kept)}


def _paid_for(payment: Json) -> Json:
    payload = payment["invoice"]["payload"]
    if payment["kind"] != "paid_media":
        return {"transaction_type": "invoice_payment", "invoice_payload": payload}
    bought = {"transaction_type": "paid_media_payment", "paid_media": payment["media"]}
    return {**bought, "paid_media_payload": payload} if payload else bought


def get_star_transactions(telegram: TelegramState, call: Call) -> Json:
    """The method getStarTransactions, oldest first."""
    offset, limit = max(call.integer("offset"), 0), call.integer("limit", 100)
    if not 1 <= limit <= 100:
        raise bad_request("limit must be between 1 and 100")
    listed = [
        {
            "id": one["charge"],
            "amount": one["query"]["total_amount"],
            "date": one["paid_at"],
            "source": {"type": "user", "user": telegram.user(one["from"]), **_paid_for(one)},
        }
        for one in _in_stars(call.bot)
    ]
    return {"transactions": listed[offset : offset + limit]}


METHODS: dict[str, Callable[[TelegramState, Call], Any]] = {
    "sendinvoice": send_invoice,
    "createinvoicelink": create_invoice_link,
    "answershippingquery": answer_shipping_query,
    "answerprecheckoutquery": answer_pre_checkout_query,
    "refundstarpayment": refund_star_payment,
    "getmystarbalance": get_my_star_balance,
    "getstartransactions": get_star_transactions,
}
