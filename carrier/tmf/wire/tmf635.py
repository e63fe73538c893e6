"""TMF635 Usage: what is read of a record of usage."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from carrier.tmf.wire.parts import Characteristic, Money, Ref


class RatedFor(Struct, gc=False):
    """For which product a record was rated; since v5 it is called `product`."""

    productRef: Ref | None = None  # noqa: N815
    product: Ref | None = None


class RatedProductUsage(RatedFor, gc=False):
    """What a record costs."""

    taxIncludedRatingAmount: Money | None = None  # noqa: N815
    taxExcludedRatingAmount: Money | None = None  # noqa: N815
    ratingDate: Any = None  # noqa: N815
    taxRate: Any = None  # noqa: N815
    isTaxExempt: Any = None  # noqa: N815


class Owners(Struct, gc=False):
    """Whose a record is: read by itself when the rest of the record cannot be."""

    usageCharacteristic: list[Characteristic] | None = None  # noqa: N815
    ratedProductUsage: list[RatedFor] | None = None  # noqa: N815


class Usage(Struct, gc=False):
    """A call, a message, a session or a fee."""

    id: Any = None
    usageDate: Any = None  # noqa: N815
    usageType: Any = None  # noqa: N815
    status: Any = None
    description: Any = None
    usageSpecification: Any = None  # noqa: N815
    usageCharacteristic: list[Characteristic] | None = None  # noqa: N815
    ratedProductUsage: list[RatedProductUsage] | None = None  # noqa: N815

    @property
    def kind(self) -> Any:
        """The word for what it is; where none is told, what it is specified as."""
        told = self.usageType
        if told is None and isinstance(self.usageSpecification, dict):
            return self.usageSpecification.get("name")
        return told
