"""Who is on this Telegram: people and groups, made and listed over HTTP.

A group is kept like a person with a negative id, a title, a type and its members; making it adds
the bot to it.
"""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from sandbox.telegram.errors import ApiError
from sandbox.telegram.members import standing_of_bot
from sandbox.telegram.records import Bot, Json
from sandbox.telegram.state import TelegramState

_PROFILE = (
    "first_name",
    "last_name",
    "username",
    "language_code",
    "phone_number",
    "email",
    "deactivated",
    "is_premium",
    "role",
    "title",
    "type",
    "members",
    "creator",
    "administrators",
    "standing",
    "is_forum",
    "description",
    "bio",
    "bot_is_administrator",
    "migrated_to",
)
_TEXTS = {
    "first_name",
    "last_name",
    "username",
    "language_code",
    "phone_number",
    "email",
    "role",
    "title",
    "type",
    "description",
    "bio",
}
_GROUP_TYPES = {"group", "supergroup", "channel"}


def refused(reason: str, status: int = 400) -> web.HTTPException:
    """A refusal of the user side: `{"error": reason}`."""
    kinds: dict[int, type[web.HTTPException]] = {
        400: web.HTTPBadRequest,
        404: web.HTTPNotFound,
        409: web.HTTPConflict,
        413: web.HTTPBadRequest,
    }
    body = json.dumps({"error": reason}, ensure_ascii=False)
    return kinds[status](text=body, content_type="application/json")


async def body_of(request: web.Request) -> Json:
    """The JSON object of a request, empty when there is no body. Raises 400."""
    raw = await request.read()
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise refused("the body is not JSON") from None
    if not isinstance(body, dict):
        raise refused("the body is not a JSON object")
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise refused("the body has characters that are none") from None
    return body


def whole(body: Json, name: str, default: int = 0) -> int:
    """A whole number of the body. Raises 400."""
    value = body.get(name) or default
    try:
        return int(value)
    except (TypeError, ValueError):
        raise refused(f"{name} must be a number") from None


def person_of(telegram: TelegramState, request: web.Request) -> int:
    """The person or group in the address. Raises 404."""
    try:
        person_id = int(request.match_info["id"])
    except ValueError:
        raise refused("a person's id is a number") from None
    if person_id not in telegram.store.people:
        raise refused(f"there is no person {person_id}", 404)
    return person_id


def bot_of(telegram: TelegramState, request: web.Request) -> Bot | None:
    """The bot of `?bot=` (an id or a whole token), else the default one. Raises 404."""
    wanted = request.query.get("bot", "")
    if not wanted:
        return telegram.default_bot()
    if ":" in wanted:
        try:
            return telegram.bot_of_token(wanted)
        except ApiError as error:
            raise refused(f"bad token: {error}") from None
    bot = telegram.store.bots.get(int(wanted)) if wanted.isdigit() else None
    if bot is None:
        raise refused(f"no bot {wanted} has called yet", 404)
    return bot


def needed_bot(telegram: TelegramState, request: web.Request) -> Bot:
    """As `bot_of`, but there must be one. Raises 409 before any bot has called."""
    bot = bot_of(telegram, request)
    if bot is None:
        raise refused("no bot has called yet", 409)
    return bot


class People:
    """`/sandbox/users` and `/sandbox/users/{id}/block`."""

    def __init__(self, telegram: TelegramState) -> None:
        self.telegram = telegram

    @property
    def routes(self) -> list[web.RouteDef]:
        """The addresses."""
        return [
            web.get("/sandbox/users", self.listed),
            web.post("/sandbox/users", self.make),
            web.get("/sandbox/users/{id}", self.one),
            web.post("/sandbox/users/{id}/block", self.block),
        ]

    def shown(self, person_id: int) -> Json:
        """A person or group with its id."""
        return {"id": person_id, **self.telegram.store.people[person_id]}

    async def listed(self, _request: web.Request) -> web.Response:
        """All people and groups, oldest first."""
        return web.json_response([self.shown(one) for one in self.telegram.store.people])

    async def one(self, request: web.Request) -> web.Response:
        """One person or group."""
        return web.json_response(self.shown(person_of(self.telegram, request)))

    async def make(self, request: web.Request) -> web.Response:
        """Make a person or a group, or change the one with the given id."""
        body = await body_of(request)
        person_id = body.get("id", self.telegram.new_person_id())
        if type(person_id) is not int or person_id == 0 or abs(person_id) >= 1 << 52:
            raise refused("id must be a number of at most 52 bits that is not 0")
        if person_id in self.telegram.store.bots:
            raise refused(f"{person_id} is a bot", 409)
        known = self.telegram.store.people.get(person_id)
        given = {name: body[name] for name in _PROFILE if body.get(name) is not None}
        given |= {name: str(given[name]) for name in _TEXTS & given.keys()}
        profile = {**(known or {}), **given}
        if person_id < 0:
            self._check_group(profile)
        else:
            profile.setdefault("first_name", f"Person {person_id}")
        self.telegram.store.save_person(person_id, profile)
        if person_id < 0 and (known is None or "bot" in request.query):
            self._add_bot(bot_of(self.telegram, request), person_id, body)
        self.telegram.store.commit()
        self.telegram.tell({"type": "person", "person": self.shown(person_id)})
        return web.json_response(self.shown(person_id), status=200 if known else 201)

    def _check_group(self, profile: dict[str, Any]) -> None:
        profile.setdefault("title", "Group")
        profile.setdefault("type", "supergroup")
        profile.setdefault("members", [])
        if profile["type"] not in _GROUP_TYPES:
            raise refused(f"type must be one of {', '.join(sorted(_GROUP_TYPES))}")
        if not isinstance(profile["members"], list):
            raise refused("members must be a list of ids")
        absent = [one for one in profile["members"] if one not in self.telegram.store.people]
        if absent:
            raise refused(f"there is no person {absent[0]}", 404)

    def _add_bot(self, bot: Bot | None, group_id: int, body: Json) -> None:
        """Put the bot into the group, or make it there what `bot_is_administrator` says."""
        if bot is None:
            return
        members = self.telegram.store.people[group_id]["members"]
        if not members:
            raise refused("a group needs at least one member: somebody has to add the bot")
        chat = self.telegram.state(bot, group_id)
        before = standing_of_bot(self.telegram, bot, group_id)
        come = before["status"] in {"left", "kicked"}
        if come:
            chat.state["started"] = True
            chat.state.pop("blocked", None)
        if come or "bot_is_administrator" in body:
            chat.state["administrator"] = body.get("bot_is_administrator", False)
        self.telegram.store.save_chat(chat)
        self.tell_membership(bot, group_id, members[0], before)
        if come and self.telegram.store.people[group_id]["type"] != "channel":
            self.tell_service(group_id, members[0], {"new_chat_members": [bot.as_user()]})

    def tell_service(self, group_id: int, actor: int, content: Json) -> None:
        """A service message in a group, for every bot that is there."""
        for bot in self.telegram.bots_in(group_id):
            body = {"from": self.telegram.user(actor), **content}
            message = self.telegram.add_message(bot, group_id, body, by_bot=False)
            self.telegram.push(bot, "message", group_id, message.body)

    def tell_membership(self, bot: Bot, chat_id: int, actor: int, before: Json) -> int | None:
        """A my_chat_member update about the bot itself, when it is not what it was."""
        after = standing_of_bot(self.telegram, bot, chat_id)
        if after == before:
            return None
        content = {
            "chat": self.telegram.chat_of(chat_id),
            "from": self.telegram.user(actor),
            "date": self.telegram.now(),
            "old_chat_member": {"user": bot.as_user(), **before},
            "new_chat_member": {"user": bot.as_user(), **after},
        }
        return self.telegram.push(bot, "my_chat_member", chat_id, content)

    def unblock(self, bot: Bot, chat_id: int, actor: int) -> None:
        """The person takes the block back, e.g. by writing."""
        chat = self.telegram.state(bot, chat_id)
        before = standing_of_bot(self.telegram, bot, chat_id)
        if chat.state.pop("blocked", None):
            self.telegram.store.save_chat(chat)
            self.tell_membership(bot, chat_id, actor, before)
            self.telegram.tell_chat(bot.id, chat_id, "blocked", blocked=False)

    async def block(self, request: web.Request) -> web.Response:
        """Block or unblock the bot; for a group: remove the bot or bring it back."""
        chat_id = person_of(self.telegram, request)
        bot = needed_bot(self.telegram, request)
        body = await body_of(request)
        actor = chat_id if chat_id > 0 else self.telegram.store.people[chat_id]["members"][0]
        if not body.get("blocked", True):
            if chat_id < 0:
                self._add_bot(bot, chat_id, {})
            self.unblock(bot, chat_id, actor)
        else:
            chat = self.telegram.state(bot, chat_id)
            before = standing_of_bot(self.telegram, bot, chat_id)
            if not chat.state.get("blocked"):
                chat.state["blocked"] = True
                self.telegram.store.save_chat(chat)
                self.tell_membership(bot, chat_id, actor, before)
                self.telegram.tell_chat(bot.id, chat_id, "blocked", blocked=True)
        self.telegram.store.commit()
        return web.json_response({"blocked": bool(body.get("blocked", True))})
