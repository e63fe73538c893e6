"""Logs name things, and repeat nothing that a person typed or the bot holds."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version

import pytest
import structlog

from bot.ops import logs

TOKEN = "1000001:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        (f"POST /bot{TOKEN}/sendMessage", "POST /bot…/sendMessage"),
        ("number 77010542006 and 123456", "number …2006 and …3456"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer …"),
        ("a short 1234 stays", "a short 1234 stays"),
    ],
)
def test_secrets_and_numbers_are_cut(text: str, cut: str) -> None:
    assert logs.redacted(text) == cut


def test_only_fields_of_the_list_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO")
    structlog.get_logger("x").info(
        "something.happened", code=7, reference="A-20220124-0001", typed="canary", text="canary"
    )
    told = capsys.readouterr().err
    assert '"reference": "A-20220124-0001"' in told, "an alarm names what it is about"
    assert '"code": 7' in told
    assert "canary" not in told


def test_an_exception_is_told_by_its_kind_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO")
    try:
        int("canary")
    except ValueError as error:
        structlog.get_logger("x").exception("it.failed", error=type(error).__name__)
        logging.getLogger("aiogram").exception("a library's word about %s", "77010542006")
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert "test_logs.py:" in told
    assert "…2006" in told
    assert "canary" not in told


BREAKS = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00", "\x1b[2K"]


@pytest.mark.parametrize("end", BREAKS)
def test_a_librarys_word_cannot_begin_a_line_of_its_own(
    end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up("INFO")
    forged = f"bad head: x{end}2026-01-01 CRITICAL bot.updates.poller alarm 77010542006{end}"
    logging.getLogger("aiohttp.server").error("a client sent %s", forged, stack_info=True)
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert not set(told.rstrip("\n")) & set("\n\r\x00\x1b\x85\u2028\u2029")
    assert "…2006" in told
    assert "7701" not in told


@pytest.mark.parametrize("end", BREAKS)
def test_nor_can_a_field_of_ours(end: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO")
    structlog.get_logger("x").info("something.happened", why=f"a{end}b", address="Ә\u202e")
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    read = json.loads(told)
    assert read["why"] == f"a{end}b"
    assert read["address"] == "Ә\u202e"
    assert "Ә" in told


def test_a_librarys_moments_are_utc_and_say_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Almaty")
        time.tzset()
        logs.set_up("INFO")
        before = datetime.now(UTC).replace(microsecond=0)
        logging.getLogger("aiogram").error("a word")
    time.tzset()
    said = datetime.fromisoformat(json.loads(capsys.readouterr().err)["timestamp"])
    assert before <= said <= datetime.now(UTC)


def test_a_number_after_a_break_is_cut_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO")
    logging.getLogger("aiogram").error("sent\n77010542006\n")
    assert json.loads(capsys.readouterr().err)["text"] == "sent\n…2006\n"


def test_every_line_says_whence_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO")
    structlog.get_logger("x").info("something.happened")
    logging.getLogger("aiogram").error("a word")
    ours, theirs = map(json.loads, capsys.readouterr().err.splitlines())
    whence = {
        "host": socket.gethostname(),
        "process": os.getpid(),
        "version": version("myaccount"),
    }
    assert {name: ours[name] for name in whence} == whence
    assert {name: theirs[name] for name in whence} == whence
    assert (theirs["event"], theirs["logger"], theirs["text"]) == ("library", "aiogram", "a word")


async def test_what_nobody_awaited_is_told_without_its_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_up("INFO")
    try:
        int("canary")
    except ValueError as error:
        logs.of_loop(asyncio.get_running_loop(), {"message": "canary", "exception": error})
    logs.of_loop(asyncio.get_running_loop(), {"message": "canary"})
    told = capsys.readouterr().err
    assert "task.failed" in told
    assert "canary" not in told


def test_what_ends_the_process_is_told_without_its_text() -> None:
    program = "from bot.ops import logs; logs.set_up('INFO'); raise ValueError('canary')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == 1
    assert "process.failed" in ended.stderr
    assert "canary" not in ended.stderr
