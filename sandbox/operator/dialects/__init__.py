"""The dialects that the sandbox's operator can speak, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.operator.database import OperatorDatabase
from sandbox.operator.dialects.dialect import Dialect
from sandbox.operator.dialects.plain.dialect import PlainDialect
from sandbox.operator.dialects.v5.dialect import Version5Dialect

DIALECTS: Mapping[str, Callable[[OperatorDatabase], Dialect]] = {
    "kcell": Dialect,
    "plain": PlainDialect,
    "v5": Version5Dialect,
}
