"""The operator as `plain` speaks: everything by the standard, nothing as the other dialect has it.

Ids are made by the server, numbers have a plus, totals are those of the whole collection or are
missing, filters that are not understood change nothing or find nothing, errors have numbers, and
access is by OAuth2. What it is asked is put into the operator's own words first, and what it
answers into its own afterwards, so both dialects are one operator with one set of facts.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from aiohttp import web

from sandbox.operator.api.answers import READ_BODY, Json, TmfError, answer, body_of, chosen
from sandbox.operator.api.idempotency import GIVEN_KEY
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.dialects.dialect import Dialect, Handler, Route
from sandbox.operator.dialects.plain import charging, words
from sandbox.operator.dialects.plain.aliases import Aliases
from sandbox.operator.dialects.plain.bodies import BODIES
from sandbox.operator.dialects.plain.questions import RESOURCES, Question, Resource, read
from sandbox.operator.dialects.plain.tokens import PATH, Tokens

_LARGEST_OWN_PAGE = 1000
_MOST_QUESTIONS = 1_000
_CONSUMPTION = "queryUsageConsumption"
_NO_REGISTRY = "deviceRegistration"


class PlainDialect(Dialect):
    """See above."""

    def __init__(self, database: OperatorDatabase) -> None:
        super().__init__(database)
        self._ids = Aliases(database)
        self._tokens = Tokens(database)
        self._asked: dict[str, list[Json]] = {}
        """What each question about allowances is answered with, one look after another."""

    def spoken(self, routes: Sequence[Route]) -> list[Route]:
        """The routes at other addresses, each answering in other words."""
        told = []
        for method, path, handler in routes:
            if "/hub" in path or "/agreement" in path:
                continue  # this operator tells nobody of events, and its contracts to nobody
            base = next(own for own in words.BASES if path.startswith(f"{own}/"))
            address = words.BASES[base] + path.removeprefix(base)
            told.append((method, address, self._translated(method, path, handler)))
            if path.endswith(_CONSUMPTION):
                told.append(("GET", f"{address}/{{id}}", self._consumed))
        return told

    def open_routes(self) -> list[Route]:
        """The token's own address."""
        return [("POST", PATH, self._tokens.grant)]

    def check_token(self, request: web.Request) -> None:
        """Go on with a token that was granted here and has not expired. Raises `TmfError` 401."""
        self._tokens.check(request)

    def profile(self, address: str) -> str:
        """The profile of this operator, its address filled in: TOML."""
        template = files("sandbox.operator.dialects.plain") / "profile.toml"
        return template.read_text("utf-8").replace("{address}", address)

    def refusal(self, error: TmfError) -> web.Response:
        """The answer that says no: its code is a number, and so is its status."""
        code = words.CODES.get(error.code, words.OTHER_CODE)
        body = {"code": code, "reason": error.reason, "message": error.message}
        return answer(body, status=error.status)

    def _translated(self, method: str, path: str, handler: Handler) -> Handler:
        name = path.removesuffix("/{id}").rpartition("/")[2]
        if name == _CONSUMPTION:
            return self._asking(handler)
        resource = RESOURCES[name]
        if method == "GET" and path.endswith("{id}"):
            return self._reading_one(resource, handler)
        if method == "GET":
            return self._listing(resource, handler)
        return self._changing(name, resource, handler)

    # --- reads ---

    def _reading_one(self, resource: Resource, handler: Handler) -> Handler:
        async def read_one(request: web.Request) -> web.Response:
            self._own_id(request, resource)
            fields = tuple(filter(None, request.query.get("fields", "").split(",")))
            told = await handler(request.clone(rel_url=request.rel_url.with_query(None)))
            written = list(resource.written(_json(told), self._ids))
            if not written:
                raise TmfError(404, "NOT_FOUND", "No such resource")
            return answer(chosen(written[0], fields))

        return read_one

    def _own_id(self, request: web.Request, resource: Resource) -> None:
        if not resource.natural:
            request.match_info["id"] = self._ids.own(request.match_info["id"]).removesuffix("#2")

    def _listing(self, resource: Resource, handler: Handler) -> Handler:
        async def listed(request: web.Request) -> web.Response:
            question = read(request, resource, self._ids)
            found, total = await self._found(request, resource, question, handler)
            if not found and resource.empty_is_missing:
                raise TmfError(404, "NOT_FOUND", "Nothing found")
            shown = [chosen(row, question.fields) for row in found]
            if resource.total == "collection":
                _, every = await self._page(request, handler, [], 0, 0)
                return answer(shown, headers={"X-Total-Count": str(every)})
            if resource.total == "range" and len(shown) < total:
                last = question.offset + len(shown) - 1
                extent = f"items {question.offset}-{last}/{total}" if shown else f"items */{total}"
                return answer(shown, status=206, headers={"Content-Range": extent})
            return answer(shown)

        return listed

    async def _found(
        self, request: web.Request, resource: Resource, question: Question, handler: Handler
    ) -> tuple[list[Json], int]:
        """The rows of a page as they are written, and how many the operator has that fit."""
        conditions, offset, limit = question.conditions, question.offset, question.limit
        if conditions is None:
            return [], 0
        if limit is not None and not resource.split:
            own, total = await self._page(request, handler, conditions, offset, limit)
            return self._written(resource, own), total
        every: list[Json] = []
        while True:
            own, total = await self._page(
                request, handler, conditions, len(every), _LARGEST_OWN_PAGE
            )
            every += own
            if not own or len(every) >= total:
                break
        written = self._written(resource, every)
        return written[offset : None if limit is None else offset + limit], len(written)

    async def _page(
        self,
        request: web.Request,
        handler: Handler,
        conditions: list[tuple[str, str]],
        offset: int,
        limit: int,
    ) -> tuple[list[Json], int]:
        query = [*conditions, ("offset", str(offset)), ("limit", str(limit))]
        told = await handler(request.clone(rel_url=request.rel_url.with_query(query)))
        return _json(told), int(told.headers["X-Total-Count"])

    def _written(self, resource: Resource, own: Iterable[Json]) -> list[Json]:
        return [row for one in own for row in resource.written(one, self._ids)]

    # --- changes ---

    def _changing(self, name: str, resource: Resource, handler: Handler) -> Handler:
        async def change(request: web.Request) -> web.Response:
            body = await body_of(request)
            self._refuse_what_there_is_not(body)
            request[READ_BODY] = BODIES[name](body, self._ids)
            request[GIVEN_KEY] = uuid.uuid4().hex
            if "id" in request.match_info:
                self._own_id(request, resource)
            told = await handler(request)
            [*written] = resource.written(_json(told), self._ids)
            if name == "communicationMessage":
                return answer(written)  # 200 and a list: taken all the same
            location = {"Location": written[0]["href"]} if told.status == 201 else None
            return answer(written[0], status=told.status, headers=location)

        return change

    def _refuse_what_there_is_not(self, body: Json) -> None:
        if _NO_REGISTRY in json.dumps(body):
            raise TmfError(400, "ORDER.UNSUPPORTED", "There is no register of devices")

    # --- allowances: a question, and looks at it until it is answered ---

    def _asking(self, handler: Handler) -> Handler:
        async def ask(request: web.Request) -> web.Response:
            request[READ_BODY] = BODIES[_CONSUMPTION](await body_of(request), self._ids)
            done = charging.consumption(_json(await handler(request)), self._ids)
            begun = done | {"state": "inProgress", "usageConsumption": []}
            if len(self._asked) >= _MOST_QUESTIONS:
                del self._asked[next(iter(self._asked))]
            self._asked[done["id"]] = [begun, done]
            return answer(begun, status=201, headers={"Location": f"{request.path}/{done['id']}"})

        return ask

    async def _consumed(self, request: web.Request) -> web.Response:
        looks = self._asked.get(request.match_info["id"])
        if looks is None:
            raise TmfError(404, "NOT_FOUND", "No such question")
        return answer(looks.pop(0) if len(looks) > 1 else looks[0])


def _json(told: web.Response) -> Any:
    assert isinstance(told.body, bytes)
    return json.loads(told.body)
