"""The ways to the operator and to Telegram: what is refused at start, and proxies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from aiogram.types import BotCommand, BufferedInputFile
from aiohttp import web

from bot.app.build import operator_of
from bot.config.environment import read
from bot.config.errors import BadSetting
from bot.telegram.client import make_bot
from carrier.apis import Api
from tests.certificates import Authority
from tests.proxies import proxy
from tests.settings import ENOUGH, plain

MESSAGE = {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "x"}


def told(**given: object) -> str:
    variables = {f"MYACCOUNT_{name}": str(value) for name, value in given.items()}
    with pytest.raises(BadSetting) as bad:
        read({**ENOUGH, **variables})
    return str(bad.value)


def test_files_that_tls_cannot_use_are_a_sentence_each(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).issue("my-account")
    other = Authority(tmp_path, "other").issue("another")[1]
    rubbish = tmp_path / "rubbish"
    rubbish.write_text("hunter2")
    none = tmp_path / "none"
    assert told(CARRIER_CA_FILE=none).startswith(
        "MYACCOUNT_CARRIER_CA_FILE: the file cannot be read: No such file"
    )
    for fault in (
        told(CARRIER_CA_FILE=rubbish),
        told(CARRIER_CERTIFICATE_FILE=rubbish),
        told(CARRIER_CERTIFICATE_FILE=certificate, CARRIER_CERTIFICATE_KEY_FILE=other),
        told(CARRIER_CERTIFICATE_FILE=certificate),
    ):
        assert "not what TLS can use" in fault
        assert "hunter2" not in fault
    assert told(CARRIER_CERTIFICATE_KEY_FILE=key).startswith(
        "MYACCOUNT_CARRIER_CERTIFICATE_FILE is not set"
    )


def test_oauth2_and_keys_need_their_secret(tmp_path: Path) -> None:
    profile = tmp_path / "my.toml"
    profile.write_text(
        '[access]\nkind = "oauth2"\ntoken_url = "https://login.example/t"\nclient_id = "c"\n'
    )
    assert "needs the client's secret" in told(OPERATOR_PROFILE=profile)
    profile.write_text('[access]\nkind = "api_key"\n')
    assert "needs a key" in told(OPERATOR_PROFILE=profile)


@pytest.mark.parametrize(
    "lines",
    [
        '[access]\nkind = "oauth2"\ntoken_url = "http://login.example/t"\nclient_id = "c"\n',
        '[apis.TMF632]\naddress = "http://party.example"\n',
    ],
)
def test_an_address_of_the_profile_that_goes_in_clear_is_refused(
    tmp_path: Path, lines: str
) -> None:
    profile = tmp_path / "my.toml"
    profile.write_text(lines)
    fault = told(OPERATOR_PROFILE=profile, CARRIER_TOKEN="x")
    assert fault.startswith("MYACCOUNT_OPERATOR_PROFILE: an http:// address")
    given = {
        "MYACCOUNT_OPERATOR_PROFILE": str(profile),
        "MYACCOUNT_CARRIER_TOKEN": "x",
        "MYACCOUNT_PRIVATE_NETWORK": "yes",
    }
    assert read({**ENOUGH, **given}).in_clear == ("MYACCOUNT_OPERATOR_PROFILE",)


@pytest.mark.parametrize("proxy", ["socks5://h:1", "http://", "http://host/path", "host:3128"])
def test_what_is_no_proxy_is_refused(proxy: str) -> None:
    assert told(CARRIER_PROXY=proxy).startswith("MYACCOUNT_CARRIER_PROXY must be an address")
    assert told(TELEGRAM_PROXY=proxy).startswith("MYACCOUNT_TELEGRAM_PROXY must be an address")


async def test_both_ways_to_the_bot_api_go_through_its_proxy() -> None:
    """Our own calls, and aiogram's with files in them."""

    async def answer(request: web.Request) -> web.Response:
        plain_call = request.match_info["method"] == "setMyCommands"
        return web.json_response({"ok": True, "result": True if plain_call else MESSAGE})

    app = web.Application()
    app.router.add_post("/bot{token}/{method}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with proxy() as between:
        bot = make_bot(replace(plain(), telegram_url=url, telegram_proxy=between.url))
        await bot.send_message(5, "x")
        await bot.set_my_commands([BotCommand(command="menu", description="Menu")])
        await bot.send_document(5, BufferedInputFile(b"x", "x.txt"))
        await bot.session.close()
    await runner.cleanup()
    assert {line.split(" ")[0] for line in between.lines} == {"POST"}
    assert all(line.split(" ")[1].startswith(url) for line in between.lines)
    assert len(between.lines) >= 2


async def test_the_operator_is_asked_through_its_proxy() -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response([], headers={"X-Total-Count": "0"})

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with proxy() as between:
        http = operator_of(replace(plain(), carrier_url=url, carrier_proxy=between.url))
        await http.read(Api.PARTY, "individual", "limit=0")
        await http.close()
    await runner.cleanup()
    assert between.lines[0].startswith(f"GET {url}/tmf-api/party/v4/individual")
