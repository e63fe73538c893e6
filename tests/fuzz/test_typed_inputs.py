"""Every typed input of the bot against the whole catalogue of safety.md section 6.

Each is answered with one polite window or sentence, none is set aside, none moves a flow it was not
meant for, and the first window is one step away afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tests.fuzz.machine import Machine
from tests.fuzz.people import ALPHA, PEOPLE, PREPAID, Person
from tests.fuzz.player import FIRST_WINDOWS
from tests.fuzz.town import make_template
from tests.fuzz.typed import (
    AMOUNTS,
    CELLS,
    COMMANDS,
    CONTROL,
    DAYS,
    DIGITS,
    FORMATS,
    INVISIBLE,
    LINES,
    LONG,
    MARKUP,
    MORE_COMMANDS,
    NO_DAYS,
    QUERIES,
    SURROGATES,
    THINGS,
)

OWNER, STRANGER = PEOPLE[0], PEOPLE[3]
KINDS = {
    "digits of other scripts": DIGITS,
    "more than a line": LINES,
    "invisible signs": INVISIBLE,
    "markup": MARKUP,
    "format strings": FORMATS,
    "queries": QUERIES,
    "control signs": CONTROL,
    "very long": LONG,
    "amounts": AMOUNTS,
    "days": (*DAYS, *NO_DAYS),
    "cells": CELLS,
    "half signs": SURROGATES,
    "commands": (*COMMANDS, *MORE_COMMANDS),
}
"""By what they try."""


class Desk(Machine):
    """The machine, played by hand."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("typed"))


@pytest.fixture
def desk(template: Path) -> Iterator[Desk]:
    Desk.template = template
    desk = Desk()
    desk.begin(7)
    yield desk
    desk.teardown()


def says(desk: Desk, person: Person, *texts: str) -> None:
    for text in texts:
        desk.does(desk.message(person, text=text))


def at_phone(desk: Desk) -> Person:
    says(desk, STRANGER, "/start")
    desk.presses_word(STRANGER, "English")
    return STRANGER


def at_password(desk: Desk) -> Person:
    says(desk, at_phone(desk), OWNER.phone.digits)
    return STRANGER


def at_reset_phone(desk: Desk) -> Person:
    desk.presses_word(at_phone(desk), "Forgot password?")
    return STRANGER


def at_code(desk: Desk) -> Person:
    says(desk, at_reset_phone(desk), OWNER.phone.digits)
    return STRANGER


def at_new_password(desk: Desk) -> Person:
    says(desk, OWNER, "/logout")
    desk.presses_word(OWNER, "Forgot password?")
    says(desk, OWNER, OWNER.phone.digits)
    desk.types_the_code(OWNER)
    return OWNER


def at_repeat(desk: Desk) -> Person:
    says(desk, at_new_password(desk), "copper lantern on the river")
    return OWNER


def at_menu(desk: Desk) -> Person:
    says(desk, OWNER, "/menu")
    return OWNER


def at_list(desk: Desk) -> Person:
    says(desk, OWNER, "/numbers")
    return OWNER


def at_summary(desk: Desk) -> Person:
    desk.goes_about_a_change(OWNER, 0, 0)
    return OWNER


def at_step_up_code(desk: Desk) -> Person:
    desk.goes_about_a_change(OWNER, 1, 1)
    return OWNER


def at_own_password(desk: Desk) -> Person:
    says(desk, OWNER, "/profile")
    desk.presses_word(OWNER, "Change e-mail", "Register an e-mail")
    says(desk, OWNER, "new@company.kz")
    desk.presses_word(OWNER, "Enter the password")
    return OWNER


def at_first_day(desk: Desk) -> Person:
    desk.reads_usage(OWNER, 0, "Own period")
    return OWNER


def at_last_day(desk: Desk) -> Person:
    says(desk, at_first_day(desk), "01.01.2022")
    return OWNER


def at_sender(desk: Desk) -> Person:
    says(desk, OWNER, "/transfer")
    return OWNER


def at_recipient(desk: Desk) -> Person:
    says(desk, at_sender(desk), PREPAID[ALPHA][0])
    return OWNER


def at_amount(desk: Desk) -> Person:
    says(desk, at_recipient(desk), PREPAID[ALPHA][1])
    return OWNER


def at_target(desk: Desk) -> Person:
    says(desk, OWNER, PREPAID[ALPHA][0])
    for word in ("🔀 Call forwarding", "Busy", "Choose a target"):
        desk.presses_word(OWNER, word)
    return OWNER


def at_many(desk: Desk) -> Person:
    desk.presses_word(at_list(desk), "☑ Many numbers")
    return OWNER


def at_ticks(desk: Desk) -> Person:
    desk.presses_word(at_many(desk), "Choose in the list")
    return OWNER


def at_what_to_do(desk: Desk) -> Person:
    says(desk, at_many(desk), PREPAID[ALPHA][0])
    desk.presses_word(OWNER, "What to do?")
    return OWNER


def at_preview(desk: Desk) -> Person:
    desk.presses_word(at_what_to_do(desk), "Unblock")
    return OWNER


def at_a_later_time(desk: Desk) -> Person:
    desk.presses_word(at_summary(desk), "🕒 Later…")
    return OWNER


def at_alert_scope(desk: Desk) -> Person:
    says(desk, OWNER, "/profile")
    for word in ("Notifications", "Alerts", "Add a rule", "Balance"):
        desk.presses_word(OWNER, word)
    return OWNER


def at_alert_amount(desk: Desk) -> Person:
    desk.presses_word(at_alert_scope(desk), "All numbers of the company")
    return OWNER


PROMPTS: dict[str, tuple[str, Callable[[Desk], Person]]] = {
    "phone": ("Login:phone", at_phone),
    "password": ("Login:password", at_password),
    "phone of a reset": ("Login:reset_phone", at_reset_phone),
    "code": ("Login:code", at_code),
    "new password": ("Login:new_password", at_new_password),
    "the password again": ("Login:repeat_password", at_repeat),
    "menu": ("Menu:main", at_menu),
    "search": ("Numbers:list", at_list),
    "summary": ("Confirm:summary", at_summary),
    "code of a change": ("Confirm:code", at_step_up_code),
    "password of a change": ("Confirm:password", at_own_password),
    "first day": ("Usage:first_day", at_first_day),
    "last day": ("Usage:last_day", at_last_day),
    "sender": ("Transfers:sender", at_sender),
    "recipient": ("Transfers:recipient", at_recipient),
    "amount": ("Transfers:amount", at_amount),
    "target": ("Forwarding:target", at_target),
    "many numbers": ("Sets:list", at_many),
    "numbers ticked": ("Sets:tick", at_ticks),
    "what is done to many": ("Sets:kind", at_what_to_do),
    "preview of many": ("Sets:preview", at_preview),
    "later": ("Confirm:later", at_a_later_time),
    "numbers of an alert": ("Alerts:scope", at_alert_scope),
    "amount of an alert": ("Alerts:amount", at_alert_amount),
}


def comes_to(desk: Desk, prompt: str) -> Person:
    state, way = PROMPTS[prompt]
    person = way(desk)
    assert desk.window(person) == state
    return person


def answered(desk: Desk, person: Person, what: str) -> None:
    """A window stands in the chat, and nothing was changed."""
    assert desk.town.telegram.window(person.id) is not None, f"nothing to press is left by {what}"
    assert not desk.town.operator.effects, f"something was changed by {what}"


def back_to_the_beginning(desk: Desk, person: Person) -> None:
    desk.starts(person)
    assert desk.window(person) in FIRST_WINDOWS


def shared_out(texts: tuple[str, ...], prompt: str) -> tuple[str, ...]:
    """What that prompt gets of texts of a kind: of each kind one at least, each text somewhere."""
    place = list(PROMPTS).index(prompt)
    return texts[place :: len(PROMPTS)] or (texts[place % len(texts)],)


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize(
    "of_kind",
    [
        pytest.param(shared_out, id="shared out"),
        pytest.param(lambda texts, _prompt: texts, id="all", marks=pytest.mark.nightly),
    ],
)
def test_whatever_is_typed_is_answered(
    desk: Desk, prompt: str, of_kind: Callable[[tuple[str, ...], str], tuple[str, ...]]
) -> None:
    person = comes_to(desk, prompt)
    for kind, texts in KINDS.items():
        for text in of_kind(tuple(texts), prompt):
            says(desk, person, text)
            answered(desk, person, f"{kind}: {text!r}")
    back_to_the_beginning(desk, person)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_whatever_is_sent_is_answered(desk: Desk, prompt: str) -> None:
    person = comes_to(desk, prompt)
    for thing, content in THINGS.items():
        desk.does(desk.message(person, **content))
        answered(desk, person, thing)
    back_to_the_beginning(desk, person)


def _workbook() -> bytes:
    book, content = openpyxl.Workbook(), BytesIO()
    book.create_sheet("Номера", 0).append(["Номер", PREPAID[ALPHA][0]])
    book.save(content)
    return content.getvalue()


WHOLE = _workbook()
FILES = {
    "nothing": b"",
    "a zero": b"\0",
    "a byte order mark": b"\xff\xfe",
    "half a workbook": WHOLE[: len(WHOLE) // 2],
    "a workbook without its end": WHOLE[:-30],
    "a workbook with another inside": WHOLE[:-1] + WHOLE,
    "an archive of nothing": b"PK\5\6" + bytes(18),
    "numbers in cp1251": f"Номер;Имя\n{PREPAID[ALPHA][0]};Айгүл".encode("cp1251", "replace"),
    "numbers in UTF-16": f"№ {PREPAID[ALPHA][0]}".encode("utf-16"),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "a program": b"\x7fELF" + bytes(range(255, -1, -1)),
    "a page": b"<html><script>alert(1)</script><td>" + PREPAID[ALPHA][0].encode() + b"</td>",
    "a formula": b"=cmd|' /C calc'!A0," + PREPAID[ALPHA][0].encode(),
    "digits without an end": b"7" * 200_000,
    "one column of nothing": b";" * 100_000,
}


@pytest.mark.parametrize("name", FILES)
def test_whatever_a_file_holds_is_answered(desk: Desk, name: str) -> None:
    person = comes_to(desk, "many numbers")
    desk.town.telegram.contents["list"] = FILES[name]
    file = {"file_id": "list", "file_unique_id": "list", "file_name": "list.xlsx"}
    desk.does(desk.message(person, document=file))
    answered(desk, person, name)
    back_to_the_beginning(desk, person)


# --- What must not be taken for what it looks like -------------------------------------------


@pytest.mark.parametrize(
    "typed", [*DIGITS, "1e3", "-500", "NaN", "Infinity", "1,5,0", "500.001", "0", "0x1F4", "५००"]
)
def test_what_is_no_amount_asks_no_question(desk: Desk, typed: str) -> None:
    person = comes_to(desk, "amount")
    says(desk, person, typed)
    assert desk.window(person) == "Transfers:amount"


@pytest.mark.parametrize("age", [121, 70_000])
def test_an_amount_that_lay_in_telegram_is_not_used(desk: Desk, age: int) -> None:
    person = comes_to(desk, "amount")
    desk.does(desk.message(person, age, text="500"))
    assert desk.window(person) == "Transfers:amount"


@pytest.mark.parametrize("typed", DIGITS)
def test_digits_of_other_scripts_are_no_phone(desk: Desk, typed: str) -> None:
    person = comes_to(desk, "phone")
    says(desk, person, typed)
    assert desk.window(person) == "Login:phone"


@pytest.mark.parametrize(
    "typed", ["7701\u200b0540001", "\ufeff77010540001", "7701\u00a0054\u00a000\u00a001"]
)
def test_invisible_signs_in_a_phone_are_passed_over(desk: Desk, typed: str) -> None:
    person = comes_to(desk, "phone")
    says(desk, person, typed)
    assert desk.window(person) == "Login:password"


def wide(code: str) -> str:
    return code.translate({ord("0") + n: 0xFF10 + n for n in range(10)})


def with_another(code: str) -> str:
    return f"{code} {(int(code) + 1) % 10**6:06d}"


@pytest.mark.parametrize("dress", [wide, "{}\u200b".format, "Code: {}.".format, "7: {}".format])
def test_a_right_code_opens_however_it_was_pasted(desk: Desk, dress: Callable[[str], str]) -> None:
    says(desk, OWNER, "/logout")
    desk.presses_word(OWNER, "Forgot password?")
    says(desk, OWNER, OWNER.phone.digits)
    says(desk, OWNER, dress(desk.town.post.codes[-1].code))
    assert desk.window(OWNER) == "Login:new_password"


@pytest.mark.parametrize("dress", ["{}7".format, "1{}".format, "a{}".format, with_another])
def test_a_right_code_in_a_wrong_dress_opens_nothing(
    desk: Desk, dress: Callable[[str], str]
) -> None:
    says(desk, OWNER, "/logout")
    desk.presses_word(OWNER, "Forgot password?")
    says(desk, OWNER, OWNER.phone.digits)
    says(desk, OWNER, dress(desk.town.post.codes[-1].code))
    assert desk.window(OWNER) == "Login:code"


@pytest.mark.parametrize("prompt", ["code", "password", "new password", "the password again"])
@pytest.mark.parametrize("how", ["forwarded", "old"])
def test_only_fresh_own_text_moves_a_flow(desk: Desk, prompt: str, how: str) -> None:
    person = comes_to(desk, prompt)
    text = desk.town.post.codes[-1].code if prompt == "code" else "copper lantern on the river"
    origin = THINGS["forwarded text"]["forward_origin"]
    content = {"text": text, **({"forward_origin": origin} if how == "forwarded" else {})}
    update = desk.message(person, 121 if how == "old" else 0, **content)
    desk.does(update)
    assert desk.window(person) == PROMPTS[prompt][0]
    assert update["message"]["message_id"] not in desk.town.telegram.chats[person.id]


def test_a_reply_to_an_old_prompt_belongs_to_the_present_window(desk: Desk) -> None:
    person = comes_to(desk, "first day")
    desk.does(
        desk.message(
            person,
            text="01.01.2022",
            reply_to_message={**desk.message(person, text="x")["message"], "message_id": 1},
        )
    )
    assert desk.window(person) == "Usage:last_day"


@pytest.mark.parametrize("typed", DAYS)
def test_a_day_may_be_written_in_many_ways(desk: Desk, typed: str) -> None:
    person = comes_to(desk, "first day")
    says(desk, person, typed)
    assert desk.window(person) == "Usage:last_day"


@pytest.mark.parametrize("typed", NO_DAYS)
def test_what_is_no_day_is_refused(desk: Desk, typed: str) -> None:
    person = comes_to(desk, "first day")
    says(desk, person, typed)
    assert desk.window(person) == "Usage:first_day"


@pytest.mark.parametrize("person", [OWNER, STRANGER])
def test_a_slash_alone_is_no_command_and_no_fault(desk: Desk, person: Person) -> None:
    for text in ("/", "/ ", "/\u00a0", "//", "/@bot"):
        says(desk, person, text)
        answered(desk, person, text)


def test_a_search_says_again_what_was_typed_and_nothing_more(desk: Desk) -> None:
    person = comes_to(desk, "search")
    for text in (*MARKUP, *FORMATS, *QUERIES):
        says(desk, person, text)
    desk.town.clock.advance(timedelta(seconds=1))
    says(desk, person, "<b>&{0}")
    shown = desk.town.telegram.window(person.id)
    assert shown is not None
    assert "&lt;b&gt;&amp;{0}" in shown.text
