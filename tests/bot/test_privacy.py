"""The privacy policy says the terms that the database goes by, in the chat and on its page."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from account.values.languages import LANGUAGES
from bot.flows.privacy.texts import policy, terms
from bot.handlers.commands import commands
from bot.texts.language import Catalogues
from storage.retention import KeptFor

PAGE = Path(__file__).parents[2] / "docs" / "privacy.md"
DAY = timedelta(days=1)
TOLD = (
    *("inbox_done", "inbox_quarantined", "codes", "outbox", "document_content", "documents"),
    *("sessions", "alerts", "history"),
)
"""In the order of the tables."""
TOLD_WITH = {
    "offers": "codes",
    "ended_subscriptions": "alerts",
}
"""Terms that share a line with another one."""


def kept(name: str) -> timedelta | None:
    found = getattr(KeptFor(), name)
    assert found is None or isinstance(found, timedelta)
    return found


def test_the_page_says_the_terms_in_three_languages() -> None:
    parts = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    assert len(parts) == len(LANGUAGES)
    for part in parts:
        rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|$", part, re.MULTILINE)[1:]
        assert len(rows) == len(TOLD)
        for name, days in zip(TOLD, rows, strict=True):
            term = kept(name)
            if term is None:
                assert days in {"no limit", "бессрочно", "мерзімсіз"}
            else:
                assert timedelta(days=int(days)) == term, name


def test_what_shares_a_line_has_the_same_term() -> None:
    for name, beside in TOLD_WITH.items():
        assert kept(name) == kept(beside), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_window_says_this_installation_s_terms(language: str) -> None:
    own = KeptFor(
        **{field.name: DAY * n for n, field in enumerate(fields(KeptFor), 101)},
    )
    with Catalogues().speaking(language):
        said = [(what, term) for what, term in terms(own)]
        text = policy(own, "b2b@operator.example")
        forever = dict(terms(replace(own, history=None)))
    assert [int(re.sub(r"\D", "", term)) for _what, term in said] == [
        getattr(own, name).days for name in TOLD
    ]
    assert len({what for what, _term in said}) == len(TOLD)
    assert not re.search(r"\d", forever[said[-1][0]])
    assert "b2b@operator.example" in text
    assert all(f"• {what}: {term}" in text for what, term in said)
    assert len(text) < 4096


def test_telegram_finds_the_command_for_everybody() -> None:
    with Catalogues().speaking("en"):
        assert "privacy" in [one.command for one in commands()]
