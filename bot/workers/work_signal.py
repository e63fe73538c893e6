"""Something was written: whoever claims work in this process looks at once."""

from __future__ import annotations

from collections.abc import Callable


class WorkSignal:
    """Rings for everybody who listens."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def listen(self, ring: Callable[[], None]) -> None:
        """Have `ring` called each time; it must not wait."""
        self._listeners.append(ring)

    def ring(self) -> None:
        """There may be something to do."""
        for ring in self._listeners:
            ring()
