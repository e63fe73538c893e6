"""How services and allowances are worded: bars, units, prices, and names of any length."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from account.changes.action import ActionKind
from account.chapters.allowances import Measure
from account.chapters.services.changes import ServiceOnParameters, off_parameters, on_parameters
from account.chapters.services.offerings import Volume, VolumeUnit
from account.values.languages import LANGUAGES
from account.values.money import Money
from bot.flows.allowances.texts import amount_shown, left_lines, use_word, validity_lines
from bot.flows.changes import WORDS
from bot.flows.services.texts import price_shown, volume_shown
from bot.texts.language import Catalogues
from bot.texts.service_errors import in_language
from bot.widgets.progress_bar import bar, percent
from bot.widgets.short_ids import found, key
from tests.account.examples import an_example
from tests.account.fakes.services import HAS_SMS, OFFNET_50, allowances_of, an_offering
from tests.account.world import NUMBER

LONG = "Ұ<&" * 1000


@pytest.mark.parametrize(
    ("part", "whole", "drawn", "told"),
    [
        (68, 100, "███████░░░", 68),
        (0, 100, "░░░░░░░░░░", 0),
        (1, 1000, "░░░░░░░░░░", 0),
        (999, 1000, "██████████", 99),
        (100, 100, "██████████", 100),
        (150, 100, "██████████", 100),
        (0, 0, "░░░░░░░░░░", 0),
    ],
)
def test_a_bar_shows_what_is_left(part: int, whole: int, drawn: str, told: int) -> None:
    assert (bar(part, whole), percent(part, whole)) == (drawn, told)


def test_what_is_left_in_the_words_of_the_guide() -> None:
    unlimited, minutes, *_ = allowances_of(NUMBER)
    with Catalogues().speaking("en"):
        assert left_lines(unlimited) == ["Unlimited"]
        assert left_lines(minutes) == [
            "███████░░░ Left 68 of 100 min (68 %)",
            "Available: 68 min 0 sec · Total: 100 min 0 sec",
        ]
        assert left_lines(replace(minutes, left=4081))[0] == (
            "███████░░░ Left 68 min 1 sec of 100 min 0 sec (68 %)"
        )
        assert left_lines(replace(minutes, total=None)) == ["Available: 68 min 0 sec"]
        gigabytes = replace(minutes, measure=Measure.BYTES, left=5273 * 1024**2, total=40 * 1024**3)
        assert left_lines(gigabytes) == [
            "█░░░░░░░░░ Left 5.15 of 40 GB (12 %)",
            "Available: 5.15 GB · Total: 40 GB",
        ]
        assert left_lines(replace(gigabytes, left=512 * 1024**2))[0] == (
            "░░░░░░░░░░ Left 512 MB of 40 GB (1 %)"
        )
        assert amount_shown(Measure.SMS, 100) == "100 SMS"
        assert amount_shown(Measure.BYTES, 1536 * 1024**2) == "1.5 GB"
        assert use_word("offnet", "?") == "Calls to other KZ mobiles"
        assert use_word("moon", "Calls to the Moon") == "Calls to the Moon"
    with Catalogues().speaking("ru"):
        assert left_lines(gigabytes) == [
            "█░░░░░░░░░ Осталось 5,15 из 40 ГБ (12 %)",
            "Доступно: 5,15 ГБ · Всего: 40 ГБ",
        ]
    with Catalogues().speaking("kk"):
        assert left_lines(gigabytes) == [
            "█░░░░░░░░░ Қалғаны: 40 ГБ ішінен 5,15 (12 %)",
            "Қолжетімді: 5,15 ГБ · Барлығы: 40 ГБ",
        ]


def test_days_of_an_allowance_are_the_guides() -> None:
    begins = datetime(2021, 12, 31, 18, tzinfo=UTC)
    with Catalogues().speaking("en"):
        assert validity_lines(begins, begins + timedelta(minutes=46)) == [
            "Connection date: 01.01.2022",
            "Disconnect date: 01.01.2022 00:46",
        ]
        assert validity_lines(None, None) == []


@pytest.mark.parametrize(
    ("language", "once", "monthly", "free"),
    [
        ("en", "390 ₸", "390 ₸ a month", "free of charge"),
        ("ru", "390 ₸", "390 ₸ в месяц", "бесплатно"),
        ("kk", "390 ₸", "айына 390 ₸", "тегін"),
    ],
)
def test_prices(language: str, once: str, monthly: str, free: str) -> None:
    with Catalogues().speaking(language):
        shown = [
            price_shown(Money(39_000), monthly=False),
            price_shown(Money(39_000), monthly=True),
            price_shown(Money(0), monthly=True),
        ]
    assert [text.replace("\u00a0", " ") for text in shown] == [once, monthly, free]


def test_volumes() -> None:
    with Catalogues().speaking("en"):
        assert volume_shown(Volume(50, VolumeUnit.MINUTES)) == "50 min"
        assert volume_shown(Volume(5120, VolumeUnit.MB)) == "5 GB"
        assert volume_shown(Volume(None, None)) == "Unlimited"


def test_a_name_is_told_in_the_next_best_language() -> None:
    with Catalogues().speaking("kk"):
        assert in_language({"kk": "а", "ru": "б", "en": "в"}) == "а"
        assert in_language({"ru": "б"}) == "б"
        assert in_language({}) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_summary_of_any_length_is_one_message(language: str) -> None:
    names = dict.fromkeys(LANGUAGES, LONG)
    endless = an_offering("x", 1, names=names, terms=names)
    on = replace(an_example(ActionKind.SERVICE_ON), parameters=on_parameters(endless, []))
    off = replace(an_example(ActionKind.SERVICE_OFF), parameters=off_parameters(HAS_SMS, names))
    with Catalogues().speaking(language):
        for action in (on, off):
            words = WORDS[action.kind]
            told = [words.question(action), *words.happens(action), words.done(action)]
            assert sum(map(len, told)) < 2000
            assert len(words.button(action)) <= 64


@pytest.mark.parametrize("by_use", [True, False])
def test_what_each_use_costs_is_said_beside_the_fee(by_use: bool) -> None:
    offering = an_offering("x", 1, by_use=by_use)
    kept = ServiceOnParameters.read(on_parameters(offering, []).told(), {})
    asked = replace(an_example(ActionKind.SERVICE_ON), parameters=kept)
    with Catalogues().speaking("en"):
        lines = WORDS[ActionKind.SERVICE_ON].happens(asked)
    assert ("each use is charged in addition" in lines) is by_use


def test_what_is_charged_once_beside_the_first_month_is_asked_with_it() -> None:
    offering = an_offering("x", 250, monthly=True, activation=Money(50_000))
    kept = ServiceOnParameters.read(on_parameters(offering, []).told(), {})
    words = WORDS[ActionKind.SERVICE_ON]
    asked = replace(an_example(ActionKind.SERVICE_ON), parameters=kept)
    with Catalogues().speaking("en"):
        [price, *_rest] = words.happens(asked)
    assert price.replace("\u00a0", " ") == (
        "price: 250 ₸ a month and 500 ₸ once for activation; the first month is charged at once"
    )
    assert kept.offering.charged_at_once == Money(75_000)


def test_what_is_lost_is_told_with_its_unit() -> None:
    minutes = allowances_of(NUMBER)[1]
    left = [replace(minutes, left=61), replace(minutes, use="sms", measure=Measure.SMS, left=0)]
    parameters = off_parameters(HAS_SMS, {"en": HAS_SMS.name}, left)
    with Catalogues().speaking("en"):
        lines = WORDS[ActionKind.SERVICE_OFF].happens(
            replace(an_example(ActionKind.SERVICE_OFF), parameters=parameters)
        )
    assert "the unused remainder will be lost: Calls to other KZ mobiles 1 min 1 sec" in lines


def test_keys_are_short_and_found_among_what_is_there() -> None:
    things = [OFFNET_50, an_offering("a" * 500, 1)]
    assert all(len(key(thing.id)) == 12 for thing in things)
    assert found(things, lambda one: one.id, key(OFFNET_50.id)) is OFFNET_50
    assert found(things, lambda one: one.id, "forged") is None
    assert found(things, lambda one: one.id, None) is None
