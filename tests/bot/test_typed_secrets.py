"""A password that is typed once more is known for two minutes, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.context.typed_secrets import LIFE, REMEMBERED, TypedSecrets

NOW = datetime(2022, 1, 24, 10, 0, tzinfo=UTC)


def test_the_same_text_of_the_same_person_is_known_for_a_while() -> None:
    secrets = TypedSecrets()
    secrets.remember(1, "copper lantern", NOW)
    assert secrets.again(1, " copper lantern\n", NOW + LIFE - timedelta(seconds=1))
    assert secrets.again(1, "Copper-LANTERN", NOW)
    assert not secrets.again(1, "copper lantern", NOW + LIFE)
    assert not secrets.again(2, "copper lantern", NOW)
    assert not secrets.again(1, "copper", NOW)


@pytest.mark.parametrize("typed", ["77010542006", "123456", "+7 (701) 054-20-06", ""])
def test_what_may_be_a_number_is_wanted_elsewhere(typed: str) -> None:
    secrets = TypedSecrets()
    secrets.remember(1, typed, NOW)
    assert not secrets.again(1, typed, NOW)


def test_the_oldest_are_forgotten() -> None:
    secrets = TypedSecrets()
    for person in range(REMEMBERED + 1):
        secrets.remember(person, "a", NOW)
    assert not secrets.again(0, "a", NOW)
    assert secrets.again(1, "a", NOW)


def test_the_text_itself_is_not_kept() -> None:
    secrets = TypedSecrets()
    secrets.remember(1, "copper lantern", NOW)
    assert "copper" not in repr(vars(secrets))
