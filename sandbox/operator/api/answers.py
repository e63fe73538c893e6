"""How the operator writes what it answers: money, moments, lists, and TMF630's error body."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

ALMATY = ZoneInfo("Asia/Almaty")

Json = dict[str, Any]


class TmfError(Exception):
    """A refusal in the words of TMF630. `status` is the HTTP status it is answered with."""

    def __init__(self, status: int, code: str, reason: str, message: str = "") -> None:
        super().__init__(f"{code}: {message or reason}")
        self.status = status
        self.code = code
        self.reason = reason
        self.message = message or reason

    def response(self, headers: dict[str, str] | None = None) -> web.Response:
        """The refusal as it goes over the wire; `status` in the body is a string."""
        body = {
            "code": self.code,
            "reason": self.reason,
            "message": self.message,
            "status": str(self.status),
        }
        return answer(body, status=self.status, headers=headers)


def not_found(what: str, key: str) -> TmfError:
    """No `what` by this id."""
    return TmfError(404, "NOT_FOUND", f"No such {what}", f"There is no {what} {key}")


def dumps(body: object) -> str:
    """Compact JSON with letters as they are."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def answer(
    body: object, *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    """A JSON response."""
    return web.json_response(body, status=status, headers=headers, dumps=dumps)


def amount(tiyn: int) -> int | float:
    """Tiyn as a JSON number of tenge.

    The quotient of two exact integers is the double nearest to the decimal, and JSON writes a
    double by its shortest form: never more than two decimals below a hundred billion tenge.
    """
    return tiyn // 100 if tiyn % 100 == 0 else tiyn / 100


def words(tiyn: int) -> str:
    """Tiyn as a sentence names them: `12500.50 KZT`."""
    sign = "-" if tiyn < 0 else ""
    return f"{sign}{abs(tiyn) // 100}.{abs(tiyn) % 100:02d} KZT"


def money(tiyn: int) -> Json:
    """TMF's Money."""
    return {"unit": "KZT", "value": amount(tiyn)}


def moment(timestamp: float) -> str:
    """Unix seconds as people in Almaty write them, with the offset that held then."""
    return datetime.fromtimestamp(int(timestamp), ALMATY).isoformat()


_VALUE_TYPES = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
)
"""The first that fits: a bool is an int, too."""


def value_type(value: object) -> str:
    """What TMF calls the type of that value."""
    return next((name for kind, name in _VALUE_TYPES if isinstance(value, kind)), "object")


def characteristic(name: str, value: object) -> Json:
    """One name and value of TMF's open-ended lists."""
    return {"name": name, "valueType": value_type(value), "value": value}


def chosen(item: Json, fields: Sequence[str]) -> Json:
    """`item` with only the requested first-level fields; `id` and `href` always."""
    if not fields:
        return item
    return {key: value for key, value in item.items() if key in fields or key in {"id", "href"}}


def listing(items: Iterable[Json], total: int, fields: Sequence[str] = ()) -> web.Response:
    """One page of a list, with the two counts."""
    shown = [chosen(item, fields) for item in items]
    headers = {"X-Total-Count": str(total), "X-Result-Count": str(len(shown))}
    return answer(shown, headers=headers)


READ_BODY = web.RequestKey("read_body", Json)
"""Set on a request whose body was translated (`sandbox.operator.dialects`)."""


async def body_of(request: web.Request) -> Json:
    """The JSON object sent. Raises `TmfError` 400."""
    if READ_BODY in request:
        return request[READ_BODY]
    try:
        body = json.loads(await request.read(), parse_constant=_no_constant)
        dumps(body).encode()  # a lone surrogate is JSON, but no text
    except (ValueError, RecursionError) as error:
        raise TmfError(400, "REQUEST.MALFORMED", "The body is not JSON", str(error)) from error
    if not isinstance(body, dict):
        raise TmfError(400, "REQUEST.MALFORMED", "The body is not a JSON object")
    return body


def _no_constant(name: str) -> Callable[[], None]:
    raise ValueError(f"{name} is not a JSON number")


def digest_text(body: Json) -> str:
    """The same text for bodies that are equal as JSON values."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
