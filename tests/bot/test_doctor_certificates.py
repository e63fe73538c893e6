"""A certificate that does not hold has its own sentence, whichever library meets it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from bot.cli.doctor import connections, operator
from bot.cli.doctor.verdict import Several, Wrong
from carrier.apis import Api
from tests.settings import plain


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class Authority:
    """Makes certificates for a name and so many days."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.file = folder / "authority.pem"
        own = self._made(self._key, "authority", 30).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.file.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))

    def context(self, name: str, days: int) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._made(key, "server", days).add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
        )
        file = self._folder / "server.pem"
        file.write_bytes(
            made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context

    def _made(
        self, key: ec.EllipticCurvePrivateKey, name: str, days: int
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name("authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
        )


@asynccontextmanager
async def server(context: ssl.SSLContext) -> AsyncIterator[str]:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response([])

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    try:
        yield f"https://localhost:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


UNKNOWN = "its certificate comes from an authority unknown here: name the authority's file"


@pytest.mark.parametrize(
    ("name", "days", "known", "words"),
    [
        ("localhost", 30, False, f"{UNKNOWN} in MYACCOUNT_CARRIER_CA_FILE"),
        ("localhost", -1, True, "its certificate has expired: have it renewed there"),
        ("other.example", 30, True, "its certificate is for another name: correct the address"),
        ("localhost", 30, True, f"{len(Api)} APIs answer and let us in"),
    ],
)
async def test_at_the_operator(
    tmp_path: Path, name: str, days: int, known: bool, words: str
) -> None:
    authority = Authority(tmp_path)
    file = authority.file if known else None
    async with server(authority.context(name, days)) as url:
        settings = replace(plain(), carrier_url=url, carrier_ca_file=file)
        try:
            said = await operator.check(settings)
        except Several as bad:
            [said] = map(str, bad.faults)
    assert said.startswith(f"{url}: {words}")


async def test_at_telegram(tmp_path: Path) -> None:
    """The client's error is of the system's class there and knows nothing of the fault itself."""
    authority = Authority(tmp_path)
    async with server(authority.context("localhost", 30)) as url:
        with pytest.raises(Wrong) as bad:
            await connections.telegram(replace(plain(), telegram_url=url))
    assert str(bad.value).startswith(f"{url}: {UNKNOWN}")


async def test_a_port_without_tls_at_telegram() -> None:
    listening = await asyncio.start_server(_no_tls, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        with pytest.raises(Wrong, match="no TLS is spoken on this port"):
            await connections.telegram(replace(plain(), telegram_url=url))


async def _no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
