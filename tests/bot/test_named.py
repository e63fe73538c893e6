"""Which names fit what was typed."""

from __future__ import annotations

import pytest
from aiogram_dialog import DialogManager

from bot.widgets.named import Named, fitting


async def nowhere(_manager: DialogManager) -> None:
    raise AssertionError


ROWS = [
    Named(("500 SMS", "500 SMS по Казахстану"), nowhere),
    Named(("100 SMS",), nowhere),
    Named(("Чёрный список", "Blacklist"), nowhere),
    Named(("Roaming",), nowhere),
    Named(("Roaming", "Роуминг"), nowhere),
    Named(("Roaming Plus",), nowhere),
]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("500 sms", ["500 SMS"]),
        ("sms", ["500 SMS", "100 SMS"]),
        ("SMS 500", ["500 SMS"]),
        ("казахстан", ["500 SMS"]),
        ("черный", ["Чёрный список"]),
        ("black", ["Чёрный список"]),
        ("list", []),
        ("roaming", ["Roaming"]),
        ("roam", ["Roaming", "Roaming Plus"]),
        ("plus", ["Roaming Plus"]),
        ("roaming 77010542006", []),
        ("", []),
        ("— …", []),
    ],
)
def test_names_that_fit(typed: str, names: list[str]) -> None:
    assert [one.names[0] for one in fitting(typed, ROWS)] == names


def test_of_one_name_it_is_the_first() -> None:
    assert fitting("roaming", ROWS) == [ROWS[3]]
