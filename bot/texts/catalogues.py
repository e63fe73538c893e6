"""The catalogues of texts: found in the code, merged into the `.po` files, and checked.

A msgid is a kept name and English text at once. English has a catalogue of the texts it words
better than their msgids by now, and of nothing else. `python -m bot.texts.catalogues` brings the
files up to date and checks them; `myaccount texts` only checks.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import TypeAlias

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from account.values import languages
from bot.texts.language import DOMAIN, LOCALES

ROOT = LOCALES.parent
ROOMS = ("bot", "documents")
TRANSLATED = tuple(language.code for language in languages.TRANSLATED)
SOURCE = languages.SOURCE.code

_Arguments: TypeAlias = tuple[int | tuple[int, int] | tuple[int, str], ...] | None

KEYWORDS: dict[str, dict[int | None, _Arguments] | _Arguments] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "N_": None,
    "Msgid": None,
    "say": {1: None, 2: (2,)},
}
"""What marks a text. `say` is `catalogues.gettext` or `Catalogues.say(language, text)`."""

MESSAGE, LABEL, TOAST = 4096, 64, 200
LIMITS = {
    "Button": LABEL,
    "Start": LABEL,
    "SwitchTo": LABEL,
    "KeyboardButton": LABEL,
    "InlineKeyboardButton": LABEL,
    "answer": TOAST,
    "hurry": TOAST,
    "commands": 256,
    "set_my_description": 512,
    "set_my_short_description": 120,
}
"""Characters of a text inside a call of that name, or a function; Telegram's, but for `LABEL`."""

VALUE = "+7 701 211 55 26"
"""What a placeholder is counted as: the longest value a label is filled with."""

_TAG = re.compile(r"<(/?)([a-z][a-z-]*)[^<>]*>")
_NEEDLESS = re.compile(
    rb'"(?:Report-|POT-|PO-|Last-Translator|Language-Team|MIME-|Generated-|Project-)'
)
_SIGN = re.compile(r"[^\w<{«“\"]*")


def found() -> Catalog:
    """Every text of the code. A text is named by its files, without lines that would churn."""
    catalogue = Catalog(project="My Account", domain=DOMAIN)
    for room in ROOMS:
        texts = extract_from_dir(ROOT / room, method_map=[("**.py", "python")], keywords=KEYWORDS)
        for name, _line, text, _comments, context in texts:
            catalogue.add(text, locations=[(f"{room}/{name}", 0)], context=context)
    return catalogue


def read(language: str) -> Catalog:
    """The catalogue as it is kept; an empty one where there is none yet."""
    path = _path(language)
    if path.exists():
        with path.open("rb") as text:
            return read_po(text, locale=language)
    return Catalog(locale=language, project="My Account", domain=DOMAIN)


def update() -> list[Path]:
    """Merge the code's texts into the catalogues; the files that changed.

    A text that was altered keeps its translation as fuzzy, for a person to look at.
    """
    template = found()
    changed = []
    for language in (*TRANSLATED, SOURCE):
        catalogue = read(language)
        if language == SOURCE:
            _forget_what_is_gone(catalogue, template)
        else:
            catalogue.update(template, update_creation_date=False)
        path, content = _path(language), _written(catalogue, language)
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            changed.append(path)
    return changed


def _forget_what_is_gone(catalogue: Catalog, template: Catalog) -> None:
    """Leave the better words of texts that the code has; the others are their own English."""
    for message in list(_texts(catalogue)):
        kept = template.get(message.id, message.context)
        if kept is None:
            catalogue.delete(message.id, message.context)
        else:
            message.locations = kept.locations


def check() -> int:
    """Print what is wrong with the catalogues; 1 when anything is."""
    wrong = list(faults())
    for fault in wrong:
        print(fault)  # noqa: T201 - the answer of the command
    if not wrong:
        print(f"Texts: {len(found())} in {', '.join(one.name for one in languages.TRANSLATED)}.")  # noqa: T201
    return 1 if wrong else 0


def faults() -> Iterator[str]:
    """Everything that is wrong, one sentence each."""
    template, longest = found(), limits()
    for message in _texts(template):
        for text in _forms(message.id):
            yield from _named(SOURCE, message, _own_faults(text, longest))
    yield from wording_faults(read(SOURCE), template, longest)
    for language in TRANSLATED:
        yield from catalogue_faults(language, read(language), template, longest)


def limits() -> dict[str, int]:
    """The tightest limit of each text that stands where Telegram, or a thumb, leaves less room."""
    seen = _Places()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            seen.visit(ast.parse(path.read_bytes()))
    return seen.tightest


class _Places(ast.NodeVisitor):
    """Walks code and keeps, for each marked text, the tightest limit of what stands around it."""

    def __init__(self) -> None:
        self.tightest: dict[str, int] = {}
        self._around = [MESSAGE]

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name in KEYWORDS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    known = self.tightest.get(argument.value, MESSAGE)
                    self.tightest[argument.value] = min(known, *self._around)
        with self._within(name):
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        with self._within(node.name):
            self.generic_visit(node)

    @contextmanager
    def _within(self, name: str) -> Iterator[None]:
        self._around.append(LIMITS.get(name, MESSAGE))
        yield
        self._around.pop()


def catalogue_faults(
    language: str, catalogue: Catalog, template: Catalog, longest: Mapping[str, int]
) -> Iterator[str]:
    """What is wrong with one catalogue against the texts of the code."""
    for message in _texts(template):
        kept = catalogue.get(message.id, message.context)
        if kept is None or not all(_forms(kept.string)):
            yield f"{language}: missing: {_forms(message.id)[0]!r}"
            continue
        yield from _faults_of(language, catalogue, kept, message, longest)
    yield from _obsolete(language, catalogue, template)


def wording_faults(
    catalogue: Catalog, template: Catalog, longest: Mapping[str, int]
) -> Iterator[str]:
    """What is wrong with the English catalogue: it has better words than the msgids, or none."""
    for kept in _texts(catalogue):
        message = template.get(kept.id, kept.context)
        if message is None:
            continue
        if not all(_forms(kept.string)):
            yield f"{SOURCE}: missing: {_forms(kept.id)[0]!r}"
        elif _forms(kept.string) == _forms(kept.id):
            yield f"{SOURCE}: the msgid once more: {_forms(kept.id)[0]!r}"
        else:
            yield from _faults_of(SOURCE, catalogue, kept, message, longest)
    yield from _obsolete(SOURCE, catalogue, template)


def _faults_of(
    language: str, catalogue: Catalog, kept: Message, message: Message, longest: Mapping[str, int]
) -> Iterator[str]:
    """What is wrong with the words that a catalogue has for a text of the code."""
    first = _forms(message.id)[0]
    if kept.fuzzy:
        yield f"{language}: fuzzy: {first!r}"
    if len(_forms(kept.string)) != (catalogue.num_plurals if message.pluralizable else 1):
        yield f"{language}: wrong number of plural forms: {first!r}"
    for text in _forms(kept.string):
        yield from _named(language, message, _own_faults(text, longest, first))
        yield from _named(language, message, _differences(_forms(message.id)[-1], text))


def _obsolete(language: str, catalogue: Catalog, template: Catalog) -> Iterator[str]:
    for message in _texts(catalogue):
        if template.get(message.id, message.context) is None:
            yield f"{language}: obsolete: {_forms(message.id)[0]!r}"


def _named(language: str, message: Message, problems: Iterator[str]) -> Iterator[str]:
    for problem in problems:
        yield f"{language}: {problem}: {_forms(message.id)[0]!r}"


def _own_faults(text: str, longest: Mapping[str, int], msgid: str | None = None) -> Iterator[str]:
    """What is wrong with a text whatever it was translated from."""
    limit = longest.get(msgid or text, MESSAGE)
    length = len("".join(part + VALUE * (name is not None) for part, name in _parts(text)))
    if length > limit:
        yield f"too long, {length} of {limit} characters"
    if not _balanced(text):
        yield "unbalanced HTML"
    if "!" in text:
        yield "an exclamation mark"


def _differences(original: str, text: str) -> Iterator[str]:
    """What a translation has to keep of the original and does not."""
    if _placeholders(original) != _placeholders(text):
        yield f"wrong placeholders {sorted(_placeholders(text))}"
    if sorted(_TAG.findall(original)) != sorted(_TAG.findall(text)):
        yield "wrong HTML tags"
    if _sign(original) != _sign(text):
        yield "another sign in front"
    if original.endswith("\n") != text.endswith("\n"):
        yield "another end of line"


def _balanced(text: str) -> bool:
    opened = []
    for closing, name in _TAG.findall(text):
        if not closing:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened


def _parts(text: str) -> list[tuple[str, str | None]]:
    """The text between placeholders and their names; raises ValueError for a lone brace."""
    return [(literal, name) for literal, name, _spec, _conversion in Formatter().parse(text)]


def _placeholders(text: str) -> set[str]:
    return {name for _literal, name in _parts(text) if name is not None}


def _sign(text: str) -> str:
    match = _SIGN.match(text)
    return match[0] if match else ""


def _texts(catalogue: Catalog) -> Iterator[Message]:
    """The messages without the header."""
    return (message for message in catalogue if message.id)


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """The singular and the plurals of a text that has any."""
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _written(catalogue: Catalog, language: str) -> bytes:
    """The file's bytes: sorted, without the lines of the header that nobody here needs."""
    catalogue.header_comment = f"# My Account · {languages.language_of(language).name}"
    catalogue.fuzzy = False
    content = BytesIO()
    write_po(
        content, catalogue, width=100, sort_output=True, ignore_obsolete=True, include_lineno=False
    )
    header, texts = content.getvalue().split(b"\n\n", 1)
    lines = [line for line in header.splitlines() if not _NEEDLESS.match(line)]
    return b"\n".join(lines) + b"\n\n" + texts


if __name__ == "__main__":
    for file in update():
        print(f"Updated: {file.relative_to(ROOT)}")  # noqa: T201
    sys.exit(check())
