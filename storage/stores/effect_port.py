"""What a store needs of the writer of deeds, which itself needs the stores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from account.effects.effect import Deed


class Deeds(Protocol):
    """Writes deeds over a connection that is in a transaction."""

    def write(self, conn: Connection, deeds: Sequence[Deed]) -> None:
        """Write all of them."""
