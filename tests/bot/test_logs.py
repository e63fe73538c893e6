"""Logs name things, and repeat nothing that a person typed or the bot holds."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys

import pytest
import structlog

from bot import logs

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
    structlog.get_logger("x").info("something.happened", code=7, typed="canary", text="canary")
    told = capsys.readouterr().err
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
    program = "from bot import logs; logs.set_up('INFO'); raise ValueError('canary')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == 1
    assert "process.failed" in ended.stderr
    assert "canary" not in ended.stderr
