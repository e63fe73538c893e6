"""What is said around a taken over number and its codes, in every language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from account.changes.action import ActionKind, ActionState
from account.chapters.forwarding import LOOP
from account.chapters.kinds import parameters_of
from account.chapters.sim import SimCodes
from account.values.languages import LANGUAGES
from bot.context.update_context import ALERT_LIMIT
from bot.flows.approvals.texts import (
    announced,
    asked,
    before_takeover,
    consequences,
    takeover_word,
    word_of,
)
from bot.flows.changes import WORDS
from bot.flows.confirm.getters import standing
from bot.flows.sim.revealing import codes_shown, to_copy
from bot.texts.language import Catalogues
from bot.widgets.text import Html
from tests.account.examples import an_example
from tests.account.world import World

CONFIRMED = datetime(2022, 1, 24, 10, 4, tzinfo=UTC)
TAKES_OVER = [kind for kind, spec in World().specs.items() if spec.takes_over]
AWKWARD = '<Алтын & Қыран> «"Ә" ЖШС» {0.__class__}'


def plain(text: Html) -> str:
    return re.sub(r"<[^>]*>", "", text)


def test_a_sim_replacement_and_a_forwarding_take_over() -> None:
    assert set(TAKES_OVER) == {ActionKind.SIM_REPLACE, ActionKind.FORWARDING_SET}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TAKES_OVER)
def test_who_approves_reads_the_same_consequences_as_who_asks(
    language: str, kind: ActionKind
) -> None:
    """Every line of the summary, the circle of calls and the 72 hours among them (S16-5, S20-4)."""
    action = an_example(kind)
    action = replace(
        action,
        state=ActionState.PROPOSED,
        accepted_at=CONFIRMED,
        parameters=parameters_of(
            kind, {**action.parameters.told(), LOOP: "77012115528>77012115526"}, {}
        ),
    )
    with Catalogues().speaking(language):
        lines = consequences(action, login=action.msisdn, takes_over=True, second=True, held=False)
        text, _keyboard = asked(action, "TOO Demo", "t" * 22)
        happens, circle = WORDS[kind].happens(action), kind is ActionKind.FORWARDING_SET
    assert [line for line in lines if line not in text.split("\n")] == []
    assert len(lines) == len(happens) + len(["72 hours", "told", "approves"]) + circle
    assert any("⚠️" in line for line in lines) is circle


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TAKES_OVER)
def test_a_second_administrator_reads_who_what_and_until_when(
    language: str, kind: ActionKind
) -> None:
    action = replace(
        an_example(kind),
        state=ActionState.PROPOSED,
        accepted_at=CONFIRMED,
        reference="A-20220124-0001",
        administrator="<b>Марат</b>",
    )
    with Catalogues().speaking(language):
        text, keyboard = asked(action, AWKWARD, "t" * 22)
        waits = standing(action)
        words = [
            word_of(replace(action, state=state))
            for state in (ActionState.ACCEPTED, ActionState.REJECTED, ActionState.DONE)
        ]
    assert "&lt;Алтын &amp; Қыран&gt;" in text
    assert "&lt;b&gt;Марат&lt;/b&gt;" in text
    assert "25.01.2022 16:04" in plain(text)
    assert "A-20220124-0001" in plain(text)
    assert "25.01.2022 16:04" in waits
    assert len(plain(text)) <= 4096
    [row] = keyboard.inline_keyboard
    assert [button.style for button in row] == ["success", "danger"]
    assert all(len((button.callback_data or "").encode()) <= 64 for button in row)
    assert len(set(words)) == 3
    assert all("A-20220124-0001" in word and len(word) <= ALERT_LIMIT for word in words)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TAKES_OVER)
def test_who_approves_reads_of_a_hold_before_and_after(language: str, kind: ActionKind) -> None:
    action = replace(
        an_example(kind),
        state=ActionState.PROPOSED,
        accepted_at=CONFIRMED,
        reference="A-20220124-0001",
    )
    approved = replace(action, state=ActionState.ACCEPTED)
    with Catalogues().speaking(language):
        plainly, _keyboard = asked(action, "TOO Demo", "t" * 22)
        told, _keyboard = asked(action, "TOO Demo", "t" * 22, held=True)
        after = word_of(approved, held=True)
        assert after != word_of(approved)
        assert word_of(replace(action, state=ActionState.DONE), held=True) == word_of(
            replace(action, state=ActionState.DONE)
        )
    [line] = set(told.split("\n")) - set(plainly.split("\n"))
    assert line.startswith("⏸")
    assert "A-20220124-0001" in after
    assert len(after) <= ALERT_LIMIT


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TAKES_OVER)
def test_the_others_read_what_was_confirmed(language: str, kind: ActionKind) -> None:
    told = {
        "kind": kind.value,
        "msisdn": "77012115526",
        "company": AWKWARD,
        "administrator": "{administrator} <i>",
    }
    with Catalogues().speaking(language):
        text = announced(told)
        what = takeover_word(kind)
        lines = before_takeover(second=True)
        assert before_takeover(second=False) == lines[:-1]
    assert what in plain(text)
    assert "+7 701 211 55 26" in text
    assert "{administrator} &lt;i&gt;" in text
    assert "72" in lines[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_four_codes_are_shown_and_each_can_be_copied(language: str) -> None:
    codes = SimCodes("0000", "8649", "51352846", "55752910")
    with Catalogues().speaking(language):
        text = codes_shown(codes)
        rows = to_copy(codes).inline_keyboard
    whole = ["0000", "8649", "51352846", "55752910"]
    assert all(code in text for code in whole)
    copied = [button.copy_text for row in rows for button in row]
    assert [one.text for one in copied if one is not None] == whole
