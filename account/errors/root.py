"""Where the whole family comes from."""

from __future__ import annotations

from typing import ClassVar


class MyAccountError(Exception):
    """The root: whatever is raised on purpose in this project descends from it."""

    code: ClassVar[str] = "INTERNAL"
