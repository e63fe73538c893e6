"""In which language a paper is written, apart from the language of the chat it is ordered in.

Books are kept in Kazakh, in Russian, or in both; a paper in another language is a translation.
"""

from __future__ import annotations

from collections.abc import Mapping

from account.values.languages import LANGUAGES, SOURCE, TRANSLATED

PAPER = "paper"
"""The parameter of an order; its values are persisted."""
_BESIDE = "+"
BOTH = _BESIDE.join(language.code for language in TRANSLATED)
CHOICES = (*(language.code for language in TRANSLATED), BOTH, SOURCE.code)
"""What can be chosen, in the order in which it is offered."""


def chosen(told: Mapping[str, str]) -> dict[str, str]:
    """The choice among the parameters of an order, if one was made.

    Raises ValueError for what no window offers.
    """
    paper = told.get(PAPER)
    if paper is None:
        return {}
    if paper not in CHOICES:
        raise ValueError(PAPER)
    return {PAPER: paper}


def languages_of(told: Mapping[str, str], chat: str) -> tuple[str, ...]:
    """The languages of a paper, that of the chat where none was chosen."""
    return tuple(told.get(PAPER, chat).split(_BESIDE))


def is_translation(languages: tuple[str, ...]) -> bool:
    """Whether no books are kept in any of these languages."""
    return not any(language.code in languages for language in TRANSLATED)


def shown(paper: str) -> str:
    """The choice in its own words: `Қазақша / Русский`."""
    return " / ".join(LANGUAGES[code].name for code in paper.split(_BESIDE))
