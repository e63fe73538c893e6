"""aiogram's models, built when one is first used instead of all of them at the start.

The import of `aiogram.types` ends with a loop over its 444 models, each of which takes those that
it holds into itself: most of a start and 100 MiB, for some thirty models that a bot ever reads or
writes. The loop hands over the names that annotations mean; they are kept, and pydantic, which
asks a model that is not built to build itself, is given them then.

Must be called before the first import of aiogram: `bot.framework.first_import` sees to that.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

_OURS = ("aiogram.", "aiogram_dialog.")
_names: dict[str, Any] = {}
_building = threading.RLock()
"""pydantic builds a model in two threads at once wrongly."""


def build_at_first_use() -> None:
    """Have aiogram's models wait until they are used; where they are built already, do nothing."""
    if "aiogram" in sys.modules:
        return
    build: Callable[..., bool | None] = BaseModel.model_rebuild.__func__  # type: ignore[attr-defined]

    def model_rebuild(
        cls: type[BaseModel],
        *,
        force: bool = False,
        raise_errors: bool = True,
        _parent_namespace_depth: int = 2,
        _types_namespace: dict[str, Any] | None = None,
    ) -> bool | None:
        options: dict[str, Any] = {"force": force, "raise_errors": raise_errors}
        if not any(base.__module__.startswith(_OURS) for base in cls.__mro__):
            # One more frame is between the asker and pydantic.
            depth = _parent_namespace_depth + 1 if _parent_namespace_depth > 0 else 0
            options["_parent_namespace_depth"] = depth
            return build(cls, **options, _types_namespace=_types_namespace)
        if _types_namespace is not None:
            _names.update(_types_namespace)
            return None
        with _building:
            return build(cls, **options, _types_namespace=_names)

    BaseModel.model_rebuild = classmethod(model_rebuild)  # type: ignore[assignment, method-assign]
