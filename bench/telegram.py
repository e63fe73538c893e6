"""A lean Bot API server and load generator, a process of its own.

Its answers are encoded beforehand, so that what is measured is the bot. Every person has at most
one update under way: the next one is sent when the bot has reacted to the last (an edit or a
message).

    python -m bench.telegram PORT

`POST /load` runs a load and answers with its figures; `GET /ready` says whether a bot is polling.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp.web_request import FileField

ME = {
    "id": 1000001,
    "is_bot": True,
    "first_name": "Bench",
    "username": "bench_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
TRUE = b'{"ok":true,"result":true}'
EMPTY = b'{"ok":true,"result":[]}'
FIRST_USER = 5_000_000
AT_ONCE = 2000
"""Updates under way; more people than that take their turns."""
REACTIONS = frozenset({"sendmessage", "editmessagetext"})


@dataclass
class Person:
    """One person: what they last saw, and since when they wait for a reaction."""

    id: int
    message_id: int = 1
    keyboard: str = ""
    text: str = "window"
    sent_at: float | None = None
    taps: int = 0


@dataclass
class Load:
    """One run: `text` is typed, of `texts` by each person another one, or the button whose label
    holds `tap` is pressed.
    """

    users: int
    updates: int
    text: str | None = None
    texts: list[str] = field(default_factory=list)
    tap: list[str] = field(default_factory=list)
    rate: float | None = None
    first: int = 0
    patience: float = 300.0


class World:
    """Updates out, calls in."""

    def __init__(self) -> None:
        self._people: dict[int, Person] = {}
        self._queue: deque[dict[str, Any]] = deque()
        self._wake = asyncio.Event()
        self._update_id = random.Random(1).randrange(10**6)  # noqa: S311 - any start will do
        self._polls = 0
        self._sent: dict[int, float] = {}
        self._latencies: list[float] = []
        self._on_reaction: Callable[[Person], None] | None = None
        self._calls: dict[str, int] = {}
        self._files: list[dict[str, Any]] = []
        self._messages = 0

    # --- the Bot API ---

    async def call(self, request: web.Request) -> web.Response:
        """One method."""
        method = request.match_info["method"].lower()
        if method == "getupdates":
            return await self._get_updates(request)
        self._calls[method] = self._calls.get(method, 0) + 1
        if method == "getme":
            return _json({"ok": True, "result": ME})
        if method == "getwebhookinfo":
            return _json({"ok": True, "result": {"url": "", "pending_update_count": 0}})
        if method == "senddocument":
            return await self._file(request)
        body = await _body(request)
        if method in REACTIONS:
            return self._reaction(method, body)
        return web.Response(body=TRUE, content_type="application/json")

    async def _get_updates(self, request: web.Request) -> web.Response:
        body = await _body(request)
        self._polls += 1
        mine = self._polls
        self._wake.set()
        wait = min(float(body.get("timeout") or 0), 25.0)
        if not self._queue and wait:
            self._wake = asyncio.Event()
            try:
                await asyncio.wait_for(self._wake.wait(), wait)
            except TimeoutError:
                return web.Response(body=EMPTY, content_type="application/json")
        if mine != self._polls:
            # A newer poll is here, perhaps of the next bot: this one's bot may be gone.
            return web.Response(body=EMPTY, content_type="application/json")
        batch = [self._queue.popleft() for _ in range(min(100, len(self._queue)))]
        return _json({"ok": True, "result": batch})

    def _reaction(self, method: str, body: dict[str, Any]) -> web.Response:
        chat_id = int(body["chat_id"])
        person = self._people.setdefault(chat_id, Person(chat_id))
        if method == "sendmessage":
            self._messages += 1
            person.message_id += 1
        keyboard = body.get("reply_markup") or person.keyboard
        person.keyboard = keyboard if isinstance(keyboard, str) else json.dumps(keyboard)
        person.text = body.get("text") or person.text
        answer = _json({"ok": True, "result": self._message(person)})
        if person.sent_at is not None:
            self._latencies.append(time.perf_counter() - person.sent_at)
            person.sent_at = None
            if self._on_reaction is not None:
                self._on_reaction(person)
        return answer

    async def _file(self, request: web.Request) -> web.Response:
        body = await request.post()
        upload = body[str(body["document"]).removeprefix("attach://")]
        assert isinstance(upload, FileField)
        size = upload.file.seek(0, 2)
        self._files.append({"bytes": size, "caption": str(body.get("caption"))})
        person = self._people.setdefault(
            int(str(body["chat_id"])), Person(int(str(body["chat_id"])))
        )
        known = {"file_id": f"file-{len(self._files)}", "file_unique_id": "1"}
        return _json({"ok": True, "result": {**self._message(person), "document": known}})

    # --- the load ---

    async def load(self, request: web.Request) -> web.Response:
        """Run a load to its end."""
        load = Load(**await request.json())
        people = [self.person(n) for n in range(load.first, load.first + load.users)]
        for person in people:
            person.taps = 0
        self._latencies, self._calls = [], {}
        left = load.updates
        finished = asyncio.Event()
        done = 0

        def send(person: Person) -> None:
            nonlocal left
            if left > 0:
                left -= 1
                self._send(person, load)

        def reacted(person: Person) -> None:
            nonlocal done
            done += 1
            if done >= load.updates:
                finished.set()
            elif load.rate is None:
                send(waiting.popleft() if waiting else person)

        for person in people:
            person.sent_at = None
        self._on_reaction = reacted
        began = time.perf_counter()
        waiting = deque(people[AT_ONCE:])
        if load.rate is None:
            for person in people[: min(load.updates, AT_ONCE)]:
                send(person)
        else:
            await self._paced(people, load, send)
        try:
            await asyncio.wait_for(finished.wait(), load.patience)
        except TimeoutError:
            return _json({"error": "the bot stopped reacting", "done": done, "calls": self._calls})
        seconds = time.perf_counter() - began
        await asyncio.sleep(0.3)
        self._on_reaction = None
        return _json(
            {
                "updates": done,
                "seconds": seconds,
                "per_second": done / seconds,
                "p50_ms": percentile(self._latencies, 0.5),
                "p99_ms": percentile(self._latencies, 0.99),
                "calls": self._calls,
            }
        )

    async def _paced(
        self, people: list[Person], load: Load, send: Callable[[Person], None]
    ) -> None:
        assert load.rate is not None
        began = time.perf_counter()
        line = deque(people)
        for n in range(load.updates):
            pause = began + n / load.rate - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            while line[0].sent_at is not None:
                # Nobody presses before they were answered: the next one is free, or all wait.
                line.rotate(-1)
                await asyncio.sleep(0.001)
            send(line[0])
            line.rotate(-1)

    def _send(self, person: Person, load: Load) -> None:
        text = load.texts[person.id - FIRST_USER] if load.texts else load.text
        if text is not None:
            self.says(person, text)
        else:
            label = load.tap[person.taps % len(load.tap)]
            person.taps += 1
            self.presses(person, _button(person.keyboard, label))

    def person(self, n: int) -> Person:
        """The n-th person, from 0."""
        return self._people.setdefault(FIRST_USER + n, Person(FIRST_USER + n))

    def reacting(self, on_reaction: Callable[[Person], None] | None) -> None:
        """Who is told of every reaction from now on."""
        self._on_reaction = on_reaction

    def says(self, person: Person, text: str) -> None:
        """Send what they typed."""
        person.message_id += 1
        message = {
            "message_id": person.message_id,
            "date": int(time.time()),
            "chat": {"id": person.id, "type": "private", "first_name": "Bench"},
            "from": _user(person),
            "text": text,
        }
        self._put(person, message=message)

    def presses(self, person: Person, data: str) -> None:
        """Send their press of a button of their newest message."""
        query = {
            "id": str(self._update_id + 1),
            "from": _user(person),
            "chat_instance": "1",
            "message": self._message(person),
            "data": data,
        }
        self._put(person, callback_query=query)

    def _put(self, person: Person, **update: Any) -> None:
        self._update_id += 1
        person.sent_at = time.perf_counter()
        self._queue.append({"update_id": self._update_id, **update})
        self._wake.set()

    def _message(self, person: Person) -> dict[str, Any]:
        message = {
            "message_id": person.message_id,
            "date": int(time.time()),
            "chat": {"id": person.id, "type": "private", "first_name": "Bench"},
            "from": {key: ME[key] for key in ("id", "is_bot", "first_name", "username")},
            "text": person.text,
        }
        if person.keyboard:
            message["reply_markup"] = json.loads(person.keyboard)
        return message

    async def ready(self, _request: web.Request) -> web.Response:
        """Whether a bot has polled, how many messages came, and the files."""
        return _json({"polls": self._polls, "messages": self._messages, "files": self._files})

    async def keyboard(self, request: web.Request) -> web.Response:
        """The buttons that a person sees, counted from the first one."""
        person = self._people[FIRST_USER + int(request.query["person"])]
        return _json({"keyboard": person.keyboard})


def _user(person: Person) -> dict[str, Any]:
    return {"id": person.id, "is_bot": False, "first_name": "Bench", "language_code": "en"}


def _button(keyboard: str, label: str) -> str:
    """The data of a button whose text holds the label, or the next of `one|another`."""
    found = button(keyboard, label)
    if found is None:
        raise web.HTTPBadRequest(text=f"no button {label!r} in {keyboard[:300]!r}")
    return found


def button(keyboard: str, label: str) -> str | None:
    """The same; None where there is none."""
    rows = json.loads(keyboard or "{}").get("inline_keyboard", [])
    for part in label.split("|"):
        for row in rows:
            for one in row:
                if part in one["text"]:
                    return str(one["callback_data"])
    return None


def percentile(values: list[float], share: float) -> float:
    """In milliseconds, of values in seconds; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


def _json(body: object) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), content_type="application/json")


async def _body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    if request.content_type == "application/json":
        return dict(json.loads(raw or b"{}"))
    return {key: values[0] for key, values in parse_qs(raw.decode()).items()}


def routes(world: World) -> list[web.RouteDef]:
    """Where a world is reached."""
    return [
        web.route("*", "/bot{token}/{method}", world.call),
        web.post("/load", world.load),
        web.get("/ready", world.ready),
        web.get("/keyboard", world.keyboard),
    ]


def main() -> None:
    """Serve until killed."""
    app = web.Application(client_max_size=64 << 20)
    app.add_routes(routes(World()))
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
