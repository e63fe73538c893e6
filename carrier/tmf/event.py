"""What an event is about, whoever wrote it and however: ids to look for among our own changes.

Nothing else of an event is read. Where a change stands, its order says when it is asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_MOST_EVENTS, _MOST_NAMES, _LONGEST_NAME = 50, 200, 128
_BY_REFERENCE = ("externalId", "description")
"""Where orders (TMF622) and transfers (TMF654) carry our reference."""
_IDENTIFIERS = ("externalId", "externalIdentifier")
"""The same in v5: lists of objects."""


def ids_named(body: bytes) -> frozenset[str] | None:
    """The ids of orders, of parties and our own references that an event, or a list of them, names.

    None: it is no event of any kind. Far more than one event names is cut.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict | list):
        return None
    names: set[str] = set()
    for event in told[:_MOST_EVENTS] if isinstance(told, list) else [told]:
        for name in _of_event(event):
            if len(names) == _MOST_NAMES:
                break
            names.add(name)
    return frozenset(names)


def _of_event(event: object) -> Iterator[str]:
    if not isinstance(event, dict):
        return
    payload = event.get("event")
    for holder in (payload, event):
        if isinstance(holder, dict):
            # By the standard `event.productOrder`; some have the order itself as `event`.
            yield from _of_resource(holder)
            for value in holder.values():
                yield from _of_resource(value)
    path = event.get("resourcePath")
    if isinstance(path, str):
        yield from _name(path.rstrip("/").rpartition("/")[2])


def _of_resource(resource: object) -> Iterator[str]:
    if not isinstance(resource, dict):
        return
    yield from _name(resource.get("id"))
    for field in _BY_REFERENCE:
        yield from _name(resource.get(field))
    for field in _IDENTIFIERS:
        others = resource.get(field)
        for one in others if isinstance(others, list) else ():
            if isinstance(one, dict):
                yield from _name(one.get("id"))
    parties = resource.get("relatedParty")
    for one in parties if isinstance(parties, list) else ():
        if isinstance(one, dict):
            # By v5 the party itself stands inside.
            held = one.get("partyOrPartyRole")
            yield from _name((held if isinstance(held, dict) else one).get("id"))
    href = resource.get("href")
    if isinstance(href, str):
        yield from _name(href.rstrip("/").rpartition("/")[2])


def _name(value: Any) -> Iterator[str]:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**_LONGEST_NAME else ""
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable():
        yield value
