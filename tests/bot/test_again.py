"""What counts as the same press once more, and what never does."""

from __future__ import annotations

from typing import Any

import pytest

from bot.context.states import Confirm
from bot.flows.confirm.windows import confirm_dialog
from bot.updates.coalescing import press_in
from bot.widgets.page import asks


def press(data: str, message: int = 7, person: int = 5) -> dict[str, Any]:
    return {
        "callback_query": {
            "from": {"id": person},
            "message": {"message_id": message},
            "data": data,
        }
    }


def typed(text: str, **more: Any) -> dict[str, Any]:
    return {"message": {"from": {"id": 5}, "text": text, **more}}


def test_a_press_or_words_once_more_are_the_same_press() -> None:
    assert press_in(press("aB3\x1drefresh")) == press_in(press("aB3\x1drefresh"))
    assert press_in(typed("7701")) == press_in(typed("7701"))


@pytest.mark.parametrize(
    "other",
    [
        press("aB3\x1dblock"),
        press("aB3\x1drefresh", message=8),
        press("aB3\x1drefresh", person=6),
        typed("aB3\x1drefresh"),
    ],
)
def test_another_button_window_or_person_is_another_press(other: dict[str, Any]) -> None:
    assert press_in(press("aB3\x1drefresh")) != press_in(other)


@pytest.mark.parametrize(
    "update",
    [
        press("aB3\x1dconfirm"),
        press("aB3\x1dconfirm_kind"),
        {"callback_query": {"from": {"id": 5}, "data": "x"}},
        {"callback_query": {"from": 5, "message": [], "data": "x"}},
        typed("7701", forward_origin={}),
        {"message": {"photo": []}},
        {"my_chat_member": {}},
        [],
        None,
    ],
)
def test_confirmations_and_what_is_no_plain_word_are_never_passed_over(update: Any) -> None:
    assert press_in(update) is None


def test_every_button_that_confirms_is_known_by_its_id() -> None:
    summary: Any = confirm_dialog.windows[Confirm.summary]
    confirming = {
        button.widget_id
        for button in _widgets(summary.keyboard)
        if getattr(getattr(button, "text", None), "key", None) == "confirm"
    }
    assert confirming == {"confirm", "confirm_kind"}
    assert all(press_in(press(f"x\x1d{widget_id}")) is None for widget_id in confirming)


def test_only_windows_that_ask_are_known_as_such() -> None:
    assert asks("Confirm:code")
    assert asks("Login:password")
    assert not asks("Card:main")
    assert not asks(None)


def _widgets(keyboard: Any) -> list[Any]:
    inner = getattr(keyboard, "buttons", None)
    if inner is None:
        return [keyboard]
    return [one for part in inner for one in _widgets(part)]
