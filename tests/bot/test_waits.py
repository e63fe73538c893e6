"""What the window says of a change that has not gone out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from account.changes.action import ActionKind, ActionState
from account.changes.waits import WORDS, Wait, WaitReason
from account.values.languages import LANGUAGES
from bot.delivery.changes import WORDS_MEANWHILE
from bot.flows.confirm.getters import standing
from bot.texts.language import Catalogues
from tests.account.examples import an_example

UNTIL = datetime(2022, 1, 24, 22, 30, tzinfo=UTC)
WAITS = [Wait(one, UNTIL if one is WaitReason.PAUSED else None) for one in WaitReason]


def shown(wait: Wait | None, language: str = "en") -> str:
    action = replace(
        an_example(ActionKind.BLOCK),
        state=ActionState.ACCEPTED,
        reference="A-20220124-0001",
        checks=3,
        wait=wait,
    )
    with Catalogues().speaking(language):
        return standing(action)


def test_only_an_operator_that_does_not_answer_is_said_not_to() -> None:
    assert [wait.reason for wait in WAITS if "does not answer" in shown(wait)] == [
        WaitReason.NO_ANSWER
    ]
    assert "does not answer" not in shown(None)


def test_a_pause_is_told_with_its_end() -> None:
    assert "25.01.2022 04:30" in shown(Wait(WaitReason.PAUSED, UNTIL))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reason_has_a_line_of_its_own(language: str) -> None:
    lines = {shown(wait, language) for wait in WAITS}
    assert len(lines) == len(WAITS) - 1  # its turn, and what our own last look put off
    assert all("A-20220124-0001" in line for line in lines)


def test_each_reason_has_its_message() -> None:
    assert set(WORDS) == set(WaitReason)
    assert {f"action.{word}" for word in WORDS.values()} <= set(WORDS_MEANWHILE)
