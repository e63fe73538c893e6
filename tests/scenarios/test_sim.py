"""SIM & device (S08), and the replacement of a SIM card (S16), as people live it."""

from __future__ import annotations

import re

import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Message, Phone

MARAT, ASSEL, TIMUR = "77012115526", "77010542007", "77071234567"
NUMBER, SHOWN = "77010542008", "+7 701 054 20 08"
GUIDES, GUIDES_SHOWN = "77010542006", "+7 701 054 20 06"
BLOCKED = "77010542021"
CODES = ("8649", "51352846", "55752910")
RESOURCE = "/tmf-api/resourceInventoryManagement/v4/resource"
DEMO = "org-180140000018"


async def sim_of(stage: Stage, number: str, who: str = MARAT) -> Phone:
    phone = await stage.administrator(who)
    await stage.advance(seconds=61)  # since the code of the login
    await phone.say(number)
    await phone.tap("SIM & device")
    await phone.sees("ICCID: ")
    return phone


async def proven(phone: Phone, *, after: int = 1) -> None:
    """Type the code for this very change, which is the confirmation."""
    await phone.sees("Enter the 6 digits to ")
    await phone.say(await phone.code(after=after))


async def blanks(stage: Stage) -> list[str]:
    query = {"category": "SIM", "resourceStatus": "available", "relatedParty.id": DEMO}
    return [card["id"] for card in (await stage.http.get(RESOURCE, params=query)).json()]


async def iccid_of(stage: Stage, number: str) -> str:
    row = (await stage.http.get(f"/sandbox/operator/numbers/{number}")).json()
    return str(row["iccid"])


def no_codes(messages: list[Message]) -> bool:
    return not any(code in message.text for message in messages for code in CODES)


# --- SIM & device ----------------------------------------------------------------------------


async def test_the_card_of_the_guide_with_its_codes_hidden(stage: Stage) -> None:
    phone = await sim_of(stage, GUIDES)
    window = await phone.sees("TOO Demo", GUIDES_SHOWN, "PIN1 ••••")
    for line in (
        "ICCID: 89997027508016848485",
        "SIM card replaced: 18.09.2019 16:54",
        "Last IMEI on the network: 353678076511548",
        "PUK1 ••••••••  PUK2 ••••••••",
        "the employee may have changed them",
    ):
        assert line in window.text
    assert no_codes(await phone.messages())


async def asked_for_codes(stage: Stage) -> Phone:
    phone = await sim_of(stage, GUIDES)
    await phone.tap("🔒 Show PIN and PUK")
    await phone.sees(f"Show PIN and PUK of {GUIDES_SHOWN}?", "not stored")
    return phone


async def test_the_codes_are_shown_for_a_minute_and_can_be_copied(stage: Stage) -> None:
    phone = await asked_for_codes(stage)
    await proven(phone)
    sms = await phone.gets_sms("to show PIN and PUK of *2006")
    assert "Do not share it" in sms
    message = await phone.sees("PIN1 0000 · PIN2 8649\n", "PUK1 51352846", GUIDES_SHOWN)
    assert message.raw["has_protected_content"]
    assert message.buttons == ["📋 PIN1", "📋 PIN2", "📋 PUK1", "📋 PUK2"]
    rows = message.raw["reply_markup"]["inline_keyboard"]
    copied = [button["copy_text"]["text"] for row in rows for button in row]
    assert copied == ["0000", "8649", "51352846", "55752910"]
    below = await phone.window_below(message)
    assert "PIN1 ••••" in below.text
    await stage.advance(seconds=30)
    await phone.sees("PUK1 51352846")
    await stage.advance(seconds=31)
    await phone.no_longer_sees("PUK1 51352846")
    assert no_codes(await phone.messages())
    await phone.command("/documents")
    await phone.tap("Actions")
    await phone.sees(f"PIN and PUK shown {GUIDES_SHOWN}", "✅ done", "Марат Серікұлы Ибраев")


async def test_a_code_typed_several_times_shows_them_once(stage: Stage) -> None:
    phone = await asked_for_codes(stage)
    code = await phone.code(after=1)
    for _ in range(3):
        await phone.say(code)
    message = await phone.sees("PUK1 51352846")
    await phone.window_below(message)
    await phone.command("/menu")
    shown = [m for m in await phone.messages() if "51352846" in m.text]
    assert len(shown) == 1


async def test_without_the_code_nothing_is_shown(stage: Stage) -> None:
    phone = await asked_for_codes(stage)
    window = await phone.window_with("Send again")
    send = window.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for forged in ("confirm", "confirm_kind"):
        await phone.tap_data(window.id, send.replace("resend", forged))
    code = await phone.code(after=1)
    for typed in ("000000" if code != "000000" else "111111", "show them", code[:5]):
        await phone.say(typed)
    await phone.sees("This is not a code")
    await phone.command("/menu")
    assert not any("PUK1 5" in (answer["text"] or "") for answer in await phone.answers())
    assert no_codes(await phone.messages())


async def test_the_message_goes_also_over_a_restart(stage: Stage) -> None:
    phone = await asked_for_codes(stage)
    await proven(phone)
    await phone.sees("PUK1 51352846")
    await stage.stop_bot()
    await stage.advance(seconds=61)
    await stage.start_bot()
    await phone.no_longer_sees("PUK1 51352846")


async def test_an_operator_that_is_down_shows_nothing_and_costs_no_code(stage: Stage) -> None:
    phone = await asked_for_codes(stage)
    await stage.fault("operator", "http_500", match=RESOURCE, times=None)
    await proven(phone)
    await phone.hears("The operator's system does not answer")
    await stage.http.delete("/sandbox/faults")
    await stage.advance(seconds=40)  # the breaker has its pause
    await proven(phone)
    await phone.sees("PUK1 51352846")


# --- the replacement -------------------------------------------------------------------------


async def choosing(stage: Stage, number: str = NUMBER, who: str = MARAT) -> Phone:
    phone = await sim_of(stage, number, who)
    await phone.tap("SIM card replacement")
    await phone.sees("spare SIM cards of the company")
    return phone


async def test_a_card_is_picked_confirmed_and_read_back(stage: Stage) -> None:
    phone = await choosing(stage)
    before, card = await iccid_of(stage, NUMBER), (await blanks(stage))[0]
    await phone.tap(card[-8:])
    question = await phone.sees(f"Replace the SIM card of {SHOWN}?")
    for line in (
        f"• the new card: {card}",
        "• the current card will stop working at once",
        "• PIN and PUK become those of the new card",
        "• the secret code of the number is deleted",
        "• for 72 hours after it no codes go to the number by SMS",
        "• the company’s other administrators will be notified first",
    ):
        assert line in question.text
    assert "second administrator" not in question.text
    await proven(phone)
    await phone.sees(f"✅ SIM card replaced, now {card}", "A-20220124-0001", SHOWN)
    assert before != card == await iccid_of(stage, NUMBER)
    assert [effect["what"] for effect in await stage.effects()] == ["sim.replace"]

    texts = (await stage.http.get("/sandbox/sms", params={"to": NUMBER})).json()
    assert "SIM-карту Вашего номера" in texts[-1]["text"]
    await phone.command("/menu")
    await phone.say(NUMBER)
    await phone.tap("SIM & device")
    await phone.sees(f"ICCID: {card}", "SIM card replaced: 24.01.2022 16:")


async def test_the_others_are_told_before_the_operator_is_asked(stage: Stage) -> None:
    assel = await stage.administrator(ASSEL)
    marat = await choosing(stage)
    await marat.tap((await blanks(stage))[0][-8:])
    await stage.fault("mail", "hang_before_effect", match="timur", times=1, seconds=1)
    await proven(marat)
    told = await assel.sees("Марат Серікұлы Ибраев has confirmed: SIM card replacement.")
    assert f"TOO Demo › {SHOWN}" in told.text
    await marat.sees("✅ SIM card replaced")
    [letter] = await marat.mail("timur@demo.example")
    assert "Замена SIM-карты" in letter["text"]
    assert "*2008" in letter["text"]
    [effect] = await stage.effects()
    assert str(letter["at"]) <= str(effect["at"])


async def test_a_card_is_typed_as_it_is_printed(stage: Stage) -> None:
    phone = await choosing(stage)
    card = (await blanks(stage))[3]
    await phone.say(" ".join(card[n : n + 4] for n in range(0, len(card), 4)))
    await phone.sees(f"Replace the SIM card of {SHOWN}?", card)


@pytest.mark.parametrize("typed", ["no", "8999702", "89997020800000000019", "٨٩٩٩٧٠٢٠٨٠٠٠٠٠٠٠٠٠١٨"])
async def test_what_is_no_card_number_is_said(stage: Stage, typed: str) -> None:
    phone = await choosing(stage)
    await phone.say(typed)
    await phone.sees("This is not the number of a SIM card", "spare SIM cards of the company")


async def test_other_peoples_cards_and_the_present_one_are_refused(stage: Stage) -> None:
    phone = await choosing(stage)
    theirs = {
        "category": "SIM",
        "resourceStatus": "available",
        "relatedParty.id": "org-180140000901",
    }
    foreign = (await stage.http.get(RESOURCE, params=theirs)).json()[0]["id"]
    await phone.say(foreign)
    await phone.sees("not among your company’s spare cards")
    for used in (await iccid_of(stage, NUMBER), await iccid_of(stage, GUIDES)):
        await phone.say(used)
        await phone.sees("in use already, or was")
    assert await stage.effects() == []


async def test_only_an_active_number_gets_another_card(stage: Stage) -> None:
    phone = await sim_of(stage, BLOCKED)
    window = await phone.sees("can be changed only for an Active number")
    assert not any("replacement" in label for label in window.buttons)
    await phone.tap("Why can the SIM card not be changed?")
    await phone.sees("The SIM card can be changed only for numbers in the state Active.")
    await phone.tap("‹ Back")
    await phone.sees("ICCID: ")
    await phone.tap("‹ Back")
    await phone.tap("⋯ More")
    window = await phone.sees("Only on an Active number: SIM card replacement. Now: ⛔ Blocked.")
    assert "SIM card replacement" not in window.buttons
    assert await stage.effects() == []


async def test_blocked_after_the_question_refuses(stage: Stage) -> None:
    phone = await choosing(stage)
    await phone.tap((await blanks(stage))[0][-8:])
    await phone.sees("Enter the 6 digits")
    await stage.number_becomes(NUMBER, blocked=True)
    await proven(phone)
    await phone.sees("⚠️ SIM card not replaced", "Current state: ⛔ Blocked.")
    assert await stage.effects() == []


async def test_taken_by_another_number_meanwhile(stage: Stage) -> None:
    phone = await choosing(stage)
    card = (await blanks(stage))[0]
    await phone.tap(card[-8:])
    await phone.sees("Enter the 6 digits")
    await stage.number_becomes("77010542012", iccid=card)
    await proven(phone)
    await phone.sees("⚠️ SIM card not replaced", "in use already, or was")
    assert await stage.effects() == []


async def test_a_lost_answer_is_looked_up_and_told_once(stage: Stage) -> None:
    phone = await choosing(stage)
    card = (await blanks(stage))[0]
    await phone.tap(card[-8:])
    await stage.fault("operator", "reset_after_effect", match="POST /tmf-api/productOrdering")
    await proven(phone)
    await phone.sees(f"✅ SIM card replaced, now {card}")
    assert len(await stage.effects()) == 1
    assert len([m for m in await phone.messages() if "✅ SIM card" in m.text]) == 1


async def test_the_pages_of_blank_cards(stage: Stage) -> None:
    phone = await choosing(stage)
    cards = await blanks(stage)
    assert len(cards) == 12
    window = await phone.sees("12 spare SIM cards", cards[0][-8:])
    assert cards[11][-8:] not in "".join(window.buttons)
    await phone.tap("›")
    await phone.tap(cards[11][-8:])
    await phone.sees(cards[11])


# --- three days of distrust ------------------------------------------------------------------


async def forgets(stage: Stage, number: str) -> Phone:
    phone = await stage.phone(number, name="Again")
    await phone.say("/start")
    await phone.tap("English")
    await phone.sees("Enter the Administrator's phone number")
    await phone.say(number)
    await phone.tap("Forgot password?")
    await phone.sees("If this number is registered, a code has been sent")
    await phone.tap("No code?")
    await phone.sees("for 72 hours after", "contact corporate support: ")
    return phone


async def test_a_forgotten_password_is_not_for_the_holder_of_a_new_card(stage: Stage) -> None:
    await stage.number_becomes(MARAT, iccid=(await blanks(stage))[0])
    thief = await forgets(stage, MARAT)
    [letter] = await _letters(thief, "marat@demo.example")
    assert re.search(r"\b[0-9]{6}\b", letter)
    assert await thief.sms() == []

    await stage.advance(hours=72, seconds=1)
    await thief.tap("Send again")
    await thief.code()


async def test_without_an_address_a_stranger_reads_the_same(stage: Stage) -> None:
    await stage.number_becomes(MARAT, iccid=(await blanks(stage))[0])
    await stage.administrator_becomes("adm-2", email=None)
    registered = await (await forgets(stage, MARAT)).sees("Send again in")
    unknown = await (await forgets(stage, "77019990000")).sees("Send again in")
    texts = [
        message.text.replace("+7 701 211 55 26", "·").replace("+7 701 999 00 00", "·")
        for message in (registered, unknown)
    ]
    assert texts[0] == texts[1]
    texts = (await stage.http.get("/sandbox/sms", params={"to": MARAT})).json()
    assert not [text for text in texts if "code" in text["text"]]


async def test_a_code_for_a_change_is_refused_with_a_way_out(stage: Stage) -> None:
    phone = await sim_of(stage, GUIDES)
    await stage.number_becomes(MARAT, iccid=(await blanks(stage))[0])
    await stage.administrator_becomes("adm-2", email=None)
    await phone.tap("🔒 Show PIN and PUK")
    await phone.sees(
        "Show PIN and PUK of",
        "no code is sent to your number by SMS",
        "Contact corporate support: email@kcell.kz.",
    )


async def _letters(phone: Phone, address: str) -> list[str]:
    async def look() -> list[str]:
        return [letter["text"] for letter in await phone.mail(address)]

    return await phone.until(look, f"a letter to {address}")
