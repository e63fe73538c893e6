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
    await phone.tap("Send the one-time code")
    await phone.say(await phone.code(after=after))
    await phone.sees("the one-time code was right")


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
        "Device last seen (IMEI): 353678076511548",
        "PUK1 ••••••••  PUK2 ••••••••",
        "the user may have changed them",
    ):
        assert line in window.text
    assert no_codes(await phone.messages())


async def asked_for_codes(stage: Stage) -> Phone:
    phone = await sim_of(stage, GUIDES)
    await phone.tap("🔒 Show PIN and PUK")
    await phone.sees(f"Show PIN and PUK of {GUIDES_SHOWN}?", "kept nowhere")
    return phone


async def test_the_codes_are_shown_in_an_alert_once_and_nowhere_else(stage: Stage) -> None:
    phone = await asked_for_codes(stage)
    await proven(phone)
    sms = await phone.gets_sms("to show PIN and PUK of the number …2006")
    assert "Tell it to nobody" in sms
    window = await phone.window_with("Show PIN and PUK")
    await phone.tap("Show PIN and PUK", message=window)
    alert = await phone.is_told("PUK1 51352846")
    assert alert["show_alert"]
    assert len(alert["text"]) <= 200
    assert alert["text"].startswith("PIN1 0000 · PIN2 8649\n")
    await phone.sees("ICCID: ", "PIN1 ••••")
    assert no_codes(await phone.messages())
    await phone.command("/documents")
    await phone.tap("Actions")
    await phone.sees(f"PIN and PUK shown {GUIDES_SHOWN}", "✅ done", "Марат Серікұлы Ибраев")


async def test_five_taps_at_once_show_them_once(stage: Stage) -> None:
    phone = await asked_for_codes(stage)
    await proven(phone)
    await stage.http.delete("/sandbox/operator/calls")
    await phone.tap("Show PIN and PUK", repeat=5)
    await phone.is_told("PUK1 51352846")
    await phone.sees("ICCID: ", "PIN1 ••••")
    shown = [a for a in await phone.answers() if "51352846" in (a["text"] or "")]
    assert len(shown) == 1
    assert no_codes(await phone.messages())


async def test_without_the_code_nothing_is_shown(stage: Stage) -> None:
    phone = await asked_for_codes(stage)
    window = await phone.window_with("Send the one-time code")
    assert "Show PIN and PUK" not in window.buttons
    send = window.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for forged in ("confirm", "confirm_kind"):
        await phone.tap_data(window.id, send.replace("code", forged))
    await phone.command("/menu")
    assert not any("PUK1 5" in (answer["text"] or "") for answer in await phone.answers())
    assert no_codes(await phone.messages())


async def test_where_no_alert_can_be_shown_a_message_goes_by_itself(stage: Stage) -> None:
    phone = await asked_for_codes(stage)
    await proven(phone)
    await stage.fault("telegram", "http_500", match="answerCallbackQuery", times=1)
    await phone.tap("Show PIN and PUK")
    message = await phone.sees("PUK1 51352846")
    assert message.raw["has_protected_content"]
    assert message.buttons == []
    await stage.advance(seconds=30)
    await phone.sees("PUK1 51352846")
    await stage.advance(seconds=31)
    await phone.no_longer_sees("PUK1 51352846")
    assert no_codes(await phone.messages())


async def test_the_message_goes_also_over_a_restart(stage: Stage) -> None:
    phone = await asked_for_codes(stage)
    await proven(phone)
    await stage.fault("telegram", "http_500", match="answerCallbackQuery", times=1)
    await phone.tap("Show PIN and PUK")
    await phone.sees("PUK1 51352846")
    await stage.stop_bot()
    await stage.advance(seconds=61)
    await stage.start_bot()
    await phone.no_longer_sees("PUK1 51352846")


async def test_an_operator_that_is_down_shows_nothing_and_costs_no_code(stage: Stage) -> None:
    phone = await asked_for_codes(stage)
    await proven(phone)
    await stage.fault("operator", "http_500", match=RESOURCE, times=None)
    await phone.tap("Show PIN and PUK")
    await phone.is_told("The operator's system does not answer")
    await stage.http.delete("/sandbox/faults")
    await stage.advance(seconds=40)  # the breaker has its pause
    await phone.tap("Show PIN and PUK")
    await phone.is_told("PUK1 51352846")


# --- the replacement -------------------------------------------------------------------------


async def choosing(stage: Stage, number: str = NUMBER, who: str = MARAT) -> Phone:
    phone = await sim_of(stage, number, who)
    await phone.tap("SIM card replacement")
    await phone.sees("blank SIM cards of the company")
    return phone


async def test_a_card_is_picked_confirmed_and_read_back(stage: Stage) -> None:
    phone = await choosing(stage)
    before, card = await iccid_of(stage, NUMBER), (await blanks(stage))[0]
    await phone.tap(card[-8:])
    question = await phone.sees(f"Replace the SIM card of {SHOWN}?")
    for line in (
        f"• the new card: {card}",
        "• the present card stops at once",
        "• PIN and PUK become those of the new card",
        "• the secret code of the number is deleted",
        "• for 72 hours after it no codes go to the number by SMS",
        "• the company's other administrators are told before it is done",
    ):
        assert line in question.text
    assert "second administrator" not in question.text
    await proven(phone)
    await phone.tap(f"Replace the SIM card of {SHOWN}")
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
    await proven(marat)
    await stage.fault("mail", "hang_before_effect", match="timur", times=1, seconds=1)
    await marat.tap(f"Replace the SIM card of {SHOWN}")
    told = await assel.sees("Марат Серікұлы Ибраев has confirmed: SIM card replacement.")
    assert f"TOO Demo › {SHOWN}" in told.text
    await marat.sees("✅ SIM card replaced")
    [letter] = await marat.mail("timur@demo.example")
    assert "Замена SIM-карты" in letter["text"]
    assert "…2008" in letter["text"]
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
    await phone.sees("This is not the number of a SIM card", "blank SIM cards of the company")


async def test_other_peoples_cards_and_the_present_one_are_refused(stage: Stage) -> None:
    phone = await choosing(stage)
    theirs = {
        "category": "SIM",
        "resourceStatus": "available",
        "relatedParty.id": "org-180140000901",
    }
    foreign = (await stage.http.get(RESOURCE, params=theirs)).json()[0]["id"]
    await phone.say(foreign)
    await phone.sees("none of your company's blank ones")
    for used in (await iccid_of(stage, NUMBER), await iccid_of(stage, GUIDES)):
        await phone.say(used)
        await phone.sees("in use already, or was")
    assert await stage.effects() == []


async def test_only_an_active_number_gets_another_card(stage: Stage) -> None:
    phone = await sim_of(stage, BLOCKED)
    window = await phone.sees("can be changed only for an Active number (FAQ 8)")
    assert not any("replacement" in label for label in window.buttons)
    await phone.tap("Why can the SIM card not be changed?")
    await phone.sees("The SIM card can be changed only for numbers in the state Active.")
    await phone.tap("‹ Back")
    await phone.sees("ICCID: ")
    await phone.tap("‹ Back")
    await phone.tap("⋯ More")
    await phone.tap("SIM card replacement")
    await phone.sees("⛔ Blocked: the SIM card can be changed only for an Active number")
    await phone.say((await blanks(stage))[0])
    await phone.sees("⛔ Blocked: the SIM card can be changed only")
    assert await stage.effects() == []


async def test_blocked_after_the_question_refuses(stage: Stage) -> None:
    phone = await choosing(stage)
    await phone.tap((await blanks(stage))[0][-8:])
    await proven(phone)
    await stage.number_becomes(NUMBER, blocked=True)
    await phone.tap(f"Replace the SIM card of {SHOWN}")
    await phone.sees("⚠️ SIM card not replaced", "Present state: ⛔ Blocked.")
    assert await stage.effects() == []


async def test_taken_by_another_number_meanwhile(stage: Stage) -> None:
    phone = await choosing(stage)
    card = (await blanks(stage))[0]
    await phone.tap(card[-8:])
    await proven(phone)
    await stage.number_becomes("77010542012", iccid=card)
    await phone.tap(f"Replace the SIM card of {SHOWN}")
    await phone.sees("⚠️ SIM card not replaced", "in use already, or was")
    assert await stage.effects() == []


async def test_a_lost_answer_is_looked_up_and_told_once(stage: Stage) -> None:
    phone = await choosing(stage)
    card = (await blanks(stage))[0]
    await phone.tap(card[-8:])
    await proven(phone)
    await stage.fault("operator", "reset_after_effect", match="POST /tmf-api/productOrdering")
    await phone.tap(f"Replace the SIM card of {SHOWN}", repeat=3)
    await phone.sees(f"✅ SIM card replaced, now {card}")
    assert len(await stage.effects()) == 1
    assert len([m for m in await phone.messages() if "✅ SIM card" in m.text]) == 1


async def test_the_pages_of_blank_cards(stage: Stage) -> None:
    phone = await choosing(stage)
    cards = await blanks(stage)
    assert len(cards) == 12
    window = await phone.sees("12 blank SIM cards", cards[0][-8:])
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
    await phone.sees("If the number is registered, a code has been sent", "for 72 hours after")
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
    await phone.tap("Send the one-time code")
    await phone.sees(
        "no code is sent to your number by SMS", "Contact corporate support: email@kcell.kz."
    )


async def _letters(phone: Phone, address: str) -> list[str]:
    async def look() -> list[str]:
        return [letter["text"] for letter in await phone.mail(address)]

    return await phone.until(look, f"a letter to {address}")
