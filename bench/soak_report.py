"""What came of a soak: slopes, rows left over, a picture of curves, and its part of the page."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.report import DOCUMENT

BEGIN, END = "<!-- soak: written by make soak -->", "<!-- end of soak -->"
PICTURE = DOCUMENT.parent / "pictures" / "soak.svg"
CURVES = (
    ("memory_mib", "memory of the bot, MiB"),
    ("files", "open files"),
    ("lag_s", "age of the oldest update, s"),
    ("p99_ms", "answer to a tap, p99, ms"),
    ("wal_mib", "log of the database, MiB"),
    ("database_mib", "database, MiB"),
)
COLOURS = ("#1f6feb", "#d1690e")
WIDTH, HEIGHT, GAP, ACROSS = 260, 110, 46, 3


@dataclass(frozen=True)
class Outcome:
    """One database's run; `rows` and `kept` are counts by table, `cpu` seconds of the bot's."""

    database: str
    minutes: float
    rate: float
    people: int
    samples: Sequence[Mapping[str, float]]
    waiting: Mapping[str, float]
    rows: Mapping[str, int]
    kept: Mapping[str, int]
    forgetting: float
    cpu: float

    def sum(self, name: str) -> float:
        """Of all samples."""
        return sum(one[name] for one in self.samples)

    def most(self, name: str) -> float:
        """Of all samples."""
        return max(one[name] for one in self.samples)

    def middle(self, name: str) -> float:
        """The median of all samples."""
        return sorted(one[name] for one in self.samples)[len(self.samples) // 2]

    def slope(self, name: str) -> float:
        """How much it grows an hour, by least squares over the second half."""
        half = self.samples[len(self.samples) // 2 :]
        return slope([one["second"] for one in half], [one[name] for one in half]) * 3600

    def told(self) -> list[str]:
        """For the terminal."""
        return [f"{self.database}: {what}: {value}" for what, value in self.figures()]

    def figures(self) -> list[tuple[str, str]]:
        """By name, in the order of the table."""
        sent, last = self.sum("sent"), self.samples[-1]
        left = ", ".join(f"{name} {count:g}" for name, count in self.waiting.items())
        stay = {name: count for name, count in self.kept.items() if count > 100}
        rows = ", ".join(f"{name} {count:,}" for name, count in sorted(stay.items()))
        return [
            (
                "taps",
                f"{sent:,.0f} in {self.minutes:g} minutes, {sent / last['second']:.0f} a second",
            ),
            ("answer", f"p50 {self.middle('p50_ms'):.0f} ms, p99 {self.middle('p99_ms'):.0f} ms"),
            ("no answer within a minute", f"{self.sum('lost'):.0f}"),
            ("CPU of the bot, all it did, a tap", f"{self.cpu / sent * 1000:.1f} ms"),
            ("age of the oldest update, at most", f"{self.most('lag_s'):.2f} s"),
            ("memory at the end, and its slope", self._grown("memory_mib", "MiB")),
            ("open files at the end, and their slope", self._grown("files", "")),
            ("log of the database at the end, and its slope", self._grown("wal_mib", "MiB")),
            ("database at the end, and its slope", self._grown("database_mib", "MiB")),
            ("confirmed changes", f"{self.kept.get('actions', 0):,}"),
            ("left over two minutes later at most", left),
            ("rows that stay after all terms", rows),
            ("forgetting all the rest", f"{self.forgetting:.1f} s"),
        ]

    def _grown(self, name: str, unit: str) -> str:
        return f"{self.samples[-1][name]:.0f} {unit}, {self.slope(name):+.1f} an hour".replace(
            " ,", ","
        )


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def slope(across: Sequence[float], up: Sequence[float]) -> float:
    """Least squares; 0 of fewer than two points."""
    if len(across) < 2:
        return 0.0
    middle, height = sum(across) / len(across), sum(up) / len(up)
    wide = sum((x - middle) ** 2 for x in across)
    return sum((x - middle) * (y - height) for x, y in zip(across, up, strict=True)) / wide


def write(outcomes: Sequence[Outcome]) -> None:
    """The table into the page, the picture beside it."""
    PICTURE.write_text(picture(outcomes), encoding="utf-8")
    before, _begin, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _old, _end, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{page(outcomes)}\n\n{END}{after}", encoding="utf-8")


def page(outcomes: Sequence[Outcome]) -> str:
    """The table in Markdown."""
    first = outcomes[0]
    cores = f"{os.cpu_count()} cores shared with other work"
    day = datetime.now(UTC).date().isoformat()
    people = f"Python {platform.python_version()}, {first.people:,} people, 100,000 numbers"
    columns = [dict(one.figures()) for one in outcomes]
    return "\n".join(
        [
            f"`make soak MINUTES={first.minutes:g} RATE={first.rate:g}`, {day}, {cores}, {people}.",
            "",
            f"| | {' | '.join(one.database for one in outcomes)} |",
            f"|---|{'---|' * len(outcomes)}",
            *(f"| {what} | {' | '.join(one[what] for one in columns)} |" for what in columns[0]),
            "",
            "![Memory, files, lag, answers, log and database over time](pictures/soak.svg)",
        ]
    )


def picture(outcomes: Sequence[Outcome]) -> str:
    """All curves, a panel for each, a line for each database."""
    down = -(-len(CURVES) // ACROSS)
    wide, high = ACROSS * (WIDTH + GAP) + GAP, down * (HEIGHT + GAP) + GAP
    font = 'font-family="sans-serif" font-size="11"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" {font}>',
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>',
    ]
    for n, one in enumerate(outcomes):
        x = GAP + n * 120
        parts.append(f'<text x="{x}" y="16" fill="{COLOURS[n]}">{one.database}</text>')
    for n, (name, title) in enumerate(CURVES):
        left, top = GAP + n % ACROSS * (WIDTH + GAP), GAP + n // ACROSS * (HEIGHT + GAP)
        parts += _panel(outcomes, name, title, left, top)
    return "\n".join([*parts, "</svg>", ""])


def _panel(outcomes: Sequence[Outcome], name: str, title: str, left: int, top: int) -> list[str]:
    most = max(one.most(name) for one in outcomes) or 1.0
    end = max(one.samples[-1]["second"] for one in outcomes) or 1.0
    bottom = top + HEIGHT
    grey, minutes = 'fill="#57606a"', f"{end / 60:.0f} min"
    under = f'x="{left + WIDTH}" y="{bottom + 13}"'
    parts = [
        f'<text x="{left}" y="{top - 6}">{title}</text>',
        f'<path d="M{left} {top}V{bottom}H{left + WIDTH}" fill="none" stroke="#8c959f"/>',
        f'<text x="{left - 4}" y="{top + 9}" text-anchor="end" {grey}>{_figure(most)}</text>',
        f'<text x="{left - 4}" y="{bottom}" text-anchor="end" {grey}>0</text>',
        f'<text {under} text-anchor="end" {grey}>{minutes}</text>',
    ]
    for n, one in enumerate(outcomes):
        points = " ".join(
            f"{left + at['second'] / end * WIDTH:.1f},{bottom - at[name] / most * HEIGHT:.1f}"
            for at in one.samples
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{COLOURS[n]}" stroke-width="1.2"/>'
        )
    return parts
