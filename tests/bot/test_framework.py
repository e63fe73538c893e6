"""What we rely on of the inside of aiogram, aiogram_dialog and pydantic is still as we know it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from aiogram import Bot
from aiogram.enums import ButtonStyle
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage, TelegramMethod
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.i18n import I18n, get_i18n, ngettext
from aiogram.utils.i18n import gettext as _
from aiogram_dialog.widgets.kbd import button, select
from aiogram_dialog.widgets.markup.inline_keyboard import InlineKeyboardFactory

from bot.framework import buttons, translator
from bot.framework.presses import Presses
from bot.framework.unvalidated import construct
from bot.telegram.json_calls import plain_body
from bot.telegram.quick_json import decoded, encoded
from bot.texts.language import Catalogues
from bot.updates.dispatcher import DIALOGS, make_dispatcher
from storage.fsm_storage import ConversationStorage

BOT = Bot("1000001:test-bot-000000000000000000000000000")
EVERY_MODEL = """
import bot
import aiogram
from aiogram import methods, types
from aiogram_dialog.api.entities import update_event
from pydantic import BaseModel

assert not types.Update.__pydantic_complete__, "built at the import"
for module in (types, methods, update_event):
    for name in getattr(module, "__all__", None) or dir(module):
        model = getattr(module, name)
        if isinstance(model, type) and issubclass(model, BaseModel):
            assert model.model_rebuild() is not False, name
            assert model.__pydantic_complete__, name
            assert model.model_json_schema is not None
            built = {field.annotation for field in model.model_fields.values()}
            assert not any(isinstance(part, str) for part in built), name
query = {"id": "1", "from": {"id": 1, "is_bot": False, "first_name": "x"}, "chat_instance": "1"}
update = types.Update.model_validate({"update_id": 1, "callback_query": query})
assert update.callback_query.from_user.id == 1
"""
"""For a process of its own: a model that is built stays built."""

OTHERS = """
import bot
from pydantic import BaseModel

def outer():
    class Late(BaseModel):
        part: "Part"

    class Part(BaseModel):
        number: int

    Late.model_rebuild()
    return Late

assert outer()(part={"number": 1}).part.number == 1
"""


def _runs(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_every_model_of_aiogram_waits_and_can_be_built() -> None:
    _runs(EVERY_MODEL)


def test_models_of_others_are_built_as_ever() -> None:
    _runs(OTHERS)


def test_every_dialog_is_found_where_a_press_goes_straight_to_it() -> None:
    """Empty, the dispatcher's parts are no longer put together as `bot.framework.presses` knows."""
    found = Presses(make_dispatcher(ConversationStorage())).known
    assert set(found) >= {dialog.states_group() for dialog in DIALOGS}


def test_a_dispatcher_that_is_put_together_otherwise_is_left_to_itself() -> None:
    dispatcher = make_dispatcher(ConversationStorage())

    @dispatcher.callback_query.middleware
    async def more(handler: Any, event: Any, data: Any) -> Any:
        return await handler(event, data)

    assert not Presses(dispatcher).known


def test_buttons_are_made_where_widgets_look_for_them() -> None:
    make_dispatcher(ConversationStorage())
    for module in (button, select):
        assert vars(module)["InlineKeyboardButton"] is buttons.plain_button
    assert cast("Any", InlineKeyboardFactory.render_markup) is buttons.plain_markup


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "A", "callback_data": "x", "style": None, "icon_custom_emoji_id": None},
        {"text": "A", "url": "https://example.com", "style": "danger"},
        {"text": "A", "callback_data": "x", "style": ButtonStyle.DANGER},
        {"text": "A", "copy_text": CopyTextButton(text="1")},
    ],
)
def test_a_button_is_the_one_that_validation_makes(fields: dict[str, Any]) -> None:
    plain, validated = buttons.plain_button(**fields), InlineKeyboardButton(**fields)
    assert plain == validated
    assert plain.model_dump() == validated.model_dump()
    assert plain.model_fields_set == validated.model_fields_set


def test_a_button_of_what_is_no_text_is_refused_as_ever() -> None:
    with pytest.raises(ValueError, match="text"):
        buttons.plain_button(text=1, callback_data="x")


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        (EditMessageText, {"chat_id": 1, "message_id": 2, "text": "A", "reply_markup": None}),
        (SendMessage, {"chat_id": 1, "text": "A", "parse_mode": "HTML"}),
        (AnswerCallbackQuery, {"callback_query_id": "1", "text": None, "show_alert": False}),
    ],
)
def test_a_call_is_the_one_that_validation_makes(
    method: type[TelegramMethod[Any]], fields: dict[str, Any]
) -> None:
    plain, validated = construct(method, None, fields), method(**fields)
    assert plain == validated
    assert _told(plain) == _told(validated)


def test_a_keyboard_is_written_as_validation_writes_it() -> None:
    rows = [[buttons.plain_button(text="Қ", callback_data="x"), InlineKeyboardButton(text="B")]]
    plain = construct(InlineKeyboardMarkup, None, {"inline_keyboard": rows})
    validated = InlineKeyboardMarkup(inline_keyboard=rows)
    assert plain == validated
    whole = construct(SendMessage, None, {"chat_id": 1, "text": "A", "reply_markup": plain})
    copied = [[InlineKeyboardButton(text="A", copy_text=CopyTextButton(text="1"))]]
    markup = InlineKeyboardMarkup(inline_keyboard=copied)
    nested = construct(SendMessage, None, {"chat_id": 1, "text": "A", "reply_markup": markup})
    assert _told(whole)["reply_markup"] == {
        "inline_keyboard": [[{"text": "Қ", "callback_data": "x"}, {"text": "B"}]]
    }
    assert _told(nested)["reply_markup"]["inline_keyboard"][0][0]["copy_text"] == {"text": "1"}


def test_texts_are_said_by_the_translator_of_the_conversation(tmp_path: Path) -> None:
    """`_()` finds its translator by a name in its own module, which ours stands under."""
    kazakh, english = Catalogues(), Catalogues()
    with english.speaking("en"):
        with kazakh.speaking("kk"):
            assert get_i18n() is kazakh
            assert _("⟳ Refresh") == kazakh.say("kk", "⟳ Refresh") != "⟳ Refresh"
            assert ngettext("one", "several", 2) == "several"
            assert _("no text of ours") == "no text of ours"
        assert get_i18n() is english
        assert _("⟳ Refresh") == "⟳ Refresh"
    assert translator._speaker.get() is None
    with pytest.raises(LookupError):
        _("⟳ Refresh")
    aiogram_s = I18n(path=tmp_path)
    token = I18n.set_current(aiogram_s)
    assert get_i18n() is aiogram_s, "aiogram's own way is there as ever"
    I18n.reset_current(token)


@pytest.mark.parametrize(
    "value", ["Қ<b>", 1, 2**70, 1.5, -0.0, None, True, {"a": [{"b": '\U0001f600\n"\\'}], "": []}]
)
def test_json_is_written_and_read_as_python_has_it(value: object) -> None:
    assert json.loads(encoded(value)) == value
    for ascii_only in (True, False):
        assert decoded(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@pytest.mark.parametrize("text", [b'"\\ud800"', b"1e400", b'{"a": 1, "a": 2}', b"-0"])
def test_json_that_is_odd_is_read_as_python_reads_it(text: bytes) -> None:
    assert decoded(text) == json.loads(text)


@pytest.mark.parametrize("text", [b"", b"{", b'{"a"}', b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        decoded(text)


def test_half_a_letter_is_not_written() -> None:
    with pytest.raises(UnicodeError):
        encoded({"text": "\ud800"})


def _told(call: TelegramMethod[Any]) -> dict[str, Any]:
    body = plain_body(BOT, call)
    assert body is not None
    return dict(json.loads(body))
