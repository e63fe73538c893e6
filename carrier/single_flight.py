"""One question for all who ask it at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class SingleFlight(Generic[Answer]):
    """Calls on their way, by what they ask for. Nothing is kept once a call has ended."""

    def __init__(self) -> None:
        self._under_way: dict[str, asyncio.Future[Answer]] = {}

    async def share(self, key: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer of `ask`, or of the call with that key that is on its way already.

        Who asked first makes the call for all. When that one goes away, the next one asks anew.
        """
        while (flight := self._under_way.get(key)) is not None:
            try:
                return await asyncio.shield(flight)
            except asyncio.CancelledError:
                asker = asyncio.current_task()
                if not flight.cancelled() or (asker is not None and asker.cancelling()):
                    raise
        flight = self._under_way[key] = asyncio.get_running_loop().create_future()
        try:
            answer = await ask()
        except Exception as error:
            flight.set_exception(error)
            flight.exception()  # nobody may be waiting for it
            raise
        except BaseException:
            flight.cancel()
            raise
        finally:
            del self._under_way[key]
        flight.set_result(answer)
        return answer
