"""Which language a person gets, and the catalogues behind `_()` (G-1).

The texts are written for one operator; the names of another one are put into them when they are
read, and behind each mention of its corporate support stands where that is. Catalogues are read
from their `.po` files at start, so there is nothing to compile and nothing to forget. A text
without a translation is found by the tests, never by a person.

A msgid is a kept name and English; where English has found better words since, the English
catalogue has them, and nothing else.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

from aiogram.utils.i18n import I18n
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from typing_extensions import override

from account.values.languages import LANGUAGES, SOURCE, language_of
from bot.framework.translator import have_speak, stop_speaking
from carrier.profile.loader import contract
from carrier.profile.names import Names

LOCALES = Path(__file__).resolve().parents[2] / "locales"
DOMAIN = "myaccount"


class Catalogues(I18n):
    """aiogram's I18n over `.po` files; where English has no words of its own, the msgid is said."""

    def __init__(self, names: Names | None = None, support: str | None = None) -> None:
        self._names = _put_in(names or _WRITTEN)
        self._support = support
        super().__init__(path=LOCALES, default_locale=SOURCE.code, domain=DOMAIN)

    def find_locales(self) -> dict[str, gettext.GNUTranslations]:
        """Read every catalogue there is a `.po` file of."""
        return dict(_read(self._names, self._support))

    @contextmanager
    def speaking(self, language: str) -> Iterator[None]:
        """Have `_()` speak that language within the block, in this task and its children."""
        # aiogram looks the current instance up on its own class, not on ours.
        token, speaker = I18n.set_current(self), have_speak(self)
        try:
            with self.use_locale(language):
                yield
        finally:
            stop_speaking(speaker)
            I18n.reset_current(token)

    @override
    def gettext(
        self, singular: str, plural: str | None = None, n: int = 1, locale: str | None = None
    ) -> str:
        """See aiogram."""
        if plural is None:
            catalogue = self.locales.get(locale or self.ctx_locale.get())
            if catalogue is not None:
                return catalogue.gettext(singular)
        return super().gettext(singular, plural, n, locale)

    def texts(self, language: str) -> dict[str, str]:
        """All texts without a number in them, as that language says them, for a process without
        catalogues: which of them it will say nobody knows before.
        """
        found = {
            msgid
            for catalogue in self.locales.values()
            for msgid in catalogue._catalog  # type: ignore[attr-defined]  # noqa: SLF001
            if isinstance(msgid, str) and msgid
        }
        return {msgid: self.say(language, msgid) for msgid in found}

    def say(self, language: str, msgid: str) -> str:
        """One text in one language, whatever the conversation's own language is."""
        return self.gettext(msgid, locale=language)


_WRITTEN = contract().names
"""Whose names the texts have in them; a msgid is a kept name, so they stay there."""
_IN_A_SYSTEM = {"-ге": " жүйесіне", "-де": " жүйесінде"}
"""An ending that follows the vowels of one name is carried by a word that suits any."""

Replacement: TypeAlias = tuple[str, str]


def _put_in(names: Names) -> tuple[Replacement, ...]:
    """What stands in the texts, and what is to stand there; the longest first."""
    pairs: list[Replacement] = []
    if names.self_care != _WRITTEN.self_care:
        for ending, word in _IN_A_SYSTEM.items():
            pairs.append((_WRITTEN.self_care + ending, names.self_care + word))
        pairs.append((_WRITTEN.self_care, names.self_care))
    network = names.network or names.operator
    if _WRITTEN.network is not None and network != _WRITTEN.network:
        pairs.append((_WRITTEN.network, network))
    return tuple(pairs)


_SUPPORT = re.compile(
    r"(?:corporate (?:customer )?support|корпоративн\w+ поддержк\w+|"
    r"корпоративтік қолдау\w*(?: қызмет\w+)?)\b(?!: \{)",
    re.IGNORECASE,
)
_END = re.compile(r"\.|\n| \(|$")
_NOT_IN_A_TEXT = str.maketrans("{}<>&", "()()+")
"""Signs that texts are filled by, or are HTML."""


def _named(text: str, names: tuple[Replacement, ...], support: str | None) -> str:
    for written, told in names:
        text = text.replace(written, told)
    if support is None:
        return text
    where = support.translate(_NOT_IN_A_TEXT)

    def contact(found: re.Match[str]) -> str:
        ends = _END.match(text, found.end())
        return f"{found[0]}: {where}" if ends else f"{found[0]} ({where})"

    return _SUPPORT.sub(contact, text)


@cache
def _read(
    names: tuple[Replacement, ...], support: str | None
) -> dict[str, gettext.GNUTranslations]:
    """The catalogues; read once in a process, nobody changes them."""
    found: dict[str, Catalog] = {}
    for language in LANGUAGES:
        source = LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        if source.exists():
            with source.open("rb") as text:
                found[language] = read_po(text, locale=language)

    def each(told: Any) -> Any:
        """A text, or its forms of number."""
        if isinstance(told, str):
            return _named(told, names, support)
        return tuple(_named(one, names, support) for one in told)

    if names or support:
        english = found.setdefault(SOURCE.code, Catalog(locale=SOURCE.code))
        for catalogue in list(found.values()):
            for message in catalogue:
                known = english.get(message.id, message.context)
                if message.id and known is None and each(message.id) != message.id:
                    # English has no words of its own for it: those of the code are named too.
                    english.add(message.id, message.id, context=message.context)
        for catalogue in found.values():
            for message in catalogue:
                message.string = each(message.string)
    return {language: _compiled(catalogue) for language, catalogue in found.items()}


def _compiled(catalogue: Catalog) -> gettext.GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def first_guess(language_code: str | None) -> str:
    """The language to begin with, from what Telegram says of the person's app (G-1)."""
    code = (language_code or "").lower().partition("-")[0]
    return language_of(code).code
