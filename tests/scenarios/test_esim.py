"""An eSIM in the place of a SIM card, and its activation code (ES-1 to ES-4), as people live it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import Stage, staged
from tests.scenarios.phone import Message, Phone

MARAT = "77012115526"
NUMBER, SHOWN = "77010542008", "+7 701 054 20 08"
LPA = re.compile(r"LPA:1\$rsp\.kcell\.example\$[0-9A-Z-]+(?:\$\$1)?")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The operator that has eSIMs."""
    async with staged(tmp_path, dialect="plain") as ready:
        yield ready


async def sim_of(stage: Stage, number: str = NUMBER, who: str = MARAT) -> Phone:
    phone = await stage.administrator(who)
    await stage.advance(seconds=61)  # since the code of the login
    await phone.say(number)
    await phone.tap("SIM & device")
    await phone.sees("ICCID: ")
    return phone


async def at_sim(phone: Phone, number: str = NUMBER) -> Message:
    """The window of the number's card, by a card of its own below all that was before."""
    await phone.command("/menu")
    before = await phone.window_with("Number management")
    await phone.say(number)

    async def look() -> Message | None:
        card = await phone.window()
        return card if card.id > before.id and "Tariff: " in card.text else None

    await phone.tap("SIM & device", message=await phone.until(look, f"the card of {number}"))
    return await phone.sees("ICCID: ")


async def proven(phone: Phone, words: str, *, after: int = 1) -> None:
    """Type the code for this very change, which is the confirmation."""
    await phone.sees("Enter the 6 digits to ", words)
    await phone.say(await phone.code(after=after))


async def iccid_of(stage: Stage, number: str = NUMBER) -> str:
    return str((await stage.http.get(f"/sandbox/operator/numbers/{number}")).json()["iccid"])


async def esim_becomes(stage: Stage, **changes: object) -> None:
    path = f"/sandbox/operator/esims/{await iccid_of(stage)}"
    (await stage.http.patch(path, json=changes)).raise_for_status()


async def on_esim(stage: Stage) -> Phone:
    """The number is on an eSIM, by its final word."""
    phone = await sim_of(stage)
    await phone.tap("SIM card replacement")
    await phone.tap("📲 Replace with an eSIM")
    await proven(phone, "replace the SIM card")
    await phone.sees("✅ Now on eSIM", SHOWN, "A-20220124-0001")
    await stage.advance(seconds=61)
    return phone


async def shown(phone: Phone, *, after: int = 2) -> Message:
    """The message with the code, asked for from the final word."""
    await phone.tap("📲 eSIM activation code")
    await phone.sees(f"Show the eSIM activation code of {SHOWN}?", "not stored")
    await proven(phone, "show the eSIM activation code", after=after)
    return await phone.sees("eSIM activation code\nLPA:1$", SHOWN, "disappears after 10 minutes")


def kept(tmp_path: Path) -> str:
    """All that the bot has on its disk, logs left aside."""
    files = [one for one in sorted(tmp_path.iterdir()) if one.is_file()]
    assert [one for one in files if one.name.startswith("bot.db")]
    return "\n".join(one.read_bytes().decode("latin-1") for one in files)


async def test_an_esim_is_ordered_confirmed_and_read_back(stage: Stage) -> None:
    before = await iccid_of(stage)
    phone = await sim_of(stage)
    await phone.tap("SIM card replacement")
    await phone.tap("📲 Replace with an eSIM")
    question = await phone.sees(f"Replace the SIM card of {SHOWN}?")
    for line in (
        "• the new card is an eSIM: 8999702",
        f"• the current card {before} stops working as soon as the operator reports it done",
        "• then the activation code can be shown, with another one-time code",
        "• for 72 hours after it no codes go to the number by SMS",
        "• the company’s other administrators will be notified first",
    ):
        assert line in question.text
    assert await stage.effects() == []
    await proven(phone, "replace the SIM card")
    now = await phone.sees(f"the card {before} no longer works", SHOWN, "A-20220124-0001")
    after = await iccid_of(stage)
    assert f"✅ Now on eSIM {after}" in now.text
    assert before != after
    assert [effect["what"] for effect in await stage.effects()] == ["sim.replace"]
    await at_sim(phone)
    await phone.sees(f"ICCID: {after}", "has not been used yet and is valid until 23.02.2022")


async def test_the_code_is_shown_as_a_picture_and_as_a_text_to_be_copied(stage: Stage) -> None:
    phone = await on_esim(stage)
    message = await shown(phone)
    code = LPA.search(message.text)
    assert code is not None
    operator = await stage.http.get(f"/sandbox/operator/esims/{await iccid_of(stage)}")
    assert code[0] == operator.json()["activation_code"]
    assert message.raw["has_protected_content"]
    assert message.buttons == ["🗑 Delete now"]
    assert "Valid until 23.02.2022" in message.text
    assert [
        message.text[one["offset"] : one["offset"] + one["length"]]
        for one in message.raw["caption_entities"]
        if one["type"] == "code"
    ] == [code[0]]
    size = message.raw["photo"][-1]["width"]
    assert size == message.raw["photo"][-1]["height"] == 37 * 12
    sms = await phone.gets_sms("to show the eSIM activation code of *2008")
    assert "LPA" not in sms


async def test_it_is_gone_after_ten_minutes(stage: Stage) -> None:
    phone = await on_esim(stage)
    message = await shown(phone)
    await phone.window_below(message)
    await stage.advance(minutes=9)
    await phone.sees("LPA:1$")
    await stage.advance(minutes=1, seconds=1)
    await phone.no_longer_sees("LPA:1$")


async def test_it_is_gone_at_once_and_shown_again_for_a_new_code(stage: Stage) -> None:
    phone = await on_esim(stage)
    message = await shown(phone)
    await phone.tap("🗑 Delete now", message=message)
    await phone.no_longer_sees("LPA:1$")
    await stage.advance(seconds=61)
    await at_sim(phone)
    await phone.sees("has not been used yet")
    await shown(phone, after=3)
    await phone.command("/documents")
    await phone.tap("Actions")
    history = await phone.sees("eSIM activation code shown", "SIM card replacement")
    assert history.text.count(f"eSIM activation code shown {SHOWN}") == 2
    assert "LPA" not in history.text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"state": "installed"}, "This code has already been used. Order a new one."),
        ({"state": "expired"}, "This code has expired. Order a new one."),
        ({"expires_at": 1_600_000_000}, "This code has expired. Order a new one."),
    ],
    ids=["used", "expired", "time is over"],
)
async def test_what_is_over_is_said_and_ordered_anew(
    stage: Stage, changes: dict[str, object], told: str
) -> None:
    phone = await on_esim(stage)
    old = await iccid_of(stage)
    await phone.tap("📲 eSIM activation code")
    await phone.sees(f"Show the eSIM activation code of {SHOWN}?")
    await esim_becomes(stage, **changes)
    await proven(phone, "show the eSIM activation code", after=2)
    await phone.sees(told)
    await stage.advance(seconds=61)
    await at_sim(phone)
    word = "expired" if "expired" in told else "used"
    window = await phone.sees(f"eSIM: the activation code has {'been ' * (word == 'used')}{word}")
    assert not any("activation code" in label for label in window.buttons)
    await phone.tap("SIM card replacement")
    await phone.tap("📲 Replace with an eSIM")
    await proven(phone, "replace the SIM card", after=3)
    await phone.sees(f"the card {old} no longer works", "A-20220124-0002")
    await stage.advance(seconds=61)
    message = await shown(phone, after=4)
    assert old != await iccid_of(stage)
    assert LPA.search(message.text) is not None


async def test_the_second_code_goes_by_sms_of_the_operator(stage: Stage) -> None:
    settings = {"esim_confirmation": True}
    (await stage.http.patch("/sandbox/operator/settings", json=settings)).raise_for_status()
    phone = await on_esim(stage)
    message = await shown(phone, after=3)
    assert "The phone will also ask for a confirmation code" in message.text
    assert message.text.splitlines()[2].endswith("$$1")
    sms = await phone.gets_sms("the confirmation code of your eSIM is")
    [code] = re.findall(r"[0-9]{6}", sms)
    assert not any(code in one.text for one in await phone.messages())


async def test_no_code_is_kept_or_logged(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = await on_esim(stage)
    first = LPA.search((await shown(phone)).text)
    await stage.fault("operator", "http_500", match="resourceInventory", times=None)
    await stage.advance(seconds=61)
    await phone.tap("📲 eSIM activation code", message=await phone.sees("✅ Now on eSIM"))
    await phone.hears("does not answer")
    assert first is not None
    secrets = [first[0], first[0].rpartition("$")[2], "rsp.kcell.example"]
    logged = capsys.readouterr()
    assert "operator.call" in logged.out + logged.err
    for said in (kept(tmp_path), logged.out, logged.err):
        assert not [secret for secret in secrets if secret.casefold() in said.casefold()]
    sent = await stage.http.get("/sandbox/sms", params={"to": MARAT})
    assert "LPA" not in sent.text


async def test_a_crash_before_the_code_is_in_the_message_leaves_nothing(stage: Stage) -> None:
    phone = await on_esim(stage)
    await phone.tap("📲 eSIM activation code")
    await stage.fault("telegram", "http_500", match="editMessageMedia", times=None)
    await proven(phone, "show the eSIM activation code", after=2)
    await phone.sees("One moment")
    await stage.stop_bot()
    await stage.http.delete("/sandbox/faults")
    await stage.start_bot()
    await stage.advance(minutes=10, seconds=1)
    await phone.no_longer_sees("One moment")
    assert "LPA" not in "".join(message.text for message in await phone.messages())
    await at_sim(phone)
    await shown(phone, after=3)


async def test_the_removal_goes_also_over_a_restart(stage: Stage) -> None:
    phone = await on_esim(stage)
    await shown(phone)
    await stage.stop_bot()
    await stage.advance(minutes=10, seconds=1)
    await stage.start_bot()
    await phone.no_longer_sees("LPA:1$")


async def test_who_may_not_replace_a_card_sees_nothing_of_it(stage: Stage) -> None:
    await on_esim(stage)
    viewer = await sim_of(stage, who="77016660011")
    window = await viewer.sees("eSIM: the activation code has not been used yet")
    assert not any("eSIM" in label for label in window.buttons)


async def test_an_operator_without_them_shows_nothing_of_it(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        phone = await sim_of(stage)
        window = await phone.sees("ICCID: ")
        await phone.tap("SIM card replacement")
        picking = await phone.sees("spare SIM cards of the company")
        for seen in (window, picking):
            assert "eSIM" not in seen.text + "".join(seen.buttons)
        esims = await stage.http.get(
            "/tmf-api/resourceInventoryManagement/v4/resource",
            params={"category": "eSIM", "relatedParty.id": "org-180140000018"},
        )
        await phone.say(esims.json()[0]["id"])
        await phone.sees("not among your company’s spare cards")
        assert await stage.effects() == []


async def test_a_typed_word_and_a_question_lead_there(stage: Stage) -> None:
    phone = await stage.administrator(MARAT)
    for typed in (f"esim {NUMBER}", f"{NUMBER} есим", f"replace sim {NUMBER}"):
        await phone.command("/menu")
        await phone.say(typed)
        await phone.sees(SHOWN, "ICCID: ")
    window = await phone.command("/help")
    assert "9. How do I move a number to an eSIM?" in window.text
    await phone.tap("9")
    answer = await phone.sees("SIM card replacement › Replace with an eSIM", "order a new one")
    assert answer.buttons[:-2] == ["🟢 Active numbers"]


async def test_of_a_login_number_who_ordered_it_sees_it_and_no_third(stage: Stage) -> None:
    """It was ordered with the word of a second administrator: see `test_approvals`."""
    phone = await sim_of(stage)
    await phone.tap("SIM card replacement")
    await phone.tap("📲 Replace with an eSIM")
    question = await phone.sees("the new card is an eSIM: ")
    free = re.search(r"eSIM: ([0-9]{18,20})", question.text)
    assert free is not None
    await stage.number_becomes("77010542007", iccid=free[1])
    await at_sim(phone, "77010542007")
    window = await phone.sees("eSIM: the activation code has not been used yet", "shown only to")
    assert not any("activation code" in label for label in window.buttons)
    for data in ("go:ask:esim.show:77010542007",):
        await phone.tap_data(window.id, data)
    await stage.advance(seconds=61)
    await proven(phone, "show the eSIM activation code", after=2)
    await phone.sees("is shown only to them and to the person who ordered the eSIM")
    assert not any("LPA" in message.text for message in await phone.messages())


async def test_ones_own_login_number_waits_for_a_second_and_its_code_comes_by_mail(
    stage: Stage,
) -> None:
    assel = await stage.administrator("77010542007")
    marat = await stage.administrator(MARAT)
    await stage.advance(seconds=61)
    await marat.say(MARAT)
    await marat.tap("SIM & device")
    await marat.tap("SIM card replacement")
    await marat.tap("📲 Replace with an eSIM")
    await marat.sees(
        "a second administrator has to approve",
        "⚠️ this is your own login number: for 72 hours your codes come by e-mail only",
    )
    await marat.say(await marat.code(after=1))
    asked = await assel.sees("Requested by Марат", "the new card is an eSIM", "Approve")
    assert await stage.effects() == []
    await assel.tap("Approve", message=asked)
    final = await marat.sees("✅ Now on eSIM", "A-20220124-0001")
    await stage.advance(seconds=61)
    await marat.tap("📲 eSIM activation code", message=final)
    await marat.sees("Show the eSIM activation code of +7 701 211 55 26?")
    await marat.say(await marat.mail_code("marat@demo.example"))
    await marat.sees("eSIM activation code\nLPA:1$")
    await at_sim(assel, MARAT)
    window = await assel.sees("shown only to them and to the person who ordered the eSIM")
    assert not any("activation code" in label for label in window.buttons)
