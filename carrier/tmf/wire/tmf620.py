"""TMF620 Product Catalog: what is read of a service on offer."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from carrier.tmf.wire.parts import Ref
from carrier.tmf.wire.tmf637 import ProductPrice
from carrier.tmf.wire.tmf678 import TaxItem


class OfferingPrice(ProductPrice, gc=False):
    """A price by the standard: an amount, the tax on it, and a period of several parts."""

    validFor: Any = None  # noqa: N815
    recurringChargePeriodType: Any = None  # noqa: N815
    recurringChargePeriodLength: Any = None  # noqa: N815
    tax: list[TaxItem] | None = None


class CharacteristicValue(Struct, gc=False):
    """One value of an open-ended fact."""

    value: Any = None
    unitOfMeasure: Any = None  # noqa: N815


class ProdSpecCharValueUse(Struct, gc=False):
    """An open-ended fact with its values; the first one counts."""

    name: Any = None
    productSpecCharacteristicValue: list[CharacteristicValue] | None = None  # noqa: N815


class Duration(Struct, gc=False):
    """So many of a unit of time, as Quantity or as Money spell them."""

    amount: Any = None
    units: Any = None
    value: Any = None
    unit: Any = None


class ProductOfferingTerm(Struct, gc=False):
    """For how long a service is there."""

    name: Any = None
    description: Any = None
    duration: Duration | None = None


class ProductOfferingRelationship(Struct, gc=False):
    """What another offering is to this one."""

    id: Any = None
    relationshipType: Any = None  # noqa: N815


class ProductOffering(Struct, gc=False):
    """A service on offer. What it costs, how long it lasts and what it excludes is never odd."""

    tolerated: ClassVar[tuple[str, ...]] = ("category",)

    id: Any = None
    name: Any = None
    description: Any = None
    isSellable: Any = None  # noqa: N815
    lifecycleStatus: Any = None  # noqa: N815
    validFor: Any = None  # noqa: N815
    category: list[Ref] | None = None
    productOfferingPrice: list[OfferingPrice] | None = None  # noqa: N815
    productOfferingTerm: list[ProductOfferingTerm] | None = None  # noqa: N815
    productOfferingRelationship: list[ProductOfferingRelationship] | None = None  # noqa: N815
    prodSpecCharValueUse: list[ProdSpecCharValueUse] | None = None  # noqa: N815
