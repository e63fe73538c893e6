"""Tokens by OAuth2 client credentials, and keys in headers of their own."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from structlog.testing import capture_logs

from account.errors import CarrierAccessDenied, CarrierNotReached
from carrier.apis import Api
from carrier.auth import Access
from carrier.http import Limits, OperatorHttp
from carrier.oauth2 import FAILURE_SHARED_FOR, LONGEST_LEEWAY, USUAL_LIFE
from carrier.profile.loader import ProfileInvalid, parse
from carrier.profile.model import AccessProfile
from tests.carrier.desk import Desk, answering

SECRET = "s3cret/of the client"
TOLD = """
[access]
kind = "oauth2"
token_url = "https://login.test/oauth/token?tenant=1"
client_id = "my account"
scope = "tmf.read tmf.write"
audience = "https://tmf.test"
"""


class Operator(Desk):
    """Gives tokens of a life, and takes the last one alone."""

    def __init__(self, told: str = TOLD) -> None:
        super().__init__()
        profile = parse(told, "my.toml")
        self.given = 0
        self.answer_more: dict[str, Any] = {"expires_in": 600}
        self.http = OperatorHttp(
            "http://operator.test",
            SECRET,
            transport=self.transport,
            now=self.time,
            sleep=self.time.sleep,
            profile=profile,
        )
        self.lay("token", self.give)
        self.lay("product", self.take)

    async def give(self, _request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        self.given += 1
        told = {"access_token": f"t{self.given}", "token_type": "Bearer", **self.answer_more}
        return httpx.Response(200, json={k: v for k, v in told.items() if v is not ...})

    def take(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("Authorization") != f"Bearer t{self.given}":
            return httpx.Response(401, json={"code": "UNAUTHENTICATED"})
        return httpx.Response(200, json=[], headers={"X-Total-Count": "0"})

    async def read(self) -> None:
        await self.http.read(Api.PRODUCT_INVENTORY, "product", "limit=0")

    def of(self, host: str) -> list[httpx.Request]:
        return [request for request in self.requests if request.url.host == host]


async def test_a_token_is_asked_for_once_and_again_before_its_end_in_the_same_way() -> None:
    operator = Operator()
    await operator.read()
    await operator.read()
    operator.time.seconds += 600 - LONGEST_LEEWAY
    await operator.read()
    first, second = operator.of("login.test")
    assert first.content == second.content
    assert first.url == "https://login.test/oauth/token?tenant=1"
    assert parse_qs(first.content.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["tmf.read tmf.write"],
        "audience": ["https://tmf.test"],
    }
    pair = base64.b64decode(first.headers["Authorization"].removeprefix("Basic ")).decode()
    assert pair == "my%20account:s3cret%2Fof%20the%20client"
    sent = [one.headers["Authorization"] for one in operator.of("operator.test")]
    assert sent == ["Bearer t1", "Bearer t1", "Bearer t2"]


async def test_id_and_secret_in_the_form() -> None:
    operator = Operator(TOLD + 'client_auth = "post"\n')
    await operator.read()
    [asked] = operator.of("login.test")
    assert "Authorization" not in asked.headers
    form = parse_qs(asked.content.decode())
    assert (form["client_id"], form["client_secret"]) == (["my account"], [SECRET])


async def test_many_at_once_ask_for_one_token() -> None:
    operator = Operator()
    await asyncio.gather(*(operator.read() for _ in range(10)))
    assert operator.given == 1


async def test_a_failure_is_shared_and_no_request_leaves_without_a_token() -> None:
    operator = Operator()
    operator.lay("token", lambda _: httpx.Response(503, text="<html>"))
    outcomes = await asyncio.gather(*(operator.read() for _ in range(10)), return_exceptions=True)
    with pytest.raises(CarrierNotReached):
        await operator.http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key")
    assert {type(one) for one in outcomes} == {CarrierNotReached}
    assert len(operator.of("login.test")) == 1
    assert operator.of("operator.test") == []
    operator.lay("token", operator.give)
    operator.time.seconds += FAILURE_SHARED_FOR
    await operator.read()


async def test_a_client_that_gets_no_token_is_an_alarm_without_its_secret() -> None:
    operator = Operator()
    refusal = {"error": "invalid_client", "error_description": SECRET}
    operator.lay("token", lambda _: httpx.Response(401, json=refusal))
    with capture_logs() as logs:
        for _ in range(2):
            for _twice_in_what_is_shared in range(2):
                with pytest.raises(CarrierAccessDenied, match="status 401, invalid_client"):
                    await operator.read()
            operator.time.seconds += FAILURE_SHARED_FOR
    [alarm] = [one for one in logs if "alarm" in one]
    assert alarm["why"] == "status 401, invalid_client"
    assert SECRET not in str(logs)
    assert operator.http.refused
    operator.lay("token", operator.give)
    await operator.read()
    assert not operator.http.refused


async def test_a_change_whose_client_gets_no_token_has_not_left() -> None:
    operator = Operator()
    operator.lay("token", lambda _: httpx.Response(400, json={"error": "invalid_scope"}))
    with pytest.raises(CarrierNotReached) as failed:
        await operator.http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key")
    assert isinstance(failed.value, CarrierAccessDenied), "no waiting mends it"
    assert operator.of("operator.test") == []


async def test_the_time_of_a_change_has_that_of_its_token_in_it() -> None:
    operator = Operator()

    async def slowly(request: httpx.Request) -> httpx.Response:
        operator.time.seconds += 5
        return await operator.give(request)

    operator.lay("token", slowly)
    operator.lay("productOrder", answering({}))
    await operator.http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key")
    assert operator.transport.reads[-1] == operator.http.limits.total - 5


@pytest.mark.parametrize("seconds", [7.0, 8.0, 30.0])
async def test_a_token_that_came_too_late_opens_nothing(seconds: float) -> None:
    operator = Operator()

    async def too_slowly(request: httpx.Request) -> httpx.Response:
        operator.time.seconds += seconds
        return await operator.give(request)

    operator.lay("token", too_slowly)
    with pytest.raises(CarrierNotReached):
        await operator.http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key")
    assert operator.of("operator.test") == []


async def test_a_token_that_never_comes_is_waited_for_as_long_as_the_call_may_take() -> None:
    operator = Operator()
    asked = asyncio.Event()

    async def never(_request: httpx.Request) -> httpx.Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    operator.lay("token", never)
    operator.http.limits = Limits(total=0.02)
    calls = (
        operator.http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key"),
        operator.read(),
        operator.read(),
    )
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert asked.is_set()
    assert {type(one) for one in outcomes} == {CarrierNotReached}
    assert operator.of("operator.test") == []
    with pytest.raises(CarrierNotReached):
        await operator.read()
    assert len(operator.of("login.test")) == 1, "what was waited for in vain is shared, too"


async def test_a_token_that_the_operator_no_longer_takes_is_asked_for_anew_once() -> None:
    operator = Operator()
    await operator.read()
    operator.given += 1
    operator.time.seconds += FAILURE_SHARED_FOR
    await operator.read()
    assert [one.headers["Authorization"] for one in operator.of("operator.test")] == [
        "Bearer t1",
        "Bearer t1",
        "Bearer t3",
    ]
    operator.lay("product", lambda _: httpx.Response(401, json={"code": "UNAUTHENTICATED"}))
    operator.time.seconds += FAILURE_SHARED_FOR
    for _ in range(3):
        with pytest.raises(CarrierAccessDenied):
            await operator.read()
    assert len(operator.of("login.test")) == 3, "not another for each read that is refused"


async def test_a_renewal_that_fails_leaves_the_token_until_its_end() -> None:
    operator = Operator()
    await operator.read()
    operator.lay("token", lambda _: httpx.Response(503))
    operator.time.seconds += 600 - LONGEST_LEEWAY
    await operator.read()
    await operator.read()
    assert len(operator.of("login.test")) == 2
    operator.time.seconds += LONGEST_LEEWAY
    with pytest.raises(CarrierNotReached):
        await operator.read()


@pytest.mark.parametrize(
    ("told", "life"),
    [
        (600, 570.0),
        ("600.0", 570.0),
        (60, 54.0),
        (0, USUAL_LIFE - LONGEST_LEEWAY),
        (-5, USUAL_LIFE - LONGEST_LEEWAY),
        ("", USUAL_LIFE - LONGEST_LEEWAY),
        (None, USUAL_LIFE - LONGEST_LEEWAY),
        ("soon", USUAL_LIFE - LONGEST_LEEWAY),
        (..., USUAL_LIFE - LONGEST_LEEWAY),
    ],
)
async def test_a_life_is_what_can_be_one(told: Any, life: float) -> None:
    operator = Operator()
    operator.answer_more = {"expires_in": told, "token_type": ... if told is ... else "bearer"}
    await operator.read()
    operator.time.seconds += life - 0.1
    await operator.read()
    assert operator.given == 1
    operator.time.seconds += 0.1
    await operator.read()
    assert operator.given == 2


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "no json",
        json.dumps({"access_token": ""}),
        json.dumps({"access_token": "two words"}),
        json.dumps({"access_token": "t", "token_type": "mac"}),
        json.dumps({"access_token": ["t"]}),
    ],
)
async def test_an_answer_without_a_token_is_none(body: str) -> None:
    operator = Operator()
    operator.lay("token", lambda _: httpx.Response(200, text=body))
    with pytest.raises(CarrierNotReached):
        await operator.read()


async def test_the_secret_is_read_again_when_its_file_changes(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("first")
    desk = Operator()
    http = OperatorHttp(
        "http://operator.test",
        file,
        transport=desk.transport,
        now=desk.time,
        profile=parse(TOLD + 'client_auth = "post"\n', "my.toml"),
    )
    await http.read(Api.PRODUCT_INVENTORY, "product", "limit=0")
    file.write_text("second")
    desk.time.seconds += 600
    await http.read(Api.PRODUCT_INVENTORY, "product", "limit=0")
    secrets = [parse_qs(one.content.decode())["client_secret"] for one in desk.of("login.test")]
    assert secrets == [["first"], ["second"]]


async def test_a_key_goes_in_a_header_of_its_own() -> None:
    desk = Desk()
    desk.lay("product", answering([]))
    told = parse('[access]\nkind = "api_key"\nheader = "X-Key"\n', "my.toml")
    http = OperatorHttp("http://operator.test", "k3y", transport=desk.transport, profile=told)
    await http.read(Api.PRODUCT_INVENTORY, "product", "limit=0")
    assert desk.requests[0].headers["X-Key"] == "k3y"
    assert "Authorization" not in desk.requests[0].headers


def test_what_oauth2_needs_is_said_by_the_check() -> None:
    with pytest.raises(ProfileInvalid, match="oauth2 wants token_url and client_id"):
        parse('[access]\nkind = "oauth2"\n', "my.toml")
    told = AccessProfile(kind="oauth2", token_url="https://login.test", client_id="c")
    with pytest.raises(ValueError, match="the client's secret"):
        Access(None, told=told, transport=Desk().transport)
