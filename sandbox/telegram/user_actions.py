"""What people do in a chat besides writing and tapping: join and leave, react, vote."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.telegram import invites, polls
from sandbox.telegram.members import (
    PRESENT,
    creator_of,
    rights_of,
    set_standing,
    standing,
    standing_of_bot,
)
from sandbox.telegram.people import People, body_of, needed_bot, person_of, refused, whole
from sandbox.telegram.records import Bot, Json, Message
from sandbox.telegram.state import TelegramState
from sandbox.telegram.user_messages import UserMessages

_STATUSES = {"member", "left", "kicked", "administrator", "restricted"}


class UserActions:
    """`POST /sandbox/users/{id}/members`, `/reactions`, `/votes`."""

    def __init__(
        self, telegram: TelegramState, people: People, user_messages: UserMessages
    ) -> None:
        self.telegram = telegram
        self.people = people
        self.user_messages = user_messages

    @property
    def routes(self) -> list[web.RouteDef]:
        """The addresses."""
        base = "/sandbox/users/{id}"
        return [
            web.post(f"{base}/members", self.change_member),
            web.post(f"{base}/reactions", self.react),
            web.post(f"{base}/votes", self.vote),
        ]

    # members of a group

    async def change_member(self, request: web.Request) -> web.Response:
        """Somebody joins, is added, leaves, is removed or made something; `by` says by whom."""
        group_id = person_of(self.telegram, request)
        body = await body_of(request)
        if group_id > 0:
            raise refused("a person has no members")
        person = self._known(body, "person", 0)
        actor = self._known(body, "by", person)
        status = str(body.get("status", "member"))
        if status not in _STATUSES:
            raise refused(f"status must be one of {', '.join(sorted(_STATUSES))}")
        now = standing(self.telegram, group_id, person)
        if actor == person and status == "member":
            return self._join(group_id, person, now, str(body.get("link") or ""))
        self._check_may(group_id, actor, person, status)
        self._become(group_id, person, actor, self._membership(group_id, status, body))
        self.telegram.store.commit()
        return web.json_response(standing(self.telegram, group_id, person))

    def _known(self, body: Json, name: str, default: int) -> int:
        found = whole(body, name, default)
        if found <= 0 or found not in self.telegram.store.people:
            raise refused(f"{name} must be the id of a person")
        return found

    def _check_may(self, group_id: int, actor: int, person: int, status: str) -> None:
        if person == actor and status == "left":
            return
        acting = standing(self.telegram, group_id, actor)["status"]
        if acting not in PRESENT:
            raise refused(f"{actor} is not in the group", 409)
        if status != "member" and acting not in {"creator", "administrator"}:
            raise refused(f"{actor} does not administer the group", 409)
        if person == creator_of(self.telegram.store.people[group_id]):
            raise refused(f"the group is {person}'s", 409)

    def _membership(self, group_id: int, status: str, body: Json) -> Json:
        if status == "administrator":
            kind = self.telegram.store.people[group_id]["type"]
            given = body.get("rights")
            rights = rights_of(kind, given if isinstance(given, dict) else None)
            return {"status": status, "can_be_edited": False, "is_anonymous": False, **rights}
        if status == "kicked":
            return {"status": status, "until_date": 0}
        if status == "restricted":
            return {"status": status, "is_member": True, "until_date": 0}
        return {"status": status}

    def _join(self, group_id: int, person: int, now: Json, address: str) -> web.Response:
        if now["status"] == "kicked":
            raise refused(f"{person} is banned", 409)
        link = invites.usable_link(self.telegram, group_id, address) if address else None
        if address and link is None:
            raise refused("the invite link has expired", 409)
        if link and link["creates_join_request"] and now["status"] not in PRESENT:
            invites.ask_to_join(self.telegram, group_id, person, link)
            self.telegram.store.commit()
            return web.json_response({**now, "asked": True}, status=202)
        more = {"invite_link": link} if link else {}
        if link and now["status"] not in PRESENT:
            invites.count_use(self.telegram, group_id, address)
        self._become(group_id, person, person, {"status": "member"}, **more)
        self.telegram.store.commit()
        return web.json_response(standing(self.telegram, group_id, person))

    def _become(self, group_id: int, person: int, actor: int, new: Json, **more: Any) -> None:
        user = self.telegram.user(actor)
        old = set_standing(self.telegram, group_id, person, new, user, **more)
        was, is_here = old["status"] in PRESENT, new["status"] in PRESENT
        if self.telegram.store.people[group_id]["type"] == "channel" or was == is_here:
            return
        whom = self.telegram.user(person)
        content: Json = {"new_chat_members": [whom]} if is_here else {"left_chat_member": whom}
        self.people.tell_service(group_id, actor, content)

    # reactions and votes

    def _message(self, bot: Bot, chat_id: int, body: Json) -> Message:
        message = self.telegram.store.message(bot.id, chat_id, whole(body, "message_id"))
        if message is None:
            raise refused("there is no such message", 404)
        return message

    async def react(self, request: web.Request) -> web.Response:
        """`{"message_id", "reaction": ["👍"]}`; an empty list takes the reaction away."""
        chat_id = person_of(self.telegram, request)
        bot = needed_bot(self.telegram, request)
        body = await body_of(request)
        message = self._message(bot, chat_id, body)
        given = body.get("reaction", [])
        if not isinstance(given, list):
            raise refused("reaction must be a list of emoji")
        new = [one if isinstance(one, dict) else _emoji(str(one)) for one in given]
        actor = self.user_messages.actor(chat_id, body)
        chat = self.telegram.state(bot, chat_id)
        kept = chat.state.setdefault("liked", {}).setdefault(str(message.message_id), {})
        old = kept.get(str(actor), [])
        kept[str(actor)] = new
        self.telegram.store.save_chat(chat)
        update_id = None
        if chat_id > 0 or standing_of_bot(self.telegram, bot, chat_id)["status"] == "administrator":
            content = {
                "chat": self.telegram.chat_of(chat_id),
                "message_id": message.message_id,
                "user": self.telegram.user(actor),
                "date": self.telegram.now(),
                "old_reaction": old,
                "new_reaction": new,
            }
            update_id = self.telegram.push(bot, "message_reaction", chat_id, content)
        self.telegram.store.commit()
        return web.json_response({"reaction": new, "update_id": update_id}, status=201)

    async def vote(self, request: web.Request) -> web.Response:
        """`{"message_id", "options": [0]}`; an empty list takes the vote back."""
        chat_id = person_of(self.telegram, request)
        bot = needed_bot(self.telegram, request)
        body = await body_of(request)
        message = self._message(bot, chat_id, body)
        if "poll" not in message.body:
            raise refused("the message is not a poll", 409)
        chosen = body.get("options", [])
        if not isinstance(chosen, list) or not all(type(one) is int for one in chosen):
            raise refused("options must be a list of numbers")
        actor = self.user_messages.actor(chat_id, body)
        try:
            poll = polls.vote(self.telegram, bot, message, actor, chosen)
        except polls.BadVoteError as error:
            raise refused(str(error), 409) from None
        self.telegram.store.commit()
        return web.json_response({"poll": poll}, status=201)


def _emoji(text: str) -> Json:
    return {"type": "emoji", "emoji": text}
