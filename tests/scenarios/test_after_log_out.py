"""What still comes to a chat that its person has left: that it ended, and not what it was."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import PASSWORD, Stage
from tests.scenarios.phone import Phone

NUMBER, SHOWN = "77010542007", "+7 701 054 20 07"
REFERENCE = "A-20220124-0001"
LEFT = "You are logged out here"


async def blocking(stage: Stage) -> Phone:
    """A block that was confirmed while the operator does not answer."""
    phone = await stage.administrator()
    await phone.say(NUMBER)
    await phone.tap("⛔ Block")
    await phone.sees(f"Block {SHOWN}?")
    await stage.fault("operator", "http_500", match="/productOrder", times=None)
    await phone.tap(f"⛔ Block {SHOWN}")
    await phone.sees("⏳", REFERENCE)
    return phone


async def leave(phone: Phone, how: str) -> int:
    """Log out; the highest id of what stood in the chat until then."""
    if how == "everywhere":
        await phone.command("/profile")
        await phone.tap("Sessions")
        await phone.tap("Log out everywhere")
    else:
        await phone.command("/logout")
    await phone.sees("Enter the Administrator's phone number")
    return max(message.id for message in await phone.messages())


@pytest.mark.parametrize("how", ["/logout", "everywhere"])
async def test_the_end_is_told_without_what_it_was_about(stage: Stage, how: str) -> None:
    phone = await blocking(stage)
    last = await leave(phone, how)
    await stage.http.delete("/sandbox/faults")
    word = await phone.sees("✅ Done", REFERENCE, LEFT)
    later = [message.text for message in await phone.messages() if message.id > last]
    assert not [text for text in later if "20 07" in text or "Blocked" in text]
    assert word.buttons == ["⌂ Menu"]
    assert [effect["what"] for effect in await stage.effects(NUMBER)] == ["block"]


async def test_who_has_logged_in_again_reads_everything(stage: Stage) -> None:
    phone = await blocking(stage)
    await leave(phone, "/logout")
    await phone.say(phone.number)
    await phone.sees("Enter the password")
    await phone.say(PASSWORD)
    await phone.tap("TOO Demo")
    await phone.sees("Number management")
    await stage.http.delete("/sandbox/faults")
    await phone.sees("✅ Blocked", REFERENCE, SHOWN)


async def test_a_session_that_ran_out_leaves_the_chat_its_persons(stage: Stage) -> None:
    phone = await blocking(stage)
    await stage.advance(minutes=31)
    await stage.http.delete("/sandbox/faults")
    await phone.sees("✅ Blocked", REFERENCE, SHOWN)


async def test_whose_company_is_theirs_no_more_reads_nothing_of_it(stage: Stage) -> None:
    phone = await blocking(stage)
    await stage.administrator_becomes("adm-1", companies=["org-180140000901"])
    await stage.http.delete("/sandbox/faults")
    word = await phone.sees(REFERENCE, "Your access to the company has ended")
    assert SHOWN not in word.text


async def test_a_file_waits_until_its_person_is_back(stage: Stage) -> None:
    phone = await stage.administrator()
    await phone.command("/documents")
    await phone.tap("3 · Numbers")
    await phone.sees("List of numbers report")
    await stage.fault("operator", "http_500", match="/product", times=None)
    await phone.tap("XLSX file")
    await phone.sees("The file is being prepared", "R-20220124-0001")
    await leave(phone, "/logout")
    await stage.http.delete("/sandbox/faults")
    await stage.advance(seconds=11)
    word = await phone.sees("R-20220124-0001", LEFT)
    assert "My requests" in word.text
    assert not [m for m in await phone.messages() if "document" in m.raw]
    await phone.say(phone.number)
    await phone.sees("Enter the password")
    await phone.say(PASSWORD)
    await phone.tap("TOO Demo")
    await phone.sees("Number management")
    await phone.command("/documents")
    await phone.tap("My requests")
    await phone.tap("0001 · ")
    await phone.tap("Send the file once more")

    async def file() -> bool:
        return any("document" in message.raw for message in await phone.messages())

    await phone.until(file, "the file")
