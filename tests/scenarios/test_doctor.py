"""`myaccount doctor` tries everything the bot needs, and names what does not work."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from account.chapters.billing.parties import Supplier
from account.identity.sessions import SessionLimits
from account.values.identifiers import Bin
from bot.cli import maintenance
from bot.cli.doctor import command, installation
from bot.config.settings import Settings
from bot.ops.clock import SteadyClock
from sandbox.app import Sandbox
from sandbox.world import World
from storage.encryption.secrets import Secrets
from tests.loopback import client
from tests.ports import free_port
from tests.postgres import PostgresServer, postgres_server, postgres_url  # noqa: F401
from tests.scenarios.conftest import TOKEN
from tests.settings import plain


@pytest.fixture
async def settings(tmp_path: Path) -> AsyncIterator[Settings]:
    """Of a bot in a world where everything works."""
    sandbox = Sandbox(World(data=tmp_path / "world"), TOKEN)
    url = await sandbox.start()
    yield replace(
        plain(),
        bot_token=TOKEN,
        telegram_url=url,
        carrier_url=url,
        smtp_url=f"smtp://127.0.0.1:{sandbox.world.smtp_port}",
        database_url=f"sqlite:///{tmp_path / 'bot.db'}",
        secret_key_file=tmp_path / "secret.key",
    )
    await sandbox.close()


async def lines(settings: Settings, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    capsys.readouterr()
    code = await command.doctor(settings)
    return code, capsys.readouterr().out.splitlines()


async def test_everything_works(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = await lines(settings, capsys)
    assert code == 0, said
    assert "ok    database: empty: run myaccount migrate, or just the bot" in said
    await maintenance.migrate(settings)
    code, said = await lines(settings, capsys)
    assert code == 0, said
    names = [line.split(":")[0] for line in said]
    assert names == [
        f"ok    {name}"
        for name in (
            *("secret", "files", "database", "witness", "Telegram", "webhook", "clock"),
            *("operator", "events", "SMS", "mail", "metrics"),
            *("settings", "documents"),
        )
    ]
    assert "who is the sandbox's" in said[-1]
    own = replace(settings, supplier=Supplier("АО «Оператор»", Bin("180140000018")))
    _code, said = await lines(own, capsys)
    assert said[-1] == "ok    documents: certificates name АО «Оператор», BIN 180140000018"
    assert "takes writes" in said[2]


@pytest.mark.postgres
async def test_a_postgres_that_only_reads_is_named(
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    postgres_server: PostgresServer,  # noqa: F811
    postgres_url: str,  # noqa: F811
) -> None:
    settings = replace(settings, database_url=postgres_url)
    await maintenance.migrate(settings)
    _code, said = await lines(settings, capsys)
    assert any("postgresql, synchronous_commit read back, schema at" in line for line in said)
    name = postgres_url.rpartition("/")[2]
    postgres_server.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    code, said = await lines(settings, capsys)
    assert code == 1
    [line] = [line for line in said if line.startswith("WRONG database")]
    assert "it only reads: correct the address" in line


async def test_a_mail_server_that_is_away_is_named(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    away = replace(settings, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    code, said = await lines(away, capsys)
    assert code == 1
    assert (
        f"WRONG mail: MYACCOUNT_SMTP_URL: {away.smtp_url}: connection: the port is closed: correct "
        "the port, or have the server started."
    ) in said
    _code, said = await lines(replace(settings, smtp_url=None), capsys)
    assert "ok    mail: no server is set: codes go by SMS alone" in said


async def test_a_stranger_on_the_port_of_the_figures_is_named(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    free = free_port()
    _code, said = await lines(replace(settings, metrics_port=free), capsys)
    assert f"ok    metrics: 127.0.0.1 port {free} is free" in said
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        port = stranger.getsockname()[1]
        code, said = await lines(replace(settings, metrics_port=port), capsys)
    assert code == 1
    assert any("another program listens" in line for line in said)


async def test_a_token_that_the_operator_does_not_take_is_named(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async with client(settings.carrier_url) as http:
        await http.patch("/sandbox/operator/settings", json={"token": "another"})
    _code, said = await lines(settings, capsys)
    [line] = [line for line in said if line.startswith("WRONG operator")]
    assert f"{settings.carrier_url}: status 401, and no token is set: set MYACCOUNT_CARR" in line
    code, said = await lines(replace(settings, carrier_token="void"), capsys)
    assert code == 1
    [line] = [line for line in said if line.startswith("WRONG operator")]
    assert f"{settings.carrier_url}: status 401: MYACCOUNT_CARRIER_TOKEN: the operator" in line


async def test_what_is_unwise_and_what_was_allowed_are_told(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _code, said = await lines(settings, capsys)
    assert "ok    settings: nothing secret goes in clear over a network" in said
    allowed = replace(settings, private_network=True, in_clear=("MYACCOUNT_TELEGRAM_URL",))
    _code, said = await lines(allowed, capsys)
    told = "MYACCOUNT_PRIVATE_NETWORK=yes: not protected on the network: MYACCOUNT_TELEGRAM_URL."
    assert f"ok    settings: {told}" in said
    long = SessionLimits(idle=timedelta(hours=2), absolute=timedelta(hours=24))
    code, said = await lines(replace(settings, session=long), capsys)
    assert code == 1
    [line] = [line for line in said if line.startswith("WRONG")]
    assert line.startswith("WRONG settings: MYACCOUNT_SESSION_IDLE_MINUTES: a login of 120 ")
    assert "MYACCOUNT_SESSION_MINUTES: a login of 1440 " in line


async def test_a_key_that_others_can_read_is_warned_of(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    Secrets.create(settings.secret_key_file)
    settings.secret_key_file.chmod(0o644)
    code, said = await lines(settings, capsys)
    assert code == 0
    assert said[0] == (
        f"warn  secret: {settings.secret_key_file} can be read, "
        "but its mode 0644 lets everybody in; 0400 is enough"
    )


async def test_another_secret_is_told_with_2(
    settings: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    await maintenance.migrate(settings)
    Secrets.create(tmp_path / "another.key")
    code, said = await lines(
        replace(settings, secret_key_file=tmp_path / "another.key", smtp_url="smtp://127.0.0.1:1"),
        capsys,
    )
    assert code == 2
    assert said[2] == (
        "WRONG database: MYACCOUNT_SECRET_KEY_FILE: this secret is not the one of this database"
    )


async def test_nothing_works_and_all_of_it_is_said(
    settings: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    (tmp_path / "broken.key").write_text("not a key")
    broken = replace(
        settings,
        telegram_url=nowhere,
        carrier_url=nowhere,
        secret_key_file=tmp_path / "broken.key",
        secret_key_may_be_made=False,
    )
    code, said = await lines(broken, capsys)
    assert code == 1
    wrong = [line.split()[1].rstrip(":") for line in said if line.startswith("WRONG")]
    assert wrong == ["secret", "Telegram", "operator"]
    assert TOKEN not in "".join(said)


@pytest.mark.parametrize(("ahead", "verdict"), [(0.2, "ok"), (3.0, "warn"), (-300.0, "WRONG")])
async def test_a_clock_that_differs_from_telegrams_is_told(
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    ahead: float,
    verdict: str,
) -> None:
    await maintenance.migrate(settings)
    shifted = partial(SteadyClock, wall=lambda: time.time() + ahead)
    monkeypatch.setattr(installation, "SteadyClock", shifted)
    code, said = await lines(settings, capsys)
    [line] = [line for line in said if line.split()[1] == "clock:"]
    assert line.split()[0] == verdict, line
    assert code == (1 if verdict == "WRONG" else 0)
