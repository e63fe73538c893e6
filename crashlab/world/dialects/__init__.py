"""The dialects that the lab's operator can speak, by name."""

from __future__ import annotations

from collections.abc import Mapping

from crashlab.world.dialects.dialect import Dialect
from crashlab.world.dialects.plain import PlainDialect

DIALECTS: Mapping[str, type[Dialect]] = {"kcell": Dialect, "plain": PlainDialect}
