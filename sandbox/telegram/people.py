"""Who is on this Telegram: people and groups, made and listed over HTTP.

A group is kept like a person with a negative id, a title, a type and its members; making it adds
the bot to it.
"""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from sandbox.telegram.errors import ApiError
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
    "title",
    "type",
    "members",
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
    "title",
    "type",
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


def whole(wish: Json, name: str, default: int = 0) -> int:
    """A whole number of the body. Raises 400."""
    value = wish.get(name) or default
    try:
        return int(value)
    except (TypeError, ValueError):
        raise refused(f"{name} must be a number") from None


def person_of(cloud: TelegramState, request: web.Request) -> int:
    """The person or group in the address. Raises 404."""
    try:
        person_id = int(request.match_info["id"])
    except ValueError:
        raise refused("a person's id is a number") from None
    if person_id not in cloud.store.people:
        raise refused(f"there is no person {person_id}", 404)
    return person_id


def bot_of(cloud: TelegramState, request: web.Request) -> Bot | None:
    """The bot of `?bot=` (an id or a whole token), else the default one. Raises 404."""
    wanted = request.query.get("bot", "")
    if not wanted:
        return cloud.default_bot()
    if ":" in wanted:
        try:
            return cloud.bot_of_token(wanted)
        except ApiError as error:
            raise refused(f"bad token: {error}") from None
    bot = cloud.store.bots.get(int(wanted)) if wanted.isdigit() else None
    if bot is None:
        raise refused(f"no bot {wanted} has called yet", 404)
    return bot


def needed_bot(cloud: TelegramState, request: web.Request) -> Bot:
    """As `bot_of`, but there must be one. Raises 409 before any bot has called."""
    bot = bot_of(cloud, request)
    if bot is None:
        raise refused("no bot has called yet", 409)
    return bot


class People:
    """`/sandbox/users` and `/sandbox/users/{id}/block`."""

    def __init__(self, cloud: TelegramState) -> None:
        self.cloud = cloud

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
        return {"id": person_id, **self.cloud.store.people[person_id]}

    async def listed(self, _request: web.Request) -> web.Response:
        """All people and groups, oldest first."""
        return web.json_response([self.shown(one) for one in self.cloud.store.people])

    async def one(self, request: web.Request) -> web.Response:
        """One person or group."""
        return web.json_response(self.shown(person_of(self.cloud, request)))

    async def make(self, request: web.Request) -> web.Response:
        """Make a person or a group, or change the one with the given id."""
        wish = await body_of(request)
        person_id = wish.get("id", self.cloud.new_person_id())
        if type(person_id) is not int or person_id == 0 or abs(person_id) >= 1 << 52:
            raise refused("id must be a number of at most 52 bits that is not 0")
        if person_id in self.cloud.store.bots:
            raise refused(f"{person_id} is a bot", 409)
        known = self.cloud.store.people.get(person_id)
        given = {name: wish[name] for name in _PROFILE if wish.get(name) is not None}
        given |= {name: str(given[name]) for name in _TEXTS & given.keys()}
        profile = {**(known or {}), **given}
        if person_id < 0:
            self._check_group(profile)
        else:
            profile.setdefault("first_name", f"Person {person_id}")
        self.cloud.store.save_person(person_id, profile)
        if person_id < 0 and known is None:
            self._add_bot(bot_of(self.cloud, request), person_id)
        self.cloud.store.commit()
        self.cloud.tell({"type": "person", "person": self.shown(person_id)})
        return web.json_response(self.shown(person_id), status=200 if known else 201)

    def _check_group(self, profile: dict[str, Any]) -> None:
        profile.setdefault("title", "Group")
        profile.setdefault("type", "supergroup")
        profile.setdefault("members", [])
        if profile["type"] not in _GROUP_TYPES:
            raise refused(f"type must be one of {', '.join(sorted(_GROUP_TYPES))}")
        if not isinstance(profile["members"], list):
            raise refused("members must be a list of ids")
        absent = [one for one in profile["members"] if one not in self.cloud.store.people]
        if absent:
            raise refused(f"there is no person {absent[0]}", 404)

    def _add_bot(self, bot: Bot | None, group_id: int) -> None:
        if bot is None:
            return
        members = self.cloud.store.people[group_id]["members"]
        if not members:
            raise refused("a group needs at least one member: somebody has to add the bot")
        chat = self.cloud.state(bot, group_id)
        chat.state["started"] = True
        self.cloud.store.save_chat(chat)
        self.tell_membership(bot, group_id, members[0], "left", "member")

    def tell_membership(
        self, bot: Bot, chat_id: int, actor: int, before: str, after: str
    ) -> int | None:
        """A my_chat_member update about the bot itself."""

        def member(status: str) -> Json:
            until = {"until_date": 0} if status == "kicked" else {}
            return {"user": bot.as_user(), "status": status, **until}

        content = {
            "chat": self.cloud.chat_of(chat_id),
            "from": self.cloud.user(actor),
            "date": self.cloud.now(),
            "old_chat_member": member(before),
            "new_chat_member": member(after),
        }
        return self.cloud.push(bot, "my_chat_member", chat_id, content)

    def unblock(self, bot: Bot, chat_id: int, actor: int) -> None:
        """The person takes the block back, e.g. by writing."""
        chat = self.cloud.state(bot, chat_id)
        if chat.state.pop("blocked", None):
            self.cloud.store.save_chat(chat)
            self.tell_membership(bot, chat_id, actor, "kicked", "member")
            self.cloud.tell_chat(bot.id, chat_id, "blocked", blocked=False)

    async def block(self, request: web.Request) -> web.Response:
        """Block or unblock the bot; for a group: remove the bot or bring it back."""
        chat_id = person_of(self.cloud, request)
        bot = needed_bot(self.cloud, request)
        wish = await body_of(request)
        actor = chat_id if chat_id > 0 else self.cloud.store.people[chat_id]["members"][0]
        if not wish.get("blocked", True):
            self.unblock(bot, chat_id, actor)
        else:
            chat = self.cloud.state(bot, chat_id)
            if not chat.state.get("blocked"):
                chat.state["blocked"] = True
                self.cloud.store.save_chat(chat)
                self.tell_membership(bot, chat_id, actor, "member", "kicked")
                self.cloud.tell_chat(bot.id, chat_id, "blocked", blocked=True)
        self.cloud.store.commit()
        return web.json_response({"blocked": bool(wish.get("blocked", True))})
