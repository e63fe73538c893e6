"""An operator profile from a file, or one that comes along; each mistake with its line and key."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from carrier.profile.model import Profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEFAULT = "kcell"
_PACKAGED = re.compile(r"[a-z0-9-]+")
_LARGEST = 256 * 1024


class ProfileInvalid(ValueError):  # noqa: N818 - as `DatabaseUrlInvalid`
    """The profile cannot be used; each of `sentences` names line, key and what is wanted."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)


@cache
def contract() -> Profile:
    """The profile of docs/operator.md."""
    return load(DEFAULT)


def packaged() -> list[str]:
    """Names of the profiles that come along."""
    found = (one.name for one in files("carrier.profile").iterdir())
    return sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))


def load(chosen: str, called: str | None = None) -> Profile:
    """The profile of that name, or of the file at that path; sentences call it `called`.

    Raises `ProfileInvalid`.
    """
    called = called or chosen
    return parse(_read(chosen, called), called)


def parse(text: str, where: str) -> Profile:
    """A profile; `where` names it in sentences. Raises `ProfileInvalid`."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileInvalid([f"{where}: {error}"]) from None
    try:
        return Profile.model_validate(told)
    except ValidationError as error:
        sentences = [_sentence(text, where, one) for one in error.errors(include_input=False)]
    raise ProfileInvalid(sentences)


def _read(chosen: str, called: str) -> str:
    if _PACKAGED.fullmatch(chosen):
        if chosen in packaged():
            return (files("carrier.profile") / f"{chosen}.toml").read_text(encoding="utf-8")
        near = get_close_matches(chosen, packaged(), 1)
        meant = f" {near[0]} comes close." if near else ""
        known = ", ".join(packaged())
        why = f"no profile of that name comes along ({known}); a file is told by its path.{meant}"
        raise ProfileInvalid([f"{called}: {why}"])
    try:
        with Path(chosen).open("rb") as opened:
            return opened.read(_LARGEST).decode("utf-8")
    except OSError as error:
        raise ProfileInvalid([f"{called} cannot be read: {error.strerror}"]) from None
    except ValueError:
        raise ProfileInvalid([f"{called} is no text in UTF-8"]) from None


def _sentence(text: str, where: str, error: Any) -> str:
    """`my.toml line 7, find.totals: Input should be 'filtered', 'collection' or 'none'.`"""
    path = [str(part) for part in error["loc"] if part != "[key]"]
    line = _line(text, path)
    at = f"{where} line {line}" if line else where
    if error["type"] == "extra_forbidden":
        near = get_close_matches(path[-1], list(_keys(path[:-1])), 1)
        meant = f" {near[0]} comes close." if near else ""
        return f"{at}, {'.'.join(path)}: there is no such key.{meant}"
    if error["type"] == "string_pattern_mismatch" and (meaning := _meaning(path)):
        return f"{at}, {'.'.join(path)}: it must be {meaning}."
    return f"{at}, {'.'.join(path)}: {error['msg']}."


def _keys(path: Sequence[str]) -> Iterator[str]:
    """The keys of the table at that path."""
    model: type[BaseModel] | None = Profile
    for part in path:
        if model is None or part not in model.model_fields:
            return
        declared = model.model_fields[part].annotation
        model = declared if isinstance(declared, type) and issubclass(declared, BaseModel) else None
    if model is not None:
        yield from model.model_fields


def _meaning(path: Sequence[str]) -> str | None:
    """What the key at that path is, as docs/profile.md has it."""
    model: type[BaseModel] = Profile
    found: str | None = None
    for part in path:
        field = model.model_fields.get(part)
        if field is None:
            continue  # an API's number, or the place in a list
        found = field.description
        for one in (field.annotation, *get_args(field.annotation)):
            if isinstance(one, type) and issubclass(one, BaseModel):
                model = one
    return found


def _line(text: str, path: Sequence[str]) -> int | None:
    """Where the key stands: its own line, or the table's; tables as they are usually written."""
    table: list[str] = []
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.fullmatch(r"\s*\[([^\[\]]+)\]\s*(#.*)?", line):
            table = _parts(head[1])
            depth = len(table) if table == list(path[: len(table)]) else 0
        elif key := re.match(r"\s*([\w.\"'-]+(?:\s+[\w\"'.-]+)*)\s*=", line):
            whole = [*table, *_parts(key[1])]
            depth = len(whole) if whole == list(path[: len(whole)]) else 0
        else:
            continue
        if depth and (best is None or depth > best[0]):
            best = (depth, number)
    return best[1] if best else None


def _parts(dotted: str) -> list[str]:
    found = re.findall(r"\"([^\"]*)\"|'([^']*)'|([^.\s]+)", dotted)
    return [next(part for part in one if part) for one in found if any(one)]
