"""What has to be done right before aiogram is imported for the first time, wherever that is.

A command that needs no bot (`myaccount --help`) imports neither aiogram nor pydantic, and waits
for neither.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from typing_extensions import override


class _BeforeAiogram(MetaPathFinder):
    """Asked first for each module that is not there yet; finds none of them."""

    def __init__(self) -> None:
        self._prepared = False

    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "aiogram" and not self._prepared:
            self._prepared = True
            from bot.framework.deferred_models import build_at_first_use

            build_at_first_use()
        return None


def prepare() -> None:
    """Have aiogram's models wait until they are used (`bot.framework.deferred_models`)."""
    if "aiogram" not in sys.modules:
        sys.meta_path.insert(0, _BeforeAiogram())
