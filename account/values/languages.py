"""The languages of the product: the one place where a language is declared (G-1).

A new one is a row here and a catalogue, `locales/<code>/LC_MESSAGES/myaccount.po`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

_NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its ISO 639-1 code, with the signs its figures are written with (G-4)."""

    code: str
    name: str
    """In the language itself, as it is chosen."""
    choose: str
    """“Choose a language”, in the language itself: it is read before one is chosen."""
    decimal: str = ","
    group: str = _NBSP

    def figures(self, text: str) -> str:
        """Figures that Python formatted (`8,476.90`), with the signs of this language."""
        return text.translate({ord(","): self.group, ord("."): self.decimal})


SOURCE = Language("en", "English", "Choose a language", decimal=".", group=",")
"""The language of the msgids: its catalogue has only what is worded better by now, and whoever
speaks no other language gets it."""
TRANSLATED = (
    Language("kk", "Қазақша", "Тілді таңдаңыз"),
    Language("ru", "Русский", "Выберите язык"),
)
LANGUAGES = MappingProxyType({one.code: one for one in (*TRANSLATED, SOURCE)})
"""By their codes, in the order in which they are offered."""
FOR_STRANGERS = "ru"
"""What somebody is told in who never chose a language here."""


def language_of(code: str) -> Language:
    """The language with that code; the source's for any other."""
    return LANGUAGES.get(code, SOURCE)
