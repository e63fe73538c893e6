"""The sandbox as a process: who is there from the start, and how it ends with who started it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest


def started(data: Path, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def address_of(running: subprocess.Popen[bytes]) -> str:
    assert running.stdout is not None
    return running.stdout.readline().decode().removeprefix("Sandbox: ").strip()


def ended(running: subprocess.Popen[bytes]) -> int:
    code = running.wait(60)
    for pipe in (running.stdin, running.stdout):
        assert pipe is not None
        pipe.close()
    return code


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    running = started(tmp_path, "--until-stdin-ends")
    yield running
    running.kill()
    ended(running)


def test_the_people_are_there_before_anybody_looks(sandbox: subprocess.Popen[bytes]) -> None:
    with urllib.request.urlopen(address_of(sandbox) + "/sandbox/users") as answer:
        people = json.load(answer)
    assert [person["role"] for person in people] == [
        "Administrator",
        "Second administrator",
        "Employee",
        "Finance",
        "Viewer",
        "Operator, no money",
        "Tele2, code by mail",
        "Abroad, code by mail",
    ]
    assert len({person["phone_number"] for person in people}) == len(people)


def test_it_ends_with_who_started_it(sandbox: subprocess.Popen[bytes]) -> None:
    assert address_of(sandbox).startswith("http://127.0.0.1:")
    assert sandbox.stdin is not None
    sandbox.stdin.close()
    assert sandbox.wait(60) == 0


def test_an_empty_telegram_when_asked_for(tmp_path: Path) -> None:
    running = started(tmp_path, "--no-people")
    try:
        with urllib.request.urlopen(address_of(running) + "/sandbox/users") as answer:
            assert json.load(answer) == []
    finally:
        running.terminate()
        assert ended(running) == 0
