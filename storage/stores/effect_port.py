"""What a store needs of the writer of effects, which itself needs the stores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from account.effects.effect import Effect


class WritesEffects(Protocol):
    """Writes effects over a connection that is in a transaction."""

    def write(self, conn: Connection, effects: Sequence[Effect]) -> None:
        """Write all of them."""
