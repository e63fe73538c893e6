"""What is asked for with a change, besides the number: typed from the window to the operator.

Each kind that asks for anything has a frozen dataclass of its own beside its `ChangeSpec`. A row
keeps texts, under names that are never renamed: `told` and `read` are the one place where values
become texts and texts values.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class ChangeParameters(ABC):
    """The base of what is asked for."""

    @property
    def part(self) -> str:
        """What of the number it changes, where other parts may change at the same time.

        A ban, an offering, a device, by its persisted name; empty for the number as a whole.
        """
        return ""

    def told(self) -> dict[str, str]:
        """As texts, under the names of the row; what is not told is left out."""
        return {}

    def sealed(self) -> dict[str, str]:
        """What the operator must be told and nobody else may read, as texts.

        It is kept encrypted, erased at the end of the change, and never a part of the history
        (safety.md section 3).
        """
        return {}

    @classmethod
    @abstractmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        """Of what `told` and `sealed` wrote, older programs included; without what is erased."""


@dataclass(frozen=True, slots=True)
class NoParameters(ChangeParameters):
    """Nothing besides the number."""

    @override
    @classmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        return cls()


NOTHING = NoParameters()


def lock_key_of_part(lock_key: str, part: str) -> str:
    """The lock key of a part of a number, or of all of it. Persisted."""
    return f"{lock_key}:{part}" if part else lock_key
