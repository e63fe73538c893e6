"""Many numbers at once: pasted, previewed, confirmed once, and told with one word and a file."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.entry import NO_CODE, enter, use_up_codes
from tests.scenarios.phone import Phone

MARAT = "77012115526"
ACTIVE = ("77010542008", "77010542013", "77010542012")
LIST = "1. 8 701 054 20 08 Айгуль\n2) +7 (701) 054-20-13\n№3 7010542012\n8701054"


async def pasted(stage: Stage, text: str = LIST) -> Phone:
    phone = await stage.administrator(MARAT)
    await phone.command("/numbers")
    await phone.tap("☑ Many numbers")
    await phone.sees("Paste the numbers in any form")
    await phone.say(text)
    return phone


async def test_a_pasted_list_is_blocked_with_one_confirmation(stage: Stage) -> None:
    phone = await pasted(stage)
    await phone.sees("3 numbers", "Not understood, left out: rows 4.")
    await phone.tap("What to do?")
    await phone.tap("Block")
    await phone.tap("Without a reason")
    await phone.sees("Preview: nothing has changed yet.", "Will be done 3 · nothing to change 0")
    assert await stage.effects() == []

    await phone.tap("⛔ Block 3 numbers")

    word = await phone.sees("✅ Block: 3 numbers", "Done 3 · nothing to change 0")
    book = openpyxl.load_workbook(BytesIO(await phone.download(word)))
    rows = book.worksheets[0].iter_rows(values_only=True)
    told = [cell for row in rows for cell in row if cell]
    assert told.count("Done") == 3
    assert {"Label", "Cost centre"} <= set(told)
    effects = await stage.effects()
    assert sorted(str(effect["number"]) for effect in effects) == sorted(ACTIVE)


async def test_each_paste_adds_and_start_again_forgets(stage: Stage) -> None:
    phone = await pasted(stage, "77010542008")
    await phone.sees("1 number")
    await phone.say("77010542013 и 77010542008")
    await phone.sees("2 numbers · 1 repeated")

    await phone.tap("✕ Start again")

    await phone.sees("Paste the numbers in any form")
    await phone.no_longer_sees("1 repeated")


async def test_unblocking_many_needs_one_code_that_names_them(stage: Stage) -> None:
    phone = await pasted(stage, "77010542006")
    await phone.sees("1 number")
    await stage.advance(seconds=60)
    await phone.tap("What to do?")
    await phone.tap("Unblock")
    await phone.sees("Will be done 1", "a one-time code is needed, once for all numbers")

    await phone.tap("🔒 Send the one-time code")
    await phone.sees("A one-time code for exactly this list")
    code = await phone.code(after=1)
    assert "Unblock, 1 number, S-" in (await phone.sms())[-1]["text"]
    await phone.say(code)

    await phone.sees("✅ Unblock: 1 number", "Done 1")


async def test_the_preview_can_be_had_as_a_file(stage: Stage) -> None:
    phone = await pasted(stage, "77010542006\n77010542008\n77017777777")
    await phone.tap("What to do?")
    await phone.tap("Block")
    await phone.tap("Without a reason")
    await phone.sees("Will be done 1 · nothing to change 1", "1 number is not in this company.")

    await phone.tap("📄 XLSX file")

    word = await phone.sees("Preview: nothing has changed yet.", "Block · S-")
    assert await phone.download(word)
    assert await stage.effects() == []


async def test_a_set_that_was_confirmed_leaves_no_list_behind(stage: Stage) -> None:
    phone = await pasted(stage)
    await phone.sees("3 numbers")
    await phone.tap("What to do?")
    await phone.tap("Block")
    await phone.tap("Without a reason")
    await phone.sees("Preview: nothing has changed yet.")
    await phone.tap("⛔ Block 3 numbers")
    await phone.sees("✅ Block: 3 numbers")

    await phone.command("/numbers")
    await phone.tap("☑ Many numbers")
    await phone.sees("Paste the numbers in any form")
    await phone.no_longer_sees("3 numbers · 3 repeated")
    await phone.say("\n".join(f"7701054203{row} 7701054203{row + 3}" for row in range(3)))
    await phone.tap("701 054 20 30")
    await phone.sees("3 numbers")
    await phone.tap("What to do?")
    await phone.sees("A preview comes first")


async def to_the_kind(stage: Stage, kind: str, text: str = LIST) -> Phone:
    phone = await pasted(stage, text)
    await phone.tap("What to do?")
    await phone.tap(kind)
    return phone


async def test_a_ban_is_put_on_many(stage: Stage) -> None:
    phone = await to_the_kind(stage, "Bans")
    await phone.tap("Allow SMS / USSD control")
    await phone.sees("Allow SMS / USSD control", "Will be done 2 · nothing to change 1")

    await phone.tap("Allow SMS / USSD control · 2 numbers")

    await phone.sees("✅ Allow SMS / USSD control: 2 numbers", "Done 2")
    assert len(await stage.effects()) == 2


async def test_a_service_says_what_all_of_it_costs(stage: Stage) -> None:
    phone = await to_the_kind(stage, "Enable a service")
    await phone.tap("50 minutes for calls to other KZ networks")
    shown = await phone.sees("Preview: nothing has changed yet.", "Cost of all: ")
    done = int(shown.text.split("Will be done ")[1].split()[0])
    assert done > 0

    await phone.tap(f"· {done} number")

    await phone.sees("✅ Enable ", f"Done {done}")
    assert len(await stage.effects()) == done


async def test_forwarding_goes_off_by_a_code_however_few(stage: Stage) -> None:
    await stage.number_becomes(
        "77010542008", forwarding=[{"condition": "unconditional", "target": "77011112233"}]
    )
    phone = await to_the_kind(stage, "Switch off call forwarding", "77010542008 77010542013")
    await phone.tap("all rules")
    await phone.sees("Will be done 1 · nothing to change 1", "a one-time code is needed")


async def test_secret_codes_go_to_many_and_end_for_many(stage: Stage) -> None:
    for number in ("77010542008", "77010542013"):
        await stage.number_becomes(number, ban_access=False)
    phone = await to_the_kind(stage, "Send secret codes", "77010542008 77010542013")
    await phone.sees("Send secret codes", "Will be done 2")
    await phone.tap("Send secret codes · 2 numbers")
    await phone.sees("✅ Send secret codes: 2 numbers", "Done 2")

    await phone.command("/numbers")
    await phone.tap("☑ Many numbers")
    await phone.say("77010542008 77010542013 77010542012")
    await phone.sees("3 numbers")
    await phone.tap("What to do?")
    await phone.tap("Delete secret codes")
    await phone.sees("Delete secret codes", "Will be done 2 · nothing to change 1")


async def test_a_reason_for_a_block_is_kept_in_the_history(stage: Stage) -> None:
    phone = await to_the_kind(stage, "Block")
    await phone.tap("Not used")
    await phone.sees("Block (Not used)", "Will be done 3")
    await phone.tap("⛔ Block 3 numbers")
    await phone.sees("✅ Block (Not used): 3 numbers", "Done 3")
    await phone.command("/history")
    await phone.sees("Block (Not used): 3 numbers")


async def test_a_set_of_late_is_found_again_and_taken_back(stage: Stage) -> None:
    phone = await to_the_kind(stage, "Block", "77010542008 77010542013")
    await phone.tap("Without a reason")
    await phone.tap("⛔ Block 2 numbers")
    await phone.sees("✅ Block: 2 numbers", "Done 2")

    await phone.command("/numbers")
    await phone.tap("☑ Many numbers")
    await phone.tap("✓ Block · S-")
    await phone.sees("Block: 2 numbers", "Done 2", "↩️ Undo (until ")
    await phone.tap("↩️ Undo")

    await phone.sees("Unblock", "Will be done 2", "a one-time code is needed")


async def test_a_service_taken_off_by_a_list_is_bought_back_by_undo(stage: Stage) -> None:
    minutes, two = "50 minutes for calls to other KZ networks", "77010542008 77010542013"
    phone = await to_the_kind(stage, "Enable a service", two)
    await phone.tap(minutes)
    await phone.sees("Will be done 2")
    await phone.tap("· 2 numbers")
    await phone.sees("✅ Enable ", "Done 2")
    await phone.command("/numbers")
    await phone.tap("☑ Many numbers")
    await phone.say(two)
    await phone.sees("2 numbers")
    await phone.tap("What to do?")
    await phone.tap("Disable a service")
    await phone.tap(minutes)
    await phone.sees("Will be done 2")
    await phone.tap("· 2 numbers")
    await phone.sees("✅ Disable ", "Done 2")

    await phone.command("/numbers")
    await phone.tap("☑ Many numbers")
    await phone.tap("✓ Disable")
    await phone.sees("Done 2", "↩️ Undo (until ")
    await phone.tap("↩️ Undo")

    await phone.sees("Enable ", "Will be done 2", "Cost of all: 780 ₸")
    assert len(await stage.effects()) == 4
    await phone.tap("· 2 numbers")
    await phone.sees("✅ Enable ", "S-20220124-0003", "Done 2")
    assert len(await stage.effects()) == 6


async def test_a_login_number_in_it_needs_a_second_administrator(stage: Stage) -> None:
    assel = await stage.administrator("77010542007")
    marat = await stage.administrator(MARAT)
    await marat.command("/numbers")
    await marat.tap("☑ Many numbers")
    await marat.say(f"77010542008 {MARAT}")
    await marat.sees("2 numbers")
    await marat.tap("What to do?")
    await marat.tap("Block")
    await marat.tap("Without a reason")
    await marat.sees("Will be done 2", "An administrator logs in with it.")
    await marat.sees("administrators log in with some of the numbers: a second administrator")
    await marat.tap("⛔ Block 2 numbers")
    await marat.sees("⏳ Waiting for a second administrator of the company until 25.01.2022 16:0")
    asked = await assel.sees("TOO Demo › Many numbers", "Block: 2 numbers · S-", "Requested by")
    assert await stage.effects() == []

    await assel.tap("🔍 Look at it and decide", message=asked)
    await assel.sees("Will be done 2", "login numbers of administrators among them: 1", "List: ")
    await assel.tap("📄 XLSX file")
    await assel.sees("Preview: nothing has changed yet.", "Block · S-")
    await assel.tap("Approve")

    await assel.is_told("Approved · S-20220124-0001")
    await marat.sees("✅ Block: 2 numbers", "Done 2")
    assert len(await stage.effects()) == 2
    await assel.command("/documents")
    await assel.tap("Actions")
    await assel.sees("Approved as second administrator", "Block: 2 numbers")


async def test_what_nobody_should_do_is_rejected(stage: Stage) -> None:
    assel = await stage.administrator("77010542007")
    marat = await to_the_kind(stage, "Block", f"77010542008 {MARAT}")
    await marat.tap("Without a reason")
    await marat.tap("⛔ Block 2 numbers")
    asked = await assel.sees("TOO Demo › Many numbers", "Requested by")
    await assel.tap("🔍 Look at it and decide", message=asked)
    await assel.tap("Reject")

    await assel.is_told("Not approved · S-20220124-0001")
    await marat.sees("⚠️ Block: 2 numbers", "not sent 2", "Another administrator rejected it.")
    assert await stage.effects() == []


async def test_numbers_are_ticked_over_pages_and_beside_what_was_pasted(stage: Stage) -> None:
    phone = await pasted(stage, "77010542008")
    await phone.sees("1 number")
    await phone.tap("☐ Choose in the list")
    await phone.sees("37 numbers", "Chosen: 1", "☑ 🟢 701 054 20 08")
    await phone.tap("›")
    await phone.tap("☑ This page")
    await phone.sees("Chosen: 11")
    await phone.tap("‹ Back")
    await phone.sees("11 numbers")


async def test_a_tick_is_taken_away_again(stage: Stage) -> None:
    phone = await pasted(stage, "77010542008 77010542013")
    await phone.sees("2 numbers")
    await phone.tap("☐ Choose in the list")
    await phone.tap("☑ 🟢 701 054 20 08")
    await phone.sees("Chosen: 1", "☐ 🟢 701 054 20 08")


async def test_all_of_what_the_list_is_narrowed_to_becomes_a_set(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    await phone.command("/numbers")
    await phone.tap("Filter")
    await phone.tap("⛔ Blocked")
    await phone.sees("2 numbers", "Blocked")
    await phone.tap("☑ Many numbers")
    await phone.tap("☐ Choose in the list")
    await phone.sees("2 numbers · ⛔ Blocked")
    await phone.tap("☑ All of these: 2")
    await phone.sees("Chosen: 2")
    await phone.tap("What to do?")
    await phone.tap("Unblock")
    await phone.sees("Will be done 2", "a one-time code is needed")


async def test_a_service_goes_off_on_many_and_comes_back_by_nobody(stage: Stage) -> None:
    phone = await to_the_kind(stage, "Enable a service")
    await phone.tap("50 minutes for calls to other KZ networks")
    shown = await phone.sees("Preview: nothing has changed yet.")
    done = int(shown.text.split("Will be done ")[1].split()[0])
    await phone.tap(f"· {done} number")
    await phone.sees("✅ Enable ", f"Done {done}")

    await phone.command("/numbers")
    await phone.tap("☑ Many numbers")
    await phone.say(LIST)
    await phone.tap("What to do?")
    await phone.tap("Disable a service")
    await phone.tap("50 minutes for calls to other KZ networks")
    await phone.sees("Will be done 3", "the fee is not refunded")
    await phone.tap("· 3 numbers")

    await phone.sees("✅ Disable ", "Done 3")
    gone = [effect for effect in await stage.effects() if effect["what"] == "service.off"]
    assert sorted(str(effect["number"]) for effect in gone) == sorted(ACTIVE)


async def test_the_history_finds_a_set_and_its_numbers_by_its_reference(stage: Stage) -> None:
    phone = await to_the_kind(stage, "Block", "77010542008 77010542013")
    await phone.tap("Without a reason")
    await phone.tap("⛔ Block 2 numbers")
    word = await phone.sees("✅ Block: 2 numbers")
    reference = word.text.split(" · ")[1].split()[0]
    await phone.command("/documents")
    await phone.tap("Actions")
    await phone.say(reference.lower())

    shown = await phone.sees(f"\n{reference}\n")
    assert "+7 701 054 20 08" in shown.text
    assert "+7 701 054 20 13" in shown.text
    assert "Block: 2 numbers" in shown.text
    assert "Login" not in shown.text
    await phone.tap("✕ Clear the filter")
    await phone.no_longer_sees(f"\n{reference}\n")


async def test_a_long_set_has_one_message_that_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account.changes.sets.scheduling.PROGRESS_FROM", 2)
    monkeypatch.setattr("account.changes.sets.change_set.PROGRESS_EVERY", timedelta(0))
    await stage.fault("operator", "delay", match="POST /tmf-api/productOrdering", seconds=2)
    phone = await to_the_kind(stage, "Block", "77010542008 77010542013 77010542012")
    await phone.tap("Without a reason")
    await phone.tap("⛔ Block 3 numbers")
    await phone.command("/menu")

    going = await phone.sees("Block: 3 numbers · S-20220124-0001", "/ 3")
    assert going.buttons == ["⏸ Pause, stop"]
    await phone.tap("⏸ Pause, stop", message=going)
    await phone.sees("TOO Demo › Many numbers › Block", "Block: 3 numbers")

    await phone.sees("✅ Block: 3 numbers", "Done 3")
    await phone.no_longer_sees("⏸ Pause, stop")


async def test_a_preview_says_that_no_code_can_be_sent(stage: Stage) -> None:
    phone = await enter(stage, "77012115526")
    await use_up_codes(phone)
    await phone.say("unblock 77010542006 77010542021")
    preview = await phone.sees("a one-time code is needed, once for all numbers", NO_CODE)
    assert "+7 701 054 20 06\n" in preview.text, "nothing behind a number without a reason"
