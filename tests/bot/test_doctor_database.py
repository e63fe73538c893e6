"""What the doctor says of a database that cannot be had, of files with secrets, and of a schema."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli import maintenance
from bot.cli.doctor import installation
from bot.cli.doctor.verdict import Warn, Wrong
from bot.config.errors import BadSetting
from bot.config.settings import Settings
from storage.encryption.secrets import Secrets
from storage.engine.schema import downgrade, newest
from storage.errors import StorageUnavailable
from tests.ports import free_port
from tests.settings import plain

WORD = "s3cret-word"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    Secrets.create(tmp_path / "secret.key")
    return replace(
        plain(),
        database_url=f"sqlite:///{tmp_path / 'bot.db'}",
        secret_key_file=tmp_path / "secret.key",
    )


async def said_of(settings: Settings, url: str) -> str:
    with pytest.raises(Wrong) as bad:
        await installation.database(replace(settings, database_url=url))
    said = str(bad.value)
    assert said.startswith("MYACCOUNT_DATABASE_URL: ")
    assert WORD not in said
    return said


@asynccontextmanager
async def refusing(code: str, message: str) -> AsyncIterator[str]:
    """A PostgreSQL that answers whoever begins with that error, as the protocol has it."""
    fields = f"SFATAL\0VFATAL\0C{code}\0M{message}\0\0".encode()
    ended: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.append(mine := asyncio.Event())
        try:
            (length,) = struct.unpack("!I", await reader.readexactly(4))
            await reader.readexactly(length - 4)
            writer.write(b"E" + struct.pack("!I", len(fields) + 4) + fields)
            await writer.drain()
        finally:
            writer.close()
            mine.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"postgresql://us:{WORD}@127.0.0.1:{port}/my?sslmode=disable"
        await asyncio.gather(*(one.wait() for one in ended))


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        (
            "28P01",
            'password authentication failed for user "us"',
            "the server refuses user or password: correct them",
        ),
        (
            "28000",
            'no pg_hba.conf entry for host "10.0.0.1", user "us"',
            "the server lets nobody in from here: add a line to its pg_hba.conf",
        ),
        ("3D000", 'database "my" does not exist', "there is no such database: create it, or"),
        ("53300", "sorry, too many clients already", "it has no connection left: raise max_conn"),
        (
            "08P01",
            "unsupported startup parameter: synchronous_commit",
            "see ignore_startup_parameters of PgBouncer, and pool_mode=session",
        ),
    ],
)
async def test_what_a_server_refuses(
    settings: Settings, code: str, message: str, words: str
) -> None:
    async with refusing(code, message) as url:
        assert words in await said_of(settings, url)


async def test_a_server_that_is_not_there(settings: Settings) -> None:
    url = f"postgresql://us:{WORD}@127.0.0.1:{free_port()}/my?sslmode=disable"
    assert "the port is closed: correct the port" in await said_of(settings, url)


async def test_a_folder_that_is_none(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear all")
    said = await said_of(settings, f"sqlite:///{tmp_path / 'letter' / 'bot.db'}")
    assert "the folder is not there, or cannot be made or written: look at the path" in said


async def test_a_folder_that_is_yet_to_be_made(settings: Settings, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'bot.db'}"
    said = await installation.database(replace(settings, database_url=url))
    assert said == "empty: run myaccount migrate, or just the bot"


async def test_a_file_that_is_no_database(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear all, this is no database. " * 100)
    said = await said_of(settings, f"sqlite:///{tmp_path / 'letter'}")
    assert "the file is no database of ours: correct the path" in said


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("attempt to write a readonly database", "file or folder cannot be written"),
        ("cannot execute INSERT in a read-only transaction", "it only reads: correct the address"),
        ("database or disk is full", "the disk is full: make room"),
        ("database is locked", "another program holds it"),
        ("database disk image is malformed", "the file is damaged: put a backup back"),
        ("odd", "it does not work (odd): look at its log"),
    ],
)
def test_faults_that_no_test_can_make(fault: str, words: str) -> None:
    assert installation._database_cause(StorageUnavailable(fault)).startswith(words)


async def test_an_older_schema_is_said_with_the_command(settings: Settings) -> None:
    await maintenance.migrate(settings)
    await downgrade(settings.database_url, "-1")
    said = await installation.database(settings)
    assert isinstance(said, Warn)
    assert said.endswith(f", this program wants {newest()}: run myaccount migrate")


async def test_files_with_secrets(settings: Settings, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a-token")
    token.chmod(0o400)
    kept = replace(settings, bot_token_file=token)
    assert await installation.files(kept) == "1 more files with secrets, nobody else can read them"
    database = tmp_path / "db.sqlite3"
    database.touch(mode=0o600)
    at = replace(kept, database_url=f"sqlite:///{database}")
    assert "nobody else" in await installation.files(at)
    database.chmod(0o644)
    assert await installation.files(at) == (
        f"MYACCOUNT_DATABASE_URL: {database}: its mode 0644 lets everybody in; 0600 is enough"
    )
    token.chmod(0o640)
    said = await installation.files(kept)
    assert isinstance(said, Warn)
    assert said.startswith(f"MYACCOUNT_BOT_TOKEN_FILE: {token}: its mode 0640 lets")
    token.unlink()
    with pytest.raises(BadSetting) as bad:
        await installation.files(kept)
    assert str(bad.value) == (
        f"MYACCOUNT_BOT_TOKEN_FILE: {token} cannot be read (No such file or directory): have the "
        "user of the bot own it, mode 0400"
    )
