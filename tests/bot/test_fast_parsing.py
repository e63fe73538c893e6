"""Updates that are read without aiogram's validation are what it would have made of them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import Update
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.telegram.fast_parsing import message_of, update_of

BOT = Bot("1000001:test-bot-000000000000000000000000000")
USER = {"id": 5, "is_bot": False, "first_name": "Айгүл", "language_code": "kk", "username": "a"}
CHAT = {"id": 5, "type": "private", "first_name": "Айгүл"}
MINE = {"id": 1000001, "is_bot": True, "first_name": "Bot"}
WINDOW = {"message_id": 7, "date": 1_700_000_000, "chat": CHAT, "from": MINE, "text": "Menu"}
PRESS = {
    "update_id": 1,
    "callback_query": {
        "id": "9",
        "from": USER,
        "chat_instance": "-4",
        "message": {**WINDOW, "edit_date": 1_700_000_001},
        "data": "abcdef\x1dgo",
    },
}
TYPED = {"update_id": 2, "message": {**WINDOW, "from": USER, "text": "77 01"}}


@pytest.mark.parametrize("raw", [PRESS, TYPED])
def test_an_ordinary_update_is_the_one_that_validation_makes(raw: dict[str, Any]) -> None:
    ours = update_of(deepcopy(raw), BOT)
    theirs = Update.model_validate(raw, context={"bot": BOT})
    assert ours == theirs
    assert ours is not None
    assert ours.model_dump() == theirs.model_dump()
    event, other = ours.event, theirs.event
    assert event.bot is BOT
    assert event.model_copy(update={"message_id": 8}) == other.model_copy(update={"message_id": 8})
    assert ours.event_type == theirs.event_type


def test_what_kind_of_message_it_is_is_known() -> None:
    for raw in (PRESS["callback_query"]["message"], {**WINDOW, "text": ""}):  # type: ignore[index]
        ours = message_of(raw, BOT)
        theirs = Update.model_validate({"update_id": 1, "message": raw}).message
        assert ours is not None
        assert theirs is not None
        assert ours.content_type == theirs.content_type


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for name, member in value.items():
            found += _places(member, (*path, name))
    return found


ODD: list[Any] = [
    None,
    0,
    -1,
    1.5,
    True,
    "",
    "x",
    "\ud800",
    [],
    {},
    {"id": 1},
    1 << 62,
    1 << 80,
    10**11,
]


@given(
    raw=st.sampled_from([PRESS, TYPED]),
    choice=st.integers(0, 200),
    odd=st.sampled_from([*ODD, ...]),
    more=st.sampled_from(["", "photo", "reply_to_message", "is_premium", "via_bot"]),
)
def test_what_is_odd_is_left_to_the_models_or_read_like_them(
    raw: dict[str, Any], choice: int, odd: Any, more: str
) -> None:
    """One member of another kind, gone, or unknown: never read otherwise than by validation."""
    changed = deepcopy(raw)
    places = _places(changed)
    *path, last = places[choice % len(places)]
    holder = changed
    for name in path:
        holder = holder[name]
    if more:
        holder[more] = odd if odd is not ... else True
    elif odd is ...:
        del holder[last]
    else:
        holder[last] = odd
    ours = update_of(deepcopy(changed), BOT)
    if ours is None:
        return
    try:
        theirs = Update.model_validate(changed, context={"bot": BOT})
    except ValidationError as refused:
        pytest.fail(f"read, though it is poison: {changed} {refused}")
    assert ours.model_dump() == theirs.model_dump()
