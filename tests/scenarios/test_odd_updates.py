"""What Telegram does beside what people write: done quietly, and nobody's window is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.scenarios.conftest import PASSWORD
from tests.scenarios.entry import enter

if TYPE_CHECKING:
    from tests.scenarios.conftest import Stage
    from tests.scenarios.phone import Phone

NUMBER = "77012115526"
GROUP = -100500


async def receives(phone: Phone, update: dict[str, Any]) -> None:
    """Hand the bot an update as it is."""
    path = f"/sandbox/users/{phone.id}/raw"
    (await phone.http.post(path, json=update)).raise_for_status()


def about(phone: Phone, **content: Any) -> dict[str, Any]:
    """A message of that person in the private chat."""
    person = {"id": phone.id, "is_bot": False, "first_name": "A"}
    chat = {"id": phone.id, "type": "private", "first_name": "A"}
    return {"message": {"message_id": 900, "date": 1, "chat": chat, "from": person, **content}}


async def nothing_is_set_aside(stage: Stage) -> bool:
    assert stage.app is not None
    return not await stage.app.stores.quarantine.waiting(10)


@pytest.mark.parametrize("done", ["pinned_message", "gift", "from_the_future"])
async def test_what_nobody_wrote_leaves_the_card(stage: Stage, done: str) -> None:
    phone = await enter(stage)
    await phone.say(NUMBER)
    card = await phone.sees("+7 701 211 55 26", "📊")
    await receives(phone, about(phone, **{done: {"message_id": card.id}}))
    await phone.tap("Usage details")
    shown = await phone.sees("Period")
    assert shown.id == card.id
    assert not [m for m in await phone.messages() if "Only text is accepted" in m.text]
    assert await nothing_is_set_aside(stage)


async def test_a_text_beside_something_new_is_answered(stage: Stage) -> None:
    phone = await enter(stage)
    await receives(phone, about(phone, text=NUMBER, external_reply={"message_id": 3}))
    await phone.sees("+7 701 211 55 26", "📊")
    odd = {"forward_origin": {"type": "planet", "date": 1}}
    await receives(phone, about(phone, text="77010542007", **odd))
    await phone.sees("A forwarded message is not used here.")
    await receives(phone, about(phone, text="/numbers", **odd))
    await phone.sees("37 numbers")
    assert await nothing_is_set_aside(stage)


async def test_a_tap_that_says_nothing_is_answered_and_done(stage: Stage) -> None:
    phone = await enter(stage)
    window = await phone.window()
    tap = {
        "id": "2",
        "from": {"id": phone.id, "is_bot": False, "first_name": "A"},
        "message": window.raw,
        "chat_instance": "1",
        "game_short_name": "g",
    }
    await receives(phone, {"callback_query": tap})
    await phone.say(NUMBER)
    await phone.sees("+7 701 211 55 26", "📊")
    assert await nothing_is_set_aside(stage)


@pytest.mark.parametrize(
    "said",
    ["/start@other_bot", "/weather", "/", "/ 50% discount", "/etc/passwd", "/startle", "start"],
)
async def test_in_a_group_only_its_own_commands_are_answered(stage: Stage, said: str) -> None:
    phone = await enter(stage)
    assert await in_group(stage, phone, said) == []
    lines = await in_group(stage, phone, "/numbers@" + await name_of_the_bot(stage))
    assert lines == ["My Account works in a private chat only."]


async def test_many_commands_in_a_group_are_answered_once_a_minute(stage: Stage) -> None:
    phone = await enter(stage)
    assert len(await in_group(stage, phone, *["/start"] * 10)) == 1
    await stage.advance(seconds=20)
    assert len(await in_group(stage, phone, "/start")) == 1
    await stage.advance(seconds=60)
    assert len(await in_group(stage, phone, "/start")) == 2


async def name_of_the_bot(stage: Stage) -> str:
    assert stage.app is not None
    return (await stage.app.bot.me()).username or ""


async def in_group(stage: Stage, phone: Phone, *texts: str) -> list[str]:
    """Say these in a group; what the bot has said there once all of them are done with."""
    made = {"id": GROUP, "first_name": "Group", "members": [phone.id]}
    await stage.http.post("/sandbox/users", json=made)
    for text in texts:
        message = {"text": text, "from": phone.id}
        await stage.http.post(f"/sandbox/users/{GROUP}/messages", json=message)
    # What came after them has been polled: they are in the inbox, or done with.
    await phone.command("/menu")

    async def done() -> bool:
        assert stage.app is not None
        return await stage.app.stores.inbox.waiting() == 0

    await phone.until(done, "the end of the work")
    chat = (await stage.http.get(f"/sandbox/users/{GROUP}/chat")).json()
    return [m["text"] for m in chat["messages"] if m["from"]["is_bot"]]


async def test_a_slip_corrected_in_the_newest_message_is_typed_again(stage: Stage) -> None:
    phone = await enter(stage)
    await phone.say("77099999999")
    await phone.sees("Nothing found")
    older, newest = [one.id for one in await phone.messages() if not one.from_bot][-2:]
    await phone.corrects(newest, "77010542007")
    await phone.sees("+7 701 054 20 07", "Tariff: ")
    await phone.corrects(older, "/documents")
    await phone.corrects(newest, "77012115526")
    await phone.sees("+7 701 211 55 26", "Tariff: ")
    assert not any("Documents & reports" in one.text for one in await phone.messages())


async def test_a_correction_is_never_a_password(stage: Stage) -> None:
    phone = await stage.administrator()
    await phone.command("/logout")
    await phone.sees("Enter the Administrator's phone number")
    await phone.say("77010542007")
    await phone.sees("Enter the password.")
    typed = [one.id for one in await phone.messages() if not one.from_bot][-1]
    await phone.corrects(typed, PASSWORD)
    await phone.sees("Enter the password.", "An edited message is not used here.")
    assert not any(PASSWORD in one.text for one in await phone.messages())
