"""What a bot says of itself: commands, names, descriptions, menu button."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request
from sandbox.telegram.members import rights_of
from sandbox.telegram.records import Bot, Json
from sandbox.telegram.state import TelegramState

_COMMAND = re.compile(r"[a-z0-9_]+")
_SCOPES = {
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
}


def get_me(_telegram: TelegramState, call: Call) -> Json:
    """The method getMe."""
    return {
        **call.bot.as_user(),
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _scope_key(call: Call) -> str:
    scope = call.parsed("scope", "BotCommandScope")
    if scope is None:
        scope = {"type": "default"}
    if not isinstance(scope, dict) or "type" not in scope:
        raise bad_request("can't parse BotCommandScope: Can't find field \"type\"")
    if scope["type"] not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    language = call.text("language_code").lower()
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    parts = [str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope]
    return ":".join(parts) + "|" + language


def _command(item: Any) -> Json:
    if not isinstance(item, dict):
        raise bad_request("expected an Object as BotCommand")
    for name in ("command", "description"):
        if not isinstance(item.get(name), str):
            raise bad_request(f"can't parse BotCommand: Can't find field \"{name}\"")
    command = item["command"].strip().removeprefix("/")
    description = item["description"].strip()
    if not command:
        raise bad_request("command must be non-empty")
    if len(command) > 32:
        raise bad_request("command length must not exceed 32")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > 256:
        raise bad_request("command description length must not exceed 256")
    if not _COMMAND.fullmatch(command):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": command, "description": description}


def set_my_commands(telegram: TelegramState, call: Call) -> bool:
    """The method setMyCommands."""
    listed = call.parsed("commands", "commands")
    if listed is None:
        listed = []
    if not isinstance(listed, list):
        raise bad_request("expected an Array of BotCommand")
    if len(listed) > 100:
        raise bad_request("too many commands specified")
    commands = [_command(item) for item in listed]
    call.bot.settings.setdefault("commands", {})[_scope_key(call)] = commands
    return _kept(telegram, call.bot)


def get_my_commands(_telegram: TelegramState, call: Call) -> list[Json]:
    """The method getMyCommands."""
    found: list[Json] = call.bot.settings.get("commands", {}).get(_scope_key(call), [])
    return found


def delete_my_commands(telegram: TelegramState, call: Call) -> bool:
    """The method deleteMyCommands."""
    call.bot.settings.get("commands", {}).pop(_scope_key(call), None)
    return _kept(telegram, call.bot)


def shown_commands(bot: Bot, chat_id: int, language: str) -> list[Json]:
    """The commands a person sees in a chat: the narrowest scope, their language before none."""
    commands = bot.settings.get("commands", {})
    scopes = [f"chat:{chat_id}", "all_private_chats" if chat_id > 0 else "all_group_chats"]
    for scope in (*scopes, "default"):
        for key in (f"{scope}|{language}", f"{scope}|"):
            if commands.get(key):
                found: list[Json] = commands[key]
                return found
    return []


def _kept(telegram: TelegramState, bot: Bot) -> bool:
    telegram.store.save_settings(bot)
    telegram.tell({"type": "settings", "bot": bot.as_user()})
    return True


def _setter(name: str, longest: int) -> Callable[[TelegramState, Call], bool]:
    def set_text(telegram: TelegramState, call: Call) -> bool:
        value = call.text(name)
        if len(value) > longest:
            raise bad_request(f"bot {name.replace('_', ' ')} is too long")
        call.bot.settings.setdefault(name, {})[call.text("language_code")] = value
        return _kept(telegram, call.bot)

    return set_text


def _getter(name: str) -> Callable[[TelegramState, Call], Json]:
    def get_text(_telegram: TelegramState, call: Call) -> Json:
        texts = call.bot.settings.get(name, {})
        value = texts.get(call.text("language_code")) or texts.get("", "")
        return {name: value or ("My Account" if name == "name" else "")}

    return get_text


def set_chat_menu_button(telegram: TelegramState, call: Call) -> bool:
    """The method setChatMenuButton."""
    button = call.parsed("menu_button", "MenuButton")
    if button is None:
        button = {"type": "default"}
    kinds = {"default", "commands", "web_app"}
    if not isinstance(button, dict) or button.get("type") not in kinds:
        raise bad_request("MenuButton has unsupported type")
    call.bot.settings.setdefault("menu_buttons", {})[call.text("chat_id")] = button
    return _kept(telegram, call.bot)


def get_chat_menu_button(_telegram: TelegramState, call: Call) -> Json:
    """The method getChatMenuButton."""
    buttons = call.bot.settings.get("menu_buttons", {})
    found: Json = buttons.get(call.text("chat_id")) or buttons.get("") or {"type": "commands"}
    return found


def set_default_rights(telegram: TelegramState, call: Call) -> bool:
    """The method setMyDefaultAdministratorRights; without rights they are cleared."""
    given = call.parsed("rights", "administrator rights") or {}
    if not isinstance(given, dict):
        raise bad_request("can't parse administrator rights: expected an Object")
    kind = "channel" if call.flag("for_channels") else "group"
    kept = {name: True for name, value in given.items() if value is True}
    call.bot.settings.setdefault("default_rights", {})[kind] = kept
    return _kept(telegram, call.bot)


def get_default_rights(_telegram: TelegramState, call: Call) -> Json:
    """The method getMyDefaultAdministratorRights; nobody is anonymous by default."""
    kind = "channel" if call.flag("for_channels") else "group"
    given = call.bot.settings.get("default_rights", {}).get(kind, {})
    managing = bool(given)
    return {"is_anonymous": False, **rights_of(kind, given), "can_manage_chat": managing}


def yes(_telegram: TelegramState, _call: Call) -> bool:
    """The methods logOut and close: nothing to do here."""
    return True


METHODS = {
    "getme": get_me,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "setmyname": _setter("name", 64),
    "getmyname": _getter("name"),
    "setmydescription": _setter("description", 512),
    "getmydescription": _getter("description"),
    "setmyshortdescription": _setter("short_description", 120),
    "getmyshortdescription": _getter("short_description"),
    "setchatmenubutton": set_chat_menu_button,
    "getchatmenubutton": get_chat_menu_button,
    "setmydefaultadministratorrights": set_default_rights,
    "getmydefaultadministratorrights": get_default_rights,
    "logout": yes,
    "close": yes,
}
