"""Devices of a number: registered, moved, doubled, removed, told within eight hours (S21-S25)."""

from __future__ import annotations

from typing import Any

import pytest

from account.chapters.devices.requests import PAGE
from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Message, Phone

MARAT = "77012115526"
NUMBER, SHOWN = "77010542006", "+7 701 054 20 06"
FIRST = "353678076511548"
FREE = "352992091000077"
OWNER, IIN = "77012115299", "850115300011"
BIN = "180140000901"


async def devices(stage: Stage, number: str = MARAT) -> Phone:
    """The devices of a number, by the way of its card."""
    phone = await stage.administrator(MARAT)
    await to_devices(phone, number)
    return phone


async def to_devices(phone: Phone, number: str = MARAT) -> None:
    await phone.say(number)
    await phone.tap_to("More", "Device registration (IMEI)")
    await phone.tap("Device registration (IMEI)")
    await phone.sees("Requests history", "Another IMEI")


async def typed(stage: Stage, imei: str, number: str = MARAT) -> Phone:
    """One device, typed."""
    phone = await devices(stage, number)
    await phone.tap("Another IMEI")
    await phone.sees("Enter the IMEI: 14, 15 or 16 digits.")
    await phone.say(imei)
    return phone


async def seen(stage: Stage, number: str, imei: str) -> None:
    """That device is the last seen with the number."""
    await stage.number_becomes(number, imei=imei)


async def device(stage: Stage, imei: str, **changes: object) -> None:
    """What the registry of all operators knows of a device."""
    await stage._operator(f"devices/{imei}", changes)


async def takes(stage: Stage, **settings: object) -> None:
    """How long the operator works on requests about devices."""
    await stage._operator("settings", settings)


async def accept_terms(phone: Phone) -> Message:
    """Tick the line; only then can one go on."""
    window = await phone.sees("I have read and accept the registration rules")
    assert not any("Continue" in label for label in window.buttons)
    link = window.raw["reply_markup"]["inline_keyboard"][0][0]["url"]
    assert link.startswith("https://adilet.zan.kz/")
    await phone.tap("☐ I have read")
    await phone.sees("☑ I have read")
    await phone.tap("Continue")
    return window


async def prove(phone: Phone, *, after: int = 1) -> None:
    """The one-time code for this very change, which is the confirmation."""
    await phone.sees("Enter the 6 digits to ")
    await phone.say(await phone.code(after=after))


async def tell_owner(phone: Phone, number: str = OWNER, owner: str = IIN) -> None:
    """The previous owner: the number, then the IIN or BIN."""
    await phone.sees("Enter the phone number of the previous owner")
    await phone.say(number)
    await phone.sees("Enter the IIN or BIN of the previous owner", "deleted at once")
    await phone.say(owner)


async def reregister(phone: Phone, owner: str = IIN, *, after: int = 1) -> None:
    """From the terms to the confirmed re-registration."""
    await accept_terms(phone)
    await tell_owner(phone, owner=owner)
    await phone.sees(
        "Re-register the device", "🔒 Enter the 6 digits to re-register", "+7 701 ***-**-99"
    )
    await prove(phone, after=after)


async def order_of(stage: Stage) -> dict[str, Any]:
    """The newest order about a device."""
    answer = await stage.http.get(
        "/tmf-api/productOrderingManagement/v4/productOrder"
        "?category=device.register,device.reregister,device.duplicate,device.deregister"
        "&sort=-orderDate&limit=1"
    )
    order: dict[str, Any] = answer.json()[0]
    return order


async def has_order(stage: Stage) -> bool:
    """Ours has arrived: the guide's are years older."""
    return str((await order_of(stage))["orderDate"]).startswith("2022-01-24")


async def steer(stage: Stage, do: str) -> None:
    """Hold, finish or fail the newest order."""
    order = await order_of(stage)
    await stage._operator(f"orders/{order['id']}", {"do": do})


async def held(stage: Stage, number: str = MARAT) -> dict[str, str]:
    """Registered devices of the number by their kind, as the operator has them."""
    answer = await stage.http.get(
        "/tmf-api/resourceInventoryManagement/v4/resource"
        f"?category=Device&registrationStatus=registered&resourceRelationship.id={number}"
    )
    rows = [
        {one["name"]: one["value"] for one in row["resourceCharacteristic"]}
        for row in answer.json()
    ]
    return {row["IMEI"]: row["registrationKind"] for row in rows}


# --- S21 -------------------------------------------------------------------------------------


async def test_the_last_device_is_registered(stage: Stage) -> None:
    await seen(stage, MARAT, FREE)
    phone = await devices(stage)
    await phone.sees(f"Last IMEI on the network: {FREE}", "Device not registered with this number.")
    await phone.tap(f"Register {FREE}")
    question = await phone.sees(f"Register the device {FREE} with +7 701 211 55 26?")
    assert "it is free of charge" in question.text
    assert "the result will come by SMS and to this chat within 8 hours" in question.text
    await phone.tap(f"Register {FREE}")
    word = await phone.sees(f"✅ Device {FREE} registered 24.01.2022 16:00", "A-20220124-0001")
    assert "🕘 Requests history" in word.buttons
    await phone.gets_sms(f"Device {FREE} registered. A-20220124-0001")
    assert await held(stage) == {FREE: "original"}
    assert [effect["what"] for effect in await stage.effects()] == ["device.register"]


async def test_the_guides_number_shows_its_duplicate(stage: Stage) -> None:
    phone = await devices(stage, NUMBER)
    shown = await phone.sees(
        f"Last IMEI on the network: {FIRST}", "duplicate since 22.04.2021 18:49"
    )
    assert "1 registered device" in shown.text
    assert not any("Register" in label for label in shown.buttons)
    await phone.tap(f"📱 {FIRST}")
    card = await phone.sees(FIRST, "Samsung Galaxy A50", "🗑 Deregister")
    assert card.buttons == ["🔄 Re-register", "🗑 Deregister", "‹ Back", "⌂ Menu"]


async def test_typed_imeis_of_all_three_lengths_are_one_device(stage: Stage) -> None:
    phone = await typed(stage, FREE[:14])
    await phone.sees(FREE, "📲 Register", "Device not registered with this number.")
    await phone.tap("‹ Back")
    await phone.tap("Another IMEI")
    await phone.say("12345")
    await phone.sees("This is not an IMEI: it has 14, 15 or 16 digits.")
    await phone.say(f"{FREE[:14]}{(int(FREE[-1]) + 1) % 10}")
    await phone.sees("There is a mistake in the IMEI")
    await phone.say(f"{FREE[:14]}01")
    await phone.sees(FREE, "📲 Register")
    await phone.tap("‹ Back")
    await phone.tap("Another IMEI")
    await phone.say(FREE)
    await phone.sees(FREE, "📲 Register")


async def test_another_owner_leads_on(stage: Stage) -> None:
    await device(stage, FREE, owner={"number": OWNER, "id": IIN})
    phone = await typed(stage, FREE)
    await phone.tap("📲 Register")
    await phone.tap(f"Register {FREE}")
    word = await phone.sees(
        f"⚠️ Device {FREE} not registered", "The device is registered with another owner."
    )
    assert word.buttons[1:4] == ["🔄 Re-register", "➕ Register duplicate", "🕘 Requests history"]
    await phone.gets_sms(f"Device {FREE} not registered. The device is registered with another")
    await phone.tap("➕ Register duplicate", message=word)
    await phone.sees("the present registration stays", "does not imply the transfer of ownership")
    await phone.sees("I have read and accept the registration rules")


async def test_another_provider_leads_to_the_duplicate(stage: Stage) -> None:
    """S25: registered with another provider's number, then a duplicate beside it."""
    await device(stage, FREE, owner={"provider": "Tele2", "number": "77071234567"})
    phone = await typed(stage, FREE)
    await phone.tap("📲 Register")
    await phone.tap(f"Register {FREE}")
    word = await phone.sees("registered with a number of another provider")
    assert word.buttons[1:3] == ["➕ Register duplicate", "🕘 Requests history"]
    await phone.tap("➕ Register duplicate", message=word)
    await accept_terms(phone)
    await phone.sees(f"Register a duplicate of the device {FREE}")
    await phone.tap(f"Register duplicate {FREE}")
    await phone.sees(f"✅ Duplicate of the device {FREE} registered")
    assert await held(stage) == {FREE: "duplicate"}


@pytest.mark.parametrize(
    ("name", "says"), [("black", "on the black list"), ("grey", "on the grey list")]
)
async def test_listed_devices_are_refused_with_their_list(
    stage: Stage, name: str, says: str
) -> None:
    await device(stage, FREE, list=name)
    phone = await typed(stage, FREE)
    await phone.tap("📲 Register")
    await phone.tap(f"Register {FREE}")
    word = await phone.sees("not registered", says)
    assert word.buttons == ["+7 701 211 55 26", "🕘 Requests history", "⌂ Menu"]
    assert await held(stage) == {}


# --- S22 -------------------------------------------------------------------------------------


async def test_a_device_is_deregistered_with_a_code(stage: Stage) -> None:
    phone = await devices(stage, NUMBER)
    await phone.tap(f"📱 {FIRST}")
    await phone.tap("🗑 Deregister")
    await phone.sees(
        f"Deregister the device {FIRST} from {SHOWN}?", "Enter the 6 digits to deregister"
    )
    await prove(phone)
    await phone.sees(f"✅ Registration of the device {FIRST} removed")
    assert await held(stage, NUMBER) == {}


# --- S23 -------------------------------------------------------------------------------------


async def test_a_device_is_reregistered_from_its_owner(stage: Stage) -> None:
    await device(stage, FREE, owner={"number": OWNER, "id": IIN})
    phone = await typed(stage, FREE)
    await phone.tap("🔄 Re-register")
    await reregister(phone)
    await phone.sees(f"✅ Device {FREE} re-registered")
    assert await held(stage) == {FREE: "original"}
    assert not any(IIN in message.text for message in await phone.messages())
    assert IIN not in str(await order_of(stage))
    await phone.command("/documents")
    await phone.tap("2 · Actions")
    entries = await phone.sees("Device re-registration +7 701 211 55 26", "✅ done")
    assert IIN not in entries.text
    assert FREE not in entries.text


async def test_each_rule_of_an_iin_has_its_sentence(stage: Stage) -> None:
    phone = await typed(stage, FREE)
    await phone.tap("🔄 Re-register")
    await accept_terms(phone)
    await tell_owner(phone, owner="12345")
    await phone.sees("An IIN or BIN has 12 digits.")
    for owner, sentence in (
        ("123456789012", "The 12th digit of the IIN or BIN does not fit the first 11."),
        ("180140001701", "No IIN or BIN begins with these 11 digits."),
        ("851315300011", "The first 6 digits of an IIN are a date of birth"),
    ):
        await phone.say(owner)
        await phone.sees(sentence)
    shown = [message.text for message in await phone.messages() if not message.from_bot]
    assert not any("123456789012" in text or text == "12345" for text in shown)
    await phone.say(BIN)
    await phone.sees("Re-register the device", "+7 701 ***-**-99")


async def test_data_that_do_not_match_have_one_answer_and_three_tries(stage: Stage) -> None:
    await device(stage, FREE, owner={"number": OWNER, "id": IIN})
    phone = await typed(stage, FREE)
    for n in range(3):
        await phone.tap("🔄 Re-register")
        await reregister(phone, owner=BIN, after=n + 1)
        word = await phone.sees("The data of the previous owner do not match.", f"-000{n + 1}")
        assert "number" not in word.text.split("\n")[-1]
        await phone.window_below(word)
        await phone.command("/menu")
        await to_devices(phone)
        await phone.tap("Another IMEI")
        await phone.say(FREE)
        await phone.sees(FREE, "🔄 Re-register", "Device not registered with this number.")
        if n == 1:
            await stage.stop_bot()
            await stage.start_bot()
    await phone.tap("🔄 Re-register")
    await phone.tap("☐ I have read")
    await phone.tap("Continue")
    await phone.is_told("did not match 3 times today. Try again tomorrow")
    assert await stage.effects() == []


async def test_the_terms_are_asked_for_also_when_the_button_is_forged(stage: Stage) -> None:
    phone = await typed(stage, FREE)
    await phone.tap("➕ Register duplicate")
    window = await phone.sees("☐ I have read")
    tick = window.raw["reply_markup"]["inline_keyboard"][1][0]["callback_data"]
    await phone.tap_data(window.id, tick.replace("tick", "go_on"))
    await phone.sees("☐ I have read")
    assert await stage.effects() == []


async def test_who_gets_codes_by_e_mail_is_promised_the_result_there(stage: Stage) -> None:
    await takes(stage, device_seconds=7 * 3600)
    phone = await typed(stage, FREE)
    await stage.administrator_becomes("adm-2", code_channel="email")
    await phone.tap("📲 Register")
    question = await phone.sees("the result will come by e-mail and to this chat within 8 hours")
    assert "SMS" not in question.text
    await phone.tap(f"Register {FREE}")
    waiting = await phone.sees("⏳ Accepted", "by e-mail and to this chat within 8 hours")
    assert "SMS" not in waiting.text


# --- S25: eight hours ------------------------------------------------------------------------


async def registering(stage: Stage) -> Phone:
    """A registration that the operator works on for hours."""
    await takes(stage, device_seconds=7 * 3600)
    phone = await typed(stage, FREE)
    await phone.tap("📲 Register")
    await phone.tap(f"Register {FREE}")
    await phone.sees(
        "⏳ Accepted · action A-20220124-0001.",
        "by SMS and to this chat within 8 hours",
        "Check status",
    )
    await phone.until(lambda: has_order(stage), "the order at the operator")
    return phone


async def test_hours_later_the_result_comes_also_after_a_restart(stage: Stage) -> None:
    phone = await registering(stage)
    await stage.advance(hours=4)
    await stage.stop_bot()
    await stage.start_bot()
    await stage.advance(hours=3, minutes=6)
    await phone.sees(f"✅ Device {FREE} registered", "A-20220124-0001")
    await phone.gets_sms(f"Device {FREE} registered.")
    assert not any("taking longer" in message.text for message in await phone.messages())


async def test_overdue_is_said_once_and_the_result_still_comes(stage: Stage) -> None:
    phone = await registering(stage)
    await steer(stage, "hold")
    await stage.advance(hours=8)
    await phone.sees("is taking longer than promised", "contact corporate support (email@kcell.kz)")
    await stage.stop_bot()
    await stage.start_bot()
    await stage.advance(hours=1)
    await steer(stage, "finish")
    await stage.advance(minutes=6)
    await phone.sees(f"✅ Device {FREE} registered")
    told = [m for m in await phone.messages() if "taking longer" in m.text]
    assert len(told) == 1
    await phone.gets_sms(f"Device {FREE} registered.")


# --- S25: requests history -------------------------------------------------------------------


async def test_the_guides_history_newest_first(stage: Stage) -> None:
    phone = await devices(stage, NUMBER)
    await phone.tap("Requests history")
    shown = await phone.sees("Registration of end-user devices", SHOWN)
    at = [shown.text.index(text) for text in ("22.04.2021 18:49", "06.01.2021 09:46")]
    assert at == sorted(at)
    assert shown.text.index("✅ Duplicate registered") < shown.text.index("✅ Registration removed")
    assert shown.text.count(FIRST) == 2


async def test_requests_of_ours_and_of_others_with_filter(stage: Stage) -> None:
    await takes(stage, device_seconds=3600)
    phone = await typed(stage, FREE)
    await phone.tap("📲 Register")
    await phone.tap(f"Register {FREE}")
    await phone.sees("⏳ Accepted")
    await phone.until(lambda: has_order(stage), "the order at the operator")
    await phone.command("/menu")
    await phone.say(MARAT)
    await phone.tap("More")
    await phone.tap("Device registration (IMEI)")
    await phone.tap("Requests history")
    await phone.sees("⏳ Registration:", FREE)
    await phone.tap("All numbers")
    shown = await phone.sees("all numbers of the company", FREE, FIRST, SHOWN)
    assert shown.text.index(FREE) < shown.text.index(FIRST)
    await phone.say(FIRST)
    await phone.sees(f"IMEI {FIRST}", "✅ Registration removed")
    await phone.no_longer_sees(FREE)
    await phone.say("12345")
    await phone.sees("Type a whole number or a whole IMEI.")
    await phone.say(NUMBER)
    await phone.sees(SHOWN, "✅ Duplicate registered")
    await phone.tap("Clear the filter")
    await phone.sees("all numbers of the company", FREE)
    await stage.advance(hours=9)
    await phone.sees(f"✅ Device {FREE} registered")


async def test_a_final_word_leads_to_the_requests(stage: Stage) -> None:
    await seen(stage, MARAT, FREE)
    phone = await devices(stage)
    await phone.tap(f"Register {FREE}")
    await phone.sees(f"Register the device {FREE} with")
    await phone.tap(f"Register {FREE}")
    word = await phone.sees(f"✅ Device {FREE} registered")
    await phone.tap("Requests history", message=word)
    await phone.sees("Registration of end-user devices", "✅ Registered", FREE)


async def test_many_requests_are_paged(stage: Stage) -> None:
    ordered: list[str] = []
    for n in range(PAGE + 1):
        body = {
            "externalId": f"portal-{n}",
            "category": "device.duplicate",
            "productOrderItem": [
                {
                    "id": "01",
                    "action": "modify",
                    "quantity": 1,
                    "product": {
                        "id": MARAT,
                        "productCharacteristic": [
                            {"name": "deviceRegistration", "value": "duplicate"},
                            {"name": "IMEI", "value": f"3529920910{n:04}"},
                        ],
                    },
                }
            ],
            "relatedParty": [{"id": "org-180140000018", "role": "customer"}],
        }
        answer = await stage.http.post(
            "/tmf-api/productOrderingManagement/v4/productOrder",
            json=body,
            headers={"Idempotency-Key": f"portal-{n}"},
        )
        assert answer.status_code == 201, answer.text
        ordered.append(answer.json()["id"])
    phone = await stage.administrator(MARAT)

    async def carried_out() -> bool:
        path = "/tmf-api/productOrderingManagement/v4/productOrder"
        orders = [(await stage.http.get(f"{path}/{one}")).json() for one in ordered]
        return all(order["state"] in ("completed", "rejected") for order in orders)

    await phone.until(carried_out, "the end of all orders")
    await to_devices(phone)
    await phone.sees("1/2")
    await phone.tap("Requests history")
    await phone.sees("1/2", "3529920910")
    await phone.tap("›")
    await phone.sees("2/2", "35299209100000")


# --- whose devices ---------------------------------------------------------------------------


async def test_a_forged_button_reaches_no_foreign_number(stage: Stage) -> None:
    phone = await devices(stage)
    window = await phone.window()
    await phone.tap_data(window.id, f"go:device:device.duplicate:77023300101:{FREE[:14]}")
    await phone.is_told("There is no such number in this company.")
    await phone.tap_data(window.id, "go:device:block:77012115526:35299209100007")
    await phone.sees("Number management")
    await phone.command("/profile")
    await phone.sees("Administrator profile", "Log out")
    await phone.tap_data((await phone.window()).id, f"go:ask:device.register:{MARAT}")
    await phone.sees("Number management")
    assert not any("went wrong" in answer["text"] for answer in await phone.answers())
    assert await stage.effects() == []
