"""Processes under measurement: started, asked, and weighed by what the kernel says of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self

TICKS = os.sysconf("SC_CLK_TCK")


def call(url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """One request to the load generator or the sandbox."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=400) as answer:  # noqa: S310 - loopback
            return dict(json.load(answer))
    except urllib.error.HTTPError as refused:
        raise RuntimeError(refused.read().decode()) from refused


def cpu_seconds(pid: int) -> float:
    """CPU of a process with its threads, and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(value) for value in fields[11:15]) / TICKS


def memory_mib(pid: int) -> float:
    """Resident memory now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def open_files(pid: int) -> int:
    """Files and sockets that a process holds."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def until_ready(url: str, check: str = "/ready") -> None:
    """Wait until somebody answers there."""
    for _attempt in range(600):
        try:
            call(url + check)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)


class Process:
    """A process that ends with its block."""

    def __init__(
        self,
        *command: str,
        environment: dict[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(  # noqa: S603 - our own programs
            [sys.executable, *command],
            env={**os.environ, **(environment or {})},
            cwd=folder,
            stdout=self._log,
            stderr=self._log,
        )
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def kill(self) -> None:
        """End it without a word."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def said(self) -> str:
        """What it wrote, for the case that something went wrong."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-3000:]


class Subject:
    """A bot under load: its process and the generator that it talks to."""

    def __init__(self, name: str, url: str, process: Process, load: dict[str, Any]) -> None:
        self.name = name
        self.url = url
        self.process = process
        self.whole = load
        self.costs: list[float] = []

    def run(self, **load: Any) -> dict[str, Any]:
        """Run a load to its end; what the generator tells, and `cpu_ms` per update."""
        before = cpu_seconds(self.process.pid)
        told = call(self.url + "/load", {**self.whole, **load})
        if "error" in told:
            raise RuntimeError(f"{self.name}: {told}\n{self.process.said()}")
        told["cpu_ms"] = (cpu_seconds(self.process.pid) - before) / told["updates"] * 1000
        return told

    def until_polling(self, before: int = 0) -> None:
        """Wait for its first poll."""
        for _attempt in range(1200):
            if call(self.url + "/ready")["polls"] > before:
                return
            time.sleep(0.05)
        raise TimeoutError(f"{self.name} does not poll\n{self.process.said()}")
