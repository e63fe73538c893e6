"""Members that this build does not know cost nobody an answer; what nobody wrote gets none."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import CallbackQuery, Message, Update
from pydantic import ValidationError

from bot.updates import raw_update

BOT = Bot("1:raw")
FUTURE = {"type": "from_the_future", "status": "from_the_future"}
PERSON = {"id": 5, "is_bot": False, "first_name": "Айгүл", "language_code": "kk"}
CHAT = {"id": 5, "type": "private", "first_name": "Айгүл"}
WRITTEN = {"message_id": 7, "date": 1_643_000_000, "chat": CHAT, "from": PERSON, "text": "/menu"}
USED = {"message_id", "date", "chat", "from", "from_user", "text", "contact"}
USED |= {"message_thread_id", "is_topic_message"}


def names_of(model: type[Message | CallbackQuery]) -> list[str]:
    return sorted({field.alias or name for name, field in model.model_fields.items()} - USED)


def read(update: dict[str, Any]) -> Update:
    return raw_update.read(deepcopy({"update_id": 1, **update}), BOT)


@pytest.mark.parametrize("odd", names_of(Message))
def test_a_text_is_read_whatever_stands_beside_it(odd: str) -> None:
    message = read({"message": {**WRITTEN, odd: FUTURE}}).message
    assert message is not None
    assert (message.text, message.chat.id) == ("/menu", 5)
    assert message.from_user is not None
    assert (message.from_user.id, message.from_user.language_code) == (5, "kk")


@pytest.mark.parametrize("odd", names_of(Message))
def test_a_press_is_read_whatever_its_window_holds(odd: str) -> None:
    window = {**WRITTEN, odd: FUTURE}
    query = {"id": "2", "from": PERSON, "chat_instance": "1", "data": "x", "message": window}
    press = read({"callback_query": query}).callback_query
    assert press is not None
    assert press.message is not None
    assert (press.id, press.data, press.from_user.id) == ("2", "x", 5)
    assert (press.message.message_id, press.message.chat.id) == (7, 5)


def test_what_is_forwarded_from_somewhere_new_stays_forwarded() -> None:
    message = read({"message": {**WRITTEN, "forward_origin": {"type": "planet"}}}).message
    assert message is not None
    assert message.forward_origin is not None


def test_a_contact_is_whose_it_was() -> None:
    contact = {"phone_number": "77012115526", "first_name": "A", "user_id": 5, "vcard": {}}
    sent = {**WRITTEN, "contact": contact, "gift": FUTURE}
    del sent["text"]
    message = read({"message": sent}).message
    assert message is not None
    assert message.contact is not None
    assert (message.contact.phone_number, message.contact.user_id) == ("77012115526", 5)


@pytest.mark.parametrize(
    ("status", "out"), [("kicked", True), ("member", False), ("from_the_future", False)]
)
def test_who_throws_the_bot_out_is_known_by_any_member(status: str, out: bool) -> None:
    standing = {"status": status, "user": {**PERSON, "is_bot": True}, "new": FUTURE}
    change = {
        "date": 1,
        "chat": CHAT,
        "from": PERSON,
        "old_chat_member": FUTURE | {"user": PERSON},
        "new_chat_member": standing,
        "invite_link": FUTURE,
    }
    member = read({"my_chat_member": change}).my_chat_member
    assert member is not None
    assert (member.new_chat_member.status == "kicked") is out


@pytest.mark.parametrize(
    "update",
    [
        {"message": {**WRITTEN, "chat": None}},
        {"message": {**WRITTEN, "from": {"id": "x"}}},
        {"message": []},
        {"callback_query": {"id": 2, "from": PERSON}},
        {"my_chat_member": {}},
    ],
    ids=["no chat", "nobody", "no message", "no press", "no member"],
)
def test_without_what_is_used_it_is_no_update(update: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(update)


@pytest.mark.parametrize(
    ("content", "service"),
    [
        ({"text": "7701"}, False),
        ({"photo": []}, False),
        ({"contact": {}}, False),
        ({"pinned_message": {}}, True),
        ({"message_auto_delete_timer_changed": {}}, True),
        ({"write_access_allowed": {}}, True),
        ({"users_shared": {}}, True),
        ({"gift": {}}, True),
        ({"successful_payment": {}}, True),
        ({"something_new": {}}, True),
        ({}, True),
    ],
    ids=str,
)
def test_only_what_people_send_is_answered(content: dict[str, Any], service: bool) -> None:
    written = {name: value for name, value in WRITTEN.items() if name != "text"}
    assert raw_update.is_service({"message": {**written, **content}}) is service


@pytest.mark.parametrize("other", [{"callback_query": {}}, {"message": 5}, [], None], ids=str)
def test_what_is_no_message_is_no_service_message(other: Any) -> None:
    assert not raw_update.is_service(other)
