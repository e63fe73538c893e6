"""One thing that an order asks for, and how it is read from an item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.operator.api.answers import Json, TmfError


@dataclass(frozen=True)
class Change:
    """`what` is to be done to one number; what else has to be known is in `parameters`."""

    number: str
    what: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


def characteristics(product: Json) -> dict[str, Any]:
    """Names and values of what is asked of the product."""
    return {one["name"]: one["value"] for one in product.get("productCharacteristic") or ()}


def unsupported(what: str) -> TmfError:
    """The refusal of an order that asks for what is not in the contract."""
    return TmfError(400, "ORDER.UNSUPPORTED", "Such an order is not carried out", what)
