"""What is asked for with a change, besides the number: typed from the window to the operator.

Each kind that asks for anything has a frozen dataclass of its own beside its `ChangeSpec`. A row
keeps texts, under names that are never renamed: `told` and `read` are the one place where values
become texts and texts values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class ChangeParameters:
    """Nothing besides the number; the base of what there is."""

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
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:  # noqa: ARG003
        """Of what `told` and `sealed` wrote, older programs included; without what is erased."""
        return cls()


NOTHING = ChangeParameters()
