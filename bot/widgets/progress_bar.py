"""A bar of ten blocks: how much of something is there."""

from __future__ import annotations

BLOCKS = 10


def bar(part: int, whole: int) -> str:
    """`███████░░░`; full for more than the whole, empty for nothing of nothing."""
    full = round(share(part, whole) * BLOCKS)
    return "█" * full + "░" * (BLOCKS - full)


def percent(part: int, whole: int) -> int:
    """Whole per cents, rounded down: 100 only when nothing is missing."""
    return int(share(part, whole) * 100)


def share(part: int, whole: int) -> float:
    """The part of the whole, from 0 to 1."""
    return min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0
