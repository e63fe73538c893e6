"""What was confirmed or ordered is checked once more when work begins (section 2: every job)."""

from __future__ import annotations

from tests.scenarios.conftest import Stage
from tests.scenarios.entry import QAZYNA, ask_to_block, enter
from tests.scenarios.test_taps import CONFIRM

NUMBER = "77012115526"


async def test_a_change_of_somebody_who_lost_the_company_meanwhile_is_not_sent(
    stage: Stage,
) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    await stage.fault("operator", "http_500", match="GET /tmf-api/productInventory", times=None)
    await phone.tap(CONFIRM)
    await phone.sees("⏳")
    await stage.administrator_becomes("adm-1", companies=[QAZYNA])
    await stage.http.delete("/sandbox/faults")
    word = await phone.sees("Your access to the company has ended; nothing was changed.")
    assert "A-20220124-0001" in word.text.replace("\u00a0", " ")
    assert "Current state" not in word.text
    assert await stage.effects(NUMBER) == []


async def test_a_file_of_somebody_who_lost_the_company_meanwhile_is_not_made(
    stage: Stage,
) -> None:
    phone = await enter(stage)
    await phone.say(NUMBER)
    await phone.tap("Usage details")
    await stage.fault("operator", "delay", match="/organization", seconds=4, times=None)
    await phone.tap("XLSX file")
    await phone.sees("R-20220124-0001")
    await stage.administrator_becomes("adm-1", companies=[QAZYNA])
    await stage.http.delete("/sandbox/faults")
    await phone.sees("R-20220124-0001", "you no longer have access to this data")
    assert not [message for message in await phone.messages() if "document" in message.raw]
