"""The order of names, as a Kazakh alphabetical list has it.

One order for all three languages: it holds the Russian one, and a list does not move when somebody
changes the language. Code points, and the orders for Russian and for no language in particular, put
Ә, Қ, Ұ, Ү and І behind Я or beside other letters.
"""

import re
from unicodedata import normalize

ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
"""The 42 letters."""
_LETTERS = {letter: rank for rank, letter in enumerate(ALPHABET)}
_FIGURE, _LATIN, _CYRILLIC, _OTHER = range(4)
_BETWEEN = re.compile(r"[\W_]+")


def name_order(name: str) -> tuple[list[list[tuple[int, int]]], str]:
    """The key to sort a name by: word by word; digits, Latin, the alphabet, any other letters.

    Quotes, dashes and case do not count, unless two names are alike without them.
    """
    folded = normalize("NFC", name).casefold()
    words = [word for word in _BETWEEN.split(folded) if word]
    return [[_rank(sign) for sign in word] for word in words], name


def _rank(sign: str) -> tuple[int, int]:
    if sign.isdecimal():
        return _FIGURE, ord(sign)
    letter = _LETTERS.get(sign)
    if letter is not None:
        return _CYRILLIC, letter
    return _LATIN if sign.isascii() else _OTHER, ord(sign)
