"""Files ordered from the bot itself, as people order them: how long, how fast, how much memory.

The whole way is measured: from the press of the button over the operator's pages, the file, its
sealed pieces in the database, to the upload. Memory is what the kernel says a process had at most
since the order; the child is the one that makes files at the press.
"""

from __future__ import annotations

import json
import re
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import Subject, call, memory_mib

PATIENCE = 900.0


@dataclass(frozen=True)
class Ordered:
    """What came of an order. `bot` and `child`: MiB at most; `before`: the bot's at the order."""

    seconds: float
    rows: int
    size: int
    before: float
    bot: float
    child: float

    def told(self) -> str:
        """As the table says it."""
        return (
            f"{self.seconds:.0f} s, {self.rows / self.seconds:,.0f} rows/s, file "
            f"{self.size / (1 << 20):.1f} MiB; at most {self.bot:.0f} MiB in the bot "
            f"({self.before:.0f} before), {self.child:.0f} MiB in the child"
        )


def ordered(subject: Subject, first: str, *taps: str, least: int) -> Ordered:
    """From the menu: type `first`, tap one button after the other, and wait for the file.

    Raises `TimeoutError` when none comes, RuntimeError for one of fewer rows than `least`.
    """
    one = {"users": 1, "updates": 1}
    # What is typed into a flow stays there.
    for typed in ("/menu", first):
        subject.run(**one, text=typed, tap=[])
    for tap in taps[:-1]:
        subject.run(**one, tap=[tap])
    pid = subject.process.pid
    before, known = memory_mib(pid), len(call(subject.url + "/ready")["files"])
    _forget_peak(pid)
    began = time.perf_counter()
    subject.run(**one, tap=[taps[-1]])
    while len(files := call(subject.url + "/ready")["files"]) == known:
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError(f"no file came\n{subject.process.said()}")
        time.sleep(0.1)
    seconds = time.perf_counter() - began
    found = re.search(r"([0-9]+) records", files[-1]["caption"])
    rows = int(found[1]) if found else 0
    if rows < least:
        raise RuntimeError(f"not {least} rows: {files[-1]}")
    child = max((_peak_mib(one) for one in _children(pid)), default=0.0)
    return Ordered(seconds, rows, files[-1]["bytes"], before, _peak_mib(pid), child)


def busy_number(operator: str, company: str, a_day: int) -> str:
    """An active number of the company, with so many records for each day it was not silent."""
    return busy_numbers(operator, company, a_day, 1)[0]


def busy_numbers(operator: str, company: str, a_day: int, count: int = 2) -> list[str]:
    """So many of them."""
    numbers = active_numbers(operator, company, count)
    for number in numbers:
        asked(f"{operator}/sandbox/operator/numbers/{number}", {"usage_per_day": a_day})
    return numbers


def active_numbers(operator: str, company: str, count: int) -> list[str]:
    """So many active numbers of the company. Raises RuntimeError where there are fewer."""
    path, found = f"{operator}/tmf-api/productInventory/v4/product", list[str]()
    while len(found) < count:
        page = asked(
            f"{path}?relatedParty.id={company}&status=active&limit=100&offset={len(found)}"
        )
        if not page:
            raise RuntimeError(f"{company} has {len(found)} active numbers")
        found += (str(one["id"]) for one in page)
    return found[:count]


def asked(url: str, change: dict[str, Any] | None = None) -> Any:
    """What the operator answers; with a `change` it is made first."""
    body = None if change is None else json.dumps(change).encode()
    headers = {"Content-Type": "application/json"}
    method = "GET" if change is None else "PATCH"
    request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
        return json.load(answer)


def _forget_peak(pid: int) -> None:
    """Have the kernel begin its peak of that process anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return found


def _peak_mib(pid: int) -> float:
    with suppress(OSError, ValueError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
        return int(peak) / 1024
    return 0.0
