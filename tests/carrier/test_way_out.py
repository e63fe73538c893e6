"""TLS with an authority of one's own, a certificate that we show, and a proxy: real connections."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization

from account.changes.ports import DispatchGuard
from account.errors import CarrierNotReached
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.tls import client_context
from carrier.transport import NotConnectedError, PooledTransport
from tests.certificates import Authority
from tests.proxies import proxy

NAME = "localhost"


class Operator:
    """A real server; what it was asked, and who showed which certificate."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.shown: list[str | None] = []
        self.port = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.path_qs}")
        peer = request.get_extra_info("peercert")
        names = dict(part for pair in peer["subject"] for part in pair) if peer else {}
        self.shown.append(names.get("commonName"))
        return web.json_response([], headers={"X-Total-Count": "0"})


@asynccontextmanager
async def serving(context: ssl.SSLContext | None) -> AsyncIterator[Operator]:
    operator = Operator()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", operator.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    operator.port = runner.addresses[0][1]
    try:
        yield operator
    finally:
        await runner.cleanup()


def server_side(authority: Authority, *, wants_ours: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue(NAME))
    if wants_ours:
        context.load_verify_locations(authority.file)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@asynccontextmanager
async def asking(
    operator: Operator,
    tls: ssl.SSLContext | None = None,
    through: str | None = None,
    scheme: str = "https",
) -> AsyncIterator[OperatorHttp]:
    transport = PooledTransport(tls=tls, proxy=through)
    http = OperatorHttp(f"{scheme}://{NAME}:{operator.port}", None, transport=transport)
    try:
        yield http
    finally:
        await http.close()


async def read(http: OperatorHttp) -> int:
    return (await http.read(Api.PARTY, "individual", "limit=0")).status


async def test_an_authority_of_one_s_own_is_trusted_beside_the_public_ones(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with serving(server_side(authority)) as operator:
        async with asking(operator, client_context(authority.file)) as http:
            assert await read(http) == 200
        async with asking(operator) as http:
            with pytest.raises(CarrierNotReached):
                await read(http)
        other = Authority(tmp_path, "other")
        async with asking(operator, client_context(other.file)) as http:
            with pytest.raises(CarrierNotReached):
                await read(http)
    assert len(operator.asked) == 1
    ours = {str(one["subject"]) for one in client_context(authority.file).get_ca_certs()}
    public = {str(one["subject"]) for one in ssl.create_default_context().get_ca_certs()}
    assert public < ours


async def test_our_certificate_is_shown_where_it_is_asked_for(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("my-account")
    async with serving(server_side(authority, wants_ours=True)) as operator:
        async with asking(operator, client_context(authority.file, certificate, key)) as http:
            assert await read(http) == 200
        assert operator.shown == ["my-account"]
        both = tmp_path / "both.pem"
        both.write_bytes(key.read_bytes() + certificate.read_bytes())
        async with asking(operator, client_context(authority.file, both)) as http:
            assert await read(http) == 200


def test_a_key_with_a_password_is_refused_and_nobody_is_asked_for_it(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).issue("my-account")
    plain = serialization.load_pem_private_key(key.read_bytes(), None)
    key.write_bytes(
        plain.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"hidden"),
        )
    )
    with pytest.raises(ssl.SSLError):
        client_context(None, certificate, key)


# --- through a proxy ---


async def test_through_a_proxy_tls_is_with_the_operator_itself(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("my-account")
    tls = client_context(authority.file, certificate, key)
    guarded = []

    async def guard() -> None:
        guarded.append(len(between.lines))

    asked: DispatchGuard = guard
    context = server_side(authority, wants_ours=True)
    async with (
        serving(context) as operator,
        proxy() as between,
        asking(operator, tls, between.url) as http,
    ):
        assert await read(http) == 200
        await http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key", guard=asked)
    assert between.lines[0] == f"CONNECT {NAME}:{operator.port} HTTP/1.1"
    assert set(between.lines) == {between.lines[0]}
    assert operator.shown == ["my-account", "my-account"]
    # Asked once, and with the way to the operator there.
    assert len(guarded) == 1
    assert guarded[0] >= 1


async def test_a_proxy_that_leads_nowhere_lets_nothing_leave(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    tls = client_context(authority.file)
    async with serving(server_side(authority)) as operator, proxy() as between:
        between.refuses = True
        async with asking(operator, tls, between.url) as http:
            for ask in (read(http), http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key")):
                with pytest.raises(CarrierNotReached) as failed:
                    await ask
                assert between.password not in repr(failed.value.__cause__)
        async with asking(operator, tls, "http://127.0.0.1:1") as http:
            with pytest.raises(CarrierNotReached):
                await http.change(Api.PRODUCT_ORDER, "productOrder", {}, "key")
    assert operator.asked == []


async def test_an_operator_without_tls_through_a_proxy() -> None:
    async with (
        serving(None) as operator,
        proxy() as between,
        asking(operator, None, between.url, "http") as http,
    ):
        assert await read(http) == 200
    assert between.lines[0].startswith(f"GET http://{NAME}:{operator.port}/tmf-api/")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_name_that_is_asked_for_must_stand_in_the_certificate(
    tmp_path: Path, method: str
) -> None:
    authority = Authority(tmp_path)
    transport = PooledTransport(tls=client_context(authority.file))
    async with serving(server_side(authority)) as operator:
        with pytest.raises(NotConnectedError):
            await transport.send(
                method, f"https://127.0.0.1:{operator.port}/", {}, b"x", connect=2, read=2
            )
        await transport.close()
    assert operator.asked == []
