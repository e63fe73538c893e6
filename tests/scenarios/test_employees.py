"""Secret codes and the employee mode, from the sending to the last look (S14, S17, S18)."""

from __future__ import annotations

import re

from tests.bot.test_usage_process import children
from tests.scenarios.conftest import Stage
from tests.scenarios.phone import Phone

NUMBER, SHOWN = "77010542007", "+7 701 054 20 07"
OTHER = "77012115526"


async def code_window(stage: Stage) -> Phone:
    phone = await stage.administrator()
    await to_code_window(phone)
    return phone


async def to_code_window(phone: Phone) -> None:
    await phone.command("/menu")
    await phone.say(NUMBER)
    await phone.tap("More: bans")
    await phone.tap("Secret code")
    await phone.sees(f"{SHOWN} › Secret code")


async def send_code(administrator: Phone, employee: Phone) -> str:
    before = len(await employee.sms())

    async def look() -> str | None:
        texts = [sms["text"] for sms in (await employee.sms())[before:]]
        return next((text for text in texts if "Секретный код My Account: " in text), None)

    await administrator.sees(f"Send a secret code to {SHOWN}?", "is not shown here")
    await administrator.tap(f"Send the code to {SHOWN.removeprefix('+7 ')}")
    await administrator.sees("✅ Secret code sent by SMS", "action A-20220124-")
    text = await employee.until(look, "an SMS with a secret code")
    found = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", text)
    assert found is not None
    return found.group()


async def knock(stage: Stage, number: str = NUMBER) -> Phone:
    phone = await stage.phone(number, name="Dana")
    await phone.say("/start")
    await phone.tap("English")
    await phone.tap_to("I have a secret code", "My own number", "Share your number")
    return phone


async def let_in(stage: Stage) -> tuple[Phone, Phone, str]:
    administrator, employee = await code_window(stage), await knock(stage)
    code = await send_code(administrator, employee)
    await employee.share()
    await employee.sees(SHOWN, "Enter the secret code")
    await employee.say(code.lower())
    await employee.sees(f"TOO Demo › {SHOWN}", "Tariff: Business Class Junior", "as of")
    return administrator, employee, code


async def test_an_employee_is_offered_no_command_of_an_administrator(stage: Stage) -> None:
    _administrator, employee, _code = await let_in(stage)

    async def look() -> bool:
        offered = [one["command"].removeprefix("/") for one in (await employee.chat())["commands"]]
        return offered == ["menu", "language", "help", "privacy", "logout"]

    await employee.until(look, "the employee's commands")


async def test_an_employee_sees_the_number_and_its_details_and_nothing_else(stage: Stage) -> None:
    administrator, employee, code = await let_in(stage)

    card = await employee.sees(f"TOO Demo › {SHOWN}")
    assert not any("Block" in label or "More" in label for label in card.buttons)
    assert code not in "\n".join(message.text for message in await employee.messages())
    assert code not in "\n".join(message.text for message in await administrator.messages())
    await employee.tap("Usage details")
    order = await employee.sees(f"{SHOWN} › Usage details", "Period: 24.12.2021 – 24.01.2022")
    assert not any("XLSX" in label for label in order.buttons)
    assert children() == [], "no file can be ordered, so nothing begins for one"
    await employee.tap("Show here")
    await employee.sees("24.12.2021 – 24.01.2022 · Everything")
    await employee.tap("Menu")
    await employee.tap("Allowances")
    await employee.sees(f"{SHOWN} › Remaining allowances", "Calls within Kcell/activ network")
    await employee.tap("Menu")
    await employee.sees("Tariff:", "as of 16:00")
    for typed in (OTHER, "Demo", "/numbers", "/documents", "/menu"):
        await employee.say(typed)
        await employee.sees(SHOWN, "Usage details")
    assert not any(OTHER[-4:] in m.text for m in await employee.messages() if m.from_bot)

    await to_code_window(administrator)
    await administrator.sees("Secret code: sent 24.01.2022", "In use since 24.01.2022")


async def test_start_leads_an_employee_back_to_the_number(stage: Stage) -> None:
    _administrator, employee, _code = await let_in(stage)
    await employee.command("/start")
    await employee.sees(f"TOO Demo › {SHOWN}", "Tariff:")


async def test_a_typed_number_is_proven_by_the_contact(stage: Stage) -> None:
    administrator, employee = await code_window(stage), await knock(stage)
    code = await send_code(administrator, employee)
    await employee.say("8 (701) 054-20-07")
    await employee.say(code)
    await employee.sees("The code is right", "share your number")
    await employee.say(NUMBER)
    await employee.sees("a typed number does not prove")
    await employee.share()
    await employee.sees(f"TOO Demo › {SHOWN}", "Tariff:")


async def test_the_code_opens_nothing_to_a_stranger_who_has_read_it(stage: Stage) -> None:
    administrator = await code_window(stage)
    owner, thief = await stage.phone(NUMBER), await knock(stage, "77012223344")
    code = await send_code(administrator, owner)
    await thief.say(NUMBER)
    await thief.say(code)
    await thief.sees("share your number")
    await thief.share()
    await thief.sees("Wrong number or code")
    await thief.share({"phone_number": NUMBER, "user_id": owner.id})
    await thief.sees("somebody else's contact")
    await thief.say("/start")
    await thief.sees("Enter the Administrator's phone number")
    assert not any("Tariff" in message.text for message in await thief.messages())


async def test_one_answer_for_a_wrong_code_and_an_unknown_number(stage: Stage) -> None:
    administrator, employee = await code_window(stage), await knock(stage)
    await send_code(administrator, employee)
    told = []
    for number in (NUMBER, "77019998877"):
        await employee.command("/start")
        await employee.tap_to("I have a secret code", "My own number", "Share your number")
        await employee.say(number)
        await employee.sees("Enter the secret code")
        await employee.say("AAAAA-00000")
        told.append((await employee.sees("Wrong number or code")).text.splitlines()[-1])
    assert told[0] == told[1]


async def test_a_command_typed_for_the_code_is_no_wrong_code(stage: Stage) -> None:
    """Five of those would make the right one wait for a quarter of an hour."""
    administrator, employee = await code_window(stage), await knock(stage)
    code = await send_code(administrator, employee)
    await employee.share()
    await employee.sees(SHOWN, "Enter the secret code")
    for _ in range(5):
        await employee.say("/cancel")
        await employee.sees("There is no such command")
    await employee.say(code)
    await employee.sees(f"TOO Demo › {SHOWN}", "Tariff:")


async def test_deleting_the_code_closes_the_open_window(stage: Stage) -> None:
    administrator, employee, _code = await let_in(stage)
    await employee.tap("Usage details")
    await employee.sees("Period:")
    await to_code_window(administrator)
    await administrator.tap("Delete the secret code")
    await administrator.tap(f"Delete the code of {SHOWN.removeprefix('+7 ')}")
    await administrator.sees("✅ Secret code deleted")
    await employee.sees(f"Your access to {SHOWN} has ended")
    await employee.no_longer_sees("Period:")
    await employee.sees("Enter the Administrator's phone number")


async def test_a_ban_on_access_ends_it_and_no_code_is_sent_meanwhile(stage: Stage) -> None:
    administrator, employee, _code = await let_in(stage)
    await forbid(administrator, "Block access to MyKcell")
    await employee.sees(f"Your access to {SHOWN} has ended")
    await to_code_window(administrator)
    window = await administrator.sees("Secret code: none", "lift it first")
    assert not any("Send the code" in label for label in window.buttons)
    await administrator.tap("Lift the ban")
    await administrator.sees(f"Allow access to MyKcell for {SHOWN}?")
    await administrator.tap("Allow access to MyKcell")
    await administrator.sees("✅ Ban on MyKcell access: OFF")
    await employee.say("/start")
    await employee.sees("Enter the Administrator's phone number")


async def test_a_ban_laid_at_the_operator_acts_with_the_next_tap(stage: Stage) -> None:
    _administrator, employee, _code = await let_in(stage)
    await stage.number_becomes(NUMBER, ban_access=True)
    await employee.tap("Refresh")
    await employee.is_told("Your access to this number has ended")
    await employee.sees("Enter the Administrator's phone number")


async def test_a_ban_on_details_hides_them_in_an_open_window(stage: Stage) -> None:
    administrator, employee, _code = await let_in(stage)
    await employee.tap("Usage details")
    await employee.tap("Show here")
    await employee.sees("24.12.2021 – 24.01.2022 · Everything")
    await forbid(administrator, "Block viewing usage details in MyKcell")
    await employee.sees(f"banned usage details for {SHOWN}")
    await employee.no_longer_sees("· Everything")
    card = await employee.sees("Tariff:", "banned usage details for this number")
    assert not any("Usage" in label for label in card.buttons)
    await to_code_window(administrator)
    await administrator.sees("the employee will see the number, but no usage details")


async def test_a_blocked_number_gets_no_code_and_says_why(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, blocked=True)
    administrator = await code_window(stage)
    window = await administrator.sees("⛔ Blocked", "cannot be delivered")
    assert not any("Send" in label for label in window.buttons)


async def test_a_code_whose_sms_is_refused_is_not_called_sent(stage: Stage) -> None:
    """It was called sent before the SMS had been handed over."""
    administrator = await code_window(stage)
    await administrator.has_sms(2)
    await stage.fault("sms", "reject", times=1)
    await administrator.tap(f"Send the code to {SHOWN.removeprefix('+7 ')}")
    await administrator.sees("⚠️ Secret code not sent", "could not be delivered")
    assert not [one for one in await administrator.messages() if "✅ Secret code" in one.text]
    await administrator.card_below()
    await to_code_window(administrator)
    await administrator.sees("Secret code: none")


async def test_a_second_code_within_a_minute_is_refused(stage: Stage) -> None:
    administrator, employee, _code = await let_in(stage)
    await to_code_window(administrator)
    window = await administrator.sees("Another secret code can be sent in")
    assert not any("Send the code" in label for label in window.buttons)
    await stage.advance(seconds=61)
    await administrator.tap("⟳ Refresh")
    await send_code(administrator, employee)
    await employee.sees(f"Your access to {SHOWN} has ended")


async def forbid(administrator: Phone, what: str) -> None:
    await administrator.command("/menu")
    await administrator.say(NUMBER)
    await administrator.tap("More: bans")
    await administrator.tap("Bans")
    await administrator.tap(what)
    await administrator.sees(f"{what} for {SHOWN}?")
    await administrator.tap(what)
    await administrator.sees("✅ Ban on", ": ON")
    await administrator.card_below()


async def test_the_sms_leads_whoever_has_never_seen_the_bot_to_their_number(stage: Stage) -> None:
    administrator, employee = await code_window(stage), await stage.phone(NUMBER, name="Dana")
    code = await send_code(administrator, employee)
    [text] = [sms["text"] for sms in await employee.sms() if code in sms["text"]]
    assert stage.app is not None
    address = f"https://t.me/{(await stage.app.bot.me()).username}?start="
    payload = text.partition(address)[2].split()[0].rstrip(".")
    await employee.say(f"/start {payload}")
    await employee.sees("My own number", "Share your number")
    await employee.share()
    await employee.say(code)
    await employee.sees(f"TOO Demo › {SHOWN}", "Tariff: Business Class Junior")
    # Once more by the same link: home.
    await employee.command(f"/start {payload}")
    await employee.sees(f"TOO Demo › {SHOWN}", "Tariff: Business Class Junior")
    await administrator.command(f"/start {payload}")
    await administrator.sees("Number management")


async def test_an_employee_logs_out_and_comes_back_without_a_code(stage: Stage) -> None:
    administrator, employee, _code = await let_in(stage)
    await employee.command("/logout")
    closed = await employee.sees(f"You have closed {SHOWN}. Send /start to see it again.")
    await employee.sees("Enter the Administrator's phone number")
    await employee.command("/start")
    assert (await employee.sees(SHOWN, "Usage details")).id > closed.id
    assert not [m for m in await employee.messages() if "has ended" in m.text]
    await to_code_window(administrator)
    await administrator.sees("Secret code: sent")
