"""What Telegram remembers, in one SQLite file.

Every answer given to a bot must be true after `kill -9`, so the caller commits before it answers.
The connection lives in the event loop's thread: a call costs tens of microseconds, less than a hop
to another thread would.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from sandbox.telegram.records import Bot, Chat, Json, Message, StoredFile

FIRST_UPDATE_ID = 500_000_001

_SCHEMA = """
create table if not exists bots(
    id integer primary key, token text not null, settings text not null,
    next_message integer not null, next_update integer not null, made integer not null);
create table if not exists people(id integer primary key, profile text not null);
create table if not exists chats(
    bot_id integer, chat_id integer, state text not null, primary key(bot_id, chat_id));
create table if not exists messages(
    bot_id integer, chat_id integer, message_id integer, body text not null,
    by_bot integer not null, deleted integer not null default 0,
    primary key(bot_id, chat_id, message_id));
create table if not exists updates(
    bot_id integer, update_id integer, kind text not null, queue integer not null,
    body text not null, expires real not null, primary key(bot_id, update_id));
create table if not exists callbacks(
    id integer primary key, bot_id integer not null, user_id integer not null,
    chat_id integer not null, body text not null, asked real not null,
    answer text, answered real);
create index if not exists callbacks_of_chat on callbacks(bot_id, chat_id);
create table if not exists files(
    file_id text primary key, bot_id integer not null, unique_id text not null,
    kind text not null, name text not null, mime text not null, size integer not null,
    stored text not null, file_path text not null);
create index if not exists files_by_path on files(bot_id, file_path);
create table if not exists shapes(file_id text primary key, shape text not null);
create table if not exists calls(
    n integer primary key, bot_id integer not null, method text not null, chat_id text,
    ok integer not null, error_code integer, description text, at real not null);
"""

_FILES = "select files.*, coalesce(shape, '{}') from files left join shapes using(file_id)"


def _as_file(row: Any) -> StoredFile | None:
    if row is None:
        return None
    file = StoredFile(*row[:-1])
    file.shape = json.loads(row[-1])
    return file


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Store:
    """The tables above. Nothing is durable until `commit`."""

    def __init__(self, folder: Path) -> None:
        self.files_folder = folder / "files"
        self.files_folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "telegram.sqlite3", check_same_thread=False)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.executescript(_SCHEMA)
        self.bots: dict[int, Bot] = {}
        for row in self._db.execute(
            "select id,token,settings,next_message,next_update,made from bots order by made"
        ):
            self.bots[row[0]] = Bot(row[0], row[1], json.loads(row[2]), *row[3:])
        self.people: dict[int, Json] = {
            row[0]: json.loads(row[1])
            for row in self._db.execute("select id, profile from people order by rowid")
        }
        latest = self._db.execute("select coalesce(max(id), 0) from callbacks").fetchone()
        self._last_callback: int = max(latest[0], 4_215_000_000_000_000_000)

    def commit(self) -> None:
        """Make all that was written so far survive."""
        self._db.commit()

    def close(self) -> None:
        """Commit and let go of the file."""
        self._db.commit()
        self._db.close()

    # bots

    def add_bot(self, bot_id: int, token: str) -> Bot:
        """A bot that called for the first time."""
        bot = Bot(bot_id, token, {}, 1, FIRST_UPDATE_ID, len(self.bots))
        self.bots[bot_id] = bot
        self._db.execute(
            "insert into bots values(?,?,?,?,?,?)",
            (bot_id, token, "{}", bot.next_message, bot.next_update, bot.made),
        )
        return bot

    def save_settings(self, bot: Bot) -> None:
        """Keep `bot.config.settings` as they are now."""
        self._db.execute("update bots set settings=? where id=?", (_dump(bot.settings), bot.id))

    def take_message_id(self, bot: Bot) -> int:
        """The next message id of this bot."""
        taken = bot.next_message
        bot.next_message += 1
        self._db.execute("update bots set next_message=? where id=?", (bot.next_message, bot.id))
        return taken

    def level_message_ids(self, bots: list[Bot]) -> None:
        """The same next message id for all of them: the highest."""
        highest = max(bot.next_message for bot in bots)
        for bot in bots:
            bot.next_message = highest

    # people and groups

    def save_person(self, person_id: int, profile: Json) -> None:
        """Keep a user (positive id) or a group (negative id)."""
        self.people[person_id] = profile
        self._db.execute(
            "insert into people values(?,?) on conflict(id) do update set profile=excluded.profile",
            (person_id, _dump(profile)),
        )

    # chats

    def chat(self, bot_id: int, chat_id: int) -> Chat | None:
        """The chat, or None when the two never met."""
        row = self._db.execute(
            "select state from chats where bot_id=? and chat_id=?", (bot_id, chat_id)
        ).fetchone()
        return None if row is None else Chat(bot_id, chat_id, json.loads(row[0]))

    def save_chat(self, chat: Chat) -> None:
        """Keep the chat's state."""
        self._db.execute(
            "insert into chats values(?,?,?)"
            " on conflict(bot_id, chat_id) do update set state=excluded.state",
            (chat.bot_id, chat.chat_id, _dump(chat.state)),
        )

    # messages

    def message(self, bot_id: int, chat_id: int, message_id: int) -> Message | None:
        """A message that is not deleted."""
        if abs(message_id) >= 1 << 63:
            return None
        row = self._db.execute(
            "select body, by_bot from messages"
            " where bot_id=? and chat_id=? and message_id=? and deleted=0",
            (bot_id, chat_id, message_id),
        ).fetchone()
        if row is None:
            return None
        return Message(bot_id, chat_id, message_id, json.loads(row[0]), bool(row[1]))

    def save_message(self, message: Message) -> None:
        """Add the message or keep its new state."""
        self._db.execute(
            "insert into messages values(?,?,?,?,?,?)"
            " on conflict(bot_id, chat_id, message_id)"
            " do update set body=excluded.body, deleted=excluded.deleted",
            (
                message.bot_id,
                message.chat_id,
                message.message_id,
                _dump(message.body),
                message.by_bot,
                message.deleted,
            ),
        )

    def messages(self, bot_id: int, chat_id: int, last: int | None = None) -> list[Json]:
        """The messages still in the chat, oldest first; only the `last` ones if given."""
        rows = self._db.execute(
            "select body from messages where bot_id=? and chat_id=? and deleted=0"
            " order by message_id desc limit ?",
            (bot_id, chat_id, -1 if last is None else last),
        ).fetchall()
        return [json.loads(row[0]) for row in reversed(rows)]

    def last_with_buttons(self, bot_id: int, chat_id: int) -> Message | None:
        """The newest message of the bot's that has an inline keyboard."""
        rows = self._db.execute(
            "select message_id, body from messages"
            " where bot_id=? and chat_id=? and deleted=0 and by_bot=1 order by message_id desc",
            (bot_id, chat_id),
        )
        for message_id, body in rows:
            parsed = json.loads(body) if '"reply_markup"' in body else {}
            if "reply_markup" in parsed:
                return Message(bot_id, chat_id, message_id, parsed, by_bot=True)
        return None

    # updates

    def add_update(self, bot: Bot, kind: str, queue: int, fragment: Json, expires: float) -> int:
        """Queue an update; `fragment` is everything but its id."""
        update_id = bot.next_update
        bot.next_update += 1
        body = {"update_id": 0, **fragment} | {"update_id": update_id}
        self._db.execute("update bots set next_update=? where id=?", (bot.next_update, bot.id))
        self._db.execute(
            "insert into updates values(?,?,?,?,?,?)",
            (bot.id, update_id, kind, queue, _dump(body), expires),
        )
        return update_id

    def updates(self, bot_id: int, limit: int, now: float) -> list[tuple[int, int, str, float]]:
        """The oldest waiting updates: id, queue, body as JSON text, expiry."""
        rows: list[tuple[int, int, str, float]] = self._db.execute(
            "select update_id, queue, body, expires from updates"
            " where bot_id=? and expires>? order by update_id limit ?",
            (bot_id, now, limit),
        ).fetchall()
        return rows

    def count_updates(self, bot_id: int, now: float) -> int:
        """How many updates wait."""
        row = self._db.execute(
            "select count(*) from updates where bot_id=? and expires>?", (bot_id, now)
        ).fetchone()
        return int(row[0])

    def forget_updates_below(self, bot_id: int, update_id: int) -> None:
        """The bot confirmed everything below `update_id`."""
        self._db.execute("delete from updates where bot_id=? and update_id<?", (bot_id, update_id))

    def forget_update(self, bot_id: int, update_id: int) -> None:
        """The webhook took it."""
        self._db.execute("delete from updates where bot_id=? and update_id=?", (bot_id, update_id))

    def forget_expired(self, bot_id: int, now: float) -> None:
        """Telegram keeps nothing for ever."""
        self._db.execute("delete from updates where bot_id=? and expires<=?", (bot_id, now))

    def nth_update_from_the_end(self, bot_id: int, n: int, now: float) -> int | None:
        """The id of the n-th newest waiting update, None when there are fewer."""
        row = self._db.execute(
            "select update_id from updates where bot_id=? and expires>?"
            " order by update_id desc limit 1 offset ?",
            (bot_id, now, n - 1),
        ).fetchone()
        return None if row is None else int(row[0])

    # callback queries

    def new_callback_id(self) -> int:
        """A decimal int64, as Telegram's are."""
        self._last_callback += 7919
        return self._last_callback

    def add_callback(
        self, callback_id: int, bot_id: int, user_id: int, chat_id: int, body: Json, asked: float
    ) -> None:
        """A tap that waits for its answer."""
        self._db.execute(
            "insert into callbacks values(?,?,?,?,?,?,null,null)",
            (callback_id, bot_id, user_id, chat_id, _dump(body), asked),
        )

    def callback(self, bot_id: int, callback_id: int) -> tuple[int, int, Json, float, int] | None:
        """User id, chat id, the CallbackQuery, when it was asked, how often it was answered."""
        row = self._db.execute(
            "select user_id, chat_id, body, asked, answer from callbacks where bot_id=? and id=?",
            (bot_id, callback_id),
        ).fetchone()
        if row is None:
            return None
        times = json.loads(row[4]).get("times", 1) if row[4] else 0
        return row[0], row[1], json.loads(row[2]), row[3], times

    def answer_callback(self, callback_id: int, answer: Json, at: float) -> None:
        """What the person is shown for the tap."""
        self._db.execute(
            "update callbacks set answer=?, answered=? where id=?",
            (_dump(answer), at, callback_id),
        )

    def answers(self, bot_id: int, chat_id: int) -> list[Json]:
        """The answers shown in a chat, in the order they came."""
        rows = self._db.execute(
            "select answer from callbacks"
            " where bot_id=? and chat_id=? and answered is not null order by answered, id",
            (bot_id, chat_id),
        )
        return [json.loads(row[0]) for row in rows]

    # files

    def add_file(self, file: StoredFile) -> None:
        """A file known by a new file_id."""
        self._db.execute(
            "insert or replace into files values(?,?,?,?,?,?,?,?,?)",
            (
                file.file_id,
                file.bot_id,
                file.unique_id,
                file.kind,
                file.name,
                file.mime,
                file.size,
                file.stored,
                file.file_path,
            ),
        )
        if file.shape:
            self._db.execute(
                "insert or replace into shapes values(?,?)", (file.file_id, _dump(file.shape))
            )

    def file(self, file_id: str) -> StoredFile | None:
        """A file by its file_id."""
        return _as_file(self._db.execute(f"{_FILES} where file_id=?", (file_id,)).fetchone())

    def file_by_path(self, bot_id: int, file_path: str) -> StoredFile | None:
        """A file by what getFile called its path."""
        return _as_file(
            self._db.execute(
                f"{_FILES} where bot_id=? and file_path=?", (bot_id, file_path)
            ).fetchone()
        )

    def count_files(self, bot_id: int) -> int:
        """How many files this bot has seen."""
        row = self._db.execute("select count(*) from files where bot_id=?", (bot_id,)).fetchone()
        return int(row[0])

    # the log of calls

    def add_call(
        self,
        bot_id: int,
        method: str,
        chat_id: str | None,
        error: tuple[int, str] | None,
        at: float,
    ) -> None:
        """One line of the log; `error` is None for a success."""
        code, description = error or (None, None)
        self._db.execute(
            "insert into calls(bot_id,method,chat_id,ok,error_code,description,at)"
            " values(?,?,?,?,?,?,?)",
            (bot_id, method, chat_id, error is None, code, description, at),
        )

    def calls(self, bot_id: int | None, after: int, limit: int) -> list[Json]:
        """The log from line `after` on, oldest first."""
        rows = self._db.execute(
            "select n,bot_id,method,chat_id,ok,error_code,description,at from calls"
            " where n>? and (? is null or bot_id=?) order by n limit ?",
            (after, bot_id, bot_id, limit),
        )
        names = ("n", "bot", "method", "chat_id", "ok", "error_code", "description", "at")
        return [{**dict(zip(names, row, strict=True)), "ok": bool(row[4])} for row in rows]
