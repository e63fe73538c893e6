"""TMF637 Product Inventory: what is read of a number, and of a service that relies on one."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from carrier.tmf.wire.parts import Characteristic, Money, Owned, Ref


class ProductRelationship(Ref, gc=False):
    """What another product is to this one; since v5 its id stands here."""

    relationshipType: Any = None  # noqa: N815
    product: Ref | None = None

    @property
    def other(self) -> Any:
        """The id of the other product."""
        return self.id if self.product is None else self.product.id


class Price(Money, gc=False):
    """An amount with its taxes, or without them and their rate; in TMF620 an amount alone."""

    taxIncludedAmount: Money | None = None  # noqa: N815
    dutyFreeAmount: Money | None = None  # noqa: N815
    taxRate: Any = None  # noqa: N815


class ProductPrice(Struct, gc=False):
    """What a product costs, and for how long."""

    priceType: Any = None  # noqa: N815
    recurringChargePeriod: Any = None  # noqa: N815
    price: Price | None = None


class Identity(Owned, gc=False):
    """Which number a product is: read by itself when the rest of the product cannot be."""

    id: Any = None
    productSerialNumber: Any = None  # noqa: N815


class Relying(Struct, gc=False):
    """What a product relies on: read by itself when the rest of the product cannot be."""

    productRelationship: list[ProductRelationship] | None = None  # noqa: N815


class Product(Identity, gc=False):
    """A number, or a service of one."""

    tolerated: ClassVar[tuple[str, ...]] = (
        "billingAccount",
        "productCharacteristic[]",
        "productOffering",
        "productSpecification",
        "productPrice",
    )

    name: Any = None
    status: Any = None
    startDate: Any = None  # noqa: N815
    billingAccount: Ref | None = None  # noqa: N815
    productOffering: Ref | None = None  # noqa: N815
    productSpecification: Ref | None = None  # noqa: N815
    productCharacteristic: list[Characteristic] | None = None  # noqa: N815
    productRelationship: list[ProductRelationship] | None = None  # noqa: N815
    productPrice: list[ProductPrice] | None = None  # noqa: N815
    productTerm: Any = None  # noqa: N815
    terminationDate: Any = None  # noqa: N815
