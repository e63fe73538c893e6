"""docs/profile.md: every key of an operator profile, as it is declared.

`python -m carrier.profile.page` writes it anew (`make configuration`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo

from account.values.rights import Role
from carrier.profile.model import Profile
from carrier.profile.section import Section
from carrier.profile.words import USUAL, WordTables

PAGE = Path(__file__).parents[2] / "docs" / "profile.md"
_HEAD = """\
# The keys of an operator profile

A profile is a TOML file that `MYACCOUNT_OPERATOR_PROFILE` names. What it leaves out is as the
default here says, which is the operator of [operator.md](operator.md). `myaccount profile check
FILE` tells each mistake with line and key, and `myaccount doctor --operator` which key an
operator's answers ask for. How to begin: [connect.md](connect.md).

This page is made of `carrier/profile/model.py` by `make configuration`.
"""
_WORDS = """\
The left side is the operator's word, the right side one of the meanings: `InService = "active"`.
Words add to the usual ones, are compared without regard to case and, but for roles and logins, to
blanks, `_` and `-` in them, and are sent as the file writes
them. A word that is nowhere has a meaning of its own: "blocked by the operator", "other", or no
right at all.
"""
_AN_API = "an API's number"


def page() -> str:
    """The whole page."""
    lines = [*_table("", _plain(Profile)), *_sections(Profile, "")]
    return "\n".join([_HEAD, *lines]).rstrip() + "\n"


def _sections(model: type[Section], path: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        below = _section_of(field)
        if below is None:
            continue
        many = get_origin(field.annotation)
        key = f"{path}{name}" + (".TMF637" if many is dict else "")
        yield from _section(below, f"[{key}]" if many is tuple else key, key)


def _section(model: type[Section], heading: str, path: str) -> Iterator[str]:
    yield f"## `[{heading}]`"
    yield ""
    yield _summary(model)
    yield ""
    if model is WordTables:
        yield _WORDS
        yield from _words()
        return
    yield from _table(path + ".", _plain(model))
    yield from _sections(model, path + ".")


def _summary(model: type[Section]) -> str:
    """The docstring in one line."""
    return re.sub(r"\s+", " ", model.__doc__ or "").strip()


def _table(path: str, fields: dict[str, FieldInfo]) -> Iterator[str]:
    if not fields:
        return
    yield "| Key | What it is | Value | Default |"
    yield "|---|---|---|---|"
    for name, field in fields.items():
        value = _kind(field.annotation, tuple(field.metadata))
        cells = (f"`{path}{name}`", field.description or "", value, _default(field))
        yield "| " + " | ".join(cell.replace("|", "\\|") or " " for cell in cells) + " |"
    yield ""


def _words() -> Iterator[str]:
    yield "| Table | What its words are | Meanings, with the usual words |"
    yield "|---|---|---|"
    for name, field in WordTables.model_fields.items():
        found: dict[Any, list[str]] = {meaning: [] for meaning in _meanings(field)}
        for word, meaning in USUAL[name].items():
            found[meaning].append(f"`{word}`")
        said = [f"`{_toml(one)}`: {', '.join(words) or 'none'}" for one, words in found.items()]
        yield f"| `[words.{name}]` | {field.description} | {'; '.join(said)} |"
    yield ""


def _meanings(field: FieldInfo) -> list[Any]:
    """What a file may give; an employee's rights no operator grants."""
    return [one for one in _choices(get_args(field.annotation)[1]) if one != Role.EMPLOYEE]


def _plain(model: type[Section]) -> dict[str, FieldInfo]:
    """The keys that are no sections of their own."""
    fields = model.model_fields.items()
    return {name: field for name, field in fields if _section_of(field) is None}


def _section_of(field: FieldInfo) -> type[Section] | None:
    for part in (field.annotation, *get_args(field.annotation)):
        if isinstance(part, type) and issubclass(part, Section):
            return part
    return None


def _kind(annotation: Any, marks: tuple[Any, ...] = ()) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(inner[0], (*inner[1:], *marks))
    if origin in (Union, UnionType):
        return _kind(next(one for one in inner if one is not NoneType), marks)
    if origin in (tuple, frozenset):
        return f"list of {_kind(inner[0])}"
    if origin is dict:
        return f"table: {_kind(inner[1])} by {_kind(inner[0])}"
    if choices := _choices(annotation):
        return " or ".join(one if one == _AN_API else f"`{one}`" for one in choices)
    if annotation in (int, float):
        return f"number{_bounds(marks)}"
    return {bool: "true or false", time: "time of day", date: "day"}.get(annotation, "text")


def _choices(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Literal:
        values = list(get_args(annotation))
        return [_AN_API] if len(values) > 6 and "TMF632" in values else values
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return [one.value for one in annotation]
    return []


def _bounds(marks: tuple[Any, ...]) -> str:
    """`, 1 to 1000`."""
    flat: list[Any] = []
    for mark in marks:
        flat += mark.metadata if isinstance(mark, FieldInfo) else [mark]
    said = ""
    for one in flat:
        if isinstance(one, Gt):
            said += f", over {one.gt}"
        elif isinstance(one, Ge):
            said += f", from {one.ge}"
        elif isinstance(one, Le):
            said += f" to {one.le}"
    return said


def _default(field: FieldInfo) -> str:
    """What holds without it, as a file would say it; empty where nothing stands in."""
    if field.is_required():
        return "must be told"
    value = field.get_default(call_default_factory=True)
    if value is None or (not value and isinstance(value, (dict, frozenset, tuple))):
        return ""
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
