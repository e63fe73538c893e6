"""The one answer to a press: tried again when it cannot have arrived, and never more than that."""

from __future__ import annotations

from typing import Any, cast

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramServerError,
)
from aiogram.methods import AnswerCallbackQuery

from bot.context.callback_answer import MOST_STALE, CallbackAnswer
from bot.telegram.client import StaleConnectionError

METHOD = cast("Any", AnswerCallbackQuery(callback_query_id="1"))
NETWORK = TelegramNetworkError(METHOD, "not connected")
STALE = StaleConnectionError(METHOD, "connection lost")


class Telegram:
    """A Bot API that fails with these, one after the other, and then takes everything."""

    def __init__(self, *faults: TelegramAPIError) -> None:
        self._faults = list(faults)
        self.asked: list[str | None] = []

    async def __call__(self, call: AnswerCallbackQuery) -> bool:
        self.asked.append(call.text)
        if self._faults:
            raise self._faults.pop(0)
        return True


def tap(telegram: Telegram) -> CallbackAnswer:
    return CallbackAnswer(cast("Bot", telegram), "1")


async def test_an_answer_that_did_not_get_through_is_sent_again() -> None:
    """The crash lab, seed 21: five presses were never answered by a process that was suspended
    while it was connecting for their answers.
    """
    telegram = Telegram(NETWORK)
    assert await tap(telegram).answer("PIN 1234")
    assert telegram.asked == ["PIN 1234"] * 2


async def test_it_is_sent_twice_at_most() -> None:
    telegram = Telegram(NETWORK, NETWORK, NETWORK)
    await tap(telegram).answer("PIN 1234")
    assert len(telegram.asked) == 2


async def test_connections_that_died_in_its_sleep_are_no_tries() -> None:
    """Whoever slept for longer than Telegram keeps connections finds one after the other closed."""
    telegram = Telegram(NETWORK, *[STALE] * MOST_STALE)
    assert await tap(telegram).answer("PIN 1234")
    assert len(telegram.asked) == MOST_STALE + 2


async def test_connections_that_always_die_are_given_up() -> None:
    telegram = Telegram(*[STALE] * 99)
    await tap(telegram).answer("PIN 1234")
    assert len(telegram.asked) == MOST_STALE + 2


@pytest.mark.parametrize("error", [TelegramBadRequest, TelegramServerError])
async def test_what_telegram_has_refused_is_not_sent_again(error: type[TelegramAPIError]) -> None:
    telegram = Telegram(error(METHOD, "query is too old"))
    await tap(telegram).answer("PIN 1234")
    assert len(telegram.asked) == 1
