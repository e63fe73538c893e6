"""The administrator's own page: e-mail, password, sessions, notifications (S03)."""

from __future__ import annotations

import re

import pytest

from tests.scenarios.conftest import PASSWORD, Stage, log_in
from tests.scenarios.entry import NO_CODE, use_up_codes
from tests.scenarios.phone import Phone

HER, SHOWN = "77010542007", "+7 701 054 20 07"
OLD, NEW = "assel@demo.example", "assel.new@demo.example"
NEXT = "seven quiet horses by night"


async def at_profile(stage: Stage, number: str = HER) -> Phone:
    phone = await stage.administrator(number)
    await phone.tap("Profile")
    await phone.sees("Administrator profile", "Login number")
    return phone


async def register(stage: Stage) -> str | None:
    """The address as the operator has it."""
    answer = await stage.http.get("/tmf-api/party/v4/individual/adm-1")
    media = [medium["characteristic"] for medium in answer.json()["contactMedium"]]
    return next((one["emailAddress"] for one in media if "emailAddress" in one), None)


async def changes_of_email(stage: Stage) -> list[bool]:
    return [bool(one["changed"]) for one in await stage.effects(HER) if one["what"] == "email"]


async def test_the_profile_says_who_is_logged_in_and_where(stage: Stage) -> None:
    phone = await at_profile(stage)
    window = await phone.sees(
        "TOO Demo › Administrator profile",
        "Name: Асель Нұрланқызы Садыкова",
        f"Login number: {SHOWN}",
        "changed only by your company's application to the operator",
        f"E-mail: {OLD}",
        "Language: English",
        "Last login: this is the first one",
        "• TOO Demo · administrator",
        "• ЖШС «Қазына Үлгі» · administrator",
    )
    assert window.buttons == [
        "✉️ Change e-mail",
        "🔑 Change password",
        "💻 Sessions: 1",
        "🔔 Notifications",
        "📲 Known Telegram accounts",
        "🌐 Language",
        "🚪 Log out",
        "‹ Back",
        "⌂ Menu",
    ]
    await phone.tap("Back")
    await phone.sees("37 numbers")


# --- e-mail ---


async def ask_for(phone: Phone, address: str) -> None:
    await phone.tap("Change e-mail")
    await phone.sees("Enter the new e-mail address")
    await phone.say(address)


async def prove(phone: Phone, address: str = NEW) -> None:
    await phone.sees(f"Register the e-mail {address}?", OLD, "first prove that it is you")
    await phone.tap("Send the one-time code")
    await phone.sees("has been sent to where your codes go now")
    assert await phone.mail(address) == [], "nothing goes there before"
    await phone.say(await phone.code(after=1))
    await phone.sees("The code was sent to the new address")
    await phone.sees("Enter the 6 digits to register the new e-mail.")
    await phone.say(await phone.mail_code(address))


async def test_an_address_is_changed_with_a_code_to_it_and_the_old_one_is_told(
    stage: Stage,
) -> None:
    phone = await at_profile(stage)
    await ask_for(phone, NEW)
    assert await register(stage) == OLD
    await prove(phone)
    await phone.sees("✅ E-mail changed", "action A-20220124-", f"Registered e-mail: {NEW}")
    assert await register(stage) == NEW
    assert await changes_of_email(stage) == [True]
    assert "a***@d***.example" in await phone.gets_sms("your registered e-mail is")

    async def told() -> bool:
        return any("your registered e-mail is" in one["text"] for one in await phone.mail(OLD))

    await phone.until(told, "a letter to the old address")
    warning = await phone.sees("Your registered e-mail is now a***@d***.example", "not me")
    links = [
        re.search(r"\?start=(nm-[\w-]+)", text)
        for text in (
            (await phone.mail(OLD))[-1]["text"],
            await phone.gets_sms("your registered e-mail is"),
        )
    ]
    assert len({found and found.group(1) for found in links}) == 1, "one way in all of them"
    [[button]] = warning.raw["reply_markup"]["inline_keyboard"]
    assert links[0] is not None
    assert button["callback_data"] == links[0].group(1).replace("nm-", "nm:", 1)
    await phone.command("/profile")
    await phone.sees(f"E-mail: {NEW}")
    await phone.command("/documents")
    await phone.tap("2 · Actions")
    await phone.sees("E-mail changed", "✅ done")


async def test_the_password_proves_the_person_instead_of_a_code(stage: Stage) -> None:
    phone = await at_profile(stage)
    await ask_for(phone, NEW)
    await phone.tap("Enter the password")
    await phone.sees("Enter the current password")
    await phone.say("not the password")
    await phone.sees("The current password is wrong")
    assert await phone.mail(NEW) == []
    await phone.say(PASSWORD)
    await phone.sees("The code was sent to the new address")
    await phone.say(await phone.mail_code(NEW))
    await phone.sees("✅ E-mail changed", f"Registered e-mail: {NEW}")
    texts = [message.text for message in await phone.messages()]
    assert not any(PASSWORD in text for text in texts)


async def test_a_chat_open_for_a_minute_turns_no_code_elsewhere(stage: Stage) -> None:
    """Тимур's codes go by e-mail. Who holds his open chat has a mail box, and nothing of his."""
    timur, thief = "77071234567", "thief@elsewhere.example"
    phone = await stage.phone(timur)
    await log_in(phone, mail="timur@demo.example")
    await phone.sees("Number management")
    await phone.tap("Profile")
    await ask_for(phone, thief)
    await phone.tap("Send the one-time code")
    await phone.sees("has been sent to where your codes go now")

    async def told() -> bool:
        letters = await phone.mail("timur@demo.example")
        return any("code to change your e-mail" in one["text"] for one in letters)

    await phone.until(told, "a letter to the address that is registered")
    assert await phone.mail(thief) == []
    assert await stage.effects() == []


async def test_for_three_days_no_code_comes_to_the_new_address(stage: Stage) -> None:
    """Тимур changed it himself, and forgets his password a day later."""
    timur, new = "77071234567", "timur.new@demo.example"
    phone = await stage.administrator(timur)
    await phone.tap("Profile")
    await ask_for(phone, new)
    await phone.tap("Enter the password")
    await phone.say(PASSWORD)
    await phone.say(await phone.mail_code(new))
    await phone.sees("✅ E-mail changed", f"Registered e-mail: {new}")
    await phone.sees("Your registered e-mail is now", "It was not me")

    async def reset(address: str) -> None:
        before = len(await phone.mail(address))
        await phone.command("/logout")
        await phone.sees("Enter the Administrator's phone number")
        # What came due in the meantime may draw the window anew below it.
        await phone.tap_to("Forgot password?", "A code will be sent")
        await phone.say(timur)
        await phone.sees("Enter the 6 digits")

        async def came() -> bool:
            return len(await phone.mail(address)) > before

        await phone.until(came, f"a code at {address}")

    codes = len(await phone.mail(new))
    await stage.advance(hours=24)
    await reset("timur@demo.example")
    assert len(await phone.mail(new)) == codes
    await stage.advance(hours=49)
    await reset(new)


async def test_what_is_no_address_and_the_present_one_are_refused_in_place(stage: Stage) -> None:
    phone = await at_profile(stage)
    await ask_for(phone, "nobody")
    await phone.sees("This is not an e-mail address")
    await phone.say("a@b.kz Bcc: c@d.kz")
    await phone.sees("This is not an e-mail address")
    await phone.say(OLD)
    await phone.sees("This address is already registered")
    assert await changes_of_email(stage) == []


async def test_a_wrong_code_and_a_forged_press_change_nothing(stage: Stage) -> None:
    phone = await at_profile(stage)
    await ask_for(phone, NEW)
    window = await phone.window_with("Send the one-time code")
    row = window.raw["reply_markup"]["inline_keyboard"][0][0]
    forged = row["callback_data"].removesuffix("code") + "confirm_kind"
    await phone.tap_data(window.id, forged)
    await phone.sees("has been sent to where your codes go now")
    own = await phone.code(after=1)
    await phone.say("000000" if own != "000000" else "111111")
    await phone.sees("The code is wrong. 2 attempts are left")
    assert await phone.mail(NEW) == []
    await phone.say(own)
    await phone.sees("The code was sent to the new address")
    code = await phone.mail_code(NEW)
    await phone.say("000000" if code != "000000" else "111111")
    await phone.sees("The code is wrong. 2 attempts are left")
    await phone.tap("Cancel")
    await phone.sees("Administrator profile", f"E-mail: {OLD}")
    assert await changes_of_email(stage) == []


@pytest.mark.parametrize(
    "fault", ["hang_after_effect", "hang_before_effect", "reset_after_effect", "http_500"]
)
async def test_a_lost_answer_makes_one_change_and_a_true_word(stage: Stage, fault: str) -> None:
    phone = await at_profile(stage)
    await ask_for(phone, NEW)
    await stage.fault("operator", fault, match="PATCH /tmf-api/party", seconds=10)
    await prove(phone)
    await phone.sees("✅ E-mail changed", f"Registered e-mail: {NEW}")
    assert await register(stage) == NEW
    assert (await changes_of_email(stage)).count(True) == 1
    finals = [m for m in await phone.messages() if "✅ E-mail changed" in m.text]
    assert len(finals) == 1


async def test_a_change_survives_the_end_of_the_bot(stage: Stage) -> None:
    phone = await at_profile(stage)
    await ask_for(phone, NEW)
    await stage.fault("operator", "hang_after_effect", match="PATCH /tmf-api/party", seconds=30)
    await prove(phone)
    await phone.sees("⏳")
    await stage.stop_bot()
    await stage.start_bot()
    await phone.sees("✅ E-mail changed", f"Registered e-mail: {NEW}")
    assert await changes_of_email(stage) == [True]


async def test_what_the_operator_refuses_is_told(stage: Stage) -> None:
    phone = await at_profile(stage)
    await ask_for(phone, NEW)
    await stage.fault("operator", "reject", match="PATCH /tmf-api/party")
    await prove(phone)
    final = await phone.sees("⚠️ E-mail not changed", "refused the request")
    assert "Current state" not in final.text
    assert await register(stage) == OLD
    assert not any("registered e-mail" in sms["text"] for sms in await phone.sms())


# --- password ---


async def test_a_new_password_with_the_present_one_ends_the_other_sessions(stage: Stage) -> None:
    phone = await at_profile(stage)
    other = await log_in_again(stage)
    await phone.tap("Change password")
    await phone.sees("Enter the current password")
    await phone.say(PASSWORD)
    await phone.sees("Enter a new password")
    await phone.say("short")
    await phone.sees("too short")
    await phone.say(PASSWORD)
    await phone.sees("This is the current password")
    await phone.say(NEXT)
    await phone.sees("once more")
    await phone.say("something else entirely")
    await phone.sees("The passwords do not match")
    await phone.say(NEXT)
    await phone.say(NEXT)
    await phone.sees("The password is changed. Your other sessions have ended.")
    await phone.gets_sms("a new password was set")
    texts = [message.text for message in await phone.messages()]
    assert not any(word in text for text in texts for word in (PASSWORD, NEXT))
    await other.hears("Your session has ended")
    await other.sees("Enter the Administrator's phone number")
    await phone.tap("Sessions: 1")
    await phone.sees("1 open session", "this one")


async def log_in_again(stage: Stage, password: str = PASSWORD) -> Phone:
    """The same administrator in another Telegram account."""
    other = await stage.phone(HER, name="Another phone")
    await other.say("/start")
    await other.tap("English")
    await other.say(HER)
    await other.sees("Enter the password")
    await other.say(password)
    await other.sees("Choose a company")
    await other.tap("TOO Demo")
    await other.sees("37 numbers")
    return other


async def test_wrong_present_passwords_lock(stage: Stage) -> None:
    phone = await at_profile(stage)

    async def unread() -> bool:
        return all(message.text != "not the password" for message in await phone.messages())

    await phone.tap("Change password")
    for _ in range(5):
        await phone.sees("Enter the current password")
        await phone.say("not the password")
        await phone.sees("The current password is wrong")
        await phone.until(unread, "the end of the typed password")
    await phone.gets_sms("paused after several wrong passwords")
    await phone.say(PASSWORD)
    await phone.sees("The current password is wrong")
    await phone.tap("Back")
    await phone.sees("Login number")
    await stage.advance(minutes=15)
    await phone.tap("Change password")
    await phone.say(PASSWORD)
    await phone.sees("Enter a new password")


async def test_the_proof_for_a_new_password_lives_ten_minutes(stage: Stage) -> None:
    phone = await at_profile(stage)
    await phone.tap("Change password")
    for typed in ([], [NEXT]):
        await phone.sees("Enter the current password")
        await phone.say(PASSWORD)
        await phone.sees("Enter a new password")
        for one in typed:
            await phone.say(one)
            await phone.sees("once more")
        await stage.advance(minutes=10, seconds=1)
        await phone.say(NEXT)
        await phone.sees("Enter the current password", "Time is up")


# --- sessions ---


async def test_a_session_is_ended_and_everything_is_left(stage: Stage) -> None:
    phone = await at_profile(stage)
    await stage.advance(minutes=3)
    other = await log_in_again(stage)
    await phone.tap("Sessions: ")
    window = await phone.sees("2 open sessions", "opened 24.01.2022 16:03", "this one")
    assert len([label for label in window.buttons if "End:" in label]) == 1
    await phone.tap("End: opened 24.01.2022 16:03")
    await phone.sees("1 open session", "The session has ended.")
    await other.tap("Number management")
    await other.is_told("Your session has ended")

    other = await log_in_again(stage)
    await phone.tap("Log out everywhere")
    await phone.sees("Enter the Administrator's phone number")
    await other.tap("Number management")
    await other.is_told("Your session has ended")


async def test_nobody_ends_somebody_elses_session(stage: Stage) -> None:
    phone, colleague = await at_profile(stage), await stage.administrator("77012115526")
    await log_in_again(stage)
    await phone.tap("Sessions: ")
    window = await phone.sees("2 open sessions")
    row = window.raw["reply_markup"]["inline_keyboard"][0][0]
    await phone.tap_data(window.id, row["callback_data"].rpartition(":")[0] + ":0123456789ab")
    await phone.sees("2 open sessions", "The session has ended.")
    await colleague.tap("Number management")
    await colleague.sees("Numbers", "page 1 of 4")


async def test_logging_out_works_while_the_operator_is_down(stage: Stage) -> None:
    phone = await at_profile(stage)
    await stage.fault("operator", "http_500", times=None, match="/party/")
    await phone.command("/logout")
    await phone.sees("Enter the Administrator's phone number")
    await stage.http.delete("/sandbox/faults")
    await phone.command("/menu")
    await phone.sees("Enter the Administrator's phone number")


async def test_the_last_login_is_told(stage: Stage) -> None:
    phone = await at_profile(stage)
    await phone.tap("Log out")
    await stage.advance(hours=2)
    await phone.say(HER)
    await phone.sees("Enter the password")
    await phone.say(PASSWORD)
    await phone.tap("TOO Demo")
    await phone.tap("Profile")
    await phone.sees("Last login: 24.01.2022 16:00")


# --- what others are told ---


async def test_colleagues_are_told_of_what_concerns_security(stage: Stage) -> None:
    marat = await stage.administrator("77012115526")
    phone = await stage.administrator()
    await stage.number_becomes("77012115526", blocked=True)
    await stage.advance(seconds=70)
    await phone.say("77012115526")
    await phone.tap("Unblock +7 701 211 55 26")
    await phone.say(await phone.code(after=1))
    await phone.sees("✅ Unblocked")
    told = await marat.sees("🔒 TOO Demo: Асель", "has unblocked +7 701 211 55 26")
    assert "Not expected? Contact corporate support: email@kcell.kz." in told.text
    await marat.sees("37 numbers")
    await log_in_again(stage)
    await marat.sees("has logged in to My Account from a new Telegram account")
    mine = [message.text for message in await phone.messages()]
    assert not any("has unblocked" in text for text in mine)


async def test_the_sound_of_long_requests_is_switched(stage: Stage) -> None:
    phone = await at_profile(stage)
    await phone.tap("🔔 Notifications")
    await phone.sees("For security this chat always receives notices", "with or without a sound")
    await phone.tap("Sound of request results: ON")
    await phone.sees("request results: OFF")
    await phone.command("/profile")
    await phone.tap("🔔 Notifications")
    await phone.sees("request results: OFF")


async def test_the_papers_of_the_month_are_told_once_unless_switched_off(stage: Stage) -> None:
    marat = await stage.administrator("77012115526")
    phone = await at_profile(stage)
    await phone.tap("🔔 Notifications")
    await phone.tap("Certificate and register of the month: ON")
    await phone.sees("Certificate and register of the month: OFF")
    await stage.advance(days=13)
    assert stage.app is not None
    for _ in range(2):
        await stage.app.use_cases.reminders.look()
        stage.app.signal.ring()
    await marat.sees("The service delivery certificate and the invoice breakdown for 01.2022")
    await marat.sees("The invoice register for 01.2022", "switched off in Profile")
    told = [message for message in await marat.messages() if "01.2022" in message.text]
    assert len(told) == 2
    assert not [message for message in await phone.messages() if "01.2022 can be" in message.text]


async def test_who_can_get_no_code_reads_it_before_typing_an_address(stage: Stage) -> None:
    phone = await at_profile(stage, "77012115526")
    await phone.tap("e-mail")
    window = await phone.sees("Enter the new e-mail address")
    assert NO_CODE not in window.text
    await use_up_codes(phone)
    await phone.tap("Profile")
    await phone.tap("e-mail")
    await phone.sees("Enter the new e-mail address", NO_CODE)
