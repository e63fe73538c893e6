"""A thread that does one thing after another for an event loop.

`run_in_executor` builds two futures and a lock per call, half of what a small transaction costs;
a queue and one future do the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

Result = TypeVar("Result")
Job = tuple[Callable[[], Any], "asyncio.Future[Any]", asyncio.AbstractEventLoop]


class SingleThreadExecutor:
    """Runs functions one at a time, in the order they were asked for.

    The thread starts with the first function and does not keep the process alive.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._thread: Thread | None = None

    async def run(self, function: Callable[[], Result]) -> Result:
        """What the function returns or raises. One that has begun is not stopped by cancelling."""
        if self._thread is None:
            self._thread = Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._queue.put((function, future, loop))
        return await future

    def stop(self) -> None:
        """Let what was asked for end, and wait for it. A later `run` starts a new thread."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            function, future, loop = job
            if future.cancelled():
                continue
            try:
                result, error = function(), None
            except BaseException as raised:  # noqa: BLE001 - it belongs to whoever asked
                result, error = None, raised
            # A loop that is gone by now has nobody waiting.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_tell, future, result, error)
            del job, function, future, result, error


def _tell(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
