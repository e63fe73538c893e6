"""How an operator speaks: addresses, words, filters, totals, errors and access.

There is one operator behind all of them. A dialect stands at its edge: it turns what is asked into
what `sandbox.operator.api` understands, and what that answers into what goes out. This one,
`kcell`, is what docs/operator.md says, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from sandbox.operator.api.answers import Json, TmfError
from sandbox.operator.database import OperatorDatabase

Handler = Callable[[web.Request], Awaitable[web.Response]]
Route = tuple[str, str, Handler]
"""Method, path and what answers there."""


class Dialect:
    """The operator as it is written in docs/operator.md."""

    def __init__(self, database: OperatorDatabase) -> None:
        self._database = database

    def spoken(self, routes: Sequence[Route]) -> list[Route]:
        """The operator's routes as they are reached and answered in this dialect."""
        return list(routes)

    def open_routes(self) -> list[Route]:
        """Routes that need no token: where one is got."""
        return []

    def check_token(self, request: web.Request) -> None:
        """Go on only with a call that carries the right token. Raises `TmfError` 401."""
        token = self._database.settings["token"]
        if token is not None and request.headers.get("Authorization") != f"Bearer {token}":
            raise TmfError(401, "UNAUTHENTICATED", "The bearer token is missing or wrong")

    def profile(self, address: str) -> str:
        """What a client is told of an operator that speaks so and stands at `address`: TOML."""
        del address
        return ""

    def event(self, event: Json) -> Json:
        """An event of an order, as this operator tells it."""
        return event

    def refusal(self, error: TmfError) -> web.Response:
        """The answer that says no."""
        return error.response()
