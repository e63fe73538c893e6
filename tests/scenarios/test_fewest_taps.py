"""The eight jobs of every day, in taps from the main menu; what is typed is not counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.scenarios.entry import enter

if TYPE_CHECKING:
    from tests.scenarios.conftest import Stage
    from tests.scenarios.phone import Phone

MARAT = "77012115526"
NUMBER, SHOWN = "77010542007", "+7 701 054 20 07"
BLOCKED = "77010542006"


class Thumb:
    """Taps on a telephone, and counts them."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.taps = 0

    async def tap(self, label: str, *then: str) -> None:
        """One tap, and the window with these texts after it."""
        await self.phone.tap(label)
        self.taps += 1
        await self.phone.sees(*then)


async def at_card(stage: Stage, number: str = NUMBER) -> Thumb:
    """In the main menu the number is typed."""
    phone = await enter(stage, MARAT)
    await phone.say(number)
    await phone.sees("Tariff: ", "as of")
    return Thumb(phone)


async def type_code(thumb: Thumb, before: int) -> None:
    await thumb.phone.say(await thumb.phone.code(after=before))


async def test_a_balance_is_seen_without_a_tap(stage: Stage) -> None:
    thumb = await at_card(stage)
    await thumb.phone.sees("Remaining credit limit: 8,475.90 ₸")
    assert thumb.taps == 0


async def test_unblocking_is_one_tap_and_the_code(stage: Stage) -> None:
    thumb = await at_card(stage, BLOCKED)
    sent = len(await thumb.phone.sms())
    await thumb.tap("Unblock +7 701 054 20 06", "Enter the 6 digits")
    await type_code(thumb, sent)
    await thumb.phone.sees("✅", "action A-20220124-0001")
    assert thumb.taps == 1


async def test_blocking_is_two(stage: Stage) -> None:
    thumb = await at_card(stage)
    await thumb.tap(f"Block {SHOWN}", f"Block {SHOWN}?")
    await thumb.tap(f"Block {SHOWN}", "✅", "action A-20220124-0001")
    assert thumb.taps == 2


async def test_a_service_is_four(stage: Stage) -> None:
    await stage.number_becomes(NUMBER, services=[], individual_limit=None)
    thumb = await at_card(stage)
    await thumb.tap("🧩 Services", "Choose a group.")
    await thumb.tap("SMS ·", "1. ", "100 SMS")
    await thumb.tap("1", "Enable 100 SMS for", "Renewed every month")
    await thumb.tap("Enable 100 SMS", "✅ 100 SMS: enabled")
    assert thumb.taps == 4


async def test_a_secret_code_is_three(stage: Stage) -> None:
    thumb = await at_card(stage)
    await thumb.tap("⋯ More", "› More")
    await thumb.tap("🔑 Secret code", f"Send a secret code to {SHOWN}?")
    await thumb.tap("Send the code to 701 054 20 07", "✅ Secret code sent by SMS")
    assert thumb.taps == 3


async def test_a_sim_card_is_three_and_the_code(stage: Stage) -> None:
    thumb = await at_card(stage, "77010542008")
    sent = len(await thumb.phone.sms())
    await thumb.tap("💳 SIM & device", "💳 SIM card replacement")
    await thumb.tap("💳 SIM card replacement", "Choose by the last digits")
    window = await thumb.phone.window()
    await thumb.tap(window.buttons[0], "Enter the 6 digits")
    await type_code(thumb, sent)
    await thumb.phone.sees("✅", "action A-20220124-0001")
    assert thumb.taps == 3


async def test_the_certificate_of_the_last_month_is_three(stage: Stage) -> None:
    thumb = Thumb(await enter(stage, MARAT))
    await thumb.tap("📄 Documents & reports", "4 · Certificate")
    await thumb.tap("4 · Certificate", "Account: ", "Month: 12.2021")
    await thumb.tap("📄 PDF file", "The file is being prepared")
    await thumb.phone.document()
    assert thumb.taps == 3


async def test_the_usage_of_the_last_month_is_two(stage: Stage) -> None:
    thumb = await at_card(stage)
    await thumb.tap("📊 Usage details", "24.12.2021")
    await thumb.tap("XLSX", "The file is being prepared")
    await thumb.phone.document()
    assert thumb.taps == 2
