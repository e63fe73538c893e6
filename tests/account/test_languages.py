from __future__ import annotations

from account.values.languages import LANGUAGES, SOURCE, language_of


def test_an_unknown_language_is_the_sources() -> None:
    assert language_of("de") is SOURCE
    assert [language_of(code).code for code in LANGUAGES] == list(LANGUAGES) == ["kk", "ru", "en"]


def test_figures_are_written_with_the_signs_of_the_language() -> None:
    assert language_of("ru").figures("-8,476.90") == "-8\u00a0476,90"
    assert language_of("kk").figures("1,234,567") == "1\u00a0234\u00a0567"
    assert language_of("en").figures("-8,476.90") == "-8,476.90"
