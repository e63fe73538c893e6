"""Which chat a call means, and whether the bot may write there."""

from __future__ import annotations

from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request, forbidden
from sandbox.telegram.records import Chat, Message
from sandbox.telegram.state import TelegramState


def find_chat(telegram: TelegramState, call: Call, parameter: str = "chat_id") -> Chat:
    """The chat a bot names by id or @name. Raises 400 as Telegram does."""
    named = call.text(parameter).strip()
    if not named:
        raise bad_request("chat_id is empty" if parameter == "chat_id" else "chat not found")
    chat_id = _resolved(telegram, named)
    if chat_id is None:
        raise bad_request("chat not found")
    return telegram.state(call.bot, chat_id)


def _resolved(telegram: TelegramState, named: str) -> int | None:
    if named.startswith("@"):
        wanted = named[1:].lower()
        for person_id, profile in telegram.store.people.items():
            if str(profile.get("username", "")).lower() == wanted and person_id < 0:
                return person_id
        return None
    try:
        chat_id = int(named)
    except ValueError:
        return None
    if chat_id in telegram.store.bots:
        raise forbidden("the bot can't send messages to the bot")
    return chat_id if chat_id in telegram.store.people else None


def writable_chat(telegram: TelegramState, call: Call) -> Chat:
    """The chat of `find_chat`, if the bot may write into it. Raises 400 and 403."""
    chat = find_chat(telegram, call)
    profile = telegram.store.people[chat.chat_id]
    if chat.chat_id < 0:
        present_in_group(chat, profile)
    elif profile.get("deactivated"):
        raise forbidden("user is deactivated")
    elif not chat.state.get("started"):
        raise forbidden("bot can't initiate conversation with a user")
    return chat


def present_in_group(chat: Chat, profile: dict[str, object]) -> None:
    """Refuse a group that the bot is not in. Raises 400 and 403."""
    kind = profile["type"]
    if profile.get("migrated_to"):
        error = bad_request("group chat was upgraded to a supergroup chat")
        error.parameters = {"migrate_to_chat_id": profile["migrated_to"]}
        raise error
    name = "group" if kind == "group" else kind
    if chat.state.get("blocked"):
        raise forbidden(f"bot was kicked from the {name} chat")
    if not chat.state.get("started"):
        raise forbidden(f"bot is not a member of the {name} chat")


def check_not_blocked(chat: Chat) -> None:
    """Telegram's servers know of blocking, so this comes after all other checks. Raises 403."""
    if chat.chat_id > 0 and chat.state.get("blocked"):
        raise forbidden("bot was blocked by the user")


def find_message(telegram: TelegramState, chat: Chat, message_id: int, absent: str) -> Message:
    """A message of the chat. Raises 400 with `absent`."""
    message = telegram.store.message(chat.bot_id, chat.chat_id, message_id)
    if message is None:
        raise bad_request(absent)
    return message
