#!/bin/sh
# A message that carries, beside its text, a member of a kind that Telegram has brought since.
#
# Guessed: libraries that read by hand (python-telegram-bot, pyTelegramBotAPI) pass over what they do
#          not know; only the strictly typed aiogram refuses.
# Seen:    python-telegram-bot reads all of it. pyTelegramBotAPI refuses the whole update with a
#          ValueError for an unknown origin of a forward, paid medium, reaction or state of a member
#          (KeyError where a member is missing), as aiogram does with a ValidationError. An update of
#          an unknown kind, a new kind of chat or of entity is passed over by all three.
# With:    python-telegram-bot 22.8, pyTelegramBotAPI 4.37.1, aiogram 3.31.0.
# Matters: a pinned bot loses "/menu" of whoever forwards or answers something newer than the bot.
#          The kinds here are made up ("planet"): there is always a next one.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/v"
"$work/v/bin/pip" install -qq --disable-pip-version-check python-telegram-bot==22.8 \
    pyTelegramBotAPI==4.37.1 aiogram==3.31.0 || exit 2
"$work/v/bin/python" - <<'PY'
import copy
import json
import sys

import telegram
from aiogram.types import Update
from telebot.types import Update as TelebotUpdate

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


PERSON = {"id": 1, "is_bot": False, "first_name": "A"}
CHAT = {"id": 1, "type": "private", "first_name": "A"}
HEAD = {"message_id": 1, "date": 1, "chat": CHAT, "from": PERSON}


def message(**more):
    return {"update_id": 1, "message": {**HEAD, "text": "/menu", **more}}


MEMBER = {"user": PERSON, "status": "member"}
CASES = {
    "origin of a forward": message(forward_origin={"type": "planet", "date": 1}),
    "paid medium in the message answered": message(reply_to_message={
        **HEAD, "paid_media": {"star_count": 1, "paid_media": [{"type": "planet"}]}}),
    "outer reply without its origin": message(external_reply={"message_id": 3}),
    "reaction": {"update_id": 1, "message_reaction": {
        "chat": CHAT, "message_id": 1, "date": 1, "new_reaction": [],
        "old_reaction": [{"type": "planet"}]}},
    "state of a member": {"update_id": 1, "my_chat_member": {
        "chat": CHAT, "from": PERSON, "date": 1, "new_chat_member": MEMBER,
        "old_chat_member": {"user": PERSON, "status": "planet"}}},
    "kind of entity": message(entities=[{"type": "planet", "offset": 0, "length": 5}]),
    "kind of chat": message(chat={**CHAT, "type": "planet"}),
    "kind of update": {"update_id": 1, "planet": {"id": 1}},
}
READERS = {
    "python-telegram-bot": lambda update: telegram.Update.de_json(update, None),
    "pyTelegramBotAPI": lambda update: TelebotUpdate.de_json(json.dumps(update)),
    "aiogram": Update.model_validate,
}


def read(reader, update):
    try:
        reader(copy.deepcopy(update))
    except Exception as error:
        return type(error).__name__
    return "read"


for what, update in CASES.items():
    strict = not what.startswith("kind")
    by_hand = "KeyError" if "without" in what else "ValueError"
    see(f"{what}: {', '.join(READERS)}",
        ["read", "read", "ValidationError" if strict else "read"],
        ["read", by_hand, "ValidationError"] if strict else ["read"] * 3,
        [read(reader, update) for reader in READERS.values()])
sys.exit(f"changed: {changed}" if changed else 0)
PY
