"""A call that changes something has its effect once: its key stands for its body from then on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TypeVar

from aiohttp import web

from sandbox.operator.api.answers import Json, TmfError, digest_text
from sandbox.operator.database import OperatorDatabase

HEADER = "Idempotency-Key"

GIVEN_KEY = web.RequestKey("given_key", str)
"""Set on a request that needs no key where it is spoken so (`sandbox.operator.dialects`)."""

Done = TypeVar("Done")


def needed_key(request: web.Request, else_by: object = None, named: str = HEADER) -> str:
    """The key of the call, else `else_by`; `named` says what may carry it.

    Raises `TmfError` 400 without one.
    """
    key = request.headers.get(HEADER) or else_by or request.get(GIVEN_KEY)
    if not isinstance(key, str) or not re.fullmatch("[ -~]{1,128}", key):
        raise TmfError(400, "IDEMPOTENCY.MISSING", f"{named} is needed")
    return key


class IdempotentCalls:
    """Looks for what a key did before. `in_progress`: keys whose effect is still to come."""

    def __init__(self, database: OperatorDatabase, in_progress: Collection[str]) -> None:
        self._database = database
        self._in_progress = in_progress

    def earlier(
        self, key: str, body: Json, find: Callable[[str], tuple[Done, str] | None]
    ) -> Done | None:
        """What the key did; None when it is new, or when the setting has keys overlooked.

        `find` gives it with the digest of its body. Raises `TmfError`: 409 while the first call is
        worked on, 422 when it had another body.
        """
        if not self._database.settings["idempotent"]:
            return None
        if key in self._in_progress:
            raise TmfError(409, "IDEMPOTENCY.IN_PROGRESS", "The first call is still worked on")
        found = find(key)
        if found is None:
            return None
        done, digest = found
        if digest != digest_text(body):
            raise TmfError(422, "IDEMPOTENCY.REUSED", "The key was used with another body")
        return done
