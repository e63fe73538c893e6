"""Ids of the operator on buttons: short, whatever the operator calls its things.

Telegram leaves 57 bytes for a widget's id and its item's (trap 14). A key names nothing by itself:
it is looked for among what the person may see at that moment, so a forged one finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import blake2s
from typing import TypeVar

Thing = TypeVar("Thing")


def key(id: str) -> str:  # noqa: A002
    """Twelve hexadecimal digits of an id."""
    return blake2s(id.encode(), digest_size=6).hexdigest()


def found(things: Iterable[Thing], id_of: Callable[[Thing], str], wanted: object) -> Thing | None:
    """The thing whose id has that key, None when there is none."""
    return next((thing for thing in things if key(id_of(thing)) == wanted), None)
