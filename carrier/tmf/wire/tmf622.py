"""TMF622 Product Ordering: what is read of an order."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from carrier.tmf.wire.parts import Characteristic, Owned


class Note(Struct, gc=False):
    """What is said of an order."""

    text: Any = None


class OrderedProduct(Struct, gc=False):
    """What an order changes."""

    id: Any = None
    productSerialNumber: Any = None  # noqa: N815
    productCharacteristic: list[Characteristic] | None = None  # noqa: N815


class ProductOrderItem(Struct, gc=False):
    """One change of an order."""

    state: Any = None
    product: OrderedProduct | None = None


class ProductOrder(Owned, gc=False):
    """An order, ours or another's; since v5 its references are objects of a list."""

    tolerated: ClassVar[tuple[str, ...]] = ("note", "productOrderItem")

    id: Any = None
    externalId: Any = None  # noqa: N815
    externalIdentifier: Any = None  # noqa: N815
    state: Any = None
    orderDate: Any = None  # noqa: N815
    creationDate: Any = None  # noqa: N815
    """The same since v5."""
    note: list[Note] | None = None
    productOrderItem: list[ProductOrderItem] | None = None  # noqa: N815
