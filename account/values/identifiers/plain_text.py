"""Text as it was typed: what belongs to no identifier, and what may not be in a name.

What an app, a keyboard or a paper puts between, before or behind the signs of one identifier does
not change it: a dash of any shape, a blank of any width, dots, slashes, marks around it, a label or
the form of a link before it, a sign that differs only in width. A letter that looks like a digit
and the digits of other scripts stay what they are, and are refused where digits are wanted.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from unicodedata import category, decomposition, normalize

from account.errors.input import TextFault, TextRefused

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff" + _BIDI

_CONTROLS_BUT_TAB_AND_NEWLINE = "\u0000-\u0008\u000b-\u001f\u007f-\u009f"
_UNSAFE_IN_TEXT = re.compile(f"[{_CONTROLS_BUT_TAB_AND_NEWLINE}{_BIDI}\ud800-\udfff]")

_PLAIN = {
    **dict.fromkeys("\r\v\f\u0085\u2028\u2029", "\n"),
    **dict.fromkeys("\u02d7\u2043\u2212", "-"),  # dashes that are no dashes to Unicode
    **dict.fromkeys("\u00b7\u2022\u2027\u2219\u22c5", "."),
    **dict.fromkeys("\u2044\u2215", "/"),
    **dict.fromkeys("\u201a\u201e\u2032\u2033", '"'),  # the low quotes open to Unicode
    **dict.fromkeys(map(chr, range(0xFE00, 0xFE10)), ""),  # variation selectors
}
_PLAIN_OF_CATEGORY = {"Cf": "", "Zs": " ", "Pd": "-", "Pi": '"', "Pf": '"', "Ps": "(", "Pe": ")"}

_APART = re.compile(
    r"[\n\t;,|]+|(?<=[0-9)])(?: *& *| +(?:и|или|и/или|және|мен|немесе|and|or) +)(?=[^ ])",
    re.IGNORECASE,
)
_AROUND = " .…:!?=|\"'`*_~<>#№"
_LINK = re.compile(
    r"(?:tel|callto|sms|smsto|sips?):(?://)?"
    r"|(?:https?://)?(?:www\.)?(?:wa\.me|t\.me)/(?=\+?[0-9])"
    r"|(?:https?://)?api\.whatsapp\.com/send/?\?phone=",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?P<number>[+(]?[0-9][0-9 ()+\-./]*[0-9])(?: *[(\-:=]+ *| +)"
    r"(?P<words>[^\W\d_]{3}[^\d:=+\n]{0,38})"
)
_TRAILS = re.compile(r"(?P<number>\+?[0-9][0-9 ()\-.]*)[?;@&].*")
"""What a link says behind the number."""
_LABEL = re.compile(
    r"\+?(?P<words>[^\W\d_](?:[^\d:=+\n]{0,38}[^\W\d_.№#])?\.?)"
    r"(?P<end>(?: ?\(?[0-9]\)?)? ?[:=]|[12](?= )|(?=[ №#\-])|(?<=\.))[ .№#\-]*(?P<rest>[+(0-9].*)"
)
_BRACKETS = str.maketrans("[{]}", "(())")
_PICTURES = frozenset({"So", "Sk", "Cn", "Mn"})
_WHOLE = 10
"""So many digits are no part of a number: any words before them are a label."""
_LABELS = re.compile(
    r"[тмtm]\.?|(?:тел|моб|сот|номер|нөмір|ұялы|абонент|лицевой|л/?с|дербес|сч[её]т|шот"
    r"|tel|mob|cell|phone|number|account).*",
    re.IGNORECASE,
)


def require(pattern: str, value: str) -> None:
    """Hold the constructor to the normal form; the value stays out of the message."""
    if _form(pattern)(value) is None:
        raise ValueError(f"not in the normal form {pattern}")


@lru_cache(maxsize=64)
def _form(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """Asked for every row of a list: `re` looks its own cache up in Python."""
    return re.compile(pattern).fullmatch


def fold(text: str) -> str:
    """The text in plain signs: dashes, blanks, quotes and brackets of every kind are the ASCII
    ones, signs of another width theirs, line breaks newlines, and what is invisible is gone.
    """
    return text if text.isascii() and "\r" not in text else "".join(map(_plain, text))


@lru_cache(maxsize=2048)
def _plain(sign: str) -> str:
    if decomposition(sign).startswith(("<wide>", "<narrow>")):
        sign = normalize("NFKC", sign)
    if sign.isascii() and sign >= " ":
        return sign
    plain = _PLAIN.get(sign)
    return _PLAIN_OF_CATEGORY.get(category(sign), sign) if plain is None else plain


def parts_of(text: str) -> tuple[str, ...]:
    """The identifiers of a message, each folded and bare of what stands around it.

    They are told apart by lines, tabs, commas, semicolons, bars, and an `and` behind digits; what
    has no digit at all is none.
    """
    return _parts(text, any_label=True)


def _parts(text: str, *, any_label: bool) -> tuple[str, ...]:
    parts = (_bare(part, any_label=any_label) for part in _APART.split(fold(text)))
    return tuple(part for part in parts if any(map(str.isnumeric, part)))


def _bare(part: str, *, any_label: bool) -> str:
    """Without marks and signs around it, the form of a link, and a label before or behind.

    Where words are looked for as well, words before a part of a number are a label only when they
    say so.
    """
    part = _without_signs(re.sub(" +", " ", part.translate(_BRACKETS)))
    part = re.sub(r"^-+ +|-+$", "", part.strip(_AROUND)).strip(_AROUND)
    if (within := re.fullmatch(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)", part)) is not None:
        part = within[1].strip(_AROUND)
    if (link := _LINK.match(part)) is not None:
        part = part[link.end() :]
        part = trail["number"] if (trail := _TRAILS.fullmatch(part)) is not None else part
    if (label := _LABEL.fullmatch(part)) is not None:
        words, rest = label["words"], label["rest"]
        known = _LABELS.fullmatch(words) is not None
        sure = any_label or _whole(rest)
        if (sure and len(words) > 1) or (known and (label["end"] or words.endswith("."))):
            part = rest
    if (link := _LINK.match(part)) is not None:
        part = part[link.end() :]
    if (behind := _BEHIND.fullmatch(part)) is not None and _whole(behind["number"]):
        part = behind["number"]
    return re.sub(r"(?<=[0-9]{11})\.0$", "", part)


def _whole(digits: str) -> bool:
    return len(re.sub("[^0-9]", "", digits)) >= _WHOLE


def _without_signs(text: str) -> str:
    """Without pictures before and behind: `📱 8 701 054 20 06`."""
    while text and category(text[0]) in _PICTURES:
        text = text[1:].lstrip()
    while text and category(text[-1]) in _PICTURES:
        text = text[:-1].rstrip()
    return text


def digits_of(text: str) -> str | None:
    """The digits of a phone number or of a part of one, or None when the text is something else.

    For search: only digits and what may stand between and around them, at least three digits, and
    one number. A leading 8 stays an 8.
    """
    parts = _parts(text, any_label=False)
    if len(parts) != 1 or re.fullmatch(r"[0-9 ()+\-./]+", parts[0]) is None:
        return None
    digits = re.sub(r"[^0-9]", "", parts[0])
    return digits if len(digits) >= 3 else None


def clean_text(text: str, limit: int) -> str:
    """Free text without the white space around it, at most `limit` characters.

    Raises TextRefused for what PostgreSQL or an encoder chokes on (NUL, lone surrogates), what
    turns the direction of writing, other control characters, and for text with nothing visible.
    """
    stripped = text.strip()
    if _UNSAFE_IN_TEXT.search(stripped):
        raise TextRefused(TextFault.FORBIDDEN_CHARACTERS)
    if not stripped.strip(_INVISIBLE):
        raise TextRefused(TextFault.EMPTY)
    if len(stripped) > limit:
        raise TextRefused(TextFault.TOO_LONG, limit)
    return stripped
