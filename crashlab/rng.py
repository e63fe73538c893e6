"""Chance from a seed: each part of the world has a stream of its own, so that they do not mix."""

from __future__ import annotations

import random
from collections.abc import Mapping


def stream(seed: int, name: str) -> random.Random:
    """The stream of that name. Not for secrets."""
    return random.Random(f"{seed}:{name}")  # noqa: S311 - repeatable on purpose


def drawn(rng: random.Random, shares: Mapping[str, float]) -> str | None:
    """One of the names, each with its share of 1; None for what is left of it."""
    at = rng.random()
    for name, share in shares.items():
        if at < share:
            return name
        at -= share
    return None
