"""Keys that are changed now and then: one makes what is new, those of before still compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

Keys: TypeAlias = Callable[[], Sequence[bytes]]
"""The present key, then those of before, as they are at this moment."""


def keys_of(given: bytes | Keys) -> Keys:
    """The same for one key that never changes."""
    return given if callable(given) else lambda: (given,)
