"""Balance transfer from one number of the company to another (S37)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from account.chapters.transfers import TransferRules
from account.values.money import Money
from tests.scenarios.conftest import Stage, staged
from tests.scenarios.entry import NO_CODE, enter, use_up_codes
from tests.scenarios.phone import Message, Phone

MARAT, ASSEL = "77012115526", "77010542007"
SENDER, FROM = "77010542013", "+7 701 054 20 13"
RECIPIENT, TO = "77010542016", "+7 701 054 20 16"
THIRD = "77010542019"
POSTPAID = "77010542007"
FOREIGN = "77023300102"
ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
TRANSFERS = "/tmf-api/prepayBalanceManagement/v4/transferBalance"


@pytest.fixture
async def rich(stage: Stage) -> Stage:
    return await _made_rich(stage)


async def _made_rich(stage: Stage) -> Stage:
    for number, balance in ((SENDER, "1750"), (RECIPIENT, "20"), (THIRD, "5")):
        await stage.number_becomes(number, balance=balance, individual_limit=None)
    return stage


async def balance(stage: Stage, number: str) -> str:
    found = (await stage.http.get(f"/sandbox/operator/numbers/{number}")).json()
    return f"{Decimal(found['balance']):.2f}"


async def asked(stage: Stage, amount: str, *, who: str = MARAT) -> tuple[Phone, Message]:
    """At the question of a transfer from SENDER to RECIPIENT."""
    phone = await enter(stage, who)
    await phone.command("/transfer")
    await phone.say(SENDER)
    await phone.sees("To which number?")
    await phone.say(RECIPIENT)
    await phone.sees("How much?")
    await phone.say(amount)
    return phone, await phone.sees(f"from {FROM} to {TO}?", "fee")


# --- good ------------------------------------------------------------------------------------


async def test_money_is_moved_and_the_receipt_says_so(rich: Stage) -> None:
    phone, question = await asked(rich, "1 000,50")
    for line in (
        "Transfer 1,000.50 ₸ from",
        f"• balance of {FROM} now: 1,750 ₸",
        f"• balance of {TO} now: 20 ₸",
        "• there is no fee",
        "⚠️ a transfer cannot be undone",
    ):
        assert line in question.text
    assert "💸 Transfer 1,000.50 ₸" in [label.replace("\u00a0", " ") for label in question.buttons]
    await phone.tap("💸 Transfer")
    word = await phone.sees("✅ Transferred: 1,000.50 ₸ 24.01.2022 16:00", "A-20220124-0001")
    assert f"Recipient: {TO}" in word.text
    assert f"Balance of {FROM}: 749.50 ₸" in word.text
    assert f"Balance of {TO}: 1,020.50 ₸" in word.text
    assert word.buttons[:2] == [FROM, TO]
    assert [effect["number"] for effect in await rich.effects()] == [SENDER, RECIPIENT]
    assert (await balance(rich, SENDER), await balance(rich, RECIPIENT)) == ("749.50", "1020.50")


async def test_it_is_in_the_history_and_the_payments_of_both(rich: Stage) -> None:
    phone, _question = await asked(rich, "100")
    await phone.tap("💸 Transfer")
    await phone.sees("✅ Transferred", "A-20220124-0001")
    await phone.command("/documents")
    await phone.tap("2 · Actions")
    page = await phone.sees(f"Balance transfer {FROM}", f"Balance received {TO}", "✅ done")
    assert f"100 ₸ → {TO}" in page.text
    assert f"100 ₸ ← {FROM}" in page.text
    for number, amount in ((SENDER, "-100 ₸"), (RECIPIENT, "100 ₸")):
        await phone.command("/menu")  # in the history a number is a filter
        await phone.say(number)
        await phone.tap("More")
        await phone.tap("🧾 Payments")
        paid = await phone.sees("Payments", amount, "Balance transfer", "document …")
        assert "1 balance transfer between numbers is not included." in paid.text
        assert "tr-" not in paid.text, "32 hexadecimal digits are nothing to read"


async def test_everything_can_be_picked(rich: Stage) -> None:
    phone = await enter(rich, MARAT)
    await phone.tap("💸 Balance transfer")
    chosen = await phone.sees("From which number?", "🟢 701 054 20 13 · 1,750")
    assert not any("701 054 20 07" in label for label in chosen.buttons)
    assert "701 054" not in chosen.text, "all of it is on the buttons"
    await phone.tap("701 054 20 13")
    second = await phone.sees("To which number?", f"From: {FROM} · balance 1,750 ₸")
    assert not any("701 054 20 13" in label for label in second.buttons)
    assert "701 054 20 16" not in second.text
    await phone.tap("701 054 20 16")
    amount = await phone.sees("How much?", f"To: {TO} · balance 20 ₸", "500,000 ₸ left for today")
    assert "From 1 ₸ to 1,750 ₸ per transfer;" in amount.text, "more than is there cannot go"
    await phone.tap("1,000")
    await phone.sees("Transfer 1,000 ₸ from", "Valid until")


async def test_from_the_card_the_sender_is_known(rich: Stage) -> None:
    phone = await enter(rich, MARAT)
    await phone.say(SENDER)
    await phone.tap("More")
    await phone.tap("💸 Balance transfer")
    await phone.sees("To which number?", f"From: {FROM}")
    await phone.tap("‹ Back")
    await phone.sees("What would you like to do with this number?")


async def test_searching_narrows_the_choice(rich: Stage) -> None:
    phone = await enter(rich, MARAT)
    await phone.command("/transfer")
    await phone.say("2016")
    await phone.sees("To which number?", f"From: {TO}")
    await phone.say("there is nothing like this")
    await phone.sees("Nothing found among the prepaid Active numbers.")
    await phone.tap("Show all numbers")
    await phone.sees("701 054 20 13")


# --- refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1e9", "This is not an amount."),
        ("-1", "This is not an amount."),
        ("NaN", "This is not an amount."),
        ("1,5,0", "This is not an amount."),
        ("١٢٣", "This is not an amount."),
        ("10.005", "At most two digits after the decimal point"),
        ("0", "Minimum transfer: 1 ₸."),
        ("0,99", "Minimum transfer: 1 ₸."),
        ("100 001", "Maximum per transfer: 100,000 ₸."),
        ("1750.01", "0.01 ₸"),
    ],
)
async def test_amounts_that_cannot_be(rich: Stage, typed: str, sentence: str) -> None:
    phone, _question = await asked(rich, "1")
    await phone.tap("Cancel")
    await phone.sees("How much?")
    await phone.say(typed)
    window = await phone.sees("How much?", sentence)
    assert not any("💸" in label for label in window.buttons)
    assert await rich.effects() == []


async def test_a_credit_limit_is_no_money(rich: Stage) -> None:
    phone = await enter(rich, MARAT)
    await phone.command("/transfer")
    await phone.say(POSTPAID)
    await phone.sees("From which number?", "This number is postpaid (Credit).")
    await phone.say(SENDER)
    await phone.sees("To which number?")
    await phone.say(POSTPAID)
    await phone.sees("To which number?", "a credit limit cannot be transferred")
    await phone.say(POSTPAID)
    await phone.command("/numbers")
    await phone.say(POSTPAID)
    await phone.tap("More")
    more = await phone.sees("Balance transfer: only from a prepaid number. Now: Credit.")
    assert not any("Balance transfer" in label for label in more.buttons)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (SENDER, "Choose another number: this one is the sender."),
        (FOREIGN, "There is no such number in this company."),
        ("77019999999", "There is no such number in this company."),
    ],
)
async def test_recipients_that_cannot_be(rich: Stage, number: str, sentence: str) -> None:
    phone = await enter(rich, MARAT)
    await phone.command("/transfer")
    await phone.say(SENDER)
    await phone.sees("To which number?")
    await phone.say(number)
    await phone.sees(sentence)


async def test_only_active_numbers_give_and_get(rich: Stage) -> None:
    await rich.number_becomes(RECIPIENT, blocked=True)
    phone = await enter(rich, MARAT)
    await phone.command("/transfer")
    await phone.say(RECIPIENT)
    await phone.sees("The number is ⛔ Blocked: this is not possible now.")
    await phone.say(SENDER)
    await phone.sees("To which number?")
    await phone.say(RECIPIENT)
    await phone.sees("The recipient is ⛔ Blocked")


async def test_money_that_is_spent_before_the_confirmation_refuses(rich: Stage) -> None:
    phone, _question = await asked(rich, "1000")
    await rich.number_becomes(SENDER, balance="10")
    await phone.tap("💸 Transfer")
    await phone.sees("⚠️ Not transferred: 1,000 ₸", "A-20220124-0001")
    assert await rich.effects() == []
    assert await balance(rich, RECIPIENT) == "20.00"


async def test_the_operator_refuses(rich: Stage) -> None:
    phone, _question = await asked(rich, "1000")
    await rich.fault("operator", "reject", match=f"POST {TRANSFERS}")
    await phone.tap("💸 Transfer")
    await phone.sees("⚠️ Not transferred: 1,000 ₸", "The operator's system refused the request.")
    assert await balance(rich, SENDER) == "1750.00"


# --- the code, the fee, the day's bound ------------------------------------------------------


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[Stage]:
    rules = TransferRules(most_a_day=Money(1500_00), code_from=Money(1000_00), fee=Money(25_00))
    async with staged(tmp_path, changed=lambda s: replace(s, transfers=rules)) as stage:
        yield await _made_rich(stage)


async def test_a_large_transfer_needs_a_code_that_names_it(strict: Stage) -> None:
    phone, question = await asked(strict, "1000")
    assert "• fee: 25 ₸, paid by the sender" in question.text
    assert not any("💸" in label for label in question.buttons)
    assert f"Enter the 6 digits to transfer 1,000 ₸ to {TO}." in question.text
    sms = await phone.gets_sms("transfer money from *2013")
    await phone.say(next(word.strip(".") for word in sms.split() if word.strip(".").isdigit()))
    await phone.sees("✅ Transferred: 1,000 ₸")


async def test_where_no_code_can_be_sent_the_amounts_that_need_one_are_not_offered(
    strict: Stage,
) -> None:
    phone = await enter(strict, MARAT)

    async def amounts() -> Message:
        await phone.command("/transfer")
        await phone.say(SENDER)
        await phone.sees("To which number?")
        await phone.say(RECIPIENT)
        return await phone.sees("How much?", "For 1,000 ₸ and more a one-time code is needed.")

    def offered(window: Message) -> list[str]:
        return [label.replace("\xa0", " ") for label in window.buttons if "₸" in label]

    window = await amounts()
    assert NO_CODE not in window.text
    assert offered(window) == ["500 ₸", "1,000 ₸", "1,500 ₸"]
    await use_up_codes(phone)
    window = await amounts()
    assert NO_CODE in window.text
    assert offered(window) == ["500 ₸"]


async def test_the_days_bound_is_the_companys(strict: Stage) -> None:
    phone, _question = await asked(strict, "900")
    await phone.tap("💸 Transfer")
    await phone.sees("✅ Transferred: 900 ₸")
    assel = await enter(strict, ASSEL)
    await assel.command("/transfer")
    await assel.say(SENDER)
    await assel.sees("To which number?")
    await assel.say(RECIPIENT)
    await assel.sees("600 ₸ left for today")
    await assel.say("601")
    await assel.sees("Left for today: 600 ₸.", "How much?")
    await strict.advance(hours=9)
    await assel.say("/start")
    assert len(await strict.effects(SENDER)) == 1


async def test_two_questions_below_the_bound_are_no_way_around_the_code(strict: Stage) -> None:
    marat, _one = await asked(strict, "900")
    assel = await enter(strict, ASSEL)
    await assel.command("/transfer")
    await assel.say(RECIPIENT)
    await assel.sees("To which number?")
    await assel.say(THIRD)
    await strict.number_becomes(RECIPIENT, balance="800")
    await assel.sees("How much?")
    await assel.say("500")
    question = await assel.sees("Transfer 500 ₸ from", "Valid until")
    assert any("💸" in label for label in question.buttons)

    await marat.tap("💸 Transfer")
    await marat.sees("✅ Transferred: 900 ₸")
    await assel.tap("💸 Transfer")
    await assel.is_told("A one-time code is needed first. Nothing has changed.")
    sms = await assel.gets_sms("transfer money from *2016")
    assert len(await strict.effects(RECIPIENT)) == 1, "the money it got, and nothing else"

    await assel.say(next(word.strip(".") for word in sms.split() if word.strip(".").isdigit()))
    await assel.sees("✅ Transferred: 500 ₸")
    assert len(await strict.effects(RECIPIENT)) == 2


# --- once, by whomever -----------------------------------------------------------------------


async def test_five_taps_at_once_move_it_once(rich: Stage) -> None:
    phone, _question = await asked(rich, "100")
    await phone.tap("💸 Transfer", repeat=5)
    await phone.sees("✅ Transferred: 100 ₸", "A-20220124-0001", f"Recipient: {TO}")
    assert len(await rich.effects(SENDER)) == 1
    assert len([m for m in await phone.messages() if f"Recipient: {TO}" in m.text]) == 1


async def test_two_administrators_cannot_overdraw_a_number(rich: Stage) -> None:
    marat, _one = await asked(rich, "1000")
    assel, _two = await asked(rich, "1000", who=ASSEL)
    await asyncio.gather(marat.tap("💸 Transfer"), assel.tap("💸 Transfer"))

    async def both_know() -> bool:
        words = [
            text
            for phone in (marat, assel)
            for text in [m.text for m in await phone.messages()]
            + [a.get("text") or "" for a in await phone.answers()]
        ]
        moved = any("✅ Transferred: 1,000 ₸" in word for word in words)
        refused = any("Not transferred" in word or "not finished yet" in word for word in words)
        return moved and refused

    await marat.until(both_know, "one transfer and one refusal")
    assert len(await rich.effects(SENDER)) == 1
    sums = [await balance(rich, number) for number in (SENDER, RECIPIENT, THIRD)]
    assert sums == ["750.00", "1020.00", "5.00"]


async def test_a_transfer_under_way_holds_the_next_one_back(rich: Stage) -> None:
    await rich.http.patch("/sandbox/operator/settings", json={"transfer_seconds": 60})
    marat, _one = await asked(rich, "1000")
    await marat.tap("💸 Transfer")
    await marat.sees("⏳ Sent to the operator · action A-20220124-0001")
    assel = await enter(rich, ASSEL)
    await assel.command("/transfer")
    await assel.say(SENDER)
    await assel.sees("To which number?")
    await assel.say(RECIPIENT)
    await assel.sees("How much?")
    await assel.say("1000")
    await assel.sees("not finished yet (A-20220124-0001)")
    await rich.advance(seconds=61)
    await marat.sees("✅ Transferred: 1,000 ₸")
    assert await balance(rich, SENDER) == "750.00"


@pytest.mark.parametrize("fault", ["hang_after_effect", "reset_after_effect"])
async def test_an_answer_that_is_lost_moves_it_once(rich: Stage, fault: str) -> None:
    phone, _question = await asked(rich, "1000")
    await rich.fault("operator", fault, match=f"POST {TRANSFERS}")
    await phone.tap("💸 Transfer")
    await phone.sees("✅ Transferred: 1,000 ₸", f"Balance of {TO}: 1,020 ₸")
    assert len(await rich.effects(SENDER)) == 1


async def test_what_cannot_be_found_is_not_said_to_be_undone(
    rich: Stage,
) -> None:
    phone, _question = await asked(rich, "1000")
    await rich.fault("operator", "hang_before_effect", match=f"POST {TRANSFERS}")
    await phone.tap("💸 Transfer")
    await phone.sees("❓ Not confirmed", "Do not repeat it before that")
    assert await rich.asked(TRANSFERS) >= 1
    assert await balance(rich, SENDER) == "1750.00"


# --- a new card (S16-5) ----------------------------------------------------------------------


async def test_nothing_leaves_a_number_with_a_new_card(rich: Stage) -> None:
    card = (
        await rich.http.get(
            "/tmf-api/resourceInventoryManagement/v4/resource?category=SIM"
            "&relatedParty.id=org-180140000018&usageState=idle&limit=1"
        )
    ).json()[0]["id"]
    order = {
        "externalId": "elsewhere-1",
        "category": "sim.replace",
        "productOrderItem": [
            {
                "id": "01",
                "action": "modify",
                "quantity": 1,
                "product": {"id": SENDER, "realizingResource": [{"id": card}]},
            }
        ],
        "relatedParty": [{"id": "org-180140000018", "role": "customer"}],
    }
    placed = await rich.http.post(ORDERS, json=order)
    assert placed.status_code == 201, placed.text
    phone = await enter(rich, MARAT)

    async def replaced() -> bool:
        order = await rich.http.get(f"{ORDERS}/{placed.json()['id']}")
        return bool(order.json()["state"] == "completed")

    await phone.until(replaced, "the end of the order")
    await phone.command("/transfer")
    await phone.say(SENDER)
    await phone.sees("From which number?", "changed within 72 hours")
    await rich.advance(hours=73)
    phone = await enter(rich, ASSEL)
    await phone.command("/transfer")
    await phone.say(SENDER)
    await phone.sees("To which number?")
