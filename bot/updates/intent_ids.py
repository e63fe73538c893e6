"""Ids of opened windows that are never the same twice (trap 17).

aiogram_dialog makes them of the second and a number below a hundred. Of two windows that a person
opens within one second every hundredth pair has the same id: the second takes the state of the
first over, and the way back leads nowhere.
"""

from __future__ import annotations

import secrets
import string

from aiogram_dialog.api.entities import stack

SIGNS = string.digits + string.ascii_letters
LENGTH = 6
"""As long as the library's: they are a part of what a button may hold."""


def intent_id() -> str:
    """A new id, one of 57 thousand million."""
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def use_unique_ids() -> None:
    """Have the library's stacks give these to whatever is opened on them."""
    stack.new_id = intent_id
