"""Inline queries and their choice, invoices and their paying."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.telegram.side import ADMINISTRATOR, BotSide, PeopleSide, buttons

HERE = {"chat_id": ADMINISTRATOR}
BAD = "400 Bad Request: "
TOO_OLD = BAD + "query is too old and response timeout expired or query ID is invalid"
INVOICE = {
    "title": "Coffee",
    "description": "A cup",
    "payload": "cup-1",
    "currency": "KZT",
    "provider_token": "1:TEST",
    "prices": [{"label": "Cup", "amount": 90_000}, {"label": "Milk", "amount": 10_000}],
}


def article(name: str, **more: Any) -> dict[str, Any]:
    content = {"message_text": f"<b>{name}</b>", "parse_mode": "HTML"}
    return {
        "type": "article",
        "id": name,
        "title": name,
        "input_message_content": content,
        **more,
    }


async def news(bot: BotSide) -> list[dict[str, Any]]:
    """What came since the last look, confirmed."""
    found = await bot.updates(offset=1)
    if found:
        await bot.updates(offset=found[-1]["update_id"] + 1)
    return found


async def test_a_query_is_answered_and_a_result_chosen(bot: BotSide, people: PeopleSide) -> None:
    asked = await people.do("POST", "users/700/inline", {"query": "num", "chat_type": "sender"})
    [update] = await news(bot)
    query = update["inline_query"]
    assert (query["query"], query["from"]["id"]) == ("num", ADMINISTRATOR)
    assert query["id"] == asked["inline_query_id"]
    assert (await people.do("GET", f"users/700/inline/{query['id']}"))["answer"] is None
    keyboard = buttons([("More", "more")])
    results = [article("one"), article("two", reply_markup=keyboard)]
    assert await bot.ok("answerInlineQuery", inline_query_id=query["id"], results=results)
    shown = await people.do("GET", f"users/700/inline/{query['id']}")
    assert [result["id"] for result in shown["answer"]["results"]] == ["one", "two"]
    sent = await people.do("POST", f"users/700/inline/{query['id']}", {"result_id": "two"})
    assert sent["message"]["via_bot"]["id"] == 42
    assert sent["message"]["entities"][0]["type"] == "bold"
    message, chosen = await news(bot)
    assert message["message"]["text"] == "two"
    inline_id = chosen["chosen_inline_result"]["inline_message_id"]
    tapped = await people.tap(message_id=sent["message"]["message_id"], text="More")
    [update] = await news(bot)
    assert update["callback_query"]["inline_message_id"] == inline_id
    assert "message" not in update["callback_query"]
    await bot.ok("answerCallbackQuery", callback_query_id=tapped["callback_query_id"])
    edited = await bot.ok("editMessageText", inline_message_id=inline_id, text="changed")
    assert edited is True
    assert (await people.texts())[-1] == "changed"


async def test_results_are_checked(bot: BotSide, people: PeopleSide) -> None:
    asked = await people.do("POST", "users/700/inline", {"query": ""})
    query = {"inline_query_id": asked["inline_query_id"]}
    for results, said in (
        ([article("x"), article("x")], "RESULT_ID_DUPLICATE"),
        ([article(str(n)) for n in range(51)], "RESULTS_TOO_MUCH"),
        ([article("x" * 65)], "RESULT_ID_INVALID"),
        ({}, "expected an Array of inline query results"),
    ):
        assert await bot.refused("answerInlineQuery", **query, results=results) == BAD + said
    said = await bot.refused("answerInlineQuery", inline_query_id="7", results=[])
    assert said == TOO_OLD
    await people.pass_time(31)
    assert await bot.refused("answerInlineQuery", **query, results=[]) == TOO_OLD


@pytest.mark.parametrize(
    ("kind", "field", "content"),
    [("photo", "photo_url", "photo"), ("document", "document_url", "document")],
)
async def test_media_of_a_result(
    bot: BotSide, people: PeopleSide, kind: str, field: str, content: str
) -> None:
    asked = await people.do("POST", "users/700/inline", {"query": "x"})
    query = asked["inline_query_id"]
    result = {"type": kind, "id": "1", field: "https://example.com/a.jpg", "caption": "y"}
    await bot.ok("answerInlineQuery", inline_query_id=query, results=[result])
    sent = await people.do("POST", f"users/700/inline/{query}", {"result_id": "1"})
    assert sent["message"][content]
    assert sent["message"]["caption"] == "y"


async def test_a_payment(bot: BotSide, people: PeopleSide) -> None:
    sent = await bot.ok("sendInvoice", **HERE, **INVOICE)
    assert (sent["invoice"]["total_amount"], sent["invoice"]["currency"]) == (100_000, "KZT")
    assert sent["reply_markup"]["inline_keyboard"][0][0]["pay"] is True
    message = {"message_id": sent["message_id"]}
    asked = await people.do("POST", "users/700/payments", message)
    [update] = await news(bot)
    question = update["pre_checkout_query"]
    assert (question["total_amount"], question["invoice_payload"]) == (100_000, "cup-1")
    query = {"pre_checkout_query_id": asked["pre_checkout_query_id"]}
    assert await bot.ok("answerPreCheckoutQuery", **query, ok=True) is True
    [update] = await news(bot)
    paid = update["message"]["successful_payment"]
    assert (paid["total_amount"], paid["currency"]) == (100_000, "KZT")
    assert update["message"]["from"]["id"] == ADMINISTRATOR
    assert await bot.refused("answerPreCheckoutQuery", **query, ok=True) == TOO_OLD
    await people.do("POST", "users/700/payments", message)
    [update] = await news(bot)
    query = {"pre_checkout_query_id": update["pre_checkout_query"]["id"]}
    assert await bot.refused("answerPreCheckoutQuery", **query, ok=False) == (
        BAD + "error message must be non-empty"
    )
    await people.do("POST", "users/700/payments", message)
    [update] = await news(bot)
    query = {"pre_checkout_query_id": update["pre_checkout_query"]["id"]}
    await bot.ok("answerPreCheckoutQuery", **query, ok=False, error_message="Sold out")
    listed = await people.do("GET", "users/700/payments")
    assert [payment["state"] for payment in listed] == ["paid", "asked", "refused"]
    assert listed[-1]["error_message"] == "Sold out"
    assert await news(bot) == []


async def test_a_flexible_invoice_asks_about_delivery(bot: BotSide, people: PeopleSide) -> None:
    link = await bot.ok("createInvoiceLink", **INVOICE, is_flexible=True)
    asked = await people.do("POST", "users/700/payments", {"link": link})
    [update] = await news(bot)
    assert update["shipping_query"]["shipping_address"]["country_code"] == "KZ"
    query = {"shipping_query_id": asked["shipping_query_id"]}
    option = {"id": "taxi", "title": "Taxi", "prices": [{"label": "Ride", "amount": 5_000}]}
    await bot.ok("answerShippingQuery", **query, ok=True, shipping_options=[option])
    code, _ = await people.fails(
        "POST", "users/700/payments", {**query, "shipping_option_id": "balloon"}
    )
    assert code == 409
    await people.do("POST", "users/700/payments", {**query, "shipping_option_id": "taxi"})
    [update] = await news(bot)
    assert update["pre_checkout_query"]["total_amount"] == 105_000
    assert update["pre_checkout_query"]["shipping_option_id"] == "taxi"


async def test_stars_are_paid_and_given_back(bot: BotSide, people: PeopleSide) -> None:
    stars = {**INVOICE, "currency": "XTR", "prices": [{"label": "Cup", "amount": 7}]}
    sent = await bot.ok("sendInvoice", **HERE, **{**stars, "provider_token": ""})
    await people.do("POST", "users/700/payments", {"message_id": sent["message_id"]})
    [update] = await news(bot)
    query = {"pre_checkout_query_id": update["pre_checkout_query"]["id"]}
    await bot.ok("answerPreCheckoutQuery", **query, ok=True)
    [update] = await news(bot)
    charge = update["message"]["successful_payment"]["telegram_payment_charge_id"]
    assert await bot.ok("getMyStarBalance") == {"amount": 7}
    way = {"user_id": ADMINISTRATOR, "telegram_payment_charge_id": charge}
    assert await bot.ok("refundStarPayment", **way) is True
    [update] = await news(bot)
    assert update["message"]["refunded_payment"]["total_amount"] == 7
    assert await bot.ok("getMyStarBalance") == {"amount": 0}
    assert await bot.refused("refundStarPayment", **way) == BAD + "CHARGE_ALREADY_REFUNDED"
    [listed] = (await bot.ok("getStarTransactions"))["transactions"]
    assert (listed["id"], listed["amount"]) == (charge, 7)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": "x" * 33}, "INVOICE_TITLE_INVALID"),
        ({"description": ""}, "invoice description must be non-empty"),
        ({"payload": ""}, "INVOICE_PAYLOAD_INVALID"),
        ({"currency": "tenge"}, "CURRENCY_INVALID"),
        ({"provider_token": ""}, "PAYMENT_PROVIDER_INVALID"),
        ({"prices": []}, "expected an Array of LabeledPrice"),
        ({"currency": "XTR"}, "STARS_INVOICE_INVALID"),
    ],
)
async def test_bad_invoices(
    bot: BotSide, people: PeopleSide, wrong: dict[str, Any], said: str
) -> None:
    assert await bot.refused("sendInvoice", **HERE, **{**INVOICE, **wrong}) == BAD + said
