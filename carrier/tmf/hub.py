"""`/hub` of an API: to be told of its events, and no longer to be (TMF630, part 3).

Telling is a favour: an operator that has no hub, or will not, is asked about each change as before,
and no fault of a hub stands in the way of an order (`aside`).
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from account.errors import CarrierUnavailable, OutcomeUnknown
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.transport import Answer

_HUB = "hub"
_LONGEST_ID = 256
_AGAIN = frozenset({401, 408, 425, 429})
"""No word about the hub: the same question may be answered otherwise later."""
_KNOWN = 409
_LISTED = frozenset({200, 203, 206})
_GONE = frozenset({404, 410})


class HubRefused(Exception):  # noqa: N818 - an answer
    """The operator has no hub there, or does not want us to use it. `status` is what it said."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


async def subscribe(http: OperatorHttp, api: Api, callback: str, query: str, key: str) -> str:
    """Have the events of that API sent to `callback`; the hub's id of it, empty where none is told.

    The same `key` subscribes once, at an operator that knows of idempotency. A callback that is
    registered already (409) is one. Raises `HubRefused`; `CarrierUnavailable` where the same
    question may be asked again.
    """
    body = {"callback": callback} | ({"query": query} if query else {})
    if http.profile.speaks_v5(api):
        body = {"@type": "Hub", **body}
    answer = await http.change(api, _HUB, body, key, aside=True)
    if 200 <= answer.status < 300:
        return _id_of(answer)
    if answer.status == _KNOWN:
        return ""
    raise _no(answer)


async def named(http: OperatorHttp, api: Api, callback: str, key: str) -> tuple[str, ...]:
    """The ids of the subscriptions that send to `callback`, in the hub's order.

    None where the hub does not list them: by the standard it need not. Never raises.
    """
    try:
        answer = await http.change(api, _HUB, None, key, method="GET", aside=True)
        told: Any = json.loads(answer.body) if answer.status in _LISTED else None
    except (CarrierUnavailable, OutcomeUnknown, ValueError, RecursionError):
        return ()
    rows = [told] if isinstance(told, dict) else told
    ours = [
        _told_id(row)
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict) and row.get("callback") == callback
    ]
    return tuple(dict.fromkeys(filter(None, ours)))


async def unsubscribe(http: OperatorHttp, api: Api, hub_id: str, key: str) -> None:
    """End it; one that is not there any more has ended. Raises as `subscribe`."""
    resource = f"{_HUB}/{quote(hub_id, safe='')}"
    answer = await http.change(api, resource, None, key, method="DELETE", aside=True)
    if not 200 <= answer.status < 300 and answer.status not in _GONE:
        raise _no(answer)


def _no(answer: Answer) -> Exception:
    status = answer.status
    if status in _AGAIN or (status >= 500 and status != 501):
        return CarrierUnavailable(f"hub: status {status}")
    return HubRefused(status)


def _id_of(answer: Answer) -> str:
    try:
        body: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict) and isinstance(body.get("id"), (str, int)):
        return _told_id(body)
    return _usable(answer.headers.get("Location", "").rstrip("/").rpartition("/")[2])


def _told_id(body: dict[str, Any]) -> str:
    told = body.get("id")
    if isinstance(told, int) and not isinstance(told, bool):
        told = str(told)
    return _usable(told) if isinstance(told, str) else ""


def _usable(told: str) -> str:
    return told if len(told) <= _LONGEST_ID and told.isprintable() else ""
