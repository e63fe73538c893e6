"""Models of aiogram made of values that were looked at already, without pydantic doing so again.

pydantic's own way past validation, `model_construct`, walks all 110 fields of a message for each
one; here that is done once for each model, and what is made has a copy of it. A model made here
equals the one that validation makes of the same values, and can be copied and changed like it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from aiogram import Bot
    from pydantic import BaseModel

M = TypeVar("M", bound="BaseModel")

_put = object.__setattr__


def construct(model: type[M], bot: Bot | None, fields: dict[str, Any]) -> M:
    """A model of these fields, by the names of its attributes, which must be right; see `Bot`.

    Fields that are not among them have their defaults.
    """
    new = model.__new__(model)
    _put(new, "__dict__", {**_defaults(model), **fields})
    _put(new, "__pydantic_fields_set__", set(fields))
    _put(new, "__pydantic_extra__", {})
    _put(new, "__pydantic_private__", {"_bot": bot})
    return new


@cache
def _defaults(model: type[BaseModel]) -> dict[str, Any]:
    return dict(model.model_construct().__dict__)
