"""The sentences for what cannot be used, one for each fault.

They are made of the variable's name and of what its type wants, never of what pydantic says: its
errors carry the value in clear, that of a secret too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Interval, Le
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from account.values.money import Money


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a value must be, as it stands behind "must be"."""

    words: str


class Refused(ValueError):  # noqa: N818 - the sentence is the error
    """A sentence that names the variables itself, and quotes nothing of what they hold."""


class Unusable(ValueError):  # noqa: N818 - and here its end
    """Why the variable that is being read cannot be used, quoting nothing of it."""


def wanted(variable: FieldInfo) -> str:
    """What a variable must be: the words of its type with the bounds, or its choices."""
    bounds: dict[str, Any] = {}
    words = ""
    for mark in _marks(variable):
        if isinstance(mark, Wanted):
            words = mark.words
        elif isinstance(mark, Ge):
            bounds["from"] = mark.ge
        elif isinstance(mark, Le):
            bounds["to"] = mark.le
    ends = [f"{word} {_shown(bound)}" for word, bound in bounds.items()]
    return " ".join([words, *ends])


def is_secret(variable: FieldInfo) -> bool:
    """Whether what it holds is shown to nobody."""
    return any(part is SecretStr for part in _parts(variable.annotation))


def _marks(variable: FieldInfo) -> Iterator[object]:
    for part in _parts(variable.annotation):
        yield from getattr(part, "__metadata__", ())
    for mark in variable.metadata:
        yield from mark if isinstance(mark, Interval) else (mark,)


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    if get_origin(annotation) is Literal:
        yield Annotated[str, Wanted(f"one of {', '.join(get_args(annotation))}")]
        return
    for inner in get_args(annotation):
        yield from _parts(inner)


def _shown(bound: Any) -> str:
    return str(bound.decimal if isinstance(bound, Money) else bound)


def sentences(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """A sentence for each fault, in the order in which the variables are declared."""
    variables = {variable.alias: variable for variable in model.model_fields.values()}
    told = []
    for fault in error.errors(include_input=False, include_url=False):
        name = str(fault["loc"][0])
        raised = fault.get("ctx", {}).get("error")
        if isinstance(raised, Refused):
            told.append(str(raised))
        elif isinstance(raised, Unusable):
            told.append(f"{name}: {raised}.")
        elif fault["type"] == "missing":
            told.append(f"{name} is not set: {variables[name].description}.")
        else:
            told.append(f"{name} must be {wanted(variables[name])}.")
    return told
