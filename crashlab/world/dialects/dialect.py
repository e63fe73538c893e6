"""How the lab's operator is spoken to: as docs/operator.md says, unless something is overridden.

There is one operator behind all dialects, with one set of books. A dialect stands at its edge: it
puts what is asked into this one's words, and what is answered into its own.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from aiohttp import web

from crashlab.world import operator_answers

Row = dict[str, Any]
CLIENT_SECRET = "crash-lab-client"  # noqa: S105 - no secret of anybody
"""By which the bot is let in, where it has to be."""
PAGING = (("offset", "0"), ("limit", "20"))


class Dialect:
    """The one of docs/operator.md."""

    name: ClassVar[str] = "kcell"
    base: ClassVar[str] = "tmf-api/{api}/v4"
    """What stands before a resource: aiohttp's pattern."""
    lacks: ClassVar[Collection[str]] = ()
    """Kinds of changes, and of documents, that there are none of."""
    change_faults: ClassVar[Mapping[str, float]] = {}
    """Faults besides the usual ones, with their shares."""
    read_faults: ClassVar[Mapping[str, float]] = {}

    def __init__(self, rng: random.Random) -> None:
        self._luck = rng

    def profile(self, address: str) -> str:
        """What the bot is told of the operator at that address: TOML. Empty: nothing."""
        del address
        return ""

    async def grant(self, request: web.Request) -> web.StreamResponse:
        """A token; here there are none."""
        del request
        raise web.HTTPNotFound

    def admits(self, request: web.Request) -> bool:
        """Whether whoever asks is let in."""
        del request
        return True

    def asked(self, resource: str, query: Mapping[str, str]) -> Mapping[str, str] | None:
        """A question in this dialect's words; None for one by which nothing can be found."""
        del resource
        return query

    def ordered(self, resource: str, body: Row) -> Row:
        """What is to be changed, the same way."""
        del resource
        return body

    def own_id(self, told: str) -> str:
        """The number that the product of that id is."""
        return told

    def written(self, resource: str, row: Row) -> Row:
        """A row, or the answer to a change, as it goes out."""
        del resource
        return row

    def page(
        self, resource: str, found: Sequence[Row], query: Mapping[str, str], every: int
    ) -> web.Response:
        """The part of a list that is asked for. `every` is how many there are of all questions."""
        del resource, every
        offset, limit = (int(query.get(*one)) for one in PAGING)
        told = found[offset : offset + limit]
        return web.json_response(told, headers={"X-Total-Count": str(len(found))})

    def error(self, status: int, code: str) -> web.Response:
        """The answer that says no."""
        return operator_answers.error(status, code)
