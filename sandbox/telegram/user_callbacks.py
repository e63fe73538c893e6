"""Taps on buttons: honest, repeated, forged, and on messages that are gone."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.telegram.inline import inline_id
from sandbox.telegram.people import body_of, needed_bot, person_of, refused, whole
from sandbox.telegram.records import Bot, Json, Message
from sandbox.telegram.state import TelegramState
from sandbox.telegram.user_messages import UserMessages, written

MOST_REPEATS = 1000

_OPENED = (
    "url",
    "copy_text",
    "web_app",
    "login_url",
    "pay",
    "callback_game",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
)


class UserCallbacks:
    """`POST /sandbox/users/{id}/taps`."""

    def __init__(self, telegram: TelegramState, user_messages: UserMessages) -> None:
        self.telegram = telegram
        self.user_messages = user_messages

    @property
    def routes(self) -> list[web.RouteDef]:
        """The address."""
        return [web.post("/sandbox/users/{id}/taps", self.tap)]

    async def tap(self, request: web.Request) -> web.Response:
        """One press, or `repeat` presses at once."""
        chat_id = person_of(self.telegram, request)
        bot = needed_bot(self.telegram, request)
        body = await body_of(request)
        actor = self.user_messages.actor(chat_id, body)
        if "callback_query_id" in body:
            return web.json_response(self._again(bot, chat_id, whole(body, "callback_query_id")))
        if "data" in body:
            message_id, message = self._tapped(bot, chat_id, body)
            button: Json = {"callback_data": str(body["data"])}
        elif isinstance(body.get("text"), str):
            message_id, message, button = self._button(bot, chat_id, body)
        else:
            raise refused("a tap needs the button's text, or data")
        if "callback_data" not in button:
            return web.json_response(self._other(bot, chat_id, actor, button), status=201)
        repeat = min(max(whole(body, "repeat", 1), 1), MOST_REPEATS)
        queries = [
            self._query(bot, chat_id, actor, message_id, message, button["callback_data"])
            for _ in range(repeat)
        ]
        return web.json_response(
            {
                "callback_query_id": queries[0][0],
                "update_id": queries[0][1],
                "callback_query_ids": [query for query, _ in queries],
                "update_ids": [update for _, update in queries],
            },
            status=201,
        )

    def _tapped(self, bot: Bot, chat_id: int, body: Json) -> tuple[int, Message | None]:
        """The message with the button; without message_id the last one of the bot's with any."""
        if body.get("message_id") is not None:
            message_id = whole(body, "message_id")
            return message_id, self.telegram.store.message(bot.id, chat_id, message_id)
        found = self.telegram.store.last_with_buttons(bot.id, chat_id)
        if found is None:
            raise refused("there is no message with buttons in the chat", 409)
        return found.message_id, found

    def _button(self, bot: Bot, chat_id: int, body: Json) -> tuple[int, Message | None, Json]:
        wanted = str(body["text"]).strip()
        keyboard = self.telegram.state(bot, chat_id).state.get("reply_keyboard", {})
        if body.get("message_id") is None:
            found = _named(keyboard.get("keyboard", []), wanted)
            if found is not None:
                return 0, None, found
        message_id, message = self._tapped(bot, chat_id, body)
        if message is None:
            raise refused("the message is gone: tap by data", 409)
        rows = message.body.get("reply_markup", {}).get("inline_keyboard", [])
        found = _named(rows, wanted)
        if found is None:
            shown = ", ".join(repr(button["text"]) for row in rows for button in row)
            raise refused(f"there is no button {wanted!r} on the message; there are: {shown}", 409)
        return message_id, message, found

    def _other(self, bot: Bot, chat_id: int, actor: int, button: Json) -> Json:
        """Buttons that send nothing by themselves, and those of a reply keyboard."""
        for name in _OPENED:
            if name in button:
                return {name: button[name]}
        if button.get("request_contact"):
            content = self.user_messages.contact(bot, chat_id, "own", actor)
        else:
            content = written(button["text"])
        self._put_keyboard_away(bot, chat_id)
        return self.user_messages.say(bot, chat_id, {"from": actor}, content)

    def _put_keyboard_away(self, bot: Bot, chat_id: int) -> None:
        """A one_time_keyboard hides itself once it was used."""
        chat = self.telegram.state(bot, chat_id)
        if chat.state.get("reply_keyboard", {}).get("one_time_keyboard"):
            del chat.state["reply_keyboard"]
            self.telegram.store.save_chat(chat)
            self.telegram.tell_chat(bot.id, chat_id, "keyboard", reply_keyboard=None)

    def _query(
        self,
        bot: Bot,
        chat_id: int,
        actor: int,
        message_id: int,
        message: Message | None,
        data: str,
    ) -> tuple[str, int | None]:
        callback_id = self.telegram.store.new_callback_id()
        gone = {"chat": self.telegram.chat_of(chat_id), "message_id": message_id, "date": 0}
        query: dict[str, Any] = {
            "id": str(callback_id),
            "from": self.telegram.user(actor),
            **self._place(bot, gone, message),
            "chat_instance": str(-(abs(chat_id) * 7_919_000_017 + bot.id) % (1 << 62)),
            "data": data,
        }
        now = self.telegram.world.clock.timestamp()
        self.telegram.store.add_callback(callback_id, bot.id, actor, chat_id, query, now)
        update_id = self.telegram.push(bot, "callback_query", chat_id, query)
        self.telegram.store.commit()
        return str(callback_id), update_id

    def _place(self, bot: Bot, gone: Json, message: Message | None) -> Json:
        """Where the button is: a message, one that is gone, or one sent through the bot."""
        if message is None:
            return {"message": gone}
        if (message.body.get("via_bot") or {}).get("id") == bot.id:
            return {"inline_message_id": inline_id(message)}
        return {"message": message.body}

    def _again(self, bot: Bot, chat_id: int, callback_id: int) -> Json:
        """The same query once more under a new update id."""
        found = self.telegram.store.callback(bot.id, callback_id)
        if found is None:
            raise refused(f"there is no callback query {callback_id}", 404)
        update_id = self.telegram.push(bot, "callback_query", chat_id, found[2])
        return {"callback_query_id": str(callback_id), "update_id": update_id}


def _named(rows: list[list[Json]], text: str) -> Json | None:
    buttons = [button for row in rows for button in row]
    exact = [button for button in buttons if button["text"] == text]
    partly = [button for button in buttons if text and text in button["text"]]
    if exact:
        return exact[0]
    return partly[0] if len(partly) == 1 else None
