"""Deaths on purpose, for the crash lab: the process kills itself at a point between two steps.

`MYACCOUNT_FAILPOINT=<point>:<nth>` names the point (docs/reliability.md lists them) and which of
its passings is the last. Unset, nothing is wrapped and nothing costs anything. It is hooked on
where the rooms are put together, so the core and the stores know nothing of it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from account.ports import Carrier
    from bot.delivery import Delivery
    from storage.stores import Stores

VARIABLE = "MYACCOUNT_FAILPOINT"
FINAL_WORD, FILE = "action.final", "document.ready"

_within: ContextVar[str] = ContextVar("within", default="")


class Fuse:
    """Burns down at every passing of its point; at the end of it the process is no more."""

    def __init__(self, point: str, passings: int) -> None:
        self._point = point
        self._left = passings

    def burn(self, point: str) -> None:
        """Pass a point."""
        if point == self._point:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def plant(stores: Stores, carrier: Carrier, delivery: Delivery) -> None:
    """Lay the fuse that the environment asks for; without the variable do nothing."""
    point, _colon, nth = os.environ.get(VARIABLE, "").partition(":")
    if not point:
        return
    fuse = Fuse(point, int(nth or "1"))
    for part, method, name in (
        (stores.inbox, "put", "inbox"),
        (stores.actions, "accept", "accept"),
        (stores.actions, "mark_sent", "sent"),
        (stores.actions, "park", "park"),
        (stores.actions, "settle", "settle"),
        (stores.documents, "order", "order"),
        (stores.documents, "claim", "claim"),
        (stores.documents, "made", "made"),
        (stores.turns, "close", "turn"),
        (stores.outbox, "delivered", "delivered"),
        (carrier, "place", "call"),
        (carrier, "order", "look"),
    ):
        _wrap(fuse, part, method, name)
    _wrap(fuse, delivery, "deliver", "word", only=lambda row: row.kind == FINAL_WORD)
    _wrap(fuse, delivery, "deliver", "file", only=lambda row: row.kind == FILE)
    _wrap(fuse, stores.outbox, "delivered", "handed", only=lambda row: row.kind == FILE)
    _watch_commits(fuse, stores.database)


def _wrap(
    fuse: Fuse,
    part: object,
    method: str,
    name: str,
    *,
    only: Callable[[Any], bool] = lambda _first: True,
) -> None:
    """Pass `name.before` and `name.after` around a method, and let commits know where they are."""
    work = getattr(part, method)

    @wraps(work)
    async def passing(*arguments: Any, **named: Any) -> Any:
        if not only(arguments[0]):
            return await work(*arguments, **named)
        fuse.burn(f"{name}.before")
        inside = _within.set(name)
        try:
            outcome = await work(*arguments, **named)
        finally:
            _within.reset(inside)
        fuse.burn(f"{name}.after")
        return outcome

    setattr(part, method, passing)


def _watch_commits(fuse: Fuse, database: Any) -> None:
    """Pass `<name>.commit` right after every commit within a method; `commit` after any at all."""
    write = database.write

    async def committing(work: Any) -> Any:
        outcome = await write(work)
        fuse.burn(f"{_within.get()}.commit")
        fuse.burn("commit")
        return outcome

    database.write = committing
