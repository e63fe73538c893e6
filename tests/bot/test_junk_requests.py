"""Whatever is sent to our HTTP surfaces: 2xx, 4xx or an honest 503, and nothing of ours in it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.context.queued_update import QueuedUpdate
from bot.events.listener import LARGEST_EVENT, EventListener
from bot.events.wakeups import EventWakeups
from bot.ops import logs
from bot.ops.health import HealthPages
from bot.ops.metrics import Metrics, Waiting
from bot.updates.intake import LARGEST_BODY, Intake
from bot.updates.webhook import Webhook
from storage import Secrets, Stores, open_stores
from storage.errors import StorageUnavailable
from tests.bot.chat_queues import a_chat_queue
from tests.schema import migrated
from tests.settings import plain

SECRET = "s3cr3t-of-the-webhook-1234567890"
TOKEN = "1000001:scenario-bot-0000000000000000000000"
PATH = "/telegram"
EVENTS = "0123456789abcdef" * 4
AT = f"/events/{EVENTS}/TMF622"
OURS = (
    SECRET.encode(),
    EVENTS.encode(),
    TOKEN.encode(),
    b"Traceback",
    b"site-packages",
    b".py",
    b"sqlite",
)


class Clock:
    def now(self) -> datetime:
        return datetime(2022, 1, 24, 10, 0, tzinfo=UTC)


async def _nothing(_letter: QueuedUpdate) -> bool:
    return True


@dataclass
class Surfaces:
    """Both servers, on a loop of their own."""

    runner: asyncio.Runner
    ports: dict[str, int]
    stores: Stores

    def send(self, surface: str, request: bytes, *, hang_up: bool = False) -> bytes:
        """Send bytes; all that is answered until the end of the connection."""
        return self.runner.run(_send(self.ports[surface], request, hang_up=hang_up))

    def kept(self) -> int:
        return self.runner.run(self.stores.inbox.waiting())


async def _send(port: int, request: bytes, *, hang_up: bool) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        if hang_up:
            # What is not whole is waited for; what is gets its answer first.
            answer = asyncio.ensure_future(reader.read())
            done, _late = await asyncio.wait({answer}, timeout=0.3)
            if not done:
                writer.write_eof()
            return await asyncio.wait_for(answer, 60)
        return await asyncio.wait_for(reader.read(), 60)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def _start(address: str, running: list[web.AppRunner]) -> tuple[dict[str, int], Stores]:
    await migrated(address)
    stores = open_stores(address, Secrets.from_master(b"the master secret of these tests" * 2))
    clock = Clock()
    chat_queue = a_chat_queue(_nothing)
    chat_queue.close()
    configured = replace(
        plain(),
        bot_token=TOKEN,
        carrier_url="http://127.0.0.1:9",
        webhook_url=f"https://bot.example{PATH}",
        webhook_secret=SECRET,
    )
    counted = Metrics()
    webhook = Webhook(
        bot=None,  # type: ignore[arg-type]
        intake=Intake(stores, chat_queue, clock, Bot(TOKEN), "me"),
        settings=configured,
        counted=counted.webhook_call,
    )
    observing = HealthPages(counted, Waiting(stores.gauges, clock, counted))
    ports = {}
    wakes = EventWakeups(
        stores.action_wakeups,
        stores.event_subscriptions,
        clock,
        counted=counted.operator_event,
        ring=lambda: None,
    )
    listener = EventListener(
        "https://bot.example/events",
        lambda: [EVENTS, "f" * 64],
        ["TMF622"],
        wakes,
        counted=counted.operator_event,
    )
    for name, pages in (
        ("webhook", webhook.application()),
        ("figures", observing.application()),
        ("events", listener.application()),
    ):
        runner = web.AppRunner(pages, access_log=None)
        await runner.setup()
        running.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ports[name] = runner.addresses[0][1]
    return ports, stores


async def _end(running: list[web.AppRunner], stores: Stores) -> None:
    for runner in running:
        await runner.cleanup()
    await stores.close()


@pytest.fixture(scope="module")
def surfaces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surfaces]:
    logs.set_up("INFO")
    folder: Path = tmp_path_factory.mktemp("surfaces")
    running: list[web.AppRunner] = []
    with closing(asyncio.Runner()) as runner:
        ports, stores = runner.run(_start(f"sqlite:///{folder / 'bot.db'}", running))
        yield Surfaces(runner, ports, stores)
        runner.run(_end(running, stores))


def status(answer: bytes) -> int:
    head = answer.split(b"\r\n", 1)[0].split()
    assert head[0].startswith(b"HTTP/1."), answer
    return int(head[1])


def sound(answer: bytes, *, besides: tuple[int, ...] = (), sent: bytes = b"") -> None:
    """No 5xx, nothing of ours but what was sent. What is no HTTP may have no answer at all."""
    assert not any(ours in answer for ours in OURS if ours not in sent), answer
    if answer:
        assert status(answer) < 500 or status(answer) in besides, answer


def a_request(method: bytes, path: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> bytes:
    lines = [b"%s %s HTTP/1.1" % (method, path), b"Host: x", b"Connection: close"]
    lines += [b"%s: %s" % header for header in headers]
    lines += [b"Content-Length: %d" % len(body), b"", body]
    return b"\r\n".join(lines)


def an_update(body: bytes, secret: bytes = SECRET.encode(), method: bytes = b"POST") -> bytes:
    headers = [(b"X-Telegram-Bot-Api-Secret-Token", secret), (b"Content-Type", b"application/json")]
    return a_request(method, PATH.encode(), headers, body)


PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
JUNK = st.binary(max_size=300)
LINE = st.binary(max_size=60).map(lambda line: line.replace(b"\r", b"").replace(b"\n", b""))
METHODS = st.sampled_from([b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"TRACE"]) | (
    PRINTABLE.map(str.encode)
)
PATHS = st.sampled_from(
    [b"/metrics", b"/health", PATH.encode(), AT.encode(), b"/events", b"/", b"/%00", b"/../etc"]
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            b"Accept Content-Type Content-Encoding Transfer-Encoding Cookie Expect Range "
            b"Upgrade X-Telegram-Bot-Api-Secret-Token".split()
        ),
        LINE,
    ),
    max_size=4,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["update_id", "message", "chat", "from", "id", "callback_query"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
MANY = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@MANY
@given(surface=st.sampled_from(["webhook", "figures", "events"]), junk=JUNK)
def test_bytes_that_are_no_request(surfaces: Surfaces, surface: str, junk: bytes) -> None:
    sound(surfaces.send(surface, junk, hang_up=True))


@MANY
@given(
    surface=st.sampled_from(["webhook", "figures", "events"]),
    method=METHODS,
    path=PATHS,
    headers=HEADERS,
    body=JUNK,
)
def test_any_method_path_header_and_body(
    surfaces: Surfaces,
    surface: str,
    method: bytes,
    path: bytes,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
) -> None:
    request = a_request(method, path, headers, body)
    sound(surfaces.send(surface, request, hang_up=True), sent=request)


@MANY
@given(body=JUNK)
def test_a_body_that_is_no_update_is_refused(surfaces: Surfaces, body: bytes) -> None:
    answer = surfaces.send("webhook", an_update(body))
    sound(answer)
    assert status(answer) == 400


@MANY
@given(value=VALUES)
def test_any_json_is_kept_or_refused(surfaces: Surfaces, value: Any) -> None:
    answer = surfaces.send("webhook", an_update(json.dumps(value).encode()))
    sound(answer)
    whole = isinstance(value, dict) and type(value.get("update_id")) is int
    assert status(answer) in ((200, 400) if whole else (400,))


@MANY
@given(given_secret=LINE.filter(lambda line: line.strip() != SECRET.encode()))
def test_without_the_secret_nothing_is_kept(surfaces: Surfaces, given_secret: bytes) -> None:
    before = surfaces.kept()
    answer = surfaces.send("webhook", an_update(b'{"update_id": 1000000}', given_secret))
    sound(answer)
    assert status(answer) in (400, 401)
    assert surfaces.kept() == before


def test_a_sound_update_is_kept_once(surfaces: Surfaces) -> None:
    before = surfaces.kept()
    for _ in range(2):
        assert status(surfaces.send("webhook", an_update(b'{"update_id": 4242424242}'))) == 200
    assert surfaces.kept() == before + 1


@pytest.mark.parametrize("path", [b"/metrics", b"/elsewhere"])
def test_an_expectation_that_is_no_text_is_refused(surfaces: Surfaces, path: bytes) -> None:
    """The framework's own answer repeats it, and failed on such bytes with 500."""
    request = a_request(b"GET", path, [(b"Expect", b"\x80")], b"")
    assert status(surfaces.send("figures", request)) == 417


@pytest.mark.parametrize("depth", [10, 100_000])
def test_a_deep_body_is_no_fault(surfaces: Surfaces, depth: int) -> None:
    body = b'{"update_id": 7, "message": ' + b"[" * depth + b"]" * depth + b"}"
    answer = surfaces.send("webhook", an_update(body))
    sound(answer)
    assert status(answer) in (200, 400)


def test_a_body_over_the_limit_is_refused(surfaces: Surfaces) -> None:
    body = b'{"update_id": 8, "text": "' + b"x" * LARGEST_BODY + b'"}'
    answer = surfaces.send("webhook", an_update(body))
    assert not answer or status(answer) == 413
    chunk = b"%x\r\n%s\r\n" % (len(body), body)
    head = an_update(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    answer = surfaces.send("webhook", head + chunk + b"0\r\n\r\n")
    assert not answer or status(answer) == 413


def test_a_database_that_is_away_is_an_honest_503(
    surfaces: Surfaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_arguments: object, **_named: object) -> list[Any]:
        raise StorageUnavailable("OperationalError: unable to open /var/lib/bot.db in sqlite")

    monkeypatch.setattr(surfaces.stores.inbox, "put", away)
    answer = surfaces.send("webhook", an_update(b'{"update_id": 9}'))
    sound(answer, besides=(503,))
    assert status(answer) == 503
    assert b"Retry-After: 1" in answer


# --- the operator's events ---


def an_event(body: bytes, path: str = AT) -> bytes:
    return a_request(b"POST", path.encode(), [(b"Content-Type", b"application/json")], body)


@MANY
@given(body=JUNK | VALUES.map(json.dumps).map(str.encode))
def test_any_body_of_an_event_is_taken(surfaces: Surfaces, body: bytes) -> None:
    answer = surfaces.send("events", an_event(body))
    # 503: nobody looks them up here, and only so many are kept.
    assert status(answer) in (204, 503)
    sound(answer, besides=(503,))


@pytest.mark.parametrize(
    "path",
    [
        "/events",
        f"/events/{EVENTS}",
        f"/events/{EVENTS[:-1]}/TMF622",
        f"/events/{EVENTS}0/TMF622",
        f"/events/{EVENTS.upper()}/TMF622",
        "/events//TMF622",
        "/events/%00%ff%C3%A9/TMF622",
        f"/events/{EVENTS}/TMF637",
        f"/events/{EVENTS}/",
    ],
)
def test_any_other_address_is_nobodys(surfaces: Surfaces, path: str) -> None:
    answer = surfaces.send("events", an_event(b"{}", path))
    assert status(answer) == 404
    sound(answer)


@pytest.mark.parametrize("path", [AT, f"/events/{'f' * 64}/TMF622", f"{AT}/listener/anyEvent"])
def test_an_older_keys_address_and_what_is_below_are_taken(surfaces: Surfaces, path: str) -> None:
    assert status(surfaces.send("events", an_event(b"", path))) == 204


def test_an_event_that_is_too_large_is_not_read(surfaces: Surfaces) -> None:
    assert status(surfaces.send("events", an_event(b" " * (LARGEST_EVENT + 1)))) == 413
    lines = [f"POST {AT} HTTP/1.1", "Host: x", "Connection: close", "Transfer-Encoding: chunked"]
    head = "\r\n".join([*lines, "", ""]).encode()
    chunk = b"%x\r\n" % (LARGEST_EVENT + 1) + b" " * (LARGEST_EVENT + 1) + b"\r\n"
    assert status(surfaces.send("events", head + chunk + b"0\r\n\r\n")) == 413
