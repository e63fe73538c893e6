"""Which language a person gets, and the catalogues behind `_()` (G-1).

Catalogues are read from their `.po` files at start, so there is nothing to compile and nothing to
forget. A text without a translation is found by the tests, never by a person.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path

from aiogram.utils.i18n import I18n
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from account.values.languages import LANGUAGES, SOURCE, language_of

LOCALES = Path(__file__).resolve().parents[2] / "locales"
DOMAIN = "myaccount"


class Catalogues(I18n):
    """aiogram's I18n over `.po` files; English is the language of the msgids themselves."""

    def __init__(self) -> None:
        super().__init__(path=LOCALES, default_locale=SOURCE.code, domain=DOMAIN)

    def find_locales(self) -> dict[str, gettext.GNUTranslations]:
        """Read every catalogue there is a `.po` file of."""
        return dict(_read())

    @contextmanager
    def speaking(self, language: str) -> Iterator[None]:
        """Have `_()` speak that language within the block, in this task and its children."""
        # aiogram looks the current instance up on its own class, not on ours.
        token = I18n.set_current(self)
        try:
            with self.use_locale(language):
                yield
        finally:
            I18n.reset_current(token)

    def say(self, language: str, msgid: str) -> str:
        """One text in one language, whatever the conversation's own language is."""
        return self.gettext(msgid, locale=language)


@cache
def _read() -> dict[str, gettext.GNUTranslations]:
    """The catalogues; read once in a process, nobody changes them."""
    found: dict[str, gettext.GNUTranslations] = {}
    for language in LANGUAGES:
        source = LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        if source.exists():
            with source.open("rb") as text:
                catalogue = read_po(text, locale=language)
            compiled = BytesIO()
            write_mo(compiled, catalogue)
            compiled.seek(0)
            found[language] = gettext.GNUTranslations(compiled)
    return found


def first_guess(language_code: str | None) -> str:
    """The language to begin with, from what Telegram says of the person's app (G-1)."""
    code = (language_code or "").lower().partition("-")[0]
    return language_of(code).code
