"""Each way in which something outside cannot be had has its sentence; against real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiogram.types import WebhookInfo
from aiohttp import web

from bot.cli.doctor import answers, connections, operator
from bot.cli.doctor.verdict import Several, Warn, Wrong
from bot.config.settings import Settings
from bot.ops.causes import where
from bot.ops.start_line import facts
from bot.updates.webhook_health import delivery_failure
from carrier.apis import Api
from carrier.profile.loader import parse
from tests.ports import free_port
from tests.settings import plain


@asynccontextmanager
async def server(
    status: int,
    body: str = "",
    headers: dict[str, str] | None = None,
    missing: tuple[str, ...] = (),
) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        if any(part in request.path for part in missing):
            return web.Response(status=404)
        return web.Response(status=status, text=body, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def said_of(url: str) -> list[str]:
    settings = replace(plain(), carrier_url=url, carrier_token="a-token")
    try:
        return [await operator.check(settings)]
    except Several as bad:
        return [str(one) for one in bad.faults]


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, "", "status 401: MYACCOUNT_CARRIER_TOKEN: the operator does not take this token"),
        (403, "", "status 403: have the operator allow this API"),
        (404, "<h1>no</h1>", "status 404, the path is not there: correct MYACCOUNT_CARRIER_URL"),
        (302, "", "status 302 leads elsewhere and is not followed"),
        (429, "", "status 429, too many requests"),
        (500, "", "status 500: the operator's engineers have to look at its log"),
        (200, "<html>", "status 200 with no JSON in it"),
    ],
)
async def test_what_the_operator_answers(status: int, body: str, words: str) -> None:
    async with server(status, body) as url:
        said = await said_of(url)
    [one] = said
    assert words in one
    assert one.startswith(f"{url}: ")
    assert "a-token" not in one


async def test_one_path_that_is_wrong_names_its_key() -> None:
    async with server(200, "[]", missing=("/party/", "/partyManagement/")) as url:
        [said] = await said_of(url)
    assert said == (
        f"{url}/tmf-api/party/v4/individual: status 404, the path is not there: correct "
        "apis.TMF632.path in the profile, or MYACCOUNT_CARRIER_URL."
    )


async def test_some_paths_that_are_wrong_are_one_line() -> None:
    async with server(200, "[]", missing=("/party/", "/partyManagement/", "/payment/")) as url:
        [said] = await said_of(url)
    assert "individual and 1 more: status 404" in said
    assert "correct apis.TMF632.path and apis.TMF676.path in the profile." in said


@pytest.mark.parametrize(("said", "spoken"), [("v5", "v4"), ("v4", "v5")])
async def test_the_other_version_of_an_api_answers(said: str, spoken: str) -> None:
    profile = parse(f'[apis.TMF637]\nversion = "{said}"', "my.toml")
    async with server(200, "[]", missing=(f"/productInventory/{said}/",)) as url:
        settings = replace(plain(), carrier_url=url, carrier_token="a-token", profile=profile)
        with pytest.raises(Several) as bad:
            await operator.check(settings)
    [told] = bad.value.faults
    assert str(told) == (
        f"{url}/tmf-api/productInventory/{said}/product: status 404, and {spoken} of it answers "
        f'beside: write version = "{spoken}" into the profile\'s apis.<API> instead of {said}.'
    )
    assert told.part == "operator TMF637"


async def test_where_neither_version_is_there_the_path_is_wrong() -> None:
    async with server(200, "[]", missing=("/productInventory/",)) as url:
        [told] = await said_of(url)
    assert "status 404, the path is not there: correct apis.TMF637.path" in told


SMALL = """
lacks = ["services", "bans", "forwarding", "sim_register", "sim_codes", "sim_replacement",
         "device_registry"]
[blocking]
by = "product_patch"
"""


async def test_what_nothing_rests_on_need_not_be_there_and_what_it_costs_is_said() -> None:
    """Of an operator that has numbers and money, and changes a state by PATCH alone."""
    missing = ("/productOrderingManagement/", "/resourceInventoryManagement/")
    async with server(200, "[]", missing=(*missing, "/productCatalogManagement/")) as url:
        settings = replace(plain(), carrier_url=url, carrier_token="a-token")
        small = replace(settings, profile=parse(SMALL, "my.toml"))
        said = await operator.check(small)
        assert isinstance(said, Warn)
        assert "nobody tells when a SIM card was replaced" in said
        by_order = small.profile.model_copy(update={"blocking": settings.profile.blocking})
        with pytest.raises(Several) as bad:
            await operator.check(replace(small, profile=by_order))
    assert [one.part for one in bad.value.faults] == ["operator TMF622"]


def test_words_of_any_alphabet_are_shown_and_figures_are_not() -> None:
    told = ["Директор", "Толық құқылы", "SUB_ADMIN", "87012000000", "Asel 7", "", None]
    assert answers.shown_words(told) == "SUB_ADMIN, Директор, Толық құқылы"


async def test_an_operator_that_is_there() -> None:
    async with server(200, "[]") as url:
        assert await said_of(url) == [f"{url}: {len(Api)} APIs answer and let us in"]


async def test_a_closed_port_is_one_sentence_for_all() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert await said_of(url) == [
        f"{url}: the port is closed: correct the port, or have the server started."
    ]


async def test_an_unknown_name() -> None:
    url = "http://operator.invalid"
    assert await said_of(url) == [
        f"{url}: the name is unknown: correct the address, or look at this machine's DNS."
    ]


async def test_a_port_without_tls() -> None:
    async with server(200, "[]") as url:
        [said] = await said_of(url.replace("http:", "https:"))
    assert "no TLS is spoken on this port" in said


async def test_telegrams_401_names_the_token() -> None:
    async with server(401, '{"ok":false,"error_code":401,"description":"Unauthorized"}') as url:
        settings = replace(plain(), telegram_url=url)
        with pytest.raises(Wrong) as bad:
            await connections.telegram(settings)
    assert str(bad.value) == (
        f"{url}: status 401: MYACCOUNT_BOT_TOKEN: Telegram does not know this token: copy it from "
        "@BotFather again, or have a new one made there."
    )


async def test_telegrams_port_closed() -> None:
    settings = replace(plain(), telegram_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Wrong, match="the port is closed"):
        await connections.telegram(settings)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (["554 not from you"], "greeting: it sends us away (554 not from you)"),
        (
            ["220 here", "250-here\r\n250 AUTH PLAIN", "535 bad credentials"],
            "login: it refuses user or password (535 bad credentials): correct them",
        ),
        (
            ["220 here", "550 who are you", "550 who are you"],
            "EHLO: it refuses our name (550 who are you): correct the domain of MYACCOUNT",
        ),
        (["220 here", "250 here"], "login: it takes no passwords: correct the port (587 or 465)"),
        (["220 here", "250 here"], "STARTTLS: it does not offer it: correct the port"),
        (["SSH-2.0-server"], "it does not speak as a mail server does"),
    ],
)
async def test_mail_by_its_step(answers: list[str], words: str) -> None:
    starttls = "required" if "STARTTLS" in words else "never"
    writers: list[asyncio.StreamWriter] = []
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        left = list(answers)
        writer.write(f"{left.pop(0)}\r\n".encode())
        with suppress(ConnectionError):
            while await reader.readline():
                writer.write(f"{left.pop(0) if left else '500 no'}\r\n".encode())
        ended.set()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    url = f"smtp://us:secret-word@127.0.0.1:{port}?starttls={starttls}"
    async with listening:
        with pytest.raises(Wrong) as bad:
            await connections.mail(replace(plain(), smtp_url=url))
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        await ended.wait()
    assert words in str(bad.value)
    assert "secret-word" not in str(bad.value)


# --- the webhook ---

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def told(
    *,
    pending: int = 1,
    message: str = "Wrong response from the webhook: 404 Not Found",
    failed: datetime | None = NOW,
) -> WebhookInfo:
    return WebhookInfo(
        url="https://bot.example/hook",
        has_custom_certificate=False,
        pending_update_count=pending,
        last_error_date=failed,
        last_error_message=message,
    )


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Wrong response from the webhook: 404 Not Found", "the path does not come through"),
        ("Wrong response from the webhook: 401 Unauthorized", "the secret's header does not come"),
        ("SSL error {certificate verify failed}", "does not trust the certificate"),
        ("Connection timed out", "open its port to Telegram"),
    ],
)
def test_a_webhook_that_is_not_reached(message: str, words: str) -> None:
    said = delivery_failure(told(message=message), NOW - timedelta(seconds=1))
    assert said is not None
    assert words in said
    assert "https://bot.example/hook" in said


def test_an_old_error_is_no_delivery_failure() -> None:
    assert delivery_failure(told(), NOW) is None
    assert delivery_failure(told(pending=0), None) is None
    assert delivery_failure(told(failed=None), None) is None
    assert delivery_failure(told(), None) is not None


def told_by_telegram(url: str = "", **more: object) -> str:
    return json.dumps(
        {
            "ok": True,
            "result": {
                "url": url,
                "has_custom_certificate": False,
                "pending_update_count": 0,
                **more,
            },
        }
    )


HOOK = "https://bot.example/hook"


@pytest.mark.parametrize(
    ("wanted", "answer", "words"),
    [
        (None, told_by_telegram(), "none: the bot polls"),
        (None, told_by_telegram("https://other.example/h?key=1"), "one is set (https://other.exam"),
        (
            HOOK,
            told_by_telegram(HOOK),
            "https://bot.example/hook is set, and the bot listens on 127",
        ),
        (
            HOOK,
            told_by_telegram(),
            "none is set at Telegram: the bot sets https://bot.example/hook",
        ),
        (HOOK, told_by_telegram("https://b.example/x"), "https://b.example/x is set at Telegram:"),
        (HOOK, "<html>", "nothing is known while Telegram does not answer"),
    ],
)
async def test_the_line_of_the_webhook(wanted: str | None, answer: str, words: str) -> None:
    async with server(200, answer) as url:
        settings = replace(plain(), telegram_url=url, webhook_url=wanted)
        said = await connections.webhook(settings)
    assert words in said
    assert "key=1" not in said
    assert isinstance(said, Warn) is not words.startswith(("none: the", "https://bot"))


async def test_the_line_of_a_dark_webhook_says_where_the_bot_listens() -> None:
    dark = told_by_telegram(
        HOOK,
        pending_update_count=3,
        last_error_date=1767607200,
        last_error_message="Wrong response from the webhook: 404 Not Found",
    )
    async with server(200, dark) as url:
        with pytest.raises(Wrong) as bad:
            await connections.webhook(replace(plain(), telegram_url=url, webhook_url=HOOK))
    assert "the path does not come through" in str(bad.value)
    assert "(last at 2026-01-05 10:00:00 UTC); the bot listens on 127.0.0.1:8081/hook." in str(
        bad.value
    )


async def test_a_webhook_without_tls_is_refused_before_telegram_is_asked() -> None:
    settings = replace(plain(), webhook_url="http://bot.example/hook")
    with pytest.raises(Wrong, match="Telegram takes https:// alone: put a proxy"):
        await connections.webhook(settings)


# --- what is said at the start ---


def test_the_start_says_where_everything_is_and_no_secret() -> None:
    settings: Settings = replace(
        plain(),
        database_url="postgresql://us:secret-word@db.example:5432/my?password=another-word",
        webhook_url="https://bot.example/hook",
    )
    said = facts(settings, worker=False)
    assert said["database"] == "postgresql://db.example:5432/my"
    assert said["mode"] == "webhook"
    assert said["webhook"].startswith("https://bot.example/hook at 127.0.0.1:")
    assert said["webhook"].endswith("/hook")
    assert said["telegram"] == "https://api.telegram.org"
    assert said["operator"] == "http://127.0.0.1:9"
    assert "word" not in str(said)
    assert facts(settings, worker=True)["mode"] == "worker"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:///var/my.db", "sqlite:var/my.db"),
        ("sqlite:////srv/my.db", "sqlite:/srv/my.db"),
        ("postgresql://us:word@db/my?sslmode=verify-full", "postgresql://db/my"),
    ],
)
def test_the_start_names_the_database(url: str, told: str) -> None:
    assert facts(replace(plain(), database_url=url), worker=False)["database"] == told


def test_an_address_is_told_without_its_secrets() -> None:
    assert where("https://us:word@host:1/a?key=1") == "https://host:1/a"
    assert where("http://[::1]:80/bot123456:abcdef/getMe") == "http://[::1]:80"
