"""Telegram's own side: who is who, what waits for which bot, and who watches.

Everything the methods and the user side share goes through here, so that an update is filtered,
stored, handed to a waiting poll or webhook, and shown to the watching web chat in one place.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from typing import Any

from sandbox.telegram.errors import ApiError
from sandbox.telegram.records import Bot, Chat, Json, Message
from sandbox.telegram.store import Store
from sandbox.world import World

DAY = 24 * 3600.0
LIFETIMES = {
    "callback_query": 150.0,
    "shipping_query": 150.0,
    "pre_checkout_query": 150.0,
    "inline_query": 30.0,
    "chosen_inline_result": 600.0,
}
"""How long an update waits for its bot, in seconds; a day unless it is named here."""

OPTIONAL_UPDATES = {"chat_member", "message_reaction", "message_reaction_count"}
UPDATE_KINDS = OPTIONAL_UPDATES | {
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "purchased_paid_media",
}

_TOKEN = re.compile(r"([1-9]\d{0,14}):[A-Za-z0-9_-]+")
FIRST_USER_ID = 700_000_001


class TelegramState:
    """The state of Telegram and those who wait for its changes."""

    def __init__(self, world: World, store: Store, default_token: str | None) -> None:
        self.world = world
        self.store = store
        self._default_token = default_token
        self._arrivals: dict[int, asyncio.Event] = {}
        self._watchers: set[asyncio.Queue[Json | None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._newest_person = max([FIRST_USER_ID - 1, *store.people])
        self.closing = False
        self.one_answer = False
        """Whether a second answerCallbackQuery to the same query is refused."""

    def now(self) -> int:
        """The world's time in whole seconds, as messages carry it."""
        return int(self.world.clock.timestamp())

    # bots

    def bot_of_token(self, token: str) -> Bot:
        """The bot of a token, made at its first call. Raises 401."""
        found = _TOKEN.fullmatch(token)
        if not found:
            raise ApiError(401, "Unauthorized: invalid token specified")
        bot = self.store.bots.get(int(found[1]))
        if bot is None:
            bot = self.store.add_bot(int(found[1]), token)
            self.store.commit()
            self.tell({"type": "bot", "bot": bot.as_user()})
        if bot.token != token:
            raise ApiError(401, "Unauthorized")
        return bot

    def default_bot(self) -> Bot | None:
        """The bot user-side calls mean: the one the sandbox was started for, else the first."""
        if self._default_token:
            return self.bot_of_token(self._default_token)
        return next(iter(self.store.bots.values()), None)

    # people and chats

    def new_person_id(self) -> int:
        """A free user id."""
        self._newest_person += 1
        while self._newest_person in self.store.people:
            self._newest_person += 1
        return self._newest_person

    def user(self, user_id: int) -> Json:
        """A person as a `User`."""
        profile = self.store.people[user_id]
        user = {"id": user_id, "is_bot": False, "first_name": profile["first_name"]}
        for name in ("last_name", "username", "language_code", "is_premium"):
            if profile.get(name):
                user[name] = profile[name]
        return user

    def chat_of(self, chat_id: int) -> Json:
        """A person or a group as a `Chat`."""
        profile = self.store.people[chat_id]
        chat: Json = {"id": chat_id, "type": "private" if chat_id > 0 else profile["type"]}
        for name in ("title", "first_name", "last_name", "username"):
            if profile.get(name):
                chat[name] = profile[name]
        if profile.get("is_forum"):
            chat["is_forum"] = True
        return chat

    def state(self, bot: Bot, chat_id: int) -> Chat:
        """What the bot and the chat know of each other, empty at first."""
        return self.store.chat(bot.id, chat_id) or Chat(bot.id, chat_id)

    def bots_in(self, chat_id: int) -> list[Bot]:
        """The bots that are in a group now, in the order they first called."""
        states = ((bot, self.state(bot, chat_id).state) for bot in self.store.bots.values())
        return [bot for bot, state in states if state.get("started") and not state.get("blocked")]

    # updates

    def wanted(self, bot: Bot, kind: str) -> bool:
        """Whether the bot's allowed_updates let this kind through."""
        allowed = bot.settings.get("allowed_updates")
        return kind not in OPTIONAL_UPDATES if not allowed else kind in allowed

    def push(self, bot: Bot, kind: str, queue: int, content: Any) -> int | None:
        """Queue an update for the bot; None when it is not among its allowed_updates."""
        if not self.wanted(bot, kind):
            return None
        return self.push_raw(bot, kind, queue, {kind: content}, LIFETIMES.get(kind, DAY))

    def push_raw(
        self, bot: Bot, kind: str, queue: int, fragment: Json, lifetime: float = DAY
    ) -> int:
        """Queue whatever is given as an update of `kind`."""
        expires = self.world.clock.timestamp() + lifetime
        update_id = self.store.add_update(bot, kind, queue, fragment, expires)
        self.store.commit()
        self.arrival(bot.id).set()
        return update_id

    def arrival(self, bot_id: int) -> asyncio.Event:
        """Set whenever something was queued for the bot."""
        return self._arrivals.setdefault(bot_id, asyncio.Event())

    # watchers

    def watch(self) -> asyncio.Queue[Json | None]:
        """A queue of all that happens from now on; None is its end."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._watchers.add(queue)
        return queue

    def unwatch(self, queue: asyncio.Queue[Json | None]) -> None:
        """Stop filling the queue."""
        self._watchers.discard(queue)

    def tell(self, event: Json) -> None:
        """Show an event to all who watch. Only after what it tells was written."""
        for queue in self._watchers:
            queue.put_nowait(event)

    def tell_chat(self, bot_id: int, chat_id: int, kind: str, **facts: Any) -> None:
        """Show an event of one chat."""
        if self._watchers:
            self.tell({"type": kind, "bot": bot_id, "chat": chat_id, **facts})

    # messages

    def add_message(self, bot: Bot, chat_id: int, body: Json, *, by_bot: bool) -> Message:
        """A new message at the end of the chat; sets its id, chat and date."""
        message_id = self.store.take_message_id(bot)
        whole = {
            "message_id": message_id,
            "from": bot.as_user(),
            "chat": self.chat_of(chat_id),
            "date": self.now(),
            **body,
        }
        if whole["chat"]["type"] == "channel":
            whole["sender_chat"] = whole["chat"]
            del whole["from"]
        message = Message(bot.id, chat_id, message_id, whole, by_bot)
        self.store.save_message(message)
        self.tell_chat(bot.id, chat_id, "message", message=whole)
        return message

    def change_message(self, message: Message) -> None:
        """Keep a message that was edited."""
        self.store.save_message(message)
        self.tell_chat(message.bot_id, message.chat_id, "edited", message=message.body)

    def delete_message(self, message: Message) -> None:
        """Take a message out of the chat."""
        message.deleted = True
        self.store.save_message(message)
        chat = self.store.chat(message.bot_id, message.chat_id)
        if chat is not None and message.message_id in chat.state.get("pinned", []):
            chat.state["pinned"].remove(message.message_id)
            self.store.save_chat(chat)
        self.tell_chat(message.bot_id, message.chat_id, "deleted", message_id=message.message_id)

    # work that outlives a call

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the calls; `close` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def end_waiting(self) -> None:
        """Let waiting polls and watchers end."""
        self.closing = True
        for event in self._arrivals.values():
            event.set()
        for queue in self._watchers:
            queue.put_nowait(None)

    async def close(self) -> None:
        """Cancel the work that is left and close the database."""
        self.end_waiting()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.store.close()
