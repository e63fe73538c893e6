"""What people do in a chat: write, send things, tap, edit, take back.

Addresses are `/sandbox/users/{id}/…`; for a group `{id}` is the group's and `from` in the body says
who of its members it is (the first one if absent).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from sandbox.telegram.call import Upload, keep_upload
from sandbox.telegram.entities import format_text
from sandbox.telegram.errors import ApiError
from sandbox.telegram.media import content_of_upload
from sandbox.telegram.message_types import thing
from sandbox.telegram.people import People, body_of, needed_bot, person_of, refused, whole
from sandbox.telegram.records import Bot, Json, Message
from sandbox.telegram.state import TelegramState
from sandbox.telegram.topics import GENERAL, in_thread, topics_of

TEXT_LIMIT = 4096


class UserMessages:
    """The person's side of a chat, except for tapping."""

    def __init__(self, telegram: TelegramState, people: People) -> None:
        self.telegram = telegram
        self.people = people

    @property
    def routes(self) -> list[web.RouteDef]:
        """The addresses."""
        base = "/sandbox/users/{id}"
        return [
            web.post(f"{base}/messages", self.write),
            web.patch(f"{base}/messages/{{message_id}}", self.edit),
            web.delete(f"{base}/messages/{{message_id}}", self.take_back),
            web.post(f"{base}/raw", self.raw),
        ]

    def actor(self, chat_id: int, body: Json) -> int:
        """Who acts: the person, or the member named by `from`. Raises 400."""
        if chat_id > 0:
            return chat_id
        members = self.telegram.store.people[chat_id]["members"]
        wanted: Any = body.get("from", members[0] if members else None)
        try:
            wanted = int(wanted)
        except (TypeError, ValueError):
            raise refused("from must be the id of a member") from None
        if wanted not in members:
            raise refused(f"{wanted} is not a member of the group")
        return int(wanted)

    async def write(self, request: web.Request) -> web.Response:
        """A new message of the person; answers with it and with the update's id."""
        chat_id = person_of(self.telegram, request)
        bot = needed_bot(self.telegram, request)
        if request.content_type.startswith("multipart/"):
            body, content = await self._uploaded(request, bot)
        else:
            body = await body_of(request)
            content = self._content(bot, chat_id, body)
        return web.json_response(self.say(bot, chat_id, body, content), status=201)

    def say(self, bot: Bot, chat_id: int, body: Json, content: Json) -> Json:
        """Put the person's message into the chat and queue it for the bot."""
        actor = self.actor(chat_id, body)
        if chat_id > 0:
            self.people.unblock(bot, chat_id, actor)
        self._settle_keyboard(bot, chat_id, content)
        reply_to = content.pop("_reply_to", None) or whole(body, "reply_to")
        message: Json = {"from": self.telegram.user(actor), **content}
        message |= self._place(chat_id, body)
        replied = self.telegram.store.message(bot.id, chat_id, reply_to) if reply_to else None
        if replied is not None:
            shown = {key: part for key, part in replied.body.items() if key != "reply_to_message"}
            message["reply_to_message"] = shown
        if body.get("forward"):
            origin = {"type": "hidden_user", "sender_user_name": "Somemessage"}
            message["forward_origin"] = {**origin, "date": self.telegram.now() - 60}
        said = self._spread(bot, chat_id, message)
        self.telegram.store.commit()
        return said

    def _place(self, chat_id: int, body: Json) -> Json:
        """The forum's topic that `message_thread_id` names."""
        thread = whole(body, "message_thread_id")
        profile = self.telegram.store.people[chat_id]
        if not thread or not profile.get("is_forum"):
            return {}
        topic = topics_of(profile).get(str(thread))
        if topic is None or thread == GENERAL:
            raise refused("there is no such topic", 404)
        if topic.get("is_closed"):
            raise refused("the topic is closed", 409)
        return in_thread(thread)

    def _settle_keyboard(self, bot: Bot, chat_id: int, content: Json) -> None:
        """Writing begins the chat and is the reply that a bot had forced."""
        chat = self.telegram.state(bot, chat_id)
        before = dict(chat.state)
        if chat_id > 0:
            chat.state["started"] = True
        if chat.state.get("reply_keyboard", {}).get("force_reply"):
            content.setdefault("_reply_to", chat.state.get("keyboard_message"))
            del chat.state["reply_keyboard"]
        if chat.state != before:
            self.telegram.store.save_chat(chat)
            self.telegram.tell_chat(
                bot.id, chat_id, "keyboard", reply_keyboard=chat.state.get("reply_keyboard")
            )

    def _spread(self, bot: Bot, chat_id: int, body: Json) -> Json:
        """The message in the copy of every bot that is there; the named bot's is the answer.

        In a group all copies have one id. A bot outside hears nothing, even when it is named.
        """
        there = [bot] if chat_id > 0 else self.telegram.bots_in(chat_id)
        self.telegram.store.level_message_ids([bot, *there])
        answer: Json = {}
        for one in sorted({bot.id, *(hearing.id for hearing in there)}, key=lambda n: n != bot.id):
            hearing = self.telegram.store.bots[one]
            message = self.telegram.add_message(hearing, chat_id, dict(body), by_bot=False)
            update_id = None
            if hearing in there:
                update_id = self._told(hearing, chat_id, message.body, edited=False)
            if hearing is bot:
                answer = {"message": message.body, "update_id": update_id}
        return answer

    def _told(self, bot: Bot, chat_id: int, body: Json, *, edited: bool) -> int | None:
        kind = "channel_post" if body["chat"]["type"] == "channel" else "message"
        return self.telegram.push(bot, f"edited_{kind}" if edited else kind, chat_id, body)

    def _content(self, bot: Bot, chat_id: int, body: Json) -> Json:
        if isinstance(body.get("text"), str):
            return written(body["text"])
        if "contact" in body:
            return self.contact(bot, chat_id, body["contact"], self.actor(chat_id, body))
        found = thing(self.telegram, bot, body)
        if found is None:
            raise refused(
                "a message is a text, a contact, a document (multipart), sticker, voice, location,"
                " photo or poll"
            )
        return found

    def contact(self, bot: Bot, chat_id: int, body: Any, actor: int) -> Json:
        """The content of a shared contact: the person's own, or the one given."""
        if body != "own":
            if not isinstance(body, dict) or not body.get("phone_number"):
                raise refused('contact is "own" or an object with phone_number')
            names = ("phone_number", "first_name", "last_name", "user_id", "vcard")
            kept = {name: body[name] for name in names if body.get(name) is not None}
            return {"contact": {"first_name": "Contact", **kept}}
        profile = self.telegram.store.people[actor]
        if not profile.get("phone_number"):
            raise refused("the person has no phone_number")
        contact = {
            "phone_number": profile["phone_number"],
            "first_name": profile["first_name"],
            "user_id": actor,
        }
        if profile.get("last_name"):
            contact["last_name"] = profile["last_name"]
        state = self.telegram.state(bot, chat_id).state
        return {"contact": contact, "_reply_to": state.get("keyboard_message")}

    async def _uploaded(self, request: web.Request, bot: Bot) -> tuple[Json, Json]:
        fields: Json = {}
        uploads: dict[str, Upload] = {}
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or not part.name:
                continue
            if part.filename is None:
                fields[part.name] = await part.text()
                continue
            upload = await keep_upload(part, self.telegram.store.files_folder)
            if upload is None:
                raise refused("the file is over 50 MB")
            upload.name = unquote(upload.name)  # some clients escape what is not ASCII
            uploads[part.name] = upload
        for kind in ("document", "photo"):
            if kind in uploads:
                return fields, self._document(bot, kind, uploads[kind], fields.get("caption", ""))
        raise refused("there is no document or photo in the request")

    def _document(self, bot: Bot, kind: str, upload: Upload, caption: str) -> Json:
        try:
            content = content_of_upload(self.telegram, bot, upload, kind)
        except ApiError as error:
            raise refused(str(error)) from None
        format_text(caption, "", None).put_into(content, "caption", "caption_entities")
        return content

    async def edit(self, request: web.Request) -> web.Response:
        """The person edits the text of a message of their own."""
        chat_id = person_of(self.telegram, request)
        bot = needed_bot(self.telegram, request)
        body = await body_of(request)
        message = self.telegram.store.message(bot.id, chat_id, _number(request, "message_id"))
        if message is None or message.by_bot:
            raise refused("there is no such message of the person", 404)
        text = written(str(body.get("text") or ""))
        update_ids = {}
        for copy in self._copies(message):
            copy.body |= text
            copy.body["edit_date"] = self.telegram.now()
            self.telegram.change_message(copy)
            hearing = self.telegram.store.bots[copy.bot_id]
            if chat_id > 0 or hearing in self.telegram.bots_in(chat_id):
                update_ids[hearing.id] = self._told(hearing, chat_id, copy.body, edited=True)
            if hearing is bot:
                message = copy
        self.telegram.store.commit()
        return web.json_response({"message": message.body, "update_id": update_ids.get(bot.id)})

    def _copies(self, message: Message) -> list[Message]:
        """A person's message in the copy of every bot that has it."""
        bots = self.telegram.store.bots.values() if message.chat_id < 0 else ()
        others = [
            self.telegram.store.message(one.id, message.chat_id, message.message_id)
            for one in bots
            if one.id != message.bot_id
        ]
        return [message, *(one for one in others if one is not None and not one.by_bot)]

    async def take_back(self, request: web.Request) -> web.Response:
        """The person deletes a message for both; a bot is never told."""
        chat_id = person_of(self.telegram, request)
        bot = needed_bot(self.telegram, request)
        message = self.telegram.store.message(bot.id, chat_id, _number(request, "message_id"))
        if message is None:
            raise refused("there is no such message", 404)
        for copy in [message] if message.by_bot else self._copies(message):
            self.telegram.delete_message(copy)
        self.telegram.store.commit()
        return web.json_response({"deleted": message.message_id})

    async def raw(self, request: web.Request) -> web.Response:
        """Whatever is given becomes an update, unchecked, to see what a bot does with it."""
        chat_id = person_of(self.telegram, request)
        bot = needed_bot(self.telegram, request)
        update_id = self.telegram.push_raw(bot, "raw", chat_id, await body_of(request))
        return web.json_response({"update_id": update_id}, status=201)


def _number(request: web.Request, name: str) -> int:
    try:
        return int(request.match_info[name])
    except ValueError:
        raise refused(f"{name} must be a number") from None


def written(text: str) -> Json:
    """The content of a text message a person typed. Raises 400."""
    formatted = format_text(text, "", None)
    if not formatted:
        raise refused("text must be non-empty")
    if len(formatted.text) > TEXT_LIMIT:
        raise refused(f"text is longer than {TEXT_LIMIT}")
    content: Json = {}
    formatted.put_into(content, "text", "entities")
    return content
