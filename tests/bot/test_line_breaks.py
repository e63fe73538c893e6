"""Figures keep their units, days their times, and telephone numbers their plain blanks."""

from __future__ import annotations

import pytest

from bot.texts.line_breaks import kept_together


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Left 5.15 of 40 GB (12 %)", "Left 5.15_of 40_GB (12_%)"),
        ("Осталось 27 мин 19 сек из 200 мин", "Осталось 27_мин 19_сек из 200_мин"),
        ("10 SMS · 24.01.2022 16:00", "10_SMS · 24.01.2022_16:00"),
        ("<b>5 GB</b> 3 GB", "<b>5_GB</b> 3_GB"),
        ("17 records", "17 records"),
        ("1 750 ₸", "1 750_₸"),
    ],
)
def test_what_belongs_together_stays_together(text: str, shown: str) -> None:
    assert kept_together(text) == shown.replace("_", "\u00a0")


@pytest.mark.parametrize(
    "text",
    [
        "+7 701 054 20 08",
        "balance of +7 701 054 20 08 now",
        "<code>+7 701 054 20 08</code>",
        "<code>100 SMS</code>",
        '<a href="tel:1 GB">x</a>',
        "<pre>24.01.2022 16:00</pre>",
        "",
    ],
)
def test_what_is_copied_or_dialled_is_left_alone(text: str) -> None:
    assert kept_together(text) == text
